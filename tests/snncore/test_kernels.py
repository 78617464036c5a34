"""The fused loops against the scan: equal spikes, states and recordings, the same gradients, and the scan wherever they don't apply."""

import gc
import math
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import forward_ad

from snncore import kernels
from snncore.activation import SURROGATES, MembraneSubtract
from snncore.dynamics import lif_step
from snncore.errors import NonFiniteError
from snncore.kernels import fused, layout, loading, memory, sharing
from snncore.layers import ALIF, IAF, LIF, ExpLeak
from tests.length import examples
from tests.snncore.models import LAYERS, MODELS, SURROGATES_WITH_FIELDS, arguments, named, own_surrogate

SURROGATE_GRADS = [*(kind() for kind in SURROGATES), *SURROGATES_WITH_FIELDS, own_surrogate]
ADAPTIVE = {"tau_mem": 6.0, "tau_adapt": 9.0, "spike_threshold": 0.3}
SMALL = [lambda: LIF(6.0, 4.0, 0.4, record_states=True), lambda: ALIF(**ADAPTIVE, tau_syn=4.0, record_states=True), lambda: ExpLeak(6.0)]


@st.composite
def makers(draw, neurons):
    """Makes the same layer again with each call."""
    model = draw(st.sampled_from(MODELS))
    settings, trains_threshold = draw(arguments(model, neurons)), draw(st.booleans())

    def make():
        layer = model(**settings)
        for name in ("spike_threshold", "b0"):
            if name in dict(layer.named_parameters()):
                getattr(layer, name).requires_grad_(trains_threshold)
        return layer

    return make


def run(make, z, seed=0, through=("output", "v_mem", "i_syn", "b", "recordings")):
    """Values and gradients of one call from a random state, for a loss through what `through` names."""
    numbers = torch.Generator().manual_seed(seed)
    layer, z = make(), z.detach().requires_grad_()
    state = {name: torch.randn(z[:, 0].shape, generator=numbers) for name in layer.state_names}
    if "b" in state:
        state["b"].abs_()  # of spikes; a threshold below zero means nothing
    for value in state.values():
        value.requires_grad_()
    for name, value in state.items():
        setattr(layer, name, value)
    values = {"output": layer(z), **{name: getattr(layer, name) for name in state}}
    loss = torch.zeros(())
    outputs = (*values.items(), ("firing_rate", layer.firing_rate), *(("recordings", value) for value in layer.recordings.values()))
    for name, value in outputs:
        weights = torch.randn(value.shape, generator=numbers)
        if name in through and value.requires_grad:
            loss = loss + (value * weights).sum()
    loss.backward()
    gradients = {name: p.grad for name, p in (("z", z), *state.items(), *layer.named_parameters()) if p.requires_grad}
    values |= {f"recorded {name}": value for name, value in layer.recordings.items()}
    return values, gradients


def by_scan(*args, **kwargs):
    with kernels.disabled():
        return run(*args, **kwargs)


def assert_same(actual, expected):
    values, gradients = actual
    expected_values, expected_gradients = expected
    assert values.keys() == expected_values.keys()
    for name, value in expected_values.items():
        assert torch.equal(values[name], value), name
        assert values[name].requires_grad == value.requires_grad, name
        assert values[name].is_contiguous()
    assert gradients.keys() == expected_gradients.keys()
    for name, gradient in expected_gradients.items():
        if gradient is None or not gradient.numel():
            assert gradients[name] is None or not gradients[name].any(), name
        else:
            # A parameter's gradient is a sum over neurons and steps, and rounded by the size of its terms, which may cancel.
            is_sum = name not in ("z", "v_mem", "i_syn", "b")
            terms = expected_gradients["z"].abs().sum().item() if is_sum else 0.0
            close = {"rtol": 1e-3 if is_sum else 1e-4, "atol": 1e-6 + 1e-5 * (gradient.abs().max().item() + terms)}
            torch.testing.assert_close(gradients[name], gradient, msg=lambda text, name=name: f"{name}: {text}", **close)


def noise(*shape, seed=0):
    return 0.3 + 1.5 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_loops_are_used_where_they_apply(monkeypatch):
    monkeypatch.setattr(fused.dynamics, "scan", None)
    LIF(10.0, tau_syn=5.0, min_v_mem=-1.0, record_states=True)(noise(2, 5, 3))
    IAF()(noise(2, 5, 2, 4, 4)).sum()
    ExpLeak(10.0)(noise(2, 5, 3))
    ALIF(10.0, tau_adapt=5.0, record_states=True)(noise(2, 5, 3))


@examples(500)
@given(st.data(), st.integers(1, 3), st.integers(1, 20), st.sampled_from([1, 3, 40]), st.integers(0, 2**31))
def test_loops_equal_the_scan(data, batch, steps, neurons, seed):
    make, z = data.draw(makers(neurons)), noise(batch, steps, neurons, seed=seed)
    assert_same(run(make, z, seed), by_scan(make, z, seed))


@pytest.mark.slow
@pytest.mark.parametrize("through", ["output", "v_mem", "i_syn", "b", "recordings", "firing_rate"])
@pytest.mark.parametrize("kind", [kind for kind in LAYERS if "Recurrent" not in kind])
def test_loss_through_one_output_has_the_gradient_of_the_scan(through, kind):
    def make():
        return LAYERS[kind](record_states=True)

    if through not in ("i_syn", "b") or through in make().state_names:
        z = noise(3, 30, 3)
        assert_same(run(make, z, through=(through,)), by_scan(make, z, through=(through,)))


@pytest.mark.parametrize("kind", [kind for kind in LAYERS if "Recurrent" not in kind])
def test_gradient_of_u_is_that_of_the_scan(kind):
    found = []
    for context in (nullcontext(), kernels.disabled()):
        layer = LAYERS[kind]()
        layer.record_gradients = True
        with context:
            layer(noise(3, 30, 3).requires_grad_()).square().sum().backward()
        found.append(layer.gradients["u"])
    assert found[0].any()
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "reduce",
    [
        lambda s: s.sum(),
        lambda s: s.sum(0).square().sum(),
        lambda s: s.sum(1).square().sum(),
        lambda s: s[:, -1].sum(),
        lambda s: s.sum(2).sum(),
    ],
    ids=["all", "samples", "steps", "last step", "neurons"],
)
@pytest.mark.parametrize("neurons", [3, 40])
def test_gradient_that_is_the_same_for_many_is_that_of_the_scan(reduce, neurons):
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        z = noise(3, 20, neurons).requires_grad_()
        with context:
            reduce(LIF(6.0, spike_threshold=0.4)(z)).backward()
        gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("surrogate", SURROGATE_GRADS, ids=named)
def test_surrogate_is_that_of_the_scan(surrogate):
    def make():
        return LIF(torch.linspace(2, 9, 600), 4.0, torch.linspace(0.2, 1.5, 600), surrogate_grad_fn=surrogate)

    z = 3 * noise(2, 20, 600)
    assert_same(run(make, z), by_scan(make, z))


@pytest.mark.parametrize("surrogate", SURROGATE_GRADS, ids=named)
def test_surrogate_of_an_adaptive_threshold_is_that_of_the_scan(surrogate):
    z = noise(2, 20, 40)

    def make():
        return ALIF(**ADAPTIVE, surrogate_grad_fn=surrogate)

    assert_same(run(make, z), by_scan(make, z))


@pytest.mark.parametrize("shape", [(0, 5, 3), (2, 5, 0), (1, 1), (4, 1), (3, 7), (1, 1, 1), (2, 6, 2, 5, 7), (2, 3, 1500)], ids=str)
@pytest.mark.parametrize("threads", [1, 2])
def test_every_shape_equals_the_scan(shape, threads, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)

    for make in SMALL:
        assert_same(run(make, noise(*shape)), by_scan(make, noise(*shape)))


def test_narrow_blocks_of_many_steps_equal_the_scan(monkeypatch):
    monkeypatch.setattr(layout, "LONGEST_PAST", 30 * 32)
    for make in SMALL:
        assert_same(run(make, noise(2, 30, 100)), by_scan(make, noise(2, 30, 100)))


@pytest.mark.parametrize("samples", [1, 2, 5, 100])
@pytest.mark.parametrize("neurons", [1, 15, 16, 17, 100, 5000])
@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_shares_cover_every_neuron_of_every_sample_once(samples, neurons, threads, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 10)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    covered = torch.zeros(samples, neurons, dtype=torch.int64)
    parts = sharing.shares(samples, 3, neurons)
    for part in parts:
        covered[part.first_sample : part.end_sample, part.first_neuron : part.end_neuron] += 1
    assert (covered == 1).all()
    assert len(parts) <= threads


def test_an_error_in_any_share_is_raised():
    def work(part):
        raise ZeroDivisionError(part)

    for parts in ([1], [1, 2]):
        with pytest.raises(ZeroDivisionError):
            sharing.run(work, parts)
    with pytest.raises(ZeroDivisionError):
        sharing.run(lambda part: 1 // part, [1, 0])


@pytest.mark.parametrize(
    "view",
    [
        lambda z: z.transpose(0, 1),
        lambda z: z[:, ::2],
        lambda z: z[..., ::3],
        lambda z: z[:1, :, :1].expand(3, -1, 40),
        lambda z: z.flip(2),
        lambda z: z.to_sparse().to_dense(),
    ],
)
def test_input_that_is_not_contiguous_equals_the_scan(view):
    z = view(noise(20, 30, 120))
    assert_same(run(lambda: LIF(6.0, 4.0, 0.4), z), by_scan(lambda: LIF(6.0, 4.0, 0.4), z))


def test_many_threads_at_once_each_get_the_result_of_the_scan(monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1000)

    def make():
        return LIF(6.0, 4.0, 0.4, record_states=True)

    data = [noise(3, 50, 70, seed=k) for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for result, z in zip(pool.map(lambda z: run(make, z), data), data, strict=True):
            assert_same(result, by_scan(make, z))


def test_output_changed_in_place_leaves_the_gradient():
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        with context:
            z = noise(2, 20, 3).requires_grad_()
            LIF(6.0, spike_threshold=0.4)(z).mul_(2).sum().backward()
            gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("place", [(0, 0, 0), (1, 19, 39), (2, 7, 12)])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("make", SMALL, ids=["LIF", "ALIF", "ExpLeak"])
def test_a_number_that_is_not_finite_is_noticed_wherever_it_stands(make, value, place, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    z = noise(3, 20, 40)
    z[place] = value
    with pytest.raises(NonFiniteError):
        make()(z)


@pytest.mark.parametrize("value", [1e30, -1e30])
def test_huge_numbers_do_as_in_the_scan(value):
    z = noise(1, 20, 40)
    z[0, 7, :5] = value
    assert_same(run(lambda: LIF(6.0, 4.0, 0.4), z), by_scan(lambda: LIF(6.0, 4.0, 0.4), z))


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


class HalvedReset:
    def __call__(self, s, state, threshold):
        return {**state, "v_mem": torch.where(s > 0, state["v_mem"] / 2, state["v_mem"])}


class SubtractTwice(MembraneSubtract):
    def __call__(self, s, state, threshold):
        return super().__call__(2 * s, state, threshold)


class SlowLIF(LIF):
    def step(self, z, state, parameters):
        return lif_step(z / 2, state, parameters)


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        (lambda: LIF(6.0, reset_fn=HalvedReset()), torch.float32),
        (lambda: LIF(6.0, reset_fn=SubtractTwice()), torch.float32),
        (lambda: SlowLIF(6.0), torch.float32),
        (lambda: ALIF(**ADAPTIVE, surrogate_grad_fn=own_surrogate), torch.float32),
        (lambda: LIF(6.0), torch.float64),
        (lambda: LIF(6.0), torch.float16),
    ],
    ids=["own reset", "reset of a subclass", "step of a subclass", "own surrogate of a changing threshold", "float64", "float16"],
)
def test_the_scan_runs_where_the_loops_do_not_apply(make, dtype, monkeypatch):
    z = noise(2, 20, 3).to(dtype)
    with kernels.disabled():
        expected = make()(z)
    monkeypatch.setattr(loading, "loops", lambda: pytest.fail("the loops do not apply"))
    assert torch.equal(make()(z), expected)


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning")
def test_a_traced_graph_holds_the_scan_and_gives_the_same_spikes():
    z, other = noise(2, 9, 40), noise(2, 9, 40, seed=1)

    class Fresh(torch.nn.Module):
        def forward(self, z):
            return LIF(6.0, spike_threshold=0.4)(z)

    traced = torch.jit.trace(Fresh(), z, check_trace=False)
    assert "aten::stack" in str(traced.inlined_graph)
    assert torch.equal(traced(other), Fresh()(other))


def test_tensors_without_values_have_their_shapes_computed():
    layer = ALIF(**ADAPTIVE).to("meta")
    out = layer(torch.empty(2, 9, 40, device="meta"))
    assert (out.shape, out.device.type, layer.b.shape) == ((2, 9, 40), "meta", (2, 40))


def test_default_dtype_is_of_no_effect():
    z = noise(2, 9, 40)
    expected = LIF(6.0)(z)
    layer = LIF(6.0)
    torch.set_default_dtype(torch.float64)
    try:
        spikes = layer(z)
    finally:
        torch.set_default_dtype(torch.float32)
    assert spikes.dtype == torch.float32
    assert torch.equal(spikes, expected)


def test_gradient_that_is_negated_in_passing_is_that_of_the_scan():
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        z = noise(2, 9, 40).requires_grad_()
        with context:
            spikes = IAF()(z)
            imaginary = torch.complex(torch.zeros_like(spikes), spikes)
            (imaginary.conj() * (1 + 2j)).real.sum().backward()
        gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


def test_tangents_are_carried_forward():
    layer = ExpLeak(6.0)
    layer.tau_mem.requires_grad_(False)
    z = noise(2, 9, 3)
    with forward_ad.dual_level():
        out = forward_ad.unpack_dual(layer(forward_ad.make_dual(z, torch.ones_like(z))))
    layer.reset_states()
    assert torch.allclose(out.tangent, layer(torch.ones_like(z)))


def test_input_that_no_gradient_needs_may_be_changed_before_the_backward_pass():
    weights = torch.rand(2, 9, 40, requires_grad=True)
    z = weights * 1.0
    spikes = IAF()(z)
    z.add_(1)
    spikes.sum().backward()
    assert weights.grad.any()


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


def test_trained_bound_gets_its_gradient():
    layer = LIF(6.0, min_v_mem=-0.1)
    layer.min_v_mem.requires_grad_()
    layer(noise(2, 20, 3)).sum().backward()
    assert layer.min_v_mem.grad.abs() > 0


def in_a_fresh_process(program, *arguments):
    subprocess.run([sys.executable, "-W", "error::RuntimeWarning", "-c", program, *arguments], check=True, timeout=300)


@pytest.mark.slow
def test_loops_that_were_compiled_before_serve_the_first_call_without_numba():
    in_a_fresh_process(
        "import sys, torch; from snncore import dynamics, kernels; from snncore.layers import LIF\n"
        "z = 3 * torch.rand(2, 9, 3)\n"
        "with kernels.disabled(): expected = LIF(10.0)(z)\n"
        "dynamics.scan = None; assert torch.equal(LIF(10.0)(z), expected); assert 'numba' not in sys.modules"
    )


@pytest.mark.slow
def test_a_process_forked_while_the_loops_are_loaded_loads_its_own():
    in_a_fresh_process(
        "import os, signal, torch; from snncore.layers import IAF\n"
        "layer = IAF(); child = os.fork()\n"
        "if child == 0: signal.alarm(60); layer(torch.ones(1, 2, 3)); os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0"
    )


@pytest.mark.slow
def test_a_thread_that_outlives_the_program_still_computes():
    in_a_fresh_process(
        "import threading, time, torch; from snncore import kernels; from snncore.layers import IAF\n"
        "kernels.prepare(); torch.set_num_threads(2)\n"
        "def job():\n"
        "    time.sleep(1)\n"
        "    try: assert IAF()(torch.ones(8, 16, 8192)).sum() == 8 * 16 * 8192\n"
        "    except BaseException as error: print(error); import os; os._exit(1)\n"
        "threading.Thread(target=job).start()"
    )


COLD_START = """
import pathlib, sys, torch
from snncore import kernels
from snncore.kernels import loading
from snncore.layers import LIF
loading._places = lambda: [pathlib.Path(sys.argv[1])]
z = 3 * torch.rand(2, 9, 3)
layer = LIF(10.0)
first = layer(z)
assert loading._loops is None  # it waited for no compiler
kernels.prepare()
layer.reset_states()
assert torch.equal(layer(z), first)
assert loading._read(loading._key()) == loading._read(loading._key()) != None
"""


@pytest.mark.slow
def test_first_call_without_a_cache_takes_the_scan_and_the_next_process_finds_one(tmp_path):
    in_a_fresh_process(COLD_START, str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-9], lambda text: text.replace("A", "B"), lambda text: ""], ids=["cut", "changed", "empty"]
)
def test_a_damaged_cache_is_no_cache(tmp_path, damage, monkeypatch):
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path])
    code = {"forward": ("symbol", b"machine code"), "backward": ("another", bytes(range(256)))}
    loading._write("key", code)
    assert loading._read("key") == code
    file = tmp_path / "loops-key.txt"
    file.write_text(damage(file.read_text()))
    assert loading._read("key") is None


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path / "file" / "below"])
    loading._write("key", {"forward": ("symbol", b"code"), "backward": ("symbol", b"code")})
    assert loading._read("key") is None


def test_without_a_compiler_the_scan_computes_and_a_warning_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path])
    monkeypatch.setattr(loading, "_loops", None)
    monkeypatch.setitem(sys.modules, "snncore.kernels.compiling", None)
    with pytest.warns(RuntimeWarning, match="without its compiled time loops"):
        loading._load()
    assert loading.loops() is None
    assert LIF(1.0)(noise(2, 5, 3)).shape == (2, 5, 3)


@pytest.mark.slow
def test_forked_process_computes_with_threads_of_its_own():
    in_a_fresh_process(FORK)


FORK = """
import multiprocessing, torch
from snncore import kernels
from snncore.kernels import sharing
from snncore.layers import LIF
sharing.LEAST_SHARE = 100
torch.set_num_threads(2)
kernels.prepare()
z, layer = 3 * torch.rand(8, 50, 300), LIF(10.0)
expected = layer(z).detach().numpy()
def child():
    layer.reset_states()
    assert (layer(z).detach().numpy() == expected).all()  # torch's own threads do not survive a fork
process = multiprocessing.get_context("fork").Process(target=child)
process.start()
process.join(60)
process.kill()
assert process.exitcode == 0
"""
