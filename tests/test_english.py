"""The English of code and pages is plain: phrases that no native writer uses stay out."""

from __future__ import annotations

import functools
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PHRASES = {
    r"\bis another\b(?! \w)|\bare others\b|\banother now\b|\bis another one\b": "say what changed",
    r"\bthat which\b|\bas what\b": "name the noun",
    r"\bso many\b": "say how many, or 'up to'",
    r'^\W*"""Of (?!the )': "begin with the noun: 'Number of spikes', not 'Of spikes'",
    r"\bof which there\b|\bof which the\b": "use 'whose', or two sentences",
    r"\b(?:for|to) those who\b": "say who: 'for screen readers'",
    r"\banew\b": "'again'",
    r"\bwhat (?:it is|they are) \w+ed\b": "use the noun: 'its name'",
    r'"""The same (?:with|of|in)\b|\bthe same with\b': "say what it returns",
    r"\bThose (?:of|that|with|which|on)\b|\bThat of\b": "repeat the noun",
    r"\bwhatever order\b|, however (?:many|large|long)\b": "'in any order', 'of any length'",
    r"\bas (?:fast|far|long) as it goes\b": "'at full speed'",
    r"\bis no (?:Experiment|Exception|network|number|other|layer)\b": "'is not an Experiment'",
    r"\bhas before (?:him|her|them)\b": "say what the visitor has",
    r"(?i)\bwhat (?:is|was) (?:seen|drawn|done|said|told|looked|shown|given) (?:of|at|to|beside)\b": "use the noun",
    r"\bsuch a one\b|\bthe like of\b|\band its like\b": "name it, or give an example",
    r"\bone of one's\b|\bof one's own\b": "'of your own'",
    r"\bcomes? to its end\b|\bis at its end\b": "'ends', 'has ended'",
}
"""Patterns, and what to write instead."""


@functools.cache
def prose(file: Path) -> list[tuple[int, str]]:
    """The lines of a file that hold comments and texts, with their numbers."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1)):
            found += [(token.start[0] + place, line) for place, line in enumerate(token.string.splitlines())]
    return found


@pytest.mark.parametrize(("phrase", "instead"), PHRASES.items())
def test_phrases_that_read_as_translated_stay_out(phrase: str, instead: str) -> None:
    for folder in ("app", "snncore", "examples"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for number, line in prose(file):
                found = re.search(phrase, line)
                assert not found, f"{file.relative_to(ROOT)}:{number}: {found[0]!r}; {instead}"


def test_there_are_at_most_twenty_patterns_and_each_finds_something() -> None:
    assert len(PHRASES) <= 20
    examples = [
        "is another",
        "as what",
        "so many",
        '"""Of each',
        "of which the",
        "for those who",
        "anew",
        "what it is called",
        "the same with",
    ]
    examples += ["Those of", "whatever order", "as fast as it goes", "is no Experiment", "has before him", "what is drawn of", "such a one"]
    examples += ["of one's own", "comes to its end"]
    assert len(examples) == len(PHRASES)
    for phrase, example in zip(PHRASES, examples, strict=True):
        assert re.search(phrase, example), (phrase, example)
