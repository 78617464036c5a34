"""How an Experiment's network comes from an artificial one, as data."""

from __future__ import annotations

from pydantic import Field

from snncore.experiment.part import LARGEST_NUMBER, Part

MULTIPLY_ADD, ADD = 4.6, 0.9
"""Picojoules of a multiply-add and of an add of 32-bit floating-point numbers in 45 nm: Horowitz, "Computing's energy problem (and what we
can do about it)", ISSCC 2014."""


class Conversion(Part):
    """The network's weights are those of an artificial network with a ReLU in place of each layer of neurons, normalised.

    Attributes:
        percentile: of a ReLU's activations on the training half, which becomes 1 spike per step; see `snncore.convert.normalize`.
        energy_multiply_add: picojoules that a multiply-add of the artificial network is taken to cost.
        energy_synop: picojoules that a synaptic operation is taken to cost.
    """

    percentile: float = Field(default=99.9, gt=0, le=100)
    energy_multiply_add: float = Field(default=MULTIPLY_ADD, ge=0, le=LARGEST_NUMBER)
    energy_synop: float = Field(default=ADD, ge=0, le=LARGEST_NUMBER)
