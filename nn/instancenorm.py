"""Instance normalisation: each channel of each example by itself."""

from __future__ import annotations

import warnings
from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.batchnorm import _check_dims, _LazyNormBase, _NormBase


class _InstanceNorm(_NormBase):
    """Normalises by the example's own statistics, or in evaluation by running ones where these are tracked."""

    _unbatched: int  # dimensions of an input without a batch

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _check_input_dim(self, input: Tensor) -> None:
        _check_dims(type(self).__name__, input, self._unbatched, self._unbatched + 1)

    def _load_from_state_dict(
        self,
        state_dict: dict,
        prefix: str,
        local_metadata: dict,
        strict: bool,
        missing_keys: list,
        unexpected_keys: list,
        error_msgs: list,
    ) -> None:
        """Refuse running statistics, which old state dicts have, where none are tracked."""
        if local_metadata.get("version") is None and not self.track_running_stats:
            found = [name for name in ("running_mean", "running_var") if prefix + name in state_dict]
            if found:
                names = " and ".join(f'"{prefix}{name}"' for name in found)
                error_msgs.append(
                    f"Unexpected running stats buffer(s) {names} for {type(self).__name__} with "
                    "track_running_stats=False: remove them from the state dict, or set track_running_stats=True"
                )
                for name in found:
                    state_dict.pop(prefix + name)
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input; in training the running statistics, if any, move."""
        self._check_input_dim(input)
        dim = input.dim() - self._unbatched
        if input.shape[dim] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"{type(self).__name__}: expected input's size at dim={dim} to match num_features ({self.num_features}), "
                    f"but got: {input.shape[dim]}."
                )
            warnings.warn(
                f"input's size at dim={dim} ({input.shape[dim]}) does not match num_features ({self.num_features}), which "
                "is not used because affine=False",
                UserWarning,
                stacklevel=2,
            )
        found = F.instance_norm(
            input if dim else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return found if dim else found.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Each channel of (N, C, L) or (C, L) normalised over L. As ``torch.nn.InstanceNorm1d`` (Ulyanov et al., 2016).

    ``affine`` adds a weight and a bias by channel, ``track_running_stats`` running statistics, which evaluation then
    uses. ValueError for another number of dimensions, one element per channel, or (with ``affine``) other channels.

    >>> import autograd, nn
    >>> nn.InstanceNorm1d(1, eps=0.0)(autograd.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.,  1.]]])
    """

    _unbatched = 2


class InstanceNorm2d(_InstanceNorm):
    """Each channel of (N, C, H, W) or (C, H, W) normalised; see ``InstanceNorm1d``. As ``torch.nn.InstanceNorm2d``.

    >>> import autograd, nn
    >>> nn.InstanceNorm2d(3)(autograd.ones(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    _unbatched = 3


class InstanceNorm3d(_InstanceNorm):
    """Each channel of (N, C, D, H, W) or (C, D, H, W) normalised; see ``InstanceNorm1d``. As ``torch.nn.InstanceNorm3d``.

    >>> import autograd, nn
    >>> nn.InstanceNorm3d(3)(autograd.ones(2, 3, 1, 2, 2)).shape
    autograd.Size([2, 3, 1, 2, 2])
    """

    _unbatched = 4


class LazyInstanceNorm1d(_LazyNormBase, _InstanceNorm):
    """An ``InstanceNorm1d`` that takes ``num_features`` from its first input. As ``torch.nn.LazyInstanceNorm1d``.

    ``affine`` and ``track_running_stats`` are on unless switched off.

    >>> import autograd, nn
    >>> layer = nn.LazyInstanceNorm1d()
    >>> layer(autograd.ones(2, 3, 4)).shape, type(layer).__name__
    (autograd.Size([2, 3, 4]), 'InstanceNorm1d')
    """

    cls_to_become = InstanceNorm1d
    _unbatched = 2


class LazyInstanceNorm2d(_LazyNormBase, _InstanceNorm):
    """An ``InstanceNorm2d`` that takes ``num_features`` from its first input. As ``torch.nn.LazyInstanceNorm2d``.

    >>> import autograd, nn
    >>> nn.LazyInstanceNorm2d()(autograd.ones(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    cls_to_become = InstanceNorm2d
    _unbatched = 3


class LazyInstanceNorm3d(_LazyNormBase, _InstanceNorm):
    """An ``InstanceNorm3d`` that takes ``num_features`` from its first input. As ``torch.nn.LazyInstanceNorm3d``.

    >>> import autograd, nn
    >>> nn.LazyInstanceNorm3d()(autograd.ones(2, 3, 1, 2, 2)).shape
    autograd.Size([2, 3, 1, 2, 2])
    """

    cls_to_become = InstanceNorm3d
    _unbatched = 4


__all__ = [
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
]
