"""Your own spikes: read a file, feed it to a network, and train the network to answer with twelve spikes.

    python -m examples.own_data recording.csv

It reads the same files as the app: an .npy, .npz or .csv with a raster (a row for each time step, a column for each neuron) or events.
Without a file, it writes a small list of events and reads that.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from snncore import Experiment, simulate, train
from snncore.io.recordings import content_hash, read_raster


def some_events() -> Path:
    """Write events of 20 neurons, each of which fires every 5 to 24 steps, for 100 steps."""
    lines = ["t,neuron", *(f"{t},{neuron}" for neuron in range(20) for t in range(neuron, 100, neuron + 5))]
    path = Path(tempfile.mkdtemp()) / "events.csv"
    path.write_text("\n".join(lines))
    return path


path = Path(sys.argv[1]) if len(sys.argv) > 1 else some_events()
read = read_raster(path.name, path.read_bytes())
samples, steps, *sample = read.values.shape
print(f"{path.name} holds {read.holds}: {samples} sample(s), {steps} time steps, {sample} neurons, {read.values.sum():.0f} spikes in all")

digest = content_hash(read.values)  # an Experiment only names its file; the content is passed when it runs
files = {digest: read.values}
experiment = Experiment(
    network=[
        {"kind": "Flatten"},
        {"kind": "Linear", "in_features": int(np.prod(sample)), "out_features": 32},
        {"kind": "LIF", "tau_mem": 10.0},
        {"kind": "Linear", "in_features": 32, "out_features": 2},
        {"kind": "LIF", "tau_mem": 10.0},
    ],
    input={"kind": "file", "name": path.name, "digest": digest, "shape": read.values.shape, "holds": read.holds},
    training={"task": {"kind": "spike_count", "target": 12}, "lr": 0.003, "epochs": 200},
)

(simulation,) = simulate(experiment, files)
for place, record in simulation.records.items():
    print(f"{experiment.layer_label(str(place))}: {record.spikes.sum():.0f} spikes, largest u/θ {record.largest_u_over_threshold:.2f}")

for record in train(experiment, files=files):
    if record.epoch % 10 == 0 or record.loss == 0:
        print(f"epoch {record.epoch:3}: {record.spikes:3.0f} output spikes, loss {record.loss:g}")

saved = experiment.to_json(compact=True)
print(f"As JSON it has {len(saved):,} characters and opens as it was: {Experiment.from_json(saved) == experiment}")
