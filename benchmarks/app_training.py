"""How fast a training goes while a Chromium watches it, and how soon the Training page answers: each with the bar that it is held to.

`python -m benchmarks.app_training` compares the speed of a watched training with that of one that nobody watches, taken in turn; counts how
often the plots are redrawn; times Pause and looking back; and lets one user edit a network while four others train, who pause in turn.
Times are those of the page's own clock, from the key or pointer to the frame after the last change. Browsers and server share one machine.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from app.server.limits import MOST_RUNNING
from app.server.link import to_parameter
from benchmarks.browser import QUIET_TIME, VIEWPORT, open_watched, press_threshold, until_redrawn
from benchmarks.line import Line, count_messages, slow_down
from benchmarks.timing import ProcessorTime, percentile
from benchmarks.unwatched import ENDLESS
from tests.browser.chromium import QUIET, find
from tests.browser.server import ROOT, Server, serve
from tests.browser.training_page import CURVES, TrainingPage

FIRST, LAST = 200, 3000
"""Epochs between which speeds are compared: they fall as the record and the curves grow, so both trainings run the same ones."""

ROUNDS = 3
SLOW_SECONDS = 6.0
"""For which a training at 16 epochs/s is watched."""

PAUSES, SCRUBS = 20, 30
TURNS, MOVES = 2, 10
"""Turns of a crowd, and moves of the slider in each, alone and beside it."""

WARM_UP = 3
TRAINING_TIME = (100, 500)
"""Milliseconds, drawn at random, for which a training goes on before it is paused."""

SPEED_BAR, UPDATES_BAR, PAUSE_BAR, SCRUB_BAR, BESIDE_BAR, BYTES_BAR = 0.75, 10.0, 150.0, 100.0, 120.0, 60.0
"""Part of the unwatched speed; updates per second; milliseconds; kB/s."""

CALM_SPEED = 8
CALM_SECONDS = 10.0
SLOW_LINE = (250.0, 80.0)
"""kB/s (2 Mbit/s) and milliseconds of a round trip."""

POLL = 100
"""Milliseconds between two looks of this script at a page."""

_phases = random.Random(0)
"""Of the presses on Pause."""

WATCH = """
() => {
  const find = place => document.querySelector(place);
  const looks = {
    epoch: () => Number(find(".headline-unit")?.textContent.match(/epoch (\\d+)/)?.[1] ?? -1),
    button: () => find(".st-key-drive button")?.textContent.trim(),
    curves: () => Number(find(".plot")?.dataset.drawn ?? 0),
    rows: () => Number(find(".rows")?.dataset.drawn ?? 0),
  };
  const nodes = () => document.querySelectorAll(".plot-graph, .rows");
  const known = new WeakSet(nodes());
  const watch = window.watch = { seen: {}, acted: {}, replaced: 0 };
  const look = () => {
    const now = performance.now();
    for (const [name, value] of Object.entries(looks)) {
      const seen = watch.seen[name] ??= [];
      if (seen.at(-1)?.[0] !== value()) seen.push([value(), now]);
    }
    for (const node of nodes()) {
      if (!known.has(node)) watch.replaced += 1;
      known.add(node);
    }
  };
  look();
  new MutationObserver(() => requestAnimationFrame(look)).observe(
    document.body, {subtree: true, childList: true, characterData: true, attributeFilter: ["data-drawn"]});
  for (const act of ["keydown", "pointermove", "pointerup"])
    window.addEventListener(act, event => { watch.acted[act] = event.timeStamp; }, true);
}
"""
REACHED = "epoch => watch.seen.epoch.at(-1)[0] >= epoch"
STILL = f"""
([act, first, second]) => {{
  const acted = watch.acted[act], changed = watch.seen[first].at(-1)[1], last = Math.max(changed, watch.seen[second].at(-1)[1]);
  return changed > acted && performance.now() - last > {QUIET_TIME} && last - acted;
}}
"""
"""After an act, `first` changes, and maybe `second`; then both stand still. The milliseconds that this took, or false."""

Seen = list[tuple[int, float]]
"""Values of what was looked at, and the milliseconds at which each was first there."""


@dataclass(frozen=True)
class WatchedPage:
    """The Training page of one user, with a browser context of its own, and what it showed when."""

    page: TrainingPage

    @classmethod
    def open(cls, browser: Browser, url: str) -> WatchedPage:
        made = cls(TrainingPage(browser.new_context(viewport=VIEWPORT).new_page(), url))
        made.page.page.evaluate(WATCH)
        return made

    def close(self) -> None:
        self.page.page.context.close()

    def train(self) -> None:
        self.page.train()
        self.page.button("Pause").wait_for()

    def stop(self) -> None:
        """So that it doesn't go on for a while once its page is closed."""
        self.page.press("Pause")
        self.page.button("+1 epoch").and_(self.page.page.locator(":enabled")).wait_for()

    def seen(self, what: str) -> Seen:
        found: Seen = self.page.page.evaluate("what => watch.seen[what]", what)
        return found

    @property
    def replaced(self) -> int:
        """How often a plot's node was another one."""
        count: int = self.page.page.evaluate("() => watch.replaced")
        return count

    def until_epoch(self, epoch: int) -> None:
        self.page.page.wait_for_function(REACHED, arg=epoch, polling=POLL, timeout=120_000)

    def until_still(self, act: str, first: str, second: str) -> float:
        """Milliseconds from the last act to the last change of what is looked at."""
        elapsed: float = self.page.page.wait_for_function(STILL, arg=[act, first, second], polling=POLL).json_value()
        return elapsed

    def pause(self) -> Paused:
        """Presses Pause after a while."""
        self.page.page.wait_for_timeout(_phases.randint(*TRAINING_TIME))
        self.page.press("Pause")
        elapsed = self.until_still("pointerup", "button", "epoch")
        pressed: float = self.page.page.evaluate("() => watch.acted.pointerup")
        epochs = self.seen("epoch")
        shown = max(epoch for epoch, since in epochs if since <= pressed)
        return Paused(elapsed, epochs[-1][0] - shown)


@dataclass(frozen=True)
class Paused:
    """Attributes:
    elapsed: milliseconds until the button said Train and the epoch stood still.
    epochs: how far beyond the epoch that was shown at the press.
    """

    elapsed: float
    epochs: int


def main() -> None:
    print("The Training page in Chromium; median and 95th percentile of milliseconds where nothing else is said")
    with sync_playwright() as playwright, serve() as server:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        measure_speed(browser, server)
        measure_slow_updates(browser, server.url)
        measure_bytes(browser, server.url)
        measure_slow_line(browser, server.url)
        measure_pauses(browser, server.url)
        measure_scrubbing(browser, server.url)
        measure_crowd(browser, server)
        browser.close()


def endless(browser: Browser, url: str, speed: str = "full speed") -> WatchedPage:
    """A page with a training that doesn't end by itself, at rest before epoch 1."""
    made = WatchedPage.open(browser, f"{url}?x={to_parameter(ENDLESS.draft)}")
    made.page.choose_speed(speed)
    return made


# ------------------------------------------------------------------------------------------------ speed and updates


def measure_speed(browser: Browser, server: Server) -> None:
    watched, unwatched, curves, rows, replaced = [], [], [], [], 0
    used_watched, used_unwatched = ProcessorTime(), ProcessorTime()
    for _ in range(ROUNDS):
        page = endless(browser, server.url)
        page.train()
        page.until_epoch(FIRST)
        before = ProcessorTime.now(server.pid)
        page.until_epoch(LAST)
        used_watched += ProcessorTime.now(server.pid) - before
        page.stop()
        epochs = page.seen("epoch")
        begin, end = (epochs[bisect_left(epochs, [epoch])] for epoch in (FIRST, LAST))
        watched.append((end[0] - begin[0]) / (end[1] - begin[1]) * 1e3)
        curves.append(_rate(page.seen("curves"), begin[1], end[1]))
        rows.append(_rate(page.seen("rows"), begin[1], end[1]))
        replaced += page.replaced
        page.close()
        before = ProcessorTime.now(server.pid)
        unwatched.append(_unwatched_speed())
        used_unwatched += ProcessorTime.now(server.pid) - before
    shares = [one / other for one, other in zip(watched, unwatched, strict=True)]
    each = ", ".join(f"{share:.0%}" for share in shares)
    print(
        f"watched at full speed, epochs {FIRST} to {LAST}: {statistics.median(watched):.0f} epochs/s, unwatched "
        f"{statistics.median(unwatched):.0f}: {statistics.median(shares):.0%} (bar: at least {SPEED_BAR:.0%}) of {each}"
    )
    print(f"    watched: {used_watched}")
    print(f"    unwatched, in a process of its own: {used_unwatched}")
    _print_updates("full speed", curves, rows, f" (bar: at least {UPDATES_BAR:.0f})")
    print(f"nodes of plots replaced meanwhile: {replaced} (bar: 0)", flush=True)


def measure_slow_updates(browser: Browser, url: str) -> None:
    page = endless(browser, url, "16 epochs/s")
    page.train()
    begin = page.seen("button")[-1][1]
    page.page.page.wait_for_timeout(SLOW_SECONDS * 1e3)
    curves, rows = ([_rate(page.seen(what), begin, begin + SLOW_SECONDS * 1e3)] for what in ("curves", "rows"))
    page.stop()
    page.close()
    _print_updates("16 epochs/s", curves, rows)


def measure_bytes(browser: Browser, url: str) -> None:
    """Of the ten-spike training at its usual speed."""
    with closing(Line(url)) as line:
        page = endless(browser, line.url, f"{CALM_SPEED} epochs/s")
        page.train()
        messages = count_messages(page.page.page)
        line.clear()
        page.page.page.wait_for_timeout(CALM_SECONDS * 1e3)
        size, count = line.bytes / 1e3 / CALM_SECONDS, messages() / CALM_SECONDS
        page.stop()
        page.close()
    print(f"watched at {CALM_SPEED} epochs/s: {size:.1f} kB/s (bar: below {BYTES_BAR:.0f}) in {count:.0f} messages/s", flush=True)


def measure_slow_line(browser: Browser, url: str) -> None:
    page = endless(browser, url, f"{CALM_SPEED} epochs/s")
    slow_down(page.page.page, *SLOW_LINE)
    page.train()
    page.until_epoch(CALM_SPEED)
    begin = page.seen("epoch")[-1]
    page.page.page.wait_for_timeout(CALM_SECONDS * 1e3)
    end = page.seen("epoch")[-1]
    page.stop()
    page.close()
    speed = (end[0] - begin[0]) / (end[1] - begin[1]) * 1e3
    line = f"{SLOW_LINE[0] * 8 / 1e3:.0f} Mbit/s and {SLOW_LINE[1]:.0f} ms"
    print(f"over a line of {line}, {speed:.1f} of {CALM_SPEED} epochs/s are shown (bar: all)", flush=True)


def _unwatched_speed() -> float:
    """Epochs per second of the same epochs of the same training, with no page."""
    command = [sys.executable, "-m", "benchmarks.unwatched", str(FIRST), str(LAST)]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _rate(seen: Seen, begin: float, end: float) -> float:
    """Changes per second between two times."""
    return sum(begin < since <= end for _, since in seen) / (end - begin) * 1e3


def _print_updates(speed: str, curves: Sequence[float], rows: Sequence[float], bar: str = "") -> None:
    print(f"updates per second at {speed}{bar}: curves {statistics.median(curves):.1f}, rows {statistics.median(rows):.1f}", flush=True)


# ------------------------------------------------------------------------------------------------------- answers


def measure_pauses(browser: Browser, url: str) -> None:
    page = endless(browser, url)
    pauses = []
    for _ in range(WARM_UP + PAUSES):
        page.train()
        pauses.append(page.pause())
    page.close()
    _print_pauses("Pause at full speed", pauses[WARM_UP:])


def measure_scrubbing(browser: Browser, url: str) -> None:
    page = WatchedPage.open(browser, url)
    page.page.choose_speed("full speed")
    page.page.train()
    page.page.until(lambda: page.page.status.startswith("Ten spikes after") and page.page.button("Pause").count() == 0)
    curves = page.page.plot(CURVES)
    curves.press("End")
    page.page.settled_epoch()
    keys = []
    for _ in range(WARM_UP + SCRUBS):
        page.page.page.keyboard.press("ArrowLeft")
        keys.append(page.until_still("keydown", "rows", "epoch"))
    _print_times("ArrowLeft on the curve to headline and rows of the epoch before", keys[WARM_UP:], SCRUB_BAR)
    box = curves.bounding_box()
    assert box
    mouse, y = page.page.page.mouse, box["y"] + 60
    places = [box["x"] + 80 + 10 * number for number in range(1 + WARM_UP + SCRUBS)]
    mouse.move(places[0], y)
    mouse.down()
    moves = []
    for place in places[1:]:
        mouse.move(place, y)
        moves.append(page.until_still("pointermove", "rows", "epoch"))
    mouse.up()
    page.close()
    _print_times("pointer moved along the curve to headline and rows of its epoch", moves[WARM_UP:], SCRUB_BAR)


# --------------------------------------------------------------------------------------------------- many at once


def measure_crowd(browser: Browser, server: Server) -> None:
    """One who doesn't train edits a network, in turn with nobody else there and with as many trainings as a server computes at once."""
    trainers = [endless(browser, server.url) for _ in range(MOST_RUNNING)]
    editor = open_watched(browser.new_context().new_page(), f"{server.url}network")
    press_threshold(editor, 0)  # off the preset: where its name comes and goes, the whole page is drawn
    until_redrawn(editor)
    alone: list[float] = []
    beside: list[float] = []
    pauses: list[Paused] = []
    used = ProcessorTime()
    for turn in range(TURNS):
        alone += _moves(editor)
        for trainer in trainers:
            trainer.train()
        before = ProcessorTime.now(server.pid)
        beside += _moves(editor)
        used += ProcessorTime.now(server.pid) - before
        for trainer in trainers:
            pauses.append(trainer.pause())
            trainer.train()
        if not turn:
            _print_who_waits(browser, server.url)
        for trainer in trainers:
            trainer.stop()
    for trainer in trainers:
        trainer.train()
    for trainer in trainers:
        trainer.close()  # the trainings go on for a while
    unwatched = _moves(editor)
    _print_times("threshold slider on the Network page, nobody trains", alone)
    _print_times(f"threshold slider on the Network page, {MOST_RUNNING} others train", beside, BESIDE_BAR)
    print(f"    meanwhile: {used}")
    _print_times(f"threshold slider on the Network page, {MOST_RUNNING} others train whose pages were just closed", unwatched)
    _print_pauses(f"Pause of one of {MOST_RUNNING} who train", pauses)


def _moves(editor: Page) -> list[float]:
    """Milliseconds from the key on the slider to the last change in a plot."""
    times = []
    for number in range(WARM_UP + MOVES):
        press_threshold(editor, number)
        times.append(until_redrawn(editor))
    return times[WARM_UP:]


def _print_who_waits(browser: Browser, url: str) -> None:
    page = endless(browser, url)
    page.train()
    page.page.until(lambda: page.page.status.startswith("Waiting"))
    print(f'one training more says: "{page.page.status}"', flush=True)
    page.stop()
    page.close()


# ------------------------------------------------------------------------------------------------------- printing


def _print_times(name: str, times: Sequence[float], bar: float | None = None) -> None:
    held = f" (bar: below {bar:.0f})" if bar else ""
    print(f"{name}: median {statistics.median(times):.0f} ms{held}, p95 {percentile(times, 95):.0f}, {len(times)} times", flush=True)


def _print_pauses(name: str, pauses: Sequence[Paused]) -> None:
    _print_times(name, [pause.elapsed for pause in pauses], PAUSE_BAR)
    print(f"    and stands {statistics.median(pause.epochs for pause in pauses):.0f} epochs after the one shown at the press", flush=True)


if __name__ == "__main__":
    main()
