"""Running one program in this library and in PyTorch, and comparing trees of results."""

import warnings

import numpy as np

import autograd
import nn
from autograd import func, functional


class Ours:
    """What a program of these tests uses, from this library."""

    lib, func, functional, nn = autograd, func, functional, nn


class Theirs:
    """The same from PyTorch."""

    def __init__(self, torch):
        self.lib, self.func, self.functional, self.nn = torch, torch.func, torch.autograd.functional, torch.nn


def describe(tree, loosely=False):
    """A tree of Tensors as something that can be compared: structure, shapes, dtypes, whether grad is required.

    ``loosely``: a list is as good as a tuple, and whether grad is required does not matter.
    """
    if isinstance(tree, dict):
        return {key: describe(value, loosely) for key, value in tree.items()}
    if isinstance(tree, (tuple, list)):
        return ["sequence" if loosely else type(tree).__name__, *[describe(value, loosely) for value in tree]]
    if hasattr(tree, "requires_grad"):
        return tuple(tree.shape), str(tree.dtype).removeprefix("torch."), loosely or tree.requires_grad
    return tree


def numbers(tree):
    """The values of all Tensors of a tree."""
    if hasattr(tree, "requires_grad"):
        return [np.asarray(tree.detach().clone().tolist(), dtype=np.float64)]
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (tuple, list)):
        return [array for value in tree for array in numbers(value)]
    return []


def same(torch, program, tolerance=1e-5, loosely=False):
    """Assert that ``program(library)`` gives the same in both, and return our result."""
    ours = program(Ours)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own
        theirs = program(Theirs(torch))
    have, want = describe(ours, loosely), describe(theirs, loosely)
    assert have == want, f"{have} is not {want}"
    for a, b in zip(numbers(ours), numbers(theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
    return ours


def same_error(torch, program):
    """Assert that ``program(library)`` raises the same type in both, and return our message."""
    caught = []
    for library in (Ours, Theirs(torch)):
        try:
            with warnings.catch_warnings():
                if library is not Ours:
                    warnings.simplefilter("ignore")
                found = program(library)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            caught.append(error)
        else:
            raise AssertionError(f"{library}: no error, but {found}")
    assert type(caught[0]) is type(caught[1]), caught
    return str(caught[0])


__all__ = ["Ours", "Theirs", "describe", "numbers", "same", "same_error"]
