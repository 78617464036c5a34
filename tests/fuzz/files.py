"""Recordings, labelled data and weights of torch programs, malformed, from a seed."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import h5py
import numpy as np
import torch
from torch import nn

from snncore.experiment.spec import ten_spikes
from tests.fuzz.damage import Random, damaged, often

# --------------------------------------------------------------------------------------------------- recordings


def _array(drawn: Random) -> Any:
    shape = [drawn.choice([0, 1, 2, 3, 5, 16, 100]) for _ in range(drawn.choice([0, 1, 2, 2, 2, 3, 3, 4, 5, 6]))]
    if np.prod(shape) > 10**6:
        shape = shape[:2]
    kind = drawn.choice(["f4", "f4", "f8", "i8", "u1", "b1", "c8", "U3", "O", "M8[s]", "f2", ">f8", ">i2", "i8"])
    values = np.random.default_rng(drawn.randrange(10**6)).integers(0, drawn.choice([2, 2, 5, 10**9]), shape)
    made = values.astype(kind)
    if made.dtype.kind == "f" and made.size and often(drawn, 0.2):
        made.flat[drawn.randrange(made.size)] = drawn.choice([np.nan, np.inf, -1.0])
    return np.asfortranarray(made) if often(drawn, 0.2) else made


def _npy_bytes(array: Any) -> bytes:
    stream = BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def _npy(drawn: Random) -> bytes:
    if often(drawn, 0.3):  # a header alone, of any shape and type
        shape = tuple(drawn.choice([0, 1, 3, 10**9, 2**63, 10**300, -1, 1.5, "x"]) for _ in range(drawn.choice([0, 1, 2, 3, 5, 70])))
        described = {"descr": drawn.choice(["<f4", "|O", "<U9999999", "V8", "x", [("a", "<f4")]]), "fortran_order": False, "shape": shape}
        header = (repr(described) if often(drawn, 0.9) else "(" * 5000).encode() + b"\n"
        return (
            b"\x93NUMPY"
            + bytes([drawn.choice([1, 2, 3]), 0])
            + len(header).to_bytes(2, "little")
            + header
            + bytes(drawn.choice([0, 4, 100]))
        )
    content = _npy_bytes(_array(drawn))
    return damaged(drawn, content) if often(drawn, 0.4) else content


def _npz(drawn: Random) -> bytes:
    stream = BytesIO()
    names = drawn.choice([["a"], ["spikes"], ["raster", "x"], ["t", "neuron"], ["t", "x", "y", "p"], ["t"], ["data", "spikes"], []])
    with zipfile.ZipFile(stream, "w", drawn.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])) as archive:
        for name in names:
            events = np.random.default_rng(drawn.randrange(99)).integers(-1 if often(drawn, 0.1) else 0, drawn.choice([2, 50, 10**12]), 20)
            _put(archive, f"{name}.npy", _npy_bytes(events if len(names) > 1 else _array(drawn)))
        if often(drawn, 0.1):
            _put(archive, "bomb.npy", _npy_bytes(np.zeros(1000))[:128] + bytes(30_000_000))
    return damaged(drawn, stream.getvalue()) if often(drawn, 0.4) else stream.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write a file under a fixed date: the clock would make other bytes of the same seed."""
    archive.writestr(zipfile.ZipInfo(name), content, archive.compression)


def _csv(drawn: Random) -> bytes:
    width = drawn.choice([1, 2, 2, 3, 4, 16])
    headers = ["t,neuron", "t,x,y,p", "a,b", "neuron,t", "t,neuron,t", "", "0,1", '"t","neuron"', "time_ms,unit", "\ufefft,neuron"]
    cells = ["0", "1", "2", "0.5", "-1", "1e400", "nan", "", '"', "x", "0,5", "1e9", "١", "1_0", "0x1", "1e-400", "99999999999999999999"]
    usual = cells[:3] if often(drawn, 0.6) else cells
    lines = [drawn.choice(headers)] if often(drawn, 0.6) else []
    lines += [",".join(drawn.choice(usual) for _ in range(width)) for _ in range(drawn.choice([0, 1, 5, 200]))]
    if often(drawn, 0.05):
        lines.append("1," * 200_000)
    content = drawn.choice(["\n", "\r\n", "\r"]).join(lines).encode(drawn.choice(["utf-8", "utf-8", "utf-16", "utf-8-sig"]))
    return damaged(drawn, content) if often(drawn, 0.2) else content


# ------------------------------------------------------------------------------------------------- labelled data


def _samples(drawn: Random) -> tuple[Any, Any]:
    """Samples, and their labels."""
    generator = np.random.default_rng(drawn.randrange(10**6))
    count = drawn.choice([2, 10, 10, 30, 30, 30])
    shape = (count, *(drawn.choice([1, 2, 5, 28]) for _ in range(drawn.choice([1, 1, 1, 2, 3, 4, 0]))))
    classes = drawn.choice([1, 2, 2, 3, 3, 40])
    labels = np.arange(count) % classes
    return _array(drawn) if often(drawn, 0.15) else generator.random(shape), _array(drawn) if often(drawn, 0.15) else labels


def _labelled_npz(drawn: Random) -> bytes:
    values, labels = _samples(drawn)
    arrays = {"x": values, "y": labels}
    if often(drawn, 0.2):
        arrays[drawn.choice(["t", "p", "ids", "names", "x.npy", ""])] = labels
    if often(drawn, 0.1):
        del arrays[drawn.choice(["x", "y"])]
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", drawn.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name, array in arrays.items():
            _put(archive, f"{name}.npy", _npy_bytes(array))
    return damaged(drawn, stream.getvalue()) if often(drawn, 0.4) else stream.getvalue()


def _labelled_csv(drawn: Random) -> bytes:
    cells = ["0", "1", "2", "0.5", "-3", "1e30", "1e400", "nan", "", "x", "0,5", "\u0661"]
    values, names, label = cells[:6], ["a", "b", "c"], "label"
    if often(drawn, 0.5):
        values = cells
    if often(drawn, 0.5):
        names, label = ["a", "b", "index", "t", "neuron", "y", "", "1", "x" * 200], drawn.choice(["Label", "class", "target", "none"])
    columns = [(label, [str(number % 2) for number in range(300)])]
    for _ in range(drawn.choice([0, 1, 1, 2, 2, 5])):
        columns.insert(drawn.randrange(len(columns) + 1), (drawn.choice(names), [drawn.choice(values) for _ in range(300)]))
    rows = list(zip(*(column for _, column in columns), strict=True))[: drawn.choice([0, 1, 2, 30, 30, 300])]
    separator = drawn.choice([",", ",", ";", "\t"])
    lines = [separator.join(row) for row in ([name for name, _ in columns], *rows)]
    content = "\n".join(lines).encode("utf-16" if often(drawn, 0.05) else "utf-8")
    return damaged(drawn, content) if often(drawn, 0.2) else content


def _labelled_h5(drawn: Random) -> bytes:
    count = drawn.choice([0, 1, 30, 30, 30])
    generator = np.random.default_rng(drawn.randrange(10**6))
    stream = BytesIO()
    with h5py.File(stream, "w") as file:
        for name in ("times", "units"):
            kind = drawn.choice(["f4", "f8", "f2", "u1", "i8", "S3", "c8"]) if often(drawn, 0.3) else "f8"
            lists = file.create_dataset(f"spikes/{name}", (count,), h5py.vlen_dtype(np.dtype(kind)))
            if np.dtype(kind).kind in "fiu":
                length, most = 5 if often(drawn, 0.95) else 6, drawn.choice([1, 2, 2, 100])
                for number in range(count):
                    lists[number] = generator.integers(0, most, length)
        file["labels"] = np.arange(count) % 2 if often(drawn, 0.9) else generator.random((count, 2))
        if often(drawn, 0.2):
            _put_elsewhere(drawn, file, drawn.choice(["labels", "spikes/times", "spikes"]))
    return damaged(drawn, stream.getvalue()) if often(drawn, 0.5) else stream.getvalue()


def _put_elsewhere(drawn: Random, file: Any, name: str) -> None:
    del file[name]
    match drawn.randrange(5):
        case 0:
            file[name] = h5py.SoftLink(f"/{name}")
        case 1:
            file[name] = h5py.ExternalLink("/etc/passwd", "labels")
        case 2:
            file.create_dataset(name, (4,), "u1", external=[("/etc/passwd", 0, 4)])
        case 3:
            file.create_group(name)
        case 4:
            file.create_dataset(name, (2,), "f8", chunks=(10**6,), maxshape=(None,), compression="gzip")


# -------------------------------------------------------------------------------------- weights of torch programs


def _pt(drawn: Random) -> bytes:
    """Weights by their names, or what else torch.save may have been given."""
    torch.manual_seed(drawn.randrange(99))
    model: nn.Module = ten_spikes().build() if often(drawn, 0.5) else nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    weights: dict[Any, Any] = dict(model.state_dict())
    for name in list(weights):
        if often(drawn, 0.1):
            one = weights.pop(name)
            others = [
                one.double(),
                one.half(),
                one.to(torch.complex64),
                one.reshape(-1),
                one.reshape(-1)[:1],
                one * torch.inf,
                one.tolist(),
                None,
                one.reshape(-1, 1).to_sparse(),
            ]
            weights[drawn.choice([name, f"module.{name}", 5, "", "9.weight", "\u202e"])] = drawn.choice(others)
    given = drawn.choice([weights, weights, weights, {"state_dict": weights, "epoch": 3}, list(weights.values()), {}, 5, model])
    stream = BytesIO()
    torch.save(given, stream)
    return damaged(drawn, stream.getvalue()) if often(drawn, 0.5) else stream.getvalue()


FILES: Mapping[str, Mapping[str, Callable[[Random], bytes]]] = {
    "recording": {"npy": _npy, "npz": _npz, "csv": _csv},
    "labelled": {"npz": _labelled_npz, "csv": _labelled_csv, "h5": _labelled_h5},
    "torch": {"pt": _pt},
}
"""What makes files of each kind, by their endings."""
