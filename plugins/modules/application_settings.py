#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: application_settings
short_description: Declare the application settings of a WhatsApp Business On-Premises client
version_added: 1.0.0
description:
  - Manages the resource C(/v1/settings/application) of one client. What a task does not name is left as it is.
  - Reads the settings once, sends at most one C(PATCH) with just the top-level keys that differ, and reads them again to
    verify. A setting that the client accepts and does not keep is a failure.
  - Some settings are in effect only after the Coreapp has been restarted. The module does not restart anything. It reports a
    pending restart (RV(restart_required)), and with O(ledger) it records it until role P(wabiz.onprem.coreapp#role) has performed
    it.
  - A stored value is not always the one in effect, see RV(in_effect). A setting that becomes doubtful is warned of once. It is no
    reason for a restart.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.ledger
  - wabiz.onprem.ledger.owner
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.actiongroup_api
attributes:
  check_mode:
    support: full
    details:
      - What O(state=default) changes cannot always be known beforehand; a warning then names the settings.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - Settings that the client never shows (O(axolotl_context_striping_disabled),
        O(webhook_payload_conversation_pricingmodel_disabled), and keys of O(extra_settings) that it keeps to itself) are
        sent each time and reported as changed, unless O(ledger) is given.
options:
  state:
    description:
      - V(present) gives the client the given settings.
      - V(default) resets all settings to the client's defaults. With O(ledger) it is recorded what the client showed right after
        that, so that the next run knows without a reset whether anything differs.
      - V(default) is rejected while a campaign is active.
    type: str
    choices: [present, default]
    default: present
  settings:
    description:
      - Settings in one dictionary, by the names of the options below; for inventories that keep them in one variable.
      - Each setting may be given here or beside it, not both.
    type: dict
  reset:
    description:
      - Names of single settings to reset to their documented default, with dots for nested ones
        (V(webhooks.max_concurrent_requests)). They are sent together with given settings, in the same C(PATCH).
      - A setting for which sources disagree about the default is rejected.
    type: list
    elements: str
  allow_webhook_loss:
    description:
      - Without a webhook URL the client drops its callbacks. Whatever would remove O(webhooks.url) fails unless this is set.
    type: bool
    default: false
  write:
    description:
      - When to write.
      - V(always) writes at once.
      - V(unless_restart) writes nothing if a restart of the Coreapp would be needed, and returns RV(prepared=true). Role
        P(wabiz.onprem.application_settings#role) then finds the nodes and takes the lease before it runs the module with V(always).
    type: str
    choices: [always, unless_restart]
    default: always
  collect_messages:
    description:
      - Whether garbage of messages is collected automatically, by the setting that the client's version has for it,
        O(garbagecollector_enable.messages) from version 2.49.1 on, O(db_garbagecollector_enable) before.
      - Needs a restart of the Coreapp.
    type: bool
  extra_settings:
    description:
      - Settings that this collection does not know, by the API's names. They are sent as they are, and their values are
        never shown.
      - The collection cannot know whether they need a restart.
    type: dict
  axolotl_context_striping_disabled:
    description:
      - Switches off an optimisation, there since version 2.25, that opens more connections to the database. It is meant for
        deployments that reach their limit of connections.
      - Needs a restart of the Coreapp. The client never shows it.
    type: bool
  callback_backoff_delay_ms:
    description:
      - Milliseconds to wait before a failed callback is sent again. The wait grows by this much with each failure.
    type: int
  callback_persist:
    description:
      - Whether callbacks are kept on disk until the webhook has acknowledged them. It also configures whether failed callbacks
        are sent again.
      - Needs a restart of the Coreapp.
    type: bool
  db_garbagecollector_enable:
    description:
      - Whether garbage of messages is collected automatically. Deprecated since client version 2.49, use
        O(garbagecollector_enable) or O(collect_messages).
      - It is V(false) on clients on which O(pass_through) was V(false) before version 2.29.
      - Needs a restart of the Coreapp.
    type: bool
  garbagecollector_enable:
    description:
      - Automatic garbage collection, from client version 2.49.1 on.
      - Needs a restart of the Coreapp.
    type: dict
    suboptions:
      messages:
        description:
          - Whether messages are collected. During a high-volume campaign it should be off, see role
            P(wabiz.onprem.campaign_mode#role).
        type: bool
      media:
        description:
          - Whether media are collected.
        type: bool
  heartbeat_interval:
    description:
      - Seconds between two heartbeats by which the master watches the Coreapps. For Multiconnect.
    type: int
  log_level:
    description:
      - How much the Coreapps log, from V(info) (most) to V(fatal) (least). From client version 2.51.1 on.
      - Has no effect while O(verbose_logging) is on. Needs a restart of the Coreapp.
    type: str
    choices: [info, warning, error, fatal]
  max_callback_backoff_delay_ms:
    description:
      - Milliseconds that O(callback_backoff_delay_ms) can grow to.
    type: int
  media:
    description:
      - Settings of media.
    type: dict
    suboptions:
      auto_download:
        description:
          - Kinds of media to download automatically, in any order.
        type: list
        elements: str
        choices: [audio, document, image, sticker, video, voice]
  notify_user_change_number:
    description:
      - Whether a notification C(user_changed_number) is sent.
    type: bool
  pass_through:
    description:
      - Whether messages are removed from the local database once they are delivered or read. From client version 2.35 on, it
        cannot be switched on again.
      - Leave it off, so that status callbacks work as expected.
      - Needs a restart of the Coreapp.
    type: bool
  show_security_notifications:
    description:
      - Whether a notification C(user_identity_changed) is sent; messages to that user are then blocked until the change is
        acknowledged.
    type: bool
  skip_referral_media_download:
    description:
      - Whether the picture or video of the advertisement that a user came from is left out.
    type: bool
  unhealthy_interval:
    description:
      - Seconds without an answer to a heartbeat after which a node is taken for unhealthy and failed over. For Multiconnect.
        Must be above O(heartbeat_interval) to be of use.
    type: int
  verbose_logging:
    description:
      - Whether the Coreapps log everything; for tests only. From client version 2.51.1 on.
      - Needs a restart of the Coreapp.
    type: bool
  webhook_payload_conversation_pricingmodel_disabled:
    description:
      - Whether conversation and pricing information is left out of status callbacks. Deprecated since client version 2.39.
      - The client never shows it.
    type: bool
  webhooks:
    description:
      - Settings of callbacks.
    type: dict
    suboptions:
      url:
        description:
          - Where callbacks go. V(https://) alone; an empty string removes it, see O(allow_webhook_loss).
          - Of a URL only scheme, host and port are shown, and with O(ledger) a fingerprint, as in
            V(https://hooks.example.com/***<3f9ac1d2>). Such a URL, given back, stands for the one that the client has.
        type: str
      max_concurrent_requests:
        description:
          - How many callbacks may be sent at the same time.
          - Needs a restart of the Coreapp.
        type: int
        choices: [6, 12, 18, 24]
      message_status:
        description:
          - For which statuses of messages there are callbacks, from client version 2.41.2 on. The name in the API is
            C(webhooks.message), which Ansible reserves.
        type: dict
        suboptions:
          sent:
            description: Whether there is a callback when a message was sent.
            type: bool
          delivered:
            description: Whether there is a callback when a message was delivered.
            type: bool
          read:
            description: Whether there is a callback when a message was read.
            type: bool
seealso:
  - module: wabiz.onprem.application_settings_info
  - module: wabiz.onprem.campaign
  - module: wabiz.onprem.rolling_restart
"""

EXAMPLES = r"""
- name: Declare settings of one client
  wabiz.onprem.application_settings:
    api_url: https://wa.example.com:9090
    password: "{{ wa_admin_password }}"
    ca_path: /etc/ssl/wa-ca.pem
    ledger: /var/lib/wabiz-onprem/wa.example.com.json
    callback_persist: true
    media:
      auto_download: [image, document]
    webhooks:
      url: "https://hooks.example.com/wa?auth={{ webhook_secret }}"
      max_concurrent_requests: 12
  notify: wabiz.onprem restart coreapp

- name: Set the connection once for a play
  hosts: wa_clients
  gather_facts: false
  connection: local
  module_defaults:
    group/wabiz.onprem.api:
      api_url: "{{ wa_api_url }}"
      password: "{{ wa_admin_password }}"
  tasks:
    - name: Retry callbacks quickly
      wabiz.onprem.application_settings:
        callback_backoff_delay_ms: 1000

- name: Take the connection from variables of the host, wabiz_onprem_api_url and wabiz_onprem_password
  wabiz.onprem.application_settings:
    callback_backoff_delay_ms: 1000

- name: Reset single settings to their documented default
  wabiz.onprem.application_settings:
    api_url: https://wa.example.com:9090
    password: "{{ wa_admin_password }}"
    reset: [log_level, webhooks.max_concurrent_requests]

- name: Reset everything, and accept that callbacks are dropped until there is a webhook again
  wabiz.onprem.application_settings:
    api_url: https://wa.example.com:9090
    password: "{{ wa_admin_password }}"
    state: default
    allow_webhook_loss: true
"""

RETURN = r"""
settings:
  description:
    - The settings that the client shows, by option names; in check mode, what it would show.
    - Of a URL only scheme, host and port are shown, and with O(ledger) a fingerprint.
  returned: success
  type: dict
  sample:
    callback_persist: true
    garbagecollector_enable: {media: false, messages: true}
    webhooks: {max_concurrent_requests: 12, url: "https://hooks.example.com/***<3f9ac1d2>"}
changed_settings:
  description: Names of the settings that were changed, or would be in check mode and with RV(prepared=true); nested ones with dots.
  returned: success
  type: list
  elements: str
  sample: [webhooks.max_concurrent_requests, webhooks.url]
restart_required:
  description:
    - Whether the Coreapp has to be restarted before everything is in effect.
    - With O(ledger) it is V(true) in every run until the restart is done; without, only in the run that makes the change.
  returned: success
  type: bool
  sample: true
restart_settings:
  description: Names of the settings that the restart is for.
  returned: success
  type: list
  elements: str
  sample: [webhooks.max_concurrent_requests]
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
  description: Names of the settings that an active campaign decides, whatever is declared. Needs O(ledger).
  returned: success
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
in_effect:
  description:
    - For each setting that needs a restart and that the client shows, what is known to be in effect on all nodes.
    - C(confirmed) is V(true) if the value is known. C(value) is then the value, and C(confirmed_at) is when a rolling restart of all
      nodes confirmed it, in UTC. Otherwise C(reason) is why it is not known. What does not apply is null.
    - Null without O(ledger).
  returned: success
  type: dict
  sample:
    webhooks.max_concurrent_requests:
      confirmed: true
      value: 12
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
    doing: change callback_persist
    method: PATCH
    path: /v1/settings/application
    status: 403
    code: 1005
    title: Access denied
    outcome_unknown: false
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings


def main() -> None:
    run_module(application_settings)


if __name__ == "__main__":
    main()
