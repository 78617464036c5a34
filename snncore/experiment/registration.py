"""Neuron models from outside the package: `register_neuron` makes one a kind of layer like those of `snncore.layers`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import torch
from pydantic import ValidationError
from torch import Tensor

from snncore.dynamics import Step, StepFunction
from snncore.errors import RegistrationError, in_a_line
from snncore.experiment.edits import USUAL, fitting_neurons, usual_values
from snncore.experiment.field_words import FieldWords
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS, NeuronSpec, neuron_spec
from snncore.experiment.trial import tried
from snncore.layers import NEURON_MODELS, StatefulLayer, neuron_model
from snncore.layers.models import NeuronModel, forget
from snncore.layers.stateful import constructor_arguments

Layer = TypeVar("Layer", bound=StatefulLayer)

BUILT_IN = frozenset(NEURON_MODELS)

HAVE_WORDS = frozenset(name for spec in NEURON_SPECS.values() for name in spec.model_fields)
"""Fields of built-in models; other models use the same words for them."""

HAVE_FIRST_VALUE = frozenset((*USUAL, "rec_connect"))
"""Fields without a default that still get a value in a new layer."""

SET_BY_REGISTRATION = ("does_spike", "step")
"""Attributes that a layer class gets when it registers."""

TRIAL = (2, 2, 3)
"""Shape (batch, time, neurons) of the input for trying a model."""

LAG = 32
"""How often that input comes, one after the other, until the output must have got some gradient."""


def register_neuron(
    step: StepFunction[Any],
    *,
    spikes: bool,
    words: Mapping[str, FieldWords] = MappingProxyType({}),
    sentence: str = "",
    recurrent: bool | None = None,
) -> Callable[[type[Layer]], type[Layer]]:
    """Register the decorated class as a kind of layer.

    Experiments, files, links and the app's menus then know it by its name.

    The class derives from `snncore.StatefulLayer`, or more shortly from `snncore.SpikingMembrane` or `snncore.Membrane`. Its constructor's
    arguments are the fields, each kept as an attribute of its name; their annotations say what each takes: float, float | Tensor, bool,
    int, or SpikeFunction, ResetFunction or SurrogateGradient of `snncore.activation`. It also takes `shape` and `record_states`.
    Its state has a `v_mem`, its step shows a `u`, and if it spikes it has a `spike_threshold` that u is compared with. The class's
    `learnable` names the arguments held as trained parameters; it already has the ones of `SpikingMembrane`.

    Args:
        step: one time step, `step(z, state, parameters) -> Step`, of `snncore.dynamics`. Output, u and each state variable have the shape
            of z, (batch, ...), and its dtype. It changes nothing in place, draws no random numbers, and lets gradients pass.
        spikes: whether its output is spikes.
        words: words for its fields on pages, by field name. Fields of a built-in model, such as `tau_mem`, have words already.
        sentence: one sentence on the model, for pages.
        recurrent: whether it has a recurrent form; by default if it spikes.

    Raises:
        RegistrationError: the name is taken or isn't one, the step has another signature, a field lacks words or has a type that no
            Experiment holds, a default isn't of its type, or a trial of two steps shows that the model doesn't run as said above, or
            that no gradient passes through it. Nothing is registered then.
    """

    def register(layer: type[Layer]) -> type[Layer]:
        _check_what_is_said(words, sentence)
        _check_name(getattr(layer, "__name__", ""))
        attributes = {name: vars(layer)[name] for name in SET_BY_REGISTRATION if name in getattr(layer, "__dict__", ())}
        made = neuron_model(step, spikes=spikes, recurrent=recurrent)(layer)
        model = NEURON_MODELS[layer.__name__]
        try:
            for kind in model.kinds:
                _check_name(kind.__name__)
            specs = [_spec(kind, words, sentence) for kind in model.kinds]
            _try(model, specs[0])
            for spec in specs:
                LAYER_KINDS.register(spec, after=next(reversed(NEURON_SPECS)))
                NEURON_SPECS[spec.model.__name__] = spec
        except BaseException as error:
            _take_back(model)
            for name in SET_BY_REGISTRATION:
                delattr(layer, name)
            for name, value in attributes.items():
                setattr(layer, name, value)
            if isinstance(error, RegistrationError) or not isinstance(error, Exception):
                raise
            raise RegistrationError(f"{layer.__name__} can't be registered: {in_a_line(error)}.") from error
        return made

    return register


def unregister_neuron(name: str) -> None:
    """Unregister a model, e.g. before a notebook defines it again.

    Experiments that name it can no longer be opened.

    Raises:
        RegistrationError: there is no such model, or it is a built-in one.
    """
    if name not in NEURON_MODELS or name in BUILT_IN:
        raise RegistrationError(f"There is no neuron model {name!r} from outside; give the name of one that register_neuron made.")
    _take_back(NEURON_MODELS[name])


def _take_back(model: NeuronModel) -> None:
    """Unregister what is registered of a model."""
    for kind in model.kinds:
        NEURON_SPECS.pop(kind.__name__, None)
        if getattr(LAYER_KINDS.get(kind.__name__), "model", None) is kind:
            LAYER_KINDS.remove(kind.__name__)
    forget(model)


def _check_what_is_said(words: Mapping[str, FieldWords], sentence: str) -> None:
    if not isinstance(words, Mapping):
        raise RegistrationError(f"The words of a neuron model are {words!r}; give {{field: FieldWords(name, note)}}, or leave them out.")
    if not isinstance(sentence, str):
        raise RegistrationError(f"The sentence on a neuron model is {sentence!r}; give a text, or leave it out.")


def _check_name(name: str) -> None:
    if name in LAYER_KINDS:
        is_own = name in NEURON_MODELS and name not in BUILT_IN
        way = f"take it back with unregister_neuron({name!r}), or choose another name" if is_own else "choose another name"
        raise RegistrationError(f"There is a layer of the kind {name!r} already; {way}.")


def _spec(layer: type[StatefulLayer], words: Mapping[str, FieldWords], sentence: str) -> type[NeuronSpec]:
    """Return the model's spec; raise RegistrationError if a field lacks words or a first value."""
    spec, name = neuron_spec(layer), layer.__name__
    for field, said in words.items():
        if not isinstance(said, FieldWords):
            raise RegistrationError(f"{name}: the words of {field} are {said!r}; give FieldWords(name, note).")
        if field not in spec.model_fields:
            raise RegistrationError(f"{name}: there are words for {field!r}, which its constructor doesn't take; correct the name.")
    for field, held in spec.model_fields.items():
        if field not in words and field not in HAVE_WORDS:
            raise RegistrationError(f"{name}: its field {field} has no words; give words={{{field!r}: FieldWords(name, note)}}.")
        has_value = field in HAVE_FIRST_VALUE if held.is_required() else held.default is not None or field in HAVE_WORDS
        if not has_value and (field not in words or words[field].usual is None):
            raise RegistrationError(f"{name}: its field {field} has no default; give its words a usual value for new layers.")
    spec.words, spec.sentence = MappingProxyType(dict(words)), sentence
    return spec


def _try(model: NeuronModel, spec: type[NeuronSpec]) -> None:
    """Run a usual layer of the model for two steps; raise RegistrationError if it doesn't behave as required."""
    name = model.name
    _check_first_values(name, spec)
    layer = fitting_neurons(spec, TRIAL[-1]).build(torch.Generator(), torch.Generator())
    layer.record_states = True
    missing = [argument for argument in constructor_arguments(type(layer)) if argument != "shape" and not hasattr(layer, argument)]
    if missing:
        raise RegistrationError(f"{name}: a layer has no attribute {missing[0]}; keep each argument of its constructor under its name.")
    z = torch.linspace(0.5, 1.0, math.prod(TRIAL)).reshape(TRIAL)
    try:
        with torch.no_grad():
            output, drawn_from = tried(lambda: layer(z))
            for seen in ("u", "v_mem"):
                layer.recordings[seen]
            again = _again(layer, z)
    except Exception as error:
        raise RegistrationError(
            f"{name}: a trial of two time steps ended in {in_a_line(error)}; its step must return Step(output, {{'u': u}}, state), "
            f"with every state variable that came in, v_mem among them."
        ) from error
    if drawn_from or not torch.equal(output, again):
        raise RegistrationError(
            f"{name}: its step draws random numbers, which no seed of an Experiment decides; put the noise into the input."
        )
    if output.shape != TRIAL:
        raise RegistrationError(f"{name}: of an input {TRIAL} it makes {tuple(output.shape)}; the output must have the same shape.")
    if model.does_spike and not isinstance(getattr(layer, "spike_threshold", None), Tensor):
        raise RegistrationError(f"{name} spikes, so it needs a tensor spike_threshold, θ, that its u is compared with.")
    _try_step(name, layer, z)
    _try_inputs(name, layer, {"one sample": z[:1], "zeros": torch.zeros(TRIAL)})
    _try_gradient(name, layer, z)


def _again(layer: StatefulLayer, z: Tensor) -> Tensor:
    layer.reset_states()
    output: Tensor = tried(lambda: layer(z))[0]
    return output


def _try_step(name: str, layer: StatefulLayer, z: Tensor) -> None:
    """Call the model's step once; raise RegistrationError if it returns other shapes or dtypes, or changes what it was given."""
    given = {state: torch.full_like(z[:, 0], 0.25) for state in layer.state_names}
    state, now = {key: value.clone() for key, value in given.items()}, z[:, 0].clone()
    tensors = dict(state)
    with torch.no_grad():
        made = layer.step(now, state, layer.step_parameters(z))
    if not isinstance(made, Step):
        raise RegistrationError(f"{name}: its step returned {type(made).__name__}; it must return Step(output, {{'u': u}}, state).")
    is_same = torch.equal(now, z[:, 0]) and all(state.get(key) is tensors[key] for key in given)
    if not (is_same and all(torch.equal(tensors[key], value) for key, value in given.items())):
        raise RegistrationError(f"{name}: its step changes its input or state in place; make new tensors, and a new dict {{**state, ...}}.")
    for shown, value in {"output": made.output, "u": made.seen["u"], **{key: made.state[key] for key in given}}.items():
        if value.dtype != now.dtype:
            found, wanted = (str(each.dtype).removeprefix("torch.") for each in (value, now))
            raise RegistrationError(f"{name}: of a {wanted} input its step makes {shown} in {found}; make it in the dtype of the input.")
        if value.shape != now.shape:
            raise RegistrationError(
                f"{name}: of an input {tuple(now.shape)} its step makes {shown} of the shape {tuple(value.shape)}; it must have the same."
            )


def _try_inputs(name: str, layer: StatefulLayer, inputs: Mapping[str, Tensor]) -> None:
    """Run the layer on each input; raise RegistrationError if it fails on one."""
    for what, z in inputs.items():
        try:
            with torch.no_grad():
                shape = tuple(_again(layer, z).shape)
        except Exception as error:
            raise RegistrationError(
                f"{name}: a trial with {what} ended in {in_a_line(error)}; its step must take any batch of finite numbers."
            ) from error
        if shape != z.shape:
            raise RegistrationError(f"{name}: of {what}, {tuple(z.shape)}, it makes {shape}; the output must have the same shape.")


def _try_gradient(name: str, layer: StatefulLayer, z: Tensor) -> None:
    """Raise RegistrationError if the output's gradient doesn't reach the input, so that no layer below could learn."""
    z = z.repeat(1, LAG, 1).requires_grad_()
    try:
        with torch.enable_grad():
            output = _again(layer, z)
            gradient = torch.autograd.grad(output.sum(), z, allow_unused=True)[0] if output.requires_grad else None
    except Exception as error:
        raise RegistrationError(
            f"{name}: a trial with gradients ended in {in_a_line(error)}; its step must calculate with torch alone."
        ) from error
    if gradient is None:
        raise RegistrationError(
            f"{name}: no gradient of its output reaches its input; its step must calculate with torch alone, and spike by a spike_fn."
        )


def _check_first_values(name: str, spec: type[NeuronSpec]) -> None:
    """Raise RegistrationError if no layer can be made of the defaults, or of the usual values that the words give."""
    defaults = {field: held.default for field, held in spec.model_fields.items() if not held.is_required()}
    said = {field: words.usual for field, words in spec.words.items() if words.usual is not None}
    for values in (defaults, said):
        try:
            spec(**{**usual_values(spec, TRIAL[-1]), **values})
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            message = problem["msg"].removeprefix("Value error, ").rstrip(".")
            field = str(problem["loc"][0]) if problem["loc"] else None
            what = "default" if values is defaults and field in defaults else "usual value"
            where = f"the {what} of its field {field} is {values.get(field, problem['input'])!r}" if field else "no usual layer can be made"
            raise RegistrationError(f"{name}: {where}; {message[0].lower()}{message[1:]}.") from error
        except Exception as error:
            raise RegistrationError(
                f"{name}: no usual layer can be made: {in_a_line(error)}; its constructor also takes shape and record_states."
            ) from error
