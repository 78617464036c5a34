"""Trained networks, and the files that hold their weights."""

from __future__ import annotations

from typing import Any

import safetensors.numpy
import safetensors.torch

from snncore.arrays import Array
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft, Experiment, convolution, ten_spikes

NAME = "weights.safetensors"
EPOCHS = 6


def linear(inputs: int, outputs: int, **more: Any) -> dict[str, Any]:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs, **more}


def recurrent() -> Experiment:
    """Trains decay factors, one for each neuron, in layers whose spikes come back to them or raise their threshold."""
    return Experiment(
        network=[
            linear(5, 4, bias=False),
            {
                "kind": "LIFRecurrent",
                "tau_mem": [3.0, 5.0, 8.0, 12.0],
                "tau_syn": 4.0,
                "min_v_mem": -0.5,
                "train_alphas": True,
                "rec_connect": linear(4, 4),
            },
            linear(4, 3),
            {"kind": "ALIF", "tau_mem": 5.0, "tau_adapt": [6.0, 8.0, 10.0], "train_alphas": True},
        ],
        input={"shape": (2, 40, 5), "probability": 0.6},
    )


def easily_spiking(experiment: Draft) -> Experiment:
    """With low thresholds, and a target that isn't reached, so that all that is trained moves."""
    low = {f"network.{place}.spike_threshold": 0.1 for place, layer in enumerate(experiment.network) if layer.does_spike}
    return Experiment(**dict(experiment.replace({**low, "training.task.target": 10**4, "training.epochs": EPOCHS})))


TRAINED = {
    "ten spikes": easily_spiking(ten_spikes()),
    "convolution": easily_spiking(stack.insert(convolution().replace({"input.shape": (2, 20, 2, 8, 8)}).draft, 6, "LIF")),
    "recurrent": easily_spiking(recurrent()),
    "changed meanwhile": easily_spiking(ten_spikes()).changed(2, {"network.1.surrogate_grad_fn": "ATan", "training.lr": 0.01}),
}


def file_of(tensors: dict[str, Array], experiment: Experiment | None = None) -> bytes:
    """A file that nobody has checked."""
    return safetensors.numpy.save(tensors, {"experiment": (experiment or ten_spikes()).to_json()})
