"""Recurrent layers over whole sequences."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

import autograd
from autograd import Tensor
from nn import init
from nn.module import Module
from nn.parameter import Parameter
from nn.utils.rnn import PackedSequence

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What ``RNN``, ``LSTM`` and ``GRU`` share: their parameters and checks. As ``torch.nn.RNNBase``.

    For layer k: ``weight_ih_lk`` (G·H, I), ``weight_hh_lk`` (G·H, H), ``bias_ih_lk``, ``bias_hh_lk`` (G·H) and, with
    ``proj_size``, ``weight_hr_lk`` (P, H); the reverse direction's names end in ``_reverse``. G is 4, 3 or 1 by ``mode``
    ("LSTM", "GRU", "RNN_TANH", "RNN_RELU"). All start evenly within ±1/√H. ValueError and TypeError for bad arguments.

    >>> import nn
    >>> list(nn.RNNBase("GRU", 2, 3).state_dict())
    ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0']
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_arguments(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.mode = mode
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._flat_weights_names: list[str] = []
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            for direction in range(1 + bool(bidirectional)):
                self._add_weights(layer, "_reverse" if direction else "", {"device": device, "dtype": dtype})
        self.reset_parameters()

    def _add_weights(self, layer: int, suffix: str, options: dict[str, Any]) -> None:
        """The parameters of one layer in one direction."""
        wide = _GATES[self.mode] * self.hidden_size
        out = self.proj_size or self.hidden_size
        features = out * (1 + bool(self.bidirectional)) if layer else self.input_size
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (wide, features), "weight_hh": (wide, out)}
        if self.bias:
            shapes |= {"bias_ih": (wide,), "bias_hh": (wide,)}
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        names = [f"{kind}_l{layer}{suffix}" for kind in shapes]
        for name, shape in zip(names, shapes.values(), strict=True):
            setattr(self, name, Parameter(autograd.empty(shape, **options)))
        self._flat_weights_names += names
        self._all_weights.append(names)

    @property
    def _flat_weights(self) -> list[Tensor]:
        """The weights, layer after layer, as they are now."""
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction.

        >>> import nn
        >>> [len(weights) for weights in nn.LSTM(2, 3, num_layers=2).all_weights]
        [4, 4]
        """
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self) -> None:
        """Nothing: the weights need no memory in one piece here."""

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    # -- checks -----------------------------------------------------------------------------------------------------------

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """ValueError for an input of another dtype, RuntimeError for another number of dimensions or features."""
        dtype = getattr(self, self._flat_weights_names[0]).dtype
        if input.dtype != dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). Convert input: "
                f"input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 3 if batch_sizes is None else 2
        if input.dim() != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.dim()}")
        if self.input_size != input.shape[-1]:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )

    def _state_shape(self, input: Tensor, batch_sizes: Tensor | None, size: int) -> tuple[int, int, int]:
        batch = int(batch_sizes[0]) if batch_sizes is not None else input.shape[0 if self.batch_first else 1]
        return self.num_layers * (1 + bool(self.bidirectional)), batch, size

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape that the first ``h`` must have for this input."""
        return self._state_shape(input, batch_sizes, self.proj_size or self.hidden_size)

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple[int, int, int], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """RuntimeError with ``msg`` unless ``hx`` has the expected shape."""
        if tuple(hx.shape) != tuple(expected_hidden_size):
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.shape)))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Check the input and the first state."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The sequences of a state in another order."""
        return hx if permutation is None else hx.index_select(1, permutation)

    # -- running ----------------------------------------------------------------------------------------------------------

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """The outputs of all steps and the last state; packed sequences give packed sequences."""
        if isinstance(input, PackedSequence):
            data, batch_sizes, order, back = input
            states = self._first(data, batch_sizes) if hx is None else self.permute_hidden(hx, order)
            self.check_forward_args(data, states, batch_sizes)
            out, last = self._run(data, batch_sizes, states)
            return PackedSequence(out, batch_sizes, order, back), self.permute_hidden(last, back)
        if input.dim() not in {2, 3}:
            ending = " tensor instead" if self.mode.startswith("RNN") else " instead"
            raise ValueError(f"{type(self).__name__}: Expected input to be 2D or 3D, got {input.dim()}D{ending}")
        if hx is not None:
            self._check_dims(hx, input.dim())
        if input.dim() == 3:
            return self._batched(input, hx)
        place = 0 if self.batch_first else 1
        out, last = self._batched(input.unsqueeze(place), None if hx is None else self._each(hx, "unsqueeze"))
        return out.squeeze(place), self._each(last, "squeeze")

    def _batched(self, input: Tensor, hx: Any) -> tuple[Tensor, Any]:
        states = self._first(input, None) if hx is None else hx
        self.check_forward_args(input, states, None)
        return self._run(input, None, states)

    def _check_dims(self, hx: Any, dims: int) -> None:
        if hx.dim() != dims:
            kind = "batched" if dims == 3 else "unbatched"
            raise RuntimeError(f"For {kind} {dims}-D input, hx should also be {dims}-D but got {hx.dim()}-D tensor")

    def _each(self, hx: Any, method: str) -> Any:
        """The state with or without the dimension of the batch."""
        return getattr(hx, method)(1)

    def _first(self, input: Tensor, batch_sizes: Tensor | None) -> Any:
        """The state before the first step where none is given: zeros."""
        return input.new_zeros(self.get_expected_hidden_size(input, batch_sizes))

    def _run(self, input: Tensor, batch_sizes: Tensor | None, hx: Any) -> tuple[Tensor, Any]:
        """Call the function of this mode."""
        function = getattr(autograd, self.mode.lower())
        rest = (self.bias, self.num_layers, self.dropout, self.training, self.bidirectional)
        if batch_sizes is None:
            out, *last = function(input, hx, self._flat_weights, *rest, self.batch_first)
        else:
            out, *last = function(input, batch_sizes, hx, self._flat_weights, *rest)
        return out, last[0] if len(last) == 1 else tuple(last)

    def extra_repr(self) -> str:
        """The sizes, and what is not the default."""
        words = [f"{self.input_size}, {self.hidden_size}"]
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0,
            "bidirectional": False,
        }
        words += [
            f"{name}={getattr(self, name)}" for name, default in defaults.items() if getattr(self, name) != default
        ]
        return ", ".join(words)


def _check_arguments(
    input_size: Any, hidden_size: Any, num_layers: int, bias: Any, batch_first: Any, dropout: Any, proj_size: int
) -> None:
    """PyTorch's checks, in its order."""
    if isinstance(dropout, bool) or not isinstance(dropout, numbers.Real) or not 0 <= float(dropout) <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed, "
            f"but got {dropout!r}"
        )
    if float(dropout) > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    for name, value, kind in (
        ("bias", bias, bool),
        ("batch_first", batch_first, bool),
        ("input_size", input_size, int),
        ("hidden_size", hidden_size, int),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
        if kind is int and value <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


def _refuse_projection(named: dict[str, Any]) -> None:
    if "proj_size" in named:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


class RNN(RNNBase):
    """Elman's network: ``h_t = tanh(W x_t + b + W' h_{t−1} + b')``. As ``torch.nn.RNN``.

    Called with ``input`` (T, N, I), (N, T, I) for ``batch_first``, (T, I) or a ``PackedSequence``, and the first state
    ``hx`` (layers · directions, N, H), zeros by default; returns the outputs (T, N, directions · H) and the last state.
    Arguments: ``input_size, hidden_size, num_layers=1, nonlinearity='tanh'`` (or 'relu') ``, bias=True,
    batch_first=False, dropout=0.0`` (between layers) ``, bidirectional=False, device=None, dtype=None``.
    ValueError and RuntimeError for inputs and states that do not fit.

    >>> import autograd, nn
    >>> output, h_n = nn.RNN(4, 3, num_layers=2)(autograd.ones(5, 1, 4))
    >>> output.shape, h_n.shape
    (autograd.Size([5, 1, 3]), autograd.Size([2, 1, 3]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_projection(kwargs)
        if len(args) > 3:
            nonlinearity, args = args[3], args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in {"tanh", "relu"}:
            raise ValueError(f"RNN: Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997). As ``torch.nn.LSTM``.

    ``i, f, o = σ(W x_t + b + W' h_{t−1} + b')``, ``g = tanh(…)``, ``c_t = f c_{t−1} + i g``, ``h_t = o tanh c_t``; with
    ``proj_size`` h is multiplied by ``weight_hr`` (Sak et al., 2014). Called as ``RNN``, with the state ``(h, c)``; returns
    the outputs and the last ``(h, c)``. Arguments: ``input_size, hidden_size, num_layers=1, bias=True,
    batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None``.

    >>> import autograd, nn
    >>> output, (h_n, c_n) = nn.LSTM(4, 3, bidirectional=True)(autograd.ones(5, 1, 4))
    >>> output.shape, c_n.shape
    (autograd.Size([5, 1, 6]), autograd.Size([2, 1, 3]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape that the first ``c`` must have for this input."""
        return self._state_shape(input, batch_sizes, self.hidden_size)

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Check the input and the first states."""
        self.check_input(input, batch_sizes)
        h, c = hidden[0], hidden[1]
        self.check_hidden_size(
            h, self.get_expected_hidden_size(input, batch_sizes), "Expected hidden[0] size {}, got {}"
        )
        self.check_hidden_size(c, self.get_expected_cell_size(input, batch_sizes), "Expected hidden[1] size {}, got {}")

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The sequences of both states in another order."""
        return hx if permutation is None else tuple([state.index_select(1, permutation) for state in hx])

    def _check_dims(self, hx: Any, dims: int) -> None:
        if len(hx) < 2:
            given = f"a tensor of shape {list(hx.shape)}" if isinstance(hx, Tensor) else f"{len(hx)} of them"
            raise IndexError(f"LSTM: hx must be two states, (h_0, c_0), but got {given}")
        if hx[0].dim() != dims or hx[1].dim() != dims:
            kind = "batched" if dims == 3 else "unbatched"
            raise RuntimeError(
                f"For {kind} {dims}-D input, hx and cx should also be {dims}-D but got "
                f"({hx[0].dim()}-D, {hx[1].dim()}-D) tensors"
            )

    def _each(self, hx: Any, method: str) -> Any:
        return tuple([getattr(state, method)(1) for state in hx])

    def _first(self, input: Tensor, batch_sizes: Tensor | None) -> Any:
        sizes = self.get_expected_hidden_size(input, batch_sizes), self.get_expected_cell_size(input, batch_sizes)
        return tuple([input.new_zeros(size) for size in sizes])


class GRU(RNNBase):
    """Gated recurrent units (Cho et al., 2014). As ``torch.nn.GRU``.

    ``r, z = σ(W x_t + b + W' h_{t−1} + b')``, ``n = tanh(W x_t + b + r (W' h_{t−1} + b'))``, ``h_t = (1 − z) n + z h_{t−1}``.
    Called as ``RNN``. Arguments: ``input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
    bidirectional=False, device=None, dtype=None``.

    >>> import autograd, nn
    >>> output, h_n = nn.GRU(4, 3, batch_first=True)(autograd.ones(1, 5, 4))
    >>> output.shape, h_n.shape
    (autograd.Size([1, 5, 3]), autograd.Size([1, 1, 3]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_projection(kwargs)
        super().__init__("GRU", *args, **kwargs)


__all__ = ["GRU", "LSTM", "RNN", "RNNBase"]
