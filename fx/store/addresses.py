"""The addresses of databases on a server: what is one, and how it is shown without its password."""

from __future__ import annotations

import re

__all__ = ["address_of_server", "without_password"]

SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")
PASSWORD = re.compile(r"(?<=://)([^/?#]*?):([^/?#]*)(?=@)|(?<=[?&])((?:ssl)?password)=([^&#]*)")


def address_of_server(target: str) -> str | None:
    """The URL as libpq takes it, of what names a database on a PostgreSQL server; None for anything else.

    >>> address_of_server("postgresql+psycopg://me@host/fx"), address_of_server("fx.db")
    ('postgresql://me@host/fx', None)
    """
    scheme = next((scheme for scheme in SCHEMES if target.lower().startswith(scheme)), None)
    return None if scheme is None else f"postgresql://{target[len(scheme) :]}"


def without_password(target: str) -> str:
    """An address as it may be shown: its password is struck out.

    >>> without_password("postgresql://me:secret@host/fx?sslpassword=x&sslmode=require")
    'postgresql://me:***@host/fx?sslpassword=***&sslmode=require'
    """
    return PASSWORD.sub(lambda found: f"{found[1]}:***" if found[3] is None else f"{found[3]}=***", target)
