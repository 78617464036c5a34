"""What `python -m app` serves: the pages of `main.py`, and looks at what moves on them (`server/watched.py`)."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.server.watched import routes

app = st.App(Path(__file__).with_name("main.py"), routes=routes(st.get_option("server.baseUrlPath") or ""))
