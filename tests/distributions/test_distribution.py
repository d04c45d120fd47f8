"""The base class: shapes, validation, what a family of one's own needs, copies."""

import copy
import pickle

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution


@pytest.fixture
def validation():
    """Undo a change of the default."""
    before = Distribution._validate_args
    yield
    Distribution.set_default_validate_args(before)


class Triangle(Distribution):
    """p(x) = 2x / width² on [0, width]: a family as a user writes one."""

    arg_constraints = {"width": constraints.positive}  # noqa: RUF012 - as users write it
    has_rsample = True

    def __init__(self, width, validate_args=None):
        self.width = width
        super().__init__(width.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self):
        return constraints.interval(0.0, self.width)

    def rsample(self, sample_shape=()):
        return self.width * autograd.rand(self._extended_shape(sample_shape)).sqrt()

    def log_prob(self, value):
        if self._validate_args:
            self._validate_sample(value)
        return (2 * value).log() - 2 * self.width.log()

    def entropy(self):
        return self.width.log() + 0.5 - np.log(2)


def test_a_family_of_ones_own():
    width = autograd.tensor([1.0, 2.0], requires_grad=True)
    d = Triangle(width)
    assert repr(d) == "Triangle(width: autograd.Size([2]))"
    assert repr(Triangle(autograd.tensor([3.0]))) == "Triangle(width: tensor([3.]))"
    sample = d.rsample((5, 3))
    assert sample.shape == (5, 3, 2)
    sample.sum().backward()
    assert (width.grad > 0).all()
    assert not d.sample((5,)).requires_grad
    np.testing.assert_allclose(d.perplexity().detach().numpy(), np.exp(0.5) / 2 * np.array([1, 2]), rtol=1e-6)
    assert constraints.is_dependent(Triangle.support)
    assert Triangle.support.event_dim == 0
    assert repr(d.support).startswith("Interval(lower_bound=0.0, upper_bound=tensor([1., 2.]")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "The value argument to log_prob must be a Tensor"),
        (autograd.ones(3), "Value is not broadcastable with batch_shape"),
        (autograd.tensor([0.5, 2.5]), r"Expected value argument \(Tensor of shape \(2,\)\) to be within the support"),
    ],
)
def test_values_are_checked(value, text):
    d = Triangle(autograd.tensor([1.0, 2.0]))
    with pytest.raises(ValueError, match=text):
        d.log_prob(value)


def test_parameters_are_checked_unless_switched_off(validation):
    bad = autograd.tensor([1.0, -1.0])
    with pytest.raises(
        ValueError, match=r"Expected parameter width \(Tensor of shape \(2,\)\) of distribution Triangle"
    ):
        Triangle(bad)
    assert Triangle(bad, validate_args=False).log_prob(autograd.ones(2)).shape == (2,)
    Distribution.set_default_validate_args(False)
    Triangle(bad)
    with pytest.raises(ValueError, match="width"):
        Triangle(bad, validate_args=True)
    Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="width"):
        Triangle(bad)
    with pytest.raises(ValueError, match="True or False"):
        Distribution.set_default_validate_args(3)


def test_the_event_has_to_fit():
    d = distributions.MultivariateNormal(autograd.zeros(2), autograd.eye(2))
    with pytest.raises(ValueError, match="The right-most size of value must match event_shape"):
        d.log_prob(autograd.zeros(3))
    with pytest.raises(ValueError, match="The right-most size of value must match event_shape"):
        d.log_prob(autograd.tensor(0.0))


def test_what_a_family_leaves_out():
    d = Triangle(autograd.ones(2))
    value = autograd.ones(2)
    for act in (
        lambda: d.mean,
        lambda: d.variance,
        lambda: d.stddev,
        lambda: d.cdf(value),
        lambda: d.icdf(value),
        lambda: d.enumerate_support(),
        lambda: d.expand((3, 2)),
    ):
        with pytest.raises(NotImplementedError):
            act()
    with pytest.raises(NotImplementedError, match="does not implement mode"):
        d.mode
    with pytest.raises(NotImplementedError):
        Distribution(validate_args=False).support
    with pytest.warns(UserWarning, match="does not define `arg_constraints`"):
        Distribution(validate_args=True)


def test_a_support_that_is_not_defined_is_a_warning():
    class Bare(Distribution):
        arg_constraints = {}  # noqa: RUF012

        def log_prob(self, value):
            self._validate_sample(value)
            return value

    with pytest.warns(UserWarning, match="does not define `support`"):
        Bare().log_prob(autograd.tensor(1.0))


def test_expanding_a_subclass_with_its_own_arguments():
    class Unit(distributions.Normal):
        def __init__(self):
            super().__init__(0.0, 1.0)

    class Same(distributions.Normal):
        pass

    with pytest.raises(NotImplementedError, match=r"Subclass Unit of Normal .* must also define a custom .expand"):
        Unit().expand((2,))
    wide = Same(0.0, 1.0, validate_args=False).expand((2,))
    assert type(wide) is Same
    assert wide.batch_shape == (2,)
    assert wide._validate_args is False


def test_sample_n_is_deprecated():
    with pytest.warns(FutureWarning, match="sample_n"):
        assert distributions.Normal(autograd.zeros(2), 1.0).sample_n(3).shape == (3, 2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: distributions.Normal(autograd.zeros(2), 1.0),
        lambda: distributions.MultivariateNormal(autograd.zeros(2), autograd.eye(2)),
        lambda: distributions.LogNormal(autograd.zeros(2), 1.0),
        lambda: distributions.Gumbel(autograd.zeros(2), 1.0),
        lambda: distributions.Independent(distributions.Normal(autograd.zeros(2), 1.0), 1),
    ],
)
def test_copies(make):
    d = make()
    value = autograd.full((2,), 0.7)
    for other in (copy.deepcopy(d), pickle.loads(pickle.dumps(d))):
        assert repr(other) == repr(d)
        assert other.log_prob(value).tolist() == d.log_prob(value).tolist()


def test_gradients_of_second_order_go_through_densities():
    scale = autograd.tensor([0.5, 2.0], dtype=autograd.float64, requires_grad=True)
    x = autograd.tensor([0.3, 1.0], dtype=autograd.float64, requires_grad=True)
    acts = [
        lambda s, x: distributions.Weibull(s, 2.0).log_prob(x),
        lambda s, x: distributions.LogNormal(x, s).entropy(),
    ]
    for act in acts:
        assert autograd.gradcheck(act, (scale, x))
        assert autograd.gradgradcheck(act, (scale, x))


def test_every_exported_name_is_there_once():
    names = distributions.__all__
    assert len(set(names)) == len(names)
    assert [name for name in names if not hasattr(distributions, name)] == []


@pytest.mark.torch
def test_the_interface_is_pytorchs():
    torch = pytest.importorskip("torch")
    for name in torch.distributions.__all__:
        here, there = getattr(distributions, name), getattr(torch.distributions, name)
        if isinstance(there, type):
            assert [n for n in dir(there) if not n.startswith("_") and not hasattr(here, n)] == [], name
