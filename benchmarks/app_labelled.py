"""How fast labelled data are learned while a Chromium watches, and how often the middle of the page is redrawn, with their bars.

`python -m benchmarks.app_labelled` measures digits and Yin-Yang; `python -m benchmarks.app_labelled digits 3` one of them for 3 s.
Both trainings are at full speed: one in a process that serves no page, one watched. Browser and server share the machine.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from playwright.sync_api import Page, sync_playwright

from app.server.link import to_parameter
from app.server.process import prepare
from app.server.runner import TrainingRun
from benchmarks.browser import VIEWPORT
from snncore.experiment.recognition import digits, yin_yang
from snncore.experiment.spec import Experiment
from tests.browser.chromium import QUIET, find
from tests.browser.server import ROOT, serve

SECONDS = 10.0
SPEED_BAR, REDRAWN_BAR = 0.7, 10.0
"""Share of the speed without a page; redraws per second."""

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
    names, seconds = sys.argv[1:2] or list(DATA), float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    for name in names:
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
        page = browser.new_page(viewport=VIEWPORT)
        page.goto(f"{server.url}?x={to_parameter(experiment.draft)}")
        page.locator(MIDDLE).nth(1).wait_for(timeout=60_000)
        page.get_by_label("Speed").click()
        page.get_by_role("option", name="full speed").click()
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="Train it").click()
        page.wait_for_timeout(2000)
        first = _next_epoch(page)
        page.wait_for_timeout(1000 * seconds)
        last = _next_epoch(page)
        browser.close()
    span = last[-1] - first[-1]
    return (last[0] - first[0]) / span, [(after - before) / span for before, after in zip(first[1:-1], last[1:-1], strict=True)]


def _next_epoch(page: Page) -> list[float]:
    """Return the state of the page just as it shows another epoch."""
    present = page.evaluate(STATE)[0]
    found: list[float] = page.wait_for_function(
        f"epoch => {{ const now = ({STATE})(); return now[0] > epoch && now; }}", arg=present
    ).json_value()
    return found


if __name__ == "__main__":
    main()
