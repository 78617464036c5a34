"""Time folded into the batch and back."""

import pytest
import torch
from torch import nn

from snncore.errors import ParameterError, ShapeError
from snncore.layers import LIF, FlattenTime, LIFSqueeze, Repeat, UnflattenTime


def numbered(*shape: int) -> torch.Tensor:
    return torch.arange(torch.Size(shape).numel(), dtype=torch.float32).reshape(shape)


def test_folding_keeps_samples_in_order_and_each_ones_steps_in_a_row():
    z = numbered(3, 4, 2)
    rows = FlattenTime()(z)
    assert rows.shape == (12, 2)
    assert torch.equal(rows[4:8], z[1])
    assert torch.equal(UnflattenTime(batch_size=3)(rows), z)


def test_repeated_module_is_applied_to_every_step():
    torch.manual_seed(0)
    convolution, z = nn.Conv2d(2, 3, 3), torch.rand(4, 5, 2, 8, 8)
    out = Repeat(convolution)(z)
    assert out.shape == (4, 5, 3, 6, 6)
    torch.testing.assert_close(out[:, 2], convolution(z[:, 2]))


def test_folded_and_repeated_networks_are_the_same():
    torch.manual_seed(0)
    convolution, z = nn.Conv2d(2, 3, 3), 3 * torch.rand(4, 5, 2, 8, 8)
    folded = nn.Sequential(FlattenTime(), convolution, LIFSqueeze(5.0, batch_size=4), UnflattenTime(4))
    torch.testing.assert_close(folded(z), nn.Sequential(Repeat(convolution), LIF(5.0))(z))


@pytest.mark.parametrize("layer", [FlattenTime(), Repeat(nn.Identity())], ids=["FlattenTime", "Repeat"])
def test_input_without_a_time_axis_is_refused(layer):
    with pytest.raises(ShapeError, match=rf"{type(layer).__name__}: .*\(3,\).*two axes"):
        layer(torch.zeros(3))


def test_rows_that_batch_size_does_not_divide_are_refused():
    with pytest.raises(ShapeError, match=r"\(10, 2\).*batch_size=3"):
        UnflattenTime(3)(torch.zeros(10, 2))
    with pytest.raises(ParameterError, match="batch_size is 0"):
        UnflattenTime(0)
