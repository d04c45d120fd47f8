"""What to prune: the methods behind ``nn.utils.prune``, and the base of your own."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import autograd
from autograd import Tensor
from nn.utils.hooked import hook_of, unhook


class BasePruningMethod(ABC):
    """A rule for what to prune. As ``torch.nn.utils.prune.BasePruningMethod``.

    A subclass sets ``PRUNING_TYPE`` ("unstructured": it sees only the entries that are left; "structured": the slices
    along ``self.dim`` that are; "global": everything) and writes ``compute_mask``; ``apply(module, name, …)`` prunes.

    >>> import autograd, nn
    >>> from nn.utils import prune
    >>> class EveryOther(prune.BasePruningMethod):
    ...     PRUNING_TYPE = "unstructured"
    ...     def compute_mask(self, t, default_mask):
    ...         mask = default_mask.clone()
    ...         mask.view(-1)[::2] = 0
    ...         return mask
    >>> layer = nn.Linear(1, 4)
    >>> method = EveryOther.apply(layer, "bias")
    >>> layer.bias_mask
    tensor([0., 1., 0., 1.])
    """

    PRUNING_TYPE: str
    tensor_name: str

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask (1 keeps) for importance scores ``t``, given the mask so far."""

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.tensor_name, self.apply_mask(module))

    def apply_mask(self, module: Any) -> Tensor:
        """The pruned tensor: mask times original."""
        mask, original = (getattr(module, f"{self.tensor_name}{end}") for end in ("_mask", "_orig"))
        return mask.to(original.dtype) * original

    @classmethod
    def apply(cls, module: Any, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any) -> Any:
        """Prune parameter ``name`` of ``module`` by this method, made of the other arguments; returns the method.

        ``importance_scores`` are compared instead of the parameter; AssertionError for scores of another shape. After an
        error the module is as it was.
        """
        original = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != original.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, "
                f"got {importance_scores.shape} vs {original.shape}"
            )
        scores = original if importance_scores is None else importance_scores
        new: Any = cls(*args, **kwargs)
        new.tensor_name = name
        old = hook_of(module, BasePruningMethod, name)
        if old is None:
            return _first(new, module, scores, original)
        method = PruningContainer(*(old if isinstance(old, PruningContainer) else [old]), new)
        so_far = getattr(module, f"{name}_mask")
        mask = method.compute_mask(scores, default_mask=so_far.detach().clone())
        unhook(module, old)
        return _install(method, module, mask)

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """A pruned copy of ``t``, without any module. AssertionError for scores of another shape."""
        if importance_scores is not None and importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {importance_scores.shape} vs {t.shape}"
            )
        scores = t if importance_scores is None else importance_scores
        return t * self.compute_mask(
            scores, default_mask=autograd.ones_like(t) if default_mask is None else default_mask
        )

    def remove(self, module: Any) -> None:
        """Make the pruned tensor an ordinary parameter; ``nn.utils.prune.remove`` also takes away the hook."""
        name = self.tensor_name
        value = self.apply_mask(module).detach()
        original = module._parameters.pop(f"{name}_orig")
        original.data = value
        delattr(module, f"{name}_mask")
        if hasattr(module, name):
            delattr(module, name)
        setattr(module, name, original)


def _first(method: Any, module: Any, scores: Tensor, original: Any) -> Any:
    """Prune a parameter that is not pruned yet."""
    name = method.tensor_name
    mask = method.compute_mask(scores, default_mask=autograd.ones_like(original))
    module.register_parameter(f"{name}_orig", original)
    del module._parameters[name]
    return _install(method, module, mask)


def _install(method: Any, module: Any, mask: Tensor) -> Any:
    module.register_buffer(f"{method.tensor_name}_mask", mask.detach())
    method(module, ())
    module.register_forward_pre_hook(method)
    return method


class PruningContainer(BasePruningMethod):
    """Several prunings of one parameter, one after another. As ``torch.nn.utils.prune.PruningContainer``.

    >>> import nn
    >>> from nn.utils import prune
    >>> layer = prune.random_unstructured(nn.Linear(4, 2), "weight", amount=2)
    >>> method = prune.L1Unstructured.apply(layer, "weight", 3)
    >>> len(method), layer.weight_mask.sum()
    (2, tensor(3.))
    """

    PRUNING_TYPE = "global"

    def __init__(self, *args: BasePruningMethod) -> None:
        self._methods: tuple[Any, ...] = ()
        if args:
            self.tensor_name = args[0].tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """Add one more; TypeError for what is no pruning method, ValueError for one that acts on another tensor."""
        if method is not None and not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and method.tensor_name != self.tensor_name:
            raise ValueError(
                f"Can only add pruning methods acting on the parameter named '{self.tensor_name}' to PruningContainer "
                f"{self}. Found '{method.tensor_name}'"
            )
        self._methods += (method,)

    def __len__(self) -> int:
        return len(self._methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._methods[idx]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far with the last method's put in where that one looks."""
        method = self._methods[-1]
        mask = default_mask.to(t.dtype).clone()
        where = _left(method, t, default_mask)
        with autograd.no_grad():
            mask[where] = method.compute_mask(t.detach()[where], default_mask=default_mask[where]).to(mask.dtype)
        return mask


def _left(method: Any, t: Tensor, mask: Tensor) -> Any:
    """The index of what ``method`` may still prune."""
    if method.PRUNING_TYPE == "unstructured":
        return mask.eq(1)
    if method.PRUNING_TYPE == "structured":
        if not hasattr(method, "dim"):
            raise AttributeError(
                'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
            )
        ndim = t.ndim
        if method.dim < -ndim:
            raise IndexError(f"Index is out of bounds for tensor with dimensions {ndim}")
        dim = method.dim % ndim
        kept = mask.sum(dim=[d for d in range(ndim) if d != dim]) != 0
        return (*[slice(None)] * dim, kept)
    if method.PRUNING_TYPE == "global":
        return ...
    raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")


# -- the methods ----------------------------------------------------------------------------------------------------


class Identity(BasePruningMethod):
    """Prunes nothing. As ``torch.nn.utils.prune.Identity``.

    >>> import autograd
    >>> from nn.utils.prune import Identity
    >>> Identity().prune(autograd.ones(2))
    tensor([1., 1.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far."""
        return default_mask


class _Amount(BasePruningMethod):
    """A method that prunes a given number or share."""

    amount: Any

    def __init__(self, amount: Any) -> None:
        if isinstance(amount, bool) or not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        whole = isinstance(amount, numbers.Integral)
        if (whole and amount < 0) or (not whole and not 0.0 <= float(amount) <= 1.0):
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
        self.amount = amount

    def _count(self, size: int) -> int:
        """How many of ``size`` to prune; ValueError where that is more than there are."""
        if not isinstance(self.amount, numbers.Integral):
            return round(float(self.amount) * size)
        if int(self.amount) > size:
            raise ValueError(f"amount={self.amount} should be smaller than the number of parameters to prune={size}")
        return int(self.amount)


class RandomUnstructured(_Amount):
    """Prunes entries drawn at random. As ``torch.nn.utils.prune.RandomUnstructured``.

    >>> import autograd
    >>> from nn.utils.prune import RandomUnstructured
    >>> RandomUnstructured(amount=3).prune(autograd.ones(9)).sum()
    tensor(6.)
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far with zeros at the places of the largest of random numbers."""
        count = self._count(t.numel())
        mask = default_mask.clone()
        if count:
            places = autograd.topk(autograd.rand_like(t.detach()).reshape(-1), k=count).indices
            mask.view(-1)[places] = 0
        return mask


class L1Unstructured(_Amount):
    """Prunes the entries that are smallest in size. As ``torch.nn.utils.prune.L1Unstructured``.

    >>> import autograd
    >>> from nn.utils.prune import L1Unstructured
    >>> L1Unstructured(amount=1).prune(autograd.tensor([-3.0, 1.0, 2.0]))
    tensor([-3.,  0.,  2.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far with zeros at the places of the smallest."""
        count = self._count(t.numel())
        mask = default_mask.clone()
        if count:
            mask.view(-1)[autograd.topk(t.detach().abs().reshape(-1), k=count, largest=False).indices] = 0
        return mask


class _Structured(_Amount):
    """A method that prunes whole slices along ``dim``."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: Any, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far with zeros in the slices that go."""
        if t.ndim <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. "
                f"Found tensor of shape {t.shape} with {t.ndim} dims"
            )
        if not -t.ndim <= self.dim < t.ndim:
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        size = t.shape[self.dim]
        count = self._count(size)
        if not count:
            return default_mask
        along = [1] * t.ndim
        along[self.dim] = size
        return default_mask * self._kept(t.detach(), count).to(default_mask.dtype).reshape(along)

    def _kept(self, t: Tensor, count: int) -> Tensor:
        """Which slices stay, as a Boolean vector."""
        raise NotImplementedError


class RandomStructured(_Structured):
    """Prunes slices along ``dim`` drawn at random. As ``torch.nn.utils.prune.RandomStructured``.

    >>> import autograd
    >>> from nn.utils.prune import RandomStructured
    >>> RandomStructured(amount=1, dim=0).prune(autograd.ones(3, 2)).sum()
    tensor(4.)
    """

    def _kept(self, t: Tensor, count: int) -> Tensor:
        drawn = autograd.rand(t.shape[self.dim])
        return drawn > autograd.kthvalue(drawn, k=count).values


class LnStructured(_Structured):
    """Prunes the slices along ``dim`` of smallest ``n``-norm. As ``torch.nn.utils.prune.LnStructured``.

    >>> import autograd
    >>> from nn.utils.prune import LnStructured
    >>> LnStructured(amount=1, n=2, dim=0).prune(autograd.tensor([[1.0, 1.0], [2.0, 2.0]]))
    tensor([[0., 0.],
            [2., 2.]])
    """

    def __init__(self, amount: Any, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Tensor, count: int) -> Tensor:
        size, dim = t.shape[self.dim], self.dim % t.ndim
        norms = autograd.norm(t, p=self.n, dim=[d for d in range(t.ndim) if d != dim])
        kept = autograd.zeros(size, dtype=autograd.bool)
        kept[autograd.topk(norms, k=size - count, largest=True).indices] = True
        return kept


class CustomFromMask(BasePruningMethod):
    """Prunes where ``mask`` is 0. As ``torch.nn.utils.prune.CustomFromMask``; AssertionError for another shape.

    >>> import autograd
    >>> from nn.utils.prune import CustomFromMask
    >>> CustomFromMask(autograd.tensor([1, 0])).prune(autograd.ones(2))
    tensor([1., 0.])
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask so far times the given one."""
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
            )
        return default_mask * self.mask.to(default_mask.dtype)


__all__: list[str] = []  # public as names of nn.utils.prune
