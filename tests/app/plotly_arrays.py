"""Arrays of a figure as plotly reads them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np


def unpacked(array: dict[str, str]) -> np.ndarray[Any, Any]:
    values = np.frombuffer(base64.b64decode(array["bdata"]), dtype=np.dtype(array["dtype"]))
    return values.reshape([int(length) for length in array["shape"].split(", ")]) if "shape" in array else values
