"""The errors that snncore raises on bad input. Each message says what is wrong, where, and what would be right."""

from typing import Any


class SNNCoreError(ValueError):
    """Base of every error about the caller's input."""


class ParameterError(SNNCoreError):
    """A parameter of a layer, surrogate, generator or optimiser is out of range."""


class ShapeError(SNNCoreError):
    """A tensor's shape doesn't fit the layer, the stored state or the batch size."""


class InputError(SNNCoreError):
    """A layer can't compute with a tensor: it isn't floating point, or is on another device."""


class NonFiniteError(InputError):
    """A layer met an infinity or NaN.

    The input, the state or a parameter held it, or the membrane potential left the range of its dtype.

    Attributes:
        layer: the layer.
    """

    def __init__(self, message: str, layer: object) -> None:
        super().__init__(message)
        self.layer = layer


class GraphError(SNNCoreError, RuntimeError):
    """A backward pass goes through a kept state into a graph that is already freed."""


class InputFileError(SNNCoreError):
    """An uploaded file holds no readable raster. The message names the file, the place in it, and what would be right."""


class ExperimentError(SNNCoreError):
    """An Experiment can't be read or built. The message names the layer or the field."""


class NoMatchError(ExperimentError):
    """Not one of the weights that were given fits the network. The message says why the first doesn't."""


class ConversionError(SNNCoreError):
    """An artificial network can't become a spiking one. The message names the module or function, and what to use instead."""


class RegistrationError(SNNCoreError):
    """A kind of layer, input or task can't be registered. The message names it and what is missing."""


def in_a_line(error: BaseException) -> str:
    """Return the error's type and message in one line, without a full stop at the end."""
    message = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


class DivergenceError(SNNCoreError):
    """A value became infinite or NaN during training.

    Attributes:
        epoch: the epoch in which it happened, counted from 0.
        layer: name of the module in the model, `"2"` in an `nn.Sequential`.
        quantity: name of the value: `"membrane potential"`, `"loss from the spikes"`, `"gradient of the weight"`, `"tau_mem"`, ...

    `label` is the layer's name in the message, if not its module name.
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
    """A layer can't take the shape that reaches it.

    Attributes:
        remedy: fields of the layer with values that would fit; empty where none would.
        before: kind of a layer that, put before it, would make it fit; None if there is none.
    """

    def __init__(self, message: str, remedy: dict[str, Any] | None = None, before: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy or {}
        self.before = before
