"""Squeeze layers: the layer without squeezing on (batch*time, ...), samples in order, each one's time steps in a row."""

import pytest
import torch
from torch import nn

from snncore.errors import InputError, ParameterError, ShapeError
from snncore.layers import ALIF, IAF, LIF, ALIFSqueeze, ExpLeak, ExpLeakSqueeze, IAFSqueeze, LIFSqueeze, squeezed
from snncore.layers.stateful import constructor_arguments
from tests.snncore.models import MODELS, RECURRENT, rec_connect

ADAPTIVE = {"tau_mem": 8.0, "tau_adapt": 20.0, "spike_threshold": 0.4}
PAIRS = [
    (lambda **sizes: LIFSqueeze(8.0, tau_syn=4.0, **sizes), lambda: LIF(8.0, tau_syn=4.0)),
    (lambda **sizes: IAFSqueeze(min_v_mem=-0.5, **sizes), lambda: IAF(min_v_mem=-0.5)),
    (lambda **sizes: ExpLeakSqueeze(8.0, **sizes), lambda: ExpLeak(8.0)),
    (lambda **sizes: ALIFSqueeze(**ADAPTIVE, **sizes), lambda: ALIF(**ADAPTIVE)),
]


@pytest.mark.parametrize("model", [*MODELS, *RECURRENT], ids=lambda model: model.__name__)
def test_every_model_has_a_squeeze_form_on_folded_axes(model):
    arguments = {name: value for name, value in ADAPTIVE.items() if name in constructor_arguments(model)}
    if model in RECURRENT:
        arguments["rec_connect"] = rec_connect(4)
    z = noise(3, 20, 4)
    assert squeezed(model).__name__ == f"{model.__name__}Squeeze"
    assert torch.equal(squeezed(model)(**arguments, batch_size=3)(z.flatten(0, 1)), model(**arguments)(z).flatten(0, 1))


@pytest.fixture(params=PAIRS, ids=["LIF", "IAF", "ExpLeak", "ALIF"])
def pair(request):
    return request.param


def noise(*shape: int) -> torch.Tensor:
    return 0.3 + 1.5 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "sizes",
    [{"batch_size": 3}, {"num_timesteps": 20}, {"batch_size": 3, "num_timesteps": 20}, {"batch_size": 3, "num_timesteps": -1}],
    ids=str,
)
@pytest.mark.parametrize("neurons", [(), (4,), (2, 5, 5)], ids=str)
def test_squeezed_layer_is_the_layer_on_folded_axes(pair, sizes, neurons):
    squeezed, plain = pair[0](**sizes), pair[1]()
    z = noise(3, 20, *neurons)
    spikes = squeezed(z.flatten(0, 1))
    assert spikes.any()
    assert torch.equal(spikes, plain(z).flatten(0, 1))
    assert torch.equal(squeezed.v_mem, plain.v_mem)


def test_samples_stay_apart(pair):
    z = noise(3, 20, 4)
    z[1] = 0
    spikes = pair[0](batch_size=3)(z.flatten(0, 1))
    assert not spikes[20:40].any()
    assert spikes[:20].any()
    assert spikes[40:].any()


def test_squeezed_chunks_equal_one_long_run(pair):
    z = noise(3, 20, 4)
    whole, chunked = pair[0](batch_size=3), pair[0](batch_size=3)
    parts = [chunked(chunk.flatten(0, 1)).unflatten(0, (3, -1)) for chunk in z.split(7, dim=1)]
    assert torch.equal(torch.cat(parts, dim=1).flatten(0, 1), whole(z.flatten(0, 1)))


def test_recordings_have_batch_and_time_apart():
    layer = LIFSqueeze(8.0, batch_size=3, record_states=True)
    layer(noise(60, 4))
    assert layer.recordings["v_mem"].shape == (3, 20, 4)


def test_squeezed_layer_lives_between_convolutions():
    model = nn.Sequential(nn.Conv2d(2, 3, 3), LIFSqueeze(8.0, batch_size=2), nn.AvgPool2d(2), IAFSqueeze(batch_size=2))
    output = model(noise(10, 2, 8, 8))
    assert output.shape == (10, 3, 3, 3)
    output.sum().backward()
    assert model[0].weight.grad.isfinite().all()


def test_a_size_is_needed(pair):
    for sizes in ({}, {"batch_size": -1}, {"batch_size": None, "num_timesteps": -1}):
        with pytest.raises(ParameterError, match="batch_size or num_timesteps"):
            pair[0](**sizes)


@pytest.mark.parametrize("sizes", [{"batch_size": 0}, {"num_timesteps": 0}, {"batch_size": 0, "num_timesteps": 5}], ids=str)
def test_sizes_are_at_least_one(pair, sizes):
    with pytest.raises(ParameterError, match="at least 1"):
        pair[0](**sizes)


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [
        ({"batch_size": 4}, (10, 3)),
        ({"num_timesteps": 4}, (10, 3)),
        ({"batch_size": 2, "num_timesteps": 4}, (16, 3)),
        ({"batch_size": 2, "num_timesteps": 4}, (4, 3)),
        ({"num_timesteps": 20}, (10, 3)),
    ],
    ids=str,
)
def test_rows_that_the_sizes_do_not_divide_are_refused(pair, sizes, shape):
    with pytest.raises(ShapeError) as caught:
        pair[0](**sizes)(torch.zeros(shape))
    given = {"batch_size": None, "num_timesteps": None, **sizes}
    for words in (str(shape), f"{shape[0]} rows", f"batch_size={given['batch_size']}", f"num_timesteps={given['num_timesteps']}"):
        assert words in str(caught.value)


@pytest.mark.parametrize("shape", [(), (0, 3)], ids=str)
def test_input_without_rows_is_refused(pair, shape):
    with pytest.raises(ShapeError) as caught:
        pair[0](batch_size=2)(torch.zeros(shape))
    assert "\n" not in str(caught.value)


def test_other_number_of_samples_than_the_state_has_is_refused(pair):
    layer = pair[0](num_timesteps=10)
    layer(noise(30, 4))
    with pytest.raises(ShapeError, match=r"\(3, 4\).*\(2, 4\).*reset_states"):
        layer(noise(20, 4))


def test_integer_rows_are_refused(pair):
    with pytest.raises(InputError, match="float"):
        pair[0](batch_size=2)(torch.ones(4, 3, dtype=torch.int64))
