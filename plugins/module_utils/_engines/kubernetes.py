# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What an API server of Kubernetes says of workloads and their pods, as nodes and messages.

A node is a workload. Its proof of a start is the restart that its pods were made for: an annotation of the pod template
with the id of the restart. Times of pods would not do, as they move when a single pod is replaced for another reason.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common.text import harmless
from .nodes import FoundNode, joined

ANNOTATION = "wabiz.onprem/restart"
KINDS = ("Deployment", "StatefulSet")
# A pod template holds the password of the database; so does the copy of a manifest in an annotation.
HIDDEN_OF_WORKLOADS = ["spec.template.spec", "metadata.annotations", "metadata.managedFields"]
HIDDEN_OF_PODS = ["spec", "metadata.managedFields"]
Object = Mapping[str, Any]
_REASON = re.compile(r'\\?"reason\\?":\s*\\?"(\w+)\\?"|Reason:\s*(\w+)|\b(Forbidden|Unauthorized|NotFound)\b')


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _map(value: Any, *path: str) -> Mapping[str, Any]:
    found = _at(value, *path)
    return found if isinstance(found, Mapping) else {}


def _list(value: Any, *path: str) -> Sequence[Any]:
    found = _at(value, *path)
    return found if isinstance(found, list) else []


def _count(value: Any, *path: str) -> int:
    found = _at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0  # zero is left out of a status


# -- the selector of a workload's pods


def selector(workload: Object) -> str:
    """As the API takes it."""
    terms = [f"{key}={value}" for key, value in sorted(_map(workload, "spec", "selector", "matchLabels").items())]
    for one in _list(workload, "spec", "selector", "matchExpressions"):
        key, operator = str(one.get("key")), one.get("operator")
        values = ",".join(str(value) for value in one.get("values") or ())
        terms.append(
            {"Exists": key, "DoesNotExist": f"!{key}"}.get(str(operator), f"{key} {str(operator).lower()} ({values})")
        )
    return ",".join(terms)


# -- how far a rollout is


def wanted(workload: Object) -> int:
    replicas = _at(workload, "spec", "replicas")
    return replicas if isinstance(replicas, int) and not isinstance(replicas, bool) else 1


def is_marked(workload: Object, restart_id: str) -> bool:
    """Whether the pod template is the one of this restart."""
    annotations = _map(workload, "spec", "template", "metadata", "annotations")
    return bool(restart_id) and annotations.get(ANNOTATION) == restart_id


def patch(restart_id: str) -> Dict[str, Any]:
    """What rolls a workload out for this restart. With the same id a second time it changes nothing."""
    return {"spec": {"template": {"metadata": {"annotations": {ANNOTATION: restart_id}}}}}


def is_rolled_out(workload: Object) -> bool:
    """Whether all pods are of the present template and ready, as `kubectl rollout status` sees it."""
    status = _map(workload, "status")
    if not status or _count(status, "observedGeneration") < _count(workload, "metadata", "generation"):
        return False
    ready = _count(status, "readyReplicas")
    # A StatefulSet counts the available ones only on newer clusters.
    old = workload.get("kind") == "StatefulSet" and "availableReplicas" not in status
    available = ready if old else _count(status, "availableReplicas")
    counts = {_count(status, "replicas"), _count(status, "updatedReplicas"), ready, available}
    return counts == {wanted(workload)} and status.get("updateRevision") == status.get("currentRevision")


def stale(pods: Iterable[Object], restart_id: str) -> List[str]:
    """The pods that the workload's controller made, that have not ended and that are not of this restart."""
    return [
        pod_name(pod)
        for pod in pods
        if _list(pod, "metadata", "ownerReferences")
        and _at(pod, "status", "phase") not in ("Succeeded", "Failed")
        and (not restart_id or _map(pod, "metadata", "annotations").get(ANNOTATION) != restart_id)
    ]


def all_new(workload: Object, pods: Sequence[Object], restart_id: str) -> bool:
    """Whether the pods themselves say that the rollout is over: as many as wanted, all of this restart, all ready.

    The status of the workload adds nothing to that but ``minReadySeconds``.
    """
    live = [pod for pod in pods if _at(pod, "status", "phase") not in ("Succeeded", "Failed")]
    return (
        len(live) == wanted(workload)
        and not stale(pods, restart_id)
        and all(is_ready(pod) and not _at(pod, "metadata", "deletionTimestamp") for pod in live)
    )


def waits_after_ready(workload: Object) -> bool:
    return _count(workload, "spec", "minReadySeconds") > 0


def progress_of_pods(workload: Object, pods: Sequence[Object], restart_id: str) -> str:
    old = stale(pods, restart_id)
    new = [pod for pod in pods if pod_name(pod) not in old]
    ready = [pod for pod in new if is_ready(pod)]
    left = f", {len(old)} old ones left" if old else ""
    return f"of {wanted(workload)} pods {len(new)} are new, {len(ready)} of these ready{left}"


def is_complete(workload: Object, pods: Sequence[Object], restart_id: str) -> bool:
    return is_marked(workload, restart_id) and is_rolled_out(workload) and not stale(pods, restart_id)


def progress(workload: Object) -> str:
    status = _map(workload, "status")
    return (
        f"of {wanted(workload)} pods {_count(status, 'updatedReplicas')} are new, "
        f"{_count(status, 'readyReplicas')} ready"
    )


# -- pods


def pod_name(pod: Object) -> str:
    return str(_at(pod, "metadata", "name") or "")


def is_ready(pod: Object) -> bool:
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in _list(pod, "status", "conditions"))


def report_ids(pods: Iterable[Object]) -> Tuple[str, ...]:
    """How a health report may name the pods: by their names, or by the ids of their containers, cut short."""
    ids: List[str] = []
    for pod in pods:
        ids.append(pod_name(pod))
        for status in _list(pod, "status", "containerStatuses"):
            ids.append(str(status.get("containerID") or "").rpartition("//")[2][:12])
    return tuple(dict.fromkeys(one for one in ids if one))


def runs(pods: Iterable[Object]) -> str:
    """What runs, for comparison at any time: it differs once a pod was replaced or one of its containers has started again."""
    live = [
        [
            str(_at(pod, "metadata", "uid") or pod_name(pod)),
            sorted(
                "%s %s" % (one.get("containerID"), _at(one, "state", "running", "startedAt"))
                for one in _list(pod, "status", "containerStatuses")
                if isinstance(one, Mapping)
            ),
        ]
        for pod in pods
        if _at(pod, "status", "phase") not in ("Succeeded", "Failed") and not _at(pod, "metadata", "deletionTimestamp")
    ]
    digest = hashlib.sha256(json.dumps(sorted(live)).encode("utf-8")).hexdigest()
    return f"pods {digest[:32]}" if live else ""


def trouble(pods: Iterable[Object]) -> List[str]:
    """Each pod that is not ready, and what Kubernetes says of it."""
    return [f"pod {harmless(pod_name(pod), 80)}: {_why_not_ready(pod)}" for pod in pods if not is_ready(pod)]


def _why_not_ready(pod: Object) -> str:
    if _at(pod, "metadata", "deletionTimestamp"):
        return "an old one, still ending"
    containers = [*_list(pod, "status", "initContainerStatuses"), *_list(pod, "status", "containerStatuses")]
    reasons = [_at(one, "state", "waiting", "reason") for one in containers]
    reasons += [_at(one, "state", "terminated", "reason") for one in containers]
    reasons += [one.get("reason") for one in _list(pod, "status", "conditions") if one.get("type") == "PodScheduled"]
    shown = [harmless(reason, 60) for reason in dict.fromkeys(reasons) if reason]
    codes = [_at(one, "lastState", "terminated", "exitCode") for one in containers]
    shown += [f"last exit code {code}" for code in codes if isinstance(code, int)]
    return ", ".join(shown) or "runs, but is not ready"


# -- whether a workload can be restarted


def obstacle(workload: Object, single: bool, workloads: int) -> str:
    """What keeps a workload from being restarted one pod at a time; empty if nothing does.

    :arg single: whether the client is a single instance.
    :arg workloads: how many workloads the client has.
    """
    number = wanted(workload)
    if number == 0:
        return (
            "is scaled to zero and has no pod to restart; scale it up, or remove it from coreapp_kubernetes_workloads"
        )
    if _at(workload, "spec", "paused"):
        return "is paused (spec.paused), so that it does not roll out; resume it"
    if _at(workload, "spec", "updateStrategy", "type") == "OnDelete":
        return "has the update strategy OnDelete, so that it does not roll out by itself; set it to RollingUpdate"
    if _count(workload, "spec", "updateStrategy", "rollingUpdate", "partition") > 0:
        return "rolls out to only some of its pods (spec.updateStrategy.rollingUpdate.partition is not 0)"
    return _twice(workload, number, workloads) if single else _too_many_away(workload, number)


def _twice(workload: Object, number: int, workloads: int) -> str:
    """A single instance must never run twice: two of them ban each other."""
    if workload.get("kind") == "Deployment" and _at(workload, "spec", "strategy", "type") != "Recreate":
        return (
            "would start its new pod while the old one still runs, and this client is a single instance, two of which ban "
            "each other; set its spec.strategy.type to Recreate"
        )
    if number > 1:
        return f"has {number} replicas, and this client is a single instance, two of which ban each other"
    if workloads > 1:
        return "is not the only one, and this client is a single instance; leave one in coreapp_kubernetes_workloads"
    return ""


def max_unavailable(workload: Object) -> int:
    """How many pods of a rollout may be away at a time."""
    number = wanted(workload)
    if workload.get("kind") == "StatefulSet":
        given = _at(workload, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable")
        return 1 if given is None else max(1, _share(given, number, up=True))
    if _at(workload, "spec", "strategy", "type") == "Recreate":
        return number
    rolling = _map(workload, "spec", "strategy", "rollingUpdate")
    return _share(rolling.get("maxUnavailable", "25%"), number, up=False)


def _share(given: Any, number: int, up: bool) -> int:
    if isinstance(given, int):
        return given
    text = str(given)
    if not text.endswith("%") or not text[:-1].isdigit():
        return number  # what is not understood is not trusted
    product = int(text[:-1]) * number
    return -(-product // 100) if up else product // 100


def _too_many_away(workload: Object, number: int) -> str:
    away = min(max_unavailable(workload), number)
    if away <= 1:
        return ""
    if workload.get("kind") == "Deployment" and _at(workload, "spec", "strategy", "type") == "Recreate":
        return (
            f"would stop all its {number} pods at once (spec.strategy.type is Recreate); "
            "set it to RollingUpdate with maxUnavailable 1"
        )
    place = "strategy" if workload.get("kind") == "Deployment" else "updateStrategy"
    return (
        f"would take {away} of its {number} pods away at the same time; "
        f"set spec.{place}.rollingUpdate.maxUnavailable to 1"
    )


def is_single(roles: Iterable[str], reported: Optional[bool]) -> bool:
    """Where the client does not respond, its workloads show what it is: Multiconnect has masters."""
    return "master" not in roles if reported is None else reported


# -- the node


def found_node(
    entry: Object, workload: Object, pods: Sequence[Object], restart_id: str, host: str, engine: str
) -> FoundNode:
    """:arg entry: kind, name and role as the user lists them."""
    kind, name = str(entry["kind"]), str(entry["name"])
    rolled_out = is_rolled_out(workload)
    return FoundNode(
        name=node_name(kind, name),
        role=str(entry.get("role") or "coreapp"),
        started=f"pods of {restart_id}" if is_complete(workload, pods, restart_id) else "",
        running=rolled_out,
        state="running" if rolled_out else f"rolling out, {progress(workload)}",
        size=wanted(workload),
        host=host,
        engine=engine,
        report_ids=report_ids(pods),
        selected=True,
        health="healthy" if rolled_out else "starting",
        runs=runs(pods),
        details={
            "kind": kind,
            "name": name,
            "selector": selector(workload),
            "pods_named": f"{name}-",
            "uid": str(_at(workload, "metadata", "uid") or ""),
        },
    )


def node_name(kind: str, name: str) -> str:
    return f"{kind.lower()}/{name}"


def proof(restart_id: str) -> str:
    """The start of a workload that was restarted. It differs from the one of :func:`found_node`: a workload that is listed
    after it had rolled out for this restart is recorded with that one, and is to be done as well."""
    return f"rolled out for {restart_id}"


# -- words


def unfinished(workload: Object, pods: Sequence[Object], seconds: float) -> str:
    failure = [
        harmless(one.get("reason"), 60)
        for one in _list(workload, "status", "conditions")
        if one.get("type") == "ReplicaFailure" and one.get("reason")
    ]
    words = [f"after {seconds:.0f} s it has not rolled out: {progress(workload)}", *trouble(pods)[:4], *failure]
    return "; ".join(words) + _stuck(workload, pods)


def _stuck(workload: Object, pods: Sequence[Object]) -> str:
    """A known limit of Kubernetes: a StatefulSet waits for a pod that will never be ready, also with a new template."""
    if workload.get("kind") != "StatefulSet":
        return ""
    broken = [pod_name(pod) for pod in pods if not is_ready(pod) and not _at(pod, "metadata", "deletionTimestamp")]
    if not broken:
        return ""
    return (
        f". A StatefulSet does not replace a pod that has never become ready: after the image or the pod template is "
        f"repaired, delete {joined(broken, 3)}"
    )


def left_over(pods: Sequence[Object], restart_id: str, seconds: float) -> str:
    return f"after {seconds:.0f} s old pods are still there: {joined(stale(pods, restart_id))}"


def rejection(answer: Object, doing: str, right: str) -> str:
    """Why an API server did not do what it was asked. Only the reason is shown: the rest may hold the environment of pods.

    :arg doing: the verb phrase of the message.
    :arg right: what the account needs a right for.
    """
    message = str(answer.get("msg") or "")
    if answer.get("unreachable"):
        return f"could not {doing}: the machine is unreachable: {harmless(message)}"
    found = _REASON.search(message)
    reason = next((one for one in found.groups() if one), "") if found else ""
    if reason == "Forbidden":
        return f"could not {doing}: the account lacks the right to {right}"
    if reason == "Unauthorized":
        return f"could not {doing}: the API server does not accept the credentials; check coreapp_kubernetes_kubeconfig"
    if reason == "NotFound":
        return f"could not {doing}: it does not exist"
    if reason:
        return f"could not {doing}: the API server refuses it ({harmless(reason, 60)})"
    return f"could not {doing}: {_silence(message)}"


def _silence(message: str) -> str:
    """A module that breaks off has no message of its own, and what follows an HTTP response is not shown."""
    words = message.split("HTTP response", maxsplit=1)[0].strip()
    if not words or words.startswith("MODULE FAILURE") or "Traceback" in words or "HTTPSConnectionPool" in words:
        return (
            "the API server does not respond, or not with a certificate that can be trusted; "
            "check coreapp_kubernetes_kubeconfig and coreapp_kubernetes_context"
        )
    return harmless(words, 300)
