"""Normalisation under PyTorch's names: running statistics, argument checks and the forms without weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import lanes, modes
from autograd.api.arguments import int_tuple, number, tensor_of
from autograd.api.export import export
from autograd.dispatch import record
from autograd.inplace import check_target, note_write
from autograd.lanes import Lanes
from autograd.ops import norm
from autograd.tensor import Tensor, wrap


def _parameters(name: str, input: Any, **others: Any) -> list:
    """The input and the optional tensors, checked to be Tensors."""
    found = [tensor_of(input, name)]
    return found + [None if v is None else tensor_of(v, name, key) for key, v in others.items()]


def _real(name: str, argument: str, value: Any) -> float:
    """A number as a float; TypeError that names the argument for anything else."""
    if value is None or isinstance(value, bool):
        raise TypeError(f"{name}(): argument {argument!r} must be float, not {type(value).__name__}")
    return float(number(value, name, argument))


def _sizes(name: str, value: Any) -> tuple[int, ...]:
    if isinstance(value, (int, float, Tensor)):
        raise TypeError(
            f"{name}(): argument 'normalized_shape' must be tuple of ints, not {type(value).__name__}; "
            "give the sizes of the last dimensions, as in (64,)"
        )
    return int_tuple(value, name, "normalized_shape")


# -- over the last dimensions -------------------------------------------------------------------------------------------


@export(method=False)
def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
    cudnn_enable: bool = True,
) -> Tensor:
    """``(x − avg x) / √(var x + eps) · weight + bias`` over the last dimensions, of sizes ``normalized_shape``.

    The result has the shape and dtype of ``input``; ``weight`` and ``bias`` have ``normalized_shape``; the variance is
    the biased one. RuntimeError where the shapes or dtypes do not fit (float32 parameters go with a float16 input),
    NotImplementedError for integers. ``cudnn_enable`` is accepted and means nothing. Ba et al., 2016; as
    ``torch.layer_norm``.

    >>> import autograd
    >>> autograd.layer_norm(autograd.tensor([[1.0, 3.0]]), (2,), eps=0.0)
    tensor([[-1.,  1.]])
    """
    return native_layer_norm(input, normalized_shape, weight, bias, eps)[0]


@export(method=False)
def native_layer_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """``layer_norm`` with the means and the inverse deviations, which have 1 for the dimensions normalised.

    For a float16 input these are float32. As ``torch.native_layer_norm``.

    >>> import autograd
    >>> autograd.native_layer_norm(autograd.tensor([1.0, 3.0]), (2,), None, None, 0.0)[1]
    tensor([2.])
    """
    if type(normalized_shape) is not tuple or not all([type(n) is int for n in normalized_shape]):
        normalized_shape = _sizes("layer_norm", normalized_shape)
    tensors = _parameters("layer_norm", input, weight=weight, bias=bias)
    return record(norm.native_layer_norm, tensors, (normalized_shape, _real("layer_norm", "eps", eps)))


@export(method=False)
def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """``x / √(avg x² + eps) · weight`` over the last dimensions, of sizes ``normalized_shape``.

    The result has the shape and dtype of ``input``. ``eps`` is by default the machine epsilon of the dtype (of float32
    for float16). RuntimeError where the shapes do not fit, NotImplementedError for integers. Zhang and Sennrich, 2019; as
    ``torch.rms_norm``.

    >>> import autograd
    >>> autograd.rms_norm(autograd.tensor([[1.0, 7.0]]), (2,))
    tensor([[0.2000, 1.4000]])
    """
    shape = _sizes("rms_norm", normalized_shape)
    tensors = _parameters("rms_norm", input, weight=weight)
    return record(norm.rms_norm, tensors, (shape, None if eps is None else _real("rms_norm", "eps", eps)))[0]


# -- by channel ---------------------------------------------------------------------------------------------------------


@export(method=False)
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
    cudnn_enabled: bool = True,
) -> Tensor:
    """Each example's channels (dimension 1), in ``num_groups`` groups, normalised group by group.

    ``weight`` and ``bias`` have one element for a channel. RuntimeError unless the channels divide into the groups.
    ``cudnn_enabled`` is accepted and means nothing. Wu and He, 2018; as ``torch.group_norm``.

    >>> import autograd
    >>> autograd.group_norm(autograd.tensor([[1.0, 3.0, 5.0, 7.0]]), 2, eps=0.0)
    tensor([[-1.,  1., -1.,  1.]])
    """
    if isinstance(num_groups, bool) or not hasattr(num_groups, "__index__"):
        raise TypeError(f"group_norm(): argument 'num_groups' must be int, not {type(num_groups).__name__}")
    tensors = _parameters("group_norm", input, weight=weight, bias=bias)
    return record(norm.native_group_norm, tensors, (int(num_groups), _real("group_norm", "eps", eps)))[0]


@export(method=False)
def native_group_norm(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """``group_norm`` with the means and the inverse deviations of the groups, of shape (N, group).

    RuntimeError unless ``N``, ``C`` and ``HxW`` are the sizes of the input. As ``torch.native_group_norm``.

    >>> import autograd
    >>> autograd.native_group_norm(autograd.tensor([[1.0, 3.0]]), None, None, 1, 2, 1, 1, 0.0)[1]
    tensor([[2.]])
    """
    tensors = _parameters("native_group_norm", input, weight=weight, bias=bias)
    shape = tuple(tensors[0].shape)
    if shape[:2] != (N, C) or tensors[0].numel() != N * C * HxW:
        raise RuntimeError(f"native_group_norm(): N={N}, C={C}, HxW={HxW} do not fit the input {list(shape)}")
    return record(norm.native_group_norm, tensors, (group, float(eps)))[:3]


def _check_running(name: str, mean: Any, var: Any, input: Tensor, training: bool) -> None:
    """Both running statistics or none, without gradient, one element for each channel."""
    if not training and (mean is None or var is None):
        which = "running_mean" if mean is None else "running_var"
        raise RuntimeError(f"{name}: {which} must be defined in evaluation mode")
    if (mean is None) != (var is None):
        raise ValueError(f"{name}: running_mean and running_var must either both be None or neither be None")
    for key, value in (("running_mean", mean), ("running_var", var)):
        if value is None or input.ndim < 2:
            continue
        if value.requires_grad:
            raise RuntimeError(f"{name}: {key} must not require grad: running statistics are not differentiated")
        if tuple(value.shape) != (input.shape[1],):
            raise RuntimeError(
                f"{name}: {key} should contain {input.shape[1]} elements, one for each channel of the input "
                f"{list(input.shape)}, not {value.numel()} (shape {list(value.shape)})"
            )


def _check_mapped(name: str, input: Tensor, running: Any) -> None:
    """RuntimeError where ``vmap`` gives each example values and the statistics to be updated belong to all."""
    if lanes.depth[0] and type(input._array) is Lanes and type(running._array) is not Lanes:
        raise RuntimeError(
            f"{name}: inside vmap the running statistics, which are updated in place, are the same for all examples: "
            "use eval() or track_running_stats=False, or another normalisation (GroupNorm), or call "
            "autograd.func.replace_all_batch_norm_modules_"
        )


def _update(running: Tensor, new: Tensor, momentum: float, factor: float = 1.0) -> None:
    """Move a running statistic towards ``factor`` times that of a batch, unrecorded."""
    with modes.no_grad():
        array = check_target(running, "batch_norm")
        if lanes.depth[0]:
            running.lerp_((new.detach() * factor).to(running.dtype), momentum)
            return
        with np.errstate(all="ignore"):
            step = new._array * factor
            step -= array
            step *= momentum
            np.add(array, step, out=array, casting="unsafe")
        note_write(array, "batch_norm")


def _unbiased(count: int) -> float:
    """What makes a biased variance of ``count`` numbers an unbiased one; NaN for one number."""
    return count / (count - 1) if count > 1 else float("nan")


def _trained(name: str, tensors: list, running: tuple, momentum: float, eps: float) -> tuple:
    """Batch norm by the batch's own statistics, which update the running ones."""
    input = tensors[0]
    if running[0] is not None:
        for statistic in running:
            _check_mapped(name, input, statistic)
            if statistic.dtype != input.dtype and not (input.element_size() == 2 and statistic.element_size() == 4):
                raise RuntimeError(
                    f"{name}: mixed dtype: with an input of {input.dtype} expect the running statistics to have it too, "
                    f"but got {statistic.dtype}"
                )
    out, mean, var, rstd = record(norm.native_batch_norm, tensors, (eps,))
    if running[0] is not None and input.numel():
        count = input.numel() // input.shape[1]
        _update(running[0], mean, momentum)
        _update(running[1], var, momentum, _unbiased(count))
    return out, mean, rstd


def _evaluated(tensors: list, running: tuple, eps: float) -> Tensor:
    """Batch norm by the running statistics."""
    input, weight, bias = tensors
    return record(norm.running_batch_norm, [input, *running, weight, bias], (eps,))


@export(method=False)
def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = True,
) -> Tensor:
    """``(x − mean) / √(var + eps) · weight + bias`` by channel (dimension 1).

    In ``training`` by the mean and the biased variance of the batch, and the running statistics move by ``momentum``
    towards the mean and the unbiased variance; otherwise by the running statistics. Raises RuntimeError for sizes and
    dtypes that do not fit, or without statistics where they are needed; ValueError where one of the two is missing.
    ``cudnn_enabled`` is accepted and means nothing. Ioffe and Szegedy, 2015; as ``torch.batch_norm``.

    >>> import autograd
    >>> x = autograd.tensor([[1.0], [3.0]])
    >>> autograd.batch_norm(x, None, None, None, None, True, 0.1, 0.0, False)
    tensor([[-1.],
            [ 1.]])
    """
    name = "batch_norm"
    tensors = _parameters(name, input, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    momentum, eps = _real(name, "momentum", momentum), _real(name, "eps", eps)
    running = tuple(tensors[3:])
    _check_running(name, running[0], running[1], tensors[0], training)
    if training:
        return _trained(name, tensors[:3], running, momentum, eps)[0]
    return _evaluated(tensors[:3], running, eps)


@export(method=False)
def native_batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """``batch_norm`` with the means and the inverse deviations of the batch; these are empty outside ``training``.

    As ``torch.native_batch_norm``; RuntimeError for an empty input.

    >>> import autograd
    >>> autograd.native_batch_norm(autograd.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 0.0)[1]
    tensor([2.])
    """
    name = "native_batch_norm"
    tensors = _parameters(name, input, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    running = tuple(tensors[3:])
    _check_running(name, running[0], running[1], tensors[0], training)
    if training:
        if not tensors[0].numel():
            raise RuntimeError(
                f"{name}: input tensor must have at least one element, but got input_sizes = {list(input.shape)}"
            )
        return _trained(name, tensors[:3], running, _real(name, "momentum", momentum), float(eps))
    empty = [wrap(np.empty(0, tensors[0].dtype)) for _ in range(2)]
    return _evaluated(tensors[:3], running, float(eps)), empty[0], empty[1]


@export(method=False)
def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = True,
) -> Tensor:
    """Each channel of each example normalised by itself, then scaled and moved by channel (dimension 1).

    With ``use_input_stats`` by its own mean and variance, and the running statistics, if any, move by ``momentum``
    towards the examples' averages; otherwise by the running statistics (RuntimeError without). ``cudnn_enabled`` is
    accepted and means nothing. Ulyanov et al., 2016; as ``torch.instance_norm``.

    >>> import autograd
    >>> x = autograd.tensor([[[1.0, 3.0], [5.0, 9.0]]])
    >>> autograd.instance_norm(x, None, None, None, None, True, 0.1, 0.0, False)
    tensor([[[-1.,  1.],
             [-1.,  1.]]])
    """
    name = "instance_norm"
    tensors = _parameters(name, input, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    momentum, eps = _real(name, "momentum", momentum), _real(name, "eps", eps)
    running, x = tensors[3:], tensors[0]
    if not use_input_stats and (running[0] is None or running[1] is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    if x.ndim < 2:
        raise RuntimeError(f"{name}: the input needs the dimensions (N, C, ...), but is {x.ndim}-D")
    _check_running(name, running[0], running[1], x, use_input_stats)
    if not use_input_stats:
        return _evaluated(tensors[:3], tuple(running), eps)
    if running[0] is not None:
        for statistic in running:
            _check_mapped(name, x, statistic)
    out, mean, _, var = record(norm.native_group_norm, tensors[:3], (x.shape[1], eps))
    if running[0] is not None and x.numel():
        _update(running[0], mean.mean(0), momentum)
        _update(running[1], var.mean(0), momentum, _unbiased(x.numel() // (x.shape[0] * x.shape[1])))
    return out
