"""Every kind of layer has its words, a default shape, and says whether it is random; one from outside too."""

from __future__ import annotations

from types import ModuleType

import pytest

from app.server.limits import cost
from app.state.presets import presets
from app.words.comparison import differences
from app.words.layer_parameters import layer_parameters
from app.words.layers import parameter_name, parts_in_words
from app.words.parameter import Parameter
from snncore.experiment import edits
from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft, Experiment, ten_spikes

IMAGE = (2, 8, 8)
OUTSIDE = ("RefractoryLIF", "RefractoryLIFRecurrent")
NOT_SHOWN = {"kind", "learns"}
"""Fields without a widget on the Network page."""


def complaints(kind: str) -> list[str]:
    """What a registered kind of layer lacks."""
    layer = edits.fitting_layer(kind, IMAGE)
    said = layer_parameters(layer)
    found = [f"{kind}.{name} has no words" for name in type(layer).model_fields if name not in NOT_SHOWN and name not in said]
    for name in type(layer).model_fields.keys() & said.keys():
        found += [f"{kind}.{name}: {problem}" for problem in _problems(said[name], type(layer).model_fields[name].default is None)]
    draft = Draft(network=(layer,), input=RandomSpikes(shape=(1, 5, *IMAGE), probability=0.5))
    if draft.first_misfit:
        found.append(f"{kind} doesn't fit: {draft.first_misfit}")
    for name in ("is_noisy", "draws_weights", "does_spike"):
        if not isinstance(getattr(layer, name, None), bool):
            found.append(f"{kind} doesn't say {name}")
    return found


def _problems(words: Parameter, is_optional: bool) -> list[str]:
    found = []
    if not words.label or not words.note:
        found.append("name or note is empty")
    if words.widget == "slider" and None in (words.low, words.high, words.step):
        found.append("its slider has no range")
    if is_optional and words.widget in ("slider", "number", "whole") and words.when_on is None:
        found.append("no value to begin with when it is switched on")
    return found


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_kind_of_layer_has_words_a_default_shape_and_says_whether_it_is_random(kind: str) -> None:
    assert complaints(kind) == []


@pytest.mark.parametrize("kind", OUTSIDE)
def test_so_has_one_from_outside(own_neuron: ModuleType, kind: str) -> None:
    assert complaints(kind) == []
    words = layer_parameters(edits.fitting_layer(kind, (4,)))
    assert words["rest"].label == "Refractory period t_ref (steps)"
    assert words["tau_mem"] == layer_parameters(edits.fitting_layer("LIF", (4,)))["tau_mem"]


def test_pages_call_its_fields_by_their_symbols(own_neuron: ModuleType) -> None:
    made = Experiment(network=[edits.fitting_layer("RefractoryLIF", (4,))], input=RandomSpikes(shape=(1, 5, 4), probability=0.5))
    assert parameter_name(made, "0.rest") == "RefractoryLIF 1 t_ref"
    assert differences(made, made.replace({"network.0.rest": 9})) == ["t_ref of RefractoryLIF 1 5 → 9"]


def test_what_a_scan_computes_and_its_own_state_are_counted(own_neuron: ModuleType) -> None:
    fed = RandomSpikes(shape=(1, 50, 4), probability=0.5)
    own, lif = (cost(Draft(network=(edits.fitting_layer(kind, (4,)),), input=fed)) for kind in ("RefractoryLIF", "LIF"))
    assert own.run - lif.run == 50 * 4 * 4  # one more float32 of each neuron and step
    assert own.multiplications > lif.multiplications


def test_the_network_is_told_from_end_to_end_with_sizes_and_the_names_of_its_rows() -> None:
    assert parts_in_words(ten_spikes()) == [("Input 16", "input"), ("hidden 64", "1"), ("output 4", "3")]
    convolution = next(preset.experiment for preset in presets() if "onvolution" in preset.title)
    assert [words for words, _ in parts_in_words(convolution)] == ["Input 2×8×8", "hidden 16×6×6", "hidden 32×4×4", "output 4"]
