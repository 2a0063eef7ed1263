# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what may be the nodes of a client on one machine or cluster. Reads alone, in check mode as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible.template import Templar

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.module_utils._engines import command, docker, kubernetes
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.nodes import ROLES, FoundNode
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import plain
from ansible_collections.wabiz.onprem.plugins.plugin_utils.running import (
    KUBERNETES_OPTIONS,
    MISSHAPEN,
    EngineAction,
    Values,
    not_understood,
)

ROLE: dict[str, Any] = {"type": "str", "choices": list(ROLES), "default": "coreapp"}
NAME: dict[str, Any] = {"type": "str", "required": True}


class ActionModule(EngineAction):
    OPTIONS: ClassVar[dict[str, dict[str, Any]]] = {
        "strategy": {"type": "str", "choices": ["docker", "kubernetes", "command"], "required": True},
        "health": {"type": "dict", "default": {}},
        "restart_id": {"type": "str", "default": ""},
        "purpose": {"type": "str", "choices": ["restart", "check"], "default": "restart"},
        "previous": {"type": "dict", "default": {}},
        "image": {"type": "str", "default": docker.IMAGE},
        "filters": {"type": "dict", "default": {}},
        **KUBERNETES_OPTIONS,
        "workloads": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {"kind": dict(NAME, choices=list(kubernetes.KINDS)), "name": NAME, "role": ROLE},
        },
        "nodes": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "name": NAME,
                "role": ROLE,
                "health_key": {"type": "str", "default": ""},
                "host": {"type": "str", "default": ""},
            },
        },
        "started_command": {"type": "dict"},
    }

    def perform(self) -> Values:
        previous = self.params["previous"]
        self.found = [FoundNode.from_values(values) for values in previous.get("nodes") or ()]
        self.engines: dict[str, str] = dict(previous.get("engines") or {})
        # a machine that could not be asked has left no problem of its own
        lost = harmless(previous.get("msg") or "the nodes of another machine could not be found", 300)
        problems = [previous.get("problem") or (lost if previous.get("failed") or previous.get("unreachable") else "")]
        strategies = {"docker": self._docker, "kubernetes": self._kubernetes, "command": self._command}
        try:
            problems.append(self.wrong_connection() or strategies[self.params["strategy"]]())
        except MISSHAPEN as error:
            problems.append(not_understood(error))
        return {
            "changed": False,
            "nodes": [node.as_values() for node in self.found],
            "engines": self.engines,
            "problem": "; ".join(one for one in problems if one),
        }

    # -- docker

    def _docker(self) -> str:
        self.phase = f"asking the Docker Engine of machine {self.host} for its containers"
        options = {"containers": True, "containers_all": True, "containers_filters": self.params["filters"]}
        listed = self.read("community.docker.docker_host_info", options)
        if not isinstance(listed.get("containers"), list):
            return f"the Docker Engine of machine {harmless(self.host, 80)}: {docker.why_not(listed)}"
        engine = str((listed.get("host_info") or {}).get("ID") or "")
        inspected, problem = self._inspected(docker.candidates(listed["containers"], self.params["image"]))
        if problem:
            return problem
        self.engines.setdefault(engine, self.host)
        self.found += docker.found_nodes(inspected, self.host, engine, self.params["image"], self.params["filters"])
        return ""

    def _inspected(self, ids: list[str]) -> tuple[list[Mapping[str, Any]], str]:
        """The containers that were not found before: an engine may be asked under two names, which a container's id shows.

        The id of the engine itself would not do, as copied machines have the same one. A container that was removed
        between the two reads is no node any more.
        """
        before = {node.details.get("id") for node in self.found}
        inspected: list[Mapping[str, Any]] = []
        for number in ids:
            if number in before:
                continue
            answer = self.read("community.docker.docker_container_info", {"name": number})
            if isinstance(answer.get("container"), Mapping):
                inspected.append(answer["container"])
            elif not docker.is_gone(answer):
                return [], f"container {number[:12]} of machine {harmless(self.host, 80)}: {docker.why_not(answer)}"
        return inspected, ""

    # -- kubernetes

    def _kubernetes(self) -> str:
        workloads = self.params["workloads"]
        if not workloads:
            return "coreapp_kubernetes_workloads must be given for the strategy kubernetes"
        engine = f"kubernetes/{self.params['namespace']}"
        self.engines.setdefault(engine, self.host)
        single = kubernetes.is_single([one["role"] for one in workloads], self.params["health"].get("single"))
        for entry in workloads:
            problem = self._workload(entry, single, engine)
            if problem:
                return problem
        return ""

    def _workload(self, entry: Mapping[str, Any], single: bool, engine: str) -> str:
        kind, name, namespace = entry["kind"], entry["name"], self.params["namespace"]
        if kubernetes.node_name(kind, name) in {node.name for node in self.found}:
            return ""
        shown = f"{kind} {harmless(name, 80)} in namespace {harmless(namespace, 80)}"
        self.phase = f"asking the API server for {shown}"
        api = {key: self.params[key] for key in ("namespace", "kubeconfig", "context")}
        options = {
            "api_version": "apps/v1",
            "kind": kind,
            "name": name,
            "hidden_fields": kubernetes.HIDDEN_OF_WORKLOADS,
        }
        answer = self.read("kubernetes.core.k8s_info", {**options, **api})
        if not isinstance(answer.get("resources"), list):
            return kubernetes.rejection(answer, f"read {shown}", f"get {kind.lower()}s in this namespace")
        if not answer["resources"]:
            return f"{shown} does not exist; check coreapp_kubernetes_workloads and coreapp_kubernetes_namespace"
        workload = answer["resources"][0]
        obstacle = kubernetes.obstacle(workload, single, len(self.params["workloads"]))
        if obstacle and self.params["purpose"] == "restart":
            return f"{shown} {obstacle}"
        options = {
            "kind": "Pod",
            "label_selectors": [kubernetes.selector(workload)],
            "hidden_fields": kubernetes.HIDDEN_OF_PODS,
        }
        pods = self.read("kubernetes.core.k8s_info", {**options, **api})
        if not isinstance(pods.get("resources"), list):
            return kubernetes.rejection(pods, f"read the pods of {shown}", "list pods in this namespace")
        self.found.append(
            kubernetes.found_node(entry, workload, pods["resources"], self.params["restart_id"], self.host, engine)
        )
        return ""

    # -- command

    def _command(self) -> str:
        commands = self._started_commands()
        without = [node["name"] for node in self.params["nodes"] if not commands.get(node["name"])]
        if not self.params["nodes"] or without:
            return "coreapp_nodes, coreapp_restart_command and coreapp_started_command must be given for the strategy command"
        for node in self.params["nodes"]:
            self.phase = f"running coreapp_started_command for {harmless(node['name'], 80)}"
            answer = self.command(commands[node["name"]])
            problem = "" if command.is_stopped(answer) else command.failure(answer, "coreapp_started_command")
            if problem:
                return f"node {harmless(node['name'], 80)}: {problem}"
            self.found.append(command.found_node(node, answer, self.host))
        return ""

    def _started_commands(self) -> dict[str, list[str]]:
        """Per node; by default the variable coreapp_started_command, in which coreapp_node is the node's name."""
        given = self.params["started_command"]
        if given is not None:
            return {str(name): [str(part) for part in argv] for name, argv in given.items()}
        text = self.variables.get("coreapp_started_command")
        commands = {}
        for node in self.params["nodes"]:
            variables = {**self.variables, "coreapp_node": node["name"]}
            argv = plain(Templar(loader=self._loader, variables=variables).template(text))
            commands[node["name"]] = [str(part) for part in argv or ()]
        return commands
