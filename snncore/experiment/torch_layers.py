"""torch's own layers as data: their shapes, and their weights as torch draws them, but from a given generator.

A linear layer may start from the weights of `snncore.experiment.weights` instead. All layers see one sample at one time step.
"""

from __future__ import annotations

import math
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn

from snncore.errors import MisfitError
from snncore.experiment.learnable import Learnable
from snncore.experiment.part import LARGEST_LENGTH, Length, Part, Shape
from snncore.experiment.weights import RandomWeights, WeightSpec

Made = TypeVar("Made", nn.Linear, nn.Conv2d)


class TorchSpec(Part):
    """Base of torch's own layers."""

    kind: str

    @property
    def does_spike(self) -> bool:
        return False

    @property
    def draws_weights(self) -> bool:
        """True if its first weights depend on the weight seed."""
        return False

    @property
    def is_noisy(self) -> bool:
        """True if it uses random numbers while it trains."""
        return False

    @property
    def weight_count(self) -> int:
        """Number of its weights, without biases."""
        return 0

    @property
    def multiplications(self) -> int:
        """Number of multiplications, or of what takes as long, for each value of its output."""
        return 1

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape; raise MisfitError, with what would fit, if the layer doesn't take `shape`."""
        raise NotImplementedError

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> nn.Module:
        """Return the module. `batch_size` is for layers that tell time from batch."""
        raise NotImplementedError


class LinearSpec(Learnable, TorchSpec):
    """`torch.nn.Linear` over the last axis. Its `weights` don't change what later layers draw."""

    kind: Literal["Linear"] = "Linear"
    in_features: Length
    out_features: Length
    bias: bool = True
    weights: WeightSpec = RandomWeights()

    @property
    def draws_weights(self) -> bool:
        return self.weights.is_random(self.bias)

    @property
    def weight_count(self) -> int:
        return self.in_features * self.out_features

    @property
    def multiplications(self) -> int:
        return self.in_features

    @property
    def learnable(self) -> tuple[str, ...]:
        return _weights(self.bias)

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) > 1 and self.in_features != shape[-1] and (len(shape) == 3 or self.in_features == math.prod(shape)):
            raise MisfitError(
                f"it takes {self.in_features} features in one row, but it receives {shape}; put a Flatten before it", before="Flatten"
            )
        if not shape or shape[-1] != self.in_features:
            raise MisfitError(
                f"in_features is {self.in_features}, but it receives {shape[-1] if shape else 'no'} features; "
                f"set in_features to {shape[-1] if shape else 1}, or change what comes before",
                {"in_features": shape[-1] if shape else 1},
            )
        self.weights.check(self.in_features, self.out_features)
        return (*shape[:-1], self.out_features)

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> nn.Module:
        layer = _without_values(nn.Linear(self.in_features, self.out_features, bias=self.bias, device="meta"))
        _draw(layer, self.in_features, weights)
        with torch.no_grad():
            self.weights.weigh(layer.weight, layer.bias)
        self.revise(layer)
        return layer


class Conv2dSpec(Learnable, TorchSpec):
    """`torch.nn.Conv2d` with a square kernel, over (channels, height, width)."""

    kind: Literal["Conv2d"] = "Conv2d"
    in_channels: Length
    out_channels: Length
    kernel_size: Length
    stride: Length = 1
    padding: int = Field(default=0, ge=0, le=LARGEST_LENGTH)
    bias: bool = True

    @property
    def draws_weights(self) -> bool:
        return True

    @property
    def weight_count(self) -> int:
        return self.out_channels * self.multiplications

    @property
    def multiplications(self) -> int:
        return self.in_channels * self.kernel_size**2

    @property
    def learnable(self) -> tuple[str, ...]:
        return _weights(self.bias)

    def output_shape(self, shape: Shape) -> Shape:
        channels, *sides = _image(shape)
        if channels != self.in_channels:
            raise MisfitError(
                f"in_channels is {self.in_channels}, but it receives {channels} channels; "
                f"set in_channels to {channels}, or change what comes before",
                {"in_channels": channels},
            )
        return (self.out_channels, *_slid(tuple(sides), self.kernel_size, self.stride, self.padding))

    def fanout(self, height: int, width: int) -> NDArray[np.float32]:
        """Return how many outputs each pixel of a channel reaches, fewer at an edge; (height, width)."""
        rows, columns = (self._places_that_see(side) for side in (height, width))
        return np.outer(rows, columns) * np.float32(self.out_channels)

    def _places_that_see(self, side: int) -> NDArray[np.float32]:
        """Return for each pixel along a side how many places of the kernel cover it."""
        first = np.arange(0, side + 2 * self.padding - self.kernel_size + 1, self.stride) - self.padding
        pixels = np.arange(side)[:, None]
        covered: NDArray[np.float32] = ((first <= pixels) & (pixels < first + self.kernel_size)).sum(axis=1).astype(np.float32)
        return covered

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> nn.Module:
        arguments: Any = {"stride": self.stride, "padding": self.padding, "bias": self.bias}
        layer = _without_values(nn.Conv2d(self.in_channels, self.out_channels, self.kernel_size, **arguments, device="meta"))
        _draw(layer, self.in_channels * self.kernel_size**2, weights)
        self.revise(layer)
        return layer


class AvgPool2dSpec(TorchSpec):
    """`torch.nn.AvgPool2d` with a square window, over (channels, height, width). By default the windows lie side by side."""

    kind: Literal["AvgPool2d"] = "AvgPool2d"
    kernel_size: Length
    stride: Length | None = None

    @property
    def multiplications(self) -> int:
        return self.kernel_size**2

    def output_shape(self, shape: Shape) -> Shape:
        channels, *sides = _image(shape)
        return (channels, *_slid(tuple(sides), self.kernel_size, self.stride or self.kernel_size))

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> nn.Module:
        return nn.AvgPool2d(self.kernel_size, self.stride)


class FlattenSpec(TorchSpec):
    """`torch.nn.Flatten`, which puts all neurons of a sample in one row."""

    kind: Literal["Flatten"] = "Flatten"

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> nn.Module:
        return nn.Flatten()


class DropoutSpec(TorchSpec):
    """Dropout during training: values become 0 with probability `p`, the rest grow by 1/(1-p)."""

    kind: Literal["Dropout"] = "Dropout"
    p: float = Field(default=0.5, ge=0, lt=1)

    @property
    def is_noisy(self) -> bool:
        return self.p > 0

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> nn.Module:
        return _Dropout(self.p, noise)


class _Dropout(nn.Module):
    """`torch.nn.Dropout` with its own generator: torch's global one is shared."""

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
        return x * kept / (1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


def _image(shape: Shape) -> Shape:
    if len(shape) != 3:
        raise MisfitError(f"it takes (channels, height, width), but it receives {shape}; change what comes before")
    return shape


def _slid(sides: Shape, kernel_size: int, stride: int, padding: int = 0) -> Shape:
    """Return the number of window positions along each side."""
    padded = tuple(side + 2 * padding for side in sides)
    if kernel_size > min(padded):
        raise MisfitError(
            f"kernel_size is {kernel_size}, more than the side of {min(padded)} that it slides over; set it to at most {min(padded)}",
            {"kernel_size": min(padded)},
        )
    return tuple((side - kernel_size) // stride + 1 for side in padded)


def _weights(bias: bool) -> tuple[str, ...]:
    return ("weight", "bias") if bias else ("weight",)


def _without_values(layer: Made) -> Made:
    """Return a layer from the meta device with memory for its parameters.

    `nn.utils.skip_init` does the same, but with a torch operation that begins by importing sympy, which takes half a second.
    """
    for name, parameter in list(layer.named_parameters()):
        setattr(layer, name, nn.Parameter(torch.empty(parameter.shape, dtype=parameter.dtype)))
    return layer


def _draw(layer: nn.Linear | nn.Conv2d, inputs: int, generator: torch.Generator) -> None:
    """Draw weights and biases as torch's constructors do, with `inputs` inputs to each neuron."""
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    if layer.bias is not None:
        bound = 1 / math.sqrt(inputs)
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
