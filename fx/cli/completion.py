"""What the shell offers when the user presses Tab: the codes and pairs of the database."""

from __future__ import annotations

import typer

from fx.cli.options import Session
from fx.errors import FxError

__all__ = ["codes_and_pairs"]


def codes_and_pairs(context: typer.Context, incomplete: str) -> list[str]:
    """The codes and pairs that go on from what was typed, in either case; none where there is no database."""
    session = Session.of(context, context.params.get("db"), quiet=True)
    try:
        with session.store() as store:
            pairs = [row["pair"] for row in store.pairs()]
    except FxError:
        return []
    codes = sorted({code for pair in pairs for code in pair.split("/")})
    inverses = ["/".join(reversed(pair.split("/"))) for pair in pairs]
    offered = dict.fromkeys([*codes, *pairs, *inverses])
    typed = str.lower if incomplete.islower() else str  # shells compare letter by letter
    return [typed(each) for each in offered if each.startswith(incomplete.upper())]
