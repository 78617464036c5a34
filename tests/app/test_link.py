"""An Experiment survives the way through a link; a damaged or oversized one is refused."""

from __future__ import annotations

import base64
import re
import zlib

import pytest

from app.server.limits import check
from app.server.link import from_parameter, to_parameter
from snncore.errors import ExperimentError
from snncore.experiment.spec import ten_spikes

EDITED = ten_spikes().replace(
    {"network.1.tau_mem": 23.5, "network.3.surrogate_grad_fn": {"kind": "ATan", "alpha": 3.0}, "seeds.weights": 7}
)


def test_a_link_gives_back_the_same_experiment() -> None:
    assert from_parameter(to_parameter(EDITED.draft)) == EDITED.draft
    assert re.fullmatch(r"[A-Za-z0-9_-]+", to_parameter(EDITED.draft))


@pytest.mark.parametrize("cut", [1, 2, 3, 10, 50])
def test_a_link_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ExperimentError, match="link"):
        from_parameter(to_parameter(EDITED.draft)[:-cut])


@pytest.mark.parametrize("parameter", ["", "!", "é", "AAAA", "x" * 5000])
def test_a_link_that_never_was_one_is_refused(parameter: str) -> None:
    with pytest.raises(ExperimentError, match="link"):
        from_parameter(parameter)


def test_a_link_that_unfolds_to_megabytes_is_refused() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000)).decode()
    with pytest.raises(ExperimentError, match="larger than 100,000 bytes"):
        from_parameter(bomb)


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"input.shape": [1, 10**9, 16]}, "32 MB"),
        ({"input.shape": [10**6, 100, 16]}, "32 MB"),
        ({"training.epochs": 10**7}, "10,000"),
        ({"network.0.out_features": 10**6, "network.2.in_features": 10**6}, "4,000,000"),
    ],
)
def test_what_exceeds_a_limit_is_refused_with_the_limit_named(changes: dict[str, object], limit: str) -> None:
    with pytest.raises(ExperimentError, match=limit):
        check(ten_spikes().replace(changes), trains=True)


def test_the_ten_spike_task_is_within_the_limits() -> None:
    check(ten_spikes(), trains=True)
