# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the action group `api` with the modules that take the connection options; a difference is a failure."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
FRAGMENT = re.compile(r"^\s*- wabiz\.onprem\.connection(\.\w+)?$", re.MULTILINE)


def members() -> set[str]:
    """The modules that the group names."""
    runtime = yaml.safe_load((REPOSITORY / "meta" / "runtime.yml").read_text())
    return set(runtime["action_groups"]["api"])


def users() -> set[str]:
    """The modules whose documentation takes in the connection options."""
    modules = (REPOSITORY / "plugins" / "modules").glob("[!_]*.py")
    return {module.stem for module in modules if FRAGMENT.search(module.read_text())}


def main() -> None:
    """Say what is missing where."""
    group, documented = members(), users()
    for name in sorted(documented - group):
        print(f"{name} takes the connection options and is missing from the action group in meta/runtime.yml.")
    for name in sorted(group - documented):
        print(f"{name} is in the action group of meta/runtime.yml and does not take the connection options.")
    if group != documented:
        sys.exit(1)
    print(f"{len(group)} modules in the action group, the same that take the connection options.")


if __name__ == "__main__":
    main()
