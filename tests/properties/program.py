"""Random programs of views, computations and writes in place, as text, run by this engine and by PyTorch side by side."""

import numpy as np
from hypothesis import strategies as st

import autograd
from tests.properties import drawn
from tests.properties.drawn import dim, number, pick

try:
    import torch
except ImportError:  # the tests are marked, and skipped
    torch = None

SHAPES = [(), (3,), (2, 3), (2, 1, 3), (4, 2), (2, 3, 2), (1,), (0,), (2, 0), (3, 3)]
LIMIT = 9  # tensors in one program


# -- views: a statement's right side, from the tensor as PyTorch has it ---------------------------------------------


def _ranged(draw, t, d):
    size = t.shape[d] if t.ndim else 0
    start = number(draw, 0, size)
    return start, number(draw, 0, size - start)


def _unfold(draw, t, d):
    size = t.shape[d] if t.ndim else 1
    return f"unfold({d}, {number(draw, 0 if not t.ndim else 1, max(size, 1))}, {number(draw, 1, 2)})"


def _expand(draw, t, d):
    sizes = [pick(draw, n, -1) if n != 1 else pick(draw, 1, 2, 3, -1) for n in t.shape]
    return f"expand({', '.join(map(str, [*([2] if draw(st.booleans()) or not sizes else []), *sizes]))})"


def _view(draw, t, d):
    one, two = drawn.factor(draw, t.numel())
    return f"{pick(draw, 'view', 'reshape')}({pick(draw, one, -1) if t.numel() else one}, {two})"


def _unflatten(draw, t, d):
    if not t.ndim:
        return "view(1, 1)"
    one, two = drawn.factor(draw, t.shape[d])
    return f"unflatten({d}, ({one}, {two}))"


def _diagonal(draw, t, d):
    other = dim(draw, t.ndim)
    return f"diagonal({number(draw, -1, 1)}, {d}, {other})"


def _permute(draw, t, d):
    return f"permute({', '.join(map(str, draw(st.permutations(range(t.ndim)))))})" if t.ndim else "permute(())"


def _as_strided(draw, t, d):
    size = t.numel()
    if not size or not t.is_contiguous():
        return "view_as(t0)"
    return f"as_strided(({pick(draw, 1, size)},), (1,), {t.storage_offset()})"


def _split(draw, t, d):
    size = t.shape[d] if t.ndim else 0
    first = number(draw, 0, size)
    return f"part({{t}}, {number(draw, 0, 1)}, {d}, 'split', [{first}, {size - first}])"


VIEWS = {
    "select": lambda draw, t, d: f"select({d}, {number(draw, -1, 1)})",
    "narrow": lambda draw, t, d: "narrow({}, {}, {})".format(d, *_ranged(draw, t, d)),
    "index": lambda draw, t, d: f"[{drawn.index(draw, t.shape, ('int', 'slice', 'slice', 'none', 'dots', 'stop'))}]",
    "transpose": lambda draw, t, d: f"{pick(draw, 'transpose', 'swapaxes')}({d}, {dim(draw, t.ndim)})",
    "movedim": lambda draw, t, d: f"movedim({d}, {dim(draw, t.ndim)})",
    "permute": _permute,
    "reshape": _view,
    "flatten": lambda draw, t, d: pick(draw, "flatten()", "ravel()", "reshape(-1)", "contiguous()", "view(-1)"),
    "unflatten": _unflatten,
    "unsqueeze": lambda draw, t, d: f"unsqueeze({number(draw, -t.ndim - 1, t.ndim)})",
    "squeeze": lambda draw, t, d: pick(draw, "squeeze()", f"squeeze({d})", f"squeeze(({d},))"),
    "diagonal": _diagonal,
    "unfold": _unfold,
    "expand": _expand,
    "unbind": lambda draw, t, d: f"part({{t}}, {number(draw, -1, 1)}, {d}, 'unbind')",
    "chunk": lambda draw, t, d: f"part({{t}}, {number(draw, -1, 1)}, {d}, 'chunk', {number(draw, 1, 3)})",
    "split": _split,
    "tensor_split": lambda draw, t, d: f"part({{t}}, 0, {d}, 'tensor_split', {number(draw, 1, 3)})",
    "T": lambda draw, t, d: pick(draw, "mT", "T" if t.ndim == 2 else "t()") if t.ndim else "t()",
    "as_strided": _as_strided,
    "detach": lambda draw, t, d: "detach()",
}


def part(t, i, d, name, *args):
    """One of several views. PyTorch forbids to write to such, so there it is made as the only one."""
    if isinstance(t, autograd.Tensor):
        return getattr(t, name)(*args, d)[i]
    parts = getattr(t.detach(), name)(*args, d)
    shape = parts[i].shape
    if name == "unbind":
        return t.select(d, i)
    return t.narrow(d, sum(p.shape[d] for p in parts[: i % len(parts)]), shape[d])


# -- computations ---------------------------------------------------------------------------------------------------

COMPUTATIONS = {
    "clone": lambda draw, t, d: "{t}.clone()",
    "square": lambda draw, t, d: "{t} * {t}",
    "weigh": lambda draw, t, d: "{t} * w",
    "exp": lambda draw, t, d: "({t} / 4).exp()",
    "tanh": lambda draw, t, d: "{t}.tanh()",
    "sigmoid": lambda draw, t, d: "{t}.sigmoid()",
    "relu": lambda draw, t, d: "{t}.relu()",
    "sum": lambda draw, t, d: f"{{t}}.sum({d}, keepdim={draw(st.booleans())})",
    "mean": lambda draw, t, d: "{t}.mean()",
    "cumsum": lambda draw, t, d: f"{{t}}.cumsum({d})",
    "softmax": lambda draw, t, d: f"{{t}}.softmax({d})",
    "amax": lambda draw, t, d: f"{{t}}.max({d}).values",
    "sort": lambda draw, t, d: f"{{t}}.sort({d}).values",
    "where": lambda draw, t, d: f"lib.where({drawn.mask(draw, t.shape)}, {{t}}, w)",
    "cat": lambda draw, t, d: f"lib.cat([{{t}}, {{t}} * {{t}}], {d})",
    "stack": lambda draw, t, d: f"lib.stack([{{t}}, w * {{t}}], {d})",
    "take": lambda draw, t, d: f"{{t}}[{drawn.index(draw, t.shape)}].clone()",
    "flip": lambda draw, t, d: f"{{t}}.flip({d})",
    "roll": lambda draw, t, d: f"{{t}}.roll(1, {d})",
    "repeat": lambda draw, t, d: f"{{t}}.repeat_interleave(2, {d}).clone()",
    "number": lambda draw, t, d: "{t} ** 2 - 0.5",
    "no_copy": lambda draw, t, d: "{t}.to(lib.float64)",
}


# -- writes ---------------------------------------------------------------------------------------------------------


def _region(draw, t, index):
    """The shape that an index expression selects, if any."""
    try:
        return tuple(eval(f"t[{index}]", {"t": t, "lib": torch, "np": np}).shape)
    except (IndexError, TypeError, RuntimeError):
        return ()


def _operand(draw, t, others):
    """A tensor that broadcasts to ``t`` and shares no memory with it, or is it."""
    fitting = [name for name, o in others.items() if _fits(o, t) and (o is t or not shares(o, t))]
    kind = pick(draw, "w", "number", "constant", "tensor", "tensor")
    if kind == "tensor" and fitting:
        return pick(draw, *fitting)
    if kind == "number":
        return str(number(draw, -3, 3) / 2)
    if kind == "constant":
        return drawn.constant(draw, "float64", drawn.broadcastable(draw, tuple(t.shape)))
    return "w"


def _fits(o, t):
    try:
        return o.is_floating_point() and torch.broadcast_shapes(o.shape, t.shape) == t.shape
    except RuntimeError:
        return False


def _assign(draw, t, others):
    index = drawn.index(draw, t.shape, drawn.KINDS if t.numel() else drawn.PLAIN)  # x[False] = 0 may be a leaf
    region = _region(draw, t, index)
    repeated = "tensor" in index or "array" in index or "[" in index  # a place may be named twice
    if repeated:
        value = pick(draw, "w", "0.75", "w * 2")
    else:
        value = pick(draw, "w", "0.5", drawn.constant(draw, "float64", drawn.broadcastable(draw, region)), "x", "t0")
    if value in others and shares(others[value], t):
        value = "w"
    return f"[{index}] {'=' if repeated or not t.ndim else pick(draw, '=', '=', '+=', '*=')} {value}"


def _along(draw, t, text):
    """A write along a dimension at places that all differ."""
    d = dim(draw, t.ndim)
    size = t.shape[d] if t.ndim else 1
    at = draw(st.permutations(range(size)))[: number(draw, 0 if t.ndim else 1, size)]
    shape = [len(at) if i == d % max(t.ndim, 1) else n for i, n in enumerate(t.shape)]
    source = drawn.constant(draw, "float64", shape if t.ndim else ())
    return text.format(d=d, at=f"lib.tensor({at}, dtype=lib.int64)", source=f"{source} * w")


def _scatter(draw, t, text):
    """A scatter over the whole of ``t``, each line of it in an order of its own."""
    d = dim(draw, t.ndim)
    rng = np.random.default_rng(number(draw, 0, 9))
    at = np.argsort(rng.random(tuple(t.shape)), axis=d) if t.ndim else np.zeros((), int)
    source = drawn.constant(draw, "float64", tuple(t.shape))
    at = f"lib.tensor({at.tolist()}, dtype=lib.int64).reshape({tuple(t.shape)})"
    return text.format(d=d, at=at, source=f"{source} * w")


def _with_mask(draw, t, text):
    return text.format(mask=drawn.mask(draw, drawn.broadcastable(draw, tuple(t.shape))))


def _masked_scatter(draw, t, others):
    return f".masked_scatter_({drawn.mask(draw, t.shape)}, {drawn.constant(draw, 'float64', (t.numel(),))} * w)"


def _with(text):
    return lambda draw, t, others: text.format(_operand(draw, t, others))


def _plain(*texts):
    return lambda draw, t, others: pick(draw, *texts)


WRITES = {
    "number": _plain(".mul_(1.5)", ".div_(2.0)", ".zero_()", ".fill_(0.5)", ".neg_()", ".fill_(w)"),
    "function": _plain(".exp_()", ".tanh_()", ".sigmoid_()", ".relu_()", ".square_()", ".abs_()", ".sin_()"),
    "clamp": _plain(".clamp_(-0.5, 0.5)", ".clamp_min_(0.0)", ".clip_(max=w)", ".sign_()", ".floor_()"),
    "add": _with(".add_({}, alpha=2)"),
    "sub": _with(".sub_({})"),
    "mul": _with(".mul_({})"),
    "lerp": _plain(".lerp_(w, 0.25)", ".addcmul_(w, w)"),
    "copy": lambda draw, t, others: f".copy_({_operand(draw, t, others)})".replace("copy_(-", "fill_(-"),
    "augment": lambda draw, t, others: f" {pick(draw, '+=', '-=', '*=')} {_operand(draw, t, others)}",
    "assign": _assign,
    "masked_fill": lambda draw, t, others: _with_mask(draw, t, f".masked_fill_({{mask}}, {pick(draw, 'w', '1.5')})"),
    "masked_scatter": _masked_scatter,
    "index_add": lambda draw, t, others: _along(draw, t, ".index_add_({d}, {at}, {source})"),
    "index_copy": lambda draw, t, others: _along(draw, t, ".index_copy_({d}, {at}, {source})"),
    "index_fill": lambda draw, t, others: _along(draw, t, ".index_fill_({d}, {at}, w)"),
    "index_put": lambda draw, t, others: _put(draw, t),
    "scatter": lambda draw, t, others: _scatter(draw, t, pick(draw, *SCATTERS)),
    "cumsum": lambda draw, t, others: f".{pick(draw, 'cumsum_', 'cumprod_')}({dim(draw, t.ndim)})",
    "tril": _plain(".tril_()", ".triu_(1)"),
    "layout": lambda draw, t, others: pick(draw, ".unsqueeze_(0)", ".squeeze_()", ".t_()", _transposed(draw, t)),
    "detach": lambda draw, t, others: _detach(t, others),
}
SCATTERS = (
    ".scatter_({d}, {at}, {source})",
    ".scatter_add_({d}, {at}, {source})",
    ".scatter_({d}, {at}, 0.25)",
    ".scatter_reduce_({d}, {at}, {source}, 'sum')",
)


def _transposed(draw, t):
    return f".transpose_({dim(draw, t.ndim)}, {dim(draw, t.ndim)})"


def _detach(t, others):
    if t.retains_grad:
        return ".neg_()"
    if sum(shares(o, t) for o in others.values()) > 1:
        return ".detach_()" if t._is_view() else ".neg_()"  # PyTorch lets the views of a leaf require grad at once
    return ".requires_grad_()" if t.is_leaf and not t.requires_grad else ".detach_()"


def _put(draw, t):
    if not t.ndim:
        return ".fill_(w)"
    at = drawn.places(draw, t.shape[0], (2,)) if t.shape[0] else []
    accumulate = draw(st.booleans())
    value = "w" if not accumulate else f"{drawn.constant(draw, 'float64', tuple(t.shape[1:]))} * w"
    return f".index_put_((lib.tensor({at}, dtype=lib.int64),), {value}, accumulate={accumulate})"


# -- memory, as PyTorch has it --------------------------------------------------------------------------------------


def cells(t):
    """The places in memory of a tensor's elements."""
    offsets = np.zeros(tuple(t.shape), np.int64)
    for axis, stride in enumerate(t.stride()):
        shape = [-1 if i == axis else 1 for i in range(t.ndim)]
        offsets = offsets + (np.arange(t.shape[axis]) * stride).reshape(shape)
    return (offsets * t.element_size() + t.data_ptr()).ravel()


def overlaps(t):
    """Whether two elements are one place: what a write there means, PyTorch leaves open."""
    return len(np.unique(cells(t))) < t.numel()


def shares(one, two):
    """Whether two tensors have memory in common, or (empty ones) are views of one tensor."""
    bases = [t if t._base is None else t._base for t in (one, two)]
    return bases[0] is bases[1] or bool(np.intersect1d(cells(one), cells(two)).size)


# -- running --------------------------------------------------------------------------------------------------------


class Space:
    """The names of one library's run."""

    def __init__(self, lib, shape, requires_grad, w_requires_grad=True, shift=None):
        data = np.random.default_rng(7).uniform(-1, 1, shape)
        numbers = np.append(data.ravel(), 0.7) + (0 if shift is None else shift)
        x = lib.tensor(numbers[:-1].reshape(shape), dtype=lib.float64, requires_grad=requires_grad)
        w = lib.tensor(numbers[-1], dtype=lib.float64, requires_grad=w_requires_grad)
        self.names = {"lib": lib, "np": np, "part": part, "x": x, "w": w, "t0": x.clone()}

    def tensors(self):
        return {k: v for k, v in self.names.items() if k in ("x", "w") or (k[0] == "t" and k[1:].isdigit())}

    def run(self, text):
        """One statement: None, or the error."""
        for t in self.tensors().values():
            t.grad_fn  # PyTorch brings the history of a view up to date when it is asked for
        try:
            exec(text, self.names)
        except Exception as error:  # noqa: BLE001 - compared with PyTorch's
            return error
        return None

    def shown(self):
        """What is compared of every tensor."""
        found = {}
        for name, t in self.tensors().items():
            grad = t.grad if t.is_leaf or t.retains_grad else None
            array = t.detach().numpy().copy()  # an array still held would make the engine save copies
            found[name] = (t.requires_grad, t.is_leaf, array, None if grad is None else grad.numpy().copy())
        return found

    def total(self):
        """A number that depends on every tensor."""
        return sum((t * (0.3 + i)).sum() for i, t in enumerate(self.tensors().values(), 1))

    def finish(self):
        """Backward from everything, or the error."""
        self.names["total"] = self.total
        return self.run("total().backward()")

    def finish_twice(self):
        """The gradient of the squares of the gradients of everything, or the error."""
        lib = self.names["lib"]
        self.names.update(total=self.total, grad=autograd.grad if lib is autograd else lib.autograd.grad)
        leaves = "[t for t in (x, w) if t.requires_grad and t.is_leaf]"
        text = f"first = grad(total(), {leaves}, create_graph=True, allow_unused=True)"
        live = "[(g * g).sum() for g in first if g is not None and g.requires_grad]"
        return self.run(text) or self.run(f"sum({live}, 0 * w).backward()")


# What makes gradients other than slopes; of two values for one place, both get a gradient in PyTorch.
BREAKS = ("detach", "no_grad", "backward", "floor", "sign", "int64", "int32", "[[")


def check_slopes(ours, shape, requires_grad, texts):
    """Compare gradients that PyTorch gave up with differences, where there are no kinks."""
    if any(word in text for word in BREAKS for text in texts):
        return
    count, step = int(np.prod(shape)) + 1, 1e-6

    def total(shift):
        space = Space(torch, shape, False, False, shift)
        for text in texts:
            if "requires_grad" not in text and "retain" not in text:
                assert space.run(text) is None, text
        return space.total().item()

    middle = total(np.zeros(count))
    leaves = [*np.ravel(ours["x"][3] if ours["x"][3] is not None else np.full(shape, np.nan)), float(ours["w"][3])]
    for place in range(0 if requires_grad else count - 1, count):
        shift = np.eye(count)[place] * step
        left, right = (middle - total(-shift)) / step, (total(shift) - middle) / step
        if np.isclose(left, right, rtol=1e-3, atol=1e-3):
            np.testing.assert_allclose(leaves[place], (left + right) / 2, rtol=1e-3, atol=1e-3)


def kind_of(error):
    """The built-in class of an error."""
    return error and next(k for k in type(error).__mro__ if k.__module__ == "builtins")


def agree(ours, theirs):
    """Assert that two errors are of one kind; False where PyTorch alone has one, and need not have it."""
    # What was saved may lie elsewhere: a 0-d value is saved as a number, and the result of tanh_() before it is copied.
    if ours is None and "has been modified by an inplace operation" in str(theirs):
        return False
    if "INTERNAL ASSERT" in str(theirs) or "detached in-place" in str(theirs) or "interior" in str(theirs):
        return False
    if "leaf Variable" in str(ours) and theirs:
        return True  # two errors at once
    assert kind_of(ours) == kind_of(theirs), f"{ours!r}, in PyTorch {theirs!r}"
    return True


def same(ours, theirs):
    """Assert that two runs look the same."""
    ours, theirs = ours.shown(), theirs.shown()
    for name, (needs, leaf, array, grad) in theirs.items():
        mine = ours[name]
        assert mine[:2] == (needs, leaf), f"{name}: requires_grad, is_leaf = {mine[:2]}, in PyTorch {needs, leaf}"
        np.testing.assert_allclose(mine[2], array, rtol=1e-9, atol=1e-11, err_msg=name)
        assert mine[2].shape == array.shape, name
        assert (mine[3] is None) == (grad is None), f"{name}.grad is {mine[3]}, in PyTorch {grad}"
        if grad is not None:
            np.testing.assert_allclose(mine[3], grad, rtol=1e-9, atol=1e-11, err_msg=f"{name}.grad")


def a_step(draw, tensors, count):
    """A statement for the state in which PyTorch is: (kind, text)."""
    what = pick(draw, "view", "view", "write", "write", "write", "compute", "retain", "backward")
    name = pick(draw, *[n for n in tensors if n != "w"])
    t = tensors[name]
    if what in ("view", "compute") and count >= LIMIT:
        what = "write"
    quiet = "with lib.no_grad(): " if number(draw, 0, 5) == 0 else ""
    if what == "retain" and not t._is_view():  # a view's history is made anew in PyTorch, also under no_grad
        return what, f"{name}.retain_grad()"
    if what in ("retain", "backward"):
        return "backward", f"{name}.sum().backward(retain_graph=True)"
    if what == "compute":
        kind = pick(draw, *COMPUTATIONS)
        return kind, f"{quiet}t{count} = " + COMPUTATIONS[kind](draw, t, dim(draw, t.ndim)).format(t=name)
    if what == "view":
        kind = pick(draw, *VIEWS)
        # Not quiet: PyTorch says of a view made under no_grad that it requires grad, and forbids most uses of it.
        return kind, f"t{count} = {_view_of(draw, name, t, kind)}"
    kind = pick(draw, *WRITES)
    if kind == "layout" and (t.retains_grad or sum(shares(o, t) for o in tensors.values()) > 1):
        kind = "number"  # PyTorch keeps a gradient of the old shape, and makes the views' histories anew
    if kind in ("layout", "detach"):
        quiet = ""  # without a history, what the new layout's gradient is nobody can say
    if number(draw, 0, 3) == 0 and kind != "layout":  # through a view that nobody keeps
        name = _view_of(draw, name, t, pick(draw, *VIEWS))
        try:
            t = eval(name, {**tensors, "part": part, "lib": torch})
        except (RuntimeError, IndexError, ValueError):
            return kind, name
    if overlaps(t):
        return "skip", "pass"
    write = WRITES[kind](draw, t, tensors)
    if name not in tensors:  # PyTorch takes the view for a leaf when x[i] += w makes it require grad on the way
        write = write.replace("] += ", "] = ").replace("] *= ", "] = ")
    return kind, f"{quiet}{name}{write}"


def _view_of(draw, name, t, kind):
    """The text of a view of a tensor."""
    right = VIEWS[kind](draw, t, dim(draw, t.ndim))
    return right.format(t=name) if right.startswith("part") else f"{name}{'' if right[0] == '[' else '.'}{right}"
