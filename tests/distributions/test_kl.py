"""Divergences: every pair that PyTorch has, values and gradients; the dispatch; some against samples."""

import warnings

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import kl_divergence, register_kl

# Two parameter sets for each family: as p, and as q; shapes broadcast within a pair.
A = np.array([0.7, 1.4, 3.0])
B = np.array([1.1, 0.6, 2.2])
PROBS = np.array([0.2, 0.5, 0.9])
ROOT = np.array([[1.2, 0.0, 0.0], [0.3, 0.8, 0.0], [-0.4, 0.5, 1.5]])
SIMPLEX = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
PARAMETERS = {
    "Bernoulli": {"probs": (PROBS, PROBS[::-1])},
    "Beta": {"concentration1": (A, B), "concentration0": (B, A + 0.2)},
    "Binomial": {"total_count": (5, 5), "probs": (PROBS, PROBS[::-1])},
    "Categorical": {"probs": (SIMPLEX, SIMPLEX[::-1])},
    "Cauchy": {"loc": (A, B), "scale": (B, A)},
    "ContinuousBernoulli": {"probs": (np.array([0.2, 0.4, 0.9]), np.array([0.3, 0.8, 0.1]))},
    "Dirichlet": {"concentration": (np.stack([A, B]), np.stack([B, A]))},
    "Exponential": {"rate": (A, B)},
    "Gamma": {"concentration": (A, B), "rate": (B, A)},
    "Geometric": {"probs": (PROBS, PROBS[::-1])},
    "Gumbel": {"loc": (A, B), "scale": (B, A)},
    "HalfNormal": {"scale": (A, B)},
    "Laplace": {"loc": (A, B), "scale": (B, A)},
    "LogNormal": {"loc": (A, B), "scale": (B, A)},
    "LowRankMultivariateNormal": {
        "loc": (np.stack([A, B]), B),
        "cov_factor": (ROOT[:, :2], ROOT[:, 1:]),
        "cov_diag": (A, B),
    },
    "MultivariateNormal": {"loc": (A, np.stack([A, B])), "scale_tril": (ROOT, ROOT * 1.5)},
    "Normal": {"loc": (A, B), "scale": (B, A)},
    "OneHotCategorical": {"probs": (SIMPLEX, SIMPLEX[::-1])},
    "Pareto": {"scale": (A, B), "alpha": (A + 2, B)},
    "Poisson": {"rate": (A, B)},
    "Uniform": {
        "low": (np.array([0.2, 0.0, 1.2]), np.array([0.1, -1.0, 2.0])),
        "high": (np.array([0.9, 0.8, 3.0]), A + 2),
    },
}


def pairs():
    torch = pytest.importorskip("torch")
    return sorted(
        (p.__name__, q.__name__)
        for p, q in torch.distributions.kl._KL_REGISTRY
        if p.__name__ in PARAMETERS and q.__name__ in PARAMETERS
    )


def made(library, name, role):
    """A distribution in one library, and its parameters as leaves."""
    arguments, leaves = {}, []
    for key, both in PARAMETERS[name].items():
        value = both[role]
        if isinstance(value, np.ndarray):
            value = library.tensor(value.copy(), dtype=library.float64, requires_grad=True)
            leaves.append(value)
        arguments[key] = value
    return getattr(library.distributions, name)(**arguments), leaves


@pytest.mark.torch
def test_every_pair_is_pytorchs():
    torch = pytest.importorskip("torch")
    seen = pairs()
    assert len(seen) > 70
    for p_name, q_name in seen:
        found = []
        for library in (autograd, torch):
            p, leaves = made(library, p_name, 0)
            q, more = made(library, q_name, 1)
            value = library.distributions.kl_divergence(p, q)
            leaves = [*leaves, *more]
            finite = library.where(library.isfinite(value), value, library.zeros_like(value))
            slopes = [None] * len(leaves)
            if finite.requires_grad:
                grad = autograd.grad if library is autograd else torch.autograd.grad
                slopes = grad(finite.sum(), leaves, allow_unused=True)
            found.append(
                (
                    value.detach().numpy(),
                    [np.zeros(x.shape) if s is None else s.numpy() for s, x in zip(slopes, leaves, strict=True)],
                )
            )
        (value, slopes), (expected, slopes_t) = found
        label = f"{p_name}, {q_name}"
        np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12, err_msg=label)
        for slope, slope_t in zip(slopes, slopes_t, strict=True):
            # PyTorch's trigamma, in many of them, is exact to 5e-10.
            usable = np.isfinite(slope_t)  # PyTorch's gradient is NaN beside a masked infinity
            np.testing.assert_allclose(slope[usable], slope_t[usable], rtol=1e-8, atol=1e-11, err_msg=label)


@pytest.mark.torch
def test_the_same_pairs_are_registered():
    torch = pytest.importorskip("torch")
    there = {(p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY}
    known = vars(distributions)  # not what an example in a docstring registers
    here = {(p.__name__, q.__name__) for p, q in distributions.kl._registry if known.get(p.__name__) is p}
    assert here == there


def normal(loc, scale):
    return distributions.Normal(autograd.tensor(loc, dtype=autograd.float64), scale)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (lambda: normal(0.3, 1.2), lambda: distributions.Laplace(0.0, 1.0)),
        (lambda: normal(0.3, 0.4), lambda: distributions.Gumbel(autograd.tensor(0.0, dtype=autograd.float64), 1.0)),
        (lambda: distributions.Gamma(2.0, 1.5), lambda: distributions.Exponential(0.7)),
        (lambda: distributions.Beta(2.0, 1.5), lambda: distributions.Uniform(-0.5, 1.5)),
        (lambda: distributions.Uniform(1.0, 2.0), lambda: distributions.Pareto(0.5, 1.5)),
    ],
)
def test_divergence_is_the_mean_log_ratio(p, q):
    p, q = p(), q()
    x = p.sample((100000,)).double()
    estimate = (p.log_prob(x) - q.log_prob(x)).mean().item()
    np.testing.assert_allclose(kl_divergence(p, q).item(), estimate, rtol=0.03, atol=0.003)


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (("Uniform", 0.0, 1.0), ("Uniform", 0.2, 2.0), np.inf),
        (("Uniform", 0.0, 1.0), ("Uniform", 0.0, 2.0), np.log(2)),
        (("Uniform", -1.0, 1.0), ("Exponential", 1.0), np.inf),
        (("Uniform", -1.0, 1.0), ("Gamma", 1.0, 1.0), np.inf),
        (("Uniform", 0.5, 1.5), ("Beta", 1.0, 1.0), np.inf),
        (("Uniform", 0.0, 1.0), ("Beta", 1.0, 1.0), 0.0),
        (("Uniform", 0.5, 1.5), ("Pareto", 1.0, 1.0), np.inf),
        (("Beta", 1.0, 1.0), ("Uniform", 0.0, 1.0), 0.0),
        (("Beta", 1.0, 1.0), ("Uniform", 0.1, 1.0), np.inf),
        (("Normal", 1.0, 1.0), ("Gamma", 1.0, 1.0), np.inf),
        (("Pareto", 1.0, 0.9), ("Exponential", 1.0), np.inf),
        (("Pareto", 1.0, 1.9), ("Normal", 0.0, 1.0), np.inf),
        (("Pareto", 1.0, 1.0), ("Pareto", 2.0, 1.0), np.inf),
        (("Pareto", 1.0, 1.0), ("Pareto", 1.0, 1.0), 0.0),
        (("Uniform", 0.0, 1.0), ("Uniform", 0.0, 1.0), 0.0),
        (("Uniform", 0.0, 1.0), ("Exponential", 1.0), 0.5),
        (("Uniform", 1.0, 2.0), ("Pareto", 1.0, 2.0), 3 * (np.log(4) - 1) - np.log(2)),
        (("ContinuousBernoulli", 0.3), ("Uniform", 0.0, 1.0), np.inf),  # a shared edge counts as outside, as in PyTorch
        (("ContinuousBernoulli", 0.3), ("Uniform", -0.1, 1.0), np.inf),
        (("ContinuousBernoulli", 0.3), ("Uniform", 0.0, 1.1), np.inf),
        (("Uniform", 0.0, 0.9), ("ContinuousBernoulli", 0.3), np.inf),
        (("Uniform", 0.1, 1.0), ("ContinuousBernoulli", 0.3), np.inf),
        (("Bernoulli", 0.0), ("Bernoulli", 0.0), 0.0),
        (("Bernoulli", 1.0), ("Bernoulli", 0.0), np.inf),
        (("Bernoulli", 0.0), ("Bernoulli", 1.0), np.inf),
    ],
)
def test_supports(p, q, expected):
    p, q = (getattr(distributions, name)(*map(autograd.tensor, arguments)) for name, *arguments in (p, q))
    np.testing.assert_allclose(kl_divergence(p, q).item(), expected, atol=1e-6)


def test_categories_without_probability():
    p = distributions.Categorical(autograd.tensor([[0.0, 1.0], [0.5, 0.5]]))
    q = distributions.Categorical(autograd.tensor([0.0, 1.0]))
    assert kl_divergence(p, q).tolist() == [0.0, np.inf]


def test_structures_are_taken_apart():
    p, q = normal([0.0, 1.0], 1.0), normal([1.0, 3.0], 2.0)
    plain = kl_divergence(p, q)
    together = kl_divergence(distributions.Independent(p, 1), distributions.Independent(q, 1))
    np.testing.assert_allclose(together.item(), plain.sum().item())
    through = [distributions.TransformedDistribution(d, distributions.TanhTransform()) for d in (p, q)]
    np.testing.assert_allclose(kl_divergence(*through).numpy(), plain.numpy())
    other = distributions.TransformedDistribution(q, distributions.ExpTransform())
    with pytest.raises(NotImplementedError, match="different transforms"):
        kl_divergence(through[0], other)
    with pytest.raises(NotImplementedError, match="reinterpreted_batch_ndims"):
        kl_divergence(distributions.Independent(p, 1), distributions.Independent(q, 0))


@pytest.mark.parametrize("name", ["Normal", "Gamma", "Beta", "Bernoulli", "Exponential", "Poisson", "Dirichlet"])
def test_exponential_families_by_their_normalizers(name):
    """The general rule agrees with the formula of the pair."""
    general = distributions.kl._registry[distributions.ExponentialFamily, distributions.ExponentialFamily]
    p, q = made(autograd, name, 0)[0], made(autograd, name, 1)[0]
    np.testing.assert_allclose(general(p, q).detach().numpy(), kl_divergence(p, q).detach().numpy(), rtol=1e-8)
    with pytest.raises(NotImplementedError, match="cross KL-divergence"):
        general(p, distributions.Laplace(0.0, 1.0))


@pytest.mark.parametrize("name", ["Normal", "Gamma", "Beta", "Bernoulli", "Exponential", "Poisson", "Dirichlet"])
def test_the_general_rule_is_differentiable_in_both(name):
    general = distributions.kl._registry[distributions.ExponentialFamily, distributions.ExponentialFamily]
    (p, of_p), (q, of_q) = made(autograd, name, 0), made(autograd, name, 1)
    found = autograd.grad(general(p, q).sum(), [*of_p, *of_q])
    (p, of_p), (q, of_q) = made(autograd, name, 0), made(autograd, name, 1)
    for one, other in zip(found, autograd.grad(kl_divergence(p, q).sum(), [*of_p, *of_q]), strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-8, atol=1e-12)


def test_the_divergence_of_wishart_distributions_is_differentiable_in_both():
    def divergence(df, root, df_q):
        p = distributions.Wishart(df, scale_tril=root.tril(), validate_args=False)
        unit = autograd.eye(3, dtype=autograd.float64)
        return kl_divergence(p, distributions.Wishart(df_q, unit * 2))

    numbers = [autograd.tensor(n, dtype=autograd.float64, requires_grad=True) for n in (3.5, 4.5)]
    root = autograd.tensor(ROOT, requires_grad=True)
    assert autograd.gradcheck(divergence, (numbers[0], root, numbers[1]))


@pytest.mark.parametrize("name", ["Normal", "Exponential", "Bernoulli"])
def test_the_general_entropy_is_differentiable(name):
    (p, leaves), (q, others) = made(autograd, name, 0), made(autograd, name, 0)
    found = autograd.grad(distributions.ExponentialFamily.entropy(p).sum(), leaves)
    expected = autograd.grad(q.entropy().sum(), others, allow_unused=True)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), 0.0 if other is None else other.numpy(), rtol=1e-8, atol=1e-12)


def test_dispatch_takes_the_nearest_classes():
    class Base(distributions.Normal):
        pass

    class Derived(Base):
        pass

    @register_kl(Base, distributions.Normal)
    def near(p, q):
        return autograd.tensor(1.0)

    assert kl_divergence(Derived(0.0, 1.0), distributions.Normal(0.0, 1.0)).item() == 1
    assert kl_divergence(distributions.Normal(0.0, 1.0), Derived(0.0, 1.0)).item() == 0

    @register_kl(distributions.Normal, Base)
    def other(p, q):
        return autograd.tensor(2.0)

    with pytest.warns(
        RuntimeWarning, match=r"Ambiguous kl_divergence\(Derived, Derived\). Please register_kl\(Base, Base\)"
    ):
        assert kl_divergence(Derived(0.0, 1.0), Derived(0.0, 1.0)).item() == 1

    register_kl(Base, Base)(lambda p, q: autograd.tensor(3.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kl_divergence(Derived(0.0, 1.0), Derived(0.0, 1.0)).item() == 3


def test_errors():
    with pytest.raises(
        NotImplementedError, match=r"No KL\(p \|\| q\) is implemented for p type Normal and q type Cauchy"
    ):
        kl_divergence(distributions.Normal(0.0, 1.0), distributions.Cauchy(0.0, 1.0))
    with pytest.raises(TypeError, match="Expected type_p to be a Distribution subclass"):
        register_kl(int, distributions.Normal)
    with pytest.raises(TypeError, match="Expected type_q to be a Distribution subclass"):
        register_kl(distributions.Normal, 3)
    with pytest.raises(NotImplementedError, match=r"q.total_count > p.total_count"):
        kl_divergence(distributions.Binomial(2, autograd.tensor(0.5)), distributions.Binomial(3, autograd.tensor(0.5)))
    with pytest.raises(ValueError, match="different event shapes"):
        kl_divergence(
            distributions.MultivariateNormal(autograd.zeros(2), autograd.eye(2)),
            distributions.MultivariateNormal(autograd.zeros(3), autograd.eye(3)),
        )
