"""All errors about something that was passed in can be caught as one kind, which is a ValueError."""

import pytest

from snncore.errors import DivergenceError, ExperimentError, GraphError, InputError, ParameterError, ShapeError, SNNCoreError


@pytest.mark.parametrize("error", [ParameterError, ShapeError, InputError, ExperimentError, DivergenceError, GraphError])
def test_every_error_is_of_the_common_kind(error):
    assert issubclass(error, SNNCoreError)
    assert issubclass(error, ValueError)
