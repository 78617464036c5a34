"""Layers as torch modules: copies, checkpoints, arguments, text, dtype, and the errors on input that doesn't fit."""

import copy
import io
import pickle

import pytest
import torch
from torch import nn

from snncore.activation import MaxSpike, MembraneReset, PeriodicExponential, SingleSpike
from snncore.errors import InputError, ParameterError, ShapeError
from snncore.layers import ALIF, IAF, LIF, ALIFSqueeze, ExpLeak, ExpLeakSqueeze, IAFSqueeze, LIFRecurrent, LIFSqueeze
from tests.snncore import models

ELABORATE = {"spike_fn": MaxSpike(2), "reset_fn": MembraneReset(0.1), "surrogate_grad_fn": PeriodicExponential(0.3), "min_v_mem": -0.5}
LAYERS = {
    **models.LAYERS,
    "LIF with everything": lambda: LIF(torch.tensor([3.0, 8.0, 20.0]), 4.0, 0.5, norm_input=False, record_states=True, **ELABORATE),
    "LIF with threshold per neuron": lambda: LIF(7.0, 4.0, spike_threshold=torch.tensor([0.3, 0.4, 0.5]), train_alphas=True),
    "IAF with everything": lambda: IAF(0.5, tau_syn=4.0, record_states=True, **ELABORATE),
    "LIFSqueeze": lambda: LIFSqueeze(8.0, batch_size=2),
    "IAFSqueeze": lambda: IAFSqueeze(tau_syn=4.0, num_timesteps=40),
    "ExpLeakSqueeze": lambda: ExpLeakSqueeze(8.0, batch_size=2),
    "ALIFSqueeze": lambda: ALIFSqueeze(8.0, tau_adapt=20.0, batch_size=2),
}


@pytest.fixture(params=LAYERS)
def make_layer(request):
    return LAYERS[request.param]


def data_for(layer: LIF) -> torch.Tensor:
    z = 0.3 + 1.5 * torch.randn(2, 40, 3, generator=torch.Generator().manual_seed(0))
    return z.flatten(0, 1) if hasattr(layer, "batch_size") else z


def pickled(layer: LIF) -> LIF:
    return pickle.loads(pickle.dumps(layer))


def saved(layer: LIF) -> LIF:
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.slow
@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled, saved])
def test_copy_after_a_forward_pass_goes_on_alike_and_apart(make_layer, duplicate):
    layer = make_layer()
    layer(data_for(layer))
    twin = duplicate(layer)
    assert not any(getattr(twin, name).requires_grad for name in twin.state_names)
    assert {p.data_ptr() for p in twin.parameters()}.isdisjoint(p.data_ptr() for p in layer.parameters())
    assert {name: p.requires_grad for name, p in twin.named_parameters()} == {name: p.requires_grad for name, p in layer.named_parameters()}
    kept = layer.v_mem.detach().clone()
    spikes = twin(data_for(layer))
    assert torch.equal(layer.v_mem, kept)
    assert torch.equal(layer(data_for(layer)), spikes)
    assert torch.equal(layer.v_mem, twin.v_mem)


def test_checkpoint_saved_after_a_forward_pass_loads_into_a_fresh_layer(make_layer):
    layer, fresh = make_layer(), make_layer()
    with torch.no_grad():
        for p in layer.parameters():
            p.mul_(1.1)
    layer(data_for(layer))
    fresh.load_state_dict(layer.state_dict())
    assert set(layer.state_dict()) == {name for name, _ in layer.named_parameters()}
    layer.reset_states()
    assert torch.equal(fresh(data_for(layer)), layer(data_for(layer)))


def test_arguments_rebuild_an_equal_layer(make_layer):
    layer = make_layer()
    layer(data_for(layer))
    rebuilt = type(layer)(**layer.arg_dict)
    layer.reset_states()
    assert rebuilt.is_state_initialised()
    assert repr(rebuilt) == repr(layer)
    assert torch.equal(rebuilt(data_for(layer)), layer(data_for(layer)))
    assert torch.equal(rebuilt.v_mem, layer.v_mem)
    assert rebuilt.recordings.keys() == layer.recordings.keys()


def test_arguments_are_those_of_the_parameters_as_trained():
    layer = LIF(10.0, spike_threshold=1.0)
    layer.tau_mem.data.fill_(25.0)
    layer.spike_threshold.data.fill_(0.5)
    assert layer.arg_dict["tau_mem"].item() == 25.0
    assert layer.arg_dict["spike_threshold"].item() == 0.5


def test_arguments_are_copies():
    layer = LIF(10.0, tau_syn=5.0)
    for value in layer.arg_dict.values():
        if isinstance(value, torch.Tensor):
            value.zero_()
    assert (layer.tau_mem.item(), layer.tau_syn.item(), layer.spike_threshold.item()) == (10.0, 5.0, 1.0)


@pytest.mark.parametrize("tau", [10.0, torch.full((9,), 10.0)], ids=["one tau", "tau per neuron"])
@pytest.mark.parametrize(("parameter", "value"), [("tau_mem", -3.0), ("tau_mem", 1e9), ("alpha_mem", 1.5), ("alpha_mem", -1.0)])
def test_layer_held_at_a_bound_is_rebuilt_from_its_arguments(parameter, value, tau):
    layer = LIF(tau, train_alphas=parameter == "alpha_mem")
    getattr(layer, parameter).data.fill_(value)
    rebuilt = LIF(**layer.arg_dict)
    torch.testing.assert_close(rebuilt.alpha_mem_calculated, layer.alpha_mem_calculated, rtol=0, atol=1e-4)


def test_text_shows_the_class_and_its_parameters():
    text = repr(LIF(12.5, tau_syn=5.0, spike_threshold=0.75, min_v_mem=-1.0, spike_fn=SingleSpike))
    assert text.startswith("LIF(")
    for words in ("tau_mem=12.5", "tau_syn=5", "spike_threshold=0.75", "min_v_mem=-1", "SingleSpike"):
        assert words in text
    assert "tensor(3,)" in repr(LIF(torch.tensor([1.0, 2.0, 3.0])))
    assert "tau_mem" not in repr(IAF())
    assert "batch_size=4" in repr(IAFSqueeze(batch_size=4))


def test_printing_keeps_the_parameters_in_training():
    layer = LIF(10.0, tau_syn=5.0, train_alphas=True)
    repr(layer)
    assert all(p.requires_grad for p in (layer.alpha_mem, layer.alpha_syn))


def test_layers_spike():
    assert LIF(10.0).does_spike
    assert IAF().does_spike


def test_integrator_has_no_leak():
    layer = IAF(spike_threshold=torch.tensor([1.0, 2.0]))
    assert layer.alpha_mem_calculated.tolist() == 1.0
    assert layer.tau_mem_calculated is None


@pytest.mark.parametrize("train_alphas", [False, True])
def test_tau_and_alpha_in_force_are_one_another(train_alphas):
    layer = LIF(10.0, tau_syn=5.0, train_alphas=train_alphas)
    torch.testing.assert_close(layer.alpha_mem_calculated, torch.tensor(-0.1).exp(), rtol=0, atol=0)
    torch.testing.assert_close(layer.alpha_syn_calculated, torch.tensor(-0.2).exp(), rtol=0, atol=0)
    torch.testing.assert_close(layer.tau_mem_calculated, torch.tensor(10.0), rtol=1e-5, atol=0)
    torch.testing.assert_close(layer.tau_syn_calculated, torch.tensor(5.0), rtol=1e-5, atol=0)


@pytest.mark.parametrize("layer_dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_output_and_state_have_the_dtype_of_the_input(dtype, layer_dtype):
    layer = LIF(10.0, tau_syn=5.0, min_v_mem=-1.0, record_states=True).to(layer_dtype)
    spikes = layer(torch.rand(2, 10, 3).to(dtype))
    assert {t.dtype for t in (spikes, layer.v_mem, layer.i_syn, *layer.recordings.values())} == {dtype}


@pytest.mark.parametrize("tau", [0.3, 0.7, 1.2, 10.0])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float64])
def test_decay_and_gain_are_rounded_once_in_the_dtype_of_the_layer(tau, dtype):
    layer = LIF(tau, spike_threshold=100.0, record_states=True)
    alpha = torch.exp(-1 / torch.tensor(tau))
    gain = 1 - alpha
    layer(torch.tensor([[[1.0], [0.0]]], dtype=dtype))
    first, second = layer.recordings["u"].flatten()
    assert first == gain.to(dtype)
    assert second == alpha.to(dtype) * first


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64])
def test_input_that_is_not_floating_point_is_refused(dtype):
    with pytest.raises(InputError, match=rf"LIF: .*{dtype}.*float\(\)"):
        LIF(10.0)(torch.ones(2, 10, 3).to(dtype))


def test_input_on_another_device_is_refused():
    with pytest.raises(InputError, match=r"meta.*cpu"):
        LIF(10.0)(torch.ones(2, 10, 3, device="meta"))


@pytest.mark.parametrize("shape", [(), (3,)])
def test_input_without_a_time_axis_is_refused(shape):
    with pytest.raises(ShapeError, match=r"LIF: .*two axes") as caught:
        LIF(10.0)(torch.ones(shape))
    assert str(shape) in str(caught.value)


def test_input_without_a_time_step_is_refused():
    with pytest.raises(ShapeError, match=r"IAF: .*\(2, 0, 3\).*no time step"):
        IAF()(torch.ones(2, 0, 3))


@pytest.mark.parametrize("name", ["tau_mem", "tau_syn", "spike_threshold", "min_v_mem"])
def test_parameter_that_does_not_broadcast_over_the_neurons_is_refused(name):
    layer = LIF(**{"tau_mem": 10.0, name: torch.tensor([1.0, 2.0])})
    with pytest.raises(ShapeError) as caught:
        layer(torch.ones(2, 10, 3))
    for words in ("LIF", name, "(2,)", "(3,)", "(2, 10, 3)"):
        assert words in str(caught.value)


def test_parameter_that_would_enlarge_the_output_is_refused():
    with pytest.raises(ShapeError, match="tau_mem"):
        LIF(torch.tensor([[1.0], [2.0]]))(torch.ones(2, 10, 3))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: LIFRecurrent(10.0, rec_connect=3), "LIFRecurrent: rec_connect is 3; it must be a module"),
        (lambda: LIF(10.0, nn.Linear(3, 3)), r"LIF: tau_syn is Linear\(.*\); it must be a number or a tensor"),
        (lambda: LIF("long"), "LIF: tau_mem is 'long'; it must be a number or a tensor"),
        (lambda: ALIF(10.0, 20.0, adapt_scale=float("nan")), "ALIF: adapt_scale is nan; it must be a finite number"),
        (lambda: ALIF(10.0, 1e9), "ALIF: tau_adapt is 1e[+]09.*no spike would raise the threshold"),
        (lambda: ExpLeak(0.0), "ExpLeak: tau_mem is 0; it must be at least 0.1"),
    ],
    ids=["connection", "module as tau", "text as tau", "adapt_scale", "long tau_adapt", "short tau"],
)
def test_argument_that_makes_no_layer_is_refused(make, words):
    with pytest.raises(ParameterError, match=words):
        make()


def test_recurrent_connection_of_another_size_is_refused():
    layer = LIFRecurrent(10.0, rec_connect=nn.Linear(3, 4))
    with pytest.raises(ShapeError, match=r"rec_connect makes \(2, 4\) of spikes .*\(2, 3\)"):
        layer(torch.ones(2, 10, 3))


def test_leaky_integrator_does_not_spike():
    assert not ExpLeak(10.0).does_spike


def test_copied_layer_takes_hooks(make_layer):
    seen = []
    twin = copy.deepcopy(make_layer())
    twin.register_forward_hook(lambda *_: seen.append(True))
    twin(data_for(twin))
    assert seen


@pytest.mark.parametrize("train_alphas", [False, True])
def test_layer_of_half_precision_computes(train_alphas):
    layer = LIF(20.0, tau_syn=3.0, train_alphas=train_alphas).half()
    assert layer(torch.ones(2, 30, 4).half()).any()
    assert layer.alpha_mem_calculated.item() == pytest.approx(0.951, abs=1e-3)


def test_layer_used_in_inference_mode_can_be_trained_after():
    layer = LIF(20.0)
    with torch.inference_mode():
        layer(torch.ones(2, 30, 4))
        layer.reset_states()
    z = torch.ones(2, 30, 4, requires_grad=True)
    layer(z).sum().backward()
    assert z.grad.any()
