"""The question why a neuron fired is followed from cause to cause, answered in words and drawn as lines between rows."""

from __future__ import annotations

import numpy as np
import pytest

from app.figures.causes import INPUT, causes_figure, describe_causes
from app.state.network_view import NetworkView
from app.state.why import Question, Why
from app.words.causes import chosen_in_words, fewest_in_words, largest_in_words, parts_in_words, potential_in_words
from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import Cause, Needed, Without, causes
from snncore.run.simulation import Simulation, simulate


def eager(**changes: object) -> Simulation:
    """The ten-spike network with a low threshold at its output."""
    return simulate(ten_spikes().replace({"network.3.spike_threshold": 0.1, **changes}))[0]


def first_spike(simulation: Simulation, layer: int) -> tuple[int, int]:
    """Neuron and step of a layer's last spike."""
    step, neuron = np.argwhere(simulation.records[layer].spikes[0])[-1]
    return int(neuron), int(step)


def asked(simulation: Simulation, layer: int = 3) -> Why:
    why = Why()
    neuron, step = first_spike(simulation, layer)
    why.ask(Question(layer, neuron, step))
    return why


# -------------------------------------------------------------------------------------------------- the question


def test_how_many_must_go_is_searched_once_for_each_question() -> None:
    simulation = eager()
    why = asked(simulation)
    why.count()
    first = why.explain(simulation, 0)
    assert first.fewest is not None
    cause = first.found.ranked("input")[0]
    why.choose(simulation, 0, 1, range(cause.sender, cause.sender + 1), range(cause.step, cause.step + 1))
    second = why.explain(simulation, 0)
    assert second.chosen is not None
    assert second.fewest is first.fewest
    assert why.explain(eager(), 0).fewest is not first.fewest, "another run is another question"


def test_a_chosen_cause_is_the_largest_in_the_clicked_cell_and_left_out() -> None:
    simulation = eager()
    why = asked(simulation)
    found = why.explain(simulation, 0).found
    largest = found.ranked("input")[0]
    why.choose(simulation, 0, 1, range(64), range(largest.step, largest.step + 1))
    explained = why.explain(simulation, 0)
    assert explained.chosen is not None
    assert explained.without is not None
    assert explained.chosen.step == largest.step
    assert abs(explained.chosen.value) == max(abs(value) for value in found.parts["input"][largest.step])
    assert explained.without.subtracted == pytest.approx(found.u - explained.chosen.value)


def test_a_cause_that_is_chosen_again_becomes_the_question() -> None:
    simulation = eager()
    why = asked(simulation)
    cause = why.explain(simulation, 0).found.ranked("input")[0]
    cell = range(cause.sender, cause.sender + 1), range(cause.step, cause.step + 1)
    why.choose(simulation, 0, 1, *cell)
    why.choose(simulation, 0, 1, *cell)
    assert [(question.layer, question.neuron, question.step) for question in why.trail][1] == (1, cause.sender, cause.step)
    found = why.explain(simulation, 0).found
    assert found.sender is None
    assert found.spikes


def test_an_input_is_the_end_of_the_way() -> None:
    simulation = eager()
    why = asked(simulation, layer=1)
    cause = why.explain(simulation, 0).found.ranked("input")[0]
    cell = range(cause.sender, cause.sender + 1), range(cause.step, cause.step + 1)
    for _ in range(3):
        why.choose(simulation, 0, INPUT, *cell)
    assert len(why.trail) == 1
    assert why.chosen == ("input", cause.step, cause.sender)


def test_what_gave_nothing_is_not_chosen() -> None:
    simulation = eager()
    why = asked(simulation)
    why.choose(simulation, 0, 1, range(64), range(99, 100))
    step = why.trail[0].step
    assert why.chosen is None or why.chosen[1] <= step
    why.chosen = None
    silent = int(np.flatnonzero(~simulation.records[1].spikes[0].any(axis=0))[0])
    why.choose(simulation, 0, 1, range(silent, silent + 1), range(100))
    assert why.chosen is None
    assert why.has_missed
    why.back()
    assert not why.has_missed


def test_back_leads_to_the_question_before_and_then_to_none() -> None:
    why = Why()
    why.ask(Question(3, 0, 10))
    why.ask(Question(1, 5, 8))
    why.is_counted = True
    why.back()
    assert why.trail[-1].layer == 3
    assert not why.is_counted
    why.back()
    assert not why.is_asked
    why.back()
    assert not why.is_asked


def test_an_answer_is_computed_once_and_again_after_an_edit() -> None:
    simulation = eager()
    why = asked(simulation)
    first = why.explain(simulation, 0)
    assert why.explain(simulation, 0) is first
    assert why.explain(eager(), 0) is not first
    why.is_counted = True
    assert why.explain(simulation, 0).is_counted


def test_a_run_that_cannot_be_repeated_keeps_the_question_and_says_why() -> None:
    _, second = simulate(ten_spikes().replace({"network.3.spike_threshold": 0.1}), runs=2)
    why = asked(second)
    found = why.explain(second, 0).found
    largest = found.ranked("input")[0]
    why.choose(second, 0, 1, range(largest.sender, largest.sender + 1), range(largest.step, largest.step + 1))
    why.count()
    explained = why.explain(second, 0)
    assert explained.refusal is not None
    assert "began from the state that another left" in explained.refusal
    assert explained.chosen == largest
    assert explained.without is None
    assert not explained.is_counted
    assert why.is_there(second)
    assert not asked(second).is_there(eager(**{"input.shape": (1, 5, 16)}))


def test_a_neuron_that_is_gone_is_refused_and_an_edit_of_shapes_ends_the_question() -> None:
    why = Why()
    why.ask(Question(3, 7, 10))
    with pytest.raises(ExperimentError, match="There is no neuron 7 in this layer"):
        why.explain(eager(), 0)
    view = NetworkView()
    view.why.ask(Question(3, 0, 0))
    view.forget_neurons()
    assert not view.why.is_asked


def test_another_step_of_the_same_neuron_takes_the_place_of_the_question() -> None:
    simulation = eager()
    why = asked(simulation)
    neuron, step = why.trail[0].neuron, why.trail[0].step
    why.leave_out(why.offered(why.explain(simulation, 0).found)[0])
    silent = int(np.flatnonzero(simulation.records[3].spikes[0, :, neuron] == 0)[-1])
    why.turn_to(silent)
    assert why.trail == [Question(3, neuron, silent)]
    assert why.chosen is None
    assert why.explain(simulation, 0).found.spikes == 0
    why.turn_to(step)
    assert why.explain(simulation, 0).found.spikes > 0


def test_what_nobody_sent_is_left_out_by_name_and_leads_nowhere() -> None:
    simulation = eager()
    why = asked(simulation)
    found = why.explain(simulation, 0).found
    for source, named in (("bias", "The bias, at step"), ("reset", "Its own reset, at step")):
        cause = next(cause for cause in why.offered(found) if cause.source == source)
        why.leave_out(cause)
        explained = why.explain(simulation, 0)
        assert explained.chosen == cause
        assert explained.without is not None
        assert chosen_in_words(simulation.experiment, found, cause, explained.without).startswith(named)
        why.go_on(found)
        assert len(why.trail) == 1, "it leads to no neuron"
    why.leave_out(None)
    assert why.explain(simulation, 0).chosen is None


# ------------------------------------------------------------------------------------------------------- the words


@pytest.mark.parametrize(("tau_syn", "ended"), [(None, "what u remembers"), (20.0, "what v remembers, but not the synaptic current")])
def test_a_hard_reset_ends_what_the_membrane_remembers_not_what_a_synapse_does(tau_syn: float | None, ended: str) -> None:
    neurons = {"network.1.reset_fn": "MembraneReset", "network.1.tau_syn": tau_syn, "network.1.spike_threshold": 0.1}
    simulation = simulate(ten_spikes().replace(neurons))[0]
    fired = np.argwhere(simulation.records[1].spikes[0])
    step, neuron = next(
        (step, neuron) for step, neuron in fired if (fired[:, 1] == neuron).sum() > 1 and step > fired[fired[:, 1] == neuron][0, 0]
    )
    found = causes(simulation, 1, int(neuron), int(step))
    assert f"a hard reset ended {ended}." in parts_in_words(simulation.experiment, found)


def test_a_bound_that_holds_at_other_steps_is_told_where_rerun_and_subtraction_differ() -> None:
    simulation = eager()
    found = asked(simulation).explain(simulation, 0).found
    cause = found.ranked("input")[0]
    apart = chosen_in_words(simulation.experiment, found, cause, Without(subtracted=0.0904, u=0.0982, fires=False, changed=()))
    assert "less that, u is 0.0904. Run again without it, the lower bound holds v at other steps, and u is 0.0982" in apart
    alike = chosen_in_words(simulation.experiment, found, cause, Without(subtracted=0.0904, u=0.090400001, fires=False, changed=()))
    assert "Without it u is 0.0904: it stays silent." in alike


def test_a_spike_is_told_with_its_parts_and_its_largest_causes() -> None:
    simulation = eager()
    why = asked(simulation, layer=1)
    found = why.explain(simulation, 0).found
    draft = simulation.experiment
    assert potential_in_words(draft, found) == "Neuron 21 of LIF 2 fired at step 86: u reached 1.02, θ was 1."
    assert (
        parts_in_words(draft, found) == "That is +1.3 from 1118 spikes of the input, \u22120.28 from its own resets and +0.037 from biases."
    )
    assert largest_in_words(found).startswith("Largest: +0.024 channel 1, step 86 · +0.022 channel 1, step 85 · ")


def test_a_silence_is_told_with_what_was_missing() -> None:
    simulation = simulate(ten_spikes())[0]
    words = potential_in_words(simulation.experiment, causes(simulation, 3, 2, 99))
    assert words == "Neuron 2 of LIF 4 was silent at step 99: u was 0.109, 0.891 short of θ."


def test_a_layer_that_never_spikes_has_a_potential_alone() -> None:
    leak = {"kind": "ExpLeak", "tau_mem": 10.0}
    network = [{"kind": "Linear", "in_features": 16, "out_features": 3}, leak]
    simulation = simulate(Experiment(network=network, input=ten_spikes().input))[0]
    found = causes(simulation, 1, 2, 50)
    assert potential_in_words(simulation.experiment, found) == f"Neuron 2 of ExpLeak 2 had u {found.u:.3g} at step 50.".replace(
        "-", "\u2212"
    )


def test_a_hard_reset_is_told() -> None:
    simulation = eager(**{"network.1.reset_fn": {"kind": "MembraneReset"}})
    why = asked(simulation, layer=1)
    found = why.explain(simulation, 0).found
    assert parts_in_words(simulation.experiment, found).endswith(f"Before step {found.history_from}, a hard reset ended what u remembers.")


def test_both_values_are_told_where_an_earlier_spike_changed() -> None:
    simulation = eager()
    found = asked(simulation).explain(simulation, 0).found
    cause = Cause("input", 3, 21, 0.25)
    draft = simulation.experiment
    alone = chosen_in_words(draft, found, cause, Without(0.75, 0.75, False, ()))
    assert alone == "Neuron 21 of LIF 2, at step 3, gave +0.25. Without it u is 0.75: it stays silent."
    both = chosen_in_words(draft, found, cause, Without(0.75, 1.25, True, ((2, 0),)))
    assert both == (
        "Neuron 21 of LIF 2, at step 3, gave +0.25; less that, u is 0.75. "
        "Run again without it, 1 earlier spike of the layer differs too, and u is 1.25: it fires."
    )


def test_the_fewest_spikes_are_told_as_a_minimum_or_a_bound() -> None:
    causes_ = tuple(Cause("input", step, 0, 0.1) for step in range(3))
    assert fewest_in_words(None) == "No set of received spikes was found without which it stays silent."
    assert fewest_in_words(Needed(causes_[:1], True)) == "One spike fewer would keep it silent."
    assert fewest_in_words(Needed(causes_, True)) == "3 spikes fewer would keep it silent."
    assert (
        fewest_in_words(Needed(causes_, False))
        == "3 spikes fewer would keep it silent; perhaps a smaller number would too, as not all sets were tried."
    )


# ------------------------------------------------------------------------------------------------------ the figure


def test_lines_lead_from_the_largest_causes_to_the_potential() -> None:
    simulation = eager()
    found = asked(simulation).explain(simulation, 0).found
    last = found.ranked("input")[-1]
    figure = causes_figure(simulation, found, last, "light")
    header = figure.header
    (links,) = header["links"]
    rows = [row for group in header["groups"] for row in group["rows"]]
    assert rows[links["row"]]["kind"] == "raster"
    assert rows[links["row"]].get("asks") == 1
    assert rows[links["to_row"]]["kind"] == "traces"
    drawn = found.ranked("input")[:40]
    chosen = links["chosen"]
    np.testing.assert_allclose(figure.arrays[links["values"]][: len(drawn)], [cause.value for cause in drawn], rtol=1e-6)
    assert figure.arrays[links["values"]][chosen] == pytest.approx(last.value, rel=1e-6)
    assert figure.arrays[links["lines"]][chosen] == last.sender + 0.5
    assert figure.arrays[links["times"]][chosen] == last.step
    assert (links["to_time"], links["to_value"]) == (found.step, found.u)
    assert header["back"]


def test_a_recurrent_layer_sends_to_itself() -> None:
    connection = {"in_features": 4, "out_features": 4}
    layer = {"kind": "LIFRecurrent", "tau_mem": 8.0, "spike_threshold": 0.2, "rec_connect": connection}
    network = [{"kind": "Linear", "in_features": 16, "out_features": 4}, layer]
    simulation = simulate(Experiment(network=network, input=ten_spikes().input))[0]
    neuron, step = first_spike(simulation, 1)
    found = causes(simulation, 1, neuron, step)
    header = causes_figure(simulation, found, None, "dark").header
    assert [group["title"] for group in header["groups"]] == ["Input", "LIFRecurrent 2, fed back", "LIFRecurrent 2"]
    assert {links["row"] for links in header["links"]} == {0, 1}
    assert {links["to_row"] for links in header["links"]} == {2}


def test_a_current_can_be_clicked_too() -> None:
    fed = {"kind": "step_current", "shape": (1, 60, 16), "amplitude": 1.0, "start": 0}
    simulation = simulate(ten_spikes().replace({"input": fed}))[0]
    found = causes(simulation, 1, 0, 30)
    header = causes_figure(simulation, found, None, "light").header
    assert header["groups"][0]["rows"][0]["asks"] == INPUT
    assert "Escape goes back" in describe_causes("Words.", simulation, found)
