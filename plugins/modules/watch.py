#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: watch
short_description: Run a module that takes long, and tell meanwhile how long
version_added: 1.0.0
description:
  - Runs another module, or action plugin, with these options where the task would run it, and returns what it answers.
  - Every 8 seconds it tells what is being done, for how long already, and for how long it may still be.
  - With O(until) it asks again until the answer is as wanted, which is what C(until) of a task does, with fewer words.
  - It is what the strategies of role P(wabiz.onprem.coreapp#role) restart nodes and wait for them with.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.attributes
attributes:
  check_mode:
    support: partial
    details:
      - What the module does in check mode.
  diff_mode:
    support: partial
    details:
      - What the module shows.
  idempotent:
    support: partial
    details:
      - As the module is.
options:
  module:
    description: Full name of the module to run. What C(module_defaults) says of it counts.
    type: str
    required: true
  options:
    description: The module's own options.
    type: dict
    default: {}
  doing:
    description:
      - What is being done, for the user to read. It is also told in a task with C(no_log), as nothing of the module's options
        and answers is in it.
    type: str
    required: true
  limit:
    description:
      - How many seconds it may take, if that is known. Required with O(until).
      - A single run of the module is not ended then. The next one is not begun.
    type: float
  answer:
    description: Name of the variable that O(until) and O(state) find the module's latest answer in. C(attempts) is added to it.
    type: str
  until:
    description: Name of a variable, for example of the task's C(vars), that is true when the answer is as wanted.
    type: str
  state:
    description: Name of a variable with the words on how far it is. They are told, so there must be no secret in them.
    type: str
  interval:
    description: Seconds between two runs of the module.
    type: float
    default: 2
seealso:
  - module: wabiz.onprem.health_info
"""

EXAMPLES = r"""
- name: Restart the database
  wabiz.onprem.watch:
    module: ansible.builtin.systemd_service
    options:
      name: postgresql
      state: restarted
    doing: restarting the database
    limit: 90

- name: Wait until it takes connections
  wabiz.onprem.watch:
    module: ansible.builtin.command
    options:
      argv: [pg_isready]
    doing: waiting for the database
    limit: 60
    answer: database_answer
    until: database_is_ready
    state: database_words
  vars:
    database_is_ready: "{{ database_answer.rc == 0 }}"
    database_words: "{{ database_answer.stdout }}"
  register: database
  changed_when: false
  failed_when: database.rc != 0
"""

RETURN = r"""
attempts:
  description: How many times the module was run. The other values are those of its last run.
  returned: always
  type: int
  sample: 1
"""
