"""A neuron model from outside is registered whole, or refused in one sentence and not at all."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import snncore
from snncore import FieldWords, RegistrationError, register_neuron, unregister_neuron
from snncore.dynamics import LIFParameters, MembraneParameters, Step, alif_step, exp_leak_step, lif_step
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS
from snncore.experiment.spec import Draft
from snncore.layers import LIF, NEURON_MODELS, StatefulLayer
from snncore.layers.membrane import Membrane

SLOPE = FieldWords("Slope", "How steep it is.", usual=2.0)


def step(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    u = p.alpha_mem * state["v_mem"] + z
    return Step(u, {"u": u}, {**state, "v_mem": u})


def leak(name: str = "Leak", **arguments: Any) -> type[Membrane]:
    """A new leaky layer whose constructor takes `tau_mem` and these arguments: a type each, or a type and a default."""

    class Leak(Membrane):
        def __init__(self, tau_mem: float, shape: tuple[int, ...] | None = None, record_states: bool = False, **more: Any) -> None:
            super().__init__(tau_mem, None, None, False, False, shape, record_states)
            for argument in arguments:
                setattr(self, argument, more[argument])

        def step_parameters(self, z: Tensor) -> MembraneParameters:
            return MembraneParameters(**self._membrane_parameters(z))

    parameters = [
        inspect.Parameter(argument, inspect.Parameter.KEYWORD_ONLY, annotation=given[0], default=given[1])
        if isinstance(given, tuple)
        else inspect.Parameter(argument, inspect.Parameter.KEYWORD_ONLY, annotation=given)
        for argument, given in arguments.items()
    ]
    own = [a for a in inspect.signature(Leak.__init__, eval_str=True).parameters.values() if a.kind is not a.VAR_KEYWORD]
    Leak.__init__.__signature__ = inspect.Signature([*own, *parameters])
    Leak.__name__ = Leak.__qualname__ = name
    return Leak


@pytest.fixture
def registered() -> Iterator[list[str]]:
    """Names of models that are taken back after the test."""
    names: list[str] = []
    yield names
    for name in names:
        unregister_neuron(name)


class Bare(StatefulLayer):
    """Spikes, but has no threshold."""

    def __init__(self, shape: tuple[int, ...] | None = None, record_states: bool = False) -> None:
        super().__init__(("v_mem",), shape, record_states)

    def step_parameters(self, z: Tensor) -> None:
        return None


def bare_step(z: Tensor, state: dict[str, Tensor], p: None) -> Step:
    return Step((z > 1).to(z), {"u": z}, {"v_mem": z})


def without_u(z: Tensor, state: dict[str, Tensor], p: Any) -> Step:
    return Step(z, {}, state)


def forgetful(z: Tensor, state: dict[str, Tensor], p: Any) -> Step:
    return Step(z, {"u": z}, {})


def halving(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z, state, p)._replace(output=z[:, :1])


def drawing(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z + torch.rand_like(z), state, p)


def small_u(z: Tensor, state: dict[str, Tensor], p: Any) -> Step:
    return step(z, state, p)._replace(seen={"u": z[:, :1]})


def small_state(z: Tensor, state: dict[str, Tensor], p: Any) -> Step:
    return step(z, state, p)._replace(state={**state, "v_mem": z[:, :1]})


def in_place(z: Tensor, state: dict[str, Tensor], p: Any) -> Step:
    state["v_mem"].add_(z)
    return Step(z, {"u": z}, state)


def in_the_dict(z: Tensor, state: dict[str, Tensor], p: Any) -> Step:
    state["v_mem"] = z + state["v_mem"]
    return Step(z, {"u": z}, state)


def of_numpy(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z + float(np.random.rand()), state, p)  # noqa: NPY002


def of_python(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z + random.random(), state, p)


def of_its_own(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z + float(np.random.default_rng().random()), state, p)


def in_double(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return Step(z, {"u": z}, {**state, "v_mem": z.double()})


def by_numpy(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(torch.from_numpy(z.numpy() * 2), state, p)


def without_gradient(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z.detach(), state, p)


def of_a_comparison(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z, state, p)._replace(output=(z > 0).to(z))


def squeezing(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    u = (p.alpha_mem * state["v_mem"] + z).squeeze()
    return Step(u, {"u": u}, {**state, "v_mem": u})


def across_samples(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z + 0 * z[1], state, p)


def dividing(z: Tensor, state: dict[str, Tensor], p: MembraneParameters) -> Step:
    return step(z / z, state, p)


class Misspelt(Membrane):
    def __init__(self, tau_mem: Floot, shape: tuple[int, ...] | None = None, record_states: bool = False) -> None:  # type: ignore[name-defined]  # noqa: F821
        super().__init__(tau_mem, None, None, False, False, shape, record_states)


class Forgotten(Membrane):
    def __init__(self, tau_mem: float, rest: int = 2, shape: tuple[int, ...] | None = None, record_states: bool = False) -> None:
        super().__init__(tau_mem, None, None, False, False, shape, record_states)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "the name of a layer": (lambda: register_neuron(step, spikes=False)(leak("Linear")), "layer of the kind 'Linear' already"),
    "the name of a model": (lambda: register_neuron(step, spikes=False)(leak("LIF")), "layer of the kind 'LIF' already"),
    "the name of a recurrent form": (lambda: register_neuron(step, spikes=False)(leak("LIFRecurrent")), "kind 'LIFRecurrent' already"),
    "no layer": (lambda: register_neuron(step, spikes=False)(torch.nn.Conv1d), "Conv1d is no StatefulLayer"),
    "a class of something else": (lambda: register_neuron(step, spikes=False)(dict), "dict is no StatefulLayer"),
    "a step of two": (
        lambda: register_neuron(lambda z, state: None, spikes=False)(leak()),
        r"its step takes \(z, state\), but",
    ),
    "no step": (lambda: register_neuron(None, spikes=False)(leak()), "its step is None; a scan calls"),
    "no words": (lambda: register_neuron(step, spikes=False)(leak(slope=(float, 1.0))), "its field slope has no words"),
    "words of something else": (
        lambda: register_neuron(step, spikes=False, words={"slope": "steepness"})(leak(slope=(float, 1.0))),
        "the words of slope are 'steepness'",
    ),
    "words for nothing": (lambda: register_neuron(step, spikes=False, words={"slop": SLOPE})(leak()), "words for 'slop'"),
    "no first value": (
        lambda: register_neuron(step, spikes=False, words={"slope": FieldWords("Slope", "Steep.")})(leak(slope=float)),
        "its field slope has no default",
    ),
    "None without another value": (
        lambda: register_neuron(step, spikes=False, words={"slope": FieldWords("Slope", "Steep.")})(leak(slope=(float | None, None))),
        "its field slope has no default",
    ),
    "a type that isn't known": (
        lambda: register_neuron(step, spikes=False, words={"slope": SLOPE})(leak(slope=dict[str, float])),
        r"its argument slope is of the type dict\[str, float\]",
    ),
    "a name that a spec needs": (
        lambda: register_neuron(step, spikes=False)(leak(learnable=(float, 1.0))),
        "its argument can't be called learnable",
    ),
    "spikes without a threshold": (
        lambda: register_neuron(bare_step, spikes=True)(Bare),
        "Bare spikes, so it needs",
    ),
    "a step without u": (lambda: register_neuron(without_u, spikes=False)(leak()), "a trial of two time steps ended in KeyError"),
    "a step that loses state": (lambda: register_neuron(forgetful, spikes=False)(leak()), "a trial of two time steps ended in KeyError"),
    "a step that draws": (lambda: register_neuron(drawing, spikes=False)(leak()), "its step draws random numbers, which no seed"),
    "a function": (lambda: register_neuron(step, spikes=False)(step), "is no StatefulLayer"),
    "an instance": (lambda: register_neuron(step, spikes=False)(LIF(5.0)), "is no StatefulLayer"),
    "an annotation that nothing defines": (
        lambda: register_neuron(step, spikes=False)(Misspelt),
        "its constructor can't be read: NameError: name 'Floot' is not defined",
    ),
    "an empty name": (lambda: register_neuron(step, spikes=False)(leak("")), "can't be called ''"),
    "a name with a space": (lambda: register_neuron(step, spikes=False)(leak("My Neuron")), "can't be called 'My Neuron'"),
    "a name of HTML": (lambda: register_neuron(step, spikes=False)(leak("<b>x</b>")), "can't be called '<b>x</b>'"),
    "the name of a squeeze form": (
        lambda: register_neuron(step, spikes=False)(leak("LIFSqueeze")),
        "is the name of a form of LIF",
    ),
    "words of None": (lambda: register_neuron(step, spikes=False, words=None)(leak()), "The words of a neuron model are None"),
    "words in a list": (lambda: register_neuron(step, spikes=False, words=[SLOPE])(leak()), "The words of a neuron model are"),
    "a sentence of another type": (lambda: register_neuron(step, spikes=False, sentence=3)(leak()), "The sentence on a neuron model is 3"),
    "a default of another type": (
        lambda: register_neuron(step, spikes=False, words={"slope": SLOPE})(leak(slope=(float, "steep"))),
        "the default of its field slope is 'steep'",
    ),
    "a usual value of another type": (
        lambda: register_neuron(step, spikes=False, words={"rest": FieldWords("Rest", "Long.", usual=1.5)})(leak(rest=int)),
        "the usual value of its field rest is 1.5",
    ),
    "an argument that isn't kept": (
        lambda: register_neuron(step, spikes=False, words={"rest": SLOPE})(Forgotten),
        "a layer has no attribute rest",
    ),
    "u of another shape": (lambda: register_neuron(small_u, spikes=False)(leak()), r"its step makes u of the shape \(2, 1\)"),
    "state of another shape": (lambda: register_neuron(small_state, spikes=False)(leak()), r"makes v_mem of the shape \(2, 1\)"),
    "a step that changes its state": (lambda: register_neuron(in_place, spikes=False)(leak()), "changes its input or state in place"),
    "a step that sets its state": (lambda: register_neuron(in_the_dict, spikes=False)(leak()), "changes its input or state in place"),
    "a step that draws NumPy's numbers": (lambda: register_neuron(of_numpy, spikes=False)(leak()), "its step draws random numbers"),
    "a step that draws Python's numbers": (lambda: register_neuron(of_python, spikes=False)(leak()), "its step draws random numbers"),
    "a step that draws its own numbers": (lambda: register_neuron(of_its_own, spikes=False)(leak()), "its step draws random numbers"),
    "a state in float64": (lambda: register_neuron(in_double, spikes=False)(leak()), "of a float32 input its step makes v_mem in float64"),
    "a step by NumPy": (lambda: register_neuron(by_numpy, spikes=False)(leak()), "a trial with gradients ended in RuntimeError"),
    "a step that detaches": (lambda: register_neuron(without_gradient, spikes=False)(leak()), "no gradient of its output reaches"),
    "a comparison": (lambda: register_neuron(of_a_comparison, spikes=False)(leak()), "no gradient of its output reaches"),
    "a step that squeezes": (lambda: register_neuron(squeezing, spikes=False)(leak()), "one sample"),
    "a step of two samples": (lambda: register_neuron(across_samples, spikes=False)(leak()), "a trial with one sample ended in IndexError"),
    "a step that divides": (lambda: register_neuron(dividing, spikes=False)(leak()), "a trial with zeros ended in NonFiniteError"),
    "an output of another shape": (lambda: register_neuron(halving, spikes=False)(leak()), r"it makes \(2, 2, 1\)"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_registers_wrongly_is_refused_in_one_sentence_and_leaves_nothing_behind(wrong: str) -> None:
    register, words = WRONG[wrong]
    before = list(LAYER_KINDS), list(NEURON_SPECS), list(NEURON_MODELS)
    with pytest.raises(RegistrationError, match=words) as caught:
        register()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert before == (list(LAYER_KINDS), list(NEURON_SPECS), list(NEURON_MODELS))
    assert Draft.from_json(snncore.ten_spikes().to_json()) == snncore.ten_spikes().draft


class Late(StatefulLayer):
    """Its output is what it received two steps ago."""

    def __init__(self, shape: tuple[int, ...] | None = None, record_states: bool = False) -> None:
        super().__init__(("v_mem", "before"), shape, record_states)

    def step_parameters(self, z: Tensor) -> None:
        return None


def late_step(z: Tensor, state: dict[str, Tensor], p: None) -> Step:
    return Step(state["before"], {"u": state["before"]}, {"v_mem": z, "before": state["v_mem"]})


def test_a_model_whose_output_comes_steps_later_is_taken_also_where_gradients_are_off(registered: list[str]) -> None:
    with torch.no_grad():
        register_neuron(late_step, spikes=False)(Late)
    registered.append("Late")
    assert "Late" in NEURON_MODELS


def test_a_form_never_takes_the_place_of_something_else(registered: list[str]) -> None:
    registered.append(register_neuron(step, spikes=False)(leak("LeakSqueeze")).__name__)
    with pytest.raises(RegistrationError, match="Leak would get a form LeakSqueeze, but there is a LeakSqueeze already"):
        register_neuron(step, spikes=False)(leak())


def test_a_class_that_was_refused_is_as_it_was_and_so_are_the_random_numbers() -> None:
    refused, torchs, pythons = leak(), torch.get_rng_state(), random.getstate()
    for draws in (drawing, of_python):
        with pytest.raises(RegistrationError):
            register_neuron(draws, spikes=False)(refused)
    assert not {"step", "does_spike"} & vars(refused).keys()
    assert torch.equal(torchs, torch.get_rng_state())
    assert pythons == random.getstate()


def test_a_name_that_was_refused_can_be_registered_rightly_after(registered: list[str]) -> None:
    with pytest.raises(RegistrationError):
        register_neuron(step, spikes=False)(leak(slope=(float, 1.0)))
    registered.append(register_neuron(step, spikes=False, words={"slope": SLOPE})(leak(slope=(float, 1.0))).__name__)
    assert NEURON_SPECS["Leak"](tau_mem=3.0).slope == 1.0


def test_a_model_that_was_taken_back_is_known_no_more_and_may_come_again(registered: list[str]) -> None:
    drafts = {"network": [{"kind": "Leak", "tau_mem": 4.0}], "input": {"shape": (1, 5, 2), "probability": 0.5}}
    for _ in range(2):
        register_neuron(step, spikes=False)(leak())
        assert Draft(**drafts).network[0].kind == "Leak"
        unregister_neuron("Leak")
        with pytest.raises(snncore.ExperimentError, match="'Leak' is not a known layer"):
            Draft(**drafts)


def test_a_name_of_ones_own_that_is_taken_says_how_to_take_it_back(registered: list[str]) -> None:
    registered.append(register_neuron(step, spikes=False)(leak()).__name__)
    with pytest.raises(RegistrationError, match=r"take it back with unregister_neuron\('Leak'\), or choose another name\.$"):
        register_neuron(step, spikes=False)(leak())


@pytest.mark.parametrize("name", ["LIF", "LIFRecurrent", "Linear", "Nothing"])
def test_only_models_from_outside_are_taken_back(name: str) -> None:
    before = list(LAYER_KINDS)
    with pytest.raises(RegistrationError, match=f"no neuron model '{name}' from outside"):
        unregister_neuron(name)
    assert list(LAYER_KINDS) == before


def test_an_argument_that_is_one_number_takes_no_list(registered: list[str]) -> None:
    registered.append(register_neuron(step, spikes=False)(leak()).__name__)
    with pytest.raises(ValueError, match="it must be one finite number"):
        NEURON_SPECS["Leak"](tau_mem=[3.0, 4.0])


def test_a_model_that_never_spikes_has_no_recurrent_form_and_no_threshold(registered: list[str]) -> None:
    registered.append(register_neuron(step, spikes=False)(leak()).__name__)
    assert "LeakRecurrent" not in LAYER_KINDS
    made = snncore.Experiment(network=[{"kind": "Leak", "tau_mem": 4.0}], input={"shape": (1, 5, 2), "probability": 0.5})
    assert not made.network[0].does_spike
    assert not snncore.simulate(made)[0].records[0].does_spike


class Faster(LIF):
    """A model that inherits from another one."""

    def step_parameters(self, z: Tensor) -> LIFParameters:
        return super().step_parameters(2 * z)


def faster_step(z: Tensor, state: dict[str, Tensor], p: LIFParameters) -> Step:
    return lif_step(2 * z, state, p)


def test_a_model_that_inherits_from_another_is_itself(registered: list[str]) -> None:
    registered.append(register_neuron(faster_step, spikes=True)(Faster).__name__)
    assert LIF(5.0).step is lif_step
    assert Faster(5.0).step is faster_step
    assert not NEURON_MODELS["Faster"].has_kernel
    assert list(inspect.signature(globals()["FasterSqueeze"]).parameters)[-2:] == ["batch_size", "num_timesteps"]


def test_built_in_models_say_what_they_are() -> None:
    said = {name: (model.step, model.does_spike, model.recurrent is not None) for name, model in NEURON_MODELS.items()}
    assert said == {
        "LIF": (lif_step, True, True),
        "IAF": (lif_step, True, True),
        "ExpLeak": (exp_leak_step, False, False),
        "ALIF": (alif_step, True, True),
    }
    assert all(model.has_kernel and model.has_browser_step for model in NEURON_MODELS.values())


@pytest.mark.parametrize("name", [name for name in snncore.__all__ if name.endswith(("Recurrent", "Squeeze"))])
def test_forms_are_called_and_described_like_their_models(name: str) -> None:
    form = getattr(snncore, name)
    plain = getattr(snncore, name.removesuffix("Squeeze").removesuffix("Recurrent"))
    more = {"rec_connect"} if "Recurrent" in name else set()
    more |= {"batch_size", "num_timesteps"} if "Squeeze" in name else set()
    assert set(inspect.signature(form).parameters) == {*inspect.signature(plain).parameters, *more}
    assert f"`{name.removesuffix('Squeeze') if 'Squeeze' in name else plain.__name__}`" in form.__doc__
    assert getattr(__import__(form.__module__, fromlist=[name]), name) is form


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"name": "", "note": "x"}, "need a name and a note"),
        ({"name": "x", "note": ""}, "need a name and a note"),
        ({"name": "Rest", "note": "x", "low": 2, "high": 2}, "low must be below high"),
        ({"name": "Rest", "note": "x", "step": 0}, "must be above 0"),
        ({"name": 3, "note": "x"}, "are texts"),
        ({"name": "Rest", "note": "x", "low": "a", "high": "b"}, "its low is 'a'"),
        ({"name": "Rest", "note": "x", "low": 0, "high": 1, "step": 0.1, "usual": 5}, "its usual value is 5, but its range is 0 to 1"),
    ],
)
def test_words_that_say_nothing_are_refused(words: dict[str, Any], problem: str) -> None:
    with pytest.raises(RegistrationError, match=problem):
        FieldWords(**words)
