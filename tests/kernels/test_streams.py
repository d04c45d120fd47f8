"""The random streams against PyTorch's CPU generator."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd.kernels.streams import Stream

SIZES = (0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100, 1000)
FLOATS = ("float16", "float32", "float64")
# Elementary functions differ in their last bits between maths libraries; PyTorch's own float32 ones err by 2.5 ulp.
TOLERANCE = {"float16": 2e-3, "float32": 1e-6, "float64": 2e-14}


def _torch_dtype(torch, dtype):
    return getattr(torch, str(np.dtype(dtype)))


class Twin:
    """A stream and PyTorch's generator of the same seed, drawn from together."""

    def __init__(self, torch, seed):
        self.torch, self.ours, self.theirs = torch, Stream(seed), torch.Generator().manual_seed(seed)

    def fill(self, method, n, dtype, *args):
        empty = self.torch.empty(n, dtype=_torch_dtype(self.torch, dtype))
        return getattr(empty, method)(*args, generator=self.theirs).numpy()

    def check_step(self):
        """Both generators stand at the same place, with the same kept normal."""
        theirs = Stream(0)
        theirs.set_state(self.theirs.get_state().numpy())
        kept = (theirs._normal, self.ours._normal)
        assert (kept[0] is None) == (kept[1] is None)
        assert kept[0] is None or math.isclose(*kept, rel_tol=1e-13)
        copy = Stream(0)
        copy.set_state(self.ours.get_state())
        np.testing.assert_array_equal(copy.u32(4), theirs.u32(4))


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def test_twister_matches_the_reference_outputs():
    words = Stream(5489).u32(10000)
    assert words[:3].tolist() == [3499211612, 581869302, 3890346734]
    assert words[-1] == 4123659995  # the check value that C++ demands of std::mt19937


@pytest.mark.torch
@pytest.mark.parametrize("seed", [0, 7, -1, -5, 2**32 + 7, 2**63, 2**64 - 1, -(2**63)])
def test_any_seed_of_64_bits(torch, seed):
    twin = Twin(torch, seed)
    assert twin.ours.initial_seed == twin.theirs.initial_seed()
    np.testing.assert_array_equal(twin.ours.random_full(50, "int64"), twin.fill("random_", 50, "int64"))


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_a_seed_past_64_bits_is_refused(seed):
    stream = Stream(3)
    with pytest.raises(ValueError, match="seed"):
        stream.seed(seed)
    assert stream.initial_seed == 3


def test_a_fresh_stream_has_the_default_seed_and_seed_none_draws_one():
    stream = Stream()
    assert stream.initial_seed == 67280421310721
    assert stream.seed() == stream.initial_seed != 67280421310721


@pytest.mark.torch
@pytest.mark.parametrize("n", [*SIZES, 100_000])
@pytest.mark.parametrize("dtype", FLOATS)
def test_uniform(torch, n, dtype):
    for low, high in ((0, 1), (0, 0.3), (-1.7, 2.9), (5, 5), (1e-3, 1e4), (1000, 1000.1)):
        twin = Twin(torch, n)
        np.testing.assert_array_equal(
            twin.ours.uniform(n, dtype, low, high), twin.fill("uniform_", n, dtype, low, high)
        )
        twin.check_step()


@pytest.mark.torch
@pytest.mark.parametrize("exponent", [1, 3, 20, 27, 28, 29, 31, 32, 33, 62])
def test_integers_at_every_kind_of_range(torch, exponent):
    for width in (2**exponent - 1, 2**exponent, 2**exponent + 1):
        for low in (0, -3, -(2**exponent)):
            twin = Twin(torch, exponent)
            expected = torch.randint(low, low + width, (40,), generator=twin.theirs).numpy()
            np.testing.assert_array_equal(twin.ours.integers(40, low, low + width), expected)
            twin.check_step()


@pytest.mark.torch
@pytest.mark.parametrize(("low", "high"), [(-(2**63), 2**63 - 1), (-(2**63), 0), (-(2**62), 2**62 + 5), (0, 2**63 - 1)])
def test_integers_over_most_of_64_bits(torch, low, high):
    twin = Twin(torch, 1)
    expected = torch.randint(low, high, (40,), generator=twin.theirs).numpy()
    np.testing.assert_array_equal(twin.ours.integers(40, low, high), expected)


@pytest.mark.torch
def test_integers_over_all_of_64_bits(torch):
    twin = Twin(torch, 1)
    expected = twin.fill("random_", 40, "int64", -(2**63), None)
    np.testing.assert_array_equal(twin.ours.integers(40, -(2**63), 2**63), expected)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:to - 1 is out of bounds", "ignore:from is out of bounds")
@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        ("bool", 0, 2),
        ("uint8", 0, 256),
        ("int8", -128, 128),
        ("int16", -5, 5),
        ("int32", -(2**31), 2**31),
        ("float16", -4000, 4000),
        ("float16", 0, 5000),
        ("float32", 0, 2**30),
        ("float32", -(2**30) - 1, 17),
        ("float64", -3, 2**60),
    ],
)
def test_integers_in_other_dtypes(torch, dtype, low, high):
    twin = Twin(torch, 1)
    expected = torch.randint(low, high, (200,), dtype=_torch_dtype(torch, dtype), generator=twin.theirs).numpy()
    got = twin.ours.integers(200, low, high, dtype)
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(
    ("low", "high", "dtype"), [(5, 5, "int64"), (5, 3, "int64"), (0, 257, "uint8"), (-1, 5, "uint8"), (0, 129, "int8"),
                         (0, 3, "bool"), (0, 2**16, "float16"), (0, 2**63 + 1, "int64")]
)  # fmt: skip
def test_integers_refuses_bad_bounds_and_stays(low, high, dtype):
    stream = Stream(1)
    with pytest.raises(RuntimeError, match="integers"):
        stream.integers(3, low, high, dtype)
    np.testing.assert_array_equal(stream.u32(2), Stream(1).u32(2))


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", *FLOATS])
@pytest.mark.parametrize("n", [0, 1, 17, 5000])
def test_random_full(torch, dtype, n):
    twin = Twin(torch, 2)
    expected = twin.fill("random_", n, dtype)
    np.testing.assert_array_equal(twin.ours.random_full(n, dtype), expected)
    twin.check_step()


def test_random_full_refuses_large_unsigned_dtypes():
    with pytest.raises(TypeError, match="uint32"):
        Stream().random_full(3, "uint32")


@pytest.mark.torch
@pytest.mark.parametrize("n", [*SIZES, 399, 400, 401, 20_000])
def test_permutation(torch, n):
    for seed in range(3):
        twin = Twin(torch, seed)
        np.testing.assert_array_equal(twin.ours.permutation(n), torch.randperm(n, generator=twin.theirs).numpy())
        twin.check_step()


def test_permutation_dtypes_and_limits():
    assert Stream(0).permutation(128, "int8").tolist() == Stream(0).permutation(128).tolist()
    for n, dtype in ((-1, "int64"), (129, "int8"), (257, "uint8"), (2050, "float16"), (1, "bool")):
        with pytest.raises(RuntimeError, match="permutation"):
            Stream(0).permutation(n, dtype)


@pytest.mark.torch
@pytest.mark.parametrize("n", [*SIZES, 70_001])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("mean", "std"), [(0, 1), (0.3, 1.7), (-100, 0.01), (2, 0)])
def test_normal(torch, n, dtype, mean, std):
    twin = Twin(torch, n + 1)
    expected = twin.fill("normal_", n, dtype, mean, std)
    got = twin.ours.normal(n, dtype, mean, std)
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * std)
    twin.check_step()


@pytest.mark.torch
def test_normal_is_nearly_always_the_same_number(torch):
    twin = Twin(torch, 0)
    for dtype, share in (("float32", 0.7), ("float64", 0.98)):
        expected = twin.fill("normal_", 16_000, dtype)
        assert (twin.ours.normal(16_000, dtype) == expected).mean() > share


@pytest.mark.torch
@pytest.mark.parametrize("dtype", FLOATS)
def test_other_distributions(torch, dtype):
    for n in (0, 1, 7, 16, 1001):
        for method, ours, args in (
            ("exponential_", "exponential", (1.7,)),
            ("cauchy_", "cauchy", (1.7, 0.3)),
            ("geometric_", "geometric", (0.3,)),
            ("log_normal_", "log_normal", (0.3, 0.7)),
        ):
            twin = Twin(torch, n)
            expected = twin.fill(method, n, dtype, *args)
            got = getattr(twin.ours, ours)(n, dtype, *args)
            np.testing.assert_allclose(got, expected, rtol=TOLERANCE[dtype], atol=1e-15, err_msg=ours)
            twin.check_step()


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["bool", "int64", *FLOATS])
def test_bernoulli_with_one_probability(torch, dtype):
    for p in (0, 0.37, 1):
        twin = Twin(torch, 4)
        expected = twin.fill("bernoulli_", 1001, dtype, p)
        np.testing.assert_array_equal(twin.ours.bernoulli(1001, p, dtype), expected)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", FLOATS)
def test_bernoulli_with_an_array(torch, dtype):
    twin = Twin(torch, 4)
    p = np.linspace(0, 1, 1001).astype(dtype)
    expected = torch.bernoulli(torch.from_numpy(p), generator=twin.theirs).numpy()
    np.testing.assert_array_equal(twin.ours.bernoulli(1001, p, dtype), expected)
    twin.check_step()


@pytest.mark.torch
def test_dropout_keeps_the_same_places(torch):
    with torch.random.fork_rng():
        torch.manual_seed(9)
        kept = torch.nn.functional.dropout(torch.ones(500), 0.3).numpy() != 0
    np.testing.assert_array_equal(Stream(9).bernoulli(500, 1 - 0.3, "bool"), kept)


@pytest.mark.torch
def test_a_mixed_sequence_stays_in_step(torch):
    """Every call in random order on one generator; the kept normal survives all but a reseeding."""
    twin = Twin(torch, 11)
    order = np.random.default_rng(0)
    calls = [
        ("normal", "normal_", ()),
        ("normal", "normal_", (1.0, 2.0)),
        ("uniform", "uniform_", ()),
        ("exponential", "exponential_", ()),
        ("log_normal", "log_normal_", ()),
        ("random_full", "random_", ()),
    ]
    for _ in range(300):
        ours, theirs, args = calls[order.integers(len(calls))]
        n, dtype = int(order.choice(SIZES)), str(order.choice(["float32", "float64"]))
        expected = twin.fill(theirs, n, dtype, *args)
        got = getattr(twin.ours, ours)(n, dtype, *args)
        np.testing.assert_allclose(got, expected, rtol=2e-6, atol=2e-6)
        twin.check_step()
    twin.fill("normal_", 1, "float32"), twin.ours.normal(1, "float32")
    twin.theirs.manual_seed(1), twin.ours.seed(1)
    twin.check_step()


@pytest.mark.torch
def test_states_pass_both_ways(torch):
    for draws in (0, 1, 5, 623, 624, 625):
        twin = Twin(torch, 6)
        twin.ours.u32(draws)
        twin.ours.normal(1, "float64")
        twin.theirs.set_state(torch.from_numpy(twin.ours.get_state()))
        assert twin.theirs.initial_seed() == 6
        for n in (3, 40):
            expected = twin.fill("normal_", n, "float64")
            np.testing.assert_allclose(twin.ours.normal(n, "float64"), expected, rtol=1e-13)
        theirs = twin.theirs.get_state().numpy()
        np.testing.assert_array_equal(twin.ours.get_state()[:5016], theirs[:5016])  # all but the kept normal's bits


def test_a_bad_state_is_refused_and_nothing_changes():
    stream = Stream(1)
    good = stream.get_state()
    for state, error in (
        (good.astype(np.int64), TypeError),
        (good[:-1], RuntimeError),
        (np.zeros_like(good), RuntimeError),
    ):
        with pytest.raises(error, match="state"):
            stream.set_state(state)
    np.testing.assert_array_equal(stream.u32(3), Stream(1).u32(3))


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.uniform(2, "float32", 2, 1),
        lambda s: s.uniform(2, "float32", -3e38, 3e38),
        lambda s: s.normal(2, "float32", 0, -1),
        lambda s: s.log_normal(2, "float32", 0, 0),
        lambda s: s.bernoulli(2, 1.5, "bool"),
        lambda s: s.bernoulli(2, np.array([0.5, math.nan]), "bool"),
        lambda s: s.exponential(2, "float32", 0),
        lambda s: s.geometric(2, "int64", 1),
        lambda s: s.cauchy(2, "float32", 0, 0),
    ],
)
def test_bad_parameters_are_refused(call):
    stream = Stream(1)
    with pytest.raises(RuntimeError):
        call(stream)
    np.testing.assert_array_equal(stream.u32(2), Stream(1).u32(2))


@pytest.mark.parametrize("method", ["uniform", "normal", "log_normal", "exponential", "cauchy"])
def test_only_floating_dtypes_where_numbers_are_real(method):
    with pytest.raises(TypeError, match="int64"):
        getattr(Stream(), method)(2, "int64")


def test_shapes_are_filled_in_c_order():
    flat = Stream(1).normal(24, "float32")
    np.testing.assert_array_equal(Stream(1).normal((2, 3, 4), "float32"), flat.reshape(2, 3, 4))
    assert Stream(1).uniform((), "float64").shape == ()
    assert Stream(1).permutation(0).shape == (0,)
