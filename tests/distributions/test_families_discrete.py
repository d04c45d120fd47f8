"""The discrete families against PyTorch: densities, supports, samples, and what they refuse."""

import numpy as np
import pytest

import autograd
from autograd import distributions

RNG = np.random.default_rng(5)
REAL = RNG.normal(size=(4, 2, 3))
UNIT = 1 / (1 + np.exp(-REAL))
SIMPLEX = np.exp(REAL) / np.exp(REAL).sum(-1, keepdims=True)
COUNTS = RNG.integers(0, 4, (4, 2, 3)).astype(float)
BITS = RNG.integers(0, 2, (4, 2, 3)).astype(float)
PLACES = RNG.integers(0, 3, (4, 2))
ONE_HOT = np.eye(3)[PLACES]
RATES = np.array([0.5, 4.0, 30.0])

CASES = {
    "bernoulli": ("Bernoulli", {"probs": UNIT[0]}, BITS, {}),
    "bernoulli of logits": ("Bernoulli", {"logits": np.array([0.0, 40.0, -40.0])}, BITS, {}),
    "bernoulli, certain": ("Bernoulli", {"probs": np.array([0.0, 0.5, 1.0])}, BITS, {}),
    "geometric": ("Geometric", {"probs": UNIT[0]}, COUNTS, {}),
    "geometric of logits": ("Geometric", {"logits": REAL[0]}, COUNTS, {}),
    "binomial": ("Binomial", {"total_count": 4, "probs": UNIT[0]}, COUNTS, {}),
    "binomial of logits": ("Binomial", {"total_count": 4, "logits": REAL[0]}, COUNTS, {}),
    "binomial of counts": ("Binomial", {"total_count": np.array([3.0, 50.0, 400.0]), "probs": UNIT[0]}, COUNTS, {}),
    "negative binomial": ("NegativeBinomial", {"total_count": RATES, "probs": UNIT[0]}, COUNTS, {}),
    "negative binomial of logits": ("NegativeBinomial", {"total_count": 2.5, "logits": REAL[0]}, COUNTS, {}),
    "poisson": ("Poisson", {"rate": RATES}, COUNTS, {}),
    "categorical": ("Categorical", {"probs": SIMPLEX[0] * 3}, PLACES, {}),
    "categorical of logits": ("Categorical", {"logits": REAL[0]}, PLACES, {}),
    "one-hot": ("OneHotCategorical", {"probs": SIMPLEX[0]}, ONE_HOT, {}),
    "one-hot of logits": ("OneHotCategorical", {"logits": REAL[0]}, ONE_HOT, {}),
    "straight-through": ("OneHotCategoricalStraightThrough", {"probs": SIMPLEX[0]}, ONE_HOT, {}),
    # PyTorch takes log(n!) of the count in float32.
    "multinomial": ("Multinomial", {"total_count": 5, "probs": SIMPLEX[0]}, ONE_HOT * 5, {"skip": {"entropy", "perplexity"}}),
    "multinomial of logits": ("Multinomial", {"total_count": 5, "logits": REAL[0]}, ONE_HOT * 5, {"skip": {"entropy", "perplexity"}}),
}  # fmt: skip

ERRORS = [
    ("Bernoulli", {"probs": 0.5}, [{"probs": 1.5}, {"logits": 0.5}, {"probs": None}], [np.array(0.5)]),
    ("Geometric", {"probs": 0.5}, [{"probs": 1.5}, {"probs": 0.0}, {"logits": 0.5}], [np.array(0.5), np.array(-1.0)]),
    ("Binomial", {"total_count": 3, "probs": np.array(0.5)}, [{"probs": None}, {"total_count": -1}, {"total_count": 0.5}],
     [np.array(4.0), np.array(0.5)]),
    ("NegativeBinomial", {"total_count": 3, "probs": np.array(0.5)}, [{"probs": np.array(1.0)}, {"total_count": -1}],
     [np.array(-1.0)]),
    ("Poisson", {"rate": 1.0}, [{"rate": -1.0}], [np.array(0.5), np.array(-1.0)]),
    ("Categorical", {"probs": np.ones(2)}, [{"probs": np.array([-1.0, 2.0])}, {"probs": np.array(1.0)}, {"probs": None},
                                            {"probs": None, "logits": np.array(0.0)}], [np.array(2.0), np.array(0.5)]),
    ("OneHotCategorical", {"probs": np.ones(2)}, [{"probs": np.array(1.0)}], [np.array([1.0, 1.0]), np.array([1.0, 0.0, 0.0])]),
    ("Multinomial", {"total_count": 2, "probs": np.ones(2)}, [{"probs": np.array([-1.0, 2.0])}], [np.array([2.0, 1.0])]),
]  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES)
def test_family(check_family, case):
    name, arguments, value, options = CASES[case]
    check_family(name, arguments, value, **options)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "arguments", "bad_arguments", "bad_values"), ERRORS, ids=[e[0] for e in ERRORS])
def test_errors(check_errors, name, arguments, bad_arguments, bad_values):
    check_errors(name, arguments, bad_arguments, bad_values)


@pytest.mark.torch
@pytest.mark.parametrize("expand", [True, False])
@pytest.mark.parametrize("case", ["bernoulli", "binomial", "categorical", "one-hot of logits"])
def test_enumerate_support(case, expand):
    torch = pytest.importorskip("torch")
    name, arguments, _, _ = CASES[case]
    found = []
    for library in (autograd, torch):
        made = {k: library.tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()}
        found.append(getattr(library.distributions, name)(**made).enumerate_support(expand))
    np.testing.assert_array_equal(found[0].numpy(), found[1].numpy())
    assert str(found[0].dtype) == str(found[1].dtype).removeprefix("torch.")


@pytest.mark.parametrize("case", ["bernoulli", "binomial", "categorical of logits", "one-hot"])
def test_probabilities_of_the_support_add_up_to_one(case):
    name, arguments, _, _ = CASES[case]
    made = {k: autograd.tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()}
    d = getattr(distributions, name)(**made)
    total = d.log_prob(d.enumerate_support()).exp().sum(0)
    np.testing.assert_allclose(total.numpy(), np.ones(d.batch_shape), rtol=1e-12)


@pytest.mark.torch
def test_multinomial_entropy():
    torch = pytest.importorskip("torch")
    for n in (1, 2, 7):
        ours = distributions.Multinomial(n, autograd.tensor(SIMPLEX[0])).entropy()
        theirs = torch.distributions.Multinomial(n, torch.tensor(SIMPLEX[0])).entropy()
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)
    two = distributions.Multinomial(7, autograd.tensor([0.3, 0.7], dtype=autograd.float64)).entropy()
    one = distributions.Binomial(7, autograd.tensor(0.3, dtype=autograd.float64)).entropy()
    assert two.item() == pytest.approx(one.item(), rel=1e-12)


def test_counts_that_vary_have_no_common_support():
    d = distributions.Binomial(autograd.tensor([2.0, 3.0]), autograd.tensor(0.5))
    for method in (d.entropy, d.enumerate_support):
        with pytest.raises(NotImplementedError, match="Inhomogeneous total count"):
            method()
    with pytest.raises(NotImplementedError, match="inhomogeneous total_count"):
        distributions.Multinomial(autograd.tensor([2, 3]), autograd.ones(2))


def test_straight_through_passes_gradients():
    probs = autograd.tensor([0.2, 0.3, 0.5], dtype=autograd.float64, requires_grad=True)
    d = distributions.OneHotCategoricalStraightThrough(probs)
    sample = d.rsample()
    assert sorted(sample.tolist()) == pytest.approx([0, 0, 1])
    (slope,) = autograd.grad((sample * autograd.tensor([1.0, 2.0, 3.0])).sum(), probs)
    np.testing.assert_allclose(slope.numpy(), np.array([1.0, 2.0, 3.0]) - 2.3, rtol=1e-12)  # probs are normalised


def test_samples_have_no_gradient_and_no_rsample():
    p = autograd.tensor(0.5, requires_grad=True)
    for d in (
        distributions.Bernoulli(p),
        distributions.Poisson(p),
        distributions.Binomial(3, p),
        distributions.Geometric(p),
    ):
        assert not d.sample((3,)).requires_grad
        assert not d.has_rsample
        with pytest.raises(NotImplementedError):
            d.rsample()


def test_an_empty_batch_and_no_samples():
    d = distributions.Categorical(autograd.ones(0, 3))
    assert d.sample((2,)).shape == (2, 0)
    assert distributions.Bernoulli(autograd.ones(2) / 2).sample((0,)).shape == (0, 2)
