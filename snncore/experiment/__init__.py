"""The Experiment as data: its layers, input, task and training, and the edits of them."""
