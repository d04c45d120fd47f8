"""``autograd.special``: values and dtypes against PyTorch, gradients that PyTorch lacks against formulas, errors."""

import importlib
import sys

import numpy as np
import pytest

import autograd as ag
from autograd import special
from tests.ops.test_elementwise import assert_same, attempt

# Beyond 4 PyTorch's Bessel functions in float64 are wrong in the seventh digit, so they are compared below it.
POINTS = np.array([-1.0, -0.4, 0.2, 0.5, 1.0, 2.7])
EDGES = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e4, -1e4, 1e-30, 1.0, -1.0, 3.0])
UNARY = """
airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1
i1e log1p log_ndtr logit modified_bessel_k0 modified_bessel_k1 ndtr ndtri psi
scaled_modified_bessel_k0 scaled_modified_bessel_k1 sinc spherical_bessel_j0 modified_bessel_i0 modified_bessel_i1
""".split()  # noqa: SIM905
POLYNOMIALS = [name for name in special.__all__ if "polynomial" in name]
FINITE = {
    "i0",
    "i1",
    "modified_bessel_i0",
    "modified_bessel_i1",
}  # infinite at infinity, where PyTorch has NaN (see tests/kernels/test_special.py)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.mark.torch
def test_the_namespace_is_complete(torch):
    assert sorted(special.__all__) == sorted(torch.special.__all__)
    for name in special.__all__:
        assert ">>>" in getattr(special, name).__doc__, name
        assert getattr(special, name).__name__ in {name, "lgamma"}


@pytest.mark.torch
@pytest.mark.parametrize("name", UNARY)
def test_values_in_every_dtype(torch, name):
    ours, theirs = getattr(special, name), getattr(torch.special, name)
    for dtype in ("float64", "float32", "int64", "uint8", "bool"):
        for base in (POINTS, np.abs(POINTS), np.array(2.0), np.zeros((0, 3))):
            x = base > 1 if dtype == "bool" else (np.abs(base) if dtype == "uint8" else base).astype(dtype)
            assert_same(attempt(ours, ag.tensor(x)), attempt(theirs, torch.tensor(x)), (name, dtype, x.shape))
    edges = EDGES[~np.isinf(EDGES)] if name in FINITE else EDGES
    assert_same(ours(ag.tensor(edges)), theirs(torch.tensor(edges)), (name, "edges"))
    half = ours(ag.tensor(POINTS.astype(np.float16)))
    assert half.dtype is ag.float16
    out = ag.zeros(len(POINTS), dtype=ag.float64)
    assert ours(ag.tensor(POINTS), out=out) is out
    np.testing.assert_array_equal(out.numpy(), ours(ag.tensor(POINTS)).numpy())


@pytest.mark.torch
@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials(torch, name):
    ours, theirs = getattr(special, name), getattr(torch.special, name)
    x, n = np.linspace(-2.5, 2.5, 41)[:, None], np.arange(-2, 12)
    calls = [
        (x, n),
        (x.astype(np.float32), n),
        (x, n + 0.9),
        (x, 5),
        (x, 4.7),
        (0.3, n),
        (2, n),
        (np.arange(4), 3),
        (np.arange(4), np.arange(4)),
        (np.array(0.4), np.array(7)),
        (np.float32(0.5) + np.zeros(3, np.float32), 30),
        (np.zeros((0, 3)), 2),
        (np.array([np.inf, -np.inf, np.nan]), 3),
        (x, -1),
        (np.array([1.0, -1.0, 0.0]), np.array([[25.0], [24.0], [np.inf]])),
    ]
    for a, b in calls:
        mine = ours(*[ag.tensor(v) if isinstance(v, np.ndarray) else v for v in (a, b)])
        expected = theirs(*[torch.tensor(v) if isinstance(v, np.ndarray) else v for v in (a, b)])
        assert str(mine.dtype) == str(expected.dtype).removeprefix("torch.")
        tolerance = 1e-10 if mine.dtype is ag.float64 else 2e-5
        np.testing.assert_allclose(mine.numpy(), expected.numpy(), rtol=tolerance, atol=tolerance, err_msg=f"{a}, {b}")
    with pytest.raises(TypeError, match="must be a Tensor"):
        ours(1.0, 2)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_derivatives_of_polynomials(name):
    """Against NumPy's own polynomial through the values."""
    x = np.linspace(-0.9, 0.9, 7)
    for n in (0, 1, 2, 5):
        nodes = np.linspace(-1, 1, 9)
        values = getattr(special, name)(ag.tensor(nodes), n).numpy()
        fitted = np.polynomial.Polynomial.fit(nodes, values, 8)
        t = ag.tensor(x, requires_grad=True)
        (first,) = ag.grad(getattr(special, name)(t, n).sum(), t, create_graph=True)
        (second,) = ag.grad(first.sum(), t)
        scale = np.abs(values).max() + 1
        np.testing.assert_allclose(first.detach().numpy(), fitted.deriv()(x), atol=1e-10 * scale)
        np.testing.assert_allclose(second.numpy(), fitted.deriv(2)(x), atol=1e-9 * scale)


def test_degrees_that_require_grad_get_none():
    x, n = ag.tensor([0.5], requires_grad=True), ag.tensor([3.0], requires_grad=True)
    special.legendre_polynomial_p(x, n).sum().backward()
    assert x.grad.tolist() == [0.375]
    assert n.grad is None or n.grad.tolist() == [0.0]


@pytest.mark.torch
@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_incomplete_gamma(torch, name):
    a = np.array([0.0, 0.1, 0.5, 1.0, 2.5, 10.0, 100.0, np.inf, -1.0])[:, None]
    x = np.array([0.0, 0.1, 1.0, 3.0, 50.0, 99.0, np.inf, -1.0])
    for dtype in ("float64", "float32", "float16"):
        pair = a.astype(dtype), x.astype(dtype)
        ours = getattr(ag, name)(*[ag.tensor(v) for v in pair])
        assert_same(ours, getattr(torch, name)(*[torch.tensor(v) for v in pair]), (name, dtype))
    second = {"igamma": special.gammainc, "igammac": special.gammaincc}[name]
    t, u = ag.tensor([1.5, 2.0], requires_grad=True), ag.tensor([0.5, 3.0], requires_grad=True)
    assert second(t, u).tolist() == getattr(t, name)(u).tolist()
    y = ag.tensor([1.5, 2.0])
    assert getattr(y, f"{name}_")(u.detach()) is y
    assert y.tolist() == second(t, u).tolist()
    (slope,) = ag.grad(second(t, u).sum(), u)
    sign = 1 if name == "igamma" else -1
    np.testing.assert_allclose(slope.numpy(), sign * np.exp(-u.detach().numpy()) * u.detach().numpy() ** [0.5, 1.0] / [0.886226925, 1.0], rtol=1e-6)  # fmt: skip
    with pytest.raises(NotImplementedError, match=f"{name}.*'input'"):
        second(t, u).sum().backward()
    with pytest.raises(NotImplementedError, match="int64"):
        second(ag.tensor([1]), ag.tensor([2]))
    with pytest.raises(TypeError, match="other"):
        second(t, 2.0)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["zeta", "xlogy", "xlog1py"])
def test_functions_of_two(torch, name):
    ours, theirs = getattr(special, name), getattr(torch.special, name)
    one, two = np.array([[1.0, 1.5], [2.0, 3.0], [7.0, 0.5]]), np.array([0.25, 4.0])
    for a, b in (
        (one, two), (one.astype(np.float32), two), (one, 2), (3, two), (2.5, np.arange(1, 4)), (np.arange(4), 2),
        (np.arange(4), np.arange(4)), (one.astype(np.float32), 1.5), (True, np.array([True])), (one[:0], two),
        (2, np.array([-1.0, -2.5, 0.0, -0.0])),
    ):  # fmt: skip
        mine = attempt(ours, *[ag.tensor(v) if isinstance(v, np.ndarray) else v for v in (a, b)])
        expected = attempt(theirs, *[torch.tensor(v) if isinstance(v, np.ndarray) else v for v in (a, b)])
        assert_same(mine, expected, (name, a, b))
    with pytest.raises(TypeError, match="must be a Tensor"):
        ours(1.0, 2)


def test_zeta_has_no_gradient_for_its_exponent():
    s, q = ag.tensor([3.0], requires_grad=True), ag.tensor([0.5], requires_grad=True)
    (slope,) = ag.grad(special.zeta(s, q), q)
    assert slope.item() == pytest.approx(-3 * special.zeta(ag.tensor(4.0), 0.5).item())
    with pytest.raises(NotImplementedError, match="zeta"):
        special.zeta(s, q).backward()


@pytest.mark.torch
def test_the_rest_is_what_the_engine_has(torch):
    x = np.array([[0.3, -1.2], [4.0, 2.5]])
    t, u = ag.tensor(x), torch.tensor(x)
    for call in (
        lambda m, v: m.special.softmax(v, 1, dtype=m.float32),
        lambda m, v: m.special.log_softmax(v, dim=0),
        lambda m, v: m.special.logsumexp(v, (0, 1), keepdim=True),
        lambda m, v: m.special.polygamma(2, v.abs()),
        lambda m, v: m.special.multigammaln(v.abs() + 3, 4),
        lambda m, v: m.special.round(v, decimals=1),
        lambda m, v: m.special.logit(v, eps=0.2),
        lambda m, v: m.special.logit(v, 0.1),
    ):
        assert_same(call(ag, t), call(torch, u), call)


def test_missing_scipy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(ImportError, match=r"bessel_j0: .*pip install 'chainrule\[special\]'"):
        special.bessel_j0(ag.ones(2))
    with pytest.raises(ImportError, match="igamma"):
        ag.igamma(ag.ones(2), ag.ones(2))
    for name in ("erfcx", "zeta", "i0", "legendre_polynomial_p", "polygamma", "log_ndtr", "multigammaln"):
        second = {"zeta": (2.0,), "legendre_polynomial_p": (2,), "multigammaln": (1,)}.get(name, ())
        arguments = (1, ag.ones(2)) if name == "polygamma" else (ag.ones(2), *second)
        assert getattr(special, name)(*arguments).shape == (2,)


def test_scipy_is_not_imported_with_the_engine():
    importlib.import_module("subprocess").run(
        [sys.executable, "-c", "import sys, autograd, autograd.special; assert 'scipy' not in sys.modules"], check=True
    )


def test_bessel_functions_beyond_five():
    """Values of Abramowitz and Stegun, tables 9.1 and 9.8."""
    x = ag.tensor([6.0, 10.0], dtype=ag.float64)
    for name, expected in {
        "bessel_j0": [0.150645257250997, -0.245935764451348],
        "bessel_j1": [-0.276683858127566, 0.0434727461688614],
        "bessel_y0": [-0.288194683981572, 0.0556711672835994],
        "bessel_y1": [-0.175010344300398, 0.249015424206954],
    }.items():
        np.testing.assert_allclose(getattr(special, name)(x).numpy(), expected, rtol=1e-12)


def test_incomplete_gamma_passes_nan_on():
    for x, y in ((np.inf, np.nan), (np.nan, 0.0), (np.nan, np.inf)):
        assert np.isnan(ag.igamma(ag.tensor(x), ag.tensor(y)).item())
