"""The results as text."""

from .contenders import CONTENDERS
from .figures import FIGURES
from .wanted import JUDGED, SUBJECTS


def number(value):
    """Three digits that count, thousands parted."""
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def aligned(rows):
    """Columns as wide as they must be, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def figures_table(results):
    names = [name for name in CONTENDERS if name in results.samples]
    rows = [["median of the rounds", "", *names]]
    for figure in FIGURES.values():
        medians = [results.median(name, figure.name) for name in names]
        if any(median is not None for median in medians):
            rows.append([figure.label, figure.unit, *map(number, medians)])
    return aligned(rows)


def _with_unit(value, unit):
    return "-" if value is None else number(value) + unit


def targets_table(verdicts):
    rows = [["of the rounds' comparisons the median", "wanted", *SUBJECTS, f"reached by {JUDGED}"]]
    for verdict in verdicts:
        values = [_with_unit(verdict[subject], verdict["unit"]) for subject in SUBJECTS]
        reached = {True: "yes", False: "no", None: "-"}[verdict["reached"]]
        rows.append([verdict["target"], verdict["wanted"], *values, reached])
    return aligned(rows)


def notes(results):
    """What must be known beside the figures: where the sender was the limit, where counters do not add up, growth."""
    lines = []
    for name, rounds in results.details.items():
        for measure in ("udp1300", "udp64"):
            bound = sum(details.get(measure, {}).get("generator_bound", False) for details in rounds)
            if bound:
                lines.append(f"{name}, {measure}: in {bound} of {len(rounds)} rounds the sender was the limit")
    for name in SUBJECTS:
        for number_, details in enumerate(results.details.get(name, []), 1):
            for measure, detail in details.items():
                lines += _books_line(f"{name}, round {number_}, {measure}", detail.get("books"))
    return lines


def _books_line(where, books):
    if books is None:
        return []
    lines = []
    for direction in ("a to b", "b to a"):
        each = books[direction]
        if each["unaccounted"]:
            lines.append(f"{where}, {direction}: sent {each['sent']:,}, received {each['received']:,}, "
                         f"dropped {each['dropped']:,}: {each['unaccounted']:,} unaccounted for")
    grown = max(after - before for before, after in zip(books["rss_before"], books["rss_after"]))
    if grown > 1 << 20:
        lines.append(f"{where}: resident memory grew by {grown / (1 << 20):.1f} MiB")
    return lines
