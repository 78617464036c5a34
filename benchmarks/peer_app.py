"""The peer for `app_latency`: the same training and the same figures, drawn by `st.plotly_chart`, rasters as heatmaps."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.figures.style import layout
from app.figures.training import training_curves
from app.server.runner import TrainingRun
from app.words.layers import layer_names
from snncore.experiment.spec import ten_spikes

torch.set_num_threads(1)
st.set_page_config(layout="wide")
threshold = st.slider("Spike threshold θ", 0.1, 3.0, 1.0, step=0.05)
experiment = ten_spikes().replace({"network.1.spike_threshold": threshold, "network.3.spike_threshold": threshold})
run = TrainingRun(experiment, speed=None)
names = layer_names(run.experiment)
curves = training_curves(run.records, [10] * len(run.records), names, "light")
layers = run.records[-1].layers
traces, heatmaps, axes = [], [], {}
rows = [("z", run.input), *((quantity, getattr(layer, quantity)) for layer in layers for quantity in ("u", "spikes"))]
for number, (quantity, values) in enumerate(rows, start=1):
    axis = "y" if number == 1 else f"y{number}"
    top = 1 - (number - 1) / len(rows)
    axes[axis.replace("y", "yaxis")] = {"domain": [max(top - 0.9 / len(rows), 0), top]}
    if quantity == "u":
        traces.append({"type": "scatter", "mode": "lines", "y": values[0, :, 0], "yaxis": axis})
    else:
        heatmaps.append({"type": "heatmap", "z": values[0].T.astype("uint8"), "yaxis": axis, "showscale": False})
st.plotly_chart({"data": curves["data"], "layout": curves["layout"]}, key="curves")
st.plotly_chart({"data": traces + heatmaps, "layout": layout("light", 480, **axes)}, key="network")
