"""What explains a training in a browser: its surrogate gradient with a weight that is picked, and the phases of an epoch."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, expect

from app.components.assets import web_url
from app.words.phases import CODE, NAMES
from snncore.run.epoch import Phase
from tests.browser.conftest import Open
from tests.browser.training_page import TrainingPage

EPOCH = 43
"""An epoch on display: six spikes of ten."""

DRAFT = "x="
"""What an address has of an Experiment that was edited."""


def trained(page: TrainingPage) -> None:
    """Trains to the goal and looks back at `EPOCH`."""
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    page.plot(".plot").first.focus()
    page.until(lambda: page.page.keyboard.press("ArrowLeft") is None and page.epoch <= EPOCH)


def says(insight: Locator, text: str) -> None:
    expect(insight.locator(".plain-sentence, .plain-caption").filter(has_text=text).first).to_be_visible()


def act(insight: Locator, name: str) -> None:
    insight.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def test_a_weight_is_picked_by_key_and_its_true_loss_is_a_staircase(open_page: Open) -> None:
    page = open_page()
    trained(page)
    insight = page.explain("surrogate")
    says(insight, "of this layer's potentials")
    says(insight, "The true slope is 0")
    says(insight, "RMSprop divides each gradient")
    plots = insight.locator(".plot[data-drawn]")
    expect(plots).to_have_count(3)
    before = insight.locator(".plain-caption", has_text="The surrogate says").inner_text()
    plots.nth(1).focus()
    page.page.keyboard.press("Home")
    expect(insight.locator(".plain-caption").filter(has_text=before)).to_have_count(0)
    page.page.keyboard.press("Escape")
    says(insight, before)


def test_a_surrogate_is_tried_without_an_edit_and_used_by_a_button(open_page: Open) -> None:
    page = open_page()
    insight = page.explain("surrogate")
    insight.get_by_role("combobox", name="Try").select_option(label="fast sigmoid")
    says(insight, "Tried, fast sigmoid:")
    expect(insight.locator(".plot .plot-graph").first).to_contain_text("tried, dashed")
    assert DRAFT not in page.page.url
    act(insight, "Drop it")
    expect(insight.locator(".plain-caption", has_text="Tried, fast sigmoid")).to_have_count(0)
    insight.get_by_role("combobox", name="Try").select_option(label="fast sigmoid")
    act(insight, "Use it")
    says(insight, "The surrogate, fast sigmoid, is above 1% of its peak")
    expect(insight.get_by_role("button", name="Use it")).to_have_count(0)
    page.until(lambda: DRAFT in page.page.url)


def test_escape_leads_from_anywhere_in_an_insight_back_to_the_rows(open_page: Open) -> None:
    page = open_page()
    for name, said in (("surrogate", "of this layer's potentials"), ("phases", "nothing to clear")):
        insight = page.explain(name)
        says(insight, said)
        page.settled_epoch()  # what is pressed while the page is still drawn may be lost
        expect(insight.locator(":focus")).to_have_count(1)
        page.page.keyboard.press("Escape")
        expect(insight).to_have_count(0)
        expect(page.plot(".rows[data-drawn]")).to_have_count(1)


def test_escape_takes_back_a_typed_number_or_a_note_before_it_leads_back(open_page: Open) -> None:
    page = open_page()
    insight = page.explain("surrogate")
    says(insight, "of this layer's potentials")
    page.settled_epoch()
    neuron = insight.get_by_role("textbox", name="Into neuron")
    before = neuron.input_value()
    neuron.fill("77")
    neuron.press("Escape")
    expect(neuron).to_have_value(before)
    insight.get_by_role("button", name="Into neuron").click()
    tip = insight.locator(".control-tip:popover-open")
    expect(tip).to_have_count(1)
    page.page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.settled_epoch()
    expect(neuron).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(insight).to_have_count(0)


def test_a_menu_that_closes_late_does_not_keep_the_focus_that_it_gives_back_to_its_button(open_page: Open) -> None:
    page = open_page()
    first = page.explain("phases").get_by_role("button", name="Next phase").locator("visible=true")
    expect(first).to_be_focused()
    page.button("Explain").focus()
    expect(first).to_be_focused()
    page.page.keyboard.press("Shift")  # the visitor acts, and whoever goes there now stays
    page.button("Explain").focus()
    page.page.wait_for_timeout(300)
    expect(page.button("Explain")).to_be_focused()


def test_the_key_n_leads_through_the_phases_wherever_the_focus_is(open_page: Open) -> None:
    page = open_page()
    insight = page.explain("phases")
    expect(insight.get_by_role("button", name="Next phase").locator("visible=true")).to_be_focused()
    page.page.mouse.move(0, 0)
    for phase in [*list(Phase)[1:], *list(Phase)[:3]]:
        page.settled_epoch()
        page.page.keyboard.press("n")
        says(insight, CODE[phase])
        if phase in (Phase.LOSS, Phase.UPDATE):  # what has the focus goes with its phase
            insight.locator(".plot[data-drawn], .rows[data-drawn]").first.focus()


def test_the_seven_phases_are_walked_through_with_what_each_changes(open_page: Open) -> None:
    page = open_page()
    trained(page)
    insight = page.explain("phases")
    shown = {
        Phase.RESET_PARAMETER_GRADIENTS: "The previous epoch left gradients",
        Phase.RESET_STATE_GRADIENTS: "No state hung on its graph",
        Phase.RESET_STATES: "potentials up to |v|",
        Phase.FORWARD: f"LIF 4 sends {page.spikes} spikes",
        Phase.LOSS: f"{page.spikes} of 10 spikes: the loss is {(10 - page.spikes) ** 2}",
        Phase.BACKWARD: "Gradients arrive",
        Phase.UPDATE: "RMSprop moves 6 parameters",
    }
    for phase, said in shown.items():
        says(insight, said)
        says(insight, CODE[phase])
        expect(insight.get_by_role("radio", name=NAMES[phase])).to_be_checked()
        expect(insight.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(1)
        if phase is Phase.RESET_PARAMETER_GRADIENTS:
            insight.locator(".plot").focus()
            page.page.keyboard.press("n")
        elif phase is not Phase.UPDATE:
            act(insight, "Next phase")
    assert page.epoch <= EPOCH, "the training is where it was"


def test_slow_motion_goes_on_by_itself_until_it_is_stopped(open_page: Open) -> None:
    page = open_page()
    insight = page.explain("phases")
    act(insight, "Slow motion")
    says(insight, CODE[Phase.RESET_STATE_GRADIENTS])
    act(insight, "Stop")
    expect(insight.get_by_role("button", name="Slow motion")).to_be_visible()


class Front(NamedTuple):
    """Where a run through time has come to, and whether the first and the last steps of a row that appears are there."""

    step: int | None
    has_first: bool
    has_last: bool


SEEN = """async (address) => {
    const { viewAt } = await import(new URL(address, document.baseURI));
    window.seen = { forward: [], back: [] };
    const look = () => {
        requestAnimationFrame(look);
        const node = document.querySelector(".st-key-insight .rows[data-drawn]");
        const view = node && viewAt(node.parentElement);
        const shown = view?.rows.find(({ row }) => row.appears);
        if (!shown) return;
        const { left, right, top, height } = shown.canvas.getBoundingClientRect();
        const isAt = x => document.elementFromPoint(x, top + height / 2) === shown.canvas;
        window.seen[shown.row.appears].push([view.front, isAt(left + 55), isAt(right - 48)]);
    };
    look();
}"""
"""Notes at every frame what a row that appears shows, by the direction in which it does."""


def seen(page: TrainingPage, direction: str) -> list[Front]:
    """What was noted so far."""
    return [Front(*each) for each in page.page.evaluate(f"window.seen.{direction}")]


def running(fronts: list[Front]) -> list[Front]:
    """The last run among them, without what was seen before and after it."""
    ended = [place for place, each in enumerate(fronts) if each.step is None]
    while ended and ended[-1] == len(fronts) - 1:
        fronts = fronts[: ended.pop()]
    return fronts[ended[-1] + 1 :] if ended else fronts


def choose(insight: Locator, phase: Phase) -> None:
    insight.get_by_text(NAMES[phase], exact=True).click()
    expect(insight.locator(".rows[data-drawn]")).to_have_count(1)


def test_in_slow_motion_potentials_run_forward_and_the_gradient_runs_back(open_page: Open) -> None:
    page = open_page()
    page.page.evaluate(SEEN, f"{web_url()}/lib/view.js")
    insight = page.explain("phases")
    act(insight, "Slow motion")
    says(insight, CODE[Phase.UPDATE])
    act(insight, "Stop")
    forward, back = running(seen(page, "forward")), running(seen(page, "back"))
    assert len(forward) > 3
    assert all(later.step >= earlier.step for earlier, later in pairwise(forward)), forward
    assert all(each.has_first and not each.has_last for each in forward if 2 < each.step < 97), forward
    assert len(back) > 3
    assert all(later.step <= earlier.step for earlier, later in pairwise(back)), back
    assert all(each.has_last and not each.has_first for each in back if 2 < each.step < 97), back
    choose(insight, Phase.FORWARD)
    page.until(lambda: len(seen(page, "forward")) > len(forward) and seen(page, "forward")[-1] == Front(None, True, True))


@pytest.mark.parametrize(("phase", "direction"), [(Phase.FORWARD, "forward"), (Phase.BACKWARD, "back")])
def test_where_little_motion_is_wanted_rows_are_there_at_once(open_page: Open, phase: Phase, direction: str) -> None:
    page = open_page(reduced_motion="reduce")
    page.page.evaluate(SEEN, f"{web_url()}/lib/view.js")
    insight = page.explain("phases")
    choose(insight, phase)
    page.until(lambda: len(seen(page, direction)) > 3)
    assert {*seen(page, direction)} == {Front(None, True, True)}


def test_a_prediction_comes_first_and_then_what_really_happens(open_page: Open) -> None:
    page = open_page()
    insight = page.explain("phases")
    insight.get_by_text(NAMES[Phase.UPDATE], exact=True).click()
    act(insight, "What if it is left out?")
    says(insight, "What will the output do over 100 epochs")
    tiles = insight.get_by_role("radio")
    expect(tiles).to_have_count(3)
    expect(insight.locator(".plot")).to_have_count(0)
    tiles.nth(1).click()
    says(insight, "You said “It learns, but differently”, but nothing moves from epoch to epoch.")
    expect(insight.get_by_role("radio")).to_have_count(0)
    last = "plot => plot.querySelector('.plot-graph')._fullData.map(trace => [trace.x.at(-1), trace.y.at(-1)])"
    page.until(lambda: {x for x, _ in insight.locator(".plot").evaluate(last)} == {99})
    ends = [y for _, y in insight.locator(".plot").evaluate(last)]
    assert ends[0] == 0, "without the update"
    assert 10 in ends, "and with it"
    act(insight, "Back to the phases")
    says(insight, CODE[Phase.UPDATE])


def test_the_surrogate_opens_with_the_focus_on_the_way_back_and_no_note_over_its_plots(open_page: Open) -> None:
    page = open_page()
    insight = page.explain("surrogate")
    expect(insight.get_by_role("button", name="Into neuron")).to_be_visible()
    expect(page.button("Back to the rows")).to_be_focused()
    expect(page.page.locator(".tip:popover-open")).to_have_count(0)
