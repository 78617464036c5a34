"""What views tell Python that a visitor did. `app/components` checks each act before a page gets it."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, final

from pydantic import Field
from typing_extensions import TypedDict  # Pydantic needs it on Python 3.11

from app.words.control_rows import EditAct

Place = Annotated[int, Field(ge=0)]
"""Index of a layer, neuron, sample or step, from 0."""

PlaceOfRows = Annotated[int, Field(ge=-2)]
"""Index of a layer, or a number below 0 for other rows that can be clicked."""


@final
class PickRowAct(TypedDict):
    """A drawn row of neurons picked; `add` to those that are picked."""

    do: Literal["pick"]
    layer: Place
    row: Place
    add: bool


@final
class PickNeuronAct(TypedDict):
    """A neuron picked by its number; `add` to those that are picked."""

    do: Literal["pick"]
    layer: Place
    neuron: Place
    add: bool


class AskAct(TypedDict):
    """A click on a spike in a raster that asks, on any cell in a heatmap that does, or on any step of lines that do.

    `layer` is -1 for the input, -2 for the potential that is drawn.
    """

    do: Literal["ask"]
    layer: PlaceOfRows
    row: Place
    time: Place


class BackAct(TypedDict):
    """Escape where it leads back."""

    do: Literal["back"]


class MarkAct(TypedDict):
    """A click on a raster that takes marks."""

    do: Literal["mark"]
    neuron: Place
    time: Place


class ToggleAct(TypedDict):
    """A layer opened or closed, or its heatmap."""

    do: Literal["toggle"]
    layer: Place
    what: Literal["open", "heatmap"]


class RemedyAct(TypedDict):
    """One of a layer's remedies pressed."""

    do: Literal["remedy"]
    layer: Place
    remedy: Place


RowsAct = PickRowAct | PickNeuronAct | AskAct | BackAct | MarkAct | ToggleAct | RemedyAct


class PickSampleAct(TypedDict):
    """A sample picked."""

    do: Literal["pick"]
    sample: Place


class PickHiddenAct(TypedDict):
    """A hidden neuron picked by its map."""

    do: Literal["neuron"]
    layer: Place
    neuron: Place


MapAct = PickSampleAct | PickHiddenAct


class ChooseAct(TypedDict):
    """A tile chosen."""

    do: Literal["choose"]
    kind: str


class PressAct(TypedDict):
    """A button pressed, by its label."""

    do: Literal["press"]
    label: str


class WalkAct(TypedDict):
    """A step through what was edited."""

    do: Literal["undo", "redo"]


class RedrawAct(TypedDict):
    """The page has to be drawn again."""

    do: Literal["draw"]


class SelectLayerAct(TypedDict):
    """A layer selected; None for the input."""

    do: Literal["select"]
    layer: Place | None


class MendLayerAct(TypedDict):
    """The remedy of a layer pressed that doesn't fit."""

    do: Literal["remedy"]
    layer: Place


RibbonAct = SelectLayerAct | MendLayerAct


class ScrubAct(TypedDict):
    """A place on the x axis chosen; None for the last one."""

    do: Literal["scrub"]
    x: Place | None


class GuessAct(TypedDict):
    """A place beyond the last one guessed."""

    do: Literal["guess"]
    x: Place


PlotAct = ScrubAct | GuessAct


class DrawAct(TypedDict):
    """A drawing's ink, 1,024 bits in base64."""

    do: Literal["draw"]
    ink: str


class TakeAct(TypedDict):
    """A digit of the data asked for, to draw on."""

    do: Literal["take"]


PadAct = DrawAct | TakeAct


class NeuronLookAct(TypedDict):
    """A panel opened, a variant drawn beside, another neuron shown."""

    do: Literal["look"]
    panel: NotRequired[str]
    beside: NotRequired[str]
    neuron: NotRequired[Place]


class MendNeuronAct(TypedDict):
    """A remedy pressed."""

    do: Literal["remedy"]
    remedy: Place


class UnpinAct(TypedDict):
    """The pinned run let go."""

    do: Literal["unpin"]


NeuronAct = EditAct | NeuronLookAct | MendNeuronAct | UnpinAct


class StepsAct(TypedDict):
    """T dragged or typed."""

    do: Literal["steps"]
    steps: int


class PickUnitAct(TypedDict):
    """A neuron of a sample picked in a scatter."""

    do: Literal["pick"]
    place: Place
    neuron: Place
    sample: Place


class MendConversionAct(TypedDict):
    """The remedy of a fault pressed."""

    do: Literal["mend"]
    kind: str


class ConversionButtonAct(TypedDict):
    """The neuron closed, or what a `ConversionAction` says."""

    do: Literal["close", "weights", "stop", "start again"]


ConversionAct = StepsAct | PickUnitAct | MendConversionAct | ConversionButtonAct
