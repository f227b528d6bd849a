"""``https`` addresses, against servers of our own with certificates of an authority of our own: good and bad ones."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fx.cli import run
from fx.documents import web
from fx.reader import Reading
from tests.web_server import Handler, failed, read, serving

CONFIGURATION = """
[ca]
default_ca = own
[own]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""
HERE = "IP:127.0.0.1"


@dataclass(frozen=True)
class Authority:
    """Who vouches for certificates: its own, ``own.pem``, lies in its folder with their keys."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Authority:
        """A new one; it is trusted by whoever names its certificate."""
        if not shutil.which("openssl"):
            pytest.skip("the program openssl makes the certificates")
        made = cls(folder)
        (folder / "index").touch()
        (folder / "serial").write_text("01\n")
        (folder / "configuration").write_text(CONFIGURATION.format(folder=folder))
        strictly = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")  # Python 3.13 asks for it
        made.openssl("req", "-x509", "-days", "2", "-out", "own.pem", *strictly, *made.asking("own"))
        return made

    def openssl(self, *words: str) -> None:
        """Run the program."""
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def asking(self, name: str) -> tuple[str, ...]:
        """How to ask for a certificate, with a new key."""
        return "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-subj", "/CN=127.0.0.1"

    def certificate(self, name: str, holds: tuple[int, int] = (-1, 1), whose: str = HERE) -> ssl.SSLContext:
        """A server's side of TLS, whose certificate holds between two days from now on, for one host."""
        self.openssl("req", "-new", "-out", f"{name}.csr", *self.asking(name))
        (self.folder / "more").write_text(f"subjectAltName={whose}\nauthorityKeyIdentifier=keyid\n")
        days = [f"{datetime.now(UTC) + timedelta(days=day):%Y%m%d%H%M%SZ}" for day in holds]
        signed = ["-keyfile", "own.key", "-cert", "own.pem", "-extfile", "more", "-in", f"{name}.csr"]
        between = ["-startdate", days[0], "-enddate", days[1], "-out", f"{name}.pem"]
        self.openssl("ca", "-config", "configuration", "-batch", *signed, *between)
        return self.shown(name)

    def shown(self, name: str) -> ssl.SSLContext:
        """A server's side of TLS that shows one of its certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who vouches."""
    return Authority.made(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def hosts(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Servers by what is wrong with their certificates; one is ``good``, and one is ``plain`` and has none."""
    stranger = Authority.made(tmp_path_factory.mktemp("stranger"))
    sides = {
        "good": authority.certificate("good"),
        "expired": authority.certificate("expired", holds=(-2, -1)),
        "early": authority.certificate("early", holds=(1, 2)),
        "another's name": authority.certificate("name", whose="DNS:bank.example"),
        "another's number": authority.certificate("number", whose="IP:127.0.0.2"),
        "a stranger's": stranger.certificate("strange"),
        "its own": stranger.shown("own"),
        "plain": None,
    }
    with ExitStack() as stack:
        yield {what: stack.enter_context(serving(side)) for what, side in sides.items()}


@pytest.fixture
def trusting(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.folder / "own.pem"))


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("path", ["page", "packed", "zip", "hop4", "open"])
def test_a_page_is_fetched_from_whom_the_trusted_vouch_for(path: str, hosts: dict[str, str]) -> None:
    address = f"https://{hosts['good']}/{path}"
    found = read(address)
    assert isinstance(found, Reading)
    assert (found.document.partition("!")[0], len(found.quotes)) == (address, 5)


UNTRUSTED = (
    "(its certificate is not trusted): check the address, or name in SSL_CERT_FILE a file of the certificates that "
    "you trust"
)
ANOTHER = "(its certificate is that of another host): check the address"
BAD = {
    "expired": "(its certificate has expired): try again later, or check the clock of this machine",
    "early": "(its certificate does not hold yet): check the clock of this machine",
    "another's name": ANOTHER,
    "another's number": ANOTHER,
    "a stranger's": UNTRUSTED,
    "its own": UNTRUSTED,
    "plain": "(no secure connection comes about): check the address, or try again later",
}


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("what", BAD)
def test_a_bad_certificate_is_refused_in_a_sentence_and_nothing_is_asked_or_loaded(
    what: str, hosts: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Handler.seen.clear()
    for command in (["load", "--db", str(tmp_path / "fx.db")], ["parse"]):
        assert run([*command, f"https://me:secret@{hosts[what]}/page"]) == 3
        printed = capsys.readouterr()
        assert printed.err == f"https://{hosts[what]}/page cannot be fetched {BAD[what]}\n"
        assert printed.out == ""
    assert Handler.seen == []  # and so the password was never sent
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_trusted_whom_the_user_did_not_name(hosts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert UNTRUSTED in failed(f"https://{hosts['good']}/page")


@pytest.mark.usefixtures("trusting")
def test_a_good_name_does_for_the_same_server_and_another_does_not(hosts: dict[str, str]) -> None:
    assert ANOTHER in failed(f"https://{hosts['good'].replace('127.0.0.1', 'localhost')}/page")


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("path", ["short", "chunks-cut", "open-cut"])
def test_a_page_that_is_cut_off_is_no_page(path: str, hosts: dict[str, str], tmp_path: Path) -> None:
    address = f"https://{hosts['good']}/{path}"
    assert "(the connection broke): check the address, or try again later" in failed(address)
    assert run(["load", address, "--db", str(tmp_path / "fx.db"), "-q"]) == 3
    assert list(tmp_path.iterdir()) == []


# Redirects -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trusting")
def test_a_redirect_leads_to_https_from_either(hosts: dict[str, str]) -> None:
    for start in (f"http://{hosts['plain']}", f"https://{hosts['good']}"):
        assert isinstance(read(f"{start}/to?https://{hosts['good']}/page"), Reading)


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("http://{plain}/page", "leads from https to http, which anybody on the way can change"),
        ("HTTP://{plain}/page", "leads from https to http"),
        ("file:///etc/passwd", "it leads to file: only http and https are"),
        ("https://{a stranger's}/page", UNTRUSTED),
        ("https://{expired}/page", "has expired"),
    ],
)
def test_no_redirect_leads_from_https_to_what_is_less(target: str, says: str, hosts: dict[str, str]) -> None:
    Handler.seen.clear()
    path = "/to?" + target.format_map(hosts)
    message = failed(f"https://{hosts['good']}{path}")
    assert message.startswith(f"https://{hosts['good']}/to")
    assert says in message
    assert [each for each, _ in Handler.seen] == [path]


@pytest.mark.usefixtures("trusting")
def test_no_redirect_leads_from_a_public_host_into_a_network_that_is_not(
    hosts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # No public address can be had here: let one of this machine's stand for one.
    monkeypatch.setattr(web, "is_public", lambda address: address == "127.0.0.1")
    with socket.create_server(("127.0.0.2", 0)) as inside:
        message = failed(f"https://{hosts['good']}/to?https://127.0.0.2:{inside.getsockname()[1]}/page")
        with inside.accept()[0] as reached:
            assert reached.recv(100) == b""  # not even a handshake was begun
    assert "leads into a network that is not public, to 127.0.0.2: name that address yourself" in message


# Time ----------------------------------------------------------------------------------------------------------------


def test_a_server_that_does_not_shake_hands_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert "(no connection within 1 seconds): check the address, or try again later" in failed(address)


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("path", ["drip", "drip-head"])
def test_a_slow_drip_ends_with_the_time_allowed(
    path: str, hosts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TOTAL_SECONDS", 1)
    Handler.dripped.clear()
    assert "takes more than 1 seconds" in failed(f"https://{hosts['good']}/{path}")
    assert Handler.dripped == []


@pytest.mark.usefixtures("trusting")
def test_time_that_is_over_within_a_handshake_is_over_after_it(
    authority: Authority, hosts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "TOTAL_SECONDS", 2)
    Handler.dripped.clear()
    with serving(authority.shown("good"), slow=1) as slow:
        address = f"https://{hosts['good']}/late?1.5,https://{slow}/drip-head"
        assert "takes more than 2 seconds" in failed(address)
    assert Handler.dripped == []
