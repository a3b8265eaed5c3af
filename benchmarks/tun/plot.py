"""The results as a picture: bars for the medians, whiskers from the least to the greatest sample."""

from dataclasses import dataclass
from typing import Tuple

from .contenders import CONTENDERS

COLOURS = {
    "plain": "#9aa0a6",
    "esplane": "#8ab8e6",
    "esplane-udp": "#1a66b3",
    "strongswan": "#d9822b",
    "wireguard-go": "#88171a",
}


@dataclass(frozen=True)
class Panel:
    title: str
    figures: Tuple[str, ...]
    groups: Tuple[str, ...]  # what stands beneath each
    logarithmic: bool = True


PANELS = (
    Panel("TCP, Mbit/s (more is better)", ("tcp", "tcp8", "tcp_reverse"), ("one flow", "eight flows", "reverse")),
    Panel("UDP with loss < 1 %, Mbit/s (more is better)", ("udp1300", "udp64"), ("1,300 B", "64 B")),
    Panel(
        "Round trip, us (less is better)",
        ("rtt_p50", "rtt_p99", "rtt_load_p50", "rtt_load_p99"),
        ("idle, median", "idle, 99 %", "load, median", "load, 99 %"),
    ),
    Panel("CPU, s/GB (less is better)", ("cpu_gateways", "cpu_machine"), ("both gateways", "whole machine"), False),
)


@dataclass(frozen=True)
class Bar:
    group: int
    contender: str
    median: float
    least: float
    greatest: float


def bars(panel, results):
    """What a panel shows. What was not measured, and what takes nothing, has no bar."""
    found = []
    for group, figure in enumerate(panel.figures):
        for name in (name for name in CONTENDERS if name in results.samples):
            taken = [value for value in results.samples[name].get(figure, []) if value]
            if taken:
                found.append(Bar(group, name, results.median(name, figure), min(taken), max(taken)))
    return found


def short(value):
    """Two or three digits that count, thousands as k: many bars stand close together."""
    if value >= 1000:
        return f"{value / 1000:.1f}k" if value < 10000 else f"{value / 1000:.0f}k"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _axes(axes, panel, shown, names):
    width = 0.84 / len(names)
    for bar in shown:
        at = bar.group + (names.index(bar.contender) - (len(names) - 1) / 2) * width
        whiskers = [[bar.median - bar.least], [bar.greatest - bar.median]]
        axes.bar(at, bar.median, width * 0.92, color=COLOURS[bar.contender], yerr=whiskers, ecolor="#333333")
        axes.annotate(short(bar.median), (at, bar.greatest), (0, 3), textcoords="offset points", ha="center", size=7)
    if panel.logarithmic:
        axes.set_yscale("log")
        axes.set_ylim(min(bar.least for bar in shown) / 3, max(bar.greatest for bar in shown) * 2)
    axes.set_title(panel.title, fontsize=10)
    axes.set_xticks(range(len(panel.groups)), panel.groups, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


def draw(results, machine, path):
    import matplotlib  # here, as only a picture needs it

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.patches import Patch

    names = [name for name in CONTENDERS if name in results.samples]
    shown = [(panel, bars(panel, results)) for panel in PANELS]
    shown = [(panel, found) for panel, found in shown if found]
    if not shown:
        return
    rows = (len(shown) + 1) // 2
    picture, grid = pyplot.subplots(rows, min(2, len(shown)), figsize=(12, 4.2 * rows), squeeze=False)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    for axes, (panel, found) in zip(grid.flat, shown):
        _axes(axes, panel, found, names)
    patches = [Patch(color=COLOURS[name], label=CONTENDERS[name].label) for name in names]
    picture.legend(handles=patches, loc="lower center", ncol=len(names), frameon=False, fontsize=9)
    picture.suptitle(f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']}", fontsize=9, color="#555555")
    picture.tight_layout(rect=(0, 0.05, 1, 1))
    picture.savefig(path, dpi=130)
    pyplot.close(picture)
