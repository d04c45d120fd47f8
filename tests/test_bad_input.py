"""Bad calls: each raises PyTorch's type of error, says what was expected and what came, and leaves everything as it was.

The table is ``bad_input.txt``. What its calls may use is made by ``space``.
"""

import builtins
import copy
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import optim

TABLE = (Path(__file__).parent / "bad_input.txt").read_text(encoding="utf-8")


def cases():
    """The calls of the table with their errors."""
    lines = [line for line in TABLE.strip().splitlines() if line and not line.startswith("#")]
    for call, error in zip(lines[::2], lines[1::2], strict=True):
        assert error.startswith("    "), call
        kind, _, text = error.strip().partition(": ")
        yield pytest.param(call, getattr(builtins, kind), text, id=call)


def space(lib, layers, optimizers):
    """What a call may use: tensors that require grad (x, w, v) or not (o, i, e empty), a layer m, and a graph loss."""
    lib.manual_seed(0)

    def real(data, grad):
        return lib.tensor(data, dtype=lib.float64, requires_grad=grad)

    found = {"lib": lib, "T": lib.tensor, "nn": layers, "F": layers.functional, "optim": optimizers, "np": np}
    found |= {"copy": copy, "f64": lib.float64, "grad": getattr(lib, "grad", None) or lib.autograd.grad}
    found |= {"x": real([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], True), "w": real([1.0, 2.0, 3.0], True)}
    found |= {"v": real([1.0, 2.0], True), "o": real([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], False)}
    found |= {"i": lib.tensor([[0, 1, 2], [2, 1, 0]]), "e": lib.zeros(3, 0, dtype=lib.float64)}
    found["m"] = layers.Linear(3, 2).double()
    found["loss"] = (found["m"](found["x"] * found["w"]).exp() * found["v"]).sum() * 1e-6
    return found


def run(call, names):
    """Run a call; PyTorch's warnings about what it will do some day are not the matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(call, names)


def state(names):
    """What must not change: values, layout, gradients, histories, and the modes."""
    tensors = {k: t for k, t in names.items() if isinstance(t, autograd.Tensor)} | names["m"].state_dict(keep_vars=True)
    return {
        k: (t.shape, t.dtype, t.stride(), t.tolist(), t.requires_grad, t.grad_fn, t.is_leaf and t.grad)
        for k, t in tensors.items()
    } | {"modes": (autograd.is_grad_enabled(), autograd.is_anomaly_enabled(), autograd.get_default_dtype())}


@pytest.mark.parametrize(("call", "error", "text"), list(cases()))
def test_bad_calls(call, error, text):
    names = space(autograd, nn, optim)
    before = state(names)
    pattern = ".*".join(re.escape(part) for part in text.split("..."))
    with pytest.raises(error) as caught:
        run(call, dict(names))
    said = " ".join(str(caught.value.args[0]).split())  # a KeyError's str() is the repr of its text
    assert re.search(pattern, said), said
    assert state(names) == before
    fresh = space(autograd, nn, optim)
    for one in (names, fresh):
        one["loss"].backward()
    for k in ("x", "w", "v"):
        assert names[k].grad.tolist() == fresh[k].grad.tolist()


@pytest.mark.torch
@pytest.mark.parametrize(("call", "error", "text"), list(cases()))
def test_pytorch_raises_the_same_type(call, error, text):
    import torch

    with pytest.raises(error):
        run(call, space(torch, torch.nn, torch.optim))
