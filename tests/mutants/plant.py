# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pytest plugin that plants one defect before any test is collected: `pytest -p mutants.plant --defect NAME ...`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

import pytest

from mutants.defects import DEFECTS

PLUGINS = "ansible_collections.wabiz.onprem.plugins."


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--defect", help="the name of the defect to plant")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    name = session.config.getoption("--defect")
    if name:
        (defect,) = [one for one in DEFECTS if one.name == name]
        plant(defect.place, defect.instead)


def plant(place: str, instead: Any) -> None:
    """Replaces a function in its module, and under each name under which another module has imported it."""
    module_name, _colon, path = place.partition(":")
    holder: Any = importlib.import_module(PLUGINS + module_name)
    _import_all()
    *classes, attribute = path.split(".")
    for name in classes:
        holder = getattr(holder, name)
    original = getattr(holder, attribute)
    replacement = instead(original)
    setattr(holder, attribute, replacement)
    for module in [one for name, one in sys.modules.items() if name.startswith(PLUGINS)]:
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, replacement)


def _import_all() -> None:
    for package in ("module_utils", "plugin_utils"):
        parent = importlib.import_module(PLUGINS + package)
        for found in pkgutil.walk_packages(parent.__path__, PLUGINS + package + "."):
            importlib.import_module(found.name)
