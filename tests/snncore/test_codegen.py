"""Code of a layer is a program: what it makes is the layer that the spec builds."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore.activation import MaxSpike, MembraneReset, MultiSpike, SingleSpike
from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS, ALIFSpec, ExpLeakSpec, IAFSpec, LIFSpec, NeuronSpec
from snncore.io.code import layer_code
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT

NEURONS = 3


def result_of(code: str, z: torch.Tensor) -> dict[str, Any]:
    """What the program leaves behind, run on `z`."""
    names: dict[str, Any] = {"z": z}
    exec(code, names)
    return names


def specs(models: Any = MODELS) -> st.SearchStrategy[NeuronSpec]:
    return neuron_layers(models, NEURONS).map(lambda layer: NEURON_SPECS[layer["kind"]](**layer))


@given(specs(), st.integers(0, 2**32))
def test_the_program_makes_the_layer_that_the_spec_builds(spec, seed):
    z = 3 * torch.rand((2, 20, NEURONS), generator=torch.Generator().manual_seed(seed)) - 0.5
    built = spec.build(torch.Generator(), torch.Generator())
    found = result_of(layer_code(spec), z)
    assert type(found["layer"]) is type(built)
    assert str(found["layer"]) == str(built), "the same arguments, the surrogate gradient too"
    assert torch.equal(found["spikes" if spec.does_spike else "u"], built(z))


@given(specs())
def test_the_program_has_a_line_each_for_imports_layer_and_run(spec):
    lines = layer_code(spec).splitlines()
    assert lines[-3:-1] == [f"from snncore.layers import {spec.kind}", lines[-2]]
    assert lines[-2].startswith(f"layer = {spec.kind}(")
    assert all(line == "import torch" or line.startswith("from snncore.activation import ") for line in lines[:-3])
    assert len(lines) <= 5


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (
            LIFSpec(tau_mem=20.0),
            "from snncore.layers import LIF\nlayer = LIF(tau_mem=20.0)\nspikes = layer(z)  # z: float tensor (batch, time, neurons)\n",
        ),
        (
            ExpLeakSpec(tau_mem=5.0, norm_input=True),
            "from snncore.layers import ExpLeak\n"
            "layer = ExpLeak(tau_mem=5.0, norm_input=True)\n"
            "u = layer(z)  # z: float tensor (batch, time, neurons)\n",
        ),
        (
            IAFSpec(spike_fn=MaxSpike(2), reset_fn=MembraneReset(), learns=("spike_threshold",)),
            "from snncore.activation import MaxSpike, MembraneReset\n"
            "from snncore.layers import IAF\n"
            "layer = IAF(spike_fn=MaxSpike(max_num_spikes_per_bin=2), reset_fn=MembraneReset())\n"
            "spikes = layer(z)  # z: float tensor (batch, time, neurons)\n",
        ),
    ],
)
def test_only_what_differs_from_the_defaults_of_the_constructor_is_written(spec, code):
    assert layer_code(spec) == code


def test_each_model_has_its_own_default_of_spikes_per_step():
    assert "SingleSpike" not in layer_code(ALIFSpec(tau_mem=10.0, tau_adapt=50.0, spike_fn=SingleSpike()))
    assert "spike_fn=MultiSpike()" in layer_code(ALIFSpec(tau_mem=10.0, tau_adapt=50.0, spike_fn=MultiSpike()))
    assert "spike_fn=SingleSpike()" in layer_code(LIFSpec(tau_mem=10.0, spike_fn=SingleSpike()))


def test_one_value_for_all_neurons_needs_no_torch():
    z = torch.full((1, 30, 2), 3.0)
    assert "import torch" not in layer_code(LIFSpec(tau_mem=5.0))
    assert result_of(layer_code(LIFSpec(tau_mem=5.0)), z)["spikes"].any()
    assert "tau_mem=torch.tensor([5.0, 9.0])" in layer_code(LIFSpec(tau_mem=(5.0, 9.0)))


@given(specs(RECURRENT))
def test_a_recurrent_layer_is_refused(spec):
    with pytest.raises(ExperimentError, match=f"{spec.kind} has weights, which are not written as code; take the model without"):
        layer_code(spec)
