# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A root folder with nothing but the running Python and the packages that the emulator needs, as a tar archive.

No image is fetched from anywhere: what runs the tests also runs in the containers.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

PACKAGES = ("aiohttp", "trustme")
SITE = "/opt/emulator/packages"
PYTHON = "/usr/local/bin/python"
LEFT_OUT = (
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "lib2to3",
)
FOLDERS = ("tmp", "etc", "proc", "sys", "dev", "var/lib/wabiz-emulator")
PASSWD = "root:x:0:0:root:/root:/bin/false\n"


def distributions() -> list[metadata.Distribution]:
    """The packages and all that they require here, each once."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(PACKAGES)
    while waiting:
        name = waiting.pop()
        if name.lower() in found:
            continue
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # required on other Pythons or with an extra
        found[name.lower()] = distribution
        for requirement in distribution.requires or []:
            if "extra ==" not in requirement:
                waiting.append(re.split(r"[\s;<>=!~\[(]", requirement, maxsplit=1)[0])
    return list(found.values())


def fingerprint() -> str:
    """Changes when the archive would."""
    parts = [sys.version, *sorted(f"{one.metadata['Name']} {one.version}" for one in distributions())]
    parts.append(Path(__file__).read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def archive() -> bytes:
    """The tar archive of the root folder."""
    files = {**dict(_standard_library()), **dict(_package_files())}
    executable = Path(sys.executable).resolve()
    files[str(executable)] = executable
    for library in _shared_libraries(files):
        files.setdefault(str(library), library)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in FOLDERS:
            _add_folder(tar, folder)
        _add_text(tar, "etc/passwd", PASSWD)
        _add_link(tar, PYTHON, str(executable))
        for target, source in sorted(files.items()):
            tar.add(source.resolve(), target.lstrip("/"), recursive=False)
    return buffer.getvalue()


def _standard_library() -> Iterator[tuple[str, Path]]:
    for kind in ("stdlib", "platstdlib"):
        # Of the interpreter itself, not of a virtual environment.
        base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
        folder = Path(sysconfig.get_path(kind, vars={**base, "installed_base": base["base"]}))
        for path in folder.rglob("*"):
            inner = path.relative_to(folder).parts
            left_out = set(LEFT_OUT) & set(inner) or inner[0].startswith("config-") or "_tkinter" in path.name
            if path.is_file() and not left_out:
                yield str(path), path


def _package_files() -> Iterator[tuple[str, Path]]:
    for distribution in distributions():
        for file in distribution.files or []:
            path = Path(str(file.locate()))
            if path.is_file() and ".." not in file.parts:
                yield f"{SITE}/{file}", path


def _shared_libraries(files: dict[str, Path]) -> set[Path]:
    """What the loader needs for the interpreter and all extension modules, outside of what is there already."""
    binaries = [
        str(path) for name, path in files.items() if ".so" in path.name or name.startswith(sys.base_prefix + "/bin")
    ]
    said = subprocess.run(["ldd", *binaries], capture_output=True, text=True, check=False).stdout
    packaged = {path.name for path in files.values()}
    found = re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", said, flags=re.MULTILINE)
    return {Path(path) for path in found if Path(path).name not in packaged}


def _add_folder(tar: tarfile.TarFile, name: str) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
    tar.addfile(info)


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text.encode()))


def _add_link(tar: tarfile.TarFile, name: str, target: str) -> None:
    info = tarfile.TarInfo(name.lstrip("/"))
    info.type, info.linkname = tarfile.SYMTYPE, target
    tar.addfile(info)
