"""A draft's layers as stages of the shape ribbon: names, shapes, what doesn't fit and what would mend it."""

from __future__ import annotations

from app.components.ribbon import Stage
from snncore.errors import MisfitError
from snncore.experiment.layers import LayerSpec
from snncore.experiment.part import Shape
from snncore.experiment.spec import Draft
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, LinearSpec


def stages(draft: Draft) -> list[Stage]:
    """In the order of the data: the input, each layer, and where time is folded into the batch, squeeze and unsqueeze around them."""
    batch, steps, *sample = draft.input.shape
    folded = draft.is_folded

    def full(shape: Shape | None) -> str | None:
        return None if shape is None else str((batch * steps, *shape) if folded else (batch, steps, *shape))

    line = [Stage("Input", str(draft.input.shape), None)]
    if folded:
        line.append(Stage("squeeze", full(tuple(sample)), None))
    fits = draft.fits()
    for place, (layer, fit) in enumerate(zip(draft.network, fits, strict=True)):
        problem = f"{fit.misfit}." if fit.misfit else None
        line.append(Stage(layer_name(layer), full(fit.shape), place, problem, remedy_label(fit.misfit) if fit.misfit else None))
    if folded:
        last = fits[-1].shape
        line.append(Stage("unsqueeze", None if last is None else str((batch, steps, *last)), None))
    return line


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


def remedy_label(misfit: MisfitError) -> str | None:
    """What the button says that mends it; None where nothing does."""
    if misfit.before:
        return f"Put a {misfit.before} before it"
    changes = [f"{name} to {value:g}" if isinstance(value, int | float) else name for name, value in misfit.remedy.items()]
    if not changes:
        return None
    return f"Set {' and '.join(changes)}" if any(" to " in change for change in changes) else f"Make {' and '.join(changes)} fit"
