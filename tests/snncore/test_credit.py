"""Credit through time is what autograd finds in a scan written out by hand, and its parts add up to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import snncore
from snncore import kernels
from snncore.activation import MembraneReset, MembraneSubtract, SingleSpike
from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.recognition import digits, remember, yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks.spike_times import SpikeTimes
from snncore.explain import LayerCredit, credit, credit_of
from snncore.layers import ALIF, LIF, ExpLeak, FlattenTime, LIFRecurrent, LIFSqueeze, StatefulLayer, UnflattenTime, squeezed
from snncore.layers.model import spiking_layers
from snncore.run.bptt import train
from tests.length import examples, sampled
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import LAYERS, MODELS, NEURONS, RECURRENT, SURROGATES_WITH_FIELDS, rec_connect

BATCH, STEPS = 2, 12


def drawn(seed: int = 0, neurons: int = NEURONS, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return 2 * torch.rand(BATCH, STEPS, neurons, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def weighted(output: torch.Tensor) -> torch.Tensor:
    """A loss that treats every value of the output differently."""
    return (output * torch.linspace(-1, 2, output.numel(), dtype=output.dtype).reshape(output.shape)).sum() + output.pow(2).mean()


def written_out(model: nn.Sequential, data: torch.Tensor) -> tuple[torch.Tensor, dict[str, list[torch.Tensor]]]:
    """The model's output, and each layer's u by step, from steps in a loop of their own."""
    potentials: dict[str, list[torch.Tensor]] = {}
    for name, module in model.named_children():
        if not isinstance(module, StatefulLayer):
            data = module(data)
            continue
        state = {which: torch.zeros_like(data[:, 0]) for which in module.state_names}
        outputs = []
        potentials[name] = []
        for z in data.unbind(1):
            output, seen, state = module.step(z, state, module.step_parameters(data))
            outputs.append(output)
            potentials[name].append(seen["u"])
        data = torch.stack(outputs, 1)
    return data, potentials


def assert_credit_is_that_of(model: nn.Sequential, data: torch.Tensor) -> dict[str, LayerCredit]:
    found = credit_of(model, data, weighted)
    output, potentials = written_out(model, data.requires_grad_())
    loss = weighted(output)
    assert found.loss == pytest.approx(loss.item(), rel=1e-12)
    assert found.layers.keys() == potentials.keys()
    for name, by_step in potentials.items():
        expected = torch.stack(torch.autograd.grad(loss, by_step, retain_graph=True), 1).numpy()
        layer = found.layers[name]
        assert layer.u.dtype == expected.dtype
        np.testing.assert_allclose(layer.u, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())
        assert_parts_add_up(layer, 1e-12)
    return found.layers


def assert_parts_add_up(layer: LayerCredit, tolerance: float = 1e-6) -> None:
    largest = max(np.abs(part).max() for part in layer.parts.values())
    assert np.abs(sum(layer.parts.values()) - layer.u).max() <= tolerance * max(largest, np.abs(layer.u).max())


@pytest.mark.parametrize("kind", LAYERS)
def test_credit_of_every_model_is_autograd_through_the_scan(kind: str) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(LAYERS[kind](), nn.Linear(NEURONS, NEURONS), LAYERS[kind]()).double()
    layers = assert_credit_is_that_of(model, drawn())
    assert all(np.abs(layer.u).max() > 0 for layer in layers.values())


@pytest.mark.parametrize("surrogate", SURROGATES_WITH_FIELDS, ids=str)
def test_credit_with_every_surrogate_is_autograd_through_the_scan(surrogate: Any) -> None:
    torch.manual_seed(0)
    layers = [LIFRecurrent(6.0, 3.0, 0.4, surrogate_grad_fn=surrogate, rec_connect=rec_connect()) for _ in range(2)]
    assert_credit_is_that_of(nn.Sequential(layers[0], nn.Linear(NEURONS, NEURONS), layers[1]).double(), drawn())


@pytest.mark.parametrize("reset", [MembraneSubtract(), MembraneSubtract(0.3), MembraneReset(0.1)], ids=str)
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
def test_parts_of_a_cell_are_the_terms_of_the_chain_rule(reset: Any, detached: bool) -> None:
    """σ'·∂L/∂s, α·∂L/∂u[t+1] where no hard reset is, and -α·step·σ'·∂L/∂u[t+1] if the reset passes a gradient."""
    layer = LIF(6.0, spike_threshold=0.4, reset_fn=reset, detach_reset=detached).double()
    found = assert_credit_is_that_of(nn.Sequential(layer), drawn())["0"]
    z = drawn().requires_grad_()
    layer.reset_states()
    output = layer(z)
    (grad_s,) = torch.autograd.grad(weighted(output), output)
    alpha = layer.alpha_mem_calculated.item()
    u, s = torch.from_numpy(found.record.u), found.record.spikes
    slope = layer.surrogate_grad_fn(u, layer.spike_threshold).detach().numpy()
    following = np.concatenate([found.u[:, 1:], np.zeros_like(found.u[:, :1])], 1)
    is_hard = isinstance(reset, MembraneReset)
    taken = 0.0 if is_hard or detached else reset.subtract_value or layer.spike_threshold.item()
    stays = np.where(s > 0, 0, 1) if is_hard else np.ones_like(s)
    np.testing.assert_allclose(found.slope, slope, rtol=1e-12)
    np.testing.assert_allclose(found.from_outside, grad_s.numpy(), rtol=1e-12)
    np.testing.assert_allclose(found.parts["output"], grad_s.numpy() * slope, rtol=1e-12)
    np.testing.assert_allclose(found.parts["decay"], alpha * following * stays, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.parts["reset"], -alpha * taken * slope * following, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(found.factor, alpha * (stays - taken * slope), rtol=1e-10, atol=1e-13)
    assert found.parts.keys() == {"output", "decay", "reset"}


def test_recurrence_and_its_synapse_are_told_apart() -> None:
    """A spike fed back reaches u[t+1] of its receivers as βγW, and their u[t+1+k] as β^(k+1)γW."""
    layer = LIFRecurrent(6.0, 3.0, 0.4, reset_fn=MembraneReset(), rec_connect=rec_connect()).double()
    found = assert_credit_is_that_of(nn.Sequential(layer), drawn())["0"]
    beta, gain = layer.alpha_syn_calculated.item(), 1 - layer.alpha_mem_calculated.item()
    weight = layer.rec_connect.weight.detach().numpy()
    assert found.parts.keys() == {"output", "decay", "reset", "recurrence", "synapse"}
    for step in range(STEPS):
        at_once, later = np.zeros((BATCH, NEURONS)), np.zeros((BATCH, NEURONS))
        for receiving in range(step + 1, STEPS):
            reached = beta ** (receiving - step) * gain * found.u[:, receiving] @ weight
            at_once, later = (at_once + reached, later) if receiving == step + 1 else (at_once, later + reached)
        np.testing.assert_allclose(found.parts["recurrence"][:, step], found.slope[:, step] * at_once, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(found.parts["synapse"][:, step], found.slope[:, step] * later, rtol=1e-10, atol=1e-13)


def test_the_synapse_of_the_layer_above_is_told_apart() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(LIF(6.0, spike_threshold=0.4), nn.Linear(NEURONS, NEURONS), LIF(5.0, 3.0, 0.3)).double()
    below, above = assert_credit_is_that_of(model, drawn()).values()
    top = model[2]
    beta, gain = top.alpha_syn_calculated.item(), 1 - top.alpha_mem_calculated.item()
    weight = model[1].weight.detach().numpy()
    np.testing.assert_allclose(below.parts["output"], below.slope * (beta * gain * above.u @ weight), rtol=1e-10, atol=1e-13)
    later = sum(beta ** (ahead + 1) * gain * np.pad(above.u[:, ahead:], ((0, 0), (0, ahead), (0, 0))) for ahead in range(1, STEPS))
    np.testing.assert_allclose(below.parts["synapse"], below.slope * (later @ weight), rtol=1e-10, atol=1e-13)
    assert "synapse" not in above.parts


def test_adaptation_passes_on_what_later_thresholds_cost() -> None:
    """∂b[t] gathers ∂θ[t+1] of later steps, of which σ'·(1-ρ) reaches u; ∂θ is -∂s·σ' beside the path through the reset."""
    layer = ALIF(6.0, 9.0, spike_threshold=0.4, spike_fn=SingleSpike, detach_reset=True, reset_fn=MembraneReset()).double()
    found = assert_credit_is_that_of(nn.Sequential(layer), drawn())["0"]
    rho, scale = layer.alpha_adapt_calculated.item(), layer.adapt_scale.item()
    b = np.zeros((BATCH, NEURONS))
    for step in reversed(range(STEPS)):
        np.testing.assert_allclose(found.parts["adaptation"][:, step], found.slope[:, step] * (1 - rho) * b, rtol=1e-10, atol=1e-13)
        of_spike = found.from_outside[:, step] + (1 - rho) * b
        b = rho * b - scale * of_spike * found.slope[:, step]


def test_a_potential_that_the_loss_reads_has_a_part_for_it() -> None:
    layer = LIF(6.0, spike_threshold=0.4).double()
    found = credit_of(layer, drawn(), lambda output: output.sum() + 3 * layer.recordings["u"][:, 4].sum())
    read = found.layers[""].parts["read"]
    assert (read[:, 4] == 3).all()
    assert not np.delete(read, 4, axis=1).any()
    assert_parts_add_up(found.layers[""], 1e-12)


def test_squeezed_layers_have_the_credit_of_plain_ones() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(NEURONS, NEURONS).double()
    plain = nn.Sequential(LIF(6.0, 3.0, 0.4).double(), linear, ExpLeak(5.0, tau_syn=3.0).double())
    last = squeezed(ExpLeak)(5.0, tau_syn=3.0, batch_size=BATCH).double()
    squeezed_ones = nn.Sequential(FlattenTime(), LIFSqueeze(6.0, 3.0, 0.4, batch_size=BATCH).double(), linear, last, UnflattenTime(BATCH))
    expected, found = (credit_of(model, drawn(), weighted).layers.values() for model in (plain, squeezed_ones))
    for one, other in zip(expected, found, strict=True):
        assert one.parts.keys() == other.parts.keys()
        for name, part in one.parts.items():
            np.testing.assert_allclose(other.parts[name], part, rtol=1e-12, atol=1e-15)


class InChunks(nn.Module):
    """A model that runs through time in several calls."""

    def __init__(self, model: nn.Module, steps: int) -> None:
        super().__init__()
        self.model, self.steps = model, steps

    def forward(self, data: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.model(part) for part in data.split(self.steps, dim=1)], dim=1)


@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_model_that_runs_in_chunks_has_the_credit_of_one_that_runs_at_once(kind: str, steps: int) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(LAYERS[kind](), nn.Linear(NEURONS, NEURONS), LAYERS[kind]()).double()
    whole, chunked = credit_of(model, drawn(), weighted), credit_of(InChunks(model, steps), drawn(), weighted)
    assert chunked.loss == pytest.approx(whole.loss, rel=1e-12)
    for (name, expected), (of_chunks, found) in zip(whole.layers.items(), chunked.layers.items(), strict=True):
        assert of_chunks == f"model.{name}"
        assert found.parts.keys() == expected.parts.keys()
        for one, other in ((found.u, expected.u), (found.factor, expected.factor), (found.record.spikes, expected.record.spikes)):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
        for part, values in expected.parts.items():
            np.testing.assert_allclose(found.parts[part], values, rtol=1e-10, atol=1e-12, err_msg=part)
        assert_parts_add_up(found, 1e-12)


def test_a_layer_that_is_called_twice_has_the_steps_of_both_calls() -> None:
    layer = LIF(5.0, spike_threshold=0.4).double()
    found = credit_of(nn.Sequential(layer, layer), drawn(), weighted).layers["0"]
    assert found.u.shape == (BATCH, 2 * STEPS, NEURONS)
    assert np.abs(found.u[:, :STEPS]).max() > 0
    assert_parts_add_up(found, 1e-12)


# --------------------------------------------------------------------------------------------------- Experiments


def as_trained(experiment: Experiment, parameters: dict[str, Any] | None = None) -> dict[int, np.ndarray]:
    """∂L/∂u of each layer as a training finds it."""
    model = experiment.build().eval()
    for name, value in (parameters or {}).items():
        model.get_parameter(name).data.copy_(torch.tensor(value))
    layers = spiking_layers(model)
    for layer in layers.values():
        layer.record_gradients = True
    loss = experiment.task.loss(model(experiment.make_input()))
    loss.backward()
    return {int(name): layer.gradients["u"].numpy() for name, layer in layers.items()}


@given(
    layers=st.tuples(neuron_layers((*MODELS, *RECURRENT), 4), neuron_layers((*MODELS, *RECURRENT), 3)),
    seed=st.integers(0, 99),
)
@examples(25, deadline=None)
def test_credit_of_an_experiment_is_what_a_training_finds(layers: tuple[dict[str, Any], ...], seed: int) -> None:
    first, last = ({"kind": "Linear", "in_features": count, "out_features": to} for count, to in ((5, 4), (4, 3)))
    network = [first, layers[0], last, layers[1]]
    experiment = Experiment(
        network=network,
        input=RandomSpikes(shape=(2, 15, 5), probability=0.6),
        training={"task": {"kind": "spike_count", "target": 4}},
        seeds={"weights": seed},
    )
    try:
        experiment.check_trainable()
        with kernels.disabled():
            expected = as_trained(experiment)
        if not all(np.isfinite(values).all() for values in expected.values()):
            return
    except (snncore.SNNCoreError, RuntimeError):  # nothing learns, or nothing has a gradient
        return
    found = credit(experiment)
    for place, values in expected.items():
        layer = found.layers[place]
        np.testing.assert_allclose(layer.u, values, rtol=1e-4, atol=1e-5 * np.abs(values).max())
        assert_parts_add_up(layer)


@pytest.mark.parametrize("make", sampled([digits, yin_yang, lambda: remember(20)]), ids=lambda make: getattr(make, "__name__", "remember"))
def test_labelled_samples_have_credit_for_their_own_loss(make: Any) -> None:
    experiment = make()
    found = credit(experiment)
    model = experiment.build().eval()
    task, shown = experiment.training.task, experiment.input
    _, labels = task.data.make({}).of(shown.half)
    layers = spiking_layers(model)
    for layer in layers.values():
        layer.record_gradients = layer.record_states = True
    output = model(experiment.make_input())
    rates = [layer.firing_rate for layer in layers.values() if layer.does_spike]
    loss = task.loss_of(task.read(output), labels[shown.index : shown.index + shown.shape[0]], rates)
    loss.backward()
    assert found.loss == pytest.approx(loss.item(), rel=1e-6)
    for name, layer in layers.items():
        expected = layer.gradients["u"].numpy()
        np.testing.assert_allclose(found.layers[int(name)].u, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())
        assert_parts_add_up(found.layers[int(name)])


def test_credit_is_that_of_the_weights_it_is_asked_for() -> None:
    experiment = ten_spikes().replace({"training.task": SpikeTimes(times=[[20], [50], [80], [90]]).model_dump()})
    for record in train(experiment):
        if record.epoch == 3:
            break
    found = credit(experiment, record.parameters)
    for place, values in as_trained(experiment, record.parameters).items():
        np.testing.assert_allclose(found.layers[place].u, values, rtol=1e-3, atol=1e-5 * np.abs(values).max())
    assert found.loss == pytest.approx(record.loss, rel=1e-6)


def test_a_convolution_has_credit_for_every_pixel() -> None:
    convolution = {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3}
    neurons = {"kind": "LIF", "tau_mem": 10.0, "tau_syn": 5.0, "spike_threshold": 0.3}
    last = {"kind": "Linear", "in_features": 48, "out_features": 2}
    experiment = Experiment(
        network=[convolution, neurons, {"kind": "Flatten"}, last, neurons], input=RandomSpikes(shape=(2, 12, 2, 6, 6), probability=0.5)
    )
    found = credit(experiment)
    for place, values in as_trained(experiment).items():
        np.testing.assert_allclose(found.layers[place].u, values, rtol=1e-3, atol=1e-5 * np.abs(values).max())
        assert_parts_add_up(found.layers[place])
    assert found.layers[1].u.shape == (2, 12, 3, 4, 4)


def test_a_cell_is_one_entry_of_each_array() -> None:
    layer = credit(ten_spikes()).layers[3]
    cell = layer.cell(neuron=2, step=40)
    assert cell.u == pytest.approx(sum(cell.parts.values()), rel=1e-5)
    assert cell.parts["decay"] + cell.parts["reset"] == pytest.approx(cell.factor * cell.next, rel=1e-4)
    assert cell.parts["output"] == pytest.approx(cell.from_outside * cell.slope, rel=1e-6)
    assert layer.cell(neuron=2, step=99).next is None


def test_the_model_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(NEURONS, NEURONS), LIF(5.0))
    model(drawn(dtype=torch.float32)).sum().backward()
    before = {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None}
    credit_of(model, drawn(dtype=torch.float32), torch.sum)
    assert all(torch.equal(model.get_parameter(name).grad, grad) for name, grad in before.items())
    assert not model[1].record_states
    assert not model[1].record_gradients
    assert not model[1].recordings
    assert not model[1].v_mem.requires_grad


def test_zero_grad_lets_go_of_what_was_scanned() -> None:
    layer = LIF(5.0)
    layer.record_gradients = "all"
    layer(drawn(dtype=torch.float32)).sum().backward()
    assert layer.scanned is not None
    layer.zero_grad()
    assert layer.scanned is None
