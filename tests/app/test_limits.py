"""What is more than a session may have is refused by arithmetic alone: most of these sizes could never be allocated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.server import limits
from app.server.limits import (
    BYTES,
    FEWEST_EPOCHS,
    LARGEST_RECORD,
    LARGEST_WEIGHTS,
    MOST_EPOCHS,
    MOST_LAYERS,
    MOST_STEPS,
    NEURON_QUANTITIES,
    check,
    check_conversion,
)
from app.state.presets import presets
from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.recognition import labelled
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.run.bptt import train
from snncore.run.record import LayerRecord
from snncore.run.simulation import simulate
from tests.snncore.labelled import own

Layer = dict[str, Any]
Array = np.ndarray[Any, Any]

ENORMOUS = 10**9
WIDE = 100_000


def linear(inputs: int, outputs: int) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


def conv2d(inputs: int, outputs: int, kernel_size: int, **more: Any) -> Layer:
    return {"kind": "Conv2d", "in_channels": inputs, "out_channels": outputs, "kernel_size": kernel_size, **more}


def neurons(kind: str, count: int, **more: Any) -> Layer:
    usual = {"tau_mem": 8.0, "tau_adapt": 20.0, "rec_connect": {**linear(count, count), "weights": {"kind": "random", "gain": 0.1}}}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}, **more}


LIF = neurons("LIF", 1)


def experiment(*layers: Layer, shape: tuple[int, ...], **training: Any) -> Experiment:
    return Experiment(network=layers, input={"shape": shape, "probability": 0.5}, training=training)


# ---------------------------------------------------------------------------------------- refused, the limit named

TOO_MANY_WEIGHTS = {
    "Linear": experiment(linear(ENORMOUS, ENORMOUS), LIF, shape=(1, 1, ENORMOUS)),
    "Conv2d": experiment(conv2d(ENORMOUS, ENORMOUS, 3), LIF, shape=(1, 1, ENORMOUS, 4, 4)),
    "large kernels": experiment(conv2d(1, 1, ENORMOUS), LIF, shape=(1, 1, 1, ENORMOUS, ENORMOUS)),
    "recurrent": experiment(neurons("LIFRecurrent", ENORMOUS), shape=(1, 1, ENORMOUS)),
    "several layers together": experiment(linear(1, LARGEST_WEIGHTS), linear(LARGEST_WEIGHTS, 1), LIF, shape=(1, 1, 1)),
}


@pytest.mark.parametrize("made", TOO_MANY_WEIGHTS.values(), ids=TOO_MANY_WEIGHTS)
@pytest.mark.parametrize("trains", [False, True])
def test_too_many_weights_are_refused(trains: bool, made: Experiment) -> None:
    with pytest.raises(ExperimentError, match=r"The network has [\d,]+ weights; this server takes up to 4,000,000\. Use smaller layers\."):
        check(made, trains=trains)


@pytest.mark.parametrize("trains", [False, True])
def test_too_many_layers_are_refused(trains: bool) -> None:
    check(experiment(*[LIF] * MOST_LAYERS, shape=(1, 2, 1), epochs=1), trains=trains)
    with pytest.raises(ExperimentError, match=r"The network has 41 layers; this server takes up to 40\."):
        check(experiment(*[LIF] * (MOST_LAYERS + 1), shape=(1, 2, 1), epochs=1), trains=trains)


def test_too_many_steps_are_refused() -> None:
    check(experiment(LIF, shape=(1, MOST_STEPS, 1)))
    for steps, named in ((MOST_STEPS + 1, "20,001"), (ENORMOUS, "1,000,000,000")):
        with pytest.raises(ExperimentError, match=rf"The input has {named} time steps; this page takes up to 20,000\."):
            check(experiment(LIF, shape=(1, steps, 1)))


TOO_LARGE = {
    "samples": experiment(LIF, shape=(ENORMOUS, 2, 1)),
    "channels": experiment(LIF, shape=(1, 2, ENORMOUS)),
    "neurons of a padded picture": experiment(conv2d(1, 1, 1, padding=ENORMOUS), LIF, shape=(1, 2, 1, 1, 1)),
    "channels of a picture": experiment(conv2d(1, 4_000_000, 1), LIF, shape=(1, 2, 1, 1000, 1000)),
}


@pytest.mark.parametrize("made", TOO_LARGE.values(), ids=TOO_LARGE)
def test_simulations_and_trainings_beyond_memory_are_refused(made: Experiment) -> None:
    with pytest.raises(ExperimentError, match=r"^Simulating .* MB for one run; this server keeps up to 256 MB\."):
        check(made)
    with pytest.raises(ExperimentError, match=r"^Recording an epoch of .* MB; this server takes up to 32 MB\."):
        check(made, trains=True)


def test_a_training_may_be_too_long() -> None:
    check(ten_spikes().replace({"training.epochs": MOST_EPOCHS}), trains=True)
    with pytest.raises(ExperimentError, match=r"^The training has 1,000,000,000 epochs; this server takes up to 10,000\. Use fewer\."):
        check(ten_spikes().replace({"training.epochs": ENORMOUS}), trains=True)


def test_the_size_is_told_in_samples_steps_and_values() -> None:
    with pytest.raises(ExperimentError, match=rf"Simulating {ENORMOUS}×3×9 values takes"):
        check(experiment(linear(2, 3), {"kind": "LIF", "tau_mem": 8.0}, linear(3, 1), shape=(ENORMOUS, 3, 2)))


# ------------------------------------------------------------------------------------------------- exact at the border


def test_weights_are_counted_to_the_last_of_all_layers() -> None:
    layers = (linear(1000, 1000), neurons("IAFRecurrent", 1000), linear(1000, 1999), LIF, linear(1999, 1), LIF)
    check(experiment(*layers[:2], linear(1000, 1990), LIF, shape=(1, 1, 1000)))
    with pytest.raises(ExperimentError, match="4,000,999 weights"):
        check(experiment(*layers, shape=(1, 1, 1000)))
    check(experiment(conv2d(1000, 444, 3), LIF, shape=(1, 1, 1000, 3, 3)))
    with pytest.raises(ExperimentError, match="4,005,000 weights"):
        check(experiment(conv2d(1000, 445, 3), LIF, shape=(1, 1, 1000, 3, 3)))
    check(experiment(linear(2000, 2000), LIF, shape=(1, 1, 2000)))
    with pytest.raises(ExperimentError, match="4,000,001 weights"):
        check(experiment(linear(1, 1), linear(1, 2_000_000), LIF, linear(2_000_000, 1), shape=(1, 1, 1)))


def test_memory_is_refused_from_the_first_byte_too_many() -> None:
    values = 1 + 99 + 99 * 3  # the input, what the Linear puts out, and spikes, u and v
    most = LARGEST_RECORD // BYTES // values
    check(experiment(linear(1, 99), neurons("LIF", 99), shape=(most, 1, 1)))
    with pytest.raises(ExperimentError, match="256 MB"):
        check(experiment(linear(1, 99), neurons("LIF", 99), shape=(most + 1, 1, 1)))


def test_so_many_runs_take_so_many_times_the_memory() -> None:
    made = experiment(LIF, shape=(LARGEST_RECORD // BYTES // 4 // 3, 1, 1))
    check(made, runs=3)
    with pytest.raises(ExperimentError, match="MB for 4 runs"):
        check(made, runs=4)


def test_an_epoch_is_refused_from_the_first_byte_too_many() -> None:
    most = LARGEST_RECORD // FEWEST_EPOCHS // BYTES // 3  # spikes, u and v
    check(experiment(LIF, shape=(most, 1, 1)), trains=True)
    with pytest.raises(ExperimentError, match="32 MB"):
        check(experiment(LIF, shape=(most + 1, 1, 1)), trains=True)


def test_a_network_without_neurons_takes_no_record() -> None:
    check(experiment(linear(2, 2), shape=(1, 2, 2), epochs=1000), trains=True)


# --------------------------------------------------------------------------------------- what is counted is what is kept

KEPT = {
    "ten spikes": ten_spikes(),
    "convolution": convolution(),
    **{kind: experiment(linear(6, 5), neurons(kind, 5), linear(5, 3), neurons("LIF", 3), shape=(2, 40, 6)) for kind in NEURON_SPECS},
    "synaptic current": experiment(neurons("LIF", 6, tau_syn=3.0), shape=(2, 40, 6)),
}


def held(arrays: list[Array]) -> int:
    """Bytes of memory behind them, each piece once; those of one value aside."""
    pieces = {}
    for values in arrays:
        while isinstance(values.base, np.ndarray):
            values = values.base
        pieces[values.__array_interface__["data"]] = values.nbytes
    return sum(size for size in pieces.values() if size > BYTES)


def arrays_of(record: LayerRecord) -> list[Array]:
    return [values for values in (record.spikes, record.u, record.v, record.i_syn, record.threshold) if values is not None]


@pytest.mark.parametrize("made", KEPT.values(), ids=KEPT)
def test_a_simulation_keeps_what_was_counted_or_a_little_less(made: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    (simulation,) = simulate(made)
    kept = held([simulation.input, *simulation.outputs, *(a for record in simulation.records.values() for a in arrays_of(record))])
    monkeypatch.setattr(limits, "LARGEST_RECORD", kept - 1)
    with pytest.raises(ExperimentError, match="Simulating"):
        check(made)
    monkeypatch.setattr(limits, "LARGEST_RECORD", round(kept * 1.3))
    check(made)


@pytest.mark.parametrize("name", [name for name in KEPT if name != "convolution"])
def test_an_epoch_keeps_what_was_counted_or_a_little_less(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = KEPT[name].replace({"training.epochs": 1})
    (epoch,) = train(made)
    kept = held([values for record in epoch.layers for values in arrays_of(record)])
    monkeypatch.setattr(limits, "LARGEST_RECORD", FEWEST_EPOCHS * kept - 1)
    with pytest.raises(ExperimentError, match="Recording"):
        check(made, trains=True)
    monkeypatch.setattr(limits, "LARGEST_RECORD", round(FEWEST_EPOCHS * kept * 1.3))
    check(made, trains=True)


# ---------------------------------------------------------------------------------------------------- what is allowed


def test_presets_have_room_to_be_compared() -> None:
    for preset in presets():
        check(preset.experiment, runs=4)


def test_the_weights_count_in_what_an_epoch_of_a_training_takes() -> None:
    """Each is kept of every epoch, as the neurons' values are."""
    most = LARGEST_RECORD // FEWEST_EPOCHS // BYTES - 16 * WIDE
    steps = most // (WIDE * NEURON_QUANTITIES)
    check(experiment(linear(16, WIDE), neurons("LIF", WIDE), shape=(1, steps, 16)), trains=True)
    with pytest.raises(ExperimentError, match="neurons or weights"):
        check(experiment(linear(16, WIDE), neurons("LIF", WIDE), shape=(1, steps + 1, 16)), trains=True)


# ----------------------------------------------------------------------------------- what is held and computed meanwhile

HELD_BY_A_TRAINING = {
    "input": experiment(linear(10**5, 4), LIF, shape=(1, 10_000, 10**5)),
    "layers without neurons": experiment(linear(16, 40_000), linear(40_000, 4), LIF, shape=(1, 1000, 16)),
    "a padded picture": experiment(conv2d(1, 1, 1, padding=400), {"kind": "AvgPool2d", "kernel_size": 800}, LIF, shape=(1, 100, 1, 8, 8)),
    "weights": experiment(linear(1, 2_000_000), linear(2_000_000, 1), LIF, shape=(10, 1, 1)),
}


@pytest.mark.parametrize("made", HELD_BY_A_TRAINING.values(), ids=HELD_BY_A_TRAINING)
def test_a_training_is_refused_for_what_it_holds_besides_its_record(made: Experiment) -> None:
    with pytest.raises(ExperimentError, match=r"MB|multiplications"):
        check(made, trains=True)


COMPUTED = {
    "a large kernel": experiment(conv2d(1, 1, 1000, padding=1200), LIF, shape=(1, 1, 1, 8, 8)),
    "many features": experiment(linear(2000, 2000), LIF, shape=(1, 200, 2000)),
    "a large window": experiment({"kind": "AvgPool2d", "kernel_size": 100, "stride": 1}, LIF, shape=(1, 10, 1, 200, 200)),
    "many steps of recurrence in a plane": experiment(neurons("LIFRecurrent", 1), shape=(1, MOST_STEPS, 1, 1, 1)),
    "many recurrent layers in a plane": experiment(*[neurons("IAFRecurrent", 4)] * 20, shape=(1, 200, 1, 1, 4)),
}


@pytest.mark.parametrize("trains", [False, True])
@pytest.mark.parametrize("made", COMPUTED.values(), ids=COMPUTED)
def test_more_multiplications_than_a_pass_may_take_are_refused(made: Experiment, trains: bool) -> None:
    with pytest.raises(ExperimentError, match=r"^One pass of the network takes [\d,]+ multiplications; .* up to 500,000,000\."):
        check(made, trains=trains)


def test_a_draft_whose_layers_do_not_fit_is_bounded_by_what_is_known_of_it() -> None:
    misfit = experiment(linear(2, 2), LIF, shape=(1, 2, 2)).draft.replace({"network.0.in_features": 3})
    check(misfit)
    for changes, words in (
        ({"network.0.out_features": ENORMOUS}, "weights"),
        ({"input.shape": (ENORMOUS, 2, 2)}, "Simulating"),
        ({"input.shape": (1, ENORMOUS, 2)}, "time steps"),
    ):
        with pytest.raises(ExperimentError, match=words):
            check(misfit.replace(changes))


def test_what_may_not_be_simulated_may_not_be_trained() -> None:
    """Pages run what is trained once more, to show a neuron or another setting beside."""
    for made in (*TOO_MANY_WEIGHTS.values(), *TOO_LARGE.values(), *COMPUTED.values()):
        with pytest.raises(ExperimentError):
            check(made)
        with pytest.raises(ExperimentError):
            check(made, trains=True)


@pytest.mark.parametrize("trains", [False, True])
def test_what_is_shown_and_measured_has_room(trains: bool) -> None:
    check(convolution(), trains=trains)
    check(ten_spikes().replace({"input.shape": (1, MOST_STEPS, 16)}), trains=trains)
    check(ten_spikes().replace({"input.shape": (64, 200, 16)}), trains=trains)
    check(experiment(neurons("LIFRecurrent", 64), shape=(1, MOST_STEPS // 2, 64)), trains=trains)


def test_a_comparison_holds_no_more_activations_than_a_pass_may() -> None:
    def converted(channels: int) -> Experiment:
        network = [conv2d(1, channels, 1), {"kind": "IAF"}, {"kind": "Flatten"}, linear(64 * channels, 10)]
        task = {"kind": "classification", "encoding": {"kind": "current"}, "readout": "mean_potential"}
        shown = {"kind": "sample", "shape": (1, 1, 1, 8, 8)}
        return Experiment(network=network, input=shown, training={"task": task, "epochs": 1}, conversion={})

    check_conversion(converted(64).draft, 1)
    with pytest.raises(ExperimentError, match=r"^Comparing 1,797 samples of [\d,]+ values takes [\d,]+ MB at once; .* up to 384 MB\."):
        check_conversion(converted(1024).draft, 1)


# ------------------------------------------------------------------------------------------------------ labelled data


def remembering(delay: int, **training: Any) -> Experiment:
    data = {"kind": "remember", "delay": delay}
    return Experiment(
        network=[linear(12, 2), LIF],
        input={"kind": "sample", "shape": (1, delay + 40, 12)},
        training={"task": {"kind": "classification", "data": data, "encoding": {"kind": "given"}}, **training},
    )


def test_labelled_data_are_counted_before_they_are_made() -> None:
    check(remembering(200), trains=True)
    check(remembering(200))
    with pytest.raises(ExperimentError, match=r"^Training .* MB at once"):
        check(remembering(10_000), trains=True)
    with pytest.raises(ExperimentError, match=r"^Simulating .* MB at once"):
        check(remembering(10_000))


def test_of_labelled_data_what_takes_the_memory_is_said_with_what_helps() -> None:
    with pytest.raises(ExperimentError, match=r"the data, [\d,]+ samples of [\d,]+ values; .* Use fewer samples, or samples of fewer time"):
        check(remembering(10_000), trains=True)
    wide = remembering(200, batch_size=512).replace({"network": [linear(12, 4000), linear(4000, 2), LIF]})
    with pytest.raises(ExperimentError, match=r"for 512 samples at once, each of 240×4,016 values in all layers; .* Use a smaller batch"):
        check(wide, trains=True)
    many = remembering(200, batch_size=512).replace({"network": [linear(12, 70), linear(70, 70), linear(70, 2), LIF]})
    with pytest.raises(ExperimentError, match=r"^One pass of a batch of 512 samples takes [\d,]+ multiplications; .* Use a smaller batch"):
        check(many, trains=True)


def test_of_own_samples_with_too_many_values_their_values_are_named() -> None:
    data, _ = own(np.zeros((4, 60_000)), np.arange(4) % 2)
    with pytest.raises(ExperimentError, match=r"7,680,256 weights; .* Use samples of fewer values, or smaller layers\."):
        check(labelled(data), trains=True)


def test_a_batch_of_labelled_data_is_counted_as_it_is_learned() -> None:
    small, large = (limits.cost(remembering(200, batch_size=size)) for size in (16, 32))
    data = limits.cost(remembering(200, batch_size=1)).training
    assert large.training - data == pytest.approx(31 / 15 * (small.training - data))
    assert large.multiplications == 2 * small.multiplications
    assert limits.cost(remembering(200, batch_size=10**6)) == limits.cost(remembering(200, batch_size=512))


def test_the_record_of_an_epoch_of_labelled_data_is_its_weights() -> None:
    made = remembering(200, epochs=1)
    (record,) = train(made)
    assert sum(values.nbytes for name, values in record.parameters.items() if name.endswith("weight")) == limits.cost(made).epoch
