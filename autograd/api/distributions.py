"""Samples of distributions: as functions of tensors of parameters, and written into a tensor in place."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.export import export
from autograd.dispatch import number, wrap
from autograd.factory import finished, made, out_dtype, sizes_from
from autograd.inplace import check_target, put
from autograd.kernels import rejection, sampling
from autograd.kernels.sampling import in_memory_order, normals
from autograd.kernels.stream_arithmetic import last_integer
from autograd.kernels.streams import Stream
from autograd.ops import random as ops
from autograd.out import copy_back
from autograd.random import Generator, drawn, filled, need_float, zero_gradient
from autograd.tensor import Tensor

_UNSET: Any = object()  # an argument that was not given, where None means something


def _tensor(name: str, argument: str, value: Any) -> np.ndarray:
    """The array of a Tensor argument."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name}(): argument {argument!r} must be a Tensor, but got {type(value).__name__}")
    return np.asarray(value._array)


def _deliver(result: Tensor, out: Tensor | None, name: str, *sources: Any) -> Tensor:
    """The result as a function of its parameters, or ``out`` with it written in."""
    tensors = tuple(s for s in sources if isinstance(s, Tensor))
    if out is None:
        return zero_gradient(result, *tensors)
    copy_back(result, out, name, tensors)
    return out


# -- functions of tensors -----------------------------------------------------------------------------------------------


@export(method=False)
def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Normal numbers with the given means and deviations: ``mean + std·z``. As ``torch.normal``; equal up to rounding.

    ``mean`` and ``std`` are tensors that broadcast, or numbers; two numbers need a ``size``. Their gradient is 0, as in
    PyTorch: write ``mean + std * randn_like(mean)`` to differentiate through a sample. RuntimeError for a negative std.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.normal(autograd.tensor([10.0, 20.0, 30.0]), 0.1)
    tensor([10.1541, 19.9707, 29.7821])
    """
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None or not isinstance(size, (tuple, list)):
            raise TypeError("normal(): two numbers need a tuple as 'size', as in normal(0.0, 1.0, (2, 3))")
        _check_std(std)
        wanted = need_float("normal", out_dtype("normal", out, dtype, dtypes.get_default_dtype()))
        shape = sizes_from((size,), "normal")
        values = drawn("normal", generator, lambda stream: stream.normal(shape, wanted, mean, std))
        return finished("normal", values, out, requires_grad)
    if size is not None:
        raise TypeError("normal(): 'size' goes with two numbers; tensors bring their own shape")
    first = mean if isinstance(mean, Tensor) else std
    wanted = need_float("normal", first.dtype)
    _check_std(std._array if isinstance(std, Tensor) else std)
    means, deviations = (np.asarray(v._array) if isinstance(v, Tensor) else v for v in (mean, std))
    try:
        shape = np.broadcast_shapes(np.shape(means), np.shape(deviations))
    except ValueError as error:
        raise RuntimeError(
            f"normal(): mean {np.shape(means)} and std {np.shape(deviations)} do not broadcast"
        ) from error
    scale = 1.0 if isinstance(std, Tensor) else std
    values = drawn("normal", generator, lambda stream: stream.normal(shape, wanted, 0.0, scale))
    if isinstance(std, Tensor):
        values *= deviations
    values += means
    return _deliver(made(values), out, "normal", mean, std)


def _check_std(std: Any) -> None:
    if not isinstance(std, np.ndarray | np.generic | int | float):
        raise TypeError(f"normal(): argument 'std' must be a number or a Tensor, but got {type(std).__name__}")
    if not bool(np.all(np.asarray(std) >= 0)):
        raise RuntimeError("normal() expects std >= 0.0, but found a negative one" + (f": {std}" * (np.ndim(std) == 0)))


@export()
def bernoulli(input: Tensor, p: Any = None, *, generator: Generator | None = None, out: Tensor | None = None) -> Tensor:
    """1 with the probability that ``input`` gives (or ``p``, for every element), else 0; in the dtype of ``input``.

    As ``torch.bernoulli``, and equal to it. The gradient is 0, as in PyTorch. RuntimeError for a probability outside
    [0, 1], NotImplementedError where ``input`` gives them and is not floating.

    >>> import autograd
    >>> autograd.bernoulli(autograd.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    array = _tensor("bernoulli", "input", input)
    if p is None:
        need_float("bernoulli", array.dtype)
    elif isinstance(p, Tensor):
        if p._array.ndim:
            raise TypeError("bernoulli(): argument 'p' must be a float, not Tensor: give the tensor as 'input'")
        p = number(p, "bernoulli", "p")
    chance = array if p is None else p
    values = drawn("bernoulli", generator, lambda stream: stream.bernoulli(array.shape, chance, array.dtype))
    return _deliver(made(values), out, "bernoulli", input)


@export()
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """``num_samples`` categories drawn with the weights in ``input`` (a vector, or one row each); int64.

    As ``torch.multinomial``, and equal to it up to the rounding of ``log``. RuntimeError for weights that are negative,
    infinite, NaN or all 0, and for more samples than categories without ``replacement``.

    >>> import autograd
    >>> autograd.multinomial(autograd.tensor([0.0, 1.0, 0.0]), 4, replacement=True)
    tensor([1, 1, 1, 1])
    """
    array = _tensor("multinomial", "input", input)
    if not dtypes.is_real_float(array.dtype):
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {array.dtype}")
    if array.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: prob_dist must be 1 or 2 dim, but got shape {array.shape}")
    if num_samples <= 0:
        raise RuntimeError(f"multinomial: cannot sample n_sample <= 0 samples, but got {num_samples}")
    if not replacement and num_samples > array.shape[-1]:
        raise RuntimeError(
            f"multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement, but got "
            f"{num_samples} of {array.shape[-1]} categories"
        )
    rows = array.reshape(-1, array.shape[-1])
    if not bool(np.all((rows >= 0) & (rows < np.inf))):
        raise RuntimeError("multinomial: probability tensor contains either `inf`, `nan` or element < 0")
    if not bool(np.all(rows.sum(axis=1) > 0)):
        raise RuntimeError("multinomial: invalid multinomial distribution (sum of probabilities <= 0)")
    if out is not None and out.dtype is not dtypes.int64:
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype}")
    values = drawn("multinomial", generator, lambda stream: sampling.choose(stream, rows, num_samples, replacement))
    result = made(values.reshape(*array.shape[:-1], num_samples))
    if out is not None:
        copy_back(result, out, "multinomial", ())
        return out
    return result


@export(method=False)
def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """A Poisson count for each rate in ``input``, in its dtype. As ``torch.poisson``, and equal to it.

    The gradient is 0, as in PyTorch. RuntimeError for a negative rate, NotImplementedError for a dtype that is not
    floating. Slow: element by element.

    >>> import autograd
    >>> autograd.poisson(autograd.zeros(3))
    tensor([0., 0., 0.])
    """
    array = _tensor("poisson", "input", input)
    need_float("poisson", array.dtype)
    values = drawn("poisson", generator, lambda stream: rejection.poisson(stream, array))
    return zero_gradient(made(values.astype(array.dtype)), input)


@export(method=False)
def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """The number of successes among ``count`` trials of probability ``prob``, in their dtype; the two broadcast.

    As ``torch.binomial``, and equal to it. The gradient is 0. ValueError for a dtype that is not floating, RuntimeError
    for two different ones. Slow: element by element.

    >>> import autograd
    >>> autograd.binomial(autograd.tensor([5.0, 5.0]), autograd.tensor([0.0, 1.0]))
    tensor([0., 5.])
    """
    counts, chances = _tensor("binomial", "count", count), _tensor("binomial", "prob", prob)
    for name, array in (("count", counts), ("prob", chances)):
        if not dtypes.is_real_float(array.dtype):
            raise ValueError(f"binomial only supports floating-point dtypes for {name}, got: {array.dtype}")
    if counts.dtype != chances.dtype:
        raise RuntimeError(f"binomial(): prob has dtype {chances.dtype}, but expected that of count, {counts.dtype}")
    try:
        counts, chances = np.broadcast_arrays(counts, chances)
    except ValueError as error:
        raise RuntimeError(f"binomial(): count {counts.shape} and prob {chances.shape} do not broadcast") from error
    values = drawn("binomial", generator, lambda stream: rejection.binomial(stream, counts, chances))
    return zero_gradient(made(values.astype(counts.dtype)), count, prob)


@export("_standard_gamma", method=False)
def _standard_gamma(input: Tensor, generator: Generator | None = None) -> Tensor:
    """A gamma number of rate 1 for each shape parameter in ``input``, in its dtype. As ``torch._standard_gamma``.

    Equal to PyTorch's. It carries the implicit reparameterisation gradient (Figurnov et al., 2018), here accurate to
    rounding and with a second derivative. NotImplementedError for a dtype not floating. Slow: element by element.

    >>> import autograd
    >>> autograd._standard_gamma(autograd.ones(3)).shape
    autograd.Size([3])
    """
    array = _tensor("_standard_gamma", "input", input)
    need_float("_standard_gamma", array.dtype)
    values = drawn("_standard_gamma", generator, lambda stream: rejection.standard_gamma(stream, array))
    return ops.standard_gamma.function(input, made(values))


@export("_sample_dirichlet", method=False)
def _sample_dirichlet(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Points on the simplex of the last dimension, with the parameters in ``input``. As ``torch._sample_dirichlet``.

    Equal to PyTorch's. The gradient is implicit, of each coordinate by its own parameter while the others keep their
    proportions. NotImplementedError for a dtype not floating. Slow: element by element.

    >>> import autograd
    >>> bool(abs(autograd._sample_dirichlet(autograd.ones(3)).sum() - 1) < 1e-6)
    True
    """
    array = _tensor("_sample_dirichlet", "input", input)
    need_float("_sample_dirichlet", array.dtype)
    values = drawn("_sample_dirichlet", generator, lambda stream: rejection.dirichlet(stream, array))
    return ops.sample_dirichlet.function(input, made(values))


# -- in place -----------------------------------------------------------------------------------------------------------


def _overwrite(self: Tensor, name: str, generator: Generator | None, draw: Callable) -> Tensor:
    """Write ``draw(stream, array)`` into the tensor: its history ends there, with a gradient of 0."""
    array = check_target(self, name)
    return put(self, wrap(drawn(name, generator, lambda stream: draw(stream, array))), name)


def _simple(self: Tensor, name: str, generator: Generator | None, method: Callable, *args: Any) -> Tensor:
    """Write what a method of Stream draws for a shape and dtype, in the order of memory."""
    array = check_target(self, name)
    values = filled(name, generator, array, lambda stream, shape: method(stream, shape, array.dtype, *args))
    return put(self, wrap(values), name)


def _start(name: str, low: Any, named: dict[str, Any]) -> Any:
    """The start of a range, which PyTorch's keyword calls ``from``, a name that no parameter can have in Python."""
    if named.keys() - {"from"}:
        raise TypeError(f"{name}() got an unexpected keyword argument {min(named.keys() - {'from'})!r}")
    if named and low is not None:
        raise TypeError(f"{name}() got two values for argument 'from'")
    return named.get("from", low)


def _continuous(self: Tensor, name: str, error: type[Exception] = RuntimeError) -> None:
    if not self.is_floating_point():
        raise error(f"{name}(): the distribution is continuous: expected a floating-point tensor, but got {self.dtype}")


@export("uniform_", function=False)
def uniform_(
    self: Tensor, low: float | None = None, to: float = 1.0, *, generator: Generator | None = None, **named: float
) -> Tensor:
    """Overwrite with uniform numbers in [low, to), by default [0, 1). As ``torch.Tensor.uniform_``, and equal to it.

    PyTorch's keyword for ``low``, ``from``, is taken too, as ``**{"from": 0.5}``. RuntimeError where ``low > to`` or for
    a leaf that requires grad, NotImplementedError for a dtype that is not floating.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    need_float("uniform_", self.dtype)
    start = _start("uniform_", low, named)
    low, to = number(0.0 if start is None else start, "uniform_", "from"), number(to, "uniform_", "to")
    if not low <= to:
        raise RuntimeError(f"uniform_() expects to return a [from, to) range, but found from={low} > to={to}")
    return _simple(self, "uniform_", generator, Stream.uniform, low, to)


@export("normal_", function=False)
def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrite with normal numbers. As ``torch.Tensor.normal_``; equal to it up to rounding.

    RuntimeError for a negative ``std`` or a leaf that requires grad, NotImplementedError for a dtype not floating.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.empty(2).normal_(10, 0.1)
    tensor([10.1541,  9.9707])
    """
    need_float("normal_", self.dtype)
    mean, std = number(mean, "normal_", "mean"), number(std, "normal_", "std")
    _check_std(std)
    return _overwrite(self, "normal_", generator, lambda stream, array: normals(stream, array, mean, std))


@export("bernoulli_", function=False)
def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Overwrite with 1 at probability ``p``, a number or a tensor that broadcasts, else 0; any dtype.

    As ``torch.Tensor.bernoulli_``, and equal to it. RuntimeError for a probability outside [0, 1].

    >>> import autograd
    >>> autograd.empty(2).bernoulli_(1.0)
    tensor([1., 1.])
    """
    if not isinstance(p, Tensor):
        array = check_target(self, "bernoulli_")
        values = filled(
            "bernoulli_", generator, array, lambda stream, shape: stream.bernoulli(shape, float(p), array.dtype)
        )
        return put(self, wrap(values), "bernoulli_")
    need_float("bernoulli_", p.dtype)
    try:
        chance = np.broadcast_to(p._array, self._array.shape)
    except ValueError as error:
        raise RuntimeError(f"bernoulli_(): p of shape {list(p.shape)} does not expand to {list(self.shape)}") from error

    def draw(stream: Stream, array: np.ndarray) -> np.ndarray:
        order = sorted(range(array.ndim), key=lambda d: -abs(array.strides[d]))
        in_order = chance if array.flags.c_contiguous else chance.transpose(order)
        return in_memory_order(array, lambda shape: stream.bernoulli(shape, in_order, array.dtype))

    return _overwrite(self, "bernoulli_", generator, draw)


@export("random_", function=False)
def random_(
    self: Tensor, low: int | None = None, to: Any = _UNSET, *, generator: Generator | None = None, **named: int
) -> Tensor:
    """Overwrite with integers: ``random_(low, to)`` in [low, to), ``random_(to)`` in [0, to), ``random_()`` over the dtype.

    ``random_(low, None)`` ends with the dtype; a floating one ends where integers stop being exact. As
    ``torch.Tensor.random_``, and equal to it. RuntimeError for an empty range or one outside the dtype, TypeError for
    bounds that are no integers.

    >>> import autograd
    >>> _ = autograd.manual_seed(1)
    >>> autograd.empty(5).random_(10)
    tensor([5., 9., 4., 8., 3.])
    """
    low = _start("random_", low, named)
    if low is None and to in (None, _UNSET):
        return _simple(self, "random_", generator, Stream.random_full)
    if to is _UNSET and not named:
        low, to = 0, low
    low, to = 0 if low is None else low, None if to is _UNSET else to
    for value in (low, to):
        if value is not None and not hasattr(value, "__index__"):
            raise TypeError(f"random_(): the bounds must be ints, but got {type(value).__name__}")
    first = operator.index(low)
    end = last_integer(self.dtype) + 1 if to is None else operator.index(to)
    if not first < end:
        raise RuntimeError(f"random_() expects 'from' to be less than 'to', but got from={first} >= to={end}")
    array = check_target(self, "random_")
    values = filled("random_", generator, array, lambda stream, shape: stream.integers(shape, first, end, array.dtype))
    return put(self, wrap(values), "random_")


@export("exponential_", function=False)
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrite with exponential numbers of rate ``lambd``. As ``torch.Tensor.exponential_``; equal up to rounding.

    RuntimeError for a rate that is not positive, or a dtype that is not floating.

    >>> import autograd
    >>> bool((autograd.empty(5).exponential_() >= 0).all())
    True
    """
    _continuous(self, "exponential_")
    lambd = number(lambd, "exponential_", "lambd")
    if not lambd > 0:
        raise RuntimeError(f"exponential_() expects lambda > 0.0, but found lambda={lambd}")
    return _simple(self, "exponential_", generator, Stream.exponential, lambd)


@export("geometric_", function=False)
def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Overwrite with the number of trials up to the first success of probability ``p``. As ``torch.Tensor.geometric_``.

    RuntimeError for ``p`` outside (0, 1).

    >>> import autograd
    >>> bool((autograd.empty(5).geometric_(0.5) >= 1).all())
    True
    """
    if self.dtype is dtypes.bool_:
        raise NotImplementedError("geometric_(): not implemented for bool; expected a number's dtype")
    p = number(p, "geometric_", "p")
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_() expects p to be in (0, 1), but got p={p}")
    return _simple(self, "geometric_", generator, Stream.geometric, p)


@export("cauchy_", function=False)
def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrite with Cauchy numbers. As ``torch.Tensor.cauchy_``; equal up to rounding.

    RuntimeError for a ``sigma`` that is not positive, or a dtype that is not floating.

    >>> import autograd
    >>> autograd.empty(5).cauchy_().shape
    autograd.Size([5])
    """
    _continuous(self, "cauchy_")
    median, sigma = number(median, "cauchy_", "median"), number(sigma, "cauchy_", "sigma")
    if not sigma > 0:
        raise RuntimeError(f"cauchy_() expects sigma > 0.0, but found sigma={sigma}")
    return _simple(self, "cauchy_", generator, Stream.cauchy, median, sigma)


@export("log_normal_", function=False)
def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrite with the exponentials of normal numbers. As ``torch.Tensor.log_normal_``; equal up to rounding.

    RuntimeError for a ``std`` that is not positive, NotImplementedError for a dtype that is not floating.

    >>> import autograd
    >>> bool((autograd.empty(5).log_normal_() > 0).all())
    True
    """
    need_float("log_normal_", self.dtype)
    mean, std = number(mean, "log_normal_", "mean"), number(std, "log_normal_", "std")
    if not std > 0:
        raise RuntimeError(f"log_normal_() expects std > 0.0, but found std={std}")
    return _simple(self, "log_normal_", generator, Stream.log_normal, mean, std)
