"""The Network page as tests drive it: opened with everything unfolded, its fields and files, and what its plots hold."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from app.server.link import from_parameter
from app.state.network_view import NetworkView
from app.words.input_parameters import INPUT_PARAMETERS
from app.words.layer_parameters import LAYER_PARAMETERS, part_name
from snncore.experiment import edits as stack
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from tests.app import pages
from tests.app.pages import NETWORK, desk, press, received_by, run, shown
from tests.app.said import complaints, said

TEN = ten_spikes().draft
MISFIT = TEN.replace({"network.0.out_features": 65})
"""Its second Linear takes 64."""


def opened(draft: Draft | None = None, layer: int | None = 1, panel: str = "Layer", **seen: Any) -> AppTest:
    """The page on a draft that a link names, with a layer selected and everything unfolded."""
    unfolded = {"seeds": True, **{f"more network.{place}": True for place in range(len((draft or TEN).network))}}
    page = pages.opened(NETWORK, draft, **unfolded)
    desk(page).composition.view = NetworkView(panel=panel, layer=layer, **seen)
    return shown(page.run())


def draft(page: AppTest) -> Draft:
    return desk(page).composition.present


def view(page: AppTest) -> NetworkView:
    return desk(page).composition.view


def captions(page: AppTest) -> list[str]:
    return [*(caption.value for caption in page.caption), *said(page, "caption")]


def raster(page: AppTest, group: str, component: str = "rows") -> np.ndarray[Any, Any]:
    header, arrays = received_by(page, component)
    row = next(row for found in header["groups"] if found["layer"] == group for row in found["rows"] if row["kind"] == "raster")
    return arrays[row["z"]].reshape(row["neurons"], -1)


def group(page: AppTest, layer: int) -> dict[str, Any]:
    (found,) = (group for group in received_by(page, "rows")[0]["groups"] if group["layer"] == str(layer))
    return found


def fields(page: AppTest, owner: str) -> dict[str, Any]:
    """Widgets of the fields of a part, by path; those of optional ones by `switch` and their path."""
    widgets = (*page.slider, *page.toggle, *page.selectbox, *page.text_input)
    found = {widget.key.removeprefix("edit ").partition(" #")[0]: widget for widget in widgets if (widget.key or "").startswith("edit ")}
    return {path: widget for path, widget in found.items() if path.removeprefix("switch ").startswith(owner)}


def change(page: AppTest, path: str, value: Any) -> AppTest:
    enter(page, path, value)
    return run(page)


def enter(page: AppTest, path: str, value: Any) -> None:
    widget = fields(page, "")[path]
    text = "" if value is None else str(value)
    widget.set_value(text if widget.type == "text_input" else value)


def value_in(widget: Any) -> Any:
    """What a widget shows; a field for a number holds it as text."""
    if widget.type != "text_input":
        return widget.value
    return float(widget.value) if widget.value else None


def other_values(path: str, widget: Any, present: Any) -> list[Any]:
    """Valid values that a widget doesn't have."""
    if widget.type == "selectbox":
        return [option for option in widget.options if option != part_name(widget.value)]
    if widget.type == "toggle":
        return [not widget.value]
    if present is None:
        return [2 if path.endswith("max_num_spikes_per_bin") else 0.5]
    if widget.type == "text_input":
        return [present + 1 if isinstance(present, int) else present + 0.125]
    step = widget.step or 1
    goes_up = widget.max is None or widget.value + step <= widget.max
    return [widget.value + (step if goes_up else -step)]


def value_at(made: Draft, path: str) -> Any:
    found: Any = made.model_dump()
    for part in path.split("."):
        found = found[int(part)] if part.isdecimal() else found[part]
    return found


def assert_edits_its_field_alone(page: AppTest, path: str) -> None:
    """Sets each widget's other values one after another, and takes them back."""
    before, experiment = draft(page), desk(page).composition.experiment
    field = path.removeprefix("switch ")
    for value in other_values(path, fields(page, "")[path], value_at(before, field)):
        change(page, path, value)
        after = draft(page)
        assert complaints(page) == []
        assert after != before, path
        assert after.replace({field: value_at(before, field)}) == before, f"{path} changed something else"
        found = value_at(after, field)
        if path.startswith("switch "):
            when_on = {**LAYER_PARAMETERS, **INPUT_PARAMETERS}[field.rpartition(".")[2]].when_on
            assert found == (when_on if value else None)
        else:
            assert (part_name(found["kind"]) if isinstance(found, dict) else found) == value
        fits = after.first_misfit is None
        assert desk(page).composition.experiment == (Experiment(**dict(after)) if fits else experiment)
        assert from_parameter(page.query_params["x"]) == after
        press(page, "Undo")
        assert draft(page) == before


PICTURE = (1, 8, 2, 6, 6)


def network_with(kind: str) -> Draft:
    """A network that begins with a layer of a kind, of whatever shape follows."""
    first = stack.insert(Draft(network=[{"kind": "IAF"}], input={"shape": PICTURE, "probability": 0.5}), 0, kind)
    assert first.first_misfit is None
    return first


def own_fields(part: Any) -> set[str]:
    return set(type(part).model_fields) - {"kind", "shape", "name", "digest", "learns"}


ORDINARY = [kind for kind in INPUT_KINDS if kind not in ("drawn", "file")]


def spikes(*shape: int) -> np.ndarray[Any, Any]:
    return (np.random.default_rng(0).random(shape) < 0.4).astype(np.float32)


def as_npy(values: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader(key="upload").set_value((name, content, "application/octet-stream"))
    return run(page)
