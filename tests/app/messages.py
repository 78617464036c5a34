"""Reads a message to a view that is based on none before, as `app.components.sent` describes it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

TYPES = {"u1": "<u1", "f4": "<f4", "f8": "<f8", "i4": "<i4"}


def is_whole(message: bytes) -> bool:
    """Return True if the message is based on none before."""
    told, _ = head(message)
    return told["base"] is None


def read(message: bytes) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays."""
    assert is_whole(message)
    told_head, begin = head(message)
    parts = []
    for _, kept, size in told_head["parts"]:
        assert kept == 0
        parts.append(message[begin : begin + size])
        begin += size
    assert begin == len(message)
    told, types = _json(parts[0]), _json(parts[1])
    objects = parts[2 : len(parts) - len(types)]

    def whole(value: Any) -> Any:
        if isinstance(value, list):
            return [whole(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$held" in value:
            return [whole(_json(each)) for each in objects[slice(*value["$held"])]]
        return {name: whole(each) for name, each in value.items()}

    return whole(told), [_array(kind, part) for kind, part in zip(types, parts[len(parts) - len(types) :], strict=True)]


def head(message: bytes) -> tuple[dict[str, Any], int]:
    end = 4 + int.from_bytes(message[:4], "little")
    return _json(message[4:end]), end


def _json(content: bytes) -> Any:
    return json.loads(content, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def _array(kind: str, content: bytes) -> np.ndarray[Any, Any]:
    if kind.startswith("b"):
        return np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little", count=int(kind[1:]))
    return np.frombuffer(content, TYPES[kind])
