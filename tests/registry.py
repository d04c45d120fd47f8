"""How the registry's tests call an operation on its samples, with this engine and with PyTorch."""

import importlib.util
from pathlib import Path

import numpy as np

import autograd
import autograd.fused
from autograd.forward import push_forward
from autograd.op import registry
from autograd.samples import Draw

OPS = dict(sorted(registry.items()))
CASES = [(name, i) for name, op in OPS.items() for i in range(len(op.samples))]


def draws(value):
    """The draws in an argument, which may be a sequence of them."""
    if isinstance(value, Draw):
        return [value]
    if isinstance(value, (tuple, list)):
        return [d for v in value for d in draws(v)]
    return []


def wants_grad(name, i):
    """Whether a sample has an argument to differentiate."""
    op = OPS[name]
    return bool(op.differentiable and (op.rules or op.joint)) and any(d.grad for d in flat_draws(name, i))


def flat_draws(name, i):
    sample = OPS[name].samples[i]
    return [d for a in (*sample.args, *sample.kwargs.values()) for d in draws(a)]


GRADS = [(name, i) for name, i in CASES if wants_grad(name, i)]


class Slot:
    """The place of a drawn array in a call."""

    def __init__(self, place, through):
        self.place, self.through = place, through


def realise(name, i=None, dtype=np.float64, layout=None, seed=0):
    """A sample as (args, kwargs) with slots, the arrays for the slots, and which of these want a gradient.

    Floats are drawn in ``dtype``; integers and truth values stay what they are.
    """
    sample = name if i is None else OPS[name].samples[i]
    arrays, wanted = [], []
    rng = np.random.default_rng(seed)

    def convert(value):
        if isinstance(value, Draw):
            array = np.asarray(value(rng))
            array = array.astype(dtype) if array.dtype.kind == "f" else array
            arrays.append(layout(array) if layout else array)
            wanted.append(value.grad and array.dtype.kind == "f")
            return Slot(len(arrays) - 1, value.through)
        if isinstance(value, (tuple, list)):
            return type(value)(convert(v) for v in value)
        if isinstance(value, np.dtype) and value.kind == "f":
            return np.dtype(dtype)
        return value

    args = [convert(a) for a in sample.args]
    return args, {k: convert(v) for k, v in sample.kwargs.items()}, arrays, wanted


def fill(args, kwargs, made):
    """The arguments with ``made`` in the slots."""

    def convert(value):
        if isinstance(value, Slot):
            return made[value.place] if value.through is None else value.through(made[value.place])
        if isinstance(value, (tuple, list)) and any(isinstance(v, (Slot, tuple, list)) for v in value):
            return type(value)(convert(v) for v in value)
        return value

    return [convert(a) for a in args], {k: convert(v) for k, v in kwargs.items()}


def make_tensor(array, requires_grad):
    """A tensor with the array's own strides."""
    tensor = autograd.from_numpy(array).detach() if array.flags.writeable else autograd.tensor(array)
    return tensor.requires_grad_() if requires_grad else tensor


def call(name, i, **options):
    """Run an operation on a sample: its differentiable outputs, all outputs, and the inputs that want a gradient."""
    args, kwargs, arrays, wanted = realise(name, i, **options)
    made = [make_tensor(a, w) for a, w in zip(arrays, wanted, strict=True)]
    args, kwargs = fill(args, kwargs, made)
    result = OPS[name].function(*args, **kwargs)
    outputs = result if isinstance(result, tuple) else (result,)
    inputs = [t for t, w in zip(made, wanted, strict=True) if w]
    return [o for o in outputs if o.requires_grad], list(outputs), inputs


def cotangents(outputs, seed=1):
    """A weight for each output."""
    rng = np.random.default_rng(seed)
    return [autograd.tensor(np.asarray(rng.uniform(-1, 1, o.shape), o.detach().numpy().dtype)) for o in outputs]


def numeric_gradients(f, arrays, eps=1e-6):
    """Central differences of the number ``f(arrays)`` with respect to every element."""
    found = []
    for array in arrays:
        slope = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + eps
            high = f()
            array[place] = kept - eps
            low = f()
            array[place] = kept
            slope[place] = (high - low) / (2 * eps)
        found.append(slope)
    return found


def jvp(outputs, inputs, tangents):
    """Forward mode over the recorded graph."""
    return push_forward(outputs, {t._node.number: v for t, v in zip(inputs, tangents, strict=True)})


def oracles():
    """PyTorch's counterpart of operations that are not ``torch.<name>`` with the same arguments."""
    found = {}
    for path in sorted((Path(__file__).parent / "oracles").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"oracle_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.update(module.ORACLES)
    return found
