"""Windows, by which a piece of a signal is weighted before its spectrum is taken. As ``torch.signal.windows``.

>>> import autograd
>>> autograd.signal.windows.bartlett(4, sym=False)
tensor([0.0000, 0.5000, 1.0000, 0.5000])
"""

from autograd.api.windows import (
    bartlett,
    blackman,
    cosine,
    exponential,
    gaussian,
    general_cosine,
    general_hamming,
    hamming,
    hann,
    kaiser,
    nuttall,
)

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]
