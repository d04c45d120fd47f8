"""The continuous families against PyTorch, and their samples as functions of the parameters."""

import numpy as np
import pytest

import autograd
from autograd import distributions

RNG = np.random.default_rng(4)
REAL = RNG.normal(size=(4, 2, 3))
LOC = REAL[1]
SCALE = np.array([0.4, 1.0, 2.5])
POSITIVE = np.exp(REAL)
UNIT = 1 / (1 + np.exp(-REAL))
SIMPLEX = POSITIVE / POSITIVE.sum(-1, keepdims=True)
OUTSIDE = [np.array(float("nan"))]

# The gradients of their samples are approximate in PyTorch, and have tests of their own below.
# So is its trigamma function, to 9 digits, which the gradients of entropies take.
GAMMA = {"same_stream": False, "rtol": 1e-8}
FAR = np.array([[0.02, 0.3, 0.45], [0.6, 0.8, 0.99]])  # from ½, near which the closed forms cancel
CASES = {
    "normal": ("Normal", {"loc": LOC, "scale": SCALE}, REAL, {}),
    "normal of numbers": ("Normal", {"loc": 0.5, "scale": np.array(2.0)}, REAL, {}),
    "uniform": ("Uniform", {"low": LOC - 2, "high": LOC + SCALE}, LOC - 2 + UNIT, {}),
    "exponential": ("Exponential", {"rate": POSITIVE[0]}, POSITIVE, {}),
    "laplace": ("Laplace", {"loc": LOC, "scale": SCALE}, REAL, {}),
    "cauchy": ("Cauchy", {"loc": LOC, "scale": SCALE}, REAL, {}),
    "gamma": ("Gamma", {"concentration": POSITIVE[0], "rate": SCALE}, POSITIVE, {**GAMMA, "skip": {"cdf"}}),
    "chi-squared": ("Chi2", {"df": POSITIVE[0]}, POSITIVE, {**GAMMA, "skip": {"cdf"}}),
    "beta": ("Beta", {"concentration1": POSITIVE[0], "concentration0": SCALE}, UNIT, GAMMA),
    "dirichlet": ("Dirichlet", {"concentration": POSITIVE[0] + 0.3}, SIMPLEX, GAMMA),
    "dirichlet, in corners": ("Dirichlet", {"concentration": np.array([[0.2, 0.5, 0.9]] * 2)}, SIMPLEX, GAMMA),
    "student": ("StudentT", {"df": np.array([0.5, 1.5, 4.0]), "loc": LOC, "scale": SCALE}, REAL, GAMMA),
    "fisher": ("FisherSnedecor", {"df1": POSITIVE[0] * 3, "df2": np.array([1.5, 3.0, 9.0])}, POSITIVE, GAMMA),
    "continuous bernoulli": ("ContinuousBernoulli", {"probs": FAR}, UNIT, {}),
    "continuous bernoulli near ½": ("ContinuousBernoulli", {"probs": np.array([0.4995, 0.5, 0.5005])}, UNIT, {}),
    "continuous bernoulli of logits": ("ContinuousBernoulli", {"logits": np.log(FAR / (1 - FAR))}, UNIT, {}),
}

# name, its parameters, parameters that are bad, values that are bad
ERRORS = [
    ("Normal", {"loc": 0.0, "scale": 1.0}, [{"scale": -1.0}, {"loc": float("nan")}], OUTSIDE),
    ("Uniform", {"low": 0.0, "high": 1.0}, [{"high": 0.0}, {"low": 2.0}], [np.array(2.0)]),
    ("Exponential", {"rate": 1.0}, [{"rate": 0.0}], [np.array(-1.0)]),
    ("Laplace", {"loc": 0.0, "scale": 1.0}, [{"scale": 0.0}], OUTSIDE),
    ("Cauchy", {"loc": 0.0, "scale": 1.0}, [{"scale": -1.0}], OUTSIDE),
    ("Gamma", {"concentration": 1.0, "rate": 1.0}, [{"rate": 0.0}, {"concentration": -1.0}], [np.array(-1.0)]),
    ("Chi2", {"df": 1.0}, [{"df": -1.0}], [np.array(-1.0)]),
    ("Beta", {"concentration1": 1.0, "concentration0": 1.0}, [{"concentration1": 0.0}], [np.array(2.0)]),
    ("Dirichlet", {"concentration": np.ones(2)}, [{"concentration": np.array([1.0, -1.0])}, {"concentration": np.array(1.0)}],
     [np.array([0.6, 0.6]), np.array([0.2, 0.2, 0.6])]),
    ("StudentT", {"df": 1.0}, [{"df": 0.0}, {"scale": -1.0}], OUTSIDE),
    ("FisherSnedecor", {"df1": 1.0, "df2": 1.0}, [{"df2": 0.0}], [np.array(0.0)]),
    ("ContinuousBernoulli", {"probs": 0.3}, [{"probs": 1.5, "validate_args": True}, {"logits": 0.3}], [np.array(1.5)]),
]  # fmt: skip

EXPONENTIAL_FAMILIES = ["normal", "exponential", "gamma", "beta", "dirichlet"]
REPARAMETERISED = {
    "Gamma": {"concentration": [0.3, 1.0, 7.0], "rate": [1.0, 2.0, 0.5]},
    "Chi2": {"df": [0.4, 3.0, 60.0]},
    "Beta": {"concentration1": [0.4, 2.0, 9.0], "concentration0": [1.5, 0.7, 4.0]},
    "Dirichlet": {"concentration": [[0.4, 2.0, 9.0], [1.0, 1.0, 1.0]]},
    "StudentT": {"df": [1.5, 4.0, 30.0], "loc": [0.0, 1.0, 2.0], "scale": [1.0, 2.0, 0.5]},
    "FisherSnedecor": {"df1": [1.5, 4.0, 30.0], "df2": [3.0, 5.0, 9.0]},
}


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
def test_gamma_distribution_function():
    torch = pytest.importorskip("torch")
    pytest.importorskip("scipy")
    concentration, value = POSITIVE[0], POSITIVE
    ours = distributions.Gamma(autograd.tensor(concentration), 2.0).cdf(autograd.tensor(value))
    theirs = torch.distributions.Gamma(torch.tensor(concentration), 2.0).cdf(torch.tensor(value))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-10)


@pytest.mark.parametrize("case", EXPONENTIAL_FAMILIES)
def test_entropy_follows_from_the_log_normalizer(case):
    name, arguments, _, _ = CASES[case]
    d = getattr(distributions, name)(**{k: autograd.tensor(v) for k, v in arguments.items()})
    generic = distributions.ExponentialFamily.entropy
    try:
        found = generic(d)
    except NotImplementedError:  # the mean of the carrier measure is not known
        assert name in {"Beta", "Dirichlet"}
        return
    np.testing.assert_allclose(found.detach().numpy(), d.entropy().numpy(), rtol=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", REPARAMETERISED)
def test_samples_are_pytorchs_and_their_gradients_nearly(name, dtype):
    torch = pytest.importorskip("torch")
    drawn, slopes = [], []
    for library in (autograd, torch):
        library.manual_seed(5)
        parameters = {
            k: library.tensor(v, dtype=getattr(library, dtype), requires_grad=True)
            for k, v in REPARAMETERISED[name].items()
        }
        d = getattr(library.distributions, name)(**parameters)
        first, second = d.rsample((3,)), d.rsample()
        weights = library.arange(1, first.numel() + 1, dtype=first.dtype).reshape(first.shape)
        total = (first * weights).sum() + second.sin().sum()
        drawn.append((first.detach().numpy(), d.sample((2,)).numpy()))
        slopes.append([g.numpy() for g in library.autograd.grad(total, list(parameters.values()))])
    for ours, theirs in zip(*drawn, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=3e-6 if dtype == "float32" else 1e-12)
    for ours, theirs in zip(*slopes, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs, rtol=5e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["Gamma", "Beta"])
def test_a_mean_has_the_gradient_that_theory_gives(name):
    """The gradient of an average of samples is the average of theirs, and near that of the mean."""
    autograd.manual_seed(0)
    if name == "Gamma":
        a, b = autograd.tensor(2.5, requires_grad=True), autograd.tensor(2.0, requires_grad=True)
    else:
        a, b = autograd.tensor(2.5, requires_grad=True), autograd.tensor(1.5, requires_grad=True)
    d = getattr(distributions, name)(a, b)
    found = autograd.grad(d.rsample((4000,)).mean(), (a, b))
    expected = autograd.grad(d.mean, (a, b))
    for ours, exact in zip(found, expected, strict=True):
        assert ours.item() == pytest.approx(exact.item(), abs=0.02)


def test_samples_differentiate_twice():
    autograd.manual_seed(1)
    a = autograd.tensor([0.7, 3.0], dtype=autograd.float64, requires_grad=True)
    for d in (distributions.Gamma(a, 2.0), distributions.Dirichlet(a)):
        (slope,) = autograd.grad(d.rsample()[0].log(), a, create_graph=True)
        (curve,) = autograd.grad(slope.sum(), a)
        assert bool(curve.isfinite().all())
        assert bool((curve != 0).any())


def test_a_uniform_density_is_zero_outside():
    d = distributions.Uniform(0.0, autograd.tensor([1.0, 2.0]), validate_args=False)
    np.testing.assert_array_equal(d.log_prob(autograd.tensor(1.5)).numpy(), [-np.inf, -np.log(np.float32(2))])
    np.testing.assert_array_equal(d.cdf(autograd.tensor(-1.0)).numpy(), [0, 0])


def test_von_mises_samples_without_concentration_are_uniform():
    autograd.manual_seed(0)
    angles = distributions.VonMises(0.0, autograd.tensor(1e-8)).sample((4000,)).numpy()
    assert ((angles >= -np.pi) & (angles <= np.pi)).all()
    np.testing.assert_allclose([np.cos(angles).mean(), np.sin(angles).mean()], 0.0, atol=0.05)


def test_the_generalized_pareto_density_is_flat_up_to_its_end_for_a_concentration_of_minus_one():
    d = distributions.GeneralizedPareto(0.0, 2.0, -1.0)
    np.testing.assert_allclose(d.log_prob(autograd.tensor([0.0, 1.0, 2.0])).numpy(), -np.log(2), rtol=1e-6)
