"""What the browser is told of a layer of neurons: the float32 numbers that the layer computes with, or why it can't be shown."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from app.figures.neuron import neuron_data
from app.words.layer_parameters import LAYER_PARAMETERS
from snncore.activation import MaxSpike, MembraneReset, MembraneSubtract
from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS, ALIFSpec, ExpLeakSpec, IAFSpec, LIFSpec, NeuronSpec
from snncore.layers.membrane import Membrane

LAYERS = {
    "LIF": LIFSpec(tau_mem=12.34, tau_syn=3.21, spike_threshold=0.7, min_v_mem=-0.3, spike_fn=MaxSpike(3), reset_fn=MembraneReset(0.1)),
    "IAF": IAFSpec(spike_threshold=0.7, tau_syn=3.21, reset_fn=MembraneSubtract(0.9)),
    "ExpLeak": ExpLeakSpec(tau_mem=0.1),
    "ALIF": ALIFSpec(tau_mem=12.34, tau_adapt=123.4, adapt_scale=0.3, train_alphas=True),
}


def built(layer: NeuronSpec) -> Membrane:
    made = layer.build(torch.Generator(), torch.Generator())
    assert isinstance(made, Membrane)
    return made


def alpha_of(data: dict[str, Any], tau: float) -> float:
    decays: dict[str, list[float]] = data["decays"]
    return decays["alphas"][decays["taus"].index(float(np.float32(tau)))]


@pytest.mark.parametrize("kind", LAYERS)
def test_every_number_is_the_float32_that_the_layer_holds(kind: str) -> None:
    layer = LAYERS[kind]
    data, made = neuron_data(layer), built(layer)
    assert data["kind"] == kind
    for name in ("tau_mem", "tau_syn", "tau_adapt", "spike_threshold", "adapt_scale", "min_v_mem"):
        given = getattr(layer, name, None)
        assert data[name] == (None if given is None else torch.tensor(given).item())
    assert data["norm_input"] == made.norm_input
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize("kind", LAYERS)
def test_the_decays_of_a_layer_are_those_in_force(kind: str) -> None:
    layer = LAYERS[kind]
    data, made = neuron_data(layer), built(layer)
    for which in ("mem", "syn", "adapt"):
        if (tau := getattr(layer, f"tau_{which}", None)) is not None:
            assert alpha_of(data, tau) == getattr(made, f"alpha_{which}_calculated").item()


@pytest.mark.parametrize("which", ["mem", "syn", "adapt"])
def test_the_decays_of_every_slider_value_are_those_of_a_layer_that_has_it(which: str) -> None:
    slider = LAYER_PARAMETERS[f"tau_{which}"]
    assert slider.low is not None
    assert slider.high is not None
    assert slider.step is not None
    data = neuron_data(LAYERS["ExpLeak"])
    for tau in np.arange(slider.low, slider.high + slider.step / 2, slider.step).tolist():
        layer = built(ALIFSpec(**{"tau_mem": 5.0, "tau_adapt": 5.0, f"tau_{which}": tau}))
        assert alpha_of(data, tau) == getattr(layer, f"alpha_{which}_calculated").item()


def test_spike_function_and_reset_are_told_by_name_with_their_numbers() -> None:
    lif, iaf, leak, alif = (neuron_data(layer) for layer in LAYERS.values())
    assert lif["spike_fn"] == {"kind": "MaxSpike", "max_num_spikes_per_bin": 3}
    assert lif["reset_fn"] == {"kind": "MembraneReset", "reset_value": float(np.float32(0.1))}
    assert iaf["reset_fn"] == {"kind": "MembraneSubtract", "subtract_value": float(np.float32(0.9))}
    assert alif["spike_fn"] == {"kind": "SingleSpike"}
    assert alif["reset_fn"] == {"kind": "MembraneSubtract", "subtract_value": None}
    assert leak["spike_fn"] is leak["reset_fn"] is None


@pytest.mark.parametrize("kind", ["LIFRecurrent", "IAFRecurrent", "ALIFRecurrent"])
def test_a_recurrent_layer_is_refused_with_the_model_to_choose_instead(kind: str) -> None:
    spec = NEURON_SPECS[kind]
    needed = {"tau_mem": 5.0, "tau_adapt": 5.0, "rec_connect": {"kind": "Linear", "in_features": 2, "out_features": 2}}
    layer = spec(**{name: value for name, value in needed.items() if name in spec.model_fields})
    with pytest.raises(ExperimentError, match=f"^{kind}: .* none can be shown alone; choose {kind.removesuffix('Recurrent')}\\.$"):
        neuron_data(layer)


def test_a_value_for_each_neuron_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"^LIF: tau_mem has a value for each neuron, but one neuron is shown; give one number"):
        neuron_data(LIFSpec(tau_mem=[5.0, 6.0]))
