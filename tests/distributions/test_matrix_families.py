"""Families over vectors and matrices: normal vectors, Wishart, LKJ."""

import numpy as np
import pytest

import autograd
from autograd import distributions

RNG = np.random.default_rng(1)
ROOT = np.tril(RNG.normal(size=(2, 3, 3)), -1) + np.apply_along_axis(np.diag, -1, np.exp(RNG.normal(size=(2, 3)) / 3))
MATRIX = ROOT @ np.swapaxes(ROOT, -1, -2)
LOC = RNG.normal(size=(2, 3))
VALUE = RNG.normal(size=(4, 2, 3))

NORMALS = {
    "covariance": ("MultivariateNormal", {"loc": LOC, "covariance_matrix": MATRIX}, VALUE),
    "precision": ("MultivariateNormal", {"loc": LOC, "precision_matrix": MATRIX}, VALUE),
    "root": ("MultivariateNormal", {"loc": LOC, "scale_tril": ROOT}, VALUE),
    "one root for a batch": ("MultivariateNormal", {"loc": LOC, "scale_tril": ROOT[0]}, VALUE),
    "one mean for a batch": ("MultivariateNormal", {"loc": LOC[0], "scale_tril": ROOT}, VALUE),
    "no batch": ("MultivariateNormal", {"loc": LOC[0], "covariance_matrix": MATRIX[0]}, VALUE),
    "batches that broadcast": (
        "MultivariateNormal",
        {"loc": LOC[:, None], "covariance_matrix": MATRIX[None]},
        VALUE[:, :, None],
    ),
    "low rank": (
        "LowRankMultivariateNormal",
        {"loc": LOC, "cov_factor": ROOT[..., :2], "cov_diag": np.exp(LOC)},
        VALUE,
    ),
    "low rank, shared": (
        "LowRankMultivariateNormal",
        {"loc": LOC, "cov_factor": ROOT[0, :, :1], "cov_diag": np.exp(LOC[0])},
        VALUE,
    ),
    "low rank, no batch": (
        "LowRankMultivariateNormal",
        {"loc": LOC[0], "cov_factor": ROOT[0, :, :2], "cov_diag": np.exp(LOC[0])},
        VALUE,
    ),
}


@pytest.mark.torch
@pytest.mark.parametrize("case", NORMALS)
def test_normal_vectors(case, check_family):
    name, arguments, value = NORMALS[case]
    check_family(name, arguments, value)


@pytest.mark.parametrize("given", ["covariance_matrix", "precision_matrix", "scale_tril"])
@pytest.mark.parametrize("kind", ["full", "low rank"])
def test_matrices_are_of_one_distribution(kind, given):
    if kind == "full":
        d = distributions.MultivariateNormal(
            autograd.tensor(LOC), **{given: autograd.tensor(ROOT if given == "scale_tril" else MATRIX)}
        )
    else:
        d = distributions.LowRankMultivariateNormal(
            autograd.tensor(LOC), autograd.tensor(ROOT), autograd.tensor(np.exp(LOC))
        )
    covariance = d.covariance_matrix.numpy()
    np.testing.assert_allclose(d.scale_tril.numpy() @ np.swapaxes(d.scale_tril.numpy(), -1, -2), covariance)
    np.testing.assert_allclose(
        d.precision_matrix.numpy() @ covariance, np.broadcast_to(np.eye(3), (2, 3, 3)), atol=1e-12
    )
    np.testing.assert_allclose(d.variance.numpy(), np.diagonal(covariance, axis1=-2, axis2=-1))
    difference = VALUE - LOC
    square = np.einsum("sbi,bij,sbj->sb", difference, np.linalg.inv(covariance), difference)
    expected = -0.5 * (square + 3 * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1])
    np.testing.assert_allclose(d.log_prob(autograd.tensor(VALUE)).numpy(), expected)


@pytest.mark.torch
def test_errors_of_normal_vectors(check_errors):
    asymmetric = MATRIX[0] + np.triu(np.ones((3, 3)), 1)
    check_errors(
        "MultivariateNormal",
        {"loc": LOC[0]},
        [
            {},
            {"covariance_matrix": MATRIX[0], "scale_tril": ROOT[0]},
            {"covariance_matrix": asymmetric},
            {"covariance_matrix": -MATRIX[0]},
            {"covariance_matrix": MATRIX[0, 0]},
            {"scale_tril": MATRIX[0]},
            {"scale_tril": -ROOT[0]},
            {"loc": np.array(1.0), "scale_tril": ROOT[0]},
            {"loc": np.array([1.0, np.nan, 0.0]), "scale_tril": ROOT[0]},
        ],
        [],
    )
    check_errors("MultivariateNormal", {"loc": LOC[0], "scale_tril": ROOT[0]}, [], [VALUE[..., :2], np.full(3, np.nan)])
    arguments = {"loc": LOC[0], "cov_factor": ROOT[0], "cov_diag": np.ones(3)}
    bad = [
        {"cov_diag": np.ones(2)},
        {"cov_factor": ROOT[0, :2]},
        {"cov_factor": np.ones(3)},
        {"loc": np.zeros((2, 3)), "cov_diag": np.ones((5, 3))},
    ]
    check_errors("LowRankMultivariateNormal", arguments, bad, [VALUE[..., :2]])
    # PyTorch factorizes before it checks, and complains about that.
    with pytest.raises(ValueError, match="Expected parameter cov_diag"):
        distributions.LowRankMultivariateNormal(autograd.zeros(2), autograd.ones(2, 1), -autograd.ones(2))


# -- Wishart ----------------------------------------------------------------------------------------------------------

POINTS = np.stack([np.eye(3) + 0.1, MATRIX[0]])
WISHARTS = {
    "covariance": {"df": np.array([3.5, 6.0]), "covariance_matrix": MATRIX},
    "precision": {"df": np.array([3.5, 6.0]), "precision_matrix": MATRIX},
    "root": {"df": np.array(4.0), "scale_tril": ROOT},
    "a number of degrees": {"df": 5, "covariance_matrix": MATRIX[0]},
}


@pytest.mark.torch
@pytest.mark.parametrize("case", WISHARTS)
def test_wishart(case, check_family):
    # PyTorch's gradient of cholesky_solve has entries above the diagonal, which the solution does not read.
    check_family("Wishart", WISHARTS[case], POINTS, same_stream=False, lower=case == "root")


def test_wishart_samples_have_the_moments():
    d = distributions.Wishart(autograd.tensor(5.0, dtype=autograd.float64), autograd.tensor(MATRIX[0]))
    sample = d.sample((20000,)).numpy()
    scale = np.sqrt(d.variance.numpy())
    np.testing.assert_allclose(sample.mean(0) / scale, d.mean.numpy() / scale, atol=0.03)
    np.testing.assert_allclose(sample.var(0), d.variance.numpy(), rtol=0.08, atol=0.05)


def test_wishart_errors_and_warnings():
    eye = autograd.eye(2)
    with pytest.raises(ValueError, match=r"Value of df=1 expected to be greater than ndim - 1 = 1"):
        distributions.Wishart(1, eye)
    with pytest.raises(AssertionError, match="Exactly one of"):
        distributions.Wishart(3)
    with pytest.raises(ValueError, match="at least two-dimensional"):
        distributions.Wishart(3, eye[0])
    with pytest.raises(ValueError, match=r"covariance_matrix .* to satisfy the constraint PositiveDefinite"):
        distributions.Wishart(3, -eye)
    with pytest.warns(UserWarning, match="Low df values detected"):
        distributions.Wishart(1.5, eye)


# -- LKJ --------------------------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("dim", [2, 3, 5])
def test_lkj(dim, check_family):
    x = RNG.normal(size=(4, 2, dim * (dim - 1) // 2)) / 2
    value = distributions.CorrCholeskyTransform()(autograd.tensor(x)).numpy()
    # Beyond the densities: see the test of the samples below.
    check_family("LKJCholesky", {"dim": dim, "concentration": np.array([0.7, 2.0])}, value, same_stream=False)


@pytest.mark.parametrize("concentration", [0.8, 3.0])
def test_lkj_correlations_have_their_marginal_variance(concentration):
    """Each correlation is Beta(α, α) stretched to (−1, 1) with α = η − 1 + D/2, so of variance 1/(2α + 1)."""
    dim = 4
    factor = distributions.LKJCholesky(dim, autograd.tensor(concentration, dtype=autograd.float64)).sample((20000,))
    correlation = (factor @ factor.mT).numpy()
    alpha = concentration - 1 + dim / 2
    for i in range(dim):
        for j in range(i):
            values = correlation[:, i, j]
            np.testing.assert_allclose(values.mean(), 0, atol=0.02)
            np.testing.assert_allclose(values.var(), 1 / (2 * alpha + 1), rtol=0.05)


def test_lkj_errors():
    with pytest.raises(ValueError, match=r"greater than or equal to 2. Found dim=1"):
        distributions.LKJCholesky(1)
    with pytest.raises(ValueError, match="Expected parameter concentration"):
        distributions.LKJCholesky(3, -1.0)
    with pytest.raises(ValueError, match=r"within the support \(CorrCholesky\(\)\)"):
        distributions.LKJCholesky(3, 1.0).log_prob(autograd.ones(3, 3))


def test_only_singular_wishart_samples_are_drawn_again(monkeypatch):
    d = distributions.Wishart(autograd.tensor(5.0), autograd.eye(2))
    unit = autograd.eye(2)
    draws = iter([autograd.stack([unit * 0, unit]), autograd.stack([unit * 2, unit * 3])])
    monkeypatch.setattr(d, "_bartlett", lambda shape: next(draws))
    with pytest.warns(UserWarning, match="Singular sample detected"):
        sample = d.sample((2,))
    assert sample.diagonal(dim1=-2, dim2=-1).tolist() == [[2.0, 2.0], [1.0, 1.0]]
