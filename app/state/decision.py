"""The decision of a network over a plane, as finely as there is time for: coarsely while it learns, finely once it rests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.server.limits import cost
from app.state.recognition import Look
from snncore.run.decision_map import DecisionMap, decision_map

MOVING_WORK, RESTING_WORK = 220_000_000, 1_100_000_000
"""Most multiplications for a map: about a twentieth of a second of one core while the training runs, then up to a second."""

MOVING_SIDE, RESTING_SIDE = 24, 72
"""Points of the finest map along each axis."""

COARSEST = 8

MOVING_TILE, RESTING_TILE = 12, 24
"""Points of a hidden neuron's map along each axis."""

STEADY, IN_TURN = 8, 24
"""Hidden neurons whose maps are painted at each moment of a running training, and how many of the others take turns."""


@dataclass
class Decision:
    """Maps of one view, the last of which is kept."""

    _of: Look | None = None
    _found: DecisionMap | None = None
    _moments: int = 0

    def map(self, look: Look) -> DecisionMap:
        """Return the decision at the moment of a look.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        before = self._of
        is_same = before and before.moment is look.moment and before.answerer is look.answerer and before.is_moving == look.is_moving
        if self._found is None or not is_same:
            self._found = decision_map(look.answerer, side_of(look), look.moment.parameters)
            self._of = look
            self._moments += 1
        return self._found

    def sent(self, look: Look) -> Sequence[int] | None:
        """Return the hidden neurons of each layer whose maps are painted at this moment; None for all.

        Which ones take turns is the same for all layers; places that a layer lacks stand for none.
        """
        if not look.is_moving:
            return None
        most = max((len(counts) for counts in self.map(look).counts.values()), default=0)
        others = max(most - STEADY, 1)
        first = self._moments * IN_TURN
        return sorted({*range(STEADY), *(STEADY + (first + place) % others for place in range(min(IN_TURN, others)))})


def coarseness(side: int, is_moving: bool) -> int:
    """Return how many points are taken together along each axis for a hidden neuron's map."""
    return max(side // (MOVING_TILE if is_moving else RESTING_TILE), 1)


def side_of(look: Look) -> int:
    """Return the points along each axis that there is time for."""
    experiment, data = look.experiment, look.task.data
    passed = cost(experiment.draft).multiplications
    samples = max(experiment.input.shape[0], min(experiment.training.batch_size, max(data.counts)))
    work, finest = (MOVING_WORK, MOVING_SIDE) if look.is_moving else (RESTING_WORK, RESTING_SIDE)
    side = min(max(math.isqrt(work * samples // max(passed, 1)), COARSEST), finest)
    return side - side % coarseness(side, look.is_moving)
