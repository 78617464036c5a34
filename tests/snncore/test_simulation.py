"""A simulation is the built network run on its input and nothing else: outputs, records, runs in a row, shuffled input, refusals; and
networks of a training's epochs, run again.
"""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS, NeuronSpec
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.io.recordings import content_hash
from snncore.layers import StatefulLayer
from snncore.run.bptt import train
from snncore.run.simulation import Simulation, simulate
from tests.snncore.models import RECURRENT

Layer = dict[str, Any]

LIF = {"kind": "LIF", "tau_mem": 8.0, "spike_threshold": 0.2}
CONVOLUTION = {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": 1}


def linear(inputs: int, outputs: int) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


def neurons(kind: str, count: int = 4) -> Layer:
    """A layer of a kind that spikes on weak input."""
    taken = NEURON_SPECS[kind].model_fields
    usual = {"tau_mem": 8.0, "tau_syn": 3.0, "tau_adapt": 20.0, "spike_threshold": 0.2, "rec_connect": linear(count, count)}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in taken}}


def experiment(*layers: Layer, shape: tuple[int, ...] = (2, 30, 4), **more: Any) -> Experiment:
    return Experiment(network=layers, **{"input": {"shape": shape, "probability": 0.5}, "seeds": {"noise": 3}, **more})


IMAGE = (3, 12, 2, 6, 4)
NETWORKS: dict[str, Experiment] = {
    "flat": experiment(linear(4, 6), LIF, linear(6, 3), LIF),
    "with dropout": experiment({"kind": "Dropout"}, linear(4, 6), LIF, {"kind": "Dropout", "p": 0.9}, linear(6, 3)),
    **{kind: experiment(linear(4, 4), neurons(kind), linear(4, 3)) for kind in NEURON_SPECS},
    **{f"{kind}, folded": experiment(CONVOLUTION, neurons(kind), {"kind": "Flatten"}, linear(72, 5), shape=IMAGE) for kind in NEURON_SPECS},
    "convolution": experiment(CONVOLUTION, LIF, {"kind": "AvgPool2d", "kernel_size": 2}, {"kind": "Flatten"}, linear(18, 5), shape=IMAGE),
}
networks = pytest.mark.parametrize("made", NETWORKS.values(), ids=NETWORKS)


def built(made: Experiment) -> nn.Sequential:
    return made.build().eval()


def from_file(made: Experiment, data: np.ndarray[Any, Any]) -> tuple[Experiment, dict[str, Any]]:
    """The experiment with other data as its input, and the files in which it finds them."""
    digest = content_hash(data)
    source = {"kind": "file", "name": "given", "digest": digest, "shape": data.shape}
    return Experiment(**{**dict(made), "input": source}), {digest: data}


# ------------------------------------------------------------------------------------------------------------ one run


@networks
def test_output_is_that_of_the_built_network_on_its_input(made):
    (simulation,) = simulate(made)
    assert np.array_equal(simulation.input, made.make_input().numpy())
    assert np.array_equal(simulation.outputs[-1], built(made)(made.make_input()).detach().numpy())
    assert simulation.outputs[-1].any()


@networks
def test_output_of_each_layer_is_that_of_the_network_cut_after_it(made):
    (simulation,) = simulate(made)
    for last in range(len(made.network)):
        cut = Experiment(**{**dict(made), "network": made.network[: last + 1]})
        assert np.array_equal(simulation.outputs[last], simulate(cut)[0].outputs[-1]), last


@networks
def test_a_layer_receives_what_the_one_before_put_out(made):
    (simulation,) = simulate(made)
    assert simulation.received(0) is simulation.input
    for layer in range(1, len(made.network)):
        assert np.array_equal(simulation.received(layer), simulation.outputs[layer - 1])
    for number, (fit, output) in enumerate(zip(made.fits(), simulation.outputs, strict=True)):
        assert output.shape == (*made.input.shape[:2], *fit.shape), number


@networks
def test_records_hold_what_the_layers_record_themselves(made):
    (simulation,) = simulate(made)
    model = built(made)
    layers = {int(name): layer for name, layer in model.named_children() if isinstance(layer, StatefulLayer)}
    thresholds = {number: getattr(layer, "spike_threshold", torch.tensor(torch.inf)).clone() for number, layer in layers.items()}
    for layer in layers.values():
        layer.record_states = True
    model(made.make_input())
    assert simulation.records.keys() == layers.keys() != set()
    for number, layer in layers.items():
        record, seen = simulation.records[number], {name: value.detach().numpy() for name, value in layer.recordings.items()}
        assert record.name == str(number)
        assert np.array_equal(record.u, seen["u"])
        assert np.array_equal(record.v, seen["v_mem"])
        assert np.array_equal(record.spikes, simulation.outputs[number])
        assert record.u.shape == record.v.shape == record.spikes.shape
        assert (record.i_syn is None) == ("i_syn" not in seen)
        if record.i_syn is not None:
            assert np.array_equal(record.i_syn, seen["i_syn"])
        assert np.array_equal(record.threshold, seen.get("spike_threshold", thresholds[number].detach().numpy()))
        assert record.largest_u_over_threshold == (record.u / record.threshold).max()


@networks
def test_weights_are_those_of_the_built_network(made):
    (simulation,) = simulate(made)
    parameters = {name: value for name, value in built(made).named_parameters() if name.endswith(("weight", "bias"))}
    assert simulation.weights.keys() == parameters.keys()
    for name, value in parameters.items():
        assert np.array_equal(simulation.weights[name], value.detach().numpy())


def test_dropout_does_not_act():
    dropping = experiment(linear(4, 6), {"kind": "Dropout", "p": 0.9}, LIF)
    plain = experiment(linear(4, 6), LIF)
    (simulation,) = simulate(dropping)
    assert np.array_equal(simulation.outputs[1], simulation.outputs[0])
    assert np.array_equal(simulation.outputs[-1], simulate(plain)[0].outputs[-1])


@pytest.mark.parametrize("shuffled", [False, True])
def test_global_random_numbers_are_untouched_and_unheeded(shuffled):
    made = NETWORKS["with dropout"]
    torch.manual_seed(1)
    state = torch.get_rng_state()
    (first,) = simulate(made, shuffled=shuffled)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    (second,) = simulate(made, shuffled=shuffled)
    assert np.array_equal(first.input, second.input)
    assert np.array_equal(first.outputs[-1], second.outputs[-1])


# ------------------------------------------------------------------------------------------------------ folded networks


def alone(simulation: Simulation, number: int, sample: int) -> np.ndarray[Any, Any]:
    """What a layer puts out of one sample alone: neurons see all its steps, the others one step after another."""
    spec = simulation.experiment.network[number]
    module = spec.build(torch.Generator(), torch.Generator()).eval()
    parameters = {name.removeprefix(f"{number}."): torch.tensor(value) for name, value in simulation.weights.items()}
    module.load_state_dict({**module.state_dict(), **{name: parameters[name] for name in module.state_dict() if name in parameters}})
    z = torch.tensor(simulation.received(number)[sample : sample + 1])
    with torch.no_grad():
        if isinstance(spec, NeuronSpec):
            return module(z)[0].numpy()
        return torch.cat([module(step) for step in z.unbind(1)]).numpy()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, made in NETWORKS.items() if made.is_folded])
def test_folded_networks_do_to_each_sample_what_they_do_to_it_alone(name):
    (simulation,) = simulate(NETWORKS[name])
    for number in range(len(simulation.outputs)):
        for sample in range(len(simulation.input)):
            output = alone(simulation, number, sample)
            assert simulation.outputs[number][sample].shape == output.shape
            np.testing.assert_allclose(simulation.outputs[number][sample], output, rtol=1e-5, atol=1e-6, err_msg=f"{number}, {sample}")


def test_the_samples_of_a_folded_batch_differ():
    (simulation,) = simulate(NETWORKS["convolution"])
    for output in simulation.outputs:
        assert not np.array_equal(output[0], output[1])


# ------------------------------------------------------------------------------------------------------- runs in a row


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("kind", NEURON_SPECS)
@pytest.mark.parametrize("is_folded", [False, True])
def test_runs_in_a_row_are_one_long_run_of_the_input_repeated(kind, is_folded):
    # Diagonal weights in quarters make no rounding, which might differ with the length of a run.
    weights = {"kind": "diagonal", "diagonal": 0.75, "others": -0.25}
    layers = ({**linear(4, 4), "weights": weights}, neurons(kind))
    shape = (2, 15, 1, 1, 4) if is_folded else (2, 15, 4)
    made = experiment(*layers, *([{"kind": "Flatten"}] if is_folded else []), shape=shape)
    assert made.is_folded == is_folded
    data = made.make_input().numpy()
    long, files = from_file(made, np.concatenate([data, data], axis=1))
    runs = simulate(made, runs=2)
    (whole,) = simulate(long, files)
    assert len(runs) == 2
    assert all(np.array_equal(run.input, data) for run in runs)
    for number in range(len(made.network)):
        assert np.array_equal(np.concatenate([run.outputs[number] for run in runs], axis=1), whole.outputs[number])
    for quantity in ("u", "v", "i_syn"):
        pieces = [getattr(run.records[1], quantity) for run in runs]
        assert np.array_equal(np.concatenate(pieces, axis=1), getattr(whole.records[1], quantity)), quantity
    if whole.records[1].threshold.ndim:
        assert np.array_equal(np.concatenate([run.records[1].threshold for run in runs], axis=1), whole.records[1].threshold)
    assert not np.array_equal(runs[0].records[1].u, runs[1].records[1].u)


def test_each_simulation_starts_at_rest():
    made = NETWORKS["ALIFRecurrent"]
    first, again = simulate(made)[0], simulate(made)[0]
    assert np.array_equal(first.records[1].u, again.records[1].u)
    assert np.array_equal(first.records[1].u, simulate(made, runs=3)[0].records[1].u)


# ------------------------------------------------------------------------------------------------------- shuffled input


@pytest.mark.parametrize("name", ["flat", "convolution"])
def test_shuffled_input_keeps_the_values_of_every_neuron(name):
    made = NETWORKS[name]
    (plain,), (shuffled,) = simulate(made), simulate(made, shuffled=True)
    assert np.array_equal(np.sort(plain.input, axis=1), np.sort(shuffled.input, axis=1))
    assert not np.array_equal(plain.input, shuffled.input)
    assert (plain.input != shuffled.input).any(axis=1).mean() > 0.9


def test_shuffled_neurons_have_each_an_order_of_their_own():
    ramp = experiment(LIF, input={"kind": "ramp_current", "shape": (2, 30, 4), "last": 1.0})
    (simulation,) = simulate(ramp, shuffled=True)
    orders = simulation.input.transpose(0, 2, 1).reshape(8, 30)
    assert len({tuple(order) for order in orders}) == 8


def test_shuffling_is_that_of_the_noise_seed_alone():
    ramp = experiment(linear(4, 4), LIF, input={"kind": "ramp_current", "shape": (2, 30, 4), "last": 1.0})
    first = simulate(ramp, shuffled=True)[0].input

    def shuffled_with(**seeds: int) -> np.ndarray[Any, Any]:
        changed = ramp.replace({f"seeds.{name}": seed for name, seed in seeds.items()})
        return simulate(changed, shuffled=True)[0].input

    assert np.array_equal(shuffled_with(weights=8, input=9), first)
    assert np.array_equal(shuffled_with(noise=3), first)
    assert not np.array_equal(shuffled_with(noise=4), first)


def test_the_network_is_fed_what_the_simulation_calls_its_input():
    made = NETWORKS["flat"]
    (shuffled,) = simulate(made, shuffled=True)
    assert np.array_equal(shuffled.outputs[-1], built(made)(torch.tensor(shuffled.input)).detach().numpy())
    assert not np.array_equal(shuffled.outputs[-1], simulate(made)[0].outputs[-1])


# --------------------------------------------------------------------------------------------------- files and refusals


def test_a_file_is_the_input_where_it_is_there():
    data = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 8
    made, files = from_file(experiment(linear(4, 6), LIF), data)
    assert np.array_equal(simulate(made, files)[0].input, data)


def test_a_file_that_is_not_there_is_named():
    made, _ = from_file(experiment(LIF), np.ones((2, 3, 4), dtype=np.float32))
    with pytest.raises(ExperimentError, match="'given'"):
        simulate(made, {"0" * 32: np.ones((2, 3, 4), dtype=np.float32)})
    with pytest.raises(ExperimentError, match="'given', which is not here"):
        simulate(made)


def test_a_file_of_another_shape_is_named_with_both_shapes():
    made, files = from_file(experiment(LIF), np.ones((2, 3, 4), dtype=np.float32))
    with pytest.raises(ExperimentError, match=r"\(2, 3, 4\).*'given' is \(2, 5, 4\)"):
        simulate(made, dict.fromkeys(files, np.ones((2, 5, 4), dtype=np.float32)))


@pytest.mark.parametrize("is_folded", [False, True])
def test_a_potential_that_leaves_the_finite_numbers_names_its_layer(is_folded):
    integrator = {"kind": "IAF", "spike_fn": "SingleSpike"}
    current = {"kind": "step_current", "shape": (1, 5, 1, 1, 4) if is_folded else (1, 5, 4), "amplitude": 2e38}
    one_to_one = {**linear(4, 4), "weights": {"kind": "diagonal"}}
    reset = {"kind": "LIF", "tau_mem": 5.0}
    between = {"kind": "Flatten"} if is_folded else {"kind": "Dropout"}
    with pytest.raises(ExperimentError, match=r"^IAF 3: the membrane potential .* left the range of float32"):
        simulate(experiment(between, one_to_one, integrator, reset, input=current))
    # LIF normalises its input, so it stays finite; the last layer is the one that fails.
    with pytest.raises(ExperimentError, match=r"^IAF 4: "):
        simulate(experiment(between, one_to_one, {"kind": "ExpLeak", "tau_mem": 5.0, "norm_input": True}, integrator, input=current))


def test_a_number_of_spikes_that_leaves_the_finite_numbers_names_its_layer():
    current = {"kind": "step_current", "shape": (1, 5, 4), "amplitude": 1e30}
    with pytest.raises(ExperimentError, match=r"^IAF 2: .*number of spikes left the range"):
        simulate(experiment({"kind": "Dropout"}, {"kind": "IAF", "spike_threshold": 1e-20}, input=current))


# --------------------------------------------------------------------------------------------------------- does_spike


@pytest.mark.parametrize("kind", NEURON_SPECS)
@pytest.mark.parametrize("amplitude", [0.0, 1.0])
def test_only_layers_that_can_spike_are_said_to_whether_they_do_or_not(kind, amplitude):
    made = experiment(neurons(kind), input={"kind": "step_current", "shape": (1, 20, 4), "amplitude": amplitude})
    if NEURON_SPECS[kind].model in RECURRENT:
        made = made.replace({"network.0.rec_connect.weights": {"kind": "constant", "value": 0.0}})
    record = simulate(made)[0].records[0]
    assert record.does_spike == made.network[0].does_spike == (kind != "ExpLeak")
    if record.does_spike:
        assert record.spikes.any() == (amplitude > 0)
        assert (record.largest_u_over_threshold >= 1) == (amplitude > 0)
    else:
        assert np.isinf(record.threshold).all()
        assert record.largest_u_over_threshold == 0


# ------------------------------------------------------------------------------------------------- other parameters


def test_the_network_of_an_epoch_is_run_again_from_its_parameters() -> None:
    made = ten_spikes().replace({"network.1.spike_threshold": 0.1, "network.3.spike_threshold": 0.1, "training.epochs": 6})
    made = made.changed(3, {"network.3.surrogate_grad_fn": "ATan"})
    for record in train(made):
        [again] = simulate(made.in_force(record.epoch), parameters=record.parameters)
        assert record.spikes > 0
        for found, expected in zip(again.records.values(), record.layers, strict=True):
            np.testing.assert_array_equal(found.spikes, expected.spikes)
            np.testing.assert_array_equal(found.u, expected.u)


def test_the_network_of_an_epoch_is_run_again_with_another_switch() -> None:
    *_, record = train(ten_spikes().replace({"training.epochs": 3}))
    unscaled = ten_spikes().replace({"network.1.norm_input": False})
    [found] = simulate(unscaled, parameters=record.parameters)
    model = unscaled.build()
    model.load_state_dict({name: torch.tensor(value) for name, value in record.parameters.items()})
    np.testing.assert_array_equal(found.outputs[-1], model(unscaled.make_input()).detach().numpy())
    assert found.outputs[1].sum() > record.layers[0].spikes.sum()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"0.bias": None}, "the bias of Linear 1 is missing"),
        ({"0.bias": np.zeros(3)}, "the bias of Linear 1 has the shape (3,), but the network takes (64,)"),
        ({"9.bias": np.zeros(3)}, "the network has no '9.bias'"),
    ],
)
def test_parameters_of_another_network_are_refused(changed: dict[str, Any], problem: str) -> None:
    own = {name: value.detach().numpy() for name, value in ten_spikes().build().named_parameters()}
    given = {name: value for name, value in {**own, **changed}.items() if value is not None}
    with pytest.raises(ExperimentError) as caught:
        simulate(ten_spikes(), parameters=given)
    assert str(caught.value) == f"The parameters are not those of the network: {problem}."
