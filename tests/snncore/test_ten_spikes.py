"""The ten-spike task: from almost any weights and input, the network learns to answer with exactly ten spikes."""

import pytest

from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import train

pytestmark = pytest.mark.slow  # trains twenty networks

SEEDS = range(20)


def test_task_converges_to_exactly_ten_spikes_within_a_hundred_epochs(one_thread):
    last_records = {}
    for seed in SEEDS:
        *_, last_records[seed] = train(ten_spikes().replace({"seeds.weights": seed, "seeds.input": seed}))
    counts = {seed: record.spikes for seed, record in last_records.items()}
    assert sum(count == 10 for count in counts.values()) >= 19, counts
    for record in last_records.values():
        assert (record.loss == 0) == (record.spikes == 10)
        assert record.epoch < 100
        assert record.layers[-1].spikes.sum() == record.spikes
