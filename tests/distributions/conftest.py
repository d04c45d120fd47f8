"""A family of distributions against PyTorch's: every property and method, values, gradients, shapes and error texts."""

import re
from operator import attrgetter

import numpy as np
import pytest

import autograd
from autograd import distributions

PROPERTIES = ("mean", "mode", "variance", "stddev")
CLOSE = {"rtol": 1e-10, "atol": 1e-13}


def _same_text(text):
    """A message or repr without what names the library or prints a tensor's values."""
    text = re.sub(r"\b(torch|autograd)\.", "", str(text)).split("but found invalid values")[0]
    text = re.sub(r",\s+(dtype=float64|grad_fn=<\w+>|requires_grad=True)", "", text)
    return re.sub(r"\s+", " ", text)


class Pair:
    """One distribution in both libraries, from the same parameters: arrays become leaves, other things stay."""

    def __init__(self, torch, name, arguments, dtype="float64", grad=True, **options):
        self.torch, self.dtype = torch, dtype
        self.lower = False  # compare gradients of matrices in their lower triangle only
        self.leaves, self.leaves_t = [], []
        here, there = {}, {}
        for key, value in arguments.items():
            if isinstance(value, np.ndarray):
                here[key] = autograd.tensor(value, dtype=getattr(autograd, dtype), requires_grad=grad)
                there[key] = torch.tensor(value, dtype=getattr(torch, dtype), requires_grad=grad)
                self.leaves.append(here[key])
                self.leaves_t.append(there[key])
            else:
                here[key] = there[key] = value
        self.here = attrgetter(name)(distributions)(**here, **options)
        self.there = attrgetter(name)(torch.distributions)(**there, **options)

    def values(self, array):
        return (
            autograd.tensor(array, dtype=getattr(autograd, self.dtype)),
            self.torch.tensor(array, dtype=getattr(self.torch, self.dtype)),
        )

    def compare(self, what, act, *arrays, gradients=True, grad_rtol=1e-9, **close):
        """``act(distribution, *values)`` in both, with the gradients of what comes out; or the same exception."""
        inputs = [self.values(a) for a in arrays]
        for x, x_t in inputs:
            x.requires_grad_()
            x_t.requires_grad_()
        try:
            expected = act(self.there, *(x_t for _, x_t in inputs))
        except NotImplementedError:
            with pytest.raises(NotImplementedError):
                act(self.here, *(x for x, _ in inputs))
            return
        got = act(self.here, *(x for x, _ in inputs))
        close = {**CLOSE, **close}
        assert tuple(got.shape) == tuple(expected.shape), what
        assert str(got.dtype) == str(expected.dtype).removeprefix("torch."), what
        np.testing.assert_allclose(got.detach().numpy(), expected.detach().numpy(), err_msg=what, **close)
        if not gradients or not expected.requires_grad:
            return
        assert got.requires_grad, what
        leaves = [*self.leaves, *(x for x, _ in inputs)]
        leaves_t = [*self.leaves_t, *(x_t for _, x_t in inputs)]

        def slopes_of(library, value, leaves):
            return library.autograd.grad(value.sin().sum(), leaves, retain_graph=True, allow_unused=True)

        try:
            slopes_t = slopes_of(self.torch, expected, leaves_t)
        except NotImplementedError:
            with pytest.raises(NotImplementedError):
                slopes_of(autograd, got, leaves)
            return
        slopes = slopes_of(autograd, got, leaves)
        for slope, slope_t in zip(slopes, slopes_t, strict=True):
            if slope_t is None or slope is None:  # no gradient, or one that is 0
                assert all(s is None or not s.any() for s in (slope, slope_t)), what
                continue
            if self.lower and slope.dim() > 1:
                slope, slope_t = slope.tril(), slope_t.tril()
            np.testing.assert_allclose(
                slope.numpy(),
                slope_t.numpy(),
                err_msg=f"gradient of {what}",
                rtol=max(close["rtol"], grad_rtol),
                atol=1e-11,
            )


def _check_family(
    torch, name, arguments, value, *, skip=(), same_stream=True, sample_grad_rtol=1e-9, lower=False, **close
):
    """Everything that a distribution offers; ``skip`` names what is different on purpose."""
    pair = Pair(torch, name, arguments)
    pair.lower = lower
    here, there = pair.here, pair.there
    assert tuple(here.batch_shape) == tuple(there.batch_shape)
    assert tuple(here.event_shape) == tuple(there.event_shape)
    assert _same_text(repr(here)) == _same_text(repr(there))
    assert _same_text(repr(here.support)) == _same_text(repr(there.support))
    assert sorted(here.arg_constraints) == sorted(there.arg_constraints)
    for attribute in ("has_rsample", "has_enumerate_support"):
        assert attribute in skip or getattr(here, attribute) == getattr(there, attribute), attribute
    for attribute in PROPERTIES:
        if attribute not in skip:
            pair.compare(attribute, lambda d, attribute=attribute: getattr(d, attribute), **close)
    for method in ("entropy", "perplexity"):
        if method not in skip:
            pair.compare(method, lambda d, method=method: getattr(d, method)(), **close)
    if "log_prob" not in skip:
        pair.compare("log_prob", lambda d, x: d.log_prob(x), value, **close)
        own = len(here.batch_shape) + len(here.event_shape)
        first = value.shape[-own - 1] if value.ndim > own else 2
        pair.compare("expanded", lambda d, x: d.expand((first, *d.batch_shape)).log_prob(x), value, **close)
    if "cdf" not in skip:
        pair.compare("cdf", lambda d, x: d.cdf(x), value, **close)
    if "icdf" not in skip:
        quantiles = np.linspace(0.05, 0.95, int(np.prod(value.shape))).reshape(value.shape)
        pair.compare("icdf", lambda d, x: d.icdf(x), quantiles, **close)
    expanded = here.expand((4, 2, *here.batch_shape))
    assert tuple(expanded.batch_shape) == (4, 2, *here.batch_shape)
    assert expanded.event_shape == here.event_shape
    assert expanded.sample((3,)).shape == (3, 4, 2, *here.batch_shape, *here.event_shape)
    assert type(expanded) is type(here)

    def drawn(d):
        library = torch if d is there else autograd
        library.manual_seed(3)
        return (d.rsample if here.has_rsample else d.sample)((2, 3))

    if same_stream:
        pair.compare("sample", drawn, grad_rtol=sample_grad_rtol, **{"rtol": 1e-7, "atol": 1e-10, **close})
    torch.set_default_dtype(torch.float32)
    single = Pair(torch, name, arguments, dtype="float32")
    for what, act in (("log_prob", lambda d, x: d.log_prob(x)), ("mean", lambda d, x: d.mean)):
        single.compare(f"{what} in float32", act, value, gradients=False, rtol=2e-5, atol=1e-5)
    sample = here.sample((3,))
    assert not sample.requires_grad
    assert bool(here.support.check(sample).all())


@pytest.fixture(scope="session")
def check_family():
    """The comparison of one family over one set of parameters with PyTorch."""
    torch = pytest.importorskip("torch")
    return lambda *args, **options: _check_family(torch, *args, **options)


@pytest.fixture(scope="session")
def check_errors():
    """That bad parameters and values are refused with PyTorch's exception and text."""
    torch = pytest.importorskip("torch")

    def check(name, arguments, bad_arguments, bad_values):
        for bad in bad_arguments:
            caught = []
            for library in (autograd, torch):
                made = {
                    key: library.tensor(v, dtype=library.float64) if isinstance(v, np.ndarray) else v
                    for key, v in {**arguments, **bad}.items()
                }
                with pytest.raises(ValueError) as info:
                    attrgetter(name)(library.distributions)(**made)
                caught.append(_same_text(info.value))
            assert caught[0] == caught[1]
        for bad in bad_values:
            pair = Pair(torch, name, arguments, grad=False, validate_args=True)
            texts = []
            for d, x in zip((pair.here, pair.there), pair.values(bad), strict=True):
                with pytest.raises(ValueError) as info:
                    d.log_prob(x)
                texts.append(_same_text(info.value))
            assert texts[0] == texts[1]

    return check
