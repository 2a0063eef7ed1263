# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's nodes and its Webapp as Deployments and StatefulSets.

Pods use the network of their machine and the images of its engine, so that a cluster needs neither a network plugin nor a
registry. Their database is a SQLite file in a folder of the machine.
"""

from __future__ import annotations

from typing import Any

from emulator import environment

from . import images, rootfs
from .cluster import API_KEY, SECRET

SETTINGS_MAP = "client"  # the ConfigMap with the options of the emulated client
# Whether the node has registered, asked inside of its container. Each time costs the engine a process, so not every second.
PROBE = """
import os, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT name FROM nodes WHERE running=1")
sys.exit((os.environ["WA_NODE_NAME"],) not in rows.fetchall())
"""
COPY_OF_MANIFEST = "kubectl.kubernetes.io/last-applied-configuration"


def settings_map(config: str) -> dict[str, Any]:
    return {"metadata": {"name": SETTINGS_MAP}, "data": {"config": config}}


def workload(kind: str, name: str, image: str, folder: str, **changes: Any) -> dict[str, Any]:
    """A manifest. Changes: environment, replicas, probe (False: none)."""
    spec = {
        "replicas": changes.get("replicas", 1),
        "selector": {"matchLabels": {"name": name}},
        "template": {
            "metadata": {"labels": {"name": name}},
            "spec": _pod(image, folder, changes.get("environment", {}), changes.get("probe", True)),
        },
        **({"strategy": {"type": "Recreate"}} if kind == "Deployment" else {"serviceName": name}),
    }
    # What `kubectl apply` leaves in an annotation: all of the manifest, with the environment of its pods.
    copied = {"metadata": {"name": name, "annotations": {COPY_OF_MANIFEST: f'{{"WA_DB_PASSWORD": "{SECRET}"}}'}}}
    return {"apiVersion": "apps/v1", "kind": kind, **copied, "spec": spec}


def _pod(image: str, folder: str, own: dict[str, str], probe: bool) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "main",
        "image": image,
        "imagePullPolicy": "Never",
        "env": _environment(own),
        "volumeMounts": [{"name": "data", "mountPath": images.DATA}],
    }
    if probe:
        command = {"command": [rootfs.PYTHON, "-I", "-S", "-c", PROBE, environment.DEFAULT_DATABASE]}
        container["readinessProbe"] = {"exec": command, "periodSeconds": 3, "timeoutSeconds": 20}
    return {
        "hostNetwork": True,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "tolerations": [{"operator": "Exists"}],
        "terminationGracePeriodSeconds": 10,
        "containers": [container],
        "volumes": [{"name": "data", "hostPath": {"path": folder, "type": "Directory"}}],
    }


def _environment(own: dict[str, str]) -> list[dict[str, Any]]:
    product = {
        "WA_DB_ENGINE": "MYSQL",
        "WA_DB_PASSWORD": SECRET,
        "WA_RUNNING_ENV_VERSION": "v2.2.3",
        "WA_API_KEY": API_KEY,
        "WA_EMULATOR_CONTROL": "any",
    }
    values: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in {**product, **own}.items()]
    # A pod's own name is its node's, so that two pods of one single instance are two nodes.
    if "WA_NODE_NAME" not in own:
        values.append({"name": "WA_NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})
    config = {"configMapKeyRef": {"name": SETTINGS_MAP, "key": "config"}}
    return [*values, {"name": "WA_EMULATOR_CONFIG", "valueFrom": config}]
