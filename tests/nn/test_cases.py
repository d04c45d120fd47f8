"""Every layer beside PyTorch's: state, text, values, gradients of both orders, errors. What is run is in ``cases/``."""

import contextlib
import copy
import functools
import pickle
import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import autograd
import nn
import nn.functional
from autograd.func import functional_call
from tests.nn.cases import Draw, Made, collect, files

EVERY = collect()
CASES = [c for c in EVERY if not c.fails]
BAD = [c for c in EVERY if c.fails]
LAYERS = [c for c in CASES if c.space == "nn"]
TOLERANCES = {"float64": 1e-10, "float32": 1e-5}


def sides():
    """This package and PyTorch."""
    torch = pytest.importorskip("torch")
    here = SimpleNamespace(lib=autograd, nn=nn, functional=nn.functional, top=autograd)
    there = SimpleNamespace(lib=torch, nn=torch.nn, functional=torch.nn.functional, top=torch)
    return here, there


@contextlib.contextmanager
def ignored(condition):
    """Without warnings, where PyTorch gives some or the case expects one (``test_warning`` looks at it)."""
    with warnings.catch_warnings():
        if condition:
            warnings.simplefilter("ignore")
        yield


def fill(value, side, rng, dtype, leaves, turned=False, given=None):
    """The tensors of one library in the places of what is to be drawn.

    Those that get gradients are added to ``leaves``; ``given`` has tensors to take instead of them.
    """
    again = functools.partial(fill, side=side, rng=rng, dtype=dtype, leaves=leaves, turned=turned, given=given)
    if isinstance(value, Draw):
        array = value.make(rng)
        if array.dtype.kind != "f":
            return side.lib.tensor(array)
        array = array.astype(dtype)
        if value.grad and given is not None:
            return next(given) * 1
        if turned:  # the same numbers with the last dimension outermost in memory
            tensor = side.lib.tensor(np.array(array.T, order="C")).permute(tuple(range(array.ndim)[::-1]))
        else:
            tensor = side.lib.tensor(array)
        if not value.grad:
            return tensor
        leaves.append(tensor.requires_grad_())
        return tensor * 1  # which may be written in place, as a leaf may not
    if isinstance(value, Made):
        return value.build(side.lib, side.nn, *map(again, value.parts))
    if isinstance(value, dict):
        return {key: again(v) for key, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(map(again, value))
    return value


def build(case, side, dtype="float32"):
    """The layer, or the function with its keyword arguments."""
    rng = np.random.default_rng(1)
    side.lib.manual_seed(3)
    args = fill(case.args, side, rng, dtype, [])
    kwargs = fill(case.kwargs, side, rng, dtype, [])
    if case.space != "nn":
        return functools.partial(getattr(getattr(side, case.space), case.name), *args, **kwargs)
    return getattr(nn if side.lib is autograd else side.nn, case.name)(*args, **kwargs)


def call(case, layer, side, dtype, turned=False):
    """The result of the call; the leaves that get gradients; the inputs afterwards."""
    leaves = []
    inputs = fill(case.inputs, side, np.random.default_rng(2), dtype, leaves, turned)
    side.lib.manual_seed(4)
    out = case.call(layer, *inputs) if case.call else layer(*inputs)
    return out, leaves, inputs


def tensors(value):
    """The tensors in a result, in order; None and plain values as they are."""
    if isinstance(value, dict):
        return [t for key in sorted(value) for t in tensors(value[key])]
    if isinstance(value, (tuple, list)):
        return [t for v in value for t in tensors(v)]
    return [value]


def numbers(tensor):
    return np.asarray(tensor.detach().numpy()) if hasattr(tensor, "detach") else tensor


def close(ours, theirs, tolerance, what):
    """Same shape, dtype and values."""
    a, b = numbers(ours), numbers(theirs)
    if not isinstance(b, np.ndarray):
        assert a == b, what
        return
    assert a.shape == b.shape, what
    assert a.dtype == b.dtype, what
    finite = np.abs(b[np.isfinite(b)]) if b.dtype.kind == "f" else np.zeros(0)
    size = max(1.0, float(finite.max(initial=0.0)))
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * size, err_msg=what)


def objective(out, side, *, curved=False):
    """A number to which every element of a result contributes its own share; None where nothing requires grad."""
    total = None
    for one in tensors(out):
        if getattr(one, "requires_grad", False):
            shares = np.cos(np.arange(one.numel(), dtype=np.float64)).reshape(tuple(one.shape))
            part = (side.lib.tensor(shares.astype(numbers(one).dtype)) * one).sum()
            if curved:
                part = part + (one * one).sum() * 0.5
            total = part if total is None else total + part
    return total


def parameters(layer):
    return list(layer.named_parameters()) if hasattr(layer, "named_parameters") else []


def compare_state(ours, theirs, tolerance, *, train):
    """Parameters and buffers, their names, order, shapes, dtypes and values; and the text."""
    assert repr(ours).replace("autograd.", "") == repr(theirs).replace("torch.", "")
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        close(ours.state_dict()[key], value, tolerance, key)
    for method in ("named_parameters", "named_buffers", "named_modules"):
        assert [n for n, _ in getattr(ours, method)()] == [n for n, _ in getattr(theirs, method)()]
    assert [p.requires_grad for p in ours.parameters()] == [p.requires_grad for p in theirs.parameters()]
    assert ours.training == theirs.training == train


def twins(case, dtype):
    """The layer in both libraries with the same numbers."""
    here, there = sides()
    with ignored(case.warns):
        ours = build(case, here, dtype)
    with ignored(True):
        theirs = build(case, there, dtype)
        if case.space == "nn":
            ours.to(getattr(autograd, dtype))
            theirs.to(getattr(there.lib, dtype))
            theirs.load_state_dict({k: there.lib.tensor(numbers(v)) for k, v in ours.state_dict().items()})
    return (here, ours), (there, theirs)


@pytest.mark.torch
@pytest.mark.parametrize("case", LAYERS, ids=repr)
def test_state(case):
    here, there = sides()
    with ignored(case.warns):
        ours = build(case, here)
    with ignored(True):
        theirs = build(case, there)
    compare_state(ours, theirs, 1e-6, train=True)
    for again in [copy.deepcopy(ours)] + ([pickle.loads(pickle.dumps(ours))] if case.pickles else []):
        compare_state(again, theirs, 1e-6, train=True)
        mine, seen = list(ours.parameters()), list(again.parameters())
        assert all(a is not b and a.tolist() == b.tolist() for a, b in zip(mine, seen, strict=True))


@pytest.mark.torch
@pytest.mark.parametrize(("case", "dtype"), [(c, dtype) for c in CASES for dtype in c.dtypes], ids=str)
def test_values(case, dtype):
    tolerance = case.tolerance.get(dtype, TOLERANCES[dtype])
    (here, ours), (there, theirs) = twins(case, dtype)
    for mode in case.modes:
        seen = []
        for side, layer in ((here, ours), (there, theirs)):
            if case.space == "nn":
                layer.train(mode == "train").zero_grad()
            with ignored(side is there or case.warns):
                out, leaves, inputs = call(case, layer, side, dtype, turned=case.turned and dtype == "float32")
            total = objective(out, side)
            if total is not None:
                total.backward()
            seen.append((out, inputs, [t.grad for t in leaves], [p.grad for _, p in parameters(layer)]))
        for what, mine, expected in zip(("output", "inputs afterwards"), seen[0], seen[1], strict=False):
            mine, expected = tensors(mine), tensors(expected)
            assert len(mine) == len(expected), what
            for a, b in zip(mine, expected, strict=True):
                if what == "output" or hasattr(b, "detach"):
                    close(a, b, tolerance, f"{mode}: {what}")
        names = [[f"input {i}" for i in range(len(seen[0][2]))], [name for name, _ in parameters(ours)]]
        for title, mine, expected in zip(names, seen[0][2:], seen[1][2:], strict=True):
            for name, a, b in zip(title, mine, expected, strict=True):
                compare_gradient(a, b, tolerance, f"{mode}: gradient of {name}")
        if case.space == "nn":
            compare_state(ours, theirs, tolerance, train=mode == "train")


def compare_gradient(ours, theirs, tolerance, what):
    """Both or none, and the same numbers."""
    assert (ours is None) == (theirs is None), f"{what}: {ours} here, {theirs} in PyTorch"
    if theirs is not None:
        close(ours, theirs, tolerance, what)


@pytest.mark.torch
@pytest.mark.parametrize("case", [c for c in CASES if c.second is True], ids=repr)
def test_second_order(case):
    found = []
    for side, layer in twins(case, "float64"):
        if case.space == "nn":
            layer.train(case.modes[0] == "train")
        with ignored(side.lib is not autograd or case.warns):
            out, leaves, _ = call(case, layer, side, "float64")
            total = objective(out, side, curved=True)
        wanted = leaves + [p for _, p in parameters(layer) if p.requires_grad]
        found.append(None if total is None else twice(side, total, wanted))
    ours, theirs = found
    assert (ours is None) == (theirs is None)
    for index, (a, b) in enumerate(zip(ours or [], theirs or [], strict=True)):
        close(a, b, 100 * case.tolerance.get("float64", TOLERANCES["float64"]), f"second gradient {index}")


def twice(side, total, wanted):
    """The gradient of a weighted sum of the squared gradients, zeros where there is none."""
    first = side.lib.autograd.grad(total, wanted, create_graph=True, allow_unused=True)
    squares = [(f * f).sum() * (1.0 + 0.1 * k) for k, f in enumerate(first) if f is not None and f.requires_grad]
    if not squares:
        return [side.lib.zeros_like(w) for w in wanted]
    second = side.lib.autograd.grad(sum(squares), wanted, allow_unused=True)
    return [side.lib.zeros_like(w) if s is None else s for s, w in zip(second, wanted, strict=True)]


@pytest.mark.torch
@pytest.mark.parametrize("case", [c for c in CASES if c.second == "numeric"], ids=repr)
def test_second_order_by_differences(case):
    (side, layer), _ = twins(case, "float64")
    if case.space == "nn":
        layer.train(case.modes[0] == "train")
    leaves = []
    fill(case.inputs, side, np.random.default_rng(2), "float64", leaves)
    names = [name for name, p in parameters(layer) if p.requires_grad]
    assert not (names and case.call), "finite differences for parameters need a plain call"

    def run(*given):
        """The result for other inputs and parameters."""
        inputs = fill(case.inputs, side, np.random.default_rng(2), "float64", [], given=iter(given))
        autograd.manual_seed(4)
        if names:
            out = functional_call(layer, dict(zip(names, given[len(leaves) :], strict=True)), tuple(inputs))
        else:
            out = case.call(layer, *inputs) if case.call else layer(*inputs)
        return tuple(t for t in tensors(out) if getattr(t, "requires_grad", False))

    given = [t.detach().clone().requires_grad_() for t in [*leaves, *(p for n, p in parameters(layer) if n in names)]]
    assert autograd.gradgradcheck(run, tuple(given))


@pytest.mark.torch
@pytest.mark.parametrize("case", [c for c in CASES if c.warns], ids=repr)
def test_warning(case):
    found = []
    for side in sides():
        with warnings.catch_warnings(record=True) as record:
            warnings.simplefilter("always")
            layer = build(case, side)
            call(case, layer, side, "float32")
        assert record, f"no warning from {side.lib.__name__}"
        found.append(record)
    assert {w.category for w in found[0]} == {w.category for w in found[1]}
    assert any(re.search(case.warns, str(w.message)) for w in found[0]), [str(w.message) for w in found[0]]


def attempt(case, side):
    """Make the layer and call it, which changes nothing that it holds."""
    layer = build(case, side)
    held = layer.state_dict() if case.space == "nn" else {}
    before = {key: value.tolist() for key, value in held.items()}
    try:
        if case.inputs is not None:
            call(case, layer, side, "float32")
    finally:
        assert {key: value.tolist() for key, value in held.items()} == before


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", BAD, ids=repr)
def test_error(case):
    here, there = sides()
    with pytest.raises(Exception) as expected:
        attempt(case, there)
    with pytest.raises(type(expected.value), match=case.text):
        attempt(case, here)


# Layers that hold others or are bases, which test_module.py, test_containers.py and others look at, ...
BASES = {
    *("Container", "DataParallel", "Module", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList"),
    *("RNNBase", "RNNCellBase", "Sequential"),
}
# ... those that wait for their first input (test_lazy.py), and those that PyTorch does not have (tests of their own).
LAZY = {name for name in nn.__all__ if name.startswith("Lazy")}
OWN = {"Maxout", "MePropLinear", "Step"}


def test_every_file_has_cases():
    assert [module.__name__ for module in files() if not getattr(module, "CASES", ())] == []


def test_every_layer_has_a_case():
    classes = {n for n in nn.__all__ if isinstance(getattr(nn, n), type) and issubclass(getattr(nn, n), nn.Module)}
    assert sorted(classes - BASES - LAZY - OWN - {c.name for c in LAYERS}) == []
