"""Entry of the app: the look, and the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


from app import priority, process  # noqa: E402  (needs the root on the path)

process.prepare()
st.set_page_config(page_title="SNN Playground", layout="wide", initial_sidebar_state="collapsed")
st.html(ROOT / "assets" / "style.css")
pages = [st.Page("views/training.py", title="Training", default=True), st.Page("views/network.py", title="Network")]
with priority.page_first():
    st.navigation(pages, position="top").run()
