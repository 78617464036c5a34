"""Labelled data of one's own, and a small training that learns some."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from snncore.experiment.data.file import LabelledFile, labels_key, values_key
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord, train


def own(values: Any, labels: Any, **fields: Any) -> tuple[LabelledFile, dict[str, Any]]:
    """A data set of these samples, and the files that it names."""
    x, y = np.asarray(values, np.float32), np.asarray(labels, np.int64)
    sizes = {"samples": len(x), "shape": x.shape[1:], "has_time": x.ndim > 2, "labels": int(y.max()) + 1}
    digest = hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest()[:32]
    return LabelledFile(name="mine.npz", digest=digest, **{**sizes, **fields}), {values_key(digest): x, labels_key(digest): y}


RANDOM = np.random.RandomState(0)
LABELS = np.arange(90) % 3
DATA, FILES = own(RANDOM.uniform(0, 0.6, (90, 6)) + np.repeat(np.eye(3), 2, axis=1)[LABELS], LABELS)
"""Three classes, of which each has two values of six that are larger."""

LINEAR = {"kind": "Linear", "in_features": 6, "out_features": 12}
OUT = {"kind": "Linear", "in_features": 12, "out_features": 3}
LIF = {"kind": "LIF", "tau_mem": 5.0, "norm_input": False}
LEAK = {"kind": "ExpLeak", "tau_mem": 5.0}


def made(*network: dict[str, Any], shape: tuple[int, ...] = (6,), task: dict[str, Any] | None = None, **training: Any) -> Experiment:
    """The data as a rate code, learned in batches of 20, the last of them of 12."""
    return Experiment(
        network=network or (LINEAR, LIF, OUT, LEAK),
        input={"kind": "sample", "shape": (1, 8, *shape)},
        training={
            "task": {
                "kind": "classification",
                "data": DATA.model_dump(),
                "encoding": {"kind": "rate", "rate": 600.0},
                "readout": "mean_potential",
                **(task or {}),
            },
            "optimiser": "Adam",
            "lr": 0.01,
            "epochs": 3,
            "batch_size": 20,
            **training,
        },
    )


def learned(experiment: Experiment) -> list[EpochRecord]:
    return list(train(experiment, files=FILES))
