"""``torch.backends.cuda`` without CUDA: its switches can be set, and do nothing.

>>> from autograd.backends import cuda
>>> cuda.matmul.allow_tf32 = True
>>> cuda.is_built()
False
"""

from __future__ import annotations

from types import SimpleNamespace

__all__ = [
    "enable_cudnn_sdp",
    "enable_flash_sdp",
    "enable_math_sdp",
    "enable_mem_efficient_sdp",
    "flash_sdp_enabled",
    "is_built",
    "math_sdp_enabled",
    "matmul",
    "mem_efficient_sdp_enabled",
]

matmul = SimpleNamespace(
    allow_tf32=False, allow_fp16_reduced_precision_reduction=True, allow_bf16_reduced_precision_reduction=True
)


def is_built() -> bool:
    """Whether CUDA is supported: no. As ``torch.backends.cuda.is_built``.

    >>> from autograd.backends import cuda
    >>> cuda.is_built()
    False
    """
    return False


def flash_sdp_enabled() -> bool:
    """Whether attention may use the flash kernel: no. As ``torch.backends.cuda.flash_sdp_enabled``.

    >>> from autograd.backends import cuda
    >>> cuda.flash_sdp_enabled()
    False
    """
    return False


def mem_efficient_sdp_enabled() -> bool:
    """Whether attention may use the memory-efficient kernel: no. As ``torch.backends.cuda.mem_efficient_sdp_enabled``.

    >>> from autograd.backends import cuda
    >>> cuda.mem_efficient_sdp_enabled()
    False
    """
    return False


def math_sdp_enabled() -> bool:
    """Whether attention may be computed by its formula: yes. As ``torch.backends.cuda.math_sdp_enabled``.

    >>> from autograd.backends import cuda
    >>> cuda.math_sdp_enabled()
    True
    """
    return True


def enable_flash_sdp(enabled: bool) -> None:
    """Nothing: there is no flash kernel to choose. As ``torch.backends.cuda.enable_flash_sdp``.

    >>> from autograd.backends import cuda
    >>> cuda.enable_flash_sdp(False)
    """


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Nothing: there is no such kernel to choose. As ``torch.backends.cuda.enable_mem_efficient_sdp``.

    >>> from autograd.backends import cuda
    >>> cuda.enable_mem_efficient_sdp(False)
    """


def enable_math_sdp(enabled: bool) -> None:
    """Nothing: attention is computed by its formula. As ``torch.backends.cuda.enable_math_sdp``.

    >>> from autograd.backends import cuda
    >>> cuda.enable_math_sdp(True)
    """


def enable_cudnn_sdp(enabled: bool) -> None:
    """Nothing: there is no cuDNN. As ``torch.backends.cuda.enable_cudnn_sdp``.

    >>> from autograd.backends import cuda
    >>> cuda.enable_cudnn_sdp(False)
    """
