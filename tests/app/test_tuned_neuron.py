"""The neuron of the Neuron page: what edits make of it, what the page takes, and what the lessons claim."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from app.state.discoveries import DISCOVERIES
from app.state.history import History
from app.state.tuned_neuron import DEFAULT, PANELS, TunedNeuron, as_experiment, edited
from app.words.beside import besides
from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.inputs import DrawnCurrent
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.io.recordings import content_hash
from snncore.run.record import LayerRecord
from snncore.run.simulation import simulate
from snncore.run.single_neuron import KINDS, layer_of
from tests.lessons import LESSONS

LIVELY_KINDS = ("step_current", "spike_bursts", "ramp_current", "sine_current", "random_spikes", "poisson_spikes", "drawn")


def run(experiment: Experiment) -> LayerRecord:
    return simulate(experiment)[0].records[0]


def as_model(kind: str, **fields: Any) -> Experiment:
    """The default neuron as another model, with other values in some fields."""
    made = edited(DEFAULT, {"network.0.kind": kind}, {})
    return made.replace({f"network.0.{name}": value for name, value in fields.items()})


# ------------------------------------------------------------------------------------------------------ edits


def test_what_a_visitor_finds_spikes_now_and_then() -> None:
    assert 3 <= run(DEFAULT).spikes.sum() <= 20


def test_an_edit_changes_its_fields_alone_and_can_be_undone() -> None:
    tuned = TunedNeuron()
    tuned.edit({"network.0.tau_mem": 5.0, "input.amplitude": 2.0})
    assert tuned.experiment == DEFAULT.replace({"network.0.tau_mem": 5.0, "input.amplitude": 2.0})
    assert np.array_equal(tuned.simulation().records[0].u, run(tuned.experiment).u)
    tuned.undo()
    assert tuned.experiment == DEFAULT
    assert np.array_equal(tuned.simulation().records[0].u, run(DEFAULT).u)
    tuned.redo()
    assert tuned.layer.tau_mem == 5.0


@pytest.mark.parametrize(
    "changes",
    [
        {"network.0.tau_mem": -1.0},
        {"network.0.nonsense": 1.0},
        {"network.0.kind": "Linear"},
        {"network.0.kind": "LIFRecurrent"},
        {"input.kind": "moving_bar"},
        {"input.kind": "nonsense"},
        {"input.shape": [1, 1001, 1]},
        {"input.shape": [1, 200, 65]},
        {"input.shape": [2, 200, 1]},
        {"network.0.tau_mem": 5.0, "input.amplitude": float("nan")},
        {"input.kind": "drawn", "input.values": [1.0, 2.0]},
    ],
)
def test_a_refused_edit_says_why_and_changes_nothing(changes: dict[str, Any]) -> None:
    tuned = TunedNeuron()
    before = tuned.simulation()
    with pytest.raises(ExperimentError):
        tuned.edit(changes)
    assert tuned.experiment == DEFAULT
    assert not tuned.history.can_undo
    assert tuned.usual == {}
    assert tuned.simulation() is before


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_neuron_that_was_another_model_for_a_while_is_as_it_was(one: str, other: str) -> None:
    started = as_model(one)
    fields = type(layer_of(started)).model_fields
    values = {"tau_mem": 33.0, "tau_syn": 7.0, "spike_threshold": 0.7, "norm_input": False, "tau_adapt": 66.0, "adapt_scale": 0.4}
    own = {f"network.0.{name}": value for name, value in values.items() if name in fields}
    tuned = TunedNeuron()
    tuned.edit({"network.0.kind": one})
    tuned.edit(own)
    before = tuned.experiment
    tuned.edit({"network.0.kind": other})
    assert tuned.layer.kind == other
    assert tuned.experiment.input == before.input
    tuned.edit({"network.0.kind": one})
    assert tuned.experiment == before


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("kind", LIVELY_KINDS)
@pytest.mark.parametrize("tau_syn", [None, 8.0])
def test_another_input_begins_so_that_the_neuron_is_alive_and_not_saturated(model: str, kind: str, tau_syn: float | None) -> None:
    started = as_model(model, tau_syn=tau_syn).replace({"input": {"kind": "latency", "shape": (1, 200, 1)}})
    made = edited(started, {"input.kind": kind}, {})
    assert made.input.kind == kind
    assert made.input.shape == started.input.shape
    record = run(made)
    if record.does_spike:
        assert 2 <= (record.spikes > 0).sum() <= 100
    else:
        assert 0.5 < record.u.max() < 10


def test_without_normalisation_another_input_is_as_much_weaker_as_the_leak_asks() -> None:
    for norm_input in (True, False):
        record = run(edited(as_model("LIF", norm_input=norm_input), {"input.kind": "sine_current"}, {}))
        assert 2 <= (record.spikes > 0).sum() <= 100


def test_what_stands_beside_the_kind_of_an_input_is_taken_over() -> None:
    drawn = [float(step % 7) for step in range(200)]
    made = edited(DEFAULT, {"input.kind": "drawn", "input.values": drawn, "network.0.tau_mem": 9.0}, {})
    assert made.input.values == tuple(drawn)
    assert made.network[0].tau_mem == 9.0
    assert edited(made, {"input.kind": "step_current", "input.amplitude": 0.25}, {}).input.amplitude == 0.25


def test_the_kind_that_an_input_has_already_keeps_its_values() -> None:
    assert edited(DEFAULT, {"input.kind": "step_current"}, {}) == DEFAULT
    drawn = edited(DEFAULT, {"input.kind": "drawn", "input.values": [1.0] * 200}, {})
    assert edited(drawn, {"input.kind": "drawn", "input.values": [2.0] * 200}, {}).input.values == (2.0,) * 200


def test_a_drawn_input_is_cut_off_or_followed_by_nothing_where_time_changes() -> None:
    drawn = edited(DEFAULT, {"input.kind": "drawn", "input.values": [float(step) for step in range(200)]}, {})
    assert edited(drawn, {"input.shape": [1, 100, 4]}, {}).input.values == tuple(map(float, range(100)))
    longer = edited(drawn, {"input.shape": [1, 500, 1]}, {}).input.values
    assert longer == (*map(float, range(200)), *(0.0,) * 300)


# ----------------------------------------------------------------------------------- looking, comparing, mending


def test_a_remedy_ends_what_it_is_for() -> None:
    tuned = TunedNeuron()
    tuned.edit({"input.amplitude": 0.6})
    assert not tuned.simulation().records[0].spikes.any()
    tuned.mend(0)
    assert tuned.simulation().records[0].spikes.any()


@pytest.mark.parametrize("given", [{"input.start": 150, "input.stop": 180}, {"input.kind": "spike_bursts", "input.first": 150}])
def test_fewer_time_steps_leave_an_input(given: dict[str, Any]) -> None:
    shorter = edited(edited(DEFAULT, given, {}), {"input.shape": [1, 100, 1]}, {})
    assert simulate(shorter)[0].input[0, 10:].any()
    longer = edited(edited(DEFAULT, given, {}), {"input.shape": [1, 500, 1]}, {})
    assert longer.input.model_dump(exclude={"shape"}) == edited(DEFAULT, given, {}).input.model_dump(exclude={"shape"})


def test_drawing_begins_with_what_the_first_neuron_received() -> None:
    tuned = TunedNeuron(History(DEFAULT.replace({"input": {"kind": "spike_bursts", "shape": [1, 30, 2], "period": 7, "weight": 1.2345}})))
    received = simulate(tuned.experiment)[0].input[0, :, 0]
    tuned.edit({"input.kind": "drawn"})
    given = tuned.experiment.input
    assert isinstance(given, DrawnCurrent)
    assert given.values == tuple(np.round(received.astype(float), 2))
    assert given.weight == 1
    tuned = TunedNeuron(History(DEFAULT.replace({"input.amplitude": -3e7})))
    tuned.edit({"input.kind": "drawn"})
    assert min(tuned.experiment.input.values) == -1e6


def test_what_is_pinned_stays_as_it_was_until_it_is_let_go() -> None:
    tuned = TunedNeuron()
    tuned.pin()
    tuned.edit({"network.0.tau_mem": 5.0})
    assert tuned.pinned is not None
    assert tuned.pinned.experiment == DEFAULT
    assert np.array_equal(tuned.pinned.records[0].u, run(DEFAULT).u)
    tuned.unpin()
    assert tuned.pinned is None


def test_looking_changes_what_it_names_and_nothing_else() -> None:
    tuned = TunedNeuron()
    offered = ("", *besides(tuned.layer))
    for panel, beside in product(PANELS, offered):
        tuned.look_at({"panel": panel})
        tuned.look_at({"beside": beside})
        assert tuned.look == {"panel": panel, "beside": beside, "neuron": 0}
    tuned.look_at({"panel": "nonsense", "beside": "adaptation", "neuron": 7})
    assert tuned.look == {"panel": PANELS[-1], "beside": offered[-1], "neuron": 0}
    tuned.edit({"input.shape": [1, 200, 16]})
    assert tuned.look["neuron"] == 7
    assert tuned.experiment == DEFAULT.replace({"input.shape": (1, 200, 16)})


@pytest.mark.parametrize("what", ["panel", "beside", "neuron", "pinned", "discovery", "edit", "undone"])
def test_a_reload_would_lose_what_the_link_does_not_hold(what: str) -> None:
    tuned = TunedNeuron()
    assert not tuned.is_walked
    match what:
        case "panel" | "beside":
            tuned.look_at({what: {"panel": "rate", "beside": "leak"}[what]})
        case "neuron":
            tuned.look_at({"neuron": 1})
        case "pinned":
            tuned.pin()
        case "discovery":
            tuned.discovery = DISCOVERIES[0]
        case "edit":
            tuned.edit({"network.0.tau_mem": 5.0})
        case "undone":
            tuned.edit({"network.0.tau_mem": 5.0})
            tuned.undo()
    assert tuned.is_walked


# ------------------------------------------------------------------------------------------- what the page takes


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [
        (ten_spikes(), "has 4 layers; see it on the Network page"),
        (DEFAULT.replace({"network": [{"kind": "Linear", "in_features": 1, "out_features": 1}]}), "but this is Linear"),
        (
            DEFAULT.replace({"network": [{"kind": "IAFRecurrent", "rec_connect": {"in_features": 1, "out_features": 1}}]}),
            "but this is IAFRecurrent",
        ),
        (DEFAULT.replace({"input.shape": (1, 200, 1, 2)}), "takes (1, time, neurons) with up to 1,000 time steps and 64 neurons"),
        (DEFAULT.replace({"input.shape": (1, 200, 2), "network.0.tau_mem": (5.0, 6.0)}), "has a value for each neuron"),
        (DEFAULT.changed(3, {"training.lr": 0.1}), "takes no trained weights"),
    ],
)
def test_what_is_no_single_neuron_is_refused_in_one_sentence(experiment: Experiment, reason: str) -> None:
    with pytest.raises(ExperimentError) as error:
        as_experiment(experiment.draft)
    assert reason in str(error.value)
    assert str(error.value).count(". ") == 0


def test_a_file_that_is_not_here_is_asked_for() -> None:
    z = np.ones((1, 50, 1), dtype=np.float32)
    digest = content_hash(z)
    fed = Experiment(**dict(stack.feed_file(DEFAULT.draft, "mine", digest, z.shape)))
    files: dict[str, Array] = {}
    tuned = TunedNeuron(files=files)
    with pytest.raises(ExperimentError, match="not here"):
        tuned.show(fed)
    assert tuned.experiment == DEFAULT
    files[digest] = z
    tuned.show(fed)
    assert np.array_equal(tuned.simulation().input, z)


# ------------------------------------------------------------------------------------------------------- lessons


def of(title: str, changes: dict[str, Any] | None = None) -> LayerRecord:
    return run(edited(LESSONS[title].experiment, changes or {}, {}))


@pytest.mark.parametrize("discovery", DISCOVERIES, ids=lambda discovery: discovery.title)
def test_every_lesson_can_be_opened_undone_and_closed(discovery: Any) -> None:
    tuned = TunedNeuron()
    tuned.pin()
    tuned.look_at({"panel": "rate", "beside": "leak"})
    pinned = tuned.pinned
    tuned.discover(discovery)
    assert tuned.experiment == discovery.experiment
    assert (tuned.panel, tuned.beside, tuned.discovery, tuned.pinned) == ("", discovery.beside, discovery, None)
    assert discovery.beside in ("", *besides(tuned.layer))
    tuned.edit({"network.0.tau_mem": 7.0})
    tuned.undo()
    assert tuned.discovery is discovery
    tuned.undo()
    assert tuned.experiment == DEFAULT
    assert (tuned.panel, tuned.beside, tuned.discovery, tuned.pinned) == ("rate", "leak", None, pinned)


def test_lessons_one_after_another_are_undone_one_after_another() -> None:
    tuned = TunedNeuron()
    first, second = DISCOVERIES[:2]
    tuned.discover(first)
    tuned.discover(second)
    for discovery, experiment in ((first, first.experiment), (None, DEFAULT)):
        tuned.undo()
        assert (tuned.discovery, tuned.experiment) == (discovery, experiment)


def test_with_wider_gaps_only_the_neuron_without_leak_still_fires() -> None:
    def counts(gap: int) -> tuple[int, int]:
        lif, iaf = (of("Leak against integration", {"input.period": gap, "network.0.kind": kind}) for kind in ("LIF", "IAF"))
        return int(lif.spikes.sum()), int(iaf.spikes.sum())

    assert LESSONS["Leak against integration"].beside == "leak"
    given = LESSONS["Leak against integration"].experiment.input.period
    assert min(counts(given)) > 0
    for gap in (11, 15, 20, 30):
        lif, iaf = counts(gap)
        assert lif == 0
        assert iaf > 0


def test_of_the_first_pulse_so_much_is_left_as_the_lesson_says() -> None:
    alpha = np.exp(-1 / 20)
    first, weight = 20, 0.6
    for steps in range(1, 30):
        record = of("Memory", {"input.period": steps})
        assert record.u[0, first + steps, 0] == pytest.approx(weight * alpha**steps + weight, rel=1e-5)
        assert record.spikes.any() == (steps < 9)
    assert of("Memory").spikes.any()


@pytest.mark.parametrize("tau", [5.0, 20.0, 30.0])
def test_a_constant_input_leads_to_itself_or_to_itself_over_the_leak(tau: float) -> None:
    current = LESSONS["Normalised input"].experiment.input.amplitude
    for norm_input, steady in ((True, current), (False, current / (1 - np.exp(-1 / tau)))):
        record = of("Normalised input", {"network.0.tau_mem": tau, "network.0.norm_input": norm_input})
        assert record.u[0, -1, 0] == pytest.approx(steady, rel=0.005)


def test_with_one_spike_per_step_v_stays_above_the_threshold_and_with_any_number_below() -> None:
    single, multiple = of("u and v"), of("u and v", {"network.0.spike_fn": {"kind": "MultiSpike"}})
    spiking = single.spikes > 0
    assert np.allclose((single.u - single.v)[spiking], 1.0, atol=1e-5)
    assert (single.v[spiking] > 1).mean() > 0.8
    assert (multiple.v < 1).all()
    assert multiple.spikes.any()


def test_the_longer_the_synapse_the_later_the_peak() -> None:
    taus = (None, 1.0, 5.0, 10.0, 20.0)
    peaks = [int(of("τ_syn, a second filter", {"network.0.tau_syn": tau}).u.argmax()) for tau in taus]
    assert peaks[0] == 20
    assert peaks == sorted(set(peaks))


def test_adaptation_makes_the_intervals_grow_and_without_it_they_stay() -> None:
    def intervals(changes: dict[str, Any]) -> np.ndarray[Any, Any]:
        return np.diff(np.flatnonzero(of("Adaptation", changes).spikes[0, :, 0]))

    adapting, steady = intervals({}), intervals({"network.0.adapt_scale": 0.0})
    assert adapting[-1] >= adapting[0] + 3
    assert np.diff(adapting).min() >= -1
    assert np.ptp(steady) <= 1
    assert len(steady) > len(adapting)
    assert intervals({"network.0.adapt_scale": 10.0})[-1] > adapting[-1]


def test_a_remedy_that_is_pressed_twice_is_refused_the_second_time_in_a_sentence() -> None:
    tuned = TunedNeuron()
    tuned.edit({"input.amplitude": 0.63})
    tuned.mend(0)
    mended = tuned.experiment
    with pytest.raises(ExperimentError, match="no longer needed"):
        tuned.mend(0)
    assert tuned.experiment == mended
