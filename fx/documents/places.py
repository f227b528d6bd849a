"""Where documents come from: files, folders, standard input, and by `web` addresses."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fx.documents.document import STANDARD_INPUT, Document, Limits
from fx.errors import InputError

if TYPE_CHECKING:
    from fx.documents.stretches import Stretch

__all__ = ["DEFAULT", "documents_at", "files_below", "in_file"]

DEFAULT = Limits()


def documents_at(paths: Iterable[str], limits: Limits = DEFAULT) -> Iterator[Document | InputError]:
    """Yield the documents of files, folders (everything below, sorted, dot-files passed by), addresses and ``-``.

    What cannot be read comes as an `InputError` in its place, so that one bad name does not lose the others. A large
    document is read before the next is asked for.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            from fx.documents.packed import opened  # noqa: PLC0415 (brings what unpacks; a conversion needs none of it)

            yield from opened(Document(STANDARD_INPUT), sys.stdin.buffer, limits)
        elif path[:8].lower().startswith(("http://", "https://")):
            from fx.documents.web import fetched  # noqa: PLC0415 (brings the library that speaks HTTP)

            yield from fetched(path, limits)
        elif Path(path).is_dir():
            for name in files_below(path):
                yield from in_file(name, limits)
        else:
            yield from in_file(path, limits)


def files_below(folder: str) -> Iterator[str]:
    """Every regular file below a folder, sorted; links to folders are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and path.is_file():
                yield str(path)


def in_file(
    path: str, limits: Limits, place: str | None = None, stretch: Stretch | None = None
) -> Iterator[Document | InputError]:
    """The documents of one file, or the error that says why there are none; ``place`` is where it lies, if not there.

    Of a ``stretch`` only those that stand there.

    >>> [each.message for each in in_file("page.txt", DEFAULT, "/nowhere/page.txt")]
    ['there is no file page.txt: check the name']
    """
    from fx.documents.packed import opened  # noqa: PLC0415

    try:
        file = Path(place or path)
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            yield InputError(f"{path} is not a regular file: name a file, a folder or -", document=path)
            return
        with file.open("rb") as stream:
            modified = datetime.fromtimestamp(status.st_mtime, UTC)
            origin = Document(path, modified=modified)
            if stretch is None:
                yield from opened(origin, stream, limits)
            else:
                from fx.documents.stretches import pages_in  # noqa: PLC0415

                yield from pages_in(origin, stream, stretch)
    except FileNotFoundError:
        if "://" in path:
            from fx.documents.archives import without_password  # noqa: PLC0415

            name = without_password(path)
            yield InputError(f"{name} is no address to fetch: only http and https are", document=name)
            return
        yield InputError(f"there is no file {path}: check the name", document=path)
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield InputError(f"{path} cannot be read ({reason.lower()}): check its permissions", document=path)
