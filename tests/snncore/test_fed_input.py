"""Any kind of input can be fed to a draft, in the shape that was or the one it needs."""

import numpy as np
import pytest
import torch

from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.inputs import INPUT_KINDS, SENSOR
from snncore.experiment.spec import Draft, Experiment
from snncore.io.recordings import content_hash
from tests.snncore.drawn_drafts import LIF, draft, linear

DRAWN = {"kind": "drawn", "shape": (1, 4, 3), "values": [1.0, 2.0, 3.0, 4.0], "weight": 2.0}


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
