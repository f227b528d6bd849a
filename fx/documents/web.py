"""``http(s)`` addresses: fetched within time and size, few redirects followed, passwords forgotten at once.

A redirect leads to http and https alone, not from https back to http, and not from a public address to one that only
this machine or its network can reach: a page of somebody else's has no business there. Whoever means it names it.

Who comes again and again brings the same `Visits`, and then fetches a page only if the server says that it has changed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import SHUT_RDWR, socket
from ssl import SSLCertVerificationError, SSLEOFError, SSLSocket
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import urllib3

from fx.documents.archives import charset_in, without_password
from fx.documents.document import Document, Limits
from fx.documents.packed import held, opened
from fx.errors import InputError, MomentError
from fx.moments import Moment

__all__ = ["Visits", "fetched"]

CONNECT_SECONDS = 10
READ_SECONDS = 30
TOTAL_SECONDS = 300
REDIRECTS = 5
REDIRECTING = frozenset((301, 302, 303, 307, 308))
NOT_MODIFIED = 304


NO_HOST = re.compile(r"[\s\x00-\x20\x7f\"<>\\^`{|}]")
"""What stands in the name of no host."""
LONGEST_MARK = 1000
"""Characters of an ETag that are sent back."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a server calls one state of a page, as ``ETag`` and ``Last-Modified``; of the last address of redirects."""

    address: str
    asking: Mapping[str, str]


class Visits:
    """What spares the next visit: the marks of the page as it was last kept, asked with in the next request.

    Marks hold once `keep` is called: a page that was fetched and could not be stored is fetched again. ``unchanged``
    says that the server did not send the page since it is still as it was.
    """

    def __init__(self) -> None:
        self.kept: Marks | None = None
        self.seen: Marks | None = None
        self.unchanged = False

    def asking(self, address: str) -> Mapping[str, str]:
        """The headers that ask for a page only if it has changed."""
        return self.kept.asking if self.kept and self.kept.address == address else {}

    def see(self, address: str, headers: Mapping[str, str]) -> None:
        """Look at the marks of an answer."""
        marks = (("If-None-Match", headers.get("ETag")), ("If-Modified-Since", headers.get("Last-Modified")))
        found = {name: mark for name, mark in marks if mark and len(mark) <= LONGEST_MARK}
        self.seen = Marks(address, found) if found else None

    def keep(self) -> None:
        """The page that was seen has been kept."""
        if not self.unchanged:
            self.kept = self.seen

    def forget(self) -> None:
        """The next visit asks for the whole page."""
        self.kept = None


def fetched(address: str, limits: Limits, visits: Visits | None = None) -> Iterator[Document | InputError]:
    """Yield the documents at an address, or the error that says why there are none.

    With ``visits`` there are neither where the page is still as it was kept.
    """
    name = without_password(address)
    visits = visits or Visits()
    visits.unchanged = False
    with Watch(TOTAL_SECONDS if limits.seconds is None else limits.seconds) as watch:
        try:
            response = answer(address, name, watch, visits)
        except InputError as error:
            yield error
            return
        if response.status == NOT_MODIFIED:
            visits.unchanged = True
            response.close()
            return
        try:
            headers = response.headers
            origin = Document(name, stated=stated_in(headers), charset=charset_in(headers.get("Content-Type")))
            yield from opened(origin, held(Body(response, name, watch), name, limits), limits)
        finally:
            response.close()


class Watch:
    """Ends everything when its time is over: what waits for the other side is woken by closing the connection."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.over = False
        self.sockets: list[socket] = []
        self.public: bool | None = None
        self.timer = threading.Timer(seconds, self.end)
        self.timer.daemon = True

    def __enter__(self) -> Self:
        self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()

    def end(self) -> None:
        """Time is over."""
        self.over = True
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(SHUT_RDWR)

    def let_through(self, reached: str, name: str) -> None:
        """Look at the address of the other side, before anything is sent: the first says whether all are public.

        Raises `InputError`.
        """
        public = is_public(reached)
        if self.public and not public:
            raise InputError(
                f"{name} leads into a network that is not public, to {reached}: name that address yourself if it is "
                "meant",
                document=name,
            )
        self.public = public if self.public is None else self.public

    def pool(self, address: str, name: str) -> urllib3.HTTPConnectionPool:
        """Connections to the host of an address, each of them watched."""
        # What the timer cannot wake, it being no connection yet, is not waited for any longer either.
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, self.seconds), read=READ_SECONDS)
        pool = urllib3.PoolManager(timeout=timeout, retries=False).connection_from_url(address)
        plain: Any = pool.ConnectionCls
        reached, let_through = self.reached, self.let_through

        class Watched(plain):  # type: ignore[misc]
            def _new_conn(self) -> socket:
                made: socket = super()._new_conn()
                try:
                    let_through(made.getpeername()[0], name)
                except BaseException:
                    made.close()
                    raise
                return made

            def connect(self) -> None:
                try:
                    super().connect()
                except TimeoutError:  # of the handshake; urllib3 would take it for a wait for the answer
                    raise urllib3.exceptions.ConnectTimeoutError(self, name) from None
                reached(self.sock)

        pool.ConnectionCls = Watched
        return pool

    def reached(self, connection: socket) -> None:
        """Watch a connection that has been made, whatever time that took."""
        if isinstance(connection, SSLSocket):  # to be cut off is no end then: a page without a length has no other
            connection.suppress_ragged_eofs = False  # type: ignore[attr-defined]
        self.sockets.append(connection)
        if self.over:
            self.end()


class Body:
    """What a server sends, piece by piece as it comes, until the time is over."""

    def __init__(self, response: urllib3.BaseHTTPResponse, name: str, watch: Watch) -> None:
        self.response = response
        self.name = name
        self.watch = watch

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; raises `InputError`."""
        try:
            data = self.response.read1(size)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise failure(self.name, self.watch, error) from None
        if self.watch.over:
            raise failure(self.name, self.watch, None)
        return data


def answer(address: str, name: str, watch: Watch, visits: Visits) -> urllib3.BaseHTTPResponse:
    """The response of a server once redirects are followed; raises `InputError` unless it is a success.

    That the page is as it was (304) is a success where it was asked.
    """
    for _ in range(REDIRECTS + 1):
        parts = split(address, name)
        headers = {"User-Agent": f"fx/{version('fx')}", "Accept-Encoding": "gzip, deflate"}
        if parts.username:
            who = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers |= urllib3.make_headers(basic_auth=who)
        bare = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], fragment="")
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        asking = visits.asking(bare.geturl())
        headers |= asking
        try:
            response = watch.pool(bare.geturl(), name).urlopen(
                "GET", target, headers=headers, redirect=False, retries=False, preload_content=False
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise failure(name, watch, error) from None
        if response.status not in REDIRECTING:
            break
        response.close()
        address = urljoin(bare.geturl(), response.headers.get("Location") or "")
        if parts.scheme == "https" and address[:5].lower() == "http:":
            raise InputError(
                f"{name} leads from https to http, which anybody on the way can change: name that address yourself if "
                "it is meant",
                document=name,
            )
    else:
        raise InputError(f"{name} redirects more than {REDIRECTS} times: name its last address", document=name)
    if response.status == NOT_MODIFIED and asking:
        return response
    if not 200 <= response.status < 300:
        response.close()
        words = response.reason or next((each.phrase for each in HTTPStatus if each == response.status), "")
        advice = "try again later" if response.status >= 500 or response.status == 429 else "check the address"
        raise InputError(
            f"{name} answers {response.status} {words}: {advice}",
            document=name,
            status=response.status,
            retry_after=seconds_asked(response.headers),
        )
    visits.see(bare.geturl(), response.headers)
    return response


def is_public(address: str) -> bool:
    """Whether an address of the Internet Protocol can be reached by all: not this machine's, nor its network's.

    >>> [is_public(each) for each in ("8.8.8.8", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0")]
    [True, False, False, False, False, False]
    >>> is_public("::ffff:127.0.0.1"), is_public("64:ff9b::7f00:1"), is_public("2001:4860:4860::8888")
    (False, False, True)
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 as networks of IPv6 alone see it."""


def seconds_asked(headers: Mapping[str, str]) -> int | None:
    """For how long a server asks to be left alone (``Retry-After``), as seconds or until its date.

    >>> seconds_asked({"Retry-After": "120"}), seconds_asked({"Retry-After": "soon"})
    (120, None)
    >>> seconds_asked({"Retry-After": "Fri, 02 Jan 2026 03:05:00 GMT", "Date": "Fri, 02 Jan 2026 03:04:05 GMT"})
    55
    """
    said = (headers.get("Retry-After") or "").strip()
    if said.isascii() and said.isdigit():
        return int(said[:9])
    with suppress(ValueError, TypeError, OverflowError):
        until, now = (parsedate_to_datetime(each or "") for each in (said, headers.get("Date")))
        return max(0, int((until - now).total_seconds()))
    return None


def split(address: str, name: str) -> SplitResult:
    """The parts of an address that may be fetched; raises `InputError` for every other.

    >>> split("https://bank.example/rates", "it").hostname
    'bank.example'
    """
    scheme = address.partition(":")[0][:20].lower()
    if scheme not in {"http", "https"}:
        raise InputError(f"{name} is no address to fetch, it leads to {scheme}: only http and https are", document=name)
    host = ""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if host and not NO_HOST.search(host) and parts.port != 0:
            return parts
        why = "its host cannot be read" if NO_HOST.search(host) else "it names no host"
    except ValueError:  # of a host in brackets that is none, or of a port
        why = "its host cannot be read"
    if host and not NO_HOST.search(host):
        why = "its port is none from 1 to 65535"
    raise InputError(f"{name} is no address to fetch, {why}: write https://host/page", document=name)


def failure(name: str, watch: Watch, error: Exception | None) -> InputError:
    """What to say of a fetch that failed; the library's own words could hold a password."""
    if watch.over:
        return InputError(
            f"{name} takes more than {watch.seconds:g} seconds: try again later, or fetch it by hand", document=name
        )
    known = {
        urllib3.exceptions.NameResolutionError: "its name is not known",
        urllib3.exceptions.ConnectTimeoutError: f"no connection within {min(CONNECT_SECONDS, watch.seconds):g} seconds",
        urllib3.exceptions.ReadTimeoutError: f"nothing came for {READ_SECONDS} seconds",
        urllib3.exceptions.NewConnectionError: "no connection",
        urllib3.exceptions.DecodeError: "its compression is damaged",
    }
    why = next((words for kind, words in known.items() if isinstance(error, kind)), "the connection broke")
    advice = "check the address, or try again later"
    if isinstance(error, urllib3.exceptions.SSLError):
        why, advice = of_tls(error.args[0] if error.args else None) or (why, advice)
    return InputError(f"{name} cannot be fetched ({why}): {advice}", document=name)


UNTRUSTED = (
    "its certificate is not trusted",
    "check the address, or name in SSL_CERT_FILE a file of the certificates that you trust",
)
ANOTHER = "its certificate is that of another host", "check the address"
REFUSED = {
    9: ("its certificate does not hold yet", "check the clock of this machine"),
    10: ("its certificate has expired", "try again later, or check the clock of this machine"),
    62: ANOTHER,  # by its name
    64: ANOTHER,  # by its number
}
"""What OpenSSL finds wrong with a certificate, in our words with what to do; `UNTRUSTED` is everything else."""


def of_tls(error: object) -> tuple[str, str] | None:
    """Why there is no secure connection, and what to do; None where there was one, and it broke.

    >>> of_tls(SSLEOFError()), of_tls(OSError())
    (None, ('no secure connection comes about', 'check the address, or try again later'))
    """
    if isinstance(error, SSLEOFError):
        return None
    if isinstance(error, SSLCertVerificationError):
        return REFUSED.get(error.verify_code, UNTRUSTED)
    return "no secure connection comes about", "check the address, or try again later"


def stated_in(headers: Mapping[str, str]) -> Moment | None:
    """When the server says the page was changed, else when it sent it."""
    for field in ("Last-Modified", "Date"):
        with suppress(ValueError, TypeError, OverflowError, MomentError):
            if found := headers.get(field):
                return Moment.of_instant(parsedate_to_datetime(found))
    return None
