"""The neuron models: each registers here, next to its class, and gets its recurrent and squeeze forms.

Types and words of a model's parameters, for Experiments, are in `snncore.experiment.registration`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from snncore import kernels
from snncore.dynamics import StepFunction
from snncore.errors import RegistrationError, in_a_line
from snncore.layers.recurrent import Recurrent
from snncore.layers.squeeze import Squeeze
from snncore.layers.stateful import StatefulLayer, constructor_arguments

Layer = TypeVar("Layer", bound=StatefulLayer)


@dataclass(frozen=True)
class NeuronModel:
    """A registered neuron model.

    Attributes:
        layer: its class; the constructor's arguments are the parameters.
        step: one time step, `(z, state, parameters) -> Step`.
        recurrent: the layer with its spikes fed back; None if it has no such form.
        has_browser_step: whether the Neuron page can step it during a drag.
    """

    layer: type[StatefulLayer]
    step: StepFunction[Any]
    recurrent: type[Any] | None
    has_browser_step: bool

    @property
    def name(self) -> str:
        return self.layer.__name__

    @property
    def does_spike(self) -> bool:
        return self.layer.does_spike

    @property
    def has_kernel(self) -> bool:
        """True if compiled loops compute it; else the scan does."""
        return self.step in kernels.STEPS

    @property
    def kinds(self) -> tuple[type[StatefulLayer], ...]:
        """Return the model's layers for a network: the plain one, and its recurrent form."""
        return (self.layer,) if self.recurrent is None else (self.layer, self.recurrent)


NEURON_MODELS: dict[str, NeuronModel] = {}
"""The registered models by name, in the order of registration."""


def neuron_model(
    step: StepFunction[Any], *, spikes: bool, recurrent: bool | None = None, browser_step: bool = False
) -> Callable[[type[Layer]], type[Layer]]:
    """Register the decorated layer class as a neuron model.

    Its recurrent and squeeze forms are made and added to its module, so that they can be imported and pickled.

    Args:
        step: one time step, as a scan calls it: `step(z, state, parameters)`. The class gets it as `step`.
        spikes: whether its output is spikes. The class gets it as `does_spike`.
        recurrent: whether it has a recurrent form; by default if it spikes.
        browser_step: whether `app` steps it in the browser too.

    Raises:
        RegistrationError: it isn't a layer class, its name is taken or isn't one, its step has another signature, or its constructor can't
            be read. Nothing is registered then.
    """

    def register(layer: type[Layer]) -> type[Layer]:
        if not (isinstance(layer, type) and issubclass(layer, StatefulLayer)):
            given = layer.__name__ if isinstance(layer, type) else repr(layer)
            raise RegistrationError(
                f"{given} is no StatefulLayer; derive a class from snncore.StatefulLayer, or from a layer such as snncore.SpikingMembrane."
            )
        name = layer.__name__
        _check_name(name)
        _check_signature(name, step)
        has_recurrent_form = spikes if recurrent is None else recurrent
        try:
            model = NeuronModel(layer, step, recurrent_form(layer) if has_recurrent_form else None, browser_step)
            forms = {form.__name__: form for form in _forms(model)}
        except Exception as error:
            raise RegistrationError(f"{name}: its constructor can't be read: {in_a_line(error)}; correct its annotations.") from error
        _check_forms(name, forms.keys(), _beside(layer))
        layer.does_spike = spikes
        layer.step = property(lambda self: step)  # type: ignore[assignment, method-assign]  # a property in place of the base's
        NEURON_MODELS[name] = model
        _beside(layer).update(forms)
        return layer

    return register


def forget(model: NeuronModel) -> None:
    """Unregister a model, so that another class may have its name."""
    del NEURON_MODELS[model.name]
    for form in _forms(model):
        _beside(model.layer).pop(form.__name__, None)


def model_of(layer: type[StatefulLayer]) -> NeuronModel | None:
    """Return the model of a layer class or one of its forms; None if it isn't registered."""
    by_class = {model.layer: model for model in NEURON_MODELS.values()}
    return next((by_class[base] for base in layer.__mro__ if base in by_class), None)


def _check_name(name: str) -> None:
    if not name.isidentifier():
        raise RegistrationError(f"A neuron model can't be called {name!r}; use letters, digits and _, and begin with a letter.")
    if name in NEURON_MODELS:
        raise RegistrationError(
            f"There is a neuron model {name!r} already, in {NEURON_MODELS[name].layer.__module__}; choose another name."
        )
    for model in NEURON_MODELS.values():
        if name in (form.__name__ for form in _forms(model)):
            raise RegistrationError(f"{name} is the name of a form of {model.name} already; choose another name.")


def _check_forms(name: str, forms: Collection[str], beside: Mapping[str, Any]) -> None:
    """Raise RegistrationError if a form of the model would have the name of something else."""
    for form in forms:
        if form in NEURON_MODELS or form in beside:
            raise RegistrationError(f"{name} would get a form {form}, but there is a {form} already; choose another name for one of them.")


def _check_signature(name: str, step: StepFunction[Any]) -> None:
    wanted = "a scan calls step(z, state, parameters)"
    try:
        signature = inspect.signature(step)
    except (TypeError, ValueError) as error:
        raise RegistrationError(f"{name}: its step is {step!r}; {wanted}.") from error
    try:
        signature.bind("z", "state", "parameters")
    except TypeError as error:
        raise RegistrationError(f"{name}: its step takes {signature}, but {wanted}.") from error


# ------------------------------------------------------------------------------------------------------- the forms


def recurrent_form(layer: type[StatefulLayer]) -> type[Any]:
    """Return the recurrent form of a layer: its constructor also takes `rec_connect`, by keyword."""
    name = layer.__name__
    return _form(layer, Recurrent, f"`{name}` with recurrent connections. Arguments as there, and `rec_connect`, by keyword.")


def squeezed(layer: type[StatefulLayer]) -> type[Any]:
    """Return the layer's form for (batch*time, ...): its constructor also takes `batch_size` or `num_timesteps`, by keyword."""
    connected = "; `rec_connect` sees (batch, ...)" if issubclass(layer, Recurrent) else ""
    name = layer.__name__
    return _form(layer, Squeeze, f"`{name}` for (batch*time, ...){connected}. Arguments as there, and `batch_size` or `num_timesteps`.")


_MADE: dict[tuple[type, type], type[Any]] = {}


def _form(layer: type[StatefulLayer], form: type[StatefulLayer], doc: str) -> type[Any]:
    """Return the class that mixes a form into a layer, named after both; always the same one."""
    if (layer, form) not in _MADE:

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            super(_MADE[layer, form], self).__init__(*args, **kwargs)

        __init__.__signature__ = _joined_signature(layer, form)  # type: ignore[attr-defined]  # what inspect and help() show
        name = f"{layer.__name__}{form.__name__}"
        contents = {"__doc__": doc, "__module__": layer.__module__, "__qualname__": name, "__init__": __init__}
        _MADE[layer, form] = type(name, (form, layer), contents)
    return _MADE[layer, form]


def _joined_signature(layer: type[StatefulLayer], form: type[StatefulLayer]) -> inspect.Signature:
    """Return the layer's arguments, with those of its bases and form as keywords."""
    first, *own = inspect.signature(layer.__init__, eval_str=True).parameters.values()
    added = inspect.signature(form.__init__, eval_str=True).parameters.values()
    handed_on = [argument for name, argument in constructor_arguments(layer).items() if name not in {a.name for a in own}]
    by_keyword = [*handed_on, *(argument for argument in added if argument.kind is argument.KEYWORD_ONLY)]
    named = [argument for argument in own if argument.kind not in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD)]
    more = [argument.replace(kind=argument.KEYWORD_ONLY) for argument in by_keyword]
    return inspect.Signature([first, *sorted((*named, *more), key=lambda argument: argument.kind)])


def _forms(model: NeuronModel) -> Iterator[type[Any]]:
    """Yield the layer classes derived from the model's layer."""
    for kind in model.kinds:
        if kind is not model.layer:
            yield kind
        yield squeezed(kind)


def _beside(layer: type[StatefulLayer]) -> dict[str, Any]:
    """Return the names of the layer's module; empty for a class within a function."""
    return {} if "." in layer.__qualname__ else vars(sys.modules[layer.__module__])
