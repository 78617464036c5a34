"""Loading of the compiled loops: at once from the cache, else compiled in the background; and switching them off.

The cache holds machine code for this processor, made from exactly the present source files. Loading it takes some milliseconds and
doesn't need Numba. The compiler runs in a process of its own, at low priority: in a thread of this one it would hold the interpreter's
lock, for which each operation of torch waits again.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple

from snncore.kernels.layout import BACKWARD, FORWARD, PACKED, Kind

SOURCES = (
    *("loops.py", "forward.py", "backward.py", "steps.py", "gradients.py", "slopes.py", "recurrence.py", "arithmetic.py"),
    *("layout.py", "compiling.py"),
)
"""The files that the machine code is made from."""


Code = dict[str, list[bytes]]
"""Object files by the names of the loops."""


class Loops(NamedTuple):
    """The two loops. Each takes the parameters of `layout`, in order, arrays by address, and releases the interpreter lock."""

    forward: Callable[..., float]
    backward: Callable[..., float]


_lock = threading.Lock()
_loader: threading.Thread | None = None
_cache_was_read = threading.Event()
_loops: Loops | None = None
_disabled = 0
_engines: list[Any] = []
"""Engines that keep the machine code in memory."""


def begin() -> None:
    """Start to load the loops in the background, unless that has begun."""
    if _loader is None:
        _start()


def prepare() -> None:
    """Wait until the loops can be used. The first time on a machine they are compiled, which takes some seconds.

    Raises:
        RuntimeError: they can't be compiled here.
    """
    thread = _start()
    if thread is not None:
        thread.join()
    if _loops is None:
        raise RuntimeError("The compiled time loops could not be loaded; the warning given then says why. The scan serves instead.")


@contextmanager
def disabled() -> Iterator[None]:
    """Make layers in all threads use the scan while the context lasts."""
    global _disabled
    with _lock:
        _disabled += 1
    try:
        yield
    finally:
        with _lock:
            _disabled -= 1


def loops() -> Loops | None:
    """Return the loops if they are loaded and not disabled. Waits for the cache, not for the compiler."""
    if _disabled:
        return None
    if _loops is None:
        begin()
        _cache_was_read.wait()
    return _loops


def _begin_anew() -> None:
    global _lock, _loader, _cache_was_read
    _lock = threading.Lock()
    if _loops is None:
        _loader, _cache_was_read = None, threading.Event()


if hasattr(os, "register_at_fork"):
    # A forked process has no thread to continue loading.
    os.register_at_fork(after_in_child=_begin_anew)


# ---------------------------------------------------------------------------------------------------------- loading


def _start() -> threading.Thread | None:
    """Return the thread that loads the loops; None if no thread can be had at present."""
    global _loader
    with _lock:
        if _loader is None:
            # Not a daemon: the interpreter must not exit while the compiler runs.
            thread = threading.Thread(target=_load, name="snncore-kernels")
            try:
                thread.start()
            except RuntimeError as error:
                _warn(error)
                _cache_was_read.set()
                return None
            _loader = thread
        return _loader


def _load() -> None:
    global _loops
    try:
        try:
            key = _key()
            code = _read(key)
            if code is not None:
                _loops = _linked(code)
        finally:
            _cache_was_read.set()
        if _loops is None:
            code = _compiled()
            _loops = _linked(code)
            _write(key, code)
    except Exception as error:  # whatever error Numba, LLVM or the disk raises, the scan still works
        _warn(error)


def _warn(error: Exception) -> None:
    warnings.warn(f"snncore computes without its compiled time loops, more slowly: {error}", RuntimeWarning, stacklevel=3)


_COMPILER = """
import base64, json, os, sys, types
folder, made, path, version = sys.argv[1:]
sys.path[:] = json.loads(path)
for name in ("snncore", "snncore.kernels"):  # as empty packages, without torch and all else that they import
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [os.path.join(folder, *name.split("."))]
if hasattr(os, "nice"):
    os.nice(5)
import numba
assert numba.__version__ == version
from snncore.kernels import compiling
code = {loop: [base64.b64encode(data).decode() for data in objects] for loop, objects in compiling.machine_code().items()}
with open(made, "w") as file:
    json.dump(code, file)
"""
"""The program that compiles the loops. Its arguments are the folder that holds the package, the file to write, this process's `sys.path`
as JSON, and its version of Numba.
"""


def _compiled() -> Code:
    """Return what `compiling.machine_code` returns, from a process of its own where there can be one."""
    code = _compiled_apart()
    if code is None:
        from snncore.kernels.compiling import machine_code

        code = machine_code()
    return code


def _compiled_apart() -> Code | None:
    """Return the code from a process of its own; None if that can't be had: a frozen program, say, would start itself again.

    The process is isolated, so that files of the present folder aren't run, and a Ctrl+C that is meant for this one doesn't end it.
    """
    if getattr(sys, "frozen", False) or not Path(sys.executable or "").name.lower().startswith("py"):
        return None
    with suppress(OSError, ValueError), tempfile.TemporaryDirectory() as folder:
        made, path = Path(folder) / "loops.json", json.dumps([place for place in sys.path if place])
        arguments = [str(Path(__file__).parents[2]), str(made), path, metadata.version("numba")]
        command = [sys.executable, "-I", "-c", _COMPILER, *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True)
        if done.returncode < 0:
            raise RuntimeError(f"their compiler was stopped by signal {-done.returncode}.")
        return _decoded(made.read_text())
    return None


def _linked(code: Code) -> Loops:
    import llvmlite.binding as llvm  # here, since it takes longer than everything else

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # Numba's reference counting survives as dead code that names this function.
    llvm.add_symbol("NRT_MemInfo_call_dtor", ctypes.cast(_never_called, ctypes.c_void_p).value)
    found = []
    for name, parameters in (("forward", FORWARD), ("backward", BACKWARD)):
        machine = llvm.Target.from_default_triple().create_target_machine(opt=3)
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        for data in code[name]:
            engine.add_object_file(llvm.ObjectFileRef.from_data(data))
        engine.finalize_object()
        _engines.append(engine)
        found.append(_callable(engine.get_function_address(name), parameters))
    return Loops(*found)


def _no_array_is_owned(_: object) -> None:
    raise AssertionError("the loops own no arrays")


_never_called = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_no_array_is_owned)


def _callable(address: int, parameters: dict[str, Kind]) -> Callable[..., float]:
    """Return the function at an address, which takes its arguments packed and writes its result."""
    function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p, ctypes.c_void_p)(address)
    pack, result_of, by_address = Struct("<" + "".join(PACKED[kind] for kind in parameters.values())).pack, ctypes.c_double, ctypes.byref

    def call(*arguments: Any) -> float:
        result = result_of()
        status: int = function(pack(*arguments), by_address(result))
        if status:
            raise RuntimeError(f"a compiled time loop failed with status {status}")
        return result.value

    return call


# ------------------------------------------------------------------------------------------------------------ cache


def _key() -> str:
    """Return a key of the loops' source, their compiler, and the processor."""
    here = Path(__file__).parent
    sources = [(here / name).read_bytes() for name in SOURCES]
    versions = [metadata.version(package) for package in ("numba", "llvmlite", "numpy")]
    return hashlib.sha256(pickle.dumps((sources, versions, _processor()))).hexdigest()[:32]


def _processor() -> str:
    """Return the name and features that determine a processor's instructions."""
    try:
        with open("/proc/cpuinfo") as file:
            return "".join(sorted({line for line in file if line.startswith(("flags", "Features", "model name"))}))
    except OSError:
        return f"{platform.machine()} {platform.processor()} {platform.node()}"


def _places() -> list[Path]:
    """Return the possible places of the cache; the first writable one is used."""
    places = [Path(__file__).parent / "__pycache__"]
    with suppress(RuntimeError):  # no home directory
        places.append(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snncore")
    return places


def _read(key: str) -> Code | None:
    """Return what `_write` wrote, if it is complete: LLVM takes any bytes for machine code."""
    for place in _places():
        try:
            digest, _, text = (place / f"loops-{key}.txt").read_text().partition("\n")
        except (OSError, UnicodeDecodeError):
            continue
        if digest == hashlib.sha256(text.encode()).hexdigest():
            return _decoded(text)
    return None


def _decoded(text: str) -> Code:
    return {loop: [base64.b64decode(data) for data in objects] for loop, objects in json.loads(text).items()}


def _write(key: str, code: Code) -> None:
    text = json.dumps({loop: [base64.b64encode(data).decode() for data in objects] for loop, objects in code.items()})
    for place in _places():
        try:
            place.mkdir(parents=True, exist_ok=True)
            _write_whole(place / f"loops-{key}.txt", f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode())
        except OSError:
            continue
        return


def _write_whole(file: Path, data: bytes) -> None:
    """Write a file, for all users to read, so that other processes see all of it or nothing."""
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        try:
            part.write(data)
            part.close()
            with suppress(OSError):  # some file systems have no such rights
                os.chmod(part.name, 0o644)
            os.replace(part.name, file)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
