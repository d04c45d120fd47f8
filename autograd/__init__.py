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

import importlib
import os
from typing import Any

from autograd import dtypes
from autograd.anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from autograd.differentiate import backward, grad
from autograd.dtypes import can_cast, finfo, get_default_dtype, iinfo, promote_types, set_default_dtype
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
    "einsum",
    "elementwise",
    "embedding",
    "index",
    "join",
    "linalg",
    "loss",
    "matmul",
    "reduce",
    "scan",
    "scatter",
    "shape",
    "softmax",
    "sort",
    "views",
]
_API = [
    "arguments",
    "arithmetic",
    "convert",
    "create",
    "decompositions",
    "distributions",
    "einsum",
    "index",
    "join",
    "linalg",
    "matmul",
    "norms",
    "operators",
    "parts",
    "random_tensors",
    "rearrange",
    "reduce",
    "scatter",
    "shape",
    "sort",
    "storage",
    "threads",
    "write",
]
# Modules whose __all__ is public here, and those that are loaded on first use because they cost time.
_FLAT = ("creation", "random", "printing", "function", "gradcheck", "numpy_protocol")
_LAZY = frozenset({"cuda", "draw", "fused", "linalg", "records", "updates"})


def _publish() -> list[str]:
    """Load the operations and their front ends; make them public names and methods. Returns the public names."""
    for name in _OPS:
        importlib.import_module(f"autograd.ops.{name}")
    for name in _API:
        importlib.import_module(f"autograd.api.{name}")
    from autograd.api.export import functions, inplace_form, methods  # noqa: PLC0415 - after what fills them
    from autograd.op import registry  # noqa: PLC0415

    for op in registry.values():
        if op.public:
            functions.setdefault(op.name, op.function)
            if op.method:
                methods.setdefault(op.name, op.function)
        if op.inplace and f"{op.name}_" not in methods:
            methods[f"{op.name}_"] = inplace_form(op.name, op.function)
    for name, method in methods.items():
        setattr(Tensor, name, method)
    public = {**functions, **dtypes.NAMES}
    for name in _FLAT:
        module = importlib.import_module(f"autograd.{name}")
        public.update({n: getattr(module, n) for n in module.__all__})
    globals().update(public)
    return list(public)


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
    *_publish(),
]


# Two names that are modules as well: for type checkers, what they mean here.
from autograd.creation import tensor  # noqa: E402
from autograd.gradcheck import gradcheck, gradgradcheck  # noqa: E402


def __getattr__(name: str) -> Any:
    """Load a submodule on first use; ``nn`` and ``optim`` too, so that ``import autograd as torch`` goes far."""
    if name in _LAZY:
        return importlib.import_module(f"autograd.{name}")
    if name in {"nn", "optim", "autograd"}:
        return importlib.import_module(name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")
