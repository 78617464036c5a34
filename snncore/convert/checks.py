"""What is wrong with a model's weights, or with data for it, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from snncore.convert import kinds
from snncore.errors import ConversionError, SNNCoreError


def check_finite(model: nn.Module) -> None:
    """Raise ConversionError if a parameter or buffer holds an infinity or NaN; states don't count."""
    for name, value in (*model.named_parameters(), *model.named_buffers()):
        if value.is_floating_point() and not bool(value.isfinite().all()):
            wrong = value.detach()[~value.isfinite()][0].item()
            raise ConversionError(f"{name} holds {wrong}; all weights must be finite numbers. Train again with a lower learning rate.")


def check_plain(model: nn.Module) -> None:
    """Raise ConversionError if a module has no weights yet, or makes them again before each call.

    The old `weight_norm`, `spectral_norm` and pruning of torch do.
    """
    for name, module in model.named_modules():
        kind = type(module).__name__
        if any(map(is_lazy, (*module.parameters(recurse=False), *module.buffers(recurse=False)))):
            raise ConversionError(f"{kind} (module {name!r}) doesn't know its sizes yet; call the model on some data first.")
        made = [tensor for tensor in ("weight", "bias") if isinstance(vars(module).get(tensor), Tensor) and _is_made(module, tensor)]
        if made:
            raise ConversionError(
                f"{kind} (module {name!r}) makes its {made[0]} from others before each call, and a copy can't; "
                f"call remove_weight_norm, remove_spectral_norm or prune.remove of torch.nn.utils first, or use its parametrizations."
            )


def _is_made(module: nn.Module, tensor: str) -> bool:
    return any(f"{tensor}_{source}" in module._parameters for source in ("orig", "g"))


def check_data(data: Tensor) -> None:
    """Raise ConversionError if data isn't a tensor, holds no sample, or a value that isn't finite."""
    if not isinstance(data, Tensor):
        raise ConversionError(f"The data is of type {type(data).__name__}; give a tensor of samples, (samples, ...).")
    if not data.numel():
        raise ConversionError(f"The data has the shape {tuple(data.shape)} and holds nothing; give at least one sample, (samples, ...).")
    if not bool(data.isfinite().all()):
        raise ConversionError("The data holds an infinity or NaN; all values must be finite numbers.")


def evaluated(model: Callable[[Tensor], Any], data: Tensor) -> Any:
    """Return the model's output without gradient.

    Raises:
        ConversionError: the model doesn't take data of this shape or dtype.
    """
    try:
        with torch.no_grad():
            return model(data)
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, ValueError) as error:
        if not _is_of_data(error):
            raise
        raise misfit(data, error) from error


@contextmanager
def fitting(data: Tensor) -> Iterator[None]:
    """Raise ConversionError for what torch says of data that a model doesn't take; other errors stay as they are."""
    try:
        yield
    except (SNNCoreError, torch.OutOfMemoryError):
        raise
    except (RuntimeError, ValueError, IndexError) as error:
        if not _is_of_data(error):
            raise
        raise misfit(data, error) from error


def misfit(data: Tensor, error: Exception) -> ConversionError:
    """Return the error that says which data the model refused, and what it would take."""
    wanted = _wanted_where_it_failed(error)
    reason = str(error).strip().partition("\n")[0].removesuffix(".")
    return ConversionError(f"The model doesn't take data of shape {tuple(data.shape)}, {data.dtype}: {wanted or reason}.")


OWN_FORWARDS = ("forward", "_conv_forward")
"""Functions of torch's layers with weights that have the input as `input`."""


def _is_of_data(error: Exception) -> bool:
    """Return False if a layer with weights got what it takes, so that something else went wrong there, such as a hook."""
    layer, given = _where_it_failed(error)
    if layer is None or layer.weight is None or str(error).startswith("Expected more than 1 value per channel"):
        return True
    if given is None:
        return False
    if given.dtype != layer.weight.dtype:
        return True
    if isinstance(layer, nn.Linear):
        return given.dim() == 0 or given.shape[-1] != layer.in_features
    if isinstance(layer, kinds.BATCH_NORMS):
        return given.dim() < 2 or given.shape[1] != layer.num_features
    sides = len(layer.kernel_size)
    has_channels = given.dim() in (sides + 1, sides + 2) and given.shape[-sides - 1] == layer.in_channels
    return not has_channels or any(given.shape[axis - sides] < side for axis, side in enumerate(layer.kernel_size))


def _where_it_failed(error: Exception) -> tuple[Any, Tensor | None]:
    """Return the layer with weights in which an error was raised, and its input if its own forward raised it; None otherwise."""
    frame = error.__traceback__
    layer: Any = None
    given: Tensor | None = None
    while frame is not None:
        names = frame.tb_frame.f_locals
        if isinstance(names.get("self"), (*kinds.WEIGHTED, *kinds.BATCH_NORMS)):
            layer, given = names["self"], names.get("input") if frame.tb_frame.f_code.co_name in OWN_FORWARDS else None
        frame = frame.tb_next
    return layer, given


def _wanted_where_it_failed(error: Exception) -> str | None:
    """Return what the layer with weights in which an error was raised takes, as a clause; None if it was raised elsewhere."""
    layer, _ = _where_it_failed(error)
    if layer is None or layer.weight is None:
        return None
    name = type(layer).__name__
    if isinstance(layer, nn.Linear):
        shape = f"(..., {layer.in_features})"
    elif isinstance(layer, kinds.BATCH_NORMS):
        if str(error).startswith("Expected more than 1 value per channel"):
            return f"its layer {name} needs several samples while it is trained; call eval() first, or give more"
        shape = f"(batch, {layer.num_features}, ...)"
    else:
        shape = f"(batch, {layer.in_channels}, {', '.join(('height', 'width', 'depth')[: len(layer.kernel_size)])})"
    return f"its layer {name} takes {shape} of {layer.weight.dtype}"
