"""A softmax over many classes that looks closely at the frequent ones only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import autograd
from autograd import Tensor
from nn import functional as F
from nn.container import ModuleList, Sequential
from nn.linear import Linear
from nn.module import Module


class _ASMoutput(NamedTuple):
    """The log-probability of each target, and the loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-softmax over ``n_classes`` that are sorted by frequency, in a head and clusters, with its loss.

    As ``torch.nn.AdaptiveLogSoftmaxWithLoss`` (Grave et al., 2017). The head knows the first ``cutoffs[0]`` classes and
    one entry for each cluster, which holds the classes up to the next cutoff; log p(class) is the log-softmax of its
    cluster's entry plus that within the cluster, whose features are ``in_features`` // ``div_value`` to the power of
    its number. Called with input (N, in_features) and target (N), or (in_features) and a number, it returns
    (output, loss): the log-probabilities of the targets, and minus their mean.

    ValueError unless the cutoffs increase between 1 and n_classes − 1; RuntimeError for shapes that do not fit and
    targets that are no class.

    >>> import autograd, nn
    >>> softmax = nn.AdaptiveLogSoftmaxWithLoss(16, 20, cutoffs=[5, 10])
    >>> softmax(autograd.zeros(3, 16), autograd.tensor([0, 6, 19])).output.shape
    autograd.Size([3])
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("AdaptiveLogSoftmaxWithLoss: cutoffs should be a sequence of length larger than 0")
        if (
            sorted(set(cutoffs)) != cutoffs
            or cutoffs[0] <= 0
            or cutoffs[-1] >= n_classes
            or any(int(c) != c for c in cutoffs)
        ):
            raise ValueError(
                "AdaptiveLogSoftmaxWithLoss: cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                f"value is between 1 and n_classes-1, but got {cutoffs} for {n_classes} classes"
            )
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*cutoffs, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = self.cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, device=device, dtype=dtype)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            narrow, count = int(in_features // div_value ** (i + 1)), self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(
                Sequential(
                    Linear(in_features, narrow, bias=False, device=device, dtype=dtype),
                    Linear(narrow, count, bias=False, device=device, dtype=dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster:
                layer.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """The log-probability of each target, and minus their mean."""
        _check(input_, target_)
        batched = target_.dim() > 0
        input, target = (input_, target_) if batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        if bool(autograd.logical_or(autograd.lt(target, 0), autograd.ge(target, self.n_classes)).any()):
            raise RuntimeError(
                f"AdaptiveLogSoftmaxWithLoss: Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found."
            )
        head = F.log_softmax(self.head(input), dim=1)
        entry, parts = target, []
        for i, cluster in enumerate(self.tail):
            low, high = self.cutoffs[i : i + 2]
            inside = autograd.logical_and(autograd.ge(target, low), autograd.lt(target, high))
            rows = inside.nonzero().squeeze(1)
            if rows.numel():
                entry = entry.masked_fill(inside, self.shortlist_size + i)
                own = F.log_softmax(cluster(input.index_select(0, rows)), dim=1)
                place = (target[rows] - low).unsqueeze(1)
                parts.append((rows, own.gather(1, place).squeeze(1)))
        output = head.gather(1, entry.unsqueeze(1)).squeeze(1)
        for rows, part in parts:
            output = output.index_add(0, rows, part)
        loss = (-output).mean()
        return _ASMoutput(output if batched else output.squeeze(0), loss)

    def _all(self, input: Tensor, head_output: Tensor) -> Tensor:
        """The log-probabilities of all classes, from the input and what the head gives for it."""
        head = F.log_softmax(head_output, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for i, cluster in enumerate(self.tail):
            entry = head[:, self.shortlist_size + i].unsqueeze(1)
            parts.append(F.log_softmax(cluster(input), dim=1) + entry)
        return autograd.cat(parts, dim=1)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities of all classes: (N, in_features) to (N, n_classes).

        >>> import autograd, nn
        >>> nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2], div_value=2.0).log_prob(autograd.ones(3, 4)).shape
        autograd.Size([3, 6])
        """
        return self._all(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """The class with the highest probability for each row of (N, in_features): the clusters are asked where needed.

        >>> import autograd, nn
        >>> nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2], div_value=2.0).predict(autograd.ones(3, 4)).shape
        autograd.Size([3])
        """
        head_output = self.head(input)
        output = head_output.argmax(dim=1)
        asked = output >= self.shortlist_size
        if bool(asked.any()):
            output[asked] = self._all(input[asked], head_output[asked]).argmax(dim=1)
        return output


def _check(input: Tensor, target: Tensor) -> None:
    """RuntimeError unless the target is a number for each row of the input, or one for one vector."""
    if target.dim() > 1:
        raise RuntimeError(
            f"AdaptiveLogSoftmaxWithLoss: 0D or 1D target tensor expected, multi-target not supported, but got {target.dim()}D"
        )
    if target.dim() == 1 and input.size(0) != target.size(0):
        raise RuntimeError(
            "AdaptiveLogSoftmaxWithLoss: Input and target should have the same size in the batch dimension, "
            f"but got {input.size(0)} and {target.size(0)}"
        )
    if input.dim() != target.dim() + 1:
        raise RuntimeError(
            f"AdaptiveLogSoftmaxWithLoss: {target.dim()}D target tensor expects {target.dim() + 1}D input tensors, "
            f"but found inputs with size {list(input.shape)}"
        )


__all__ = ["AdaptiveLogSoftmaxWithLoss"]
