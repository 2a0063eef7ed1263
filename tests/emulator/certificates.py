# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates made for one run: a small authority, the server's own, and wrong ones for tests."""

from __future__ import annotations

import fcntl
import os
import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme

HOSTS = ("localhost", "127.0.0.1", "::1")
CA_FILE = "ca.pem"
VARIANTS = ("wrong_ca", "expired", "wrong_host", "tls11")


class Authority:
    """Makes server certificates with elliptic-curve keys: they cost the least at every handshake."""

    def __init__(self, ca: trustme.CA | None = None) -> None:
        self._ca = ca or trustme.CA(key_type=trustme.KeyType.ECDSA)

    @classmethod
    def in_folder(cls, folder: Path) -> Authority:
        """The authority of this folder (`ca.pem`, `ca.key`), made when there is none: it outlives its processes."""
        certificate, key = folder / CA_FILE, folder / "ca.key"
        with os.fdopen(
            os.open(folder / "ca.lock", os.O_WRONLY | os.O_CREAT, 0o600), "w"
        ) as lock:  # two may start at once
            fcntl.flock(lock, fcntl.LOCK_EX)
            if certificate.exists() and key.exists():
                return cls(trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes()))
            made = cls()
            key.touch(mode=0o600)
            made._ca.private_key_pem.write_to_path(str(key))
            made._ca.cert_pem.write_to_path(str(certificate))
            return made

    def server_context(self, hosts: tuple[str, ...] = ()) -> ssl.SSLContext:
        names = dict.fromkeys((*HOSTS, *hosts))
        return _context(self._ca.issue_cert(*names))

    def variant_context(self, variant: str) -> ssl.SSLContext:
        """A listener that a careful client must refuse."""
        if variant == "wrong_ca":
            return Authority().server_context()
        if variant == "expired":
            now = datetime.now(timezone.utc)
            first, last = now - timedelta(days=30), now - timedelta(days=1)
            return _context(self._ca.issue_cert(*HOSTS, not_before=first, not_after=last))
        if variant == "wrong_host":
            return _context(self._ca.issue_cert("other.example"))
        context = self.server_context()
        # OpenSSL 3 offers TLS 1.1 at security level 0 alone.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def extra_hosts() -> tuple[str, ...]:
    """Names beside localhost that the certificate shall hold (`WA_WEB_SERVERNAME`, comma-separated)."""
    return tuple(name.strip() for name in os.environ.get("WA_WEB_SERVERNAME", "").split(",") if name.strip())
