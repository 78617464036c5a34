"""The main number of a page, its status in one sentence, and milestones for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.components.sent import send
from app.figures.acts import PressAct

_component = component("headline")


class Part(TypedDict):
    """A part of the network: its words here, and the name of the rows that show it."""

    label: str
    row: str


class Headline(TypedDict):
    """Header of what the view is sent; `actions` are labels of buttons."""

    number: str
    unit: str
    status: str
    more: str
    milestone: str
    actions: Sequence[str]
    parts: Sequence[Part]
    origin: str
    answered: int


def headline(
    key: str,
    number: str,
    unit: str,
    status: str,
    milestone: str,
    more: str = "",
    actions: Sequence[str] = (),
    parts: Sequence[Part] = (),
    origin: str = "",
    on_action: Callable[[str], None] = lambda label: None,
) -> None:
    """Show `number` large with its `unit`, and `status` below. Screen readers announce `milestone` when it changes.

    Args:
        more: a second sentence, in a line of its own.
        actions: labels of buttons after that; pressing one calls `on_action` with its label.
        parts: of the network, in order, in a quiet last line; each points at its row.
        origin: of the weights, at the end of that line.
    """
    data = Headline(
        number=number,
        unit=unit,
        status=status,
        more=more,
        milestone=milestone,
        actions=actions,
        parts=parts,
        origin=origin,
        answered=last_answered(key),
    )
    send(_component, key, {**data}, (), answering(key, PressAct, lambda act: on_action(act["label"])))
