"""One call of a layer, by the fused loops and by the scan, and how close they must be."""

import torch
from hypothesis import strategies as st

from snncore import kernels
from snncore.activation import SURROGATES
from snncore.layers import ALIF, LIF, ExpLeak
from tests.snncore.models import MODELS, SURROGATES_WITH_FIELDS, arguments, own_surrogate

SURROGATE_GRADS = [*(kind() for kind in SURROGATES), *SURROGATES_WITH_FIELDS, own_surrogate]
ADAPTIVE = {"tau_mem": 6.0, "tau_adapt": 9.0, "spike_threshold": 0.3}
SMALL = [lambda: LIF(6.0, 4.0, 0.4, record_states=True), lambda: ALIF(**ADAPTIVE, tau_syn=4.0, record_states=True), lambda: ExpLeak(6.0)]


@st.composite
def makers(draw, neurons):
    """Makes the same layer again with each call."""
    model = draw(st.sampled_from(MODELS))
    settings, trains_threshold = draw(arguments(model, neurons)), draw(st.booleans())

    def make():
        layer = model(**settings)
        for name in ("spike_threshold", "b0"):
            if name in dict(layer.named_parameters()):
                getattr(layer, name).requires_grad_(trains_threshold)
        return layer

    return make


def run(make, z, seed=0, through=("output", "v_mem", "i_syn", "b", "recordings")):
    """Values and gradients of one call from a random state, for a loss through what `through` names."""
    numbers = torch.Generator().manual_seed(seed)
    layer, z = make(), z.detach().requires_grad_()
    state = {name: torch.randn(z[:, 0].shape, generator=numbers) for name in layer.state_names}
    if "b" in state:
        state["b"].abs_()  # of spikes; a threshold below zero means nothing
    for value in state.values():
        value.requires_grad_()
    for name, value in state.items():
        setattr(layer, name, value)
    values = {"output": layer(z), **{name: getattr(layer, name) for name in state}}
    loss = torch.zeros(())
    outputs = (*values.items(), ("firing_rate", layer.firing_rate), *(("recordings", value) for value in layer.recordings.values()))
    for name, value in outputs:
        weights = torch.randn(value.shape, generator=numbers)
        if name in through and value.requires_grad:
            loss = loss + (value * weights).sum()
    loss.backward()
    gradients = {name: p.grad for name, p in (("z", z), *state.items(), *layer.named_parameters()) if p.requires_grad}
    values |= {f"recorded {name}": value for name, value in layer.recordings.items()}
    return values, gradients


def by_scan(*args, **kwargs):
    with kernels.disabled():
        return run(*args, **kwargs)


def assert_same(actual, expected):
    values, gradients = actual
    expected_values, expected_gradients = expected
    assert values.keys() == expected_values.keys()
    for name, value in expected_values.items():
        assert torch.equal(values[name], value), name
        assert values[name].requires_grad == value.requires_grad, name
        assert values[name].is_contiguous()
    assert gradients.keys() == expected_gradients.keys()
    for name, gradient in expected_gradients.items():
        if gradient is None or not gradient.numel():
            assert gradients[name] is None or not gradients[name].any(), name
        else:
            # A parameter's gradient is a sum over neurons and steps, and rounded by the size of its terms, which may cancel.
            is_sum = name not in ("z", "v_mem", "i_syn", "b")
            terms = expected_gradients["z"].abs().sum().item() if is_sum else 0.0
            close = {"rtol": 1e-3 if is_sum else 1e-4, "atol": 1e-6 + 1e-5 * (gradient.abs().max().item() + terms)}
            torch.testing.assert_close(gradients[name], gradient, msg=lambda text, name=name: f"{name}: {text}", **close)


def noise(*shape, seed=0):
    return 0.3 + 1.5 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))
