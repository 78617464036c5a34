"""Labelled data: what each data set holds, how it is split, and what isn't taken as one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from snncore import encoders
from snncore.errors import ExperimentError
from snncore.experiment.data import DATA_KINDS, DataSet
from snncore.experiment.data.digits import Digits
from snncore.experiment.data.file import labels_key, values_key
from snncore.experiment.data.remember import Remember
from snncore.experiment.data.yin_yang import YinYang, yin_yang_classes
from tests.snncore.labelled import own

OWN, FILES = own(np.arange(60.0).reshape(20, 3), np.arange(20) % 2, test_share=0.25)
SERIES, SERIES_FILES = own(np.arange(160.0).reshape(20, 4, 2), np.arange(20) % 2)
SETS: list[DataSet] = [Digits(), YinYang(), Remember(delay=5), OWN]


def test_every_kind_is_among_these() -> None:
    assert {data.kind for data in SETS} == set(DATA_KINDS)
    assert all(data.title for data in SETS)


@pytest.mark.parametrize("data", [*SETS, SERIES], ids=lambda data: f"{data.kind} {data.steps}")
def test_a_data_set_has_the_sizes_that_it_says_without_being_made(data: DataSet) -> None:
    halves = data.make(SERIES_FILES if data is SERIES else FILES)
    time = () if data.steps is None else (data.steps,)
    for half, count in zip(halves, data.counts, strict=True):
        assert half.values.shape == (count, *time, *data.sample_shape)
        assert half.values.dtype == torch.float32
        assert (half.labels.shape, half.labels.dtype) == ((count,), torch.int64)
        assert half.labels.unique().tolist() == list(range(data.classes))
        assert data.steps is not None or (half.values.min() >= 0 and half.values.max() <= 1)
    assert data.nbytes == sum(half.values.nbytes for half in halves)


def test_digits_are_scikit_learns_each_in_one_half() -> None:
    train, test = Digits().make()
    found = torch.cat([train.values, test.values]).flatten(1)
    images = (encoders.digit_images() / 16).flatten(1)
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, images.tolist()))
    labels = {tuple(image): label for image, label in zip(images.tolist(), encoders.digit_labels().tolist(), strict=True)}
    assert [labels[tuple(value)] for value in test.values.flatten(1).tolist()] == test.labels.tolist()


def test_yin_yang_has_the_published_areas() -> None:
    """Points of each class by hand: both lobes, both dots and their surroundings."""
    points = np.array([[0.25, 0.5], [0.75, 0.5], [0.25, 0.7], [0.75, 0.7], [0.25, 0.3], [0.75, 0.3], [0.5, 0.9], [0.5, 0.1]])
    assert yin_yang_classes(points).tolist() == [2, 2, 1, 0, 1, 0, 1, 0]


def test_yin_yang_shows_a_point_its_mirror_image_and_a_bias() -> None:
    values = YinYang().make().train.values
    torch.testing.assert_close(values[:, :2] + values[:, 2:4], torch.ones(5000, 2))
    assert (values[:, 4] == 1).all()
    assert (torch.hypot(values[:, 0] - 0.5, values[:, 1] - 0.5) <= 0.5 + 1e-6).all()


@pytest.mark.parametrize("kind", [YinYang, Remember])
def test_what_is_drawn_depends_on_the_seed_alone(kind: Any) -> None:
    one, same, other = kind(seed=1).make(), kind(seed=1).make(), kind(seed=2).make()
    assert torch.equal(one.train.values, same.train.values)
    assert not torch.equal(one.train.values, other.train.values)
    assert not torch.equal(one.train.values[: len(one.test.values)], one.test.values)


def test_a_bit_is_shown_then_nothing_then_a_cue() -> None:
    data = Remember(delay=50, shown=10, asked=8)
    values, labels = data.make().train
    assert (data.steps, data.answer_from) == (68, 60)
    shown, cued = values[:, :10].reshape(len(values), 10, 3, 4), values[:, 60:].reshape(len(values), 8, 3, 4)
    assert not values[:, 10:60].any()
    assert (shown.sum(dim=(1, 3))[:, :2].argmax(dim=1) == labels).all()
    assert not shown[:, :, 2].any()
    assert not cued[:, :, :2].any()
    assert cued.mean().item() == pytest.approx(1 / 6, abs=0.01)
    assert shown[labels == 1][:, :, 0].sum() == 0


# ---------------------------------------------------------------------------------------------------------- own data


def test_own_samples_are_split_by_share_and_seed() -> None:
    one, other = OWN.make(FILES), own(FILES[values_key(OWN.digest)], FILES[labels_key(OWN.digest)], test_share=0.25, seed=1)[0].make(FILES)
    assert OWN.counts == (15, 5)
    assert not torch.equal(one.test.labels, other.test.labels) or not torch.equal(one.test.values, other.test.values)


@pytest.mark.parametrize("test_share", [0.001, 0.2, 0.5, 0.999])
@pytest.mark.parametrize("sizes", [(2, 2), (3, 3), (4, 4, 4), (10,) * 40, (90, 10), (2, 30, 500), (7, 2, 2, 2)], ids=str)
def test_each_half_has_samples_of_each_class_and_of_large_ones_about_their_share(sizes: tuple[int, ...], test_share: float) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    data, files = own(np.arange(len(labels))[:, None], labels, test_share=test_share)
    train, test = data.make(files)
    learned, tested = (np.bincount(half.labels, minlength=len(sizes)) for half in (train, test))
    assert (learned + tested == sizes).all()
    assert min(learned.min(), tested.min()) >= 1
    assert (learned.sum(), tested.sum()) == data.counts
    share = data.counts[1] / len(labels)
    assert (np.abs(tested - share * np.array(sizes)) < len(sizes) + 1).all()


def test_the_split_of_the_digits_stays_that_of_saved_experiments() -> None:
    test = Digits().make().test
    assert test.labels[:20].tolist() == [7, 9, 4, 7, 0, 2, 6, 1, 3, 1, 3, 7, 3, 6, 7, 1, 6, 6, 1, 0]


def test_own_values_are_scaled_by_the_training_half_and_series_are_not() -> None:
    train, test = OWN.make(FILES)
    assert train.values.amin(0).tolist() == [0, 0, 0]
    assert train.values.amax(0).tolist() == [1, 1, 1]
    assert test.values.min() >= 0
    assert torch.cat([half.values for half in SERIES.make(SERIES_FILES)]).sum() == np.arange(160).sum()


def test_a_value_that_never_changes_becomes_zero() -> None:
    data, files = own(np.ones((20, 3)), np.arange(20) % 2)
    assert not data.make(files).train.values.any()


def halves_of(values: Any, labels: Any, **fields: Any) -> Any:
    data, files = own(values, labels, **fields)
    return data.make(files)


def of_three_classes(declared: int) -> Any:
    data, files = own(np.ones((20, 3)), np.arange(20) % 3)
    return data.model_copy(update={"labels": declared}).make(files)


REFUSED: list[tuple[Any, str]] = [
    (lambda: OWN.make(), "The labelled data are the file 'mine.npz', which is not here: links carry no files. Upload it again, or"),
    (lambda: halves_of(np.ones((20, 3)), np.arange(20) % 2, samples=19), "have 19 samples of the shape (3,), but the file"),
    (lambda: of_three_classes(2), "have 2 classes, but the file 'mine.npz' has labels up to 2; set labels to 3."),
    (lambda: of_three_classes(4), "have 4 classes, but the file 'mine.npz' has labels up to 2; set labels to 3."),
    (lambda: halves_of(np.ones((20, 3)), [0] * 19 + [1]), "mine.npz: class 1 has one sample; give at least two of each class."),
]


@pytest.mark.parametrize(("make", "sentence"), REFUSED, ids=["missing", "other sizes", "fewer classes", "more classes", "a single sample"])
def test_own_data_that_cannot_be_learned_are_refused_in_one_sentence(make: Any, sentence: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        make()
    assert sentence in str(refused.value)
