"""Experiments that learn labelled data, each with a network that learns it: digits, Yin-Yang, a bit to remember, or any data set."""

from __future__ import annotations

import math
from typing import Any

from snncore.activation import FastSigmoid, SingleSpike
from snncore.experiment.data import DataSet
from snncore.experiment.data.digits import Digits
from snncore.experiment.data.remember import Remember
from snncore.experiment.data.yin_yang import YinYang
from snncore.experiment.encodings import AsGiven, ConstantCurrent, LatencyCode
from snncore.experiment.inputs import Sample
from snncore.experiment.layers import ALIFSpec, ExpLeakSpec, LIFSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.torch_layers import Conv2dSpec, FlattenSpec, LinearSpec
from snncore.experiment.training import Training
from snncore.experiment.weights import NormalWeights

YIN_YANG_NEURONS = 120
REMEMBERING_NEURONS = 40
HIDDEN_NEURONS = 128


def digits() -> Experiment:
    """Return handwritten digits as constant currents of 20 steps, learned by Linear(64,128)–LIF–Linear(128,10)–ExpLeak."""
    return Experiment(
        network=(
            LinearSpec(in_features=64, out_features=128),
            LIFSpec(tau_mem=10.0, norm_input=False),
            LinearSpec(in_features=128, out_features=10),
            ExpLeakSpec(tau_mem=10.0),
        ),
        input=Sample(shape=(1, 20, 64)),
        training=_of_digits(),
    )


def digits_convolution() -> Experiment:
    """Return handwritten digits as constant currents of 10 steps, learned by the quickstart's convolutional network with 10 outputs.

    Its layers are Conv2d(1,16,3)–LIF–Conv2d(16,32,3)–LIF–Flatten–Linear(512,10)–ExpLeak.
    """
    membrane: dict[str, Any] = {"tau_mem": 10.0, "norm_input": False}
    return Experiment(
        network=(
            Conv2dSpec(in_channels=1, out_channels=16, kernel_size=3),
            LIFSpec(**membrane),
            Conv2dSpec(in_channels=16, out_channels=32, kernel_size=3),
            LIFSpec(**membrane),
            FlattenSpec(),
            LinearSpec(in_features=512, out_features=10),
            ExpLeakSpec(tau_mem=10.0),
        ),
        input=Sample(shape=(1, 10, 1, 8, 8)),
        training=_of_digits(),
    )


def yin_yang() -> Experiment:
    """Return Yin-Yang points as spike latencies of 60 steps, learned by Linear(5,120)–LIF–Linear(120,3)–ExpLeak.

    The LIF spike at most once a step, without normalised input, from first weights of the normal distribution; the answer is the
    largest potential. Steps round what a latency tells: a network that knew the rounded coordinates could tell 97.3 % of the points with
    30 steps, 98.6 % with 60. Steps and learning rate were chosen on points of other seeds of the data.
    """
    return Experiment(
        network=(
            LinearSpec(in_features=5, out_features=YIN_YANG_NEURONS, bias=False, weights=NormalWeights()),
            LIFSpec(tau_mem=10.0, norm_input=False, spike_fn=SingleSpike(), surrogate_grad_fn=FastSigmoid(slope=5.0)),
            LinearSpec(in_features=YIN_YANG_NEURONS, out_features=3),
            ExpLeakSpec(tau_mem=10.0),
        ),
        input=Sample(shape=(1, 60, 5)),
        training=Training(
            task=Classification(data=YinYang(), encoding=LatencyCode(), readout="largest_potential"),
            optimiser="Adam",
            lr=2e-2,
            schedule="cosine",
            epochs=31,
            batch_size=150,
        ),
    )


def remember(delay: int = 200, *, adapts: bool = True) -> Experiment:
    """Return a bit to remember over `delay` steps, learned by Linear(12,40)–ALIF–Linear(40,2)–ExpLeak.

    Only the weights learn. The adaptation lasts twice as long as the delay; without it (`adapts=False`) LIF take its place, whose membranes
    forget within 20 steps.
    """
    data = Remember(delay=delay)
    membrane: dict[str, Any] = {"tau_mem": 20.0, "norm_input": False, "spike_fn": SingleSpike(), "learns": ()}
    return Experiment(
        network=(
            LinearSpec(in_features=12, out_features=REMEMBERING_NEURONS),
            ALIFSpec(**membrane, tau_adapt=max(2.0 * delay, 20.0), adapt_scale=40.0) if adapts else LIFSpec(**membrane),
            LinearSpec(in_features=REMEMBERING_NEURONS, out_features=2),
            ExpLeakSpec(tau_mem=10.0, learns=()),
        ),
        input=Sample(shape=(1, data.steps, 12)),
        training=Training(
            task=Classification(data=data, encoding=AsGiven(), readout="mean_potential"),
            optimiser="Adam",
            lr=1e-2,
            epochs=13,
            batch_size=64,
        ),
    )


def labelled(data: DataSet) -> Experiment:
    """Return any labelled data, learned by Linear–LIF–Linear–ExpLeak with 128 hidden neurons.

    Samples without time are constant currents of 20 steps.
    """
    inputs, steps = math.prod(data.sample_shape), data.steps or 20
    membrane: dict[str, Any] = {"tau_mem": max(10.0, steps / 10)}
    encoding = ConstantCurrent() if data.steps is None else AsGiven()
    return Experiment(
        network=(
            LinearSpec(in_features=inputs, out_features=HIDDEN_NEURONS),
            LIFSpec(**membrane, norm_input=False),
            LinearSpec(in_features=HIDDEN_NEURONS, out_features=data.classes),
            ExpLeakSpec(**membrane),
        ),
        input=Sample(shape=(1, steps, inputs)),
        training=Training(
            task=Classification(data=data, encoding=encoding, readout="mean_potential"),
            optimiser="Adam",
            lr=5e-3,
            schedule="cosine",
            epochs=21,
            batch_size=64,
        ),
    )


def _of_digits() -> Training:
    """Return the training that both networks of digits have."""
    task = Classification(data=Digits(), encoding=ConstantCurrent(), readout="mean_potential")
    return Training(task=task, optimiser="Adam", lr=5e-3, schedule="cosine", epochs=11, batch_size=64)
