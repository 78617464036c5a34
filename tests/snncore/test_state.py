"""State of the layers: kept between calls, so that chunks equal one long run; reset, randomised, detached, checked."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.swa_utils import AveragedModel

from snncore.activation import MembraneReset, MembraneSubtract, SingleSpike
from snncore.errors import NonFiniteError, ShapeError
from snncore.layers import IAF, LIF, StatefulLayer
from tests.length import examples
from tests.snncore.models import LAYERS, NEURONS


def numbers(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(batch: int = 2, steps: int = 40, neurons: int = NEURONS) -> torch.Tensor:
    return 0.3 + 1.5 * torch.randn(batch, steps, neurons, generator=numbers())


def state(layer: StatefulLayer) -> dict[str, torch.Tensor]:
    return {name: getattr(layer, name) for name in layer.state_names}


@pytest.mark.parametrize("kind", LAYERS)
@examples(8)
@given(cuts=st.sets(st.integers(1, 39)))
def test_chunked_run_equals_one_long_run(kind, cuts):
    whole, chunked = LAYERS[kind](), LAYERS[kind]()
    z = noise()
    edges = [0, *sorted(cuts), 40]
    spikes = torch.cat([chunked(z[:, start:end]) for start, end in itertools.pairwise(edges)], dim=1)
    assert spikes.any()
    assert torch.equal(spikes, whole(z))
    for name, value in state(whole).items():
        assert torch.equal(state(chunked)[name], value)


@pytest.mark.parametrize("kind", LAYERS)
def test_samples_and_neurons_do_not_touch_each_other(kind):
    z = noise()
    together = LAYERS[kind]()(z)
    assert torch.equal(LAYERS[kind]()(z.flip(0)), together.flip(0))
    assert torch.equal(LAYERS[kind]()(z[:1]), together[:1])


def test_neurons_may_be_arranged_in_any_shape():
    z = noise(neurons=24)
    flat = LIF(8.0)(z)
    assert torch.equal(LIF(8.0)(z.reshape(2, 40, 2, 3, 4)), flat.reshape(2, 40, 2, 3, 4))
    assert torch.equal(LIF(8.0)(z[..., 0]), flat[..., 0])


def test_state_is_empty_before_the_first_input_unless_a_shape_was_given():
    assert not LIF(10.0, tau_syn=5.0).is_state_initialised()
    layer = LIF(10.0, tau_syn=5.0, shape=(2, 3))
    assert layer.is_state_initialised()
    assert torch.equal(layer.v_mem, torch.zeros(2, 3))
    assert torch.equal(layer.i_syn, torch.zeros(2, 3))


@pytest.mark.parametrize("kind", LAYERS)
def test_run_after_a_reset_equals_the_first(kind):
    layer = LAYERS[kind]()
    first = layer(noise())
    assert not torch.equal(layer(noise()), first)
    layer.reset_states()
    assert all(not value.any() and not value.requires_grad for value in state(layer).values())
    assert torch.equal(layer(noise()), first)


@pytest.mark.parametrize("shape", [(5, 40, 3), (2, 40, 7), (2, 10, 4, 5, 6), (3, 8)], ids=str)
def test_any_shape_is_accepted_after_a_reset(shape):
    layer = LIF(10.0, tau_syn=5.0)
    layer(noise())
    layer.reset_states()
    z = torch.rand(shape, generator=numbers())
    assert torch.equal(layer(z), LIF(10.0, tau_syn=5.0)(z))


@pytest.mark.parametrize("shape", [(5, 40, 3), (1, 40, 3), (2, 40, 7), (2, 40, 3, 1), (2, 40)], ids=str)
def test_state_of_another_shape_is_refused_and_kept(shape):
    layer = LIF(10.0)
    layer(noise())
    kept = layer.v_mem.clone()
    with pytest.raises(ShapeError) as caught:
        layer(torch.zeros(shape))
    for words in ("(2, 3)", str((shape[0], *shape[2:])), str(shape), "reset_states()"):
        assert words in str(caught.value)
    assert torch.equal(layer.v_mem, kept)


def test_state_at_rest_has_a_shape_like_any_other():
    layer = LIF(10.0)
    layer(torch.zeros(2, 5, 3))
    with pytest.raises(ShapeError, match=r"\(2, 3\).*\(4, 3\).*reset_states"):
        layer(torch.zeros(4, 5, 3))


def test_initial_state_that_was_set_is_where_the_run_starts():
    layer = IAF()
    layer.v_mem = torch.tensor([[0.5, -0.25]])
    assert layer(torch.full((1, 1, 2), 0.5)).tolist() == [[[1.0, 0.0]]]
    assert layer.v_mem.tolist() == [[0.0, 0.25]]


def test_state_variables_that_were_not_set_start_at_rest():
    layer = LIF(10.0, tau_syn=5.0)
    layer.v_mem = torch.ones(1, 2)
    layer(torch.zeros(1, 1, 2))
    assert torch.equal(layer.v_mem, layer.alpha_mem_calculated * torch.ones(1, 2))
    assert not layer.i_syn.any()


def test_zero_grad_before_any_call_sets_no_state():
    layer = LIF(10.0, shape=(1, 2))
    layer.zero_grad()
    assert layer(torch.zeros(3, 4, 5)).shape == (3, 4, 5)


def test_initial_state_of_another_shape_is_refused():
    layer = IAF()
    layer.v_mem = torch.full((1, 2), 0.5)
    with pytest.raises(ShapeError, match=r"\(1, 2\)"):
        layer(torch.zeros(1, 4, 3))


def test_randomised_state_fills_its_ranges():
    layer = LIF(10.0, tau_syn=5.0, shape=(50, 40))
    layer.reset_states(randomize=True, value_ranges={"i_syn": (-2.0, -1.0)}, generator=numbers())
    for value, low, high in ((layer.v_mem, 0, 1), (layer.i_syn, -2, -1)):
        assert low <= value.min() < low + 0.01
        assert high - 0.01 < value.max() <= high
        assert value.mean().item() == pytest.approx((low + high) / 2, abs=0.03)


@pytest.mark.parametrize("called_before", [True, False])
def test_randomised_state_is_that_of_its_generator(called_before):
    def final_state() -> torch.Tensor:
        layer = LIF(10.0)
        if called_before:
            layer(noise())
        layer.reset_states(randomize=True, generator=numbers(7))
        layer(torch.zeros(2, 1, 3))
        return layer.v_mem

    untouched = torch.get_rng_state()
    expected = LIF(10.0).alpha_mem_calculated * torch.rand(2, 3, generator=numbers(7))
    assert torch.equal(final_state(), expected)
    assert torch.equal(torch.get_rng_state(), untouched)


def test_randomisation_ends_with_the_next_reset():
    layer = LIF(10.0)
    layer.reset_states(randomize=True)
    layer.reset_states()
    layer(torch.zeros(2, 1, 3))
    assert not layer.v_mem.any()


def test_zero_grad_takes_the_state_out_of_the_graph_and_keeps_its_values():
    layer = LIF(10.0, tau_syn=5.0, record_states=True)
    layer(noise()).sum().backward()
    before = {name: value.detach().clone() for name, value in state(layer).items()}
    assert layer.v_mem.requires_grad
    assert layer.tau_mem.grad is not None
    layer.zero_grad()
    assert layer.tau_mem.grad is None
    for name, value in state(layer).items():
        assert not value.requires_grad
        assert torch.equal(value, before[name])
    assert not layer.firing_rate.requires_grad


def test_second_backward_needs_no_more_than_zero_grad():
    layer = LIF(10.0, tau_syn=5.0)
    for _ in range(3):
        layer.zero_grad()
        layer(noise()).sum().backward()
        assert layer.tau_mem.grad.isfinite()


def test_unused_gradients_stay_when_asked_for_zeros():
    layer = LIF(10.0)
    layer(noise()).sum().backward()
    layer.zero_grad(set_to_none=False)
    assert layer.tau_mem.grad.item() == 0.0


def test_recurrent_current_is_part_of_the_state_and_zero_after_any_reset():
    layer = LAYERS["LIFRecurrent"]()
    spikes = layer(noise())
    assert torch.equal(layer.i_rec, layer.rec_connect(spikes[:, -1]))
    layer.reset_states(randomize=True)
    assert layer.v_mem.any()
    assert not layer.i_rec.any()
    layer.reset_states(randomize=True, value_ranges={"i_rec": (1.0, 2.0)})
    assert layer.i_rec.min() >= 1


def test_bias_of_the_recurrent_connection_acts_from_the_second_step():
    layer = LAYERS["IAFRecurrent"](spike_threshold=100.0)
    layer.rec_connect.weight.data.zero_()
    layer.rec_connect.bias.data.fill_(0.5)
    layer.record_states = True
    layer(torch.zeros(1, 4, NEURONS))
    assert layer.recordings["u"][0, :, 0].tolist() == [0.0, 0.5, 1.0, 1.5]


def test_threshold_of_an_adaptive_layer_is_the_one_the_next_step_compares_with():
    layer = LAYERS["ALIF"](record_states=True)
    assert layer.spike_threshold.item() == layer.b0.item()
    layer(noise())
    now = layer.spike_threshold
    assert now.shape == (2, NEURONS)
    assert (now > layer.b0).any()
    layer(noise()[:, :1])
    assert torch.equal(layer.recordings["spike_threshold"][:, 0], now)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("kind", [kind for kind in LAYERS if "with" not in kind])
def test_input_that_is_not_finite_is_refused_with_its_place_and_the_state_is_kept(kind, value):
    layer = LAYERS[kind]()
    layer(noise())
    before = {name: value.clone() for name, value in state(layer).items()}
    z = noise()
    z[1, 7, 2] = value
    with pytest.raises(NonFiniteError, match=rf"{type(layer).__name__}: .*\(2, 40, 3\) holds {value} at sample 1, step 7, neuron 2"):
        layer(z)
    assert all(torch.equal(value, before[name]) for name, value in state(layer).items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("reset_fn", [MembraneSubtract(), MembraneReset()], ids=str)
def test_potential_that_leaves_the_range_is_noticed_even_if_it_comes_back(reset_fn, dtype):
    layer = IAF(spike_fn=SingleSpike, reset_fn=reset_fn, min_v_mem=0.0)
    layer.v_mem = torch.full((1, NEURONS), torch.finfo(dtype).max, dtype=dtype)
    overflowing = torch.zeros(1, 9, NEURONS, dtype=dtype)
    overflowing[0, 0, 1] = torch.finfo(dtype).max
    with pytest.raises(NonFiniteError, match="left the range of float"):
        layer(overflowing)


@pytest.mark.parametrize("min_v_mem", [None, -1.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_spikes_without_number_are_noticed(dtype, min_v_mem):
    layer = IAF(spike_threshold=torch.tensor(0.1, dtype=dtype), min_v_mem=min_v_mem)
    with pytest.raises(NonFiniteError, match="number of spikes left the range of float"):
        layer(torch.full((1, 2, NEURONS), torch.finfo(dtype).max / 2, dtype=dtype))
    assert not layer.is_state_initialised()


def test_state_that_is_not_finite_is_refused_and_named():
    layer = LIF(10.0)
    layer.v_mem = torch.full((2, NEURONS), float("nan"))
    with pytest.raises(NonFiniteError, match=r"v_mem holds nan.*reset_states\(\)"):
        layer(noise())


@pytest.mark.parametrize("kind", [kind for kind in LAYERS if "with" not in kind])
def test_state_is_no_part_of_the_model_and_moves_with_it(kind):
    layer = LAYERS[kind]()
    layer(noise())
    before = {name: value.detach().clone() for name, value in state(layer).items()}
    assert not list(layer.buffers())
    assert not layer.state_dict().keys() & before.keys()
    layer.double()
    for name, value in state(layer).items():
        assert value.dtype == torch.float64
        assert torch.equal(value, before[name].double())
    assert layer(noise().double()).dtype == torch.float64
    layer.to("meta")
    assert all(value.is_meta and value.shape == before[name].shape for name, value in state(layer).items())


def test_average_of_a_model_in_training_takes_no_state_from_it():
    layer = LIF(10.0)
    average = AveragedModel(layer)
    layer(noise())
    average.update_parameters(layer)
    assert not average.module.is_state_initialised()
