"""Words for what no one expected."""

from __future__ import annotations

UNEXPECTED = "Something went wrong on this page, and nothing you had is lost: reload the page to go on."
