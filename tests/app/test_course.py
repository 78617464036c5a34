"""A training is told as it goes: what it should do, what happens before the first spike, why that came, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from app.server.runner import TrainingRun
from app.words.explanations import reason_in_words, sources_in_words
from app.words.training import call, milestone, status, why_over
from snncore.experiment.spec import convolution, ten_spikes
from snncore.explain.first_spike import FirstSpike, Sources, first_spike
from snncore.run.bptt import train
from tests.app.waiting import until

CAUSE = FirstSpike(
    epoch=32,
    sample=0,
    step=85,
    neuron=2,
    before=0.11,
    hidden_alone=0.41,
    output_alone=0.23,
    together=1.0,
    hidden_spikes=(5, 402),
    sources=Sources(28, 28, 28),
)


def trained(epochs: int, **changes: object) -> Iterator[tuple[TrainingRun, str]]:
    """The training at each of its epochs, and its status there."""
    run = TrainingRun(ten_spikes().replace(changes), speed=None)
    yield run, status(run)
    for _ in range(epochs):
        run.step()
        until(lambda: not run.is_running)
        yield run, status(run)


def test_the_ten_spike_task_is_told_from_silence_to_ten() -> None:
    told = [said for _, said in trained(51)]
    assert told[0] == (
        "Four output neurons should fire ten spikes between them. They are silent: their membrane potential reaches 11% of the threshold."
    )
    assert told[20] == ("Still silent, but not idle: the loss has not moved, the membrane potential has, from 11% to 52% of the threshold.")
    assert told[32] == "First spike at epoch 32: output neuron 2, step 85. 1 of 10 spikes, loss 81."
    assert told[51] == "Ten spikes after 51 epochs."


def test_where_a_layer_before_the_output_is_silent_it_is_named() -> None:
    ((run, said),) = trained(0, **{"network.1.spike_threshold": 5.0})
    assert said.endswith(
        "They are silent: LIF 2 never fires, so nothing reaches the output; its membrane potential reaches 26% of the threshold."
    )
    assert call(run) == "Train them"


def test_one_output_neuron_is_told_in_the_singular() -> None:
    ((run, said),) = trained(0, **{"network.2.out_features": 1, "training.task.target": 1})
    assert said == "One output neuron should fire one spike. It is silent: its membrane potential stays below zero."
    assert call(run) == "Train it"
    assert why_over(run) == ""


def test_an_output_that_fires_untrained_is_told_with_its_count() -> None:
    eager = {"network.1.spike_threshold": 0.5, "network.3.spike_threshold": 0.02}
    ((run, said),) = trained(0, **eager)
    assert run.records[0].spikes > 0
    assert said.endswith(f"Untrained, they fire {run.records[0].spikes:g} times.")


def test_the_reason_names_what_learned_and_nothing_else() -> None:
    experiment = ten_spikes()
    cause = first_spike(experiment, list(train(experiment)))
    assert cause
    assert reason_in_words(cause) == (
        "The hidden layer woke (5 spikes at first, 402 at epoch 32) and the output weights learned to use it. For the first spike, the new "
        "hidden spikes alone reach 41% of the threshold, the new weights alone 23%, both together 100%."
    )
    fixed = experiment.replace({"network.0.learns": (), "network.1.learns": (), "training.lr": 1e-2})
    alone = first_spike(fixed, list(train(fixed)))
    assert alone
    said = reason_in_words(alone)
    assert said.startswith("The hidden layer is as it was: the output weights alone took the potential from 11% to 1")
    assert "woke" not in said


def test_a_potential_below_zero_is_no_percentage() -> None:
    cause = FirstSpike(**{**vars(CAUSE), "before": -0.02, "hidden_alone": -0.001, "output_alone": 0.004})
    assert "the new hidden spikes alone reach none of the threshold, the new weights alone under 1%" in reason_in_words(cause)
    alone = FirstSpike(**{**vars(CAUSE), "before": -0.02, "hidden_alone": -0.02, "output_alone": 1.0})
    assert "took the potential from below zero to 100% of the threshold" in reason_in_words(alone)


def test_sources_are_told_where_they_are_known() -> None:
    assert sources_in_words(CAUSE) == (
        "28 hidden neurons had fired before now, and exactly their 28 weights to neuron 2 have changed: "
        "a weight from a neuron that never fires gets no gradient."
    )
    some = FirstSpike(**{**vars(CAUSE), "sources": Sources(3, 5, 3)})
    assert sources_in_words(some) == "3 hidden neurons had fired before now; 3 of the 5 weights to neuron 2 that changed are theirs."
    assert sources_in_words(FirstSpike(**{**vars(CAUSE), "sources": None})) == ""


def test_an_output_that_does_not_spike_is_told_by_its_sum() -> None:
    run = TrainingRun(convolution(), speed=None)
    assert status(run) == f"Four outputs should sum to ten over all steps of 8 samples. Untrained: output sum {shown_sum(run)}."
    assert shown_sum(run).startswith("\u2212"), "it is below zero, with a minus sign"
    assert milestone(run) == f"Stopped at epoch 0, output sum {shown_sum(run)} of 10."
    run.step()
    until(lambda: not run.is_running)
    assert status(run) == f"Output sum {shown_sum(run)} of 10, loss {run.records[1].loss:g}."
    run.play()
    until(lambda: not run.is_running)
    assert status(run) == f"Output sum {shown_sum(run)}, within ½ of 10 after {len(run.records) - 1} epochs."
    assert call(run) == "Goal reached"
    assert why_over(run).startswith("Nothing is left to train")


def shown_sum(run: TrainingRun) -> str:
    return f"{run.records[-1].spikes:,.1f}".replace("-", "\u2212")


def test_another_task_says_what_it_wants() -> None:
    task = {"kind": "spike_times", "times": ((20, 60), (40,), (), ())}
    ((_, said),) = trained(0, **{"training.task": task})
    assert said.startswith("Four output neurons should fire 3 spikes at given steps. They are silent: ")


def test_a_training_that_stopped_on_an_error_says_that_and_nothing_of_its_loss() -> None:
    run = TrainingRun(ten_spikes(), speed=None)
    run.failure = "Training stopped on an internal error, which is in the server's log. Restart begins again at epoch 0."
    assert why_over(run) == "Training failed; the page says why. Restart begins again at epoch 0."
