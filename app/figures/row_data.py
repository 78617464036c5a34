"""What rows are as data: a header that names the groups, their rows and words, and each array by its place."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from app.figures.style import Palette, Ramp, RowColor
from app.words.credit import ChainTerm, ChainWords
from app.words.rates import Side
from snncore.explain import Ending

Dash = Literal["solid", "dash", "dot", "dashdot"]


class AnyRow(TypedDict):
    """What a row of any kind has.

    Attributes:
        height: in units, where the window has no more; a unit is a pixel unless the page's type is larger.
        weight: how eagerly the row takes free height beside the others, whose usual is 1.
        title: above the row.
        narrow: its height on narrow screens, if less.
        pick: place of the layer whose neurons a pick selects; without one, nothing can be picked.
        appears: which way the row appears when the rows play; "back", from right to left, also has a button that plays. Without it the row
            is there, and only the cursor moves.
    """

    height: int
    weight: NotRequired[float]
    title: NotRequired[str]
    narrow: NotRequired[int]
    pick: NotRequired[int | None]
    appears: NotRequired[Literal["forward", "back"]]


class Grid(AnyRow):
    """Lines of neurons or channels over time steps, both thinned.

    Attributes:
        axis: "neuron" or "channel".
        z: values (lines, columns).
        bin: neurons in a line.
        span: time steps in a column.
        neurons: number of neurons or channels.
        selected: lines of the selected neurons.
    """

    axis: str
    z: int
    bin: int
    span: int
    neurons: int
    selected: NotRequired[list[int]]


class RasterMarks(TypedDict):
    """Marked steps, such as target spikes: the line and the time of each."""

    lines: int
    times: int


class RasterRow(Grid):
    """Spikes.

    Attributes:
        counts: sum of each line.
        other: name of the run if it is the second one.
        marks_one: True if a click sets or clears a mark.
        asks: place of the layer, or -1 for the input, of which a click on a spike asks why.
    """

    kind: Literal["raster"]
    color: RowColor
    counts: int
    other: str
    marks: NotRequired[RasterMarks]
    marks_one: NotRequired[bool]
    asks: NotRequired[int]


class HeatmapPart(TypedDict):
    """What a row's values are the sum of: its name, and its values, (lines, columns) likewise."""

    name: str
    z: int


class HeldNumbers(TypedDict):
    """Arrays (neurons, time) of a row that holds the numbers of each of its cells.

    Attributes:
        terms: the values of each term.
        slope: of the surrogate.
        factor: what of a value one step later comes back through the membrane.
        is_held: 1 where the lower bound held the potential.
    """

    terms: list[int]
    slope: int
    factor: int
    is_held: int


class Chain(TypedDict):
    """What the value of each cell of a row is the sum of.

    Attributes:
        layer: its name.
        terms: what it is the sum of, in order.
        held: the numbers of all cells; without them, `RowsCell.numbers` has those of the marked one.
    """

    layer: str
    terms: list[ChainTerm]
    held: NotRequired[HeldNumbers]


class FlowNumbers(TypedDict):
    """How a cell's value flows back in time, as in `snncore.explain.Flow`."""

    ended_by: Ending
    step: int
    left: float
    factor: float
    last: float


class CellNumbers(TypedDict):
    """The numbers of one cell, as the arrays of `HeldNumbers` have them; `next` is the value one step later, if there is such a step."""

    neuron: int
    step: int
    value: float
    terms: list[float]
    slope: float
    next: float | None
    is_held: bool
    flow: FlowNumbers


class HeatmapRow(Grid):
    """Values as colours.

    Attributes:
        range: values at the ends of the scale.
        diverges: whether the colours are centred on 0.
        theta: the threshold, marked on the scale.
        spikes: spikes (lines, columns), marked where they are.
        quantity: what the values are, if not u or an input.
        parts: what they are the sum of, told where the cursor is.
        chain: the same in full, for the cell that is asked about.
        asks: place of the layer of which a click on a cell asks why it is so.
        extremes: whether lines that share a pixel show the value farthest from 0, not their mean.
    """

    kind: Literal["heatmap"]
    color: Ramp
    range: tuple[float, float]
    diverges: bool
    theta: NotRequired[float]
    spikes: NotRequired[int]
    quantity: NotRequired[str]
    parts: NotRequired[list[HeatmapPart]]
    chain: NotRequired[Chain]
    asks: NotRequired[int]
    extremes: NotRequired[bool]


class TraceLine(TypedDict):
    """A line over time.

    Attributes:
        u: its values.
        v: its values after the reset; None if they are the same.
        neuron: None for a line of no single neuron.
        name: of the quantity or run; may be empty.
    """

    u: int
    v: int | None
    neuron: int | None
    color: RowColor
    dash: Dash
    width: float
    opacity: float
    name: str


class ConstantLevel(TypedDict):
    value: float


class VaryingLevel(TypedDict):
    values: int


Level: TypeAlias = ConstantLevel | VaryingLevel


class TracesRow(AnyRow):
    """Lines on one scale over time, and dashed thresholds.

    Attributes:
        range: the values at its lower and upper edge.
        asks: place of the layer of which a click on a step asks what it sent, -1 for the input; -2 asks about the neuron that is drawn.
    """

    kind: Literal["traces"]
    axis: str
    lines: list[TraceLine]
    thresholds: list[Level]
    range: tuple[float, float]
    asks: NotRequired[int]


class BarsRow(AnyRow):
    """Bars side by side.

    Attributes:
        axis: unit of the values.
        across: what the bars are numbered by.
        first: number of the first bar.
        bin: numbers in a bar.
        selected: index of the selected bar.
        largest: value at the upper edge, if not that of the highest bar.
    """

    kind: Literal["bars"]
    axis: str
    across: str
    z: int
    bin: int
    first: int
    selected: int | None
    largest: NotRequired[float]


class WeightsRow(AnyRow):
    """Weights into one neuron.

    Attributes:
        shape: (inputs,), or (channels, height, width) for kernels.
        across: what the inputs are numbered by.
    """

    kind: Literal["weights"]
    across: str
    z: int
    shape: list[int]


class MapsRow(AnyRow):
    """Feature maps.

    Attributes:
        z: values (time, channels, height, width); `shape` has the last three lengths.
        spikes: whether they are numbers of spikes, else potentials.
    """

    kind: Literal["maps"]
    z: int
    spikes: bool
    shape: tuple[int, int, int]
    selected: int | None


Row: TypeAlias = RasterRow | TracesRow | HeatmapRow | BarsRow | WeightsRow | MapsRow


class RowNotes(TypedDict):
    """A sentence on a layer, and labels of the buttons that fix it."""

    sentence: str
    remedies: tuple[str, ...]


class RowsGroup(TypedDict):
    """A layer's rows.

    Attributes:
        layer: its place in the network, or "input".
        words: numbers beside the title.
        open: whether its details are shown; a layer that can't be opened has neither this, `heatmap` nor `notes`.
        heatmap: whether all neurons are shown instead of traces.
        outside: whether the layer fires "above" or "below" the target rates; empty if neither.
    """

    layer: str
    title: str
    words: str
    rows: list[Row]
    notes: NotRequired[RowNotes]
    open: NotRequired[bool]
    heatmap: NotRequired[bool]
    outside: NotRequired[Side]


class RowLinks(TypedDict):
    """Lines from places in a row to one place in a row below.

    Attributes:
        row, to_row: where they begin and end, counted over all groups.
        lines, times, values: where each begins, in lines of the row, halves for their middles, and in steps; and what it stands for.
        chosen: index of the line that is marked; -1 without one.
        to_time, to_value: where they end.
    """

    row: int
    lines: int
    times: int
    values: int
    chosen: int
    to_row: int
    to_time: int
    to_value: float


class RowsCell(TypedDict):
    """A cell that is marked: the row, counted over all groups, its line and a time step; and its numbers where the row holds none."""

    row: int
    line: int
    time: int
    numbers: NotRequired[CellNumbers]


class RowsHeader(TypedDict):
    """A network's rows.

    Attributes:
        steps: time steps of the run.
        dt: length of a step in seconds.
        other: name of the second run; empty without one.
        links: lines between rows.
        cell: the cell of a heatmap that is marked.
        explains: words for it, told above the rows.
        back: whether Escape leads back to other rows.
        plays: a number; whenever it changes, and at first if rows appear, the cursor runs through time once.
    """

    steps: int
    dt: float
    palette: Palette
    groups: list[RowsGroup]
    other: str
    links: NotRequired[list[RowLinks]]
    cell: NotRequired[RowsCell]
    explains: NotRequired[ChainWords]
    back: NotRequired[bool]
    plays: NotRequired[int]
