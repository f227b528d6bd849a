"""``http(s)`` addresses, against a server of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fx.cli import run
from fx.documents import Document, Limits, documents_at, web
from fx.reader import Reading
from fx.store import open_store
from tests.web_server import RUSSIAN, Handler, failed, read, serving


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with serving() as name:
        yield name


@pytest.mark.parametrize("path", ["page", "packed", "hop4", "to?page"])
def test_a_page_is_fetched(host: str, path: str) -> None:
    found = read(f"http://{host}/{path}")
    assert isinstance(found, Reading)
    assert found.document == f"http://{host}/{path}"
    assert {(str(q.observed_at), q.time_basis, q.repeats) for q in found.quotes} == {("2024-12-14", "stated", 8)}


def test_the_date_of_the_server_stands_in_for_that_of_the_page(host: str) -> None:
    for path, date in (("board", "2026-01-02T03:04:05.000Z"), ("changed", "2026-01-01T00:00:00.000Z")):
        found = read(f"http://{host}/{path}")
        assert isinstance(found, Reading)
        assert {(str(q.observed_at), q.time_basis) for q in found.quotes} == {(date, "stated")}


@pytest.mark.parametrize("path", ["russian", "wrong"])
def test_a_right_charset_is_believed_and_a_wrong_one_is_not(host: str, path: str) -> None:
    (found,) = documents_at([f"http://{host}/{path}"])
    assert isinstance(found, Document)
    assert found.raw == RUSSIAN


def test_what_is_fetched_may_be_packed(host: str) -> None:
    found = read(f"http://{host}/zip")
    assert isinstance(found, Reading)
    assert found.document == f"http://{host}/zip!page.txt"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("404", "answers 404 Not Found: check the address"),
        ("500", "answers 500 Internal Server Error: try again later"),
        ("429", "try again later"),
        ("304", "answers 304"),
        ("loop", "redirects more than 5 times"),
        ("hop5", "redirects more than 5 times"),
        ("to?file:///etc/passwd", "it leads to file: only"),
        ("to?ftp://127.0.0.1/a", "it leads to ftp: only"),
        ("broken", "compression"),
        ("short", "the connection broke"),
    ],
)
def test_what_cannot_be_fetched_is_told_in_a_sentence(host: str, path: str, words: str) -> None:
    message = failed(f"http://{host}/{path}")
    assert words in message
    assert message.startswith(f"http://{host}/")


def test_a_body_is_held_to_its_limit(host: str) -> None:
    assert "is larger than 5,000,000 bytes" in failed(f"http://{host}/huge", Limits(max_bytes=5_000_000))
    assert "is larger than 100 bytes" in failed(f"http://{host}/page", Limits(max_bytes=100))


@pytest.mark.parametrize("path", ["drip", "drip-head"])
def test_a_slow_drip_ends_with_the_time_allowed(host: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TOTAL_SECONDS", 1)
    assert "takes more than 1 seconds" in failed(f"http://{host}/{path}")


def test_a_server_that_says_nothing_is_waited_for_so_long(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "READ_SECONDS", 1)
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "nothing came" in failed(f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert "no connection" in failed("http://127.0.0.1:9/")
    assert isinstance(read(f"http://{host}/page"), Reading)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://", "names no host"),
        ("https://me:pw@/x", "names no host"),
        ("http://[::1", "host cannot be read"),
        ("http://a b/", "host cannot be read"),
        ("HTTP://[zz]/", "host cannot be read"),
        ("http://a:b/", "none from 1 to 65535"),
        ("http://[::1]:99999/", "none from 1 to 65535"),
        ("http://127.0.0.1:0/", "none from 1 to 65535"),
        ("ftp://me:pw@a/b", "only http and https are"),
        ("s3://a/b", "only http and https are"),
    ],
)
def test_what_is_no_address_is_told_so_with_the_reason(address: str, why: str) -> None:
    said = failed(address)
    assert "is no address to fetch" in said
    assert why in said
    assert "pw" not in said


def test_from_a_public_address_no_redirect_leads_into_a_network_that_is_not(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(read(f"http://{host}/to?http://{host}/page"), Reading)
    # No public address can be had here: let one of this machine's stand for one.
    monkeypatch.setattr(web, "is_public", lambda address: address == "127.0.0.1")
    Handler.seen.clear()
    import socket  # noqa: PLC0415

    with socket.create_server(("127.0.0.2", 0)) as inside:
        message = failed(f"http://{host}/to?http://127.0.0.2:{inside.getsockname()[1]}/page")
        with inside.accept()[0] as reached:
            assert reached.recv(100) == b""  # nothing was asked of it
    assert message.startswith(f"http://{host}/")
    assert "leads into a network that is not public, to 127.0.0.2: name that address yourself" in message
    assert len(Handler.seen) == 1
    assert isinstance(read(f"http://{host}/to?http://{host}/page"), Reading)  # public to public


def test_a_password_is_sent_and_never_shown(host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Handler.seen.clear()
    secret = f"http://me:s%65cret@{host}/"
    with open_store(tmp_path / "fx.db") as store:
        assert store.load(f"{secret}page?api_key=hidden").new == 5
        (row,) = store.documents()
    assert row["name"] == f"http://{host}/page?api_key=***"
    assert Handler.seen == [("/page?api_key=hidden", "Basic bWU6c2VjcmV0")]
    assert "secret" not in str(row)
    assert run(["load", f"{secret}404", "--db", str(tmp_path / "fx.db")]) == 3
    printed = capsys.readouterr()
    assert "404 Not Found" in printed.err
    assert "s%65cret" not in printed.err
    assert "me:" not in printed.err


def test_a_password_is_not_handed_on_to_another_host(host: str) -> None:
    Handler.seen.clear()
    other = host.replace("127.0.0.1", "localhost")
    assert isinstance(read(f"http://me:secret@{host}/to?http://{other}/page"), Reading)
    assert [who for _, who in Handler.seen] == ["Basic bWU6c2VjcmV0", None]


def test_the_command_line_loads_addresses(host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = ["--db", str(tmp_path / "fx.db")]
    assert run(["load", f"http://{host}/page", f"http://{host}/500", *database]) == 3
    printed = capsys.readouterr()
    assert "5 quotes in 1 document: 5 new" in printed.out
    assert "answers 500" in printed.err
    assert run(["load", f"http://{host}/page", *database]) == 0
    assert run(["parse", f"http://{host}/page", "--csv"]) == 0
