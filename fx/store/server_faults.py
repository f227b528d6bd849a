"""What a PostgreSQL server, and the way to it, say when they fail, turned into the errors of fx."""

from __future__ import annotations

from typing import Any

from fx.errors import NotAStore, QueryError, StoreBusy, StoreError, StoreLost, StoreMissing, StoreReadOnly
from fx.store.addresses import without_password

__all__ = ["as_fx_error", "unreachable"]

PASSING = (
    ("too many", "try again when others have left"),
    ("starting up", "try again when it is up"),
    ("shutting down", "try again when it is up"),
    ("recovery", "try again when it is up"),
)
WAYS = (
    ("password", "check user and password, or set PGPASSWORD"),
    ("no pg_hba.conf entry", "the server lets nobody in this way: ask who runs it"),
    ("role ", "check the user"),
    ("does not exist", "make it with createdb, or check its name"),
    ("ssl", "check sslmode and the certificates"),
    ("certificate", "check sslmode and the certificates"),
    ("tls", "check sslmode and the certificates"),
    ("resolve", "check the host"),
    *PASSING,
)
"""Words of a server or of libpq, with what to do; the first that stands in the message counts."""
UNSAID = "check that the server runs and may be reached"


def unreachable(error: BaseException, target: str) -> StoreError:
    """The error for a server that lets nobody in, in its own words; what looks like a password is never among them."""
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    words = without_password(lines[0])
    for before in ("connection failed: ", "connection is bad: "):
        words = words.removeprefix(before)
    words = words.rpartition("FATAL:  ")[2].rpartition("failed: ")[2] if "failed: " in words else words
    if "URI" in words or "connection option" in words or 'missing "="' in words:
        return StoreError(f"{target} is no address of a database: write postgresql://user@host/name", target=target)
    missing = "database" in words and "does not exist" in words
    advice = next((way for sign, way in WAYS if sign in words.lower()), UNSAID)
    passing = advice == UNSAID or advice in dict(PASSING).values()
    kind = StoreMissing if missing else StoreLost if passing else StoreError
    return kind(f"{target} cannot be opened ({words.rstrip('.')}): {advice}", target=target)


def as_fx_error(error: Any, target: str) -> StoreError:
    """One error of psycopg as one of fx, by its code."""
    state = error.sqlstate or ""
    words = (error.diag.message_primary or str(error) or type(error).__name__).splitlines()[0].rstrip(".")
    if state == "25006":
        return StoreReadOnly(f"{target} is open for reading only ({words}): use 'fx load' to add quotes", target=target)
    if state == "42501":
        return StoreReadOnly(f"{target} does not let this user do that ({words}): ask for the right", target=target)
    if state in {"55P03", "40001", "40P01"}:
        return StoreBusy(f"{target} is locked by another process: try again when it has ended", target=target)
    if state == "57014":
        return QueryError(f"the database was stopped ({words}): ask for less", target=target, reason=words)
    if state in {"53100", "53200"}:
        return StoreError(f"the server of {target} has no room left ({words}): make room and load again", target=target)
    if state.startswith("XX"):
        return NotAStore(f"{target} is damaged ({words}): restore a backup", target=target)
    lost = not state and type(error).__name__ in {"OperationalError", "InterfaceError"}
    if lost or state.startswith(("57P", "08")):
        return StoreLost(
            f"the connection to {target} was lost ({words}): what was finished is kept, run it again for the rest",
            target=target,
        )
    return QueryError(f"the database could not run this ({words}): check the statement", target=target, reason=words)
