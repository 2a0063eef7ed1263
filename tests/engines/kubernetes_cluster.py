# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client as workloads of a Kubernetes cluster, in a namespace of its own.

The cluster's machine is this one, and its pods are containers of the engine that the images are built in.

PYTHONPATH=tests python -m engines.kubernetes_cluster up STATE.json
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import kubernetes

from . import images
from .cluster import DockerCluster, Shape, _free_port, eventually
from .kubernetes_manifests import SETTINGS_MAP, settings_map, workload

WEBAPP = "waweb"
NAMESPACE_LABEL = "io.kubernetes.pod.namespace"  # of a pod's containers, at the engine
SANDBOX = "io.kubernetes.docker.type=podsandbox"
LONGEST_SWEEP = 900.0  # seconds; a sweep that is not ended
MASTERS = ("master1", "master2")


class KubernetesCluster(DockerCluster):
    """Single: Deployment wacore. Multiconnect: StatefulSet wacore, and one Deployment for each of two masters."""

    def __init__(self, engine: docker.DockerClient, name: str, folder: Path, shape: Shape | None = None) -> None:
        super().__init__(engine, name, folder, shape)
        self.folder = folder / f"{name}-data"
        api = kubernetes.config.new_client_from_config()
        self.core = kubernetes.client.CoreV1Api(api)
        self.apps = kubernetes.client.AppsV1Api(api)

    @property
    def multiconnect(self) -> bool:
        return self.shape.topology == "multiconnect"

    @property
    def workloads(self) -> list[dict[str, str]]:
        """As the role takes them."""
        if not self.multiconnect:
            return [{"kind": "Deployment", "name": "wacore"}]
        masters = [{"kind": "Deployment", "name": name, "role": "master"} for name in MASTERS]
        return [*masters, {"kind": "StatefulSet", "name": "wacore"}]

    def variables(self) -> dict[str, Any]:
        """For the inventory."""
        return {
            "coreapp_strategy": "kubernetes",
            "coreapp_kubernetes_namespace": self.name,
            "coreapp_kubernetes_workloads": self.workloads,
            "coreapp_start_timeout": 600,
        }

    # -- up and down

    def up(self) -> None:
        coreapp, web = images.ensure_images(self.engine, self.shape.version)
        self.folder.mkdir(parents=True)
        self.core.create_namespace({"metadata": {"name": self.name}})
        client = {"password": self.password, **self.shape.options}
        self.core.create_namespaced_config_map(self.name, settings_map(json.dumps(client)))
        port = _free_port()
        self._create("Deployment", WEBAPP, web, {"WA_WEB_PORT": str(port)}, probe=False)
        for entry in self.workloads:
            master = {"WA_MASTER_NODE": "1", "WA_NODE_NAME": entry["name"]} if entry["name"] in MASTERS else {}
            replicas = self.shape.coreapps if entry["kind"] == "StatefulSet" else 1
            self._create(entry["kind"], entry["name"], coreapp, master, replicas=replicas)
        self.api_url = f"https://127.0.0.1:{port}"
        certificate = self.folder / "ca.pem"
        eventually("the Webapp has written its certificate", certificate.exists, 120)
        shutil.copy(certificate, self.ca_path)
        eventually("the client has settled", self.settled, 300)
        for entry in self.workloads:
            eventually(f"{entry['name']} has rolled out", lambda name=entry["name"]: self.ready(name), 120)

    def _create(self, kind: str, name: str, image: str, environment: dict[str, str], **changes: Any) -> None:
        product = {"WA_API_VERSION": self.shape.version}
        if self.multiconnect:
            product |= {"WA_APP_MULTICONNECT": "1", "WA_SHARDS": str(self.shape.shards)}
        manifest = workload(kind, name, image, str(self.folder), environment={**product, **environment}, **changes)
        create = "create_namespaced_deployment" if kind == "Deployment" else "create_namespaced_stateful_set"
        getattr(self.apps, create)(self.name, manifest)

    def down(self) -> None:
        remove(self.core, self.engine, self.name)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- looking

    def read(self, name: str) -> Any:
        """A workload, as the API server has it."""
        kind = next((entry["kind"] for entry in self.workloads if entry["name"] == name), "Deployment")
        read = "read_namespaced_deployment" if kind == "Deployment" else "read_namespaced_stateful_set"
        return getattr(self.apps, read)(name, self.name)

    def ready(self, name: str) -> bool:
        found = self.read(name)
        return bool(found.status.ready_replicas == found.spec.replicas == found.status.updated_replicas)

    def generations(self) -> dict[str, int]:
        """How many times each workload was given a new specification: a rollout is one more."""
        return {entry["name"]: self.read(entry["name"]).metadata.generation for entry in self.workloads}

    def pods(self, name: str) -> list[Any]:
        return list(self.core.list_namespaced_pod(self.name, label_selector=f"name={name}").items)

    def uids(self) -> dict[str, set[str]]:
        return {entry["name"]: {pod.metadata.uid for pod in self.pods(entry["name"])} for entry in self.workloads}

    def started(self) -> dict[str, str]:
        return {uid: name for name, uids in self.uids().items() for uid in uids}

    def running(self) -> list[str]:
        """The emulator's nodes that run; it remembers those of removed pods too."""
        return [str(node["name"]) for node in self.client().nodes() if node["running"]]

    # -- changing

    def patch(self, name: str, spec: dict[str, Any]) -> None:
        kind = next(entry["kind"] for entry in self.workloads if entry["name"] == name)
        patch = "patch_namespaced_deployment" if kind == "Deployment" else "patch_namespaced_stateful_set"
        getattr(self.apps, patch)(name, self.name, {"spec": spec})

    def configure_pods(self, config: str) -> None:
        """The options of the emulated client for pods that start from now on."""
        self.core.patch_namespaced_config_map(SETTINGS_MAP, self.name, {"data": {"config": config}})


def sweep(engine: docker.DockerClient, is_over: Callable[[], bool]) -> None:
    """Removes what is left of ended pods as soon as they have ended, until `is_over`.

    A pod goes when the kubelet has collected its sandbox, which it does once a minute.
    """
    ended = {"status": "exited", "label": SANDBOX}
    while not is_over():
        for sandbox in engine.containers.list(all=True, filters=ended, ignore_removed=True):
            with contextlib.suppress(docker.errors.APIError):  # the kubelet has been faster
                sandbox.remove()
        time.sleep(0.5)


@contextmanager
def swept() -> Iterator[None]:
    """In the background; with a connection of its own, as several threads must not share one."""
    engine, over = docker.from_env(), threading.Event()
    thread = threading.Thread(target=sweep, args=(engine, over.is_set))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        engine.close()


def remove(core: Any, engine: docker.DockerClient, name: str) -> None:
    """Removes the namespace with all in it, and returns when also the engine has nothing of it left."""
    try:
        core.delete_namespace(name)
    except kubernetes.client.ApiException as error:
        if error.status != 404:
            raise
    end = time.monotonic() + 120
    while any(one.metadata.name == name for one in core.list_namespace().items):
        assert time.monotonic() < end, f"namespace {name} is still there"
        time.sleep(0.5)
    # What is left of removed pods would be collected some time later.
    for container in engine.containers.list(all=True, filters={"label": f"{NAMESPACE_LABEL}={name}"}):
        container.remove(force=True)


def main() -> None:
    """Brings up a Multiconnect client and writes how it is reached to a state file; or takes down what that names.

    `sweep` works until the state file is gone, see there.
    """
    parser = argparse.ArgumentParser(prog="engines.kubernetes_cluster", description=main.__doc__)
    parser.add_argument("step", choices=["up", "down", "sweep"])
    parser.add_argument("state", type=Path)
    options = parser.parse_args()
    state: Path = options.state.resolve()
    if options.step == "sweep":
        end = time.monotonic() + LONGEST_SWEEP
        sweep(docker.from_env(), lambda: not state.exists() or time.monotonic() > end)
        return
    known = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    name = known.get("name") or f"wabiz-{uuid.uuid4().hex[:8]}"
    cluster = KubernetesCluster(docker.from_env(), name, state.parent, Shape("multiconnect", coreapps=2, shards=1))
    if options.step == "down":
        cluster.down()
        cluster.ca_path.unlink(missing_ok=True)
        state.unlink(missing_ok=True)
        return
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps({"name": name}), encoding="utf-8")  # so that `down` finds what `up` could not complete
    cluster.up()
    reached = {"api_url": cluster.api_url, "username": cluster.username, "password": cluster.password}
    values = {"name": name, "ca_path": str(cluster.ca_path), "variables": cluster.variables(), **reached}
    state.write_text(json.dumps(values), encoding="utf-8")


if __name__ == "__main__":
    main()
