"""Choosing how attention is computed, and masks that are only described. As ``torch.nn.attention``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any


class SDPBackend(Enum):
    """Ways to compute attention that PyTorch has. Here is one, which stands for all. As ``torch.nn.attention.SDPBackend``.

    >>> SDPBackend.MATH.value
    0
    """

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __repr__(self) -> str:
        return f"<{self}: {self.value}>"

    def __int__(self) -> int:
        return self.value

    __str__ = Enum.__str__


WARN_FOR_UNFUSED_KERNELS = False  # PyTorch's switch for warnings about kernels that were passed over: here are none
_ALL = tuple(backend for backend in SDPBackend if backend is not SDPBackend.ERROR)
_chosen = threading.local()


def chosen_backends() -> tuple[SDPBackend, ...]:
    """The backends allowed by the ``sdpa_kernel`` blocks around the call, first choice first; all of them outside.

    >>> with sdpa_kernel(SDPBackend.MATH):
    ...     chosen_backends()
    (<SDPBackend.MATH: 0>,)
    """
    found: tuple[SDPBackend, ...] = getattr(_chosen, "backends", _ALL)
    return found


@contextmanager
def sdpa_kernel(backends: list[SDPBackend] | SDPBackend, set_priority: bool = False) -> Iterator[dict[str, Any]]:
    """Allow only ``backends`` inside the block. As ``torch.nn.attention.sdpa_kernel``, without effect on the numbers.

    There is one way to compute attention here, by tiles of scores, whatever is allowed. AssertionError for anything but
    a backend or a list of them.

    >>> import autograd, nn.functional as F
    >>> x = autograd.ones(1, 2)
    >>> with sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]):
    ...     F.scaled_dot_product_attention(x, x, x)
    tensor([[1., 1.]])
    """
    given: Any = [backends] if isinstance(backends, SDPBackend) else backends
    if not isinstance(given, list) or not all(isinstance(b, SDPBackend) for b in given):
        raise AssertionError(
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}"
        )
    before = chosen_backends()
    _chosen.backends = tuple(dict.fromkeys(given))
    try:
        yield {}
    finally:
        _chosen.backends = before


from nn.attention import bias  # noqa: E402 - a submodule of this

__all__ = ["WARN_FOR_UNFUSED_KERNELS", "SDPBackend", "bias", "chosen_backends", "sdpa_kernel"]
