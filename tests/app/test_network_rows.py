"""What the rows of the Network page ask for is done: neurons are traced, layers opened, remedies taken."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from snncore.diagnosis.layers import Silent, diagnose
from snncore.experiment.spec import Experiment
from snncore.run.simulation import simulate
from tests.app.network_page import TEN, draft, group, opened, raster
from tests.app.pages import data_of, told
from tests.app.said import said

pytestmark = pytest.mark.slow  # each runs a page of the app


def traced(page: AppTest, layer: int) -> list[int]:
    """The last one lies on top and is the selected one."""
    lines = next(row for row in group(page, layer)["rows"] if row["kind"] == "traces")["lines"]
    return [line["neuron"] for line in lines if line["opacity"] == 1]


def test_a_picked_neuron_is_traced_with_its_weights_and_others_beside_it() -> None:
    page = opened()
    told(page, "rows", {"do": "pick", "layer": 1, "row": 40, "add": False})
    assert traced(page, 1) == [40]
    assert [row["title"] for row in group(page, 1)["rows"] if row["kind"] == "weights"] == ["Weights from Linear 1 to neuron 40"]
    told(page, "rows", {"do": "pick", "layer": 1, "neuron": 7, "add": True})
    assert traced(page, 1) == [40, 7]
    told(page, "rows", {"do": "pick", "layer": 1, "neuron": 7, "add": True})
    assert traced(page, 1) == [40]
    assert draft(page) == TEN, "nothing is edited"


def test_a_layer_is_opened_and_closed_and_shown_as_a_heatmap() -> None:
    page = opened()
    closed = [row["kind"] for row in group(page, 1)["rows"]]
    told(page, "rows", {"do": "toggle", "layer": 1, "what": "open"})
    assert group(page, 1)["open"]
    assert len(group(page, 1)["rows"]) > len(closed)
    assert not group(page, 3)["open"]
    told(page, "rows", {"do": "toggle", "layer": 1, "what": "heatmap"})
    assert group(page, 1)["rows"][0]["kind"] == "heatmap"
    told(page, "rows", {"do": "toggle", "layer": 1, "what": "open"})
    told(page, "rows", {"do": "toggle", "layer": 1, "what": "heatmap"})
    assert [row["kind"] for row in group(page, 1)["rows"]] == closed


def test_an_opened_layer_is_selected_in_the_ribbon_and_the_controls_and_closing_it_selects_nothing_else() -> None:
    page = opened()
    told(page, "rows", {"do": "toggle", "layer": 3, "what": "open"})
    assert data_of(page, "ribbon")["selected"] == 3
    assert "LIF 4" in said(page, "title")
    told(page, "rows", {"do": "toggle", "layer": 1, "what": "heatmap"})
    told(page, "rows", {"do": "toggle", "layer": 3, "what": "open"})
    assert data_of(page, "ribbon")["selected"] == 3


def test_synaptic_operations_stand_beside_the_spikes_of_the_run_and_of_each_layer() -> None:
    page = opened()
    (simulation,) = simulate(Experiment(**dict(TEN)))
    into_hidden, into_output = 64 * simulation.input.sum(), 4 * simulation.records[1].spikes.sum()
    assert group(page, 1)["words"].endswith(f" · {into_hidden:,.0f} synaptic operations in")
    assert group(page, 3)["words"].endswith(f" · {into_output:,.0f} synaptic operations in")
    assert data_of(page, "count")["unit"].endswith(f" · {into_hidden + into_output:,.0f} synaptic operations")


def test_each_remedy_of_a_silent_layer_does_what_its_button_says() -> None:
    silent = TEN.replace({"network.1.spike_threshold": 3.0})
    (simulation,) = simulate(Experiment(**dict(silent)))
    (finding,) = diagnose(simulation)[1]
    assert isinstance(finding, Silent)
    for number, changes in enumerate(finding.changes):
        page = opened(silent)
        assert len(group(page, 1)["notes"]["remedies"]) == len(finding.changes)
        assert group(page, 1)["notes"]["sentence"].startswith("Silent: ")
        assert "LIF 2" in data_of(page, "count")["status"]
        told(page, "rows", {"do": "remedy", "layer": 1, "remedy": number})
        assert draft(page) == silent.replace({f"network.1.{name}": value for name, value in changes.items()})
        assert raster(page, "1").any()
        assert not group(page, 1)["notes"]["sentence"].startswith("Silent: ")
