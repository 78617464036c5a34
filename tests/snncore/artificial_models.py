"""Artificial networks that are written in ways which a conversion has to find its way through."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn


class Twice(nn.Module):
    """Uses one ReLU twice, and one block twice."""

    def __init__(self) -> None:
        super().__init__()
        self.act = nn.ReLU()
        self.block = nn.Sequential(nn.Linear(6, 6), nn.ReLU())
        self.first, self.last = nn.Linear(6, 6), nn.Linear(6, 6)

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.first(x))
        return self.last(self.act(self.block(self.block(x)) - 0.5 * x))


class Calling(nn.Module):
    """Calls a function on the output of a layer."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.layer(x).relu())
