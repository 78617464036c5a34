"""What is looked at stays what was chosen, as long as the network has it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.state.network_view import MOST_CHOSEN, NO_OVERLAY, OVERLAYS, NetworkView
from app.widgets.network import view_of
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft, Experiment, convolution, ten_spikes
from snncore.run.simulation import Simulation, simulate

pytestmark = pytest.mark.slow  # each runs a page of the app


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(ten_spikes())[0]


def small(neurons: int, batch: int = 1) -> Simulation:
    """Like the ten-spike net with fewer neurons."""
    network = [{"kind": "Linear", "in_features": 3, "out_features": neurons}, {"kind": "LIF", "tau_mem": 5.0}]
    return simulate(Experiment(network=network, input={"shape": (batch, 20, 3), "probability": 0.5}))[0]


def test_a_layer_of_which_none_was_picked_shows_the_neuron_closest_to_its_threshold(simulation: Simulation) -> None:
    chosen = NetworkView().traced(simulation)
    for index, record in simulation.records.items():
        (neuron,) = chosen[index]
        assert record.u[0, :, neuron].max() == record.u.max()


def test_a_pick_replaces_what_was_traced_and_shows_its_weights(simulation: Simulation) -> None:
    view = NetworkView()
    view.pick(1, 5, add=False)
    view.pick(1, 9, add=False)
    assert view.traced(simulation)[1] == [9]
    assert view.weighed == {1}


def test_picks_beside_others_come_first_and_the_oldest_go(simulation: Simulation) -> None:
    view = NetworkView()
    for neuron in range(MOST_CHOSEN + 2):
        view.pick(1, neuron, add=True)
    assert view.chosen[1] == list(range(MOST_CHOSEN + 1, 1, -1))
    assert view.traced(simulation)[1] == view.chosen[1]


def test_picking_a_traced_neuron_again_takes_it_away_unless_it_is_the_only_one() -> None:
    view = NetworkView()
    view.pick(1, 5, add=True)
    view.pick(1, 6, add=True)
    view.pick(1, 5, add=True)
    assert view.chosen[1] == [6]
    view.pick(1, 6, add=True)
    assert view.chosen[1] == [6]


def test_neurons_that_are_gone_are_no_longer_traced() -> None:
    view = NetworkView(chosen={1: [7, 2, 50]})
    assert view.traced(small(8))[1] == [7, 2]
    assert view.traced(small(3))[1] == [2]
    (closest,) = view.traced(small(2))[1]
    assert closest < 2


def test_a_sample_that_is_gone_gives_way_to_the_last_one() -> None:
    view = NetworkView(sample=5)
    assert view.traced(small(3, batch=8))
    assert view.sample == 5
    assert view_of(view, small(3, batch=2)).sample == 1


def test_what_is_drawn_is_not_changed_by_later_picks(simulation: Simulation) -> None:
    view = NetworkView()
    drawn = view_of(view, simulation)
    before = list(drawn.chosen[1])
    view.pick(1, (before[0] + 1) % 64, add=False)
    view.opened.add(1)
    view.heatmaps.add(1)
    assert list(drawn.chosen[1]) == before
    assert (drawn.opened, drawn.heatmaps, drawn.weighed) == (frozenset(), frozenset(), frozenset())


def test_a_layer_that_is_gone_is_not_selected() -> None:
    draft = ten_spikes().draft
    view = NetworkView(layer=3)
    assert view.layer_in(draft) == 3
    assert view.layer_in(stack.remove(draft, 0)) is None
    assert NetworkView(layer=None).layer_in(draft) is None


def seen(view: NetworkView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in ("opened", "weighed", "heatmaps", "chosen")}


def test_neurons_are_forgotten_where_layers_change_places_and_nothing_else_is() -> None:
    view = NetworkView("Input", 2, 3, {1}, {1}, {3}, {1: [4]}, "Shuffled spike times", (5.0,))
    view.forget_neurons()
    assert seen(view) == {"opened": set(), "weighed": set(), "heatmaps": set(), "chosen": {}}
    assert (view.panel, view.layer, view.sample, view.overlay, view.taus) == ("Input", 2, 3, "Shuffled spike times", (5.0,))


def test_another_network_is_looked_at_as_the_first_one_was() -> None:
    view = NetworkView("Input", 2, 3, {1}, {1}, {3}, {1: [4]}, "Shuffled spike times", (5.0,))
    view.start_over(ten_spikes().draft)
    assert view == NetworkView(panel="Input")


def test_of_another_network_the_first_neuron_layer_is_selected() -> None:
    view = NetworkView()
    for draft, first in ((convolution().draft, 1), (stack.remove(ten_spikes().draft, 0), 0), (only_linear(), 0)):
        view.start_over(draft)
        assert view.layer == first


def only_linear() -> Draft:
    return Draft(network=[{"kind": "Linear", "in_features": 3, "out_features": 3}], input={"shape": (1, 5, 3), "probability": 0.5})


def test_overlays_have_names_and_notes_and_nothing_is_one_of_them() -> None:
    assert [bool(name) for name, _ in OVERLAYS.values()] == [False, True, True]
    assert all(note.endswith(".") for _, note in OVERLAYS.values())
    assert next(iter(OVERLAYS)) == NO_OVERLAY == NetworkView().overlay


def test_each_session_looks_for_itself_and_stays_with_it() -> None:
    def script() -> None:
        import streamlit as st

        from app.widgets.session import desk

        opened = desk().composition.view.opened
        opened.add(len(opened))
        st.text(len(opened))

    first, second = AppTest.from_function(script), AppTest.from_function(script)
    assert first.run().text[0].value == "1"
    assert first.run().text[0].value == "2"
    assert second.run().text[0].value == "1"
