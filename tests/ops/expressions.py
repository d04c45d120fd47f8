"""Expressions evaluated by this engine and by PyTorch, their results, gradients and errors compared."""

import warnings

import numpy as np

import autograd
import autograd.fused


def names(lib, grad):
    """What an expression may use: ``lib``, ``T`` (tensor), some tensors, of which the real ones may require grad."""
    rng = np.random.default_rng(0)

    def real(*shape):
        return lib.tensor(rng.standard_normal(shape).tolist(), dtype=lib.float64, requires_grad=grad)

    found = {
        "lib": lib,
        "T": lib.tensor,
        "np": np,
        "L": lib.int64,
        "F": getattr(lib, "fused", None) or lib.nn.functional,
    }
    found |= {"x": real(3, 4), "v": real(3), "z": real(), "e": real(2, 3, 4), "i": lib.tensor([[0, 1], [1, 0]])}
    found["m"] = found["x"].detach() > 0
    return found


def listed(text):
    """The expressions of a table: several in a line, apart by ``||``."""
    return [code.strip() for line in text.strip().splitlines() for code in line.split("||") if code.strip()]


def run(lib, code, grad=False):
    """The value of an expression (after ``;``-separated statements), or the exception; and the names it used."""
    before = lib.get_default_dtype()
    lib.set_default_dtype(lib.float64)
    try:
        return _run(lib, code, grad)
    finally:
        lib.set_default_dtype(before)


def _run(lib, code, grad):
    space = names(lib, grad)
    *statements, expression = code.split("; ")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec("\n".join(statements), space)
            value = eval(expression, space)
        except Exception as error:  # noqa: BLE001 - compared with PyTorch's
            return error, space, caught
    return value, space, caught


def plain(lib, value):
    """A result as something that compares: shape, dtype and values of each tensor."""
    if isinstance(value, lib.Tensor):
        return ("tensor", tuple(value.shape), str(value.dtype).replace("torch.", ""), value.detach().numpy())
    if isinstance(value, (tuple, list)):
        return [plain(lib, v) for v in value]
    return value


def same(ours, theirs, where):
    """Assert that two plain results are equal."""
    if isinstance(theirs, tuple) and len(theirs) == 4 and theirs[0] == "tensor":
        assert ours[:3] == theirs[:3], where
        np.testing.assert_allclose(ours[3], theirs[3], rtol=1e-12, atol=1e-13, err_msg=where)
    elif isinstance(theirs, list):
        assert isinstance(ours, list), where
        assert len(ours) == len(theirs), where
        for a, b in zip(ours, theirs, strict=True):
            same(a, b, where)
    else:
        assert ours == theirs, where


def gradients(lib, value, space):
    """The gradients of a weighted sum of the real results; None where there are none."""
    parts = [t for t in (value if isinstance(value, (tuple, list)) else [value]) if getattr(t, "requires_grad", False)]
    if not parts:
        return None
    total = 0
    for k, part in enumerate(parts):
        weights = np.cos(np.arange(part.numel()) + k).reshape(tuple(part.shape))
        total = total + (part * lib.tensor(weights.tolist(), dtype=lib.float64).reshape(part.shape)).sum()
    total.backward()
    return [None if space[n].grad is None else space[n].grad.numpy() for n in "xvze"]


def compare(torch, code):
    """Assert that an expression gives the same with both: values, dtypes, gradients, or the type of the error."""
    (ours, mine, _), (theirs, other, _) = run(autograd, code), run(torch, code)
    if isinstance(theirs, Exception):
        assert type(ours) is type(theirs), f"{code}: {ours!r} instead of {theirs!r}"
        return
    if isinstance(ours, Exception):
        raise AssertionError(f"{code}: {ours!r}") from ours
    same(plain(autograd, ours), plain(torch, theirs), code)
    (ours, mine, _), (theirs, other, _) = run(autograd, code, grad=True), run(torch, code, grad=True)
    if isinstance(theirs, Exception):
        return  # PyTorch has no derivative here
    found = gradients(autograd, ours, mine)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = gradients(torch, theirs, other)
    except RuntimeError:
        return  # nor here
    assert (found is None) == (expected is None), code
    if found is None:
        return
    for name, a, b in zip("xvze", found, expected, strict=True):
        where = f"{code}: gradient of {name}"
        assert (a is None) == (b is None), where
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12, err_msg=where)
