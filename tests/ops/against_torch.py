"""What the tests of products and linear algebra share: arguments, and the comparison with PyTorch to second order."""

import numpy as np

import autograd

try:
    import torch
except ImportError:  # the tests that need it are marked, and skipped
    torch = None

RNG = np.random.default_rng(0)


def arrays(*shapes):
    return [RNG.uniform(-2, 2, s) for s in shapes]


def spd(n, *batch):
    a = RNG.uniform(-0.5, 0.5, (*batch, n, n))
    return a @ np.swapaxes(a, -1, -2) + np.diag(1.0 + np.arange(n))


def well(n, *batch):
    return 2 * np.eye(n) + RNG.uniform(-0.4, 0.4, (*batch, n, n))


def flat(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


def numpy_of(t):
    return np.asarray(t.detach().numpy(force=True))


def both(ours, theirs, given, second=True):
    """Values, gradients and gradients of gradients of the two are the same."""
    found = []
    for lib, function, grad in ((autograd, ours, autograd.grad), (torch, theirs, torch.autograd.grad)):
        inputs = [lib.tensor(a, requires_grad=True) for a in given]
        outputs = flat(function(*inputs))
        live = [o for o in outputs if o.requires_grad]
        rng = np.random.default_rng(5)
        weights = [lib.tensor(np.asarray(rng.uniform(-1, 1, tuple(o.shape)))) for o in live]
        first = grad(live, inputs, weights, create_graph=second, allow_unused=True, materialize_grads=True)
        values = [numpy_of(v) for v in (*outputs, *first)]
        for g in first if second else ():
            weight = lib.tensor(np.asarray(rng.uniform(-1, 1, tuple(g.shape))))
            options = {"allow_unused": True, "materialize_grads": True, "retain_graph": True}
            values += (
                [numpy_of(h) for h in grad(g, inputs, weight, **options)] if g.requires_grad else [0 * a for a in given]
            )
        found.append(values)
    assert [v.shape for v in found[0]] == [v.shape for v in found[1]]
    assert [v.dtype for v in found[0]] == [v.dtype for v in found[1]]
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9)


def o(*shape, dtype="float32"):
    return lambda lib: lib.ones(shape, dtype=getattr(lib, dtype))


def reach(lib, path):
    for part in path.split("."):
        lib = getattr(lib, part)
    return lib
