"""Every line of docs/conventions.md, with this engine and with PyTorch."""

import math
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "conventions.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<expression>[^`]+)` \| `(?P<at>[^`]+)` \| `(?P<gradient>[^`]+)` \|", re.MULTILINE)
ROWS = [pytest.param(*match.groups(), id=f"{match['expression']} at {match['at']}") for match in ROW.finditer(PAGE)]


def assignments(text):
    """Read `x=[0.0, inf], y=1.0` as a dictionary."""
    return eval(f"dict({text})", {"dict": dict, "inf": math.inf, "nan": math.nan})


def gradients(library, functional, expression, point):
    """Gradient of the sum of the expression, at the point, as arrays."""
    inputs = {name: library.tensor(value, dtype=library.float64, requires_grad=True) for name, value in point.items()}
    names = {"ag": library, "F": functional, "inf": math.inf, "nan": math.nan}
    eval(expression, names | inputs).sum().backward()
    return {name: tensor.grad.numpy() for name, tensor in inputs.items()}


def check(library, functional, expression, at, gradient):
    got, expected = gradients(library, functional, expression, assignments(at)), assignments(gradient)
    assert list(got) == list(expected)
    for name, value in expected.items():
        # PyTorch holds some of its constants (1e-12) in single precision: relative 4e-9.
        np.testing.assert_allclose(got[name], np.asarray(value), rtol=1e-8, atol=1e-15, err_msg=name)
        assert got[name].shape == np.shape(value)


@pytest.mark.parametrize(("expression", "at", "gradient"), ROWS)
def test_engine(expression, at, gradient):
    import autograd
    import nn.functional

    check(autograd, nn.functional, expression, at, gradient)


@pytest.mark.torch
@pytest.mark.filterwarnings(r"ignore:index_reduce\(\) is in beta:UserWarning")
@pytest.mark.parametrize(("expression", "at", "gradient"), ROWS)
def test_pytorch(expression, at, gradient):
    torch = pytest.importorskip("torch")
    check(torch, torch.nn.functional, expression, at, gradient)


def test_every_table_row_is_read():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| Expression")]
    assert len(lines) == len(ROWS) > 80


def test_a_wrong_row_fails():
    tensor = SimpleNamespace(backward=lambda: None, grad=SimpleNamespace(numpy=lambda: np.float64(0.5)))
    tensor.sum = lambda: tensor
    library = SimpleNamespace(float64=None, tensor=lambda *_, **__: tensor)
    check(library, None, "x", "x=1.0", "x=0.5")
    for wrong in ("x=0.0", "x=nan", "x=[0.5]"):
        with pytest.raises(AssertionError):
            check(library, None, "x", "x=1.0", wrong)
