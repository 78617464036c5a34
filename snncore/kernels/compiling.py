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
    symbol = result.fndesc.llvm_func_name
    module = llvm.parse_assembly(compiled.inspect_llvm(signature.args))
    module.link_in(llvm.parse_assembly(_entry(loop.__name__, symbol, list(parameters.values()))))
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )
    return loop.__name__, machine.emit_object(module)


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
