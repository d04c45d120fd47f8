"""LU, LDL, eigenvalues, Householder reflections and low-rank methods: forms, errors and gradients."""

import functools
import math

import numpy as np
import pytest

import autograd
from autograd import gradcheck, gradgradcheck, linalg
from tests.ops.against_torch import RNG, arrays, both, numpy_of, o, spd, torch, well

SHAPES = [(3, 3), (4, 2), (2, 4), (2, 3, 3), (100, 100), (70, 30), (30, 70), (2, 90, 90), (70, 3, 3), (0, 0), (3, 0), (2, 0, 3)]  # fmt: skip


def same(ours, theirs, atol=1e-9):
    for one, two in zip(ours, theirs, strict=True):
        assert tuple(one.shape) == tuple(two.shape)
        assert str(one.dtype) == str(two.dtype).removeprefix("torch.")
        np.testing.assert_allclose(numpy_of(one), numpy_of(two), rtol=1e-8, atol=atol)


# -- LU ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_lu_gives_the_matrix_back(shape):
    a = RNG.uniform(-2, 2, shape)
    P, L, U = (t.numpy() for t in linalg.lu(autograd.tensor(a)))
    np.testing.assert_allclose(P @ L @ U, a, atol=1e-12)
    assert np.abs(L).max(initial=0) <= 1
    same(linalg.lu(autograd.tensor(a)), autograd.lu_unpack(*linalg.lu_factor_ex(autograd.tensor(a))[:2]), atol=0)


@pytest.mark.torch
@pytest.mark.parametrize("shape", SHAPES)
def test_lu_forms_as_pytorchs(shape):
    a = RNG.uniform(-2, 2, shape)
    ours, theirs = autograd.tensor(a), torch.tensor(a)
    same(linalg.lu_factor_ex(ours), torch.linalg.lu_factor_ex(theirs))
    same(autograd.lu(ours), torch.linalg.lu_factor(theirs))
    assert len(autograd.lu(ours, get_infos=True)) == 3
    assert len(ours.lu()) == 2


def test_singular_matrices_are_factored_where_asked():
    a = autograd.stack([autograd.eye(2), autograd.zeros(2, 2), autograd.tensor([[1.0, 2.0], [2.0, 4.0]])])
    assert linalg.lu_factor_ex(a).info.tolist() == [0, 1, 2]
    assert autograd.lu(a[1])[0].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(linalg.LinAlgError, match=r"\(Batch element 1\): U\[1,1\] is zero"):
        linalg.lu_factor(a)
    with pytest.raises(linalg.LinAlgError, match=r"linalg.lu_factor_ex: \(Batch element 1\)"):
        linalg.lu_factor_ex(a, check_errors=True)
    with pytest.raises(linalg.LinAlgError, match=r"\(Batch element 3\): The diagonal element 1 is zero"):
        linalg.inv(autograd.stack([autograd.eye(2)] * 3 + [autograd.zeros(2, 2)]).reshape(2, 2, 2, 2))


def test_parts_of_lu_unpack():
    LU, pivots = linalg.lu_factor(autograd.tensor(well(3)))
    P, L, U = autograd.lu_unpack(LU, pivots, unpack_data=False)
    assert (P.shape, L.shape, U.shape) == ((3, 3), (0,), (0,))
    P, L, U = autograd.lu_unpack(LU, pivots, unpack_pivots=False)
    assert (P.shape, L.shape, U.shape) == ((0,), (3, 3), (3, 3))
    with pytest.raises(RuntimeError, match="LU_pivots is expected to be a tensor of int32"):
        autograd.lu_unpack(LU, pivots.long())
    with pytest.raises(RuntimeError, match="must be between 1 and LU"):
        autograd.lu_unpack(LU, pivots + 3)


def test_lu_solve_refuses_what_does_not_fit():
    LU, pivots = linalg.lu_factor(autograd.tensor(well(3)))
    B = autograd.ones(3, 2, dtype=autograd.float64)
    cases = {
        "same dtype, but found LU of type Double and B of type Float": (LU, pivots, B.float()),
        "pivots should be a Tensor of scalar type": (LU, pivots.long(), B),
        "at least 2 dimensions": (LU, pivots, B[:, 0]),
        "Number of pivots per batch": (LU, pivots[:2], B),
        r"Expected LU.shape\[:-1\] and pivots.shape to be the same": (LU.expand(2, 3, 3), pivots, B),
        r"for the equation AX = B \(3x3 and 2x2\)": (LU, pivots, B[:2]),
        "must all be from 1 to": (LU, pivots + 3, B),
        "must be batches of square matrices": (LU[:2], pivots, B),
    }
    for text, args in cases.items():
        with pytest.raises(RuntimeError, match=text):
            linalg.lu_solve(*args)


# -- LDL --------------------------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("n", [1, 2, 3, 6, 12])
def test_ldl_factors_and_pivots_as_pytorchs(n):
    for seed in range(12):
        a = np.random.default_rng(seed).standard_normal((n, n))
        a = a + a.T
        if seed % 3 == 0:
            np.fill_diagonal(a, 0)  # blocks of two
        if seed % 4 == 1:
            a = np.round(a)
        ours, theirs = linalg.ldl_factor_ex(autograd.tensor(a)), torch.linalg.ldl_factor_ex(torch.tensor(a))
        same(ours, theirs, atol=1e-8)
        if ours.info == 0:
            b = np.arange(2.0 * n).reshape(n, 2)
            x = linalg.ldl_solve(ours.LD, ours.pivots, autograd.tensor(b))
            np.testing.assert_allclose(a @ x.numpy(), b, atol=1e-6)


def test_ldl_of_singular_matrices_and_its_missing_gradient():
    zero = autograd.zeros(2, 2)
    assert linalg.ldl_factor_ex(autograd.stack([autograd.eye(2), zero])).info.tolist() == [0, 1]
    with pytest.raises(linalg.LinAlgError, match=r"D\[1,1\] is zero"):
        linalg.ldl_factor(zero)
    x = autograd.tensor(spd(2), requires_grad=True)
    with pytest.raises(NotImplementedError, match=r"derivative for 'linalg\.ldl_factor' is not implemented"):
        linalg.ldl_factor(x).LD.sum().backward()
    LD, pivots = linalg.ldl_factor(x.detach())
    B = autograd.ones(2, 1, dtype=autograd.float64, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"derivative for linalg\.ldl_solve is not implemented"):
        linalg.ldl_solve(LD, pivots, B).sum().backward()
    for text, args in {
        "dtype": (LD, pivots, B.float()),
        "integers": (LD, pivots.double(), B),
        "Incompatible matrix sizes": (LD, pivots, autograd.ones(3, 1, dtype=autograd.float64)),
        "pivots.shape to be the same": (LD, pivots[:1], B),
        "square": (LD[:1], pivots, B),
    }.items():
        with pytest.raises(RuntimeError, match=text):
            linalg.ldl_solve(*args)


# -- eigenvalues ------------------------------------------------------------------------------------------------------


def test_eigenvalues_of_matrices_that_are_not_symmetric():
    a = np.diag([1.0, 2.0, 3.0]) + 0.2 * RNG.uniform(-1, 1, (2, 3, 3))
    values, vectors = linalg.eig(autograd.tensor(a))
    np.testing.assert_allclose(a @ vectors.numpy(), vectors.numpy() * values.numpy()[:, None, :], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(vectors.numpy(), axis=1), 1)
    np.testing.assert_allclose(linalg.eigvals(autograd.tensor(a)).numpy(), values.numpy())
    x = autograd.tensor(a, requires_grad=True)
    for function in (lambda A: linalg.eig(A)[0][:, None] * linalg.eig(A)[1] ** 2, linalg.eigvals):
        assert gradcheck(function, x, check_forward_ad=True)
        assert gradgradcheck(function, x)


def test_complex_eigenvalues_are_counted_in_the_error():
    a = autograd.stack([autograd.tensor([[0.0, 1.0], [-1.0, 0.0]]), autograd.eye(2)])
    for function in (linalg.eig, linalg.eigvals):
        with pytest.raises(NotImplementedError, match="2 of 4 eigenvalues are complex, and complex numbers are not"):
            function(a)
        with pytest.raises(RuntimeError, match="should not contain infs or NaNs"):
            function(a * math.nan)


def test_symmetric_matrices_with_nan_do_not_spoil_their_batch():
    a = autograd.stack([autograd.eye(2) * math.nan, autograd.eye(2)])
    values, vectors = linalg.eigh(a)
    assert bool(values[0].isnan().all())
    assert bool(vectors[0].isnan().all())
    assert values[1].tolist() == linalg.eigvalsh(a)[1].tolist() == [1.0, 1.0]
    with pytest.raises(linalg.LinAlgError, match=r"\(Batch element 1\): The algorithm failed to converge"):
        linalg.svd(a.flip(0))


# -- Householder reflections --------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(4, 2), (3, 3), (2, 4, 3), (2, 4), (0, 3)])
def test_geqrf_and_products_with_its_q(shape):
    a = RNG.uniform(-2, 2, shape)
    ours, theirs = autograd.geqrf(autograd.tensor(a)), torch.geqrf(torch.tensor(a))
    same(ours, theirs)
    k = min(shape[-2:])
    same([autograd.orgqr(ours.a[..., :k], ours.tau)], [torch.orgqr(theirs.a[..., :k], theirs.tau)])
    for left in (True, False):
        c = RNG.uniform(-2, 2, (*shape[:-2], shape[-2], 2) if left else (*shape[:-2], 2, shape[-2]))
        for transpose in (True, False):
            one = autograd.ormqr(*ours, autograd.tensor(c), left, transpose)
            same([one], [torch.ormqr(*theirs, torch.tensor(c), left, transpose)])


@pytest.mark.torch
def test_gradients_of_householder_products():
    both(lambda A, t: linalg.householder_product(A, t), lambda A, t: torch.linalg.householder_product(A, t), arrays((4, 3), (2,)))  # fmt: skip
    for left, shape in ((True, (4, 2)), (False, (2, 4))):
        ours, theirs = (functools.partial(lib.ormqr, left=left) for lib in (autograd, torch))
        both(ours, theirs, arrays((4, 3), (3,), shape), second=False)
    x = [autograd.tensor(v, requires_grad=True) for v in arrays((4, 2), (2,))]
    assert gradcheck(linalg.householder_product, x, check_forward_ad=True)
    assert gradgradcheck(linalg.householder_product, x)


HOUSEHOLDER_ERRORS = {
    "householder wide": ("linalg.householder_product", o(2, 4), o(2)),
    "householder many": ("linalg.householder_product", o(4, 2), o(3)),
    "householder vector": ("linalg.householder_product", o(4), o(2)),
    "householder batch": ("linalg.householder_product", o(2, 4, 3), o(2)),
    "householder batches": ("linalg.householder_product", o(2, 4, 3), o(3, 2)),
    "householder dtype": ("linalg.householder_product", o(4, 3), o(2, dtype="float64")),
    "ormqr rows": ("ormqr", o(4, 3), o(3), o(3, 2)),
    "ormqr columns": ("ormqr", o(4, 3), o(3), o(2, 3), False),
    "ormqr tau": ("ormqr", o(4, 3), o(2), o(4, 2)),
    "ormqr vector": ("ormqr", o(4, 3), o(3), o(4)),
    "ormqr batch": ("ormqr", o(2, 4, 3), o(2, 3), o(4, 2)),
    "geqrf vector": ("geqrf", o(3)),
    "lobpcg rows": ("lobpcg", lambda lib: lib.eye(5), 2),
    "pca q": ("pca_lowrank", o(5, 4), 7),
    "spmm vector": ("spmm", o(3, 3), o(3)),
    "triangular_solve vector": ("triangular_solve", o(3), o(3, 3)),
    "triangular_solve rows": ("triangular_solve", o(4, 2), o(3, 3)),
    "triangular_solve square": ("triangular_solve", o(3, 2), o(3, 2)),
    "triangular_solve dtype": ("triangular_solve", o(3, 2, dtype="float64"), o(3, 3)),
    "mv dtype": ("mv", o(2, 2), o(2, dtype="float64")),
    "bmm dtype": ("bmm", o(2, 2, 2), o(2, 2, 2, dtype="float64")),
    "dot dtype": ("dot", o(2), o(2, dtype="float64")),
    "matmul 2-D 3-D dtype": ("matmul", o(2, 2), o(2, 2, 2, dtype="float64")),
    "matmul 3-D 2-D dtype": ("matmul", o(2, 2, 2), o(2, 2, dtype="float64")),
    "inner dtype": ("inner", o(2, 2), o(2, dtype="float64")),
    "tensordot dtype": ("tensordot", o(2, 2), o(2, 2, dtype="float64"), 1),
    "einsum dtype": ("einsum", "ij,jk->ik", o(2, 2), o(2, 2, dtype="float64")),
    "addmm dtype": ("addmm", o(2, 2), o(2, 2), o(2, 2, dtype="float64")),
    "addmm self dtype": ("addmm", o(2, 2, dtype="float64"), o(2, 2), o(2, 2)),
    "addr float factor": ("addr", o(2, 2, dtype="int64"), o(2, dtype="int64"), o(2, dtype="int64"), {"beta": 0.5}),
    "chain_matmul vector": ("chain_matmul", o(3), o(3, 4)),
    "einsum nothing": ("einsum", "ij"),
    "einsum float label": ("einsum", o(2, 3), [0, 1.5]),
    "solve vector left": ("linalg.solve", o(1, 1), o(1), {"left": False}),
    "vander": ("linalg.vander", o(0)),
}
OTHER_WORDS = {"householder batches", "ormqr batch", "einsum float label", "vander", "triangular_solve vector"}


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:torch.")
@pytest.mark.parametrize("case", HOUSEHOLDER_ERRORS)
def test_errors_as_pytorchs(case):
    path, *given = HOUSEHOLDER_ERRORS[case]
    raised = []
    for lib in (torch, autograd):
        function = lib
        for part in path.split("."):
            function = getattr(function, part)
        values = [a(lib) if callable(a) else a for a in given]
        options = values.pop() if isinstance(values[-1], dict) else {}
        with pytest.raises(Exception) as caught:
            function(*values, **options)
        raised.append(caught.value)
    theirs, ours = raised
    assert isinstance(ours, type(theirs))
    if case not in OTHER_WORDS:
        words = str(theirs).split("\n")[0].removeprefix("torch.").rpartition(": ")[2].rstrip(".")
        assert words.removeprefix("dot : ") in str(ours)


# -- low rank -----------------------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(12, 5), (5, 12), (2, 8, 6)])
def test_svd_and_pca_of_low_rank_follow_pytorchs_random_numbers(shape):
    a = RNG.uniform(-2, 2, shape)
    for name in ("svd_lowrank", "pca_lowrank"):
        found = []
        for lib in (autograd, torch):
            lib.manual_seed(3)
            U, S, V = getattr(lib, name)(lib.tensor(a), q=2)
            found.append([numpy_of(t) for t in (U.abs(), S, V.abs(), U @ V.mT)])
        for one, two in zip(*found, strict=True):
            np.testing.assert_allclose(one, two, atol=1e-9)


def test_low_rank_matrices_are_found_exactly():
    a = RNG.standard_normal((9, 2)) @ RNG.standard_normal((2, 7))
    x = autograd.tensor(a, requires_grad=True)
    U, S, V = autograd.svd_lowrank(x, q=3)
    np.testing.assert_allclose((U * S @ V.mT).detach().numpy(), a, atol=1e-12)
    S[:2].sum().backward()
    u, _, vh = np.linalg.svd(a)
    np.testing.assert_allclose(x.grad.numpy(), u[:, :2] @ vh[:2], atol=1e-8)
    M = a.mean(0, keepdims=True)
    shifted = autograd.svd_lowrank(autograd.tensor(a), q=2, M=autograd.tensor(M))[1]
    np.testing.assert_allclose(shifted.numpy(), np.linalg.svd(a - M)[1][:2], rtol=1e-9)
    with pytest.raises(ValueError, match="niter"):
        autograd.pca_lowrank(x, niter=-1)


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("general", [True, False])
def test_lobpcg(largest, general):
    a, b = spd(12), spd(12) if general else None
    A, B = autograd.tensor(a), None if b is None else autograd.tensor(b)
    values, vectors = autograd.lobpcg(A, 2, B, largest=largest, tol=1e-12)
    every = np.sort(np.linalg.eigvals(a if b is None else np.linalg.solve(b, a)).real)
    np.testing.assert_allclose(values.numpy(), every[::-1][:2] if largest else every[:2], rtol=1e-9)
    x = vectors.numpy()
    np.testing.assert_allclose(a @ x, (x if b is None else b @ x) * values.numpy(), atol=1e-5)
    A.requires_grad_()
    assert gradcheck(lambda m: autograd.lobpcg((m + m.mT) / 2, 2, B, largest=largest)[0], A)
    again = autograd.lobpcg(A, 2, B, largest=largest)
    np.testing.assert_allclose(again[0].detach().numpy(), values.numpy(), rtol=1e-9)
    with pytest.raises(NotImplementedError, match="tracker"):
        autograd.lobpcg(A, 2, tracker=print)


# -- older names, and what does not raise -----------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:torch.triangular_solve")
@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize("transpose", [True, False])
@pytest.mark.parametrize("unit", [True, False])
def test_triangular_solve(upper, transpose, unit):
    b, a = arrays((4, 1, 3, 2), (2, 3, 3))
    same(
        autograd.triangular_solve(autograd.tensor(b), autograd.tensor(a), upper, transpose, unit),
        torch.triangular_solve(torch.tensor(b), torch.tensor(a), upper, transpose, unit),
    )


def test_removed_names_say_what_to_use():
    A = autograd.eye(2)
    for name, args, new in (
        ("eig", (), "linalg.eig"), ("symeig", (), "linalg.eigh"), ("solve", (A,), "linalg.solve"),
        ("lstsq", (A,), "linalg.lstsq"), ("matrix_rank", (), "linalg.matrix_rank"),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match=rf"deprecated since version 1.9 .* Use {new}"):
            getattr(autograd, name)(A, *args)
    assert autograd.dsmm(A, A).tolist() == A.tolist()


def test_solve_ex():
    A = autograd.stack([autograd.zeros(2, 2), 2 * autograd.eye(2)])
    for B, left in ((autograd.ones(2, 2, 1), True), (autograd.ones(2, 1, 2), False), (autograd.ones(2, 2), True)):
        result, info = linalg.solve_ex(A, B, left=left)
        assert info.tolist() == [1, 0]
        assert bool(result[0].isnan().all())
        assert result[1].flatten().tolist() == [0.5, 0.5]
    with pytest.raises(linalg.LinAlgError, match="Batch element 0"):
        linalg.solve_ex(A, autograd.ones(2, 2, 1), check_errors=True)


@pytest.mark.torch
def test_gradients_at_singular_and_degenerate_matrices():
    cases = {
        "slogdet": (lambda L, A: L.slogdet(A)[1], [[1.0, 2.0], [2.0, 4.0]]),
        "slogdet zero": (lambda L, A: L.slogdet(A)[1], [[0.0, 0.0], [0.0, 0.0]]),
        "slogdet batch": (lambda L, A: L.slogdet(A)[1], [[[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 2.0]]]),
        "eigh": (lambda L, A: L.eigh(A)[1], np.eye(3).tolist()),
        "eigvalsh": (lambda L, A: L.eigvalsh(A), np.eye(3).tolist()),
        "svdvals": (lambda L, A: L.svdvals(A), np.eye(3).tolist()),
        "pinv": (lambda L, A: L.pinv(A), np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]).tolist()),
        "matrix_norm": (lambda L, A: L.matrix_norm(A), [[0.0, 0.0], [0.0, 0.0]]),
    }
    for function, matrix in cases.values():
        found = []
        for lib in (autograd, torch):
            x = lib.tensor(matrix, dtype=lib.float64, requires_grad=True)
            function(lib.linalg, x).sum().backward()
            found.append(numpy_of(x.grad))
        np.testing.assert_allclose(*found, atol=1e-12)


def test_forward_mode_of_full_singular_vectors():
    (a,) = arrays((5, 2))

    def beyond(x):  # the projection on what the matrix does not reach does not depend on the choice of vectors there
        U = linalg.svd(x).U[:, 2:]
        return U @ U.mT

    x = autograd.tensor(a, requires_grad=True)
    assert gradcheck(beyond, x, check_forward_ad=True)
    assert gradcheck(lambda x: linalg.svd(x.mT).Vh[2:].mT @ linalg.svd(x.mT).Vh[2:], x, check_forward_ad=True)


@pytest.mark.torch
def test_norms_and_sums_of_nothing():
    for shape in ((0, 3), (3, 0), (2, 0, 3)):
        a = np.zeros(shape)
        for order in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf):
            found = []
            for lib in (autograd, torch):
                try:
                    found.append(lib.linalg.matrix_norm(lib.tensor(a), order).tolist())
                except (IndexError, RuntimeError) as error:
                    found.append(type(error))
            assert found[0] == found[1]


@pytest.mark.torch
def test_einsum_of_other_dtypes():
    for dtype in ("int32", "uint8", "bool"):
        a = RNG.integers(0, 2, (2, 3)).astype(dtype)
        same([autograd.einsum("ij->", autograd.tensor(a))], [torch.einsum("ij->", torch.tensor(a))])
        one, two = autograd.tensor(a), torch.tensor(a)
        same([autograd.einsum("ij,ij->ij", one, one)], [torch.einsum("ij,ij->ij", two, two)])
    x, y = autograd.ones(3), autograd.ones(2, dtype=autograd.float64)
    assert autograd.einsum("i,j->ij", x, y).dtype == autograd.float64
    with pytest.raises(NotImplementedError, match="not implemented for bool"):
        autograd.einsum("ij,kj->ik", one, one)


@pytest.mark.torch
@pytest.mark.parametrize("driver", ["gels", "gelsy", "gelsd"])
def test_least_squares_of_full_and_deficient_rank(driver):
    tall = RNG.uniform(-2, 2, (3, 8, 4))
    deficient = tall.copy()
    deficient[..., 3] = deficient[..., 0]
    b = RNG.uniform(-2, 2, (3, 8, 2))
    for a in (tall, tall.swapaxes(-1, -2).copy(), deficient):
        rows = b[:, : a.shape[-2]]
        ours = linalg.lstsq(autograd.tensor(a), autograd.tensor(rows), driver=driver)
        np.testing.assert_allclose(ours.solution.numpy(), np.linalg.pinv(a) @ rows, atol=1e-9)
        if driver != "gels":
            assert ours.rank.tolist() == [np.linalg.matrix_rank(m) for m in a]


def test_lu_inside_a_mapped_function():
    a, b = (autograd.tensor(x) for x in (well(3, 4), RNG.uniform(-1, 1, (4, 3, 2))))
    mapped = autograd.func.vmap(lambda A: tuple(linalg.lu(A)))(a)
    same(mapped, linalg.lu(a), atol=1e-14)
    solved = autograd.func.vmap(lambda A, B: linalg.lu_solve(*linalg.lu_factor(A), B))(a, b)
    np.testing.assert_allclose(solved.numpy(), linalg.solve(a, b).numpy(), atol=1e-12)


def test_products_take_pytorchs_keywords():
    x, v = autograd.ones(2, 2), autograd.ones(2)
    assert autograd.mm(input=x, mat2=x).tolist() == x.mm(mat2=x).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert autograd.mv(x, vec=v).tolist() == [2.0, 2.0]
    assert autograd.dot(v, tensor=v).item() == 2.0
    assert autograd.outer(v, vec2=v).tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert autograd.bmm(x[None], mat2=x[None]).shape == (1, 2, 2)
    with pytest.raises(TypeError, match="nonsense"):
        autograd.mm(x, x, nonsense=1)


@pytest.mark.parametrize("shape", [(5, 3), (3, 1000), (900, 3)])
def test_cross_of_few_and_many(shape):
    a, b = RNG.standard_normal(shape), RNG.standard_normal(shape)
    dim = shape.index(3)
    ours = linalg.cross(autograd.tensor(a), autograd.tensor(b), dim=dim)
    np.testing.assert_allclose(ours.numpy(), np.cross(a, b, axis=dim))


@pytest.mark.torch
def test_addr_promotes_and_keeps_truth_values():
    for kinds in (("float32", "float64", "float64"), ("int64", "float32", "float32"), ("bool", "bool", "bool")):
        found = []
        for lib in (autograd, torch):
            args = [lib.ones(n, dtype=getattr(lib, k)) for n, k in zip(((2, 3), (2,), (3,)), kinds, strict=True)]
            found.append([lib.addr(*args, alpha=2), lib.addr(*args, alpha=0, beta=3)])
        same(*found)


@pytest.mark.torch
def test_dtypes_of_norms():
    x, i = autograd.ones(2, 3), autograd.ones(2, 3, dtype=autograd.int64)
    for name, args, options in (
        ("matrix_norm", (i,), {"dtype": "float64"}),
        ("matrix_norm", (x,), {"dtype": "float16"}),
        ("vector_norm", (x,), {"dtype": "int64"}),
        ("matrix_norm", (x, "fro", (0,)), {}),
        ("norm", (x, "fro", 0), {}),
    ):
        raised = []
        for lib in (torch, autograd):
            given = [lib.tensor(a.numpy()) if isinstance(a, autograd.Tensor) else a for a in args]
            named = {k: getattr(lib, v) for k, v in options.items()}
            with pytest.raises(RuntimeError) as caught:
                getattr(lib.linalg, name)(*given, **named)
            raised.append(str(caught.value))
        assert raised[0] in raised[1]
    assert linalg.vector_norm(x, dtype=autograd.float64).dtype == autograd.float64
