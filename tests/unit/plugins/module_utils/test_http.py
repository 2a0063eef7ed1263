# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transport against the emulator: whom it trusts, and what it takes from the environment."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from ansible_collections.wabiz.onprem.plugins.module_utils._api import http, tls
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import Transport, TransportError
from ansible_collections.wabiz.onprem.plugins.module_utils._api.tls import ca_problem, prepare
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


@pytest.fixture
def no_context_in_advance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_ready", [])


@pytest.mark.usefixtures("no_context_in_advance")
@pytest.mark.parametrize("in_advance", [True, False])
@pytest.mark.parametrize("place", ["keys.log", "no/such/folder/keys.log", "."])
def test_no_session_key_is_logged(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, in_advance: bool
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / place))
    if in_advance:
        prepare()
    assert _status(emulator.client().api_url, True, emulator.ca_path) == 401
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_context_in_advance")
@pytest.mark.parametrize(
    "name",
    [
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
    ],
)
def test_neither_a_ca_nor_a_proxy_of_the_environment_is_used(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9" if "PROXY" in name.upper() else emulator.ca_path)
    url = emulator.client().api_url
    assert _status(url, True, emulator.ca_path) == 401
    with pytest.raises(TransportError, match="certificate is not trusted"):
        _status(url, True, None)


def test_the_import_takes_no_key_log_from_the_environment() -> None:
    program = f"import {http.__name__} as http, os; print(http.REQUESTS_IMPORT_ERROR, os.environ['SSLKEYLOGFILE'])"
    environment = dict(os.environ, SSLKEYLOGFILE="/no/such/folder", PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=False, capture_output=True, text=True)
    assert done.stdout == "None /no/such/folder\n", done.stderr


@pytest.mark.usefixtures("no_context_in_advance")
def test_a_context_that_cannot_be_made_in_advance_is_reported_by_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no entropy")

    monkeypatch.setattr(tls, "new_context", fail)
    prepare()
    assert tls._ready == []


def test_a_ca_path_is_a_plain_file_or_a_folder(tmp_path: Path) -> None:
    pipe, plain, link = tmp_path / "pipe", tmp_path / "plain", tmp_path / "link"
    os.mkfifo(pipe)
    plain.write_text("x")
    link.symlink_to(plain)
    assert [ca_problem(str(path)) for path in (plain, link, tmp_path)] == ["", "", ""]
    assert ca_problem(None) == ""
    for path in (str(pipe), "/dev/zero", "/dev/tty"):
        assert ca_problem(path) == "it is not a plain file"
    assert ca_problem("/nowhere") == "there is no such file or folder"
    assert ca_problem("/a\0b") == "a path cannot contain a NUL character"
    assert ca_problem("/a\ud800b") == "it contains characters that no path can contain"


@pytest.mark.parametrize("kind", [ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError])
@pytest.mark.parametrize("sent", [True, False])
def test_a_connection_that_was_cut_in_tls_is_tried_again(kind: type[ssl.SSLError], sent: bool) -> None:
    """Which of them a cut is depends on the moment, and on how Python was built."""
    explained = http._explained(
        urllib3.exceptions.SSLError(kind(8, "TLS/SSL connection has been closed (EOF)")), 30, sent
    )
    assert explained.retryable and "cut before" in str(explained)


def test_a_handshake_that_was_refused_is_not() -> None:
    explained = http._explained(urllib3.exceptions.SSLError(ssl.SSLError(1, "unsupported protocol")), 30, False)
    assert not explained.retryable and "no TLS connection" in str(explained)
