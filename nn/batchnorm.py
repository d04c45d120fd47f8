"""Batch normalisation, and what it shares with instance normalisation: weights and running statistics."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, no_grad
from nn import functional as F
from nn import init
from nn.lazy import LazyModuleMixin
from nn.module import Module
from nn.parameter import Parameter, UninitializedBuffer, UninitializedParameter, is_lazy


class _NormBase(Module):
    """Weights and running statistics of a normalisation by channel."""

    _version = 2
    weight: Any
    bias: Any
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats

        def vector(fill: float) -> Tensor:
            return autograd.full((num_features,), fill, device=device, dtype=dtype or autograd.get_default_dtype())

        self.register_parameter("weight", Parameter(vector(1.0)) if affine else None)
        self.register_parameter("bias", Parameter(vector(0.0)) if affine and bias else None)
        self.register_buffer("running_mean", vector(0.0) if track_running_stats else None)
        self.register_buffer("running_var", vector(1.0) if track_running_stats else None)
        count = autograd.tensor(0, dtype=autograd.int64, device=device) if track_running_stats else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the running statistics: mean 0, variance 1, no batches seen."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Forget the running statistics; weight 1, bias 0."""
        self.reset_running_stats()
        if self.affine:
            init.ones_(self.weight)
            if self.bias is not None:
                init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        """ValueError for an input with the wrong number of dimensions; every layer writes its own."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        """The options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )

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
        """Take state dicts of before ``num_batches_tracked`` was part of them (version 2)."""
        version = local_metadata.get("version")
        key = f"{prefix}num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            own = self.num_batches_tracked
            state_dict[key] = autograd.tensor(0) if own is None else own
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )


class _BatchNorm(_NormBase):
    """Normalises by the batch's statistics in training, by the running ones in evaluation."""

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input; in training the running statistics move."""
        self._check_input_dim(input)
        counts = self.training and self.track_running_stats and self.num_batches_tracked is not None
        momentum = 0.0 if self.momentum is None else self.momentum
        if counts and self.momentum is None:  # the average over all batches so far
            momentum = 1.0 / (float(self.num_batches_tracked) + 1.0)
        by_batch = self.training or (self.running_mean is None and self.running_var is None)
        used = not self.training or self.track_running_stats
        out = F.batch_norm(
            input,
            self.running_mean if used else None,
            self.running_var if used else None,
            self.weight,
            self.bias,
            by_batch,
            momentum,
            self.eps,
        )
        if counts:
            self.num_batches_tracked.add_(1)  # only now: an error has to leave everything as it was
        return out


def _check_dims(name: str, input: Tensor, *allowed: int) -> None:
    if input.dim() not in allowed:
        expected = " or ".join(f"{n}D" for n in allowed)
        raise ValueError(f"{name}: expected {expected} input (got {input.dim()}D input)")


class BatchNorm1d(_BatchNorm):
    """``(x − mean) / √(var + eps) · weight + bias`` by channel of (N, C) or (N, C, L). As ``torch.nn.BatchNorm1d``.

    In training by the batch's mean and biased variance (ValueError for one value per channel), towards which the buffers
    ``running_mean`` and ``running_var`` (there unbiased) move by ``momentum`` (None: the average over all batches); in
    evaluation by these. ``track_running_stats=False`` always takes the batch's. Ioffe and Szegedy, 2015.

    >>> import autograd, nn
    >>> nn.BatchNorm1d(1)(autograd.tensor([[1.0], [3.0]])).detach().flatten()
    tensor([-1.0000,  1.0000])
    """

    def _check_input_dim(self, input: Tensor) -> None:
        _check_dims(type(self).__name__, input, 2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation by channel of (N, C, H, W); see ``BatchNorm1d``. As ``torch.nn.BatchNorm2d``.

    >>> import autograd, nn
    >>> nn.BatchNorm2d(3)(autograd.ones(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    def _check_input_dim(self, input: Tensor) -> None:
        _check_dims(type(self).__name__, input, 4)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation by channel of (N, C, D, H, W); see ``BatchNorm1d``. As ``torch.nn.BatchNorm3d``.

    >>> import autograd, nn
    >>> nn.BatchNorm3d(2)(autograd.ones(2, 2, 1, 2, 2)).shape
    autograd.Size([2, 2, 1, 2, 2])
    """

    def _check_input_dim(self, input: Tensor) -> None:
        _check_dims(type(self).__name__, input, 5)


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation of (N, C, …) over all processes that train together; of one process, ``BatchNorm1d``'s.

    ``process_group`` is kept and has no effect in a single process. ValueError for less than two dimensions or no
    channels. As ``torch.nn.SyncBatchNorm``.

    >>> import autograd, nn
    >>> nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm1d(2)))[0]
    SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() < 2:
            raise ValueError(f"SyncBatchNorm: expected at least 2D input (got {input.dim()}D input)")
        if input.shape[1] == 0:
            raise ValueError("SyncBatchNorm: number of input channels should be non-zero")

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """``module`` with all its batch norms replaced by ``SyncBatchNorm`` of the same parameters and buffers.

        >>> import nn
        >>> type(nn.SyncBatchNorm.convert_sync_batchnorm(nn.BatchNorm2d(3))).__name__
        'SyncBatchNorm'
        """
        made = module
        if isinstance(module, _BatchNorm):
            made = SyncBatchNorm(
                module.num_features,
                module.eps,
                module.momentum,
                module.affine,
                module.track_running_stats,
                process_group,
                bias=module.bias is not None,
            )
            if module.affine:
                made.weight, made.bias = module.weight, module.bias
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                setattr(made, name, getattr(module, name))
            made.training = module.training
        for name, child in module.named_children():
            made.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return made


# -- of as many channels as the first input has -------------------------------------------------------------------------


class _LazyNormBase(LazyModuleMixin, _NormBase):
    """A normalisation whose number of channels is that of its first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=bias)
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = autograd.tensor(0, dtype=autograd.int64, device=device)

    def reset_parameters(self) -> None:
        """Set weights and running statistics anew; nothing while they have no shape."""
        if self.num_features != 0 and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take the number of channels from the input."""
        if not self.has_uninitialized_params():
            return
        with no_grad():
            self.num_features = input.shape[1]
            for tensor in (self.weight, self.bias, self.running_mean, self.running_var):
                if is_lazy(tensor):
                    tensor.materialize((self.num_features,))
            self.reset_parameters()


class LazyBatchNorm1d(_LazyNormBase, _BatchNorm):
    """A ``BatchNorm1d`` that takes ``num_features`` from its first input. As ``torch.nn.LazyBatchNorm1d``.

    >>> import autograd, nn
    >>> layer = nn.LazyBatchNorm1d()
    >>> layer(autograd.ones(2, 3)).shape, type(layer).__name__, layer.num_features
    (autograd.Size([2, 3]), 'BatchNorm1d', 3)
    """

    cls_to_become = BatchNorm1d
    _check_input_dim = BatchNorm1d._check_input_dim


class LazyBatchNorm2d(_LazyNormBase, _BatchNorm):
    """A ``BatchNorm2d`` that takes ``num_features`` from its first input. As ``torch.nn.LazyBatchNorm2d``.

    >>> import autograd, nn
    >>> nn.LazyBatchNorm2d()(autograd.ones(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    cls_to_become = BatchNorm2d
    _check_input_dim = BatchNorm2d._check_input_dim


class LazyBatchNorm3d(_LazyNormBase, _BatchNorm):
    """A ``BatchNorm3d`` that takes ``num_features`` from its first input. As ``torch.nn.LazyBatchNorm3d``.

    >>> import autograd, nn
    >>> nn.LazyBatchNorm3d()(autograd.ones(2, 3, 1, 2, 2)).shape
    autograd.Size([2, 3, 1, 2, 2])
    """

    cls_to_become = BatchNorm3d
    _check_input_dim = BatchNorm3d._check_input_dim


__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "SyncBatchNorm",
]
