"""What a preset promises to show, it shows: each phenomenon in the numbers of the network that is built."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from app.server.limits import check
from app.state.presets import FOLDER, Preset, presets, read
from app.state.trainability import check_trainable
from benchmarks.known_results import hidden, penalty, scale, slope
from snncore.diagnosis.layers import Silent, diagnose
from snncore.errors import DivergenceError, ExperimentError
from snncore.experiment.recognition import digits, digits_convolution, remember, yin_yang
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.layers.model import spiking_layers
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from tests.length import sampled

TITLES = [
    "Ten spikes",
    "Convolution",
    "Synfire chain",
    "Recurrent reservoir",
    "Winner-take-all",
    "IAF integrator",
    "Coincidence detection",
    "Spike times",
    "Digits",
    "Yin-Yang",
    "Remember a bit",
    "Digits by convolution",
]
KNOWN_RESULTS = {
    "Yin-Yang without a hidden layer": hidden().experiments["no hidden layer, mean potential"],
    "Yin-Yang, steep surrogate": slope().experiments["slope 100"],
    "Yin-Yang, scaled surrogate": scale().experiments["scale 100, reset attached"],
    "Yin-Yang, scaled surrogate, detached reset": scale().experiments["scale 100, reset detached"],
    "Digits with few spikes": penalty().experiments["penalty 1"],
}
"""The Experiments of `benchmarks.known_results` in which what is published is seen best."""


def experiment(title: str) -> Experiment:
    return next(preset.experiment for preset in presets() if preset.title == title)


def run(made: Experiment) -> tuple[Tensor, dict[str, dict[str, Tensor]]]:
    """The input (time, neurons), and of each neuron layer, by its place in the network, `u`, `v_mem` and the `spikes` likewise."""
    model = made.build().eval()
    layers = spiking_layers(model)
    outputs: dict[str, Tensor] = {}
    for name, layer in layers.items():
        layer.record_states = True
        layer.register_forward_hook(lambda _, __, output, name=name: outputs.__setitem__(name, output))
    data = made.make_input()
    with torch.no_grad():
        model(data)
    return data[0], {name: {"spikes": outputs[name][0]} | {k: v[0] for k, v in layer.recordings.items()} for name, layer in layers.items()}


def steps_of(spikes: Tensor) -> list[int]:
    """The time steps in which any of the neurons (time, neurons) spikes."""
    return torch.nonzero(spikes.flatten(1).any(dim=1)).flatten().tolist()


# ---------------------------------------------------------------------------------------------- the phenomena


def test_labelled_presets_are_the_packages_own() -> None:
    assert [experiment(title) for title in TITLES[-4:]] == [digits(), yin_yang(), remember(), digits_convolution()]
    assert {title: experiment(title) for title in KNOWN_RESULTS} == KNOWN_RESULTS


def test_ten_spikes_and_convolution_are_those_of_the_quickstart() -> None:
    assert experiment("Ten spikes") == ten_spikes()
    awake = {"network.1.norm_input": False, "network.3.norm_input": False}  # as they are there, both layers are silent
    smooth = {"training.optimiser": "Adam", "training.lr": 1e-4}  # with the usual ones its sum leaps about its target
    assert experiment("Convolution") == convolution().replace({**awake, **smooth})


def test_no_preset_has_a_silent_layer_but_the_outputs_that_are_to_be_trained() -> None:
    for preset in presets():
        found = diagnose(simulate(preset.experiment)[0])
        silent = [index for index, findings in found.items() if any(isinstance(finding, Silent) for finding in findings)]
        assert silent == ([3] if preset.title in ("Ten spikes", "Spike times") else []), preset.title


def test_convolution_has_maps_of_the_sizes_that_it_names() -> None:
    made = experiment("Convolution")
    maps = [made.input.shape[2:], *(fit.shape for fit in made.fits())]
    assert list(dict.fromkeys(maps))[:3] == [(2, 8, 8), (16, 6, 6), (32, 4, 4)]


def test_a_volley_travels_down_the_synfire_chain_and_ends_with_it() -> None:
    data, layers = run(experiment("Synfire chain"))
    assert steps_of(data) == [5, 55]
    assert not data[:, 10:].any()
    groups = layers["0"]["spikes"].unflatten(1, (10, 10))
    times = [steps_of(groups[:, group]) for group in range(10)]
    assert [len(volleys) for volleys in times] == [2] * 10
    for volley, begin in ((0, 5), (1, 55)):
        first = [volleys[volley] for volleys in times]
        assert first[0] == begin + 1
        assert {after - before for before, after in itertools.pairwise(first)} == {3}
    assert all((groups[step, group] == 1).all() for group in range(10) for step in times[group])


def test_the_reservoir_echoes_after_each_burst_and_falls_silent() -> None:
    made = experiment("Recurrent reservoir")
    data, layers = run(made)
    spikes, readout = layers["1"]["spikes"], layers["3"]["spikes"]
    starts = (5, 55, 105, 155)
    assert steps_of(data) == [start + step for start in starts for step in range(3)]
    _, without_recurrence = run(made.replace({"network.1.rec_connect.weights.gain": 0.0}))
    for start in starts[:3]:
        after_the_burst = slice(start + 3, start + 50)
        echo = steps_of(spikes[after_the_burst])
        assert 15 <= len(echo) <= 25
        assert max(echo) <= 30
        assert max(steps_of(without_recurrence["1"]["spikes"][after_the_burst])) <= 5
        assert readout[after_the_burst].any()
    assert spikes.sum(dim=1).max() < 50  # of 100 neurons: it doesn't saturate


def test_a_stronger_reservoir_never_falls_silent() -> None:
    made = experiment("Recurrent reservoir").replace({"network.1.rec_connect.weights.gain": 3.0})
    assert steps_of(run(made)[1]["1"]["spikes"])[-1] == 199


def test_the_winner_with_the_strongest_input_takes_all() -> None:
    made = experiment("Winner-take-all")
    spikes = run(made)[1]["1"]["spikes"]
    without_inhibition = run(made.replace({"network.1.rec_connect.weights.others": 0.0}))[1]["1"]["spikes"]
    assert (spikes[:20].sum(dim=0) > 0).sum() == 3
    late, uninhibited = spikes[50:].sum(dim=0), without_inhibition[50:].sum(dim=0)
    assert late.max() > 0.95 * late.sum()
    assert uninhibited.max() < 0.3 * uninhibited.sum()
    assert late.argmax() == uninhibited.argmax()


def test_the_integrator_counts_its_whole_input_and_keeps_the_rest() -> None:
    made = experiment("IAF integrator")
    data, layers = run(made)
    spikes, v_mem = layers["1"]["spikes"], layers["1"]["v_mem"]
    total = (data.double().sum() * made.build()[0].weight.double()).flatten()
    count = spikes.sum(dim=0).double()
    assert torch.equal(count, total.floor())
    assert sorted(count.tolist()) == [1, 2, 3, 4, 6, 7]
    torch.testing.assert_close(v_mem[-1].double(), (total - total.floor()).detach(), rtol=0, atol=1e-5)
    assert (v_mem[70:] == v_mem[69]).all()  # the current stops before step 70


def test_a_leak_loses_what_the_integrator_counts() -> None:
    leaky = {"kind": "LIF", "tau_mem": 5.0, "norm_input": False}
    made = experiment("IAF integrator")
    layer = run(Experiment(**{**made.model_dump(), "network": (made.network[0], leaky)}))[1]["1"]
    assert not layer["spikes"].any()
    assert layer["v_mem"][69].min() > 0.1
    assert layer["v_mem"][-1].abs().max() < 0.01


def test_the_leaky_neuron_spikes_at_coincidences_only() -> None:
    data, layers = run(experiment("Coincidence detection"))
    both = torch.nonzero(data.sum(dim=1) == 2).flatten().tolist()
    assert both == [5, 95, 185]
    assert steps_of(layers["1"]["spikes"]) == both
    a_step_apart = (data[1:, 0] * data[:-1, 1] + data[1:, 1] * data[:-1, 0]).sum()
    assert a_step_apart >= 4


def test_without_the_leak_it_spikes_elsewhere_too() -> None:
    made = experiment("Coincidence detection")
    data, layers = run(Experiment(**{**made.model_dump(), "network": (made.network[0], {"kind": "IAF"})}))
    alone = [step for step in steps_of(layers["1"]["spikes"]) if data[step].sum() < 2]
    assert len(alone) >= 10


def test_the_spike_times_are_learned_to_the_step_within_their_epochs() -> None:
    made = experiment("Spike times")
    task = made.training.task
    records = list(train(made))
    assert records[-1].is_reached
    assert len(records) < made.training.epochs
    assert records[0].score > 2 > 10 * records[-1].score
    spikes = records[-1].layers[-1].spikes[0]
    assert tuple(tuple(spikes[:, neuron].nonzero()[0].tolist()) for neuron in range(2)) == task.marks


# --------------------------------------------------------------------------------------------------- all of them


def test_presets_stand_in_the_order_of_their_files() -> None:
    assert [preset.title for preset in presets()] == [*TITLES, *KNOWN_RESULTS]
    assert presets() is presets()


def test_each_says_what_to_watch_in_one_sentence() -> None:
    for preset in presets():
        assert preset.watch.startswith("Watch ")
        assert preset.watch.endswith(".")
        assert ". " not in preset.watch
        assert len(preset.watch) <= 125


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_files_name_no_field_that_has_its_default(file: Path) -> None:
    assert json.loads(file.read_text())["experiment"] == json.loads(read(file).experiment.to_json(compact=True))


@pytest.mark.parametrize("preset", presets(), ids=[*TITLES, *KNOWN_RESULTS])
def test_every_preset_is_within_the_limits(preset: Preset) -> None:
    check(preset.experiment)


@pytest.mark.slow
@pytest.mark.parametrize("preset", sampled(presets()[: len(TITLES)], most=2), ids=lambda preset: preset.title)
def test_every_preset_trains_to_its_goal(preset: Preset) -> None:
    experiment = preset.experiment
    check_trainable(experiment)
    records = list(train(experiment))
    if experiment.task.is_labelled:
        assert records[0].score < 0.6
        assert records[-1].score > 0.94, "no error at all is not what they promise"
        return
    assert records[-1].is_reached
    first, last = (abs(record.score - experiment.task.goal) for record in (records[0], records[-1]))
    assert first > 0.5 > last
    assert len(records) > 3, "it takes more than one lucky step"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "least", "most"),
    sampled(
        [
            ("Yin-Yang without a hidden layer", 0.55, 0.7),
            ("Yin-Yang, steep surrogate", 0.94, 1.0),
            ("Yin-Yang, scaled surrogate, detached reset", 0.9, 1.0),
            ("Digits with few spikes", 0.95, 1.0),
        ]
    ),
)
def test_known_results_come_out(title: str, least: float, most: float) -> None:
    *_, last = train(experiment(title))
    assert least < last.score < most


def test_a_scaled_surrogate_leaves_the_finite_numbers_unless_the_reset_is_detached() -> None:
    with pytest.raises(DivergenceError):
        list(train(experiment("Yin-Yang, scaled surrogate")))
    detached = experiment("Yin-Yang, scaled surrogate, detached reset")
    assert len(list(train(detached.replace({"training.epochs": 2})))) == 2


# ---------------------------------------------------------------------------------------------------- the reader


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "must be a JSON object with title, watch, experiment"),
        ('{"title": "a", "watch": "b"}', "must be a JSON object with title, watch, experiment"),
        ('{"title": "a", "watch": "b", "experiment": {}, "more": 1}', "nothing else"),
        ('{"title": "", "watch": "b", "experiment": {}}', "title is ''; it must be words"),
        ('{"title": "a", "watch": 1, "experiment": {}}', "watch is 1; it must be words"),
        ('{"title": "a", "watch": "b", "experiment": []}', "An Experiment is a JSON object"),
        ('{"title": "a", "watch": "b", "experiment": {"network": []}}', "network"),
    ],
)
def test_a_file_that_is_no_preset_is_named(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "99-odd.json"
    file.write_text(text)
    with pytest.raises(ExperimentError, match=r"^99-odd\.json") as caught:
        read(file)
    assert words in str(caught.value)
