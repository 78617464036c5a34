"""What training moves is held within its bounds, τ ≥ 0.1, 0 ≤ α ≤ 1-2⁻²⁴ and a threshold ≥ 0.01: in force and in the parameter,
with a gradient that at a bound leads only back inside."""

import copy
import io
import itertools
import math
import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.func import functional_call

from snncore.activation import SingleSpike
from snncore.errors import NonFiniteError, ParameterError
from snncore.layers import ALIF, IAF, LIF, ExpLeak, LIFRecurrent, LIFSqueeze
from snncore.layers.bounds import LOWEST_LEARNED_THRESHOLD, MAX_ALPHA, MIN_TAU, held_within
from snncore.layers.model import reset_states
from snncore.run.bptt import epochs
from tests.snncore.models import rec_connect


def put(parameter: torch.Tensor, value: float) -> None:
    parameter.data.fill_(value)


def test_value_is_clamped_to_its_bounds():
    assert held_within(torch.tensor([-1.0, 0.0, 0.5, 2.0, 3.0]), 0.0, 2.0).tolist() == [0.0, 0.0, 0.5, 2.0, 2.0]


def test_gradient_at_a_bound_passes_only_inward():
    x = torch.tensor([-1.0, -1.0, 0.0, 0.0, 0.5, 0.5, 2.0, 2.0, 3.0, 3.0], requires_grad=True)
    push = torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    (push * held_within(x, 0.0, 2.0)).sum().backward()
    assert x.grad.tolist() == [0.0, -1.0, 0.0, -1.0, 1.0, -1.0, 1.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize("value", [-5.0, 0.0, 0.0999])
@pytest.mark.parametrize("which", ["mem", "syn"])
def test_tau_is_held_at_a_tenth_of_a_step(which, value):
    layer = LIF(10.0, tau_syn=10.0)
    put(getattr(layer, f"tau_{which}"), value)
    assert getattr(layer, f"tau_{which}_calculated").item() == pytest.approx(MIN_TAU)
    assert getattr(layer, f"alpha_{which}_calculated").item() == pytest.approx(math.exp(-10), rel=1e-5)
    assert layer(torch.ones(1, 4, 2)).isfinite().all()


@pytest.mark.parametrize(("value", "held"), [(-0.5, 0.0), (0.0, 0.0), (0.5, 0.5), (1.0, 1 - 2**-24), (1.5, 1 - 2**-24)])
@pytest.mark.parametrize("which", ["mem", "syn"])
def test_alpha_is_held_between_zero_and_the_last_number_below_one(which, value, held):
    layer = LIF(10.0, tau_syn=10.0, train_alphas=True)
    put(getattr(layer, f"alpha_{which}"), value)
    assert getattr(layer, f"alpha_{which}_calculated").item() == held


def test_input_never_vanishes_however_long_tau_is_trained():
    layer = LIF(10.0, record_states=True)
    put(layer.tau_mem, 1e12)
    layer(torch.ones(1, 3, 1))
    assert layer.alpha_mem_calculated.item() == MAX_ALPHA
    assert layer.recordings["u"][0, 0, 0].item() == 2**-24


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_tau_below_its_bound_is_pulled_inward_only(sign):
    layer = LIF(10.0)
    put(layer.tau_mem, -1.0)
    (sign * layer.alpha_mem_calculated).backward()
    slope = math.exp(-1 / MIN_TAU) / MIN_TAU**2
    assert layer.tau_mem.grad.item() == pytest.approx(0.0 if sign > 0 else -slope, rel=1e-4)


@pytest.mark.parametrize(
    ("value", "sign", "gradient"), [(-0.1, 1, 0), (-0.1, -1, -1), (1.1, 1, 1), (1.1, -1, 0), (0.5, 1, 1), (0.5, -1, -1)]
)
def test_alpha_beyond_its_bound_is_pulled_inward_only(value, sign, gradient):
    layer = LIF(10.0, train_alphas=True)
    put(layer.alpha_mem, value)
    (sign * layer.alpha_mem_calculated).backward()
    assert layer.alpha_mem.grad.item() == gradient


def test_training_that_pushes_tau_down_ends_at_the_bound_and_can_return():
    layer = LIF(0.5)
    optimiser = torch.optim.SGD(layer.parameters(), lr=1.0)
    for sign in [1.0] * 20 + [-1.0] * 200:
        optimiser.zero_grad()
        (sign * layer.alpha_mem_calculated).backward()
        optimiser.step()
        assert layer.tau_mem_calculated.item() >= MIN_TAU
        if sign > 0:
            lowest = layer.tau_mem.item()
    assert lowest <= MIN_TAU
    assert layer.tau_mem.item() > MIN_TAU


@pytest.mark.parametrize("tau", [0.0, -1.0, 0.09, math.nan, torch.tensor([5.0, 0.0])], ids=str)
@pytest.mark.parametrize("train_alphas", [False, True])
def test_tau_below_its_bound_is_refused(tau, train_alphas):
    with pytest.raises(ParameterError, match=r"LIF: tau_mem is .* at least 0\.1"):
        LIF(tau, train_alphas=train_alphas)
    with pytest.raises(ParameterError, match=r"LIF: tau_syn is .* at least 0\.1"):
        LIF(10.0, tau_syn=tau, train_alphas=train_alphas)
    with pytest.raises(ParameterError, match=r"IAF: tau_syn is .* at least 0\.1"):
        IAF(tau_syn=tau)


@pytest.mark.parametrize("tau", [1e8, math.inf])
def test_tau_so_long_that_the_input_would_vanish_is_refused_with_input_normalisation(tau):
    with pytest.raises(ParameterError, match=r"tau_mem is .* vanish.* IAF"):
        LIF(tau)
    assert LIF(tau, norm_input=False)(torch.ones(1, 3, 1)).flatten().tolist() == [1.0, 1.0, 1.0]


def test_tau_at_its_bound_is_accepted():
    assert LIF(0.1, tau_syn=0.1).tau_mem_calculated.item() == pytest.approx(0.1)


@pytest.mark.parametrize("threshold", [0.0, -1.0, math.nan, math.inf, torch.tensor([1.0, 0.0])], ids=str)
@pytest.mark.parametrize("build", [lambda **settings: LIF(10.0, **settings), IAF], ids=["LIF", "IAF"])
def test_threshold_that_is_not_finite_and_positive_is_refused(build, threshold):
    with pytest.raises(ParameterError, match=r"spike_threshold is .* above 0"):
        build(spike_threshold=threshold)


@pytest.mark.parametrize("bound", [math.nan, math.inf])
def test_membrane_bound_that_is_no_bound_is_refused(bound):
    with pytest.raises(ParameterError, match="min_v_mem is"):
        LIF(10.0, min_v_mem=bound)


def test_something_that_cannot_spike_is_refused():
    with pytest.raises(ParameterError, match=r"spike_fn is .* apply"):
        LIF(10.0, spike_fn=None)


# ------------------------------------------------------------------------------------------- held in the parameter

OPTIMISERS = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    "SGD with momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
    "Adam": lambda parameters: torch.optim.Adam(parameters, lr=0.1),
    "RMSprop": lambda parameters: torch.optim.RMSprop(parameters, lr=0.01),
    "RMSprop with momentum": lambda parameters: torch.optim.RMSprop(parameters, lr=0.01, momentum=0.9),
}
HELD = {
    "tau_mem": (lambda: LIF(0.5), MIN_TAU),
    "tau_syn": (lambda: LIFRecurrent(2.0, tau_syn=0.5, rec_connect=rec_connect()), MIN_TAU),
    "tau_adapt": (lambda: ALIF(2.0, 0.5), MIN_TAU),
    "alpha_mem": (lambda: ExpLeak(0.5, train_alphas=True), 0.0),
    "spike_threshold": (lambda: LIFSqueeze(2.0, spike_threshold=0.2, batch_size=2), LOWEST_LEARNED_THRESHOLD),
    "b0": (lambda: ALIF(2.0, 20.0, spike_threshold=0.2), LOWEST_LEARNED_THRESHOLD),
}
"""By parameter: a layer, and the lower bound."""


def in_force(layer: LIF, name: str) -> torch.Tensor:
    """The parameter as the layer computes with it."""
    if name in ("spike_threshold", "b0"):
        return layer.step_parameters(torch.zeros(1, 1, 3)).spike_threshold
    kind, which = name.split("_")
    return getattr(layer, f"{kind}_{which}_calculated")


@pytest.mark.slow
@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("name", HELD)
def test_parameter_driven_past_its_bound_stays_at_it_and_is_back_inside_soon_after_its_gradient_turns(name, optimiser):
    make, bound = HELD[name]
    layer = make()
    parameter = layer.get_parameter(name).requires_grad_()
    step = OPTIMISERS[optimiser](layer.parameters())
    z = torch.ones(2, 3, 3).flatten(0, 1) if isinstance(layer, LIFSqueeze) else torch.ones(2, 3, 3)
    values = []
    for direction in [1.0] * 100 + [-1.0] * 10:
        step.zero_grad()
        reset_states(layer)
        loss = 0 * layer(z).sum() + direction * in_force(layer, name)
        loss.backward()
        step.step()
        values.append(parameter.item())
    lowest = torch.tensor(bound).item()
    assert min(values) == values[99] == lowest
    assert values[-1] > lowest
    assert in_force(layer, name).item() == values[-1]


class Turning:
    """Few spikes are wanted for some epochs, then many."""

    def __init__(self, epochs: int) -> None:
        self.remaining = epochs

    def loss(self, output: torch.Tensor) -> torch.Tensor:
        self.remaining -= 1
        return 1e4 + (output.sum() if self.remaining < 0 else -output.sum())


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_training_holds_what_it_drives_past_a_bound_and_brings_it_back(optimiser):
    model = nn.Sequential(LIF(2.0, spike_threshold=0.2))
    threshold = model[0].spike_threshold.requires_grad_()
    step = OPTIMISERS[optimiser]([threshold])
    data = torch.rand(2, 20, 3, generator=torch.Generator().manual_seed(0))
    values = [record.constants["0.spike_threshold"] for record in itertools.islice(epochs(model, data, Turning(60), step), 70)]
    lowest = torch.tensor(LOWEST_LEARNED_THRESHOLD).item()
    assert min(values) == values[60] == lowest
    assert threshold.item() > lowest


def test_parameters_of_each_neuron_are_held_alone():
    layer = LIF(torch.tensor([0.2, 5.0, 9.0]))
    optimiser = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(torch.ones(1, 2, 3))
    layer.tau_mem.grad = torch.tensor([1.0, 1.0, -1e9])
    optimiser.step()
    assert layer.tau_mem.tolist() == [torch.tensor(MIN_TAU).item(), 4.0, 2.0**24]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_update_without_an_optimiser_is_held_by_the_next_call(dtype):
    layer = ALIF(torch.tensor([5.0, 5.0, 5.0]), 9.0).to(dtype)
    layer.b0.requires_grad_()
    put(layer.tau_mem, -3.0)
    put(layer.tau_adapt, -3.0)
    put(layer.b0, -3.0)
    layer(torch.ones(1, 2, 3, dtype=dtype))
    bound, threshold = torch.tensor([MIN_TAU, LOWEST_LEARNED_THRESHOLD], dtype=dtype).tolist()
    assert (layer.tau_mem.tolist(), layer.tau_adapt.item(), layer.b0.item()) == ([bound] * 3, bound, threshold)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("tau", [MIN_TAU, torch.full((3,), MIN_TAU)], ids=["one", "per neuron"])
def test_calls_write_nothing_into_parameters_at_their_bounds_so_that_graphs_stay_valid(tau, dtype):
    layer = LIF(tau, tau_syn=tau, spike_threshold=LOWEST_LEARNED_THRESHOLD).to(dtype)
    layer.spike_threshold.requires_grad_()
    layer(torch.ones(2, 3, 3, dtype=dtype))
    versions = [parameter._version for parameter in layer.parameters()]
    outputs = [layer(torch.ones(2, 3, 3, dtype=dtype)).sum() for _ in range(3)]
    assert [parameter._version for parameter in layer.parameters()] == versions
    sum(outputs).backward()


@pytest.mark.parametrize("carry", ["deepcopy", "pickle", "cast", "assigned"])
def test_copy_of_a_layer_is_held_like_the_layer(carry):
    layer = LIF(0.3)
    layer(torch.ones(1, 2, 3))
    if carry == "pickle":
        file = io.BytesIO()
        torch.save(layer, file)
        file.seek(0)
        layer = torch.load(file, weights_only=False)
    elif carry == "assigned":
        layer.load_state_dict({name: value.clone() for name, value in layer.state_dict().items()}, assign=True)
    else:
        layer = copy.deepcopy(layer) if carry == "deepcopy" else layer.double()
    optimiser = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer.reset_states()
    layer(torch.ones(1, 2, 3, dtype=layer.tau_mem.dtype))
    layer.tau_mem.grad = torch.ones_like(layer.tau_mem)
    optimiser.step()
    assert layer.tau_mem.item() == pytest.approx(MIN_TAU)


def test_loaded_parameters_are_held_by_the_next_call():
    layer = LIF(5.0)
    layer.load_state_dict({"tau_mem": torch.tensor(-0.5), "spike_threshold": torch.tensor(1.0)})
    layer(torch.ones(1, 2, 3))
    assert layer.tau_mem.item() == pytest.approx(MIN_TAU)


def test_parameters_of_a_functional_call_are_held_in_force_and_left_as_they_are():
    layer, tau = LIF(5.0, norm_input=False, record_states=True), torch.tensor(-1.0, requires_grad=True)
    functional_call(layer, {"tau_mem": tau}, (0.25 * torch.ones(1, 2, 1),))
    assert layer.recordings["u"].flatten().tolist() == pytest.approx([0.25, 0.25 + 0.25 * math.exp(-10)])
    assert tau.item() == -1.0
    assert layer.tau_mem.item() == 5.0


def test_threshold_that_no_longer_learns_may_be_lower():
    layer = LIF(5.0)
    layer.spike_threshold.requires_grad_()
    optimiser = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(torch.ones(1, 2, 3))
    layer.spike_threshold.requires_grad_(False)
    put(layer.spike_threshold, 0.001)
    layer.reset_states()
    layer(torch.ones(1, 2, 3)).sum().backward()
    optimiser.step()
    assert layer.spike_threshold.item() == pytest.approx(0.001)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["tau_mem", "tau_syn"])
def test_parameter_that_is_not_finite_is_named_by_the_next_call(name, value):
    layer = LIF(torch.tensor([5.0, 5.0]), tau_syn=torch.tensor([5.0, 5.0]), train_alphas=False)
    optimiser = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(torch.ones(1, 2, 2))
    layer.get_parameter(name).grad = torch.tensor([0.0, -value])
    optimiser.step()
    layer.reset_states()
    if name == "tau_syn" and value > 0:
        assert layer(torch.ones(1, 2, 2)).isfinite().all()  # a current that never fades
        return
    with pytest.raises(NonFiniteError, match=rf"LIF: {name} holds {value}; it must be finite numbers"):
        layer(torch.ones(1, 2, 2))


@pytest.mark.parametrize("learns", [False, True])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: LIF(5.0), "spike_threshold"),
        (lambda: IAF(), "spike_threshold"),
        (lambda: LIF(5.0, spike_threshold=torch.ones(3)), "spike_threshold"),
        (lambda: ALIF(5.0, 5.0), "b0"),
        (lambda: ALIF(5.0, 5.0), "adapt_scale"),
        (lambda: LIF(5.0, min_v_mem=-1.0), "min_v_mem"),
    ],
)
def test_infinite_parameter_is_named_where_no_finite_number_would_be_beyond_its_bound(make, name, learns):
    layer = make()
    put(layer.get_parameter(name).requires_grad_(learns), math.inf)
    with pytest.raises(NonFiniteError, match=rf"{type(layer).__name__}: {name} holds inf; it must be finite numbers"):
        layer(torch.ones(1, 2, 3))


def test_infinities_that_constructors_take_are_taken_by_calls():
    layer = LIF(math.inf, tau_syn=math.inf, min_v_mem=-math.inf, norm_input=False)
    assert layer(torch.ones(1, 2, 3)).isfinite().all()


@pytest.mark.parametrize("bounds", [None, (-1.0, 1.0), "wide"])
def test_optimisers_leave_parameters_of_others_alone_whatever_attributes_they_have(bounds):
    foreign = nn.Parameter(torch.tensor(5.0))
    foreign.bounds = bounds
    foreign.grad = torch.tensor(1.0)
    torch.optim.SGD([foreign], lr=1.0).step()
    assert foreign.item() == 4.0


@pytest.mark.slow
def test_reloading_leaves_one_hook_on_optimisers():
    program = (
        "import importlib, snncore.layers.bounds as bounds\n"
        "from torch.optim.optimizer import _global_optimizer_post_hooks as hooks\n"
        "importlib.reload(bounds)\n"
        "print(len(hooks))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "1\n"


@pytest.mark.parametrize("name", ["spike_threshold", "min_v_mem"])
def test_parameter_without_a_number_is_noticed_though_every_potential_is_finite(name):
    layer = LIF(5.0, spike_fn=SingleSpike, min_v_mem=-1.0)
    put(layer.get_parameter(name), math.nan)
    with pytest.raises(NonFiniteError, match=f"LIF: {name} holds nan"):
        layer(torch.ones(1, 2, 3))


@pytest.mark.parametrize("per_neuron", [False, True], ids=["one", "per neuron"])
@pytest.mark.parametrize("value", [0.0, -0.5])
@pytest.mark.parametrize("set_by", ["fill", "data", "load_state_dict"])
@pytest.mark.parametrize("model", [LIF, IAF, ALIF, LIFRecurrent, LIFSqueeze], ids=lambda model: model.__name__)
def test_fixed_threshold_that_was_set_to_zero_or_below_is_named_by_the_next_call(model, set_by, value, per_neuron):
    needed = {LIF: (5.0,), IAF: (), ALIF: (5.0, 5.0), LIFRecurrent: (5.0,), LIFSqueeze: (5.0,)}[model]
    more = {LIFRecurrent: {"rec_connect": rec_connect()}, LIFSqueeze: {"batch_size": 1}}.get(model, {})
    layer = model(*needed, spike_threshold=torch.ones(3) if per_neuron else 1.0, **more)
    name, z = "b0" if model is ALIF else "spike_threshold", torch.ones((2, 3) if model is LIFSqueeze else (1, 2, 3))
    layer(z)
    before = layer.v_mem.clone()
    wrong = torch.tensor([1.0, value, 2.0]) if per_neuron else torch.tensor(value)
    if set_by == "fill":
        layer.get_parameter(name).copy_(wrong)
    elif set_by == "data":
        layer.get_parameter(name).data = wrong
    else:
        layer.load_state_dict({**layer.state_dict(), name: wrong})
    given = f"between {value:g} and 2" if per_neuron else f"{value:g}"
    with pytest.raises(ParameterError) as caught:
        layer(z)
    assert str(caught.value) == f"{model.__name__}: {name} is {given}; it must be a finite number above 0."
    assert torch.equal(layer.get_parameter(name), wrong), "left as it was set"
    assert torch.equal(layer.v_mem, before)
    layer.get_parameter(name).fill_(0.5)
    assert layer(z).isfinite().all()
