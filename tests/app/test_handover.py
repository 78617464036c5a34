"""What goes from page to page: a neuron of a network to its own page, and from there a layer into a network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.state.composition import DEFAULT as TEN
from app.state.desk import Desk
from app.state.handover import open_neuron, open_trained, try_surrogate, use_as_layer
from app.state.network_view import NetworkView
from app.state.tuned_neuron import DEFAULT, MOST_STEPS
from app.words.surrogate import IN_TRAINING
from snncore.experiment import edits as stack
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from tests.app.neuron_page import assert_shows, experiment, opened, told
from tests.app.pages import NETWORK, TRAINING, desk, fields, press, shown
from tests.app.said import said
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each runs a page of the app


def test_in_place_of_a_recurrent_layer_its_connection_stays() -> None:
    connected = stack.insert(stack.remove(TEN, 1), 1, "IAFRecurrent")
    held = Desk()
    assert held.composition.compose(lambda draft: connected)
    held.neuron.edit({"network.0.kind": "ALIF", "network.0.spike_threshold": 0.5})
    use_as_layer(held, 1)
    layer: Any = held.composition.present.network[1]
    assert (layer.kind, layer.spike_threshold) == ("ALIFRecurrent", 0.5)
    assert layer.rec_connect == connected.network[1].rec_connect
    held.neuron.edit({"network.0.kind": "ExpLeak"})
    use_as_layer(held, 1)
    assert held.composition.present.network[1].kind == "ExpLeak"


def recurrent() -> Experiment:
    """A network whose layers drive themselves, with more of what neurons can have."""
    layers: list[dict[str, Any]] = [
        {"kind": "Linear", "in_features": 16, "out_features": 6, "bias": True},
        {"kind": "LIFRecurrent", "tau_mem": 9.0, "tau_syn": 4.0, "rec_connect": {"in_features": 6, "out_features": 6, "bias": True}},
        {"kind": "ALIFRecurrent", "tau_mem": 9.0, "tau_adapt": 30.0, "rec_connect": {"in_features": 6, "out_features": 6}},
        {"kind": "IAF", "spike_threshold": [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]},
        {"kind": "ExpLeak", "tau_mem": 5.0},
    ]
    return ten_spikes().replace({"network": layers})


@pytest.mark.parametrize("whole", [ten_spikes(), recurrent(), convolution()], ids=["ten spikes", "recurrent", "convolution"])
def test_a_neuron_of_a_network_does_on_its_page_what_it_did_there(whole: Experiment) -> None:
    held = Desk()
    (simulation,) = simulate(whole)
    for place, record in simulation.records.items():
        neurons = record.u[0, 0].size
        for sample, neuron in ((0, 0), (len(record.u) - 1, neurons - 1)):
            open_neuron(held, simulation, place, neuron, sample)
            alone = held.neuron.simulation().records[0]
            assert np.array_equal(alone.u[0, :, 0], record.u[sample].reshape(len(record.u[0]), -1)[:, neuron])
            assert np.array_equal(alone.spikes[0, :, 0], record.spikes[sample].reshape(len(record.u[0]), -1)[:, neuron])
            assert held.neuron.experiment.input.name.startswith(f"{whole.network[place].kind} {place + 1}, neuron {neuron}")
    held.neuron.undo()
    assert held.neuron.history.can_undo


def test_of_a_long_run_the_first_steps_are_shown() -> None:
    held = Desk()
    (simulation,) = simulate(ten_spikes().replace({"input.shape": (1, MOST_STEPS + 7, 16)}))
    open_neuron(held, simulation, 1, 3)
    assert held.neuron.experiment.input.shape == (1, MOST_STEPS, 1)
    assert held.neuron.experiment.input.name == "LIF 2, neuron 3, with the first 1,000 of 1,007 steps of the input it received"
    alone = held.neuron.simulation().records[0]
    assert np.array_equal(alone.u[0, :, 0], simulation.records[1].u[0, :MOST_STEPS, 3])


def test_a_trained_neuron_is_opened_as_it_was_at_its_epoch() -> None:
    held = Desk()
    whole = ten_spikes().replace({"training.epochs": 4, "training.lr": 0.05})
    held.training.begin(whole)
    held.training.run.speed = None
    held.training.train()
    until(lambda: not held.training.run.is_running)
    for epoch, record in enumerate(train(whole)):
        held.training.scrub(epoch)
        for layer in record.layers:
            open_trained(held, int(layer.name), 2)
            alone = held.neuron.simulation().records[0]
            assert np.array_equal(alone.u[0, :, 0], layer.u[0, :, 2])
            assert np.array_equal(alone.spikes[0, :, 0], layer.spikes[0, :, 2])
    assert epoch == 3


def test_the_network_page_opens_the_traced_neuron_of_the_selected_layer() -> None:
    page = opened(view=NETWORK)
    desk(page).composition.view = NetworkView(layer=1, chosen={1: [5, 2]})
    shown(page.run())
    page = press(page, "Open neuron 5 on the Neuron page")
    assert_shows(page, simulate(ten_spikes())[0].records[1], neuron=5)
    assert "LIF 2, neuron 5, with the input it received." in said(page, "sentence")
    assert experiment(press(page, "Undo")) == DEFAULT


def test_a_neuron_that_can_not_be_shown_alone_stays_where_it_is_and_the_page_says_why() -> None:
    held = Desk()
    without_outputs = replace(simulate(ten_spikes())[0], outputs=())
    assert not held.attempt(lambda: open_neuron(held, without_outputs, layer=1, neuron=5))
    assert "was not kept" in str(held.complaint)
    assert held.neuron.experiment == DEFAULT


def test_a_layer_without_neurons_has_none_to_open() -> None:
    page = opened(view=NETWORK)
    desk(page).composition.view = NetworkView(layer=0)
    shown(page.run())
    assert not [button.label for button in page.button if button.label.startswith("Open neuron")]


def test_the_training_page_opens_the_picked_neuron_of_each_layer() -> None:
    page = opened(view=TRAINING)
    desk(page).training.picked = {1: 9}
    page.session_state["menu_explain"] = True
    shown(page.run())
    record = desk(page).training.run.records[0]
    page = press(page, "LIF 2, neuron 9")
    assert_shows(page, record.layers[0], neuron=9)


def test_a_surrogate_of_the_neuron_page_is_tried_in_the_training_beside_the_network_s_own() -> None:
    page = told(opened(), {"do": "look", "panel": "surrogate"})
    fields(page)["network.0.surrogate_grad_fn"].set_value("arctangent")
    press(shown(page.run()), IN_TRAINING)
    training = desk(page).training
    assert training.insight == "surrogate"
    assert training.surrogate.tried == {"kind": "ATan", "alpha": 2.0}
    assert any("arctangent" in caption for caption in said(page, "caption"))
    assert training.run.in_force.at("network.1.surrogate_grad_fn.kind") == "SingleExponential", "it is tried, not taken over"


def test_the_surrogate_that_the_network_has_is_shown_alone() -> None:
    held = Desk()
    try_surrogate(held)
    assert (held.training.insight, held.training.surrogate.tried) == ("surrogate", None)


def test_a_network_that_cannot_be_trained_says_so_before_the_page_is_left() -> None:
    held = Desk()
    assert held.composition.compose(lambda draft: stack.remove(TEN, 0))
    held.attempt(lambda: try_surrogate(held))
    assert held.complaint is not None
    assert "can't be trained so far" in held.complaint
    assert held.training.insight is None
