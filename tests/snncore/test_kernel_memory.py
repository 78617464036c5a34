"""The memory of the fused loops: used again, bounded, and never taken from whoever still needs it."""

import gc
import threading
from collections import deque
from concurrent.futures import wait
from contextlib import nullcontext

import pytest
import torch

from snncore import kernels
from snncore.kernels import loading, memory, sharing
from snncore.layers import IAF, LIF
from tests.snncore.kernel_runs import noise
from tests.snncore.models import LAYERS


def test_output_changed_in_place_leaves_the_gradient():
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        with context:
            z = noise(2, 20, 3).requires_grad_()
            LIF(6.0, spike_threshold=0.4)(z).mul_(2).sum().backward()
            gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


def test_memory_is_used_again_when_its_last_tensor_is_gone_and_not_before():
    size = (memory.SMALLEST // 4 + 16,)
    array = memory.empty(size)
    address, view = array.ctypes.data, torch.from_numpy(array)[3:]
    del array
    others = [memory.empty(size) for _ in range(3)]
    assert address not in {other.ctypes.data for other in others}
    del view
    assert memory.empty(size).ctypes.data == address


def test_memory_that_waits_for_use_is_bounded(monkeypatch):
    monkeypatch.setattr(memory, "LARGEST_RESERVE", 3 * memory.SMALLEST)
    arrays = [memory.empty((memory.SMALLEST // 4 + 16 * k,)) for k in range(9)]
    del arrays
    assert 0 < sum(map(len, memory._reserve)) <= 3 * memory.SMALLEST


@pytest.mark.parametrize("kind", ["LIF", "ALIF"])
def test_one_array_is_kept_for_the_backward_pass_and_none_without_gradient(kind):
    z = noise(4, 30, 3000).requires_grad_()
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        LAYERS[kind]()(z)
    large = {x.data_ptr() for x in kept if x.numel() >= z.numel()} - {z.data_ptr()}
    assert len(large) == 1
    kept.clear()
    with torch.autograd.graph.saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x), torch.no_grad():
        LAYERS[kind]()(z)
    assert not kept


def test_input_that_no_gradient_needs_may_be_changed_before_the_backward_pass():
    weights = torch.rand(2, 9, 40, requires_grad=True)
    z = weights * 1.0
    spikes = IAF()(z)
    z.add_(1)
    spikes.sum().backward()
    assert weights.grad.any()


@pytest.mark.slow
def test_an_interrupted_call_leaves_its_memory_to_the_threads_that_write_into_it(monkeypatch):
    """While a worker is at it, the arrays of the call are not given back."""
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    loops, main, release = loading.loops(), threading.current_thread(), threading.Event()

    def slow(*arguments):
        if threading.current_thread() is not main:
            release.wait(30)
        return loops.forward(*arguments)

    def interrupted(futures):
        monkeypatch.setattr(sharing, "wait", wait)
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_loops", loops._replace(forward=slow))
    monkeypatch.setattr(sharing, "wait", interrupted)
    monkeypatch.setattr(memory, "_reserve", deque())
    with pytest.raises(KeyboardInterrupt):
        IAF()(noise(2, 64, memory.SMALLEST // 256 + 16))
    gc.collect()
    try:
        assert not memory._reserve
    finally:
        release.set()
