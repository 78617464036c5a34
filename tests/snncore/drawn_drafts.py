"""Drafts of networks: of given layers, or drawn by Hypothesis, whose layers fit or not, also after any edits."""

from typing import Any

from hypothesis import strategies as st

from snncore.experiment import edits as stack
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT

Layer = dict[str, Any]
Shape = tuple[int, ...]

STEPS = 2
IMAGE = (2, 6, 6)
LIF = {"kind": "LIF", "tau_mem": 10.0}


def linear(inputs: int, outputs: int, **more: Any) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs, **more}


def draft(*layers: Layer, shape: Shape = (4,), **more: Any) -> Draft:
    return Draft(network=layers, **{"input": {"shape": (2, STEPS, *shape), "probability": 0.5}, **more})


shapes = st.sampled_from([(1,), (5,), (36,), (3, 4), (1, 1, 1), (2, 4, 3), IMAGE])
small = st.integers(1, 6)


@st.composite
def weights(draw: st.DrawFn, inputs: int, outputs: int, *, fitting: bool) -> Layer:
    """A kind of weights of a linear layer; a chain may have too many groups where it needn't fit."""
    most = min(inputs, outputs) if fitting else 9
    kinds = ["random", "normal", "constant", "diagonal", *(["chain"] if most > 1 else [])]
    match draw(st.sampled_from(kinds)):
        case "chain":
            groups = draw(st.integers(2, most))
            return {"kind": "chain", "groups": groups, "value": 0.5, "offset": draw(st.integers(1 - groups, groups - 1))}
        case "constant":
            return {"kind": "constant", "value": 0.25}
        case kind:
            return {"kind": kind}


@st.composite
def layers_for(draw: st.DrawFn, shape: Shape, *, fitting: bool = True) -> Layer:
    """A layer of any kind and with any parameters, for samples of `shape`; its weights may not fit if they needn't."""
    side = min(shape[1:], default=1)
    kinds = ["Linear", "Dropout", "Flatten", "neurons", "neurons", *(["Conv2d", "AvgPool2d"] if len(shape) == 3 else [])]
    match draw(st.sampled_from(kinds)):
        case "Linear":
            outputs = draw(small)
            return linear(shape[-1], outputs, bias=draw(st.booleans()), weights=draw(weights(shape[-1], outputs, fitting=fitting)))
        case "Conv2d":
            padding = draw(st.integers(0, 2))
            kernel_size = draw(st.integers(1, side + 2 * padding))
            sizes = {"in_channels": shape[0], "out_channels": draw(small), "kernel_size": kernel_size, "padding": padding}
            return {"kind": "Conv2d", **sizes, "stride": draw(st.integers(1, 3))}
        case "AvgPool2d":
            return {"kind": "AvgPool2d", "kernel_size": draw(st.integers(1, side)), "stride": draw(st.none() | st.integers(1, 3))}
        case "neurons":
            layer = draw(neuron_layers((*MODELS, *RECURRENT), shape[-1]))
            if "rec_connect" in layer:
                connection = {**layer["rec_connect"], "weights": draw(weights(shape[-1], shape[-1], fitting=fitting))}
                return {**layer, "rec_connect": connection, "spike_fn": "SingleSpike"}  # counts of spikes would grow beyond all bounds
            return layer
        case kind:
            return {"kind": kind}


@st.composite
def fitting_drafts(draw: st.DrawFn) -> Draft:
    shape = sample = draw(shapes)
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 5))):
        layers.append(draw(layers_for(shape)))
        after = draft(*layers, shape=sample).fits()[-1].shape
        assert after is not None
        shape = after
    return draft(*layers, shape=sample)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Layers that fit one another by chance."""
    layers = [draw(layers_for(draw(shapes), fitting=False)) for _ in range(draw(st.integers(1, 4)))]
    return draft(*layers, shape=draw(shapes))


@st.composite
def edited(draw: st.DrawFn) -> Draft:
    """Any draft after any edits."""
    made = draw(drafts() | fitting_drafts())
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(made.network) - 1))
        match draw(st.sampled_from(["insert", "duplicate", "move", "remove", "mend"])):
            case "insert":
                made = stack.insert(made, draw(st.integers(0, len(made.network))), draw(st.sampled_from(tuple(LAYER_KINDS))))
            case "duplicate":
                made = stack.duplicate(made, place)
            case "move":
                made = stack.move(made, place, draw(st.integers(0, len(made.network) - 1)))
            case "remove" if len(made.network) > 1:
                made = stack.remove(made, place)
            case "mend":
                made = stack.mend(made, place)
    return made
