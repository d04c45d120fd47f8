"""Every operation in the registry on integers and truth values, beside PyTorch."""

import warnings

import numpy as np
import pytest

import autograd
from tests.registry import OPS, fill, oracles, realise
from tests.test_ops import COMPARED, over, torch_static

ORACLES = oracles()
# Where both compute, and differently.
OTHER_NUMBERS = {
    "kthvalue": "which of equal elements is named", "topk": "which of equal elements is named",
    "linalg_cholesky": "the sample, made whole numbers, is singular",
    "clamp": "its public function promotes first", "embedding_pick": "the engine's own, in float64",
    "cumsum_back": "the engine's own: sums of truth values are counts", "recurrence": "the engine's own",
    "shift": "the engine's own", "einsum": "counts, where PyTorch says true or counts by the shapes",
    "l1_loss": "losses are computed in floating point, where PyTorch refuses most integers",
    "smooth_l1_loss": "losses are computed in floating point",
}  # fmt: skip
# Where PyTorch computes and an error is raised here.
REFUSED = {
    "fmod": "PyTorch lets an integer division of nothing by zero pass", "remainder": "as fmod",
    "pow": "a negative power of an integer is an error also for a 0-d exponent",
    "hardsigmoid": "its public function refuses integers, as PyTorch's does",
    "softmax": "also of nothing", "log_softmax": "also of nothing",
    "linalg_lu": "also of an empty matrix",
    "adaptive_avg_pool": "also of nothing", "adaptive_max_pool": "also of nothing", "fractional_max_pool": "also of nothing",
    "grid_sample": "also of nothing", "resample": "also of nothing",
    "im2col": "truth values, as other numbers that are not floats", "col2im": "as im2col",
    "clamp_tensors": "its public function takes truth values", "kthvalue": "truth values",
    "bmm": "products of truth values: PyTorch computes only empty ones", "einsum": "as bmm", "linear": "as bmm",
    "matmul": "as bmm", "mm": "as bmm", "mv": "as bmm",
}  # fmt: skip


def whole(array, kind):
    if array.dtype.kind != "f":
        return array
    finite = np.nan_to_num(array, posinf=3, neginf=-3)
    return finite > 0 if kind == "bool" else np.rint(finite).astype(np.int64)


def outcome(call):
    """The results of a call, or None where it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = call()
    except (TypeError, ValueError, RuntimeError, IndexError):
        return None
    return list(result) if isinstance(result, (tuple, list)) else [result]


@pytest.mark.torch
@over(COMPARED)
def test_integers_and_truth_values_against_pytorch(name, i):
    import torch

    function = ORACLES.get(name)
    theirs_function = getattr(torch, name, None) if function is None else lambda *a, **k: function(torch, *a, **k)
    for kind in ("int64", "bool"):
        args, kwargs, arrays, _ = realise(name, i)
        if not any(a.dtype.kind == "f" for a in arrays):
            return
        arrays = [whole(a, kind) for a in arrays]
        a, k = fill(args, kwargs, [autograd.tensor(x) for x in arrays])
        ours = outcome(lambda a=a, k=k: OPS[name].function(*a, **k))
        a, k = fill(args, kwargs, [torch.tensor(x) for x in arrays])
        a, k = [torch_static(torch, v) for v in a], {key: torch_static(torch, v) for key, v in k.items()}
        theirs = outcome(lambda a=a, k=k: theirs_function(*a, **k))
        if theirs is None:
            continue  # what PyTorch refuses may be computed here: the public function says what it takes
        if ours is None:
            assert name in REFUSED, f"raises for {kind}, where PyTorch computes"
        elif name not in OTHER_NUMBERS:
            assert [str(o.dtype) for o in ours] == [str(t.dtype).removeprefix("torch.") for t in theirs]
            for one, other in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-6)
