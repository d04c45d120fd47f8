"""Products: argument forms, dtypes, layouts and errors, with PyTorch as oracle."""

import math

import numpy as np
import pytest

import autograd
from autograd import linalg
from tests.ops.against_torch import RNG, arrays, both, o, reach, torch, well

# -- products -------------------------------------------------------------------------------------------------------

MATMUL = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((1, 2, 3), (5, 3, 4)),
    ((2, 0), (0, 3)), ((0, 3), (3, 2)), ((5, 2, 0), (0, 3)), ((0, 2, 3), (3, 4)), ((2, 3), (2, 2, 3, 4)),
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize(("one", "two"), MATMUL)
def test_matmul(one, two):
    both(lambda x, y: x @ y, lambda x, y: x @ y, arrays(one, two))


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float16", "float32", "int64", "int32", "uint8"])
@pytest.mark.parametrize(("one", "two"), [((3,), (3,)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)), ((5, 2, 3), (5, 3, 4))])
def test_matmul_keeps_dtypes(dtype, one, two):
    x, y = (RNG.integers(0, 5, s).astype(dtype) for s in (one, two))
    ours, theirs = autograd.tensor(x) @ autograd.tensor(y), torch.tensor(x) @ torch.tensor(y)
    assert str(ours.dtype) == dtype
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_matmul_of_strided_operands():
    x, y = RNG.standard_normal((6, 8)), RNG.standard_normal((4, 10))
    a, b = autograd.tensor(x)[::2, ::2], autograd.tensor(y).t()[1:9:2]
    np.testing.assert_allclose((a @ b).numpy(), x[::2, ::2] @ y.T[1:9:2])
    batch = RNG.standard_normal((3, 4, 6))
    c = autograd.tensor(batch).permute(0, 2, 1)[:, ::2]
    np.testing.assert_allclose((c @ c.mT).numpy(), batch.transpose(0, 2, 1)[:, ::2] @ batch[:, :, ::2])


def test_a_weight_gets_a_gradient_in_its_own_layout():
    x = autograd.tensor(RNG.standard_normal((5, 3)))
    w = autograd.tensor(RNG.standard_normal((3, 4)), requires_grad=True)
    (x @ w).sum().backward()
    assert w.grad._array.flags.c_contiguous
    assert w.grad._array.base is None


def test_nodes_have_pytorchs_names():
    def name(*shapes):
        x, y = (autograd.ones(*s, requires_grad=True) for s in shapes)
        return (x @ y).grad_fn.name()

    assert name((2, 3), (3, 4)) == "MmBackward0"
    assert name((2, 3), (3,)) == "MvBackward0"
    assert name((3,), (3,)) == "DotBackward0"


def test_matmul_with_arrays_and_others():
    x = autograd.ones(2, 3, requires_grad=True)
    array = np.ones((3, 2), np.float32)
    assert (x @ array).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert (array @ x).shape == (3, 3)
    assert (array @ x).requires_grad
    with pytest.raises(TypeError):
        x @ 3
    with pytest.raises(TypeError, match=r"matmul\(\): argument 'other' \(position 2\) must be Tensor, not int"):
        autograd.matmul(x, 3)


PRODUCT_ERRORS = {
    "mm": ("matmul", o(2, 3), o(4, 5)),
    "mm not a matrix": ("mm", o(2, 3), o(3)),
    "mm first not a matrix": ("mm", o(3), o(3)),
    "dot sizes": ("matmul", o(3), o(4)),
    "dot dims": ("dot", o(2, 3), o(3)),
    "mv": ("matmul", o(2, 3), o(4)),
    "vector matrix": ("matmul", o(3), o(4, 5)),
    "batch vector": ("matmul", o(2, 2, 3), o(4)),
    "vector batch": ("matmul", o(3), o(2, 4, 5)),
    "batches": ("matmul", o(2, 2, 3), o(2, 4, 5)),
    "batch matrix": ("matmul", o(2, 2, 3), o(4, 5)),
    "matrix batch": ("matmul", o(2, 3), o(2, 4, 5)),
    "batch sizes": ("matmul", o(2, 2, 3), o(3, 3, 5)),
    "0-d": ("matmul", o(), o(3)),
    "dtypes": ("matmul", o(2, 3), o(3, 4, dtype="float64")),
    "int and float": ("matmul", o(2, 3), o(3, 4, dtype="int64")),
    "bmm dims": ("bmm", o(2, 3), o(2, 3)),
    "bmm batch": ("bmm", o(2, 2, 3), o(3, 3, 4)),
    "bmm inner": ("bmm", o(2, 2, 3), o(2, 4, 4)),
    "outer": ("outer", o(2, 3), o(3)),
    "inner": ("inner", o(2, 3), o(4)),
    "trace": ("trace", o(3)),
    "cross size": ("linalg.cross", o(2), o(2)),
    "cross dims": ("linalg.cross", o(3), o(4, 3)),
    "cross none": ("cross", o(2, 4), o(2, 4)),
    "vecdot dtype": ("linalg.vecdot", o(2, 3), o(3, dtype="float64")),
    "matrix_power": ("linalg.matrix_power", o(2, 3), 2),
    "tensordot": ("tensordot", o(2, 3), o(4, 5), 1),
    "tensordot negative": ("tensordot", o(2, 3), o(3, 5), -1),
    "tensordot many": ("tensordot", o(2, 3), o(3, 5), 3),
    "tensordot lists": ("tensordot", o(2, 3), o(3, 5), ([1, 0], [0])),
    "cdist columns": ("cdist", o(2, 3), o(4, 5)),
    "cdist ints": ("cdist", o(2, 3, dtype="int64"), o(4, 3, dtype="int64")),
    "cdist 1-D": ("cdist", o(3), o(4, 3)),
    "cdist p": ("cdist", o(2, 3), o(4, 3), -1),
    "einsum size": ("einsum", "ij,jk->ik", o(2, 3), o(4, 5)),
    "einsum dims": ("einsum", "ij", o(2)),
    "einsum output": ("einsum", "ij,jk->iz", o(2, 3), o(3, 5)),
    "einsum fewer": ("einsum", "ij,jk", o(2, 3)),
    "einsum subscript": ("einsum", "i1,jk", o(2, 3), o(2, 2)),
    "einsum twice": ("einsum", "ij->ii", o(2, 3)),
    "einsum repeated": ("einsum", "ii->i", o(2, 3)),
    "einsum dot": ("einsum", "ij.", o(2, 1)),
}


@pytest.mark.torch
@pytest.mark.parametrize("case", PRODUCT_ERRORS)
def test_errors_as_pytorchs(case):
    path, *args = PRODUCT_ERRORS[case]
    raised = []
    for lib in (torch, autograd):
        values = [a(lib) if callable(a) else a for a in args]
        with pytest.raises(Exception) as caught:
            reach(lib, path)(*values)
        raised.append(caught.value)
    theirs, ours = raised
    assert isinstance(ours, type(theirs))
    assert str(theirs).removeprefix("linalg.cross: ").rstrip(".").split("\n")[0] in str(ours)


def test_bool_has_no_matrix_product():
    x = autograd.ones(2, 2, dtype=autograd.bool)
    with pytest.raises(NotImplementedError, match="not implemented for bool"):
        x @ x


ADDS = {
    "addmm": ((2, 4), (2, 3), (3, 4)),
    "addmm row": ((4,), (2, 3), (3, 4)),
    "addmv": ((2,), (2, 3), (3,)),
    "addr": ((2, 4), (2,), (4,)),
    "addbmm": ((2, 4), (5, 2, 3), (5, 3, 4)),
    "baddbmm": ((5, 2, 4), (5, 2, 3), (5, 3, 4)),
    "baddbmm one": ((1,), (5, 2, 3), (5, 3, 4)),
}


@pytest.mark.torch
@pytest.mark.parametrize("case", ADDS)
@pytest.mark.parametrize("factors", [{}, {"beta": 0.5, "alpha": 2.0}, {"beta": 0}])
def test_products_added(case, factors):
    name = case.split()[0]
    given = arrays(*ADDS[case])
    both(lambda *a: getattr(autograd, name)(*a, **factors), lambda *a: getattr(torch, name)(*a, **factors), given)
    if len(case.split()) == 1:
        ours = [autograd.tensor(a) for a in given]
        expected = getattr(torch, name)(*[torch.tensor(a) for a in given], **factors)
        assert getattr(ours[0], f"{name}_")(*ours[1:], **factors) is ours[0]
        np.testing.assert_allclose(ours[0].numpy(), expected.numpy())


def test_products_added_of_integers_nan_and_other_shapes():
    i = autograd.ones(2, 2, dtype=autograd.int64)
    assert autograd.addmm(i, i, i, alpha=1.5).tolist() == [[3, 3], [3, 3]]
    nan = autograd.full((2, 2), math.nan)
    assert autograd.addmm(nan, autograd.eye(2), autograd.eye(2), beta=0).tolist() == [[1, 0], [0, 1]]
    with pytest.raises(RuntimeError, match="cannot be expanded"):
        autograd.addmm(autograd.ones(4), autograd.ones(2, 3), autograd.ones(3, 5))
    with pytest.raises(RuntimeError, match="must have the same dtype"):
        autograd.addmm(autograd.ones(2, dtype=autograd.float64), autograd.ones(2, 3), autograd.ones(3, 2))


PRODUCTS = {
    "inner": (lambda lib, x, y: lib.inner(x, y), (2, 3), (4, 5, 3)),
    "inner 0-d": (lambda lib, x, y: lib.inner(x, y), (2, 3), ()),
    "inner vectors": (lambda lib, x, y: x.inner(y), (3,), (3,)),
    "vdot": (lambda lib, x, y: lib.vdot(x, y), (3,), (3,)),
    "ger": (lambda lib, x, y: x.ger(y), (3,), (2,)),
    "kron": (lambda lib, x, y: lib.kron(x, y), (2, 3), (2, 2)),
    "kron vector": (lambda lib, x, y: x.kron(y), (2, 3), (2,)),
    "tensordot 2": (lambda lib, x, y: lib.tensordot(x, y), (2, 3, 4), (3, 4, 5)),
    "tensordot 0": (lambda lib, x, y: lib.tensordot(x, y, 0), (2, 3), (4,)),
    "tensordot lists": (lambda lib, x, y: lib.tensordot(x, y, dims=([0, 2], [1, 0])), (2, 3, 4), (4, 2, 5)),
    "tensordot negative": (lambda lib, x, y: lib.tensordot(x, y, ([-1], [-2])), (2, 3), (3, 5)),
    "tensordot one": (lambda lib, x, y: lib.tensordot(x, y, 1), (2, 1), (3, 5)),
    "tensordot all": (lambda lib, x, y: lib.tensordot(x, y, 2), (2, 3), (2, 3)),
    "cross": (lambda lib, x, y: lib.linalg.cross(x, y), (2, 3), (1, 3)),
    "cross dim": (lambda lib, x, y: lib.cross(x, y, dim=0), (3, 2), (3, 2)),
    "vecdot": (lambda lib, x, y: lib.linalg.vecdot(x, y), (2, 3), (3,)),
    "vecdot dim": (lambda lib, x, y: lib.linalg.vecdot(x, y, dim=0), (2, 3), (2, 3)),
    "linear": (lambda lib, x, w: (autograd.ops.matmul.linear_.function if lib is autograd else torch.nn.functional.linear)(x, w), (2, 3), (4, 3)),
    "cdist": (lambda lib, x, y: lib.cdist(x, y), (2, 3), (4, 3)),
    "cdist many": (lambda lib, x, y: lib.cdist(x, y), (30, 3), (4, 3)),
}  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("case", PRODUCTS)
def test_products(case):
    function, *shapes = PRODUCTS[case]
    both(lambda *a: function(autograd, *a), lambda *a: function(torch, *a), arrays(*shapes), second="cdist" not in case)


@pytest.mark.torch
@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, math.inf])
def test_cdist(p):
    x, y = arrays((2, 4, 3), (5, 3))
    both(lambda *a: autograd.cdist(*a, p=p), lambda *a: torch.cdist(*a, p=p), [x, y], second=False)
    if p >= 1:
        x[0, 0] = y[0]  # coinciding points have the gradient 0
        both(lambda *a: autograd.cdist(*a, p=p), lambda *a: torch.cdist(*a, p=p), [x, y], second=False)


def test_cross_without_dim_warns():
    x = autograd.ones(3, 4)
    with pytest.warns(UserWarning, match="first dimension of size 3"):
        assert autograd.cross(x, x).shape == (3, 4)


@pytest.mark.torch
@pytest.mark.parametrize("n", [-2, -1, 0, 1, 2, 3, 6, 7])
def test_matrix_power(n):
    if n:
        both(lambda x: autograd.matrix_power(x, n), lambda x: torch.matrix_power(x, n), [well(3, 2)])
    x = well(2)
    np.testing.assert_allclose(autograd.tensor(x).matrix_power(n).numpy(), np.linalg.matrix_power(x, n))


@pytest.mark.torch
@pytest.mark.parametrize("shapes", [((2, 3), (3, 4)), ((2, 3), (3, 4), (4, 1)), ((3,), (3, 4), (4, 2), (2,)), ((3,), (3,)), ((2, 9), (9, 1), (1, 9), (9, 2), (2, 3))])  # fmt: skip
def test_multi_dot(shapes):
    both(lambda *a: linalg.multi_dot(a), lambda *a: torch.linalg.multi_dot(a), arrays(*shapes))


def test_multi_dot_errors_and_chain_matmul():
    with pytest.raises(RuntimeError, match="at least 2 tensors but got 1"):
        linalg.multi_dot([autograd.ones(2)])
    with pytest.raises(RuntimeError, match="tensor 1 must be 2D but got 3D"):
        linalg.multi_dot([autograd.ones(2, 2), autograd.ones(2, 2, 2), autograd.ones(2, 2)])
    with pytest.raises(RuntimeError, match=r"tensors 0 and 1 with shapes \[2, 3\] and \[4, 2\] cannot be multiplied"):
        linalg.multi_dot([autograd.ones(2, 3), autograd.ones(4, 2)])
    assert autograd.chain_matmul(autograd.ones(2, 3)).shape == (2, 3)


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij->ji", (2, 3)), ("ij->", (2, 3)), ("ij", (2, 3)),
    ("ba", (2, 3)), ("bA", (2, 3)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->ij", (2, 2, 3)), ("iji,j->i", (2, 3, 2), (3,)),
    ("i,j->ij", (2,), (3,)), ("i,i->i", (3,), (3,)), ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)), ("bij,bij->b", (5, 2, 3), (5, 2, 3)),
    ("...i,...i->...", (2, 3), (3,)), ("...ij,...jk->...ik", (5, 2, 3), (3, 4)), ("ij...,...->ij...", (2, 1), (3,)),
    ("i...->...", (2, 3)), ("...->", (2, 3)), ("ij,ij->ij", (2, 1), (2, 4)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    ("ij,ik,il->jkl", (2, 3), (2, 2), (2, 4)), ("bn,anm,bm->ba", (2, 3), (4, 3, 5), (2, 5)), ("ij,k->i", (2, 3), (4,)),
    ("->", ()), (",i->i", (), (3,)), ("i,->i", (3,), ()), ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)), (" i j , j k -> i k ", (2, 3), (3, 4)),
    ("ii,jj->ij", (2, 2), (3, 3)), ("i...i->...", (2, 3, 2)), ("ij,jk,kl,lm->im", (2, 3), (3, 4), (4, 2), (2, 5)), ("ij,ij,ij->j", (2, 3), (2, 3), (2, 3)),
    ("ij,jk->ik", (0, 3), (3, 4)), ("ij,jk->ik", (2, 0), (0, 4)), ("abc,cd,bd,ad->", (2, 3, 4), (4, 2), (3, 2), (2, 2)),
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("case", EINSUMS, ids=lambda c: c[0] + str(c[1:]))
def test_einsum(case):
    equation, *shapes = case
    both(lambda *a: autograd.einsum(equation, *a), lambda *a: torch.einsum(equation, *a), arrays(*shapes))


@pytest.mark.torch
def test_einsum_with_lists():
    x, y = arrays((2, 3), (3, 4))
    for first, *more in (([0, 1], [1, 2], [0, 2]), ([0, 1], [1, 2]), ([..., 1], [1, 2], [2, ...])):

        def ours(a, b, first=first, more=more):
            return autograd.einsum(a, first, b, *more)

        def theirs(a, b, first=first, more=more):
            return torch.einsum(a, first, b, *more)

        both(ours, theirs, [x, y])
    assert autograd.einsum("ij,jk", [autograd.tensor(x), autograd.tensor(y)]).shape == (2, 4)
    with pytest.raises(ValueError, match="from 0 to 51"):
        autograd.einsum(autograd.ones(2), [52])
    with pytest.raises(TypeError, match="operand 0 must be a Tensor"):
        autograd.einsum("i", 3)


@pytest.mark.torch
def test_linear_layer():
    function = autograd.op.registry["linear"].function
    theirs = torch.nn.functional.linear
    for shapes in (
        ((2, 3), (4, 3), (4,)),
        ((3,), (4, 3), (4,)),
        ((2, 5, 3), (4, 3), (4,)),
        ((2, 5, 3), (3,)),
        ((2, 3), (4, 3), (1,)),
    ):
        both(function, theirs, arrays(*shapes))
    for bad in (((2, 3), (4, 5)), ((2, 2, 3), (4, 5), (4,)), ((3,), (4, 5), (4,)), ((2, 3), (3,), ())):
        with pytest.raises(RuntimeError) as expected:
            theirs(*[torch.ones(n) for n in bad])
        with pytest.raises(RuntimeError) as found:
            function(*[autograd.ones(n) for n in bad])
        assert str(expected.value) in str(found.value)
    with pytest.raises(RuntimeError, match="cannot be added"):
        function(autograd.ones(2, 3), autograd.ones(4, 3), autograd.ones(5))
