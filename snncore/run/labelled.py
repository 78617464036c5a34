"""Labelled data learned in batches, and a network's answers to them."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from snncore.arrays import Array
from snncore.errors import ExperimentError, NonFiniteError
from snncore.experiment.data import Half, Halves
from snncore.experiment.inputs import NO_FILES, Files, Sample
from snncore.experiment.parameters import Parameters, put
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import TEST_ACCURACY, TEST_LOSS, TRAIN_ACCURACY, Classification
from snncore.layers import StatefulLayer, UnflattenTime
from snncore.layers.model import reset_states, spiking_layers
from snncore.layers.squeeze import Squeeze
from snncore.run.epoch import EpochRecord, Iteration, Phase, constants, diverged
from snncore.run.into_convolutions import IntoConvolutions
from snncore.run.record import outputs_kept

FIRST_TESTED = 1000
"""Most samples of each half that the untrained network is tested with; chance needs no more."""

FIRST_MULTIPLICATIONS = 2_000_000_000
"""Most multiplications for that, of each half: about half a second of one core."""

MOST_ENCODED = 16 * 2**20
"""Most bytes of encoded samples that are kept to be answered again."""

ORDER, LEARNED = range(2)
ASKED: Mapping[Half, int] = MappingProxyType({"test": 2, "train": 3})
"""What random numbers are for. Each purpose, epoch and batch has its own, so that an epoch goes on alike wherever it was stopped."""


@dataclass(frozen=True)
class Answers:
    """A network's answers to one half of its task's data.

    Attributes:
        labels: int64 (samples,).
        readouts: what the task reads for each class, float32 (samples, classes).
    """

    labels: NDArray[np.int64]
    readouts: Array

    @property
    def classes(self) -> NDArray[np.int64]:
        """The class with the largest readout, int64 (samples,)."""
        largest: NDArray[np.int64] = self.readouts.argmax(axis=1)
        return largest

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return float((self.classes == self.labels).mean())

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Number of samples by label (rows) and answer (columns), int64 (classes, classes)."""
        count = self.readouts.shape[1]
        pairs = np.bincount(self.labels * count + self.classes, minlength=count**2)
        return pairs.astype(np.int64).reshape(count, count)


def answer(experiment: Experiment, files: Files = NO_FILES, *, parameters: Parameters | None = None, half: Half = "test") -> Answers:
    """Return the network's answers to the test half of its task's data, or to the training half.

    Args:
        files: arrays that the data and the checkpoint name by their digest.
        parameters: all parameters of the network by name, to run it with instead of its own, as in `EpochRecord.parameters`.

    Raises:
        ExperimentError: the task has no labelled data or can't read the network's output, the data are missing, or a potential became
            infinite or NaN.
    """
    return Answerer(experiment, files).answers(parameters, half)


class Answerer:
    """A network that answers samples of its task's data, built once, with whatever parameters it is given. It may be shared by threads.

    Raises:
        ExperimentError: the task has no labelled data or can't read the network's output, or the data are missing.

    Attributes:
        experiment: the network's.
        task: its task.
        halves: the data of its task.
    """

    def __init__(self, experiment: Experiment, files: Files = NO_FILES) -> None:
        self._asked = _Asked(experiment)
        experiment.check_trainable()
        self.experiment = experiment
        self.task = self._asked.task
        self.halves = self._asked.task.data.make(files)
        self._model = experiment.build(files).eval()
        self._asked.prepare(self._model)
        self._own = {name: parameter.detach().clone().numpy() for name, parameter in self._model.named_parameters()}
        self._batch_size = experiment.training.batch_size
        self._encoded: dict[tuple[Half, int], Tensor] = {}
        self._lock = threading.RLock()

    def answers(self, parameters: Parameters | None = None, half: Half = "test", most: int | None = None) -> Answers:
        """Return the answers to one half of the data, or to the first `most` of its samples.

        Args:
            parameters: all parameters of the network by name; None: its own first ones.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        labels = self.halves.of(half).labels[:most]
        read = [self.readouts(self._shown(half, batch), parameters) for batch in range(-(-len(labels) // self._batch_size))]
        return Answers(labels.numpy(), np.concatenate(read)[: len(labels)])

    def sample(self, half: Half, number: int) -> Tensor:
        """Return one sample as the network gets it for `answers`, (1, time, ...)."""
        batch, place = divmod(number, self._batch_size)
        return self._shown(half, batch)[place : place + 1]

    def readouts(self, shown: Tensor, parameters: Parameters | None = None) -> Array:
        """Return what the task reads for each class, float32 (samples, classes); arguments and errors as for `activity`."""
        return self._run(shown, parameters)

    def activity(self, shown: Tensor, parameters: Parameters | None = None) -> tuple[Array, dict[int, Array]]:
        """Return the readouts, (samples, classes), and the neuron layers' outputs by their place, (samples, time, ...).

        Args:
            shown: samples as the network gets them, (samples, time, ...), as from `encoded`. Memory is the caller's concern.
            parameters: all parameters of the network by name; None: its own first ones.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        with self._lock, outputs_kept(dict(spiking_layers(self._model))) as outputs:
            readouts = self._run(shown, parameters)
        steps = shown.shape[:2]
        return readouts, {
            int(name): output.reshape(*steps, *output.shape[2 - self.experiment.is_folded :]).numpy() for name, output in outputs.items()
        }

    def _shown(self, half: Half, batch: int) -> Tensor:
        """Return a batch as the network gets it, from memory if there is room for all of them."""
        with self._lock:
            found = self._encoded.get((half, batch))
            if found is None:
                places = torch.arange(len(self.halves.of(half).labels)).split(self._batch_size)[batch]
                found = self._asked.shown(self.halves, half, places, ASKED[half], batch)
                if sum(each.nbytes for each in self._encoded.values()) + found.nbytes <= MOST_ENCODED:
                    self._encoded[half, batch] = found
            return found

    def _run(self, shown: Tensor, parameters: Parameters | None) -> Array:
        with self._lock, torch.no_grad():
            put(self._own if parameters is None else parameters, self._model)
            try:
                found: Array = self._asked.readouts(self._model, shown).numpy()
            except NonFiniteError as error:
                raise ExperimentError(str(error)) from error
            return found

    def encoded(self, values: Tensor, *purpose: int) -> Tensor:
        """Return samples of any values as the network gets them, (samples, time, ...).

        Args:
            values: (samples, ...), as the data's own.
            purpose: numbers that what is random depends on, besides the input seed.
        """
        return self._asked.encoded(values, *purpose)


def shown_samples(experiment: Experiment, model: nn.Module, files: Files = NO_FILES) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Return the samples of labelled data that the input shows, and the loss of the network's answer to them.

    Args:
        model: the network that the Experiment builds. The loss reads its layers too, so it is to be called after the model. A last layer
            whose potentials are read must record its states.
        files: arrays that the data name by their digest.

    Raises:
        ExperimentError: the input is no sample of labelled data, or its file is missing.
    """
    asked, shown = _Asked(experiment), experiment.input
    if not isinstance(shown, Sample):
        raise ExperimentError(f"The input is {shown.kind}, which has no label; choose a sample of the task's data as input.")
    _, all_labels = asked.task.data.make(files).of(shown.half)
    labels = all_labels[(shown.index + torch.arange(shown.shape[0])) % len(all_labels)]
    return experiment.make_input(files), lambda output: asked.loss(model, asked.read(model, output), labels)


def _first_tested(experiment: Experiment) -> int:
    """Return with how many samples of each half the untrained network is tested."""
    values = zip(experiment.network, experiment.draft.fits(), strict=True)
    of_a_step = sum(math.prod(fit.shape or ()) * layer.multiplications for layer, fit in values)
    return max(1, min(FIRST_TESTED, FIRST_MULTIPLICATIONS // (experiment.input.shape[1] * of_a_step)))


class LabelledEpoch:
    """One epoch of labelled data: the training half in batches, in a new order, then the test half.

    Epoch 0 shows the untrained network, as it does of other tasks: nothing is learned in it, and of each half at most `FIRST_TESTED`
    samples are tested, and of a large network as many as `FIRST_MULTIPLICATIONS` allow.

    Random encodings of the training half differ from epoch to epoch; those of the test half are always the same. An epoch that is
    stopped keeps what its batches have learned; the next `run` goes on with the batch at which it was stopped.

    Args:
        experiment: the Experiment in force.
        model: the network that it builds.
        halves: the data of its task.
        optimiser: for the parameters of `model`.

    Attributes:
        learned: places in the training half of the samples of each batch that is learned.
        batches, learning: number of batches, and of those that are learned, which come first.
        done: number of batches learned or tested so far.
    """

    def __init__(self, number: int, experiment: Experiment, model: nn.Module, halves: Halves, optimiser: Optimizer) -> None:
        self.number = number
        self.model = model
        self.halves = halves
        self.optimiser = optimiser
        self._asked = _Asked(experiment)
        order = torch.randperm(len(halves.train.labels), generator=self._asked.generator(ORDER, number))
        size, first = experiment.training.batch_size, _first_tested(experiment)
        self.learned = order.split(size) if number else ()
        halves_tested: tuple[Half, ...] = ("test",) if number else ("train", "test")
        self._tested = [
            (half, batch, places)
            for half in halves_tested
            for batch, places in enumerate(torch.arange(len(halves.of(half).labels))[: None if number else first].split(size))
        ]
        self.learning = len(self.learned)
        self.batches = self.learning + len(self._tested)
        self.done = 0
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._norms: defaultdict[str, float] = defaultdict(float)
        self._rates = np.zeros(len(spiking_layers(model)))
        self._into_convolutions = IntoConvolutions(experiment, model)

    def run(
        self,
        stop: Callable[[], bool] = lambda: False,
        on_phase: Callable[[Phase], None] = lambda phase: None,
        on_batch: Callable[[], None] = lambda: None,
    ) -> EpochRecord | None:
        """Return the epoch's record; None if `stop()` ended it, which is asked before each phase of each batch.

        Args:
            on_batch: called after each batch.

        Raises:
            DivergenceError: a potential, the loss, a gradient or an updated parameter is not finite.
        """
        self._asked.prepare(self.model)
        while self.done < self.batches:
            if stop() or not self._do_batch(stop, on_phase):
                return None
            self.done += 1
            on_batch()
        reset_states(self.model)
        return self._record()

    def _do_batch(self, stop: Callable[[], bool], on_phase: Callable[[Phase], None]) -> bool:
        """Learn or test the next batch; return False if it was stopped before all was done."""
        number = self.done - len(self.learned)
        if number < 0:
            return self._learn(self.learned[self.done], stop, on_phase)
        self._test(*self._tested[number])
        return True

    def _learn(self, places: Tensor, stop: Callable[[], bool], on_phase: Callable[[Phase], None]) -> bool:
        shown = self._asked.shown(self.halves, "train", places, LEARNED, self.number, self.done)
        batch = _Batch(self.number, self.model, shown, self.halves.train.labels[places], self._asked, self.optimiser)
        with self._into_convolutions.watch() as outputs:
            for phase, perform in batch.phases():
                if stop():
                    return False
                on_phase(phase)
                perform()
        self._add("train", batch.loss, batch.readouts, batch.labels)
        self._add_activity(batch.output, outputs, len(places))
        for name, norm in batch.gradient_norms.items():
            self._norms[name] += len(places) * norm
        return True

    def _test(self, half: Half, number: int, places: Tensor) -> None:
        shown, labels = self._asked.shown(self.halves, half, places, ASKED[half], number), self.halves.of(half).labels[places]
        self.model.eval()
        try:
            with torch.no_grad(), self._into_convolutions.watch() as outputs:
                reset_states(self.model)
                output = run(self.model, shown)
                readouts = self._asked.read(self.model, output)
        except NonFiniteError as error:
            raise diverged(self.number, spiking_layers(self.model), error) from error
        finally:
            self.model.train()
        is_learned = half == "train"
        loss = self._asked.loss(self.model, readouts, labels) if is_learned else self._asked.task.loss_of(readouts, labels)
        self._add(half, loss, readouts, labels)
        if is_learned:
            self._add_activity(output, outputs, len(places))

    def _add(self, half: Half, loss: Tensor, readouts: Tensor, labels: Tensor) -> None:
        self._counts[half] += len(labels)
        self._sums[f"{half} loss"] += len(labels) * loss.item()
        self._sums[f"{half} right"] += (readouts.argmax(dim=1) == labels).sum().item()

    def _add_activity(self, output: Tensor, outputs: Mapping[str, Tensor], count: int) -> None:
        self._sums["spikes"] += output.detach().sum().item()
        self._sums["into convolutions"] += self._into_convolutions.count(outputs)
        layers = spiking_layers(self.model).values()
        self._rates += count * np.array([layer.firing_rate.item() for layer in layers if layer.firing_rate is not None])

    def _record(self) -> EpochRecord:
        learned, tested = (self._counts[half] for half in ("train", "test"))
        parameters = {name: parameter.detach().clone().numpy() for name, parameter in self.model.named_parameters()}
        return EpochRecord(
            epoch=self.number,
            spikes=self._sums["spikes"],
            loss=self._sums["train loss"] / learned,
            layers=(),
            parameters=parameters,
            gradient_norms={name: norm / learned for name, norm in self._norms.items()},
            reach=(),
            rates=tuple(map(float, self._rates / learned)),
            constants=constants(parameters),
            task=self._asked.task,
            measures={
                TEST_ACCURACY: self._sums["test right"] / tested,
                TRAIN_ACCURACY: self._sums["train right"] / learned,
                TEST_LOSS: self._sums["test loss"] / tested,
            },
            does_spike=self._asked.does_spike,
            into_convolutions=self._sums["into convolutions"] / learned,
        )


class _Asked:
    """An Experiment with labelled data: its task, and how samples are shown to its network and read."""

    def __init__(self, experiment: Experiment) -> None:
        task = experiment.training.task
        if not isinstance(task, Classification):
            raise ExperimentError(f"The task {task.kind} has no labelled data to answer; choose a classification.")
        self.task = task
        self._experiment = experiment
        self._last = str(len(experiment.network) - 1)
        self.does_spike = experiment.network[-1].does_spike
        self._records_last = task.reads_potentials and self.does_spike

    def generator(self, *purpose: int) -> torch.Generator:
        numbers = np.random.SeedSequence((self._experiment.seeds.input, *purpose)).generate_state(2)
        return torch.Generator().manual_seed(int(numbers[0]) << 31 ^ int(numbers[1]))

    def shown(self, halves: Halves, half: Half, places: Tensor, *purpose: int) -> Tensor:
        """Return samples of a half as the network gets them, (batch, time, ...)."""
        return self.encoded(halves.of(half).values[places], *purpose)

    def encoded(self, values: Tensor, *purpose: int) -> Tensor:
        experiment = self._experiment
        return self.task.encoded(values, experiment.input.shape[1:], experiment.dt, self.generator(*purpose))

    def prepare(self, model: nn.Module) -> None:
        """Record no more of the model's states than what is read."""
        for name, layer in spiking_layers(model).items():
            layer.record_states = self._records_last and name == self._last

    def readouts(self, model: nn.Module, shown: Tensor) -> Tensor:
        """Run the model from its initial state, and read each class, (batch, classes)."""
        reset_states(model)
        return self.read(model, run(model, shown))

    def read(self, model: nn.Module, output: Tensor) -> Tensor:
        """Read each class of the model's last output."""
        if self._records_last:
            layer = model.get_submodule(self._last)
            assert isinstance(layer, StatefulLayer)
            output = layer.recordings["u"]
        return self.task.read(output)

    def loss(self, model: nn.Module, readouts: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of the readouts of the model's last output."""
        layers = spiking_layers(model).values()
        rates = (layer.firing_rate for layer in layers if layer.does_spike and layer.firing_rate is not None)
        return self.task.loss_of(readouts, labels, rates)


class _Batch(Iteration):
    """The seven steps for one batch."""

    def __init__(self, epoch: int, model: nn.Module, shown: Tensor, labels: Tensor, asked: _Asked, optimiser: Optimizer) -> None:
        super().__init__(epoch, model, shown, asked.task, optimiser)
        self.labels = labels
        self.readouts = torch.empty(0)
        self._asked = asked

    @property
    def does_spike(self) -> bool:
        return self._asked.does_spike

    def run_model(self) -> None:
        self.output = run(self.model, self.data)

    def measure(self) -> Tensor:
        self.readouts = self._asked.read(self.model, self.output)
        return self._asked.loss(self.model, self.readouts, self.labels)


def run(model: nn.Module, shown: Tensor) -> Tensor:
    """Return the output (batch, time, ...) for a batch of any size, also if time is folded into the batch."""
    for module in model.modules():
        if isinstance(module, Squeeze | UnflattenTime):
            module.batch_size = len(shown)
    output: Tensor = model(shown)
    return output
