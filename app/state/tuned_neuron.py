"""The neuron tuned on the Neuron page: an Experiment of one layer without connections, its history and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.server import limits
from app.state.address import Address
from app.state.discoveries import Discovery
from app.state.history import History
from app.words.beside import besides
from snncore.diagnosis.layers import diagnose
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.inputs import INPUT_KINDS, NO_FILES, STRONGEST, Files, FileSpikes, StepCurrent, two_digits
from snncore.experiment.layers import LayerSpec, LIFSpec, NeuronSpec
from snncore.experiment.spec import Draft, Experiment
from snncore.layers.models import model_of
from snncore.run.simulation import Simulation, simulate
from snncore.run.single_neuron import KINDS, layer_of, neuron_numbers

DEFAULT = Experiment(network=(LIFSpec(tau_mem=20.0),), input=StepCurrent(shape=(1, 200, 1), amplitude=1.5, start=20, stop=160))
"""The neuron that a new visitor finds; its address needs no parameter."""

MOST_STEPS = 1000
MOST_NEURONS = 64

LIVELY = 1.5
"""Steady state for the mean of a new input, as a multiple of θ, so that the neuron spikes now and then."""

LIVELY_WITHOUT_LEAK = 0.1
"""Mean of a new input per step without leak, as a multiple of θ."""

DIGITS_DRAWN = 2
"""Decimals of a value drawn by hand."""

PANELS = ("", "phase", "rate", "models", "surrogate")
"""Panels that may be opened, beginning with none."""


@dataclass
class TunedNeuron:
    """State of the Neuron page. Acts that can't be done raise ExperimentError, and change nothing.

    Attributes:
        files: source of inputs.
        history: the Experiments step by step.
        pinned: run A, to compare the present one with.
        panel: the open panel, of `PANELS`.
        beside: the variant drawn for comparison, by its name in `besides`; any other name draws none.
        neuron: number of the neuron shown large.
        discovery: the present lesson.
        lacks: name of the recorded input that a link named but didn't carry; empty if nothing is missing.
        usual: latest values of fields that the present model may lack, by name.
    """

    history: History = field(default_factory=lambda: History(DEFAULT))
    files: Files = field(default_factory=lambda: NO_FILES)
    address: Address = field(init=False)
    pinned: Simulation | None = None
    panel: str = ""
    beside: str = ""
    neuron: int = 0
    discovery: Discovery | None = None
    lacks: str = ""
    usual: dict[str, Any] = field(default_factory=dict)
    _simulation: Simulation | None = None
    _views: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Views of other lessons and neurons, by their origin in the history."""

    def __post_init__(self) -> None:
        self.address = Address(DEFAULT, self.files)

    @property
    def experiment(self) -> Experiment:
        present = self.history.present
        assert isinstance(present, Experiment)
        return present

    @property
    def layer(self) -> NeuronSpec:
        return layer_of(self.experiment)

    @property
    def present(self) -> Draft:
        return self.history.present

    def open(self, draft: Draft) -> None:
        """Start from the draft of a link, with another input if its own is missing."""
        shown, lacks = self._with_input(as_experiment(draft))
        self.history, self.lacks, self._views = History(shown), lacks, {}

    def come_back(self, draft: Draft) -> None:
        """Return to a draft by undo or redo; take it as another neuron if it is none of the history's."""
        experiment = as_experiment(draft)
        steps = self.history.steps_to(experiment)
        if steps is None:
            shown, lacks = self._with_input(experiment)
            self.bring(shown)
            self.lacks = lacks
        else:
            self._walk(steps)

    @property
    def is_walked(self) -> bool:
        """Whether a reload would lose anything that the link doesn't hold."""
        is_looked_at = bool(self.panel or self.beside or self.neuron or self.discovery)
        return is_looked_at or self.pinned is not None or self.history.can_undo or self.history.can_redo

    @property
    def look(self) -> dict[str, Any]:
        """The panel, variant and neuron on display, as the view takes them."""
        neurons = self.experiment.input.shape[2]
        return {"panel": self.panel, "beside": self.beside, "neuron": min(self.neuron, neurons - 1)}

    def simulation(self) -> Simulation:
        """Forward pass of the present Experiment. Raises ExperimentError if its input's file is missing."""
        if self._simulation is None or self._simulation.experiment != self.experiment:
            self._simulation = simulate(self.experiment, self.files)[0]
        return self._simulation

    def show(self, experiment: Experiment) -> None:
        """Take another Experiment. The present lesson, if any, stays."""
        check(experiment)
        self._simulation = simulate(experiment, self.files)[0]
        self.history.add(experiment)

    def edit(self, changes: Mapping[str, Any]) -> None:
        """Change some fields, by their paths in the Experiment.

        A new `network.0.kind` turns the same neuron into another model. A new `input.kind` comes with values that let the neuron spike,
        except where `changes` gives others. Drawing by hand begins with the input so far.
        """
        usual = {**self.usual, **_values(self.layer)}
        if changes.get("input.kind") == "drawn" and "input.values" not in changes:
            changes = {**changes, "input.values": drawn_over(self.simulation())}
        self.show(edited(self.experiment, changes, usual))
        self.usual = usual

    def mend(self, place: int) -> None:
        """Apply one of the remedies that the diagnosis names."""
        remedies = [changes for finding in diagnose(self.simulation())[0] for changes in finding.changes]
        if place >= len(remedies):
            raise ExperimentError("That remedy is no longer needed: the neuron has changed meanwhile.")
        self.edit({f"network.0.{name}": value for name, value in remedies[place].items()})

    def discover(self, discovery: Discovery) -> None:
        """Begin a lesson. Undo also restores the former view."""
        self._begin(discovery.experiment)
        self.discovery, self.pinned = discovery, None
        self.panel, self.beside = "", discovery.beside

    def bring(self, experiment: Experiment) -> None:
        """Take an Experiment from elsewhere, and end the lesson. Undo also restores the former view."""
        self._begin(experiment)

    def undo(self) -> None:
        self._walk(-1)

    def redo(self) -> None:
        self._walk(1)

    def pin(self) -> None:
        """Pin the present run as A."""
        self.pinned = self.simulation()

    def unpin(self) -> None:
        self.pinned = None

    def look_at(self, told: Mapping[str, Any]) -> None:
        """Open a panel, draw a variant, show a neuron: as `told` in "panel", "beside" and "neuron"."""
        if told.get("panel") in PANELS:
            self.panel = told["panel"]
        if told.get("beside") in ("", *besides(self.layer)):
            self.beside = told["beside"]
        if "neuron" in told:
            self.neuron = min(max(int(told["neuron"]), 0), MOST_NEURONS - 1)

    def _begin(self, experiment: Experiment) -> None:
        """Take an Experiment that is no edit of the present one."""
        check(experiment)
        self._simulation = simulate(experiment, self.files)[0]
        self._views[self.history.origin] = self._view
        self.history.begin(experiment)
        self.discovery, self.neuron, self.lacks = None, 0, ""

    def _walk(self, steps: int) -> None:
        """Undo or redo, and restore the view of the lesson or neuron that this leads to."""
        origin = self.history.origin
        self._views[origin] = self._view
        self.history.walk(steps)
        if self.history.origin != origin:
            vars(self).update(self._views[self.history.origin])

    @property
    def _view(self) -> dict[str, Any]:
        """The present view, apart from the Experiment, by attribute."""
        return {name: getattr(self, name) for name in ("discovery", "pinned", "neuron", "panel", "beside", "lacks")}

    def _with_input(self, experiment: Experiment) -> tuple[Experiment, str]:
        """Return the Experiment with an input that is here, and the name of the one that isn't, if any."""
        given = experiment.input
        if not isinstance(given, FileSpikes) or given.digest in self.files:
            return experiment, ""
        return experiment.replace({"input": lively_input(experiment, "step_current")}), given.name


def check(experiment: Experiment) -> None:
    """Raise ExperimentError if the page can't show the Experiment; the sentence says what it can show."""
    layers = experiment.network
    if len(layers) != 1:
        raise ExperimentError(
            f"The Neuron page takes one neuron layer, but this network has {len(layers)} layers; see it on the Network page."
        )
    (layer,) = layers
    check_model(layer)
    if experiment.checkpoint or experiment.training.changes:
        raise ExperimentError("The Neuron page takes no trained weights; open a neuron of the trained network from the Training page.")
    shape = experiment.input.shape
    if len(shape) != 3 or shape[0] != 1 or shape[1] > MOST_STEPS or shape[2] > MOST_NEURONS:
        raise ExperimentError(
            f"The input's shape is {shape}; the Neuron page takes (1, time, neurons) with up to {MOST_STEPS:,} time steps and "
            f"{MOST_NEURONS} neurons."
        )
    limits.check(experiment)
    neuron_numbers(layer_of(experiment))


def check_model(layer: LayerSpec) -> None:
    """Raise ExperimentError if the browser can't step the layer."""
    if layer.kind in KINDS:
        return
    known = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
    model = model_of(layer.model) if isinstance(layer, NeuronSpec) else None
    if model is not None and not model.has_browser_step:
        raise ExperimentError(f"{layer.kind} has no step in the browser, so the Neuron page can't show it; it shows {known}.")
    raise ExperimentError(f"The Neuron page takes one neuron layer, {known}, but this is {layer.kind}.")


def edited(experiment: Experiment, changes: Mapping[str, Any], usual: Mapping[str, Any]) -> Experiment:
    """Return the edited Experiment; `usual` holds values of fields that the present model lacks."""
    others = dict(changes)
    kind = others.pop("network.0.kind", None)
    if kind is not None:
        if kind not in KINDS:
            raise ExperimentError(f"{kind!r} is no model of a neuron; use one of {', '.join(KINDS)}.")
        experiment = experiment.replace({"network": [stack.as_kind(layer_of(experiment), kind, usual)]})
    if "input.shape" in others:
        experiment = _begun_within(stack.reshape(experiment, others.pop("input.shape")))
    if others.get("input.kind", experiment.input.kind) != experiment.input.kind:
        given = {path.removeprefix("input."): others.pop(path) for path in list(others) if path.startswith("input.")}
        experiment = experiment.replace({"input": {**lively_input(experiment, given["kind"]), **given}})
    return experiment.replace(others)


def _begun_within(experiment: Experiment) -> Experiment:
    """Return the Experiment with an input that starts within the run."""
    changes = experiment.input.begun_within(experiment.input.shape[1])
    return experiment.replace({f"input.{name}": value for name, value in changes.items()})


def lively_input(experiment: Experiment, kind: str) -> dict[str, Any]:
    """Return an input of a kind as data, in the present shape, whose mean makes the neuron spike sometimes."""
    shape, part = experiment.input.shape, INPUT_KINDS.get(kind)
    fields = part.lively(shape, _lively_level(layer_of(experiment)), experiment.dt) if part else None
    return {"kind": kind, "shape": shape, **(fields or {})}


def drawn_over(simulation: Simulation) -> list[float]:
    """Return the first neuron's input, as values to draw over."""
    received = np.clip(simulation.input[0, :, 0].astype(float), -STRONGEST, STRONGEST)
    return [float(value) for value in np.round(received, DIGITS_DRAWN)]


def _lively_level(layer: NeuronSpec) -> float:
    """Return a mean input that suits the neuron."""
    theta = getattr(layer, "spike_threshold", 1.0)
    tau, synapse = (getattr(layer, name, None) for name in ("tau_mem", "tau_syn"))
    leak = 1.0 if getattr(layer, "norm_input", False) else -np.expm1(-1 / tau) if tau else None
    level = theta * (LIVELY_WITHOUT_LEAK if leak is None else LIVELY * leak)
    return two_digits(level if synapse is None else level * np.expm1(1 / synapse))


def _values(layer: NeuronSpec) -> dict[str, Any]:
    return {name: value for name, value in layer.model_dump().items() if name not in ("kind", "learns")}


def as_experiment(draft: Draft) -> Experiment:
    """Return the Experiment of a link or file for this page. Raises ExperimentError if the page can't take it."""
    experiment = Experiment(**dict(draft))
    check(experiment)
    return experiment
