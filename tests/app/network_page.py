"""The Network page as tests drive it: opened with everything unfolded, its fields and files, and what its plots hold."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from app.server.link import from_parameter
from app.state.network_view import NetworkView
from app.words.input_parameters import INPUT_PARAMETERS
from app.words.layer_parameters import LAYER_PARAMETERS, PART_PARAMETERS
from app.words.parts import choice_of
from snncore.experiment import edits as stack
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from tests.app import pages
from tests.app.pages import NETWORK, Field, desk, press, received_by, run, shown
from tests.app.said import complaints, said

TEN = ten_spikes().draft
MISFIT = TEN.replace({"network.0.out_features": 65})
"""Its second Linear takes 64."""

STILL_SHOWN = "Below is still the last network whose layers fit. It can be trained once all layers fit."


def opened(draft: Draft | None = None, layer: int | None = 1, panel: str = "Layer", menu: str = "", **seen: Any) -> AppTest:
    """The page on a draft that a link names, with a layer selected, everything unfolded, and a menu open."""
    unfolded = {"seeds": True, f"menu_{menu}": True, **{f"more network.{place}": True for place in range(len((draft or TEN).network))}}
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


def fields(page: AppTest, owner: str) -> dict[str, Field]:
    """Rows of the fields of a part, by path; the switches of optional ones by `switch` and their path."""
    return {path: field for path, field in pages.fields(page).items() if path.removeprefix("switch ").startswith(owner)}


def change(page: AppTest, path: str, value: Any) -> AppTest:
    enter(page, path, value)
    return run(page)


def enter(page: AppTest, path: str, value: Any) -> None:
    fields(page, "")[path].set_value(value)


def other_values(path: str, field: Field, present: Any) -> list[Any]:
    """Valid values that a row doesn't have."""
    if field.row["widget"] == "choice":
        return [option for option in field.options if option != field.value]
    if isinstance(field.value, bool):
        return [not field.value]
    if isinstance(present, int):
        return [present + 1]
    low, high, step = field.row["low"], field.row["high"], field.row["step"]
    return [present + (step if present + step <= high else -step)] if low <= present <= high else [present + 0.125]


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
            when_on = {**PART_PARAMETERS, **LAYER_PARAMETERS, **INPUT_PARAMETERS}[field.rpartition(".")[2]].when_on
            assert found == (when_on if value else None)
        else:
            assert (choice_of(found) if isinstance(found, dict) else found) == value
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


ORDINARY = [kind for kind in INPUT_KINDS if kind not in ("drawn", "file", "sample")]


def spikes(*shape: int) -> np.ndarray[Any, Any]:
    return (np.random.default_rng(0).random(shape) < 0.4).astype(np.float32)


def as_npy(values: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader(key="upload").set_value((name, content, "application/octet-stream"))
    return run(page)
