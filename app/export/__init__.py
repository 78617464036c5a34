"""What is taken along, one file per format; they are offered in the order of these imports."""

from app.export import weights, experiment, history, run  # noqa: I001  (the order of the menu)

__all__ = ["experiment", "history", "run", "weights"]
