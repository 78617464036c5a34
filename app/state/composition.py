"""The network that is composed on the Network page, and its forward passes. Trainings are in `training`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.server.limits import check
from app.state.address import Address
from app.state.files import KeptFiles, digests_of
from app.state.history import History
from app.state.network_view import NetworkView
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.run.simulation import Simulation, simulate

DEFAULT = ten_spikes().draft
"""What a visitor finds."""

MOST_VARIANTS = 4
"""Variants that are seen at once."""


@dataclass
class Composition:
    """A history of drafts, and the last network among them whose layers fit.

    Acts return True if they changed the draft. They raise ExperimentError, and change nothing, where what comes of them can't be built or
    is too large.

    Attributes:
        files: what inputs and weights are taken from.
        history: the drafts; the layers of the present one may not fit.
        experiment: the last draft whose layers fit; None where a link held one that doesn't fit.
        simulations: forward passes of the experiment by how they were run; made when they are looked at.
        view: what is looked at.
        revision: number of changes by something other than the changed field's own widget. Widgets of another revision are other widgets:
            what a browser still says of those it hasn't seen change is no edit.
    """

    files: KeptFiles = field(default_factory=KeptFiles)
    history: History = field(default_factory=lambda: History(DEFAULT))
    experiment: Experiment | None = field(default_factory=ten_spikes)
    simulations: dict[tuple[int, bool], list[Simulation]] = field(default_factory=dict)
    view: NetworkView = field(default_factory=lambda: NetworkView.of(DEFAULT))
    revision: int = 0
    address: Address = field(default_factory=lambda: Address(DEFAULT))

    # ------------------------------------------------------------------------------------------- what it is

    @property
    def present(self) -> Draft:
        """What is being composed."""
        return self.history.present

    @property
    def is_shown_whole(self) -> bool:
        """Whether the layers that are simulated are those of the draft."""
        return self.experiment is not None and self.present.first_misfit is None

    @property
    def is_walked(self) -> bool:
        """Whether there is something to undo or redo."""
        return self.history.can_undo or self.history.can_redo

    @property
    def files_in_use(self) -> set[str]:
        """Digests of the files that are in use or one undo away."""
        return digests_of(self.history.before) | digests_of(self.present)

    @property
    def selected(self) -> int | None:
        """The selected layer's place; None for the input."""
        return self.view.layer_in(self.present)

    def simulate(self, runs: int = 1, shuffled: bool = False) -> list[Simulation]:
        """Forward passes of the experiment, one after another without a reset between.

        Raises:
            ExperimentError: no network fits so far, the input is a file that isn't here, or so many runs are more than a session may have.
        """
        if self.experiment is None:
            raise ExperimentError("Nothing can be simulated until all layers fit.")
        if (runs, shuffled) not in self.simulations:
            kept = sum(len(passes) for passes in self.simulations.values())
            check(self.experiment, runs=runs + kept)
            self.simulations[runs, shuffled] = simulate(self.experiment, self.files, runs=runs, shuffled=shuffled)
        return self.simulations[runs, shuffled]

    def variant(self, changes: dict[str, Any]) -> Simulation:
        """A forward pass of the experiment with other values in some fields, kept nowhere.

        Raises:
            ExperimentError: no network fits so far, or the values can't be built.
        """
        if self.experiment is None:
            raise ExperimentError("Nothing can be simulated until all layers fit.")
        other = self.experiment.replace(changes)
        check(other, runs=MOST_VARIANTS)
        return simulate(other, self.files)[0]

    # ------------------------------------------------------------------------------------- what is done to it

    def open(self, draft: Draft) -> None:
        """Begin with the draft of a link."""
        check(draft)
        experiment = None if draft.first_misfit else Experiment(**dict(draft))
        self.history, self.experiment, self.simulations = History(draft), experiment, {}
        self.view = NetworkView.of(draft)

    def compose(self, make: Callable[[Draft], Draft], by_widget: bool = False) -> bool:
        """Go on with what `make` makes of the present draft.

        Args:
            by_widget: the widget of the changed field asks for it, and shows the new value already.
        """
        before = self.present.settled  # what was changed while another network trained is no part of this one's training
        composed = make(before)
        if composed == before:
            return False
        experiment, simulation = self._tried(composed)
        self.accept(composed, experiment)
        self.revision += not by_widget
        if simulation:
            self.simulations[1, False] = [simulation]
        return True

    def rearrange(self, make: Callable[[Draft], Draft], selected: int | None = None, by_widget: bool = False) -> bool:
        """Go on with a draft whose layers have other places or sizes: what was picked by place isn't any more.

        Args:
            selected: the place of the layer that is selected then; None: the one that is selected now.
        """
        if not self.compose(make, by_widget):
            return False
        self.view.forget_neurons()
        if selected is not None:
            self.view.layer = selected
        return True

    def replace(self, changes: dict[str, Any], by_widget: bool = False) -> bool:
        """Go on with other values of some fields, by their paths."""
        return self.compose(lambda draft: draft.replace(changes), by_widget)

    def start_from(self, draft: Draft) -> bool:
        """Go on with another network altogether."""
        changed = self.compose(lambda _: draft)
        if changed:
            self.view.start_over(draft)
        return changed

    def insert(self, kind: str) -> bool:
        """Put a layer of a kind after the selected one."""
        at = 0 if self.selected is None else self.selected + 1
        return self.rearrange(lambda draft: edits.insert(draft, at, kind), at)

    def duplicate(self) -> bool:
        """Put the selected layer once more after itself."""
        at = self.selected
        return at is not None and self.rearrange(lambda draft: edits.duplicate(draft, at), at + 1)

    def move(self, by: int) -> bool:
        """Move the selected layer by so many places, as far as there are any."""
        at = self.selected
        if at is None:
            return False
        to = min(max(at + by, 0), len(self.present.network) - 1)
        return self.rearrange(lambda draft: edits.move(draft, at, to), to)

    def remove(self) -> bool:
        """Take the selected layer away."""
        at = self.selected
        return at is not None and self.rearrange(lambda draft: edits.remove(draft, at), max(at - 1, 0))

    def mend(self, place: int) -> bool:
        """Give a layer that doesn't fit the values with which it does."""
        return self._walk(lambda: self.compose(lambda draft: edits.mend(draft, place)))

    def undo(self) -> bool:
        return self._walk(lambda: self._return_to(self.history.undo()))

    def redo(self) -> bool:
        return self._walk(lambda: self._return_to(self.history.redo()))

    def accept(self, draft: Draft, experiment: Experiment | None) -> None:
        """Go on with another draft, and with the experiment that it makes if its layers fit."""
        self.history.add(draft)
        self._show(experiment)

    # ----------------------------------------------------------------------------------------------- details

    def _walk(self, step: Callable[[], bool]) -> bool:
        """A step that may give layers other places; then what was picked by place isn't any more."""
        before = [layer.kind for layer in self.present.network]
        changed = step()
        if [layer.kind for layer in self.present.network] != before:
            self.view.forget_neurons()
        return changed

    def _return_to(self, present: Draft) -> bool:
        self.revision += 1
        self._show(None if present.first_misfit else Experiment(**dict(present)))
        return True

    def _show(self, experiment: Experiment | None) -> None:
        if experiment is None or experiment == self.experiment:
            return
        self.experiment = experiment
        self.simulations = {}

    def _tried(self, composed: Draft) -> tuple[Experiment | None, Simulation | None]:
        """The experiment and its simulation, if the layers fit one another."""
        check(composed)
        if composed.first_misfit:
            return None, None
        experiment = Experiment(**dict(composed))
        if experiment == self.experiment or self.files.lack(experiment):
            return experiment, None  # where a file lacks, the page says so; the network may be composed all the same
        return experiment, simulate(experiment, self.files)[0]
