"""Figures as a language writes them, by Babel (the Unicode CLDR); an extra, imported only where asked for."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

from fx.errors import UsageError

__all__ = ["localized"]

LONGEST = 300
"""Digits: more than an amount, a rate and their decimals have together."""


def localized(number: Decimal, locale: str) -> str:
    """A number with the marks of a locale (``de``, ``en_IN``, ``kk_KZ``), its decimals kept; raises `UsageError`.

    >>> localized(Decimal("1234567.50"), "de"), localized(Decimal("1234567.50"), "en-IN")
    ('1.234.567,50', '12,34,567.50')
    """
    try:
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 (an extra)
        from babel.numbers import format_decimal  # noqa: PLC0415
    except ImportError:
        raise UsageError("--locale needs Babel: install it with pip install 'fx[locale]'", locale=locale[:40]) from None
    try:
        known = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise UsageError(
            f"{locale[:40]!r} is no locale that Babel knows: write de, en_IN or kk_KZ", locale=locale[:40]
        ) from None
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    pattern = known.decimal_formats[None].pattern.split(";")[0].split(".")[0] + ("." + "0" * places if places else "")
    with localcontext(Context(prec=LONGEST)):  # Babel computes in the context of its caller, which may know 28 digits
        return str(format_decimal(number, format=pattern, locale=known))
