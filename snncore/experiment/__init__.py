"""The Experiment as data: its layers, input, task and training, and what may be done to it."""
