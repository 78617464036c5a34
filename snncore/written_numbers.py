"""Which texts are numbers, in tables and typed fields alike. Python's float() accepts more: 1_5, ٣, infinity."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
"""A number with or without a decimal point."""

WHOLE = re.compile(r"[+-]?[0-9]+")

THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
"""An ambiguous number such as 1,500: fifteen hundred, or one and a half?"""

MINUS = "\u2212"
"""The typographic minus sign, which means the same as "-"."""
