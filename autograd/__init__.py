"""Chainrule's engine: tensors that record what is done with them, and the gradients that follow.

PyTorch's names and numbers on NumPy arrays. Start with ``tensor``, compute, call ``backward``; ``draw.graph`` shows the
record, ``gradcheck`` verifies it.

>>> import autograd
>>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
>>> (x**2).sum().backward()
>>> x.grad
tensor([2., 4.])
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Callable
from typing import Any

from autograd import dtypes
from autograd.anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from autograd.differentiate import backward, grad
from autograd.dtypes import can_cast, finfo, get_default_dtype, iinfo, promote_types, set_default_dtype
from autograd.kernels import memory as _memory
from autograd.kernels import threads as _threads
from autograd.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from autograd.tensor import Tensor
from autograd.types import Size, device

__version__ = "0.1.0"

# Every module of ops/ and api/; their functions and methods become public below.
_OPS = [
    "activation",
    "arithmetic",
    "class_loss",
    "compare",
    "convert",
    "decompositions",
    "distance",
    "eig",
    "einsum",
    "elementwise",
    "embedding",
    "householder",
    "index",
    "join",
    "linalg",
    "loss",
    "lu",
    "matmul",
    "random",
    "reduce",
    "scan",
    "scatter",
    "shape",
    "softmax",
    "sort",
    "special",
    "views",
]
_API = [
    "arguments",
    "arithmetic",
    "buffers",
    "closeness",
    "convert",
    "copies",
    "counting",
    "create",
    "decompositions",
    "differences",
    "direct",
    "distance",
    "distributions",
    "einsum",
    "flags",
    "householder",
    "index",
    "join",
    "layout",
    "linalg",
    "lowrank",
    "lu",
    "matmul",
    "memory",
    "norms",
    "operators",
    "overwrite",
    "parts",
    "random_tensors",
    "rearrange",
    "reduce",
    "removed",
    "scatter",
    "segments",
    "settings",
    "shape",
    "sort",
    "special",
    "statistics",
    "storage",
    "threads",
    "unsupported",
    "windows",
    "write",
]
# Modules whose __all__ is public here, and those that are loaded on first use because they cost time.
_FLAT = ("creation", "random", "printing", "function", "gradcheck", "numpy_protocol")
_LAZY = frozenset(
    {
        "backends",
        "cuda",
        "distributions",
        "draw",
        "func",
        "functional",
        "fused",
        "linalg",
        "pytree",
        "records",
        "signal",
        "special",
        "testing",
        "updates",
        "utils",
    }
)
# Public names that come with `fused`, which is loaded on their first use.
LATE = frozenset(
    {
        "adaptive_avg_pool1d",
        "adaptive_max_pool1d",
        "affine_grid_generator",
        "alpha_dropout",
        "alpha_dropout_",
        "avg_pool1d",
        "batch_norm",
        "bilinear",
        "binary_cross_entropy_with_logits",
        "channel_shuffle",
        "constant_pad_nd",
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_tbc",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "convolution",
        "cosine_embedding_loss",
        "ctc_loss",
        "dropout",
        "dropout_",
        "embedding",
        "embedding_bag",
        "embedding_renorm_",
        "feature_alpha_dropout",
        "feature_alpha_dropout_",
        "feature_dropout",
        "feature_dropout_",
        "grid_sampler",
        "grid_sampler_2d",
        "grid_sampler_3d",
        "group_norm",
        "gru",
        "gru_cell",
        "hinge_embedding_loss",
        "instance_norm",
        "kl_div",
        "layer_norm",
        "lstm",
        "lstm_cell",
        "margin_ranking_loss",
        "max_pool1d",
        "max_pool1d_with_indices",
        "max_pool2d",
        "max_pool3d",
        "native_batch_norm",
        "native_channel_shuffle",
        "native_dropout",
        "native_group_norm",
        "native_layer_norm",
        "pixel_shuffle",
        "pixel_unshuffle",
        "poisson_nll_loss",
        "rms_norm",
        "rnn_relu",
        "rnn_relu_cell",
        "rnn_tanh",
        "rnn_tanh_cell",
        "rrelu",
        "rrelu_",
        "triplet_margin_loss",
    }
)


def _publish() -> list[str]:
    """Load the operations and their front ends; make them public names and methods. Returns the public names."""
    for name in _OPS:
        importlib.import_module(f"autograd.ops.{name}")
    for name in _API:
        importlib.import_module(f"autograd.api.{name}")
    from autograd.api.export import functions, inplace_form, methods  # noqa: PLC0415 - after what fills them
    from autograd.mapping.makers import wrap_makers  # noqa: PLC0415
    from autograd.op import registry  # noqa: PLC0415

    for op in registry.values():
        if op.public:
            functions.setdefault(op.name, op.function)
            if op.method:
                methods.setdefault(op.name, op.function)
        if op.inplace and f"{op.name}_" not in methods:
            methods[f"{op.name}_"] = inplace_form(op.name, op.function)
    wrap_makers(functions)
    wrap_makers(methods)
    for name, method in methods.items():
        setattr(Tensor, name, method)
    public = {**functions, **dtypes.NAMES}
    for name in _FLAT:
        module = importlib.import_module(f"autograd.{name}")
        public.update({n: getattr(module, n) for n in module.__all__})
    globals().update(public)
    return [name for name in public if not name.startswith("_")]


def _without_collections(load: Callable[[], list[str]]) -> list[str]:
    """Call ``load`` with the cycle collector off: what an import makes stays, and looking through it takes a fifth of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        return load()
    finally:
        if enabled:
            gc.enable()


def _check_shadowing() -> None:
    """Say so where HIPS autograd was installed into the same folder: the two packages share their import name."""
    folder = os.path.dirname(__file__)  # noqa: PTH120 - pathlib would be most of the import time
    found = [name for name in ("core.py", "wrap_util.py", "numpy") if os.path.exists(os.path.join(folder, name))]  # noqa: PTH110, PTH118
    if found:
        import warnings  # noqa: PLC0415 - rare

        warnings.warn(
            f"another distribution's package 'autograd' is installed in the same folder ({folder} has {found[0]}): "
            "pip uninstall autograd, then reinstall chainrule",
            UserWarning,
            stacklevel=3,
        )


_check_shadowing()
__all__ = [  # noqa: PLE0604 - names that the tables give are added
    "Size",
    "Tensor",
    "backward",
    "can_cast",
    "detect_anomaly",
    "device",
    "enable_grad",
    "finfo",
    "get_default_dtype",
    "grad",
    "iinfo",
    "inference_mode",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "promote_types",
    "set_default_dtype",
    "set_detect_anomaly",
    "set_grad_enabled",
    *_without_collections(_publish),
    *LATE,
]


# For the whole process, once: see there what for. Environment variables choose otherwise.
_memory.keep_freed()
_threads.calm_blas()

# Two names that are modules as well: for type checkers, what they mean here.
from autograd.creation import tensor  # noqa: E402
from autograd.gradcheck import gradcheck, gradgradcheck  # noqa: E402

_COMPLEX = ("complex32", "complex64", "complex128", "chalf", "cfloat", "cdouble")
_ABSENT = {
    **dict.fromkeys(_COMPLEX, "complex numbers are not supported yet"),
}


def __getattr__(name: str) -> Any:
    """Load a submodule on first use; ``nn`` and ``optim`` too, so that ``import autograd as torch`` goes far."""
    if name in _LAZY:
        return importlib.import_module(f"autograd.{name}")
    if name == "vmap":
        globals()[name] = importlib.import_module("autograd.mapping.vmap").vmap
        return globals()[name]
    if name in LATE:
        importlib.import_module("autograd.fused")
        return globals()[name]
    if name in {"nn", "optim", "autograd"}:
        return importlib.import_module(name)
    if name == "bfloat16":
        try:
            return dtypes.bfloat16()
        except TypeError as error:
            raise AttributeError(f"module 'autograd' has no attribute {name!r}: {error}") from error
    reason = f": {_ABSENT[name]}" if name in _ABSENT else ""
    raise AttributeError(f"module 'autograd' has no attribute {name!r}{reason}")
