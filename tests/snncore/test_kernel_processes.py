"""The fused loops in processes of their own: compiled before, forked, without a cache, without a compiler."""

import subprocess
import sys
import threading

import pytest

from snncore import kernels
from snncore.kernels import loading
from snncore.layers import LIF
from tests.snncore.kernel_runs import noise


def in_a_fresh_process(program, *arguments):
    subprocess.run([sys.executable, "-W", "error::RuntimeWarning", "-c", program, *arguments], check=True, timeout=600)


@pytest.mark.slow
def test_loops_that_were_compiled_before_serve_the_first_call_without_numba():
    in_a_fresh_process(
        "import sys, torch; from snncore import dynamics, kernels; from snncore.layers import LIF\n"
        "z = 3 * torch.rand(2, 9, 3)\n"
        "with kernels.disabled(): expected = LIF(10.0)(z)\n"
        "dynamics.scan = None; assert torch.equal(LIF(10.0)(z), expected); assert 'numba' not in sys.modules"
    )


@pytest.mark.slow
def test_a_process_forked_while_the_loops_are_loaded_loads_its_own():
    in_a_fresh_process(
        "import os, signal, torch; from snncore.layers import IAF\n"
        "layer = IAF(); child = os.fork()\n"
        "if child == 0: signal.alarm(60); layer(torch.ones(1, 2, 3)); os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0"
    )


@pytest.mark.slow
def test_a_thread_that_outlives_the_program_still_computes():
    in_a_fresh_process(
        "import threading, time, torch; from snncore import kernels; from snncore.layers import IAF\n"
        "kernels.prepare(); torch.set_num_threads(2)\n"
        "def job():\n"
        "    time.sleep(1)\n"
        "    try: assert IAF()(torch.ones(8, 16, 8192)).sum() == 8 * 16 * 8192\n"
        "    except BaseException as error: print(error); import os; os._exit(1)\n"
        "threading.Thread(target=job).start()"
    )


COLD_START = """
import pathlib, sys, torch
from snncore import kernels
from snncore.kernels import loading
from snncore.layers import LIF
loading._places = lambda: [pathlib.Path(sys.argv[1])]
loading._COMPILER = sys.argv[2] or loading._COMPILER
z = 3 * torch.rand(2, 9, 3)
layer = LIF(10.0)
first = layer(z)
assert loading._loops is None  # it waited for no compiler
kernels.prepare()
assert ("numba" in sys.modules) == bool(sys.argv[2])  # it was compiled elsewhere, where that can be
layer.reset_states()
assert torch.equal(layer(z), first)
assert loading._read(loading._key()) == loading._read(loading._key()) != None
"""


@pytest.mark.slow
@pytest.mark.parametrize("program", ["", "raise SystemExit(1)"], ids=["in a process of its own", "in this one"])
def test_first_call_without_a_cache_takes_the_scan_and_the_next_process_finds_one(program, tmp_path):
    in_a_fresh_process(COLD_START, str(tmp_path), program)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-9], lambda text: text.replace("A", "B"), lambda text: ""], ids=["cut", "changed", "empty"]
)
def test_a_damaged_cache_is_no_cache(tmp_path, damage, monkeypatch):
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path])
    code = {"forward": [b"machine code", b"its entry"], "backward": [bytes(range(256))]}
    loading._write("key", code)
    assert loading._read("key") == code
    file = tmp_path / "loops-key.txt"
    file.write_text(damage(file.read_text()))
    assert loading._read("key") is None


@pytest.mark.parametrize("executable", [None, "/opt/own_program"])
def test_where_python_is_part_of_another_program_no_other_process_is_started(executable, monkeypatch):
    monkeypatch.setattr(sys, "executable", executable)
    monkeypatch.setattr(subprocess, "run", None)
    assert loading._compiled_apart() is None


def test_the_compiler_runs_no_file_of_the_present_folder(tmp_path, monkeypatch):
    (tmp_path / "base64.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "_COMPILER", "import sys, base64; open(sys.argv[2], 'w').write('{}')")
    assert loading._compiled_apart() == {}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path / "file" / "below"])
    loading._write("key", {"forward": [b"code"], "backward": [b"code"]})
    assert loading._read("key") is None


def test_a_cache_is_there_for_all_users_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path])
    loading._write("key", {"forward": [b"code"], "backward": [b"code"]})
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o444 == 0o444
    (tmp_path / "loops-other.txt").mkdir()  # nothing can be written there
    loading._write("other", {"forward": [b"code"], "backward": [b"code"]})
    assert {each.name for each in tmp_path.iterdir()} == {"loops-key.txt", "loops-other.txt"}


def test_where_no_thread_can_be_had_the_scan_computes_and_the_next_call_tries_again(monkeypatch):
    kernels.prepare()
    loops = loading._loops
    monkeypatch.setattr(loading, "_loader", None)
    monkeypatch.setattr(loading, "_loops", None)
    monkeypatch.setattr(loading, "_cache_was_read", threading.Event())
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.warns(RuntimeWarning, match="without its compiled time loops.*can't start new thread"):
            assert LIF(1.0)(noise(2, 5, 3)).shape == (2, 5, 3)
        with pytest.warns(RuntimeWarning), pytest.raises(RuntimeError, match="could not be loaded"):
            kernels.prepare()
    kernels.prepare()
    assert loading._loops is not None
    assert loading._loops is not loops


def refuse(thread):
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise SystemExit(1)", "compiling"),
        ("import sys; open(sys.argv[2], 'w').write('[]]')", "compiling"),
        ("import os; os.kill(os.getpid(), 9)", "stopped by signal 9"),
    ],
    ids=["it can't run", "it writes something else", "it is killed"],
)
def test_without_a_compiler_the_scan_computes_and_a_warning_says_so(program, reason, tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "_places", lambda: [tmp_path])
    monkeypatch.setattr(loading, "_loops", None)
    monkeypatch.setattr(loading, "_COMPILER", program)
    monkeypatch.setitem(sys.modules, "snncore.kernels.compiling", None)
    with pytest.warns(RuntimeWarning, match=f"without its compiled time loops.*{reason}"):
        loading._load()
    assert loading.loops() is None
    assert LIF(1.0)(noise(2, 5, 3)).shape == (2, 5, 3)


@pytest.mark.slow
def test_forked_process_computes_with_threads_of_its_own():
    in_a_fresh_process(FORK)


FORK = """
import multiprocessing, torch
from snncore import kernels
from snncore.kernels import sharing
from snncore.layers import LIF
sharing.LEAST_SHARE = 100
torch.set_num_threads(2)
kernels.prepare()
z, layer = 3 * torch.rand(8, 50, 300), LIF(10.0)
expected = layer(z).detach().numpy()
def child():
    layer.reset_states()
    assert (layer(z).detach().numpy() == expected).all()  # torch's own threads do not survive a fork
process = multiprocessing.get_context("fork").Process(target=child)
process.start()
process.join(60)
process.kill()
assert process.exitcode == 0
"""
