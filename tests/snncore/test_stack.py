"""Drafts stay whole through any edits, and a new layer, or one as another model, fits where it can."""

import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS, NeuronSpec
from snncore.experiment.spec import Draft, Experiment
from snncore.run.simulation import simulate
from tests.length import examples
from tests.snncore.drawn_drafts import LIF, STEPS, Layer, draft, edited, fitting_drafts
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT

# ------------------------------------------------------------------------------------------------- what drafts are worth


@given(edited(), st.booleans())
def test_drafts_return_from_json_as_they_were_after_any_edits(made, compact):
    text = made.to_json(compact=compact)
    assert Draft.from_json(text) == made
    assert [layer["kind"] for layer in json.loads(text)["network"]] == [layer.kind for layer in made.network]


@given(edited())
def test_a_draft_is_an_experiment_if_and_only_if_its_layers_fit(made):
    misfits = [number for number, fit in enumerate(made.fits()) if fit.misfit]
    if not misfits:
        assert made.first_misfit is None
        assert Experiment(**dict(made)).draft == made
        return
    place = f"{made.network[misfits[0]].kind} {misfits[0] + 1}: "
    assert made.first_misfit == f"{place}{made.fits()[misfits[0]].misfit}."
    with pytest.raises(ExperimentError, match=f"^{re.escape(place)}") as caught:
        Experiment(**dict(made))
    assert str(caught.value) == made.first_misfit


@examples(60)
@given(fitting_drafts() | edited())
def test_every_layer_puts_out_the_shape_that_the_draft_says(made):
    shapes_told = [fit.shape for fit in made.fits()]
    if made.first_misfit is None:
        (simulation,) = simulate(Experiment(**dict(made)))
        assert [output.shape for output in simulation.outputs] == [(2, STEPS, *(shape or ())) for shape in shapes_told]


@given(edited())
def test_shapes_after_a_misfit_are_those_of_the_mended_layer(made):
    for place, fit in enumerate(made.fits()):
        if fit.misfit and not fit.misfit.before and fit.shape is not None:
            mended = made
            for _ in type(made.network[place]).model_fields:
                mended = stack.mend(mended, place)
            assert mended.fits()[place] == type(fit)(fit.shape)


# ----------------------------------------------------------------------------------------------------------------- edits


@given(fitting_drafts(), st.data())
def test_a_new_layer_of_a_kind_that_keeps_shapes_fits_wherever_it_is_put(made, data):
    place = data.draw(st.integers(0, len(made.network)))
    before = [made.input.shape[2:], *(fit.shape for fit in made.fits())]
    kinds = [kind for kind in LAYER_KINDS if kind not in ("Conv2d", "AvgPool2d", "Flatten")]
    kind = data.draw(st.sampled_from([*kinds, "Conv2d"] if len(before[place]) == 3 else kinds))
    grown = stack.insert(made, place, kind)
    assert grown.first_misfit is None
    assert grown.network[place].kind == kind
    assert [fit.shape for fit in grown.fits()] == [*before[1 : place + 1], before[place], *before[place + 1 :]]


@given(fitting_drafts(), st.data())
def test_a_new_layer_at_the_end_fits_if_its_kind_takes_the_shape(made, data):
    shape = made.fits()[-1].shape
    kind = data.draw(st.sampled_from(tuple(LAYER_KINDS)))
    takes = kind not in ("Conv2d", "AvgPool2d") or (len(shape) == 3 and (kind == "Conv2d" or min(shape[1:]) >= 2))
    assert (stack.insert(made, len(made.network), kind).first_misfit is None) == takes


@examples(50)
@given(edited(), st.data())
def test_every_edit_has_one_that_takes_it_back(made, data):
    count = len(made.network)
    place, to = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, count - 1))
    assert stack.move(stack.move(made, place, to), to, place) == made
    assert stack.remove(stack.duplicate(made, place), place) == made
    at = data.draw(st.integers(0, count))
    assert stack.remove(stack.insert(made, at, data.draw(st.sampled_from(tuple(LAYER_KINDS)))), at) == made


@examples(50)
@given(edited(), st.data())
def test_edits_do_to_the_layers_what_they_do_to_a_list(made, data):
    layers = list(made.network)
    place, to = (data.draw(st.integers(0, len(layers) - 1)) for _ in range(2))
    moved = layers.copy()
    moved.insert(to, moved.pop(place))
    assert list(stack.move(made, place, to).network) == moved
    assert list(stack.duplicate(made, place).network) == [*layers[: place + 1], layers[place], *layers[place + 1 :]]
    for edit in (stack.move(made, place, to), stack.duplicate(made, place), stack.insert(made, place, "LIF"), stack.mend(made, place)):
        assert {**dict(edit), "network": made.network} == dict(made)


def test_the_only_layer_is_not_removed():
    with pytest.raises(ExperimentError, match="one layer, which can't be removed; add another"):
        stack.remove(draft(LIF), 0)
    assert [layer.kind for layer in stack.remove(draft(LIF, {"kind": "Dropout"}), 0).network] == ["Dropout"]


def test_edits_of_an_experiment_give_a_draft():
    assert type(stack.insert(Experiment(**dict(draft(LIF))), 1, "Conv2d")) is Draft


# --------------------------------------------------------------------------------------------------------- another model


PLAIN = [model.__name__ for model in MODELS]


def own_values(layer: NeuronSpec) -> Layer:
    """What a layer holds of its neurons, by name."""
    return {name: getattr(layer, name) for name in type(layer).model_fields if name not in ("kind", "learns", "rec_connect")}


def neurons() -> st.SearchStrategy[NeuronSpec]:
    return neuron_layers((*MODELS, *RECURRENT), 3).map(lambda layer: NEURON_SPECS[layer["kind"]](**layer))


@given(neurons(), st.sampled_from(PLAIN))
def test_a_layer_as_another_model_keeps_what_both_have_and_is_a_new_layer_else(layer, kind):
    made, fresh = stack.as_kind(layer, kind), stack.fitting_layer(kind, (3,))
    assert made.kind == kind
    own = own_values(layer)
    assert own_values(made) == {name: own.get(name, value) for name, value in own_values(fresh).items()}
    assert made.output_shape((3,)) == (3,)


@given(neurons(), st.sampled_from(PLAIN), neurons())
def test_what_another_model_needs_and_the_layer_has_not_is_taken_from_the_usual_values(layer, kind, other):
    usual = {**other.model_dump(), "norm_input": False, "unknown to all": 1}
    own = own_values(layer)
    fallback = own_values(stack.as_kind(layer, kind))
    expected = {name: own.get(name, getattr(other, name, value)) for name, value in fallback.items()}
    if "norm_input" in expected and "norm_input" not in own:
        expected["norm_input"] = False
    assert own_values(stack.as_kind(layer, kind, usual)) == expected


@given(neurons(), st.sampled_from(PLAIN))
def test_what_both_models_have_learns_on_or_stays_fixed(layer, kind):
    made = stack.as_kind(layer, kind)
    if layer.learns is None:
        assert made.learns is None
    else:
        assert set(made.learns) == set(layer.learns) & set(made.learnable)


@given(neurons())
def test_a_layer_as_its_own_model_is_itself_without_its_connection(layer):
    kind = layer.kind.removesuffix("Recurrent")
    made = stack.as_kind(layer, kind)
    if kind == layer.kind:
        assert {**dict(made), "learns": sorted(made.learns or ())} == {**dict(layer), "learns": sorted(layer.learns or ())}
    assert own_values(made) == own_values(layer)
    assert not hasattr(made, "rec_connect")


# ------------------------------------------------------------------------------------------------------------ new layers


@pytest.mark.parametrize("kind", LAYER_KINDS)
@pytest.mark.parametrize("shape", [(1,), (5,), (3, 4), (2, 6, 5)], ids=str)
def test_new_layers_are_of_their_kind_and_leave_the_shape_if_they_can(kind, shape):
    layer = stack.fitting_layer(kind, shape)
    assert layer.kind == kind
    if kind in ("Conv2d", "AvgPool2d") and len(shape) != 3:
        return
    after = {"AvgPool2d": (*shape[:1], *(side // 2 for side in shape[1:])), "Flatten": (math.prod(shape),)}.get(kind, shape)
    assert layer.output_shape(shape) == after


@pytest.mark.parametrize("kind", NEURON_SPECS)
def test_new_neurons_have_what_their_model_needs_and_defaults_else(kind):
    layer = stack.fitting_layer(kind, (5,))
    spec = NEURON_SPECS[kind]
    needed = {name: getattr(layer, name) for name, field in spec.model_fields.items() if field.is_required()}
    assert layer == spec(**needed)
    assert needed.keys() <= {"tau_mem", "tau_adapt", "rec_connect"}
