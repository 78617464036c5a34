"""ExpLeak: the membrane alone, which never spikes."""

from __future__ import annotations

from torch import Tensor

from snncore.dynamics import MembraneParameters, exp_leak_step
from snncore.layers.membrane import Membrane, Scalar
from snncore.layers.models import neuron_model


@neuron_model(exp_leak_step, spikes=False, browser_step=True)
class ExpLeak(Membrane):
    """Leaky integrators that never spike; the output is u. Equations: `snncore.dynamics.exp_leak_step`.

    Args:
        tau_mem: membrane time constant τ_mem in time steps, ≥ 0.1. Trained, and held at ≥ 0.1 while it trains.
        shape: (batch, ...) of the state, if it is to exist before the first input.
        train_alphas: hold and train α = exp(-1/τ) instead of τ.
        min_v_mem: lower bound of v; None: none. The output is not bounded.
        norm_input: scale the input by 1-α, so that a constant input I leads to v → I.
        record_states: keep v_mem, i_syn and u of every step in `recordings`.
        tau_syn: synaptic time constant τ_syn in time steps, ≥ 0.1; None: no synaptic current. Trained likewise.

    Shape: (batch, time, ...) -> (batch, time, ...).

    Raises:
        ParameterError: a parameter out of the range given above.
    """

    def __init__(
        self,
        tau_mem: Scalar,
        shape: tuple[int, ...] | None = None,
        train_alphas: bool = False,
        min_v_mem: Scalar | None = None,
        norm_input: bool = False,
        record_states: bool = False,
        tau_syn: Scalar | None = None,
    ) -> None:
        super().__init__(tau_mem, tau_syn, min_v_mem, train_alphas, norm_input, shape, record_states)

    def step_parameters(self, z: Tensor) -> MembraneParameters:
        return MembraneParameters(**self._membrane_parameters(z))
