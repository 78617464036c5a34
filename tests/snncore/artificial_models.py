"""Artificial networks that are written in ways which a conversion has to find its way through."""

from __future__ import annotations

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
