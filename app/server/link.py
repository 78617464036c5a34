"""Encodes a draft of an Experiment, and a recorded input, each as one parameter of a link, and decodes them."""

from __future__ import annotations

import base64
import binascii
import math
import zlib

import numpy as np

from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment.inputs import FileSpikes
from snncore.experiment.spec import Draft
from snncore.io.recordings import content_hash

LARGEST_JSON = 100_000
"""Most bytes of JSON that a link may unfold to."""

LONGEST_INPUT = 6_000
"""Most characters of a link for a recorded input: enough for 1,000 values of any kind. Servers refuse much longer addresses."""

VALUE = np.dtype("<f4")
"""How a link holds one value of an input."""


def to_parameter(draft: Draft) -> str:
    """Encode a draft with letters, digits, `-` and `_` only."""
    return _packed(draft.to_json(compact=True).encode())


def from_parameter(parameter: str) -> Draft:
    """Decode a draft. Raises ExperimentError if the parameter is cut off, altered or too large."""
    try:
        text, complete = _unpacked(parameter, LARGEST_JSON)
        decoded = text.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ExperimentError("The link's Experiment can't be read: it was cut off or altered. Copy the whole link again.") from error
    if not complete:
        raise ExperimentError(f"The link's Experiment is incomplete or larger than {LARGEST_JSON:,} bytes. Copy the whole link again.")
    return Draft.from_json(decoded)


def input_to_parameter(values: Array) -> str:
    """Encode a recorded input with letters, digits, `-` and `_` only; empty if that takes more than `LONGEST_INPUT` characters."""
    packed = _packed(values.astype(VALUE).tobytes())
    return packed if len(packed) <= LONGEST_INPUT else ""


def input_from_parameter(parameter: str, named: FileSpikes) -> Array | None:
    """Decode the recorded input that a draft names.

    Returns:
        float32 in the shape of `named`; None if the parameter is missing, cut off or altered, or holds another input.
    """
    size = math.prod(named.shape) * VALUE.itemsize
    try:
        content, complete = _unpacked(parameter, size + 1) if len(parameter) <= LONGEST_INPUT else (b"", False)
    except (binascii.Error, zlib.error, ValueError):
        return None
    if not complete or len(content) != size:
        return None
    values = np.frombuffer(content, VALUE).astype(np.float32).reshape(named.shape)
    return values if content_hash(values) == named.digest else None


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, level=9)).decode().rstrip("=")


def _unpacked(parameter: str, most: int) -> tuple[bytes, bool]:
    """Return up to `most` bytes, and whether these are all. Raises binascii.Error, zlib.error or ValueError if it can't be read."""
    compressed = base64.b64decode(parameter + "=" * (-len(parameter) % 4), altchars=b"-_", validate=True)
    inflater = zlib.decompressobj()
    content = inflater.decompress(compressed, most)
    return content, inflater.eof
