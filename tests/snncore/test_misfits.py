"""A layer that doesn't fit says why, and mending it as it offers makes it fit."""

import pytest
from hypothesis import given

from snncore.errors import MisfitError
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft
from tests.snncore.drawn_drafts import IMAGE, LIF, draft, edited, linear

# --------------------------------------------------------------------------------------------------------------- mending


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


# ----------------------------------------------------------------------------------------------------------------- words


def misfit_of(made: Draft, place: int = -1) -> MisfitError:
    misfit = made.fits()[place].misfit
    assert misfit is not None
    return misfit


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
