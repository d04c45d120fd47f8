"""PyTorch's callables for operations on shapes and indices that it has under other names or with other arguments."""


def place(torch, g, shape, index):
    out = torch.zeros(shape, dtype=g.dtype)
    out[index] = g
    return out


def put_back(torch, g, shape, places):
    zeros = torch.zeros(shape, dtype=g.dtype)
    return zeros.index_put(indices(torch, shape, places), g, accumulate=True)


def indices(torch, shape, places):
    """PyTorch's index_put takes no slices, so full ones become ranges that broadcast, where the arrays stand together."""
    items = places.items
    if items[0].dtype == bool if hasattr(items[0], "dtype") else False:
        return (torch.from_numpy(items[0]),)
    rest = len(shape) - len(items)
    items = (*items, *(slice(None),) * rest)
    arrays = [d for d, i in enumerate(items) if not isinstance(i, slice)]
    together = arrays[-1] - arrays[0] + 1 == len(arrays)
    order = list(range(len(items))) if together else arrays + [d for d in range(len(items)) if d not in arrays]
    full = [d for d in order if d not in arrays]
    wide = items[arrays[0]].ndim
    first = arrays[0] if together else 0
    found = []
    for d in range(len(items)):
        if d in arrays:
            after = len([f for f in full if order.index(f) > order.index(arrays[-1])])
            found.append(torch.from_numpy(items[d]).reshape(*items[d].shape, *(1,) * after))
        else:
            before_arrays = order.index(d) < order.index(arrays[0])
            later = len([f for f in full if order.index(f) > order.index(d)]) + (wide if before_arrays else 0)
            found.append(torch.arange(shape[d]).reshape(-1, *(1,) * later))
    assert first >= 0
    return tuple(found)


def bracket(torch, x, places):
    return x[tuple(i if isinstance(i, slice) else torch.from_numpy(i) for i in places.items)]


def set_item(torch, x, value, index):
    items = getattr(index, "items", index)
    out = x.clone()
    out[tuple(torch.from_numpy(i) if hasattr(i, "dtype") else i for i in items)] = value
    return out


def diagonal_written(torch, g, shape, offset, dim1, dim2):
    return torch.zeros(shape, dtype=g.dtype).diagonal_scatter(g, offset, dim1, dim2)


def folded(torch, g, shape, dimension, size, step):
    x = torch.zeros(shape, dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(x.unfold(dimension, size, step), x, g, create_graph=True)[0]


def strided_written(torch, g, shape, size, stride, offset):
    x = torch.zeros(shape, dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(x.as_strided(size, stride, offset), x, g, create_graph=True)[0]


ORACLES = {
    "reorder": lambda torch, x, dims: x.clone(),
    "repeat_each": lambda torch, x, times, dim: torch.repeat_interleave(x, times, dim),
    "alias": lambda torch, x: x.view_as(x),
    "as_strided": lambda torch, x, size, stride, offset=0: x.contiguous().as_strided(size, stride, offset),
    "contiguous": lambda torch, x: x.contiguous(),
    "expand": lambda torch, x, shape: x.expand(shape),
    "fold_windows": folded,
    "gather": lambda torch, x, index, dim: torch.gather(x, dim, index),
    "index": bracket,
    "index_add": lambda torch, x, index, source, dim, alpha=1: torch.index_add(x, dim, index, source, alpha=alpha),
    "index_copy": lambda torch, x, index, source, dim: torch.index_copy(x, dim, index, source),
    "index_fill": lambda torch, x, index, value, dim: torch.index_fill(x, dim, index, value),
    "index_select": lambda torch, x, index, dim: torch.index_select(x, dim, index),
    "is_zero": lambda torch, x: (x == 0).to(x.dtype),
    "masked_fill": lambda torch, x, mask, value: x.masked_fill(mask, value),
    "masked_scatter": lambda torch, x, mask, source: x.masked_scatter(mask, source),
    "one_hot": lambda torch, x, num_classes=-1: torch.nn.functional.one_hot(x, num_classes),
    "pad": lambda torch, x, pad, mode="constant", value=None: torch.nn.functional.pad(x, pad, mode, value),
    "place": place,
    "place_diagonal": diagonal_written,
    "place_strided": strided_written,
    "put_back": put_back,
    "repeat": lambda torch, x, repeats: x.repeat(repeats),
    "reshape": lambda torch, x, shape: x.reshape(shape),
    "roll": lambda torch, x, shifts, dims: torch.roll(x, shifts, dims),
    "scatter": lambda torch, x, index, src, dim: torch.scatter(x, dim, index, src),
    "scatter_add": lambda torch, x, index, src, dim: torch.scatter_add(x, dim, index, src),
    "scatter_reduce": lambda torch, x, index, src, dim, reduce, include_self: torch.scatter_reduce(
        x, dim, index, src, reduce, include_self=include_self
    ),
    "scatter_weights": None,
    "set_item": set_item,
    "slice": lambda torch, x, index: x.flip(0) if index == (slice(None, None, -1),) else x[index],
    "split": lambda torch, x, sizes, dim=0: torch.split(x, list(sizes), dim),
    "unfold": lambda torch, x, dimension, size, step: x.unfold(dimension, size, step),
    "view": lambda torch, x, shape: x.reshape(shape),
}
