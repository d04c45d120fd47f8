"""There are no accelerators here; programs that ask get that answer. As ``torch.cuda`` on a machine without one.

>>> import autograd
>>> autograd.device("cuda" if autograd.cuda.is_available() else "cpu")
device(type='cpu')
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = [
    "current_device",
    "device_count",
    "empty_cache",
    "get_arch_list",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "get_rng_state_all",
    "init",
    "initial_seed",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_reserved",
    "seed",
    "seed_all",
    "set_device",
    "set_rng_state_all",
    "synchronize",
]


def is_available() -> bool:
    """Whether there is a CUDA device: no. As ``torch.cuda.is_available``.

    >>> import autograd
    >>> autograd.cuda.is_available()
    False
    """
    return False


def device_count() -> int:
    """The number of CUDA devices: 0. As ``torch.cuda.device_count``.

    >>> import autograd
    >>> autograd.cuda.device_count()
    0
    """
    return 0


def manual_seed(seed: int) -> None:
    """Seed the generator of the current device: none, so nothing happens. As ``torch.cuda.manual_seed`` without CUDA.

    >>> import autograd
    >>> autograd.cuda.manual_seed(0)
    """


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all devices: none, so nothing happens. As ``torch.cuda.manual_seed_all`` without CUDA.

    >>> import autograd
    >>> autograd.cuda.manual_seed_all(0)
    """


def empty_cache() -> None:
    """Release cached memory of the devices: none, so nothing happens. As ``torch.cuda.empty_cache`` without CUDA.

    >>> import autograd
    >>> autograd.cuda.empty_cache()
    """


def _answer(name: str, value: Any, what: str) -> Callable:
    """A function that says ``value``: what there is without a device."""

    def ask(*args: Any, **kwargs: Any) -> Any:
        return list(value) if isinstance(value, list) else value

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"{what}: {value}, as there is no device. As ``torch.cuda.{name}`` without CUDA."
    return ask


def _absent(name: str) -> Callable:
    """A function that needs a device, and says that there is none."""

    def ask(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"cuda.{name}(): there is no CUDA device here; ask cuda.is_available() first")

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = f"AssertionError, as there is no device. As ``torch.cuda.{name}`` without CUDA."
    return ask


is_initialized = _answer("is_initialized", False, "Whether CUDA was started")
is_bf16_supported = _answer("is_bf16_supported", False, "Whether the device computes in bfloat16")
memory_allocated = _answer("memory_allocated", 0, "Bytes of device memory in use")
memory_reserved = _answer("memory_reserved", 0, "Bytes of device memory held")
max_memory_allocated = _answer("max_memory_allocated", 0, "Most bytes of device memory that were in use")
max_memory_reserved = _answer("max_memory_reserved", 0, "Most bytes of device memory that were held")
get_arch_list = _answer("get_arch_list", [], "The kinds of devices that are supported")
get_rng_state_all = _answer("get_rng_state_all", [], "The states of the devices' generators")
set_rng_state_all = _answer("set_rng_state_all", None, "Nothing is set")
seed = _answer("seed", None, "Nothing is seeded")
seed_all = _answer("seed_all", None, "Nothing is seeded")

current_device = _absent("current_device")
get_device_capability = _absent("get_device_capability")
get_device_name = _absent("get_device_name")
get_device_properties = _absent("get_device_properties")
get_rng_state = _absent("get_rng_state")
init = _absent("init")
initial_seed = _absent("initial_seed")
mem_get_info = _absent("mem_get_info")
set_device = _absent("set_device")
synchronize = _absent("synchronize")
