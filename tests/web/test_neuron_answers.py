"""What the Neuron page keeps and forgets when Python answers: the run before a drag, drawn beside the present one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from app.figures.neuron_page import neuron_figure
from app.figures.rows import Notes
from app.state.tuned_neuron import DEFAULT
from snncore.run.simulation import simulate
from tests.web.node import Modules

EDIT = 1
"""Number of the act that tells of the drag."""

GHOST_AFTER = """({ Acts, read, receive, act, change, commit }, { sent, answers, looks }) => {
    globalThis.requestAnimationFrame = () => 1;
    const acts = new Acts();
    const nodes = { note: { classList: { add() {} } } };
    const first = read(sent[0]);
    const view = { ...first, nodes, acts, neuron: 0, at: 0, isDragging: false, unsent: {}, ghost: null, seconds: [] };
    acts.update(() => {}, 0);
    receive(view, { ...sent[0], header: { ...sent[0].header, answered: 0 } }, () => {});
    change(view, { "input.amplitude": 2 });
    commit(view);
    if (looks) act(view, { do: "look", panel: "phase" });
    acts.end();
    return answers.map(([data, answered]) => {
        receive(view, { ...sent[data], header: { ...sent[data].header, answered } }, () => {});
        acts.end();
        return view.seconds.map(({ name }) => name);
    });
}"""


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    found = Modules(["lib/acts.js", "neuron/state.js", "neuron/in_force.js"])
    yield found
    found.close()


def sent(amplitude: float) -> dict[str, Any]:
    """What Python sends of the neuron under an input of some amplitude."""
    experiment = DEFAULT.replace({"input.amplitude": amplitude})
    figure = neuron_figure(simulate(experiment)[0], Notes(), {"panel": "", "beside": "", "neuron": 0}, "light", {})
    return {"header": {**figure.header, "palette": {}}, "arrays": [values.ravel().tolist() for values in figure.arrays]}


def ghosts(modules: Modules, answers: Sequence[tuple[int, int]], looks: bool = False) -> list[bool]:
    """Whether the run before the drag is there after each answer: the place of what is sent, and the number of the act that it answers."""
    seconds = modules.evaluate(GHOST_AFTER, {"sent": [sent(1.5), sent(2.0)], "answers": answers, "looks": looks})
    return ["ghost" in each for each in seconds]


@pytest.mark.parametrize(
    ("answers", "is_kept"),
    [
        pytest.param([(1, EDIT)], True, id="answered"),
        pytest.param([(0, EDIT - 1), (1, EDIT)], True, id="answered after what was drawn meanwhile"),
        pytest.param([(1, EDIT), (1, EDIT)], True, id="drawn again"),
        pytest.param([(1, EDIT - 1), (1, EDIT)], True, id="drawn before it was answered"),
        pytest.param([(1, EDIT), (0, EDIT)], False, id="undone"),
        pytest.param([(0, EDIT)], False, id="answered together with its undo"),
    ],
)
def test_the_run_before_a_drag_stays_until_something_else_is_in_force(
    answers: list[tuple[int, int]], is_kept: bool, modules: Modules
) -> None:
    """Of two acts that are told one soon after the other, only what came of the second may be sent."""
    assert ghosts(modules, answers)[-1] == is_kept


def test_it_is_past_with_its_undo_while_something_else_has_no_answer(modules: Modules) -> None:
    assert ghosts(modules, [(0, EDIT)], looks=True) == [False]
