# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts one node, or starts it, and returns the proof of its start."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.module_utils._engines import command, docker, kubernetes
from ansible_collections.wabiz.onprem.plugins.module_utils._engines.nodes import FoundNode
from ansible_collections.wabiz.onprem.plugins.plugin_utils.running import (
    KUBERNETES_OPTIONS,
    LONGEST_PAUSE,
    MISSHAPEN,
    EngineAction,
    Values,
    not_understood,
    polls,
)

HTTP_RESERVE = 60  # seconds that the call to the engine may last longer than the stop
FLAKY = 5.0  # seconds at least for which a container has to stay up that the engine has had to start again
POLLS_OF_WORKLOAD = 4  # of its pods for each one at the workload
ENGINE_BACK = 60.0  # seconds in which an engine that does not respond may come back


class ActionModule(EngineAction):
    OPTIONS: ClassVar[dict[str, dict[str, Any]]] = {
        "strategy": {"type": "str", "choices": ["docker", "kubernetes", "command"], "required": True},
        "node": {"type": "dict", "required": True},
        "restart_id": {"type": "str", "default": ""},
        "stop_timeout": {"type": "int"},
        "timeout": {"type": "int", "default": 600},
        "stays_up": {"type": "float", "default": 0.0},
        **KUBERNETES_OPTIONS,
        "restart_command": {"type": "list", "elements": "str", "default": []},
        "started_command": {"type": "list", "elements": "str", "default": []},
    }

    def perform(self) -> Values:
        self.node, self.changed = FoundNode.from_values(self.params["node"]), False
        self.up_since = float("inf")  # on this machine's clock: when it was first seen started, or never
        problem = self.wrong_connection()
        if problem:
            return self._failed(problem)
        if self._task.check_mode:
            return self._result(replace(self.node, started=""), changed=True)
        strategies = {"docker": self._docker, "kubernetes": self._kubernetes, "command": self._command}
        try:
            return strategies[self.params["strategy"]]()
        except MISSHAPEN as error:
            return self._failed(not_understood(error))

    @property
    def subject(self) -> str:
        """The node without the name of the client's own machine, which comes before it anyway."""
        prefix, name = f"{self.variables.get('inventory_hostname')}/", self.node.name
        return name[len(prefix) :] if name.startswith(prefix) else name

    def _result(self, node: FoundNode, problem: str = "", changed: bool | None = None) -> Values:
        return {
            "changed": self.changed if changed is None else changed,
            "name": self.node.name,
            "started": node.started,
            "runs": node.runs,
            "state": node.state,
            "health": node.health,
            "report_ids": list(node.report_ids),
            "up_seconds": round(max(0.0, time.monotonic() - self.up_since), 3),
            "problem": problem,
        }

    def _failed(self, problem: str) -> Values:
        return self._result(replace(self.node, started="", state="unknown", health=""), problem)

    # -- docker

    def _docker(self) -> Values:
        container, problem = self._restarted(str(self.node.details.get("id") or ""))
        if container is None:
            return self._failed(problem)
        self.phase = "checking that it stays up"
        container, problem = self._stays_up(container)
        now = docker.look(container)
        if not problem and self.node.started == now.started:
            problem = "its start time has not changed; the engine has not restarted it"
        node = replace(
            self.node,
            started=now.started,
            state=now.state,
            health=now.health,
            report_ids=docker.report_ids(container),
        )
        return self._result(node, problem)

    def _restarted(self, number: str) -> tuple[Mapping[str, Any] | None, str]:
        """The container after its restart, by one call to the engine.

        By id and without an image: whatever the tag names by now, the container stays what it is. The engine stops it and
        then starts it, also when this run dies in the meantime; so a single instance never runs twice, nor stays stopped.
        """
        answer = self._restart_call(number)
        if isinstance(answer.get("container"), Mapping):
            return answer["container"], ""
        if docker.is_gone(answer):
            return self._anew()
        problem = docker.why_not(answer)
        if answer.get("unreachable") or "did not respond" not in problem:
            return None, f"the container was not restarted: {problem}"
        return self._after_silence(number, problem)

    def _restart_call(self, number: str) -> Values:
        self.phase = "starting" if self.node.stopped else "stopping"
        seconds = docker.grace(self.params["stop_timeout"], self.node.details.get("stop_timeout"))
        options = {
            "name": number,
            "state": "started",
            "restart": True,
            "stop_timeout": seconds,
            "timeout": seconds + HTTP_RESERVE,  # the connection to the engine must outlive the stop
            "comparisons": {"*": "ignore"},
        }
        answer = self.write("community.docker.docker_container", options)
        if isinstance(answer.get("container"), Mapping):  # otherwise it may start at any time, or not at all
            self.up_since = time.monotonic()
        self.changed = self.changed or bool(answer.get("changed"))
        return answer

    def _after_silence(self, number: str, problem: str) -> tuple[Mapping[str, Any] | None, str]:
        """The engine was restarted or is busy: what came of the call is seen when it responds again."""
        self.phase = "waiting until the engine responds"
        for _left in polls(min(ENGINE_BACK, self.params["timeout"])):
            answer = self._inspect(number)
            if docker.is_gone(answer):
                return self._anew()
            if isinstance(answer.get("container"), Mapping):
                now = docker.look(answer["container"])
                if now.running and now.started != self.node.started:
                    self.changed = True
                    return answer["container"], ""
                again = self._restart_call(number)
                container = again.get("container")
                return (container, "") if isinstance(container, Mapping) else (None, docker.why_not(again))
        return None, f"the container was not restarted: {problem}"

    def _anew(self) -> tuple[Mapping[str, Any] | None, str]:
        """The container that has taken the place of one that was removed. Its start is later, and so is enough."""
        name = self.node.name.rpartition("/")[2]
        answer = self._inspect(name)
        container = answer.get("container")
        if not isinstance(container, Mapping):
            gone = "the container was removed, and there is none of the same name"
            return None, gone if docker.is_gone(answer) else docker.why_not(answer)
        if not docker.is_same_place(container, self.node.details):
            return None, "the container was removed, and the one of the same name is not of this client"
        if docker.look(container).running:
            return container, ""
        again = self._restart_call(str(container.get("Id")))
        container = again.get("container")
        return (container, "") if isinstance(container, Mapping) else (None, docker.why_not(again))

    def _stays_up(self, container: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
        """One check after the start, and more only while the engine has to start the container again."""
        earlier, end = docker.look(container), time.monotonic() + self.params["timeout"]
        silent_until = end
        while True:
            time.sleep(
                max(self.params["stays_up"], FLAKY if earlier.restarts or earlier.state == "restarting" else 0.0)
            )
            answer = self._inspect(earlier.id)
            if not isinstance(answer.get("container"), Mapping):
                if docker.is_gone(answer):
                    return container, "the container is gone"
                silent_until = min(silent_until, time.monotonic() + ENGINE_BACK)
                if answer.get("unreachable") or time.monotonic() >= silent_until:
                    return container, docker.why_not(answer)
                time.sleep(LONGEST_PAUSE)
                continue
            container = answer["container"]
            now = docker.look(container)
            if now.started != earlier.started:
                self.up_since = time.monotonic()
            if docker.stays_up(earlier, now):
                return container, ""
            if now.is_over or now.state == "paused" or time.monotonic() > end:
                # an engine shows no exit code of a container that it has just started again
                return container, docker.why_down(replace(now, exit_code=now.exit_code or earlier.exit_code))
            self.phase = f"starting, the engine has started it again {now.restarts} times"
            earlier = replace(now, exit_code=now.exit_code or earlier.exit_code)

    def _inspect(self, name: str) -> Values:
        return self.read("community.docker.docker_container_info", {"name": name})

    # -- kubernetes

    def _kubernetes(self) -> Values:
        self.workload: Mapping[str, Any] = {}
        self.pods: list[Mapping[str, Any]] = []
        self.trouble, self.polls, self.done = "", 0, False
        problem = self._patch()
        if problem:
            return self._failed(problem)
        self.poll(self.params["timeout"], self._rollout_is_over, longest=1.0)
        node = replace(
            self.node,
            started=kubernetes.proof(self.params["restart_id"]) if self.done else "",
            state="running" if self.done else "rolling out",
            health="healthy" if self.done else "starting",
            report_ids=kubernetes.report_ids(self.pods),
            runs=kubernetes.runs(self.pods) if self.done else "",
        )
        return self._result(node, "" if self.done else self.trouble or self._unfinished())

    def _patch(self) -> str:
        """Puts this restart into the pod template. Nothing changes where it is there already."""
        self.phase = "rolling out"
        kind, restart_id = str(self.node.details.get("kind")), self.params["restart_id"]
        if not restart_id:
            return "there is no restart to roll it out for (restart_id is empty)"
        options = {"state": "patched", "definition": kubernetes.patch(restart_id)}
        answer = self.write("kubernetes.core.k8s", {**self._of_workload(), **options})
        if not isinstance(answer.get("result"), Mapping):
            right = f"get and patch {kind.lower()}s in this namespace"
            return kubernetes.rejection(answer, "patch its pod template", right)
        if not answer.get("method") and not answer["result"]:
            return "it does not exist any more"
        self.changed, self.workload = bool(answer.get("changed")), answer["result"]
        return ""

    def _rollout_is_over(self) -> bool:
        """One wait for all: the new pods are ready, and none of the previous start is left. The pods say so themselves.

        The workload is read from time to time, as its template may be changed by others, or where it waits longer than
        until its pods are ready.
        """
        restart_id, self.polls = self.params["restart_id"], self.polls + 1
        if not self._read_pods():
            return self._in_vain()
        self.phase = f"rolling out, {kubernetes.progress_of_pods(self.workload, self.pods, restart_id)}"
        new = kubernetes.all_new(self.workload, self.pods, restart_id)
        if new and not kubernetes.waits_after_ready(self.workload):
            self.done = True
        elif new or self.polls % POLLS_OF_WORKLOAD == 0:
            if not self._read_workload():
                return self._in_vain() or not self.workload
            self.done = new and kubernetes.is_complete(self.workload, self.pods, restart_id)
            if not kubernetes.is_marked(self.workload, restart_id):
                self.trouble = "its pod template was changed by others, and does not hold this restart any more"
                return True
        return self.done

    def _in_vain(self) -> bool:
        """Whether there is no use in asking again."""
        return any(words in self.trouble for words in ("lacks the right", "unreachable"))

    def _read_workload(self) -> bool:
        answer = self.read("kubernetes.core.k8s_info", self._of_workload())
        if not isinstance(answer.get("resources"), list):
            right = f"get {str(self.node.details.get('kind')).lower()}s in this namespace"
            self.trouble = kubernetes.rejection(answer, f"read {harmless(self.node.name, 80)}", right)
            return False
        self.workload = answer["resources"][0] if answer["resources"] else {}
        self.trouble = "" if self.workload else "it does not exist any more"
        return bool(self.workload)

    def _read_pods(self) -> bool:
        options = {
            "kind": "Pod",
            "label_selectors": [self.node.details.get("selector") or kubernetes.selector(self.workload)],
            "hidden_fields": kubernetes.HIDDEN_OF_PODS,
        }
        answer = self.read("kubernetes.core.k8s_info", {**options, **self._api()})
        if not isinstance(answer.get("resources"), list):
            self.trouble = kubernetes.rejection(answer, "read its pods", "list pods in this namespace")
            return False
        self.trouble, self.pods = "", answer["resources"]
        return True

    def _unfinished(self) -> str:
        seconds, restart_id = self.params["timeout"], self.params["restart_id"]
        if not self._read_workload() or not self._read_pods():
            return self.trouble
        if kubernetes.is_rolled_out(self.workload) and kubernetes.stale(self.pods, restart_id):
            return kubernetes.left_over(self.pods, restart_id, seconds)
        return kubernetes.unfinished(self.workload, self.pods, seconds)

    def _of_workload(self) -> Values:
        details = self.node.details
        return {
            "api_version": "apps/v1",
            "kind": details.get("kind"),
            "name": details.get("name"),
            "hidden_fields": kubernetes.HIDDEN_OF_WORKLOADS,
            **self._api(),
        }

    def _api(self) -> Values:
        return {key: self.params[key] for key in ("namespace", "kubeconfig", "context")}

    # -- command

    def _command(self) -> Values:
        if not self.params["restart_command"] or not self.params["started_command"]:
            return self._failed(
                "coreapp_restart_command and coreapp_started_command must be given for the strategy command"
            )
        self.phase = "running coreapp_restart_command"
        answer = self.command(self.params["restart_command"])
        self.changed = not answer.get("unreachable")
        problem = command.failure(answer, "coreapp_restart_command")
        if problem:
            return self._failed(problem)
        self.phase = "waiting until coreapp_started_command prints another start"
        self.answer: Values = {}
        if self.poll(self.params["timeout"], self._started_anew):
            return self._result(replace(self.node, started=command.started(self.answer), state="running", health=""))
        problem = command.failure(self.answer, "coreapp_started_command")
        reason = f": {problem}" if problem else ""
        return self._failed(f"coreapp_started_command prints no new start after {self.params['timeout']} s{reason}")

    def _started_anew(self) -> bool:
        self.answer = self.command(self.params["started_command"])
        return command.is_new_start(self.answer, self.node.started)
