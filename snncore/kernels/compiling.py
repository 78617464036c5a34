"""`loops` as machine code of this processor, made by Numba. It takes some seconds, once per machine."""

from __future__ import annotations

import inspect
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import types

from snncore.kernels import layout, loops
from snncore.kernels.layout import Kind

_TYPES = {
    Kind.ARRAY: types.CPointer(types.float32),  # type: ignore[no-untyped-call]  # Numba's own
    Kind.SUMS: types.CPointer(types.float64),  # type: ignore[no-untyped-call]
    Kind.SIZE: types.int64,
    Kind.NUMBER: types.float32,
    Kind.FLAG: types.boolean,
}


def machine_code() -> dict[str, tuple[str, bytes]]:
    """Return by each loop's name the symbol of its function and its object file."""
    return {
        "forward": _compiled(loops.forward, layout.FORWARD),
        "backward": _compiled(loops.backward, layout.BACKWARD),
    }


def _compiled(loop: Any, parameters: dict[str, Kind]) -> tuple[str, bytes]:
    assert [*inspect.signature(loop).parameters] == [*parameters], loop
    signature = types.float64(*(_TYPES[kind] for kind in parameters.values()))
    # Without Numba's wrappers nothing in the object refers to Numba, so that loading the object doesn't need Numba.
    options: Any = {"error_model": "numpy", "fastmath": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled = numba.njit([signature], **options)(loop)
    result: Any = compiled.overloads[signature.args]
    module = llvm.parse_assembly(compiled.inspect_llvm(signature.args))
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )
    return result.fndesc.llvm_func_name, machine.emit_object(module)
