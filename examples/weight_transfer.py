"""The other road to a spiking network: train an ANN in plain torch, convert it, and see where the two part.

python -m examples.weight_transfer
"""

import io

import torch
from sklearn.datasets import load_digits
from torch import nn

from snncore import Experiment, from_model, normalize
from snncore.io.weight_files import read_weights
from snncore.io.weight_transfer import transfer

torch.manual_seed(0)
torch.set_num_threads(1)  # layers as small as these are faster in one thread
data = load_digits()
order = torch.randperm(len(data.target))  # the last digits in the file are of other writers than the first
images, labels = torch.tensor(data.data / 16, dtype=torch.float32)[order], torch.tensor(data.target)[order]
images, test_images, labels, test_labels = images[:1437], images[1437:], labels[:1437], labels[1437:]

ann = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
optimiser = torch.optim.AdamW(ann.parameters(), lr=3e-3)
for _ in range(10):
    for part in torch.randperm(len(labels)).split(64):
        optimiser.zero_grad()
        nn.functional.cross_entropy(ann(images[part]), labels[part]).backward()
        optimiser.step()


def accuracy(outputs: torch.Tensor) -> float:
    """Percentage of the test digits whose largest output is their label."""
    return 100 * (outputs.argmax(1) == test_labels).double().mean().item()


with torch.no_grad():
    print(f"ANN: {accuracy(ann(test_images)):.1f} % of {len(test_labels)} digits")
    scaled = normalize(ann, images)  # activations become at most about 1, as rates are
    for steps in (2, 4, 8, 16, 32):
        network = from_model(scaled, num_timesteps=steps, min_v_mem=None, initial_v_mem=0.5, synops=True)
        outputs = network.run(test_images, steps).mean(1)
        synops = sum(network.get_synops().values())
        print(f"SNN at {steps:2} steps: {accuracy(outputs):.1f} %, {synops:,.0f} synaptic operations per digit")

    activations, rates, names = network.compare_activations(test_images.repeat_interleave(steps, 0), compute_rate=True)
for name, activation, rate in zip(names[1:], activations[1:], rates[1:], strict=True):
    print(f"layer {name}: rates differ from activations by {abs(activation - rate).mean():.3f} spikes per step, in the mean")

# The weights as a file of torch, taken into an Experiment's network: by order, since the names there are its own.
file = io.BytesIO()
torch.save(scaled.state_dict(), file)
experiment = Experiment(
    network=[
        {"kind": "Linear", "in_features": 64, "out_features": 128},
        {"kind": "IAF"},
        {"kind": "Linear", "in_features": 128, "out_features": 64},
        {"kind": "IAF"},
        {"kind": "Linear", "in_features": 64, "out_features": 10},
    ],
    input={"shape": (1, 32, 64), "probability": 0.3},
)
taken = transfer(experiment, read_weights("scaled.pt", file.getvalue()), "scaled.pt", by="order")
print(taken)
model = taken.checkpoint.experiment.build(taken.checkpoint.files)
with torch.no_grad():
    outputs = model(test_images.unsqueeze(1).repeat(1, 32, 1)).mean(1)
print(f"The Experiment's network with these weights: {accuracy(outputs):.1f} %")
