"""The example of a neuron model of one's own is a kind of layer like any other: simulated, trained, saved, copied, written as code."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from snncore.diagnosis.layers import Saturated, Silent, diagnose
from snncore.diagnosis.training import findings
from snncore.errors import ExperimentError, InputFileError
from snncore.experiment import edits
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.io import checkpoint
from snncore.io.code import layer_code
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from snncore.run.single_neuron import lone_neuron

ROOT = Path(__file__).parents[2]
OWN = {"kind": "RefractoryLIF", "tau_mem": 10.0, "rest": 3}


def network(*layers: dict[str, Any], **more: Any) -> Experiment:
    fed = {"kind": "random_spikes", "shape": (2, 60, 6), "probability": 0.6}
    return Experiment(network=layers, **{"input": fed, **more})


def linear(inputs: int, outputs: int) -> dict[str, Any]:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


@pytest.mark.slow
def test_it_runs_as_a_program_and_a_longer_rest_limits_the_rate() -> None:
    ended = subprocess.run([sys.executable, "-m", "examples.own_neuron"], cwd=ROOT, check=True, capture_output=True, text=True)
    _, lif, short, long = ended.stdout.splitlines()
    assert lif.split()[-1] == "100.0"
    assert short.split()[-1] == "16.7"  # a spike and five steps of rest
    assert long.split()[-1] == "4.8"
    assert ended.stderr == ""


def test_after_a_spike_it_rests_for_so_many_steps(own_neuron: ModuleType) -> None:
    fed = {"kind": "step_current", "shape": (1, 40, 1), "amplitude": 1e6, "start": 0}
    (run,) = simulate(Experiment(network=[OWN], input=fed))
    assert np.flatnonzero(run.records[0].spikes[0, :, 0]).tolist() == list(range(0, 40, 4))
    without = Experiment(network=[{**OWN, "rest": 0}], input=fed)
    assert simulate(without)[0].records[0].spikes.all()


def test_without_rest_it_spikes_as_lif_to_the_bit(own_neuron: ModuleType) -> None:
    shared = {"tau_mem": 10.0, "spike_threshold": 0.3}
    lif = {"kind": "LIF", "spike_fn": "SingleSpike", "reset_fn": "MembraneReset", **shared}
    one, other = (simulate(network(linear(6, 8), layer))[0] for layer in ({**OWN, "rest": 0, **shared}, lif))
    assert one.records[1].spikes.any()
    for name in ("spikes", "u", "v"):
        assert np.array_equal(getattr(one.records[1], name), getattr(other.records[1], name))


def test_it_stands_in_the_menu_after_the_other_neurons(own_neuron: ModuleType) -> None:
    kinds = list(LAYER_KINDS)
    assert kinds[kinds.index("ALIFRecurrent") + 1 :] == [
        "RefractoryLIF",
        "RefractoryLIFRecurrent",
        "Conv2d",
        "AvgPool2d",
        "Flatten",
        "Dropout",
    ]


@pytest.mark.parametrize("kind", ["RefractoryLIF", "RefractoryLIFRecurrent"])
def test_it_can_be_added_to_a_network_saved_and_opened_again(own_neuron: ModuleType, kind: str) -> None:
    draft = edits.insert(ten_spikes().draft, 1, kind)
    assert draft.first_misfit is None
    for compact in (False, True):
        assert Draft.from_json(draft.to_json(compact=compact)) == draft
    assert draft.replace({"network.1.rest": 7}).network[1].rest == 7
    assert draft.network[1].does_spike


def test_it_learns_and_its_parameters_are_saved_with_the_network(own_neuron: ModuleType) -> None:
    training = {"task": {"target": 30}, "epochs": 5}
    made = network(linear(6, 8), {**OWN, "spike_threshold": 0.2}, linear(8, 2), {**OWN, "spike_threshold": 0.1}, training=training)
    assert made.network[1].learnable == ("tau_mem", "spike_threshold")
    records = list(train(made))
    assert records[0].loss > 0
    assert records[-1].parameters["1.tau_mem"] != records[0].parameters["1.tau_mem"]
    assert all(record.gradient_norms for record in records)
    assert findings(made, records) == []
    found = checkpoint.read("trained.safetensors", checkpoint.save(made, records[-1].parameters))
    one = simulate(found.experiment, found.files)[0]
    other = simulate(made, parameters=records[-1].parameters)[0]
    assert np.array_equal(one.outputs[-1], other.outputs[-1])
    assert found.experiment.network[1].tau_mem != 10.0


def test_one_of_its_neurons_does_alone_what_it_does_in_the_network(own_neuron: ModuleType) -> None:
    connection = {**linear(8, 8), "weights": {"kind": "constant", "value": -0.1}}
    made = network(linear(6, 8), {**OWN, "kind": "RefractoryLIFRecurrent", "spike_threshold": 0.3, "rec_connect": connection})
    (run,) = simulate(made)
    neuron = int(run.records[1].spikes[0].sum(axis=0).argmax())
    spec, received = lone_neuron(run, 1, neuron)
    assert spec.kind == "RefractoryLIF"
    alone = spec.build(torch.Generator(), torch.Generator())(torch.from_numpy(received)[None, :, None])
    assert alone.any()
    assert np.array_equal(alone[0, :, 0].detach().numpy(), run.records[1].spikes[0, :, neuron])


def test_its_forms_stand_beside_it_and_are_copied_pickled_and_called_by_name(own_neuron: ModuleType) -> None:
    squeezed = own_neuron.RefractoryLIFSqueeze(8.0, rest=2, batch_size=2)
    z = torch.rand(2, 20, 3, generator=torch.Generator().manual_seed(0)) * 4
    expected = own_neuron.RefractoryLIF(8.0, rest=2)(z)
    assert expected.any()
    for layer in (copy.deepcopy(squeezed), pickle.loads(pickle.dumps(squeezed))):
        assert torch.equal(layer(z.flatten(0, 1)), expected.flatten(0, 1))
    assert "RefractoryLIF" in own_neuron.RefractoryLIFRecurrentSqueeze.__doc__


def test_its_code_imports_it_from_its_own_module(own_neuron: ModuleType) -> None:
    code = layer_code(NEURON_SPECS["RefractoryLIF"](**OWN))
    assert "from examples.own_neuron import RefractoryLIF\n" in code
    z = torch.rand(1, 30, 4) * 5
    place: dict[str, Any] = {"z": z}
    exec(code, place)
    assert torch.equal(place["spikes"], own_neuron.RefractoryLIF(10.0, rest=3)(z))


def test_its_values_are_checked_where_they_are_written(own_neuron: ModuleType) -> None:
    with pytest.raises(ExperimentError, match=r"^RefractoryLIF 1: rest is -1; it must be at least 0 time steps\.$"):
        network({**OWN, "rest": -1})
    with pytest.raises(ExperimentError, match=r"^RefractoryLIF 1: rest is 2.5; "):
        network({**OWN, "rest": 2.5})


@pytest.mark.parametrize(("changes", "kind"), [({"spike_threshold": 1e6}, Silent), ({"rest": 0, "spike_threshold": 1e-3}, Saturated)])
def test_a_diagnosis_says_what_the_record_tells_and_its_remedies_help(own_neuron: ModuleType, changes: dict[str, Any], kind: type) -> None:
    fed = {"kind": "step_current", "shape": (1, 60, 6), "amplitude": 3.0, "start": 0}
    made = network({**OWN, **changes}, input=fed)
    (finding,) = diagnose(simulate(made)[0])[0]
    assert isinstance(finding, kind)
    for remedy in finding.changes:
        mended = made.replace({f"network.0.{name}": value for name, value in remedy.items()})
        assert not diagnose(simulate(mended)[0])[0]


def test_without_it_an_experiment_that_names_it_is_refused_in_one_sentence() -> None:
    assert "RefractoryLIF" not in LAYER_KINDS
    with pytest.raises(ExperimentError, match=r"^Layer 1: 'RefractoryLIF' is not a known layer; use one of Linear, LIF, [^\n]*\.$"):
        network(OWN)


def test_a_file_of_weights_that_names_an_unknown_kind_is_refused_in_one_sentence() -> None:
    drawn = dict(ten_spikes().build().named_parameters())
    saved = checkpoint.save(ten_spikes(), {name: values.detach().numpy() for name, values in drawn.items()})
    other = saved.replace(b'\\"LIF\\"', b'\\"Own\\"')
    assert other != saved
    with pytest.raises(InputFileError, match=r"^File 'a.safetensors': .*Layer 2: 'Own' is not a known layer; use one of [^\n]*\.$"):
        checkpoint.read("a.safetensors", other)
