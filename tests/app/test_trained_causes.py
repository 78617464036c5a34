"""What moved a neuron of a network that is trained, asked on the Training page by a click on a spike or in the menu."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.state.why import Question
from app.words.causes import LABEL, SPIKE_GONE
from snncore.experiment.recognition import yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import causes
from snncore.run.simulation import simulate
from tests.app import pages
from tests.app.pages import NETWORK, TRAINING, desk, press, shown, told
from tests.app.said import said
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each runs a page of the app

EAGER = ten_spikes().replace({"network.3.spike_threshold": 0.1})


@pytest.fixture
def page(experiment: Experiment) -> AppTest:
    return pages.opened(TRAINING, experiment, menu_explain=True)


@pytest.fixture
def experiment() -> Experiment:
    return EAGER


def trained(page: AppTest, epochs: int) -> None:
    training = desk(page).training
    for _ in range(epochs):
        training.step()
        until(lambda: not training.run.is_running)
    shown(page.run())


def test_a_click_on_a_spike_explains_it_with_the_weights_of_the_epoch_on_display(page: AppTest) -> None:
    trained(page, 2)
    training = desk(page).training
    training.scrub(1)
    record = training.seen_record
    spikes = record.layers[-1].spikes[0]
    step, neuron = (int(place) for place in spikes.nonzero()[0][-1:].tolist() + spikes.nonzero()[1][-1:].tolist())
    told(page, "rows", {"do": "ask", "layer": 3, "row": neuron, "time": step})
    assert training.why.trail == [Question(3, neuron, step)]
    (simulation,) = simulate(EAGER, parameters=record.parameters)
    u = causes(simulation, 3, neuron, step).u
    assert u == pytest.approx(float(record.layers[-1].u[0, step, neuron]), rel=1e-5)
    assert any(f"Neuron {neuron} of LIF 4 fired" in sentence for sentence in said(page, "sentence"))
    press(page, "Back to the rows")
    assert not training.why.is_asked


@pytest.mark.parametrize("experiment", [EAGER, yin_yang()], ids=["ten spikes", "Yin-Yang"])
def test_the_menu_asks_about_the_traced_neuron_of_the_output(page: AppTest) -> None:
    press(page, LABEL)
    training = desk(page).training
    place = len(training.run.experiment.network) - 1
    assert [(asked.layer, asked.neuron) for asked in training.why.trail] == [(place, training.traced()[place])]
    assert any(f"Neuron {training.traced()[place]} of" in sentence for sentence in said(page, "sentence"))


@pytest.mark.parametrize("layer", [3, 2])
def test_a_spike_that_is_gone_when_the_click_arrives_is_said_to_be(page: AppTest, layer: int) -> None:
    told(page, "rows", {"do": "ask", "layer": layer, "row": 0, "time": 0})  # where it was silent, and where nothing spikes
    assert desk(page).training.insight is None
    assert desk(page).complaint == SPIKE_GONE


def test_escape_and_the_way_back_lead_to_the_question_before_and_then_to_the_rows(page: AppTest) -> None:
    press(page, LABEL)
    training = desk(page).training
    training.why.ask(Question(1, 21, 71))
    shown(page.run())
    press(page, "Back")
    assert len(training.why.trail) == 1
    told(page, "causes", {"do": "back"})
    assert training.insight is None


def test_the_question_is_another_page_s_own(page: AppTest) -> None:
    press(page, LABEL)
    assert not desk(page).composition.view.why.is_asked
    shown(page.switch_page(NETWORK).run())
    assert "causes" not in [element.key for element in page.get("bidi_component")]
