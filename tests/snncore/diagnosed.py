"""Networks of a layer or two, and what is found of them."""

import math
from typing import Any

from snncore.diagnosis.layers import Changes, Clipped, Finding, Silent, diagnose
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment
from snncore.run.simulation import Simulation, simulate

Layer = dict[str, Any]
SINGLE, MULTI = {"kind": "SingleSpike"}, {"kind": "MultiSpike"}


def linear(inputs: int, outputs: int, **weights: Any) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs, **({"weights": weights} if weights else {})}


def back(neurons: int, **weights: Any) -> Layer:
    return {**linear(neurons, neurons, **weights), "bias": False}


def neurons(kind: str = "LIF", count: int = 3, **parameters: Any) -> Layer:
    """A layer of a kind; recurrent ones are without recurrence, if not told otherwise."""
    usual = {"tau_mem": 10.0, "tau_adapt": 50.0, "rec_connect": back(count, kind="constant", value=0.0)}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}, **parameters}


def current(*layers: Layer, amplitude: float = 1.0, shape: tuple[int, ...] = (1, 60, 3)) -> Experiment:
    """A network under a constant current."""
    return Experiment(network=layers, input={"kind": "step_current", "shape": shape, "amplitude": amplitude})


def spikes(*layers: Layer, probability: float = 0.5, shape: tuple[int, ...] = (2, 60, 3)) -> Experiment:
    return Experiment(network=layers, input={"shape": shape, "probability": probability})


def run(made: Experiment) -> Simulation:
    return simulate(made)[0]


def findings(made: Experiment, layer: int = -1) -> tuple[Finding, ...]:
    return list(diagnose(run(made)).values())[layer]


def found(made: Experiment, kind: type[Any], layer: int = -1) -> Any:
    """The one finding of a kind of a neuron layer."""
    (finding,) = (finding for finding in findings(made, layer) if isinstance(finding, kind))
    return finding


def changed(made: Experiment, changes: Changes, place: int | None = None) -> Experiment:
    """The Experiment with the changes in a layer, the last one by default."""
    place = len(made.network) - 1 if place is None else place
    return made.replace({f"network.{place}.{name}": value for name, value in changes.items()})


def is_lessened(finding: Finding, made: Experiment, index: int) -> bool:
    """Whether a layer is rid of a finding."""
    simulation = run(made)
    if isinstance(finding, Silent):
        return bool(simulation.records[index].spikes.any())
    left = diagnose(simulation)[index]
    if isinstance(finding, Clipped):
        return not any(isinstance(other, Clipped) and other.by == finding.by for other in left)
    return not any(isinstance(other, type(finding)) for other in left)


def decay(tau: float) -> float:
    return math.exp(-1 / tau)
