"""Limits on what one user may ask of the server, checked before anything is built."""

from __future__ import annotations

import math
from dataclasses import dataclass

from snncore.errors import ExperimentError
from snncore.experiment.data import DataSet
from snncore.experiment.data.file import LabelledFile
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Draft
from snncore.experiment.tasks.classification import Classification

LARGEST_WEIGHTS = 4_000_000
"""Weights of all layers together."""

MOST_LAYERS = 40
MOST_STEPS = 20_000

LARGEST_RECORD = 256 * 2**20
"""Most bytes for the record of a training over all epochs, and likewise for all simulations of a network."""

LARGEST_PASS = 384 * 2**20
"""Most bytes held at once while the input is made and a network runs, forward or backward."""

MOST_MULTIPLICATIONS = 500_000_000
"""Most multiplications of a forward pass: half a second of one core. A backward pass takes twice as many."""

MOST_COMPARED = 20_000_000_000
"""Most multiplications of a comparison with an artificial network: some twenty seconds of one core."""

MOST_LEARNED = 100_000_000_000
"""Most multiplications of the training of an artificial network: some minutes of one core."""

TRAINED_PASSES = 3
"""Forward passes that take as long as one forward and one backward."""

LARGEST_RESULTS = 64 * 2**20
"""Most bytes of the results of one kind that visitors share."""

LARGEST_PAST = 64 * 2**20
"""Most bytes of a training that is kept for comparison."""

MOST_EPOCHS = 10_000
FEWEST_EPOCHS = 8
"""Fewest epochs of a training whose whole records must fit."""

MOST_RUNNING = 4
"""Most trainings that compute at once, over all users; further ones wait for their turn."""

MOST_RUNNING_OF_ONE = 2
"""Most trainings of one user that compute at once."""

BYTES = 4
"""Bytes of one float32 value."""

NEURON_QUANTITIES = 3
"""Spikes, u and v."""

INPUT_BYTES = 24
"""Bytes held at once per value while the input is made; Poisson spikes take the most."""

WEIGHT_COPIES = 7
"""Copies of each weight held at once in training: gradient, optimiser, record and intermediate values."""

COMPARED_COPIES = 2
"""Values held for each value of a tested sample: the activation, and the rate."""

DATA_COPIES = 4
"""Copies of labelled data held at once while they are made."""

OTHERS_BACKWARD = 3
"""Further values per output value that a layer without neurons holds for the backward pass; Dropout holds the most."""

NEURONS_BACKWARD = 4
"""Further values per output value that a layer of neurons holds for the backward pass."""

SCANNED_STEP = 250_000
"""Multiplications that take as long as one step of a layer that no compiled loop computes; compiled, it takes what its values do."""


@dataclass(frozen=True)
class Cost:
    """Memory and computation that a draft would take, as far as its shapes are known.

    Attributes:
        weights: of all layers.
        run: bytes that a simulation keeps.
        epoch: bytes that the record of an epoch keeps.
        simulating, training: bytes held at once.
        multiplications: of one pass forward.
    """

    weights: int
    run: int
    epoch: int
    simulating: int
    training: int
    multiplications: int


def check(draft: Draft, *, runs: int = 1, trains: bool = False) -> None:
    """Raise ExperimentError, naming the limit, if a draft exceeds what a session may have.

    Args:
        draft: its layers may not fit one another; then only the known sizes are checked.
        runs: number of its simulations that are kept at once.
        trains: whether it will be trained, which takes more than a simulation.
    """
    if draft.conversion is not None:
        raise ExperimentError("This Experiment converts an artificial network; open it on the Conversion page.")
    _check(draft, runs, trains)


def check_conversion(draft: Draft, steps: int) -> None:
    """Raise ExperimentError, naming the limit, if a conversion exceeds what a session may have.

    Args:
        steps: number of steps that the test samples are run.
    """
    labelled = _labelled_data(draft)
    assert labelled is not None
    _check(draft, 1, False)
    once = cost(draft.replace({"input.shape": [1, 1, *draft.input.shape[2:]], "training.batch_size": 1})).multiplications
    learned, tested = labelled.counts
    values = _values(draft)
    held = (learned + COMPARED_COPIES * tested) * values * BYTES
    if held > LARGEST_PASS:
        raise ExperimentError(
            f"Comparing {learned + tested:,} samples of {values:,} values takes {_megabytes(held)} at once; this server takes up to "
            f"{_megabytes(LARGEST_PASS)}. Use fewer samples or neurons."
        )
    if once * steps * tested > MOST_COMPARED:
        raise ExperimentError(
            f"Comparing {tested:,} samples at {steps:,} steps takes {once * steps * tested:,} multiplications; this server takes up to "
            f"{MOST_COMPARED:,}. Use fewer steps or neurons."
        )
    if TRAINED_PASSES * once * learned * draft.training.epochs > MOST_LEARNED:
        raise ExperimentError(
            f"Training {draft.training.epochs:,} epochs of {learned:,} samples takes "
            f"{TRAINED_PASSES * once * learned * draft.training.epochs:,} multiplications; this server takes up to {MOST_LEARNED:,}. "
            f"Use fewer epochs or neurons."
        )


def _check(draft: Draft, runs: int, trains: bool) -> None:
    layers, steps, labelled = len(draft.network), draft.input.shape[1], _labelled_data(draft)
    if layers > MOST_LAYERS:
        raise ExperimentError(f"The network has {layers} layers; this server takes up to {MOST_LAYERS}.")
    found = cost(draft)
    if found.weights > LARGEST_WEIGHTS:
        remedy = "samples of fewer values, or smaller layers" if isinstance(labelled, LabelledFile) else "smaller layers"
        raise ExperimentError(f"The network has {found.weights:,} weights; this server takes up to {LARGEST_WEIGHTS:,}. Use {remedy}.")
    if trains and draft.training.epochs > MOST_EPOCHS:
        raise ExperimentError(f"The training has {draft.training.epochs:,} epochs; this server takes up to {MOST_EPOCHS:,}. Use fewer.")
    if trains and found.epoch * FEWEST_EPOCHS > LARGEST_RECORD:
        raise ExperimentError(
            f"Recording an epoch of {_in_words(draft)} takes {_megabytes(found.epoch)}; this server takes up to "
            f"{_megabytes(LARGEST_RECORD // FEWEST_EPOCHS)}. Use fewer samples, time steps, neurons or weights."
        )
    if steps > MOST_STEPS:
        raise ExperimentError(f"The input has {steps:,} time steps; this page takes up to {MOST_STEPS:,}. Use fewer.")
    if found.run * runs > LARGEST_RECORD:
        many = "one run" if runs == 1 else f"{runs} runs"
        raise ExperimentError(
            f"Simulating {_in_words(draft)} takes {_megabytes(found.run * runs)} for {many}; "
            f"this server keeps up to {_megabytes(LARGEST_RECORD)}. Use fewer samples, time steps or neurons."
        )
    held = found.training if trains else found.simulating
    if held > LARGEST_PASS and labelled is not None and (trains or draft.input.kind == "sample"):
        raise ExperimentError(_data_in_words(draft, labelled, held, trains))
    if held > LARGEST_PASS:
        raise ExperimentError(
            f"{'Training' if trains else 'Simulating'} {_in_words(draft)} takes {_megabytes(held)} at once; "
            f"this server takes up to {_megabytes(LARGEST_PASS)}. Use fewer samples, time steps, inputs or neurons."
        )
    if found.multiplications > MOST_MULTIPLICATIONS and labelled is not None and trains and _learns_most(draft, labelled):
        raise ExperimentError(
            f"One pass of a batch of {_batch_size(draft, labelled):,} samples takes {found.multiplications:,} multiplications; "
            f"this server takes up to {MOST_MULTIPLICATIONS:,}. Use a smaller batch, fewer time steps or neurons, or smaller kernels."
        )
    if found.multiplications > MOST_MULTIPLICATIONS:
        raise ExperimentError(
            f"One pass of the network takes {found.multiplications:,} multiplications; this server takes up to {MOST_MULTIPLICATIONS:,}. "
            f"Use fewer samples, time steps or neurons, or smaller kernels."
        )


def cost(draft: Draft) -> Cost:
    """Return the memory and computation that the draft would take."""
    (batch, steps, *sample), labelled = draft.input.shape, _labelled_data(draft)
    passed, inputs = batch * steps, math.prod(sample)
    learned, data = passed, 0
    if labelled is not None:
        learned, data = steps * _batch_size(draft, labelled), labelled.nbytes * DATA_COPIES
    others = recorded = neurons = multiplications = 0
    for layer, fit in zip(draft.network, draft.fits(), strict=True):
        values = 0 if fit.shape is None else math.prod(fit.shape)
        multiplications += max(passed, learned) * values * layer.multiplications
        if isinstance(layer, NeuronSpec):
            neurons += values
            recorded += values * _quantities(layer)
            multiplications += steps * SCANNED_STEP * (not layer.is_compiled(fit.shape or ()))
        else:
            others += values
    weights = sum(layer.weight_count for layer in draft.network)
    readout = 0 if isinstance(draft.network[-1], NeuronSpec) else math.prod(draft.fits()[-1].shape or ())
    return Cost(
        weights=weights,
        run=passed * (inputs + others + recorded) * BYTES,
        epoch=((0 if labelled else passed * (recorded + readout)) + weights) * BYTES,
        simulating=passed * (inputs * INPUT_BYTES + (others + recorded) * BYTES) + weights * BYTES + data * (draft.input.kind == "sample"),
        training=learned * (inputs * INPUT_BYTES + (others * (1 + OTHERS_BACKWARD) + recorded + neurons * NEURONS_BACKWARD) * BYTES)
        + weights * WEIGHT_COPIES * BYTES
        + data,
        multiplications=multiplications,
    )


def _labelled_data(draft: Draft) -> DataSet | None:
    """Return the data set of the draft's task; None if it has none."""
    task = draft.training.task
    return task.data if isinstance(task, Classification) else None


def _learns_most(draft: Draft, labelled: DataSet) -> bool:
    """Return True if a batch has more samples than the input shows."""
    return _batch_size(draft, labelled) > draft.input.shape[0]


def _batch_size(draft: Draft, labelled: DataSet) -> int:
    return min(draft.training.batch_size, max(labelled.counts))


def _data_in_words(draft: Draft, labelled: DataSet, held: int, trains: bool) -> str:
    """Say what takes so much memory: all samples, or a batch of them on its way through the network; and what helps."""
    samples, data = sum(labelled.counts), labelled.nbytes * DATA_COPIES
    at_once = _batch_size(draft, labelled) if trains else draft.input.shape[0]
    if 2 * data > held:
        values = math.prod(labelled.sample_shape) * (labelled.steps or 1)
        part = f"{_megabytes(data)} for the data, {samples:,} samples of {values:,} values"
        remedy = "fewer samples, or samples of fewer values" if labelled.steps is None else "fewer samples, or samples of fewer time steps"
    else:
        count = f"{at_once:,} sample{'' if at_once == 1 else 's'}"
        each = f"{draft.input.shape[1]:,}×{_values(draft):,} values in all layers"
        part = f"{_megabytes(held - data)} for {count} at once, each of {each}"
        remedy = f"{'a smaller batch' if trains else 'fewer samples'}, or fewer time steps, inputs or neurons"
    what = "Training" if trains else "Simulating"
    return f"{what} takes {_megabytes(held)} at once: {part}; this server takes up to {_megabytes(LARGEST_PASS)}. Use {remedy}."


def _quantities(layer: NeuronSpec) -> int:
    """Number of arrays kept per neuron, output included: adaptation, recurrence and synaptic currents add one each."""
    if not layer.has_kernel:
        return NEURON_QUANTITIES - 1 + len(layer.state_names)  # v among them
    return NEURON_QUANTITIES + sum(getattr(layer, name, None) is not None for name in ("tau_syn", "tau_adapt", "rec_connect"))


def _values(draft: Draft) -> int:
    """Number of values of the input and of all layers at one time step."""
    return math.prod(draft.input.shape[2:]) + sum(math.prod(fit.shape or ()) for fit in draft.fits())


def _in_words(draft: Draft) -> str:
    batch, steps, *_ = draft.input.shape
    return f"{batch}×{steps}×{_values(draft)} values"


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f} MB"
