"""Names of layers and their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from snncore.errors import MisfitError
from snncore.experiment.layers import LayerSpec, NeuronSpec
from snncore.experiment.spec import Draft, Experiment
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, LinearSpec

SYMBOLS = {
    **{"spike_threshold": "θ", "tau_mem": "τ_mem", "tau_syn": "τ_syn", "tau_adapt": "τ_adapt"},
    **{"norm_input": "normalised input", "spike_fn": "spikes per step", "max_num_spikes_per_bin": "at most"},
    **{"reset_fn": "reset", "surrogate_grad_fn": "surrogate gradient"},
}
"""Short names of fields in sentences."""


def layer_names(experiment: Experiment) -> list[str]:
    """Names of the neuron layers in order, such as LIF 2 and LIF 4."""
    return [experiment.layer_label(str(index)) for index, layer in enumerate(experiment.network) if isinstance(layer, NeuronSpec)]


def parts_in_words(experiment: Experiment) -> list[tuple[str, str]]:
    """The network from end to end, with sizes: ("Input 16", "input"), ("hidden 64", "1"), ("output 4", "3").

    Returns:
        Words of each part, and the name of its rows.
    """
    places = [index for index, layer in enumerate(experiment.network) if isinstance(layer, NeuronSpec)]
    last = len(experiment.network) - 1
    sizes = [_size(fit.shape or ()) for fit in experiment.fits()]
    parts = [(f"Input {_size(experiment.input.shape[2:])}", "input")]
    hidden = [(f"hidden {sizes[place]}", str(place)) for place in places if place != last]
    return [*parts, *hidden, (f"output {sizes[last]}", str(last) if last in places else "output")]


def _size(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1"


def layer_in_words(layer: LayerSpec) -> str:
    """Short description of a layer: "Linear 16→64", "Conv2d 2→16, 3×3", "LIF"."""
    match layer:
        case LinearSpec():
            return f"Linear {layer.in_features}→{layer.out_features}"
        case Conv2dSpec():
            return f"Conv2d {layer.in_channels}→{layer.out_channels}, {layer.kernel_size}×{layer.kernel_size}"
        case AvgPool2dSpec():
            return f"AvgPool2d {layer.kernel_size}×{layer.kernel_size}"
    return layer.kind


def stage_name(draft: Draft, place: int) -> str:
    """Name of a layer with its sizes: "Linear 1, 16→64", "LIF 2"."""
    name, described = draft.layer_label(str(place)), layer_in_words(draft.network[place])
    sizes = described.removeprefix(draft.network[place].kind).strip()
    return f"{name}, {sizes}" if sizes else name


def parameter_names(experiment: Experiment, parameters: Iterable[str]) -> dict[str, str]:
    """Names of parameters of the network: "Linear 1 weights" for "0.weight", "LIF 2 τ_mem" for "1.tau_mem"."""
    return {name: parameter_name(experiment, name) for name in parameters}


def parameter_name(experiment: Draft, name: str) -> str:
    index, _, path = name.partition(".")
    field = path.rpartition(".")[2]
    what = {"weight": "weights", "b0": "θ", "rec_connect": "recurrent weights"}.get(field)
    what = what or symbol_of(experiment.network[int(index)], field)
    return f"{experiment.layer_label(index)} {'recurrent ' if path.startswith('rec_connect.') else ''}{what}"


def symbol_of(layer: LayerSpec, field: str) -> str:
    """Short name of a field: "τ_mem", "t_ref", or its own name."""
    words = layer.words.get(field) if isinstance(layer, NeuronSpec) else None
    return words.symbol or words.name if words else SYMBOLS.get(field, field)


def remedy_label(misfit: MisfitError) -> str | None:
    """Label of the button that fixes a misfit; None if nothing does."""
    if misfit.before:
        return f"Put a {misfit.before} before it"
    changes = [f"{name} to {value:g}" if isinstance(value, int | float) else name for name, value in misfit.remedy.items()]
    if not changes:
        return None
    return f"Set {' and '.join(changes)}" if any(" to " in change for change in changes) else f"Make {' and '.join(changes)} fit"
