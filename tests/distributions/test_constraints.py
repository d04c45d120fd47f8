"""Constraints: membership, names and errors, against PyTorch's."""

import numpy as np
import pytest

import autograd
from autograd.distributions import constraints, utils

NUMBERS = np.array([-np.inf, -2.0, -0.5, 0.0, 0.3, 1.0, 2.0, 3.5, np.inf, np.nan])
VECTORS = np.array(
    [
        [0.0, 1.0, 0.0],
        [0.2, 0.3, 0.5],
        [1.0, 1.0, 0.0],
        [-1.0, 1.0, 1.0],
        [0.0, 0.0, 0.0],
        [0.5, 0.4999, 0.0],
        [0.5, 0.5, 1e-7],
    ]
)
EYE = np.eye(3)
MATRICES = np.stack(
    [
        EYE,
        np.tril(np.ones((3, 3))),
        -EYE,
        np.ones((3, 3)),
        EYE + 0.5,
        np.array([[1.0, 0, 0], [0.6, 0.8, 0], [0, 0.6, 0.8]]),
        np.triu(np.ones((3, 3))),
        np.diag([1.0, 0.0, 1.0]),
    ]
)
PLAIN = {
    NUMBERS.tobytes(): (
        "boolean",
        "nonnegative_integer",
        "positive_integer",
        "real",
        "positive",
        "nonnegative",
        "unit_interval",
    ),
    VECTORS.tobytes(): ("one_hot", "simplex", "real_vector"),
    MATRICES.tobytes(): (
        "lower_triangular",
        "lower_cholesky",
        "corr_cholesky",
        "square",
        "symmetric",
        "positive_semidefinite",
        "positive_definite",
    ),
}
CASES = [
    (name, lambda c, name=name: getattr(c, name), values)
    for values in (NUMBERS, VECTORS, MATRICES)
    for name in PLAIN[values.tobytes()]
] + [
    ("greater_than", lambda c: c.greater_than(0.3), NUMBERS),
    ("greater_than_eq", lambda c: c.greater_than_eq(0.3), NUMBERS),
    ("less_than", lambda c: c.less_than(1), NUMBERS),
    ("interval", lambda c: c.interval(-0.5, 2.0), NUMBERS),
    ("half_open_interval", lambda c: c.half_open_interval(-0.5, 2.0), NUMBERS),
    ("integer_interval", lambda c: c.integer_interval(-2, 1), NUMBERS),
    ("integer_less_than", lambda c: c._IntegerLessThan(1), NUMBERS),
    ("multinomial", lambda c: c.multinomial(1), VECTORS),
    ("independent", lambda c: c.independent(c.positive, 2), MATRICES),
    ("cat", lambda c: c.cat([c.positive, c.boolean], -1, [1, 2]), VECTORS),
    ("stack", lambda c: c.stack([c.positive, c.boolean, c.real], -1), VECTORS),
    ("mixture", lambda c: c.MixtureSameFamilyConstraint(c.greater_than(0.0)), NUMBERS),
    ("mixture of vectors", lambda c: c.MixtureSameFamilyConstraint(c.simplex), VECTORS),
]


@pytest.mark.torch
@pytest.mark.parametrize(("make", "values"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_membership_is_pytorchs(make, values):
    torch = pytest.importorskip("torch")
    here, there = make(constraints), make(torch.distributions.constraints)
    assert repr(here) == repr(there) or " object at " in repr(there)
    assert (here.is_discrete, here.event_dim) == (there.is_discrete, there.event_dim)
    got, expected = here.check(autograd.tensor(values)), there.check(torch.tensor(values))
    assert got.dtype == autograd.bool
    assert got.tolist() == expected.tolist()


@pytest.mark.torch
def test_every_name_is_there():
    there = pytest.importorskip("torch").distributions.constraints
    assert set(there.__all__) <= set(constraints.__all__)


def test_membership_without_pytorch():
    check = lambda c, v: c.check(autograd.tensor(v)).tolist()
    assert check(constraints.positive, [0.0, 1.0]) == [False, True]
    assert check(constraints.simplex, [[0.5, 0.5], [0.5, 0.6]]) == [True, False]
    assert check(constraints.positive_definite, [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]]) == [True, False]
    assert check(constraints.corr_cholesky, [[1.0, 0.0], [0.6, 0.8]]) is True
    assert constraints.is_dependent(constraints.dependent)
    assert not constraints.is_dependent(constraints.real)
    known = constraints.dependent(is_discrete=True, event_dim=1)
    assert (known.is_discrete, known.event_dim) == (True, 1)


@pytest.mark.parametrize(
    ("act", "error", "text"),
    [
        (lambda c: c.dependent.check(1), ValueError, "Cannot determine validity of dependent constraint"),
        (lambda c: c.dependent.event_dim, NotImplementedError, "event_dim cannot be determined statically"),
        (lambda c: c.dependent.is_discrete, NotImplementedError, "is_discrete cannot be determined statically"),
        (lambda c: c.independent(3, 1), AssertionError, "base_constraint must be a Constraint, got int"),
        (lambda c: c.independent(c.real, -1), AssertionError, "must be >= 0, got -1"),
        (lambda c: c.independent(c.real, 1.0), AssertionError, "must be an int, got float"),
        (
            lambda c: c.independent(c.real, 2).check(autograd.zeros(3)),
            ValueError,
            r"Expected value.dim\(\) >= 2 but got 1",
        ),
        (lambda c: c.MixtureSameFamilyConstraint(3), AssertionError, "must be a Constraint"),
        (lambda c: c.cat([c.real, 3]), AssertionError, "must be Constraint instances"),
        (lambda c: c.cat([c.real], lengths=[1, 2]), AssertionError, r"lengths \(2\) must match cseq \(1\)"),
        (lambda c: c.stack([c.real], 1).check(autograd.zeros(3)), AssertionError, "dim 1 out of range"),
    ],
)
def test_errors(act, error, text):
    with pytest.raises(error, match=text):
        act(constraints)


# -- utilities --------------------------------------------------------------------------------------------------------


def test_broadcast_all():
    x, y = utils.broadcast_all(autograd.ones(2, 1, dtype=autograd.float64), 3)
    assert (x.shape, y.shape, y.dtype) == ((2, 1), (2, 1), autograd.float64)
    assert utils.broadcast_all(1, 2)[0].dtype == autograd.float32
    with pytest.raises(ValueError, match="Input arguments must all be instances of Number"):
        utils.broadcast_all([1.0], 2)


@pytest.mark.torch
@pytest.mark.parametrize("diag", [-2, -1, 0, 1, 2])
def test_triangles_are_pytorchs(diag):
    torch = pytest.importorskip("torch")
    there = torch.distributions.utils
    matrix = np.arange(18.0).reshape(2, 3, 3)
    vector = utils.tril_matrix_to_vec(autograd.tensor(matrix), diag)
    assert vector.tolist() == there.tril_matrix_to_vec(torch.tensor(matrix), diag).tolist()
    if diag <= 0:
        back = utils.vec_to_tril_matrix(vector, diag)
        assert back.tolist() == there.vec_to_tril_matrix(torch.tensor(vector.numpy()), diag).tolist()


def test_triangles_have_gradients_and_errors():
    vector = autograd.ones(3, requires_grad=True)
    (utils.vec_to_tril_matrix(vector) * autograd.tensor([[1.0, 9.0], [2.0, 3.0]])).sum().backward()
    assert vector.grad.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="cannot be expressed as the lower triangular part"):
        utils.vec_to_tril_matrix(autograd.ones(4))
    with pytest.raises(ValueError, match=r"diag \(3\) provided is outside \[-3, 2\]"):
        utils.tril_matrix_to_vec(autograd.ones(3, 3), 3)


@pytest.mark.torch
def test_logits_and_probabilities_are_pytorchs():
    torch = pytest.importorskip("torch")
    there = torch.distributions.utils
    logits = np.array([[-3.0, 0.0, 40.0], [1.0, 2.0, 3.0]])
    for binary in (False, True):
        probs = utils.logits_to_probs(autograd.tensor(logits), binary)
        np.testing.assert_allclose(
            probs.numpy(), there.logits_to_probs(torch.tensor(logits), binary).numpy(), rtol=1e-12
        )
        back = utils.probs_to_logits(probs, binary)
        np.testing.assert_allclose(
            back.numpy(), there.probs_to_logits(torch.tensor(probs.numpy()), binary).numpy(), rtol=1e-12
        )


def test_lazy_property_keeps_gradients_made_without_recording():
    class Holder:
        calls = 0

        def __init__(self):
            self.x = autograd.ones(1, requires_grad=True)

        @utils.lazy_property
        def double(self):
            Holder.calls += 1
            return 2 * self.x

    holder = Holder()
    with autograd.no_grad():
        assert holder.double.requires_grad
    assert holder.double is holder.double
    assert Holder.calls == 1
    assert isinstance(Holder.double, property)
    assert isinstance(Holder.double, utils.lazy_property)
