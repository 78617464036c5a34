"""What several test modules of the app share: a process that is prepared as the app prepares it."""

import pytest

from app.server import process


@pytest.fixture
def as_in_the_app() -> None:
    """One thread, in which small layers are faster."""
    process.prepare()
