"""The quickstart's two programs, written as there, run alike with snncore and with Sinabs."""

import pytest
import sinabs
import sinabs.activation
import sinabs.layers
import torch
from torch import nn

import snncore
import snncore.activation
import snncore.layers
from tests.length import sampled

pytestmark = pytest.mark.slow  # runs whole programs, and Sinabs

EPOCHS = 100


def ten_spikes_model(package) -> nn.Sequential:
    surrogate = package.activation.SingleExponential()
    return nn.Sequential(
        nn.Linear(16, 64),
        package.layers.LIF(tau_mem=10.0, surrogate_grad_fn=surrogate),
        nn.Linear(64, 4),
        package.layers.LIF(tau_mem=10.0, surrogate_grad_fn=surrogate),
    )


def ten_spikes_program(package, seed: int) -> list[int]:
    """The spike count of every epoch, until it is ten."""
    torch.manual_seed(seed)
    model = ten_spikes_model(package)
    data = (torch.rand(1, 100, 16) > 0.2).float()
    optim = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    lif_layers = [layer for layer in model if isinstance(layer, package.layers.LIF)]
    counts = []
    for _ in range(EPOCHS):
        optim.zero_grad()
        for layer in lif_layers:
            layer.zero_grad()
        for layer in lif_layers:
            layer.reset_states(randomize=False)
        out = model(data)
        loss = (out.sum() - 10) ** 2
        loss.backward()
        optim.step()
        counts.append(int(out.sum().item()))
        if loss == 0:
            break
    return counts


@pytest.mark.parametrize("seed", sampled(range(3)))
def test_ten_spikes_program_counts_as_with_sinabs_in_every_epoch(one_thread, seed):
    counts = ten_spikes_program(snncore, seed)
    assert counts[-1] == 10
    assert counts == ten_spikes_program(sinabs, seed)


def test_convolution_program_gives_the_output_of_sinabs(one_thread):
    def output(package) -> torch.Tensor:
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(in_channels=2, out_channels=16, kernel_size=3),
            package.layers.LIFSqueeze(tau_mem=20.0, batch_size=8),
            nn.Conv2d(in_channels=16, out_channels=32, kernel_size=3),
            package.layers.LIFSqueeze(tau_mem=20.0, batch_size=8),
            nn.Flatten(),
            nn.Linear(512, 4),
        )
        with torch.no_grad():
            model[0].weight.mul_(20)
            model[2].weight.mul_(20)
        data = torch.rand(8, 100, 2, 8, 8).view(800, 2, 8, 8)
        result = model(data).view(8, 100, 4)
        assert model[3].firing_rate > 0
        return result

    assert torch.equal(output(snncore), output(sinabs))
