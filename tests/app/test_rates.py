"""A band of target rates is read as people write it, and layers outside it are marked in words and in the rows."""

from __future__ import annotations

import pytest

from app.state.desk import NETWORK_PAGE, NEURON_PAGE, Desk
from app.words.comparison import LINK_WITHOUT_A
from app.words.network import rates_by_place
from app.words.rates import RateBand, outside_in_words, read_band, written_band
from snncore.errors import ExperimentError
from snncore.experiment.spec import ten_spikes
from tests.app.network_page import captions, change, desk, fields, group, opened, view
from tests.app.pages import MAIN, NETWORK, Page, data_of, press, shown
from tests.app.said import complaints


@pytest.mark.parametrize("typed", ["5 to 50", "5-50", "5 - 50", "5\u201350", "5; 50", "5 50", "5, 50", " 5 TO 5e1 ", "5,0 to 50,0"])
def test_a_band_is_read_as_people_write_it(typed: str) -> None:
    assert read_band(typed) == RateBand(5.0, 50.0)


def test_an_exponent_is_no_dash_and_nothing_typed_is_no_band() -> None:
    assert read_band("1e-3 to 1e-2") == RateBand(0.001, 0.01)
    assert read_band("  ") is None
    assert written_band(read_band("")) == ""
    assert read_band(written_band(RateBand(0.5, 62.5))) == RateBand(0.5, 62.5)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("5", "Target rates: '5' is 1 number; write two, such as 5 to 50."),
        ("5 to 50 to 500", "Target rates: '5 to 50 to 500' is 3 numbers; write two, such as 5 to 50."),
        ("50 to 5", "Target rates: 50 is above 5; write the lower rate first."),
        ("five to 50", "Target rates: 'five' is not a number"),
        ("-5 to 50", "Target rates: '-5' is out of range"),
    ],
)
def test_what_is_no_band_is_refused(typed: str, complaint: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        read_band(typed)
    assert str(refused.value).startswith(complaint)


def test_both_ends_of_a_band_are_within_it() -> None:
    band = RateBand(5.0, 50.0)
    assert [band.side(rate) for rate in (4.9, 5.0, 50.0, 50.1)] == ["below", "", "", "above"]
    assert outside_in_words(band, 62.5) == "Above the target rates: 62.5 Hz, not 5 to 50 Hz."
    assert outside_in_words(band, 20.0) == ""


@pytest.mark.slow
def test_layers_outside_the_band_are_marked_and_the_band_can_be_taken_away() -> None:
    page = opened(ten_spikes().draft.replace({"network.1.spike_threshold": 0.2, "network.3.spike_threshold": 0.1}))
    rates = rates_by_place(desk(page).composition.simulate()[0])
    assert set(rates) == {1, 3}
    between = sum(rates.values()) / 2
    high, low = sorted(rates, key=lambda place: -rates[place])
    change(page, "band", f"0 to {between:.3f}")
    assert complaints(page) == []
    assert view(page).band == RateBand(0.0, float(f"{between:.3f}"))
    assert group(page, high)["outside"] == "above"
    assert group(page, high)["notes"]["sentence"].startswith("Above the target rates: ")
    assert (group(page, low)["outside"], group(page, low)["notes"]["sentence"]) == ("", "")
    assert data_of(page, "count")["status"].startswith(f"Target rates 0 to {between:g}"[:20])
    change(page, "band", f"{between:.3f} to 1000")
    assert (group(page, high)["outside"], group(page, low)["outside"]) == ("", "below")
    change(page, "band", "")
    assert view(page).band is None
    assert {group(page, place)["outside"] for place in rates} == {""}
    assert fields(page, "")["band"].value == ""


@pytest.mark.slow
def test_a_band_that_cannot_be_read_leaves_the_former_one() -> None:
    page = opened()
    change(page, "band", "5 to 50")
    change(page, "band", "50 to 5")
    assert complaints(page) == ["Target rates: 50 is above 5; write the lower rate first."]
    assert view(page).band == RateBand(5.0, 50.0)


# -------------------------------------------------------------------------------------------------- the address

EXACT = RateBand(0.1 + 0.2, 1e-5 + 1e9 / 3)


def network_page(band: RateBand | None = None) -> Desk:
    held = Desk(page=NETWORK_PAGE)
    held.composition.view.band = band
    return held


@pytest.mark.parametrize("band", [RateBand(5.0, 50.0), RateBand(1e-5, 1e-4), EXACT])
def test_a_link_has_the_band_exactly_also_of_the_usual_network(band: RateBand) -> None:
    held, other = network_page(band), network_page()
    assert held.query.keys() == {"rates"}
    other.open(NETWORK_PAGE, held.query)
    assert other.complaint is None
    assert other.composition.view.band == band
    held.composition.replace({"network.1.tau_mem": 5.0})
    other.open(NETWORK_PAGE, held.query)
    assert (other.composition.present, other.composition.view.band) == (held.composition.present, band)


@pytest.mark.parametrize("rates", ["fast", "5", "50-5", "5-5e10"])
def test_a_link_whose_band_is_none_brings_its_network_and_says_so(rates: str) -> None:
    held, other = network_page(RateBand(5.0, 50.0)), network_page()
    held.composition.replace({"network.1.tau_mem": 5.0})
    other.open(NETWORK_PAGE, {**held.query, "rates": rates})
    assert str(other.complaint).startswith("Target rates: ")
    assert other.composition.present == held.composition.present
    assert other.composition.view.band is None


def test_a_link_whose_network_cannot_be_read_sets_no_band() -> None:
    held = network_page()
    held.open(NETWORK_PAGE, {"x": "cut", "rates": "5-50"})
    assert held.complaint
    assert held.composition.view.band is None


def test_back_to_an_entry_without_a_band_takes_it_away_and_to_one_with_another_band_brings_that() -> None:
    held = network_page()
    before = held.query
    held.composition.replace({"network.1.tau_mem": 5.0})
    held.composition.view.band = RateBand(5.0, 50.0)
    with_band = held.query
    held.come_back(before)
    assert held.composition.present.network[1].tau_mem == 10.0
    assert held.composition.view.band is None
    assert held.query == before, "the entry stays as it was"
    held.composition.view.band = RateBand(1.0, 2.0)
    held.come_back(with_band)
    assert held.composition.view.band == RateBand(5.0, 50.0)


def test_a_reload_right_after_a_band_was_set_keeps_it() -> None:
    held = network_page()
    before = held.query
    held.composition.view.band = RateBand(5.0, 50.0)
    assert held.query != before
    held.reload(before)  # the browser has the address of a moment ago
    assert held.composition.view.band == RateBand(5.0, 50.0)


def test_a_reload_of_another_page_needs_the_desk_for_the_band() -> None:
    held = network_page(RateBand(5.0, 50.0))
    assert not held.holds_more_than_its_link
    held.turn_to(NEURON_PAGE)
    assert held.holds_more_than_its_link
    assert "rates" not in held.query


@pytest.mark.slow
def test_a_page_opens_with_the_band_of_its_address_and_writes_it_again() -> None:
    page = Page(MAIN)
    page.query_params["rates"] = "5-50"
    shown(page.switch_page(NETWORK).run())
    assert view(page).band == RateBand(5.0, 50.0)
    assert page.query_params["rates"] == "5-50"
    view(page).band = None
    shown(page.run())
    assert "rates" not in page.query_params


@pytest.mark.slow
def test_while_a_is_pinned_the_share_menu_says_that_the_link_has_it_not() -> None:
    page = opened(menu="compare")
    press(page, "Pin this network as A")
    page.session_state["menu_share"] = True
    shown(page.run())
    assert LINK_WITHOUT_A in captions(page)
    press(page, "Unpin A")
    page.session_state["menu_share"] = True
    shown(page.run())
    assert LINK_WITHOUT_A not in captions(page)
