"""The recurrent form of a layer: its spikes come back as current, one step later.

`snncore.layers.models` mixes it into each model that spikes.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from snncore.dynamics import Recurrence, StepFunction
from snncore.errors import ParameterError
from snncore.layers.stateful import StatefulLayer


class Recurrent(StatefulLayer):
    """Mixin, placed before a layer's class: feeds `rec_connect(spikes)` back.

    The recurrent current i_rec is part of the state, so a run in chunks equals one long run. It is 0 after a reset, so a bias in
    `rec_connect` acts from the second step.

    Args:
        rec_connect: a module (batch, ...) -> (batch, ...), such as `nn.Linear(n, n)`. Its parameters are the layer's, and are trained.
    """

    i_rec: Tensor

    def __init__(self, *args: Any, rec_connect: nn.Module, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(rec_connect, nn.Module):
            raise ParameterError(f"{type(self).__name__}: rec_connect is {rec_connect!r}; it must be a module such as nn.Linear(n, n).")
        self.rec_connect = rec_connect
        self._add_state("i_rec")

    @property
    def step(self) -> StepFunction[Any]:
        return Recurrence(super().step, self.rec_connect)
