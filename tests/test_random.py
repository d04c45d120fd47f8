"""Random numbers against PyTorch's CPU generator: one seed, one sequence of calls, the same numbers."""

import copy
import pickle
import threading

import numpy as np
import pytest

import autograd as ag

SIZES = [(), (1,), (3,), (15,), (16,), (17,), (4, 8), (5, 7), (0,), (2, 0), (3, 4, 5), (1001,)]
# The last bits of log, cos and sin differ between maths libraries.
RELATIVE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-13}


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def theirs(torch, dtype):
    return getattr(torch, str(np.dtype(dtype)))


def same(ours, others):
    array = others.numpy()
    assert ours.dtype == array.dtype
    assert tuple(ours.shape) == array.shape
    np.testing.assert_array_equal(ours.numpy(), array)


def close(ours, others):
    array = others.numpy()
    assert ours.dtype == array.dtype
    assert tuple(ours.shape) == array.shape
    relative = RELATIVE[str(ours.dtype)]
    np.testing.assert_allclose(ours.numpy(), array, rtol=relative, atol=relative)


def both(torch, seed=0):
    ag.manual_seed(seed)
    torch.manual_seed(seed)


# -- equal streams ------------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("size", SIZES)
def test_rand_and_randn(torch, size, dtype):
    both(torch, 3)
    same(ag.rand(size, dtype=dtype), torch.rand(size, dtype=theirs(torch, dtype)))
    close(ag.randn(size, dtype=dtype), torch.randn(size, dtype=theirs(torch, dtype)))
    same(ag.rand(5), torch.rand(5))


@pytest.mark.torch
@pytest.mark.parametrize("size", SIZES)
def test_integers_and_permutations(torch, size):
    both(torch, 4)
    same(ag.randint(10, size), torch.randint(10, size))
    same(ag.randint(-5, 2**40, size), torch.randint(-5, 2**40, size))
    same(ag.randint(0, 100, size, dtype=ag.uint8), torch.randint(0, 100, size, dtype=torch.uint8))
    same(ag.randint(0, 100, size, dtype=ag.float32), torch.randint(0, 100, size, dtype=torch.float32))
    count = int(np.prod(size))
    same(ag.randperm(count), torch.randperm(count))
    same(ag.randperm(100, dtype=ag.int32), torch.randperm(100, dtype=torch.int32))


IN_PLACE = {
    "uniform": (lambda t: t.uniform_(-2, 3), same),
    "normal": (lambda t: t.normal_(1, 3), close),
    "bernoulli": (lambda t: t.bernoulli_(0.3), same),
    "random full": (lambda t: t.random_(), same),
    "random to": (lambda t: t.random_(7), same),
    "random from": (lambda t: t.random_(-3, 7), same),
    "random from, by name": (lambda t: t.random_(**{"from": 2, "to": 7}), same),
    "random up": (lambda t: t.random_(5, None), same),
    "uniform, by name": (lambda t: t.uniform_(**{"from": -2, "to": 3}), same),
    "exponential": (lambda t: t.exponential_(2.5), close),
    "geometric": (lambda t: t.geometric_(0.2), same),
    "cauchy": (lambda t: t.cauchy_(1, 2), close),
    "log_normal": (lambda t: t.log_normal_(0.1, 0.5), close),
}


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_methods(torch, name, dtype):
    draw, check = IN_PLACE[name]
    both(torch, 5)
    for size in SIZES:
        ours = ag.empty(size, dtype=dtype)
        assert draw(ours) is ours
        check(ours, draw(torch.empty(size, dtype=theirs(torch, dtype))))
    same(ag.rand(3), torch.rand(3))


@pytest.mark.torch
@pytest.mark.parametrize("name", ["bernoulli", "random full", "random to", "random up", "geometric"])
def test_in_place_methods_on_integers(torch, name):
    draw, check = IN_PLACE[name]
    both(torch, 6)
    for dtype in ("int64", "int32", "uint8"):
        check(draw(ag.empty(20, dtype=dtype)), draw(torch.empty(20, dtype=theirs(torch, dtype))))


@pytest.mark.torch
@pytest.mark.parametrize("name", IN_PLACE)
def test_memory_order_decides_where_numbers_go(torch, name):
    draw, check = IN_PLACE[name]
    both(torch, 7)
    ours, others = ag.from_numpy(np.zeros((6, 5), np.float32).T), torch.zeros(6, 5).t()
    check(draw(ours), draw(others))
    ours, others = ag.from_numpy(np.zeros((6, 8), np.float32)[:, ::2]), torch.zeros(6, 8)[:, ::2]
    check(draw(ours), draw(others))
    ours, others = (
        ag.from_numpy(np.zeros((2, 3, 4), np.float32).transpose(1, 2, 0)),
        torch.zeros(2, 3, 4).permute(1, 2, 0),
    )
    check(draw(ours), draw(others))


@pytest.mark.torch
def test_like(torch):
    both(torch, 8)
    a = np.zeros((5, 6), np.float32)
    for array in (a, a.T, a[::2], np.asfortranarray(np.zeros((2, 3, 4)))):
        ours, others = ag.from_numpy(array), torch.from_numpy(array)
        same(ag.rand_like(ours), torch.rand_like(others))
        close(ag.randn_like(ours), torch.randn_like(others))
        same(ag.randint_like(ours, 9), torch.randint_like(others, 9))
        same(ag.randint_like(ours, -2, 9), torch.randint_like(others, -2, 9))
    same(ag.rand_like(ours, dtype=ag.float64), torch.rand_like(others, dtype=torch.float64))
    g, h = ag.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    same(ag.rand_like(ours, generator=g), torch.rand_like(others, generator=h))


@pytest.mark.torch
def test_normal_overloads(torch):
    both(torch, 9)
    for shape in ((4,), (3, 20)):
        mean = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
        std = np.abs(mean) + 1
        m, s, tm, ts = ag.tensor(mean), ag.tensor(std), torch.tensor(mean), torch.tensor(std)
        close(ag.normal(m, s), torch.normal(tm, ts))
        close(ag.normal(m, 0.5), torch.normal(tm, 0.5))
        close(ag.normal(2.0, s), torch.normal(2.0, ts))
        close(ag.normal(mean=2.0, std=s), torch.normal(mean=2.0, std=ts))
        close(ag.normal(m), torch.normal(tm))
        close(ag.normal(1.0, 2.0, shape), torch.normal(1.0, 2.0, shape))
    close(ag.normal(ag.zeros(2, 1), ag.ones(3)), torch.normal(torch.zeros(2, 1), torch.ones(3)))
    close(ag.normal(ag.zeros(3), ag.ones(3).double()), torch.normal(torch.zeros(3), torch.ones(3).double()))


@pytest.mark.torch
def test_bernoulli(torch):
    both(torch, 10)
    for size in SIZES:
        for dtype in ("float32", "float64"):
            p = np.random.default_rng(0).random(size).astype(dtype)
            same(ag.bernoulli(ag.tensor(p)), torch.bernoulli(torch.tensor(p)))
    square = np.random.default_rng(0).random((4, 5)).astype(np.float32)
    same(ag.bernoulli(ag.from_numpy(square.T)), torch.bernoulli(torch.from_numpy(square.T)))
    same(ag.empty(3, 4, 5).bernoulli_(ag.tensor(square)), torch.empty(3, 4, 5).bernoulli_(torch.tensor(square)))
    same(ag.bernoulli(ag.ones(7), 0.4), torch.bernoulli(torch.ones(7), 0.4))
    same(ag.ones(7, dtype=ag.int64).bernoulli(0.4), torch.ones(7, dtype=torch.int64).bernoulli(0.4))


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_multinomial(torch, dtype):
    both(torch, 11)
    rng = np.random.default_rng(0)
    for shape in ((4,), (1,), (3, 5), (2, 300)):
        weights = rng.random(shape).astype(dtype)
        weights[..., 0] = 0 if shape[-1] > 1 else 1
        ours, others = ag.tensor(weights), torch.tensor(weights)
        for count, replacement in ((1, False), (1, True), (7, True), (max(1, shape[-1] - 1), False)):
            same(ag.multinomial(ours, count, replacement), torch.multinomial(others, count, replacement))
    same(ours.multinomial(2), others.multinomial(2))
    weights = rng.random((300, 2)).astype(dtype).T  # the exponential numbers follow the order of memory
    same(ag.multinomial(ag.from_numpy(weights), 9), torch.multinomial(torch.from_numpy(weights), 9))


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_poisson(torch, dtype):
    both(torch, 12)
    rates = np.concatenate([np.zeros(2), np.random.default_rng(0).uniform(0, 60, 1500)]).astype(dtype)
    same(ag.poisson(ag.tensor(rates)), torch.poisson(torch.tensor(rates)))
    same(ag.rand(4), torch.rand(4))  # exactly as many numbers were used up


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_binomial(torch, dtype):
    both(torch, 14)
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 200, (4, 50)).astype(dtype)
    chances = rng.random(50).astype(dtype)
    same(
        ag.binomial(ag.tensor(counts), ag.tensor(chances)), torch.binomial(torch.tensor(counts), torch.tensor(chances))
    )
    g, h = ag.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    few, half = (4.0,), (0.5,)
    same(
        ag.binomial(ag.tensor(few), ag.tensor(half), generator=g),
        torch.binomial(torch.tensor(few), torch.tensor(half), generator=h),
    )
    same(ag.rand(4), torch.rand(4))


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["_standard_gamma", "_sample_dirichlet"])
def test_gamma_and_dirichlet(torch, name, dtype):
    both(torch, 15)
    shapes = np.exp(np.random.default_rng(0).uniform(-4, 4, (30, 5))).astype(dtype)
    for array in (shapes, shapes.T, shapes[0], shapes[:0], shapes[0, 0]):
        ours, others = ag.tensor(array), torch.tensor(array)
        close(getattr(ag, name)(ours), getattr(torch, name)(others))
    close(ag.randn(3), torch.randn(3))  # a kept normal number too


@pytest.mark.torch
def test_mixed_sequences_stay_in_step(torch):
    calls = [
        lambda m, r: m.rand(r.integers(0, 40)),
        lambda m, r: m.randn(r.integers(0, 40)),
        lambda m, r: m.randn(r.integers(0, 40), dtype=m.float64),
        lambda m, r: m.randint(int(r.integers(1, 1000)), (int(r.integers(0, 20)),)),
        lambda m, r: m.randperm(int(r.integers(0, 60))),
        lambda m, r: m.empty(int(r.integers(0, 40))).exponential_(),
        lambda m, r: m.empty(int(r.integers(0, 40))).bernoulli_(0.5),
        lambda m, r: m.empty(int(r.integers(0, 40))).log_normal_(),
        lambda m, r: m.multinomial(m.ones(9), 4),
        lambda m, r: m.poisson(m.full((int(r.integers(0, 9)),), 4.0)),
        lambda m, r: m.binomial(m.full((int(r.integers(0, 9)),), 40.0), m.tensor(0.4)),
        lambda m, r: m._standard_gamma(m.full((int(r.integers(0, 9)),), 0.6)),
        lambda m, r: m._sample_dirichlet(m.full((2, int(r.integers(1, 9))), 1.6)),
    ]
    both(torch, 13)
    order = np.random.default_rng(1)
    for step in range(300):
        call = calls[order.integers(len(calls))]
        ours, others = call(ag, np.random.default_rng(step)), call(torch, np.random.default_rng(step))
        (close if ours.is_floating_point() else same)(ours, others)


# -- generators ---------------------------------------------------------------------------------------------------


@pytest.mark.torch
def test_states_go_from_one_library_to_the_other(torch):
    torch.manual_seed(5)
    torch.randn(7)
    ag.set_rng_state(ag.from_numpy(torch.get_rng_state().numpy()))
    close(ag.randn(5), torch.randn(5))
    torch.set_rng_state(torch.from_numpy(ag.get_rng_state().numpy()))
    same(ag.rand(700), torch.rand(700))


@pytest.mark.torch
@pytest.mark.parametrize("seed", [0, 1, -1, 2**31, 2**32 + 5, 2**63, 2**64 - 1, -(2**63)])
def test_seeds(torch, seed):
    both(torch, seed)
    assert ag.initial_seed() == torch.initial_seed()
    same(ag.rand(4), torch.rand(4))


@pytest.mark.torch
def test_a_fresh_generator_has_pytorchs_seed(torch):
    same(ag.rand(4, generator=ag.Generator()), torch.rand(4, generator=torch.Generator()))


def test_generators_are_independent():
    ag.manual_seed(0)
    first = ag.rand(3)
    g = ag.Generator()
    assert g.manual_seed(0) is g
    np.testing.assert_array_equal(ag.rand(3, generator=g).numpy(), first.numpy())
    ag.manual_seed(0)
    ag.randn(5, generator=g)
    np.testing.assert_array_equal(ag.rand(3).numpy(), first.numpy())
    assert g.device == ag.device("cpu")
    assert g.initial_seed() == 0
    assert g.seed() == g.initial_seed()


def test_generators_copy_and_pickle():
    g = ag.Generator().manual_seed(3)
    ag.randn(3, generator=g)
    others = [copy.deepcopy(g), pickle.loads(pickle.dumps(g)), g.clone_state()]
    expected = ag.randn(3, generator=g).numpy()
    for other in others:
        np.testing.assert_array_equal(ag.randn(3, generator=other).numpy(), expected)


def test_fork_rng_restores_also_after_an_error():
    ag.manual_seed(0)
    expected = ag.rand(3).numpy()
    ag.manual_seed(0)
    with pytest.raises(RuntimeError, match="negative"), ag.fork_rng():
        ag.rand(ag.randint(5, ()).item() - 10)
    np.testing.assert_array_equal(ag.rand(3).numpy(), expected)
    ag.manual_seed(0)
    with ag.fork_rng(enabled=False):
        ag.rand(3)
    assert (ag.rand(3).numpy() != expected).any()


def test_threads_share_a_generator_without_losing_numbers():
    g = ag.Generator().manual_seed(0)
    drawn = []

    def draw():
        drawn.extend(ag.rand(1, generator=g).item() for _ in range(200))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = ag.rand(800, generator=ag.Generator().manual_seed(0)).tolist()
    assert sorted(drawn) == sorted(expected)


def test_seed_takes_a_new_one_each_time():
    assert ag.seed() != ag.seed()


# -- history ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_leaf_that_requires_grad_is_not_overwritten(name):
    x = ag.ones(3, requires_grad=True)
    state = ag.get_rng_state().numpy()
    with pytest.raises(RuntimeError, match="leaf Variable"):
        IN_PLACE[name][0](x)
    np.testing.assert_array_equal(x.detach().numpy(), [1, 1, 1])
    np.testing.assert_array_equal(ag.get_rng_state().numpy(), state)
    with ag.no_grad():
        IN_PLACE[name][0](x)
    assert x.requires_grad
    assert x.is_leaf


@pytest.mark.parametrize("name", IN_PLACE)
def test_an_overwritten_tensor_has_gradient_zero(name):
    x = ag.ones(3, requires_grad=True)
    y = x * 2
    IN_PLACE[name][0](y)
    assert y.requires_grad
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [0, 0, 0])


def test_overwriting_a_saved_value_is_noticed():
    x = ag.ones(3, requires_grad=True)
    y = x * 2
    z = y * y
    y.normal_()
    with pytest.raises(RuntimeError, match="normal_"):
        z.sum().backward()


def test_samples_have_gradient_zero():
    p = ag.full((3,), 0.5, requires_grad=True)
    (ag.bernoulli(p) + ag.normal(p, 1.0) + ag.normal(0.0, p) + ag.poisson(p) + ag.binomial(p, p)).sum().backward()
    np.testing.assert_array_equal(p.grad.numpy(), [0, 0, 0])
    assert not ag.multinomial(p, 1).requires_grad


def test_gamma_samples_follow_their_shape():
    """∂x/∂a from the sample itself: for a Dirichlet of (a, 1) the first coordinate is u^(1/a)."""
    ag.manual_seed(2)
    a = ag.tensor([0.5, 2.0, 9.0], dtype=ag.float64, requires_grad=True)
    point = ag._sample_dirichlet(ag.stack([a, ag.ones_like(a)], -1))[:, 0]
    (slope,) = ag.grad(point.sum(), a, create_graph=True)
    x = point.detach()
    np.testing.assert_allclose(slope.detach().numpy(), (-x * x.log() / a.detach()).numpy(), rtol=1e-11)
    (curve,) = ag.grad(slope.sum(), a)
    exact = x * x.log() * (x.log() + 2) / a.detach() ** 2
    np.testing.assert_allclose(curve.numpy(), exact.numpy(), rtol=1e-9)
    x = ag._standard_gamma(a)
    (slope,) = ag.grad(x.sum(), a, create_graph=True)
    (curve,) = ag.grad(slope.sum(), a)
    special = pytest.importorskip("scipy.special")
    p, h = special.gammainc(a.detach().numpy(), x.detach().numpy()), 1e-3
    low, here, high = (special.gammaincinv(a.detach().numpy() + k * h, p) for k in (-1, 0, 1))
    np.testing.assert_allclose(slope.detach().numpy(), (high - low) / (2 * h), rtol=1e-5)
    np.testing.assert_allclose(curve.numpy(), (high + low - 2 * here) / h**2, rtol=1e-4)


def test_a_third_derivative_of_a_sample_is_refused():
    a = ag.tensor(2.0, requires_grad=True)
    (slope,) = ag.grad(ag._standard_gamma(a), a, create_graph=True)
    (curve,) = ag.grad(slope, a, create_graph=True)
    with pytest.raises(RuntimeError, match="third derivative"):
        ag.grad(curve, a)


def test_results_may_be_leaves_and_out_is_written():
    assert ag.rand(2, requires_grad=True).is_leaf
    assert ag.randn(2, requires_grad=True).requires_grad
    out = ag.empty(4)
    ag.manual_seed(0)
    assert ag.rand(4, out=out) is out
    ag.manual_seed(0)
    np.testing.assert_array_equal(out.numpy(), ag.rand(4).numpy())
    with pytest.raises(RuntimeError, match="floating point"):
        ag.randint(3, (2,), requires_grad=True)


# -- errors -------------------------------------------------------------------------------------------------------

ERRORS = {
    "rand of ints": (NotImplementedError, None, lambda m: m.rand(2, dtype=m.int64)),
    "randn of ints": (NotImplementedError, None, lambda m: m.randn(2, dtype=m.int64)),
    "rand negative": (RuntimeError, "negative", lambda m: m.rand(-2)),
    "randint empty": (RuntimeError, None, lambda m: m.randint(3, 3, (2,))),
    "randint size": (TypeError, "size", lambda m: m.randint(3, 2)),
    "randint past dtype": (RuntimeError, None, lambda m: m.randint(0, 300, (2,), dtype=m.uint8)),
    "randperm negative": (RuntimeError, "negative", lambda m: m.randperm(-3)),
    "randperm past dtype": (RuntimeError, None, lambda m: m.randperm(300, dtype=m.uint8)),
    "generator": (TypeError, None, lambda m: m.rand(2, generator=3)),
    "normal std": (RuntimeError, "std", lambda m: m.normal(m.zeros(3), -1.0)),
    "normal stds": (RuntimeError, "std", lambda m: m.normal(m.zeros(2), m.tensor([1.0, -1.0]))),
    "normal without size": (TypeError, None, lambda m: m.normal(0, 1)),
    "normal of ints": (NotImplementedError, None, lambda m: m.normal(m.zeros(3, dtype=m.int64), 1.0)),
    "normal_ std": (RuntimeError, "std", lambda m: m.ones(3).normal_(0, -1)),
    "normal_ of ints": (NotImplementedError, None, lambda m: m.ones(3, dtype=m.int64).normal_()),
    "uniform_ ends": (RuntimeError, "from", lambda m: m.ones(3).uniform_(1, 0)),
    "uniform_ of ints": (NotImplementedError, None, lambda m: m.ones(3, dtype=m.int64).uniform_()),
    "random_ ends": (RuntimeError, "from", lambda m: m.ones(3).random_(5, 3)),
    "random_ of a fraction": (TypeError, None, lambda m: m.ones(3).random_(3.5)),
    "random_ by a wrong name": (TypeError, None, lambda m: m.ones(3).random_(3, until=5)),
    "uniform_ twice": (TypeError, None, lambda m: m.ones(3).uniform_(0.5, **{"from": 0.5})),
    "geometric_ of bools": (NotImplementedError, None, lambda m: m.ones(3, dtype=m.bool).geometric_(0.5)),
    "exponential_ of ints": (RuntimeError, None, lambda m: m.ones(3, dtype=m.int64).exponential_()),
    "exponential_ rate": (RuntimeError, "lambda", lambda m: m.ones(3).exponential_(0)),
    "geometric_ p": (RuntimeError, "p", lambda m: m.ones(3).geometric_(1)),
    "cauchy_ sigma": (RuntimeError, "sigma", lambda m: m.ones(3).cauchy_(0, 0)),
    "log_normal_ std": (RuntimeError, "std", lambda m: m.ones(3).log_normal_(0, 0)),
    "bernoulli p": (RuntimeError, None, lambda m: m.bernoulli(m.tensor([2.0]))),
    "bernoulli p tensor": (TypeError, None, lambda m: m.bernoulli(m.ones(3), m.ones(3))),
    "bernoulli of ints": (NotImplementedError, None, lambda m: m.bernoulli(m.tensor([1]))),
    "bernoulli_ p": (RuntimeError, "p", lambda m: m.ones(2).bernoulli_(1.5)),
    "expanded": (RuntimeError, "single memory location", lambda m: m.ones(3, 1).expand(3, 2).normal_()),
    "multinomial count": (RuntimeError, "n_sample", lambda m: m.multinomial(m.tensor([1.0, 2]), 3)),
    "multinomial none": (RuntimeError, "n_sample", lambda m: m.multinomial(m.tensor([1.0, 2]), 0)),
    "multinomial negative": (RuntimeError, "< 0", lambda m: m.multinomial(m.tensor([1.0, -2]), 1)),
    "multinomial nan": (RuntimeError, "nan", lambda m: m.multinomial(m.tensor([1.0, m.nan]), 1)),
    "multinomial zero": (RuntimeError, "sum of probabilities", lambda m: m.multinomial(m.zeros(2), 1)),
    "multinomial out": (RuntimeError, "Long|int64", lambda m: m.multinomial(m.ones(3), 2, out=m.empty(2))),
    "multinomial of ints": (RuntimeError, "floating", lambda m: m.multinomial(m.tensor([1, 1]), 1)),
    "multinomial 3d": (RuntimeError, "dim", lambda m: m.multinomial(m.ones(2, 2, 2), 1)),
    "poisson rate": (RuntimeError, "rate", lambda m: m.poisson(m.tensor([-1.0]))),
    "poisson of ints": (NotImplementedError, None, lambda m: m.poisson(m.tensor([1]))),
    "binomial of ints": (ValueError, "floating", lambda m: m.binomial(m.tensor([1]), m.tensor([0.5]))),
    "binomial dtypes": (RuntimeError, "dtype", lambda m: m.binomial(m.ones(2), m.ones(2).double())),
    "binomial shapes": (RuntimeError, None, lambda m: m.binomial(m.ones(2), m.ones(3))),
    "binomial of a number": (TypeError, "prob", lambda m: m.binomial(m.ones(2), 0.5)),
    "gamma of ints": (NotImplementedError, None, lambda m: m._standard_gamma(m.tensor([1]))),
    "dirichlet of ints": (NotImplementedError, None, lambda m: m._sample_dirichlet(m.tensor([1]))),
    "seed of text": (ValueError, None, lambda m: m.manual_seed("a")),
    "seed too large": (ValueError, None, lambda m: m.manual_seed(2**64)),
    "generator seed": (RuntimeError, "manual_seed expected", lambda m: m.Generator().manual_seed(1.5)),
    "state dtype": (TypeError, "RNG state", lambda m: m.set_rng_state(m.zeros(3))),
    "state size": (RuntimeError, None, lambda m: m.set_rng_state(m.zeros(3, dtype=m.uint8))),
    "device": (RuntimeError, None, lambda m: m.Generator("cuda")),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_leave_the_generator_alone(name):
    error, text, call = ERRORS[name]
    state = ag.get_rng_state().numpy()
    with pytest.raises(error, match=text):
        call(ag)
    np.testing.assert_array_equal(ag.get_rng_state().numpy(), state)


@pytest.mark.torch
@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_pytorchs(torch, name):
    error, text, call = ERRORS[name]
    with pytest.raises(error, match=text):
        call(torch)
