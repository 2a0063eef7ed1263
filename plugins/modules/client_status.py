#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: client_status
short_description: Return the status of a WhatsApp Business On-Premises client, and what is wrong with it
version_added: 1.0.0
description:
  - Reads the settings and the health of one client with one login, and its ledger, and evaluates them.
  - What is wrong with the client does not fail the task. It is a finding in RV(client), also if the client does not respond or
    rejects the login, and if its ledger cannot be read.
  - The task fails only if its own options are wrong.
  - M(wabiz.onprem.fleet_status) makes a table of the results of all clients. The playbook C(wabiz.onprem.campaign_status) runs both.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.ledger
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.info_module
  - wabiz.onprem.attributes.actiongroup_api
options:
  settings:
    description:
      - The settings that are declared for the client, as in the option O(wabiz.onprem.application_settings#module:settings).
      - Settings that differ are drift, except those that an active campaign holds. Settings that the client never shows are
        compared with what was sent last, and not compared without O(ledger).
      - A mistake among them is a finding. Everything else about the client is still returned.
    type: dict
  collect_messages:
    description:
      - Whether the garbage collection of messages is declared on or off, by the setting that the client's version has for it.
      - It can be given in O(settings) as well.
    type: bool
  long_after:
    description:
      - After how many days a campaign without a planned end is a warning.
    type: int
    default: 7
  check_nodes:
    description:
      - Whether to compare the starts of the nodes in O(found) with those that the ledger recorded when it confirmed what is in effect.
      - If a node has started since, C(in_effect) is null for this result, and C(doubt) names the node. The ledger is not changed.
      - Without O(ledger), nothing is compared.
    type: bool
    default: false
  found:
    description:
      - For O(check_nodes=true), the nodes as M(wabiz.onprem.coreapp_nodes) returns them.
      - If they are missing or could not be found, nothing is called in effect, and RV(client.findings) says why.
    type: dict
seealso:
  - module: wabiz.onprem.fleet_status
  - module: wabiz.onprem.application_settings_info
  - module: wabiz.onprem.health_info
"""

EXAMPLES = r"""
- name: Read the status of a client, without waiting for one that does not respond
  wabiz.onprem.client_status:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
    ledger: /var/lib/wabiz-onprem/client1.json
    settings:
      callback_persist: true
    timeout: 5
    retry_timeout: 0
  register: status

- name: Show what is wrong
  ansible.builtin.debug:
    msg: "{{ status.client.findings | map(attribute='text') }}"
"""

RETURN = r"""
client:
  description: What is known about the client. What is not known is V(null).
  returned: success
  type: dict
  contains:
    api_url:
      description: The client's URL, without anything secret.
      type: str
      sample: https://client1.example.com:9090
    level:
      description: The worst level of RV(client.findings). V(ok) if there is none.
      type: str
      sample: critical
    findings:
      description: What is wrong, worst first.
      type: list
      elements: dict
      contains:
        kind:
          description:
            - V(no_answer), V(refused), V(malformed), V(task_failed), V(ledger_unreadable), V(unhealthy), V(overdue),
              V(collection_off) and V(not_in_effect) are critical.
            - V(restart_pending), V(nodes_not_checked), V(collection_on), V(drift) and V(long_campaign) are warnings.
            - V(not_in_effect) means that a campaign is active and garbage collection is stored as off, but not known to be off in
              effect.
          type: str
          sample: overdue
        level:
          description: V(critical) or V(warning).
          type: str
          sample: critical
        text:
          description: What is wrong and what to do.
          type: str
          sample: >-
            Campaign spring-sale is past its planned end, 2026-04-12T18:00:00Z, and still holds garbage collection off. Run
            campaign_sweep to end it, or plan a later end.
        since:
          description: Since when, in UTC, if that is known.
          type: str
          sample: "2026-04-12T18:00:00Z"
    api_version:
      description: Version of the client.
      type: str
      sample: 2.53.1
    health:
      description:
        - Whether the client has settled, how many nodes are connected, and the name, role and status of each node, as in
          M(wabiz.onprem.health_info).
      type: dict
      sample:
        settled: true
        connected: 1
        nodes: [{name: client, role: single, status: connected}]
    campaigns:
      description: The active campaigns, as M(wabiz.onprem.campaign) returns them. Empty without O(ledger).
      type: list
      elements: dict
      sample:
        - name: spring-sale
          since: "2026-04-01T08:00:00Z"
          planned_end: "2026-04-12T18:00:00Z"
          overdue: true
    message_collection:
      description:
        - The automatic garbage collection of messages. C(set) is as the client stores it, C(held) is whether a campaign holds it
          off.
        - C(in_effect) is what its nodes are known to run with, and C(confirmed_at) when a rolling restart of all nodes confirmed
          it, in UTC. If that is not known, both are null, and C(doubt) is the reason.
        - Without O(ledger), C(in_effect), C(confirmed_at) and C(doubt) are null.
      type: dict
      sample: {set: false, in_effect: false, confirmed_at: "2026-04-01T08:04:12Z", doubt: null, held: true}
    restart:
      description:
        - Whether a restart of the Coreapp is C(pending), C(since) when, for which C(settings), and for which C(reason).
        - The reason is V(changed) if a setting was changed, V(not_confirmed) if a stored value is not known to be in effect,
          V(forced) if a restart of all nodes was asked for.
        - C(pending) is null without O(ledger), and if the outcome of a write is not known.
      type: dict
      sample: {pending: false, since: null, settings: [], reason: null}
    held_settings:
      description: Names of the settings that an active campaign decides.
      type: list
      elements: str
      sample: [garbagecollector_enable.messages]
    drift:
      description:
        - The settings that differ from what is declared, with the value that is C(declared) and the one that was C(found).
        - The secret parts of URLs are hidden, and so are the values of C(extra_settings).
      type: list
      elements: dict
      sample: [{setting: callback_persist, declared: true, found: false}]
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import client_status


def main() -> None:
    run_module(client_status)


if __name__ == "__main__":
    main()
