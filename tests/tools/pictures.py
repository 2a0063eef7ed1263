# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the concept pages, drawn from here as SVG, in light and in dark as the reader's browser wants them."""

from __future__ import annotations

from html import escape

STYLE = """<style>
text { font: 15px system-ui, sans-serif; fill: #1f2933; }
.small { font-size: 13px; fill: #52606d; }
.box { fill: #eef4fb; stroke: #2b6cb0; stroke-width: 1.5; }
.good { fill: #e6f6ec; stroke: #2f855a; stroke-width: 1.5; }
.bad { fill: #fdecea; stroke: #c53030; stroke-width: 1.5; }
.off { fill: #f5f5f5; stroke: #7b8794; stroke-width: 1.5; }
.line { fill: none; stroke: #52606d; stroke-width: 1.5; marker-end: url(#tip); }
.ground { fill: #ffffff; }
.tip { fill: #52606d; }
@media (prefers-color-scheme: dark) {
text { fill: #e6e9ee; }
.small { fill: #c3ccd6; }
.box { fill: #1c2f45; stroke: #6ea8e6; }
.good { fill: #17351f; stroke: #5cc084; }
.bad { fill: #44201f; stroke: #f08b84; }
.off { fill: #2a2e33; stroke: #9aa5b1; }
.line { stroke: #c3ccd6; }
.tip { fill: #c3ccd6; }
.ground { fill: #1d2024; }
}
</style>
<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto">
<path class="tip" d="M0,0 L9,4 L0,8 z"/></marker></defs>
"""


def _svg(width: int, height: int, title: str, parts: list[str]) -> str:
    # REUSE-IgnoreStart
    copyright_line = "<!-- SPDX-FileCopyrightText: 2026 wabiz.onprem contributors -->\n"
    licence = "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n<!-- Made by tests/tools/pages.py -->\n"
    # REUSE-IgnoreEnd
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">\n<title>{escape(title)}</title>\n'
    )
    ground = f'<rect class="ground" width="{width}" height="{height}" rx="8"/>\n'
    return copyright_line + licence + head + STYLE + ground + "\n".join(parts) + "\n</svg>\n"


def _text(x: int, y: int, text: str, kind: str = "", anchor: str = "middle") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{named}>{escape(text)}</text>'


def _box(x: int, y: int, width: int, height: int, lines: list[str], kind: str = "box") -> str:
    first = y + height // 2 - 10 * (len(lines) - 1) + 5
    words = [_text(x + width // 2, first + 20 * n, line, "small" if n else "") for n, line in enumerate(lines)]
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>' + "".join(words)


def _arrow(points: list[tuple[int, int]], label: str = "", at: tuple[int, int] = (0, 0), anchor: str = "middle") -> str:
    path = " L".join(f"{x},{y}" for x, y in points)
    drawn = f'<path class="line" d="M{path}"/>'
    return drawn + (_text(at[0], at[1], label, "small", anchor) if label else "")


def ledger() -> str:
    return _svg(
        760,
        330,
        "Intended before the PATCH, owed after it, closed when every node has started anew",
        [
            _box(20, 60, 150, 60, ["nothing owed"], "off"),
            _box(270, 60, 170, 60, ["intended", "before, after"]),
            _box(560, 60, 170, 60, ["pending", "id, nodes, start times"], "bad"),
            _box(270, 230, 170, 60, ["a crash in between:", "the next GET decides"], "off"),
            _arrow([(170, 80), (270, 80)], "before PATCH", (220, 72)),
            _arrow([(440, 80), (560, 80)], "PATCH: 2xx", (500, 72)),
            _arrow([(270, 108), (170, 108)], "PATCH: 4xx", (220, 126)),
            _arrow([(355, 120), (355, 230)]),
            _arrow([(440, 250), (575, 250), (575, 120)], "it was taken", (508, 242)),
            _arrow([(270, 260), (95, 260), (95, 120)], "it was not", (185, 252)),
            _arrow(
                [(645, 60), (645, 24), (95, 24), (95, 60)],
                "every node has started anew, and the id is the same",
                (370, 18),
            ),
            _arrow([(700, 120), (700, 175), (660, 175), (660, 124)], "another PATCH: new id", (735, 195), "end"),
        ],
    )


def holding() -> str:
    def block(x: int, y: int, width: int, label: str, kind: str) -> str:
        return _box(x, y, width, 34, [label], kind)

    return _svg(
        760,
        270,
        "Two overlapping campaigns; the inventory's wish waits until the last has ended",
        [
            _text(20, 46, "campaign A", anchor="start"),
            block(200, 24, 240, "active", "box"),
            _text(20, 96, "campaign B", anchor="start"),
            block(340, 74, 260, "active", "box"),
            _text(20, 146, "inventory says", anchor="start"),
            block(150, 124, 590, "garbage collection of messages: on", "off"),
            _text(20, 206, "client has", anchor="start"),
            block(150, 184, 50, "on", "good"),
            block(200, 184, 400, "held off", "bad"),
            block(600, 184, 140, "on", "good"),
            _arrow([(200, 250), (200, 222)], "restart", (200, 264)),
            _arrow([(600, 250), (600, 222)], "restart", (600, 264)),
            _text(400, 240, "settings runs change nothing here, and say so", "small"),
        ],
    )


def settling() -> str:
    rows = ["wacore1", "wacore2", "wacore3 (spare)", "master2 (secondary)", "master1 (primary)"]
    parts = []
    for number, name in enumerate(rows):
        y, x = 20 + 44 * number, 200 + 102 * number
        parts.append(_text(20, y + 20, name, anchor="start"))
        parts.append(f'<rect class="good" x="190" y="{y}" width="550" height="28" rx="4"/>')
        parts.append(f'<rect class="bad" x="{x}" y="{y}" width="60" height="28" rx="4"/>')
        parts.append(_text(x + 30, y + 19, "restart", "small"))
        if number:
            parts.append(_arrow([(x - 44, y - 14), (x - 44, y + 14), (x - 4, y + 14)]))
    parts.append(
        _text(
            380,
            262,
            "Next only when no node is connecting or uninitialized, and as many are connected as before.",
            "small",
        )
    )
    return _svg(760, 280, "One node at a time; the next one only when the client has settled", parts)


def in_process() -> str:
    return _svg(
        760,
        330,
        "A task that would run on the controller anyway is done in Ansible's own process; any other goes to the target",
        [
            _box(20, 115, 90, 60, ["a task"], "off"),
            _box(160, 95, 200, 100, ["the action plugin", "local, no become, no", "environment, no async?"]),
            _box(430, 30, 190, 70, ["in Ansible's process", "calls the operation"], "good"),
            _box(430, 190, 190, 90, ["as a module", "packed, copied, started", "in a Python of its own"], "off"),
            _box(670, 105, 70, 80, ["client"], "off"),
            _arrow([(110, 145), (160, 145)]),
            _arrow([(360, 120), (395, 120), (395, 65), (430, 65)], "yes", (388, 86), "end"),
            _arrow([(360, 170), (395, 170), (395, 235), (430, 235)], "no", (388, 222), "end"),
            _arrow([(620, 65), (705, 65), (705, 105)], "HTTPS", (664, 57)),
            _arrow([(620, 235), (705, 235), (705, 185)], "HTTPS", (664, 255)),
            _text(
                380,
                312,
                "The same options, checks, results and masking on both ways: it is the same operation.",
                "small",
            ),
        ],
    )


def drawn() -> dict[str, str]:
    """All pictures: name -> SVG."""
    return {"ledger": ledger(), "holding": holding(), "settling": settling(), "in_process": in_process()}
