"""How a gradient grows within a layer: the factors are those that autograd multiplies by, and their largest product is found."""

from typing import Any

import numpy as np
import pytest
import torch

from snncore.diagnosis.gradient_flow import MOST_VALUES, Growth, backward_factors, growth, largest_growth, largest_surrogate, peak_taken
from snncore.experiment.layers import NEURON_SPECS, LIFSpec, NeuronSpec
from snncore.run.record import LayerRecord, record_of, threshold_of

STEEP = {"kind": "SingleExponential", "grad_scale": 3.0}
LAYERS: dict[str, tuple[str, dict[str, Any]]] = {
    "subtracting θ": ("LIF", {}),
    "subtracting a value": ("LIF", {"reset_fn": {"kind": "MembraneSubtract", "subtract_value": 0.4}}),
    "hard reset": ("LIF", {"reset_fn": "MembraneReset"}),
    "detached reset": ("LIF", {"detach_reset": True}),
    "bound": ("LIF", {"min_v_mem": 0.1}),
    "bound per neuron": ("LIF", {"min_v_mem": [-1.0, 0.1, -0.2]}),
    "trained α": ("LIF", {"train_alphas": True}),
    "τ per neuron": ("LIF", {"tau_mem": [2.0, 5.0, 30.0]}),
    "θ per neuron": ("LIF", {"spike_threshold": [0.3, 0.6, 1.2]}),
    "no leak": ("IAF", {}),
    "adaptive θ": ("ALIF", {"tau_adapt": 5.0, "adapt_scale": 0.0}),
    "steep": ("LIF", {"surrogate_grad_fn": STEEP}),
}


def run(spec: NeuronSpec, data: torch.Tensor) -> tuple[Any, LayerRecord, dict[str, Any]]:
    """The layer after a forward pass, its record as layer "1", and its parameters."""
    layer = spec.build(torch.Generator(), torch.Generator())
    layer.record_states = layer.record_gradients = True
    threshold = threshold_of(layer)
    record = record_of("1", layer, layer(data), threshold)
    return layer, record, {f"1.{name}": parameter.detach().numpy() for name, parameter in layer.named_parameters()}


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize(("kind", "settings"), LAYERS.values(), ids=LAYERS)
def test_factors_are_those_by_which_autograd_multiplies_a_gradient_from_step_to_step(kind, settings):
    tau = {} if kind == "IAF" else {"tau_mem": 6.0, "norm_input": False}
    spec = NEURON_SPECS[kind](**{"spike_threshold": 0.6, **tau, **settings})
    layer, record, parameters = run(spec, noise(1, 20, 3))
    layer.v_mem.sum().backward()
    gradient = layer.gradients["u"][0].abs().double().numpy()
    factors = backward_factors(spec, record, parameters)
    assert record.spikes.any()
    np.testing.assert_allclose(gradient[:-1], factors * gradient[1:], rtol=1e-4, atol=1e-12)


def test_largest_growth_is_the_largest_product_of_any_stretch_of_any_neuron():
    generator = np.random.default_rng(0)
    for _ in range(50):
        factors = np.exp(generator.normal(-0.3, 1, size=(12, 3)))
        factors[generator.random(factors.shape) < 0.1] = 0
        stretches = [
            (float(factors[begin:end, neuron].prod()), float(factors[begin:end, neuron].max()), end - begin)
            for neuron in range(3)
            for begin in range(12)
            for end in range(begin + 1, 13)
        ]
        product, factor, steps = max(stretches)
        found = largest_growth(factors)
        assert found.product == pytest.approx(product)
        assert (found.factor, found.steps) == (factor, steps)


def test_factors_up_to_one_grow_nothing():
    assert largest_growth(np.full((10, 2), 0.9)) == Growth(factor=0.0, product=1.0, steps=0)
    assert largest_growth(np.zeros((0, 2))) == Growth(factor=0.0, product=1.0, steps=0)


def test_growth_beyond_the_largest_number_is_held_there():
    found = largest_growth(np.full((1000, 1), 10.0))
    assert found.product == pytest.approx(np.finfo(np.float64).max)
    assert (found.factor, found.steps) == (10.0, 1000)


def test_only_the_first_sample_and_evenly_spread_neurons_of_a_large_layer_are_looked_at():
    spec = LIFSpec(tau_mem=6.0)
    _, record, parameters = run(spec, noise(2, 64, 3000))
    factors = backward_factors(spec, record, parameters)
    assert factors.shape == (63, 1000)
    assert MOST_VALUES >= 64 * 1000
    _, of_first, _ = run(spec, noise(2, 64, 3000)[:1, :, ::3])
    np.testing.assert_allclose(factors, backward_factors(spec, of_first, parameters))


def test_default_surrogate_lets_no_gradient_grow_and_a_steep_one_does():
    for surrogate, largest in ((STEEP | {"grad_scale": 1.0}, 1.0), (STEEP, 1e3)):
        spec = LIFSpec(tau_mem=20.0, surrogate_grad_fn=surrogate, norm_input=False)
        _, record, parameters = run(spec, torch.full((1, 50, 1), 0.9))
        assert growth(spec, record, parameters).product >= largest
        assert (growth(spec, record, parameters).product == 1.0) == (largest == 1.0)


def test_a_surrogate_is_looked_at_where_the_potentials_are_and_its_peak_where_it_is():
    spec = LIFSpec(tau_mem=1e6, norm_input=False, spike_threshold=2.0, surrogate_grad_fn={"kind": "Gaussian", "mu": 0.5, "grad_scale": 4.0})
    _, record, _ = run(spec, torch.zeros(1, 5, 2))
    peak = 4.0 / (0.5 * np.sqrt(2 * np.pi))
    assert largest_surrogate(spec, record) == pytest.approx(peak * np.exp(-(2.5**2) / (2 * 0.5**2)), rel=1e-4)
    assert peak_taken(spec, record) == pytest.approx(2 * peak)
    other = LIFSpec(**{**spec.model_dump(), "reset_fn": {"kind": "MembraneSubtract", "subtract_value": 0.3}})
    assert peak_taken(other, record) == pytest.approx(0.3 * peak)
