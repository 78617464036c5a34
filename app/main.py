"""Entry of the app: the look, and the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


from app.components.assets import web_url  # noqa: E402
from app.components.chords import leave_chords  # noqa: E402
from app.components.clicks import guard_replaced_buttons  # noqa: E402
from app.components.connection import draw_when_connected_again  # noqa: E402
from app.components.entries import keep_entries  # noqa: E402
from app.components.failures import use_own_words  # noqa: E402
from app.components.projector import projector_mode  # noqa: E402
from app.components.terms import explain_terms  # noqa: E402
from app.components.theme import follow_theme  # noqa: E402
from app.components.undo import undo_by_keys  # noqa: E402
from app.components.uploads import forget_refused_files  # noqa: E402
from app.server import priority, process  # noqa: E402
from app.state.desk import TITLES  # noqa: E402
from app.widgets import drawing, head, session  # noqa: E402  (needs the root on the path)

process.prepare()
use_own_words()
st.set_page_config(page_title=head.APP, layout="wide", initial_sidebar_state="collapsed")
st.html(f"<style>@import url({web_url()}/page/page.css);</style>")  # a file, since this text is sent with every drawing of the page
pages = [st.Page(session.file_of(path), title=title, url_path=path or None, default=not path) for path, title in TITLES.items()]
with priority.page_first():
    page = st.navigation(pages, position="hidden")
    st.set_page_config(page_title=f"{page.title} · {head.APP}")
    session.enter(page.url_path)
    with drawing.whole_page():
        keep_entries()
        head.page_links(pages, page)
        page.run()
        follow_theme()
        draw_when_connected_again(page.url_path, drawing.number())
        guard_replaced_buttons()
        leave_chords()
        forget_refused_files()
        explain_terms()
        projector_mode(drawing.number())
        undo_by_keys(session.undo, session.redo)
