"""`make fuzz`: malformed links and files through the real ways in, each piece of them measured in a process of its own.

Fails on anything but a sentence, and on what takes more than 2 s of the processor or 500 MB beyond what the process held before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

CASES = 3000
PIECE = 250
"""Cases of one process."""

PATIENCE = 900
"""Seconds for a piece; one that takes longer hangs."""

MOST_SECONDS = 2.0
MOST_MEGABYTES = 500

SHOWN_EVERY = 8
"""Every eighth Experiment that is taken is also opened on all pages."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=CASES, help="how many cases")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.count)
    return _measure(seeds) if given.child else _fuzz(seeds)


def _fuzz(seeds: range) -> int:
    kinds: Counter[str] = Counter()
    faults: list[str] = []
    longest = largest = (0.0, -1)
    for start in range(seeds.start, seeds.stop, PIECE):
        piece = range(start, min(start + PIECE, seeds.stop))
        began, last = time.monotonic(), None
        command = [sys.executable, "-m", "tests.fuzz", "--child", "--first", str(piece.start), "--count", str(len(piece))]
        try:
            ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, text=True)
            output, how = ended.stdout, f"ended with {ended.returncode}"
        except subprocess.TimeoutExpired as error:
            output, how = (error.stdout or b"").decode() if isinstance(error.stdout, bytes) else error.stdout or "", "hung"
        for line in output.splitlines():
            told = json.loads(line)
            last = told["seed"]
            kinds[f"{told['kind']} {told['came to']}"] += 1
            longest, largest = max(longest, (told["seconds"], last)), max(largest, (told["megabytes"], last))
            if told["fault"]:
                faults.append(f"case {last} ({told['kind']}): {told['fault']}")
            if told["seconds"] > MOST_SECONDS:
                faults.append(f"case {last} ({told['kind']}) took {told['seconds']:.1f} s")
            if told["megabytes"] > MOST_MEGABYTES:
                faults.append(f"case {last} ({told['kind']}) took {told['megabytes']:.0f} MB")
        if last != piece.stop - 1:
            faults.append(f"the process of cases {piece.start} to {piece.stop - 1} {how} after case {last}")
        print(f"{piece.stop - seeds.start} of {len(seeds)} cases, {len(faults)} faults, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{dict(sorted(kinds.items()))}")
    print(f"longest {longest[0]:.2f} s (case {longest[1]}), largest {largest[0]:.0f} MB (case {largest[1]})")
    print("\n".join(faults) or "No faults.")
    return bool(faults)


def _measure(seeds: range) -> int:
    """Tells what each case comes to, one line of JSON each."""
    import torch

    from app.state.presets import presets
    from snncore import kernels
    from snncore.encoders import digit_images
    from snncore.experiment.spec import ten_spikes
    from tests.fuzz.made import Case, case
    from tests.fuzz.ways import enter, show

    torch.set_num_threads(1)  # as in the app
    kernels.prepare()
    taken = 0
    enter(Case(-1, "json", "digits.json", presets()[0].experiment.to_json().encode()))  # what is imported and compiled once is not theirs
    enter(Case(-1, "json", "ten.json", ten_spikes().replace({"seeds.input": 9}).to_json().encode()))
    digit_images()
    for seed in seeds:
        made = case(seed)
        before, began = _forget_peak(), time.process_time()
        fault, draft = "", None
        try:
            draft = enter(made)
        except Exception as error:
            fault = f"{type(error).__name__}: {str(error)[:400]}"
        seconds, megabytes = time.process_time() - began, _peak() - before
        if draft is not None:
            taken += 1
            if taken % SHOWN_EVERY == 0 and not fault:
                try:
                    show(draft)
                except Exception as error:
                    fault = f"on a page: {type(error).__name__}: {str(error)[-1500:]}"
        told = {"seed": seed, "kind": made.kind, "came to": "refused" if draft is None else "taken", "fault": fault}
        print(json.dumps({**told, "seconds": seconds, "megabytes": megabytes}), flush=True)
    return 0


def _forget_peak() -> float:
    """Start counting the peak anew; return the megabytes held now. Linux only: it reads and writes /proc."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> float:
    return _status("VmHWM")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    sys.exit(main())
