"""Functions under the names that Sinabs gives them."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from snncore.convert.kinds import RELUS
from snncore.convert.normalization import normalize_
from snncore.errors import ParameterError
from snncore.layers.model import reset_states, zero_grad

__all__ = ["normalize_weights", "reset_states", "zero_grad"]


def normalize_weights(
    ann: nn.Module, sample_data: Tensor, output_layers: Sequence[str], param_layers: Sequence[str], percentile: float = 99
) -> None:
    """Normalise a network in place, as `snncore.convert.normalize` does a copy. The other layers keep their scale.

    Unlike in Sinabs, biases and the layers after each ReLU are scaled too, so that the network still computes the same, up to the scale
    of a last ReLU among `output_layers`.

    Args:
        ann: the network.
        sample_data: samples, (samples, ...).
        output_layers: names of the ReLUs to normalise.
        param_layers: name of the layer with weights before each of them. A pair whose layer has no weights is passed over.
        percentile: of the activations, above 0 and at most 100.

    Raises:
        ParameterError: an unknown name, one in `output_layers` that is no ReLU, lists of different length, or a percentile out of its
            range.
        ConversionError: as in `snncore.convert.normalize`.
    """
    modules = dict(ann.named_modules())
    unknown = [name for name in (*output_layers, *param_layers) if name not in modules]
    others = [name for name in output_layers if name in modules and type(modules[name]) not in RELUS]
    if unknown or others or len(output_layers) != len(param_layers):
        problem = f"{len(output_layers)} names go with {len(param_layers)}"
        if unknown:
            problem = f"there is no module {unknown[0]!r}"
        elif others:
            problem = f"module {others[0]!r} is {type(modules[others[0]]).__name__}, not a ReLU"
        raise ParameterError(f"normalize_weights: {problem}; give the name of a ReLU in output_layers, of its layer in param_layers.")
    chosen = [output for output, layer in zip(output_layers, param_layers, strict=True) if list(modules[layer].parameters())]
    if chosen:
        normalize_(ann, sample_data, percentile, chosen)
