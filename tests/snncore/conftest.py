"""What several test modules share: one thread, so that a sum has one order of its terms; the parameters of the ten-spike network."""

from collections.abc import Iterator

import pytest
import torch

from snncore.arrays import Array
from snncore.experiment.spec import ten_spikes
from snncore.io.checkpoint import save


@pytest.fixture
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tensors() -> dict[str, Array]:
    """All parameters of the ten-spike network."""
    return {name: parameter.detach().numpy() for name, parameter in ten_spikes().build().named_parameters()}


@pytest.fixture
def content(tensors: dict[str, Array]) -> bytes:
    """A checkpoint of them."""
    return save(ten_spikes(), tensors)
