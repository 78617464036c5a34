"""Neuron models from outside the package: `register_neuron` makes one a kind of layer like those of `snncore.layers`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import torch
from torch import Tensor

from snncore.dynamics import StepFunction
from snncore.errors import RegistrationError
from snncore.experiment.edits import USUAL, fitting_neurons
from snncore.experiment.field_words import FieldWords
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS, NeuronSpec, neuron_spec
from snncore.layers import NEURON_MODELS, StatefulLayer, neuron_model
from snncore.layers.models import NeuronModel, forget

Layer = TypeVar("Layer", bound=StatefulLayer)

BUILT_IN = frozenset(NEURON_MODELS)

HAVE_WORDS = frozenset(name for spec in NEURON_SPECS.values() for name in spec.model_fields)
"""Fields of built-in models; other models use the same words for them."""

HAVE_FIRST_VALUE = frozenset((*USUAL, "rec_connect"))
"""Fields without a default that still get a value in a new layer."""

TRIAL = (1, 2, 1)
"""Shape (batch, time, neurons) of the input for trying a model."""


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

    The class derives from `StatefulLayer`, or more shortly from `SpikingMembrane` or `Membrane`. Its constructor's arguments are the
    fields; their annotations (float, float | Tensor, bool, int, SpikeFunction, ResetFunction, SurrogateGradient) say what each takes.
    Its state has a `v_mem`, its step shows a `u`, and if it spikes it has a `spike_threshold` that u is compared with. The class's
    `learnable` names the arguments held as trained parameters; it already has the ones of `SpikingMembrane`.

    Args:
        step: one time step, `step(z, state, parameters) -> Step`.
        spikes: whether its output is spikes.
        words: words for its fields on pages, by field name. Fields of a built-in model, such as `tau_mem`, have words already.
        sentence: one sentence on the model, for pages.
        recurrent: whether it has a recurrent form; by default if it spikes.

    Raises:
        RegistrationError: the name is taken, the step has another signature, a field lacks words or has a type that no Experiment holds, or
            the model doesn't run. Nothing is registered then.
    """

    def register(layer: type[Layer]) -> type[Layer]:
        _check_name(layer.__name__)
        made = neuron_model(step, spikes=spikes, recurrent=recurrent)(layer)
        model = NEURON_MODELS[layer.__name__]
        try:
            for kind in model.kinds:
                _check_name(kind.__name__)
            specs = [_spec(kind, words, sentence) for kind in model.kinds]
            _try(model, specs[0])
        except BaseException:
            forget(model)
            raise
        for spec in specs:
            LAYER_KINDS.register(spec, after=next(reversed(NEURON_SPECS)))
            NEURON_SPECS[spec.model.__name__] = spec
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
    model = NEURON_MODELS[name]
    for kind in model.kinds:
        LAYER_KINDS.remove(kind.__name__)
        del NEURON_SPECS[kind.__name__]
    forget(model)


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
    try:
        layer = fitting_neurons(spec, TRIAL[-1]).build(torch.Generator(), torch.Generator())
        layer.record_states = True
        before = torch.get_rng_state()
        with torch.no_grad():
            output = layer(torch.ones(TRIAL))
        is_random = not torch.equal(before, torch.get_rng_state())
        for name in ("u", "v_mem"):
            layer.recordings[name]
    except Exception as error:
        problem = f"{type(error).__name__}: {error}".replace("\n", " ")
        raise RegistrationError(
            f"{model.name}: a trial of two time steps ended in {problem}; its step must return Step(output, {{'u': u}}, state), "
            f"with every state variable that came in, v_mem among them."
        ) from error
    if is_random:
        raise RegistrationError(
            f"{model.name}: its step draws random numbers, which no seed of an Experiment decides; put the noise into the input."
        )
    if output.shape != TRIAL:
        raise RegistrationError(f"{model.name}: of an input {TRIAL} it makes {tuple(output.shape)}; the output must have the same shape.")
    if model.does_spike and not isinstance(getattr(layer, "spike_threshold", None), Tensor):
        raise RegistrationError(f"{model.name} spikes, so it needs a tensor spike_threshold, θ, that its u is compared with.")
