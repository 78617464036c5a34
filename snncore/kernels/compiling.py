"""`loops` as machine code of this processor, made by Numba. It takes some seconds, once per machine.

`loading` runs this module in a process of its own, since Numba holds the interpreter's lock most of the time. It doesn't import torch.
"""

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


def machine_code() -> dict[str, list[bytes]]:
    """Return by each loop's name the object files of its machine code. The function to call has the same name."""
    return {
        "forward": _compiled(loops.forward, layout.FORWARD),
        "backward": _compiled(loops.backward, layout.BACKWARD),
    }


def _compiled(loop: Any, parameters: dict[str, Kind]) -> list[bytes]:
    assert [*inspect.signature(loop).parameters] == [*parameters], loop
    signature = types.float64(*(_TYPES[kind] for kind in parameters.values()))
    # Without Numba's wrappers nothing in the object refers to Numba, so that loading the object doesn't need Numba.
    options: Any = {"error_model": "numpy", "fastmath": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled = numba.njit([signature], **options)(loop)
    result: Any = compiled.overloads[signature.args]
    _, _, (machine_code, _) = result.library.serialize_using_object_code()  # as Numba's own cache takes it
    entry = llvm.parse_assembly(_entry(loop.__name__, result.fndesc.llvm_func_name, list(parameters.values())))
    machine = llvm.Target.from_default_triple().create_target_machine(reloc="default", codemodel="jitdefault", jit=True)
    return [machine_code, machine.emit_object(entry)]


_LLVM_TYPES = {Kind.ARRAY: "ptr", Kind.SUMS: "ptr", Kind.SIZE: "i64", Kind.NUMBER: "float", Kind.FLAG: "i8"}


def _entry(name: str, symbol: str, kinds: list[Kind]) -> str:
    """Return a function i32(arguments, result) that calls the loop with arguments in memory, 8 bytes each, as `layout.PACKED` says.

    Passing one address takes ctypes a tenth of the time of passing them all.
    """
    loads = [
        f"  %p{k} = getelementptr i8, ptr %arguments, i64 {8 * k}\n  %a{k} = load {_LLVM_TYPES[kind]}, ptr %p{k}, align 1"
        for k, kind in enumerate(kinds)
    ]
    types = ", ".join(("ptr", "ptr", *(_LLVM_TYPES[kind] for kind in kinds)))
    values = ", ".join(("ptr %result", "ptr %exception", *(f"{_LLVM_TYPES[kind]} %a{k}" for k, kind in enumerate(kinds))))
    return "\n".join(
        (
            f'declare i32 @"{symbol}"({types})',
            f'define i32 @"{name}"(ptr %arguments, ptr %result) {{',
            "  %exception = alloca ptr",  # Numba's calling convention; none occurs
            *loads,
            f'  %status = call i32 @"{symbol}"({values})',
            "  ret i32 %status",
            "}",
        )
    )
