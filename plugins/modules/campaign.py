#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: campaign
short_description: Note in the ledger of a client that a messaging campaign begins or ends
version_added: 1.0.0
description:
  - While a campaign stands in the ledger, M(wabiz.onprem.application_settings) with this ledger keeps the automatic garbage
    collection of messages off, whatever a task or an inventory says.
  - Campaigns may overlap. Only the one that ends last decides what garbage collection is afterwards.
  - The module talks to no API. It changes nothing in the client before M(wabiz.onprem.application_settings) has run, and
    nothing is in effect before the Coreapp has been restarted. Role P(wabiz.onprem.campaign_mode#role) does all three.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.ledger.required
  - wabiz.onprem.attributes
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
      - V(present) begins the campaign O(name), or changes when it is planned to end.
      - V(absent) ends it. To end a campaign that is not active changes nothing, and warns while another one is active.
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
      - When the campaign is planned to end, in ISO 8601 with a UTC offset or V(Z).
      - Nothing happens by itself at that time. The campaign counts as overdue from then on (RV(campaigns[].overdue)), and
        O(overdue) ends it.
      - A campaign that has begun keeps its planned end unless another one is given.
    type: str
  after:
    description:
      - What the garbage collection of messages is when no campaign is active any more; for O(state=absent).
      - V(previous) means as it was before the first of the campaigns that overlap.
      - The campaign that ends last decides.
    type: str
    choices: ["on", "off", previous]
    default: "on"
  overdue:
    description:
      - With O(state=absent), ends all campaigns that are past their planned end, instead of the one of a O(name).
    type: bool
seealso:
  - module: wabiz.onprem.application_settings
  - module: wabiz.onprem.restart_progress
"""

EXAMPLES = r"""
- name: A campaign begins
  wabiz.onprem.campaign:
    ledger: /var/lib/wabiz-onprem/client1.json
    name: Winter sale
    planned_end: "2026-12-24T18:00:00+01:00"

- name: It ends
  wabiz.onprem.campaign:
    ledger: /var/lib/wabiz-onprem/client1.json
    name: Winter sale
    state: absent
    after: previous

- name: End whatever is past its planned end
  wabiz.onprem.campaign:
    ledger: /var/lib/wabiz-onprem/client1.json
    state: absent
    overdue: true
"""

RETURN = r"""
campaigns:
  description: The campaigns that are active now, by name; in check mode, that would be.
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
      description: When it is planned to end. Null where nothing is planned.
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
  description: Names of the campaigns that the task has ended.
  returned: success
  type: list
  elements: str
  sample: []
collect_messages:
  description:
    - What M(wabiz.onprem.application_settings) will make of the garbage collection of messages because of campaigns.
      V(false) while one is active; after the last one what O(after) of its end means, until that is done.
    - Null where campaigns leave it alone.
  returned: success
  type: bool
  sample: false
predicted:
  description:
    - Whether this is what would be, in check mode, and the ledger does not know it.
  returned: success
  type: bool
  sample: false
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import campaign


def main() -> None:
    run_module(campaign)


if __name__ == "__main__":
    main()
