"""Labelled data: what each data set holds, how it is split, and what isn't taken as one."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from snncore import encoders
from snncore.errors import ExperimentError, RegistrationError
from snncore.experiment.data import DATA_KINDS, DataSet, Halves, Labelled
from snncore.experiment.data.digits import Digits
from snncore.experiment.data.file import labels_key, values_key
from snncore.experiment.data.remember import Remember
from snncore.experiment.data.yin_yang import YinYang, yin_yang_classes
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.part import Shape
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


# ------------------------------------------------------------------------------------------------- from outside


class Ramps(DataSet):
    """Two classes of three values."""

    title: ClassVar[str] = "Ramps"
    kind: Literal["ramps"] = "ramps"

    @property
    def classes(self) -> int:
        return 2

    @property
    def counts(self) -> tuple[int, int]:
        return 4, 2

    @property
    def sample_shape(self) -> Shape:
        return (3,)

    def make(self, files: Files = NO_FILES) -> Halves:
        return Halves(*(Labelled(torch.linspace(0, 1, 3 * count).view(count, 3), torch.arange(count) % 2) for count in (4, 2)))


def changed(**parts: Any) -> Any:
    """A `make` whose training half has other values or labels, as functions of the right ones."""

    def make(self: Ramps, files: Files = NO_FILES) -> Halves:
        halves = Ramps().make()
        return halves._replace(train=halves.train._replace(**{part: change(getattr(halves.train, part)) for part, change in parts.items()}))

    return make


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "one class too few": ({"classes": property(lambda self: 1)}, "the labels of its training half are 0 to 1, but it has 1 class"),
    "classes in a text": ({"classes": property(lambda self: "two")}, "its classes is 'two'; it must be a whole number from 1"),
    "more samples": (
        {"counts": property(lambda self: (5, 2))},
        "of its training half are float32 (4, 3); they must be float32 (5, 3)",
    ),
    "one count": ({"counts": property(lambda self: (6,))}, "its counts is (6,); it must be two whole numbers from 1"),
    "another shape": ({"sample_shape": property(lambda self: (4,))}, "are float32 (4, 3); they must be float32 (4, 4)"),
    "a list as shape": ({"sample_shape": property(lambda self: [3])}, "its sample_shape is [3]; it must be a tuple of whole numbers"),
    "time that it hasn't": ({"steps": property(lambda self: 5)}, "are float32 (4, 3); they must be float32 (4, 5, 3)"),
    "an answer after its end": (
        {"steps": property(lambda self: 5), "answer_from": property(lambda self: 5)},
        "its answer_from is 5; it must be a step from 0 to 4",
    ),
    "fewer bytes": ({"nbytes": property(lambda self: 10)}, "its nbytes is 10, but its samples take 72 bytes"),
    "values of float64": ({"make": changed(values=Tensor.double)}, "the values of its training half are float64 (4, 3)"),
    "an array": ({"make": changed(values=Tensor.numpy)}, "the values of its training half are an array, float32 (4, 3)"),
    "values that aren't finite": ({"make": changed(values=lambda values: values / 0)}, "values of its training half aren't finite"),
    "values above 1": ({"make": changed(values=lambda values: 255 * values)}, "the values of its training half are 0 to 255; scale them"),
    "labels of int32": ({"make": changed(labels=Tensor.int)}, "the labels of its training half are int32 (4,); they must be int64 (4,)"),
    "labels from 1": ({"make": changed(labels=lambda labels: labels + 1)}, "are 1 to 2, but it has 2 classes; label them 0 to 1"),
    "one half": ({"make": lambda self, files=NO_FILES: Ramps().make().train}, "its make returns Labelled; it must return Halves"),
    "pairs": ({"make": lambda self, files=NO_FILES: (1, 2)}, "its make returns tuple; it must return Halves"),
    "an error": ({"make": lambda self, files=NO_FILES: 1 / 0}, "its make ended in ZeroDivisionError: division by zero"),
    "another signature": ({"make": lambda: None}, "its make ended in TypeError"),
    "random numbers": ({"make": changed(values=torch.rand_like)}, "its make draws random numbers of torch"),
    "a plane of three values": (
        {"is_plane": property(lambda self: True)},
        "its values_at returns an array, float32 (2, 2) for two points; it must be float32 (2, 3)",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_data_set_that_does_not_make_what_it_says_is_refused_in_one_sentence(wrong: str) -> None:
    attributes, refusal = WRONG[wrong]
    contents = {"__annotations__": {"kind": Literal["wrong"]}, "__module__": __name__, "kind": "wrong", **attributes}
    with pytest.raises(RegistrationError) as error:
        DATA_KINDS.register(type("Wrong", (Ramps,), contents))
    assert refusal in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert "wrong" not in DATA_KINDS


def test_a_data_set_that_makes_what_it_says_registers() -> None:
    assert DATA_KINDS.register(Ramps) is Ramps
    DATA_KINDS.remove("ramps")


class Needing(Ramps):
    kind: Literal["needing"] = "needing"  # type: ignore[assignment]
    digest: str

    def make(self, files: Files = NO_FILES) -> Halves:
        raise AssertionError("nothing says which file")


class Missing(Ramps):
    kind: Literal["missing"] = "missing"  # type: ignore[assignment]

    def make(self, files: Files = NO_FILES) -> Halves:
        raise ExperimentError("The file isn't here.")


@pytest.mark.parametrize("kind", [Needing, Missing])
def test_a_data_set_that_needs_a_file_registers_without_being_made(kind: Any) -> None:
    assert DATA_KINDS.register(kind) is kind
    DATA_KINDS.remove(kind.model_fields["kind"].default)
