# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as images of a Docker Engine, under the names that the product's images have."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import docker

from . import rootfs

REPOSITORY = Path(__file__).resolve().parents[2]
VERSION = "2.53.1"
COREAPP = "docker.whatsapp.biz/coreapp"
WEB = "docker.whatsapp.biz/web"
BASE = "wabiz-onprem-tests/python"
HOME = "/opt/emulator"
SOURCE_LABEL = "wabiz.onprem.tests.source"
DATA = "/var/lib/wabiz-emulator"


def ensure_images(engine: docker.DockerClient, version: str = VERSION) -> tuple[str, str]:
    """Makes the images where they are missing or old. Returns the names of the Coreapp's and of the Webapp's."""
    base = f"{BASE}:{rootfs.fingerprint()}"
    names = (f"{COREAPP}:v{version}", f"{WEB}:v{version}")
    source = _source_archive()
    digest = hashlib.sha256(base.encode() + source).hexdigest()[:16]
    if all(_label(engine, name) == digest for name in names):
        return names
    if _label(engine, base) is None:
        engine.api.import_image_from_data(rootfs.archive(), *base.split(":"), changes=[f"LABEL {SOURCE_LABEL}=base"])
    for name, role in zip(names, ("node", "webapp"), strict=True):
        build(engine, name, _dockerfile(base, role, digest), source)
    return names


def build(engine: docker.DockerClient, name: str, dockerfile: str, context: bytes = b"") -> str:
    """Builds an image without anything from a registry; its id."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        _add(tar, "Dockerfile", dockerfile.encode())
        if context:
            _add(tar, "source.tar", context)
    buffer.seek(0)
    image, _log = engine.images.build(fileobj=buffer, custom_context=True, tag=name, rm=True)
    return str(image.id)


def move_tag(engine: docker.DockerClient, name: str) -> str:
    """Lets the tag name another image, as a pull of a new build would; the id of the image that it named before."""
    before = str(engine.images.get(name).id)
    build(engine, name, f"FROM {name}\nLABEL wabiz.onprem.tests.moved={before[-12:]}\n")
    return before


def _dockerfile(base: str, role: str, digest: str) -> str:
    return (
        f"FROM {base}\n"
        f"ADD source.tar {HOME}/\n"
        f"ENV PYTHONPATH={HOME}/tests:{rootfs.SITE} PYTHONUNBUFFERED=1\n"
        # Each container would compile it again at its start.
        f'RUN ["{rootfs.PYTHON}", "-c", "import emulator.node, emulator.serve"]\n'
        f"LABEL {SOURCE_LABEL}={digest}\n"
        f'ENTRYPOINT ["{rootfs.PYTHON}", "{HOME}/tests/engines/entry.py", "{role}"]\n'
    )


def _source_archive() -> bytes:
    """The emulator, what it reads of the collection, and the program that starts a role."""
    buffer = io.BytesIO()
    emulator = sorted((REPOSITORY / "tests" / "emulator").glob("*.py"))
    utils = REPOSITORY / "plugins" / "module_utils"
    others = [
        utils / "_settings" / "catalog.py",
        utils / "_common" / "versions.py",
        Path(__file__).with_name("entry.py"),
    ]
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in [*emulator, *others]:
            _add(tar, str(path.relative_to(REPOSITORY)), path.read_bytes())
    return buffer.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o644
    tar.addfile(info, io.BytesIO(content))


def _label(engine: docker.DockerClient, name: str) -> str | None:
    try:
        return str(engine.images.get(name).labels.get(SOURCE_LABEL))
    except docker.errors.ImageNotFound:
        return None
