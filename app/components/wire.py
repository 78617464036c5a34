"""What crosses to the browser and back, as types that TypeScript checks the modules of `app/web` against.

`make types` writes `app/web/wire.d.ts` from the TypedDicts named here, from the dataclasses that they name, and from the inputs that the
browser makes too.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from typing_extensions import is_typeddict

from app.components.connection import Connection
from app.components.controls import Controls
from app.components.conversion import ConversionData
from app.components.decision_map import DecisionMapData
from app.components.drawing_pad import DrawingPad
from app.components.gallery import Gallery
from app.components.headline import Headline
from app.components.looks import Looks
from app.components.neuron import NeuronData
from app.components.plot import Plots
from app.components.ribbon import Ribbon
from app.components.rows import Rows
from app.components.sent import SentHead
from app.components.shortcuts import Shortcuts
from app.components.theme import DrawnTheme
from app.components.undo import Undo
from app.components.wall import Wall
from app.figures import acts
from app.words.glossary import Glossary
from snncore.experiment.inputs import INPUT_KINDS

SENT: tuple[type, ...] = (
    Connection,
    Controls,
    ConversionData,
    DecisionMapData,
    DrawingPad,
    DrawnTheme,
    Gallery,
    Glossary,
    Headline,
    Looks,
    NeuronData,
    Plots,
    Ribbon,
    Rows,
    SentHead,
    Shortcuts,
    Undo,
    Wall,
)
"""What components are given. Types that these name are written too."""

TOLD: dict[str, Any] = {name: kind for name, kind in vars(acts).items() if name.endswith("Act")}
"""What views tell, by name: acts, and which of them one view tells."""

MADE = ("step_current", "ramp_current", "sine_current", "spike_bursts", "random_spikes", "poisson_spikes", "drawn", "file")
"""Inputs that `app/web/neuron/stimulus.js` makes too, by kind."""

WRITTEN = Path(__file__).parents[1] / "web" / "wire.d.ts"

HEAD = "// What Python sends and what it is told, written from its TypedDicts by `make types`. Change those instead.\n"

PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", types.NoneType: "null", Any: "unknown", bytes: "Uint8Array"}


def typescript(sent: Sequence[type] = SENT, told: Mapping[str, Any] = TOLD) -> str:
    """Return the text of `wire.d.ts`.

    Raises:
        TypeError: a type that has no counterpart.
    """
    found: dict[str, type] = {}
    for each in (*sent, *told.values()):
        _collect(each, found)
    unions = (f"export type {name} = {_written(told[name])};" for name in sorted(told) if not is_typeddict(told[name]))
    return "\n".join([HEAD, *(_interface(found[name]) for name in sorted(found)), _inputs(), *unions, ""])


def _collect(kind: Any, found: dict[str, type]) -> None:
    """Add the TypedDicts and dataclasses that a type names, itself too."""
    if _has_fields(kind):
        if found.get(kind.__name__) is kind:
            return
        if kind.__name__ in found:
            raise TypeError(f"Two types are called {kind.__name__}.")
        found[kind.__name__] = kind
        for field in get_type_hints(kind).values():
            _collect(field, found)
    for part in get_args(kind):
        _collect(part, found)


def _has_fields(kind: Any) -> bool:
    return is_typeddict(kind) or is_dataclass(kind)


def _interface(kind: type) -> str:
    hints = get_type_hints(kind, include_extras=True)
    lines = (f"  {name}{'?' if get_origin(hint) is NotRequired else ''}: {_written(hint)};" for name, hint in hints.items())
    return "\n".join([f"export interface {kind.__name__} {{", *lines, "}", ""])


def _inputs() -> str:
    """The fields of the inputs, by kind."""
    lines = []
    for kind in MADE:
        fields = (f"    {name}: {_written(field.annotation)};" for name, field in INPUT_KINDS[kind].model_fields.items())
        lines += [f"  {kind}: {{", *fields, "  };"]
    return "\n".join(["export interface Inputs {", *lines, "}", ""])


def _written(kind: Any) -> str:
    if kind in PLAIN:
        return PLAIN[kind]
    if _has_fields(kind):
        return str(kind.__name__)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Annotated):
        return _written(parts[0])
    if origin is Literal:
        return " | ".join(f'"{part}"' if isinstance(part, str) else str(part).lower() for part in parts)
    if origin in (Union, types.UnionType):
        return " | ".join(_written(part) for part in parts)
    if origin is tuple and parts[-1] is not Ellipsis:
        return f"[{', '.join(_written(part) for part in parts)}]"
    if origin in (list, tuple, Sequence):
        item = _written(parts[0])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if origin is dict:
        return f"Record<{_written(parts[0])}, {_written(parts[1])}>"
    raise TypeError(f"{kind} has no counterpart in TypeScript.")


if __name__ == "__main__":
    WRITTEN.write_text(typescript())
