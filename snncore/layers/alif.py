"""ALIF: a leaky integrate-and-fire neuron whose spikes raise its threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from snncore.activation import MembraneSubtract, ResetFunction, SingleExponential, SingleSpike, SpikeFunction, SurrogateGradient
from snncore.dynamics import ALIFParameters, alif_step
from snncore.errors import ParameterError
from snncore.layers.lif import SpikingMembrane
from snncore.layers.membrane import Scalar, in_words, own_tensor
from snncore.layers.models import neuron_model
from snncore.layers.saved import Thresholds, Told
from snncore.layers.stateful import broadcasts


@neuron_model(alif_step, spikes=True, browser_step=True)
class ALIF(SpikingMembrane):
    """Adaptive leaky integrate-and-fire neurons, Bellec et al. 2018; see `snncore.dynamics.alif_step` for the equations.

    Args:
        tau_mem, tau_syn, spike_fn, reset_fn, surrogate_grad_fn, min_v_mem, train_alphas, shape, norm_input, record_states,
            detach_reset, initial_v_mem: as in `LIF`, but `SingleSpike` by default.
        tau_adapt: time constant τ_adapt of the adaptation in time steps, ≥ 0.1. Trained, and held at ≥ 0.1 while it trains.
        adapt_scale: increase of the threshold for b = 1.
        spike_threshold: the base threshold b0, above 0. Fixed, unless `layer.b0.requires_grad_()`; while it learns, held at ≥ 0.01.

    Attributes:
        b: the adaptation, (batch, ...).
        spike_threshold: θ of the next step, b0 + adapt_scale·b. In `recordings`, θ of each step.

    Shape: (batch, time, ...) -> (batch, time, ...).

    Raises:
        ParameterError: a parameter out of its range.
    """

    b: Tensor
    b0: Tensor
    adapt_scale: Tensor
    threshold_name = "b0"

    def __init__(
        self,
        tau_mem: Scalar,
        tau_adapt: Scalar,
        tau_syn: Scalar | None = None,
        adapt_scale: Scalar = 1.8,
        spike_threshold: Scalar = 1.0,
        spike_fn: SpikeFunction | type[SpikeFunction] = SingleSpike,
        reset_fn: ResetFunction = MembraneSubtract(),  # noqa: B008 (frozen)
        surrogate_grad_fn: SurrogateGradient = SingleExponential(),  # noqa: B008 (frozen)
        min_v_mem: Scalar | None = None,
        shape: tuple[int, ...] | None = None,
        train_alphas: bool = False,
        norm_input: bool = True,
        record_states: bool = False,
        detach_reset: bool = False,
        initial_v_mem: float = 0.0,
    ) -> None:
        super().__init__(tau_mem, tau_syn, min_v_mem, train_alphas, norm_input, shape, record_states)
        self._init_spiking(spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, detach_reset, initial_v_mem)
        self._hold_time_constant("adapt", tau_adapt)
        scale = own_tensor(self, "adapt_scale", adapt_scale)
        if not bool(scale.isfinite().all()):
            raise ParameterError(f"{type(self).__name__}: adapt_scale is {in_words(scale)}; it must be a finite number.")
        self.adapt_scale = nn.Parameter(scale, requires_grad=False)
        self._add_state("b")

    @property
    def spike_threshold(self) -> Tensor:
        """θ = b0 + adapt_scale·b; b0 before the first input."""
        return self.b0 + self.adapt_scale * self.b if self.is_state_initialised() else self.b0

    @property
    def alpha_adapt_calculated(self) -> Tensor:
        """ρ in force, in the layer's dtype."""
        return self._decay("adapt")[0]

    @property
    def tau_adapt_calculated(self) -> Tensor | None:
        """τ_adapt in force, in time steps."""
        return self._tau("adapt")

    def step_parameters(self, z: Tensor) -> ALIFParameters:
        rho, gain = self._decay("adapt", apart=self._apart)
        return ALIFParameters(
            **self._spiking_parameters(z),
            alpha_adapt=rho.to(z.dtype),
            adapt_gain=gain.to(z.dtype),
            adapt_scale=self.adapt_scale.to(z.dtype),
        )

    def parameters_from(self, saved: Mapping[str, Tensor]) -> dict[str, Told]:
        """Return the parameters as in `Membrane`. Sinabs saves no b0, but θ = b0 + adapt_scale·b and b of its last call.

        It doesn't save adapt_scale either: that of this layer is assumed, and b0 isn't told where thresholds contradict it.
        """
        found = super().parameters_from(saved)
        theta = found.pop("spike_threshold", Told(None, "")).value
        return found if theta is None else {"b0": self._base_threshold(theta, saved.get("b")), **found}

    def _base_threshold(self, theta: Tensor, b: Tensor | None) -> Told:
        """Return b0 from θ and b of a last call, each (batch, ...)."""
        scale = self.adapt_scale.detach()
        problem = _why_no_base(theta, b, scale)
        if problem or b is None:
            return Told(None, "spike_threshold", problem)
        thresholds = Thresholds(theta, b, is_shared=self.b0.dim() == 0)
        base, is_assumed = thresholds.base(scale)
        if base is None:
            low, high = thresholds.range_of_base(scale)
            problem = f"with adapt_scale {in_words(scale)} its thresholds tell a b0 from {low:.4g} to {high:.4g}"
            fitting = thresholds.fitting_scale()
            each = ", or one spike_threshold for each neuron" if thresholds.is_shared else ""
            remedy = f"they fit {fitting:g}" if fitting is not None else f"set the one that it was saved with{each}"
            return Told(None, "spike_threshold", f"{problem}; {remedy}", is_contradicted=True)
        if not bool((base > 0).all()):
            problem = f"with adapt_scale {in_words(scale)} its b0 would be {in_words(base)}; set the adapt_scale that it was saved with"
            return Told(None, "spike_threshold", problem, is_contradicted=True)
        remark = f"if its adapt_scale was {in_words(scale)} too, which Sinabs doesn't save" if is_assumed else ""
        return Told(base, "spike_threshold", remark)

    def _argument(self, name: str) -> Any:
        return super()._argument("b0" if name == "spike_threshold" else name)


def _why_no_base(theta: Tensor, b: Tensor | None, scale: Tensor) -> str:
    """Return why θ and b tell no b0, as a clause; empty if they may."""
    if b is None or b.shape != theta.shape or not theta.dim():
        return "the file has a threshold without the adaptation b of an ALIF; its layer may be of another kind"
    if not theta.numel():
        return "its layer wasn't called before it was saved, so its threshold is empty; call the model once, then save"
    if not bool((theta > 0).all()):
        return "its threshold is 0, as after a reset; call the model once, then save"
    if not broadcasts(scale.shape, theta.shape[1:]):
        return f"its thresholds are of neurons {tuple(theta.shape[1:])}, which adapt_scale {tuple(scale.shape)} doesn't fit"
    return ""
