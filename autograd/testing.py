"""Help for tests of programs that use tensors: comparing within tolerances, and making tensors. As ``torch.testing``.

>>> import autograd
>>> autograd.testing.assert_close(autograd.tensor([0.1, 0.2]) * 3, autograd.tensor([0.3, 0.6]))
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import abs as absolute
from autograd import dtypes, empty, eq, iinfo, isclose, randint, unravel_index, where
from autograd.creation import from_numpy
from autograd.tensor import Tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]

# rtol and atol by dtype; everything else has to be equal. Python's and NumPy's numbers count as float64.
TOLERANCES = {
    dtypes.float16: (1e-3, 1e-5),
    dtypes.float32: (1.3e-6, 1e-5),
    dtypes.float64: (1e-7, 1e-7),
}


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless |actual − expected| ≤ atol + rtol·|expected| everywhere. As ``torch.testing.assert_close``.

    Compares Tensors, arrays, numbers, None, and sequences and mappings of them. The default tolerances go with the
    dtype: (rtol, atol) is (1.3e-6, 1e-5) for float32, (1e-7, 1e-7) for float64 and Python's floats, (1e-3, 1e-5) for
    float16, and 0 for integers. Shapes have to agree, with ``check_dtype`` dtypes, with ``check_stride`` strides;
    devices and layouts always do. NaNs are equal where ``equal_nan`` says so. ``msg`` is what the error says, or makes
    it from the usual text. TypeError for what cannot be compared, ValueError for one tolerance without the other.

    >>> import autograd
    >>> autograd.testing.assert_close([1.0, 2.0], [1.0, 2.5])
    Traceback (most recent call last):
    AssertionError: Scalars are not close!
    ...
    """
    checks = _Checks(rtol, atol, equal_nan, check_dtype, check_stride, allow_subclasses)
    try:
        checks.compare(actual, expected, ())
    except AssertionError as error:
        if msg is None:
            raise
        raise AssertionError(msg(str(error)) if callable(msg) else msg) from None


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """The older ``assert_close``: both are made tensors first, dtypes need not agree, NaNs are equal.

    As ``torch.testing.assert_allclose``; its default tolerances are those of ``assert_close``, rtol 1e-4 for float32.

    >>> import autograd
    >>> autograd.testing.assert_allclose(autograd.tensor([1.0, 2.0]), [1, 2])
    """
    one = actual if isinstance(actual, Tensor) else from_numpy(np.array(actual))
    two = expected if isinstance(expected, Tensor) else from_numpy(np.array(expected)).to(one.dtype)
    if rtol is None and atol is None:
        rtol, atol = _tolerances([one.dtype, two.dtype])
        rtol = max(rtol, 1e-4) if dtypes.float32 in (one.dtype, two.dtype) else rtol
    assert_close(one, two, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


def _tolerances(kinds: Sequence[np.dtype]) -> tuple[float, float]:
    """The wider of the default tolerances of several dtypes."""
    found = [TOLERANCES.get(kind, (0.0, 0.0)) for kind in kinds]
    return max(r for r, _ in found), max(a for _, a in found)


class _Checks:
    """One call's options; ``compare`` walks through the structure."""

    def __init__(
        self,
        rtol: float | None,
        atol: float | None,
        equal_nan: bool,
        check_dtype: bool,
        check_stride: bool,
        allow_subclasses: bool,
    ) -> None:
        self.rtol, self.atol, self.equal_nan = rtol, atol, equal_nan
        self.check_dtype, self.check_stride, self.allow_subclasses = check_dtype, check_stride, allow_subclasses

    def compare(self, actual: Any, expected: Any, at: tuple) -> None:
        """Compare two values that stand at ``at`` in the whole."""
        if _is(Sequence, actual, expected) and not isinstance(actual, str) and not isinstance(expected, str):
            self._sequences(actual, expected, at)
        elif _is(Mapping, actual, expected):
            self._mappings(actual, expected, at)
        elif actual is None or expected is None:
            if actual is not expected:
                self._fail(f"None mismatch: {actual} is not {expected}", at)
        elif _is((bool, np.bool_), actual, expected):
            if bool(actual) is not bool(expected):
                self._fail(f"Booleans mismatch: {bool(actual)} is not {bool(expected)}", at)
        elif _is((int, float, complex, np.number), actual, expected) and not _any_bool(actual, expected):
            self._numbers(actual, expected, at)
        elif _is(Tensor, actual, expected) or _is(np.ndarray, actual, expected):
            self._tensors(actual, expected, at)
        else:
            kinds = f"{type(actual)} and {type(expected)}"
            raise TypeError(f"No comparison pair was able to handle inputs of type {kinds}.{_place(at)}")

    def _fail(self, text: str, at: tuple) -> None:
        raise AssertionError(text + _place(at))

    def _sequences(self, actual: Sequence, expected: Sequence, at: tuple) -> None:
        if len(actual) != len(expected):
            self._fail(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", at)
        for i, (one, two) in enumerate(zip(actual, expected, strict=True)):
            self.compare(one, two, (*at, i))

    def _mappings(self, actual: Mapping, expected: Mapping, at: tuple) -> None:
        if set(actual) != set(expected):
            lost = sorted(set(expected) - set(actual), key=str)
            more = sorted(set(actual) - set(expected), key=str)
            self._fail(
                "The keys of the mappings do not match:"
                f"\nMissing keys in the actual mapping: {lost}\nAdditional keys in the actual mapping: {more}",
                at,
            )
        for key in sorted(actual, key=str):
            self.compare(actual[key], expected[key], (*at, key))

    def _pair(self, kinds: Sequence[np.dtype], at: tuple) -> tuple[float, float]:
        """The tolerances for values of these dtypes."""
        if (self.rtol is None) != (self.atol is None):
            lacking = "rtol" if self.rtol is None else "atol"
            raise ValueError(
                f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {lacking}.{_place(at)}"
            )
        if self.rtol is None or self.atol is None:
            return _tolerances(kinds)
        return self.rtol, self.atol

    def _numbers(self, actual: Any, expected: Any, at: tuple) -> None:
        one, two = (n.item() if isinstance(n, np.number) else n for n in (actual, expected))
        if self.check_dtype and type(one) is not type(two):
            self._fail(f"The (d)types do not match: {type(one)} != {type(two)}.", at)
        whole = isinstance(one, int) and isinstance(two, int)
        rtol, atol = self._pair([dtypes.int64 if whole else dtypes.float64], at)
        if not _near(one, two, rtol, atol, self.equal_nan):
            self._fail(_scalars(one, two, rtol, atol), at)

    def _tensors(self, actual: Any, expected: Any, at: tuple) -> None:
        if not self.allow_subclasses and type(actual) is not type(expected):
            raise TypeError(f"No comparison pair: {type(actual)} and {type(expected)} are not one class{_place(at)}")
        one, two = (t.detach() if isinstance(t, Tensor) else from_numpy(np.array(t)) for t in (actual, expected))
        for attribute, same in (
            ("shape", True),
            ("dtype", self.check_dtype),
            ("stride()", self.check_stride),
        ):
            name = attribute.removesuffix("()")
            a, b = (getattr(t, name)() if attribute != name else getattr(t, name) for t in (one, two))
            if same and a != b:
                self._fail(f"The values for attribute '{attribute}' do not match: {a} != {b}.", at)
        rtol, atol = self._pair([one.dtype, two.dtype], at)
        if one.dtype != two.dtype:
            kind = dtypes.promote_types(one.dtype, two.dtype)
            one, two = one.to(kind), two.to(kind)
        if not dtypes.is_real_float(one.dtype):
            one, two = one.to(dtypes.int64), two.to(dtypes.int64)
        near = isclose(one, two, rtol=rtol, atol=atol, equal_nan=self.equal_nan)
        if near.all():
            return
        if near.ndim == 0:
            self._fail(_scalars(one.item(), two.item(), rtol, atol), at)
        self._fail(_difference(one, two, near, rtol, atol), at)


def _is(kind: Any, *values: Any) -> bool:
    return all(isinstance(value, kind) for value in values)


def _any_bool(*values: Any) -> bool:
    return any(isinstance(value, (bool, np.bool_)) for value in values)


def _place(at: tuple) -> str:
    """Where in a structure a failure occurred."""
    return "\n\nThe failure occurred for item " + "".join(f"[{key!r}]" for key in at) if at else ""


def _near(one: Any, two: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
    """Whether two numbers are close."""
    if one == two or (equal_nan and cmath.isnan(one) and cmath.isnan(two)):
        return True
    return bool(cmath.isfinite(one) and cmath.isfinite(two) and abs(one - two) <= atol + rtol * abs(two))


def _kind(rtol: float, atol: float) -> str:
    return "equal" if rtol == atol == 0 else "close"


def _up_to(tolerance: float, rtol: float, atol: float) -> str:
    return "" if rtol == atol == 0 else f" (up to {tolerance} allowed)"


def _scalars(one: Any, two: Any, rtol: float, atol: float) -> str:
    """The text for two numbers that differ."""
    difference = abs(one - two)
    relative = math.inf if two == 0 else difference / abs(two)
    return (
        f"Scalars are not {_kind(rtol, atol)}!\n\nExpected {two} but got {one}.\n"
        f"Absolute difference: {difference}{_up_to(atol, rtol, atol)}\n"
        f"Relative difference: {relative}{_up_to(rtol, rtol, atol)}"
    )


def _difference(one: Tensor, two: Tensor, near: Tensor, rtol: float, atol: float) -> str:
    """The text for two tensors that differ: how many elements, and where most."""
    total, wrong = near.numel(), near.numel() - int(near.sum().item())
    lines = [f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})"]
    difference = absolute(one - two)
    parts = {"absolute": (difference, atol), "relative": (difference / absolute(two), rtol)}
    for name, (values, tolerance) in parts.items():
        values = where(near, values.new_zeros(()), values)
        place = int(values.argmax().item())
        at = tuple(int(i.item()) for i in unravel_index(from_numpy(np.array(place)), values.shape))
        most = values.reshape(-1)[place].item()
        lines.append(f"Greatest {name} difference: {most} at index {at}{_up_to(tolerance, rtol, atol)}")
    return f"Tensor-likes are not {_kind(rtol, atol)}!\n\n" + "\n".join(lines)


# -- making tensors -------------------------------------------------------------------------------------------------


def make_tensor(
    *shape: Any,
    dtype: np.dtype,
    device: Any = "cpu",
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of ``shape`` with random numbers of [low, high). As ``torch.testing.make_tensor``, with its numbers.

    By default floats lie in [−9, 9), integers in [−9, 10), unsigned ones in [0, 10), truth values are drawn evenly.
    ``exclude_zero`` puts the smallest positive number in place of each 0, ``noncontiguous`` leaves gaps between the
    elements. ValueError for low ≥ high (floats: low > high), for NaN, for a range outside the dtype, and for
    ``requires_grad`` with integers.

    >>> import autograd
    >>> autograd.testing.make_tensor(2, 3, dtype=autograd.int64).shape
    autograd.Size([2, 3])
    """
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    floating = dtypes.is_real_float(dtype)
    if requires_grad and not floating:
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype}"
        )
    drawn = sizes
    if noncontiguous and math.prod(sizes) > 1:
        drawn = (*sizes[:-1], 2 * sizes[-1])
    first, last = _range(dtype, low, high)
    if floating:
        made = _uniform(drawn, dtype, device, first, last)
    else:
        made = randint(int(first), int(last), drawn, dtype=dtype, device=device)
    if drawn is not sizes:
        made = made[..., 1::2]
    if exclude_zero:
        made[eq(made, 0)] = dtypes.finfo(dtype).tiny if floating else 1
    return made.requires_grad_() if requires_grad else made


def _uniform(shape: tuple, dtype: np.dtype, device: Any, low: float, high: float) -> Tensor:
    """Uniform numbers of [low, high), whose difference may be more than the dtype holds."""
    made = empty(shape, dtype=dtype, device=device)
    if high - low > dtypes.finfo(dtype).max:
        return made.uniform_(low / 2, high / 2).mul_(2)
    return made.uniform_(low, high)


def _range(dtype: np.dtype, low: float | None, high: float | None) -> tuple[float, float]:
    """The bounds, checked and brought into the dtype."""
    floating = dtypes.is_real_float(dtype)
    if dtype == dtypes.bool_:
        least, most, usual = 0.0, 2.0, (0, 2)
    elif floating:
        least, most, usual = float(dtypes.finfo(dtype).min), float(dtypes.finfo(dtype).max), (-9, 9)
    else:
        least, most = iinfo(dtype).min, iinfo(dtype).max + (dtype != dtypes.int64)  # randint's bounds are int64
        usual = (max(least, -9), 10)
    first = usual[0] if low is None else low
    last = usual[1] if high is None else high
    if math.isnan(first) or math.isnan(last):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={first} and high={last}")
    if first > last or (first == last and not floating):
        raise ValueError(f"`low` must be less than `high`, but got {first} >= {last}")
    if first > most or last < least:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{first}, {last}), but {dtype} only supports "
            f"[{least}, {most})"
        )
    first, last = max(first, least), min(last, most)
    return (first, last) if floating else (math.ceil(first), math.ceil(last))
