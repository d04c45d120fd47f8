"""Channels and pixels in another order: linear, and each the inverse and the transpose of another."""

from __future__ import annotations

from autograd.kernels import shuffle as kernel
from autograd.op import Op, linear
from autograd.samples import Bad, real, s

pixel_shuffle: Op = linear(
    "pixel_shuffle", kernel.pixel_shuffle, tensors=("x",), method=False,
    samples=[s(real(4, 2, 3), 2), s(real(2, 8, 1, 2), 2), s(real(0, 4, 1, 1), 2), s(real(1, 2, 2), 1)],
    errors=[
        Bad(RuntimeError, "divisible by the square", real(3, 2, 2), 2), Bad(RuntimeError, "at least 3", real(4, 2), 2),
        Bad(RuntimeError, "positive upscale_factor", real(4, 2, 2), 0), Bad(TypeError, "must be int", real(4, 2, 2), 2.0),
    ],
    doc="""(…, C·r², H, W) to (…, C, H·r, W·r), r being ``upscale_factor``: r² channels become a square of r × r pixels.

    Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
    network", 2016. RuntimeError for sizes that do not divide. As ``torch.pixel_shuffle``.

    >>> import autograd
    >>> autograd.pixel_shuffle(autograd.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """,
    x=lambda g, upscale_factor: pixel_unshuffle(g, upscale_factor),
)  # fmt: skip
pixel_unshuffle: Op = linear(
    "pixel_unshuffle", kernel.pixel_unshuffle, tensors=("x",), method=False,
    samples=[s(real(1, 4, 6), 2), s(real(2, 2, 2, 2), 2), s(real(0, 1, 2, 2), 2), s(real(1, 2, 2), 1)],
    errors=[
        Bad(RuntimeError, "expects height", real(1, 3, 2), 2), Bad(RuntimeError, "expects width", real(1, 2, 3), 2),
        Bad(RuntimeError, "positive downscale_factor", real(4, 2, 2), -1), Bad(RuntimeError, "at least 3", real(4, 2), 2),
    ],
    doc="""(…, C, H·r, W·r) to (…, C·r², H, W): the reverse of ``pixel_shuffle``. As ``torch.pixel_unshuffle``.

    RuntimeError where ``downscale_factor`` does not divide height and width.

    >>> import autograd
    >>> autograd.pixel_unshuffle(autograd.arange(4.0).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """,
    x=lambda g, downscale_factor: pixel_shuffle(g, downscale_factor),
)  # fmt: skip
channel_shuffle: Op = linear(
    "channel_shuffle", kernel.channel_shuffle, tensors=("x",), method=False,
    samples=[s(real(2, 6, 2), 2), s(real(1, 4, 1, 2), 4), s(real(0, 4, 2), 2)],
    errors=[
        Bad(RuntimeError, "must be divisible by groups", real(2, 3, 2), 2), Bad(RuntimeError, "> 2 dims", real(2, 4), 2),
        Bad(RuntimeError, "must be positive", real(2, 4, 2), 0), Bad(TypeError, "must be int", real(2, 4, 2), 2.0),
    ],
    doc="""(N, C, …) with channels dealt out over the ``groups``: channel i of group j becomes number i · groups + j.

    Zhang et al., "ShuffleNet", 2018. RuntimeError where the groups do not divide the channels. As
    ``torch.channel_shuffle``.

    >>> import autograd
    >>> autograd.channel_shuffle(autograd.arange(4.0).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """,
    x=lambda g, groups: channel_shuffle(g, g.shape[1] // groups),
)  # fmt: skip
