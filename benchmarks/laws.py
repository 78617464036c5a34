"""Known results on spiking neurons, recomputed with this package: `python -m benchmarks.laws` prints expected beside measured.

Each law is a function that yields its cases. All are tests too (tests/snncore/test_laws.py): the exact ones to rounding; the others, slow
tests, are measured over many neurons or a long time, and hold within their tolerance. `docs/laws.md` explains them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from snncore import kernels
from snncore.activation import (
    ATan,
    FastSigmoid,
    Gaussian,
    MembraneReset,
    MultiGaussian,
    SingleExponential,
    SingleSpike,
    SurrogateGradient,
)
from snncore.explain import credit_of
from snncore.layers import ALIF, IAF, LIF, ExpLeak

SHIFT = 0.5826
"""-ζ(1/2)/√(2π): by how much of σ√(dt/τ) a grid of time steps raises a threshold for diffusion. Chernoff 1965, Broadie et al. 1997."""

PARALLEL, STEPS, SETTLING = 2000, 5000, 500
"""Neurons side by side and time steps of a measured mean, of which the first ones don't count."""


@dataclass(frozen=True)
class Case:
    """One number of the theory, and what the package computes.

    Attributes:
        of: the parameters, in words.
        tolerance: largest difference that is no contradiction.
    """

    of: str
    expected: float
    measured: float
    tolerance: float = 0.0

    @property
    def holds(self) -> bool:
        return abs(self.measured - self.expected) <= self.tolerance


@dataclass(frozen=True)
class Law:
    """A known result.

    Attributes:
        statement: the law, with its source.
        is_exact: whether it holds but for rounding; else it is a mean that is measured.
    """

    name: str
    statement: str
    is_exact: bool
    cases: Callable[[], Iterator[Case]]


LAWS: list[Law] = []


def law(name: str, statement: str, *, is_exact: bool = True) -> Callable[[Callable[[], Iterator[Case]]], Callable[[], Iterator[Case]]]:
    """Register the decorated function, which yields the law's cases."""

    def register(cases: Callable[[], Iterator[Case]]) -> Callable[[], Iterator[Case]]:
        LAWS.append(Law(name, statement, is_exact, cases))
        return cases

    return register


def main() -> None:
    torch.set_num_threads(1)
    kernels.prepare()
    for each in LAWS:
        print(f"\n{each.name}: {each.statement}")
        for case in each.cases():
            verdict = "" if case.holds else "   DIFFERS"
            print(f"  {case.of:<44}{case.expected:>12.6g}{case.measured:>14.6g}{verdict}")


# ------------------------------------------------------------------------------------------------------- firing


@law("Intervals with a hard reset", "a constant current I fires LIF every ⌈-τ ln(1 - θ/I)⌉ steps")
def intervals() -> Iterator[Case]:
    for tau, current in ((20, 1.5), (20, 1.1), (20, 2.0), (10, 1.5), (20, 5.0), (20, 1.01)):
        layer = LIF(float(tau), spike_fn=SingleSpike, reset_fn=MembraneReset())
        times = layer(torch.full((1, 300, 1), current))[0, :, 0].nonzero().flatten()
        apart = set(times.diff().tolist())
        measured = apart.pop() if len(apart) == 1 else math.nan
        yield Case(f"τ {tau}, I {current:g}", math.ceil(-tau * math.log(1 - 1 / current)), measured)


@law("Conservation", "with a soft reset, the mean of s is (1-α)(I - mean of v)/θ, up to (v[T] - v[0])/(θT)")
def conservation() -> Iterator[Case]:
    for theta, tau, mean in ((1.0, 20.0, 1.5), (0.4, 10.0, 0.7), (2.0, 5.0, 6.0)):
        layer = LIF(tau, spike_threshold=theta, record_states=True)
        drawn = torch.rand(1, 1000, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 2 * mean
        spikes = layer(drawn).flatten()
        v = torch.cat([torch.zeros(1, dtype=torch.float64), layer.recordings["v_mem"].detach().flatten()])
        alpha, theta = layer.alpha_mem_calculated.item(), layer.spike_threshold.item()
        expected = (1 - alpha) * (drawn.mean() - v[:-1].mean()) / theta - (v[-1] - v[0]) / (theta * len(spikes))
        yield Case(f"τ {tau:g}, θ {theta:g}, I drawn around {mean:g}", expected.item(), spikes.mean().item(), 1e-7)


@law("A counter", "IAF turns a constant current I into ⌊T·I/θ⌋ spikes in T steps")
def counter() -> Iterator[Case]:
    for steps, current, theta in ((100, 0.375, 1.0), (100, 0.625, 1.0), (37, 0.125, 0.5), (1000, 0.8125, 3.0), (10, 2.5, 1.0)):
        spikes = IAF(spike_threshold=theta)(torch.full((1, steps, 1), current)).sum().item()
        yield Case(f"T {steps}, I {current:g}, θ {theta:g}", math.floor(steps * current / theta), spikes)


@law(
    "Adaptation makes f-I linear",
    "the rate r obeys r τ ln(I / (I - b0 - adapt_scale·r)) = 1 for slow adaptation (Benda and Herz 2003)",
    is_exact=False,
)
def adaptation() -> Iterator[Case]:
    for current, scale in ((2.0, 60.0), (3.0, 60.0), (4.0, 60.0), (4.0, 120.0)):
        tau, steps = 200.0, 40_000
        layer = ALIF(tau, 4000.0, adapt_scale=scale, reset_fn=MembraneReset())
        rate = layer(torch.full((1, steps, 1), current))[0, steps // 2 :].mean().item()
        measured = rate * tau * math.log(current / (current - 1 - scale * rate))
        yield Case(f"I {current:g}, adapt_scale {scale:g}, measured r {rate:.5f}", 1.0, measured, 0.03)


# --------------------------------------------------------------------------------------------------- potentials


@law("The postsynaptic peak", "one input spike at step 0 raises u most at the whole t that maximises α^(t+1) - β^(t+1)")
def peaks() -> Iterator[Case]:
    for tau_mem, tau_syn, expected in ((20.0, 10.0, 13), (20.0, 5.0, 8), (10.0, 2.0, 3)):
        spike = torch.zeros(1, 60, 1, dtype=torch.float64)
        spike[0, 0] = 1
        u = ExpLeak(tau_mem, tau_syn=tau_syn)(spike)
        yield Case(f"τ_mem {tau_mem:g}, τ_syn {tau_syn:g}", expected, int(u.argmax()))


@law("Campbell's theorem", "shot noise has the mean wp/(1-α) and the variance w²p(1-p)/(1-α²)", is_exact=False)
def campbell() -> Iterator[Case]:
    p, w, alpha = 0.1, 0.3, math.exp(-1 / 20)
    spikes = (torch.rand(1, STEPS, PARALLEL, generator=torch.Generator().manual_seed(0)) < p).float()
    with torch.no_grad():
        u = ExpLeak(20.0)(w * spikes)[0, SETTLING:].double()
    mean, variance = w * p / (1 - alpha), w**2 * p * (1 - p) / (1 - alpha**2)
    yield Case("mean, p 0.1, w 0.3, τ 20", mean, u.mean().item(), 0.02 * mean)
    yield Case("variance", variance, u.var().item(), 0.02 * variance)


@law(
    "Diffusion",
    "white noise fires LIF at 1/(τ√π ∫ exp(x²)(1 + erf x) dx) from (reset - μ)/σ to (θ' - μ)/σ, with θ' = θ + 0.5826 σ√(dt/τ) for the "
    "grid of time steps (Siegert 1951, Brunel's σ)",
    is_exact=False,
)
def diffusion() -> Iterator[Case]:
    tau = 20.0
    alpha = math.exp(-1 / tau)
    for mean, sigma, known in ((0.8, 0.3, 0.010944), (1.2, 0.3, 0.030299), (0.6, 0.4, 0.007288)):
        deviation = sigma * math.sqrt((1 + alpha) / (2 * (1 - alpha)))  # so that u alone would vary by σ²/2
        noise = torch.randn(1, STEPS, PARALLEL, generator=torch.Generator().manual_seed(0)) * deviation + mean
        with torch.no_grad():
            rate = LIF(tau, spike_fn=SingleSpike, reset_fn=MembraneReset())(noise)[0, SETTLING:].double().mean().item()
        expected = diffusion_rate(mean, sigma, tau)
        yield Case(f"μ {mean:g}, σ {sigma:g}, τ 20, in closed form", known, expected, 5e-6)
        yield Case(f"μ {mean:g}, σ {sigma:g}, τ 20", expected, rate, 0.02 * expected)


def diffusion_rate(mean: float, sigma: float, tau: float) -> float:
    """Return the rate per step of LIF with θ = 1 and reset 0, driven by white noise and observed on a grid of time steps."""
    raised = 1 + SHIFT * sigma * math.sqrt(1 / tau)
    x = torch.linspace(-mean / sigma, (raised - mean) / sigma, 200_001, dtype=torch.float64)
    integral = torch.trapezoid(torch.exp(x**2) * (1 + torch.erf(x)), x).item()
    return 1 / (tau * math.sqrt(math.pi) * integral)


# ---------------------------------------------------------------------------------------------------- gradients


@law("A leak forgets", "over τ steps, a leak leaves e⁻¹ of a gradient")
def forgetting() -> Iterator[Case]:
    found = credit_of(ExpLeak(10.0).double(), torch.zeros(1, 20, 1, dtype=torch.float64), lambda u: u[0, 10].sum())
    yield Case("10 steps, τ 10", math.exp(-1), float(found.layers[""].u[0, 0, 0]), 1e-7)


AT_THRESHOLD: tuple[tuple[SurrogateGradient, float, float], ...] = (
    (SingleExponential(), -1.0, 2.0),
    (FastSigmoid(), 0.0, 0.08),
    (ATan(), 0.0, 1.0),
    (Gaussian(), 1 - 2 / math.sqrt(2 * math.pi), 1.0),
    (MultiGaussian(), 1 - 2 / math.sqrt(2 * math.pi) * (1.15 - 0.3 / 6 * math.exp(-1 / 72)), 0.85),
)
"""Surrogates, the factor of the reset's path at u = θ = 1, and their areas."""


@law("The reset's path", "a soft reset passes 1 - θσ' of a gradient on, and at u = θ that is")
def reset_factors() -> Iterator[Case]:
    at_threshold = torch.ones(1, 2, 1, dtype=torch.float64)
    for surrogate, factor, _ in AT_THRESHOLD:
        found = credit_of(IAF(surrogate_grad_fn=surrogate).double(), at_threshold, torch.sum)
        yield Case(type(surrogate).__name__, factor, float(found.layers[""].factor[0, 0, 0]), 1e-12)
    found = credit_of(IAF(detach_reset=True).double(), at_threshold, torch.sum)
    yield Case("detached", 1.0, float(found.layers[""].factor[0, 0, 0]))


@law("Areas under the surrogates", "∫ σ'(u) du, which says how far in u a gradient counts as a spike")
def areas() -> Iterator[Case]:
    angle = torch.linspace(-math.pi / 2, math.pi / 2, 2_000_003, dtype=torch.float64)[1:-1]
    u = torch.tan(angle)  # so that heavy tails are counted to the end
    for surrogate, _, area in AT_THRESHOLD:
        values = surrogate(1 + u, torch.ones((), dtype=torch.float64)) * (1 + u**2)
        yield Case(type(surrogate).__name__, area, torch.trapezoid(values, angle).item(), 1e-5)


@law("E-prop is back-propagation", "for a feed-forward layer with a detached reset, Σ ∂L/∂s · σ' · (filtered input) (Bellec et al. 2020)")
def eprop() -> Iterator[Case]:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(3, 50, 8, dtype=torch.float64, generator=generator)
    target = torch.rand(3, 50, 4, dtype=torch.float64, generator=generator)
    linear, layer = nn.Linear(8, 4, bias=False).double(), LIF(10.0, spike_threshold=0.2, detach_reset=True, record_states=True).double()
    with torch.no_grad():
        linear.weight.copy_(torch.randn(4, 8, dtype=torch.float64, generator=generator))
    spikes = layer(linear(x))
    (spikes - target).pow(2).sum().backward()
    expected = linear.weight.grad
    assert expected is not None
    found = eprop_gradient(layer, x, 2 * (spikes - target).detach())
    yield Case("largest difference, of the largest gradient", 0.0, ((found - expected).abs().max() / expected.abs().max()).item(), 1e-12)


def eprop_gradient(layer: LIF, x: Tensor, learning_signal: Tensor) -> Tensor:
    """Return the gradient of weights (neurons, inputs) as it can be computed forward in time.

    Args:
        layer: after its run, with recordings.
        x: (batch, time, inputs).
        learning_signal: ∂L/∂s at each step, (batch, time, neurons).
    """
    alpha = layer.alpha_mem_calculated.detach()
    slope = layer.surrogate_grad_fn(layer.recordings["u"].detach(), layer.spike_threshold.detach().double())
    trace, gradient = torch.zeros_like(x[:, 0]), torch.zeros(slope.shape[2], x.shape[2], dtype=x.dtype)
    for step in range(x.shape[1]):
        trace = alpha * trace + (1 - alpha) * x[:, step]
        gradient += torch.einsum("bn,bi->ni", learning_signal[:, step] * slope[:, step], trace)
    return gradient


if __name__ == "__main__":
    main()
