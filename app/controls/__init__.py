"""Widgets that edit an Experiment. Each shows what the Experiment says and hands an edit back; none keeps a value of its own."""
