"""What the Conversion page saves: the Experiment, and the spiking network with its weights."""

from __future__ import annotations

from app.export.formats import OF_CONVERSIONS, Converted
from snncore.io import checkpoint


@OF_CONVERSIONS.register("Experiment (JSON)", "The network, how it is trained and converted, and the seeds.", "conversion.json")
def conversion_experiment(converted: Converted) -> str:
    """Return the Experiment as `Experiment.from_json` reads it."""
    return converted.experiment.to_json()


@OF_CONVERSIONS.register(
    "Converted weights (safetensors)",
    "The spiking network's parameters with its Experiment, for the other pages and for PyTorch.",
    "converted.safetensors",
    lambda converted: converted.spiking is not None,
)
def converted_weights(converted: Converted) -> bytes:
    """Return all parameters of the spiking network, as `checkpoint.read` reads them."""
    assert converted.spiking is not None
    experiment, parameters = converted.spiking
    return checkpoint.save(experiment, parameters)
