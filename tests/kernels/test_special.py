"""The special functions: known values, PyTorch as an oracle over whole ranges, and everything at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd.kernels import special

INF, NAN = math.inf, math.nan

# Values rounded from 40 digits.
KNOWN = {
    "erf": {1e-300: 1.1283791670955126e-300, 0.5: 0.5204998778130465, -0.99: -0.8385080695553698,
            1.01: 0.8468104962282768, 3.7: 0.9999998328489421},
    "erfc": {0.3: 0.6713732405408726, 0.5: 0.4795001221869535, 1.5: 0.033894853524689274, 10.0: 2.088487583762545e-45,
             26.5: 2.2109076642637343e-307, -2.5: 1.999593047982555},
    "erfinv": {1e-20: 8.86226925452758e-21, 0.3: 0.2724627147267543, -0.75: -0.8134198475976185,
               0.76: 0.8308411284745602},
    "ndtr": {-38.0: 2.88542835e-316, -10.0: 7.619853024160525e-24, -1.0: 0.15865525393145705, 0.5: 0.6914624612740131,
             3.0: 0.9986501019683699},
    "log_ndtr": {-1000.0: -500007.82669481216, -5.0: -15.064998393988725, -0.5: -1.1759117615936185,
                 2.5: -0.006229025485860002},
    "ndtri": {1e-300: -37.0470962993612, 1e-20: -9.262340089798407, 0.01: -2.326347874040841, 0.3: -0.5244005127080408},
    "lgamma": {1e-310: 713.8013788281542, 0.25: 1.2880225246980774, 0.9: 0.06637623973474295, 1.7: -0.09580769740706588,
               5.5: 3.9578139676187165, 20.25: 40.08411059791735, 1e200: 4.595170185988091e202,
               -0.5: 1.2655121234846454, -10.75: -15.403074503504817},
    "digamma": {1e-200: -1e200, 0.5: -1.9635100260214235, 1.5: 0.03648997397857652, 4.4: 1.3636854834260885,
                30.0: 3.384438132685525, -3.3: 3.620353460592126},
    "trigamma": {0.01: 10001.621213528313, 1.0: 1.6449340668482264, 7.5: 0.1426158966967038, 100.0: 0.010050166663333571,
                 -2.25: 19.37941051186914},
    "i0": {0.5: 1.0634833707413236, -7.9: 389.406283282158, 8.1: 469.5006067101215, 700.0: 1.5295933476718737e302},
    "i0e": {0.5: 0.6450352704491501, 8.1: 0.14251180948829528, -700.0: 0.015081295651531358},
    "i1": {1e-09: 5e-10, -0.5: -0.2578943053908963, 8.1: 439.48430891035844, 700.0: 1.5285003902339006e302},
    "i1e": {0.5: 0.1564208031848717, -8.1: -0.13340068832583662, 700.0: 0.015070519444716848},
    "sinc": {0.5: 0.6366197723675814, -3.25: -0.06925510124285432, 100.125: 0.001216598449943112},
    "entr": {1e-300: 6.9077552789821376e-298, 0.3: 0.3611918412977808, 5.0: -8.047189562170502},
}  # fmt: skip

# Argument → value where a function is not smooth: PyTorch's, except that trigamma has its poles, sinc its zeros, and
# i0 and i1 are infinite at infinity (PyTorch: NaN).
EDGES = {
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (5e-324, 5e-324), (6.0, 1.0)],
    "erfc": [(0.0, 1.0), (INF, 0.0), (-INF, 2.0), (NAN, NAN), (30.0, 0.0)],
    "erfinv": [(0.0, 0.0), (-0.0, -0.0), (1.0, INF), (-1.0, -INF), (1.5, NAN), (-INF, NAN), (NAN, NAN)],
    "ndtr": [(0.0, 0.5), (INF, 1.0), (-INF, 0.0), (NAN, NAN), (-40.0, 0.0)],
    "log_ndtr": [(INF, 0.0), (-INF, -INF), (NAN, NAN), (-1e200, -INF)],
    "ndtri": [(0.0, -INF), (1.0, INF), (0.5, 0.0), (-0.1, NAN), (1.1, NAN), (NAN, NAN)],
    "lgamma": [(0.0, INF), (-0.0, INF), (-1.0, INF), (-2.0, INF), (1.0, 0.0), (2.0, 0.0), (INF, INF), (-INF, INF),
               (NAN, NAN), (-1e300, INF)],
    "digamma": [(0.0, -INF), (-0.0, INF), (-1.0, NAN), (-7.0, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)],
    "trigamma": [(0.0, INF), (-0.0, INF), (-1.0, INF), (INF, 0.0), (-INF, NAN), (NAN, NAN)],
    "i0": [(0.0, 1.0), (INF, INF), (-INF, INF), (NAN, NAN), (800.0, INF)],
    "i0e": [(0.0, 1.0), (INF, 0.0), (-INF, 0.0), (NAN, NAN)],
    "i1": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (NAN, NAN)],
    "i1e": [(0.0, 0.0), (-0.0, -0.0), (INF, 0.0), (-INF, -0.0), (NAN, NAN)],
    "sinc": [(0.0, 1.0), (-0.0, 1.0), (4.0, 0.0), (INF, NAN), (-INF, NAN), (NAN, NAN)],
    "entr": [(0.0, 0.0), (1.0, 0.0), (-1.0, -INF), (INF, -INF), (-INF, -INF), (NAN, NAN)],
}  # fmt: skip

# Range and tolerance.  Against 40 digits PyTorch is the coarser side: in the tails, near negative poles, and in trigamma,
# whose series it cuts at 5e-10.
RANGES = {
    "erf": (-6, 6, 1e-15),
    "erfc": (-6, 26, 2e-13),
    "erfinv": (-0.9999, 0.9999, 1e-13),
    "ndtr": (-35, 8, 3e-13),
    "log_ndtr": (-200, 8, 1e-13),
    "ndtri": (1e-10, 0.9999, 1e-13),
    "lgamma": (-9.9, 60, 1e-13),
    "digamma": (-9.9, 60, 1e-11),
    "trigamma": (-9.9, 60, 1e-9),
    "i0": (-600, 600, 1e-13),
    "i0e": (-600, 600, 1e-13),
    "i1": (-600, 600, 1e-13),
    "i1e": (-600, 600, 1e-13),
    "sinc": (-20, 20, 1e-12),
    "entr": (0, 20, 1e-14),
}


# Units in the last place that float32 results may be off, where float32 is what they are computed in.
UNITS = {"erf": 2.5, "digamma": 1, "ndtri": 7, "erfc": 6, "erfinv": 4, "ndtr": 7, "lgamma": 6, "trigamma": 4, "i0": 9, "i0e": 6, "i1": 9, "i1e": 6,
         "sinc": 4, "entr": 5}  # fmt: skip


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def oracle(torch, name):
    if name == "trigamma":
        return lambda x: torch.special.polygamma(1, x)
    return getattr(torch, name, None) or getattr(torch.special, name)


@pytest.mark.parametrize("name", KNOWN)
def test_known_values(name):
    x = np.array(list(KNOWN[name]))
    expected = np.array(list(KNOWN[name].values()))
    np.testing.assert_allclose(getattr(special, name)(x), expected, rtol=2e-15, atol=5e-324)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EDGES)
def test_edges(name, dtype):
    for argument, value in EDGES[name]:
        if dtype == "float32" and argument != 0 and not 1e-40 < abs(argument) < 1e38:
            continue
        got = getattr(special, name)(np.array([argument], dtype))
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, np.array([value], dtype), err_msg=f"{name}({argument})")
        if value == 0 and name not in {"digamma", "log_ndtr", "entr"}:
            assert math.copysign(1, got[0]) == math.copysign(1, value), f"sign of {name}({argument})"


@pytest.mark.torch
@pytest.mark.parametrize("name", RANGES)
def test_float64_against_torch(torch, name):
    low, high, tolerance = RANGES[name]
    x = np.linspace(low, high, 20_011)
    expected = oracle(torch, name)(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(getattr(special, name)(x), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", RANGES)
def test_float32_is_the_rounded_float64(name):
    """Within one unit in the last place of the float64 result; what is computed in float32, within a few."""
    low, high, _ = RANGES[name]
    small = np.geomspace(1e-44, 1, 2000) * (1 if low >= 0 else np.resize([1, -1], 2000))
    x = np.concatenate([np.linspace(low, high, 100_003), small]).astype(np.float32)
    exact = getattr(special, name)(x.astype(np.float64))
    got = getattr(special, name)(x)
    assert got.dtype == np.float32
    keep = np.abs(exact) < np.finfo(np.float32).max
    unit = np.spacing(np.abs(exact[keep]).astype(np.float32)).astype(np.float64)
    assert (np.abs(got[keep] - exact[keep]) / unit).max() <= UNITS.get(name, 0.5)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_shapes_strides_dtypes_and_scalars(name):
    function = getattr(special, name)
    x = np.linspace(0.1, 0.9, 24).reshape(2, 3, 4)
    flat = function(x.ravel())
    for dtype in (np.float16, np.float32, np.float64):
        y = function(x.astype(dtype))
        assert (y.shape, y.dtype) == (x.shape, dtype)
    np.testing.assert_array_equal(function(x.transpose(2, 0, 1)[::-1]), flat.reshape(2, 3, 4).transpose(2, 0, 1)[::-1])
    assert function(np.empty((0, 3), np.float32)).shape == (0, 3)
    assert function(np.array(0.5)).shape == ()
    for scalar in (np.float32(0.5), np.float64(0.5)):
        assert type(function(scalar)) is type(scalar)
    before = x.copy()
    function(x)
    np.testing.assert_array_equal(x, before)
    with pytest.raises(TypeError, match=r"polygamma|" + name):
        function(np.arange(3))


def test_blocks_join_without_a_seam():
    x = np.linspace(-3, 3, 100_000)
    for function in (special.erf, special.lgamma):
        for dtype in (np.float32, np.float64):
            y = x.astype(dtype)
            np.testing.assert_array_equal(function(y)[32_760:32_780], function(y[32_760:32_780]))


@pytest.mark.parametrize("n", [2, 3])
def test_polygamma_known_values(n):
    x = np.array([0.5, 40, -2.25])
    expected = {
        2: [-16.82879664423432, -0.0006408202718352986, 123.89694977406016],
        3: [97.40909103400244, 3.24414001515635e-05, 1558.4550231887144],
    }[n]
    np.testing.assert_allclose(special.polygamma(n, x), expected, rtol=2e-15)
    at_poles = special.polygamma(n, np.array([0.0, -1.0, INF, -INF, NAN]))
    pole = INF if n % 2 else -INF
    np.testing.assert_array_equal(at_poles, [pole, pole, 0, NAN, NAN])


@pytest.mark.torch
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7, 12])
def test_polygamma_against_torch(torch, n):
    x = np.linspace(0.3, 50, 997)
    expected = torch.special.polygamma(n, torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(
        special.polygamma(n, x), expected, rtol=1e-9 if n == 1 else 1e-12, atol=1e-14 if n == 0 else 0
    )


def test_polygamma_recurrence_across_zero():
    """ψₙ(x + 1) = ψₙ(x) + (−1)ⁿ n!/xⁿ⁺¹ joins the reflected branch to the direct one."""
    x = np.linspace(-6.7, -0.3, 57)
    x = x[np.abs(x - np.rint(x)) > 0.05]
    for n in (1, 2, 3, 4):
        step = (-1) ** n * math.factorial(n) / x ** (n + 1)
        got = special.polygamma(n, x + 1) - special.polygamma(n, x)
        scale = np.abs(special.polygamma(n, x)) + np.abs(step)
        assert (np.abs(got - step) <= 1e-11 * scale).all()


def test_polygamma_refuses_a_negative_order():
    with pytest.raises(ValueError, match="n >= 0"):
        special.polygamma(-1, np.ones(2))


def test_inverses_undo_each_other():
    p = np.concatenate([np.geomspace(1e-300, 0.5, 500), 1 - np.geomspace(1e-16, 0.5, 100)])
    x = special.ndtri(p)
    # The relative error of Φ is about |x|·φ/Φ times that of x.
    np.testing.assert_allclose(special.ndtr(x), p, rtol=1e-12)
    y = np.linspace(-0.999, 0.999, 1001)
    np.testing.assert_allclose(special.erf(special.erfinv(y)), y, rtol=1e-14)


@pytest.mark.torch
@pytest.mark.parametrize("name", ["xlogy", "xlog1py"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_with_a_logarithm(torch, name, dtype):
    values = np.array([0.0, -0.0, 1, -1, 2.5, 0.3, -0.3, INF, -INF, NAN, 1e-30], dtype)
    x, y = values[:, None], values[None, :]
    expected = getattr(torch.special, name)(torch.from_numpy(x), torch.from_numpy(y)).numpy()
    got = getattr(special, name)(x, y)
    assert got.dtype == expected.dtype
    np.testing.assert_allclose(got, expected, rtol=1e-6 if dtype == "float32" else 1e-14)


def test_products_with_a_logarithm_take_scalars_and_refuse_integers():
    assert special.xlogy(np.float32(2), np.float32(1)) == 0
    assert type(special.xlog1py(np.float32(0), np.float32(-1))) is np.float32
    assert special.xlogy(np.zeros(3), np.array(0.0)).tolist() == [0, 0, 0]
    with pytest.raises(TypeError, match="xlogy"):
        special.xlogy(np.arange(3), np.ones(3))
