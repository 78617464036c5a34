"""Weights as programs in plain torch save them."""

from __future__ import annotations

import io
from typing import Any

import torch
from torch import nn


def ann() -> nn.Module:
    """The ten-spike network's layers under names of their own."""
    torch.manual_seed(7)

    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.hidden, self.norm, self.out = nn.Linear(16, 64), nn.BatchNorm1d(64), nn.Linear(64, 4)

    return Named()


def file_of(saved: Any) -> bytes:
    """What `torch.save` writes."""
    content = io.BytesIO()
    torch.save(saved, content)
    return content.getvalue()
