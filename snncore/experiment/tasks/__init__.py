"""Tasks that a network is trained for. Each kind is a file here; it is found automatically and registers its class in `TASK_KINDS`."""

from importlib import import_module
from pkgutil import iter_modules

from snncore.experiment.tasks.base import TASK_KINDS, Outcome, Task, TaskSpec

__all__ = ["TASK_KINDS", "Outcome", "Task", "TaskSpec"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
