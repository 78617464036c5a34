"""What `pip install .` takes into an environment, and what it asks for there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import snncore

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy, since building leaves folders beside what it builds."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("snncore", "app", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    command = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "--wheel-dir", "wheels"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (built,) = (copy / "wheels").glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.mark.slow
def test_it_holds_snncore_alone_with_its_types(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {name.split("/")[0] for name in names} == {"snncore", f"snn_playground-{snncore.__version__}.dist-info"}
    assert "snncore/py.typed" in names
    modules = {str(file.relative_to(ROOT)) for file in (ROOT / "snncore").rglob("*.py")}
    assert modules == {name for name in names if name.endswith(".py")}


def test_every_pin_is_within_its_bounds() -> None:
    asked = [Requirement(text) for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["app"])]
    assert {requirement.name for requirement in asked} == set(PINS)
    for requirement in asked:
        assert requirement.specifier.contains(PINS[requirement.name]), requirement


def test_every_public_name_is_there_once() -> None:
    assert len(set(snncore.__all__)) == len(snncore.__all__)
    assert all(getattr(snncore, name).__module__.startswith("snncore.") for name in snncore.__all__)


def test_the_classes_that_a_model_of_ones_own_derives_from_are_public_and_so_is_the_diagnosis() -> None:
    bases = set(re.findall(r"`snncore\.(\w+)`", snncore.register_neuron.__doc__ or "")) - {"activation", "dynamics"}
    assert bases == {"StatefulLayer", "SpikingMembrane", "Membrane"}
    assert bases <= set(snncore.__all__)
    (simulation,) = snncore.simulate(snncore.ten_spikes())
    assert set(snncore.diagnose(simulation)) == {1, 3}


IMPORTS = """
import importlib, sys, threading
threads = [threading.Thread(target=importlib.import_module, args=(name,)) for name in sys.argv[1:]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.slow
def test_threads_may_import_its_modules_at_the_same_time() -> None:
    names = ["snncore", "snncore.experiment.spec", "snncore.layers", "snncore.run.bptt", "snncore.run.simulation"]
    ended = subprocess.run([sys.executable, "-c", IMPORTS, *names], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ended.stderr == ""
