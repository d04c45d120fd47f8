"""The verdict of a gradient check: what was compared, what differs, and why it may."""

from __future__ import annotations

import numpy as np

from autograd.return_types import Result

SHOWN = 5  # mismatches that a report lists of each pair of an output and an input


class GradcheckError(RuntimeError):
    """A gradient check failed; the message is the report, which is also ``.report``. As PyTorch's ``GradcheckError``.

    >>> from autograd.gradcheck import GradcheckError
    >>> issubclass(GradcheckError, RuntimeError)
    True
    """

    report: GradcheckReport | None = None


class Mismatch(Result):
    """One derivative that differs: of which element of which output by which element of which input."""

    output: int
    output_element: tuple[int, ...]
    input: int
    input_element: tuple[int, ...]
    analytic: float
    numeric: float
    allowed: float

    @property
    def difference(self) -> float:
        """How far the two are apart."""
        return abs(self.analytic - self.numeric)


class Comparison:
    """One output against one input: how many derivatives were compared, and the mismatches, worst first."""

    def __init__(
        self,
        output: int,
        input: int,
        mode: str,
        output_shape: tuple[int, ...],
        input_shape: tuple[int, ...],
        compared: int,
        worst: float,
    ) -> None:
        self.output, self.input, self.mode = output, input, mode
        self.output_shape, self.input_shape = output_shape, input_shape
        self.compared, self.worst = compared, worst
        self.mismatches: list[Mismatch] = []
        self.causes: list[str] = []


class GradcheckReport:
    """What ``gradcheck`` found: true where all is well; ``print`` shows a table.

    ``comparisons`` has an entry for each output and input, ``problems`` what is wrong besides values that differ,
    ``notes`` what else may matter.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], dtype=autograd.float64, requires_grad=True)
    >>> report = autograd.gradcheck(lambda x: x.exp(), x)
    >>> bool(report), report.compared
    (True, 4)
    """

    def __init__(self) -> None:
        self.comparisons: list[Comparison] = []
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.name = "gradcheck"

    @property
    def compared(self) -> int:
        """The number of derivatives that were compared."""
        return sum(c.compared for c in self.comparisons)

    @property
    def mismatches(self) -> list[Mismatch]:
        """All derivatives that differ."""
        return [m for c in self.comparisons for m in c.mismatches]

    def __bool__(self) -> bool:
        return not self.problems and not any(c.mismatches for c in self.comparisons)

    def __repr__(self) -> str:
        return f"<GradcheckReport: {str(self).splitlines()[0]}>"

    def __str__(self) -> str:
        wrong = len(self.mismatches)
        if self:
            head = f"{self.name} passed: {self.compared} derivatives compared"
        elif wrong:
            head = f"{self.name} failed: {wrong} of {self.compared} derivatives differ"
        else:
            head = f"{self.name} failed"
        lines = [head, *(f"  {problem}" for problem in self.problems)]
        lines += self._table()
        for comparison in self.comparisons:
            lines += _details(comparison)
        return "\n".join(lines + [f"  Note: {note}" for note in self.notes])

    def _table(self) -> list[str]:
        rows: list[tuple[str, ...]] = [("output", "input", "mode", "compared", "wrong", "worst difference")]
        for c in self.comparisons:
            one, two = f"{c.output} {c.output_shape}", f"{c.input} {c.input_shape}"
            rows.append((one, two, c.mode, str(c.compared), str(len(c.mismatches)), f"{c.worst:.3g}"))
        return aligned(rows) if len(rows) > 1 else []


def _details(c: Comparison) -> list[str]:
    """The mismatches of one output and one input, and their likely causes."""
    if not c.mismatches:
        return []
    lines = [f"  Jacobian mismatch for output {c.output} with respect to input {c.input} ({c.mode}):"]
    rows: list[tuple[str, ...]] = [("output element", "input element", "analytic", "numeric", "difference", "allowed")]
    for m in c.mismatches[:SHOWN]:
        numbers = (f"{v:.8g}" for v in (m.analytic, m.numeric))
        rows.append((str(m.output_element), str(m.input_element), *numbers, f"{m.difference:.3g}", f"{m.allowed:.3g}"))
    lines += ["  " + line for line in aligned(rows)]
    if len(c.mismatches) > SHOWN:
        lines.append(f"    … and {len(c.mismatches) - SHOWN} more")
    return lines + [f"    Likely cause: {cause}" for cause in c.causes]


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of a table with columns of equal width."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def compare(
    number: int, place: int, mode: str, shapes: tuple, analytic: np.ndarray, numeric: np.ndarray, tolerances: tuple
) -> Comparison:
    """Compare two Jacobians; a NaN agrees with a NaN only."""
    atol, rtol = tolerances
    allowed = atol + rtol * np.abs(numeric)
    with np.errstate(invalid="ignore"):
        difference = np.abs(analytic - numeric)
        same = (difference <= allowed) | (analytic == numeric) | (np.isnan(analytic) & np.isnan(numeric))
    difference = np.where(same & ~np.isfinite(difference), 0, difference)
    one, two = shapes
    found = Comparison(number, place, mode, one, two, analytic.size, float(np.max(difference, initial=0)))
    rows, columns = np.nonzero(~same)
    order = np.argsort(-np.nan_to_num(difference[rows, columns], nan=np.inf), kind="stable")
    for k in order:
        i, j = rows[k], columns[k]
        found.mismatches.append(
            Mismatch(
                number,
                tuple(int(v) for v in np.unravel_index(i, one)) if one else (),
                place,
                tuple(int(v) for v in np.unravel_index(j, two)) if two else (),
                float(analytic[i, j]),
                float(numeric[i, j]),
                float(allowed[i, j]),
            )
        )
    return found
