"""The peer for `app_latency`: the same training and the same figures, drawn by `st.plotly_chart`, rasters as heatmaps."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.figures.network import network_rows
from app.figures.training import training_curves
from app.runner import TrainingRun
from app.wording import layer_names
from snncore.spec import ten_spikes

torch.set_num_threads(1)
st.set_page_config(layout="wide")
threshold = st.slider("Spike threshold θ", 0.1, 3.0, 1.0, step=0.05)
experiment = ten_spikes().replace({"network.1.spike_threshold": threshold, "network.3.spike_threshold": threshold})
run = TrainingRun(experiment, speed=None)
names = layer_names(experiment)
curves, network = (
    training_curves(run.records, 10, names, "light"),
    network_rows(run.input, run.records[-1].layers, names, {"1": 21, "3": 2}, "light"),
)
axes = [f"y{number}" for number in (3, 4, 5)]
heatmaps = [
    {"type": "heatmap", "z": raster["z"], "yaxis": axis, "showscale": False} for raster, axis in zip(network["rasters"], axes, strict=True)
]
for raster, axis in zip(network["rasters"], axes, strict=True):
    network["layout"][axis.replace("y", "yaxis")] = {"domain": raster["domain"], "autorange": "reversed"}
st.plotly_chart({"data": curves["data"], "layout": curves["layout"]}, key="curves")
st.plotly_chart({"data": network["data"] + heatmaps, "layout": network["layout"]}, key="network")
