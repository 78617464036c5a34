"""Where Sinabs 3.1.3 is wrong and snncore is right: each test shows Sinabs's behaviour beside the law that snncore holds."""

import copy
import gc
import math
import weakref
from collections.abc import Callable

import pytest
import sinabs
import sinabs.activation
import sinabs.layers
import torch
from torch import nn

import snncore
from snncore.activation import MembraneReset
from snncore.errors import ParameterError, ShapeError
from snncore.layers import ALIF, IAF, LIF, ALIFRecurrent, IAFRecurrent, LIFRecurrent, LIFSqueeze


def noise(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return 3 * torch.rand(shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


def test_hard_reset_changes_only_the_neurons_that_spiked():
    z = torch.tensor([[[0.125, 1.5]]])
    ours, theirs = IAF(reset_fn=MembraneReset(0.5)), sinabs.layers.IAF(reset_fn=sinabs.activation.MembraneReset(0.5))
    ours(z)
    theirs(z)
    assert ours.v_mem.tolist() == [[0.125, 0.5]]
    assert theirs.v_mem.tolist() == [[0.625, 0.5]]


def connected(neurons: int = 3) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(neurons, neurons)


def test_recordings_hold_the_end_of_their_own_step():
    z = torch.full((1, 3, 1), 0.6)
    none = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(none.weight)
    ours, theirs = (layers.IAFRecurrent(rec_connect=none, record_states=True) for layers in (snncore.layers, sinabs.layers))
    ours(z)
    theirs(z)
    assert ours.recordings["v_mem"].flatten().tolist() == pytest.approx([0.6, 0.2, 0.8])
    assert theirs.recordings["v_mem"].flatten().tolist() == pytest.approx([1.2, 0.8, 0.8])


def test_recordings_of_an_adaptive_layer_hold_the_end_of_their_own_step():
    z = torch.full((1, 3, 1), 0.6)
    ours, theirs = (
        layers.ALIF(5.0, 20.0, norm_input=False, record_states=True, spike_fn=package.SingleSpike)
        for layers, package in ((snncore.layers, snncore.activation), (sinabs.layers, sinabs.activation))
    )
    spikes = ours(z)
    theirs(z)
    u, v = ours.recordings["u"].flatten(), ours.recordings["v_mem"].flatten()
    assert spikes.any()
    assert torch.equal(v, u - (spikes * ours.recordings["spike_threshold"]).flatten())
    assert theirs.recordings["v_mem"].flatten()[0].item() == u[1].item() != u[0].item()


@pytest.mark.parametrize("name", ["LIFRecurrent", "IAFRecurrent", "ALIFRecurrent"])
def test_recurrent_layer_remembers_its_last_spikes_between_calls(name):
    z = noise(2, 20, 3)
    z = 3 * z
    arguments = {"LIFRecurrent": {"tau_mem": 5.0}, "IAFRecurrent": {}, "ALIFRecurrent": {"tau_mem": 5.0, "tau_adapt": 9.0}}[name]
    chunked_is_whole = {}
    for layers in (snncore.layers, sinabs.layers):
        whole, chunked = (getattr(layers, name)(**arguments, rec_connect=connected()) for _ in range(2))
        chunks = torch.cat([chunked(z[:, :7]), chunked(z[:, 7:])], dim=1)
        chunked_is_whole[layers] = torch.equal(chunks, whole(z))
    assert chunked_is_whole == {snncore.layers: True, sinabs.layers: False}


def test_recurrent_layers_can_be_copied():
    def fails(layer: nn.Module) -> bool:
        try:
            copied = copy.deepcopy(layer)
        except Exception:
            return True
        return not torch.equal(copied.rec_connect.weight, layer.rec_connect.weight)

    assert fails(sinabs.layers.LIFRecurrent(5.0, rec_connect=connected()))
    layers = (
        LIFRecurrent(5.0, rec_connect=connected()),
        IAFRecurrent(rec_connect=connected()),
        ALIFRecurrent(5.0, 9.0, rec_connect=connected()),
    )
    assert not any(fails(layer) for layer in layers)


def test_copied_adaptive_layer_keeps_its_arguments():
    ours, theirs = (copy.deepcopy(layers.ALIF(5.0, 9.0, norm_input=False)) for layers in (snncore.layers, sinabs.layers))
    assert not ours.norm_input
    assert theirs.norm_input


def test_printing_an_adaptive_layer_leaves_its_alphas_in_training():
    ours, theirs = (layers.ALIF(5.0, 9.0, tau_syn=3.0, train_alphas=True) for layers in (snncore.layers, sinabs.layers))
    for layer in (ours, theirs):
        assert "ALIF" in repr(layer)
    assert all(p.requires_grad for p in (ours.alpha_mem, ours.alpha_syn, ours.alpha_adapt))
    assert not theirs.alpha_mem.requires_grad


def test_adaptive_layer_keeps_its_synaptic_current_unscaled():
    z = torch.zeros(1, 10, 1)
    z[0, 0, 0] = 1.0
    arguments = {"tau_mem": 5.0, "tau_adapt": 9.0, "tau_syn": 4.0}
    ours, theirs = (layers.ALIF(**arguments) for layers in (snncore.layers, sinabs.layers))
    ours(z)
    theirs(z)
    assert ours.i_syn.item() == pytest.approx(math.exp(-10 / 4))
    assert theirs.i_syn.item() == 0.0  # never kept


def test_layers_share_no_threshold():
    assert LIF(10.0).spike_threshold.data_ptr() != LIF(10.0).spike_threshold.data_ptr()
    assert sinabs.layers.LIF(10.0).spike_threshold.data_ptr() == sinabs.layers.LIF(10.0).spike_threshold.data_ptr()
    first, second = IAF(), IAF()
    first.spike_threshold.data.fill_(5.0)
    assert second.spike_threshold.item() == IAF().spike_threshold.item() == 1.0


def test_layers_share_no_storage_with_a_tensor_given_to_them():
    tau, threshold = torch.tensor([10.0, 20.0]), torch.tensor([1.0, 2.0])
    layer = LIF(tau, spike_threshold=threshold)
    tau.zero_()
    threshold.zero_()
    assert layer.tau_mem.tolist() == [10.0, 20.0]
    assert layer.spike_threshold.tolist() == [1.0, 2.0]


def test_checkpoint_saved_after_a_forward_pass_loads_into_a_fresh_model():
    def model(layers) -> nn.Sequential:
        return nn.Sequential(nn.Linear(3, 4), layers.LIF(10.0, tau_syn=5.0))

    ours, theirs = model(snncore.layers), model(sinabs.layers)
    ours(noise(2, 10, 3))
    theirs(noise(2, 10, 3))
    model(snncore.layers).load_state_dict(ours.state_dict())
    with pytest.raises(RuntimeError, match="v_mem"):
        model(sinabs.layers).load_state_dict(theirs.state_dict())


def test_other_batch_size_is_an_error_instead_of_states_of_other_samples():
    ours, theirs = IAF(), sinabs.layers.IAF()
    z = torch.full((2, 1, 3), 0.5)
    ours(z)
    theirs(z)
    assert theirs(torch.zeros(4, 1, 3)).shape == (4, 1, 3)
    assert theirs.v_mem.tolist() == [[0.5] * 3] * 4
    with pytest.raises(ShapeError, match=r"\(2, 3\).*\(4, 3\).*reset_states"):
        ours(torch.zeros(4, 1, 3))


def test_double_precision_stays_double():
    z = noise(2, 10, 3, dtype=torch.float64)
    assert LIF(10.0).double()(z).dtype == torch.float64
    assert sinabs.layers.LIF(10.0).double()(z).dtype == torch.float32


def test_double_precision_is_computed_in_double():
    z = noise(1, 40, 1, dtype=torch.float64)
    layer = LIF(torch.tensor(10.0, dtype=torch.float64), spike_threshold=1e6)
    layer(z)
    a = math.exp(-1 / 10)
    assert layer.v_mem.item() == pytest.approx(sum((1 - a) * a ** (39 - t) * z[0, t, 0].item() for t in range(40)), rel=1e-13)


def test_wrong_batch_size_that_divides_the_rows_is_found_where_it_can_be():
    rows = noise(40, 3)
    wrong = sinabs.layers.LIFSqueeze(batch_size=4, num_timesteps=-1, tau_mem=10.0)
    assert wrong(rows).shape == rows.shape
    with pytest.raises(ShapeError, match=r"\(40, 3\).*40 rows.*batch_size=4.*num_timesteps=20"):
        LIFSqueeze(10.0, batch_size=4, num_timesteps=20)(rows)
    layer = LIFSqueeze(10.0, batch_size=2)
    layer(rows)
    layer.batch_size = 4
    with pytest.raises(ShapeError, match=r"\(2, 3\).*\(4, 3\)"):
        layer(rows)


@pytest.mark.parametrize("tau", [0.0, -5.0])
def test_tau_that_is_no_time_constant_is_an_error(tau):
    sinabs.layers.LIF(tau)
    with pytest.raises(ParameterError, match="tau_mem"):
        LIF(tau)


def test_tau_so_long_that_the_input_vanishes_is_an_error():
    assert not sinabs.layers.LIF(1e9)(torch.full((1, 100, 1), 1e6)).any()
    with pytest.raises(ParameterError, match="tau_mem"):
        LIF(1e9)


def test_training_cannot_push_tau_below_zero():
    z = noise(1, 20, 3)
    ours, theirs = LIF(0.3), sinabs.layers.LIF(0.3)
    for layer in (ours, theirs):
        layer.tau_mem.data.fill_(-0.5)
    assert ours(z).isfinite().all()
    assert ours.alpha_mem_calculated.item() < 1e-4
    assert theirs.alpha_mem_calculated.item() > 7


def test_lower_bound_rounds_no_value_above_it():
    ours, theirs = IAF(min_v_mem=-1.0), sinabs.layers.IAF(min_v_mem=-1.0)
    z = torch.tensor([[[0.1, -3.0]]])
    ours(z)
    theirs(z)
    assert ours.v_mem.tolist() == [[torch.tensor(0.1).item(), -1.0]]
    assert theirs.v_mem[0, 0].item() != torch.tensor(0.1).item()


def test_lower_bound_of_minus_infinity_is_no_bound():
    ours, theirs = IAF(min_v_mem=-math.inf), sinabs.layers.IAF(min_v_mem=-math.inf)
    z = torch.tensor([[[0.25, -3.0]]])
    ours(z)
    theirs(z)
    assert ours.v_mem.tolist() == [[0.25, -3.0]]
    assert theirs.v_mem.isnan().all()


@pytest.mark.parametrize("has_children", [False, True], ids=["bare layer", "layer with children"])
def test_model_wide_helpers_reach_every_layer(has_children):
    z = noise(2, 10, 3)
    ours, theirs = LIF(10.0), sinabs.layers.LIF(10.0)
    for layer, package in ((ours, snncore), (theirs, sinabs)):
        model = layer
        if has_children:
            layer.add_module("child", nn.Identity())
            model = nn.Sequential(layer)
        layer(z)
        package.zero_grad(model)
        assert layer.v_mem.requires_grad == (layer is theirs)
        package.reset_states(model)
        assert layer.v_mem.any() == (layer is theirs)


def graph_survives(layer: nn.Module, release: Callable[[], None]) -> bool:
    """Whether the input of a forward pass is still held by something after `release`."""
    z = noise(2, 10, 3).requires_grad_()
    held = weakref.ref(z)
    layer(z)
    del z
    assert held() is not None
    release()
    gc.collect()
    return held() is not None


@pytest.mark.slow
def test_reset_releases_the_graph():
    ours, theirs = LIF(10.0, record_states=True), sinabs.layers.LIF(10.0, record_states=True)
    assert graph_survives(theirs, theirs.reset_states)
    assert not graph_survives(ours, ours.reset_states)
    assert not graph_survives(ours, ours.zero_grad)


def test_threshold_is_trained_through_the_spikes():
    gradients = {}
    for package in (snncore, sinabs):
        layer = package.layers.IAF()
        layer.spike_threshold.requires_grad_()
        z = torch.tensor([[[1.5]]], requires_grad=True)
        layer(z).sum().backward()
        gradients[package] = (z.grad.item(), layer.spike_threshold.grad)
    slope = 2 * math.exp(-1)
    assert gradients[snncore][0] == pytest.approx(slope)
    assert gradients[snncore][1].item() == pytest.approx(-1.5 * slope)
    assert gradients[sinabs] == (pytest.approx(slope), None)


def test_adaptation_is_learned_through_the_spikes_and_not_only_through_the_reset():
    z = noise(2, 40, 3)
    gradients = {}
    for package, layers in ((snncore.activation, snncore.layers), (sinabs.activation, sinabs.layers)):
        layer = layers.ALIF(5.0, 20.0, reset_fn=package.MembraneReset())
        layer(z).sum().backward()
        gradients[layers] = layer.tau_adapt.grad
    assert gradients[snncore.layers].abs() > 1e-4
    assert gradients[sinabs.layers] is None


@pytest.mark.parametrize("name", ["tau_mem", "tau_syn", "tau_adapt"])
def test_time_constants_of_an_adaptive_layer_are_checked(name):
    arguments = {"tau_mem": 5.0, "tau_adapt": 9.0, name: 0.0}
    if name != "tau_syn":
        sinabs.layers.ALIF(**arguments)
    with pytest.raises(ParameterError, match=name):
        ALIF(**arguments)
