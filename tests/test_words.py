"""Words that are plain are read without Typer, and as Typer reads them; all others are for Typer."""

from __future__ import annotations

import functools
import inspect
import shlex
from collections.abc import Callable
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from fx.cli import app, commands
from fx.cli.commands import HOMES, plain_command
from fx.cli.options import Session
from fx.cli.words import Option, Parameter, parameters_of

Call = tuple[str, Session | None, dict[str, Any]]
FUNCTIONS = {name: commands.function_of(name) for name in HOMES if name != "db"}
VALUES = ("KZT/USD", "2024-12-14", "7d", "3", "0", "64", "65", "007", "1048577", "9" * 18, "9" * 19, "-", "", "-5", "--", "=", "to", "é", "+3", "٣", "3.0", " ")  # fmt: skip
STRANGE = ("--help", "--version", "-qx", "-q=1", "--quiet=1", "--json=", "--nothing", "-oFILE", "-o=FILE", "--jso", "--db", "--db=", "history", "db")  # fmt: skip


def called(ask: Callable[[], object]) -> Call | None:
    """The command that is called, what stood before it, and all that it is given; None if none is."""
    calls: list[Call] = []

    def recorder(name: str) -> Callable[..., None]:
        @functools.wraps(FUNCTIONS[name])
        def record(*context: Any, **told: Any) -> None:
            bound = inspect.signature(FUNCTIONS[name]).bind(*context, **told)
            bound.apply_defaults()
            before = bound.arguments.pop("context").find_object(Session)
            calls.append(
                (name, before, {each: None if value == [] else value for each, value in bound.arguments.items()})
            )

        return record

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "function_of", recorder)
        patch.setattr(commands, "function_of", recorder)
        ask()
    return calls[0] if calls else None


def by_typer(words: list[str]) -> Call | None:
    def ask() -> None:
        try:
            typer.main.get_command(app.app).main(args=words, prog_name="fx", standalone_mode=False)
        except typer.TyperException:
            """It refuses the words."""

    return called(ask)


def plainly(words: list[str]) -> Call | None:
    def ask() -> None:
        command = plain_command(words)
        if command:
            command()

    return called(ask)


def words_of(name: str) -> st.SearchStrategy[list[str]]:
    """Words for a command, most of them its own options with some value."""
    value = st.sampled_from(VALUES)

    def spoken(each: Parameter) -> st.SearchStrategy[list[str]]:
        if not isinstance(each.said, Option):
            return value.map(lambda text: [text])
        option = st.sampled_from(each.said.names)
        if each.kind is bool:
            return option.map(lambda name: [name])
        apart = st.tuples(option, value).map(list)
        return apart | apart.map("=".join).map(lambda text: [text])

    own = st.one_of(*map(spoken, parameters_of(FUNCTIONS[name])))
    some = st.lists(own | own | own | st.sampled_from(STRANGE).map(lambda text: [text]), max_size=6)
    before = st.sampled_from(([], [], [], ["-q"], ["--db", "a.db"], ["--db=a.db", "--quiet"], ["--json"], ["--db"]))
    return st.tuples(before, some).map(lambda both: [*both[0], name, *(word for each in both[1] for word in each)])


@given(st.sampled_from(list(FUNCTIONS)).flatmap(words_of))
def test_plain_words_are_read_as_typer_reads_them(words: list[str]) -> None:
    found = plainly(words)
    assert found is None or found == by_typer(words)


PLAIN = """
history KZT/USD --since 2024-12-01 --json
history --csv KZT/USD --source=bank --source press
latest
--db fx.db latest KZT USD -q
-q info --json
rate KZT / USD --as-of 2024-12-14 --places 4
parse - --jobs 2 --max-bytes 1000000
load a.txt b.txt --source bank --if-changed
export csv KZT/USD -o out.csv
formats ticker
spark-load a.txt --to parquet:out
sql 'select 1' --rows 5
""".strip().splitlines()


@pytest.mark.parametrize("line", PLAIN)
def test_what_people_type_is_plain(line: str) -> None:
    words = shlex.split(line)
    found = plainly(words)
    assert found is not None
    assert found == by_typer(words)


@pytest.mark.parametrize("line", ["", "--help", "latest --help", "history", "lates", "db check", "table --jobs 3", "history KZT/USD --since", "parse --jobs 65", "sql x --rows 0"])  # fmt: skip
def test_what_wants_help_or_is_wrong_is_for_typer(line: str) -> None:
    assert plain_command(shlex.split(line)) is None
