"""One neuron model in the browser: its step, its run over time, and what is read off a run. Nothing is drawn here.

The files are parts of one module: they name each other's functions without imports, and stand in this order in its text. A view follows
after them and adds the default export; the module without one serves tests.
"""

from __future__ import annotations

from app.components.assets import source

SOURCES = ("step.js", "parameters.js", "scan.js", "response.js")


def dynamics_source() -> str:
    """The text of the module. `parametersInForce` takes what `app.figures.neuron.neuron_data` makes of a layer."""
    return "\n".join(source("neuron", file) for file in SOURCES)
