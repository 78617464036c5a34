"""The errors that snncore raises on bad input. Each message says what is wrong, where, and what would be right."""

from typing import Any


class SNNCoreError(ValueError):
    """Base of every error about something the caller passed in."""


class ParameterError(SNNCoreError):
    """A parameter of a layer, surrogate, generator or optimiser is out of its range."""


class ShapeError(SNNCoreError):
    """A tensor's shape doesn't fit the layer, the stored state or the batch size it meets."""


class InputError(SNNCoreError):
    """A tensor is of a kind the layer can't compute with: not floating point, or on another device."""


class NonFiniteError(InputError):
    """A layer met an infinity or NaN.

    It was in the input, the state or a parameter, or the membrane potential left the range of its dtype.

    Attributes:
        layer: the layer.
    """

    def __init__(self, message: str, layer: object) -> None:
        super().__init__(message)
        self.layer = layer


class GraphError(SNNCoreError, RuntimeError):
    """A backward pass goes through a kept state into a graph that an earlier one has used up."""


class InputFileError(SNNCoreError):
    """An uploaded file holds no raster that can be read. The message names the file, the place in it, and what would be right."""


class ExperimentError(SNNCoreError):
    """An Experiment can't be read or built. The message names the layer or the field."""


class RegistrationError(SNNCoreError):
    """A kind of layer, input or task can't be registered. The message names it and what is missing."""


class DivergenceError(SNNCoreError):
    """A training left the finite numbers.

    Attributes:
        epoch: the epoch in which it happened, counted from 0.
        layer: name of the module in the model, `"2"` in an `nn.Sequential`.
        quantity: what was not finite: `"membrane potential"`, `"loss from the spikes"`, `"gradient of the weight"`, `"tau_mem"`, ...

    `label` is how the message calls the layer, if not by its module name.
    """

    def __init__(self, epoch: int, layer: str, quantity: str, label: str | None = None) -> None:
        super().__init__(
            f"Training diverged at epoch {epoch}: the {quantity} of {label or f'module {layer!r}'} is not finite. "
            f"Lower the learning rate or the surrogate's grad_scale."
        )
        self.epoch = epoch
        self.layer = layer
        self.quantity = quantity


class MisfitError(SNNCoreError):
    """A layer doesn't take the shape that reaches it.

    Attributes:
        remedy: fields of the layer with values that would fit; empty where none would.
        before: kind of a layer that would make it fit if it stood before it, if there is one.
    """

    def __init__(self, message: str, remedy: dict[str, Any] | None = None, before: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy or {}
        self.before = before
