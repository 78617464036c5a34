"""The diagnosis of a silent network names the first silent layer, how far it is from threshold, and whether that changes."""

import numpy as np
import pytest

from snncore.diagnosis.training import STEADY, TREND_EPOCHS, silence
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import EpochRecord, train
from snncore.run.record import LayerRecord


def layer(name: str, spikes: float, largest: float) -> LayerRecord:
    trace = np.full((1, 2, 1), spikes)
    return LayerRecord(name=name, spikes=trace, u=trace, v=trace, i_syn=None, threshold=np.array(1.0), largest_u_over_threshold=largest)


def history(*largest: float, hidden_spikes: float = 1.0, losses: list[float] | None = None) -> list[EpochRecord]:
    """Records of a hidden layer "1" and a silent output layer "3" whose largest u/θ was `largest`, epoch by epoch."""
    losses = losses or [100.0] * len(largest)
    pairs = enumerate(zip(largest, losses, strict=True))
    return [
        EpochRecord(
            epoch=n,
            spikes=0.0,
            loss=loss,
            layers=(layer("1", hidden_spikes, 0.25), layer("3", 0.0, value)),
            parameters={},
            gradient_norms={},
            reach=(0.25, value),
            rates=(hidden_spikes, 0.0),
            constants={},
        )
        for n, (value, loss) in pairs
    ]


def spiking(epoch: int, hidden_spikes: float = 1.0) -> EpochRecord:
    """A record whose output spikes."""
    return EpochRecord(
        epoch=epoch,
        spikes=2.0,
        loss=64.0,
        layers=(layer("1", hidden_spikes, 2.0 if hidden_spikes else 0.5), layer("3", 1.0, 1.5)),
        parameters={},
        gradient_norms={},
        reach=(2.0 if hidden_spikes else 0.5, 1.5),
        rates=(hidden_spikes, 1.0),
        constants={},
    )


def test_network_with_output_spikes_is_not_silent():
    assert silence([spiking(0, hidden_spikes=0.0)]) is None


def test_only_the_last_epoch_counts():
    assert silence([*history(0.5), spiking(1)]) is None
    assert silence([spiking(1), *history(0.5)]) is not None


def test_silent_output_behind_a_spiking_layer_is_the_culprit():
    found = silence(history(0.5))
    assert (found.layer, found.is_output, found.largest_u_over_threshold, found.loss) == ("3", True, 0.5, 100.0)


def test_first_silent_layer_is_the_culprit():
    found = silence(history(0.5, hidden_spikes=0.0))
    assert (found.layer, found.is_output, found.largest_u_over_threshold) == ("1", False, 0.25)


def test_first_epoch_has_no_trend():
    found = silence(history(0.5))
    assert found.trend is None
    assert not found.loss_is_flat


@pytest.mark.parametrize(
    ("largest", "trend"),
    [
        ([0.1, 0.2], "rising"),
        ([0.5, 0.2, 0.4], "falling"),
        ([0.5, 0.5], "steady"),
        ([0.5, 0.5 + STEADY / 2], "steady"),
        ([0.5, 0.5 + STEADY * 2], "rising"),
        ([0.5, 0.5 - STEADY * 2], "falling"),
        ([0.9, *[0.1] * (TREND_EPOCHS - 1), 0.3], "rising"),
        ([0.1, *[0.9] * (TREND_EPOCHS - 1), 0.3], "falling"),
    ],
)
def test_trend_is_the_change_over_the_last_epochs(largest, trend):
    assert silence(history(*largest)).trend == trend


def test_loss_is_flat_when_the_last_epochs_agree():
    assert silence(history(*[0.5] * 3)).loss_is_flat
    assert not silence(history(0.5, 0.5, losses=[100.0, 81.0])).loss_is_flat
    assert silence(history(*[0.5] * (TREND_EPOCHS + 1), losses=[81.0] + [100.0] * TREND_EPOCHS)).loss_is_flat


def test_start_of_the_ten_spike_task_is_a_silent_output_creeping_up(one_thread):
    records = list(train(ten_spikes().replace({"training.epochs": 8})))
    found = silence(records)
    assert (found.layer, found.is_output, found.trend, found.loss, found.loss_is_flat) == ("3", True, "rising", 100.0, True)
    assert 0 < found.largest_u_over_threshold < 1
