#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: garbage_collection
short_description: Start the garbage collection of a WhatsApp Business On-Premises client by hand
version_added: 1.0.0
description:
  - Starts the garbage collection of messages (C(PUT /v1/services/message/gc)), of media (C(PUT /v1/services/media/gc)), or of
    both, for clients of which the automatic garbage collection is switched off.
  - The client answers that it has accepted the request, and works on it in the background. It reports the end by a webhook
    only, with V(complete) or V(failed) for each Coreapp, so that this module reports what was accepted, and never what was
    done.
  - A collection of media runs on the primary node alone, one at a time, and removes media that have not been used for 30 days.
  - Tables of more than ten million rows need several runs.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.actiongroup_api
attributes:
  check_mode:
    support: full
    details:
      - Starts nothing, and reports C(changed=true). It reads the health instead, so that wrong credentials and a client
        of which no Coreapp answers fail in check mode too.
  diff_mode:
    support: N/A
    details:
      - There is no state that could be compared.
  idempotent:
    support: none
    details:
      - Each run starts a garbage collection, and so is a change. The API does not show whether there is anything to collect.
options:
  kinds:
    description:
      - What to collect. Messages are started before media, in whatever order they are given here.
      - Leave V(messages) out while a messaging campaign is running, which is what their automatic collection is switched off
        for.
    type: list
    elements: str
    choices:
      - messages
      - media
    required: true
notes:
  - The request is repeated only where the client certainly has not executed it. Where the answer is lost, the module fails,
    and C(error.outcome_unknown) is true.
  - When the messages are accepted and the media are refused, the module fails, and says so.
seealso:
  - module: wabiz.onprem.application_settings
    description: Switches the automatic garbage collection.
"""

EXAMPLES = r"""
- name: Collect messages now
  wabiz.onprem.garbage_collection:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
    kinds:
      - messages

- name: Collect messages and media
  wabiz.onprem.garbage_collection:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    kinds:
      - messages
      - media
  register: collection

- name: Show which nodes have accepted it
  ansible.builtin.debug:
    var: collection.accepted
"""

RETURN = r"""
accepted:
  description:
    - What was accepted, by kind. A kind that was not asked for is not there.
    - In check mode the lists are empty, as nothing is started.
  returned: success
  type: dict
  contains:
    messages:
      description: The nodes that have accepted the garbage collection of messages.
      returned: when O(kinds) has V(messages)
      type: list
      elements: dict
      contains:
        node:
          description: The node as the client reports it. V(client) where the answer names no nodes.
          type: str
          sample: wacore2:9dfe77618dba
        status:
          description: V(processing). Nodes that answer anything else are named in a warning.
          type: str
          sample: processing
    media:
      description: The nodes that have accepted the garbage collection of media.
      returned: when O(kinds) has V(media)
      type: list
      elements: dict
      contains:
        node:
          description: The node as the client reports it. V(client) where the answer names no nodes.
          type: str
          sample: client
        status:
          description: V(processing). Nodes that answer anything else are named in a warning.
          type: str
          sample: processing
  sample:
    messages:
      - node: wacore2:9dfe77618dba
        status: processing
      - node: wacore3:a9dcc716fd6e
        status: processing
    media:
      - node: client
        status: processing
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import garbage_collection


def main() -> None:
    run_module(garbage_collection)


if __name__ == "__main__":
    main()
