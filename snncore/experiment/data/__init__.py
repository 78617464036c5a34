"""Labelled data that a network may learn: one file per kind. Importing a file registers its kind in `DATA_KINDS`."""

from importlib import import_module
from pkgutil import iter_modules

from snncore.experiment.data.base import DATA_KINDS, DataSet, DataSpec, Half, Halves, Labelled

__all__ = ["DATA_KINDS", "DataSet", "DataSpec", "Half", "Halves", "Labelled"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
