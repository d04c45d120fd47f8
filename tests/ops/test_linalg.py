"""Linear algebra: argument forms, named tuples, errors and dtypes, with PyTorch as oracle."""

import math

import numpy as np
import pytest

import autograd
from autograd import gradcheck, gradgradcheck, linalg
from tests.ops.against_torch import RNG, arrays, both, numpy_of, o, spd, torch, well

# -- decompositions and equations -------------------------------------------------------------------------------------


def signs(lib, x):
    """1 or -1 by which a column's largest element becomes positive; a constant."""
    array = numpy_of(x)
    place = np.abs(array).argmax(axis=-2)
    found = np.sign(np.take_along_axis(array, place[..., None, :], -2))
    return lib.tensor(found)


def fixed_svd(lib, A, full=False):
    u, s, vh = lib.linalg.svd(A, full_matrices=full)
    if full:
        return [s]
    sign = signs(lib, u)
    return u * sign, s, vh * sign.mT


def fixed_eigh(lib, A, triangle="L"):
    values, vectors = lib.linalg.eigh(A, triangle)
    return values, vectors * signs(lib, vectors)


def fixed_qr(lib, A, mode="reduced"):
    q, r = lib.linalg.qr(A, mode)
    sign = signs(lib, q)
    return q * sign, r * sign.mT


def condition(L, A, p):
    """PyTorch's own ``cond`` with these norms cannot be differentiated."""
    return L.cond(A, p) if L is linalg else L.matrix_norm(A, p) * L.matrix_norm(L.inv(A), p)


LINALG = {
    "inv": (lambda L, A: L.inv(A), well(3)),
    "inv batch": (lambda L, A: L.inv(A), well(3, 2, 2)),
    "det": (lambda L, A: L.det(A), well(3, 2)),
    "slogdet": (lambda L, A: L.slogdet(A)[1], well(3, 2)),
    "solve": (lambda L, A, B: L.solve(A, B), well(3), *arrays((3, 2))),
    "solve vector": (lambda L, A, B: L.solve(A, B), well(3), *arrays((3,))),
    "solve vectors": (lambda L, A, B: L.solve(A, B), well(3, 2), *arrays((2, 3))),
    "solve batch vector": (lambda L, A, B: L.solve(A, B), well(3, 2), *arrays((3,))),
    "solve broadcast": (lambda L, A, B: L.solve(A, B), well(3), *arrays((4, 3, 2))),
    "solve right": (lambda L, A, B: L.solve(A, B, left=False), well(3), *arrays((2, 3))),
    "triangular": (lambda L, A, B: L.solve_triangular(A, B, upper=True), well(3), *arrays((3, 2))),
    "triangular lower": (lambda L, A, B: L.solve_triangular(A, B, upper=False), well(3, 2), *arrays((3, 2))),
    "triangular right": (lambda L, A, B: L.solve_triangular(A, B, upper=True, left=False), well(3), *arrays((2, 3))),
    "triangular unit": (
        lambda L, A, B: L.solve_triangular(A, B, upper=False, unitriangular=True), well(3), *arrays((3, 2)),
    ),
    "cholesky": (lambda L, A: L.cholesky(A), spd(3)),
    "cholesky batch": (lambda L, A: L.cholesky(A), spd(3, 2)),
    "cholesky upper": (lambda L, A: L.cholesky(A, upper=True), spd(3)),
    "svdvals": (lambda L, A: L.svdvals(A), *arrays((3, 4))),
    "eigvalsh": (lambda L, A: L.eigvalsh(A), spd(3)),
    "eigvalsh upper": (lambda L, A: L.eigvalsh(A, UPLO="U"), spd(3, 2)),
    "pinv": (lambda L, A: L.pinv(A), *arrays((3, 2))),
    "pinv wide": (lambda L, A: L.pinv(A), *arrays((2, 2, 3))),
    "matrix_exp": (lambda L, A: L.matrix_exp(A), *arrays((3, 3))),
    "matrix_exp batch": (lambda L, A: L.matrix_exp(A), *arrays((2, 2, 2))),
    "lu": (lambda L, A: L.lu(A)[1:], *arrays((3, 3))),
    "lu tall": (lambda L, A: L.lu(A)[1:], *arrays((4, 2))),
    "lu wide": (lambda L, A: L.lu(A)[1:], *arrays((2, 3, 4))),
    "lu_factor": (lambda L, A: L.lu_factor(A)[0], *arrays((2, 3, 3))),
    "tensorsolve": (lambda L, A, B: L.tensorsolve(A, B), *arrays((2, 3, 6), (2, 3))),
    "tensorsolve dims": (lambda L, A, B: L.tensorsolve(A, B, dims=(0, 2)), *arrays((2, 6, 3), (6,))),
    "tensorinv": (lambda L, A: L.tensorinv(A, ind=1), *arrays((6, 2, 3))),
    "vander": (lambda L, x: L.vander(x, N=4), *arrays((3,))),
    "diagonal": (lambda L, A: L.diagonal(A, offset=1), *arrays((2, 3, 4))),
    "cond": (lambda L, A: L.cond(A), *arrays((3, 4))),
    "cond -2": (lambda L, A: L.cond(A, -2), *arrays((3, 3))),
    "cond fro": (lambda L, A: condition(L, A, "fro"), well(3)),
    "cond 1": (lambda L, A: condition(L, A, 1), well(3)),
    "cond nuc": (lambda L, A: L.cond(A, "nuc"), well(3)),
    "matrix_norm": (lambda L, A: L.matrix_norm(A), *arrays((2, 3, 4))),
    "matrix_norm nuc": (lambda L, A: L.matrix_norm(A, "nuc", keepdim=True), *arrays((2, 3, 4))),
    "matrix_norm 2": (lambda L, A: L.matrix_norm(A, 2), *arrays((2, 3, 4))),
    "matrix_norm -2": (lambda L, A: L.matrix_norm(A, -2, dim=(0, 2)), *arrays((2, 3, 4))),
    "matrix_norm 1": (lambda L, A: L.matrix_norm(A, 1), *arrays((2, 3, 4))),
    "matrix_norm -1": (lambda L, A: L.matrix_norm(A, -1, dim=(2, 0), keepdim=True), *arrays((2, 3, 4))),
    "matrix_norm inf": (lambda L, A: L.matrix_norm(A, math.inf), *arrays((2, 3, 4))),
    "matrix_norm -inf": (lambda L, A: L.matrix_norm(A, -math.inf, dim=(0, 1)), *arrays((2, 3, 4))),
    "vector_norm": (lambda L, A: L.vector_norm(A), *arrays((2, 3))),
    "vector_norm 3": (lambda L, A: L.vector_norm(A, 3, dim=1), *arrays((2, 3))),
    "vector_norm ()": (lambda L, A: L.vector_norm(A, 1, dim=()), *arrays((2, 3))),
    "norm": (lambda L, A: L.norm(A), *arrays((2, 3, 4))),
    "norm 2 matrix": (lambda L, A: L.norm(A, 2), *arrays((2, 3))),
    "norm 2 vector": (lambda L, A: L.norm(A, 2, dim=1), *arrays((2, 3))),
    "norm dims": (lambda L, A: L.norm(A, "nuc", dim=(0, 1)), *arrays((2, 3, 4))),
    "norm keepdim": (lambda L, A: L.norm(A, 1, dim=(0, 1), keepdim=True), *arrays((2, 3, 4))),
    "lstsq": (lambda L, A, B: L.lstsq(A, B)[0], *arrays((4, 2), (4, 3))),
    "lstsq under": (lambda L, A, B: L.lstsq(A, B)[0], *arrays((2, 4), (2, 1))),
    "lstsq vector": (lambda L, A, B: L.lstsq(A, B)[0], *arrays((4, 2), (4,))),
    "lstsq residuals": (lambda L, A, B: L.lstsq(A, B, driver="gelsd")[:2], *arrays((2, 4, 2), (2, 4, 3))),
}  # fmt: skip
SINGLE_ORDER = {"lu", "lu tall", "lu wide", "lu_factor", "lstsq residuals"}


@pytest.mark.torch
@pytest.mark.parametrize("case", LINALG)
def test_linalg(case):
    function, *given = LINALG[case]
    both(lambda *a: function(linalg, *a), lambda *a: function(torch.linalg, *a), given, second=case not in SINGLE_ORDER)


TOP = {
    "inverse": (lambda lib, A: lib.inverse(A), well(3)),
    "method inverse": (lambda lib, A: A.inverse(), well(3)),
    "logdet": (lambda lib, A: lib.logdet(A), well(3, 2)),
    "det": (lambda lib, A: A.det(), well(3)),
    "slogdet": (lambda lib, A: A.slogdet()[1], well(3)),
    "cholesky_solve": (lambda lib, A, B: lib.cholesky_solve(B, lib.tril(A)), well(3), *arrays((3, 2))),
    "cholesky_solve upper": (lambda lib, A, B: lib.cholesky_solve(B, lib.triu(A), upper=True), well(3), *arrays((3, 2))),
    "cholesky_inverse": (lambda lib, A: lib.cholesky_inverse(lib.tril(A)), well(3)),
    "pinverse": (lambda lib, A: lib.pinverse(A), *arrays((3, 2))),
    "matrix_exp": (lambda lib, A: lib.matrix_exp(A), *arrays((3, 3))),
    "trace": (lambda lib, A: A.trace(), *arrays((3, 2))),
    "lu_solve": (lambda lib, A, B: lib.linalg.lu_solve(*lib.linalg.lu_factor(A), B), well(3, 2), *arrays((2, 3, 2))),
    "lu_solve adjoint": (
        lambda lib, A, B: lib.linalg.lu_solve(*lib.linalg.lu_factor(A), B, adjoint=True), *arrays((3, 3), (3, 2)),
    ),
    "lu_solve right": (
        lambda lib, A, B: lib.linalg.lu_solve(*lib.linalg.lu_factor(A), B, left=False), *arrays((3, 3), (2, 3)),
    ),
    "svd": (fixed_svd, *arrays((3, 3))),
    "svd tall": (fixed_svd, *arrays((4, 2))),
    "svd wide": (fixed_svd, *arrays((2, 2, 4))),
    "svd full": (lambda lib, A: fixed_svd(lib, A, full=True), *arrays((4, 2))),
    "eigh": (fixed_eigh, spd(3)),
    "eigh upper": (lambda lib, A: fixed_eigh(lib, A, "U"), spd(3, 2)),
    "qr": (fixed_qr, *arrays((3, 3))),
    "qr tall": (fixed_qr, *arrays((2, 4, 2))),
    "qr wide": (fixed_qr, *arrays((2, 4))),
    "qr complete": (lambda lib, A: fixed_qr(lib, A, "complete"), *arrays((3, 4))),
}  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("case", TOP)
def test_top_level_names_and_signs(case):
    function, *given = TOP[case]
    single = case.startswith(("lu_solve", "qr", "svd", "eigh"))
    both(lambda *a: function(autograd, *a), lambda *a: function(torch, *a), given, second=not single)


SYMMETRIC = {
    "cholesky": lambda A: linalg.cholesky(A),
    "eigvalsh": lambda A: linalg.eigvalsh(A),
    "eigh": lambda A: (linalg.eigh(A)[0], linalg.eigh(A)[1] ** 2),
}


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("batch", [(), (2,)])
def test_functions_of_symmetric_matrices_by_differences(name, batch):
    x = autograd.tensor(spd(3, *batch), requires_grad=True)

    def function(A):
        return SYMMETRIC[name]((A + A.mT) / 2)

    assert gradcheck(function, x, check_forward_ad=True)
    assert gradgradcheck(function, x)


GAUGE = {
    "svd": (lambda A: [t**2 for t in linalg.svd(A, full_matrices=False)], (4, 3)),
    "svd projector": (lambda A: linalg.svd(A, full_matrices=False)[0] @ linalg.svd(A, full_matrices=False)[2], (3, 3)),
    "qr": (lambda A: [t**2 for t in linalg.qr(A)], (4, 3)),
    "lu": (lambda A: linalg.lu(A)[1:], (3, 4)),
    "pinv": (lambda A: linalg.pinv(A), (3, 2)),
    "lstsq": (lambda A: linalg.lstsq(A, A @ A.mT)[0], (3, 2)),
}


@pytest.mark.parametrize("name", GAUGE)
def test_decompositions_by_differences(name):
    function, shape = GAUGE[name]
    x = autograd.tensor(np.random.default_rng(3).uniform(-2, 2, shape), requires_grad=True)
    assert gradcheck(function, x, check_forward_ad=True)
    assert gradgradcheck(function, x)


@pytest.mark.torch
@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0], [2.0, 4.0]],
        [[0.0, 0.0], [0.0, 0.0]],
        [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
        [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ],
)
def test_gradient_of_the_determinant_of_singular_matrices(matrix):
    x = autograd.tensor(matrix, dtype=autograd.float64, requires_grad=True)
    linalg.det(x).backward()
    a = np.array(matrix)
    n = len(a)
    cofactors = [
        [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in range(n)] for i in range(n)
    ]
    np.testing.assert_allclose(x.grad.numpy(), cofactors, atol=1e-9)


def test_named_tuples():
    A = autograd.tensor(spd(3))
    assert linalg.slogdet(A)._fields == ("sign", "logabsdet")
    assert linalg.svd(A)._fields == ("U", "S", "Vh")
    assert autograd.svd(A)._fields == ("U", "S", "V")
    assert linalg.eigh(A)._fields == ("eigenvalues", "eigenvectors")
    assert linalg.qr(A)._fields == ("Q", "R")
    assert linalg.lu(A)._fields == ("P", "L", "U")
    assert linalg.lu_factor(A)._fields == ("LU", "pivots")
    assert linalg.lstsq(A, A)._fields == ("solution", "residuals", "rank", "singular_values")
    assert linalg.inv_ex(A)._fields == ("inverse", "info")
    assert linalg.cholesky_ex(A)._fields == ("L", "info")


ERRORS = {
    "int": ("inv", o(2, 2, dtype="int64")),
    "half": ("inv", o(2, 2, dtype="float16")),
    "vector": ("inv", o(3)),
    "rectangle": ("det", o(2, 3)),
    "singular": ("inv", lambda lib: lib.zeros(2, 2)),
    "singular in batch": ("inv", lambda lib: lib.stack([lib.eye(2), lib.zeros(2, 2)])),
    "solve singular": ("solve", lambda lib: lib.zeros(3, 3), o(3)),
    "solve shapes": ("solve", lambda lib: lib.eye(3), o(4)),
    "solve dtypes": ("solve", lambda lib: lib.eye(3), o(3, dtype="float64")),
    "solve int": ("solve", o(2, 2, dtype="int64"), o(2, dtype="int64")),
    "triangular vector": ("solve_triangular", lambda lib: lib.eye(3), o(3), {"upper": True}),
    "not positive": ("cholesky", lambda lib: lib.zeros(2, 2)),
    "not positive in batch": ("cholesky", lambda lib: lib.stack([lib.eye(2), lib.tensor([[1.0, 2.0], [2.0, 1.0]])])),
    "svd nan": ("svd", lambda lib: lib.zeros(2, 2) * math.nan),
    "qr mode": ("qr", lambda lib: lib.eye(2), "x"),
    "UPLO": ("eigh", lambda lib: lib.eye(2), "X"),
    "matrix_norm order": ("matrix_norm", o(2, 3), 3),
    "matrix_norm dims": ("matrix_norm", o(2, 3), "fro", (0, 0)),
    "norm order": ("norm", o(2, 3), 3),
    "norm 3-D": ("norm", o(2, 3, 2), 2),
    "norm three dims": ("norm", o(2, 3, 4), 2, (0, 1, 2)),
    "vector_norm int": ("vector_norm", o(3, dtype="int64")),
    "vector_norm empty": ("vector_norm", lambda lib: lib.ones(0), math.inf),
    "vector_norm str": ("vector_norm", o(3), "fro"),
    "cond": ("cond", lambda lib: lib.eye(2), 3),
    "cond rectangle": ("cond", o(2, 3), 1),
    "lu pivot": ("lu", lambda lib: lib.eye(2), {"pivot": False}),
    "lu_factor zero": ("lu_factor", lambda lib: lib.zeros(2, 2)),
    "tensorinv ind": ("tensorinv", o(2, 3, 6), 0),
    "tensorinv shape": ("tensorinv", o(2, 3, 6), 1),
    "tensorsolve shape": ("tensorsolve", o(2, 3, 6), o(2, 4)),
    "lstsq driver": ("lstsq", o(4, 2), o(4, 1), None, {"driver": "x"}),
    "lstsq rows": ("lstsq", o(3, 3), o(4, 2)),
}
OTHER_WORDS = {"vector_norm empty", "vector_norm int", "lu_factor zero", "lstsq driver", "lstsq rows"}


@pytest.mark.torch
@pytest.mark.parametrize("case", ERRORS)
def test_linalg_errors_as_pytorchs(case):
    name, *args = ERRORS[case]
    raised = []
    for lib in (torch, autograd):
        values = [a(lib) if callable(a) else a for a in args]
        options = values.pop() if isinstance(values[-1], dict) else {}
        with pytest.raises(Exception) as caught:
            getattr(lib.linalg, name)(*values, **options)
        raised.append(caught.value)
    theirs, ours = raised
    if isinstance(theirs, torch.linalg.LinAlgError):
        assert isinstance(ours, linalg.LinAlgError)
    else:
        assert isinstance(ours, (RuntimeError, TypeError))
        assert isinstance(ours, type(theirs))
    if case not in OTHER_WORDS:
        words = str(theirs).split("\n")[0].removeprefix("torch.").partition(": ")
        assert (words[2] or words[0]).rstrip(".") in str(ours)


@pytest.mark.torch
def test_ranks_and_their_tolerances():
    A = np.diag([3.0, 1e-3, 1e-20])
    for options in (
        {},
        {"atol": 0.1},
        {"rtol": 1e-2},
        {"atol": 1e-5, "rtol": 1e-2},
        {"hermitian": True},
        {"tol": 1e-2},
    ):
        ours = linalg.matrix_rank(autograd.tensor(A), **options)
        assert ours.dtype == autograd.int64
        assert ours.item() == torch.linalg.matrix_rank(torch.tensor(A), **options).item()
    for options in ({}, {"atol": 0.1}, {"rtol": 1e-2}, {"rcond": 1e-2}, {"hermitian": True}):
        ours = linalg.pinv(autograd.tensor(A), **options)
        np.testing.assert_allclose(ours.numpy(), torch.linalg.pinv(torch.tensor(A), **options).numpy())


@pytest.mark.torch
@pytest.mark.parametrize("driver", [None, "gels", "gelsy", "gelsd", "gelss"])
@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (3, 3)])
def test_lstsq_parts(driver, shape):
    a, b = arrays(shape, (shape[0], 2))
    ours = linalg.lstsq(autograd.tensor(a), autograd.tensor(b), driver=driver)
    theirs = torch.linalg.lstsq(torch.tensor(a), torch.tensor(b), driver=driver)
    for one, two in zip(ours, theirs, strict=True):
        assert tuple(one.shape) == tuple(two.shape)
        assert str(one.dtype) == str(two.dtype).removeprefix("torch.")
        np.testing.assert_allclose(one.numpy(), two.numpy(), rtol=1e-8, atol=1e-10)


@pytest.mark.torch
def test_lu_parts():
    for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3), (40, 40), (0, 0)):
        a = RNG.uniform(-2, 2, shape)
        for one, two in zip(linalg.lu(autograd.tensor(a)), torch.linalg.lu(torch.tensor(a)), strict=True):
            np.testing.assert_allclose(one.numpy(), two.numpy(), atol=1e-10)
        ours, theirs = linalg.lu_factor(autograd.tensor(a)), torch.linalg.lu_factor(torch.tensor(a))
        assert ours.pivots.dtype == autograd.int32
        np.testing.assert_array_equal(ours.pivots.numpy(), theirs.pivots.numpy())


def test_lu_of_what_is_not_finite_is_silent():
    A = autograd.tensor([[math.inf, 1.0], [math.nan, 2.0]])
    assert linalg.lu(A).U.isnan().any()


def test_ex_forms_do_not_raise():
    A = autograd.stack([autograd.eye(2), autograd.zeros(2, 2)]).requires_grad_()
    inverse, info = linalg.inv_ex(A)
    assert info.tolist() == [0, 1]
    assert inverse[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert bool(inverse[1].isnan().all())
    with pytest.raises(linalg.LinAlgError):
        linalg.inv_ex(A, check_errors=True)
    factor, info = linalg.cholesky_ex(A)
    assert info.tolist() == [0, 1]
    assert factor[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_determinants_of_nothing_and_of_singular_matrices():
    empty = autograd.ones(0, 0)
    assert linalg.det(empty).item() == 1.0
    assert linalg.inv(empty).shape == (0, 0)
    assert tuple(t.item() for t in linalg.slogdet(empty)) == (1.0, 0.0)
    assert tuple(t.item() for t in linalg.slogdet(autograd.zeros(2, 2))) == (0.0, -math.inf)
    assert autograd.logdet(autograd.zeros(2, 2)).item() == -math.inf
    assert math.isnan(autograd.logdet(-autograd.eye(3)).item())
    assert linalg.cond(autograd.zeros(2, 2), 1).item() == math.inf
    assert linalg.cond(autograd.ones(0, 0)).item() == 0.0


def test_a_triangular_solve_with_zeros_on_the_diagonal_gives_inf():
    x = linalg.solve_triangular(autograd.zeros(2, 2), autograd.ones(2, 1), upper=True)
    assert math.isinf(x[1].item())


def test_large_triangular_solve():
    a, b = RNG.uniform(-0.1, 0.1, (2, 130, 130)) + 3 * np.eye(130), RNG.uniform(-1, 1, (130, 3))
    for upper in (True, False):
        triangle = np.triu(a) if upper else np.tril(a)
        x = linalg.solve_triangular(autograd.tensor(a), autograd.tensor(b), upper=upper)
        np.testing.assert_allclose(triangle @ x.numpy(), np.broadcast_to(b, (2, 130, 3)), atol=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_matrix_exp_of_any_size(scale, dtype):
    a = np.stack([scale * RNG.uniform(-1, 1, (4, 4)), 0.01 * RNG.uniform(-1, 1, (4, 4))]).astype(dtype)
    ours = linalg.matrix_exp(autograd.tensor(a)).numpy()
    theirs = torch.linalg.matrix_exp(torch.tensor(a.astype(np.float64))).numpy()
    bound = 2e-4 if dtype == "float32" else 1e-11
    assert np.max(np.abs(ours - theirs), axis=(1, 2)) == pytest.approx(0, abs=bound * np.max(np.abs(theirs)))


def test_gradients_through_only_one_of_several_results():
    A = autograd.tensor(spd(3), requires_grad=True)
    for pick in (0, 1):
        (g,) = autograd.grad(linalg.eigh(A)[pick].sum(), A)
        assert g.shape == (3, 3)
        (g,) = autograd.grad(linalg.qr(A)[pick].sum(), A)
        assert g.shape == (3, 3)
        (g,) = autograd.grad(linalg.lu(A)[1 + pick].sum(), A)
        assert g.shape == (3, 3)
    for pick in range(3):
        (g,) = autograd.grad(linalg.svd(A)[pick].sum(), A)
        assert g.shape == (3, 3)


def test_modes_of_qr_that_have_no_gradient():
    A = autograd.tensor(RNG.uniform(-1, 1, (4, 2)), requires_grad=True)
    with pytest.raises(RuntimeError, match="not differentiable when mode='complete' and nrows > ncols"):
        linalg.qr(A, mode="complete").R.sum().backward()
    with pytest.raises(RuntimeError, match="mode='r'"):
        linalg.qr(A, mode="r").R.sum().backward()


def test_results_into_out():
    A = autograd.tensor(spd(3))
    target = autograd.empty(3, 3, dtype=autograd.float64)
    for function in (linalg.inv, linalg.cholesky, lambda A, out: linalg.solve(A, A, out=out), autograd.matmul):
        args = (A, A) if function is autograd.matmul else (A,)
        assert function(*args, out=target) is target
    values, vectors = autograd.empty(3, dtype=autograd.float64), autograd.empty(3, 3, dtype=autograd.float64)
    linalg.eigh(A, out=(values, vectors))
    np.testing.assert_allclose((vectors @ values.diag() @ vectors.mT).numpy(), A.numpy())


def test_every_public_name_is_there():
    for name in linalg.__all__:
        assert getattr(linalg, name).__doc__
