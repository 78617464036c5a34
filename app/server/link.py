"""Encodes a draft of an Experiment as one parameter of a link, and decodes it."""

from __future__ import annotations

import base64
import binascii
import zlib

from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft

LARGEST_JSON = 100_000
"""Most bytes of JSON that a link may unfold to."""


def to_parameter(draft: Draft) -> str:
    """Encode a draft with letters, digits, `-` and `_` only."""
    compressed = zlib.compress(draft.to_json(compact=True).encode(), level=9)
    return base64.urlsafe_b64encode(compressed).decode().rstrip("=")


def from_parameter(parameter: str) -> Draft:
    """Decode a draft. Raises ExperimentError if the parameter is cut off, altered or too large."""
    try:
        compressed = base64.b64decode(parameter + "=" * (-len(parameter) % 4), altchars=b"-_", validate=True)
        inflater = zlib.decompressobj()
        text = inflater.decompress(compressed, LARGEST_JSON)
        complete = inflater.eof
        decoded = text.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError, ValueError) as error:
        raise ExperimentError("The link's Experiment can't be read: it was cut off or altered. Copy the whole link again.") from error
    if not complete:
        raise ExperimentError(f"The link's Experiment is incomplete or larger than {LARGEST_JSON:,} bytes. Copy the whole link again.")
    return Draft.from_json(decoded)
