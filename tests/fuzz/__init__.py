"""Malformed links, Experiments, weights and recordings, made from a seed, and what becomes of them by the ways in that a visitor has."""
