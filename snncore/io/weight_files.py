"""Weights of any torch program as arrays by name: from a .pt or safetensors file, or a state_dict in memory.

Files with their own Experiment are read by `snncore.io.checkpoint`.
"""

from __future__ import annotations

import io
import math
import pickle
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch
from torch import Tensor
from torch.nn.parameter import is_lazy

from snncore.arrays import Array
from snncore.errors import InputFileError
from snncore.experiment.errors import abbreviated
from snncore.io.checkpoint import LARGEST_FILE

MADE_BY_PROGRAMS = ("state_dict", "model_state_dict", "model")
"""Keys under which a training program's file may hold the weights."""

SPIKING = "spiking_model."
"""What Sinabs's Network puts before the names of its spiking model; beside it stands the analog one."""

WRAPPERS = ("module.", "_orig_mod.")
"""What torch's DataParallel and torch.compile put before every name."""

PICKLE = b"\x80"
"""First byte of a .pt file from before torch 1.6; later ones are zip archives."""

MOST_VALUES = LARGEST_FILE // 2
"""Most numbers that are taken: those of the largest file in half precision. A small file may name more, by repeating one."""

NO_WEIGHTS = "it is neither a .pt file of torch nor a safetensors file, or is cut off; save model.state_dict()"


def read_weights(name: str, content: bytes) -> dict[str, Array]:
    """Return the tensors of a .pt file, from `torch.save(model.state_dict(), ...)`, or a safetensors file, as float32 by name.

    No code in the file is run.

    Args:
        name: name of the file, for messages.

    Raises:
        InputFileError: one sentence on what is wrong with the file and what would be right.
    """
    try:
        if len(content) > LARGEST_FILE:
            raise InputFileError(f"it has {len(content) / 2**20:.1f} MB, more than the {LARGEST_FILE // 2**20} MB that are taken")
        return arrays_of(_loaded(content))
    except InputFileError as error:
        raise InputFileError(f"File {abbreviated(name)}: {str(error).removesuffix('.')}.") from error


def arrays_of(weights: Mapping[str, Any]) -> dict[str, Array]:
    """Return a state_dict's tensors as float32 arrays. Those under "state_dict" or "model" are taken, and prefixes of wrappers dropped.

    Raises:
        InputFileError: it holds no tensors, something else than tensors, tensors without real values in rows and columns, such as sparse,
            quantised or complex ones, or values that aren't finite. The message is a clause.
    """
    if not isinstance(weights, Mapping):
        raise InputFileError(f"it is {type(weights).__name__}, not weights by name; pass model.state_dict()")
    inner = next((weights[key] for key in MADE_BY_PROGRAMS if isinstance(weights.get(key), Mapping)), weights)
    unnamed = next((name for name in inner if not isinstance(name, str)), "")
    if not isinstance(unnamed, str):
        raise InputFileError(f"it has keys of type {type(unnamed).__name__}, not names; save model.state_dict()")
    inner = _unwrapped(inner)
    if not inner:
        raise InputFileError("it holds no weights; save model.state_dict()")
    found, values = {}, 0
    for name, value in inner.items():
        problem = _why_no_array(value)
        if problem:
            raise InputFileError(f"{abbreviated(name)} {problem}")
        values += value.numel() if isinstance(value, Tensor) else value.size
        if values > MOST_VALUES:
            raise InputFileError(f"{abbreviated(name)} brings it to {values:,} values, more than the {MOST_VALUES:,} that are taken")
        found[name] = _as_array(name, value)
    return found


# ------------------------------------------------------------------------------------------------------ the file


def _loaded(content: bytes) -> Mapping[str, Any]:
    if content[8:9] == b"{":
        try:
            found = safetensors.torch.load(content)
            return {name: found[name] for name in sorted(found, key=_counted)}
        except safetensors.SafetensorError as error:
            raise InputFileError("it is a damaged safetensors file, or is cut off; save the weights again") from error
        except (KeyError, RuntimeError) as error:
            raise InputFileError("it holds tensors of a type or shape that torch doesn't have; save them as float32") from error
    if content[:1] != PICKLE:
        size = _unpacked_size(content)
        if size > LARGEST_FILE + 2**20:
            raise InputFileError(f"it unpacks to {size / 2**20:.1f} MB, more than the {LARGEST_FILE // 2**20} MB that are taken")
    try:
        loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise InputFileError("it holds Python objects besides tensors, which aren't loaded; save model.state_dict()") from error
    except Exception as error:  # torch's reader raises whatever a damaged file leads to
        raise InputFileError(NO_WEIGHTS) from error
    if not isinstance(loaded, Mapping):
        raise InputFileError(f"it holds {type(loaded).__name__}, not weights by name; save model.state_dict()")
    return loaded


def _unpacked_size(content: bytes) -> int:
    """Return the bytes that a zip archive says it holds; raise InputFileError if it is none."""
    try:
        return sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:  # whatever a damaged directory leads to
        raise InputFileError(NO_WEIGHTS) from error


def _counted(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts names as they count, "2.weight" before "10.weight": safetensors files don't keep their order.

    Of two numbers the longer one is the larger one. Python refuses to read those of more than 4,300 digits.
    """
    parts = [(part, part.lstrip("0")) for part in re.split(r"(\d+)", name)]
    return [(len(digits), digits) if part.isdecimal() else (-1, part) for part, digits in parts]


# --------------------------------------------------------------------------------------------------- the tensors


def _unwrapped(weights: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the weights under the names that they have in the model itself."""
    prefix = _wrapper(weights)
    while prefix:
        weights = {name.removeprefix(prefix): value for name, value in weights.items()}
        prefix = _wrapper(weights)
    return {name.removeprefix(SPIKING): value for name, value in weights.items() if name.startswith(SPIKING)} or weights


def _wrapper(weights: Mapping[str, Any]) -> str | None:
    """Return the prefix of a wrapper around the whole model, beside whose names stand no layers, such as a count of averaged models."""
    for prefix in WRAPPERS:
        inside = {name.removeprefix(prefix) for name in weights if name.startswith(prefix)}
        others = [name for name in weights if not name.startswith(prefix)]
        if inside and inside.isdisjoint(others) and not any(_has_values(weights[name]) for name in others):
            return prefix
    return None


def _has_values(value: Any) -> bool:
    """Return True if this is anything else than a single number."""
    return not isinstance(value, (Tensor, np.ndarray)) or math.prod(value.shape) > 1


def _why_no_array(value: Any) -> str | None:
    """Return why a value can't be an array of real numbers, as a predicate with what would be right; None if it can."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biuf":
            return None
        return f"holds {value.dtype.name}, not real numbers; give it as float32"
    if not isinstance(value, Tensor):
        return f"is {type(value).__name__}, not a tensor; save model.state_dict()"
    if is_lazy(value):
        return "has no values yet; call the model once before saving it"
    if value.is_nested:
        return "holds tensors of several shapes; save one tensor for each parameter"
    if value.is_meta:
        return "has a shape but no values, being on the meta device; give the model its weights before saving it"
    if value.is_quantized:
        return "is quantised; save it as float32, with .dequantize()"
    if value.layout is not torch.strided:
        return "is a sparse or packed tensor; save it with .to_dense()"
    if value.is_complex():
        return "is complex; weights are real numbers"
    return None


def _as_array(name: str, value: Any) -> Array:
    try:
        with np.errstate(over="ignore"):
            array = value.detach().cpu().float().resolve_neg().numpy() if isinstance(value, Tensor) else np.asarray(value, np.float32)
    except (RuntimeError, TypeError) as error:  # types that torch can move but not read
        raise InputFileError(f"{abbreviated(name)} is {value.dtype}, not real numbers; save it as float32") from error
    if not np.isfinite(array).all():
        problem = "holds an infinity, NaN or a number too large for float32; all weights must be finite numbers"
        raise InputFileError(f"{abbreviated(name)} {problem}")
    return array
