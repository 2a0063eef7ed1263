# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay the collections that ours depends on into a virtual environment.

They are published on Galaxy, and, locked with a hash, inside the wheel of the community package on the Python index.
Two folders out of that wheel take seconds; installing the whole package takes minutes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WANTED = ("community/docker", "community/library_inventory_filtering_v1", "kubernetes/core")
LEFT_OUT = ("tests/", "docs/", "changelogs/", ".github/", ".azure-pipelines/")


def download(lock: str, folder: str) -> Path:
    """Fetch the wheel that the lock names for this Python, checking its hash."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--dest", folder, "-r", lock]
    subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)
    return next(Path(folder).glob("ansible-*.whl"))


def unpack(wheel: Path, collections: Path) -> None:
    """Take the wanted collections out of the wheel, without their tests and documents."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if belongs(name):
                archive.extract(name, collections)


def belongs(name: str) -> bool:
    """Whether this file of the wheel is part of a wanted collection."""
    for collection in WANTED:
        prefix = f"ansible_collections/{collection}/"
        if name.startswith(prefix):
            return not name[len(prefix) :].startswith(LEFT_OUT)
    return False


def main(venv: str, lock: str) -> None:
    """Download, unpack, or say why not."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            wheel = download(lock, folder)
        except subprocess.CalledProcessError as error:
            sys.exit(f"{error.stderr}\nError: pip could not fetch the package of {lock}. Is there a network?")
        unpack(wheel, Path(venv) / "collections")


if __name__ == "__main__":
    main(*sys.argv[1:])
