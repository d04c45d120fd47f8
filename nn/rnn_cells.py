"""Recurrent cells: one step at a time."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor
from nn import init
from nn.module import Module
from nn.parameter import Parameter


class RNNCellBase(Module):
    """What the cells share: ``weight_ih`` (k·H, I), ``weight_hh`` (k·H, H), ``bias_ih``, ``bias_hh`` (k·H) for k chunks.

    All start evenly within ±1/√H. As ``torch.nn.RNNCellBase``.

    >>> import nn
    >>> nn.RNNCellBase(2, 3, bias=False, num_chunks=4).weight_hh.shape
    autograd.Size([12, 3])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        wide = num_chunks * hidden_size
        self.weight_ih = Parameter(autograd.empty(wide, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(autograd.empty(wide, hidden_size, device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            found = Parameter(autograd.empty(wide, device=device, dtype=dtype)) if bias else None
            self.register_parameter(name, found)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and what is not the default."""
        words = [f"{self.input_size}, {self.hidden_size}"]
        if self.bias is not True:
            words.append(f"bias={self.bias}")
        if self.__dict__.get("nonlinearity", "tanh") != "tanh":
            words.append(f"nonlinearity={self.nonlinearity}")
        return ", ".join(words)

    def _step(self, function: str, input: Tensor, hx: Any) -> Any:
        """Call the function of this cell, with a batch dimension for an input that has none."""
        name = type(self).__name__
        if input.dim() not in {1, 2}:
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        pair = function == "lstm_cell"
        states = None if hx is None else tuple(hx) if pair else (hx,)
        for i, state in enumerate(states or ()):
            if state.dim() not in {1, 2}:
                what = f"hx[{i}]" if pair else "hidden"
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {state.dim()}D instead")
        single = input.dim() == 1
        if single:
            input = input.unsqueeze(0)
            states = None if states is None else tuple([state.unsqueeze(0) for state in states])
        if states is None:
            states = (input.new_zeros((input.shape[0], self.hidden_size)),) * (1 + pair)
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        found = getattr(autograd, function)(input, states if pair else states[0], *weights)
        if not single:
            return found
        return tuple([f.squeeze(0) for f in found]) if pair else found.squeeze(0)


class RNNCell(RNNCellBase):
    """One step of Elman's network: ``h' = tanh(W x + b + W' h + b')``, or ``max(·, 0)``. As ``torch.nn.RNNCell``.

    Called with ``input`` (N, I) or (I) and ``hx`` (N, H) or (H), zeros by default. ValueError for other numbers of
    dimensions, RuntimeError for other sizes and an unknown ``nonlinearity``.

    >>> import autograd, nn
    >>> nn.RNNCell(2, 3)(autograd.ones(5, 2)).shape
    autograd.Size([5, 3])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=1, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new state."""
        if self.nonlinearity not in {"tanh", "relu"}:
            raise RuntimeError(f"RNNCell: Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"rnn_{self.nonlinearity}_cell", input, hx)


class LSTMCell(RNNCellBase):
    """One step of long short-term memory. As ``torch.nn.LSTMCell``; see ``LSTM`` for the formula.

    Called with ``input`` (N, I) or (I) and ``hx = (h, c)``, each (N, H) or (H), zeros by default; returns the new
    ``(h, c)``. ValueError for other numbers of dimensions, RuntimeError for other sizes.

    >>> import autograd, nn
    >>> h, c = nn.LSTMCell(2, 3)(autograd.ones(5, 2))
    >>> h.shape
    autograd.Size([5, 3])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=4, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """The new ``h`` and ``c``."""
        return self._step("lstm_cell", input, hx)


class GRUCell(RNNCellBase):
    """One step of gated recurrent units. As ``torch.nn.GRUCell``; see ``GRU`` for the formula.

    Called with ``input`` (N, I) or (I) and ``hx`` (N, H) or (H), zeros by default. ValueError for other numbers of
    dimensions, RuntimeError for other sizes.

    >>> import autograd, nn
    >>> nn.GRUCell(2, 3)(autograd.ones(5, 2)).shape
    autograd.Size([5, 3])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=3, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The new state."""
        return self._step("gru_cell", input, hx)


__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]
