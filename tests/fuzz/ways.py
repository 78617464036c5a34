"""The ways in that a visitor has, for what was made: each ends in an Experiment that runs, or in a sentence that says why not."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.server.link import from_parameter, to_parameter
from app.state.desk import Desk
from app.state.tuned_neuron import TunedNeuron, as_experiment
from snncore.errors import SNNCoreError
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft, Experiment
from snncore.io.recordings import content_hash, read_raster
from tests.fuzz.made import Case

MAIN = Path(__file__).parents[2] / "app" / "main.py"
NETWORK_PAGE = "views/network.py"
PAGES = ("views/training.py", NETWORK_PAGE, "views/neuron.py", "views/conversion.py")
LONGEST_SENTENCE = 600
"""Characters."""


class Fault(AssertionError):
    """What a page would have shown was no sentence."""


def enter(case: Case) -> Draft | None:
    """What the pages would go on with; None where they refuse it. Raises whatever a page would have raised, or Fault."""
    held = Desk()
    match case.kind:
        case "link":
            return _opened(held, case.content)
        case "json":
            text = case.content.decode(errors="replace")
            held.attempt(lambda: held.training.begin(Experiment.from_json(text)))
            first = _said(held)
            held.attempt(lambda: held.training.bring_back(case.name, case.content))
            if _said(held) is None and first is not None:
                raise Fault(f"a file was taken that the text area refuses: {first}")
            return held.composition.experiment if first is None else None
        case "tensors":
            held.attempt(lambda: held.training.bring_back(case.name, case.content))
            return held.composition.experiment if _said(held) is None else None
        case "recording":
            return _fed(held, case)
        case "labelled":
            return _learned(held, case)
        case "torch":
            return _loaded(held, case)


def _opened(held: Desk, parameter: bytes) -> Draft | None:
    """By a link, which is then composed, trained, and taken to the Neuron page."""
    try:
        draft = from_parameter(parameter.decode("latin-1"))
    except SNNCoreError as error:
        _is_sentence(str(error))
        return None
    if from_parameter(to_parameter(draft)) != draft or Draft.from_json(draft.to_json()) != draft:
        raise Fault("its link or its file holds something else")
    try:
        TunedNeuron().bring(as_experiment(draft))
    except SNNCoreError as error:
        _is_sentence(str(error))
    held.attempt(lambda: held.composition.compose(lambda before: draft))
    if _said(held) is not None:
        return None
    reason = held.training.prepare()
    if reason is not None:
        _is_sentence(reason)
    _said(held)
    return draft


def _fed(held: Desk, case: Case) -> Draft | None:
    try:
        given = read_raster(case.name, case.content)
    except SNNCoreError as error:
        _is_sentence(str(error))
        return None
    digest = content_hash(given.values)
    held.keep_file(digest, given.values)
    composition = held.composition
    shape, holds = given.values.shape, given.holds
    held.attempt(lambda: composition.compose(lambda draft: stack.feed_file(draft, case.name, digest, shape, holds)))
    if _said(held) is not None:
        return None
    if composition.present.first_misfit:
        held.attempt(lambda: composition.mend(0))
        _said(held)
    return composition.present


def _learned(held: Desk, case: Case) -> Draft | None:
    held.attempt(lambda: held.training.bring_labelled(case.name, case.content))
    if _said(held) is not None:
        return None
    reason = held.training.prepare()
    if reason is not None:
        raise Fault(f"a file was taken that can't be learned: {reason}")
    return held.composition.present


def _loaded(held: Desk, case: Case) -> Draft | None:
    """Into the present layers, and into an artificial network."""
    held.attempt(lambda: held.conversion.bring(case.name, case.content))
    converted = held.conversion.present if _said(held) is None else None
    held.attempt(lambda: held.training.bring_back(case.name, case.content))
    return held.composition.experiment if _said(held) is None else converted


def _said(held: Desk) -> str | None:
    """What was complained of, which must be a sentence; None where nothing was."""
    if held.complaint is not None:
        _is_sentence(held.complaint)
    run = held.training.present_run
    if run is not None and run.failure is not None:
        _is_sentence(run.failure)
    return held.complaint


def _is_sentence(text: str) -> None:
    text.encode()  # what the browser is sent
    if "internal error" in text or "\n" in text or len(text) > LONGEST_SENTENCE or not text.endswith("."):
        raise Fault(f"no sentence: {text[:300]!r}")


def show(draft: Draft) -> None:
    """Opens it on every page, with all that can be opened there. Raises Fault where a page shows an exception."""
    parameter = to_parameter(draft)
    for view in PAGES:
        page = AppTest.from_file(MAIN, default_timeout=60)
        page.query_params["x"] = parameter
        for name in (
            "more",
            "seeds",
            "drawer",
            "menu_compare",
            "menu_explain",
            "menu_share",
            "more network.0",
            "more network.1",
            "more input",
            "conversion_more",
        ):
            page.session_state[name] = True
        _run(page.switch_page(view), view)
        for label in ("+1 epoch", "Undo", "New input"):
            button = next((button for button in page.button if button.label == label and not button.disabled), None)
            if button is not None:
                button.click()
                _run(page, view)
        held: Desk = page.session_state["desk"]
        if view == NETWORK_PAGE:
            held.composition.view.select(None)
            _run(page, view)
        held.leave()


def _run(page: AppTest, view: str) -> None:
    page.run()
    if page.exception:
        raise Fault(f"{view}: {page.exception[0].message} {page.exception[0].stack_trace}")
