"""A training that leaves the finite numbers ends in an error that names epoch, layer and quantity; earlier records remain."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from snncore.errors import DivergenceError
from snncore.experiment.spec import ten_spikes
from snncore.layers import IAF, LIF
from snncore.run.bptt import EpochRecord, epochs, train

DATA = torch.ones(1, 5, 3)


class LossAtEpoch:
    """Σ output, and in one epoch something else."""

    def __init__(self, epoch: int, loss: Callable[[Tensor], Tensor]) -> None:
        self.remaining = epoch
        self.other = loss

    def loss(self, output: Tensor) -> Tensor:
        self.remaining -= 1
        return self.other(output) if self.remaining < 0 else output.sum() + 1


def diverge(
    model: nn.Module, loss: Callable[[Tensor], Tensor], *, at_epoch: int, lr: float = 0.0
) -> tuple[DivergenceError, list[EpochRecord]]:
    """The error, and the records before it."""
    records: list[EpochRecord] = []

    def keep_records() -> None:
        for record in epochs(model, DATA, LossAtEpoch(at_epoch, loss), torch.optim.SGD(model.parameters(), lr=lr)):
            records.append(record)

    with pytest.raises(DivergenceError) as caught:
        keep_records()
    return caught.value, records


def what(error: DivergenceError) -> tuple[int, str, str]:
    return error.epoch, error.layer, error.quantity


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), LIF(5.0), nn.Linear(4, 2), LIF(5.0))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_loss_that_is_not_finite_is_named_with_the_last_layer(value):
    error, _ = diverge(network(), lambda output: output.sum() + value, at_epoch=2)
    assert what(error) == (2, "3", "loss from the spikes")


def test_gradient_that_is_not_finite_is_named():
    error, _ = diverge(network(), lambda output: (0 * output.sum()).sqrt(), at_epoch=1)
    assert what(error) == (1, "0", "gradient of the weight")


@pytest.mark.parametrize(("linear", "layer"), [(0, "1"), (2, "3")])
def test_potential_that_is_not_finite_is_named(linear, layer):
    model = network()
    model[linear].weight.data.fill_(math.inf)
    error, _ = diverge(model, lambda output: output.sum(), at_epoch=0)
    assert what(error) == (0, layer, "membrane potential")


@pytest.mark.parametrize(
    ("model", "quantity"), [(nn.Sequential(LIF(2.0)), "tau_mem"), (nn.Sequential(LIF(2.0, train_alphas=True)), "alpha_mem")]
)
def test_time_constant_that_is_not_finite_after_the_update_is_named(model, quantity):
    error, _ = diverge(model, lambda output: 1e20 * output.sum(), at_epoch=0, lr=1e30)
    assert what(error) == (0, "0", quantity)


def test_threshold_in_training_is_watched():
    model = nn.Sequential(IAF())
    model[0].spike_threshold.requires_grad_()
    error, _ = diverge(model, lambda output: 1e20 * output.sum(), at_epoch=0, lr=1e30)
    assert what(error) == (0, "0", "spike_threshold")


def test_earlier_records_remain():
    _, records = diverge(network(), lambda output: output.sum() * math.nan, at_epoch=3)
    assert [record.epoch for record in records] == [0, 1, 2]
    assert all(math.isfinite(record.loss) for record in records)


def test_epoch_whose_forward_pass_was_good_leaves_its_record_before_the_error():
    error, records = diverge(network(), lambda output: (0 * output.sum()).sqrt(), at_epoch=1)
    assert error.epoch == 1
    assert [record.epoch for record in records] == [0, 1]
    assert records[-1].loss == 0.0


def test_divergence_in_the_last_epoch_is_not_passed_over():
    with pytest.raises(DivergenceError):
        list(train(ten_spikes().replace({"training.lr": 1e38, "training.epochs": 1})))


@pytest.mark.parametrize("optimiser", ["RMSprop", "Adam", "SGD"])
def test_absurd_learning_rate_ends_in_a_divergence_error(optimiser):
    with pytest.raises(DivergenceError, match=r"epoch \d+.*module '.'.*Lower the learning rate"):
        list(train(ten_spikes().replace({"training.lr": 1e38, "training.optimiser": optimiser})))


def test_message_is_one_line_that_names_epoch_layer_quantity_and_remedy():
    assert str(DivergenceError(7, "2", "membrane potential")) == (
        "Training diverged at epoch 7: the membrane potential of module '2' is not finite. "
        "Lower the learning rate or the surrogate's grad_scale."
    )
    assert "the tau_mem of LIF 2 is not finite" in str(DivergenceError(7, "1", "tau_mem", label="LIF 2"))
