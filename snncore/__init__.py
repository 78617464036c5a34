"""snncore: spiking layers for PyTorch, their training through time, and experiments as data."""

from snncore.model import reset_states, zero_grad

__all__ = ["reset_states", "zero_grad"]
