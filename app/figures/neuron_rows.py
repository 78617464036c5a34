"""Widgets of the Neuron page as data, in order, with words, ranges, choices and limits.

The browser makes them and keeps their values during a drag; the limits are decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from app.words.beside import besides
from app.words.control_rows import (
    ChoiceControl,
    ControlWords,
    EditAct,
    LookAct,
    NumberControl,
    SwitchControl,
    choice_row,
    edit_act,
    number_row,
    switch_row,
    words_of,
)
from app.words.inputs import RECEIVED, input_name, input_parameters
from app.words.layer_parameters import PART_PARAMETERS, TUNED, in_code, layer_parameters
from app.words.parameter import Parameter
from app.words.parts import PARTS, as_data, choice_of
from app.words.typed_numbers import Numbers
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.spec import Experiment
from snncore.run.single_neuron import KINDS, layer_of

Row = NumberControl | SwitchControl | ChoiceControl

SIMPLEST_FIRST = ("step_current", "spike_bursts", "ramp_current", "sine_current", "poisson_spikes", "random_spikes", "drawn")
"""Inputs that one neuron may be given, in the order in which they are offered; others follow."""

NEURONS = (1, 16, 64)
STEPS = (100, 200, 500, 1000)

OF_PARTS = ("spike_fn", "reset_fn")
"""Fields whose parts are chosen here."""

FARTHEST = 1e6
"""A number that is typed lies within this, on either side of 0."""


def neuron_rows(experiment: Experiment, beside: str) -> list[Row]:
    """Return the widgets for an Experiment of one neuron layer.

    Args:
        beside: name of the variant drawn for comparison.
    """
    layer, given = layer_of(experiment), experiment.input
    rows: list[Row] = [_choice("Model", KINDS.index(layer.kind), [(kind, edit_act("network.0.kind", kind)) for kind in KINDS], "radios")]
    for name in TUNED:
        if name in type(layer).model_fields:
            rows += _layer_rows(experiment, name)
    kinds = single_neuron_inputs()
    kinds = kinds if given.kind in kinds else (*kinds, given.kind)
    names = {kind: RECEIVED if kind == "file" else input_name(kind) for kind in kinds}
    rows.append(_choice("Input", kinds.index(given.kind), [(name, edit_act("input.kind", kind)) for kind, name in names.items()]))
    for name, parameter in input_parameters(type(given)).items():
        if name in type(given).model_fields and not parameter.tells_channels_apart:
            rows.append(_input_row(experiment, name, parameter))
    if given.kind != "file":  # the size of a received input is fixed
        rows += _sizes(*given.shape[1:])
    others = {"": "nothing", **{name: other.label for name, other in besides(layer).items()}}
    looks = [(label, LookAct(do="look", beside=name)) for name, label in others.items()]
    return [*rows, _choice("Draw beside", [*others].index(beside) if beside in others else 0, looks)]


def single_neuron_inputs() -> tuple[str, ...]:
    """Return the kinds of input that one neuron may be given."""
    shape, others = (1, STEPS[0], NEURONS[0]), [kind for kind in INPUT_KINDS if kind not in SIMPLEST_FIRST]
    return (*SIMPLEST_FIRST, *(kind for kind in others if INPUT_KINDS[kind].lively(shape, mean=1.0, dt=1e-3) is not None))


def _input_row(experiment: Experiment, name: str, parameter: Parameter) -> Row:
    """Return the widget of a field of the input."""
    path, value = f"input.{name}", getattr(experiment.input, name)
    if parameter.widget == "toggle":
        return switch_row(parameter, path)
    if parameter.widget == "choice":
        options = [(option, edit_act(path, option)) for option in parameter.options]
        return choice_row(words_of(parameter), parameter.options.index(value), options)
    return _number(experiment, path, parameter, value)


def _layer_rows(experiment: Experiment, name: str) -> list[Row]:
    """Return the widgets of a neuron's parameter; a part has one for its kind, and one for its number, if any."""
    layer = layer_of(experiment)
    path, value, parameter = f"network.0.{name}", getattr(layer, name), layer_parameters(layer)[name]
    if name in OF_PARTS:
        present = as_data(value)
        chosen = [*PARTS[name]].index(choice_of(present))
        options = [(label, edit_act(path, part)) for label, part in PARTS[name].items()]
        choice = choice_row(words_of(in_code(parameter, present), choice_of), chosen, options, path=path)
        numbers = [field for field in vars(value) if present[field] is not None]
        return [
            choice,
            *(_number(experiment, f"{path}.{field}", replace(PART_PARAMETERS[field], when_on=None), present[field]) for field in numbers),
        ]
    if parameter.widget == "toggle":
        return [switch_row(parameter, path)]
    return [_number(experiment, path, parameter, value)]


def _sizes(steps: int, neurons: int) -> list[ChoiceControl]:
    def sizes(label: str, usual: tuple[int, ...], present: int, shape: Callable[[int], list[int]]) -> ChoiceControl:
        offered = sorted({*usual, present})
        return _choice(label, offered.index(present), [(str(size), edit_act("input.shape", shape(size))) for size in offered])

    return [
        sizes("Neurons", NEURONS, neurons, lambda size: [1, steps, size]),
        sizes("Time steps", STEPS, steps, lambda size: [1, size, neurons]),
    ]


def _number(experiment: Experiment, path: str, parameter: Parameter, value: float | None) -> NumberControl:
    return number_row(parameter, path, value, _numbers(experiment, path, parameter))


def _numbers(experiment: Experiment, path: str, parameter: Parameter) -> Numbers:
    """Return the numbers that may be typed: they are limited by their meaning, by another value, and by `FARTHEST`."""
    owner, _, name = path.partition(".")
    given = experiment.input
    numbers = Numbers.of(type(given), name) if owner == "input" else parameter.numbers
    if owner == "input" and name in given.bounds():
        return numbers.within(*given.bounds()[name])
    high = FARTHEST if numbers.high is None else min(numbers.high, FARTHEST)
    if numbers.above is not None:
        return replace(numbers, high=high)
    return replace(numbers, low=-FARTHEST if numbers.low is None else max(numbers.low, -FARTHEST), high=high)


def _choice(
    label: str, chosen: int, options: Iterable[tuple[str, EditAct | LookAct]], widget: Literal["choice", "radios"] = "choice"
) -> ChoiceControl:
    words: ControlWords = {"label": label, "symbol": "", "unit": "", "note": "", "tries": []}
    return choice_row(words, chosen, options, widget)
