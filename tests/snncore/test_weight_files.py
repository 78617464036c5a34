"""Files of weights are read whatever real numbers they hold, and what else torch can load is refused in a sentence."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from snncore.errors import InputFileError
from snncore.experiment.spec import ten_spikes
from snncore.io.weight_files import arrays_of, read_weights
from snncore.io.weight_transfer import transfer
from tests.snncore.plain_torch import ann, file_of


def test_names_in_a_safetensors_file_are_ordered_as_they_count_however_many_digits_they_have() -> None:
    names = ["2.weight", "007.weight", "10.weight", f"1{'0' * 5000}.weight", f"2{'0' * 5000}.weight"]
    content = safetensors.torch.save({name: torch.ones(1) for name in reversed(names)})
    assert list(read_weights("long.safetensors", content)) == names


@pytest.mark.parametrize("prefix", ["", "module.", "spiking_model."])
@pytest.mark.parametrize("wrapped", [False, True])
def test_files_of_torch_and_safetensors_are_read(prefix: str, wrapped: bool) -> None:
    state = {f"{prefix}{name}": value for name, value in ann().out.state_dict().items()}
    contents = [file_of({"epoch": 3, "state_dict": state} if wrapped else state)]
    contents += [safetensors.torch.save({name: value.half() for name, value in state.items()})]
    for content, tolerance in zip(contents, (0, 1e-3), strict=True):
        found = read_weights("mine", content)
        assert set(found) == {"weight", "bias"}
        np.testing.assert_allclose(found["weight"], ann().out.weight.detach().numpy(), atol=tolerance)


def test_weights_of_a_safetensors_file_come_in_the_order_that_their_names_count() -> None:
    names = [f"{place}.weight" for place in (0, 2, 4, 10, 12)]
    for _ in range(10):  # the order in which they are read is a matter of chance
        content = safetensors.torch.save({name: torch.zeros(1) for name in names})
        assert list(read_weights("own.safetensors", content)) == names


class Code:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return print, ("this was run",)


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(60 * 2**20))
    return content.getvalue()


def archive_without_its_parts() -> bytes:
    """An end of a zip archive that points at a directory which isn't there."""
    return b"x" * 50 + b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 9, 9, 400, 10**6, 0)


def of_type(name: str, size: int) -> bytes:
    """A safetensors file with one tensor of two numbers."""
    header = json.dumps({"a": {"dtype": name, "shape": [2], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(size)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "neither a .pt file"),
        (b"not weights at all", "neither a .pt file"),
        (file_of(ann().state_dict())[:-200], "neither a .pt file"),
        (pickle.dumps(Code()), "neither a .pt file|Python objects"),
        (file_of(Code()), "Python objects besides tensors"),
        (file_of(ann().out), "Python objects besides tensors"),
        (file_of([1, 2]), "holds list, not weights by name"),
        (file_of({"a": 1}), "'a' is int, not a tensor"),
        (file_of({}), "holds no weights"),
        (file_of({"a": torch.tensor([1.0, torch.nan])}), "'a' holds an infinity, NaN"),
        (file_of({"a": torch.tensor([1e300], dtype=torch.float64)}), "'a' holds .* too large for float32"),
        (file_of({"net": {"a": torch.ones(1)}}), "'net' is dict, not a tensor"),
        (file_of({"a": (torch.ones(1),)}), "'a' is tuple, not a tensor"),
        (file_of({0: torch.ones(1)}), "keys of type int, not names"),
        (file_of({torch.ones(9, 9): torch.ones(1)}), "keys of type Tensor, not names"),
        (file_of({"a": torch.ones(1).expand(10**6, 10**6)}), "1,000,000,000,000 values, more than the 16,777,216"),
        (archive_without_its_parts(), "neither a .pt file"),
        (b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 2) + b"PK\x05\x06" + bytes(18), "neither a .pt file"),  # of two disks, it says
        (of_type("F4", 1), "of a type or shape that torch doesn't have"),
        (of_type("C64", 16), "'a' is complex"),
        (safetensors.torch.save({"a": torch.ones(9)})[:-4], "damaged safetensors"),
        (bytes(33 * 2**20), "33.0 MB, more than the 32 MB"),
        (bomb(), "unpacks to 60.0 MB"),
    ],
)
def test_files_that_hold_no_weights_are_refused_and_no_code_is_run(content: bytes, said: str, capsys: Any) -> None:
    with pytest.raises(InputFileError, match=rf"^File 'mine.pt': .*({said}).*\.$"):
        read_weights("mine.pt", content)
    assert capsys.readouterr().out == ""


GRID = torch.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize(
    "tensor",
    [
        *map(GRID.to, (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.uint16, torch.float8_e4m3fn)),
        GRID > 5,
        nn.Parameter(GRID),
        GRID.t()[1:3, ::2],
        torch.ones(1).expand(3, 4),
        torch.complex(GRID, GRID).conj().imag,
        torch.tensor(2.0),
        torch.ones(0, 4),
    ],
    ids=lambda tensor: f"{tensor.dtype} {tuple(tensor.shape)}",
)
def test_real_numbers_of_every_type_and_layout_in_memory_are_read_as_they_are(tensor: Tensor) -> None:
    found = read_weights("mine.pt", file_of({"a": tensor}))["a"]
    assert found.dtype == np.float32
    assert np.array_equal(found, tensor.detach().resolve_neg().float().numpy())


UNREADABLE = {
    "sparse": (lambda: GRID.to_sparse(), r"save it with .to_dense\(\)"),
    "compressed": (lambda: GRID.to_sparse_csr(), r"save it with .to_dense\(\)"),
    "meta": (lambda: GRID.to("meta"), "a shape but no values"),
    "quantised": (lambda: torch.quantize_per_tensor(GRID, 0.1, 0, torch.qint8), r"save it as float32, with .dequantize\(\)"),
    "complex": (lambda: torch.complex(GRID, GRID), "is complex; weights are real numbers"),
    "nested": (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "tensors of several shapes"),
    "bits": (lambda: GRID.byte().view(torch.bits8), "is torch.bits8, not real numbers"),
}
"""Tensors that torch loads as weights, but that aren't real numbers in rows and columns, and what is said of them."""


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's own, of what it calls beta or deprecated
@pytest.mark.parametrize("kind", UNREADABLE)
def test_tensors_that_are_not_real_numbers_in_rows_are_refused_with_what_to_save(kind: str) -> None:
    make, said = UNREADABLE[kind]
    with pytest.raises(InputFileError, match=rf"^File 'mine.pt': 'a' .*{said}.*\.$"):
        read_weights("mine.pt", file_of({"a": make()}))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (nn.Linear(2, 2), r"it is Linear, not weights by name; pass model.state_dict\(\)"),
        (nn.LazyLinear(2).state_dict(), "call the model once before saving it"),
        ({"a": np.array(["x"])}, "'a' holds str32, not real numbers"),
        ({"a": np.array([None])}, "'a' holds object, not real numbers"),
        ({"a": np.array([1j])}, "'a' holds complex128, not real numbers"),
        ({"a": torch.ones(2).to_mkldnn()}, r"save it with .to_dense\(\)"),
        ({}, "no weights"),
    ],
)
def test_what_is_no_weights_in_memory_is_refused_too(weights: Any, said: str) -> None:
    with pytest.raises(InputFileError, match=rf"^Weights 'mine': .*{said}.*\.$"):
        transfer(ten_spikes(), weights, "mine")


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod.", "module.module."])
def test_prefixes_of_wrappers_are_dropped_in_any_order(prefix: str) -> None:
    assert list(arrays_of({f"{prefix}0.weight": GRID, f"{prefix}2.weight": GRID})) == ["0.weight", "2.weight"]


def test_weights_of_an_averaged_model_have_the_names_of_the_model() -> None:
    averaged = torch.optim.swa_utils.AveragedModel(nn.Sequential(nn.Linear(2, 3))).state_dict()
    assert list(arrays_of(averaged)) == ["n_averaged", "0.weight", "0.bias"]


def test_a_prefix_that_only_some_layers_have_drops_no_other_layer() -> None:
    weights = {"module.0.weight": GRID, "module.2.weight": GRID, "module.4.weight": GRID, "head.weight": GRID, "scale": torch.ones(())}
    assert list(arrays_of(weights)) == list(weights)


def test_a_prefix_that_only_some_names_have_is_part_of_them() -> None:
    weights = {"module.weight": GRID, "other.weight": GRID}
    assert list(arrays_of(weights)) == list(weights)
    of_sinabs = {"module.spiking_model.0.weight": GRID, "module.analog_model.0.weight": -GRID}
    assert np.array_equal(arrays_of(of_sinabs)["0.weight"], GRID.numpy())
