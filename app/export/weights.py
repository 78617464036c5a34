"""Trained parameters as a file from which a training or a PyTorch program can start."""

from __future__ import annotations

from app.export.formats import OF_TRAININGS, Trained
from snncore.io import checkpoint


@OF_TRAININGS.register(
    "Trained weights (safetensors)", "All parameters at the epoch on display, with the Experiment.", "weights.safetensors"
)
def weights(trained: Trained) -> bytes:
    """Return all parameters at the epoch on display, as `checkpoint.read` reads them."""
    return checkpoint.save(trained.experiment.in_force(trained.seen.epoch), trained.seen.parameters)
