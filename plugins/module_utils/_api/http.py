# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""HTTPS to one client: one connection, one hard time limit per request, bounded answers.

Nothing is taken from the environment: no proxy, no ``~/.netrc``, no CA bundle (``SSL_CERT_FILE``,
``REQUESTS_CA_BUNDLE``), no ``SSLKEYLOGFILE``. Redirects are not followed, so that credentials stay with the host they
were given for.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any, Iterator, Mapping

from . import tls

try:
    with tls.without_key_log():
        import urllib3
        from requests.adapters import HTTPAdapter

    REQUESTS_IMPORT_ERROR: ImportError | None = None
except ImportError as error:
    REQUESTS_IMPORT_ERROR = error
    HTTPAdapter = object  # type: ignore[assignment,misc]  # so that the class below can be read without requests

MAXIMUM_BODY = 4 * 1024 * 1024  # bytes; the largest real answer is some kilobytes
CHUNK = 64 * 1024
CUT_ADVICE = "See whether the Webapp has just ended, and whether something in between ends connections."


class RawAnswer:
    """Status, headers (names in lower case) and body of an answer."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body


class TransportError(Exception):
    """No whole answer came.

    :arg retryable: whether trying again can help at all.

    ``refused``: nothing listens on the port.
    ``never_sent``: the request cannot have reached the client, so repeating it is safe.
    """

    def __init__(self, problem: str, advice: str = "", retryable: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice
        self.never_sent = False
        self.refused = False
        self.retryable = retryable


class _Adapter(HTTPAdapter):
    """requests' adapter with our TLS context; which certificates are trusted stays requests' business."""

    def __init__(self, attempt: tls.Attempt, validate_certs: bool) -> None:
        self._context = tls.take_context()
        if not validate_certs:
            self._context.check_hostname = False  # as long as it is on, verification cannot be switched off
        self._context.sslsocket_class = tls.limited_socket(attempt)
        # one host, one request at a time
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def pool(self, base_url: str, verify: bool | str) -> Any:
        """The connections to a client. Its requests are sent by them directly: whatever requests adds itself (redirects,
        cookies, proxies, the environment) is what is not wanted, and takes a third of the time.
        """
        pool = self.poolmanager.connection_from_url(base_url)
        self.cert_verify(pool, base_url, verify, None)  # type: ignore[no-untyped-call]  # as its types are written
        return pool


class Transport:
    """Sends requests to one base URL.

    :arg base_url: ``https://host[:port][/prefix]``.
    :arg ca_path: file or folder of trusted certificates; None for those that requests brings.
    """

    def __init__(self, base_url: str, validate_certs: bool = True, ca_path: str | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._pool: Any = None
        self._prefix = ""
        self._attempt = tls.Attempt()
        self.adapter = _Adapter(self._attempt, validate_certs)
        self._verify = (ca_path or True) if validate_certs else False
        if not validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def close(self) -> None:
        self.adapter.close()

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, time_limit: float
    ) -> RawAnswer:
        """One request, at most ``time_limit`` seconds from the connection to the last byte. Raises TransportError."""
        self._attempt.start(time_limit)
        sent_headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        sent_headers.update(headers)
        try:
            response = self._connected().request(
                method,
                self._prefix + path,
                body=body,
                headers=sent_headers,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=time_limit,
            )
            answer = RawAnswer(response.status, response.headers, _bounded_body(response))
            response.release_conn()
            return answer
        except TransportError:
            self._drop_connection()
            raise
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            self._drop_connection()
            problem = _explained(error, time_limit, self._attempt.sent)
            problem.never_sent = not self._attempt.sent
            raise problem from None

    def _connected(self) -> Any:
        if self._pool is None:
            self._prefix = (urllib3.util.parse_url(self._base_url).path or "").rstrip("/")
            self._pool = self.adapter.pool(self._base_url, self._verify)
        return self._pool

    def _drop_connection(self) -> None:
        """What follows a broken answer on the same connection would be taken for the next one."""
        self._pool = None
        self.adapter.close()


def _bounded_body(response: Any) -> bytes:
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > MAXIMUM_BODY:
        raise _too_large()
    body = bytearray()
    while True:
        chunk = response.read(CHUNK, decode_content=False)
        if not chunk:
            break
        body += chunk
        if len(body) > MAXIMUM_BODY:
            raise _too_large()
    if announced.isdigit() and len(body) < int(announced):
        raise TransportError("the connection was cut in the middle of the answer", CUT_ADVICE)
    return bytes(body)


def _too_large() -> TransportError:
    return TransportError(
        "the answer is larger than %d MiB" % (MAXIMUM_BODY // (1024 * 1024)),
        "This does not look like an On-Premises client: check api_url.",
        retryable=False,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and the errors that urllib3's carry in their arguments."""
    seen: dict[int, BaseException] = {}
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen[id(one)] = one
        yield one
        inner = [one.__cause__, one.__context__, getattr(one, "reason", None)]
        inner += [argument for argument in one.args if isinstance(argument, BaseException)]
        waiting += [cause for cause in inner if isinstance(cause, BaseException)]


# A connection that ended within TLS: which of them it is depends on the moment, and on how Python was built.
CUT_IN_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def _first(error: BaseException, *kinds: Any) -> BaseException | None:
    return next((cause for cause in _causes(error) if isinstance(cause, kinds)), None)


def _explained(error: BaseException, time_limit: float, sent: bool) -> TransportError:
    """Our own text for what went wrong; the libraries' texts may repeat URLs, headers and host names of others."""
    certificate = _first(error, ssl.SSLCertVerificationError)
    if certificate is not None:
        return TransportError(
            "the certificate is not trusted ({})".format(getattr(certificate, "verify_message", "verification failed")),
            "Give the client's CA in ca_path, and use the host name that its certificate carries.",
            retryable=False,
        )
    if _first(error, socket.gaierror):
        return TransportError("the host name cannot be resolved", "Check api_url.")
    if _first(error, ConnectionRefusedError):
        refused = TransportError("the connection was refused", "Check api_url, and whether the Webapp is running.")
        refused.refused = True
        return refused
    if _first(error, urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
        late = _first(error, socket.timeout)
        return TransportError(
            f"no connection within {time_limit:g} s" if late else "the host cannot be reached",
            "Check api_url and the network between this machine and the client.",
        )
    if _first(error, urllib3.exceptions.TimeoutError, socket.timeout):
        return TransportError(f"no whole answer within {time_limit:g} s", "Raise timeout if the client is this slow.")
    tls = _first(error, ssl.SSLError)
    if getattr(tls, "library", None) in ("X509", "PEM", "ASN1"):  # nothing was read from the network yet
        return TransportError(
            "the file of ca_path holds no certificate that can be read",
            "Give the client's CA as a PEM file in ca_path.",
            retryable=False,
        )
    if tls is not None and not isinstance(tls, CUT_IN_TLS):
        return TransportError(
            "no TLS connection (%s)" % (getattr(tls, "reason", None) or "handshake failed"),
            "The client must offer TLS 1.2 or newer on this port; check api_url.",
            retryable=False,
        )
    if not sent:
        return TransportError(
            "the connection was cut before the TLS handshake was over",
            "See whether the Webapp is just starting; it must offer TLS 1.2 or newer on this port.",
        )
    return TransportError("the connection was cut before the whole answer had come", CUT_ADVICE)
