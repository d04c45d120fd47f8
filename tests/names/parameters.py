"""The parameter names in PyTorch's documentation, and those of the functions here."""

import inspect
import re

from tests.names import listing


def split(text):
    """The parameters between the brackets of a signature; commas inside brackets do not part them."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def name_of(part):
    """The name of one parameter, however its type and default are written; None for a mark such as ``*``."""
    plain = re.split(r"[=:]", part.strip().strip("\\"))[0].strip()
    word = plain.split(" ")[-1]
    return word if re.fullmatch(r"[A-Za-z]\w*", word) else None


def documented(doc, name):
    """The parameter names of each signature of ``name`` in a docstring."""
    pattern = rf"(?:^|\n)\s*(?:\w+\.)*{re.escape(name)}\(([^\n]*?)\)\s*(?:->|$|\n)"
    return [[n for n in map(name_of, split(text)) if n] for text in re.findall(pattern, doc or "")]


def lacking(path):
    """For each function of a namespace, the documented names that it does not take here."""
    found = {}
    for name in listing.names_of(path):
        if not listing.exists(path, name):
            continue
        theirs, ours = (getattr(listing.reach(p), name) for p in (path, listing.NAMESPACES[path]))
        if not callable(theirs) or isinstance(theirs, type) or not inspect.isroutine(ours):
            continue
        mine = inspect.signature(ours).parameters
        if any(p.kind is p.VAR_KEYWORD for p in mine.values()):
            continue
        lost = {n for names in documented(theirs.__doc__, name) for n in names if n not in mine and n != "self"}
        if lost:
            found[name] = " ".join(sorted(lost))
    return found
