"""The numbers of a training as a table."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable
from io import StringIO

from app.export.formats import OF_TRAININGS, Trained
from app.words.layers import layer_names


@OF_TRAININGS.register("History (CSV)", "The numbers of every epoch.", "history.csv")
def history_csv(trained: Trained) -> str:
    """Return a training's numbers as CSV with a header: a row per epoch, an empty cell for a missing number."""
    experiment, records, names = trained.experiment, trained.records, layer_names(trained.experiment)
    task = experiment.task
    output = "spikes" if experiment.network[-1].does_spike else "output sum"
    score_has_a_column = task.score_name in (output, "loss")
    starts = sorted({0, *(change.epoch for change in experiment.training.changes)})
    in_force = [experiment.in_force(start).training for start in starts]
    gradients = _names(record.gradient_norms for record in records)
    constants = _names(record.constants for record in records)
    measures = [name for name in records[0].measures if name != task.score_name] if task.is_labelled else []
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [
            *("epoch", output),
            *([] if score_has_a_column else [task.score_name]),
            *measures,
            *(task.goal_name, "loss", "learning rate", "optimiser"),
            *(f"rate of {name} (spikes per neuron and step)" for name in names),
            *(f"largest u/θ of {name}" for name in (names if records[0].reach else ())),
            *(f"gradient norm of {name}" for name in gradients),
            *(f"mean of {name}" for name in constants),
        ]
    )
    for record in records:
        training = in_force[bisect_right(starts, record.epoch) - 1]
        writer.writerow(
            [
                *(record.epoch, record.spikes),
                *([] if score_has_a_column else [record.score]),
                *(record.measures[name] for name in measures),
                *(training.task.goal, record.loss, training.lr, training.optimiser),
                *(record.rates + record.reach),
                *(record.gradient_norms.get(name) for name in gradients),
                *(record.constants.get(name) for name in constants),
            ]
        )
    return text.getvalue()


def _names(numbers: Iterable[dict[str, float]]) -> list[str]:
    """Return the distinct names in order of first appearance."""
    return list(dict.fromkeys(name for named in numbers for name in named))
