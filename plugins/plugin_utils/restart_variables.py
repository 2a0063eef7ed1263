# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles that say how a restart is done, checked before the first request of a run.

Pure look-ups among a host's variables: no template is evaluated that the run does not need, so that a fleet with nothing to
do pays nothing for it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.wabiz.onprem.plugins.module_utils._common.suggestions import nearest
from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless

STRATEGIES = ("docker", "kubernetes", "command")
NUMBERS = {
    "coreapp_wait_timeout": 0,
    "coreapp_wait_interval": 1,
    "coreapp_start_timeout": 1,
    "coreapp_stop_timeout": 0,
    "coreapp_lease_seconds": 1,
    "coreapp_lease_wait": 0,
    "coreapp_minimum_uptime": 0,
}
PREFIXES = (
    "coreapp_",
    "campaign_mode_",
    "application_settings_",
    "wabiz_onprem_",
    "campaign_status_",
    "campaign_sweep_",
)
# Every public variable of the roles and playbooks; a test compares it with their documentation.
KNOWN = frozenset(
    {
        *NUMBERS,
        "application_settings_allow_webhook_loss",
        "application_settings_desired",
        "application_settings_reset",
        "campaign_mode_after",
        "campaign_mode_missing",
        "campaign_mode_name",
        "campaign_mode_planned_end",
        "campaign_status_check_nodes",
        "campaign_status_client",
        "campaign_status_fail_at",
        "campaign_status_fleet",
        "campaign_status_found",
        "campaign_status_hook",
        "campaign_status_html",
        "campaign_status_json",
        "campaign_status_long_after",
        "campaign_status_mode",
        "campaign_status_show",
        "campaign_status_table",
        "campaign_status_timeout",
        "campaign_sweep_found",
        "campaign_sweep_hook",
        "coreapp_command_host",
        "coreapp_docker_filters",
        "coreapp_docker_hosts",
        "coreapp_docker_image",
        "coreapp_force",
        "coreapp_found",
        "coreapp_hook_after_node",
        "coreapp_hook_before_node",
        "coreapp_kubernetes_context",
        "coreapp_kubernetes_host",
        "coreapp_kubernetes_kubeconfig",
        "coreapp_kubernetes_namespace",
        "coreapp_kubernetes_workloads",
        "coreapp_node",
        "coreapp_node_details",
        "coreapp_nodes",
        "coreapp_restart",
        "coreapp_restart_command",
        "coreapp_restarted",
        "coreapp_started_command",
        "coreapp_strategy",
        "wabiz_onprem_allow_webhook_loss",
        "wabiz_onprem_api_key",
        "wabiz_onprem_api_url",
        "wabiz_onprem_ca_path",
        "wabiz_onprem_collect",
        "wabiz_onprem_first_contact_timeout",
        "wabiz_onprem_hosts",
        "wabiz_onprem_in_process",
        "wabiz_onprem_ledger",
        "wabiz_onprem_max_fail_percentage",
        "wabiz_onprem_password",
        "wabiz_onprem_reset",
        "wabiz_onprem_retry_timeout",
        "wabiz_onprem_serial",
        "wabiz_onprem_settings",
        "wabiz_onprem_show",
        "wabiz_onprem_state_host",
        "wabiz_onprem_timeout",
        "wabiz_onprem_token",
        "wabiz_onprem_username",
        "wabiz_onprem_validate_certs",
    }
)

# What the steps of a restart register, in role coreapp.
STEPS = ("coreapp__restart", "coreapp__plan", "coreapp__next")

Templated = Callable[[Any], Any]  # evaluates a template


def misspelt(variables: Mapping[str, Any]) -> list[str]:
    """Warnings for variables that look like a misspelt one of the collection's."""
    warnings = []
    for name in variables:
        if isinstance(name, str) and name.startswith(PREFIXES) and name not in KNOWN and "__" not in name:
            known = nearest(name, KNOWN)
            if known and known not in ("coreapp_node", "coreapp_nodes"):
                warnings.append(f"The variable {harmless(name, 80)} is not known. Did you mean {known}?")
    return warnings


def has_failed(variables: Mapping[str, Any]) -> bool:
    """Whether a restart of this host has failed in this run."""
    results = [variables.get(name) for name in STEPS]
    return any(isinstance(one, Mapping) and bool(one.get("failed") or one.get("unreachable")) for one in results)


def problem(variables: Mapping[str, Any], templated: Templated) -> str:
    """What is wrong with the restart settings of a host, in one sentence; empty if nothing is."""
    when = templated(variables.get("coreapp_restart", "now"))
    if when not in ("now", "defer"):
        return f"coreapp_restart must be now or defer, not {harmless(when, 40)}."
    if when == "defer":
        return ""
    for name, least in NUMBERS.items():
        wrong = _wrong_number(templated(variables.get(name, least)), least)
        if wrong:
            return f"{name} must be a number of seconds, at least {least}, not {harmless(wrong, 40)}."
    strategy = templated(variables.get("coreapp_strategy", "docker"))
    if not isinstance(strategy, str) or (strategy not in STRATEGIES and "/" not in strategy):
        known = nearest(strategy, STRATEGIES)
        hint = f" Did you mean {known}?" if known else ""
        choices = "docker, kubernetes, command or the path of a folder"
        return f"coreapp_strategy must be {choices}, not {harmless(strategy, 40)}.{hint}"
    wrong = _own_strategy(strategy) if "/" in strategy else CHECKS[strategy](variables, templated)
    return wrong or _hooks(variables, templated)


def _hooks(variables: Mapping[str, Any], templated: Templated) -> str:
    """A hook that cannot be included, noticed only after the write otherwise. A path that depends on the node is left out."""
    for name in ("coreapp_hook_before_node", "coreapp_hook_after_node"):
        if "coreapp_" in str(variables.get(name, "")):
            continue
        path = templated(variables.get(name, ""))
        if not isinstance(path, str):
            return f"{name} must be the absolute path of a task file."
        if path and not os.path.isabs(path):
            return f"{name} must be the absolute path of a task file, for example {{{{ playbook_dir }}}}/{harmless(path, 200)}."
        if path and not os.path.isfile(path):
            return f"The file {harmless(path, 200)} of {name} does not exist."
    return ""


def _wrong_number(value: Any, least: int) -> str:
    if isinstance(value, bool):
        return str(value)
    try:
        return "" if float(value) >= least else str(value)
    except (TypeError, ValueError, OverflowError):
        return str(value) or "empty"


def _own_strategy(folder: str) -> str:
    absent = [name for name in ("find.yml", "restart_node.yml") if not os.path.isfile(os.path.join(folder, name))]
    if os.path.isabs(folder) and absent:
        return f"The folder {harmless(folder, 200)} of coreapp_strategy has no {' and no '.join(absent)}."
    return ""


def _docker(variables: Mapping[str, Any], templated: Templated) -> str:
    hosts = templated(variables.get("coreapp_docker_hosts", ["-"]))
    if not isinstance(hosts, (list, tuple)) or not hosts or not all(isinstance(one, str) and one for one in hosts):
        return "coreapp_docker_hosts must be a list of inventory hosts."
    if not isinstance(templated(variables.get("coreapp_docker_filters", {})), Mapping):
        return (
            "coreapp_docker_filters must be a dictionary, as containers_filters of community.docker.docker_host_info."
        )
    return ""


def _kubernetes(variables: Mapping[str, Any], templated: Templated) -> str:
    workloads = templated(variables.get("coreapp_kubernetes_workloads", []))
    example = "for example [{kind: Deployment, name: whatsapp-coreapp}]"
    if not isinstance(workloads, (list, tuple)) or not workloads:
        return f"coreapp_kubernetes_workloads must be given for the strategy kubernetes, {example}."
    for one in workloads:
        if not isinstance(one, Mapping) or not one.get("name") or one.get("kind") not in ("Deployment", "StatefulSet"):
            return f"coreapp_kubernetes_workloads must be a list of workloads with kind and name, {example}."
    return ""


def _command(variables: Mapping[str, Any], templated: Templated) -> str:
    nodes = templated(variables.get("coreapp_nodes", []))
    if not isinstance(nodes, (list, tuple)) or not nodes:
        return "coreapp_nodes must be given for the strategy command, for example [{name: wacore1}]."
    if not all(isinstance(one, Mapping) and one.get("name") not in (None, "") for one in nodes):
        return "coreapp_nodes must be a list of dictionaries with a name, for example [{name: wacore1}]."
    for name in ("coreapp_restart_command", "coreapp_started_command"):
        command = variables.get(name, [])
        if not command or isinstance(command, Mapping):
            return f"{name} must be given for the strategy command, as a list of program and arguments."
    return ""


CHECKS = {"docker": _docker, "kubernetes": _kubernetes, "command": _command}
