"""``torch.backends.cudnn`` without CUDA: its switches can be set, and do nothing.

>>> from autograd.backends import cudnn
>>> cudnn.deterministic, cudnn.benchmark = True, False
>>> cudnn.is_available()
False
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from autograd.backends._switches import switched

__all__ = ["allow_tf32", "benchmark", "benchmark_limit", "deterministic", "enabled", "flags", "is_available", "version"]

enabled = True
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Whether cuDNN is there: no. As ``torch.backends.cudnn.is_available``.

    >>> from autograd.backends import cudnn
    >>> cudnn.is_available()
    False
    """
    return False


def version() -> None:
    """The version of cuDNN: None, there is none. As ``torch.backends.cudnn.version``.

    >>> from autograd.backends import cudnn
    >>> cudnn.version()
    """


def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
) -> AbstractContextManager[None]:
    """The switches as given, within a ``with`` block. As ``torch.backends.cudnn.flags``.

    >>> from autograd.backends import cudnn
    >>> with cudnn.flags(deterministic=True):
    ...     cudnn.deterministic
    True
    """
    return switched(
        __name__,
        {
            "enabled": enabled,
            "benchmark": benchmark,
            "benchmark_limit": benchmark_limit,
            "deterministic": deterministic,
            "allow_tf32": allow_tf32,
        },
    )
