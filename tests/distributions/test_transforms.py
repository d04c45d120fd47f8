"""Transforms: values, inverses and log determinants against PyTorch and against Jacobians; the registries."""

import pickle

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import constraints, transforms

REALS = np.array([[-2.5, -0.3, 0.4], [1.1, 2.0, 7.5]])
POSITIVE = np.exp(REALS)
MATRICES = np.random.default_rng(0).normal(size=(2, 3, 3))

# name: (how to make it from a library's distributions and its tensor(), an input)
CASES = {
    "identity": (lambda D, t: D.identity_transform, REALS),
    "exp": (lambda D, t: D.ExpTransform(), REALS),
    "exp.inv": (lambda D, t: D.ExpTransform().inv, POSITIVE),
    "power": (lambda D, t: D.PowerTransform(t([2.0, -0.5, 3.0])), POSITIVE),
    "power of a number": (lambda D, t: D.PowerTransform(t(2.0)), POSITIVE),
    "sigmoid": (lambda D, t: D.SigmoidTransform(), REALS),
    "softplus": (lambda D, t: D.SoftplusTransform(), REALS),
    "tanh": (lambda D, t: D.TanhTransform(), REALS),
    "abs": (lambda D, t: D.AbsTransform(), POSITIVE),
    "affine": (lambda D, t: D.AffineTransform(t([1.0, 0.0, -2.0]), t([2.0, -1.0, 0.5])), REALS),
    "affine of numbers": (lambda D, t: D.AffineTransform(1.0, -2.0), REALS),
    "affine of vectors": (lambda D, t: D.AffineTransform(0.5, t([2.0, 3.0, 4.0]), event_dim=1), REALS),
    "affine of numbers, vectors": (lambda D, t: D.AffineTransform(0.5, 2.0, event_dim=1), REALS),
    "softmax": (lambda D, t: D.SoftmaxTransform(), REALS),
    "stick breaking": (lambda D, t: D.StickBreakingTransform(), REALS),
    "lower cholesky": (lambda D, t: D.LowerCholeskyTransform(), MATRICES),
    "positive definite": (lambda D, t: D.PositiveDefiniteTransform(), MATRICES),
    "corr cholesky": (lambda D, t: D.CorrCholeskyTransform(), REALS / 4),
    "reshape": (lambda D, t: D.ReshapeTransform((3,), (1, 3)), REALS),
    "independent": (lambda D, t: D.IndependentTransform(D.ExpTransform(), 1), REALS),
    "compose": (
        lambda D, t: D.ComposeTransform([D.TanhTransform(), D.AffineTransform(1.0, 2.0), D.ExpTransform()]),
        REALS,
    ),
    "compose.inv": (lambda D, t: D.ComposeTransform([D.AffineTransform(1.0, 2.0), D.ExpTransform()]).inv, POSITIVE),
    "compose with an event": (
        lambda D, t: D.ComposeTransform([D.AffineTransform(0.0, t([1.0, 2.0, 0.5])), D.StickBreakingTransform()]),
        REALS,
    ),
    "cat": (
        lambda D, t: D.CatTransform([D.ExpTransform(), D.identity_transform], dim=-1, lengths=[1, 2]),
        REALS,
    ),
    "cat of events": (
        lambda D, t: D.CatTransform(
            [D.IndependentTransform(D.ExpTransform(), 1), D.IndependentTransform(D.TanhTransform(), 1)],
            dim=-1,
            lengths=[1, 2],
        ),
        REALS,
    ),
    "stack": (lambda D, t: D.StackTransform([D.ExpTransform(), D.SigmoidTransform()], dim=0), REALS),
    "cumulative": (lambda D, t: D.CumulativeDistributionTransform(D.Normal(t(0.5), t(2.0))), REALS / 2),
}
# Not bijective, or with an inverse that is not unique: nothing to compare with a Jacobian.
NO_LOG_DET = {"abs", "softmax", "lower cholesky", "positive definite"}


def ours(values):
    return autograd.tensor(values, dtype=autograd.float64)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.mark.torch
@pytest.mark.parametrize("name", CASES)
def test_values_are_pytorchs(name, torch):
    make, values = CASES[name]
    here = make(distributions, ours)
    there = make(torch.distributions, lambda v: torch.tensor(v, dtype=torch.float64))
    assert repr(here) == repr(there)
    assert here.bijective == there.bijective
    x, x_t = ours(values).requires_grad_(), torch.tensor(values, requires_grad=True)
    y, y_t = here(x), there(x_t)
    pairs = [(y, y_t), (here.inv(y), there.inv(y_t))]
    if name not in NO_LOG_DET:
        pairs.append((here.log_abs_det_jacobian(x, y), there.log_abs_det_jacobian(x_t, y_t)))
    for got, expected in pairs:
        np.testing.assert_allclose(got.detach().numpy(), expected.detach().numpy(), rtol=1e-11, atol=1e-12)
        if got.requires_grad:
            (slope,) = autograd.grad(got.sin().sum(), x, retain_graph=True)
            (slope_t,) = torch.autograd.grad(expected.sin().sum(), x_t, retain_graph=True)
            np.testing.assert_allclose(slope.numpy(), slope_t.numpy(), rtol=1e-10, atol=1e-11)
    assert tuple(here.forward_shape(x.shape)) == tuple(there.forward_shape(x_t.shape)) == tuple(y.shape)
    assert tuple(here.inverse_shape(y.shape)) == tuple(x.shape)
    # StackTransform with its dimension in front has no event dimension of its own, in PyTorch too.
    assert here.domain.event_dim == there.domain.event_dim
    assert here.codomain.event_dim == there.codomain.event_dim
    assert repr(here.codomain) == repr(there.codomain) or "object at" in repr(there.codomain)


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in NO_LOG_DET | {"cat of events", "corr cholesky"}]
)
def test_log_determinant_is_the_jacobians(name):
    make, values = CASES[name]
    transform = make(distributions, ours)
    event_dim = max(transform.domain.event_dim, 0)
    x = ours(values)
    y = transform(x)
    found = transform.log_abs_det_jacobian(x, y)
    # The simplex has a coordinate that follows from the others.
    flat = (
        (lambda v: transform(v)[..., :-1]) if isinstance(transform.codomain, type(constraints.simplex)) else transform
    )
    size, size_out = x.numel(), flat(x).numel()
    assert size == size_out
    jacobian = np.empty((size, size))
    leaf = ours(values).requires_grad_()
    out = flat(leaf).reshape(-1)
    for i in range(size):
        (row,) = autograd.grad(out[i], leaf, retain_graph=True)
        jacobian[i] = row.numpy().reshape(-1)
    sign, log_det = np.linalg.slogdet(jacobian)
    assert sign != 0
    assert event_dim == 0 or found.dim() == x.dim() - event_dim
    np.testing.assert_allclose(found.sum().item(), log_det, rtol=1e-9)


def test_corr_cholesky_log_determinant_is_the_jacobians():
    x = ours([0.3, -0.5, 0.2]).requires_grad_()
    transform = transforms.CorrCholeskyTransform()
    y = transform(x)
    rows = [autograd.grad(y[i, j], x, retain_graph=True)[0].numpy() for i, j in ((1, 0), (2, 0), (2, 1))]
    expected = np.linalg.slogdet(np.stack(rows))[1]
    np.testing.assert_allclose(transform.log_abs_det_jacobian(x, y).item(), expected, rtol=1e-10)


@pytest.mark.parametrize("scale", [2.0, [2.0]])
def test_a_scale_shared_by_an_event_counts_for_each_element(scale):
    x = ours(REALS)
    transform = transforms.AffineTransform(0.0, ours(scale), event_dim=1)
    np.testing.assert_allclose(transform.log_abs_det_jacobian(x, transform(x)).numpy(), [3 * np.log(2)] * 2)


@pytest.mark.parametrize("name", [name for name in CASES if name != "softmax"])
def test_inverse_gives_the_input_back(name):
    make, values = CASES[name]
    transform = make(distributions, ours)
    x = ours(values)
    if name in {"lower cholesky", "positive definite"}:
        x = x.tril()
    np.testing.assert_allclose(transform.inv(transform(x)).numpy(), x.numpy(), rtol=1e-8)
    assert transform.inv.inv is transform


def test_cache_returns_the_very_input():
    transform = transforms.TanhTransform(cache_size=1)
    x = autograd.tensor([50.0])
    y = transform(x)
    assert transform.inv(y) is x
    assert transform(x) is y
    assert transforms.TanhTransform().inv(y).isinf().all()
    assert transforms.TanhTransform().with_cache()._cache_size == 1
    composed = transforms.ComposeTransform([transforms.ExpTransform()], cache_size=1)
    assert composed.inv(composed(x)) is x
    assert composed.with_cache(0)._cache_size == 0
    with pytest.raises(ValueError, match="cache_size must be 0 or 1"):
        transforms.ExpTransform(cache_size=2)


def test_equality_and_pickling():
    t = transforms
    assert t.ExpTransform() == t.ExpTransform()
    assert t.ExpTransform() != t.TanhTransform()
    assert t.ExpTransform().inv == t.ExpTransform().inv
    assert t.AffineTransform(0.0, 1.0) == t.AffineTransform(autograd.zeros(2), 1)
    assert t.AffineTransform(0.0, 1.0) != t.AffineTransform(0.0, 2.0)
    assert t.PowerTransform(2.0) == t.PowerTransform(2.0)
    assert t.PowerTransform(2.0) != t.PowerTransform(3.0)
    parts = [t.ExpTransform(), t.AffineTransform(0.0, 1.0)]
    assert t.ComposeTransform(parts) == t.ComposeTransform(list(parts))
    transform = t.ComposeTransform(parts)
    assert transform.inv is transform.inv
    assert pickle.loads(pickle.dumps(transform)) == transform


def test_sign():
    t = transforms
    assert t.ComposeTransform([t.ExpTransform(), t.AffineTransform(0.0, -2.0)]).sign == -1
    assert t.AffineTransform(0.0, autograd.tensor([2.0, -1.0])).sign.tolist() == [1.0, -1.0]
    assert t.AffineTransform(0.0, -2.0).inv.sign == -1
    with pytest.raises(NotImplementedError):
        t.AbsTransform().sign


@pytest.mark.parametrize(
    ("act", "error", "text"),
    [
        (lambda t: t.ReshapeTransform((2,), (3,)), ValueError, "different numbers of elements"),
        (lambda t: t.ReshapeTransform((2,), (1, 2)).forward_shape((3,)), ValueError, "Shape mismatch"),
        (lambda t: t.IndependentTransform(t.ExpTransform(), 1)(autograd.tensor(1.0)), ValueError, "Too few dimensions"),
        (lambda t: t.StickBreakingTransform().forward_shape(()), ValueError, "Too few dimensions"),
        (lambda t: t.CorrCholeskyTransform().forward_shape((4,)), ValueError, "flattened lower-diagonal"),
        (lambda t: t.CorrCholeskyTransform().inverse_shape((2, 3)), ValueError, "not square"),
        (lambda t: t.CatTransform([t.ExpTransform(), 3]), AssertionError, "Transform instances"),
        (lambda t: t.CatTransform([t.ExpTransform()], lengths=[1, 2]), AssertionError, "must match"),
        (lambda t: t.CatTransform([t.ExpTransform()])(autograd.zeros(2)), AssertionError, "must equal"),
        (lambda t: t.StackTransform([t.ExpTransform()], dim=2)(autograd.zeros(2)), AssertionError, "out of range"),
        (lambda t: t.SoftmaxTransform().log_abs_det_jacobian(None, None), NotImplementedError, None),
        (
            lambda t: t.StickBreakingTransform().event_dim and t.ReshapeTransform((4,), (2, 2)).event_dim,
            ValueError,
            "use either",
        ),
    ],
)
def test_errors(act, error, text):
    with pytest.raises(error, match=text):
        act(transforms)


# -- the registries ---------------------------------------------------------------------------------------------------

BIJECTIONS = {
    "real": constraints.real,
    "positive": constraints.positive,
    "nonnegative": constraints.nonnegative,
    "greater_than": constraints.greater_than(-2.0),
    "less_than": constraints.less_than(3.0),
    "unit_interval": constraints.unit_interval,
    "interval": constraints.interval(-1.0, 2.0),
    "half_open": constraints.half_open_interval(0.0, 4.0),
    "simplex": constraints.simplex,
    "independent": constraints.independent(constraints.positive, 1),
    "corr_cholesky": constraints.corr_cholesky,
    "cat": constraints.cat([constraints.positive, constraints.real], -1, [1, 2]),
    "stack": constraints.stack([constraints.positive, constraints.unit_interval], 0),
}


@pytest.mark.parametrize("registry", ["biject_to", "transform_to"])
@pytest.mark.parametrize("name", BIJECTIONS)
def test_registries_lead_into_the_constraint(registry, name):
    constraint = BIJECTIONS[name]
    transform = getattr(distributions, registry)(constraint)
    x = ours(REALS / 3)
    y = transform(x)
    assert bool(constraint.check(y).all())
    if registry == "biject_to":
        assert transform.bijective
        np.testing.assert_allclose(transform.inv(y).numpy(), x.numpy(), rtol=1e-8)


@pytest.mark.parametrize(
    "constraint", [constraints.lower_cholesky, constraints.positive_definite, constraints.positive_semidefinite]
)
def test_matrices_have_a_transform_but_no_bijection(constraint):
    assert bool(constraint.check(distributions.transform_to(constraint)(ours(MATRICES))).all())
    with pytest.raises(NotImplementedError, match="Cannot transform"):
        distributions.biject_to(constraint)


def test_registering_a_constraint_of_ones_own():
    class Even(constraints.Constraint):
        pass

    registry = distributions.constraint_registry.ConstraintRegistry()
    with pytest.raises(NotImplementedError, match="Cannot transform Even constraints"):
        registry(Even())

    @registry.register(Even)
    def factory(constraint):
        return transforms.AffineTransform(0.0, 2.0)

    assert registry(Even()) == factory(None)
    registry.register(Even(), lambda c: transforms.ExpTransform())
    assert registry(Even()) == transforms.ExpTransform()
    with pytest.raises(TypeError, match="Expected constraint"):
        registry.register(3, factory)


@pytest.mark.parametrize("first", [True, False])
def test_the_log_determinant_of_events_that_change_their_dimensions(first):
    exp, reshape = transforms.ExpTransform(), transforms.ReshapeTransform((4,), (2, 2))
    t = transforms.ComposeTransform([exp, reshape] if first else [reshape, exp])
    x = autograd.arange(12.0).reshape(3, 4) / 10
    np.testing.assert_allclose(t.log_abs_det_jacobian(x, t(x)).numpy(), x.sum(-1).numpy(), rtol=1e-6)
