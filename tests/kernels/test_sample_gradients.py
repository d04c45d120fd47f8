"""Derivatives of gamma and beta numbers: against numbers of 18 digits, closed forms, and differences of quantiles."""

import numpy as np
import pytest

from autograd.kernels import sample_gradients as kernel

# Power series summed with 60 digits and more: (a, x, −∂F/∂a / f, −∂²F/∂a² / f), one or two in each region of the kernel.
GAMMA = [
    (0.001, 1e-20, 4.54761299280706132e-16, -2.06643586003889074e-14),
    (0.1, 0.01, 0.422793438129702838, -1.62823223272911387),
    (0.1, 2, 8.4956492274268571, 21.5269794903802546),
    (0.5, 0.4, 1.18657886593802275, -0.583295263610911775),
    (1, 5, 2.35707575362036544, 3.93306689389424267),
    (3, 3.4, 1.12466008342610319, 0.134105783735894556),
    (3, 3.6, 1.15644396031079761, 0.205885784501575364),
    (10, 2, 0.408534221669595522, -0.663107642121966918),
    (39, 45, 1.07785217203814319, 0.154512891267221615),
    (39, 30, 0.878284475017797254, -0.230971980313486552),
    (41, 30, 0.855389774494577156, -0.267788312247432521),
    (50, 50, 1.00333992324978383, -0.0000335526230296455856),
    (200, 180, 0.949034925111777875, -0.10003446911234794),
    (200, 230, 1.07240104278637581, 0.149941090981693466),
]
# (a, b, x, −∂F/∂a / f, −∂²F/∂a² / f, −∂²F/∂a∂b / f)
BETA = [
    (0.01, 1, 1e-30, 6.90775527898213705e-27, -4.77170829943055821e-25, -4.93162789932234336e-29),
    (0.3, 0.3, 0.2, 1.70767250458011811, -6.33221496397237437, 1.19111532836919543),
    (0.3, 0.3, 0.8, 1.1283999461606573, -2.92774017787266196, -1.19111532836919543),
    (0.5, 20, 0.01, 0.0393672260491965156, -0.050436540895090174, -0.000165779104595528742),
    (20, 0.5, 0.97, 0.00149563565628054646, -0.000083397043904968829, 0.00213550394950736692),
    (20, 0.5, 0.999, 0.0000505993773523161823, -1.33100144266356492e-6, -0.0000998578458054018919),
    (2, 3, 0.4, 0.139392000050669316, -0.0337943294279751774, -0.00516400906830687158),
    (2, 3, 0.95, 0.0176485785833868327, 0.0112942602243582406, -0.0448334523580737722),
    (60, 90, 0.35, 0.00407045520443610695, -0.000571313681203895124, 0.000321573401474676972),
    (60, 90, 0.5, 0.00373816522715127736, 0.000809742111600466127, -0.000686185342414246235),
    (300, 2, 0.99, 0.000033111107397414958, -2.22591343458084797e-7, 0.0000224876908482380423),
    (0.02, 0.02, 0.6, 306.302916526003848, -15290.8241949508647, -118.644940627933457),
]


def test_gamma_against_exact_numbers():
    a, x, first, second = np.array(GAMMA).T
    got = kernel.gamma_derivatives(a, x)
    np.testing.assert_allclose(got[0], first, rtol=1e-12)
    np.testing.assert_allclose(got[1], second, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(kernel.gamma_derivatives(a, x, 1)[0], first, rtol=1e-12)


def test_beta_against_exact_numbers():
    a, b, x, *expected = np.array(BETA).T
    for ours, exact in zip(kernel.beta_derivatives(a, b, x), expected, strict=True):
        np.testing.assert_allclose(ours, exact, rtol=2e-11)
    np.testing.assert_allclose(kernel.beta_derivatives(a, b, x, 1)[0], expected[0], rtol=2e-11)


def test_a_power_of_a_uniform_number():
    """With b = 1 the quantile is p^(1/a), so ∂x/∂a = −x log x / a."""
    a, x = np.meshgrid(np.geomspace(1e-3, 1e3, 25), np.linspace(0.02, 0.98, 25))
    np.testing.assert_allclose(kernel.beta_derivatives(a, 1.0, x, 1)[0], -x * np.log(x) / a, rtol=1e-11)


@pytest.mark.parametrize("order", [1, 2])
def test_the_regions_of_the_kernels_meet(order):
    a = np.geomspace(0.05, 400, 300)
    for edge in (a + 0.5, np.full_like(a, 2.0)):
        below, above = (kernel.gamma_derivatives(a, edge * (1 + s), order)[0] for s in (-1e-13, 1e-13))
        np.testing.assert_allclose(below, above, rtol=1e-11)
    for near in (40.0,):
        below, above = (
            kernel.gamma_derivatives(near * (1 + s), np.linspace(20, 60, 50), order)[0] for s in (-1e-13, 1e-13)
        )
        np.testing.assert_allclose(below, above, rtol=1e-11)
    b = np.geomspace(0.05, 400, 300)[::-1]
    for edge in (0.3, 0.7):
        below, above = (kernel.beta_derivatives(a, b, edge * (1 + s), order)[0] for s in (-1e-13, 1e-13))
        np.testing.assert_allclose(below, above, rtol=2e-10)


def test_gamma_against_differences_of_quantiles():
    special = pytest.importorskip("scipy.special")
    rng = np.random.default_rng(0)
    a, p = np.exp(rng.uniform(-3, 5, 300)), rng.uniform(0.001, 0.999, 300)
    x, h = special.gammaincinv(a, p), 1e-4 * a
    quantile = [special.gammaincinv(a + k * h, p) for k in (-2, -1, 1, 2)]
    slope = (quantile[0] - 8 * quantile[1] + 8 * quantile[2] - quantile[3]) / (12 * h)
    np.testing.assert_allclose(kernel.gamma_gradient(a, x), slope, rtol=1e-8)


def test_beta_against_differences_of_quantiles():
    special = pytest.importorskip("scipy.special")
    rng = np.random.default_rng(0)
    a, b = np.exp(rng.uniform(-1, 4, (2, 300)))
    p = rng.uniform(0.01, 0.99, 300)
    x, h = special.betaincinv(a, b, p), 1e-3 * a
    quantile = [special.betaincinv(a + k * h, b, p) for k in (-2, -1, 1, 2)]
    slope = (quantile[0] - 8 * quantile[1] + 8 * quantile[2] - quantile[3]) / (12 * h)
    np.testing.assert_allclose(kernel.beta_derivatives(a, b, x, 1)[0], slope, rtol=1e-6)


def test_the_second_derivatives_are_differences_of_the_first():
    rng = np.random.default_rng(1)
    a, b = np.exp(rng.uniform(-1, 3, (2, 100)))
    x, h = rng.uniform(0.05, 0.95, 100), 1e-5
    by_shape = (kernel.gamma_gradient(a + h, 5 * x) - kernel.gamma_gradient(a - h, 5 * x)) / (2 * h)
    np.testing.assert_allclose(kernel.gamma_curve(a, 5 * x), by_shape, rtol=1e-5, atol=1e-7)
    total = a + b
    by_a, by_total = kernel.dirichlet_curves(x, a, total)
    ends = [kernel.dirichlet_gradient(x, a + s, total) for s in (h, -h)]
    np.testing.assert_allclose(by_a, (ends[0] - ends[1]) / (2 * h), rtol=1e-5, atol=1e-6)
    ends = [kernel.dirichlet_gradient(x, a, total + s) for s in (h, -h)]
    np.testing.assert_allclose(by_total, (ends[0] - ends[1]) / (2 * h), rtol=1e-5, atol=1e-6)


def test_what_has_no_derivative_is_nan():
    for a, x in ((0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (1.0, -1.0), (np.nan, 1.0), (np.inf, 1.0)):
        assert np.isnan(kernel.gamma_gradient(a, x))
    for a, b, x in ((0.0, 1.0, 0.5), (1.0, 0.0, 0.5), (1.0, 1.0, 0.0), (1.0, 1.0, 1.0), (1.0, 1.0, np.nan)):
        assert np.isnan(kernel.beta_derivatives(a, b, x, 1)[0])
    assert kernel.dirichlet_gradient(0.999, 2.0, 2.0) == 0  # one coordinate cannot move


def test_shapes_and_dtypes():
    assert kernel.gamma_gradient(np.float32(2), np.float32(1)).dtype == np.float32
    assert kernel.gamma_gradient(np.ones((2, 1)), np.ones(3)).shape == (2, 3)
    assert kernel.gamma_gradient(np.ones((0, 3)), np.ones(3)).shape == (0, 3)
    assert kernel.dirichlet_gradient(np.full((2, 3), 0.3), np.ones(3), 3.0).shape == (2, 3)
    many = np.linspace(0.1, 5, 1500)  # more than one block
    np.testing.assert_array_equal(kernel.gamma_gradient(many, 2.0)[700], kernel.gamma_gradient(many[700], 2.0))
