"""The arguments of functions go by PyTorch's names."""

from pathlib import Path

import pytest

import autograd
from tests.names import listing, parameters

CALLS = [
    line
    for line in (Path(__file__).parent / "keywords.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def shapes(lib, call):
    lib.manual_seed(0)
    found = eval(call, {"lib": lib, "E": lib.eye(2) + 0.1})
    listed = found if isinstance(found, (tuple, list)) else [found]
    return [(tuple(t.shape), str(t.dtype).replace("torch.", "")) for t in listed if hasattr(t, "shape")]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS)
def test_keywords_are_pytorchs(call):
    torch = pytest.importorskip("torch")
    assert shapes(autograd, call) == shapes(torch, call)


# Names that PyTorch's documentation has and PyTorch itself does not take, or that name the parts of a result or of out=.
ONLY_DOCUMENTED = {
    "torch": {
        "cholesky_solve": "B",
        "einsum": "equation",
        "histogramdd": "out",
        "kthvalue": "indices values",
        "max": "indices values",
        "median": "indices values",
        "min": "indices values",
        "nanmedian": "indices values",
        "searchsorted": "values",
        "topk": "indices values",
        "true_divide": "dividend divisor",
        "unsafe_split": "split_size_or_sections tensor",
    },
    "torch.Tensor": {
        "arctanh_": "other",
        "bmm": "batch2",
        "div": "value",
        "divide": "value",
        "dot": "other",
        "floor_divide": "value",
        "floor_divide_": "value",
        "fmod": "divisor",
        "fmod_": "divisor",
        "index_copy": "tensor2",
        "masked_scatter": "tensor",
        "matmul": "tensor2",
        "mul": "value",
        "multiply": "value",
        "narrow": "dimension",
        "narrow_copy": "dimension",
        "remainder": "divisor",
        "remainder_": "divisor",
        "resize_as_": "tensor",
        "take": "indices",
        "true_divide": "value",
        "true_divide_": "value",
        "type_as": "tensor",
        "where": "y",
    },
    "torch.linalg": {"householder_product": "A", "matrix_power": "A"},
}
# Taken (or an older spelling that is not), but not shown in the signature.
NOT_HERE = {
    "torch": {
        "dequantize": "tensor",
        "det": "input",
        "inverse": "input",
        "slogdet": "input",
    },
    "torch.Tensor": {"cholesky_solve": "input2", "orgqr": "input2", "ormqr": "input2 input3"},
    "torch.linalg": {"norm": "input"},
}


@pytest.mark.torch
@pytest.mark.parametrize("path", listing.NAMESPACES)
def test_documented_parameters_are_taken(path):
    known = ONLY_DOCUMENTED.get(path, {}) | NOT_HERE.get(path, {})
    assert {n: what for n, what in parameters.lacking(path).items() if known.get(n) != what} == {}


def test_signatures_are_read_from_texts():
    text = "\nf(input, dim=(0, 1), *, Tensor out=None) -> Tensor\n\nf(a: int, b: str = 'x') -> Tensor"
    assert parameters.documented(text, "f") == [["input", "dim", "out"], ["a", "b"]]
