#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: campaign
short_description: Begin or end messaging campaigns of a client
version_added: 1.0.0
description:
  - While a campaign is active, the automatic garbage collection of messages is held off, whatever
    M(wabiz.onprem.application_settings) with the same ledger is given.
  - Records the campaign in the ledger and writes the setting that follows from it, under one lock and with one login.
  - Campaigns may overlap. Only the one that ends last decides what garbage collection is afterwards.
  - To begin a campaign needs proof. If garbage collection is stored as off and not known to be off in effect, a restart becomes
    pending (RV(restart_reason=not_confirmed)).
  - The module restarts nothing. Role P(wabiz.onprem.campaign_mode#role) does that as well, and is what to use in a playbook.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.ledger.required
  - wabiz.onprem.ledger.owner
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.actiongroup_api
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) begins the campaign O(name), or changes its planned end.
      - V(absent) ends it. If no campaign is active afterwards, garbage collection is switched to what O(after) says.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the campaign, 1 to 200 printable characters. It is shown in messages, and kept in the ledger until the campaign
        ends.
      - Required with O(state=present). With O(state=absent) either O(name) or O(overdue) is required.
    type: str
  planned_end:
    description:
      - When the campaign is planned to end, in ISO 8601 with a UTC offset or V(Z). It must be in the future.
      - Nothing happens by itself at that time. The campaign is overdue from then on (RV(campaigns[].overdue)), and
        O(overdue) ends it.
      - A campaign that is active keeps its planned end unless another one is given.
    type: str
  after:
    description:
      - With O(state=absent), what the garbage collection of messages is when no campaign is active any more.
      - V(previous) means as it was before the first of the campaigns that overlap.
      - The campaign that ends last decides.
    type: str
    choices: ["on", "off", previous]
    default: "on"
  overdue:
    description:
      - With O(state=absent), ends all campaigns that are past their planned end, instead of the one in O(name).
    type: bool
  missing:
    description:
      - With O(state=absent), what to do if no campaign has the name in O(name). V(fail) lists the active campaigns, as the name
        may be misspelt. V(ok) accepts it.
      - If no campaign is active and the end of the last one is not completed yet, the name is accepted in any case.
    type: str
    choices: [fail, ok]
    default: fail
  write:
    description:
      - When to write.
      - V(always) writes at once.
      - V(unless_restart) writes nothing, not even to the ledger, if a restart of the Coreapp would be needed, and returns
        RV(prepared=true). The role then finds the nodes and takes the lease before it runs the module with V(always).
    type: str
    choices: [always, unless_restart]
    default: always
seealso:
  - module: wabiz.onprem.application_settings
  - module: wabiz.onprem.rolling_restart
"""

EXAMPLES = r"""
- name: Begin a campaign
  wabiz.onprem.campaign:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
    ledger: /var/lib/wabiz-onprem/client1.json
    name: Winter sale
    planned_end: "2026-12-24T18:00:00+01:00"
  notify: wabiz.onprem restart coreapp

- name: End it, with the connection from variables of the host (wabiz_onprem_api_url and so on)
  wabiz.onprem.campaign:
    ledger: /var/lib/wabiz-onprem/client1.json
    name: Winter sale
    state: absent
    after: previous
  notify: wabiz.onprem restart coreapp

- name: End all campaigns that are past their planned end
  wabiz.onprem.campaign:
    ledger: /var/lib/wabiz-onprem/client1.json
    state: absent
    overdue: true
  notify: wabiz.onprem restart coreapp
"""

RETURN = r"""
campaigns:
  description:
    - The active campaigns, by name. In check mode and with RV(prepared=true), those that would be active.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the campaign.
      type: str
      sample: Winter sale
    since:
      description: When it began.
      type: str
      sample: "2026-12-01T08:00:00Z"
    planned_end:
      description: When it is planned to end. Null if no end is planned.
      type: str
      sample: "2026-12-24T17:00:00Z"
    overdue:
      description: Whether that time is past.
      type: bool
      sample: false
  sample:
    - name: Winter sale
      since: "2026-12-01T08:00:00Z"
      planned_end: "2026-12-24T17:00:00Z"
      overdue: false
active:
  description: Whether any campaign is active, so that garbage collection of messages is held off.
  returned: success
  type: bool
  sample: true
ended:
  description: Names of the campaigns that the task ended.
  returned: success
  type: list
  elements: str
  sample: []
message:
  description:
    - How garbage collection of messages is stored, whether that is known to be in effect, and which campaigns are active, in one
      sentence.
  returned: success
  type: str
  sample: >-
    Garbage collection of messages is stored as off, in effect, confirmed at 2026-12-01T08:04:12Z; active campaigns: Winter sale.
settings:
  description:
    - The settings that the client shows, by option names; in check mode, what it would show.
    - Of a URL only scheme, host and port are shown, and a fingerprint.
  returned: success
  type: dict
  sample:
    callback_persist: true
    garbagecollector_enable: {media: false, messages: false}
    webhooks: {max_concurrent_requests: 12, url: "https://hooks.example.com/***<3f9ac1d2>"}
changed_settings:
  description: Names of the settings that were changed, or would be in check mode and with RV(prepared=true); nested ones with dots.
  returned: success
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
restart_required:
  description:
    - Whether the Coreapp has to be restarted before everything is in effect.
    - It is V(true) in every run until the restart is done.
  returned: success
  type: bool
  sample: true
restart_settings:
  description: Names of the settings that the restart is for.
  returned: success
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
restart_reason:
  description:
    - Why a restart is required. V(changed) if a setting was or would be changed, V(not_confirmed) if a stored value is not known to
      be in effect, V(forced) if a restart of all nodes was asked for. Null if none is required.
  returned: success
  type: str
  sample: changed
prepared:
  description: Whether nothing was written because a restart would be needed, see O(write=unless_restart).
  returned: success
  type: bool
  sample: false
held_settings:
  description: Names of the settings that an active campaign decides, whatever is declared.
  returned: success
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
in_effect:
  description:
    - For each setting that needs a restart and that the client shows, what is known to be in effect on all nodes.
    - C(confirmed) is V(true) if the value is known. C(value) is then the value, and C(confirmed_at) is when a rolling restart of all
      nodes confirmed it, in UTC. Otherwise C(reason) is why it is not known. What does not apply is null.
  returned: success
  type: dict
  sample:
    garbagecollector_enable.messages:
      confirmed: true
      value: false
      confirmed_at: "2026-12-01T08:04:12Z"
      reason: null
api_version:
  description: Version of the client, without a leading V(v); V(null) if it does not report one.
  returned: success
  type: str
  sample: 2.53.1
error:
  description: What went wrong, for a playbook that decides by it; only what is known.
  returned: when a call fails
  type: dict
  sample:
    client: https://wa.example.com:9090
    doing: change garbagecollector_enable.messages
    method: PATCH
    path: /v1/settings/application
    status: 403
    code: 1005
    title: Access denied
    outcome_unknown: false
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import campaign


def main() -> None:
    run_module(campaign)


if __name__ == "__main__":
    main()
