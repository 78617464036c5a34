"""How fast labelled data are learned while a Chromium watches, and how often the middle of the page is redrawn, with their bars.

`python -m benchmarks.app_labelled` measures digits and Yin-Yang; `python -m benchmarks.app_labelled digits 3` one of them for 3 s.
Both trainings are at full speed: one in a process that serves no page, one watched. `... crowd` lets one user edit a network while nobody
trains, and while as many others as a server lets compute at once learn digits, each watched, and then pause. Browsers and server share the
machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from playwright.sync_api import Browser, Page, sync_playwright

from app.server.limits import MOST_RUNNING
from app.server.link import to_parameter
from app.server.process import prepare
from app.server.runner import TrainingRun
from benchmarks.browser import VIEWPORT, WATCH, open_watched, press_threshold, until_redrawn
from benchmarks.timing import percentile
from snncore.experiment.recognition import digits, yin_yang
from snncore.experiment.spec import Experiment
from tests.browser.chromium import QUIET, find
from tests.browser.server import ROOT, serve

SECONDS = 10.0
SPEED_BAR, REDRAWN_BAR = 0.7, 10.0
"""Share of the speed without a page; redraws per second."""

MOVES, WARM_UP = 10, 3
"""Moves of a slider, and those before that don't count."""

BESIDE_BAR, PAUSE_BAR = 120.0, 150.0
"""Milliseconds."""

PAUSED = """() => [...document.querySelectorAll("button")].some(button => button.textContent.trim() === "Train it" && !button.disabled)
  && performance.now() - window.released"""

ENDLESS = {"training.epochs": 5000, "training.schedule": "constant"}
DATA: dict[str, Callable[[], Experiment]] = {"digits": digits, "yin_yang": yin_yang}

MIDDLE = ".stColumn .stColumn [data-drawn]"
"""Whatever is drawn in the page's middle: the data's view, and the rows of a sample."""

STATE = f"""() => [
  Number(document.querySelector(".headline-unit").textContent.match(/epoch (\\d+)/)[1]),
  ...[...document.querySelectorAll("{MIDDLE}")].map(view => Number(view.dataset.drawn)),
  performance.now() / 1000,
]"""


def main() -> None:
    if sys.argv[1:2] == ["alone"]:
        _alone(sys.argv[2], float(sys.argv[3]))
        return
    names, seconds = sys.argv[1:2] or [*DATA, "crowd"], float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    for name in names:
        if name == "crowd":
            _crowd()
            continue
        command = [sys.executable, "-m", "benchmarks.app_labelled", "alone", name, str(seconds)]
        alone = float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        speed, redrawn = _watched(DATA[name]().replace(ENDLESS), seconds)
        print(f"{name}: {alone:.2f} epochs/s alone, {speed:.2f} watched: {speed / alone:.0%} (bar {SPEED_BAR:.0%})")
        print(f"{name}: redrawn {', '.join(f'{each:.1f}' for each in redrawn)} times/s (bar {REDRAWN_BAR:g})")


def _alone(name: str, seconds: float) -> None:
    """Print the epochs per second of a training that nobody watches."""
    prepare()
    run = TrainingRun(DATA[name]().replace(ENDLESS), speed=None)
    run.play()
    time.sleep(1.0)
    first, begun = _progress(run), time.perf_counter()
    time.sleep(seconds)
    last, ended = _progress(run), time.perf_counter()
    run.pause()
    print((last - first) / (ended - begun))


def _progress(run: TrainingRun) -> float:
    done, most = run.batches
    return len(run.records) + (done / most if most else 0.0)


def _watched(experiment: Experiment, seconds: float) -> tuple[float, list[float]]:
    """Return epochs per second, and how often each view of the middle is redrawn per second."""
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        page = _opened(browser, server.url, experiment)
        page.get_by_role("button", name="Train it").click()
        page.wait_for_timeout(2000)
        first = _next_epoch(page)
        page.wait_for_timeout(1000 * seconds)
        last = _next_epoch(page)
        browser.close()
    span = last[-1] - first[-1]
    return (last[0] - first[0]) / span, [(after - before) / span for before, after in zip(first[1:-1], last[1:-1], strict=True)]


def _opened(browser: Browser, url: str, experiment: Experiment) -> Page:
    """Return the Training page of a user of its own, at full speed, that doesn't train yet."""
    page = browser.new_context(viewport=VIEWPORT).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}?x={to_parameter(experiment.draft)}")
    page.locator(MIDDLE).nth(1).wait_for()
    page.get_by_label("Speed").click()
    page.get_by_role("option", name="full speed").click()
    page.wait_for_timeout(1000)
    return page


def _crowd() -> None:
    """Print how soon the Network page and Pause answer while others learn digits."""
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        learners = [_opened(browser, server.url, digits().replace(ENDLESS)) for _ in range(MOST_RUNNING)]
        editor = open_watched(browser.new_context().new_page(), f"{server.url}network")
        _print_times("threshold slider on the Network page, nobody trains", _moves(editor))
        for learner in learners:
            learner.evaluate(WATCH)
            learner.get_by_role("button", name="Train it").click()
            learner.get_by_role("button", name="Pause").wait_for()
        _print_times(f"threshold slider on the Network page, {MOST_RUNNING} others learn digits", _moves(editor), BESIDE_BAR)
        pauses = []
        for learner in learners:
            learner.get_by_role("button", name="Pause").click()
            pauses.append(learner.wait_for_function(PAUSED).json_value())
        _print_times(f"Pause of one of {MOST_RUNNING} who learn digits", pauses, PAUSE_BAR)
        browser.close()


def _moves(editor: Page) -> list[float]:
    """Milliseconds from the key on the slider to the last change in a plot."""
    times = []
    for number in range(WARM_UP + MOVES):
        press_threshold(editor, number)
        times.append(until_redrawn(editor))
    return times[WARM_UP:]


def _print_times(name: str, times: Sequence[float], bar: float | None = None) -> None:
    held = f" (bar: below {bar:.0f})" if bar else ""
    print(f"{name}: median {statistics.median(times):.0f} ms{held}, p95 {percentile(times, 95):.0f}, {len(times)} times", flush=True)


def _next_epoch(page: Page) -> list[float]:
    """Return the state of the page just as it shows another epoch."""
    present = page.evaluate(STATE)[0]
    found: list[float] = page.wait_for_function(
        f"epoch => {{ const now = ({STATE})(); return now[0] > epoch && now; }}", arg=present
    ).json_value()
    return found


if __name__ == "__main__":
    main()
