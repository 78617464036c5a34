"""The surrogate gradient as a visitor looks at it: of which layer, beside which other one, and for which weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.server.limits import cost
from app.state.kept import is_same
from snncore.arrays import Array
from snncore.diagnosis.known import has_surrogate
from snncore.errors import ExperimentError
from snncore.experiment.inputs import Files
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.explain import LossOverWeight, loss_over_weight, reached, weight_gradients
from snncore.run.record import LayerRecord

MOST_WORK = 1_000_000_000
"""Most multiplications to answer for one weight: about a second of one core."""

POINTS, FEWEST_POINTS = 61, 9
"""Values of the weight at which the true loss is computed."""

DOUBLINGS = 8
"""Ranges that are tried until the loss changes within one, each twice as wide as the one before."""

SMALL_STEP = 0.01
"""The small step of the finite difference, as a share of the range."""

SURROGATE = "surrogate_grad_fn"


@dataclass(frozen=True, eq=False)
class Shown:
    """The pass that is looked at.

    Attributes:
        experiment: in force at the epoch that is explained; with labelled data its input is the sample on display.
        parameters: values of all parameters by name.
        records: what each neuron layer did, by its place in the network.
        epoch: whose weights these are.
        sample: number of the test sample that is looked at; None if the data aren't labelled.
    """

    experiment: Experiment
    parameters: Parameters
    records: Mapping[int, LayerRecord]
    epoch: int
    sample: int | None = None


@dataclass(frozen=True)
class Weights:
    """Weights into one neuron, or kernels into one channel, numbered through.

    Attributes:
        name: the parameter.
        neuron: of the layer that they lead to; a channel of a convolution.
        values: (inputs,).
        gradients: ∂loss/∂weight by the surrogate, (inputs,).
        tried: the same by the surrogate that is tried; None without one.
        sender: place of the layer whose neurons are the inputs, one by one; None for others.
        sent: spikes of each of these neurons, (inputs,); None without a sender.
    """

    name: str
    neuron: int
    values: Array
    gradients: Array
    tried: Array | None
    sender: int | None
    sent: Array | None

    @property
    def usual(self) -> int:
        """The input whose weight has the largest gradient or, where none has one, the largest part in what happens."""
        size = np.abs(self.gradients)
        if not size.any():
            size = np.abs(self.values) if self.sent is None else self.sent
        return int(size.argmax())


@dataclass
class SurrogateView:
    """Attributes:
    layer: place of the layer on display; None for the last one that has a surrogate.
    tried: another surrogate as data, to see what it would do; it changes nothing.
    picked: the input whose weight was picked; None for `Weights.usual`.
    neuron: the neuron whose weights are shown; None for the traced one.
    """

    layer: int | None = None
    tried: dict[str, Any] | None = None
    picked: int | None = None
    neuron: int | None = None
    _gradients: dict[bool, tuple[object, dict[str, Array]]] = field(default_factory=dict)
    _found: tuple[object, LossOverWeight] | None = None

    def layers(self, experiment: Experiment) -> list[int]:
        """Return the places of the layers that have a surrogate."""
        return [place for place, layer in enumerate(experiment.network) if has_surrogate(layer) and layer.does_spike]

    def layer_of(self, experiment: Experiment) -> int:
        """Return the place of the layer on display.

        Raises:
            ExperimentError: no layer has a surrogate.
        """
        found = self.layers(experiment)
        if not found:
            raise ExperimentError("No layer of this network spikes, so none has a surrogate gradient.")
        return self.layer if self.layer in found else found[-1]

    def look_at(self, layer: int) -> None:
        """Show another layer, at its traced neuron."""
        self.layer, self.picked, self.neuron = layer, None, None

    def look_into(self, neuron: int) -> None:
        """Show the weights into another neuron."""
        self.neuron, self.picked = neuron, None

    def pick(self, place: int | None) -> None:
        """Pick a weight by its input; None for the usual one."""
        self.picked = place

    def try_surrogate(self, experiment: Experiment, changes: Mapping[str, Any]) -> None:
        """Try a surrogate of the kind `kind`, or the one that is tried with other numbers. The layer's own one ends the trial.

        Raises:
            ExperimentError: a number that can't be built; then nothing changes.
        """
        place = self.layer_of(experiment)
        own = experiment.at(f"network.{place}.{SURROGATE}")
        wanted = {"kind": changes["kind"]} if "kind" in changes else {**(self.tried or own), **changes}
        built = experiment.replace({f"network.{place}.{SURROGATE}": wanted})
        full = built.at(f"network.{place}.{SURROGATE}")
        self.try_this(experiment, full)

    def try_this(self, experiment: Experiment, surrogate: dict[str, Any]) -> None:
        """Try a surrogate given as data with all its fields, beside that of the layer on display."""
        self.tried = None if surrogate == experiment.at(f"network.{self.layer_of(experiment)}.{SURROGATE}") else surrogate

    def drop_tried(self) -> None:
        self.tried = None

    def tried_of(self, experiment: Experiment) -> Experiment | None:
        """Return the Experiment with the surrogate that is tried in all layers that have one; None if none is tried."""
        if self.tried is None or self.tried == experiment.at(f"network.{self.layer_of(experiment)}.{SURROGATE}"):
            return None
        return experiment.replace(self.changes(experiment))

    def surrogate_of(self, experiment: Experiment) -> Any:
        """Return the surrogate of the layer on display, a torch function of (u, θ)."""
        return getattr(experiment.network[self.layer_of(experiment)], SURROGATE)

    def changes(self, experiment: Experiment) -> dict[str, Any]:
        """Return the edit that takes over the surrogate that is tried, in all layers that have one."""
        return {f"network.{place}.{SURROGATE}": self.tried for place in self.layers(experiment)}

    def shares(self, shown: Shown) -> tuple[tuple[float, ...], tuple[float, ...] | None]:
        """Return the shares of the layer's potentials above 1 % and 10 % of the surrogate's peak, and the same of the one that is tried."""
        place = self.layer_of(shown.experiment)
        record = shown.records[place]
        tried = self.tried_of(shown.experiment)
        other = None if tried is None else reached(self.surrogate_of(tried), record)
        return reached(self.surrogate_of(shown.experiment), record), other

    def weights(self, shown: Shown, traced: Mapping[int, int], files: Files) -> Weights:
        """Return the weights into one neuron of the layer, with their gradients.

        Raises:
            ExperimentError: no weights lead into the layer, or the loss can't be told for one pass.
        """
        place = self.layer_of(shown.experiment)
        name = _weight_into(shown, place)
        gradients = self._gradient(shown, shown.experiment, files)[name]
        other = self.tried_of(shown.experiment)
        tried = None if other is None else self._gradient(shown, other, files)[name]
        count = len(gradients)
        neuron = traced.get(place, 0) if self.neuron is None else self.neuron
        if len(shown.records[place].u.shape) > 3 and self.neuron is None:  # a traced neuron of a picture is in one of its channels
            neuron = neuron * count // max(shown.records[place].u[0, 0].size, 1)
        neuron = min(max(neuron, 0), count - 1)
        values = shown.parameters[name]

        def into(array: Array) -> Array:
            return np.asarray(array[neuron]).reshape(-1)

        before = int(name.partition(".")[0]) - 1
        sends = before in shown.records and values.ndim == 2 and shown.records[before].spikes[0, 0].size == values.shape[1]
        sent = shown.records[before].spikes.sum(axis=(0, 1)).ravel() if sends else None
        of_tried = None if tried is None else into(tried)
        return Weights(name, neuron, into(values), into(gradients), of_tried, before if sends else None, sent)

    def over_weight(self, shown: Shown, weights: Weights, files: Files) -> LossOverWeight:
        """Return the true loss as the picked weight moves, over a range in which it changes, if there is one.

        Raises:
            ExperimentError: the network takes too long to be run that often.
        """
        place = self.place_of(weights)
        rest = shown.parameters[weights.name].shape[1:]
        index = (weights.neuron, *(int(axis) for axis in np.unravel_index(place, rest)))
        key = (shown.parameters, shown.experiment, weights.name, index)
        if self._found is None or not is_same(self._found[0], key):
            self._found = key, _over_range(shown, weights, index, files)
        return self._found[1]

    def place_of(self, weights: Weights) -> int:
        """Return the input whose weight is on display."""
        return weights.usual if self.picked is None or self.picked >= len(weights.values) else self.picked

    def _gradient(self, shown: Shown, experiment: Experiment, files: Files) -> dict[str, Array]:
        """Return the gradients of all parameters. The last ones of the surrogate in force, and of a tried one, are kept."""
        key, is_own = (shown.parameters, experiment), experiment is shown.experiment
        before = self._gradients.get(is_own)
        if before is None or not is_same(before[0], key):
            before = key, weight_gradients(experiment, shown.parameters, files)
            self._gradients[is_own] = before
        return before[1]


def _over_range(shown: Shown, weights: Weights, index: tuple[int, ...], files: Files) -> LossOverWeight:
    experiment, parameters = shown.experiment, shown.parameters
    once = cost(experiment.draft.replace({"training.batch_size": 1})).multiplications  # of one sample
    passes = MOST_WORK // max(once, 1) - 2 * DOUBLINGS
    if passes < FEWEST_POINTS:
        raise ExperimentError("One pass of this network takes too long to be repeated for many values of a weight.")
    points = min(passes, POINTS) // 2 * 2 - 1

    def over(reach: float, count: int) -> LossOverWeight:
        steps = () if count == 3 else (SMALL_STEP * reach, reach)
        return loss_over_weight(experiment, weights.name, index, reach, points=count, steps=steps, parameters=parameters, files=files)

    first = float(np.abs(parameters[weights.name]).max()) or 1.0
    reaches = [first * 2**power for power in range(DOUBLINGS)]
    return over(2 * next((reach for reach in reaches if over(reach, 3).levels > 1), first), points)


def _weight_into(shown: Shown, place: int) -> str:
    """Return the name of the weights that lead into a layer: its own recurrent ones don't count."""
    for before in range(place - 1, -1, -1):
        name = f"{before}.weight"
        if name in shown.parameters:
            return name
        if before in shown.records:
            break
    raise ExperimentError(f"No weights lead into {shown.experiment.layer_label(str(place))}.")
