"""An artificial network's spiking copy computes the same, whichever way its ReLUs were written."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import sinabs.from_torch
import torch
from torch import Tensor, nn
from torch.nn import functional

from snncore.activation import MembraneReset
from snncore.convert import from_model, replace_module, replace_module_
from snncore.layers import IAF, LIF, IAFSqueeze, LIFSqueeze, NeuromorphicReLU, SumPool2d
from snncore.layers.model import spiking_layers
from tests.snncore.artificial_models import Calling, Twice

STEPS = 400


class Functions(nn.Module):
    """Writes ReLUs as functions and methods."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third, self.last = (nn.Linear(6, 6) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.first(x))
        x = torch.relu(self.second(x))
        return self.last(self.third(x).clamp(min=0) + x.relu())


class Shared(nn.Sequential):
    """Has one ReLU in two places."""

    def __init__(self) -> None:
        act = nn.ReLU()
        super().__init__(nn.Linear(6, 6), act, nn.Linear(6, 6), act, nn.Linear(6, 6))


class InPlace(nn.Module):
    """Changes a tensor that it reads again."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(6, 6), nn.Linear(6, 6)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        self.act(x)
        return self.last(x)


class Image(nn.Module):
    """A convolution whose output is flattened by its own size."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(1, 4, 2), nn.BatchNorm2d(4)
        self.last = nn.Linear(4, 6)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu_(self.norm(self.conv(x.view(x.size(0), 1, 2, 3))))
        x = functional.dropout(functional.avg_pool2d(x, (1, 2)), training=self.training)
        return self.last(x.flatten(1).reshape(x.shape[0], -1))


def made(kind: type[nn.Module]) -> nn.Module:
    torch.manual_seed(1)
    model = kind()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var = 0.5 + torch.rand(4)
    return model.eval()


def rates(spiking: nn.Module, x: Tensor, steps: int = STEPS) -> Tensor:
    """The mean output over a constant input."""
    with torch.no_grad():
        output: Tensor = spiking(x.repeat_interleave(steps, 0))
    return output.unflatten(0, (len(x), steps)).mean(1)


@pytest.mark.parametrize("kind", [Functions, Twice, Shared, InPlace, Image])
def test_a_long_run_comes_to_the_output_of_the_model(kind: type[nn.Module]) -> None:
    model, x = made(kind), torch.rand(3, 6)
    network = from_model(model, batch_size=3)
    expected = model(x).detach()
    torch.testing.assert_close(rates(network, x), expected, rtol=0, atol=8 / STEPS)
    assert torch.equal(model(x), expected), "the model stays as it was"


@pytest.mark.parametrize(("kind", "layers"), [(Functions, 4), (Twice, 4), (Shared, 2), (InPlace, 1), (Image, 1)])
def test_each_use_of_a_relu_has_neurons_of_its_own(kind: type[nn.Module], layers: int) -> None:
    network = from_model(made(kind), batch_size=3)
    found = spiking_layers(network.spiking_model)
    assert len(found) == layers
    rates(network, torch.rand(3, 6), steps=5)
    assert all(layer.is_state_initialised() for layer in found.values())


def test_a_sequential_stays_one_also_if_a_relu_stands_in_two_places() -> None:
    spiking = from_model(made(Shared), batch_size=1).spiking_model
    assert isinstance(spiking, Shared)
    assert isinstance(spiking[1], IAFSqueeze)
    assert isinstance(spiking[3], IAFSqueeze)
    assert spiking[1] is not spiking[3]


def test_arguments_order_and_defaults_are_those_of_sinabs() -> None:
    ours, theirs = (inspect.signature(function).parameters for function in (from_model, sinabs.from_torch.from_model))
    assert [*ours][: len(theirs)] == [*theirs]
    for name, parameter in theirs.items():
        mine = ours[name].default
        if isinstance(parameter.default, (type(None), bool, float, int)):
            assert mine == parameter.default, name
        elif isinstance(parameter.default, Tensor):
            assert mine == parameter.default.item()
        else:
            assert getattr(mine, "__name__", type(mine).__name__) == getattr(
                parameter.default, "__name__", type(parameter.default).__name__
            )


def name_of(value: Any) -> str:
    return getattr(value, "__name__", type(value).__name__)


def test_arguments_reach_every_layer() -> None:
    network = from_model(
        made(Functions),
        spike_threshold=0.5,
        reset_fn=MembraneReset(),
        min_v_mem=None,
        bias_rescaling=4.0,
        spike_layer_class=LIF,
        kwargs_backend={"tau_mem": 20.0},
        initial_v_mem=0.5,
    )
    for layer in spiking_layers(network.spiking_model).values():
        assert isinstance(layer, LIF)
        assert (layer.spike_threshold, layer.tau_mem, layer.min_v_mem, layer.reset_fn) == (0.5, 20.0, None, MembraneReset())
        layer(torch.zeros(1, 1, 2))
        layer.reset_states()
        assert (layer.v_mem == 0.25).all()
    assert torch.equal(network.spiking_model.first.bias, network.analog_model.first.bias / 4)


def test_with_a_half_of_the_threshold_to_start_from_rates_round_to_the_nearest() -> None:
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU())
    nn.init.ones_(model[0].weight)
    x = torch.linspace(0, 1, 41).unsqueeze(1)
    down, nearest = (rates(from_model(model, batch_size=41, initial_v_mem=start), x, steps=8) for start in (0.0, 0.5))
    torch.testing.assert_close(down, (8 * x).floor() / 8, rtol=0, atol=0.0)
    assert (nearest - x).abs().max() <= 0.5 / 8 + 1e-6


@pytest.mark.parametrize("kind", [Functions, Shared])
def test_a_spiking_output_is_called(kind: type[nn.Module]) -> None:
    model, x = made(kind), torch.rand(3, 6)
    network = from_model(model, batch_size=3, add_spiking_output=True)
    assert isinstance(network.spiking_model.spike_output, IAFSqueeze)
    torch.testing.assert_close(rates(network, x), model(x).relu().detach(), rtol=0, atol=8 / STEPS)


def test_an_output_that_spikes_already_gets_no_other_layer() -> None:
    with pytest.warns(UserWarning, match="its output spikes already"):
        network = from_model(nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU())), batch_size=1, add_spiking_output=True)
    assert len(spiking_layers(network)) == 1


def test_a_neuromorphic_relu_becomes_a_spiking_layer_with_whole_sums() -> None:
    network = from_model(nn.Sequential(nn.Conv2d(1, 1, 1), NeuromorphicReLU(), SumPool2d(2)), batch_size=1)
    assert isinstance(network.spiking_model[1], IAFSqueeze)
    assert isinstance(from_model(nn.ReLU(), batch_size=1).spiking_model, IAFSqueeze)


def test_layers_with_a_time_axis_serve_as_well() -> None:
    model, x = made(Functions), torch.rand(3, 6)
    network = from_model(model, spike_layer_class=IAF)
    folded = from_model(model, batch_size=3)
    z = x.unsqueeze(1).expand(-1, 20, -1)
    assert torch.equal(network(z), folded(z.flatten(0, 1)).unflatten(0, (3, 20)))


@pytest.mark.parametrize(
    "function",
    [lambda x: x.to(torch.float64).to(dtype=torch.float32), lambda x: x.to("cpu"), lambda x: x[..., : x.shape[-1] // 2]],
)
def test_casts_between_fractions_and_whole_numbers_of_sizes_are_taken(function: Any) -> None:
    model, x = Calling(function), torch.rand(3, 4)
    torch.testing.assert_close(rates(from_model(model, batch_size=3), x), model(x).detach(), rtol=0, atol=2 / STEPS)


# --------------------------------------------------------------------------------------------------- replacing


def test_every_place_of_a_module_gets_one_of_its_own() -> None:
    model = nn.Sequential(made(Shared), nn.ReLU())
    replaced = replace_module(model, nn.ReLU, lambda relu: IAF())
    assert len({id(module) for module in replaced.modules() if isinstance(module, IAF)}) == 3
    assert not any(isinstance(module, IAF) for module in model.modules())


@pytest.mark.parametrize("name", ["arg_dict", "_param_dict"])
def test_a_mapper_written_for_sinabs_reads_the_arguments_of_a_layer_by_both_their_names(name: str) -> None:
    layer = LIF(tau_mem=12.0, spike_threshold=2.0)
    folded = replace_module(nn.Sequential(layer), LIF, lambda module: LIFSqueeze(**getattr(module, name), batch_size=3))[0]
    assert (folded.batch_size, folded.tau_mem, folded.spike_threshold) == (3, layer.tau_mem, 2.0)


def test_a_model_that_is_itself_replaced_cannot_be_in_place() -> None:
    relu = nn.ReLU()
    with pytest.warns(UserWarning, match="use replace_module"):
        assert replace_module_(relu, nn.ReLU, lambda relu: IAF()) is None
    assert isinstance(replace_module(relu, nn.ReLU, lambda relu: IAF()), IAF)


def test_an_error_that_is_not_of_the_data_stays_what_it_was() -> None:
    network = from_model(nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2)), batch_size=1)

    def fails(*_: object) -> None:
        raise RuntimeError("disk full")

    network.spiking_model.get_submodule("2").register_forward_hook(fails)
    with pytest.raises(RuntimeError, match=r"^disk full$"):
        network(torch.rand(5, 8))


def test_a_tensor_that_is_called_weight_is_not_taken_for_one_that_is_made_again() -> None:
    class WithItsOwn(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.ones(4)
            self.inner = nn.Sequential(nn.Linear(8, 4), nn.ReLU())

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hidden: torch.Tensor = self.inner(x)
            return hidden

    assert from_model(WithItsOwn(), batch_size=1)(torch.rand(5, 8)).shape == (5, 4)
