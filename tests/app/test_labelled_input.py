"""The Network page on an Experiment with labelled data: it shows the sample that was chosen, and lets another be chosen."""

from __future__ import annotations

import numpy as np
import pytest

from snncore.experiment.recognition import digits, remember
from snncore.experiment.spec import Draft, Experiment
from snncore.run.simulation import simulate
from tests.app.network_page import change, draft, opened
from tests.app.said import complaints

pytestmark = pytest.mark.slow  # runs a page of the app


@pytest.mark.parametrize("made", [digits(), remember(20)], ids=["digits", "remember"])
def test_a_sample_is_simulated_and_another_can_be_chosen(made: Experiment) -> None:
    page = opened(made.draft, layer=None, panel="Input")
    assert not complaints(page)
    change(page, "input.index", 7)
    assert draft(page) == Draft(**dict(made.replace({"input.index": 7})))
    (run,) = simulate(Experiment(**dict(draft(page))))
    assert np.array_equal(run.input, made.replace({"input.index": 7}).make_input().numpy())
