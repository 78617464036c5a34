"""A linear layer's first weights as data, so that a structured network (a chain, lateral inhibition) is an Experiment too.

They are only the start of training: all weights are trained, even the ones that start at 0.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import BeforeValidator, Field, model_validator
from torch import Tensor

from snncore.errors import MisfitError
from snncore.experiment.part import LARGEST_LENGTH, Part

LARGEST_WEIGHT = 1e6
"""Largest first weight: far above any useful one, far below the weights whose sums leave float32."""

FARTHEST_DRAWN = 1 - 2.0**-24
"""Largest magnitude of a uniform number in [-1, 1] that becomes a normal one: 5.4 standard deviations."""

Weight = Annotated[float, Field(ge=-LARGEST_WEIGHT, le=LARGEST_WEIGHT)]


class _WeightSpec(Part):
    """Base of all first weights."""

    kind: str

    def check(self, inputs: int, outputs: int) -> None:
        """Raise MisfitError, with what would fit, if the layer has too few inputs or outputs."""

    def is_random(self, has_bias: bool) -> bool:
        """Return True if the weights, or biases if there are any, depend on the seed."""
        return False

    def weigh(self, weight: Tensor, bias: Tensor | None) -> None:
        """Turn torch's weights (outputs, inputs) and bias (outputs,) into the first ones, in place."""
        raise NotImplementedError


class RandomWeights(_WeightSpec):
    """torch's weights, uniform within ±1/√inputs, times `gain`; the bias as torch draws it."""

    kind: Literal["random"] = "random"
    gain: float = Field(default=1.0, ge=0, le=LARGEST_WEIGHT)

    def is_random(self, has_bias: bool) -> bool:
        return self.gain > 0 or has_bias

    def weigh(self, weight: Tensor, bias: Tensor | None) -> None:
        weight.mul_(self.gain)


class NormalWeights(_WeightSpec):
    """Weights drawn from the normal distribution of this `mean` and standard deviation `std`; the bias as torch draws it.

    They are the quantiles of torch's own uniform weights, so later layers draw the same as with those.
    """

    kind: Literal["normal"] = "normal"
    mean: Weight = 0.0
    std: float = Field(default=1.0, ge=0, le=LARGEST_WEIGHT)

    def is_random(self, has_bias: bool) -> bool:
        return self.std > 0 or has_bias

    def weigh(self, weight: Tensor, bias: Tensor | None) -> None:
        uniform = (weight.double() * math.sqrt(weight.shape[1])).clamp(-FARTHEST_DRAWN, FARTHEST_DRAWN)
        weight.copy_(self.mean + self.std * math.sqrt(2) * torch.erfinv(uniform))


class _StructuredWeights(_WeightSpec):
    """Base of first weights without randomness; their bias is 0."""

    def matrix(self, outputs: int, inputs: int) -> Tensor:
        """Return the weights, float32 (outputs, inputs): entry [n, m] leads from input m to neuron n."""
        raise NotImplementedError

    def weigh(self, weight: Tensor, bias: Tensor | None) -> None:
        weight.copy_(self.matrix(*weight.shape))
        if bias is not None:
            bias.zero_()


class ConstantWeights(_StructuredWeights):
    """The same weight `value` from every input to every neuron."""

    kind: Literal["constant"] = "constant"
    value: Weight

    def matrix(self, outputs: int, inputs: int) -> Tensor:
        return torch.full((outputs, inputs), self.value, dtype=torch.float32)


class DiagonalWeights(_StructuredWeights):
    """Weight `diagonal` from input to neuron of the same number, `others` elsewhere.

    The defaults connect one-to-one; as `rec_connect`, negative `others` are lateral inhibition.
    """

    kind: Literal["diagonal"] = "diagonal"
    diagonal: Weight = 1.0
    others: Weight = 0.0

    def matrix(self, outputs: int, inputs: int) -> Tensor:
        return torch.full((outputs, inputs), self.others, dtype=torch.float32).fill_diagonal_(self.diagonal)


class ChainWeights(_StructuredWeights):
    """Weight `value` from each group g to group g + `offset`, 0 elsewhere.

    Every input of group g leads to every neuron of group g + `offset`; the last groups lead nowhere. Inputs and neurons are each divided
    in order into `groups` groups, whose sizes differ by one at most. As `rec_connect`, it is a synfire chain with an offset of 1
    (Abeles 1991), and connects each group with itself with an offset of 0.
    """

    kind: Literal["chain"] = "chain"
    groups: int = Field(ge=2, le=LARGEST_LENGTH)
    value: Weight
    offset: int = 1

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        farthest = self.groups - 1
        if abs(self.offset) > farthest:
            raise ValueError(f"no group is {self.offset} ahead in a chain of {self.groups}; set offset between {-farthest} and {farthest}")
        return self

    def check(self, inputs: int, outputs: int) -> None:
        fewest = min(inputs, outputs)
        if self.groups > fewest:
            side = "in_features" if inputs == fewest else "out_features"
            problem = f"the weights are a chain of {self.groups} groups, but there are {fewest} {side}"
            if fewest < 2:
                raise MisfitError(f"{problem}; choose another kind of weights", {"weights": RandomWeights().model_dump()})
            farthest = fewest - 1
            fitting = {**self.model_dump(), "groups": fewest, "offset": max(-farthest, min(self.offset, farthest))}
            raise MisfitError(f"{problem}; set groups to at most {fewest}", {"weights": fitting})

    def matrix(self, outputs: int, inputs: int) -> Tensor:
        of_neurons, of_inputs = (torch.arange(count) * self.groups // count for count in (outputs, inputs))
        return self.value * (of_neurons[:, None] == of_inputs + self.offset).float()


WEIGHT_KINDS = ("random", "normal", "constant", "diagonal", "chain")


def _with_a_kind(given: Any) -> Any:
    kind = given.get("kind") if isinstance(given, dict) else getattr(given, "kind", None)
    if kind not in WEIGHT_KINDS:
        raise ValueError(f'it must have a "kind"; use one of {", ".join(WEIGHT_KINDS)}')
    return given


WeightSpec = Annotated[
    RandomWeights | NormalWeights | ConstantWeights | DiagonalWeights | ChainWeights,
    Field(discriminator="kind"),
    BeforeValidator(_with_a_kind),
]
