"""Edits of a network that is being composed: drafts stay whole, say what doesn't fit and where, and are mended as they say."""

import json
import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment import edits as stack
from snncore.experiment.inputs import INPUT_KINDS, SENSOR
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS, NeuronSpec
from snncore.experiment.spec import Draft, Experiment
from snncore.io.recordings import content_hash
from snncore.run.simulation import simulate
from tests.length import examples
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT

Layer = dict[str, Any]
Shape = tuple[int, ...]

STEPS = 2
IMAGE = (2, 6, 6)
LIF = {"kind": "LIF", "tau_mem": 10.0}


def linear(inputs: int, outputs: int, **more: Any) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs, **more}


def draft(*layers: Layer, shape: Shape = (4,), **more: Any) -> Draft:
    return Draft(network=layers, **{"input": {"shape": (2, STEPS, *shape), "probability": 0.5}, **more})


def misfit_of(made: Draft, place: int = -1) -> MisfitError:
    misfit = made.fits()[place].misfit
    assert misfit is not None
    return misfit


# ------------------------------------------------------------------------------------------------------------- at random

shapes = st.sampled_from([(1,), (5,), (36,), (3, 4), (1, 1, 1), (2, 4, 3), IMAGE])
small = st.integers(1, 6)


@st.composite
def weights(draw: st.DrawFn, inputs: int, outputs: int, *, fitting: bool) -> Layer:
    """A kind of weights of a linear layer; a chain may have too many groups where it needn't fit."""
    most = min(inputs, outputs) if fitting else 9
    kinds = ["random", "normal", "constant", "diagonal", *(["chain"] if most > 1 else [])]
    match draw(st.sampled_from(kinds)):
        case "chain":
            groups = draw(st.integers(2, most))
            return {"kind": "chain", "groups": groups, "value": 0.5, "offset": draw(st.integers(1 - groups, groups - 1))}
        case "constant":
            return {"kind": "constant", "value": 0.25}
        case kind:
            return {"kind": kind}


@st.composite
def layers_for(draw: st.DrawFn, shape: Shape, *, fitting: bool = True) -> Layer:
    """A layer of any kind and with any parameters, for samples of `shape`; its weights may not fit if they needn't."""
    side = min(shape[1:], default=1)
    kinds = ["Linear", "Dropout", "Flatten", "neurons", "neurons", *(["Conv2d", "AvgPool2d"] if len(shape) == 3 else [])]
    match draw(st.sampled_from(kinds)):
        case "Linear":
            outputs = draw(small)
            return linear(shape[-1], outputs, bias=draw(st.booleans()), weights=draw(weights(shape[-1], outputs, fitting=fitting)))
        case "Conv2d":
            padding = draw(st.integers(0, 2))
            kernel_size = draw(st.integers(1, side + 2 * padding))
            sizes = {"in_channels": shape[0], "out_channels": draw(small), "kernel_size": kernel_size, "padding": padding}
            return {"kind": "Conv2d", **sizes, "stride": draw(st.integers(1, 3))}
        case "AvgPool2d":
            return {"kind": "AvgPool2d", "kernel_size": draw(st.integers(1, side)), "stride": draw(st.none() | st.integers(1, 3))}
        case "neurons":
            layer = draw(neuron_layers((*MODELS, *RECURRENT), shape[-1]))
            if "rec_connect" in layer:
                connection = {**layer["rec_connect"], "weights": draw(weights(shape[-1], shape[-1], fitting=fitting))}
                return {**layer, "rec_connect": connection, "spike_fn": "SingleSpike"}  # counts of spikes would grow beyond all bounds
            return layer
        case kind:
            return {"kind": kind}


@st.composite
def fitting_drafts(draw: st.DrawFn) -> Draft:
    shape = sample = draw(shapes)
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 5))):
        layers.append(draw(layers_for(shape)))
        after = draft(*layers, shape=sample).fits()[-1].shape
        assert after is not None
        shape = after
    return draft(*layers, shape=sample)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Layers that fit one another by chance."""
    layers = [draw(layers_for(draw(shapes), fitting=False)) for _ in range(draw(st.integers(1, 4)))]
    return draft(*layers, shape=draw(shapes))


@st.composite
def edited(draw: st.DrawFn) -> Draft:
    """Any draft after any edits."""
    made = draw(drafts() | fitting_drafts())
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(made.network) - 1))
        match draw(st.sampled_from(["insert", "duplicate", "move", "remove", "mend"])):
            case "insert":
                made = stack.insert(made, draw(st.integers(0, len(made.network))), draw(st.sampled_from(tuple(LAYER_KINDS))))
            case "duplicate":
                made = stack.duplicate(made, place)
            case "move":
                made = stack.move(made, place, draw(st.integers(0, len(made.network) - 1)))
            case "remove" if len(made.network) > 1:
                made = stack.remove(made, place)
            case "mend":
                made = stack.mend(made, place)
    return made


# -------------------------------------------------------------------------------------------------- what drafts are worth


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


# ---------------------------------------------------------------------------------------------------------------- mending


@given(edited())
def test_a_layer_with_a_remedy_fits_after_mending_it_a_few_times(made):
    place = 0
    while place < len(made.network):
        had_remedy = False
        for _ in type(made.network[place]).model_fields:
            misfit = made.fits()[place].misfit
            if misfit is None or not (misfit.remedy or misfit.before):
                break
            had_remedy = True
            made = stack.mend(made, place)
            place += bool(misfit.before)  # the layer has moved on by the one that was put before it
        assert not (had_remedy and made.fits()[place].misfit)
        place += 1
    assert [fit.misfit.remedy for fit in made.fits() if fit.misfit] == [{}] * sum(fit.misfit is not None for fit in made.fits())


@given(edited())
def test_mending_changes_that_layer_alone_and_nothing_where_there_is_no_need_or_no_way(made):
    for place, fit in enumerate(made.fits()):
        mended = stack.mend(made, place)
        if fit.misfit is None or not (fit.misfit.remedy or fit.misfit.before):
            assert mended == made
        elif fit.misfit.before:
            assert mended.network[place].kind == fit.misfit.before
            assert stack.remove(mended, place) == made
        else:
            changed = {f"network.{place}.{name}": value for name, value in fit.misfit.remedy.items()}
            assert mended == made.replace(changed)
            assert mended != made


# ------------------------------------------------------------------------------------------------------------------ edits


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


# ------------------------------------------------------------------------------------------------------- words of misfits


def test_a_linear_on_an_unflattened_picture_is_offered_a_flatten():
    made = draft(linear(72, 3), LIF, shape=IMAGE)
    misfit = misfit_of(made, 0)
    assert (misfit.before, misfit.remedy) == ("Flatten", {})
    assert str(misfit) == "it takes 72 features in one row, but it receives (2, 6, 6); put a Flatten before it"
    assert [fit.shape for fit in made.fits()] == [(3,), (3,)]
    mended = stack.mend(made, 0)
    assert [layer.kind for layer in mended.network] == ["Flatten", "Linear", "LIF"]
    assert mended.first_misfit is None


def test_a_linear_is_offered_as_many_features_as_it_receives():
    made = draft(linear(7, 3))
    assert "in_features is 7, but it receives 4 features; set in_features to 4" in str(misfit_of(made))
    assert stack.mend(made, 0) == draft(linear(4, 3))


def test_channels_and_kernel_of_a_convolution_are_mended_in_turn():
    made = draft({"kind": "Conv2d", "in_channels": 5, "out_channels": 3, "kernel_size": 9, "padding": 1}, shape=IMAGE)
    assert misfit_of(made).remedy == {"in_channels": 2}
    assert "in_channels is 5, but it receives 2 channels; set in_channels to 2" in str(misfit_of(made))
    assert made.fits()[0].shape == (3, 1, 1)
    made = stack.mend(made, 0)
    assert misfit_of(made).remedy == {"kernel_size": 8}
    assert "kernel_size is 9, more than the side of 8 that it slides over; set it to at most 8" in str(misfit_of(made))
    made = stack.mend(made, 0)
    assert made.fits()[0].shape == (3, 1, 1)
    assert made.first_misfit is None


def test_a_window_of_pooling_is_no_larger_than_the_picture():
    made = draft({"kind": "AvgPool2d", "kernel_size": 8}, shape=(2, 6, 4))
    assert misfit_of(made).remedy == {"kernel_size": 4}
    assert stack.mend(made, 0).fits()[0].shape == (2, 1, 1)


@pytest.mark.parametrize("kind", ["Conv2d", "AvgPool2d"])
def test_what_needs_a_picture_and_receives_a_row_has_no_remedy(kind):
    made = stack.insert(draft(LIF, shape=(36,)), 1, kind)
    misfit = misfit_of(made)
    assert str(misfit) == "it takes (channels, height, width), but it receives (36,); change what comes before"
    assert (misfit.remedy, misfit.before) == ({}, None)
    assert made.fits()[1].shape is None
    assert stack.shape_before(made, 2) == (36,)


def test_a_list_for_another_number_of_neurons_is_offered_its_mean():
    made = draft({**LIF, "tau_mem": [5.0, 10.0, 30.0]})
    assert misfit_of(made).remedy == {"tau_mem": 15.0}
    assert "tau_mem has values for (3,) neurons, but there are (4,)" in str(misfit_of(made))
    assert stack.mend(made, 0) == draft({**LIF, "tau_mem": 15.0})


@pytest.mark.parametrize("value", [0.1, 1e38])
def test_the_mean_of_equal_values_that_is_offered_is_their_value(value):
    mended = stack.mend(draft({**LIF, "spike_threshold": [value] * 3}), 0)
    assert mended.first_misfit is None
    assert mended.network[0].spike_threshold == pytest.approx(value, rel=1e-12)


def test_lists_that_do_not_fit_are_mended_one_after_the_other():
    made = draft({**LIF, "tau_mem": [5.0, 10.0, 30.0], "spike_threshold": [1.0, 2.0]})
    made = stack.mend(made, 0)
    assert misfit_of(made).remedy == {"spike_threshold": 1.5}
    assert stack.mend(made, 0).first_misfit is None


def test_a_recurrent_connection_of_another_size_is_offered_that_of_the_layer():
    chain = {"kind": "chain", "groups": 6, "value": 1.0, "offset": 5}
    made = draft({"kind": "LIFRecurrent", "tau_mem": 10.0, "rec_connect": linear(7, 6, bias=False, weights=chain)})
    assert "rec_connect is 7→6 for 4 neurons; set its in_features and out_features to 4" in str(misfit_of(made))
    made = stack.mend(made, 0)
    assert (made.network[0].rec_connect.in_features, made.network[0].rec_connect.out_features) == (4, 4)
    assert not made.network[0].rec_connect.bias
    assert "rec_connect: the weights are a chain of 6 groups, but there are 4" in str(misfit_of(made))
    made = stack.mend(made, 0)
    assert made.first_misfit is None
    assert (made.network[0].rec_connect.weights.groups, made.network[0].rec_connect.weights.offset) == (4, 3)


def test_layers_after_one_that_does_not_fit_are_judged_by_what_it_would_put_out():
    made = draft(linear(7, 3), linear(5, 2), LIF)
    assert [fit.shape for fit in made.fits()] == [(3,), (2,), (2,)]
    assert [bool(fit.misfit) for fit in made.fits()] == [True, True, False]
    assert made.first_misfit is not None
    assert made.first_misfit.startswith("Linear 1: ")


# ------------------------------------------------------------------------------------------------------------------ input


@pytest.mark.parametrize("kind", [kind for kind in INPUT_KINDS if kind not in ("file", "sample")])
@pytest.mark.parametrize("steps", [1, 30])
@pytest.mark.parametrize("shape", [(1,), (4,), (3, 4), (1, 5, 5), (2, 6, 3), (2, 6, 2), (2, 8, 8)], ids=str)
def test_every_kind_of_input_is_made_in_the_shape_that_was_or_the_one_it_needs(kind, steps, shape):
    made = draft(LIF, shape=shape).replace({"input.shape": (3, steps, *shape)})
    fed = stack.feed(made, kind)
    takes = {"moving_bar": len(shape) == 3 and shape[0] == 2 and shape[2] > 2, "digit": shape == SENSOR}.get(kind, True)
    assert fed.input.kind == kind
    assert fed.input.shape == (3, steps, *(shape if takes else SENSOR))
    data = Experiment(**dict(fed)).make_input()
    assert data.shape == fed.input.shape
    assert torch.isfinite(data).all()
    assert {**dict(fed), "input": made.input} == dict(made)
    assert Draft.from_json(fed.to_json(compact=True)) == fed


@pytest.mark.parametrize("kind", [kind for kind in INPUT_KINDS if kind not in ("file", "sample")])
def test_every_kind_of_input_is_more_than_zeros(kind):
    made = draft(LIF).replace({"input.shape": (1, 100, *SENSOR)})
    assert Experiment(**dict(stack.feed(made, kind))).make_input().any()


def test_an_uploaded_file_is_fed_in_its_own_shape():
    data = np.ones((1, 9, 3), dtype=np.float32)
    digest = content_hash(data)
    fed = stack.feed_file(draft(LIF), "mine.npy", digest, data.shape, "events")
    given = fed.input
    assert (given.kind, given.name, given.digest, given.shape, given.holds) == ("file", "mine.npy", digest, (1, 9, 3), "events")
    assert np.array_equal(Experiment(**dict(fed)).make_input({digest: data}).numpy(), data)
    assert {**dict(fed), "input": draft(LIF).input} == dict(draft(LIF))


def test_input_of_another_shape_may_leave_layers_that_do_not_fit():
    fed = stack.feed(draft(linear(4, 4), LIF), "digit")
    assert fed.input.shape[2:] == (2, 8, 8)
    assert fed.first_misfit is not None
    assert fed.first_misfit.startswith("Linear 1: it takes 4 features in one row, but it receives (2, 8, 8); put a Flatten before it")


DRAWN = {"kind": "drawn", "shape": (1, 4, 3), "values": [1.0, 2.0, 3.0, 4.0], "weight": 2.0}


@pytest.mark.parametrize(
    ("shape", "values"),
    [((1, 4, 5), (1, 2, 3, 4)), ((2, 2, 3), (1, 2)), ((1, 6, 3), (1, 2, 3, 4, 0, 0)), ((1, 1000, 3), (1, 2, 3, 4, *[0] * 996))],
)
def test_a_drawn_current_of_another_length_ends_sooner_or_in_zeros(shape, values):
    reshaped = stack.reshape(draft(LIF, input=DRAWN), shape)
    assert reshaped == draft(LIF, input={**DRAWN, "shape": shape, "values": values})


@pytest.mark.parametrize("kind", [kind for kind in INPUT_KINDS if kind not in ("file", "sample", "drawn", "moving_bar", "digit")])
def test_any_other_input_of_another_shape_is_the_same_otherwise(kind):
    fed = stack.feed(draft(LIF), kind)
    assert stack.reshape(fed, (3, 7, 2, 2)).input == type(fed.input)(**{**dict(fed.input), "shape": (3, 7, 2, 2)})


@pytest.mark.parametrize("shape", [(1, 1001, 3), (1, 10**15, 3), (1, 0, 3), (1, -2, 3)])
def test_a_length_that_cannot_be_drawn_is_refused(shape):
    with pytest.raises(ExperimentError, match=r"for up to 1000 time steps; choose another one|must be at least 1"):
        stack.reshape(draft(LIF, input=DRAWN), shape)


# ---------------------------------------------------------------------------------------------------------- another model

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


# ------------------------------------------------------------------------------------------------------------- new layers


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
