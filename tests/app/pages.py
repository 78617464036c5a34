"""A page of the app in Streamlit's own test harness: opened, run, pressed, and what its components were given."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from app.components.kept import NAME
from app.server.link import to_parameter
from app.state.desk import Desk
from snncore.experiment.spec import Draft
from tests.app.messages import is_whole, read

MAIN = Path(__file__).parents[2] / "app" / "main.py"
TRAINING, NETWORK, NEURON, CONVERSION = "views/training.py", "views/network.py", "views/neuron.py", "views/conversion.py"


class Page(AppTest):
    """A page that is told with its next run what its components' views have to tell.

    Attributes:
        acts: what each component tells.
        drawn: number of the page that a browser would have drawn, told with each act; None to tell none.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, default_timeout=60)
        self.acts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.drawn: int | None = None

    def _run(self, widget_state: WidgetStates | None = None, timeout: float | None = None) -> AppTest:
        states = widget_state or WidgetStates()
        for component, acts in self.acts.items():
            answers = kept_by_views(self).get(f"{component} answers")
            last = answers.last if answers else 0
            seen = {} if self.drawn is None else {"drawn": self.drawn}
            value = [{**act, **seen, "number": last + 1 + place} for place, act in enumerate(acts)]
            told = json.dumps([{"event": "acts", "value": value}])
            states.widgets.append(WidgetState(id=_make_trigger_id(component_of(self, component).id, "events"), json_trigger_value=told))
        self.acts.clear()
        return super()._run(states, timeout)


@dataclass
class Field:
    """A row of controls, as a person sets it.

    Attributes:
        component: the key of its panel.
        row: what its panel was given.
        value: what it shows; a number, a text, whether it is on, or the kind that is chosen.
        is_switch: whether it is the switch of a number that may be off.
    """

    page: Any
    component: str
    row: dict[str, Any]
    path: str
    value: Any
    is_switch: bool = False

    @property
    def label(self) -> str:
        unit = f"({self.row['unit']})" if self.row["unit"] else ""
        return " ".join(filter(None, (self.row["label"], self.row["symbol"], unit)))

    @property
    def options(self) -> list[str]:
        return [option["label"] for option in self.row["options"]]

    def set_value(self, value: Any) -> None:
        """Set it with the next run of the page: a number or a text, also of a number; the name or kind of an option; on or off."""
        act = {"do": "edit", "changes": {self.path: value}}
        if self.is_switch:
            act["changes"] = {self.path: self.row["whenOn"] if value else None}
        elif self.row["widget"] == "choice":
            (act,) = (option["act"] for option in self.row["options"] if value in (option["label"], option["act"]["changes"][self.path]))
        self.page.acts[self.component].append(act)


def opened(view: str, link: Draft | str | None = None, **widgets: Any) -> AppTest:
    """A page in a session of its own, with a draft in its address, or whatever that holds, where some widgets have been set."""
    page = Page(MAIN)
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
    """What a component's view tells, numbered as it would."""
    page.acts[component].append(act)  # type: ignore[attr-defined]  # of a Page
    return run(page)


def fields(page: AppTest) -> dict[str, Field]:
    """Rows of controls by path; the switch of a number that may be off by `switch` and its path."""
    found = {}
    for component in [element.key for element in page.get("bidi_component") if element.proto.component_name == "controls"]:
        header, _ = received_by(page, component)
        for row in header["rows"]:
            path = row["path"]
            field = Field(page, component, row, path, header["values"][path])
            if "whenOn" in row:
                found[f"switch {path}"] = Field(page, component, row, path, field.value is not None, is_switch=True)
            if field.value is not None:
                found[path] = field
    return found


def notes(page: AppTest) -> list[str]:
    """What rows of controls explain."""
    return [field.row["note"] for field in fields(page).values()]


def desk(page: AppTest) -> Desk:
    found: Desk = page.session_state["desk"]
    return found


def component_of(page: AppTest, key: str) -> Any:
    """What a component was given, as Streamlit sends it."""
    (found,) = (element for element in page.get("bidi_component") if element.key == key)
    return found.proto


def kept_by_views(page: AppTest) -> dict[str, Any]:
    """What the views of the page's session keep."""
    state = page.session_state
    found: dict[str, Any] = state[NAME] if NAME in state else {}  # noqa: SIM401  (it has no get)
    return found


def data_of(page: AppTest, key: str) -> dict[str, Any]:
    """What a component was given as JSON, or as the header of a message."""
    given = component_of(page, key)
    data: dict[str, Any] = json.loads(given.json) if given.json else received_by(page, key)[0]
    return data


def received_by(page: AppTest, key: str) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays that a component was given. As its view would, asks for all of it where it was sent what changed."""
    given = component_of(page, key).bytes
    if not is_whole(given):
        kept_by_views(page)[f"{key} sent"].forget()
        given = component_of(shown(page.run()), key).bytes
    return read(given)
