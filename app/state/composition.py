"""The network that is composed on the Network page, and its forward passes. Trainings are in `training`."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from app.server.limits import check
from app.state.address import RATES, Address, Query
from app.state.files import KeptFiles, digests_of
from app.state.history import History
from app.state.network_view import NO_OVERLAY, NetworkView
from app.state.own_weights import OwnWeights
from app.words.rates import read_band
from app.words.typed_numbers import Numbers
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.experiment.spread import spread_shape, spread_values
from snncore.run.simulation import Simulation, simulate

DEFAULT = ten_spikes().draft
"""The network that a new visitor finds."""

MOST_VARIANTS = 4
"""Most variants on display at once."""


@dataclass
class Composition:
    """A history of drafts, and the last network among them whose layers fit.

    Acts return True if they changed the draft. They raise ExperimentError, and change nothing, if the result can't be built or is too
    large.

    Attributes:
        files: source of inputs and weights.
        history: the drafts; the layers of the present one may not fit.
        experiment: the last draft whose layers fit; None if a link held one that doesn't fit.
        simulations: forward passes of the experiment by how they were run, computed on demand.
        view: selection and display settings.
        pinned: the forward pass A, to compare others with.
        own_weights: what came of the visitor's last file of weights.
    """

    files: KeptFiles = field(default_factory=KeptFiles)
    history: History = field(default_factory=lambda: History(DEFAULT))
    experiment: Experiment | None = field(default_factory=ten_spikes)
    simulations: dict[tuple[int, bool], list[Simulation]] = field(default_factory=dict)
    view: NetworkView = field(default_factory=lambda: NetworkView.of(DEFAULT))
    address: Address = field(init=False)
    pinned: Simulation | None = None
    own_weights: OwnWeights = field(default_factory=OwnWeights)
    _views: dict[int, NetworkView] = field(default_factory=dict)
    """Views of networks of other origins, by origin in the history."""

    def __post_init__(self) -> None:
        self.address = Address(DEFAULT, settings=TargetRates(self))

    # ------------------------------------------------------------------------------------------- queries

    @property
    def present(self) -> Draft:
        """The draft being composed."""
        return self.history.present

    @property
    def is_shown_whole(self) -> bool:
        """Whether the simulated layers are the draft's."""
        return self.experiment is not None and self.present.first_misfit is None

    @property
    def is_walked(self) -> bool:
        """Whether there is anything to undo or redo, or pinned."""
        return self.history.can_undo or self.history.can_redo or self.pinned is not None

    @property
    def files_in_use(self) -> set[str]:
        """Digests of the files in use or one undo away."""
        return digests_of(self.history.before) | digests_of(self.present)

    @property
    def selected(self) -> int | None:
        """Place of the selected layer; None for the input."""
        return self.view.layer_in(self.present)

    def simulate(self, runs: int = 1, shuffled: bool = False) -> list[Simulation]:
        """Return forward passes of the experiment, in sequence without a reset between them.

        Raises:
            ExperimentError: no network fits so far, the input's file isn't here, or a session may not have that many runs.
        """
        if self.experiment is None:
            raise ExperimentError("Nothing can be simulated until all layers fit.")
        if (runs, shuffled) not in self.simulations:
            kept = sum(len(passes) for passes in self.simulations.values()) + (self.pinned is not None)
            check(self.experiment, runs=runs + kept)
            self.simulations[runs, shuffled] = simulate(self.experiment, self.files, runs=runs, shuffled=shuffled)
        return self.simulations[runs, shuffled]

    @property
    def pinned_beside(self) -> Simulation | None:
        """A, where its rows can be drawn beside the present ones; None if nothing is pinned, or layers or shapes differ."""
        pinned, experiment = self.pinned, self.experiment
        return pinned if pinned and experiment and have_the_same_rows(pinned.experiment, experiment) else None

    def variant(self, changes: dict[str, Any]) -> Simulation:
        """Return a forward pass of the experiment with some fields changed. It isn't kept.

        Raises:
            ExperimentError: no network fits so far, or the values can't be built.
        """
        if self.experiment is None:
            raise ExperimentError("Nothing can be simulated until all layers fit.")
        other = self.experiment.replace(changes)
        check(other, runs=MOST_VARIANTS)
        return simulate(other, self.files)[0]

    def spread(self, path: str, mean: float, deviation: float, numbers: Numbers) -> Any:
        """Return values for each neuron of a layer, or each channel of its maps, drawn with the weight seed.

        Args:
            path: of the layer's field; each field has a draw of its own.
            mean, deviation: of the values.
            numbers: the range of a value.

        Raises:
            ExperimentError: the values are too many, or mostly out of range.
        """
        draft = self.present
        shape = spread_shape(edits.shape_before(draft, int(path.split(".")[1])))
        given = {"low": numbers.low, "high": numbers.high, "above": numbers.above}
        limits = {name: limit for name, limit in given.items() if limit is not None}
        return spread_values(mean, deviation, shape, draft.seeds.weights + zlib.crc32(path.encode()), **limits)

    # ------------------------------------------------------------------------------------- acts

    def open(self, draft: Draft) -> None:
        """Start from the draft of a link."""
        check(draft)
        experiment = None if draft.first_misfit else Experiment(**dict(draft))
        self.history, self.experiment, self.simulations = History(draft), experiment, {}
        self.view, self._views = NetworkView.of(draft), {}

    def come_back(self, draft: Draft) -> None:
        """Return to a draft by undo or redo; take it as another network if it is none of the history's."""
        steps = self.history.steps_to(draft)
        if steps is None:
            self.start_from(draft)
        else:
            self.walk(steps)

    def compose(self, make: Callable[[Draft], Draft], is_edit: bool = True) -> bool:
        """Replace the present draft by what `make` returns for it.

        Args:
            is_edit: whether the present draft is edited, not replaced by another network.
        """
        before = self.present.settled  # changes made while another network trained don't belong to this one's training
        composed = make(before)
        if composed == before:
            return False
        experiment, simulation = self._tried(composed)
        self.accept(composed, experiment, is_edit)
        if simulation:
            self.simulations[1, False] = [simulation]
        return True

    def rearrange(self, make: Callable[[Draft], Draft], selected: int | None = None) -> bool:
        """Take a draft whose layers have new places or sizes, and drop all picks by place.

        Args:
            selected: place of the layer to select; None keeps the present selection.
        """
        if not self.compose(make):
            return False
        self.view.forget_neurons()
        if selected is not None:
            self.view.layer = selected
        return True

    def replace(self, changes: dict[str, Any]) -> bool:
        """Change some fields, by their paths."""
        return self.compose(lambda draft: draft.replace(changes))

    def start_from(self, draft: Draft) -> bool:
        """Replace the whole network. Undo also restores the former view."""
        origin = self.history.origin
        changed = self.compose(lambda _: draft, is_edit=False)
        if changed:
            self._views[origin], self.view = self.view, copy(self.view)
            self.view.start_over(draft)
        return changed

    def bring(self, name: str, content: bytes) -> None:
        """Take a file: weights for the present layers, or an Experiment, alone or with its weights, in their place.

        Raises:
            SNNCoreError: the file is neither, or nothing in it matches; then nothing changes.
        """
        brought = self.own_weights.read(name, content, lambda _: self._whole(), self.files)
        if brought.weights:
            self.files.keep_weights(brought.weights)
        if brought.is_edit:
            self.compose(lambda _: brought.draft)
        else:
            self.start_from(brought.draft)
        self.own_weights.note(brought, name)

    def insert(self, kind: str) -> bool:
        """Insert a layer of a kind after the selected one."""
        at = 0 if self.selected is None else self.selected + 1
        return self.rearrange(lambda draft: edits.insert(draft, at, kind), at)

    def duplicate(self) -> bool:
        """Insert a copy of the selected layer after it."""
        at = self.selected
        return at is not None and self.rearrange(lambda draft: edits.duplicate(draft, at), at + 1)

    def move(self, by: int) -> bool:
        """Move the selected layer by a number of places, stopping at either end."""
        at = self.selected
        if at is None:
            return False
        to = min(max(at + by, 0), len(self.present.network) - 1)
        return self.rearrange(lambda draft: edits.move(draft, at, to), to)

    def remove(self) -> bool:
        """Remove the selected layer."""
        at = self.selected
        return at is not None and self.rearrange(lambda draft: edits.remove(draft, at), max(at - 1, 0))

    def mend(self, place: int) -> bool:
        """Give a layer that doesn't fit the values that make it fit."""
        return self._walk(lambda: self.compose(lambda draft: edits.mend(draft, place)))

    def pin(self) -> None:
        """Pin the present forward pass as A. It is drawn in place of what was asked for before."""
        pinned = self.simulate()[0]
        check(pinned.experiment, runs=2)
        self.pinned = pinned
        self.view.overlay, self.view.taus = NO_OVERLAY, ()

    def unpin(self) -> None:
        self.pinned = None

    def undo(self) -> bool:
        return self.walk(-1)

    def redo(self) -> bool:
        return self.walk(1)

    def walk(self, steps: int) -> bool:
        """Redo some steps, or undo if negative."""
        return self._walk(lambda: self._return_to(self.history.walk(steps)))

    def accept(self, draft: Draft, experiment: Experiment | None, is_edit: bool = True) -> None:
        """Take a draft, and its experiment if its layers fit."""
        (self.history.add if is_edit else self.history.begin)(draft)
        self._show(experiment)

    def amend(self, experiment: Experiment) -> None:
        """Put an experiment in place of the present draft."""
        self.history.amend(experiment.draft)
        self._show(experiment)

    # ----------------------------------------------------------------------------------------------- details

    def _whole(self) -> Experiment:
        """Return the present draft, whose layers fit. Raises ExperimentError if they don't."""
        misfit = self.present.first_misfit
        if misfit or self.experiment is None:
            raise ExperimentError(f"Weights can be loaded once all layers fit: {misfit}")
        return self.experiment

    def _walk(self, step: Callable[[], bool]) -> bool:
        """Undo or redo. That restores the view of a former network; if it moves layers of this one, it drops all picks by place."""
        before, origin = [layer.kind for layer in self.present.network], self.history.origin
        changed = step()
        if self.history.origin != origin:
            self._views[origin], self.view = self.view, self._views[self.history.origin]
        elif [layer.kind for layer in self.present.network] != before:
            self.view.forget_neurons()
        return changed

    def _return_to(self, present: Draft) -> bool:
        self._show(None if present.first_misfit else Experiment(**dict(present)))
        return True

    def _show(self, experiment: Experiment | None) -> None:
        if experiment is None or experiment == self.experiment:
            return
        self.experiment = experiment
        self.simulations = {}

    def _tried(self, composed: Draft) -> tuple[Experiment | None, Simulation | None]:
        """Compute the experiment and its simulation, if the layers fit one another."""
        check(composed)
        if composed.first_misfit:
            return None, None
        experiment = Experiment(**dict(composed))
        if experiment == self.experiment or self.files.lack(experiment):
            return experiment, None  # the page reports a missing file; the network can still be composed
        return experiment, simulate(experiment, self.files)[0]


@dataclass
class TargetRates:
    """The band of target rates, as the address holds it."""

    composition: Composition

    def written(self) -> Query:
        band = self.composition.view.band
        return {RATES: band.short} if band else {}

    def take(self, query: Query, lacking_stay: bool) -> None:
        """Set the band of an address. Raises ExperimentError if it is none."""
        band = read_band(query.get(RATES, ""))
        if band or not lacking_stay:
            self.composition.view.band = band


def have_the_same_rows(one: Experiment, other: Experiment) -> bool:
    """Return True if the activity of both networks' layers can be overlaid."""
    shapes = [
        (experiment.input.shape, [(layer.kind, fit.shape) for layer, fit in zip(experiment.network, experiment.fits(), strict=True)])
        for experiment in (one, other)
    ]
    return shapes[0] == shapes[1]
