# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's status as one HTML file that needs nothing else: no network, no font, no picture.

Every text in it may come from a client or from whoever named a campaign. Jinja2 escapes all of it, also in attributes;
nothing of it gets into the script or the style, and their hashes are all that the page's own policy lets run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from ansible_collections.wabiz.onprem.plugins.plugin_utils.status_view import view

FOLDER = Path(__file__).resolve().parents[2] / "playbooks" / "templates" / "report"
SCRIPTS = ("sortable.js", "status.js")
STYLE = "status.css"


def render(document: Mapping[str, Any]) -> str:
    """The whole page for a document as fleet_status makes it."""
    template, parts = _loaded()
    return template.render(view(document), **parts)


@lru_cache(maxsize=None)
def _loaded() -> tuple[Template, dict[str, Any]]:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FileSystemLoader(str(FOLDER)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    scripts, style = [_text(name) for name in SCRIPTS], _text(STYLE)
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(_hash(script) for script in scripts),
        "style-src": _hash(style),
        "img-src": "data:",  # the empty icon, so that no browser asks a server for one
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    parts = {
        "policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "scripts": [Markup(script) for script in scripts],  # noqa: S704 - files of this collection
        "style": Markup(style),  # noqa: S704
    }
    return environment.get_template("status.html.j2"), parts


def _text(name: str) -> str:
    """A file unchanged between its tags, where browsers know no other ends of lines than these."""
    return (FOLDER / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
