"""A route by which a browser asks what is new in its session's views, without a run of the page's script. Nobody guesses its name."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "look"
"""First part of the addresses, without slashes."""

NOTHING_NEW, DRAW = 204, 205
"""Status of an answer where there is nothing new, and where Streamlit has to draw instead: more has changed, or it is unknown here."""


class Watched(Protocol):
    """What one session's browser watches."""

    def look(self) -> bytes | None:
        """Return what is new since the last look, maybe nothing; None if Streamlit has to draw instead."""
        ...


WATCHED: WeakValueDictionary[str, Watched] = WeakValueDictionary()
"""By name, as long as its session keeps it."""

_are_served = False


def routes(base: str) -> list[Route]:
    """Return what the server has to answer besides what Streamlit does, and count on it.

    Args:
        base: first part of all addresses of the app, maybe empty.
    """
    global _are_served
    _are_served = True
    path = "/".join(part for part in (base.strip("/"), PATH, "{name}") if part)
    return [Route(f"/{path}", _answer)]


def are_served() -> bool:
    """Whether the server answers looks. One that runs `main.py` by itself doesn't."""
    return _are_served


def _answer(request: Request) -> Response:
    found = WATCHED.get(request.path_params["name"])
    content = found.look() if found else None
    headers = {"Cache-Control": "no-store"}
    if not content:
        return Response(status_code=DRAW if content is None else NOTHING_NEW, headers=headers)
    return Response(content, media_type="application/octet-stream", headers=headers)
