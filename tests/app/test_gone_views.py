"""A view that has gone with its page, but still tells something, breaks nothing and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from app.components.sent import Sent
from app.state.desk import Desk
from tests.app import pages
from tests.app.neuron_page import VIEW as NEURON_VIEW
from tests.app.pages import CONVERSION, NETWORK, NEURON, TRAINING, component_of, desk, kept_by_views, shown

ACTS = {"rows": {"do": "toggle", "layer": 1, "what": "open"}, NEURON_VIEW: {"do": "edit", "changes": {"network.0.tau_mem": 3.0}}}
"""Something that each view would do, were it still there."""


def told_late(page: AppTest, key: str, event: str, value: Any, view: str) -> AppTest:
    """The page after a view told something just as the visitor turned to another page."""
    trigger = _make_trigger_id(component_of(page, key).id, "events")
    told = WidgetState(id=trigger, json_trigger_value=json.dumps([{"event": event, "value": value}]))
    page.switch_page(view)
    return shown(page._run(WidgetStates(widgets=[told])))


def whole(held: Desk) -> tuple[Any, ...]:
    return held.composition.present, held.neuron.present, held.conversion.present, held.composition.view.opened, held.complaint


LEFT = [(NETWORK, "rows", NEURON), (TRAINING, "rows", NETWORK), (NEURON, NEURON_VIEW, CONVERSION)]


@pytest.mark.slow
@pytest.mark.parametrize(("left", "key", "entered"), LEFT)
@pytest.mark.parametrize("event", ["acts", "lacking"])
def test_what_a_view_tells_after_its_page_was_left_is_let_pass(left: str, key: str, entered: str, event: str) -> None:
    page = pages.opened(left)
    before, sent = whole(desk(page)), kept_by_views(page)[f"{key} sent"]
    assert isinstance(sent, Sent)
    based_on = {message.number for message in sent.messages}
    assert based_on
    last = kept_by_views(page)[f"{key} answers"].last
    value = [{**ACTS[key], "number": last + 1}] if event == "acts" else []
    page = told_late(page, key, event, value, entered)
    assert whole(desk(page)) == before
    assert kept_by_views(page)[f"{key} answers"].last == last, "nobody was there to answer"
    if event == "lacking":
        assert not based_on & {message.number for message in sent.messages}, "when its page is shown again, it gets everything"
