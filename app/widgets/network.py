"""The Network page's controls: presets, the selected layer, the input, and runs to compare with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from app.components.gallery import Tile, gallery
from app.components.plain import caption, title
from app.figures.rows import View
from app.figures.thumbnails import NOTHING, drawn_thumbnail, file_thumbnail, thumbnail_if_ready
from app.server.priority import first
from app.state.composition import MOST_VARIANTS, Composition
from app.state.desk import NEURON_PAGE
from app.state.handover import open_neuron
from app.state.network_view import INPUT, LAYER, NO_OVERLAY, OVERLAYS, NetworkView
from app.state.presets import Preset, presets
from app.widgets.controls import Panel, Parts, panel
from app.widgets.drawing import polled
from app.widgets.fields import Edits, Fields, field_controls
from app.widgets.head import pin_button
from app.widgets.input_rows import add_input, add_seeds
from app.widgets.obstacle import obstacle
from app.widgets.session import desk, turning_button
from app.widgets.uploads import upload
from app.words.inputs import input_name, offered_inputs
from app.words.layer_parameters import HELD_TAUS, layer_parameters
from app.words.rates import TARGET_RATES, read_band, written_band
from app.words.typed_numbers import Numbers, written
from app.words.weights import let_go_in_words, weights_in_words
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.inputs import DrawnCurrent, FileSpikes
from snncore.experiment.layers import LAYER_KINDS, NeuronSpec
from snncore.experiment.randomness import randomness
from snncore.experiment.spec import Draft
from snncore.io.recordings import LARGEST_FILE, content_hash, read_raster
from snncore.run.simulation import Simulation

THUMBNAIL_INTERVAL = 1.0
"""Seconds between two checks for a picture that is slow to make."""

TAUS = Numbers(low=0.1, high=100_000)
"""Membrane time constants that can be compared, in steps."""


def network_controls() -> None:
    """Show the panel beside the plots, with one of its parts open."""
    draft, view = desk().composition.present, desk().composition.view
    _presets(draft)
    st.session_state["panel"] = view.panel
    st.segmented_control("Controls", [LAYER, INPUT], key="panel", on_change=_open_panel, label_visibility="collapsed", width="stretch")
    if view.panel == INPUT:
        _input_controls(draft)
    else:
        _layer_controls(draft)
    st.fragment(key="opening")(_opening)()


def around() -> object:
    """Return everything the page shows outside its parts, except what only changes along with shapes."""
    held = desk()
    history = held.composition.history
    draft = history.present
    preset = _preset_of(draft)
    weights = weights_in_words(draft), let_go_in_words(history.before, draft), held.training.relation()
    return held.complaint, history.can_undo, history.can_redo, preset and preset.title, randomness(draft), weights, obstacle()


def quick(changes: dict[str, Any]) -> Parts:
    """Do an edit that changes no shape and no other control."""
    edit(changes)
    return "headline", "pinned", "plots", "opening"


def edit(changes: dict[str, Any]) -> Parts:
    """Do any other edit."""
    held = desk()
    held.attempt(lambda: held.composition.replace(changes))
    return None


def _open_panel() -> None:
    opened, view = st.session_state["panel"], desk().composition.view
    view.panel = opened or view.panel  # a click on the open part keeps it open


# ------------------------------------------------------------------------------------------------------ presets


def _preset_of(draft: Draft) -> Preset | None:
    return next((preset for preset in presets() if preset.draft == draft), None)


def _presets(draft: Draft) -> None:
    found = _preset_of(draft)
    st.menu_button(
        f"Start from: {found.title if found else 'own network'}",
        [preset.title for preset in presets()],
        key="preset",
        width="stretch",
        on_click=_take_preset,
    )
    with st.container(key="watch"):  # always there: what follows would be made again if it moved up, and forget what is being done to it
        if found:
            caption(found.watch)


def _take_preset() -> None:
    chosen = next(preset for preset in presets() if preset.title == st.session_state["preset"])
    held = desk()
    held.attempt(lambda: held.composition.start_from(chosen.experiment.draft))


# -------------------------------------------------------------------------------------------------- the layers


def _layer_controls(draft: Draft) -> None:
    place = desk().composition.selected
    with st.container(horizontal=True, key="stack"):
        st.menu_button("Add", LAYER_KINDS, key="add", help="A layer after the selected one", on_click=_add_layer)
        st.button("Duplicate", on_click=_change_stack, args=(Composition.duplicate,), disabled=place is None)
        st.button("Up", help="One place nearer the input", on_click=_change_stack, args=(Composition.move, -1), disabled=not place)
        is_last = place is None or place == len(draft.network) - 1
        st.button("Down", help="One place nearer the output", on_click=_change_stack, args=(Composition.move, 1), disabled=is_last)
        st.button("Remove", on_click=_change_stack, args=(Composition.remove,), disabled=place is None or len(draft.network) == 1)
    if place is None:
        st.caption("No layer is selected: click one in the line above the plots, or add one after the input.")
        return
    layer = draft.network[place]
    title(draft.layer_label(str(place)))
    if isinstance(layer, NeuronSpec) and layer.sentence:
        caption(layer.sentence)
    add_more = _add_band if isinstance(layer, NeuronSpec) and layer.does_spike else None
    field_controls("fields", draft.layer_label(str(place)), _layer_fields, Edits(quick, edit, _spread), add_more)
    if set(type(layer).model_fields) == {"kind"}:
        st.caption("It has no parameters.")


def _layer_fields() -> Fields | None:
    """Return the selected layer as it is edited."""
    composition = desk().composition
    place = composition.selected
    if place is None:
        return None
    layer = composition.present.network[place]
    return layer, f"network.{place}", layer_parameters(layer)


def _add_band(rows: Panel) -> None:
    rows.text(TARGET_RATES, "band", desk().composition.view.band, written_band, read_band, _set_band, placeholder="5 to 50")


def _set_band(changes: dict[str, Any]) -> Parts:
    desk().composition.view.band = changes["band"]
    return "headline", "plots"


def _spread(path: str, mean: float, deviation: float, numbers: Numbers) -> Any:
    return desk().composition.spread(path, mean, deviation, numbers)


@first
def _opening() -> None:
    """Show the button that opens the traced neuron on the Neuron page. It reruns with the plots, where neurons are picked."""
    held = desk()
    view, place = held.composition.view, held.composition.selected
    simulation = _seen_simulation()
    if view.panel != LAYER or place is None or simulation is None or place not in simulation.records:
        return
    neuron = view.traced(simulation)[place][0]
    opens = partial(open_neuron, held, simulation, place, neuron, view.sample)
    turning_button(f"Open neuron {neuron} on the Neuron page", opens, NEURON_PAGE, key="open_neuron", width="stretch")


def view_of(looking: NetworkView, simulation: Simulation) -> View:
    """Return the part of a simulation to draw."""
    chosen = looking.traced(simulation)
    opened, weighed, heatmaps = map(frozenset, (looking.opened, looking.weighed, looking.heatmaps))
    return View(looking.sample, opened, weighed, heatmaps, chosen, can_ask=not looking.taus)


def _seen_simulation() -> Simulation | None:
    """Return the draft's forward pass; None if its layers don't fit, or its input is missing."""
    try:
        composition = desk().composition
        return composition.simulate()[0] if composition.is_shown_whole else None
    except ExperimentError:
        return None


def _add_layer() -> None:
    _change_stack(Composition.insert, st.session_state["add"])


def _change_stack(change: Callable[..., bool], *arguments: Any) -> None:
    """Change the stack at the presently selected layer; a second click may come before the first is drawn."""
    held = desk()
    held.attempt(lambda: change(held.composition, *arguments))


# --------------------------------------------------------------------------------------------------- the input


def _input_controls(draft: Draft) -> None:
    given = draft.input
    tiles = [Tile(kind, input_name(kind), thumbnail_if_ready(kind)) for kind in offered_inputs()]
    if isinstance(given, FileSpikes):
        content = desk().files.get(given.digest)
        tiles.append(Tile("file", input_name("file"), NOTHING if content is None else file_thumbnail(content[0])))
    elif isinstance(given, DrawnCurrent):
        tiles.append(Tile("drawn", input_name("drawn"), drawn_thumbnail(given)))
    gallery("input kind", tiles, given.kind, _change_input)
    caption(f"{given.words[0].upper()}{given.words[1:]}.")
    panel("fields", "Input", partial(add_input, edit))
    upload("upload", "Own file (.npy, .npz, .csv)", _feed_file, None, max(LARGEST_FILE // 2**20, 1), OWN_FILE)
    if isinstance(given, FileSpikes) and given.digest in desk().files:
        caption(f"{given.name!r} was read as {given.read_as}.")
    expander = st.expander("Seeds and time step", key="seeds", on_change="rerun")
    if expander.open:
        with expander:
            panel("more fields", "Seeds and time step", partial(add_seeds, quick, edit))
    if not all(tile.thumbnail for tile in tiles):
        polled("thumbnails", THUMBNAIL_INTERVAL, _see_thumbnails)


OWN_FILE = (
    "A raster: a row for each time step, a column for each neuron, named n0,n1,… in a header if in doubt. As an array also with "
    "samples in front, or a sensor's (time, 2, height, width); the name raster in an .npz settles doubts. Or events: columns t,neuron "
    "or t,x,y,p under that header, t in time steps."
)
"""What a brought file may hold."""


def _see_thumbnails() -> None:
    """Rerun the page once the last picture is ready. As a self-running fragment, this doesn't interrupt the user."""
    if all(thumbnail_if_ready(kind) for kind in offered_inputs()):
        st.rerun()


def _change_input(kind: str) -> None:
    if kind not in offered_inputs():  # its tile stayed after another choice, but only an upload or an undo brings a file back
        return
    held = desk()
    held.attempt(lambda: held.composition.rearrange(lambda draft: edits.feed(draft, kind)))


def _feed_file(name: str, content: bytes) -> None:
    """Feed the network a file. A refused one leaves the input unchanged."""
    held = desk()
    given = read_raster(name, content)
    digest = content_hash(given.values)
    held.keep_file(digest, given.values)
    fed = partial(edits.feed_file, name=name[-100:], digest=digest, shape=given.values.shape, holds=given.holds)
    held.composition.rearrange(fed)


# ---------------------------------------------------------------------------------------------------- comparing


def compare_controls(view: NetworkView) -> None:
    """Show what may be drawn beside the network's run, and time constants to compare."""
    composition = desk().composition
    note = "Its spikes and potentials stay beside those of what you change next, and what differs from it is said."
    pin_button("network", composition.pin, note, can=composition.experiment is not None)
    st.session_state["overlay"] = view.overlay
    st.radio(
        "Draw beside it",
        list(OVERLAYS),
        key="overlay",
        on_change=_change_overlay,
        captions=[note for _, note in OVERLAYS.values()],
        disabled=bool(view.taus),
    )
    panel("compared", "Compare", _add_taus)


def _add_taus(rows: Panel) -> None:
    rows.text(HELD_TAUS, "taus", desk().composition.view.taus, _written_taus, _read_taus, _hold_taus, placeholder="2, 10, 50")


def _change_overlay() -> None:
    chosen = st.session_state["overlay"]
    desk().composition.view.overlay = chosen or NO_OVERLAY


def _written_taus(taus: tuple[float, ...]) -> str:
    return ", ".join(map(written, taus))


def _read_taus(text: str) -> tuple[float, ...]:
    """Read time constants, each once. Raises ExperimentError if one is invalid, or there are too many."""
    taus = tuple(dict.fromkeys(TAUS.read_all(text, "τ_mem")))
    if len(taus) > MOST_VARIANTS:
        raise ExperimentError(f"These are {len(taus)} time constants; up to {MOST_VARIANTS} are held side by side.")
    return taus


def _hold_taus(changes: dict[str, Any]) -> Parts:
    desk().composition.view.taus = changes["taus"]
    return None
