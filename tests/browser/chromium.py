"""Finds a Chromium to test with, or installs one: the system's, else Debian's package, else Playwright's own.

The headless shell is preferred: it is the same browser without a window, and takes less of the processor's time.

`python -m tests.browser.chromium` does so and says which it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Launch flags: runs as root in a container, and asks nothing of the network by itself."""


def find() -> str | None:
    """Path of the Chromium to launch, or None."""
    for name in SYSTEM_NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Debian's package where root allows, else Playwright's own download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Debian's chromium-headless-shell ...", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "chromium-headless-shell"]):
            if subprocess.run(command, check=False, **quiet).returncode:
                print(f"{' '.join(command)} failed.", file=sys.stderr)
    if find() is None:
        print("Installing Playwright's Chromium ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if find() is None:
        install()
    path = find()
    if path is None:
        print(
            "No Chromium was found, and none could be installed. Install one (Debian: apt install chromium; macOS and Windows: "
            "Google Chrome or `.venv/bin/playwright install --with-deps chromium`), then run make test again.",
            file=sys.stderr,
        )
        return 1
    print(f"Testing with {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
