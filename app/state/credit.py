"""Credit through time as a visitor looks at it: the cell that is asked about, and what is changed on the same weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.state.kept import is_same
from app.state.surrogate import Shown
from snncore.arrays import Array
from snncore.diagnosis.known import has_surrogate
from snncore.errors import ExperimentError
from snncore.experiment.inputs import Files
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.explain import Credit, credit
from snncore.run.record import neurons_by_time

MOST_POTENTIALS = 1_000_000
"""Most membrane potentials of a network whose credit is computed: neurons, times steps, times samples."""

MOST_STEPS = 5_000
"""Most steps, over all layers: each takes a third of a millisecond."""

MOST_QUICK = 50_000
"""Most potentials whose credit is there at once, without a sign that it is being computed."""

WIDTHS = ("grad_width", "window", "sigma", "slope", "alpha")
"""Fields of surrogate gradients that say how wide they are; each has one of them."""

SURROGATE = "surrogate_grad_fn"


@dataclass(frozen=True)
class Place:
    """Which credit is asked about: that of a neuron, in the layer at a place in the network, at a step."""

    layer: int
    neuron: int
    step: int


@dataclass(frozen=True)
class Explained:
    """Attributes:
    shown: the pass that is explained.
    experiment: the network with what was changed; as it was trained where that was refused.
    credit: its credit.
    trained: the credit as it was trained.
    refusal: why the network can't be changed so; None if it can.
    """

    shown: Shown
    experiment: Experiment
    credit: Credit[int]
    trained: Credit[int]
    refusal: str | None = None


@dataclass
class CreditView:
    """Attributes:
    changes: values of fields that all neuron layers which have them get, on the same weights.
    place: the cell that is asked about.
    gone: a cell that was asked about and isn't there, until there is another question.
    """

    changes: dict[str, Any] = field(default_factory=dict)
    place: Place | None = None
    gone: Place | None = None
    _known: tuple[object, Explained] | None = None
    _trained: tuple[object, Credit[int]] | None = None

    def afresh(self) -> CreditView:
        """Return a view with no question and no change, which still knows the last credit if that is small."""
        known = self._known
        is_small = known is not None and sum(layer.u.size for layer in known[1].credit.layers.values()) <= MOST_QUICK
        return CreditView(_known=known, _trained=self._trained) if is_small else CreditView()

    def change(self, name: str, value: Any, shown: Shown) -> None:
        """Change a field of all neuron layers; with the value that they have in the training, change it back."""
        self.changes[name] = value
        if all(value_in(shown, index, name) == value for index, _ in layers_with(shown.experiment, name)):
            del self.changes[name]

    def change_back(self) -> None:
        """Show the network as it was trained."""
        self.changes.clear()

    def ask(self, explained: Explained, layer: int, neurons: range, steps: range) -> None:
        """Ask about the cell with the largest credit among some neurons and steps of a layer. If none is there, the one before stays."""
        self.gone = None
        found = explained.credit.layers.get(layer)
        values = np.empty((0, 0)) if found is None else neurons_by_time(found.u, sample=0)
        within = values[neurons.start : neurons.stop, steps.start : steps.stop]
        if not within.size:
            self.gone = Place(layer, neurons.start, steps.start)
            return
        neuron, step = np.unravel_index(int(np.abs(within).argmax()), within.shape)
        self.place = Place(layer, neurons.start + int(neuron), steps.start + int(step))

    def explain(self, shown: Shown, files: Files) -> Explained:
        """Return the credit in a pass of a training.

        What was changed and can't be run leaves the credit as it was trained, with the reason beside it.

        Raises:
            ExperimentError: credit can't be computed.
        """
        trained = shown.experiment
        asked = (shown.parameters, trained, dict(self.changes))
        if self._known is not None and is_same(self._known[0], asked):
            return self._kept(self._known[1])
        plain = self._as_trained(shown, files)
        explained = Explained(shown, trained, plain, plain)
        if self.changes:
            try:
                changed = changed_layers(trained, self.changes)
                found = credit(changed, parameters_with(changed, shown.parameters, self.changes), files)
                explained = Explained(shown, changed, found, plain)
            except ExperimentError as error:
                explained = Explained(shown, trained, plain, plain, refusal=str(error))
        self._known = asked, explained
        return self._kept(explained)

    def _kept(self, explained: Explained) -> Explained:
        """Note a cell that is no longer there, or there again."""
        if self.place is not None and not _has(explained.credit, self.place):
            self.place, self.gone = None, self.place
        elif self.place is None and self.gone is not None and _has(explained.credit, self.gone):
            self.place, self.gone = self.gone, None
        return explained

    def _as_trained(self, shown: Shown, files: Files) -> Credit[int]:
        """Return the credit without changes; the last one is kept, which every change is compared with."""
        asked = (shown.parameters, shown.experiment)
        if self._trained is None or not is_same(self._trained[0], asked):
            self._trained = asked, credit(shown.experiment, shown.parameters, files)
        return self._trained[1]


def _has(credit: Credit[int], place: Place) -> bool:
    found = credit.layers.get(place.layer)
    return found is not None and place.neuron in range(found.u[0, 0].size) and place.step in range(found.u.shape[1])


def why_no_credit(experiment: Experiment) -> str | None:
    """Why credit of a training can't be shown; None if it can. Of labelled data, it is that of one sample."""
    fits = experiment.draft.fits()
    neurons = [math.prod(fit.shape or ()) for fit, layer in zip(fits, experiment.network, strict=True) if isinstance(layer, NeuronSpec)]
    if not neurons:
        return "This network has no neurons, so there is no membrane potential to give credit to."
    batch, time = experiment.input.shape[:2]
    potentials = sum(neurons) * time * (1 if experiment.task.is_labelled else batch)
    steps = time * len(neurons)
    if potentials > MOST_POTENTIALS:
        return f"This network has {potentials:,} potentials in a run; credit is computed for {MOST_POTENTIALS:,} at most."
    if steps > MOST_STEPS:
        return f"This run has {steps:,} steps over all layers; credit is computed for {MOST_STEPS:,} at most."
    return None


def layers_with(experiment: Experiment, name: str) -> list[tuple[int, NeuronSpec]]:
    """Return the neuron layers that have a field with one value for all neurons, by their place."""
    found = [(index, layer) for index, layer in enumerate(experiment.network) if isinstance(layer, NeuronSpec) and hasattr(layer, name)]
    if name == SURROGATE:
        return [(index, layer) for index, layer in found if has_surrogate(layer)]
    return [(index, layer) for index, layer in found if not isinstance(getattr(layer, name), tuple)]


def changed_layers(experiment: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """Return the Experiment with fields of all neuron layers changed.

    Raises:
        ExperimentError: it can't be built.
    """
    layers = {name: layers_with(experiment, name) for name in changes}
    return experiment.replace({f"network.{index}.{name}": value for name, value in changes.items() for index, _ in layers[name]})


def parameters_with(experiment: Experiment, parameters: Parameters, changes: Mapping[str, Any]) -> dict[str, Array]:
    """Return a network's parameters, with τ_mem as it was changed: it is a parameter too, that may have learned."""
    found = dict(parameters)
    if "tau_mem" in changes:
        for index, _ in layers_with(experiment, "tau_mem"):
            for name, value in (("tau_mem", changes["tau_mem"]), ("alpha_mem", math.exp(-1 / changes["tau_mem"]))):
                if f"{index}.{name}" in found:
                    found[f"{index}.{name}"] = np.full_like(found[f"{index}.{name}"], value)
    return found


def value_in(shown: Shown, index: int, name: str) -> Any:
    """Return a layer's value of a field in a training: of τ_mem, which may learn, that of the pass, where all neurons share it.

    A learned one is rounded to what a control shows.
    """
    learned = shown.parameters.get(f"{index}.{name}")
    if learned is not None and learned.size == 1:
        return float(f"{learned.item():.4g}")
    return shown.experiment.network[index].model_dump()[name]
