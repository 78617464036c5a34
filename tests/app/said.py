"""What a page says as plain text, read from Streamlit's own test harness."""

from __future__ import annotations

import html
import re

from streamlit.testing.v1 import AppTest


def said(page: AppTest, kind: str) -> list[str]:
    """Texts of one kind: "alert", "sentence" or "caption"."""
    found = (re.fullmatch(rf'<p class="plain-{kind}"[^>]*>(.*)</p>', element.proto.body, re.DOTALL) for element in page.get("html"))
    return [html.unescape(re.sub("<[^>]*>", "", match[1])) for match in found if match]  # without the marks of words of the glossary


def complaints(page: AppTest) -> list[str]:
    return said(page, "alert")
