"""The base of all optimizers: parameter groups, state, its saving and loading, hooks around a step."""

from __future__ import annotations

import copy
import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import autograd
from autograd import Tensor, updates
from autograd.updates import Handle

required: Any = type("_Required", (), {"__repr__": lambda self: "<required parameter>"})()

ParamsT = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


class Optimizer:
    """The base class of optimizers: holds parameters in groups with options, and a state for each parameter.

    ``params`` are Tensors, ``(name, Tensor)`` pairs, or dicts with a key ``"params"`` and options that override
    ``defaults`` for that group. A subclass defines ``step``. As ``torch.optim.Optimizer``. Raises ValueError for an
    empty list, for a computed tensor and for one that stands in two groups, TypeError for anything that is no Tensor.

    >>> import autograd, optim
    >>> class Descent(optim.Optimizer):
    ...     @autograd.no_grad()
    ...     def step(self, closure=None):
    ...         for group in self.param_groups:
    ...             for p in group["params"]:
    ...                 p -= group["lr"] * p.grad
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> optimizer = Descent([x], {"lr": 0.1})
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> x
    tensor(2.4000, requires_grad=True)
    """

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {type(params).__name__}"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._hooks: defaultdict[str, dict[int, Callable]] = defaultdict(dict)
        groups: list[Any] = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let the hooks run around the ``step`` that a subclass defines."""
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])  # type: ignore[method-assign]

    # -- groups -------------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group: a dict with ``"params"`` and options, ``defaults`` for those that are left out.

        Raises as the constructor does, also where only some parameters, or groups, have names; nothing is added then.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
        tensors, names = _parameters(param_group["params"])
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {type(tensor).__name__}"
                )
            if not (tensor.is_leaf or tensor.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for key, default in self.defaults.items():
            if default is required and key not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {key}")
        group = {**self.defaults, **param_group, "params": tensors} | ({"param_names": names} if names else {})
        if group.get("differentiable"):
            raise NotImplementedError(
                f"{type(self).__name__}: differentiable=True is not supported: step() writes parameters in place, "
                "outside the graph; write the update out of place to differentiate through it"
            )
        self._check_new(group)
        param_group.update(group)
        self.param_groups.append(param_group)

    def _check_new(self, group: dict[str, Any]) -> None:
        """Warn or raise where a parameter of the new ``group`` is known already, or has no name where others have."""
        ids = {id(p) for p in group["params"]}
        if len(ids) != len(group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters: each occurrence is updated",
                stacklevel=4,
            )
        for other in self.param_groups:
            if ("param_names" in group) != ("param_names" in other):
                with_names = "with names" if "param_names" in group else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. "
                    f"cannot add param group {with_names} to the optimizer"
                )
        if any(id(p) in ids for other in self.param_groups for p in other["params"]):
            raise ValueError("some parameters appear in more than one parameter group")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or with ``set_to_none=False`` overwrite them with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad.detach_().requires_grad_(False).zero_()

    # -- stepping -----------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once; ``closure`` computes the loss (and gradients) first, and its result is returned.

        Raises NotImplementedError here: a subclass defines it.
        """
        raise NotImplementedError(f"{type(self).__name__} must define step()")

    def _evaluate(self, closure: Callable[[], Any] | None) -> Any:
        """What ``closure`` returns, run with recording on."""
        if closure is None:
            return None
        with autograd.enable_grad():
            return closure()

    def _rounds(self, group: dict[str, Any]) -> Iterator[list[Tensor]]:
        """The parameters of ``group`` that have a gradient; one that stands in it twice comes again in a second round."""
        left = [p for p in group["params"] if p.grad is not None]
        while left:
            first = {id(p): p for p in left}
            if len(first) == len(left):
                yield left
                return
            yield list(first.values())
            left = [p for p in left if first.pop(id(p), None) is None]

    def register_step_pre_hook(self, hook: Callable) -> Handle:
        """Call ``hook(optimizer, args, kwargs)`` before each step; it may return a pair of new args and kwargs."""
        return self._register("step_pre", hook)

    def register_step_post_hook(self, hook: Callable) -> Handle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return self._register("step_post", hook)

    # -- saving and loading -------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The state and the groups as a dict in which a parameter is its number: its place among all parameters.

        ``{"state": {0: {...}, ...}, "param_groups": [{..., "params": [0, 1]}]}``, as in PyTorch; the tensors are those
        that the optimizer goes on using.
        """
        for hook in self._registered("state_dict_pre"):
            hook(self)
        places: dict[int, int] = {}
        groups = []
        count = 0
        for group in self.param_groups:
            places.update({id(p): i for i, p in enumerate(group["params"], count)})
            count += len(group["params"])
            packed = {key: value for key, value in group.items() if key != "params"}
            groups.append(packed | {"params": [places[id(p)] for p in group["params"]]})
        state = {places[id(k)] if isinstance(k, Tensor) else k: value for k, value in self.state.items()}
        result: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._registered("state_dict_post"):
            answer = hook(self, result)
            result = result if answer is None else answer
        return result

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over copies of a saved state and of the groups' options; parameters are matched by their place.

        Floating tensors get the dtype of their parameter, ``step`` keeps its own. Raises ValueError where the numbers
        of groups or of parameters in a group differ; nothing is changed then.
        """
        state_dict = dict(state_dict)
        for hook in self._registered("load_pre"):
            answer = hook(self, state_dict)
            state_dict = state_dict if answer is None else answer
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(saved)}, where the optimizer has {len(self.param_groups)}"
            )
        for i, (new, group) in enumerate(zip(saved, self.param_groups, strict=True)):
            if len(new["params"]) != len(group["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"group {i} has {len(new['params'])} parameters, where the optimizer's has {len(group['params'])}"
                )
        parameters = {
            place: p
            for new, group in zip(saved, self.param_groups, strict=True)
            for place, p in zip(new["params"], group["params"], strict=True)
        }
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            p = parameters.get(key)
            state[key if p is None else p] = copy.deepcopy(value) if p is None else _loaded(value, p)
        groups = []
        for new, group in zip(saved, self.param_groups, strict=True):
            names = {"param_names": group["param_names"]} if "param_names" in group else {}
            groups.append(names | copy.deepcopy({**new, "params": None}) | {"params": group["params"]})
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._registered("load_post"):
            hook(self)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> Handle:
        """Call ``hook(optimizer)`` before ``state_dict``."""
        return self._register("state_dict_pre", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> Handle:
        """Call ``hook(optimizer, state_dict)`` with what ``state_dict`` made; it may return another."""
        return self._register("state_dict_post", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> Handle:
        """Call ``hook(optimizer, state_dict)`` before loading; it may return another ``state_dict``."""
        return self._register("load_pre", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> Handle:
        """Call ``hook(optimizer)`` after loading."""
        return self._register("load_post", hook, prepend)

    def _register(self, moment: str, hook: Callable, prepend: bool = False) -> Handle:
        if not callable(hook):
            raise TypeError(f"hook must be callable, but got {type(hook).__name__}")
        table = self._hooks[moment]
        handle = Handle(table)
        others = dict(table) if prepend else {}
        if prepend:
            table.clear()
        table[handle.id] = hook
        table.update(others)
        return handle

    def _registered(self, moment: str) -> list[Callable]:
        return list(self._hooks[moment].values()) if moment in self._hooks else []

    # -- Python's protocols -------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__.setdefault("_hooks", defaultdict(dict))

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines += [""] * (i > 0) + [f"Parameter Group {i}"]
            lines += [f"    {key}: {_plain(group[key])}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


def _with_hooks(step: Callable) -> Callable:
    """``step`` with the hooks before and after it."""

    @functools.wraps(step)
    def wrapped(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if not self._hooks:
            return step(self, *args, **kwargs)
        for hook in self._registered("step_pre"):
            answer = hook(self, (self, *args), kwargs)
            if answer is not None:
                if not (isinstance(answer, tuple) and len(answer) == 2):
                    raise RuntimeError(
                        "a step pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {type(answer).__name__}"
                    )
                (_, *args), kwargs = answer
        result = step(self, *args, **kwargs)
        for hook in self._registered("step_post"):
            hook(self, (self, *args), kwargs)
        return result

    return wrapped


def _parameters(params: Any) -> tuple[list[Any], list[str]]:
    """The tensors of a group, and their names where they have some."""
    if isinstance(params, Tensor):
        return [params], []
    if isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
    given = list(params)
    names = [p[0] for p in given if isinstance(p, tuple)]
    if names and len(names) != len(given):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    return [p[1] if isinstance(p, tuple) else p for p in given], names


def _loaded(value: Any, parameter: Tensor, key: Any = None) -> Any:
    """A copy of a saved state, its tensors in the dtype of ``parameter`` (but for ``step``)."""
    if isinstance(value, Tensor):
        plain = key == "step" or not parameter.is_floating_point()
        return value.detach().clone() if plain else value.detach().to(parameter.dtype, copy=True)
    if isinstance(value, dict):
        return {k: _loaded(v, parameter, k) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_loaded(v, parameter) for v in value)
    return copy.deepcopy(value)


def _plain(value: Any) -> Any:
    """A one-element tensor as its number, for the printed form."""
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else value


# -- what the optimizers share ----------------------------------------------------------------------------------------


def check_lr(lr: Any) -> None:
    """Raise ValueError for a learning rate that is negative, not a number, or a tensor of several elements."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, but got shape {list(lr.shape)}")
    if not float(lr) >= 0.0:
        raise ValueError(f"Invalid learning rate: {_plain(lr)}")


def check_range(text: str, value: Any, below: float | None = None) -> None:
    """Raise ValueError, with ``text`` first, unless ``0 <= value`` (and ``value < below``)."""
    if not value >= 0.0 or (below is not None and not value < below):
        raise ValueError(f"{text}: {value}")


def check_implementations(foreach: bool | None, fused: bool | None, differentiable: bool = False) -> None:
    """Raise RuntimeError for choices of implementation that exclude each other."""
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def new_step() -> Tensor:
    """A counter of steps at zero, in PyTorch's dtype for it."""
    wide = autograd.get_default_dtype() is autograd.float64
    return autograd.zeros((), dtype=autograd.float64 if wide else autograd.float32)


def by_step(states: list[dict[str, Any]]) -> list[tuple[float, list[int]]]:
    """The places of the states by the number of the step that is to be made now."""
    done = updates.counts([state["step"] for state in states])
    return [
        (
            count + 1,
            [i for i, other in enumerate(done) if other == count]
            if done.count(count) < len(done)
            else [*range(len(done))],
        )
        for count in dict.fromkeys(done)
    ]


def advance(states: list[dict[str, Any]], name: str) -> None:
    """Note in the states that a step was made."""
    for step, places in by_step(states):
        updates.set_counts([states[i]["step"] for i in places], step, name)


def number_steps(groups: list[dict[str, Any]], state: dict[Any, dict[str, Any]]) -> None:
    """Make the steps tensors that an old checkpoint holds as numbers."""
    for group in groups:
        for p in group["params"]:
            found = state.get(p)
            if found and "step" in found and not isinstance(found["step"], Tensor):
                found["step"] = new_step() + float(found["step"])


def buffers(params: list[Tensor], states: list[dict[str, Any]], key: str) -> list[Tensor]:
    """The tensors that the states hold under ``key``; zeros in the shape of the parameter where there are none yet."""
    found = [state.get(key) for state in states]
    for i, tensor in enumerate(found):
        if tensor is None:
            found[i] = states[i][key] = autograd.zeros_like(params[i], requires_grad=False)
    return found  # type: ignore[return-value]
