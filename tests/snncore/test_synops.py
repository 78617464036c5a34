"""Synaptic operations are counted by what a forward pass does, however the model is written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from snncore.convert import SNNAnalyzer, from_model
from snncore.layers import IAF, LIF, SumPool2d


class Pooled(nn.Module):
    """Pools after each of two convolutions, by one module that is defined last."""

    def __init__(self) -> None:
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(1, 2, 3, padding=1, bias=False), nn.Conv2d(2, 2, 3, padding=1, bias=False)
        self.fc = nn.Linear(8, 3, bias=False)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.c1(x).relu())
        return self.fc(self.pool(self.c2(x).relu()).flatten(1))


class DefinedFirst(Pooled):
    def __init__(self) -> None:
        super().__init__()
        self._modules = {"pool": self.pool, **self._modules}


class Functional(Pooled):
    def forward(self, x: Tensor) -> Tensor:
        x = functional.avg_pool2d(self.c1(x).relu(), 2)
        return self.fc(functional.adaptive_avg_pool2d(self.c2(x).relu(), 2).flatten(1))


class Data(Pooled):
    """Looks at its data, so that it can't be traced."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if x.sum() > 0 else -x)


def spiking(model: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    for parameter in model.parameters():
        nn.init.uniform_(parameter)
    return from_model(model, batch_size=1).spiking_model


def as_sequence() -> nn.Sequential:
    m = Pooled()
    return nn.Sequential(m.c1, nn.ReLU(), nn.AvgPool2d(2), m.c2, nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), m.fc)


def counted(model: nn.Module, x: Tensor) -> list[float]:
    analyzer = SNNAnalyzer(model)
    with torch.no_grad():
        model(x)
    found = [layer["synops"].item() for layer in analyzer.get_layer_statistics()["parameter"].values()]
    analyzer.remove()
    return found


@pytest.mark.parametrize("kind", [Pooled, DefinedFirst, Functional])
def test_pools_are_made_up_for_where_they_are_called(kind: type[nn.Module]) -> None:
    x = torch.rand(1, 1, 8, 8).repeat(16, 1, 1, 1)
    expected = counted(spiking(as_sequence()), x)
    assert min(expected) > 500
    assert counted(spiking(kind()), x) == pytest.approx(expected)


def test_a_model_that_cannot_be_traced_is_counted_too() -> None:
    torch.manual_seed(1)
    model, same = Data(), Pooled()
    same.load_state_dict(model.state_dict())
    x = torch.rand(4, 1, 8, 8)
    assert counted(model, x) == counted(same, x)


def ones(*shape: int) -> Tensor:
    return torch.ones(2, *shape)


def cat(x: Tensor) -> Tensor:
    return torch.cat((functional.avg_pool2d(x, 2), x[..., :2, :2]), 1)


def add(x: Tensor) -> Tensor:
    pooled = functional.avg_pool2d(x, 2)
    pooled += x[..., 1:3, 1:3]
    return pooled


@pytest.mark.parametrize(
    ("before", "spikes", "arriving"),
    [
        (nn.AvgPool1d(2), ones(3, 4), 12),
        (nn.AvgPool1d((3,), stride=1, padding=1), ones(1, 4), 2 + 3 + 3 + 2),
        (nn.AvgPool2d(2), ones(1, 4, 4), 16),
        (nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False), ones(1, 3, 5), 15),
        (nn.AvgPool2d(2, divisor_override=3), ones(1, 4, 4), 16),
        (nn.AvgPool3d(2), ones(1, 2, 4, 4), 32),
        (SumPool2d(2), ones(1, 4, 4), 16),
        (nn.AdaptiveAvgPool1d(1), ones(3, 5), 15),
        (nn.AdaptiveAvgPool2d(3), ones(1, 4, 5), 6 * 7),  # windows overlap: rows 2, 2, 2, columns 2, 3, 2
        (nn.AdaptiveAvgPool3d((1, 2, None)), ones(1, 2, 4, 3), 24),
        (lambda x: x.mean((2, 3)), ones(3, 4, 4), 48),
        (lambda x: torch.mean(x, dim=(2, 3), keepdim=True), ones(3, 4, 4), 48),
        (nn.Sequential(nn.AvgPool2d(2), nn.AvgPool2d(2)), ones(1, 4, 4), 16),
        (nn.Sequential(nn.AvgPool2d(2), nn.Dropout(0.5)), ones(1, 4, 4), 16),
        (nn.Sequential(nn.AvgPool2d(2), nn.BatchNorm2d(1)), ones(1, 4, 4), 16),
        (nn.Sequential(nn.AvgPool2d(2), nn.ReLU(inplace=True)), ones(1, 4, 4), 4),  # new spikes
        (cat, ones(1, 4, 4), 16 + 4),
        (add, ones(1, 4, 4), 16 + 4),
    ],
)
def test_each_spike_counts_as_one_whatever_averages_it(before: Callable[[Tensor], Tensor], spikes: Tensor, arriving: int) -> None:
    class Weighed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.before = before
            self.weights = nn.Linear(before(spikes).flatten(1).shape[1], 5)

        def forward(self, x: Tensor) -> Tensor:
            return self.weights(self.before(x).flatten(1))

    model = Weighed()
    expected = model(spikes).shape[1] * arriving
    assert counted(model, spikes) == [pytest.approx(expected)]
    assert counted(model, spikes[0:1]) == [pytest.approx(expected)]


def test_counting_changes_neither_outputs_nor_statistics_nor_random_numbers() -> None:
    def ran(count: bool) -> list[Tensor]:
        torch.manual_seed(2)
        model = nn.Sequential(nn.AvgPool2d(2), nn.BatchNorm2d(2), nn.Dropout(0.5), nn.Conv2d(2, 2, 1), nn.ReLU())
        analyzer = SNNAnalyzer(model) if count else None
        found = [model(torch.rand(3, 2, 4, 4)), model[1].running_mean, torch.rand(1)]
        assert analyzer is None or analyzer.get_layer_statistics()["parameter"]
        return found

    assert all(map(torch.equal, ran(True), ran(False)))


@pytest.mark.parametrize(
    "layer",
    [
        nn.ConvTranspose1d(2, 3, 3),
        nn.ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1, groups=2),
        nn.ConvTranspose2d(2, 4, 2, output_padding=1, dilation=2),
        nn.ConvTranspose3d(2, 3, 2),
    ],
)
def test_a_transposed_convolution_counts_each_neuron_that_a_spike_reaches(layer: nn.ConvTranspose2d) -> None:
    sides = (4, 5, 3)[: len(layer.kernel_size)]
    spikes = torch.randint(0, 3, (2, 2, *sides)).float()
    with torch.no_grad():
        reached = torch.zeros(2, *sides)
        for place in np.ndindex(2, *sides):
            one = torch.zeros(1, 2, *sides)
            one[(0, *place)] = 1
            reached[place] = (layer(one) != layer(0 * one)).sum()
    assert counted(layer, spikes) == [pytest.approx((spikes * reached).sum().item() / 2)]


def test_a_sample_without_a_batch_counts_as_one_of_a_batch() -> None:
    for layer, x in ((nn.Linear(3, 5), torch.rand(3)), (nn.Conv2d(2, 3, 2), torch.rand(2, 4, 4))):
        assert counted(layer, x) == pytest.approx(counted(layer, x.unsqueeze(0)))


class Tied(nn.Module):
    """Uses one layer with weights and one of neurons twice."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.spikes = nn.Linear(4, 4), LIF(5.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.a(self.spikes(self.a(self.spikes(x))))


def test_all_calls_of_a_layer_within_one_of_the_model_are_counted() -> None:
    torch.manual_seed(0)
    model = Tied()
    x = 9 * torch.rand(2, 7, 4)
    with torch.no_grad():
        first = model.spikes(x)
        second = model.spikes(model.a(first))
        model.spikes.reset_states()
        analyzer = SNNAnalyzer(model)
        for _ in range(2):
            model.spikes.reset_states()
            model(x)
    for average in (False, True):
        layers = analyzer.get_layer_statistics(average)
        assert layers["parameter"]["a"]["synops"] == pytest.approx((first.sum() + second.sum()).item() / 2 * 4)
        assert layers["spiking"]["spikes"]["firing_rate"] == pytest.approx((first.mean() + second.mean()).item() / 2)


def test_an_error_in_a_model_ends_its_call_and_the_next_counts_afresh() -> None:
    model = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(1, 3, 1))
    analyzer = SNNAnalyzer(model)
    with pytest.raises(RuntimeError):
        model(torch.ones(1, 2, 4, 4))
    model(torch.ones(1, 1, 4, 4))
    assert analyzer.get_layer_statistics()["parameter"]["1"]["synops"] == 16 * 3
    assert not torch._C._len_torch_function_stack()


def test_a_run_on_a_constant_input_is_counted_by_an_analyzer_from_outside() -> None:
    torch.manual_seed(0)
    network = from_model(nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(1, 2, 1), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(2, 1, 1)), batch_size=1)
    analyzer = SNNAnalyzer(network.spiking_model)
    network.run(torch.ones(1, 1, 4, 4), 10)
    assert analyzer.get_layer_statistics()["parameter"]["1"]["synops"] == 10 * 16 * 2


def test_what_follows_a_spiking_layer_does_not_change_what_it_is_said_to_have_sent() -> None:
    class Changing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.spikes = IAF()

        def forward(self, x: Tensor) -> Tensor:
            h = self.spikes(x)
            h += 5
            return h

    model = Changing()
    analyzer = SNNAnalyzer(model)
    model(torch.ones(1, 4, 2))
    assert analyzer.get_layer_statistics()["spiking"]["spikes"]["firing_rate"] == 1


class Doing(nn.Module):
    """Does something in the middle of its call."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.weights, self.act = nn.Linear(2, 3), act

    def forward(self, x: Tensor) -> Tensor:
        x = self.weights(x)
        self.act()
        return self.weights(x[..., :2])


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_interrupted_call_is_not_counted_and_the_next_counts_afresh() -> None:
    model = Doing(interrupt)
    analyzer = SNNAnalyzer(model)
    with pytest.raises(KeyboardInterrupt):
        model(torch.ones(1, 2))
    with torch.device("cpu"):  # a mode above the one that the interrupt left behind
        model.weights(torch.ones(1, 2))
        model.weights(torch.ones(1, 2))
        assert torch._C._len_torch_function_stack() == 1
    assert not torch._C._len_torch_function_stack()
    assert analyzer.get_model_statistics(average=True)["synops"] == 2 * 3


@pytest.mark.parametrize("forget", ["remove", "reset", "__del__"])
def test_nothing_stays_behind_of_an_interrupted_call_that_is_forgotten(forget: str) -> None:
    model = Doing(interrupt)
    analyzer = SNNAnalyzer(model)
    with pytest.raises(KeyboardInterrupt):
        model(torch.ones(1, 2))
    getattr(analyzer, forget)()
    assert not torch._C._len_torch_function_stack()


@pytest.mark.parametrize("forget", ["remove", "reset"])
def test_counting_may_end_within_a_call(forget: str) -> None:
    model = Doing(lambda: getattr(analyzer, forget)())
    x = torch.ones(1, 2)
    expected = model.weights(model.weights(x)[..., :2])
    analyzer = SNNAnalyzer(model)
    assert torch.equal(model(x), expected)
    assert not torch._C._len_torch_function_stack()


def test_calls_of_several_threads_count_each_for_itself() -> None:
    meeting = threading.Barrier(2, timeout=20)
    model = Doing(meeting.wait)
    model.weights.weight.data.fill_(1.0)
    model.weights.bias.data.zero_()
    analyzer = SNNAnalyzer(model)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(model, [torch.ones(1, 2), torch.ones(1, 2)]))
    assert all(torch.equal(answer, torch.full((1, 3), 4.0)) for answer in answers)
    assert analyzer.get_model_statistics()["synops"] == (2 + 4) * 3
    assert analyzer.get_model_statistics(average=True)["synops"] == (2 + 4) * 3
