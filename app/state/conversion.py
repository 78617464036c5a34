"""The conversion on the Conversion page: an artificial network, trained, and the spiking one that comes of it."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any

from app.server import limits
from app.server.runner import Owner
from app.state.address import Address
from app.state.conversion_work import STEPS_SHOWN, Artificial, ConversionWork
from app.state.files import KeptFiles
from app.state.history import History
from app.state.own_layers import dense_layers
from app.state.own_weights import OwnWeights, left_over, missing_weight
from app.state.presets import FOLDER, Preset, read
from snncore.convert.artificial import (
    check_convertible,
    neuron_places,
    with_weights,
)
from snncore.convert.comparison import Compared, converted_weights
from snncore.convert.faults import Fault, FaultKind, faults
from snncore.errors import ExperimentError, NoMatchError
from snncore.experiment.conversion import Conversion
from snncore.experiment.inputs import Sample
from snncore.experiment.loaded_weights import weight_shapes
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Draft, Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.training import OF_THE_TASK
from snncore.io import checkpoint
from snncore.run.simulation import Simulation, simulate

MOST_STEPS = 256

FINE_TUNING_RATE = 1e-4
"""Learning rate with which the converted network goes on."""


@functools.cache
def presets() -> tuple[Preset, ...]:
    """Return the presets of this page, read once."""
    return tuple(map(read, sorted((FOLDER / "conversion").glob("*.json"))))


@dataclass(frozen=True)
class Mended:
    """A remedy that was applied: against what, and the agreement before."""

    kind: FaultKind
    before: float


@dataclass(frozen=True)
class Picked:
    """A neuron of a test sample, by the place of its layer."""

    place: int
    neuron: int
    sample: int


@dataclass
class ConversionState:
    """State of the Conversion page. Acts that can't be done raise SNNCoreError, and change nothing.

    Attributes:
        owner: of the work in the background.
        files: source of weights.
        work: what is computed in the background.
        mended: the last remedy, until something else is changed.
        picked: the neuron shown in full.
        pinned: comparison A, to compare others with; None if there is none.
        own_weights: what came of the visitor's last file of weights.
    """

    owner: Owner
    files: KeptFiles = field(default_factory=KeptFiles)
    history: History = field(default_factory=lambda: History(presets()[0].draft))
    address: Address = field(default_factory=lambda: Address(presets()[0].draft))
    work: ConversionWork = field(init=False)
    mended: Mended | None = None
    picked: Picked | None = None
    pinned: Compared | None = None
    own_weights: OwnWeights = field(default_factory=OwnWeights)
    _simulated: tuple[Compared, Picked, Simulation] | None = None
    _built: tuple[Draft, Experiment] | None = None

    def __post_init__(self) -> None:
        self.work = ConversionWork(self.owner, self.files)

    # ------------------------------------------------------------------------------------------- queries

    @property
    def present(self) -> Draft:
        return self.history.present

    @property
    def experiment(self) -> Experiment:
        present = self.history.present
        if self._built is None or self._built[0] is not present:
            self._built = present, Experiment(**dict(present))
        return self._built[1]

    @property
    def conversion(self) -> Conversion:
        """The present settings of the conversion."""
        found = self.history.present.conversion
        assert found is not None
        return found

    @property
    def is_walked(self) -> bool:
        """Whether a reload would lose anything that the link doesn't hold."""
        return self.history.can_undo or self.history.can_redo or self.present.checkpoint is not None or bool(self.picked or self.pinned)

    @property
    def artificial(self) -> Artificial | None:
        """The present artificial network; None while it is trained."""
        return self.work.artificial(self.experiment)

    @property
    def shown(self) -> Compared | None:
        """The latest comparison, which may be of an earlier Experiment while the next one is computed."""
        return self.work.shown

    @property
    def is_current(self) -> bool:
        """Whether what is shown is of the present Experiment."""
        return self.work.is_current(self.experiment)

    @property
    def is_halted(self) -> bool:
        """Whether the visitor stopped what the present Experiment still needs."""
        return self.work.is_halted and not self.work.is_busy and (self.artificial is None or not self.is_current)

    def faults(self) -> tuple[Fault, ...]:
        """Return what parts the two networks."""
        return faults(self.shown) if self.shown is not None and self.is_current else ()

    def neuron(self) -> tuple[Simulation, Picked] | None:
        """Return the picked neuron with a run of its sample; None if none is picked, or nothing is there yet."""
        shown, picked = self.shown, self.picked
        if shown is None or picked is None or picked.place not in [layer.place for layer in shown.layers]:
            return None
        trained = self.work.artificial(shown.experiment)  # which may be of an earlier Experiment than the present one
        if trained is None:
            return None
        if self._simulated is None or self._simulated[0] is not shown or self._simulated[1] != picked:
            self._simulated = shown, picked, self._simulate(shown.experiment, trained, picked.sample, shown.steps)
        return self._simulated[2], picked

    def prepare(self) -> None:
        """Begin what the present Experiment still needs, and take what has been finished. Returns soon."""
        self.work.prepare(self.experiment)

    def leave(self) -> None:
        """End all work."""
        self.work.leave()

    # --------------------------------------------------------------------------------------------- acts

    def open(self, draft: Draft) -> None:
        """Start from the draft of a link."""
        self.history = History(self._checked(draft))
        self._forget()

    def come_back(self, draft: Draft) -> None:
        """Return to a draft by undo or redo; take it as another if it is none of the history's."""
        steps = self.history.steps_to(draft)
        if steps is None:
            self.start_from(draft)
        else:
            self._walk(steps)

    def start_from(self, draft: Draft) -> None:
        """Take an Experiment that is no edit of the present one."""
        checked = self._checked(draft)
        self.history.begin(checked)
        self._forget()

    def edit(self, changes: dict[str, Any]) -> None:
        """Change some fields, by their paths."""
        self.history.add(self._checked(self.present.replace(changes)))
        self.mended = None

    def edit_neurons(self, changes: dict[str, Any]) -> None:
        """Change fields of all layers of neurons, by name."""
        self.edit({f"network.{place}.{name}": value for place in neuron_places(self.experiment) for name, value in changes.items()})

    def ask_for_steps(self, steps: int) -> None:
        """Run a number of steps."""
        shape = self.present.input.shape
        self.edit({"input.shape": [shape[0], steps, *shape[2:]]})

    def mend(self, kind: str) -> None:
        """Apply the remedy of a fault, by its kind.

        Raises:
            ExperimentError: that fault is no longer named.
        """
        found = next((fault for fault in self.faults() if fault.kind == kind), None)
        if found is None or self.shown is None:
            raise ExperimentError("That remedy is no longer needed: something has changed meanwhile.")
        mended = Mended(found.kind, self.shown.agreement)
        self.edit(found.changes)
        self.mended = mended

    def plant(self, kind: FaultKind) -> None:
        """Set what leads to a fault, in place of whatever was set before."""
        usual, shape = presets()[0].experiment, self.present.input.shape
        neurons = {"spike_threshold": 1.0, "spike_fn": "SingleSpike", "reset_fn": "MembraneSubtract", "initial_v_mem": 0.5}
        assert isinstance(usual.training.task, Classification)
        planted: dict[str, Any] = {
            "conversion.percentile": Conversion().percentile,
            "input.shape": [1, usual.input.shape[1], *shape[2:]],
            f"{OF_THE_TASK}encoding": usual.training.task.encoding.model_dump(),
        }
        match kind:
            case "silent":
                neurons["spike_threshold"] = 8.0
            case "saturated":
                neurons["spike_threshold"] = 0.3
            case "clipped":
                planted["conversion.percentile"] = 50.0
            case "too few steps":
                planted["input.shape"] = [1, 1, *shape[2:]]
        places = neuron_places(self.experiment)
        self.edit(planted | {f"network.{place}.{name}": value for place in places for name, value in neurons.items()})

    def pick(self, place: int, neuron: int, sample: int) -> None:
        self.picked = Picked(place, neuron, sample)

    def unpick(self) -> None:
        self.picked = None

    def pin(self) -> None:
        """Pin what is shown as A."""
        self.pinned = self.shown

    def unpin(self) -> None:
        self.pinned = None

    def undo(self) -> None:
        self._walk(-1)

    def redo(self) -> None:
        self._walk(1)

    def bring(self, name: str, content: bytes) -> None:
        """Take an Experiment (JSON), or weights of an artificial network, by name or else by order.

        A network of Linears from the samples' values to their classes brings its layers; others need those that are there.

        Raises:
            SNNCoreError: the file is neither, or its weights are of another network: some are missing, or left over.
        """
        own = self.own_weights
        try:
            brought = own.read(name, content, self._taking, takes_experiments=False)
        except NoMatchError as error:
            raise NoMatchError(f"{error} {self._what_fits}") from error
        if brought.transferred is None or brought.weights is None:
            self.start_from(brought.draft)
            own.note(brought, name)
            return
        made = brought.transferred[0]
        wrong = missing_weight(made) or left_over(made)
        if wrong:
            raise ExperimentError(f"File {name!r} holds weights of another network: {wrong}. {self._what_fits}")
        draft = brought.draft.replace({"conversion": self.conversion.model_dump()})
        self.files.keep_weights(brought.weights)
        self.history.begin(self._checked(draft))
        self._forget()
        own.note(brought, name)

    def train_again(self) -> None:
        """Train the network of the present Experiment once more, from the same weights, to be watched."""
        self.work.train_again(self.experiment)

    def stop(self) -> None:
        """Stop what is computed, until something is changed, or it shall start again."""
        self.work.stop()

    def start_again(self) -> None:
        """Start again what was stopped."""
        self.work.start_again()

    def let_go_of_weights(self) -> None:
        """Train a network here instead of the loaded one."""
        self.edit({"checkpoint": None})

    def spiking(self) -> tuple[Experiment, Parameters] | None:
        """Return the spiking network without its conversion, and all its parameters; None while the artificial one is being trained."""
        experiment, trained = self.experiment, self.artificial
        if trained is None:
            return None
        weights = converted_weights(experiment, with_weights(experiment, trained.weights), self.files)
        made = experiment.replace({"conversion": None, "checkpoint": None})
        return made, {name: value.detach().numpy() for name, value in made.build().named_parameters()} | weights

    def converted(self) -> Draft:
        """Return the spiking network with its weights, which are kept among the files, to be trained through time.

        Raises:
            ExperimentError: the artificial network isn't trained yet.
        """
        found = self.spiking()
        if found is None:
            raise ExperimentError("The artificial network is still being trained; wait until it is, and press again.")
        experiment, parameters = found
        made = checkpoint.of(experiment, parameters, "converted network")
        self.files.keep_weights(made)
        return made.experiment.replace({"training.lr": FINE_TUNING_RATE, "training.schedule": "constant"}).draft

    # ------------------------------------------------------------------------------------------- details

    def _checked(self, draft: Draft) -> Draft:
        """Return the draft as this page takes it. Raises SNNCoreError if it can't."""
        made = Experiment(**dict(draft))
        if made.conversion is None:
            made = made.replace({"conversion": Conversion().model_dump()})
        check_convertible(made)
        steps = made.input.shape[1]
        if steps > MOST_STEPS:
            raise ExperimentError(f"There are {steps:,} steps; this page takes up to {MOST_STEPS}. Use fewer.")
        if made.input.shape[0] != 1 or not isinstance(made.input, Sample):
            raise ExperimentError("The input must be one sample of the labelled data; give it the kind sample, and a batch of 1.")
        limits.check_conversion(made, max(steps, STEPS_SHOWN))
        return made.draft

    def _taking(self, weights: Parameters) -> Experiment:
        """Return the network for a file's weights: the file's own if that is plain and fits the data, else the present one.

        Raises SNNCoreError if the file's own is too large.
        """
        present = self.experiment.replace({"checkpoint": None, "conversion": None})
        neurons = present.network[neuron_places(present)[0]].model_dump()
        layers = dense_layers(weights, neurons)
        inputs, outputs = self._ends
        if not layers or (layers[0]["in_features"], layers[-1]["out_features"]) != (inputs, outputs):
            return present
        own = present.replace({"network": layers, "input.shape": [1, present.input.shape[1], inputs]})
        if [*weight_shapes(own.network).values()] == [*weight_shapes(present.network).values()]:
            return present
        self._checked(own.draft)  # before its weights are drawn
        return own

    @property
    def _ends(self) -> tuple[int, int]:
        """Values of a sample, and classes."""
        task = self.experiment.training.task
        assert isinstance(task, Classification)
        return math.prod(self.present.input.shape[2:]), task.data.classes

    @property
    def _what_fits(self) -> str:
        inputs, outputs = self._ends
        return (
            f"Load an ANN of two or more Linear layers, from {inputs} values to {outputs} classes, which brings its layers, "
            "or first choose the preset with the same layers as yours."
        )

    def _forget(self) -> None:
        self.work.forget()
        self.mended, self.picked = None, None

    def _walk(self, steps: int) -> None:
        origin = self.history.origin
        self.history.walk(steps)
        self.mended = None
        if self.history.origin != origin:
            self._forget()

    def _simulate(self, experiment: Experiment, trained: Artificial, sample: int, steps: int) -> Simulation:
        weights = converted_weights(experiment, with_weights(experiment, trained.weights), self.files)
        shape = [1, steps, *experiment.input.shape[2:]]
        changes = {"checkpoint": None, "conversion": None, "input.shape": shape, "input.index": sample, "input.half": "test"}
        made = experiment.replace(changes)
        parameters = {name: value.detach().numpy() for name, value in made.build().named_parameters()} | weights
        return simulate(made, self.files, parameters=parameters)[0]
