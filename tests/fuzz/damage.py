"""What happens to bytes on their way, from a seed."""

from __future__ import annotations

import random

Random = random.Random


def often(drawn: Random, share: float) -> bool:
    return drawn.random() < share


def damaged(drawn: Random, content: bytes) -> bytes:
    """Cut off, or with some bytes changed."""
    if often(drawn, 0.4) or not content:
        return content[: drawn.randrange(len(content) + 1)]
    damaged = bytearray(content)
    for _ in range(drawn.choice([1, 3, 20])):
        damaged[drawn.randrange(len(damaged))] = drawn.randrange(256)
    return bytes(damaged)
