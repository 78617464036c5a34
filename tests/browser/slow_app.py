"""Serves the app as `python -m app` does, on a connection that sends what was drawn only now and then, as a busy server does."""

from __future__ import annotations

import runpy

from streamlit.runtime import runtime

INTERVAL = 0.3
"""Seconds."""

if __name__ == "__main__":
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = INTERVAL  # type: ignore[misc]
    runpy.run_module("app", run_name="__main__")
