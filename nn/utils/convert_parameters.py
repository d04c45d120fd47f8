"""All parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

import autograd
from autograd import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters one after another, recorded. As ``torch.nn.utils.parameters_to_vector``.

    >>> import autograd, nn
    >>> nn.utils.parameters_to_vector([autograd.ones(1, 2), autograd.zeros(1)])
    tensor([1., 1., 0.])
    """
    return autograd.cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Make the parameters views of the parts of ``vec``, in order. As ``torch.nn.utils.vector_to_parameters``.

    TypeError unless ``vec`` is a Tensor, RuntimeError where it is too short.

    >>> import autograd, nn
    >>> layer = nn.Linear(1, 1)
    >>> nn.utils.vector_to_parameters(autograd.tensor([2.0, 3.0]), layer.parameters())
    >>> layer.bias
    Parameter containing:
    tensor([3.], requires_grad=True)
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters: expected a Tensor, but got {type(vec).__name__}")
    found = list(parameters)
    needed = sum(parameter.numel() for parameter in found)
    if vec.numel() < needed:
        raise RuntimeError(
            f"vector_to_parameters: the vector has {vec.numel()} elements, but the parameters need {needed}"
        )
    start = 0
    for parameter in found:
        stop = start + parameter.numel()
        parameter.data = vec[start:stop].reshape(parameter.shape).detach()
        start = stop


__all__ = ["parameters_to_vector", "vector_to_parameters"]
