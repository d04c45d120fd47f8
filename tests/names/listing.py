"""PyTorch's names for dense tensors on a CPU, and which of them exist here.

``python -m tests.names.listing`` prints what exists and what does not. ``test_names.py`` holds it against
``missing.txt``, the reviewed list of what is missing, and why.
"""

import functools
import importlib
import re
import types
import warnings
from pathlib import Path

FOLDER = Path(__file__).parent

# PyTorch's files of layers, whose names stand in torch.nn as well.
PLACES = ("", *(f".{place}" for place in [
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten", "fold",
    "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding", "pixelshuffle", "pooling", "rnn",
    "sparse", "transformer", "upsampling", "utils",
]))  # fmt: skip

# PyTorch's namespaces and what they are called here. `autograd` has the names of torch.autograd as well.
NAMESPACES = {
    "torch": "autograd",
    "torch.Tensor": "autograd.Tensor",
    "torch.linalg": "autograd.linalg",
    "torch.special": "autograd.special",
    "torch.signal.windows": "autograd.signal.windows",
    "torch.func": "autograd.func",
    "torch.autograd": "autograd.autograd",
    "torch.autograd.functional": "autograd.autograd.functional",
    "torch.distributions": "autograd.distributions",
    "torch.random": "autograd.random",
    "torch.testing": "autograd.testing",
    "torch.nn": "nn",
    "torch.nn.Module": "nn.Module",
    "torch.nn.attention": "nn.attention",
    "torch.nn.functional": "nn.functional",
    "torch.nn.init": "nn.init",
    **{f"torch.nn.modules{place}": f"nn.modules{place}" for place in PLACES},
    "torch.nn.parameter": "nn.parameter",
    "torch.nn.utils": "nn.utils",
    "torch.nn.utils.parametrizations": "nn.utils.parametrizations",
    "torch.nn.utils.parametrize": "nn.utils.parametrize",
    "torch.nn.utils.prune": "nn.utils.prune",
    "torch.nn.utils.rnn": "nn.utils.rnn",
    "torch.nn.utils.stateless": "nn.utils.stateless",
}

# What no tensor on a CPU needs, by the names it goes under. A pattern is asked only about names that are missing.
CATEGORIES = {
    "quantized numbers": r"quanti[sz]|^dequant|^q_|qscheme|int_repr|^qu?int|^bits?[0-9x]*$|^u?int[1-7]$|fbgemm"
    r"|moving_avg_obs|per_channel|per_tensor|qparams",
    "sparse layouts": r"sparse|coalesce|^(s|ss|sp|ds|hs|hsp)(add)?mm$|^(indices|values)(_copy)?$|dense_dim"
    r"|^(c?col|c?row|crow)_indices(_copy)?$|to_dense",
    "nested tensors": r"nested|jagged|to_padded_tensor",
    "accelerators, distribution and other devices": r"cuda|cudnn|miopen|mkldnn|^mps|mtia|xpu|xla|^ipu|_ipu|maia|vulkan"
    r"|[Aa]ccelerator|distributed|record_stream|^Stream$|^Event$|OutOfMemory|device_module|share(d|_memory)|privateuse",
    "compilers, scripts and tracing": r"^(has|handle)_torch_function|^BroadcastingList|boolean_dispatch|^sym_|^Sym|fork$|^wait$|import_ir|parse_(ir|schema|type)|^Tag$|while_loop|^cond$"
    r"|type_comment|unify_type_list|DispatchKey|ScriptClass|ScriptFunction|JITException|vitals|cxx11_abi|functionalize"
    r"|debug_unwrap|^vmap_|AggregationType|DisableTorchFunction|classproperty|get_file_path|multiprocessing_environment"
    r"|PRIVATE_OPS|USE_GLOBAL_DEPS|USE_RTLD|TYPE_CHECKING|AVG|SUM|FatalError|FileCheck|NestedIOFunction|layout_policy",
    "mixed precision on accelerators": r"autocast|GradScaler",
    "storage objects": r"[Ss]torage|^const_data_ptr$|^is_set_to$|^set_$",
    "numbers of 4 and 8 bits": r"float[48]_|^scaled_(grouped_)?mm$|^ScalingType$|^SwizzleType$",
    "memory formats and layouts other than strided": r"^legacy_contiguous_format$|^channels_last_3d$|^qscheme$|dim_order",
}


def reach(path):
    """The module or class of a dotted name; None where there is none."""
    first, *rest = path.split(".")
    found = importlib.import_module(first)
    for part in rest:
        nested = getattr(found, part, None)
        if nested is None:
            try:
                nested = importlib.import_module(f"{found.__name__}.{part}")
            except (ImportError, AttributeError):
                return None
        found = nested
    return found


def is_name(space, name, value):
    """Whether a name of PyTorch's is one that users have: not a module, and not a class of its C++ side."""
    if name.startswith("_") or isinstance(value, types.ModuleType):
        return False
    own = getattr(value, "__module__", None) or ""
    if isinstance(value, type):
        documented = bool(value.__doc__) or own.startswith("torch.nn.modules")
        return documented and own.startswith("torch") and own not in ("torch._C", "torch.storage")
    return own.split(".")[0] not in ("abc", "typing", "types", "enum", "contextlib", "functools", "collections")


@functools.cache
def names_of(path):
    """The names of one of PyTorch's namespaces."""
    space = reach(path)
    listed = getattr(space, "__all__", None) if path not in ("torch", "torch.Tensor") else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {n: getattr(space, n) for n in (dir(space) if listed is None else listed)}
    return sorted(n for n, value in found.items() if is_name(space, n, value))


def exists(path, name):
    """Whether a name of PyTorch's exists here."""
    space = reach(NAMESPACES[path])
    return space is not None and hasattr(space, name)


def category(name):
    """The category that a name is left out with, or None."""
    return next((title for title, pattern in CATEGORIES.items() if re.search(pattern, name)), None)


def missing(path):
    """The names of a namespace that do not exist here, apart from the categories."""
    return [n for n in names_of(path) if not exists(path, n) and category(n) is None]


def reviewed(text=None):
    """The reviewed list: reason by (namespace, name). A reason stands at the margin, its names indented below."""
    text = (FOLDER / "missing.txt").read_text(encoding="utf-8") if text is None else text
    found, reason = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            reason = line.strip()
            continue
        path, colon, names = line.strip().partition(": ")
        if not colon or path not in NAMESPACES or reason is None:
            raise ValueError(f"line {number}: expected 'namespace: names' under a reason, but got {line!r}")
        for name in names.split():
            if (path, name) in found:
                raise ValueError(f"line {number}: {path}.{name} stands twice")
            found[path, name] = reason
    return found


def usage():
    """The names that programs use, each as one or more alternatives of a dotted path: line by line of used.txt."""
    lines = (FOLDER / "used.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def main():
    """Print a table."""
    listed = reviewed()
    for path in NAMESPACES:
        names = names_of(path)
        gone = [n for n in names if not exists(path, n)]
        apart = [n for n in gone if category(n)]
        print(f"{path}: {len(names)} names, {len(names) - len(gone)} here, {len(apart)} of other kinds")
        for name in missing(path):
            print(f"    {name}: {listed.get((path, name), 'NOT IN missing.txt')}")


if __name__ == "__main__":
    main()
