"""Parameters of a training: its task, optimiser, length, and the surrogate gradient of all its layers."""

from __future__ import annotations

from app.words.parameter import Parameter, Range, Tried

LEARNS = Parameter("Learns", "What the output should learn. Labelled data come with a network that learns them.")
LEARNING_RATE = Parameter(
    "Learning rate",
    "Scales each update that the optimiser makes: one in each epoch, or with labelled data one in each batch.",
    tuned=Range(1e-5, 1.0),
    tries=(Tried(0.01, "larger steps, that may lead too far"), Tried(0.0001, "small steps, and many of them")),
)
EPOCHS = Parameter(
    "Epochs at most", "Where training stops if the target isn't reached. With labelled data, epoch 0 only tests.", tuned=Range(1, 500, 1)
)
BATCH_SIZE = Parameter("Batch size", "Labelled samples learned at once, between two updates.", tuned=Range(1, 512, 1))
SCHEDULE = Parameter("Schedule", "Whether the learning rate stays, or falls along a cosine within the epochs.")
OPTIMISER = Parameter("Optimiser", "How gradients become new weights. A new optimiser starts without memory.")
SURROGATE = Parameter("Surrogate gradient", "Stands in for the slope of a spike, which is zero almost everywhere.")
