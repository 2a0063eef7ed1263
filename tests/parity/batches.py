# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All cases, in the runs that they share."""

from __future__ import annotations

from .batch import Batch
from .case import PASSWORD, Case
from .cases_ansible import ENDING, GATES, KEYWORDS, PERSIST
from .cases_others import CAMPAIGNS, PROVIDERS, RESTARTS, SERVICES, STATUS
from .cases_settings import CHANGED, FAILED, FAILURES, LEDGER, UNCHANGED, WORK

FROM_ENVIRONMENT = (
    Case("password and CA from the environment", args={"password": None, "ca_path": None, **PERSIST}, expect=CHANGED),
    Case("an option over the environment", args={"password": "{{ wrong_password }}", **PERSIST}, expect=FAILED),
    Case("info from the environment", module="application_settings_info", args={"password": None}, expect=UNCHANGED),
    Case("invocation", args={"webhooks": {"url": "{{ webhook }}"}, "extra_settings": {"key": "{{ extra_secret }}"}}),
)

DEFECT = """

def fetch(client):
    raise RuntimeError("holds " + client._password)
"""
DEFECTIVE = (
    Case("an unexpected exception", args=PERSIST, expect=FAILED),
    Case("the same with a ledger, in check mode", args={**PERSIST, **LEDGER}, task={"check_mode": True}, expect=FAILED),
    Case("the same in an info module", module="application_settings_info", task={"register": "it"}, expect=FAILED),
)

BATCHES = (
    Batch("settings", WORK),
    Batch("failures", FAILURES),
    Batch("other modules", (*PROVIDERS, *SERVICES)),
    Batch("campaigns", CAMPAIGNS),
    Batch("restarts", RESTARTS),
    Batch("status", STATUS),
    Batch("Ansible's keywords", KEYWORDS),
    Batch("the end of a play", ENDING),
    Batch("gates", GATES),
    Batch("a defect", DEFECTIVE, defect=DEFECT),
    Batch(
        "environment",
        FROM_ENVIRONMENT,
        environment={
            "WABIZ_ONPREM_PASSWORD": PASSWORD,
            "WABIZ_ONPREM_CA_PATH": "{ca_path}",
            "WABIZ_ONPREM_RETRY_TIMEOUT": "0",
            "ANSIBLE_INJECT_INVOCATION": "true",  # from ansible-core 2.21 on it is shown on demand alone
        },
    ),
)
