"""While a model is traced in one thread, other threads run and trace theirs as if nothing happened: torch patches modules for all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import torch
from torch import Tensor, nn

from snncore.convert import from_model
from snncore.convert.graph import traced
from snncore.layers.model import spiking_layers

PATIENCE = 60.0
A_MOMENT = 0.3
"""Seconds in which another thread would begin to trace, if it could."""


class Meanwhile(nn.Module):
    """Does something else in the middle of its forward."""

    def __init__(self, other: Callable[[], None]) -> None:
        super().__init__()
        self.first, self.act, self.last = nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)
        self.other = other

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.first(x))
        self.other()
        return self.last(x)


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_another_thread_runs_and_trains_a_model_meanwhile() -> None:
    own, data = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Tanh(), nn.Linear(3, 1))), torch.rand(5, 3)
    expected, found = own(data), []

    def run() -> None:
        output = own(data)
        output.sum().backward()
        found.append(output)

    graph = traced(Meanwhile(lambda: in_a_thread(run).join()))
    assert [torch.equal(output, expected) for output in found] == [True]
    assert own[0].weight.grad is not None
    assert [node.target for node in graph.graph.nodes if node.op == "call_module"] == ["first", "act", "last"]


def test_models_are_traced_one_after_the_other_and_nothing_of_torch_stays_replaced() -> None:
    call, converted, threads = nn.Module.__call__, [], []
    begun, first_is_done = threading.Event(), threading.Event()

    def in_its_middle() -> None:
        begun.set()
        first_is_done.wait(PATIENCE)

    def convert() -> None:
        converted.append(from_model(Meanwhile(in_its_middle), batch_size=1))

    def begin_the_other() -> None:
        threads.append(in_a_thread(convert))
        begun.wait(A_MOMENT)

    traced(Meanwhile(begin_the_other))
    first_is_done.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert [len(spiking_layers(network)) for network in converted] == [1]
    assert nn.Module.__call__ is call
