"""Plugins: modules of the server's owner that register neuron models or other kinds when imported, before any page."""

from __future__ import annotations

import os
from importlib import import_module
from traceback import extract_tb

from snncore.errors import RegistrationError

VARIABLE = "SNN_PLUGINS"
"""Environment variable: names of importable modules, separated by commas."""


def names() -> list[str]:
    """Return the names of the requested modules."""
    return [name for name in (part.strip() for part in os.environ.get(VARIABLE, "").split(",")) if name]


def load() -> None:
    """Import all plugins.

    Raises:
        RegistrationError: one can't be imported, or registers wrongly; the one sentence names it.
    """
    for name in names():
        try:
            import_module(name)
        except RegistrationError as error:
            raise RegistrationError(f"{VARIABLE} names {name}, which registers wrongly: {error}") from error
        except ModuleNotFoundError as error:
            is_itself = error.name is not None and f"{name}.".startswith(f"{error.name}.")
            why = "there is no such module on the path" if is_itself else f"it needs {error.name}, which isn't installed"
            raise RegistrationError(f"{VARIABLE} names {name}, which can't be imported: {why}.") from error
        except Exception as error:
            problem = f"{type(error).__name__} in {_place(error)}: {' '.join(str(error).split())}"
            raise RegistrationError(f"{VARIABLE} names {name}, which can't be imported: {problem}.") from error


def _place(error: Exception) -> str:
    """Return the file and line where the error was raised."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    where = extract_tb(error.__traceback__)[-1]
    return f"{where.filename}, line {where.lineno}"
