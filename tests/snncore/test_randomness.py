"""What a seed is said to decide is what another seed changes, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore.experiment.edits import fitting_input, fitting_layer
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.randomness import randomness
from snncore.experiment.spec import Experiment
from snncore.io.recordings import content_hash
from snncore.run.bptt import train
from tests.length import examples
from tests.snncore import labelled

SHAPE, SENSOR = (1, 40, 6), (1, 40, 2, 8, 8)
OTHER_SEEDS = (1, 2, 3)

FILE = np.ones(SHAPE, np.float32)
FILES = {content_hash(FILE): FILE}

INPUTS: dict[str, dict[str, Any]] = {
    **{kind: fitting_input(kind, SHAPE) for kind in INPUT_KINDS if kind not in ("file", "sample")},
    "file": {"kind": "file", "name": "a.npy", "digest": content_hash(FILE), "shape": SHAPE},
    "always": {"kind": "random_spikes", "shape": SHAPE, "probability": 1.0},
    "never": {"kind": "random_spikes", "shape": SHAPE, "probability": 0.0},
    "as good as never": {"kind": "random_spikes", "shape": SHAPE, "probability": 1e-12},
    "without weight": {"kind": "random_spikes", "shape": SHAPE, "probability": 0.5, "weight": 0.0},
    "weighted": {"kind": "random_spikes", "shape": SHAPE, "probability": 0.5, "weight": -2.0},
    "no rate": {"kind": "poisson_spikes", "shape": SHAPE, "rate": 0.0},
    "weightless rate": {"kind": "poisson_spikes", "shape": SHAPE, "rate": 100.0, "weight": 0.0},
    "largest rate": {"kind": "poisson_spikes", "shape": SHAPE, "rate": 1e6},
    "latency in one step": {"kind": "latency", "shape": (1, 1, 6)},
    "a digit by latency": {"kind": "digit", "shape": SENSOR, "index": 3, "code": "latency"},
    "a digit without rate": {"kind": "digit", "shape": SENSOR, "index": 3, "rate": 0.0},
    "a digit in every step": {"kind": "digit", "shape": SENSOR, "index": 3, "rate": 1e6},
}


def fed(given: dict[str, Any]) -> Experiment:
    return Experiment(network=[{"kind": "IAF"}], input=given)


@pytest.mark.parametrize("given", INPUTS.values(), ids=INPUTS)
def test_an_input_is_random_where_another_seed_changes_it(given: dict[str, Any]) -> None:
    made = fed(given)
    others = [made.replace({"seeds.input": seed}).make_input(FILES) for seed in OTHER_SEEDS]
    differs = any(not torch.equal(other, made.make_input(FILES)) for other in others)
    assert randomness(made).input == differs


WEIGHTS = st.one_of(
    st.builds(lambda gain: {"kind": "random", "gain": gain}, st.sampled_from([0.0, 0.5, 1.0])),
    st.builds(lambda std: {"kind": "normal", "mean": 0.5, "std": std}, st.sampled_from([0.0, 1.0])),
    st.just({"kind": "constant", "value": 0.1}),
    st.just({"kind": "diagonal"}),
    st.just({"kind": "chain", "groups": 2, "value": 0.3}),
)


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    layer = fitting_layer(draw(st.sampled_from(tuple(LAYER_KINDS))), (2, 8, 8)).model_dump()
    linear = layer if layer["kind"] == "Linear" else layer.get("rec_connect")
    if linear:
        linear |= {"weights": draw(WEIGHTS), "bias": draw(st.booleans())}
    if layer["kind"] == "Dropout":
        layer["p"] = draw(st.sampled_from([0.0, 0.5]))
    return layer


@examples(25)
@given(st.lists(layers(), min_size=1, max_size=4))
def test_a_layer_draws_its_weights_where_another_seed_changes_them(network: list[dict[str, Any]]) -> None:
    flat = [layer for layer in network if layer["kind"] not in ("Flatten", "AvgPool2d")]
    made = Experiment(network=flat or [{"kind": "IAF"}], input=fitting_input("random_spikes", SENSOR))
    one, other = (made.replace({"seeds.weights": seed}).build().state_dict() for seed in (0, 1))
    changed = {int(name.partition(".")[0].replace("fold", "-1")) for name in one if not torch.equal(one[name], other[name])}
    assert set(randomness(made).weights) == changed


@pytest.mark.parametrize(("p", "is_noisy"), [(None, False), (0.0, False), (0.5, True)])
def test_the_noise_seed_decides_something_where_another_one_trains_otherwise(p: float | None, is_noisy: bool) -> None:
    dropout = [] if p is None else [{"kind": "Dropout", "p": p}]
    network = [{"kind": "Linear", "in_features": 6, "out_features": 6}, *dropout, {"kind": "LIF", "tau_mem": 5.0, "norm_input": False}]
    made = Experiment(network=network, input=fitting_input("random_spikes", SHAPE), training={"epochs": 1, "task": {"target": 500}})
    (one,), (other,) = (list(train(made.replace({"seeds.noise": seed}))) for seed in (0, 1))
    assert bool(randomness(made).noise) == is_noisy
    assert np.array_equal(one.layers[-1].u, other.layers[-1].u) != is_noisy


@pytest.mark.parametrize(("encoding", "is_random"), [("current", False), ("latency", False), ("rate", True)])
def test_the_input_seed_orders_the_batches_of_labelled_data_and_draws_what_a_random_encoding_draws(encoding: str, is_random: bool) -> None:
    made = labelled.made(task={"encoding": {"kind": encoding}}, epochs=2)
    learned = [labelled.learned(made.replace({"seeds.input": seed})) for seed in (0, 1)]
    found = randomness(made)
    assert (found.batches, found.samples) == (True, is_random)
    untrained, trained = zip(*learned, strict=True)
    assert (untrained[0].loss == untrained[1].loss) != is_random, "epoch 0 tests all samples in the order of the data"
    assert trained[0].loss != trained[1].loss


def test_what_has_no_labelled_data_has_no_batches() -> None:
    found = randomness(fed(INPUTS["always"]))
    assert not found.batches
    assert not found.samples
