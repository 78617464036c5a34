"""A visitor of a Streamlit page without a browser: speaks the protocol of Streamlit 1.67's frontend over its websocket.

Does what the frontend does with messages that matter to the server: keeps the values of the widgets, the page's address and the messages
that may be named by their hash, and sends all of it along with each change. Draws nothing.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.app.messages import is_whole, read

CONTROLS = "controls"
"""Name of the component that rows of controls are."""

ID_PARTS = 3
"""An element's id is `$$ID-hash-key`."""


class StreamlitClient:
    """One session on one page.

    Args:
        url: of the app, with a slash at its end.
        page: its path in the address; "" is the default page.
        slider: what the label of the slider to move begins with; Streamlit's own, or a row of the app's controls.
        drawing: the key of the component or chart that a move must draw anew.
    """

    def __init__(self, url: str, page: str, slider: str, drawing: str) -> None:
        self._url, self._page, self._label, self._drawing = url, page, slider, drawing
        self._script_hash = self._query = self._slider = ""
        self._row: Row | None = None
        self._fragments: dict[str, str] = {}
        self._widgets: dict[str, WidgetState] = {}
        self._sent: set[str] = set()
        self._kept = KeptMessages()
        self._step = 0.0
        self._drawn = b""
        self._drawn_at = 0.0
        self._socket: ClientConnection | None = None

    async def open(self) -> None:
        """Connects, and returns when the page is drawn."""
        origin = self._url.rstrip("/")
        address = f"{origin.replace('http', 'ws', 1)}/_stcore/stream"
        self._socket = await connect(address, origin=Origin(origin), subprotocols=[Subprotocol("streamlit")], max_size=None, proxy=None)
        await self._run(self._state())
        if not (self._slider or self._row) or not self._drawn:
            raise RuntimeError(f"{self._url}{self._page} has no slider {self._label!r} or no drawing {self._drawing!r}.")

    async def close(self) -> None:
        if self._socket:
            await self._socket.close()

    async def move(self, steps: int) -> float:
        """Moves the slider as an arrow key does, and returns when the server is done.

        Returns:
            Milliseconds from sending the change until what is to be drawn had come.

        Raises:
            RuntimeError: what came back is drawn as it was, or the page showed an exception.
        """
        request, moved_to = self._moved(steps)
        before, begin = self._drawn, time.perf_counter()
        await self._run(request)
        if self._drawn == before or self._drawn_at < begin:
            raise RuntimeError(f"{self._url}{self._page} answered a slider at {moved_to} with no other drawing.")
        return (self._drawn_at - begin) * 1e3

    def _moved(self, steps: int) -> tuple[BackMsg, float]:
        """The message that tells of the move, and where it leads."""
        if self._row:
            request = self._state(self._row.fragment)
            request.rerun_script.widget_states.widgets.append(self._row.move(steps))
            return request, self._row.value
        value = self._widgets[self._slider].double_array_value
        value.data[0] = round(value.data[0] + steps * self._step, 6)
        return self._state(self._fragments[self._slider]), value.data[0]

    # ------------------------------------------------------------------------------------------------- sending

    def _state(self, fragment: str = "") -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.fragment_id = self._query, fragment
        if self._script_hash:
            state.page_script_hash = self._script_hash
        else:
            state.page_name = self._page
        state.widget_states.widgets.extend(self._widgets.values())
        state.cached_message_hashes.extend(self._kept.hashes())
        about = state.context_info
        about.timezone, about.timezone_offset, about.locale = "UTC", 0, "en-US"
        about.url, about.is_embedded, about.color_scheme = f"{self._url}{self._page}", False, "light"
        return message

    async def _run(self, request: BackMsg) -> None:
        """Sends it, and takes what comes until a run of the script went to its end."""
        assert self._socket
        await self._socket.send(request.SerializeToString())
        async for data in self._socket:
            assert isinstance(data, bytes)
            message = ForwardMsg()
            message.ParseFromString(data)
            if self._take(message):
                return
        raise RuntimeError(f"{self._url} closed the connection.")

    # --------------------------------------------------------------------------------------------------- taking

    def _take(self, message: ForwardMsg) -> bool:
        """Whether it was the end of a run that wasn't cut short."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._kept.again(message.ref_hash)
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._kept.keep(message)
        if kind == "new_session":
            self._script_hash = message.new_session.page_script_hash
            self._sent = set()
        elif kind == "navigation":
            self._script_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._take_element(message.delta)
        elif kind == "script_finished":
            return self._take_end(message.script_finished)
        return False

    def _take_end(self, how: int) -> bool:
        is_whole = how == ForwardMsg.FINISHED_SUCCESSFULLY
        if not is_whole and how != ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            return False
        if is_whole:
            self._widgets = {name: state for name, state in self._widgets.items() if name in self._sent}
        self._kept.count_run(is_whole)
        return True

    def _take_element(self, delta: Delta) -> None:
        element = delta.new_element
        if element.HasField("exception"):
            raise RuntimeError(f"The page shows: {element.exception.message}")
        drawn = _drawn_by(element, self._drawing)
        if drawn:
            self._drawn, self._drawn_at = drawn, time.perf_counter()
        if element.HasField("bidi_component") and element.bidi_component.component_name == CONTROLS:
            self._row = _row_of(element.bidi_component, self._label, delta.fragment_id) or self._row
        state = _widget_state(element)
        if state is None:
            return
        if element.HasField("slider") and element.slider.label.startswith(self._label):
            self._slider, self._step = state.id, element.slider.step
        self._sent.add(state.id)
        self._fragments[state.id] = delta.fragment_id
        proto: Any = getattr(element, str(element.WhichOneof("type")))
        if state.id not in self._widgets or proto.set_value:
            self._widgets[state.id] = state


@dataclass
class Row:
    """A row of the app's controls with a slider: each move is an act with a number."""

    component: str
    fragment: str
    path: str
    value: float
    step: float
    number: int

    def move(self, steps: int) -> WidgetState:
        """Moves it, and returns what its view tells."""
        self.value, self.number = round(self.value + steps * self.step, 6), self.number + 1
        act = {"do": "edit", "changes": {self.path: self.value}, "number": self.number}
        told = json.dumps([{"event": "acts", "value": [act]}])
        return WidgetState(id=_make_trigger_id(self.component, "events"), json_trigger_value=told)


def _row_of(component: Any, label: str, fragment: str) -> Row | None:
    """The row of that label, if the component was sent whole and has it."""
    if not is_whole(component.bytes):
        return None
    header, _ = read(component.bytes)
    found = (row for row in header["rows"] if row["label"].startswith(label) and "step" in row)
    row = next(found, None)
    return row and Row(component.id, fragment, row["path"], header["values"][row["path"]], row["step"], header["answered"])


class KeptMessages:
    """Messages that the server may send again as a hash. They are kept for some runs, as the server told its frontend."""

    RUNS = 2

    def __init__(self) -> None:
        self._messages: dict[str, tuple[int, ForwardMsg]] = {}
        self._runs = 0

    def hashes(self) -> list[str]:
        return list(self._messages)

    def keep(self, message: ForwardMsg) -> None:
        self._messages[message.hash] = self._runs, message

    def again(self, name: str) -> ForwardMsg:
        message = self._messages[name][1]
        self.keep(message)
        return message

    def count_run(self, is_whole: bool) -> None:
        """Forgets the old ones; a run of fragments leaves what lies outside of them."""
        self._runs += 1
        self._messages = {
            name: (run, message)
            for name, (run, message) in self._messages.items()
            if self._runs - run <= self.RUNS or not (is_whole or message.delta.fragment_id)
        }


def _drawn_by(element: Element, key: str) -> bytes:
    """What the element draws if it has this key, else nothing."""
    if element.HasField("bidi_component") and _key(element.bidi_component.id) == key:
        component = element.bidi_component
        return component.bytes or component.json.encode()
    if element.HasField("plotly_chart") and _key(element.plotly_chart.id) == key:
        return element.plotly_chart.spec.encode()
    return b""


def _key(name: str) -> str:
    return name.split("-", ID_PARTS - 1)[-1]


def _widget_state(element: Element) -> WidgetState | None:
    """The value that the frontend sends for the element, if it is a widget of those that are here."""
    kind = element.WhichOneof("type")
    if kind == "slider":
        slider = element.slider
        state = WidgetState(id=slider.id)
        state.double_array_value.data.extend(slider.value if slider.set_value else slider.default)
        return state
    if kind == "checkbox":
        box = element.checkbox
        return WidgetState(id=box.id, bool_value=box.value if box.set_value else box.default)
    if kind == "selectbox":
        select = element.selectbox
        return WidgetState(id=select.id, string_value=select.raw_value if select.set_value else select.options[select.default])
    if kind == "button_group":
        group = element.button_group
        state = WidgetState(id=group.id)
        state.string_array_value.data.extend(
            group.raw_values if group.set_value else [group.options[place].content for place in group.default]
        )
        return state
    if kind == "text_input":
        text = element.text_input
        return WidgetState(id=text.id, string_value=text.value if text.set_value else text.default)
    return None
