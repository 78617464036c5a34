"""A training's and a run's numbers as CSV: what is read back is what the records hold."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from app.export.formats import Trained
from app.export.history import history_csv
from app.export.run import run_csv
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.run.bptt import EpochRecord, train
from snncore.run.simulation import simulate

NAMES = ["LIF 2", "LIF 4"]
EXPERIMENT = (
    ten_spikes()
    .replace({"training.epochs": 8, "network.1.spike_threshold": 0.2})
    .changed(3, {"training.lr": 0.01, "training.optimiser": "Adam"})
    .changed(5, {"training.task.target": 77})
)


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    return list(train(EXPERIMENT))


def table(experiment: Experiment, records: list[EpochRecord]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(history_csv(Trained(experiment, records, records[-1]))), strict=True))


def test_every_epoch_has_a_row_with_all_its_numbers(records: list[EpochRecord]) -> None:
    rows = table(EXPERIMENT, [record if record.epoch % 2 else record.reduced() for record in records])
    assert len(rows) == 8
    for row, record in zip(rows, records, strict=True):
        numbers = {
            "epoch": record.epoch,
            "spikes": record.spikes,
            "loss": record.loss,
            **{f"rate of {name} (spikes per neuron and step)": rate for name, rate in zip(NAMES, record.rates, strict=True)},
            **{f"largest u/θ of {name}": reach for name, reach in zip(NAMES, record.reach, strict=True)},
            **{f"gradient norm of {name}": norm for name, norm in record.gradient_norms.items()},
            **{f"mean of {name}": mean for name, mean in record.constants.items()},
        }
        assert {name: float(row[name]) for name in numbers} == numbers, "exactly, to the last digit"
        assert row.keys() - numbers.keys() == {"target", "learning rate", "optimiser"}
    assert {"gradient norm of 0.weight", "mean of 1.tau_mem", "mean of 3.spike_threshold"} <= rows[0].keys()


def test_an_output_that_does_not_spike_has_a_column_for_its_sum() -> None:
    experiment = convolution().replace({"training.epochs": 2})
    records = list(train(experiment))
    rows = table(experiment, records)
    assert [float(row["output sum"]) for row in rows] == [record.spikes for record in records]
    assert "spikes" not in rows[0]


def test_a_row_says_what_was_in_force_at_its_epoch(records: list[EpochRecord]) -> None:
    rows = table(EXPERIMENT, records)
    assert [(row["learning rate"], row["optimiser"]) for row in rows] == [("0.001", "RMSprop")] * 3 + [("0.01", "Adam")] * 5
    assert [row["target"] for row in rows] == ["10"] * 5 + ["77"] * 3


def test_a_number_that_there_is_not_leaves_its_cell_empty(records: list[EpochRecord]) -> None:
    diverged = replace(records[-1], gradient_norms={"2.weight": 5.0})
    *_, last = table(EXPERIMENT, [*records[:-1], diverged])
    assert (last["gradient norm of 2.weight"], last["gradient norm of 0.weight"]) == ("5.0", "")


@pytest.mark.parametrize(
    "layer", [{"kind": "ALIF", "tau_mem": 9.0, "tau_adapt": 30.0, "tau_syn": 4.0}, {"kind": "ExpLeak", "tau_mem": 9.0}]
)
def test_the_csv_of_a_run_holds_what_every_neuron_did_at_every_step(layer: dict[str, object]) -> None:
    experiment = Experiment(network=[layer], input={"kind": "random_spikes", "shape": (1, 20, 3), "probability": 0.7, "weight": 2.0})
    (simulation,) = simulate(experiment)
    record = simulation.records[0]
    rows = list(csv.DictReader(StringIO(run_csv(simulation)), strict=True))
    assert [(int(row["neuron"]), int(row["step"])) for row in rows] == [(neuron, step) for neuron in range(3) for step in range(20)]
    columns = {"z": simulation.input, "i": simulation.input if record.i_syn is None else record.i_syn, "u": record.u, "v": record.v}
    if record.does_spike:
        columns |= {"θ": record.threshold, "s": record.spikes}
    else:
        assert {row["θ"] + row["s"] for row in rows} == {""}
    for name, values in columns.items():
        read = np.array([float(row[name]) for row in rows], dtype=np.float32)
        assert np.array_equal(read.reshape(3, 20), values[0].T), name
