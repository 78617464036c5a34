"""Base of every neuron layer: state kept between calls, reset, detachment, copies and checks.

It contains no equations: a layer names its state variables, its step and its parameters, and the rest follows.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn

from snncore import kernels
from snncore.dynamics import State, StepFunction, is_traced
from snncore.errors import InputError, NonFiniteError, ShapeError
from snncore.layers.bounds import Bounds, finite, hold, hold_after_updates
from snncore.layers.saved import Told

ValueRanges = Mapping[str, tuple[float, float]]

OF_A_CALL = frozenset(("recordings", "gradients", "scanned", "firing_rate", "_fresh", "_random_ranges", "_random_generator", "_made"))
"""Attributes that calls and resets set: neither parameters nor modules."""

BESIDE_PARAMETERS = frozenset(("training", "record_states", "record_gradients", "batch_size", "num_timesteps"))
"""Attributes that change nothing of what a call makes of the parameters."""


class Scanned(NamedTuple):
    """What a layer's scan was given: its input z (batch, time, ...), the state before, and the step's parameters in force."""

    z: Tensor
    state: State
    parameters: Any


class StatefulLayer(nn.Module):
    """Base of the layers with state.

    State variables are tensors of shape (batch, ...), empty before the first input. They move with the parameters in `.to()`, but belong
    to the data, not to the model: they aren't in `state_dict`, and aren't buffers, because distributed training would copy those between
    processes. They stay in the autograd graph from call to call until `zero_grad()` or `reset_states()`.

    Attributes:
        recordings: after a call with `record_states`, the state variables and `u` at every step, each (batch, time, ...).
        firing_rate: mean output of the last call, spikes per neuron and time step.
        record_gradients: whether the backward pass writes ∂L/∂u of every step into `gradients`. May be set at any time. `"all"` records
            those of the output and of each state variable too, as whatever comes after the step sees them; it is slow.
        gradients: `{"u": (batch, time, ...)}` of the last call with `record_gradients`; zero until its backward pass.
        scanned: what the last call with `record_gradients="all"` scanned.
    """

    does_spike: ClassVar[bool] = True
    learnable: ClassVar[tuple[str, ...]] = ()
    """Constructor arguments that are held as trainable parameters, unless they are missing or None."""

    unsaved_elsewhere: ClassVar[tuple[str, ...]] = ("min_v_mem", "adapt_scale")
    """Parameters that Sinabs holds as plain numbers, and doesn't save."""

    state_names: tuple[str, ...]
    record_states: bool
    recordings: dict[str, Tensor]
    firing_rate: Tensor | None

    def __init__(self, state_names: tuple[str, ...], shape: tuple[int, ...] | None, record_states: bool) -> None:
        super().__init__()
        kernels.begin()
        self.state_names = state_names
        self.record_states = record_states
        self.recordings = {}
        self.record_gradients: bool | Literal["all"] = False
        self.gradients: dict[str, Tensor] = {}
        self.scanned: Scanned | None = None
        self.firing_rate = None
        self._fresh = True
        self._held: dict[str, tuple[nn.Parameter, tuple[object, ...]]] = {}
        """Numbers among the parameters that were found within their bounds, each with whether it learned then, its dtype and its value."""
        self._made: kernels.LoopParameters | None = None
        """What a call made of the parameters, as long as they are the same."""
        self._random_ranges: ValueRanges | None = None
        self._random_generator: torch.Generator | None = None
        for name in state_names:
            self.__dict__[name] = torch.empty(0) if shape is None else torch.zeros(shape)

    def _add_state(self, name: str) -> None:
        """Add a state variable, of the same shape as the others."""
        self.__dict__[name] = torch.zeros_like(getattr(self, self.state_names[0]))
        self.state_names = (*self.state_names, name)

    # ------------------------------------------------------------------------------- what a model defines

    def _bounds(self, name: str, parameter: nn.Parameter) -> Bounds:
        """Return the bounds of one of the layer's parameters: by default, the finite numbers."""
        return finite(parameter.dtype)

    def parameter_name(self, argument: str) -> str:
        """Return the name of the parameter that holds one of the `learnable` arguments."""
        return argument

    @property
    def step(self) -> StepFunction[Any]:
        """The model's step, from `snncore.dynamics`."""
        raise NotImplementedError

    def step_parameters(self, z: Tensor) -> Any:
        """Return the step's parameters in force, in the dtype of `z` (batch, time, ...)."""
        raise NotImplementedError

    def _parameters_of_call(self, z: Tensor) -> Any:
        """Return `step_parameters` for `kernels.scan` alone, or what it makes of them."""
        return self.step_parameters(z)

    # ---------------------------------------------------------------------------------------------- calls

    def forward(self, z: Tensor) -> Tensor:
        """Run the layer on `z` (batch, time, ...); the output has its shape, dtype and device.

        Raises:
            InputError: not floating point, or on a different device from the layer.
            ShapeError: fewer than two axes, no time step, a shape that the parameters don't broadcast to, or a batch
                or neuron shape that differs from the stored state's.
            NonFiniteError: an infinity or NaN in the input, in the state, in a parameter, or reached by the membrane
                potential. The state stays as it was.
            ParameterError: a threshold that doesn't learn was set to 0 or below.
        """
        self._check_input(z)
        if not is_traced(z):
            self.hold_parameters()
        state = self._initial_state(z)
        names = ("u", "output", *self.state_names) if self.record_gradients == "all" else ("u",) if self.record_gradients else ()
        gradients = {name: torch.zeros_like(z, requires_grad=False) for name in names}
        if self.record_gradients and torch.is_grad_enabled() and not z.requires_grad:
            z = z.detach().requires_grad_()  # so that ∂L/∂u is computed at every step
        parameters = self.step_parameters(z) if self.record_gradients == "all" else self._parameters_of_call(z)
        result = kernels.scan(self.step, z, state, parameters, record=self.record_states, gradients=gradients)
        if not result.is_finite:
            raise NonFiniteError(f"{type(self).__name__}: {_what_is_not_finite(z, state)}", self)
        for name in self.state_names:
            setattr(self, name, result.state[name])
        self.recordings = result.recordings
        self.gradients = gradients
        self.scanned = Scanned(z, state, parameters) if self.record_gradients == "all" else None
        self.firing_rate = result.mean
        return result.output

    def hold_parameters(self) -> None:
        """Pull parameters that left their bounds back to them, in place. Every call begins with it.

        Raises:
            NonFiniteError: an infinity or NaN in a parameter. Only τ = ∞ (no decay) and `min_v_mem` = -∞ (no bound) are taken, where
                the constructor takes them.
        """
        for name, parameter in self._parameters.items():
            if parameter is None:
                continue
            if type(parameter) is not nn.Parameter:  # put in its place for one call by `torch.func.functional_call`
                self._made = None
                continue
            is_number = not parameter.dim()
            if is_number:
                held = self._held.get(name)
                found = (parameter.requires_grad, parameter.dtype, parameter.item())
                if held is not None and held[0] is parameter and held[1] == found:
                    continue
            self._made = None
            bounds = self._bounds(name, parameter)
            if not hold(parameter, bounds):
                value = parameter.detach()[~parameter.isfinite()][0].item()
                words = f"{name} holds {value}; it must be finite numbers. If training put it there, lower the learning rate."
                raise NonFiniteError(f"{type(self).__name__}: {words}", self)
            if parameter.requires_grad:
                hold_after_updates(parameter, bounds)
            if is_number:
                self._held[name] = (parameter, (parameter.requires_grad, parameter.dtype, parameter.item()))

    def is_state_initialised(self) -> bool:
        """Return True if the state has a shape, from the first input or the constructor's `shape`."""
        return all(value.shape != (0,) for _, value in self._states())

    def reset_states(
        self, randomize: bool = False, value_ranges: ValueRanges | None = None, generator: torch.Generator | None = None
    ) -> None:
        """Set the state to zero and take it out of the graph. The next input may have any shape.

        Args:
            randomize: draw the state uniformly instead, from [0, 1) or from `value_ranges[name]` = (min, max). A recurrent current
                is 0 after any reset, unless it has a range.
            generator: source of the random numbers; torch's global one if None.
        """
        self._random_ranges = dict(value_ranges or {}) if randomize else None
        self._random_generator = generator
        if self.is_state_initialised():
            for name, value in self._states():
                setattr(self, name, self._resting(name, value))
        self._fresh = True
        self.recordings = {}
        self.gradients = {}
        self.scanned = None
        self.firing_rate = None

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the parameters' gradients, and detach state and recordings from the graph; their values stay."""
        if self._modules or not set_to_none or "_is_replica" in self.__dict__:
            super().zero_grad(set_to_none)
        else:  # the same for parameters of its own alone, in less time
            for parameter in self._parameters.values():
                if parameter is not None:
                    parameter.grad = None
        own = self.__dict__
        for name in self.state_names:
            if own[name].requires_grad:
                own[name] = own[name].detach()
        own["scanned"] = None
        if self.recordings:
            own["recordings"] = {name: value.detach() for name, value in self.recordings.items()}
        if self.firing_rate is not None:
            own["firing_rate"] = self.firing_rate.detach()

    # -------------------------------------------------------------------------------------------- details

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; a state that is set, by a call or by hand, fixes the shape of the next input.

        Attributes set in every call bypass `nn.Module.__setattr__`, which takes longer than a small layer's time loop.
        """
        if name in OF_A_CALL:
            self.__dict__[name] = value
        elif name in self.__dict__.get("state_names", ()) and isinstance(value, Tensor):
            self.__dict__[name] = value
            self.__dict__["_fresh"] = False
        else:
            super().__setattr__(name, value)
            if name not in BESIDE_PARAMETERS:
                self._forget_parameters()  # bounds may be others now

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._forget_parameters()

    def register_parameter(self, name: str, param: nn.Parameter | None) -> None:
        """Register a parameter as `nn.Module` does; what earlier calls made of the former ones is forgotten."""
        super().register_parameter(name, param)
        self._forget_parameters()

    def _forget_parameters(self) -> None:
        self.__dict__.get("_held", {}).clear()
        self.__dict__["_made"] = None

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]  # torch's own
        self._forget_parameters()
        for name, value in self._states():
            self.__dict__[name] = fn(value)
        return self

    def _states(self) -> Iterator[tuple[str, Tensor]]:
        return ((name, getattr(self, name)) for name in self.state_names)

    def _initial_state(self, z: Tensor) -> State:
        shape = (z.shape[0], *z.shape[2:])
        state = {}
        for name, value in self._states():
            if value.shape != shape:
                if not self._fresh and value.shape != (0,):
                    raise ShapeError(
                        f"{type(self).__name__}: the state kept from the last call has shape {tuple(value.shape)} (batch, ...), "
                        f"but this input {tuple(z.shape)} needs {shape}. Call reset_states() before data of another shape."
                    )
                value = self._resting(name, z.new_empty(shape))
            if value.is_inference() and not torch.is_inference_mode_enabled():
                value = value.clone()  # a tensor made in inference mode can't be saved for a gradient
            state[name] = value.to(z.dtype)
        return state

    def _resting(self, name: str, like: Tensor) -> Tensor:
        if self._random_ranges is None:
            return torch.zeros_like(like)
        low, high = self._random_ranges.get(name, (0.0, 0.0) if name == "i_rec" else (0.0, 1.0))
        return torch.empty_like(like).uniform_(low, high, generator=self._random_generator)

    def _check_input(self, z: Tensor) -> None:
        owner = type(self).__name__
        if not z.is_floating_point():
            raise InputError(f"{owner}: the input is {z.dtype}; spikes are float tensors here. Pass input.float().")
        if z.dim() < 2:
            raise ShapeError(f"{owner}: the input has shape {tuple(z.shape)}; (batch, time, ...) needs at least two axes.")
        if z.shape[1] == 0:
            raise ShapeError(f"{owner}: the input {tuple(z.shape)} has no time step; its second axis must be at least 1.")
        for name, tensor in (*self._parameters.items(), *self._states()):
            if tensor is not None and tensor.device != z.device and tensor.numel():
                raise InputError(f"{owner}: the input is on {z.device}, {name} on {tensor.device}. Move one with .to(device).")
        trailing = z.shape[2:]
        for name, parameter in self._parameters.items():
            if parameter is not None and parameter.dim() and not broadcasts(parameter.shape, trailing):
                raise ShapeError(
                    f"{owner}: {name} of shape {tuple(parameter.shape)} doesn't broadcast over the neurons {tuple(trailing)} "
                    f"of an input {tuple(z.shape)}. Give one value, or one per neuron."
                )

    def parameters_from(self, saved: Mapping[str, Tensor]) -> dict[str, Told]:
        """Return the parameters among what snncore or Sinabs saved of such a layer, by name.

        Sinabs saves state among the parameters. It belongs to other data, and is left out.
        """
        return {name: Told(value, name) for name, value in saved.items() if name not in self.state_names}

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *more: Any) -> None:
        """Load the parameters, also from Sinabs; constants that it doesn't save stay.

        A parameter that the file doesn't tell is missing. One that it contradicts is an error even without `strict`, as a shape is.
        """
        saved = {key.removeprefix(prefix): value for key, value in state_dict.items() if key.startswith(prefix)}
        told = self.parameters_from(saved)
        parameters = {name: value for name, (value, *_) in told.items() if value is not None}
        for name in saved.keys() - parameters.keys():
            del state_dict[prefix + name]
        state_dict.update({prefix + name: value for name, value in parameters.items()})
        if parameters.keys() != saved.keys():  # so Sinabs saved it
            for name in self.unsaved_elsewhere:
                constant = self._parameters.get(name)
                if constant is not None and not constant.requires_grad:
                    state_dict.setdefault(prefix + name, constant.detach())
        contradicted = {name: value.remark for name, value in told.items() if value.is_contradicted}
        errors: list[str] = more[-1]
        errors += [f"{prefix}{name} can't be told: {why}." for name, why in contradicted.items()]
        super()._load_from_state_dict(state_dict, prefix, *more)

    def __getstate__(self) -> dict[str, Any]:
        """Return the data for copies and pickles: values of the state, without its graph and without recordings."""
        contents = dict(self.__dict__)
        contents.update({name: value.detach() for name, value in self._states()})
        contents["_held"] = {}
        contents["_made"] = None
        contents["recordings"] = {}
        contents["gradients"] = {}
        contents["scanned"] = None
        contents["firing_rate"] = None
        contents["_random_generator"] = None
        return contents

    def extra_repr(self) -> str:
        hidden = ("shape", "record_states")
        shown = {name: value for name, value in self.arg_dict.items() if name not in hidden and not isinstance(value, nn.Module)}
        return ", ".join(f"{name}={_short(value)}" for name, value in shown.items() if value is not None)

    @property
    def arg_dict(self) -> dict[str, Any]:
        """Return the arguments that construct an equal layer, with copies of the parameters' present values."""
        return {name: self._argument(name) for name in constructor_arguments(type(self))}

    @property
    def _param_dict(self) -> dict[str, Any]:
        """Return `arg_dict`, under the name that mappers written for Sinabs read."""
        return self.arg_dict

    def _argument(self, name: str) -> Any:
        if name == "shape":
            return tuple(getattr(self, self.state_names[0]).shape) if self.is_state_initialised() else None
        value = getattr(self, name)
        if isinstance(value, nn.Module):
            return copy.deepcopy(value)
        return value.detach().clone() if isinstance(value, Tensor) else value


def constructor_arguments(layer: type[StatefulLayer]) -> dict[str, inspect.Parameter]:
    """Return the constructor's arguments by name, including the `**kwargs` of its bases."""
    found: dict[str, inspect.Parameter] = {}
    for kind in layer.__mro__:
        if "__init__" not in vars(kind):
            continue
        arguments = list(inspect.signature(kind.__init__, eval_str=True).parameters.values())[1:]  # type: ignore[misc]
        own = {a.name: a for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)}
        found = {**own, **found}
        if len(own) == len(arguments):
            break
    return found


def _what_is_not_finite(z: Tensor, state: State) -> str:
    wrong = ~z.detach().isfinite()
    if bool(wrong.any()):
        sample, step, *neuron = (int(index[0]) for index in wrong.nonzero(as_tuple=True))
        return (
            f"the input {tuple(z.shape)} holds {z[(sample, step, *neuron)].item()} at sample {sample}, step {step}, "
            f"neuron {_index(neuron)}; it must be finite numbers. See what came before this layer."
        )
    for name, value in state.items():
        if not bool(value.isfinite().all()):
            return f"the state {name} holds {value[~value.isfinite()][0].item()}; it must be finite numbers. Call reset_states()."
    return (
        f"the membrane potential or the number of spikes left the range of {str(z.dtype).removeprefix('torch.')}, though the input is "
        f"finite, up to {z.detach().abs().max().item():g}. Scale the input down, or give the neurons a leak."
    )


def _index(neuron: list[int]) -> str:
    return str(neuron[0]) if len(neuron) == 1 else str(tuple(neuron))


def broadcasts(shape: torch.Size, over: torch.Size) -> bool:
    """Return True if a parameter of a shape gives each of the neurons `over` one value."""
    try:
        return bool(torch.broadcast_shapes(shape, over) == over)
    except RuntimeError:
        return False


def _short(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{value.item():.6g}" if value.dim() == 0 else f"tensor{tuple(value.shape)}"
    return str(value)
