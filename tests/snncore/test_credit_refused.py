"""Credit that can't be given is refused in words, and nothing is left recorded."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from snncore.errors import ExperimentError, InputError
from snncore.experiment.recognition import yin_yang
from snncore.experiment.spec import ten_spikes
from snncore.explain import credit, credit_of
from snncore.layers import LIF
from tests.snncore.models import NEURONS

DATA = torch.full((2, 12, NEURONS), 2.0)


@pytest.mark.parametrize("wrong", [{"neuron": 4}, {"step": 100}, {"sample": 1}, {"neuron": -1}], ids=str)
def test_a_cell_that_is_not_there_is_refused(wrong: dict[str, int]) -> None:
    (name,) = wrong
    with pytest.raises(ExperimentError, match=f"There is no {name} {wrong[name]} in this layer; choose one from 0 to"):
        credit(ten_spikes()).layers[3].cell(**{"neuron": 0, "step": 0, "sample": 0, **wrong})


def test_a_network_that_cannot_be_trained_is_refused() -> None:
    silent = ten_spikes().replace({f"network.{place}.learns": () for place in range(4)})
    with pytest.raises(ExperimentError, match="Nothing in the network learns"):
        credit(silent)
    with pytest.raises(ExperimentError, match=r"The input is random_spikes, which has no label"):
        credit(yin_yang().replace({"input": {"kind": "random_spikes", "shape": list(yin_yang().input.shape), "probability": 0.5}}))


def test_a_model_or_a_loss_that_has_no_credit_is_refused() -> None:
    layer = LIF(5.0)
    with pytest.raises(InputError, match="has no spiking layer"):
        credit_of(nn.Linear(3, 3), DATA, torch.sum)
    with pytest.raises(InputError, match="must be one number with a gradient"):
        credit_of(layer, DATA, lambda output: output)
    with pytest.raises(InputError, match="must be one number with a gradient"):
        credit_of(layer, DATA, lambda output: torch.ones(()))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_is_refused_as_that(value: float) -> None:
    with pytest.raises(InputError, match=f"^The loss is {value}; it must be a finite number"):
        credit_of(LIF(5.0), DATA, lambda output: output.sum() * value)


def test_a_finite_loss_with_a_gradient_that_is_not_is_refused_as_that() -> None:
    with pytest.raises(InputError, match=r"^The gradient of the loss by the model's output is not finite, though the loss is"):
        credit_of(LIF(5.0), DATA, lambda output: (0 * output.sum()).sqrt())


@pytest.mark.parametrize("is_reentrant", [False, True])
def test_a_checkpointed_layer_is_refused(is_reentrant: bool) -> None:
    class Checkpointed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear, self.layer = nn.Linear(NEURONS, NEURONS), LIF(5.0)

        def forward(self, data: torch.Tensor) -> torch.Tensor:
            return checkpoint(self.layer, self.linear(data), use_reentrant=is_reentrant)  # type: ignore[no-any-return]  # torch's own

    model = Checkpointed()
    with pytest.raises(InputError, match="checkpoint"):
        credit_of(model, DATA, torch.sum)
    assert not model.layer.recordings


def test_layers_called_on_different_neurons_are_refused() -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = LIF(5.0)

        def forward(self, data: torch.Tensor) -> torch.Tensor:
            first = self.layer(data)[..., :2]
            self.layer.reset_states()
            return self.layer(first)  # type: ignore[no-any-return]

    with pytest.raises(InputError, match=r"layer is called with \(2, 12, \d\) and then with \(2, 12, 2\)"):
        credit_of(Shared(), DATA, torch.sum)


def test_an_error_leaves_nothing_recorded() -> None:
    model = nn.Sequential(nn.Linear(NEURONS, NEURONS), LIF(5.0))
    with pytest.raises(InputError, match="must be one number"):
        credit_of(model, DATA, lambda output: output)
    layer = model[1]
    assert layer.scanned is None
    assert not layer.recordings
    assert not layer.gradients
    assert not layer.v_mem.requires_grad
