"""Layers of any model as data, drawn by Hypothesis."""

from typing import Any

import torch
from hypothesis import strategies as st

from snncore.experiment.layers import NEURON_SPECS
from snncore.layers import StatefulLayer
from tests.snncore.models import RECURRENT, arguments, own_surrogate


@st.composite
def neuron_layers(draw: st.DrawFn, models: tuple[type[StatefulLayer], ...], neurons: int) -> dict[str, Any]:
    """A layer of one of the models, as data with any of its parameters."""
    model = draw(st.sampled_from(models))
    drawn = draw(arguments(model, neurons).filter(lambda drawn: drawn.get("surrogate_grad_fn") is not own_surrogate))
    layer = {name: value.tolist() if isinstance(value, torch.Tensor) else value for name, value in drawn.items() if name != "record_states"}
    for name in ("spike_fn", "reset_fn", "surrogate_grad_fn"):
        if name in layer and draw(st.booleans()):
            layer[name] = type(layer[name]).__name__  # the name alone stands for the defaults
    connection = {"rec_connect": {"in_features": neurons, "out_features": neurons}} if model in RECURRENT else {}
    spec = NEURON_SPECS[model.__name__](**layer, **connection)
    learns = draw(st.none() | st.lists(st.sampled_from(spec.learnable), unique=True))
    return {"kind": model.__name__, **layer, **connection, "learns": learns}
