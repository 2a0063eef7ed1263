# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module must be known to the changelog, under some release, or be announced by a fragment to come."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]


def recorded() -> set[str]:
    """The modules that the changelog's releases brought."""
    releases = yaml.safe_load((REPOSITORY / "changelogs" / "changelog.yaml").read_text())["releases"]
    names: set[str] = set()
    for release in releases.values():
        names.update(entry["name"] for entry in release.get("modules", []))
    return names


def main() -> None:
    """Say what is missing."""
    present = {module.stem for module in (REPOSITORY / "plugins" / "modules").glob("[!_]*.py")}
    missing = sorted(present - recorded())
    if missing and not any((REPOSITORY / "changelogs" / "fragments").glob("*.yml")):
        sys.exit(f"Not in the changelog, and no fragment announces a release: {', '.join(missing)}")


if __name__ == "__main__":
    main()
