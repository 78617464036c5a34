"""The main number of a page, its status in one sentence, and milestones for screen readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component

_component = component("headline")


class Headline(TypedDict):
    """Data of the view; `actions` are labels of buttons."""

    number: str
    unit: str
    status: str
    more: str
    milestone: str
    actions: Sequence[str]
    answered: int


def headline(
    key: str,
    number: str,
    unit: str,
    status: str,
    milestone: str,
    more: str = "",
    actions: Sequence[str] = (),
    on_action: Callable[[str], None] = lambda label: None,
) -> None:
    """Show `number` large with its `unit`, and `status` below. Screen readers announce `milestone` when it changes.

    Args:
        more: a second sentence, in a line of its own.
        actions: labels of buttons after that; pressing one calls `on_action` with its label.
    """
    data = Headline(number=number, unit=unit, status=status, more=more, milestone=milestone, actions=actions, answered=last_answered(key))
    _component(key=key, data=data, on_acts_change=answering(key, lambda act: on_action(str(act["label"]))))
