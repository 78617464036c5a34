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


@neuron_model(alif_step, spikes=True, browser_step=True)
class ALIF(SpikingMembrane):
    """Adaptive leaky integrate-and-fire neurons, Bellec et al. 2018; see `snncore.dynamics.alif_step` for the equations.

    Args:
        tau_mem, tau_syn, spike_fn, reset_fn, surrogate_grad_fn, min_v_mem, train_alphas, shape, norm_input, record_states,
            detach_reset: as in `LIF`, but `SingleSpike` by default.
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
    ) -> None:
        super().__init__(tau_mem, tau_syn, min_v_mem, train_alphas, norm_input, shape, record_states)
        self._init_spiking(spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, detach_reset)
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

    def parameters_from(self, saved: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the parameters as in `StatefulLayer`. Sinabs saves no b0, but θ = b0 + adapt_scale·b and b of its last call."""
        found = super().parameters_from(saved)
        theta, b = found.pop("spike_threshold", None), saved.get("b")
        base = None if theta is None or b is None else self._base_threshold(theta, b)
        return found if base is None else {"b0": base, **found}

    def _base_threshold(self, theta: Tensor, b: Tensor) -> Tensor | None:
        """Return b0 from θ and b of a last call, each (batch, ...); None where they don't tell it: before a call, or after a reset.

        Where samples or neurons share one b0, the one with the smallest b tells it: it was rounded least.
        """
        if not theta.numel() or not bool((theta > 0).all()):
            return None
        base, b = (theta - self.adapt_scale.detach().to(theta) * b).flatten(1), b.flatten(1)
        if self.b0.dim() == 0:
            return base.flatten()[b.flatten().argmin()]
        return base.gather(0, b.argmin(0, keepdim=True)).reshape(theta.shape[1:])

    def _argument(self, name: str) -> Any:
        return super()._argument("b0" if name == "spike_threshold" else name)
