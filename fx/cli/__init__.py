"""The command line: turns arguments into one library call and prints the result.

stdout is data, stderr is talk. Exit codes: 0 an answer, 1 no answer, 2 wrong usage, 3 input that cannot be read, 4 the
store; 70 a fault of fx, 71 no memory left, 74 a result that cannot be written, 130 interrupted, 141 a reader that left,
143 ended by SIGTERM.
Modules: `options` (what every command takes), `show` (how results look), `reading`, `watching`, `answers`,
`tables`, `pruning`, `database` and others (the commands by name: `commands`), `words` (what they take, and plain words
read), `app` (the same by Typer). Nothing heavy is imported before a command that needs it runs.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

TYPE_CHECKING = False  # what `typing` says too, which takes as long to import as SQLite
if TYPE_CHECKING:
    from typing import Any

    from fx.cli.stopping import Stoppable
    from fx.errors import FxError

__all__ = ["complain", "main"]

INTERRUPTED = 130
TERMINATED = 143
NO_MEMORY = 71
BROKEN_PIPE = 141
UNEXPECTED = 70
UNWRITTEN = 74
GARBAGE = 50_000
"""New objects after which Python looks for garbage: its own 700 cost what imports much a tenth of its time."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code; errors are one sentence on stderr, and with ``--json`` an object too."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    open_missing()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(GARBAGE)
    sys.unraisablehook = passed_by
    code = run(words, ends=True)
    if arguments is None and "fx.cli.commands" not in sys.modules and sys.gettrace() is sys.getprofile() is None:
        # All is written, and nothing was begun that wants an end: Python's own takes a tenth of the time.
        os._exit(code)  # pragma: no cover - not where somebody measures
    gc.freeze()  # the process ends: nothing is worth looking through
    sys.exit(code)


def passed_by(raised: sys.UnraisableHookArgs) -> None:
    """Let Python tell of an error that cannot be raised, unless memory ran out: that is told in a sentence."""
    if not issubclass(raised.exc_type, MemoryError):
        sys.__unraisablehook__(raised)


def open_missing() -> None:
    """Open the standard streams that were closed (``>&-``): Python leaves None, and their numbers to the next file.

    What reads from nothing reads nothing, talk is lost, and a result that cannot be written is said to be so.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "w" if name == "stderr" else "r"
            number = os.open(os.devnull, os.O_WRONLY if mode == "w" else os.O_RDONLY)
            # stdout: opened to be read, so that writing to it fails as it does on what is closed
            setattr(sys, name, open(number, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def run(words: list[str], *, quick: bool = True, ends: bool = False) -> int:
    """Run a command and return its exit code; without ``quick`` by the ordinary door, whatever it is.

    It ``ends`` the process if nothing else is done in it.
    """
    try:
        code = answered(words, quick=quick, ends=ends)
        sys.stdout.flush()
    except BrokenPipeError:
        return unwritten(BROKEN_PIPE)
    except SystemExit as stop:  # Typer makes 1 of a broken pipe
        if isinstance(stop.__context__, OSError):
            return unwritten(BROKEN_PIPE)
        raise
    except Exception as error:
        if isinstance(error, OSError) and (error.filename is None or names_a_file(words)):  # a stream has no name
            tell(f"the result cannot be written ({(error.strerror or str(error)).lower()}): look at where it goes")
            return unwritten(UNWRITTEN)
        if os.environ.get("FX_DEBUG"):
            raise
        from fx.exports.rows import clean

        tell(
            f"something unexpected happened ({type(error).__name__}: {clean(error)}): "
            "set FX_DEBUG=1 for the trace and report it"
        )
        return UNEXPECTED
    return code


def names_a_file(words: list[str]) -> bool:
    """Whether the result goes to a file that the words name.

    >>> names_a_file(["export", "csv", "-oa.csv"]), names_a_file(["load", "a.csv"])
    (True, False)
    """
    return any(word.startswith(("-o", "--output")) for word in words)


def unwritten(code: int) -> int:
    """The code, once what is left in the buffers goes nowhere: Python would try again to write it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return code


def answered(words: list[str], *, quick: bool, ends: bool) -> int:
    """Run a command and return its exit code; what cannot be written is raised as `OSError`."""
    as_json = "--json" in words
    stop: Stoppable | None = None
    try:
        if quick and "convert" in words and not sys.stdout.isatty():
            from fx.cli.quick import quick_figure

            figure = quick_figure(words, os.environ)
            if figure is not None:
                sys.stdout.write(figure + "\n")
                return 0
        from fx.cli.stopping import Stoppable
        from fx.errors import FxError

        stop = Stoppable(ends=ends)
        try:
            with stop:
                code = called(words, quick=quick)
                sys.stdout.flush()  # a reader may keep it waiting: that can be ended too
        except FxError as error:
            return complain(error, as_json=as_json)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):  # so Python 3.11 has it where a class is being made
            raise
        code = INTERRUPTED
    except MemoryError:
        code = NO_MEMORY
        tell("there is not enough memory for this: what was finished is kept, give it more or take less at once")
    if code == INTERRUPTED:  # Typer makes this exit code of Ctrl-C
        code = stop.code if stop else INTERRUPTED
        how = "interrupted" if code == INTERRUPTED else "ended by SIGTERM"
        tell(f"{how}: what was finished is kept, run it again for the rest")
    return code if isinstance(code, int) else 0


def called(words: list[str], *, quick: bool) -> Any:
    """Call what the words ask for and return its exit code, if it has one: by Typer if they are not plain."""
    from fx.cli.commands import plain_command
    from fx.cli.words import Ended

    try:
        command = plain_command(words) if quick and "_FX_COMPLETE" not in os.environ else None
        return command() if command else called_by_typer(words)
    except Ended as ended:
        return ended.code


def called_by_typer(words: list[str]) -> Any:
    """The same by Typer, which says what is wrong with the words, and helps; raises `UsageError`."""
    import typer

    from fx.cli.app import app
    from fx.errors import UsageError

    try:
        return typer.main.get_command(app).main(args=words, prog_name="fx", standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message().strip().rstrip(".")
        if not message:
            return error.exit_code
        context = getattr(error, "ctx", None)  # usage errors know in which command they arose
        command = context.command_path if context else "fx"
        raise UsageError(f"{message[:1].lower() + message[1:]}: see '{command} --help'") from error


def tell(sentence: str) -> None:
    """Say a sentence on stderr, if there is one."""
    try:
        sys.stderr.write(sentence + "\n")
    except (OSError, ValueError, AttributeError):
        return


def complain(error: FxError, *, as_json: bool) -> int:
    """Print an error of fx, as an object too under ``--json``, and return its exit code."""
    from fx.exports.rows import clean, write_json_lines

    tell(clean(error.message))
    if as_json:
        write_json_lines([error.as_dict()], sys.stdout)
        sys.stdout.flush()
    return error.exit_code
