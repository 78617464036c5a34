"""Export formats, one file each, offered in the order of these imports."""

from app.export import weights, experiment, history, run  # noqa: I001  (the order of the menu)

__all__ = ["experiment", "history", "run", "weights"]
