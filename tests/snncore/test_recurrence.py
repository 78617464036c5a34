"""Recurrent connections in the fused loops and in the scan: one order of the sum, equal spikes and states, and the same gradients."""

import math
from contextlib import nullcontext

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from snncore import kernels
from snncore.dynamics import in_order
from snncore.errors import NonFiniteError, ShapeError
from snncore.kernels import fused, loading, sharing
from snncore.layers import ALIFRecurrent, ExpLeak, IAFRecurrent, LIFRecurrent, LIFRecurrentSqueeze, recurrent_form
from tests.length import examples
from tests.snncore.kernel_runs import SURROGATE_GRADS, assert_same, by_scan, noise, run
from tests.snncore.models import LAYERS, RECURRENT, arguments, named

THROUGH = ("output", "v_mem", "i_syn", "b", "i_rec", "recordings")
RECURRENT_KINDS = [kind for kind in LAYERS if "Recurrent" in kind]


def connection(neurons, *, bias=True, seed=0, strength=1.0):
    """Weights that are rounded in every sum."""
    linear = nn.Linear(neurons, neurons, bias=bias)
    numbers = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in linear.parameters():
            parameter.copy_(strength * torch.randn(parameter.shape, generator=numbers) / neurons**0.5)
    return linear


@st.composite
def makers(draw, neurons):
    """Makes the same recurrent layer again with each call."""
    model = draw(st.sampled_from(RECURRENT))
    settings, learns = draw(arguments(model, neurons)), draw(st.booleans())
    bias, seed = draw(st.booleans()), draw(st.integers(0, 99))

    def make():
        layer = model(**settings, rec_connect=connection(neurons, bias=bias, seed=seed, strength=0.5))
        getattr(layer, layer.threshold_name).requires_grad_(learns)
        return layer

    return make


def lif(neurons=40, **more):
    return LIFRecurrent(6.0, 4.0, 0.4, rec_connect=connection(neurons), **more)


@examples(200)
@given(st.data(), st.integers(1, 6), st.integers(1, 12), st.sampled_from([1, 3, 37]), st.integers(0, 2**31))
def test_loops_equal_the_scan(data, batch, steps, neurons, seed):
    make, z = data.draw(makers(neurons)), noise(batch, steps, neurons, seed=seed)
    assert_same(run(make, z, seed, through=THROUGH), by_scan(make, z, seed, through=THROUGH))


@pytest.mark.parametrize("through", ["output", "v_mem", "i_syn", "b", "i_rec", "recordings", "firing_rate"])
@pytest.mark.parametrize("model", RECURRENT, ids=named)
def test_loss_through_one_output_has_the_gradient_of_the_scan(model, through):
    def make():
        return LAYERS[f"{model.__name__} with synapse"](record_states=True)

    if through != "b" or through in make().state_names:
        z = noise(5, 20, 3)
        assert_same(run(make, z, through=(through,)), by_scan(make, z, through=(through,)))


@pytest.mark.parametrize("kind", RECURRENT_KINDS)
def test_loops_are_used_where_they_apply(kind, monkeypatch):
    monkeypatch.setattr(fused.dynamics, "scan", None)
    LAYERS[kind](record_states=True)(noise(2, 5, 3)).sum().backward()


@pytest.mark.parametrize("surrogate", SURROGATE_GRADS, ids=named)
def test_surrogate_is_that_of_the_scan(surrogate):
    def make():
        return LIFRecurrent(6.0, spike_threshold=0.6, rec_connect=connection(40, strength=0.5), surrogate_grad_fn=surrogate)

    assert_same(run(make, noise(2, 12, 40), through=THROUGH), by_scan(make, noise(2, 12, 40), through=THROUGH))


@pytest.mark.parametrize("samples", [1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("neurons", [1, 15, 17, 33])
def test_samples_in_groups_and_threads_equal_the_scan(samples, neurons, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)

    def make():
        return ALIFRecurrent(6.0, 9.0, 4.0, spike_threshold=0.3, rec_connect=connection(neurons, strength=0.5), record_states=True)

    assert_same(run(make, noise(samples, 11, neurons)), by_scan(make, noise(samples, 11, neurons)))


def test_output_of_neurons_that_never_spike_is_fed_back_too():
    def make():
        return recurrent_form(ExpLeak)(6.0, rec_connect=connection(40, strength=0.5), record_states=True)

    assert_same(run(make, noise(5, 12, 40), through=THROUGH), by_scan(make, noise(5, 12, 40), through=THROUGH))


@pytest.mark.parametrize("backend", [nullcontext, kernels.disabled], ids=["loops", "scan"])
@pytest.mark.parametrize("cut", [1, 7, 19])
@pytest.mark.parametrize("kind", RECURRENT_KINDS)
def test_chunks_equal_one_long_run(kind, cut, backend):
    z, whole, chunked = noise(3, 20, 3), LAYERS[kind](), LAYERS[kind]()
    chunked.load_state_dict(whole.state_dict())
    with backend():
        expected = whole(z)
        found = torch.cat([chunked(z[:, :cut]), chunked(z[:, cut:])], dim=1)
        assert torch.equal(found, expected)
        assert torch.equal(chunked.i_rec, whole.i_rec)
        expected.square().sum().backward()
        found.square().sum().backward()
    assert_same_gradients(chunked, whole)


def assert_same_gradients(layer, other):
    of_other = dict(other.named_parameters())
    for name, parameter in layer.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(parameter.grad, of_other[name].grad, rtol=1e-4, atol=1e-4, msg=name)


def test_squeeze_form_equals_the_plain_one():
    z, layer = noise(3, 20, 40), lif()
    folded = LIFRecurrentSqueeze(6.0, 4.0, 0.4, rec_connect=connection(40), batch_size=3)
    found, expected = folded(z.flatten(0, 1)), layer(z)
    assert torch.equal(found, expected.flatten(0, 1))
    found.square().sum().backward()
    expected.square().sum().backward()
    assert_same_gradients(folded, layer)


def test_detached_reset_changes_gradients_and_no_spike():
    spikes, gradients = [], []
    for detached in (False, True):
        layer = lif(detach_reset=detached)
        spikes.append(layer(noise(2, 20, 40)))
        spikes[-1].square().sum().backward()
        gradients.append(layer.rec_connect.weight.grad)
    assert torch.equal(*spikes)
    assert not torch.allclose(*gradients)


# ------------------------------------------------------------------------------------------------- order of the sum


@examples(50)
@given(st.integers(1, 3), st.integers(1, 30), st.integers(1, 30), st.booleans(), st.sampled_from([torch.float32, torch.float64]))
def test_sum_is_taken_from_the_bias_on_in_the_order_of_neurons(batch, sources, targets, has_bias, dtype):
    numbers = torch.Generator().manual_seed(batch + 31 * sources)
    s = torch.randint(0, 3, (batch, sources), generator=numbers).to(dtype)
    weight = torch.randn(targets, sources, generator=numbers, dtype=dtype)
    bias = torch.randn(targets, generator=numbers, dtype=dtype) if has_bias else None
    expected = torch.zeros(batch, targets, dtype=dtype) if bias is None else bias.expand(batch, -1)
    for m in range(sources):
        expected = expected + s[:, m, None] * weight[:, m]
    assert torch.equal(in_order(s, weight, bias), expected)


def test_sum_in_order_has_the_gradients_of_a_linear_connection():
    gradients = []
    for product in (in_order, nn.functional.linear):
        s, linear = noise(4, 7).requires_grad_(), connection(7)
        (product(s, linear.weight, linear.bias) * noise(4, 7, seed=1)).sum().backward()
        gradients.append((s.grad, linear.weight.grad, linear.bias.grad))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)


class OwnProduct(nn.Linear):
    """A connection whose sum torch takes."""


def runs_by_loops_and_by_torch(make, z, linear):
    """Spikes (T, N) of one sample by the loops, and with torch's product; and u by the loops."""
    own = OwnProduct(*linear.weight.shape)
    own.load_state_dict(linear.state_dict())
    found = []
    for rec_connect in (linear, own):
        layer = make(rec_connect)
        found += [layer(z)[0], layer.recordings["u"][0]]
    ours, u, theirs, _ = found
    return ours, theirs, u


def assert_rounding_decides_the_first_difference(ours, theirs, u, threshold):
    """Return whether spikes differ; where they do first, u lies within rounding of a multiple of the threshold."""
    steps = (ours != theirs).any(1).nonzero()
    if not len(steps):
        return False
    first = steps[0].item()
    multiples = u[first][ours[first] != theirs[first]] / threshold
    assert (multiples - multiples.round()).abs().max() < 1e-5
    return True


@pytest.mark.parametrize("seed", range(20))
def test_spikes_differ_from_those_of_torch_only_where_rounding_decides(seed):
    linear = connection(64, seed=seed)
    found = runs_by_loops_and_by_torch(
        lambda rec_connect: LIFRecurrent(6.0, spike_threshold=0.4, rec_connect=rec_connect, record_states=True),
        noise(1, 60, 64, seed=seed),
        linear,
    )
    assert found[0].any()
    assert_rounding_decides_the_first_difference(*found, 0.4)


def test_where_every_sum_is_a_multiple_of_the_threshold_but_for_rounding_spikes_differ_and_only_there():
    differs = 0
    for seed in range(10):
        numbers = torch.Generator().manual_seed(seed)
        linear = nn.Linear(64, 64)
        with torch.no_grad():
            for parameter in linear.parameters():
                parameter.copy_(torch.randint(-3, 4, parameter.shape, generator=numbers) / 10)
        z = torch.randint(0, 4, (1, 60, 64), generator=numbers) / 10
        found = runs_by_loops_and_by_torch(
            lambda rec_connect: IAFRecurrent(spike_threshold=0.4, rec_connect=rec_connect, record_states=True), z, linear
        )
        differs += assert_rounding_decides_the_first_difference(*found, 0.4)
    assert differs, "else nothing was shown"


# ------------------------------------------------------------------------------------------- where the scan remains


class Twice(nn.Module):
    def forward(self, s):
        return 2 * s


def hooked():
    linear = connection(3)
    linear.register_forward_hook(lambda module, given, found: 2 * found)
    return linear


@pytest.mark.parametrize("make", [Twice, hooked, lambda: OwnProduct(3, 3)], ids=["no Linear", "a hook", "a subclass"])
def test_another_connection_is_called_as_it_is(make, monkeypatch):
    torch.manual_seed(0)
    rec_connect = make()
    with kernels.disabled():
        expected = IAFRecurrent(rec_connect=rec_connect)(noise(2, 9, 3))
    monkeypatch.setattr(loading, "loops", lambda: pytest.fail("the loops do not apply"))
    layer = IAFRecurrent(rec_connect=rec_connect)
    spikes = layer(noise(2, 9, 3))
    assert torch.equal(spikes, expected)
    assert torch.equal(layer.i_rec, rec_connect(spikes[:, -1]))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
def test_other_dtypes_are_computed_by_the_scan(dtype, monkeypatch):
    monkeypatch.setattr(loading, "loops", lambda: pytest.fail("the loops do not apply"))
    assert lif().to(dtype)(noise(2, 9, 40).to(dtype)).dtype is dtype


def test_neurons_in_a_plane_are_connected_along_their_last_axis():
    layer = IAFRecurrent(rec_connect=connection(5))
    spikes = layer(noise(2, 9, 4, 5))
    torch.testing.assert_close(layer.i_rec, layer.rec_connect(spikes[:, -1]))


@pytest.mark.parametrize("shape", [(3, 4), (4, 3)])
def test_a_connection_of_another_shape_is_refused_as_ever(shape):
    with pytest.raises((ShapeError, RuntimeError), match=r"rec_connect makes|cannot be multiplied"):
        IAFRecurrent(rec_connect=nn.Linear(*shape))(noise(2, 9, 3))


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_weight_that_is_no_finite_number_is_noticed_even_if_its_neuron_is_silent(value):
    layer = LIFRecurrent(6.0, spike_threshold=100.0, rec_connect=connection(3))
    layer.rec_connect.weight.data[1, 2] = value
    with pytest.raises(NonFiniteError):
        layer(noise(2, 9, 3))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_what_is_no_finite_number_is_told_by_the_layer_and_no_warning(number):
    for record in (False, True):
        z = noise(2, 9, 40)
        z[:, 3] = number
        z[:, 4] = -number
        with pytest.raises(NonFiniteError):
            ExpLeak(5.0, tau_syn=3.0, record_states=record)(z)
        rec_connect = nn.Linear(40, 40)
        with torch.no_grad():
            rec_connect.weight[0, 0] = number
            rec_connect.weight[1, 1] = -number
        with pytest.raises(NonFiniteError):
            LIFRecurrent(5.0, spike_threshold=0.1, rec_connect=rec_connect, record_states=record)(noise(2, 9, 40))
