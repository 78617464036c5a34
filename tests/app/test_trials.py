"""Trainings side by side are drawn alike, so that they can be compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.figures.trials import Trial, describe_trials, trials_figure
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import EpochRecord, train

pytestmark = pytest.mark.slow  # each trains eight networks


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    return list(train(ten_spikes()))


def test_every_trial_has_its_curve_name_and_note_on_the_same_axes(records: list[EpochRecord]) -> None:
    trials = [Trial("SingleExponential", "10 spikes at epoch 51", records), Trial("Heaviside", "waiting", []), Trial("B", "C", records[:9])]
    figure = trials_figure(trials, 10, "light")
    drawn = {trace["meta"]["label"]: trace["y"].tolist() for trace in figure["data"]}
    assert drawn == {"SingleExponential": [record.spikes for record in records], "B": [record.spikes for record in records[:9]]}
    for layout in (figure["layout"], figure["narrow"]):
        said = [annotation["text"] for annotation in layout["annotations"]]
        assert all(trial.name in said and trial.note in said for trial in trials)
        assert layout["xaxis"]["range"] == layout["xaxis2"]["range"] == layout["xaxis3"]["range"] == [0, 60]
        assert layout["yaxis"]["range"] == layout["yaxis2"]["range"] == layout["yaxis3"]["range"]
        assert [(line["xref"], line["y0"], line["y1"]) for line in layout["shapes"]] == [("x", 10, 10), ("x2", 10, 10), ("x3", 10, 10)]


def test_a_trial_that_overshoots_stays_in_sight(records: list[EpochRecord]) -> None:
    overshoots = [replace(record, spikes=400.0) for record in records]
    figure = trials_figure([Trial("A", "", records), Trial("B", "", overshoots)], 10, "light")
    assert figure["layout"]["yaxis"]["range"][1] > 400


def test_eight_trials_stand_in_two_rows_of_four_and_where_it_is_narrow_in_two_columns(records: list[EpochRecord]) -> None:
    figure = trials_figure([Trial(str(number), "", records) for number in range(8)], 10, "light")
    for layout, columns in ((figure["layout"], 4), (figure["narrow"], 2)):
        across = {settings["domain"] for name, settings in layout.items() if name.startswith("xaxis")}
        along = {settings["domain"] for name, settings in layout.items() if name.startswith("yaxis")}
        assert (len(across), len(along)) == (columns, 8 // columns)


def test_a_trial_without_records_is_an_empty_panel() -> None:
    figure = trials_figure([Trial("Heaviside", "waiting", [])], 10, "light")
    assert figure["data"] == []
    assert figure["layout"]["yaxis"]["range"][1] > 10


def test_the_trials_are_told_in_words(records: list[EpochRecord]) -> None:
    trials = [Trial("SingleExponential", "10 spikes at epoch 51", records), Trial("Heaviside", "waiting", [])]
    words = describe_trials(trials, 10)
    assert (
        words
        == "Output spikes per epoch of 2 trainings against the target of 10. SingleExponential: 10 spikes at epoch 51; Heaviside: waiting."
    )
