"""The browser reads a typed number as Python does."""

from __future__ import annotations

from tests.typed_numbers import TYPED
from tests.web.node import Modules


def test_the_browser_reads_what_is_typed_as_python_does() -> None:
    read = "({ typedNumber }, texts) => texts.map((text) => [typedNumber(text, false), typedNumber(text, true)])"
    modules = Modules(["lib/typed_number.js"])
    texts = [text for text, _, _ in TYPED]
    found = modules.evaluate(read, texts)
    modules.close()
    assert [(text, *values) for text, values in zip(texts, found, strict=True)] == list(TYPED)  # JSON's word for no number is null
