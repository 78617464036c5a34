"""Training in several processes at once: each has a state of its own, whatever its batch, and gradients are averaged."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # starts processes

PROGRAM = """
import copy, sys
from datetime import timedelta
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from snncore import reset_states, zero_grad
from snncore.layers import ALIF, LIF, LIFRecurrent

rank, meeting_place = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)
dist.init_process_group("gloo", init_method="file://" + meeting_place, rank=rank, world_size=2, timeout=timedelta(minutes=2))

torch.manual_seed(0)
inner = nn.Sequential(nn.Linear(3, 5), LIF(5.0, 3.0, 0.1), nn.Linear(5, 4), LIFRecurrent(5.0, None, 0.1, rec_connect=nn.Linear(4, 4)))
network = nn.Sequential(inner, nn.Linear(4, 2), ALIF(5.0, 9.0, spike_threshold=0.1))
alone = [copy.deepcopy(network) for _ in range(2)]  # what each process would be without the other
shared = DistributedDataParallel(network)
optimisers = [torch.optim.SGD(model.parameters(), lr=0.01) for model in (shared, *alone)]


def states(model):
    layers = [layer for layer in model.modules() if hasattr(layer, "state_names")]
    return [getattr(layer, name) for layer in layers for name in layer.state_names]


for step in range(5):
    batches = (4, 3) if step < 3 else (2, 5)
    prepare = reset_states if step in (0, 2, 3) else zero_grad  # new samples, or the same ones going on
    for model in (shared, *alone):
        prepare(model)
    for optimiser in optimisers:
        optimiser.zero_grad()
    drawn = torch.Generator().manual_seed(step)
    data = [2 * torch.randn(batch, 10, 3, generator=drawn) for batch in batches]
    spikes = shared(data[rank])
    (-spikes.sum()).backward()
    expected = [model(z) for model, z in zip(alone, data)]
    for out in expected:
        (-out.sum()).backward()
    assert expected[rank].any() and torch.equal(spikes, expected[rank]), step
    own, other = states(alone[rank]), states(alone[1 - rank])
    assert all(torch.equal(a, b) for a, b in zip(states(shared), own, strict=True)), step
    assert all(a.shape != b.shape for a, b in zip(own, other, strict=True))
    for parameter, *each in zip(shared.parameters(), *(model.parameters() for model in alone), strict=True):
        if parameter.grad is not None:
            mean = sum(one.grad for one in each) / 2
            torch.testing.assert_close(parameter.grad, mean)
            for one in each:
                one.grad = parameter.grad.clone()
    for optimiser in optimisers:
        optimiser.step()
dist.destroy_process_group()
"""


def test_processes_that_train_together_keep_their_own_states_and_average_their_gradients(tmp_path):
    start = [sys.executable, "-c", PROGRAM]
    processes = [
        subprocess.Popen([*start, str(rank), str(tmp_path / "meeting")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for rank in range(2)
    ]
    try:
        said = [process.communicate(timeout=300)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], said
