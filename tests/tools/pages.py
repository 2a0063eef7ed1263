# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages and pictures of the docs that are made from a source: `pages.py` writes them, `pages.py --check` compares them.

docs/settings.md comes from the catalog, docs/usage.md from the table of tests/playbooks/usage.py, docs/playbooks.md from the
specs of the roles, the drawn pictures in docs/images/ from tests/tools/pictures.py.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pictures
import playbooks_page

ROOT = Path(__file__).resolve().parents[2]
HEAD = """<!--
SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made by tests/tools/pages.py from plugins/module_utils/_settings/catalog.py
-->

# All settings

Every setting of Meta's reference page, by the names that this collection uses. A nested one is written with
dots; in a task it is an option with sub-options.

"""
TABLE = "| setting | type and range | documented default | restart | client versions |\n|---|---|---|---|---|\n"
NOTES = """
- **Default**: where sources disagree, or none states it, the table says *uncertain*. Such a default is used for nothing:
  `reset` refuses it, and `state: default` compares before and after.
- **Restart**: in effect only after the Coreapp has been restarted.
- *never shown*: the client takes it and never shows it again. It is idempotent with a [ledger](concept_ledger.md) alone.
- `webhooks.message_status` is `webhooks.message` in the API; Ansible reserves the name `message`.
- `collect_messages` is no setting of its own, but `garbagecollector_enable.messages` or `db_garbagecollector_enable`,
  whichever the client knows.
- `wa_id` cannot be set: it is the identity of the client, and `application_settings_info` shows it.
- Other keys of the API, such as `sent_status`, go into `extra_settings`.
"""


def loaded(path: str) -> ModuleType:
    """A source by its path: it needs nothing but Python."""
    spec = importlib.util.spec_from_file_location(f"_{Path(path).stem}", ROOT / path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _type_and_range(setting: Any) -> str:
    names = {"bool": "boolean", "int": "whole number", "str": "text", "set": "list without order"}
    said = "URL, `https://`" if setting.url else names[setting.kind]
    if setting.choices:
        said += ": " + ", ".join(f"`{choice}`" for choice in setting.choices)
    if setting.minimum is not None:
        said += f", {setting.minimum} or more"
    return f"{said}, {setting.unit}" if setting.unit else said


def _default(setting: Any) -> str:
    if setting.default is None:
        return "*uncertain*"
    value = str(setting.default).lower() if isinstance(setting.default, bool) else str(setting.default)
    return (f"`{value}`" if value else "none") + ("" if setting.default_certain else " (*uncertain*)")


def _versions(setting: Any) -> str:
    said = []
    if setting.since:
        said.append(f"{setting.since} and newer")
    if setting.deprecated:
        said.append(f"deprecated since {setting.deprecated}")
    if setting.cannot_enable_from:
        said.append(f"cannot be switched on from {setting.cannot_enable_from} on")
    if setting.removed:
        said.append(f"not shown from {setting.removed} on")
    if not setting.echoed:
        said.append("*never shown*")
    if setting.multiconnect:
        said.append("for Multiconnect")
    return "; ".join(said) or "all"


def settings_page() -> str:
    rows = [
        f"| `{setting.name}` | {_type_and_range(setting)} | {_default(setting)} | "
        f"{'**yes**' if setting.restart else 'no'} | {_versions(setting)} |"
        for setting in sorted(
            loaded("plugins/module_utils/_settings/catalog.py").SETTINGS, key=lambda setting: setting.name
        )
    ]
    return HEAD + TABLE + "\n".join(rows) + "\n" + NOTES


def made() -> dict[Path, str]:
    """All that is made: path below docs/ -> content."""
    usage = loaded("tests/playbooks/usage.py").page()
    docs = {
        Path("settings.md"): settings_page(),
        Path("usage.md"): usage,
        Path("playbooks.md"): playbooks_page.page(),
    }
    docs.update({Path("images") / f"{name}.svg": svg for name, svg in pictures.drawn().items()})
    return docs


def main(arguments: list[str]) -> int:
    stale = []
    for path, content in made().items():
        target = ROOT / "docs" / path
        if arguments == ["--check"]:
            if not target.is_file() or target.read_text(encoding="utf-8") != content:
                stale.append(str(path))
        else:
            target.parent.mkdir(exist_ok=True)
            target.write_text(content, encoding="utf-8")
    if stale:
        print(f"not current: {', '.join(stale)}; run: python tests/tools/pages.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
