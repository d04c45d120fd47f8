"""PyTorch's CPU random streams as arithmetic over the Mersenne Twister.

A :class:`Stream` is one generator.  It turns successive 32-bit outputs of MT19937 into the numbers that PyTorch's CPU
generator draws from the same seed: bit for bit for integers, permutations and uniforms, and up to the last bits of
``log``, ``cos`` and ``sin`` (which differ between maths libraries) for the other distributions.  In the formulas below
``u32`` is one output, ``u64 = first · 2³² + second`` two of them, ``f24 = (u32 mod 2²⁴) · 2⁻²⁴`` and
``d53 = (u64 mod 2⁵³) · 2⁻⁵³``.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.kernels.stream_arithmetic import (
    check_bounds,
    floating_dtype,
    inner_bounds,
    last_integer,
    multiply_add,
    narrow,
    remainder,
    swap_at_once,
    swap_in_turn,
)

Shape = int | tuple[int, ...]
Array = npt.NDArray[Any]

DEFAULT_SEED = 67280421310721  # the seed of a fresh torch.Generator()

_BLOCK = 32768  # numbers handled at a time, so that temporaries stay in cache
_SMALL = 2048  # below this many, random_raw beats randint's fixed cost
_WIDE_RANGE = 2**28  # from this range on, integers take 64 bits each
_WIDE_PERMUTATION = (2**32 - 1) // 20  # the same for permutations
_LOOP_PERMUTATION = 400  # below this length a plain loop of swaps wins

# PyTorch's generator state, as get_rng_state() lays it out (5056 bytes).
_STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("key", "<u8", 624),
        ("normal_x", "<f8"),
        ("normal", "<f8"),
        ("normal_rho", "<f8"),
        ("has_normal", "<i4"),
        ("float_normal", "<f4"),
        ("has_float_normal", "<u8"),
    ]
)


class Stream:
    """One random generator, in step with PyTorch's CPU generator of the same seed.

    ``seed`` is an integer in [-2⁶³, 2⁶⁴), by default that of a fresh ``torch.Generator()``; negative seeds count modulo
    2⁶⁴ and only the low 32 bits reach the twister.  Each drawing method takes a shape (an int or a tuple) and returns a
    new array, filled in C order.  Source: PyTorch, ``torch.Generator``; Matsumoto and Nishimura, "Mersenne Twister", 1998.

    >>> [f"{v:.4f}" for v in Stream(0).uniform(2, "float32")]
    ['0.4963', '0.7682']
    """

    __slots__ = ("_legacy", "_normal", "_seed", "_twister")

    def __init__(self, seed: int | None = None) -> None:
        self._twister = np.random.MT19937(0)
        self._legacy = np.random.RandomState(self._twister)  # shares the twister; seeds it the classic way
        self._normal: float | None = None  # the second of a pair of normals, kept for the next call
        self.seed(DEFAULT_SEED if seed is None else seed)

    # ------------------------------------------------------------------------------------------------ seed and state

    def seed(self, seed: int | None = None) -> int:
        """Start again from ``seed`` (``None``: one from the operating system), forget a kept normal, return the seed.

        Raises ValueError outside [-2⁶³, 2⁶⁴).  Source: PyTorch, ``Generator.manual_seed``, ``Generator.seed``.

        >>> Stream().seed(-1) == 2**64 - 1
        True
        """
        if seed is None:
            seed = secrets.randbits(64)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"seed: expected an integer in [-2**63, 2**64), got {seed}")
        self._seed = int(seed) % 2**64
        self._legacy.seed(self._seed % 2**32)
        self._normal = None
        return self._seed

    @property
    def initial_seed(self) -> int:
        """The seed this stream was last started from.

        >>> Stream().initial_seed
        67280421310721
        """
        return self._seed

    def get_state(self) -> npt.NDArray[np.uint8]:
        """The whole state as 5056 bytes, laid out as ``torch.get_rng_state()``: either library can resume the other.

        It holds the seed, the twister's 624 words and position, and the kept second normal if there is one.

        >>> s = Stream(1); state = s.get_state(); first = s.u32(3)
        >>> s.set_state(state); bool((s.u32(3) == first).all())
        True
        """
        twister: Any = self._twister.state["state"]
        record = np.zeros(1, _STATE)
        record["seed"], record["seeded"] = self._seed, 1
        record["next"], record["left"] = twister["pos"], 625 - max(twister["pos"], 1)
        record["key"] = twister["key"]
        if self._normal is not None:
            record["normal"], record["has_normal"] = self._normal, 1
        return record.view(np.uint8)

    def set_state(self, state: Array) -> None:
        """Take over a state from :meth:`get_state` or, as a NumPy array, from ``torch.get_rng_state()``.

        Raises TypeError for a dtype other than uint8, RuntimeError for a wrong size or content; nothing changes then.

        >>> s = Stream(1); s.set_state(Stream(2).get_state()); s.initial_seed
        2
        """
        if state.dtype != np.uint8:
            raise TypeError(f"state: expected an array of uint8, got {state.dtype}")
        if state.size != _STATE.itemsize:
            raise RuntimeError(f"state: expected {_STATE.itemsize} bytes, got {state.size}")
        record = np.ascontiguousarray(state).reshape(-1).view(_STATE)[0]
        left, following = int(record["left"]), int(record["next"])
        if not (record["seeded"] and 1 <= left <= 624 and following <= 624):
            raise RuntimeError(f"state: not a Mersenne Twister state (left={left}, next={following})")
        position = 624 if left == 1 else following  # left == 1: the next draw makes a new block of words
        words: Any = {"key": record["key"].astype(np.uint32), "pos": position}
        self._twister.state = {"bit_generator": "MT19937", "state": words}
        self._seed = int(record["seed"])
        self._normal = float(record["normal"]) if record["has_normal"] else None

    # -------------------------------------------------------------------------------------------------- raw numbers

    def u32(self, n: int) -> npt.NDArray[np.uint32]:
        """The next ``n`` outputs of the twister, uint32.

        >>> Stream(5489).u32(2).tolist()
        [3499211612, 581869302]
        """
        if n < _SMALL:
            return self._twister.random_raw(n).astype(np.uint32)
        return self._legacy.randint(0, 2**32, n, np.uint32)

    def u64(self, n: int) -> npt.NDArray[np.uint64]:
        """The next ``n`` numbers of 64 bits, uint64: the first of two outputs is the high half.

        >>> Stream(5489).u64(1).tolist() == [3499211612 * 2**32 + 581869302]
        True
        """
        words = self._twister.random_raw(2 * n)
        high = words[::2] << np.uint64(32)
        high |= words[1::2]
        return high

    def _f24(self, n: int) -> npt.NDArray[np.float32]:
        words = self.u32(n)
        words &= np.uint32(2**24 - 1)
        values = words.view(np.int32).astype(np.float32)  # signed integers convert faster
        values *= np.float32(2.0**-24)
        return values

    def _d53(self, n: int) -> npt.NDArray[np.float64]:
        words = self.u64(n)
        words &= np.uint64(2**53 - 1)
        values = words.view(np.int64).astype(np.float64)
        values *= 2.0**-53
        return values

    def _fill(self, shape: Shape, dtype: npt.DTypeLike, draw: Callable[[slice], Array]) -> Array:
        """A new array whose flat blocks come from ``draw(where)``."""
        out = np.empty(shape, dtype)
        flat = out.reshape(-1)
        for where in _blocks(out.size):
            flat[where] = narrow(draw(where), out.dtype)
        return out

    # ------------------------------------------------------------------------------------------------------ uniform

    def uniform(self, shape: Shape, dtype: npt.DTypeLike, low: float = 0.0, high: float = 1.0) -> Array:
        """Uniform in [low, high): ``f24·(high − low) + low``, for float64 ``d53``, as one fused multiply-add.

        ``low`` and ``high`` are first rounded to the dtype (float16, bfloat16: float32).  Raises RuntimeError if ``low > high`` and TypeError for a
        dtype that is not floating.  Source: PyTorch, ``torch.Tensor.uniform_``, ``torch.rand``.

        >>> Stream(3).uniform((2, 2), "float64", -1, 1).round(3).tolist()
        [[-0.932, -0.427], [0.546, -0.65]]
        """
        dtype = floating_dtype(dtype)
        if not low <= high:
            raise RuntimeError(f"uniform: expected low <= high, got low={low} and high={high}")
        compute = np.dtype(np.float32) if dtype.char in "eE" else dtype
        with np.errstate(over="ignore", invalid="ignore"):
            start, stop = compute.type(low), compute.type(high)
            width = stop - start
        if not np.isfinite(width):
            raise RuntimeError(f"uniform: high - low is too large for {dtype}, got low={low} and high={high}")
        unit = self._d53 if dtype.char == "d" else self._f24

        def draw(where: slice) -> Array:
            values = unit(_length(where))
            if start == 0 and width == 1 and dtype.char not in "eE":
                return values
            values = multiply_add(values, width, start).astype(dtype, copy=False)
            values[values == dtype.type(high)] = low  # what rounding takes to the open end moves to the other
            return values

        return self._fill(shape, dtype, draw)

    # ----------------------------------------------------------------------------------------------------- integers

    def integers(self, shape: Shape, low: int, high: int, dtype: npt.DTypeLike = np.int64) -> Array:
        """Integers in [low, high): ``low + u32 % (high − low)``, with ``u64`` from a range of 2²⁸ on, all of 2⁶⁴: ``u64``.

        Any dtype of :meth:`random_full`; in a floating dtype, bounds it cannot hold move inwards.  Raises RuntimeError
        for an empty range or a bound outside the dtype.  Source: PyTorch, ``torch.randint``, ``torch.Tensor.random_``.

        >>> Stream(1).integers(5, 0, 10).tolist()
        [5, 9, 4, 8, 3]
        """
        dtype = np.dtype(dtype)
        check_bounds(low, high, dtype)
        if dtype.kind == "f":
            low, high = inner_bounds(low, high, dtype)
        width = high - low
        offset = np.uint64(low % 2**64 if width < 2**64 else 0)

        def draw(where: slice) -> Array:
            n = _length(where)
            if width < _WIDE_RANGE:
                return remainder(self.u32(n), width).astype(np.int64) + low
            return (remainder(self.u64(n), width) + offset).view(np.int64)

        return self._fill(shape, dtype, draw)

    def random_full(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        """Integers over all of a dtype: [0, max] for integer dtypes, [0, 2ᵐ] for floats with m bits of precision.

        ``u32 % (max + 1)``, for int64 and float64 with ``u64``; bool takes the lowest bit.  Raises TypeError for
        unsigned dtypes past uint8, as PyTorch has no rule for them.  Source: PyTorch, ``torch.Tensor.random_``.

        >>> Stream(1).random_full(3, "uint8").tolist()
        [37, 235, 140]
        """
        dtype = np.dtype(dtype)
        width = last_integer(dtype) + 1
        raw = self.u64 if dtype.char in "dlq" and dtype.itemsize == 8 else self.u32
        return self._fill(shape, dtype, lambda where: remainder(raw(_length(where)), width))

    def permutation(self, n: int, dtype: npt.DTypeLike = np.int64) -> Array:
        """The numbers 0 … n−1 in random order: Fisher–Yates from the left, swapping i with ``i + u32 % (n − i)``.

        Raises RuntimeError if n is negative or n − 1 does not fit the dtype.  Source: PyTorch, ``torch.randperm``;
        Durstenfeld, "Random permutation", 1964.

        >>> Stream(0).permutation(6).tolist()
        [2, 5, 3, 0, 1, 4]
        """
        dtype = np.dtype(dtype)
        if n < 0:
            raise RuntimeError(f"permutation: expected n >= 0, got {n}")
        if dtype.kind == "b" or n - 1 > last_integer(dtype):
            raise RuntimeError(f"permutation: {dtype} cannot hold the numbers below {n}")
        steps = np.arange(max(n - 1, 0))
        raw = self.u32(steps.size) if n < _WIDE_PERMUTATION else self.u64(steps.size)
        targets = steps + (raw % (n - steps).astype(raw.dtype)).astype(np.int64)
        return (swap_in_turn(targets, n) if n < _LOOP_PERMUTATION else swap_at_once(steps, targets, n)).astype(dtype)

    # ------------------------------------------------------------------------------------------------------- normal

    def normal(self, shape: Shape, dtype: npt.DTypeLike, mean: float = 0.0, std: float = 1.0) -> Array:
        """Normal numbers by Box and Muller's transform, ``z·std + mean`` as one fused multiply-add.

        From 16 numbers on, each 16 uniforms u give radii ``√(−2 ln(1 − u[:8]))`` and angles ``2π·u[8:]``, first the 8
        cosines, then the 8 sines; a remainder has the last 16 numbers drawn anew.  Fewer come from pairs of ``d53``
        (angle, then radius), and the second of a pair is kept for the next such call.  Raises RuntimeError for a
        negative std.  Source: PyTorch, ``torch.Tensor.normal_``; Box and Muller, 1958.

        >>> [f"{v:.4f}" for v in Stream(0).normal(3, "float32")]
        ['1.5410', '-0.2934', '-2.1788']
        """
        dtype = floating_dtype(dtype)
        if not std >= 0:
            raise RuntimeError(f"normal: expected std >= 0, got std={std}")
        out = np.empty(shape, dtype)
        flat = out.reshape(-1)
        if out.size < 16:
            flat[:] = narrow(multiply_add(self._normal_pairs(out.size), np.float64(std), np.float64(mean)), dtype)
            return out
        # The uniforms of an incomplete block are drawn and dropped, except in float16, where PyTorch draws none.
        rest = out.size % 16
        for where in _blocks(out.size - rest):
            flat[where] = self._normal_blocks(_length(where), dtype, mean, std)
        if rest:
            if dtype.char not in "eE":
                self.u32(rest * (dtype.itemsize // 4))
            flat[-16:] = self._normal_blocks(16, dtype, mean, std)
        return out

    def _normal_blocks(self, n: int, dtype: np.dtype[Any], mean: float, std: float) -> Array:
        """Normals for a multiple of 16 places, by PyTorch's blocks of 16."""
        uniforms = self._d53(n) if dtype.char == "d" else self._f24(n)
        real = uniforms.dtype.type
        octet = np.dtype((np.void, 8 * uniforms.itemsize))  # moving 8 numbers as one item is what makes this fast
        halves = uniforms.view(octet).reshape(-1, 2)
        radius: Any = np.ascontiguousarray(halves[:, 0]).view(real)
        angle: Any = np.ascontiguousarray(halves[:, 1]).view(real)
        np.subtract(real(1), radius, out=radius)
        np.log(radius, out=radius)
        radius *= real(-2)
        np.sqrt(radius, out=radius)
        angle *= real(2 * math.pi)
        cosines: Any = np.cos(angle)
        cosines *= radius
        np.sin(angle, out=angle)
        angle *= radius
        halves[:, 0], halves[:, 1] = cosines.view(octet), angle.view(octet)
        if mean != 0 or std != 1:
            uniforms = multiply_add(uniforms, real(std), real(mean))
        return narrow(uniforms, dtype)

    def _normal_pairs(self, n: int) -> npt.NDArray[np.float64]:
        """``n`` standard normals by PyTorch's scalar scheme: the kept one first, then pairs."""
        kept = [] if self._normal is None or n == 0 else [self._normal]
        pairs = (n - len(kept) + 1) // 2
        uniforms = self._d53(2 * pairs)
        angle, radius = 2 * math.pi * uniforms[::2], np.sqrt(-2 * np.log1p(-uniforms[1::2]))
        values = np.empty(len(kept) + 2 * pairs)
        values[: len(kept)] = kept
        values[len(kept) :: 2] = radius * np.cos(angle)
        values[len(kept) + 1 :: 2] = radius * np.sin(angle)
        if n:
            self._normal = float(values[n]) if values.size > n else None
        return values[:n]

    def log_normal(self, shape: Shape, dtype: npt.DTypeLike, mean: float = 1.0, std: float = 2.0) -> Array:
        """``exp(z·std + mean)`` with z always from the pair scheme of :meth:`normal`, in float64.

        Raises RuntimeError unless std > 0.  Source: PyTorch, ``torch.Tensor.log_normal_``.

        >>> bool((Stream(0).log_normal(100, "float32") > 0).all())
        True
        """
        dtype = floating_dtype(dtype)
        if not std > 0:
            raise RuntimeError(f"log_normal: expected std > 0, got std={std}")
        out = np.empty(shape, dtype)
        with np.errstate(all="ignore"):  # large values may exceed a small dtype
            values = np.exp(multiply_add(self._normal_pairs(out.size), np.float64(std), np.float64(mean)))
            out.reshape(-1)[:] = narrow(values, dtype)
        return out

    # ------------------------------------------------------------------------------------------ other distributions

    def bernoulli(self, shape: Shape, p: float | Array, dtype: npt.DTypeLike) -> Array:
        """1 with probability p, else 0: ``d53 < p``; for an array p of a dtype below float64 ``f24 < p``.

        An array p is broadcast to ``shape``.  Raises RuntimeError for p outside [0, 1].
        Source: PyTorch, ``torch.bernoulli``, ``torch.Tensor.bernoulli_``.

        >>> Stream(0).bernoulli(6, 0.5, "float32").tolist()
        [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
        """
        if not np.all((np.asarray(p) >= 0) & (np.asarray(p) <= 1)):
            raise RuntimeError(f"bernoulli: expected p in [0, 1], got {p}")
        if isinstance(p, np.ndarray):
            wide = p.dtype.char == "d"
            chance: Any = np.broadcast_to(p, shape).reshape(-1).astype(np.float64 if wide else np.float32, copy=False)
            unit = self._d53 if wide else self._f24
            return self._fill(shape, dtype, lambda where: unit(_length(where)) < chance[where])
        return self._fill(shape, dtype, lambda where: self._d53(_length(where)) < p)

    def exponential(self, shape: Shape, dtype: npt.DTypeLike, rate: float = 1.0) -> Array:
        """``−ln(1 − d53) / rate``, computed in float64.

        Raises RuntimeError unless rate > 0.  Source: PyTorch, ``torch.Tensor.exponential_``.

        >>> bool(abs(Stream(0).exponential(10000, "float64", 2.0).mean() - 0.5) < 0.02)
        True
        """
        dtype = floating_dtype(dtype)
        if not rate > 0:
            raise RuntimeError(f"exponential: expected rate > 0, got rate={rate}")
        return self._fill(shape, dtype, lambda where: -1 / rate * np.log1p(-self._d53(_length(where))))

    def geometric(self, shape: Shape, dtype: npt.DTypeLike, p: float) -> Array:
        """Trials up to the first success, 1, 2, …: ``⌈ln d53 / ln(1 − p)⌉``.

        Raises RuntimeError for p outside (0, 1).  Source: PyTorch, ``torch.Tensor.geometric_``.

        >>> int(Stream(0).geometric(1000, "int64", 0.5).min())
        1
        """
        if not 0 < p < 1:
            raise RuntimeError(f"geometric: expected p in (0, 1), got p={p}")
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            base = np.log1p(-p)
            return self._fill(shape, dtype, lambda where: np.ceil(np.log(self._d53(_length(where))) / base))

    def cauchy(self, shape: Shape, dtype: npt.DTypeLike, median: float = 0.0, sigma: float = 1.0) -> Array:
        """``median + sigma · tan(π (d53 − ½))``, computed in float64.

        Raises RuntimeError unless sigma > 0.  Source: PyTorch, ``torch.Tensor.cauchy_``.

        >>> bool(abs(np.median(Stream(0).cauchy(10000, "float64", 3.0))  - 3) < 0.1)
        True
        """
        dtype = floating_dtype(dtype)
        if not sigma > 0:
            raise RuntimeError(f"cauchy: expected sigma > 0, got sigma={sigma}")
        with np.errstate(over="ignore"):

            def draw(where: slice) -> Array:
                return median + sigma * np.tan(math.pi * (self._d53(_length(where)) - 0.5))

            return self._fill(shape, dtype, draw)


def _blocks(n: int) -> Iterator[slice]:
    """Slices that cut [0, n) into blocks."""
    for start in range(0, n, _BLOCK):
        yield slice(start, min(start + _BLOCK, n))


def _length(where: slice) -> int:
    return int(where.stop - where.start)
