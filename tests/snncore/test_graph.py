"""The graph that a kept state leads back into: gradients through it, and what is said where an earlier backward pass has used it up."""

import contextlib
from functools import partial

import pytest
import torch
from torch import nn

from snncore import kernels, reset_states, zero_grad
from snncore.errors import GraphError, SNNCoreError
from snncore.layers import LIF, ExpLeak, LIFRecurrent, LIFSqueeze, StatefulLayer
from tests.snncore.models import LAYERS, NEURONS, rec_connect


@pytest.fixture(params=["loops", "scan"], autouse=True)
def backend(request):
    kernels.prepare()
    with contextlib.nullcontext() if request.param == "loops" else kernels.disabled():
        yield


def noise(seed: int = 0, steps: int = 7) -> torch.Tensor:
    return 0.3 + 1.5 * torch.randn(2, steps, NEURONS, generator=torch.Generator().manual_seed(seed))


def loop(model: nn.Module, between: object = None, *, retain_graph: bool = False, dtype: torch.dtype = torch.float32) -> None:
    """The usual training loop, with what is done between two of its turns."""
    optimiser = torch.optim.SGD(model.parameters(), lr=1e-3)
    for turn in range(3):
        optimiser.zero_grad()
        model(noise(turn).to(dtype)).sum().backward(retain_graph=retain_graph)
        if not retain_graph:
            optimiser.step()
        if between:
            between(model)


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(NEURONS, NEURONS),
        LIF(8.0, tau_syn=3.0),
        nn.Linear(NEURONS, NEURONS),
        LIFRecurrent(8.0, rec_connect=rec_connect()),
        nn.Flatten(0, 1),
        nn.Linear(NEURONS, NEURONS),
        LIFSqueeze(8.0, batch_size=2),
    )


def learning(kind: str) -> StatefulLayer:
    """A layer of a model, with a threshold that learns too, so that something does."""
    layer = LAYERS[kind]()
    for name, parameter in layer.named_parameters():
        if name in ("spike_threshold", "b0"):
            parameter.requires_grad_()
    return layer


KINDS = [kind for kind in LAYERS if "with" not in kind or "synapse" in kind]
MODELS = {**{kind: partial(learning, kind) for kind in KINDS}, "network": network}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MODELS)
def test_training_loop_without_a_reset_ends_in_an_error_that_names_what_is_missing(kind):
    for caught_as in (GraphError, SNNCoreError, RuntimeError):
        with pytest.raises(caught_as, match=r"snncore\.reset_states\(model\).*snncore\.zero_grad\(model\)") as caught:
            loop(MODELS[kind]())
        assert "retain_graph" not in str(caught.value)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("between", [reset_states, zero_grad])
def test_training_loop_runs_with_what_the_error_names(between, dtype):
    loop(network().to(dtype), between, dtype=dtype)


def test_loop_in_another_dtype_ends_in_the_same_error():
    with pytest.raises(GraphError):
        loop(network().double(), dtype=torch.float64)


def test_recordings_and_firing_rate_that_were_trained_on_use_the_graph_up():
    for loss in (lambda layer: layer.recordings["v_mem"].sum(), lambda layer: layer.firing_rate):
        layer = LIF(8.0, record_states=True)
        layer(noise())
        loss(layer).backward()
        layer(noise())
        with pytest.raises(GraphError):
            loss(layer).backward()


@pytest.mark.parametrize("kind", MODELS)
def test_graph_that_is_retained_can_be_gone_through_again(kind):
    loop(MODELS[kind](), retain_graph=True)


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_through_the_kept_state_is_that_of_one_long_run(kind):
    whole, chunked = learning(kind), learning(kind)
    weights = torch.linspace(-1, 1, 15)[:, None]
    (weights * whole(noise(steps=15))).sum().backward()
    spikes = torch.cat([chunked(chunk) for chunk in noise(steps=15).split(6, dim=1)], dim=1)
    (weights * spikes).sum().backward()
    for (name, first), second in zip(whole.named_parameters(), chunked.parameters(), strict=True):
        assert (first.grad is None) == (second.grad is None), name
        if first.grad is not None:
            torch.testing.assert_close(second.grad, first.grad, rtol=1e-4, atol=1e-5)


def test_calls_after_a_backward_pass_need_no_reset_as_long_as_nothing_is_trained():
    layer, other = LIF(8.0), LIF(8.0)
    layer(noise()).sum().backward()
    other(noise())
    assert torch.equal(layer(noise(1)), other(noise(1)))


def test_earlier_call_that_no_gradient_went_through_is_still_there():
    layer = LIF(8.0)
    layer(noise())
    layer(noise(1)).sum().backward()
    assert layer.tau_mem.grad.isfinite()


def test_state_that_was_taken_out_by_hand_is_no_way_back():
    layer = ExpLeak(8.0)
    layer(noise()).sum().backward()
    layer.v_mem = layer.v_mem.detach()
    layer(noise(1)).sum().backward()
    assert layer.tau_mem.grad.isfinite()


def test_second_backward_pass_through_the_output_keeps_the_words_of_torch():
    loss = network()(noise()).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="second time") as caught:
        loss.backward()
    assert not isinstance(caught.value, GraphError)


@pytest.mark.parametrize("kind", ["LIF", "ExpLeak", "LIFRecurrent"])
def test_output_and_state_may_be_changed_in_place(kind):
    layer: StatefulLayer = LAYERS[kind]()
    once, twice = layer(noise()), LAYERS[kind]()(noise())
    twice.mul_(2)
    layer.v_mem[0] = 0
    assert torch.equal(twice, 2 * once)
    (layer(noise(1)).sum() + twice.sum()).backward()
    assert layer.tau_mem.grad.isfinite()
