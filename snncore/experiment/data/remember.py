"""A bit to remember: it is shown, a delay passes, and a cue asks for it."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field

from snncore.experiment.data.base import DATA_KINDS, DataSet, Halves, Labelled
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.part import Count, Shape

LEARNED, TESTED = 512, 256

CHANNELS = 4
"""Channels that show a 0, as many that show a 1, and as many that cue."""

PROBABILITY = 0.5
"""Chance that a channel spikes in a step, while it is on."""

LONGEST_DELAY = 10_000


@DATA_KINDS.register
class Remember(DataSet):
    """Bits to remember over a delay: 512 to learn from and 256 to be tested with.

    Twelve channels spike at random while they are on: for the first `shown` steps the channels 0 to 3 if the bit is 0, 4 to 7 if it is 1;
    after `delay` silent steps, for `asked` steps, the channels 8 to 11, which cue. The answer is read from the cue on.

    Source: the store-recall task of Bellec et al. 2018, with one bit.
    """

    title: ClassVar[str] = "Remember"
    kind: Literal["remember"] = "remember"
    delay: int = Field(default=200, ge=0, le=LONGEST_DELAY)
    shown: int = Field(default=20, ge=1, le=LONGEST_DELAY)
    asked: int = Field(default=20, ge=1, le=LONGEST_DELAY)
    seed: Count = 0

    @property
    def classes(self) -> int:
        return 2

    @property
    def counts(self) -> tuple[int, int]:
        return LEARNED, TESTED

    @property
    def sample_shape(self) -> Shape:
        return (3 * CHANNELS,)

    @property
    def steps(self) -> int:
        return self.answer_from + self.asked

    @property
    def answer_from(self) -> int:
        return self.shown + self.delay

    def make(self, files: Files = NO_FILES) -> Halves:
        return _bits(self)


@lru_cache(maxsize=2)
def _bits(data: Remember) -> Halves:
    return Halves(*(_drawn(data, count, half) for half, count in enumerate((LEARNED, TESTED))))


def _drawn(data: Remember, count: int, half: int) -> Labelled:
    random = np.random.RandomState([data.seed % 2**32, half])
    bits = random.randint(2, size=count)
    groups = np.zeros((count, data.steps, 3), dtype=bool)
    groups[:, : data.shown, :2] = bits[:, None, None] == np.arange(2)
    groups[:, data.answer_from :, 2] = True
    are_on = np.repeat(groups, CHANNELS, axis=2)
    spikes = are_on & (random.random_sample(are_on.shape) < PROBABILITY)
    return Labelled(torch.from_numpy(spikes.astype(np.float32)), torch.from_numpy(bits.astype(np.int64)))
