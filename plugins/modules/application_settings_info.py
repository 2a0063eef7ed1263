#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: application_settings_info
short_description: Read the application settings of a WhatsApp Business On-Premises client
version_added: 1.0.0
description:
  - Reads the resource C(/v1/settings/application) of one client by a single C(GET).
  - The result has the option names of M(wabiz.onprem.application_settings), so that it can be given back to that module.
  - With O(ledger) it also returns which restart is pending, which campaigns are active, and what is known to be in effect.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.ledger
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.info_module
  - wabiz.onprem.attributes.actiongroup_api
seealso:
  - module: wabiz.onprem.application_settings
"""

EXAMPLES = r"""
- name: Read the settings
  wabiz.onprem.application_settings_info:
    api_url: https://wa.example.com:9090
    password: "{{ wa_admin_password }}"
    ca_path: /etc/ssl/wa-ca.pem
  register: client

- name: Give another client the same settings, with a webhook of its own
  wabiz.onprem.application_settings:
    api_url: https://other.example.com:9090
    password: "{{ other_admin_password }}"
    settings: "{{ client.settings | combine({'webhooks': {'url': other_webhook_url}}, recursive=true) }}"
"""

RETURN = r"""
settings:
  description:
    - The settings that the client shows, by option names.
    - Of a URL only scheme, host and port are shown, and with O(ledger) a fingerprint. Given back to the same client, such a
      URL stands for the one that it has.
  returned: success
  type: dict
  sample:
    callback_backoff_delay_ms: 3000
    garbagecollector_enable: {media: false, messages: true}
    webhooks: {max_concurrent_requests: 6, url: "https://hooks.example.com/***<3f9ac1d2>"}
wa_id:
  description: The WhatsApp id of the client; an empty string while it is not registered.
  returned: success
  type: str
  sample: "16315551019"
other_settings:
  description: Names of the settings that the client shows and this collection does not know. Their values are not shown.
  returned: success
  type: list
  elements: str
  sample: [sent_status]
api_version:
  description: Version of the client, without a leading V(v); V(null) if it does not report one.
  returned: success
  type: str
  sample: 2.53.1
restart_required:
  description: Whether a restart of the Coreapp is pending.
  returned: when O(ledger) is given
  type: bool
  sample: false
restart_settings:
  description: Names of the settings that the restart is for.
  returned: when O(ledger) is given
  type: list
  elements: str
  sample: []
restart_since:
  description: Since when the restart is pending, in UTC; V(null) if none is.
  returned: when O(ledger) is given
  type: str
  sample: "2026-11-22T14:05:00Z"
campaigns:
  description: The active campaigns.
  returned: when O(ledger) is given
  type: list
  elements: dict
  sample:
    - name: black-friday
      since: "2026-11-22T14:05:00Z"
      planned_end: "2026-11-30T18:00:00Z"
      overdue: false
held_settings:
  description: Names of the settings that an active campaign decides.
  returned: when O(ledger) is given
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
in_effect:
  description:
    - For each setting that needs a restart and that the client shows, what is known to be in effect on all nodes.
    - C(confirmed) is V(true) if the value is known. C(value) is then the value, and C(confirmed_at) is when a rolling restart of all
      nodes confirmed it, in UTC. Otherwise C(reason) is why it is not known. What does not apply is null.
  returned: when O(ledger) is given
  type: dict
  sample:
    callback_persist:
      confirmed: true
      value: true
      confirmed_at: "2026-11-20T02:10:31Z"
      reason: null
    log_level:
      confirmed: false
      value: null
      confirmed_at: null
      reason: it was changed outside of this collection
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings_info


def main() -> None:
    run_module(application_settings_info)


if __name__ == "__main__":
    main()
