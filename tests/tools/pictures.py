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
        "Intended before the PATCH, pending after it, closed when every node was restarted",
        [
            _box(20, 60, 150, 60, ["nothing pending"], "off"),
            _box(270, 60, 170, 60, ["intended", "before, after"]),
            _box(560, 60, 170, 60, ["pending", "id, nodes, starts"], "bad"),
            _box(270, 230, 170, 60, ["a crash in between:", "the next GET decides"], "off"),
            _arrow([(170, 80), (270, 80)], "before PATCH", (220, 72)),
            _arrow([(440, 80), (560, 80)], "PATCH: 2xx", (500, 72)),
            _arrow([(270, 108), (170, 108)], "PATCH: 4xx", (220, 126)),
            _arrow([(355, 120), (355, 230)]),
            _arrow([(440, 250), (575, 250), (575, 120)], "it was executed", (508, 242)),
            _arrow([(270, 260), (95, 260), (95, 120)], "it was not", (185, 252)),
            _arrow(
                [(645, 60), (645, 24), (95, 24), (95, 60)],
                "every node was restarted, and the id is the same",
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
        "Two overlapping campaigns; the value in the inventory takes effect after the last one has ended",
        [
            _text(20, 46, "campaign A", anchor="start"),
            block(200, 24, 240, "active", "box"),
            _text(20, 96, "campaign B", anchor="start"),
            block(340, 74, 260, "active", "box"),
            _text(20, 146, "inventory", anchor="start"),
            block(150, 124, 590, "garbage collection of messages: on", "off"),
            _text(20, 206, "client", anchor="start"),
            block(150, 184, 50, "on", "good"),
            block(200, 184, 400, "held off", "bad"),
            block(600, 184, 140, "on", "good"),
            _arrow([(200, 250), (200, 222)], "restart", (200, 264)),
            _arrow([(600, 250), (600, 222)], "restart", (600, 264)),
            _text(400, 240, "settings runs change nothing here, and warn", "small"),
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
            "Next only when no node is starting, and as many are connected as before.",
            "small",
        )
    )
    return _svg(760, 280, "One node at a time; the next one only when the client has settled", parts)


def in_process() -> str:
    return _svg(
        760,
        330,
        "A task that would run on the controller anyway runs in Ansible's own process; any other goes to the target",
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
                "Options, checks, results and masking are the same both ways: it is the same operation.",
                "small",
            ),
        ],
    )


def architecture() -> str:
    def layer(y: int, label: str, boxes: list[tuple[int, int, list[str], str]]) -> list[str]:
        drawn = [_box(x, y, width, 58, lines, kind) for x, width, lines, kind in boxes]
        return [_text(20, y + 34, label, "small", "start"), *drawn]

    return _svg(
        760,
        540,
        "The layers; each one uses only what is below it",
        [
            *layer(
                20,
                "what users run",
                [(150, 590, ["playbooks/ and roles/", "order of tasks, hooks, delegation"], "off")],
            ),
            *layer(
                110,
                "entry points",
                [
                    (150, 285, ["plugins/action/", "on the controller, with plugin_utils/"], "good"),
                    (455, 285, ["plugins/modules/", "documentation; the same on a target"], "good"),
                ],
            ),
            *layer(200, "one per module", [(150, 590, ["_operations", "options as data, run(params, task)"], "box")]),
            *layer(
                290,
                "decisions",
                [
                    (150, 183, ["_settings", "catalog, plan, write"], "box"),
                    (353, 183, ["_status", "what is wrong"], "box"),
                    (556, 184, ["_judgement", "nodes of a restart"], "box"),
                ],
            ),
            *layer(
                380,
                "the outside",
                [
                    (150, 183, ["_api", "HTTPS, health"], "box"),
                    (353, 183, ["_ledger", "the file, its state"], "box"),
                    (556, 184, ["_engines", "docker, kubernetes"], "box"),
                ],
            ),
            *layer(470, "for all", [(150, 590, ["_common", "errors, redaction, progress, option specs"], "box")]),
            *[_arrow([(x, y), (x, y + 32)]) for y in (78, 168) for x in (292, 597)],
            *[_arrow([(x, y), (x, y + 32)]) for y in (258, 348, 438) for x in (241, 444, 648)],
        ],
    )


def rolling_restart() -> str:
    return _svg(
        760,
        560,
        "One rolling restart: the role asks what is next, and restarts one node at a time",
        [
            _text(110, 28, "task files of the user", "small"),
            _text(360, 28, "module rolling_restart", "small"),
            _text(635, 28, "action plugins for the engine", "small"),
            _box(235, 44, 250, 62, ["begin", "takes the lease, reads the health"]),
            _box(510, 128, 240, 62, ["coreapp_nodes", "finds what runs, on each machine"], "good"),
            _box(235, 212, 250, 62, ["plan", "waits, records the nodes"]),
            _box(20, 296, 180, 62, ["hook before the node"], "off"),
            _box(510, 296, 240, 62, ["coreapp_node", "restarts one, returns the proof"], "good"),
            _box(235, 380, 250, 62, ["next", "records, waits, names the next one"]),
            _box(20, 380, 180, 62, ["hook after the node"], "off"),
            _box(235, 478, 250, 62, ["the last next", "what is in effect; returns the lease"]),
            _arrow([(485, 75), (635, 75), (635, 128)]),
            _arrow([(635, 190), (635, 243), (485, 243)]),
            _arrow([(360, 274), (360, 316), (200, 316)], "the first node", (352, 304), "end"),
            _arrow([(200, 340), (510, 340)]),
            _arrow([(635, 358), (635, 411), (485, 411)]),
            _arrow([(235, 411), (200, 411)]),
            _arrow([(110, 380), (110, 358)], "the next node", (118, 373), "start"),
            _arrow([(360, 442), (360, 478)], "none is left", (370, 465), "start"),
        ],
    )


def drawn() -> dict[str, str]:
    """All pictures: name -> SVG."""
    return {
        "ledger": ledger(),
        "holding": holding(),
        "settling": settling(),
        "in_process": in_process(),
        "architecture": architecture(),
        "rolling_restart": rolling_restart(),
    }
