"""`make docs`: writes a page for each module of snncore into docs/api/."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from pathlib import Path

import pdoc

import snncore

OUTPUT = Path(__file__).parent / "api"


def main() -> None:
    # It warns of fields that specs get from constructors, of names that only type checkers import, and of modules that it finds twice.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"pdoc\.")
    for name in snncore.__all__:  # they are fetched when asked for, and pdoc only looks at what is there
        setattr(snncore, name, getattr(snncore, name))
    modules = ["snncore", *(found.name for found in pkgutil.walk_packages(snncore.__path__, "snncore."))]
    for module in modules:
        importlib.import_module(module)
    pdoc.render.configure(docformat="google", footer_text=f"snncore {snncore.__version__}", show_source=True)
    pdoc.pdoc(*modules, output_directory=OUTPUT)
    print(f"{len(modules)} modules: {OUTPUT / 'index.html'}")


if __name__ == "__main__":
    main()
