"""An unexpected exception is told in one sentence of the app's, without links to other companies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from app.words.failures import UNEXPECTED
from tests.browser.server import ROOT, serve

FAILING = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import streamlit as st
from app.components.failures import use_own_words
use_own_words()
st.text("drawn before")
raise ValueError("of what is none of a visitor's business")
"""


def test_an_unexpected_exception_is_told_in_one_sentence_and_links_nowhere(tmp_path: Path, visitors: Callable[..., Page]) -> None:
    (tmp_path / "page.py").write_text(FAILING)
    with serve(script=str(tmp_path / "page.py")) as server:
        page = visitors(server)
        page.goto(server.url)
        box = page.get_by_test_id("stException")
        expect(box).to_have_text(UNEXPECTED)
        expect(page.get_by_text("drawn before")).to_be_visible()
        expect(box.get_by_role("link")).to_have_count(0)
        expect(box.get_by_role("button")).to_have_count(0)
        page.close()  # before its server goes
