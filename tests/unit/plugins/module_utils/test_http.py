# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport against the emulator: whom it trusts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import Transport, TransportError, prepare
from emulator.testing import Emulator, running_emulator


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


def _status(url: str, validate_certs: bool, ca_path: str | None) -> int:
    return Transport(url, validate_certs, ca_path).send("GET", "/v1/health", {}, None, 5).status


@pytest.mark.parametrize("in_advance", [True, False])
@pytest.mark.parametrize("variant", ["", "wrong_ca", "expired", "wrong_host"])
def test_without_verification_any_certificate_will_do(emulator: Emulator, variant: str, in_advance: bool) -> None:
    client = emulator.client()
    if in_advance:
        prepare()
    assert _status(client.variant_url(variant) if variant else client.api_url, False, None) == 401


@pytest.mark.parametrize("in_advance", [True, False])
@pytest.mark.parametrize("variant", ["wrong_ca", "expired", "wrong_host"])
def test_a_certificate_that_is_not_good_is_refused(emulator: Emulator, variant: str, in_advance: bool) -> None:
    client = emulator.client()
    if in_advance:
        prepare()
    with pytest.raises(TransportError, match="certificate is not trusted"):
        _status(client.variant_url(variant), True, emulator.ca_path)


def test_what_one_client_trusts_another_does_not(emulator: Emulator) -> None:
    """A context made in advance is taken once: with a second use, a CA would be trusted for other clients too."""
    client = emulator.client()
    prepare()
    assert _status(client.api_url, True, emulator.ca_path) == 401
    with pytest.raises(TransportError, match="certificate is not trusted"):
        _status(client.api_url, True, None)
