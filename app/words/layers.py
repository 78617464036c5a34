"""What layers and their parameters are called."""

from __future__ import annotations

from collections.abc import Iterable

from snncore.errors import MisfitError
from snncore.experiment.layers import LayerSpec, NeuronSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, LinearSpec

SYMBOLS = {"spike_threshold": "θ", "tau_mem": "τ_mem", "tau_syn": "τ_syn", "tau_adapt": "τ_adapt"}


def layer_names(experiment: Experiment) -> list[str]:
    """Names of the neuron layers in order: Hidden LIF, Output LIF; numbered where there are several hidden ones."""
    kinds = [layer.kind for layer in experiment.network if isinstance(layer, NeuronSpec)]
    hidden = [f"Hidden {kind}" if len(kinds) == 2 else f"Hidden {kind} {number}" for number, kind in enumerate(kinds[:-1], start=1)]
    return [*hidden, f"Output {kinds[-1]}"]


def layer_name(layer: LayerSpec) -> str:
    """Short: Linear 16→64, Conv2d 2→16, 3×3, LIF."""
    match layer:
        case LinearSpec():
            return f"Linear {layer.in_features}→{layer.out_features}"
        case Conv2dSpec():
            return f"Conv2d {layer.in_channels}→{layer.out_channels}, {layer.kernel_size}×{layer.kernel_size}"
        case AvgPool2dSpec():
            return f"AvgPool2d {layer.kernel_size}×{layer.kernel_size}"
    return layer.kind


def layer_title(experiment: Experiment, module_name: str) -> str:
    index = int(module_name)
    return f"{experiment.network[index].kind} {index + 1}"


def parameter_names(experiment: Experiment, parameters: Iterable[str]) -> dict[str, str]:
    """What parameters of the network are called: "Linear 1 weights" for "0.weight", "LIF 2 τ_mem" for "1.tau_mem"."""
    return {name: parameter_name(experiment, name) for name in parameters}


def parameter_name(experiment: Experiment, name: str) -> str:
    index, _, path = name.partition(".")
    field = path.rpartition(".")[2]
    what = {"weight": "weights", "b0": "θ", "rec_connect": "recurrent weights"}.get(field)
    what = what or symbol_of(experiment.network[int(index)], field)
    return f"{layer_title(experiment, index)} {'recurrent ' if path.startswith('rec_connect.') else ''}{what}"


def symbol_of(layer: LayerSpec, field: str) -> str:
    """How a field is called where there is little room: "τ_mem", "t_ref", or its own name."""
    words = layer.words.get(field) if isinstance(layer, NeuronSpec) else None
    return words.symbol or words.name if words else SYMBOLS.get(field, field)


def remedy_label(misfit: MisfitError) -> str | None:
    """What the button says that mends it; None where nothing does."""
    if misfit.before:
        return f"Put a {misfit.before} before it"
    changes = [f"{name} to {value:g}" if isinstance(value, int | float) else name for name, value in misfit.remedy.items()]
    if not changes:
        return None
    return f"Set {' and '.join(changes)}" if any(" to " in change for change in changes) else f"Make {' and '.join(changes)} fit"
