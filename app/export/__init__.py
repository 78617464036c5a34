"""Export formats, one file each, offered in the order of these imports."""

from app.export import weights, experiment, history, run, conversion  # noqa: I001  (the order of the menu)

__all__ = ["conversion", "experiment", "history", "run", "weights"]
