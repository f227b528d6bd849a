"""A folder of the worst files that there are: each is an answer or an error of its own, in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.builders import BARE, BOARD, ROOT

MEGABYTE = 1 << 20
NOTHING = bytes(MEGABYTE)


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def bombs() -> Iterator[tuple[str, bytes]]:
    """Some 90 MB of nothing in each way of packing, in one another, and behind the names of a workbook."""
    yield "bomb.gz", gzip.compress(NOTHING) * 90
    yield "bomb.bz2", bz2.compress(NOTHING) * 90
    yield "bomb.xz", lzma.compress(NOTHING) * 90
    yield "bomb.zst", zstandard.ZstdCompressor().compress(bytes(90 * MEGABYTE))
    yield "bomb.zip", zipped(("a", bytes(90 * MEGABYTE)))
    yield "nested.gz", gzip.compress(gzip.compress(NOTHING * 70) * 3)
    yield "nested.zip", zipped(*((f"{number}.gz", gzip.compress(NOTHING * 70)) for number in range(2)))
    yield "names.zip", zipped(("../../../up.txt", BOARD.encode()), ("/etc/fx.txt", BOARD.encode()), ("C:\\x.txt", b""))
    content = ("[Content_Types].xml", b"<Types/>")
    yield (
        "bomb.xlsx",
        zipped(content, ("xl/workbook.xml", b"<a>" + NOTHING * 80), ("xl/worksheets/sheet1.xml", b"<a>")),
    )
    laughs = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (98 + each, b"&%c;" % (97 + each) * 10) for each in range(12)
    )
    yield "laughs.xlsx", zipped(content, ("xl/workbook.xml", laughs + b"]><workbook>&m;</workbook>"))


def texts() -> Iterator[tuple[str, bytes]]:
    """Text that is deep, long or beyond all measure."""
    yield "deep.json", b"[" * 100_000
    yield "deep-objects.json", b'{"rates":' * 100_000
    yield "deep.xml", b"<?xml version='1.0'?>" + b"<a>" * 100_000
    yield "deep.html", b"<div>" * 100_000 + BOARD.encode()
    yield "digits.txt", b"KZT/USD = 0." + b"1" * 1_000_000 + b" 0%"
    yield "digits.json", b'{"base": "EUR", "date": "2024-12-14", "rates": {"USD": ' + b"1" * 1_000_000 + b"}}"
    yield "digits.csv", b"date,base,counter,rate\n2024-12-14,EUR,USD," + b"1" * 1_000_000 + b"\n"
    yield (
        "exponents.json",
        b'{"base":"EUR","date":"2024-12-14","rates":{"USD":1e999999999,"GBP":1e-999999999,"JPY":-1E+400}}',
    )
    yield "exponents.csv", b"date,base,counter,rate\n2024-12-14,EUR,USD,1e999999999\n2024-12-14,EUR,GBP,1E-99999999\n"
    yield (
        "dates.csv",
        b"date,base,counter,rate\n0000-00-00,EUR,USD,1.5\n99999-12-31,EUR,GBP,1.5\n2024-02-30,EUR,CHF,1.5\n",
    )
    yield "times.csv", b"time,base,counter,rate\n99999999999999999999,EUR,USD,1.5\n1e300,EUR,GBP,1.5\n-9,EUR,CHF,1.5\n"
    yield (
        "entity.xml",
        b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><ValCurs>&x;</ValCurs>",
    )
    yield "dtd.xml", b"<?xml version='1.0'?><!DOCTYPE r SYSTEM 'http://127.0.0.1:9/r.dtd'><ValCurs Date='14.12.2024'/>"
    yield "quotes.csv", b"date,base,counter,rate\n" + b'"' * 2_000_000
    yield "sql.sql", b"INSERT INTO rates (base, quote, rate) VALUES " + b"('EUR'," * 200_000
    yield "line.txt", b"KZT/USD = " * 20_000
    yield "tabs.txt", (b"KZT/USD = 1.05" + b"\t" * 64) * 2000
    yield "names.txt", b"EUR/USD\nEuro" + b"o" * 1_000_000
    yield "nul.txt", BOARD.encode().replace(b" ", b"\0") * 2000
    yield "random.txt", os.urandom(500_000)


MEASURE = r"""
import re, sys
from pathlib import Path
from fx.cli import run
code = run(["parse", *sys.argv[1:], "--json", "-q"])
print("ended", code, int(re.search(r"VmHWM:\s+([0-9]+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the most memory held is read from /proc")
def test_the_worst_files_are_errors_or_answers_in_bounded_memory(tmp_path: Path) -> None:
    for name, data in (*bombs(), *texts()):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("2024-12-14 KZT/USD = 0.00190 0%\n", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        errors="replace",
        env={**BARE, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
    )
    *lines, last = done.stdout.splitlines()
    _, code, megabytes = last.split()
    assert (int(code), int(megabytes) < 300) == (3, True), last
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    told = {Path(one["document"]).name.split("!")[0] for one in map(json.loads, lines) if "error" in one}
    assert {"bomb.gz", "bomb.bz2", "bomb.xz", "bomb.zst", "bomb.zip", "nested.gz", "nested.zip"} <= told
    read = {Path(one["document"]).name for one in map(json.loads, lines) if "rate" in one}
    assert "good.txt" in read
    assert not re.search("root:", done.stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
