"""Write ``docs/reference/`` from what the packages export and from the registry of operations.

``python docs/make_reference.py`` writes the pages; ``tests/test_reference.py`` fails where they are not up to date.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import autograd  # noqa: E402 - the checkout, not an installed version
import autograd.fused  # noqa: E402 - with it, the operations of layers
from autograd.api.export import functions, methods  # noqa: E402
from autograd.op import Op, registry  # noqa: E402

OUT = HERE / "reference"
LONGEST = 30  # lines of a rule that is shown
PYTORCH = "https://docs.pytorch.org/docs/stable/generated"
# The families in an order for reading, with what they hold; a family that is not named here comes last.
TOPICS = {
    "Tensors and gradients": {
        "tensor": "What every tensor has: values, gradients, hooks",
        "core": "Gradient modes, gradients, functions with rules of one's own, dtypes, printing, random state",
        "operators": "Python's operators",
        "convert": "Conversions between dtypes and devices",
        "write": "Overwriting tensors",
        "overwrite": "Functions that overwrite their argument, as PyTorch spells them",
        "storage": "Old constructors by dtype, `new_*`, `Variable`",
        "memory": "Storages: the memory behind tensors",
        "layout": "Memory formats",
        "views": "Writes through views, in the history",
    },
    "Making tensors": {
        "create": "Tensors of one value, of a shape, or along a range",
        "buffers": "Tensors over given memory, or with given strides",
        "random_tensors": "Random tensors of a shape, or like another tensor",
        "distributions": "Samples of distributions, as functions and in place",
        "random": "Random numbers that carry gradients to their parameters",
        "windows": "Window functions for signals",
    },
    "Shapes, parts and joins": {
        "shape": "Views in another shape",
        "parts": "Parts of a tensor, as views",
        "rearrange": "Elements in another order, repeated, or padded",
        "join": "Several tensors made into one",
        "index": "Reading and writing between brackets, and by name",
        "scatter": "Gathering and scattering by index tensors; masks",
        "copies": "Copies of what the views show",
        "embedding": "Rows of a table",
    },
    "Mathematics by element": {
        "arithmetic": "Sums, products, powers, and other functions of two operands",
        "elementwise": "Elementary functions of one operand, selection, clamping",
        "activation": "Activation functions of neural networks",
        "compare": "Comparisons, predicates, logic and bits",
        "special": "Special functions",
        "closeness": "Equal, or nearly equal",
    },
    "Reductions, sorting, counting": {
        "reduce": "Sums, means, extremes, variances, norms",
        "scan": "Cumulative sums, products, extremes",
        "sort": "Sorting and selection",
        "counting": "Distinct elements, histograms, places in sorted sequences",
        "segments": "Reductions of consecutive segments",
        "softmax": "Softmax and log-softmax",
        "statistics": "Covariance and correlation",
        "differences": "Finite differences and the trapezoidal rule",
    },
    "Linear algebra": {
        "matmul": "Products of matrices and vectors",
        "einsum": "`einsum` and `tensordot`",
        "linalg": "Inverses, determinants, equations, matrix functions",
        "decompositions": "Factorizations",
        "eig": "Eigenvalues of matrices that need not be symmetric",
        "lu": "LU and LDLᵀ factorizations",
        "householder": "Householder reflections",
        "lowrank": "Leading singular and eigenvalues",
        "distance": "Distances between points",
    },
    "Losses": {
        "loss": "Losses between tensors, behind `nn.functional`",
        "class_loss": "Losses over classes, behind `nn.functional`",
    },
    "Switches and questions": {
        "settings": "Switches that programs set",
        "threads": "The number of threads",
        "flags": "Questions about a tensor",
        "removed": "Older names",
        "unsupported": "Names that raise an error: sparse, quantized and complex tensors, and other devices",
    },
}
NAMESPACES = [
    "autograd.linalg",
    "autograd.special",
    "autograd.signal.windows",
    "autograd.func",
    "autograd.functional",
    "autograd.distributions",
    "autograd.random",
    "autograd.testing",
    "autograd.backends",
    "autograd.cuda",
    "autograd.utils",
    "autograd.draw",
    "autograd.gradcheck",
    "nn",
    "nn.functional",
    "nn.init",
    "nn.utils",
    "optim",
    "optim.lr_scheduler",
]
NOTE = "<!-- Written by docs/make_reference.py; change the docstrings and records instead. -->\n\n"


# -- text -----------------------------------------------------------------------------------------------------------


def first_sentence(value: Any) -> str:
    """The beginning of a docstring, up to the end of its first sentence."""
    text = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
    found = re.match(r"(.*?\.)(\s|$)(?![a-z])", text)
    return found[1] if found else text.rstrip(":")


def body(value: Any) -> str:
    """A docstring as Markdown, its example as a block of code."""
    lines, code = [], False
    for line in (inspect.getdoc(value) or "").splitlines():
        if line.startswith(">>>") and not code:
            lines.append("```python")
            code = True
        elif code and not line.strip():
            lines.append("```")
            code = False
        shown = "" if line.strip() == "<BLANKLINE>" else line
        lines.append(shown if code else re.sub(r"``([^`]+)``", r"`\1`", line))
    return "\n".join([*lines, "```"] if code else lines).replace("\n\n```python", "\n\n```python")


def code(text: str) -> str:
    """Text in a cell of a table, as code."""
    return "`" + re.sub(r"\s+", " ", text).replace("|", "\\|") + "`"


def cell(text: str) -> str:
    """Text in a cell of a table."""
    return re.sub(r"``([^`]+)``", r"`\1`", text).replace("|", "\\|")


def signature(name: str, value: Callable) -> str:
    """A function's name and parameters, without annotations."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return f"{name}(…)"
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in found.parameters.values()]
    shown = str(found.replace(parameters=plain, return_annotation=inspect.Signature.empty))
    return name + re.sub(r"<(\w+)[^>]*>", r"\1", re.sub(r" at 0x[0-9a-f]+", "", shown))


def pytorch(value: Any) -> str:
    """A link to the page of PyTorch's that a docstring names."""
    found = re.search(r"``(torch\.[\w.]+)``", inspect.getdoc(value) or "")
    return f"[{found[1]}]({PYTORCH}/{found[1]}.html)" if found else ""


# -- rules ----------------------------------------------------------------------------------------------------------


@functools.cache
def lambdas(path: str) -> dict[int, list[tuple[ast.Lambda, str]]]:
    """The lambdas of a file by line, each with the source of its body."""
    text = Path(path).read_text(encoding="utf-8")
    found: dict[int, list[tuple[ast.Lambda, str]]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Lambda):
            found.setdefault(node.lineno, []).append((node, ast.get_source_segment(text, node.body) or ""))
    return found


def rule_text(rule: Callable) -> str:
    """What a rule computes: the body of a lambda, the name of a function."""
    made = getattr(rule, "__code__", None)
    if made is None or made.co_name != "<lambda>":
        return f"{getattr(rule, '__name__', rule)}({', '.join(made.co_varnames[: made.co_argcount]) if made else ''})"
    names = list(made.co_varnames[: made.co_argcount])
    for node, text in lambdas(made.co_filename).get(made.co_firstlineno, []):
        if [a.arg for a in node.args.args] == names and set(made.co_names) <= set(re.findall(r"\w+", text)):
            return " ".join(text.split())
    return "a rule"


def saved(op: Op, owner: str) -> list[str]:
    """The names of what a rule needs to be kept."""
    extras = [f"{op.args[i]}_{what}" for i, what in op.extras]
    return [(*op.args, *op.outputs, *extras)[place] for place in op.needs.get(owner, ())]


def rule_rows(name: str, op: Op) -> Iterable[str]:
    """The lines of the table of rules for one operation."""
    if not op.differentiable:
        yield f"| {code(name)} | none | | |"
        return
    rules = dict(op.rules)
    if op.joint:
        rules["all arguments"] = op.joint
    for argument, rule in rules.items():
        kept = ", ".join(saved(op, "joint" if rule is op.joint else argument)) or "nothing"
        yield f"| {code(name)} ({op.kind}) | {argument} | {code(rule_text(rule))} | {kept} |"
    if op.jvp:
        yield f"| {code(name)} forward mode | | {code(rule_text(op.jvp))} | {', '.join(saved(op, 'jvp')) or 'nothing'} |"
    if not rules:
        yield f"| {code(name)} ({op.kind}) | no rule | | |"


def helpers(ops: dict[str, Op]) -> dict[str, str]:
    """The source of the functions that rules of more than a line are, by name."""
    found: dict[str, str] = {}
    for op in ops.values():
        for rule in (*op.rules.values(), op.joint, op.jvp):
            space = getattr(rule, "__globals__", {})
            for name in re.findall(r"\b\w+(?=\()", rule_text(rule)) if rule else ():
                value = space.get(name)
                if inspect.isfunction(value) and value.__module__.startswith("autograd.ops.") and name not in found:
                    source = inspect.getsource(value)
                    if source.startswith("def ") and len(source.splitlines()) <= LONGEST:
                        found[name] = source.rstrip()
    return dict(sorted(found.items()))


# -- families -------------------------------------------------------------------------------------------------------


def family_of_ops() -> dict[str, str]:
    """The module of ops/ that declares each operation."""
    package = importlib.import_module("autograd.ops")
    modules = {
        i.name: importlib.import_module(f"autograd.ops.{i.name}") for i in pkgutil.iter_modules(package.__path__)
    }
    sources = {n: inspect.getsource(m) for n, m in modules.items()}
    found = {}
    for name, op in registry.items():
        holding = [n for n, m in modules.items() if any(v is op for v in vars(m).values())]
        naming = [n for n, text in sources.items() if f'"{name}"' in text]
        rules = [Path(r.__code__.co_filename).stem for r in op.rules.values() if hasattr(r, "__code__")]
        choices = [n for n in naming if n in holding] or naming or holding
        found[name] = next((n for n in rules if n in choices), (choices or rules or ["others"])[0])
    return found


def title_of(family: str) -> str:
    """What a family holds: from the table of topics, else the first sentence of its module's docstring."""
    for families in TOPICS.values():
        if family in families:
            return families[family]
    for package in ("api", "ops"):
        try:
            module = importlib.import_module(f"autograd.{package}.{family}")
        except ModuleNotFoundError:
            continue
        return first_sentence(module)
    return ""


def entries() -> dict[str, dict[str, Callable]]:
    """The public functions and methods by family."""
    homes = family_of_ops()
    by_function = {id(op.function): homes[name] for name, op in registry.items()}
    found: dict[str, dict[str, Callable]] = {}
    for table, prefix in ((functions, ""), (methods, "Tensor.")):
        for name, value in sorted(table.items()):
            own = getattr(value, "__wrapped__", value)
            module = getattr(own, "__module__", "") or ""
            record = getattr(getattr(own, "__signature__", None), "op", None)
            family = by_function.get(id(own)) or homes.get(getattr(record, "name", name)) or module.rpartition(".")[2]
            plain = inspect.isroutine(value) or (isinstance(value, type) and not prefix)
            if name.startswith("_") or not plain or not module.startswith("autograd."):
                continue
            if prefix and (name in functions or name[:-1] in methods):
                continue  # said with the function
            found.setdefault(family, {})[prefix + name] = value
    said = {name for table in found.values() for name in table} | set(functions)
    for name in sorted(autograd.__all__):
        value = getattr(autograd, name)
        if name not in said and callable(value) and value is not autograd.Tensor:
            found.setdefault("core", {})[name] = value
    for name, value in sorted(vars(autograd.Tensor).items()):
        if (
            not name.startswith("_")
            and name not in methods
            and (inspect.isroutine(value) or isinstance(value, property))
        ):
            found.setdefault("tensor", {})[f"Tensor.{name}"] = value
    return found


def forms(name: str) -> str:
    """Where else a function exists: as a method, in place."""
    plain = name.removeprefix("Tensor.")
    found = [f"`Tensor.{plain}`"] if plain in methods and not name.startswith("Tensor.") else []
    found += [f"`Tensor.{plain}_`"] if f"{plain}_" in methods else []
    return ", ".join(found)


def family_page(family: str, here: dict[str, Callable], ops: dict[str, Op]) -> str:
    """The page of one family: its functions, then the rules of its operations."""
    lines = [NOTE + f"# {family}", "", title_of(family), ""]
    groups: dict[int, list[str]] = {}
    for name, value in here.items():
        groups.setdefault(id(getattr(value, "__wrapped__", value)), []).append(name)
    for names in groups.values():
        names.sort(key=lambda n: (n.removeprefix("Tensor.") != getattr(here[n], "__name__", ""), n))
        value = here[names[0]]
        shown = f"`{signature(names[0], value)}`" if callable(value) else "A property."
        lines += [f"## {', '.join(names)}", "", shown, "", body(value), ""]
        also = [text for text in (forms(n) for n in names) if text]
        facts = [f"Also {', '.join(also)}."] if also else []
        link = pytorch(value)
        facts += [f"PyTorch: {link}."] if link else []
        lines += [" ".join(facts), ""] if facts else []
    if ops:
        lines += [
            "## Derivatives",
            "",
            "What goes back to each argument when `g` arrives at the result `out`, and what is kept for it.",
            "",
            "| Operation | Argument | Gradient | Kept |",
            "|---|---|---|---|",
        ]
        lines += [row for name, op in sorted(ops.items()) for row in rule_rows(name, op)]
        for source in helpers(ops).values():
            lines += ["", "```python", source, "```"]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def namespace_page() -> str:
    """One line for each public name of the other namespaces."""
    lines = [NOTE + "# Namespaces", ""]
    for path in NAMESPACES:
        try:
            module = importlib.import_module(path)
        except ModuleNotFoundError:
            continue
        names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
        lines += [f"## {path}", "", cell(first_sentence(module)), "", "| Name | |", "|---|---|"]
        for name in sorted(names, key=str.lower):
            value = getattr(module, name)
            plain = isinstance(value, (bool, int, float, str, type(None)))
            what = f"`{value!r}`" if plain else first_sentence(value)
            lines.append(f"| {code(name)} | {cell(what)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def index_page(families: dict[str, dict[str, Callable]], ops: dict[str, dict[str, Op]]) -> str:
    """The first page: the families, and every name with a link."""
    count = sum(len(found) for found in families.values())
    lines = [
        NOTE + "# Reference",
        "",
        f"{count} functions and methods that work on tensors, and {len(registry)} operations with their derivatives, by",
        "family. Layers, optimizers and the other namespaces have [a page of their own](namespaces.md). Names, arguments and",
        "results are PyTorch's; what happens at kinks and ties stands in [conventions](../conventions.md).",
    ]
    named = {family for topic in TOPICS.values() for family in topic}
    others = dict.fromkeys(sorted({*families, *ops} - named), "")
    for topic, within in {**TOPICS, "Others": others}.items():
        rows = [
            f"| [{family}]({family}.md) | {cell(title_of(family))} | {len(families.get(family, ()))} "
            f"| {len(ops.get(family, ()))} |"
            for family in within
            if family in families or family in ops
        ]
        if rows:
            lines += ["", f"## {topic}", "", "| Family | What | Functions | Operations |", "|---|---|---|---|", *rows]
    lines += ["", "## All names", ""]
    every = sorted((name, family) for family, found in families.items() for name in found)
    lines.append(" · ".join(f"[{name}]({family}.md)" for name, family in every))
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Every page by its file name."""
    families, homes = entries(), family_of_ops()
    ops: dict[str, dict[str, Op]] = {}
    for name, op in registry.items():
        ops.setdefault(homes[name], {})[name] = op
    found = {"README.md": index_page(families, ops), "namespaces.md": namespace_page()}
    for family in {*families, *ops}:
        found[f"{family}.md"] = family_page(family, families.get(family, {}), ops.get(family, {}))
    return found


def main() -> None:
    """Write the pages; remove those that are no longer made."""
    OUT.mkdir(exist_ok=True)
    made = pages()
    for old in OUT.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (OUT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    assert autograd.__version__
    main()
