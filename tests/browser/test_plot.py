"""A training of thousands of epochs in a real browser: its curves are drawn through few points, and every epoch can still be chosen."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from app.components.assets import plotly_url, web_url
from app.components.sent import Sent
from tests.browser.server import Server, serve_page
from tests.browser.waiting import box_of

EPOCHS = 3_000
LONG_TRAINING = f"""
from dataclasses import replace

import streamlit as st

from app.components.plot import Plot, plots
from app.figures.drawer import describe_drawer, drawer_figure
from app.figures.training import Ghost, describe_training, training_curves
from snncore.run.bptt import train
from snncore.experiment.spec import ten_spikes

@st.cache_resource
def made():
    (first, second) = train(ten_spikes().replace({{"training.epochs": 2}}))
    return [first] + [replace(second, epoch=epoch, spikes=float(epoch % 11)).reduced() for epoch in range(1, {EPOCHS})]

def choose(epoch):
    st.session_state.chosen = epoch

st.set_page_config(layout="wide")
records, layers, theme = made(), ["LIF 2", "LIF 4"], "light"
names = {{name: name for name in records[0].parameters}}
ghost = Ghost("A", records + [replace(records[-1], epoch={EPOCHS} + more) for more in range(500)])
curves = training_curves(records, [10] * len(records), layers, theme, ghost=ghost)
chosen = st.session_state.get("chosen")
plots("curves", [Plot(figure=curves, description=describe_training(records, 10, layers, ghost))], chosen, on_scrub=choose)
drawer = drawer_figure(records, layers, names, 1e-3, theme)
plots("drawer", [Plot(figure=drawer, description=describe_drawer(records, layers, names, 1e-3))])
st.text(f"chosen {{chosen}}")
"""

OpenPlots = Callable[[int], tuple[Locator, Locator]]


@pytest.fixture(scope="module")
def long_training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page of the curves and the drawer of a training."""
    with serve_page(tmp_path_factory.mktemp("long_training"), LONG_TRAINING) as running:
        yield running


@pytest.fixture
def open_plots(browser: Browser, long_training: Server) -> Iterator[OpenPlots]:
    """Opens the page at a width; the curves and the drawer."""
    errors: list[str] = []
    contexts = []

    def open_it(width: int) -> tuple[Locator, Locator]:
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(long_training.url)
        expect(page.locator(".plot[data-drawn]")).to_have_count(2, timeout=60_000)
        return page.locator(".plot").first, page.locator(".plot").last

    yield open_it
    for context in contexts:
        context.close()
    assert errors == []


def drawn(plot: Locator) -> dict[str, list[int]]:
    """The epochs that the curves are drawn through, by what they say of themselves."""
    found: dict[str, list[int]] = plot.locator(".plot-graph").evaluate(
        """graph => Object.fromEntries(
            graph._fullData.filter(trace => trace.meta).map(({ meta, x }) => [`${meta.label}, ${meta.value}`, [...x]]))"""
    )
    return found


def test_arrow_keys_choose_every_epoch_and_tell_a_value_where_one_is_drawn(open_plots: OpenPlots) -> None:
    plot, _ = open_plots(1280)
    page, readout = plot.page, plot.locator(".plot-readout")
    epochs = drawn(plot)["Output, spikes"]
    assert len(epochs) <= 600
    plot.focus()
    page.keyboard.press("End")
    expect(readout).to_have_text(f"Output · epoch {EPOCHS - 1} · spikes {(EPOCHS - 1) % 11}")
    for epoch in range(EPOCHS - 2, EPOCHS - 14, -1):
        page.keyboard.press("ArrowLeft")
        value = f" · spikes {epoch % 11}" if epoch in epochs else ""
        expect(readout).to_have_text(f"Output · epoch {epoch}{value}")
    expect(page.get_by_text(f"chosen {EPOCHS - 13}")).to_be_visible()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_text(f"chosen {EPOCHS - 23}")).to_be_visible()
    expect(plot.locator(".plot-mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("chosen None")).to_be_visible()


def test_no_epoch_beyond_the_last_can_be_chosen_though_the_pinned_training_has_more(open_plots: OpenPlots) -> None:
    plot, _ = open_plots(1280)
    assert drawn(plot)["A, pinned, spikes"][-1] == EPOCHS + 499
    last = EPOCHS - 1
    plot.focus()
    plot.page.keyboard.press("End")
    plot.page.keyboard.press("ArrowRight")
    expect(plot.page.get_by_text(f"chosen {last}")).to_be_visible()
    plot.page.keyboard.press("Escape")
    expect(plot.page.get_by_text("chosen None")).to_be_visible()
    right_end = plot.locator(".plot-graph").evaluate("graph => graph._fullLayout.xaxis._offset + graph._fullLayout.xaxis._length")
    plot.click(position={"x": right_end - 1, "y": 60})
    expect(plot.page.get_by_text(f"chosen {last}")).to_be_visible()


def test_loss_and_reach_stand_in_the_curves_or_where_it_is_narrow_in_the_drawer(open_plots: OpenPlots) -> None:
    beside_the_spikes = {"Training, loss", "LIF 2, largest u/θ", "LIF 4, largest u/θ"}
    for width, place in ((1280, 0), (360, 1)):
        held = [set(drawn(plot)) for plot in open_plots(width)]
        assert beside_the_spikes <= held[place]
        assert beside_the_spikes.isdisjoint(held[1 - place])


def test_when_the_window_becomes_narrow_the_plots_are_laid_out_anew(open_plots: OpenPlots) -> None:
    plot, drawer = open_plots(1280)
    plot.page.set_viewport_size({"width": 360, "height": 800})
    expect(plot).to_have_attribute("data-drawn", "2")
    expect(drawer).to_have_attribute("data-drawn", "2")
    assert "Training, loss" not in drawn(plot)
    assert "Training, loss" in drawn(drawer)
    assert plot.page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_readout_covers_no_heading(open_plots: OpenPlots) -> None:
    for width in (1280, 800, 360):
        for plot in open_plots(width):
            plot.focus()
            plot.press("ArrowRight")
            readout = plot.locator(".plot-readout")
            expect(readout).to_have_text(re.compile("epoch"))
            box = box_of(readout)
            for text in plot.locator(".annotation-text").all():
                other = box_of(text)
                beside = other["x"] + other["width"] <= box["x"] or box["x"] + box["width"] <= other["x"]
                assert beside or other["y"] >= box["y"] + box["height"] - 4 or other["y"] + other["height"] <= box["y"] + 4, (
                    text.inner_text()
                )


def message(height: int) -> str:
    """What a view is sent of a plot of a height in pixels."""
    trace = {"x": [0, 1], "y": [0, height], "meta": {"label": "a", "x": "x", "value": "y"}}
    layouts = [{"traces": 1, "layout": [{"height": height}], "narrow": None}]
    header = {
        "traces": [trace],
        "layouts": layouts,
        "descriptions": [""],
        "plotly": plotly_url(),
        "grows": False,
        "scrubs": False,
        "answered": 0,
    }
    return base64.b64encode(Sent(f"plot {height}").message({**header, "scrubbed": None}, [])).decode()


@pytest.mark.parametrize("drawings", [1, 2])
def test_a_plot_that_goes_while_it_is_drawn_takes_the_drawing_with_it(drawings: int, open_plots: OpenPlots) -> None:
    plot, _ = open_plots(1280)
    left = plot.page.evaluate(
        """async ([module, messages]) => {
            const { default: show } = await import(new URL(module, document.baseURI));
            const parentElement = document.body.appendChild(document.createElement("div"));
            const frame = () => new Promise(requestAnimationFrame);
            const draw = (message) => {
                const data = Uint8Array.from(atob(message), (letter) => letter.charCodeAt(0));
                return show({ parentElement, data, setTriggerValue() {} });
            };
            for (let number = 1; number < messages.length; number++) {
                draw(messages[number]);
                while (Number(parentElement.firstChild.dataset.drawn ?? 0) < number) await frame();
            }
            const react = window.Plotly.react; // the real one, seen to take a while
            let isDrawn = false;
            window.Plotly.react = async (...given) => {
                await react(...given);
                await frame();
                await frame();
                isDrawn = true;
            };
            const end = draw(messages[0]);
            parentElement.remove();
            end();
            while (!isDrawn) await frame();
            await new Promise(done => setTimeout(done, 100));
            window.Plotly.react = react;
            return parentElement.querySelectorAll("svg").length;
        }""",
        [f"{web_url()}/plot/plot.js", [message(300 + number) for number in range(drawings)]],
    )
    assert left == 0
