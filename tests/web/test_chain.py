"""A cell's credit in words: the terms of its chain rule, the products that they are, and how far back it flows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from app.figures.credit import credit_figure
from app.words.credit import chain_terms, chain_words
from snncore.activation import MembraneReset
from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.recognition import digits
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import Cell, Flow, credit, flow
from tests.app.drawn_rows import row_of
from tests.web.node import Modules

WORDS = chain_words("Click a cell.")


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    made = Modules(["rows/chain.js"])
    yield made
    made.close()


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ""))


def numbers(cell: Cell, found: Flow, step: int, neuron: int = 0) -> dict[str, Any]:
    """A cell as it is sent."""
    terms = list(cell.parts.values())
    said = {"value": cell.u, "terms": terms, "slope": cell.slope, "next": cell.next, "is_held": cell.is_held, "flow": asdict(found)}
    return {"neuron": neuron, "step": step, **said}


def assert_close(cell: dict[str, Any], expected: dict[str, Any]) -> None:
    assert cell.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, dict):
            assert_close(cell[name], value)
        elif isinstance(value, float | list):
            assert cell[name] == pytest.approx(value, rel=1e-6, abs=1e-12)
        else:
            assert cell[name] == value


def summed(modules: Modules, experiment: Experiment, layer: int, step: int, cell: Cell, above: int | None) -> list[dict[str, str]]:
    """The cell, and then its terms, in words."""
    chain = {"layer": experiment.layer_label(str(layer)), "terms": chain_terms(experiment, layer, cell.parts, above)}
    sent = numbers(cell, Flow("start", 0, 1.0, 1.0, 1.0), step)
    told: list[dict[str, str]] = modules.evaluate(
        "({ sumInWords }, [words, chain, cell]) => sumInWords(words, chain, cell)", [WORDS, chain, sent]
    )
    return told


def terms(modules: Modules, experiment: Experiment, layer: int, step: int, cell: Cell, above: int | None) -> list[dict[str, str]]:
    return summed(modules, experiment, layer, step, cell, above)[1:]


def flow_in_words(modules: Modules, found: Flow, step: int) -> str:
    cell = Cell(u=1.0, parts={}, from_outside=0.0, slope=1.0, next=None, factor=0.0, is_held=False)
    said: str = modules.evaluate("({ flowInWords }, [words, cell]) => flowInWords(words, cell)", [WORDS, numbers(cell, found, step)])
    return said


def test_terms_add_up_to_the_cell_and_are_the_products_that_they_name(modules: Modules) -> None:
    experiment = ten_spikes()
    found = credit(experiment)
    for layer, neuron, step, above in ((1, 20, 57, 3), (3, 2, 40, None), (3, 0, 99, None)):
        cell = found.layers[layer].cell(neuron, step)
        told = terms(modules, experiment, layer, step, cell, above)
        assert sum(number(term["value"]) for term in told) == pytest.approx(
            number(summed(modules, experiment, layer, step, cell, above)[0]["value"]), rel=0.03
        )
        for term in told:
            factors = re.search(r"= (\S+) · (\S+)$", term["numbers"])
            if factors:
                assert number(factors[1]) * number(factors[2]) == pytest.approx(number(term["value"]), rel=0.02)
    assert told[0]["numbers"].startswith("∂L/∂s · σ′ = ")
    assert told[0]["name"] == "own spike, through the loss"


def test_the_reset_is_told_by_what_it_subtracts(modules: Modules) -> None:
    cell = Cell(u=1.0, parts={"reset": -0.5}, from_outside=0.0, slope=0.5, next=2.0, factor=-0.25, is_held=False)
    for reset, symbols in (
        ({"kind": "MembraneSubtract", "subtract_value": None}, "−αθσ′"),
        ({"kind": "MembraneSubtract", "subtract_value": 0.5}, "−αdσ′"),
    ):
        (term,) = terms(modules, ten_spikes().replace({"network.3.reset_fn": reset}), 3, 10, cell, None)
        assert term["numbers"] == f"{symbols} · ∂L/∂u = −0.25 · 2"
    hard = ten_spikes().replace({"network.3.reset_fn": {"kind": MembraneReset.__name__, "reset_value": 0.0}})
    assert terms(modules, hard, 3, 10, cell, None)[0]["numbers"] == "−0.25 · 2"
    still = Cell(u=1.0, parts={"decay": 0.0}, from_outside=0.0, slope=0.5, next=2.0, factor=0.0, is_held=False)
    assert terms(modules, hard, 3, 10, still, None)[0]["numbers"] == "0 · 2", "α isn't 0; what a spike has set to a value doesn't decay"


@pytest.mark.parametrize("kind", ["LIF", "ALIF", "ExpLeak"])
def test_where_the_lower_bound_held_its_terms_say_so_and_are_no_products(kind: str, modules: Modules) -> None:
    layer = {"kind": kind, "tau_mem": 10.0, "min_v_mem": 0.0, **({"tau_adapt": 20.0} if kind == "ALIF" else {})}
    network = ten_spikes().network
    experiment = ten_spikes().replace({"network": [network[0], layer, *network[2:]]})
    found = credit(experiment).layers[1]
    held = (found.record.v == 0) & (np.roll(found.u, -1, axis=1) != 0)
    held[:, -1] = False
    _, step, neuron = map(int, np.argwhere(held)[-1])
    told = {term["name"]: term for term in terms(modules, experiment, 1, step, found.cell(neuron, step), 3)}
    decay = told.pop(f"what stays in u[{step + 1}]")
    assert (decay["value"], decay["numbers"]) == ("0", "nothing: the lower bound held")
    assert found.cell(neuron, step).is_held
    if kind != "ExpLeak":
        reset = told.pop(f"what its reset takes from u[{step + 1}]")
        assert (reset["value"], reset["numbers"]) == ("0", decay["numbers"])
    assert sum(number(term["value"]) for term in told.values()) == pytest.approx(found.cell(neuron, step).u, rel=0.02)
    free = np.argwhere((found.record.v[0, :-1] > 0) & (found.u[0, 1:] != 0))[-1]
    assert not found.cell(int(free[1]), int(free[0])).is_held


def test_a_detached_reset_is_told_as_left_out_and_not_as_a_product(modules: Modules) -> None:
    experiment = ten_spikes().replace({"network.3.detach_reset": True})
    told = terms(modules, experiment, 3, 50, credit(experiment).layers[3].cell(1, 50), None)
    (reset,) = (term for term in told if "reset" in term["name"])
    assert (reset["value"], reset["numbers"]) == ("0", "left out: the reset is detached")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Flow("cut", 40, 0.0, 0.0, 0.0), "Going back, it stops at step 40 after 9 steps: that step passes on × 0."),
        (Flow("cut", 49, 0.004, 0.004, 0.004), "Going back, it stops at step 49: that step passes on × 0.004."),
        (Flow("faded", 40, 0.009, 0.624, 0.6), "Going back, it fades × 0.624 a step: under 1% is left at step 40, after 10 steps."),
        (Flow("grown", 40, 120.0, 1.61, -2.0), "Going back, it explodes × 1.61 a step: over 100 times as much at step 40."),
        (Flow("start", 0, 0.25, 0.97, 0.9), "Going back, it reaches step 0 at 25% of its size, × 0.97 a step."),
        (Flow("start", 0, -3.0, 1.02, 0.9), "Going back, it reaches step 0 at 300% of its size, × 1.02 a step."),
    ],
)
def test_where_credit_ends_is_told_with_its_factor(found: Flow, words: str, modules: Modules) -> None:
    assert flow_in_words(modules, found, 50) == words


def test_at_step_0_credit_has_nowhere_to_go(modules: Modules) -> None:
    assert flow_in_words(modules, Flow("start", 0, 1.0, 1.0, 1.0), 0) == "Step 0 is the first: there is nothing to pass credit on to."


def test_an_output_that_never_spikes_has_neither_spikes_nor_a_surrogate_in_its_terms(modules: Modules) -> None:
    cell = Cell(u=1.0, parts={"output": 1.0}, from_outside=1.0, slope=1.0, next=None, factor=0.0, is_held=False)
    (term,) = terms(modules, digits(), 3, 10, cell, None)
    assert term["name"] == "own output, through the loss"
    assert term["numbers"] == "∂L/∂output · 1 = 1 · 1"


@pytest.mark.parametrize(
    "changes", [{}, {"network.1.min_v_mem": 0.0}, {"network.3.reset_fn": {"kind": "MembraneReset", "reset_value": 0.0}}]
)
def test_the_rows_hold_the_numbers_of_each_cell(changes: dict[str, Any], modules: Modules) -> None:
    experiment = ten_spikes().replace(changes)
    found = credit(experiment)
    figure = credit_figure(experiment, found, found, None, "light", "Click a cell.")
    random = np.random.RandomState(0)
    for place, layer in found.layers.items():
        row = row_of(figure, place, "heatmap")
        arrays = [np.asarray(values, dtype=float).ravel().tolist() for values in figure.arrays]
        spots = [(int(random.randint(layer.u.shape[2])), step) for step in (0, 1, *random.randint(2, 99, size=20).tolist(), 99)]
        held = modules.evaluate(
            "({ numbersAt }, [arrays, row, spots, words]) => spots.map(([line, time]) => numbersAt(arrays, row, { line, time }, words))",
            [arrays, row, spots, WORDS],
        )
        for (neuron, step), cell in zip(spots, held, strict=True):
            assert_close(cell, numbers(layer.cell(neuron, step), flow(layer, neuron, step), step, neuron))


def test_where_a_line_is_several_neurons_the_numbers_come_with_the_cell_that_is_asked_about() -> None:
    network = [{"kind": "Linear", "in_features": 2, "out_features": 1500}, {"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 0.2}]
    experiment = Experiment(network=network, input=RandomSpikes(shape=(1, 30, 2), probability=0.5))
    found = credit(experiment)
    neuron, step = 1499, 7
    figure = credit_figure(experiment, found, found, (1, neuron, step), "light", "Click a cell.")
    assert "held" not in row_of(figure, 1, "heatmap")["chain"]
    cell = numbers(found.layers[1].cell(neuron, step), flow(found.layers[1], neuron, step), step, neuron)
    assert figure.header["cell"]["numbers"] == cell


def test_numbers_have_three_digits(modules: Modules) -> None:
    cells = {0.163: "0.163", -5.35: "−5.35", 1219.7: "1,220", 3.2e12: "3.2e+12", 0.0: "0", 1.25e-5: "1.25e−05", 999.6: "1,000"}
    for value, said in cells.items():
        cell = Cell(u=value, parts={}, from_outside=0.0, slope=1.0, next=None, factor=0.0, is_held=False)
        assert summed(modules, ten_spikes(), 3, 10, cell, None)[0]["value"] == said
