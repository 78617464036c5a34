"""An own file becomes the input of the Network page, or is refused and leaves what was there."""

from __future__ import annotations

import numpy as np
import pytest

from app.state import files
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft
from snncore.io.recordings import content_hash
from snncore.run.simulation import simulate
from tests.app.network_page import STILL_SHOWN, TEN, as_npy, captions, draft, fields, opened, raster, spikes, upload
from tests.app.pages import data_of, desk, press, told
from tests.app.said import complaints

pytestmark = pytest.mark.slow  # each runs a page of the app

# ----------------------------------------------------------------------------------------------------- own files


def test_a_file_becomes_the_input() -> None:
    page = opened(panel="Input")
    raster_of_file = spikes(50, 16)
    upload(page, "mine.npy", as_npy(raster_of_file))
    assert complaints(page) == []
    given = draft(page).input
    assert (given.kind, given.name, given.shape, given.digest) == ("file", "mine.npy", (1, 50, 16), content_hash(raster_of_file[None]))
    assert draft(page) == stack.feed_file(TEN, "mine.npy", given.digest, (1, 50, 16), "counts")
    assert np.array_equal(raster(page, "input"), raster_of_file.T)
    assert "From the file 'mine.npy'." in captions(page)
    assert not [path for path in fields(page, "input.") if ".shape." in path], "its shape is the file's"
    press(page, "New weights")
    assert draft(page).input == given
    press(page, "Undo")
    press(page, "Undo")
    assert draft(page) == TEN
    press(page, "Redo")
    assert np.array_equal(raster(page, "input"), raster_of_file.T), "the file is still here"


def test_a_file_that_does_not_fit_the_network_is_a_misfit() -> None:
    page = upload(opened(panel="Input"), "events.csv", b"t,neuron\n0,0\n3,1\n9,2\n")
    assert draft(page).input.shape == (1, 10, 3)
    assert STILL_SHOWN in captions(page)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.txt", b"1,2", "File 'mine.txt': its ending tells no format that can be read; use .npy, .npz, .csv."),
        ("mine.npy", b"nothing of the kind", "File 'mine.npy': it is no NumPy array; save it with np.save or np.savez."),
        ("mine.csv", b"1,2\n3,x\n", "File 'mine.csv': line 2, column 2: 'x' is not a number; write numbers with commas between."),
        ("mine.csv", b"", "File 'mine.csv': it is empty; save the spikes again."),
        ("long.csv", b"1\n" * 20_001, "this page takes up to 20,000"),
    ],
)
def test_a_file_that_is_refused_leaves_the_input_as_it_was(name: str, content: bytes, message: str) -> None:
    made = Draft(network=[{"kind": "IAF"}], input={"shape": (1, 10, 1), "probability": 0.5})
    page = upload(opened(made, panel="Input"), name, content)
    assert len(complaints(page)) == 1
    assert message in complaints(page)[0]
    assert draft(page) == made
    assert not desk(page).composition.history.can_undo


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"t,neuron\n0,0\n99,15\n", "events, in 100 time steps, 16 neurons, 1 sample"),
        (
            "a.csv",
            b"t,x,y,p\n0,0,0,1\n9,7,3,0\n",
            "events, in 10 time steps, 2 × 4 × 8 (channels × height × width), 1 sample",
        ),
        ("a.csv", b"n0;n1\n0,5;1,5\n", "currents, in 1 time step, 2 neurons, 1 sample"),
        ("[a].npy", as_npy(spikes(3, 50, 16)), "spike counts, in 50 time steps, 16 neurons, 3 samples"),
    ],
)
def test_the_page_says_what_a_file_was_read_as(name: str, content: bytes, words: str) -> None:
    sentence = f"{name!r} was read as {words}."
    page = upload(opened(panel="Input"), name, content)
    assert sentence in captions(page)
    press(page, "Undo")
    assert sentence not in captions(page)
    press(page, "Redo")
    assert sentence in captions(page)
    other = opened(draft(page), panel="Input")
    assert sentence not in captions(other), "what isn't here was not read"
    upload(other, "again.csv", b"t,channel\n0,0\n3,1\n")
    assert sentence not in captions(other)
    upload(other, name, content)
    assert sentence in captions(other)


@pytest.mark.parametrize(
    "content",
    [b"timestamp,channel\n0,0\n30,1\n", b"0,3\n40,1\n250000,2\n", as_npy(np.arange(400).reshape(100, 4))],
    ids=["named", "csv", "npy"],
)
def test_no_layer_is_offered_to_fit_a_file_that_was_misread(content: bytes) -> None:
    name = "a.npy" if content.startswith(b"\x93") else "a.csv"
    page = upload(opened(panel="Input"), name, content)
    assert len(complaints(page)) == 1
    assert draft(page) == TEN
    assert draft(page).first_misfit is None


FILE = spikes(1, 100, 16)
FROM_FILE = stack.feed_file(TEN, "mine.npy", content_hash(FILE), FILE.shape, "counts")


def test_a_link_to_a_file_that_is_not_here_says_what_is_missing() -> None:
    page = opened(FROM_FILE, panel="Input")
    assert complaints(page) == [
        "The input is the file 'mine.npy', which is not here: links carry no files. Upload it again, or choose another input."
    ]
    assert data_of(page, "count")["status"] == "Nothing can be simulated so far."
    assert "rows" not in [element.key for element in page.get("bidi_component")]
    assert draft(page) == FROM_FILE


def test_without_the_file_an_ordinary_input_can_be_chosen() -> None:
    page = opened(FROM_FILE, panel="Input")
    told(page, "input kind", {"do": "choose", "kind": "poisson_spikes"})
    assert complaints(page) == []
    assert draft(page) == stack.feed(FROM_FILE, "poisson_spikes")
    assert np.array_equal(raster(page, "input"), simulate(desk(page).composition.experiment)[0].input[0].T)
    press(page, "Undo")
    assert "which is not here" in complaints(page)[0]


def test_uploading_the_file_that_a_link_names_makes_its_network_run() -> None:
    page = upload(opened(FROM_FILE, panel="Input"), "mine.npy", as_npy(FILE))
    assert complaints(page) == []
    assert draft(page) == FROM_FILE
    assert np.array_equal(raster(page, "input"), FILE[0].T)


# ------------------------------------------------------------------------------------------------------ sessions


def test_the_oldest_files_of_a_session_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(panel="Input")
    monkeypatch.setattr(files, "LARGEST_FILES", 2 * spikes(1, 50, 16).nbytes)
    for number in range(4):  # the present one and the one an undo away stay beside the new one
        upload(page, f"{number}.npy", as_npy(np.roll(spikes(50, 16), number, axis=0)))
    assert [content_hash(np.roll(spikes(50, 16), number, axis=0)[None]) for number in (1, 2, 3)] == list(desk(page).files)
