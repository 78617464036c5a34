"""The files of one visitor: uploaded inputs and weights, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Collection

from snncore.arrays import Array
from snncore.experiment.data.file import LabelledFile, values_key
from snncore.experiment.inputs import Files, FileSpikes
from snncore.experiment.spec import Draft
from snncore.experiment.tasks.classification import Classification
from snncore.io.checkpoint import Checkpoint

LARGEST_FILES = 64 * 2**20
"""Most bytes kept; the oldest files go first."""


class KeptFiles(dict[str, Array]):
    """Arrays by digest, those of weights by `digest/name`, the oldest first.

    Args:
        in_use: returns the digests of the files that stay in any case.
    """

    def __init__(self, in_use: Callable[[], Collection[str]] = frozenset) -> None:
        super().__init__()
        self._in_use = in_use

    def keep(self, digest: str, arrays: Files) -> None:
        """Keep what one file held. The oldest others go, each with all its arrays, until the rest fits."""
        in_use = self._in_use()
        for key in arrays:
            self.pop(key, None)
        self.update(arrays)
        while sum(kept.nbytes for kept in self.values()) > LARGEST_FILES:
            oldest = next((file for file in map(_file_of, self) if file != digest and file not in in_use), None)
            if oldest is None:
                return
            for key in [key for key in self if _file_of(key) == oldest]:
                del self[key]

    def keep_weights(self, found: Checkpoint) -> None:
        """Keep the weights that the checkpoint's Experiment names."""
        if found.experiment.checkpoint is not None:
            self.keep(found.experiment.checkpoint.digest, found.files)

    def lack(self, draft: Draft) -> bool:
        """Return True if the draft's input or weights come from a missing file."""
        lacks_input = isinstance(draft.input, FileSpikes) and draft.input.digest not in self
        labelled = labelled_file(draft)
        lacks_data = labelled is not None and values_key(labelled.digest) not in self
        return lacks_input or lacks_data or (draft.checkpoint is not None and not draft.checkpoint.is_here(self))


def labelled_file(draft: Draft) -> LabelledFile | None:
    """Return the labelled data of a draft's task, if they are of a file."""
    task = draft.training.task
    return task.data if isinstance(task, Classification) and isinstance(task.data, LabelledFile) else None


def digests_of(draft: Draft) -> set[str]:
    """Return the digests of the files that a draft names."""
    given = {draft.input.digest} if isinstance(draft.input, FileSpikes) else set()
    labelled = labelled_file(draft)
    if labelled is not None:
        given.add(labelled.digest)
    return given | ({draft.checkpoint.digest} if draft.checkpoint else set())


def _file_of(key: str) -> str:
    return key.partition("/")[0]
