"""Layers of an artificial network that is to become a spiking one, and images turned into spikes for it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from snncore.errors import ParameterError

Size = int | tuple[int, int]
"""One number for height and width, or both."""


class SumPool2d(nn.Module):
    """Add up the values in each window: (batch, channels, height, width) -> (batch, channels, height', width').

    Unlike `torch.nn.LPPool2d` with p = 1, sums of whole numbers are whole, and a window over the edge counts only what is inside.

    Args:
        kernel_size: size of the window.
        stride: distance between windows; `kernel_size` if None.
        ceil_mode: also take windows that reach over the edge.
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, x: Tensor) -> Tensor:
        return functional.avg_pool2d(x, self.kernel_size, self.stride, ceil_mode=self.ceil_mode, divisor_override=1)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, ceil_mode={self.ceil_mode}"


class _Rounded(torch.autograd.Function):
    """A value rounded to a whole number forward; backward, the gradient passes unchanged."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, stochastic: bool) -> Tensor:
        below = x.floor()
        return below + (torch.rand_like(x) < x - below).to(x.dtype) if stochastic else below

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return grad, None


class NeuromorphicReLU(nn.Module):
    """ReLU with whole numbers as output, to train an artificial network that spikes as it counts.

    Args:
        quantize: round the output down.
        fanout: number of neurons that receive each output, for `activity`.
        stochastic_rounding: with `quantize`, round up with the probability of the fraction while training, and to the nearest
            number in evaluation.

    Attributes:
        activity: synaptic operations per sample of the last call, differentiable; None before it.
    """

    def __init__(self, quantize: bool = True, fanout: int = 1, stochastic_rounding: bool = False) -> None:
        super().__init__()
        self.quantize = quantize
        self.fanout = fanout
        self.stochastic_rounding = stochastic_rounding
        self.activity: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        output = x.relu()
        if self.quantize and self.stochastic_rounding and not self.training:
            output = output.round()
        elif self.quantize:
            output = _Rounded.apply(output, self.stochastic_rounding)  # type: ignore[no-untyped-call]  # torch's own
        self.activity = output.sum() / len(output) * self.fanout
        return output

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "activity": None}  # torch copies no tensor that has a graph

    def extra_repr(self) -> str:
        return f"quantize={self.quantize}, fanout={self.fanout}, stochastic_rounding={self.stochastic_rounding}"


class Img2SpikeLayer(nn.Module):
    """Turn an image into random spikes: (...) -> (tw, ...), independent from step to step.

    Args:
        image_shape: shape of the image. Any shape is taken; it is here for programs that name it.
        tw: number of time steps, ≥ 1.
        max_rate: rate of the brightest pixel in Hz, at 1 ms per step.
        norm: value of the brightest pixel, above 0.
        squeeze: remove axes of length 1 from the image.
        negative_spikes: negative values give negative spikes instead of none.
    """

    def __init__(
        self,
        image_shape: tuple[int, ...],
        tw: int = 100,
        max_rate: float = 1000,
        norm: float = 255.0,
        squeeze: bool = False,
        negative_spikes: bool = False,
    ) -> None:
        super().__init__()
        if tw < 1 or not norm > 0:
            raise ParameterError(f"Img2SpikeLayer: tw is {tw} and norm {norm}; tw must be at least 1, norm above 0.")
        self.image_shape = image_shape
        self.tw = tw
        self.max_rate = max_rate
        self.norm = norm
        self.squeeze = squeeze
        self.negative_spikes = negative_spikes

    def forward(self, image: Tensor) -> Tensor:
        image = image.squeeze() if self.squeeze else image
        probability = image / self.norm * (self.max_rate / 1000)
        random = torch.rand(self.tw, *image.shape, device=image.device)
        if self.negative_spikes:
            return (random < probability.abs()).float() * image.sign()
        return (random < probability).float()
