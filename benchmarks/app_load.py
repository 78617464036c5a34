"""How the app bears many visitors at once, and how soon it is there: each with the bar that it is held to.

`python -m benchmarks.app_load` lets real browsers, and then clients that only speak Streamlit's protocol, move the threshold slider of the
Network page every 2 seconds. The same clients do so on the Training page and, as its peer in the same run, on a page that draws that page's
figures with `st.plotly_chart`. Then it times `make run`. Browsers, clients and server share one machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import random
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from benchmarks.streamlit_client import StreamlitClient
from benchmarks.timing import ProcessorTime, percentile
from tests.browser.chromium import QUIET, find
from tests.browser.server import ROOT, serve

SEED = 0
INTERVAL = 2.0
"""Seconds between two moves of one visitor."""

WARM_UP = 2
"""Moves before it counts. The first of a session draws the whole page, since Undo becomes possible."""

FARTHEST = 6
"""Steps of 0.05 from the default threshold of 1 at which a visitor turns round; beyond, the peer draws a silent neuron, and its drawing
stays as it is."""

ROUNDS = 3
"""In so many turns each page is visited by clients."""

OPENING_AT_ONCE = 4
STARTS = 3
START_PATIENCE = 60.0
MOVE_PATIENCE = 20_000
"""Milliseconds after which a move counts as lost, and the benchmark ends."""

BROWSERS_BAR, CLIENTS_BAR, START_BAR = 80.0, 25.0, 6000.0
"""Milliseconds."""

SLIDER = "Spike threshold"
AT_REST = "[data-test-script-state=notRunning]"
ROWS_DRAWN = "() => document.querySelector('.rows[data-drawn]')"
CURVES_DRAWN = "() => document.querySelector('.js-plotly-plot .main-svg')"

WATCH = """
() => {
  const watch = window.watch = { times: [], pressed: null, tell: () => {} };
  window.addEventListener("keydown", event => { watch.pressed = event.timeStamp; }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    if (watch.pressed === null) return;
    watch.times.push(performance.now() - watch.pressed);
    watch.pressed = null;
    watch.tell();
  })).observe(document.body, {subtree: true, attributeFilter: ["data-drawn"]});
}
"""
NTH_TIME = """
([count, patience]) => new Promise((resolve, reject) => {
  const tell = watch.tell = () => { if (watch.times.length >= count) resolve(watch.times[count - 1]); };
  setTimeout(() => reject(new Error(`move ${count} was not drawn; the focus is on ${document.activeElement.outerHTML}`)), patience);
  tell();
})
"""


class Visitor(Protocol):
    async def move(self, steps: int) -> float:
        """Moves the slider; milliseconds until all was drawn anew."""


# ------------------------------------------------------------------------------------------------------- visiting


async def visit(visitors: Sequence[Visitor], walks: Sequence[Iterator[int]], seconds: float, phases: random.Random) -> list[float]:
    """Lets each move its slider every 2 seconds, at a phase of its own. One that still waits for its plots when it is due lets a turn pass.

    Returns:
        Milliseconds of all moves.
    """

    async def stay(visitor: Visitor, walk: Iterator[int], phase: float) -> list[float]:
        begin = time.monotonic()
        times: list[float] = []
        due = phase
        while due < seconds:
            await asyncio.sleep(max(0.0, begin + due - time.monotonic()))
            times.append(await visitor.move(next(walk)))
            late = time.monotonic() - begin - due
            due += INTERVAL * max(1, math.ceil(late / INTERVAL))
        return times

    stays = [stay(visitor, walk, phases.uniform(0, INTERVAL)) for visitor, walk in zip(visitors, walks, strict=True)]
    return [moved for times in await asyncio.gather(*stays) for moved in times]


def walk(direction: int) -> Iterator[int]:
    """Steps up or down that turn round at a distance, so that a visitor sees another network each time."""
    place = 0
    while True:
        if place == direction * FARTHEST:
            direction = -direction
        place += direction
        yield direction


def walks_of(count: int, chance: random.Random) -> list[Iterator[int]]:
    return [walk(chance.choice((-1, 1))) for _ in range(count)]


# ------------------------------------------------------------------------------------------------- real browsers


@dataclass
class BrowserVisitor:
    """A page in a browser context of its own, so in a renderer process and a session of its own."""

    page: Page
    moves: int = 0

    async def move(self, steps: int) -> float:
        """From the key to the frame after the rows were redrawn, as the page's own clock tells."""
        self.moves += 1
        await self.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
        elapsed: float = await self.page.evaluate(NTH_TIME, [self.moves, MOVE_PATIENCE])
        return elapsed


async def measure_browsers(browser: Browser, count: int, seconds: float) -> None:
    chance = random.Random(SEED)
    walks = walks_of(count, chance)
    with serve() as server:
        async with contextlib.AsyncExitStack() as stack:
            visitors = []
            for _ in range(count):
                context = await stack.enter_async_context(_context(browser))
                page = await context.new_page()
                await page.goto(f"{server.url}network")
                await page.wait_for_function(ROWS_DRAWN)
                await page.evaluate(WATCH)
                visitors.append(BrowserVisitor(page))
            for visitor, steps in zip(visitors, walks, strict=True):
                for _ in range(WARM_UP):
                    await visitor.page.get_by_role("slider", name=SLIDER).focus()
                    await visitor.move(next(steps))
                    await visitor.page.wait_for_selector(AT_REST)
            used = ProcessorTime.now(server.pid)
            times = await visit(visitors, walks, seconds, chance)
            used = ProcessorTime.now(server.pid) - used
    _print(f"{count} browsers, Network page", times, BROWSERS_BAR)
    print(f"    {used}", flush=True)


@contextlib.asynccontextmanager
async def _context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        yield context
    finally:
        await context.close()


# ------------------------------------------------------------------------------------------- clients of the protocol


@dataclass(frozen=True)
class Contestant:
    """A page that clients visit, and the key of the drawing that they wait for."""

    name: str
    script: str | None
    page: str
    drawing: str
    bar: float | None = None


CONTESTANTS = (
    Contestant("Network page", None, "network", "rows", CLIENTS_BAR),
    Contestant("Training page", None, "", "rows"),
    Contestant("st.plotly_chart, as Training", "benchmarks/peer_app.py", "", "network"),
)


async def measure_clients(count: int, seconds: float) -> None:
    """All pages in turn, each on a server of its own, so that a slow moment of the machine meets them all."""
    with contextlib.ExitStack() as servers:
        running = [servers.enter_context(serve(script=contestant.script)) for contestant in CONTESTANTS]
        chance = random.Random(SEED)
        clients, walks = [], []
        for contestant, server in zip(CONTESTANTS, running, strict=True):
            clients.append([StreamlitClient(server.url, contestant.page, SLIDER, contestant.drawing) for _ in range(count)])
            walks.append(walks_of(count, chance))
            try:
                await _open(clients[-1], walks[-1])
            except RuntimeError as error:
                raise RuntimeError("\n".join((f"{contestant.name}: {error}", *server.complaints()))) from error
        times: list[list[float]] = [[] for _ in CONTESTANTS]
        used = [ProcessorTime() for _ in CONTESTANTS]
        for _ in range(ROUNDS):
            for number, server in enumerate(running):
                before = ProcessorTime.now(server.pid)
                times[number] += await visit(clients[number], walks[number], seconds / ROUNDS, chance)
                used[number] += ProcessorTime.now(server.pid) - before
        await asyncio.gather(*(client.close() for group in clients for client in group))
    for contestant, taken, processor in zip(CONTESTANTS, times, used, strict=True):
        _print(f"{count} clients, {contestant.name}", taken, contestant.bar)
        print(f"    {processor}; {processor.of_process / len(taken) * 1e3:.1f} ms of the server's for each move", flush=True)
    _, training, peer = (statistics.median(taken) for taken in times)
    print(f"    Until the figures have come, st.plotly_chart takes {peer / training:.1f} times as long; drawing them is not in it.")


async def _open(clients: Sequence[StreamlitClient], walks: Sequence[Iterator[int]]) -> None:
    turns = asyncio.Semaphore(OPENING_AT_ONCE)

    async def arrive(client: StreamlitClient, steps: Iterator[int]) -> None:
        async with turns:
            await client.open()
            for _ in range(WARM_UP):
                await client.move(next(steps))

    await asyncio.gather(*(arrive(client, steps) for client, steps in zip(clients, walks, strict=True)))


# --------------------------------------------------------------------------------------------------------- start-up


async def measure_starts(browser: Browser) -> None:
    """From `make run` to the page, in a browser that runs already and has nothing of the app in its cache."""
    for name, path, is_drawn in (("Network page", "network", ROWS_DRAWN), ("Training page", "", CURVES_DRAWN)):
        answers, usable = zip(*[await _start(browser, path, is_drawn) for _ in range(STARTS)], strict=True)
        median = statistics.median(usable)
        each = ", ".join(f"{taken:.0f}" for taken in sorted(usable))
        print(
            f"make run to {name:20} median {median:5.0f} ms (bar: below {START_BAR:.0f}, {_verdict(median, START_BAR)}) of {each}; "
            f"the server answered after {statistics.median(answers):.0f}"
        )


async def _start(browser: Browser, path: str, is_drawn: str) -> tuple[float, float]:
    """Milliseconds until the server answered, and until the page was drawn."""
    with socket.create_server(("localhost", 0)) as probe:
        port = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    async with _context(browser) as context:
        page = await context.new_page()
        begin = time.monotonic()
        process = subprocess.Popen(["make", "run", f"PORT={port}"], cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)
        try:
            await _until_it_answers(port, process)
            answered = time.monotonic()
            await page.goto(f"http://localhost:{port}/{path}")
            await page.wait_for_function(is_drawn)
            return (answered - begin) * 1e3, (time.monotonic() - begin) * 1e3
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


async def _until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_PATIENCE
    while time.monotonic() < limit and process.poll() is None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("localhost", port)
            writer.close()
            return
        await asyncio.sleep(0.02)
    raise RuntimeError("make run didn't serve the app; run it to see why.")


# ------------------------------------------------------------------------------------------------------------ figures


def _print(name: str, times: Sequence[float], bar: float | None) -> None:
    median, p95 = statistics.median(times), percentile(times, 95)
    held = f" (bar: below {bar:.0f}, {_verdict(median, bar)})" if bar else ""
    print(f"{name:40} median {median:5.0f} ms{held}  p95 {p95:5.0f}  {len(times)} moves", flush=True)


def _verdict(median: float, bar: float) -> str:
    return "held" if median < bar else "missed"


async def measure(browsers: int, clients: int, seconds: float) -> None:
    print(f"One move of the threshold slider every {INTERVAL:.0f} s for {seconds:.0f} s by each visitor, until all plots are redrawn")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        await measure_browsers(browser, browsers, seconds)
        await browser.close()
    await measure_clients(clients, seconds)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        await measure_starts(browser)
        await browser.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--browsers", type=int, default=16, help="browser contexts, all in one Chromium")
    options.add_argument("--clients", type=int, default=40, help="websocket clients for each page")
    options.add_argument("--seconds", type=float, default=30.0, help="how long each page is visited")
    asked = options.parse_args()
    asyncio.run(measure(asked.browsers, asked.clients, asked.seconds))


if __name__ == "__main__":
    main()
