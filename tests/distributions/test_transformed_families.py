"""Families made from others by transforms, those with a formula of their own beside them, and mixtures."""

import math

import numpy as np
import pytest

import autograd
from autograd import distributions

RNG = np.random.default_rng(2)
LOC = np.array([[-0.5, 0.0, 1.5], [2.0, -1.0, 0.3]])
SCALE = np.array([0.6, 1.0, 2.5])
REAL = RNG.normal(size=(4, 2, 3))
POSITIVE = np.exp(REAL)
UNIT = 1 / (1 + np.exp(-REAL))
SIMPLEX = POSITIVE / POSITIVE.sum(-1, keepdims=True)
PROBS = SIMPLEX[0]

CASES = {
    "log normal": ("LogNormal", {"loc": LOC, "scale": SCALE}, POSITIVE, {}),
    "log normal of numbers": ("LogNormal", {"loc": 0.5, "scale": np.array(2.0)}, POSITIVE, {}),
    "half normal": ("HalfNormal", {"scale": SCALE}, POSITIVE, {}),
    "half cauchy": ("HalfCauchy", {"scale": SCALE}, POSITIVE, {}),
    "gumbel": ("Gumbel", {"loc": LOC, "scale": SCALE}, LOC + SCALE * REAL / 2, {}),
    "kumaraswamy": (
        "Kumaraswamy",
        {"concentration1": POSITIVE[0], "concentration0": SCALE},
        UNIT,
        # Its mode is NaN in PyTorch.
        {"skip": {"mode"}, "rtol": 1e-9},
    ),
    "weibull": ("Weibull", {"scale": SCALE, "concentration": POSITIVE[0]}, POSITIVE, {}),
    "pareto": ("Pareto", {"scale": SCALE / 10, "alpha": POSITIVE[0] + 2}, POSITIVE + 1, {}),
    "pareto, heavy": ("Pareto", {"scale": SCALE / 10, "alpha": np.array([0.5, 1.5, 3.0])}, POSITIVE + 1, {}),
    "generalized pareto": (
        "GeneralizedPareto",
        {"loc": np.zeros((2, 3)), "scale": SCALE, "concentration": np.array([0.1, 0.4, 2.0])},
        POSITIVE,
        {},
    ),
    "generalized pareto, bounded": (
        "GeneralizedPareto",
        {"loc": np.zeros((2, 3)), "scale": SCALE, "concentration": np.array([-0.3, -0.9, -0.5])},
        UNIT / 2,
        {},
    ),
    "inverse gamma": (
        "InverseGamma",
        {"concentration": np.array([0.5, 1.5, 4.0]), "rate": POSITIVE[0]},
        POSITIVE,
        # PyTorch approximates the derivative of a gamma sample.
        {"sample_grad_rtol": 1e-3},
    ),
    "von mises": ("VonMises", {"loc": LOC, "concentration": np.array([0.2, 3.0, 40.0])}, REAL, {}),
    "logistic normal": ("LogisticNormal", {"loc": LOC[:, :2], "scale": SCALE[:2]}, SIMPLEX, {}),
    "logistic normal of numbers": (
        "LogisticNormal",
        {"loc": np.array(0.0), "scale": 1.0},
        UNIT[..., :1] * [1, -1] + [0, 1],
        {},
    ),
    "relaxed bernoulli": (
        "RelaxedBernoulli",
        {"temperature": np.array(0.7), "probs": UNIT[0]},
        UNIT,
        {},
    ),
    "relaxed bernoulli of logits": (
        "RelaxedBernoulli",
        {"temperature": SCALE, "logits": LOC},
        UNIT,
        {},
    ),
    "logits of relaxed bernoulli": (
        "relaxed_bernoulli.LogitRelaxedBernoulli",
        {"temperature": np.array(0.7), "logits": LOC},
        REAL,
        {"skip": {"has_rsample"}},  # PyTorch has rsample and denies it
    ),
    "relaxed one hot": ("RelaxedOneHotCategorical", {"temperature": np.array(0.7), "probs": PROBS}, SIMPLEX, {}),
    "relaxed one hot of logits": (
        "RelaxedOneHotCategorical",
        {"temperature": np.array(2.0), "logits": LOC},
        SIMPLEX,
        {},
    ),
}


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES)
def test_family(case, check_family):
    torch = pytest.importorskip("torch")
    name, arguments, value, options = CASES[case]
    # PyTorch's generalized Pareto compares a shape with a 0 of the default dtype.
    torch.set_default_dtype(torch.float64 if name == "GeneralizedPareto" else torch.float32)
    try:
        check_family(name, arguments, value, **options)
    finally:
        torch.set_default_dtype(torch.float32)


BAD = {
    "LogNormal": ({"loc": LOC, "scale": SCALE}, [{"scale": -SCALE}, {"loc": np.array(np.nan)}], [-POSITIVE]),
    "HalfNormal": ({"scale": SCALE}, [{"scale": -SCALE}], [-POSITIVE, REAL[..., :2]]),
    "HalfCauchy": ({"scale": SCALE}, [{"scale": 0 * SCALE}], [-POSITIVE]),
    "Gumbel": ({"loc": LOC, "scale": SCALE}, [{"scale": -SCALE}], [np.array(np.nan)]),
    "Kumaraswamy": (
        {"concentration1": SCALE, "concentration0": SCALE},
        [{"concentration1": -SCALE}, {"concentration0": -SCALE}],
        [1 + UNIT],
    ),
    "Weibull": ({"scale": SCALE, "concentration": SCALE}, [{"scale": -SCALE}], [-POSITIVE]),
    "Pareto": ({"scale": SCALE, "alpha": SCALE}, [{"alpha": -SCALE}, {"scale": -SCALE}], []),
    "GeneralizedPareto": (
        {"loc": LOC, "scale": SCALE, "concentration": SCALE},
        [{"scale": -SCALE}, {"concentration": SCALE * np.nan}],
        [],
    ),
    "InverseGamma": ({"concentration": SCALE, "rate": SCALE}, [{"rate": -SCALE}], [-POSITIVE]),
    "VonMises": ({"loc": LOC, "concentration": SCALE}, [{"concentration": -SCALE}], [REAL * np.nan]),
    "LogisticNormal": ({"loc": LOC, "scale": SCALE}, [{"scale": -SCALE}], []),
    "relaxed_bernoulli.LogitRelaxedBernoulli": (
        {"temperature": np.array(1.0), "probs": PROBS},
        [{"probs": 2 + PROBS}, {"logits": PROBS}, {"probs": None}, {"probs": None, "logits": PROBS * np.nan}],
        [REAL * np.nan],
    ),
    "RelaxedOneHotCategorical": (
        {"temperature": np.array(1.0), "probs": PROBS},
        [{"probs": PROBS - 0.3}],
        [2 * SIMPLEX],
    ),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", BAD)
def test_errors(name, check_errors):
    check_errors(name, *BAD[name])


@pytest.mark.parametrize(
    "name", ["LogNormal", "Gumbel", "HalfCauchy", "Weibull", "Kumaraswamy", "Pareto", "VonMises", "InverseGamma"]
)
def test_samples_follow_the_density(name):
    """The share of samples below some points is the integral of the density up to them."""
    arguments = {
        "LogNormal": (0.2, 0.5),
        "Gumbel": (0.5, 1.5),
        "HalfCauchy": (1.0,),
        "Weibull": (1.0, 1.5),
        "Kumaraswamy": (2.0, 3.0),
        "Pareto": (1.0, 3.0),
        "VonMises": (0.5, 2.0),
        "InverseGamma": (3.0, 2.0),
    }[name]
    d = getattr(distributions, name)(*(autograd.tensor(a, dtype=autograd.float64) for a in arguments))
    sample = np.sort(d.sample((20000,)).numpy())
    low = (
        -math.pi if name == "VonMises" else max(sample[0] - 1, -20.0) if name == "Gumbel" else 1e-9 + (name == "Pareto")
    )
    grid = np.linspace(low, sample[int(0.9 * sample.size)], 4001)
    density = np.exp(d.log_prob(autograd.tensor(grid)).numpy())
    cumulative = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    share = np.searchsorted(sample, grid) / sample.size
    assert np.abs(share - cumulative).max() < 0.015


def test_modes_are_where_the_density_is_largest():
    grid = autograd.linspace(0.001, 0.999, 999, dtype=autograd.float64)
    d = distributions.Kumaraswamy(autograd.tensor([2.0, 5.0]), autograd.tensor([3.0, 1.5]))
    best = grid[d.log_prob(grid.unsqueeze(-1)).argmax(0)]
    np.testing.assert_allclose(d.mode.numpy(), best.numpy(), atol=1e-3)
    assert distributions.Kumaraswamy(0.5, 2.0).mode.isnan()


def test_generalized_pareto_without_a_shape_is_exponential():
    d = distributions.GeneralizedPareto(0.0, autograd.tensor([2.0, 2.0]), autograd.tensor([0.0, -1.0]))
    x = autograd.tensor([0.7, 0.7], requires_grad=True)
    np.testing.assert_allclose(d.log_prob(x).detach().numpy(), [-0.35 - math.log(2), -math.log(2)], rtol=1e-6)
    np.testing.assert_allclose(d.cdf(x).detach().numpy(), [1 - math.exp(-0.35), 0.35], rtol=1e-6)
    np.testing.assert_allclose(d.icdf(d.cdf(x)).detach().numpy(), [0.7, 0.7], rtol=1e-6)
    d.log_prob(x).sum().backward()
    assert x.grad.isfinite().all()


# -- transformed distributions in general -------------------------------------------------------------------------------


def make_transformed(D, t):
    base = D.Normal(t([0.0, 1.0]), t([1.0, 2.0]))
    return {
        "a list": D.TransformedDistribution(base, [D.AffineTransform(t(1.0), t(-2.0)), D.ExpTransform()]),
        "one": D.TransformedDistribution(base, D.SigmoidTransform()),
        "none": D.TransformedDistribution(base, []),
        "event": D.TransformedDistribution(base, [D.StickBreakingTransform()]),
        "wider parameters": D.TransformedDistribution(base, [D.AffineTransform(t([[0.0], [1.0], [2.0]]), t(2.0))]),
        "independent base": D.TransformedDistribution(D.Independent(base, 1), [D.ExpTransform()]),
        "reshaped": D.TransformedDistribution(D.Independent(base, 1), [D.ReshapeTransform((2,), (2, 1))]),
    }


@pytest.mark.torch
def test_transformed_distributions_are_pytorchs():
    torch = pytest.importorskip("torch")
    here = make_transformed(distributions, lambda v: autograd.tensor(v, dtype=autograd.float64))
    there = make_transformed(torch.distributions, lambda v: torch.tensor(v, dtype=torch.float64))
    for name, d in here.items():
        d_t = there[name]
        assert tuple(d.batch_shape) == tuple(d_t.batch_shape), name
        assert tuple(d.event_shape) == tuple(d_t.event_shape), name
        assert repr(d.support) == repr(d_t.support), name
        autograd.manual_seed(5)
        torch.manual_seed(5)
        x, x_t = d.rsample((3,)), d_t.rsample((3,))
        np.testing.assert_allclose(x.numpy(), x_t.numpy(), rtol=1e-6)
        x = autograd.tensor(x_t.numpy())
        np.testing.assert_allclose(d.log_prob(x).numpy(), d_t.log_prob(x_t).numpy(), rtol=1e-10)
        wide, wide_t = d.expand((5, *d.batch_shape)), d_t.expand((5, *d_t.batch_shape))
        assert tuple(wide.base_dist.batch_shape) == tuple(wide_t.base_dist.batch_shape), name
        if d.event_shape or name == "none":
            continue
        np.testing.assert_allclose(d.cdf(x).numpy(), d_t.cdf(x_t).numpy(), rtol=1e-9)
        p = np.full(x.shape, 0.3)
        np.testing.assert_allclose(d.icdf(autograd.tensor(p)).numpy(), d_t.icdf(torch.tensor(p)).numpy(), rtol=1e-8)


def test_errors_of_transformed_distributions():
    base = distributions.Normal(0.0, 1.0)
    with pytest.raises(ValueError, match="transforms must be a Transform or list, but was 3"):
        distributions.TransformedDistribution(base, 3)
    with pytest.raises(ValueError, match="transforms must be a Transform or a list of Transforms"):
        distributions.TransformedDistribution(base, [3])
    with pytest.raises(ValueError, match="shape with size at least 1"):
        distributions.TransformedDistribution(base, distributions.StickBreakingTransform())


# -- independent, mixtures ------------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("count", [0, 1, 2])
def test_independent(count):
    torch = pytest.importorskip("torch")
    here = distributions.Independent(distributions.Normal(autograd.tensor(LOC), autograd.tensor(SCALE)), count)
    there = torch.distributions.Independent(torch.distributions.Normal(torch.tensor(LOC), torch.tensor(SCALE)), count)
    assert (tuple(here.batch_shape), tuple(here.event_shape)) == (tuple(there.batch_shape), tuple(there.event_shape))
    assert repr(here).replace("autograd", "torch") == repr(there)
    assert repr(here.support) == repr(there.support)
    for act in (lambda d, x: d.log_prob(x), lambda d, x: d.entropy(), lambda d, x: d.mean, lambda d, x: d.variance):
        got, expected = act(here, autograd.tensor(REAL)), act(there, torch.tensor(REAL))
        np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-12)
    wide = here.expand((5, *here.batch_shape))
    assert (wide.batch_shape, wide.event_shape) == ((5, *here.batch_shape), here.event_shape)
    assert here.has_rsample
    assert here.rsample((2,)).shape == (2, 2, 3)


def test_independent_enumerates_only_without_events():
    base = distributions.Bernoulli(autograd.tensor([0.3, 0.6]))
    assert distributions.Independent(base, 0).has_enumerate_support
    assert distributions.Independent(base, 0).enumerate_support().tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert not distributions.Independent(base, 1).has_enumerate_support
    with pytest.raises(NotImplementedError, match="cartesian product"):
        distributions.Independent(base, 1).enumerate_support()
    with pytest.raises(ValueError, match="actual 2 vs 1"):
        distributions.Independent(base, 2)


def make_mixtures(D, t):
    weights = D.Categorical(t([[0.3, 0.7, 0.0], [0.2, 0.3, 0.5]]))
    return {
        "numbers": (D.MixtureSameFamily(weights, D.Normal(t(LOC), t(SCALE))), REAL[..., 0]),
        "vectors": (
            D.MixtureSameFamily(D.Categorical(t([0.3, 0.7])), D.Independent(D.Normal(t(LOC), t(SCALE)), 1)),
            REAL[:, 0],
        ),
        "shared weights": (
            D.MixtureSameFamily(D.Categorical(logits=t(SCALE)), D.Normal(t(LOC), t(SCALE))),
            REAL[..., 0],
        ),
    }


@pytest.mark.torch
def test_mixtures_are_pytorchs():
    torch = pytest.importorskip("torch")
    here = make_mixtures(distributions, lambda v: autograd.tensor(v, dtype=autograd.float64))
    there = make_mixtures(torch.distributions, lambda v: torch.tensor(v, dtype=torch.float64))
    for name, (d, value) in here.items():
        d_t = there[name][0]
        assert (tuple(d.batch_shape), tuple(d.event_shape)) == (tuple(d_t.batch_shape), tuple(d_t.event_shape))
        assert repr(d.support) == repr(d_t.support)
        acts = [lambda d, x: d.log_prob(x), lambda d, x: d.mean, lambda d, x: d.variance]
        acts += [lambda d, x: d.cdf(x)] if not d.event_shape else []
        for act in acts:
            got, expected = act(d, autograd.tensor(value)), act(d_t, torch.tensor(value))
            assert tuple(got.shape) == tuple(expected.shape)
            np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-10)
        assert tuple(d.expand((5, *d.batch_shape)).batch_shape) == (5, *d.batch_shape)
        assert d.sample((7,)).shape == (7, *d.batch_shape, *d.event_shape)


def test_mixture_samples_and_errors():
    weights = distributions.Categorical(autograd.tensor([0.25, 0.75]))
    d = distributions.MixtureSameFamily(weights, distributions.Normal(autograd.tensor([-2.0, 2.0]), 0.5))
    sample = d.sample((20000,))
    np.testing.assert_allclose(
        [sample.mean().item(), sample.var().item()], [d.mean.item(), d.variance.item()], rtol=0.05
    )
    with pytest.raises(ValueError, match="Mixture distribution needs to be an instance"):
        distributions.MixtureSameFamily(3, weights)
    with pytest.raises(ValueError, match="Component distribution needs to be an instance"):
        distributions.MixtureSameFamily(weights, 3)
    with pytest.raises(ValueError, match="does not equal"):
        distributions.MixtureSameFamily(weights, distributions.Normal(autograd.zeros(3), 1.0))
    with pytest.raises(ValueError, match="is not compatible with"):
        distributions.MixtureSameFamily(weights.expand((3,)), distributions.Normal(autograd.zeros(4, 2), 1.0))
