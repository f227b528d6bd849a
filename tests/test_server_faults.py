"""What a server says when it fails, raised by a real one: each code is the error of fx that tells what to do."""

from __future__ import annotations

import psycopg
import pytest

from fx.errors import NotAStore, QueryError, StoreBusy, StoreError, StoreLost, StoreReadOnly
from fx.store.faults import translated
from tests.postgres import Server

CODES: dict[str, tuple[type[StoreError], str]] = {
    "25006": (StoreReadOnly, "is open for reading only"),
    "42501": (StoreReadOnly, "ask for the right"),
    "55P03": (StoreBusy, "try again when it has ended"),
    "40001": (StoreBusy, "try again when it has ended"),
    "40P01": (StoreBusy, "try again when it has ended"),
    "57014": (QueryError, "ask for less"),
    "53100": (StoreError, "make room and load again"),
    "53200": (StoreError, "make room and load again"),
    "XX001": (NotAStore, "restore a backup"),
    "57P01": (StoreLost, "run it again for the rest"),
    "08006": (StoreLost, "run it again for the rest"),
    "22012": (QueryError, "check the statement"),
}


@pytest.mark.parametrize("code", CODES)
def test_each_code_of_a_server_is_an_error_that_says_what_to_do(code: str, postgres: Server) -> None:
    kind, advice = CODES[code]
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        said = f"DO $$ BEGIN RAISE EXCEPTION 'its own words' USING ERRCODE = '{code}'; END $$"
        with pytest.raises(StoreError, match=advice) as caught, translated("postgresql://here/fx"):
            connection.execute(said)
    assert type(caught.value) is kind
    assert "postgresql://here/fx" in caught.value.message or kind is QueryError
    assert isinstance(caught.value.__cause__, psycopg.Error)
