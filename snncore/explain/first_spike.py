"""What made a silent output fire: the first spike of a training, with only a part of what was learned until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from snncore.arrays import Array
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord
from snncore.run.record import LayerRecord, neurons_by_time
from snncore.run.simulation import Simulation, simulate


@dataclass(frozen=True)
class Sources:
    """Neurons of the layer before, and their weights to the neuron that fired.

    Attributes:
        fired: number of them that had fired in an earlier epoch.
        changed: number of their weights that are no longer those of epoch 0.
        changed_and_fired: number of changed weights whose neuron had fired.
    """

    fired: int
    changed: int
    changed_and_fired: int


@dataclass(frozen=True)
class FirstSpike:
    """The first output spike of a training, and how far each part of what was learned would have got alone.

    The output's part is the last layer of weights and all that follows it; the rest is the hidden part. Each u/θ is the largest of the
    neuron that fired, over all steps of the sample in which it fired.

    Attributes:
        epoch: the first epoch whose output spikes.
        sample, step, neuron: where; the first step, and of the neurons that fire in it the one with the largest u/θ. Neurons of
            several axes are numbered through.
        before: u/θ in epoch 0.
        hidden_alone: u/θ with the hidden part as it is now and the output's part of epoch 0.
        output_alone: u/θ with the output's part as it is now and the hidden part of epoch 0.
        together: u/θ as it is now, at least 1.
        hidden_spikes: spikes of the last hidden neuron layer in epoch 0, and now; None without such a layer.
        sources: None where the output's weights aren't a Linear behind a layer that spikes, or where earlier epochs aren't held whole.
    """

    epoch: int
    sample: int
    step: int
    neuron: int
    before: float
    hidden_alone: float
    output_alone: float
    together: float
    hidden_spikes: tuple[int, int] | None
    sources: Sources | None

    @property
    def hidden_learned(self) -> bool:
        """True if it matters that the hidden part changed."""
        return self.hidden_alone != self.before or self.together != self.output_alone

    @property
    def output_learned(self) -> bool:
        """True if it matters that the output's part changed."""
        return self.output_alone != self.before or self.together != self.hidden_alone


def first_spike(experiment: Experiment, records: Sequence[EpochRecord], files: Files = NO_FILES) -> FirstSpike | None:
    """Explain the first output spike of a training.

    Args:
        experiment: as it began.
        records: of its epochs, from 0 on.
        files: arrays that the input and the checkpoint name by their digest.

    Returns:
        None if the output is silent still, or fired in epoch 0 already, or if the record of its first spike isn't held whole, or if
        running its weights again doesn't bring that spike (with Dropout, or where more than weights was changed meanwhile).
    """
    found = next((record for record in records if record.spikes > 0), None)
    if found is None or found.epoch == 0 or not found.is_whole or not records[0].is_whole or not experiment.network[-1].does_spike:
        return None
    sample, step, neuron = first_output_spike(found)
    old, new = records[0].parameters, found.parameters
    split = _output_part(experiment, new)

    def run(hidden: Parameters, output: Parameters) -> Simulation:
        mixed = {name: (output if _place(name) >= split else hidden)[name] for name in new}
        return simulate(experiment, files, parameters=mixed)[0]

    def reach(simulation: Simulation) -> float:
        return float(_reach(simulation.records[len(experiment.network) - 1])[sample, :, neuron].max())

    before, now = run(old, old), run(new, new)
    if reach(now) < 1 or not np.array_equal(now.outputs[-1], found.layers[-1].spikes):
        return None
    hidden = max((place for place in before.records if place < split), default=None)
    return FirstSpike(
        epoch=found.epoch,
        sample=sample,
        step=step,
        neuron=neuron,
        before=reach(before),
        hidden_alone=reach(run(new, old)),
        output_alone=reach(run(old, new)),
        together=reach(now),
        hidden_spikes=None if hidden is None else (int(before.outputs[hidden].sum()), int(now.outputs[hidden].sum())),
        sources=_sources(experiment, split, records[: found.epoch], old, new, neuron),
    )


def first_output_spike(record: EpochRecord) -> tuple[int, int, int]:
    """Return sample, step and neuron of the first output spike of a whole epoch with one."""
    output = record.layers[-1]
    spikes = output.spikes.reshape(*output.spikes.shape[:2], -1)
    step = int(spikes.any(axis=(0, 2)).argmax())
    reached = np.where(spikes[:, step] > 0, _reach(output)[:, step], -np.inf)
    sample, neuron = np.unravel_index(int(reached.argmax()), reached.shape)
    return int(sample), step, int(neuron)


def _place(parameter: str) -> int:
    """Return the place of the layer that a parameter belongs to."""
    return int(parameter.partition(".")[0])


def _output_part(experiment: Experiment, parameters: Parameters) -> int:
    """Return the place of the last layer with weights; the output layer's own if there is none."""
    last = len(experiment.network) - 1
    return max((_place(name) for name in parameters if name.endswith(".weight") and _place(name) < last), default=last)


def _reach(record: LayerRecord) -> Array:
    """Return u/θ of a layer, (batch, time, neurons)."""
    ratio: Array = record.u / record.threshold
    return ratio.reshape(*ratio.shape[:2], -1)


def _sources(
    experiment: Experiment, split: int, earlier: Sequence[EpochRecord], old: Parameters, new: Parameters, neuron: int
) -> Sources | None:
    weights = old.get(f"{split}.weight")
    layers = [layer for layer in earlier[0].layers if layer.name == str(split - 1)]
    is_plain = split == len(experiment.network) - 2 and weights is not None and weights.ndim == 2 and layers and layers[0].does_spike
    if not is_plain or weights is None or not all(record.is_whole for record in earlier):
        return None
    fired = np.zeros(weights.shape[1], dtype=bool)
    for record in earlier:
        (layer,) = (layer for layer in record.layers if layer.name == str(split - 1))
        for sample in range(len(layer.spikes)):
            fired |= neurons_by_time(layer.spikes, sample).any(axis=1)
    changed = (new[f"{split}.weight"] != weights)[neuron]
    return Sources(int(fired.sum()), int(changed.sum()), int((changed & fired).sum()))
