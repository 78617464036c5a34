"""The ribbon's stages are the draft's layers with the shapes of the network that runs; where one doesn't fit, why and what mends it."""

from __future__ import annotations

from typing import Any

import pytest

from app.figures.stages import Stage, stages
from app.state.presets import Preset, presets
from app.words.layers import layer_in_words, remedy_label
from snncore.errors import MisfitError
from snncore.experiment import edits as stack
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft, convolution, ten_spikes
from snncore.run.simulation import simulate

Layer = dict[str, Any]

LIF: Layer = {"kind": "LIF", "tau_mem": 10.0}


def linear(inputs: int, outputs: int, **more: Any) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs, **more}


def draft(*layers: Layer, shape: tuple[int, ...] = (2, 10, 4)) -> Draft:
    return Draft(network=layers, input={"shape": shape, "probability": 0.5})


def fitting(name: str, shape: str, layer: int | None, folded: bool = False) -> Stage:
    return Stage(name=name, shape=shape, layer=layer, folded=folded, problem=None, remedy=None)


def test_the_stages_of_the_ten_spike_net() -> None:
    assert stages(ten_spikes().draft) == [
        fitting("Input", "(1, 100, 16)", None),
        fitting("Linear 1, 16→64", "(1, 100, 64)", 0),
        fitting("LIF 2", "(1, 100, 64)", 1),
        fitting("Linear 3, 64→4", "(1, 100, 4)", 2),
        fitting("LIF 4", "(1, 100, 4)", 3),
    ]


def test_the_stages_of_a_convolution_show_where_time_is_folded() -> None:
    assert stages(convolution().draft) == [
        fitting("Input", "(8, 100, 2, 8, 8)", None),
        fitting("squeeze", "(800, 2, 8, 8)", None, folded=True),
        fitting("Conv2d 1, 2→16, 3×3", "(800, 16, 6, 6)", 0, folded=True),
        fitting("LIF 2", "(800, 16, 6, 6)", 1, folded=True),
        fitting("Conv2d 3, 16→32, 3×3", "(800, 32, 4, 4)", 2, folded=True),
        fitting("LIF 4", "(800, 32, 4, 4)", 3, folded=True),
        fitting("Flatten 5", "(800, 512)", 4, folded=True),
        fitting("Linear 6, 512→4", "(800, 4)", 5, folded=True),
        fitting("unsqueeze", "(8, 100, 4)", None),
    ]


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.title)
def test_shapes_are_those_of_the_network_that_runs(preset: Preset) -> None:
    (simulation,) = simulate(preset.experiment)
    batch, steps = simulation.input.shape[:2]
    shown = stages(preset.experiment.draft)
    assert shown[0]["shape"] == str(simulation.input.shape)
    leading = (batch * steps,) if preset.experiment.is_folded else (batch, steps)
    for place, output in enumerate(simulation.outputs):
        (stage,) = (stage for stage in shown if stage["layer"] == place)
        assert stage["shape"] == str((*leading, *output.shape[2:]))
        assert (stage["problem"], stage["remedy"]) == (None, None)
    if preset.experiment.is_folded:
        assert shown[-1]["shape"] == str(simulation.outputs[-1].shape)


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_kind_of_layer_is_named(kind: str) -> None:
    assert layer_in_words(stack.fitting_layer(kind, (2, 8, 8))).startswith(kind)


def test_layers_are_named_by_what_changes_shapes() -> None:
    assert layer_in_words(stack.fitting_layer("AvgPool2d", (2, 8, 8))) == "AvgPool2d 2×2"
    assert layer_in_words(stack.fitting_layer("Dropout", (2, 8, 8))) == "Dropout"


# ------------------------------------------------------------------------------------------------------- misfits

PICTURE = (2, 10, 3, 8, 8)
RECURRENT: Layer = {"kind": "LIFRecurrent", "tau_mem": 10.0, "rec_connect": linear(7, 7)}
MISFITS: dict[str, tuple[Draft, str, str | None, str | None]] = {
    "features": (
        draft(linear(5, 2), LIF),
        "in_features is 5, but it receives 4 features; set in_features to 4, or change what comes before.",
        "Set in_features to 4",
        "(2, 10, 2)",
    ),
    "features in one row": (
        draft(linear(192, 2), LIF, shape=PICTURE),
        "it takes 192 features in one row, but it receives (3, 8, 8); put a Flatten before it.",
        "Put a Flatten before it",
        "(2, 10, 2)",
    ),
    "channels": (
        draft({"kind": "Conv2d", "in_channels": 2, "out_channels": 6, "kernel_size": 3}, LIF, shape=PICTURE),
        "in_channels is 2, but it receives 3 channels; set in_channels to 3, or change what comes before.",
        "Set in_channels to 3",
        "(20, 6, 6, 6)",
    ),
    "a kernel": (
        draft({"kind": "AvgPool2d", "kernel_size": 9}, LIF, shape=PICTURE),
        "kernel_size is 9, more than the side of 8 that it slides over; set it to at most 8.",
        "Set kernel_size to 8",
        "(20, 3, 1, 1)",
    ),
    "values by neuron": (
        draft({"kind": "LIF", "tau_mem": [5.0, 10.0]}, LIF),
        "tau_mem has values for (2,) neurons, but there are (4,); give one number, or one for each.",
        "Set tau_mem to 7.5",
        "(2, 10, 4)",
    ),
    "a recurrent connection": (
        draft(RECURRENT, LIF),
        "rec_connect is 7→7 for 4 neurons; set its in_features and out_features to 4.",
        "Make rec_connect fit",
        "(2, 10, 4)",
    ),
    "groups": (
        draft(linear(4, 3, weights={"kind": "chain", "groups": 6, "value": 1.0}), LIF),
        "the weights are a chain of 6 groups, but there are 3 out_features; set groups to at most 3.",
        "Make weights fit",
        "(2, 10, 3)",
    ),
    "no picture": (
        draft({"kind": "Conv2d", "in_channels": 2, "out_channels": 6, "kernel_size": 3}, LIF),
        "it takes (channels, height, width), but it receives (4,); change what comes before.",
        None,
        None,
    ),
}


@pytest.mark.parametrize(("made", "problem", "remedy", "shape"), MISFITS.values(), ids=MISFITS)
def test_a_misfit_is_told_with_what_would_mend_it(made: Draft, problem: str, remedy: str | None, shape: str | None) -> None:
    (wrong,) = (stage for stage in stages(made) if stage["problem"])
    assert (wrong["layer"], wrong["problem"], wrong["remedy"], wrong["shape"]) == (0, problem, remedy, shape)


@pytest.mark.parametrize(("made", "problem", "remedy", "shape"), MISFITS.values(), ids=MISFITS)
def test_the_remedy_that_is_offered_mends_and_what_has_none_cannot_be_mended(
    made: Draft, problem: str, remedy: str | None, shape: str | None
) -> None:
    if remedy:
        assert stack.mend(made, 0).first_misfit is None
    else:
        assert stack.mend(made, 0) == made


def test_after_what_cannot_be_mended_shapes_are_unknown() -> None:
    shown = stages(MISFITS["no picture"][0])
    assert [stage["name"] for stage in shown] == ["Input", "squeeze", "Conv2d 1, 2→6, 3×3", "LIF 2", "unsqueeze"]
    assert [stage["shape"] for stage in shown] == ["(2, 10, 4)", "(20, 4)", None, None, None]
    assert [bool(stage["problem"]) for stage in shown] == [False, False, True, False, False]


def test_after_what_can_be_mended_layers_are_judged_by_what_it_would_put_out() -> None:
    shown = stages(draft(linear(5, 3), LIF, linear(2, 2), LIF))
    assert [stage["shape"] for stage in shown] == ["(2, 10, 4)", "(2, 10, 3)", "(2, 10, 3)", "(2, 10, 2)", "(2, 10, 2)"]
    assert [stage["remedy"] for stage in shown] == [None, "Set in_features to 4", None, "Set in_features to 3", None]


def test_several_changes_are_named_together() -> None:
    assert remedy_label(MisfitError("", {"in_features": 4, "groups": 2})) == "Set in_features to 4 and groups to 2"
    assert remedy_label(MisfitError("", {"weights": {}, "rec_connect": {}})) == "Make weights and rec_connect fit"
