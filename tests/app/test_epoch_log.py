"""A training's record keeps the numbers of all epochs, and within its bytes what the layers did, evenly spread."""

from __future__ import annotations

import dataclasses

import pytest

from app.server.epoch_log import EpochLog
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import EpochRecord, train


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    first, *_ = train(ten_spikes().replace({"training.epochs": 1}))
    return [dataclasses.replace(first, epoch=epoch, spikes=float(epoch)) for epoch in range(300)]


def test_everything_is_kept_while_it_fits(records: list[EpochRecord]) -> None:
    log = EpochLog(300 * records[0].nbytes, records)
    assert log.stride == 1
    assert all(record.is_whole for record in log.records)


@pytest.mark.parametrize("fitting", [1, 2, 5, 20, 299])
def test_beyond_that_whole_epochs_are_evenly_spread_within_their_bytes(records: list[EpochRecord], fitting: int) -> None:
    log = EpochLog(fitting * records[0].nbytes, records)
    assert [record.spikes for record in log.records] == [float(epoch) for epoch in range(300)]
    whole = [record.epoch for record in log.records if record.is_whole]
    assert whole == sorted({*range(0, 300, log.stride), 299})
    assert len(whole) <= max(fitting, 2), "the first and the last one always stay"
    assert len(whole) > fitting / 2 - 1, "it isn't thinned more than it must"


def test_the_nearest_whole_epoch_before_is_found(records: list[EpochRecord]) -> None:
    log = EpochLog(10 * records[0].nbytes, records)
    for epoch in (0, 1, log.stride - 1, log.stride, 100, 298):
        assert log.whole_at(epoch).epoch == epoch // log.stride * log.stride
    assert log.whole_at(299).epoch == log.whole_at(10_000).epoch == 299


def test_a_thinned_record_can_be_thinned_again(records: list[EpochRecord]) -> None:
    log = EpochLog(40 * records[0].nbytes, records)
    again = EpochLog(10 * records[0].nbytes, log.records)
    assert sum(record.nbytes for record in again.records) <= 10 * records[0].nbytes
    assert sum(record.nbytes for record in log.records) > 10 * records[0].nbytes, "the first one stays as it was"
    assert [record.loss for record in again.records] == [record.loss for record in records]
