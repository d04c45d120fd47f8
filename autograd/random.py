"""Generators of random numbers, in step with PyTorch's CPU generator: the same seed gives the same numbers.

``docs/random.md`` says which calls agree exactly. Every draw holds its generator's lock, so threads may share one.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.dispatch import wrap
from autograd.kernels.sampling import in_memory_order
from autograd.kernels.streams import Stream
from autograd.ops.views import overwrite
from autograd.tensor import Tensor
from autograd.types import device

__all__ = [
    "Generator",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]

_Device = device  # the functions below have an argument of that name


# -- generators ---------------------------------------------------------------------------------------------------------


class Generator:
    """A source of random numbers with its own state, for the ``generator=`` of the random functions.

    Starts from PyTorch's fixed seed until ``manual_seed`` or ``seed``. As ``torch.Generator``; RuntimeError for a device
    other than the CPU.

    >>> import autograd
    >>> g = autograd.Generator().manual_seed(0)
    >>> autograd.rand(2, generator=g)
    tensor([0.4963, 0.7682])
    """

    __slots__ = ("__weakref__", "device", "lock", "stream")

    def __init__(self, device: Any = "cpu") -> None:
        self.device = _Device(device)
        self.stream = Stream()
        self.lock = threading.RLock()

    def manual_seed(self, seed: int) -> Generator:
        """Start again from ``seed``, an integer in [−2⁶³, 2⁶⁴); returns the generator. RuntimeError for no integer."""
        if not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected an int, but got {type(seed).__name__}")
        with self.lock:
            self.stream.seed(seed.__index__())
        return self

    def seed(self) -> int:
        """Start again from a number of the operating system, which is returned."""
        with self.lock:
            return self.stream.seed()

    def initial_seed(self) -> int:
        """The seed from which the generator last started."""
        return self.stream.initial_seed

    def get_state(self) -> Tensor:
        """The state as a uint8 tensor, laid out as PyTorch's: either library can go on from it."""
        with self.lock:
            return wrap(self.stream.get_state())

    def set_state(self, new_state: Any) -> None:
        """Go on from a state of ``get_state``; TypeError for no uint8 tensor, RuntimeError for a wrong size or content."""
        if not isinstance(new_state, Tensor) or new_state.dtype is not dtypes.uint8:
            raise TypeError("RNG state must be a uint8 Tensor (autograd.ByteTensor), from get_state()")
        with self.lock:
            self.stream.set_state(np.asarray(new_state._array))

    def clone_state(self) -> Generator:
        """Another generator with the same state."""
        other = Generator()
        other.set_state(self.get_state())
        return other

    def __getstate__(self) -> Any:
        with self.lock:
            return self.stream.get_state()

    def __setstate__(self, state: Any) -> None:
        self.__init__()  # type: ignore[misc]
        self.stream.set_state(state)

    def __repr__(self) -> str:
        return f"<autograd.Generator of initial seed {self.initial_seed()}>"


default_generator = Generator()
default_generator.seed()


def chosen(generator: Any, name: str) -> Generator:
    """The generator that an argument means; TypeError where it is none."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be a Generator, but got {type(generator).__name__}")
    return generator


def manual_seed(seed: int) -> Generator:
    """Start the default generator again from ``seed``, and return it. As ``torch.manual_seed``.

    Equal seeds give PyTorch's numbers on a CPU (see docs/random.md). ValueError outside [−2⁶³, 2⁶⁴).

    >>> import autograd
    >>> generator = autograd.manual_seed(0)
    >>> autograd.rand(2)
    tensor([0.4963, 0.7682])
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start the default generator from a number of the operating system, which is returned. As ``torch.seed``.

    >>> import autograd
    >>> autograd.seed() == autograd.initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed from which the default generator last started. As ``torch.initial_seed``.

    >>> import autograd
    >>> autograd.manual_seed(7).initial_seed(), autograd.initial_seed()
    (7, 7)
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, as a uint8 tensor. As ``torch.get_rng_state``, byte for byte.

    >>> import autograd
    >>> state = autograd.get_rng_state()
    >>> first = autograd.rand(3)
    >>> autograd.set_rng_state(state)
    >>> bool((autograd.rand(3) == first).all())
    True
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go on from a state of ``get_rng_state``. As ``torch.set_rng_state``.

    TypeError for anything but a uint8 tensor, RuntimeError for a wrong size.

    >>> import autograd
    >>> autograd.set_rng_state(autograd.get_rng_state())
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, *, device_type: Any = None) -> Iterator[None]:
    """A block after which the default generator goes on as if the block had drawn nothing. As ``torch.random.fork_rng``.

    There is one device, so ``devices`` and ``device_type`` make no difference; with ``enabled=False`` nothing is done.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> with autograd.fork_rng():
    ...     _ = autograd.rand(10)
    >>> autograd.rand(2)
    tensor([0.4963, 0.7682])
    """
    if not enabled:
        yield
        return
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)


# -- helpers ------------------------------------------------------------------------------------------------------------


def need_float(name: str, dtype: np.dtype) -> np.dtype:
    """``dtype``; NotImplementedError where it is not floating."""
    if not dtypes.is_real_float(dtype):
        raise NotImplementedError(f"{name}(): not implemented for {dtype}; expected a floating-point dtype")
    return dtype


def drawn(name: str, generator: Any, numbers: Callable[[Stream], np.ndarray]) -> np.ndarray:
    """``numbers(stream)`` under the lock of the chosen generator. Every random number of the package is drawn here."""
    source = chosen(generator, name)
    with source.lock:
        return numbers(source.stream)


def filled(name: str, generator: Any, array: np.ndarray, numbers: Callable[[Stream, tuple], np.ndarray]) -> np.ndarray:
    """``numbers(stream, shape)`` as values for ``array``, handed out in the order of its memory."""
    return drawn(name, generator, lambda stream: in_memory_order(array, lambda shape: numbers(stream, shape)))


def zero_gradient(result: Tensor, *sources: Tensor) -> Tensor:
    """``result`` as a function of ``sources`` whose gradient is 0: how PyTorch differentiates samples."""
    for source in sources:
        if source.requires_grad:
            result = overwrite.function(source if source.shape == result.shape else source.expand(result.shape), result)
    return result
