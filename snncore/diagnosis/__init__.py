"""Diagnoses as data: why a layer is silent or a training gets nowhere, and what would help."""
