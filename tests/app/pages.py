"""A page of the app in Streamlit's own test harness: opened, run, pressed, and what its components were given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from app.server.link import to_parameter
from app.state.desk import Desk
from snncore.experiment.spec import Draft
from tests.app.messages import is_whole, read

MAIN = Path(__file__).parents[2] / "app" / "main.py"
TRAINING, NETWORK, NEURON = "views/training.py", "views/network.py", "views/neuron.py"


def opened(view: str, link: Draft | str | None = None, **widgets: Any) -> AppTest:
    """A page in a session of its own, with a draft in its address, or whatever that holds, where some widgets have been set."""
    page = AppTest.from_file(MAIN, default_timeout=60)
    for key, value in widgets.items():
        page.session_state[key] = value
    if link is not None:
        page.query_params["x"] = link if isinstance(link, str) else to_parameter(link)
    return shown(page.switch_page(view).run())


def shown(page: AppTest) -> AppTest:
    """The page, if it shows no exception."""
    assert not page.exception, page.exception
    return page


def run(page: AppTest) -> AppTest:
    """Run the page; all of it, also where an edit has drawn the plots alone anew."""
    shown(page.run())
    return page if page.get("page_link") else shown(page.run())


def press(page: AppTest, label: str) -> AppTest:
    (button,) = (button for button in page.button if button.label == label)
    button.click()
    return run(page)


def told(page: AppTest, component: str, act: dict[str, Any]) -> AppTest:
    """What a component's view tells, numbered as it would. AppTest runs no scripts, so this goes to its inner run."""
    answers = f"{component} answers"
    last = page.session_state[answers].last if answers in page.session_state else 0
    states = page._tree.get_widget_states()
    told = json.dumps([{"event": "acts", "value": [{**act, "number": last + 1}]}])
    states.widgets.append(WidgetState(id=_make_trigger_id(component_of(page, component).id, "events"), json_trigger_value=told))
    shown(page._run(states))
    return page if page.get("page_link") else shown(page.run())


def desk(page: AppTest) -> Desk:
    found: Desk = page.session_state["desk"]
    return found


def component_of(page: AppTest, key: str) -> Any:
    """What a component was given, as Streamlit sends it."""
    (found,) = (element for element in page.get("bidi_component") if element.key == key)
    return found.proto


def data_of(page: AppTest, key: str) -> dict[str, Any]:
    """What a component was given as JSON."""
    data: dict[str, Any] = json.loads(component_of(page, key).json)
    return data


def received_by(page: AppTest, key: str) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays that a component was given. As its view would, asks for all of it where it was sent what changed."""
    given = component_of(page, key).bytes
    if not is_whole(given):
        page.session_state[f"{key} sent"].forget()
        given = component_of(shown(page.run()), key).bytes
    return read(given)
