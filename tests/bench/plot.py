# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture: seconds over clients, both logarithmic, one line for each way. Plain SVG, made from the figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 250, 20, 48
COLOURS = ("#7f7f7f", "#1b7837", "#2166ac", "#b2182b", "#762a83", "#e08214")

Points = Sequence[tuple[int, float]]


def _decades(low: float, high: float) -> list[float]:
    steps = [10.0**power for power in range(-3, 6)]
    return [step for step in steps if low <= step <= high]


class _Scale:
    def __init__(self, lines: Mapping[str, Points]) -> None:
        clients = [size for points in lines.values() for size, _dummy in points]
        seconds = [value for points in lines.values() for _dummy, value in points]
        self.clients = (min(clients), max(clients))
        self.seconds = (min(seconds) / 1.3, max(seconds) * 1.3)

    def x(self, clients: float) -> float:
        low, high = map(log10, self.clients)
        share = (log10(clients) - low) / ((high - low) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        low, high = map(log10, self.seconds)
        return HEIGHT - BOTTOM - (log10(seconds) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _text(x: float, y: float, text: str, anchor: str = "middle", colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#ddd") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _axes(scale: _Scale, sizes: Sequence[int]) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for seconds in _decades(*scale.seconds):
        y = scale.y(seconds)
        parts += [_line(LEFT, y, right, y), _text(LEFT - 6, y + 4, f"{seconds:g} s", "end")]
    for size in sizes:
        x = scale.x(size)
        parts += [_line(x, TOP, x, bottom), _text(x, bottom + 18, str(size))]
    parts.append(_text((LEFT + right) / 2, HEIGHT - 10, "clients (both scales are logarithmic)"))
    return parts


def _labels_apart(places: Mapping[str, float]) -> dict[str, float]:
    """The heights of the labels, moved so that none covers another."""
    apart: dict[str, float] = {}
    above = 0.0
    for name, y in sorted(places.items(), key=lambda place: place[1]):
        above = max(y, above + 16)
        apart[name] = above
    return apart


def picture(lines: Mapping[str, Points]) -> str:
    """An SVG of these lines, each labelled at its end."""
    lines = {name: points for name, points in lines.items() if points}
    scale = _Scale(lines)
    sizes = sorted({size for points in lines.values() for size, _dummy in points})
    parts = _axes(scale, sizes)
    labels = _labels_apart({name: scale.y(points[-1][1]) for name, points in lines.items()})
    for colour, (name, points) in zip(COLOURS, lines.items()):
        path = " ".join(f"{scale.x(size):.1f},{scale.y(value):.1f}" for size, value in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{scale.x(size):.1f}" cy="{scale.y(value):.1f}" r="3" fill="{colour}"/>'
            for size, value in points
        ]
        parts.append(_text(WIDTH - RIGHT + 10, labels[name] + 4, name, "start", colour))
    head = (
        # REUSE-IgnoreStart
        "<!-- SPDX-FileCopyrightText: 2026 wabiz.onprem contributors -->\n<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n"
        # REUSE-IgnoreEnd
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
        '<rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])
