"""What a command takes, said where it is defined, and plain words read by that without Typer.

To import Typer takes longer than most commands that read. So `Option` and `Argument` only say what is meant; Typer is
told the same (`fx.cli.app`) where it is needed: for help, for completion, and to say what is wrong with the words. What
`read` makes of words is what Typer makes of them, and `Unplain` is raised where they are not plain: a test
holds the two equal.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import Any, NamedTuple, Protocol, TypeVar, get_args, get_origin

__all__ = ["Argument", "Context", "Ended", "Option", "Unplain", "echo", "read", "read_before"]

Held = TypeVar("Held")
MOST_DIGITS = 18
"""Of a whole number that is plain."""


class Ended(Exception):
    """The command is done, with this exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Unplain(Exception):
    """These words are for Typer to read."""


class Context(Protocol):
    """What a command is run in."""

    def find_object(self, object_type: type[Held], /) -> Held | None:
        """What was said before the command."""


class Option:
    """An option by its names, and what else Typer is told of it."""

    def __init__(self, *names: str, **told: Any) -> None:
        """Said as `typer.Option` is told it: metavar, help, min, max."""
        self.names = names
        self.told = told


class Argument:
    """What stands without a name; ``codes`` says that the shell may offer codes and pairs."""

    def __init__(self, *, metavar: str, codes: bool = False) -> None:
        self.metavar = metavar
        self.codes = codes


class Parameter(NamedTuple):
    """One parameter of a command: text, a list of texts, a number or a flag, and how it is said."""

    name: str
    kind: type
    said: Option | Argument
    needed: bool


def echo(text: str, end: str = "\n") -> None:
    """Print at once, whoever may wait for it."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def read(command: Callable[..., Any], ahead: Iterator[str]) -> dict[str, Any]:
    """What all words ahead give to a command; raises `Unplain`.

    >>> from typing import Annotated
    >>> def f(pair: Annotated[str, Argument(metavar="PAIR")], quiet: Annotated[bool, Option("-q")] = False): ...
    >>> read(f, iter(["-q", "KZT/USD"]))
    {'quiet': True, 'pair': 'KZT/USD'}
    """
    parameters = list(parameters_of(command))
    plain: list[str] = []
    given: dict[str, Any] = {}
    for option, value in meanings(parameters, ahead):
        if option is None:
            plain.append(value)
        else:
            put(given, option, value)
    for each in parameters:
        if isinstance(each.said, Argument) and plain:
            given[each.name], plain = (plain, []) if each.kind is list else (plain[0], plain[1:])
        if each.needed and each.name not in given:
            raise Unplain
    if plain:
        raise Unplain
    return given


def read_before(start: Callable[..., Any], ahead: Iterator[str]) -> tuple[dict[str, Any], str]:
    """What the words ahead of a command give to what starts all, and the command's name; raises `Unplain`."""
    given: dict[str, Any] = {}
    for option, value in meanings(list(parameters_of(start)), ahead):
        if option is None:
            return given, value
        put(given, option, value)
    raise Unplain


def parameters_of(command: Callable[..., Any]) -> Iterator[Parameter]:
    """What a command takes, but for its context."""
    for each in inspect.signature(command, eval_str=True).parameters.values():
        if each.name != "context":
            one = get_args(each.annotation)[0]  # a type, or that or None
            one = next(iter(get_args(one)), one) if get_origin(one) is UnionType else one
            yield Parameter(
                each.name, get_origin(one) or one, each.annotation.__metadata__[0], each.default is each.empty
            )


def meanings(parameters: Sequence[Parameter], ahead: Iterator[str]) -> Iterator[tuple[Parameter | None, str]]:
    """Each option with its value, and what stands without one (None); raises `Unplain`."""
    options = {name: each for each in parameters if isinstance(each.said, Option) for name in each.said.names}
    for word in ahead:
        if not word.startswith("-") or word == "-":
            yield None, word
            continue
        name, equals, value = word.partition("=")
        option = options.get(name)
        if option is None or (equals and (option.kind is bool or not name.startswith("--"))):
            raise Unplain
        if not equals and option.kind is not bool:
            value = next(ahead, "-")
        if value.startswith("-"):
            raise Unplain
        yield option, value


def put(given: dict[str, Any], option: Parameter, value: str) -> None:
    """Give an option its value; raises `Unplain`."""
    if option.kind is list:
        given.setdefault(option.name, []).append(value)
    elif option.kind is int:
        told = vars(option.said)["told"]
        if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
            raise Unplain
        given[option.name] = int(value)
        if not told.get("min", 0) <= given[option.name] <= told.get("max", 10**MOST_DIGITS):
            raise Unplain
    else:
        given[option.name] = True if option.kind is bool else value
