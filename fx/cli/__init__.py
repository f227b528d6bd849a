"""The command line: turns arguments into one library call and prints the result.

stdout is data, stderr is talk. Exit codes: 0 an answer, 1 no answer, 2 wrong usage, 3 input that cannot be read, 4 the
store. Modules: `options` (what every command takes), `show` (how results look), `reading`, `answers`, `tables` and
`database` (the commands). Nothing heavy is imported before a command that needs it runs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

__all__ = ["main"]

INTERRUPTED = 130
BROKEN_PIPE = 141
UNEXPECTED = 70


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code; errors are one sentence on stderr, and with ``--json`` an object too."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run a command and return its exit code."""
    import typer

    from fx.cli.app import app
    from fx.errors import FxError, UsageError

    try:
        code = typer.main.get_command(app).main(args=words, prog_name="fx", standalone_mode=False)
        sys.stdout.flush()
    except FxError as error:
        return complain(error, as_json="--json" in words)
    except typer.TyperException as error:
        message = error.format_message().strip().rstrip(".")
        if not message:
            return error.exit_code
        sentence = message[:1].lower() + message[1:]
        context = getattr(error, "ctx", None)  # usage errors know in which command they arose
        known = context.info_name if context else None
        help_call = f"fx {known} --help" if known and known != "fx" else "fx --help"
        return complain(UsageError(f"{sentence}: see '{help_call}'"), as_json="--json" in words)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("interrupted: what was finished is kept, run it again for the rest\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get("FX_DEBUG"):
            raise
        sys.stderr.write(
            f"something unexpected happened ({type(error).__name__}: {error}): "
            "set FX_DEBUG=1 for the trace and report it\n"
        )
        return UNEXPECTED
    return code if isinstance(code, int) else 0


def complain(error: Exception, *, as_json: bool) -> int:
    """Print an error of fx and return its exit code."""
    from fx.errors import FxError
    from fx.exports.rows import clean

    if not isinstance(error, FxError):
        raise TypeError(error)
    if as_json:
        sys.stdout.write(json.dumps(error.as_dict(), ensure_ascii=False, default=str) + "\n")
    sys.stderr.write(clean(error.message) + "\n")
    return error.exit_code
