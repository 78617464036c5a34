"""What the Conversion page computes in the background: artificial networks are trained, and compared with the spiking ones."""

from __future__ import annotations

import functools
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from app.server.jobs import Job, Stop
from app.server.limits import LARGEST_RESULTS
from app.server.results import Results
from app.server.runner import Owner
from app.state.files import labelled_file
from snncore.convert.artificial import ArtificialEpoch, artificial_network, train_artificial, weights_of, with_weights
from snncore.convert.comparison import Compared, compare
from snncore.experiment.conversion import Conversion
from snncore.experiment.inputs import Files
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment

STEPS_SHOWN = 64
"""Steps that are run at least, to show what more of them would bring."""

PATIENCE = 0.15
"""Seconds to wait for an answer before the page is drawn without it."""

MOST_OWN = 2
"""Most trained networks that are kept for each visitor: the present one, and that of the comparison on display."""

MOST_FAILURES = 8
"""Most failures that are kept for each visitor."""


@dataclass(frozen=True)
class Artificial:
    """An artificial network after its training; `epochs` is empty if its weights were loaded."""

    weights: Parameters
    epochs: tuple[ArtificialEpoch, ...]

    @property
    def nbytes(self) -> int:
        """Return the bytes of the weights."""
        return sum(values.nbytes for values in self.weights.values())


trained: Results[Artificial] = Results(LARGEST_RESULTS, lambda found: found.nbytes)
"""Trained networks by what they follow from. They spare visitors who start alike the same training. None holds a visitor's own file."""

compared: Results[Compared] = Results(LARGEST_RESULTS, lambda found: found.nbytes)
"""Comparisons by their Experiment; none holds a visitor's own file."""


class ConversionWork:
    """One visitor's work in the background; the latest Experiment is what counts.

    Attributes:
        progress: epochs of the training that is going on, or of the last one.
        shown: the latest comparison, which may be of an earlier Experiment while the next one is computed.
        failure: why the latest Experiment can't be shown; None otherwise.
    """

    def __init__(self, owner: Owner, files: Files) -> None:
        self.progress: list[ArtificialEpoch] = []
        self.shown: Compared | None = None
        self._owner, self._files = owner, files
        self._own: OrderedDict[str, Artificial] = OrderedDict()
        self._again = ""
        self._halted = ""
        self._training: tuple[str, Job[Artificial]] | None = None
        self._comparing: tuple[str, Job[Compared]] | None = None
        self._failures: OrderedDict[str, str] = OrderedDict()
        self._latest = self._latest_recipe = ""

    @property
    def is_training(self) -> bool:
        return self._training is not None and self._training[1].is_running

    @property
    def is_busy(self) -> bool:
        """Whether something is computed that the page waits for."""
        return self.is_training or (self._comparing is not None and self._comparing[1].is_running)

    @property
    def place_in_line(self) -> int:
        """Place of what is computed in the server's waiting line, from 1; 0 if it isn't waiting."""
        if self._training is not None and self._training[1].is_running:
            return self._training[1].place_in_line
        return self._comparing[1].place_in_line if self._comparing is not None else 0

    @property
    def is_halted(self) -> bool:
        """Whether the work on the latest Experiment was stopped before its end."""
        return bool(self._halted) and self._halted == self._latest

    @property
    def failure(self) -> str | None:
        return self._failures.get(self._latest) or self._failures.get(self._latest_recipe)

    def artificial(self, experiment: Experiment) -> Artificial | None:
        """Return the Experiment's artificial network; None if it isn't trained yet, or is being trained again."""
        recipe = _recipe(experiment)
        if recipe == self._again:
            return None
        if recipe not in self._own:
            found = trained.find(recipe) if _is_shared(experiment) else None
            if found is None:
                return None
            _keep(self._own, recipe, found, MOST_OWN)
        return self._own[recipe]

    def is_current(self, experiment: Experiment) -> bool:
        """Whether what is shown is of this Experiment."""
        return self.shown is not None and self.shown.experiment == _compared_as(experiment)

    def prepare(self, experiment: Experiment) -> None:
        """Begin what the Experiment still needs, and take what has been finished. Returns soon."""
        plain = _compared_as(experiment)
        self._latest, self._latest_recipe = plain.to_json(compact=True), _recipe(experiment)
        if self._halted != self._latest:
            self._halted = ""
        self._collect()
        if self.failure or self.is_halted:
            return
        if self.artificial(experiment) is None:
            self._train(experiment)
        found = self.artificial(experiment)
        if found is None:
            self._end_comparing()
            return
        self._end_training()
        if self.is_current(experiment):
            self._end_comparing()
        else:
            self._compare(plain, found)

    def train_again(self, experiment: Experiment) -> None:
        """Train the Experiment's artificial network again, for this visitor alone."""
        self._again, self._halted = _recipe(experiment), ""
        self._failures.clear()

    def stop(self) -> None:
        """Stop what is computed, and begin nothing until the Experiment changes, or `start_again` or `train_again`."""
        self._halted, self._again = self._latest, ""
        self.leave()

    def start_again(self) -> None:
        """Begin again what was stopped."""
        self._halted = ""

    def forget(self) -> None:
        """Show nothing until there is something new."""
        self.shown = None
        self._failures.clear()

    def leave(self) -> None:
        """End all work."""
        if self._training is not None:
            self._training[1].stop()
        if self._comparing is not None:
            self._comparing[1].stop()

    def _end_training(self) -> None:
        """End a training that nothing waits for any more."""
        if self._training is not None:
            self._training[1].stop()
            self._training = None

    def _end_comparing(self) -> None:
        """End a comparison that nothing waits for any more."""
        if self._comparing is not None:
            self._comparing[1].stop()
            self._comparing = None

    def _train(self, experiment: Experiment) -> None:
        recipe = _recipe(experiment)
        if self._training is not None and self._training[0] == recipe:
            return
        self._end_training()
        progress: list[ArtificialEpoch] = []
        self.progress = progress
        job = Job(self._owner, functools.partial(_trained_network, experiment, self._files, progress, recipe == self._again))
        self._training = recipe, job
        if job.join(PATIENCE):
            self._collect()

    def _compare(self, experiment: Experiment, found: Artificial) -> None:
        key = self._latest
        kept = compared.find(key) if _is_shared(experiment) else None
        if kept is not None:
            self._end_comparing()
            self.shown = kept
            return
        if self._comparing is not None and self._comparing[0] == key:
            return
        self._end_comparing()
        job = Job(self._owner, functools.partial(_comparison, experiment, found, self._files, key))
        self._comparing = key, job
        if job.join(PATIENCE):
            self._collect()

    def _collect(self) -> None:
        """Take the results of finished work. What was stopped may begin again."""
        if self._training is not None and not self._training[1].is_running:
            recipe, training = self._training
            self._training = None
            if training.result is not None:
                self._again = "" if recipe == self._again else self._again
                _keep(self._own, recipe, training.result, MOST_OWN)
            elif training.failure:
                _keep(self._failures, recipe, training.failure, MOST_FAILURES)
        if self._comparing is not None and not self._comparing[1].is_running:
            key, comparing = self._comparing
            self._comparing = None
            if comparing.result is not None:
                self.shown = comparing.result if key == self._latest else self.shown
            elif comparing.failure:
                _keep(self._failures, key, comparing.failure, MOST_FAILURES)


def _trained_network(
    experiment: Experiment, files: Files, progress: list[ArtificialEpoch], is_again: bool, stop: Stop
) -> Artificial | None:
    """Train the Experiment's artificial network, unless its weights are loaded; None if it was stopped.

    Args:
        is_again: train it even if another visitor's is there by now.
    """
    recipe = _recipe(experiment)
    is_shared = _is_shared(experiment)
    found = trained.find(recipe) if is_shared and not is_again else None
    if found is not None:
        return found
    model = artificial_network(experiment, files)
    if experiment.checkpoint is None:
        for epoch in train_artificial(experiment, model, files, stop):
            progress.append(epoch)
        if len(progress) <= experiment.training.epochs:
            return None
    found = Artificial(weights_of(model), tuple(progress))
    if is_shared:
        trained.keep(recipe, found)
    return found


def _comparison(experiment: Experiment, network: Artificial, files: Files, key: str, stop: Stop) -> Compared | None:
    """Compare both networks, unless another visitor's comparison is there by now; None if it was stopped."""
    is_shared = _is_shared(experiment)
    found = compared.find(key) if is_shared else None
    if found is not None:
        return found
    found = compare(experiment, with_weights(experiment, network.weights), files, steps=STEPS_SHOWN, stop=stop)
    if found is not None and is_shared:
        compared.keep(key, found)
    return found


def _is_shared(experiment: Experiment) -> bool:
    """Whether visitors share what follows from an Experiment: not if it names a file of weights or data, which a link doesn't hold."""
    return experiment.checkpoint is None and labelled_file(experiment) is None


def _recipe(experiment: Experiment) -> str:
    """Return everything that the artificial network follows from, as text."""
    layers = [{"kind": layer.kind} if layer.kind == "IAF" else layer.model_dump() for layer in experiment.network]
    task: Any = experiment.training.task
    training = experiment.training.model_dump(exclude={"task", "changes"})
    found = [layers, training, task.data.model_dump(), experiment.input.shape[2:], experiment.seeds.weights, experiment.seeds.noise]
    loaded = experiment.checkpoint
    return json.dumps([*found, loaded.model_dump() if loaded else None])


def _compared_as(experiment: Experiment) -> Experiment:
    """Return the Experiment without what a comparison doesn't depend on: energies."""
    usual = Conversion()
    return experiment.replace({"conversion.energy_multiply_add": usual.energy_multiply_add, "conversion.energy_synop": usual.energy_synop})


def _keep(kept: OrderedDict[str, Any], key: str, value: Any, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
