"""Registry of export formats: each is one row of a table, with its words and the function that makes the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from snncore.errors import RegistrationError
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Draft, Experiment
from snncore.run.bptt import EpochRecord
from snncore.run.simulation import Simulation

Subject = TypeVar("Subject")
Make = Callable[[Subject], str | bytes]
"""Returns the content of a file."""


@dataclass(frozen=True)
class Trained:
    """A training to export.

    Attributes:
        experiment: with the changes made while it trained.
        records: one per epoch.
        seen: the record of the epoch on display.
    """

    experiment: Experiment
    records: Sequence[EpochRecord]
    seen: EpochRecord


@dataclass(frozen=True)
class Tuned:
    """A single neuron to export.

    Attributes:
        simulation: its run; None where its input isn't here.
    """

    experiment: Experiment
    simulation: Simulation | None


@dataclass(frozen=True)
class Converted:
    """A conversion to export.

    Attributes:
        spiking: the spiking network's Experiment and all its parameters; None while the artificial one is being trained.
    """

    experiment: Draft
    spiking: tuple[Experiment, Parameters] | None


@dataclass(frozen=True)
class Format(Generic[Subject]):
    """One export format.

    Attributes:
        label: of its button.
        note: what the file holds.
        file_name: the name under which the browser saves it.
        make: returns the file's content.
        is_there: whether there is something to save.
    """

    label: str
    note: str
    file_name: str
    make: Make[Subject]
    is_there: Callable[[Subject], bool]


class Formats(Generic[Subject]):
    """The formats for one kind of subject, in the order in which they are offered."""

    def __init__(self) -> None:
        self._formats: list[Format[Subject]] = []

    def __iter__(self) -> Iterator[Format[Subject]]:
        return iter(self._formats)

    def register(
        self, label: str, note: str, file_name: str, is_there: Callable[[Subject], bool] = lambda subject: True
    ) -> Callable[[Make[Subject]], Make[Subject]]:
        """Offer the decorated function as a format.

        Raises:
            RegistrationError: another format has the same label or file name.
        """

        def add(make: Make[Subject]) -> Make[Subject]:
            taken = next((other for other in self if label == other.label or file_name == other.file_name), None)
            if taken:
                raise RegistrationError(f"Format {label!r} ({file_name}): {taken.label!r} saves as {taken.file_name}; choose other names.")
            self._formats.append(Format(label, note, file_name, make, is_there))
            return make

        return add


OF_TRAININGS: Formats[Trained] = Formats()
OF_NETWORKS: Formats[Draft] = Formats()
OF_NEURONS: Formats[Tuned] = Formats()
OF_CONVERSIONS: Formats[Converted] = Formats()
