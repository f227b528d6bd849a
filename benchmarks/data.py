"""What is read: pages, a log, price files and columns, made here and always the same (the seeds are fixed).

Pages are like those in ``examples/``: a board of five quotes eight times over, a date alone, and news in which figures
and currencies come up but no quotes. A file of pages is one page after the other, as a crawl leaves them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

__all__ = [
    "BOARD",
    "CODES",
    "LAST_DAY",
    "amounts",
    "daily",
    "html_into",
    "lines_in",
    "log_lines",
    "pages_into",
    "prices",
]

LAST_DAY = date(2025, 12, 31)
BOARD = {"KGS": 1150, "KZT": 190, "TJS": 9158, "UZS": 8, "TMT": 28490}
"""What one of each costs, in hundred-thousandths of a dollar."""
CODES = (
    "USD JPY CZK DKK GBP HUF PLN SEK CHF NOK AUD BRL CAD CNY HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR KZT KGS "
    "TJS UZS TMT GEL AMD AZN MDL UAH RSD TRY ISK BYN"
).split()
"""Forty currencies that the euro is quoted in."""
WORDS = (
    "the minister said on Friday that a plan for the new line over the pass would cost less than the last one and that "
    "talks with partners from the region had gone well while traders looked to the harvest and a fair opened in the "
    "capital with guests of thirty companies who signed papers for energy water roads schools and trade in tenge or "
    "dollars as prices rose by half again since spring and the central bank kept its rate to watch inflation"
).split()
FIGURES = (
    "$8 billion",
    "3.5%",
    "27",
    "844 days",
    "2030",
    "60 passengers",
    "KZT",
    "the dollar",
    "1,200 km",
    "$3 million",
)
MONTHS = "January February March April May June July August September October November December".split()


def sentence(draw: random.Random) -> str:
    """Words, and a figure that is no quote."""
    words = draw.choices(WORDS, k=draw.randrange(12, 40))
    words.insert(draw.randrange(1, len(words)), draw.choice(FIGURES))
    return " ".join(words).capitalize() + "."


def paragraphs(draw: random.Random, number: int) -> list[str]:
    """News."""
    return [" ".join(sentence(draw) for _ in range(draw.randrange(1, 5))) for _ in range(number)]


def boards(draw: random.Random) -> Iterator[tuple[list[str], str]]:
    """For page after page the five lines of the board, drifting from one to the next, and the date below them."""
    rates = {code: Decimal(hundred_thousandths).scaleb(-5) for code, hundred_thousandths in BOARD.items()}
    held = dict.fromkeys(rates, 0)
    day = date(2015, 1, 1)
    while True:
        for _ in range(7):
            lines = []
            for code, middle in rates.items():
                held[code] = max(-200, min(200, held[code] + draw.choice((-1, 0, 0, 0, 1))))
                rate = (middle * (1000 + held[code]) / 1000).quantize(Decimal("0.00001"))
                change = draw.choice(
                    ("0%", "0%", "0%", f"-0.{draw.randrange(10, 70)}%", f"0.{draw.randrange(10, 70)}%")
                )
                lines.append(f"• {code}/USD = {rate} {change}")
            yield lines, f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        day += timedelta(1)


def page(lines: list[str], day: str, news: list[str]) -> str:
    """A page as text."""
    ticker = "".join(f"  {line}\n" for line in lines * 8)
    return f"{news[0]}\n{ticker}{day}\n\nViewing results 1 - 6 of 40\n\n" + "\n\n".join(news[1:]) + "\n"


def markup(lines: list[str], day: str, news: list[str]) -> str:
    """The same as HTML, where every tag is full of equals signs."""
    menu = "".join(
        f'<li class="item i{number}"><a href="/news/{number}?page={number}&amp;q=a" data-id="{number}" '
        f'style="color: red">Item {number}</a></li>\n'
        for number in range(20)
    )
    ticker = "".join(f'<li class="tick" data-row="{number}">{line}</li>\n' for number, line in enumerate(lines * 8))
    posts = "".join(
        f'<div class="post" id="p{number}"><a href="/a/{number}.html?x={number}&amp;y=2" class="link" target="_blank">'
        f'<img src="/i/{number}.jpg" width="30" height="20" alt="x"></a><p class="text">{text}</p></div>\n'
        for number, text in enumerate(news * 3)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>News</title>\n'
        "<script>var a = 1; for (i = 0; i < 5; i++) { a = a + i / 2; }</script></head><body>\n"
        f'<ul class="nav">\n{menu}</ul>\n<ul class="ticker">\n{ticker}</ul>\n<div class="date">{day}</div>\n'
        f"{posts}</body></html>\n"
    )


def written(path: Path, size: int, pieces: Iterator[str]) -> None:
    """Write pieces into a file until it has a size."""
    done = 0
    with path.open("wb") as file:
        while done < size:
            done += file.write("".join(islice(pieces, 50)).encode())


def pages_into(path: Path, size: int) -> None:
    """Write ``size`` bytes of pages of about 7 KB."""
    draw = random.Random(6)
    pool = [paragraphs(draw, draw.randrange(15, 25)) for _ in range(300)]
    written(path, size, (page(*board, draw.choice(pool)) for board in boards(draw)))


def html_into(path: Path, size: int) -> None:
    """Write ``size`` bytes of HTML: one long document, as a page that is never done."""
    draw = random.Random(7)
    pool = [paragraphs(draw, draw.randrange(5, 10)) for _ in range(300)]
    written(path, size, (markup(*board, draw.choice(pool)) for board in boards(draw)))


def log_lines(number: int) -> Iterator[tuple[datetime, str, str, str]]:
    """The lines of a log as moment, code, rate and percent; no two are the same."""
    draw = random.Random(8)
    codes = list(BOARD)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    for line in range(number):
        code = codes[line % len(codes)]
        rate = Decimal(BOARD[code] + draw.randrange(-2, 3)).scaleb(-5)
        yield (
            first + timedelta(seconds=10 * (line // len(codes))),
            code,
            str(rate),
            draw.choice(("0", "0", "-0.11", "0.4")),
        )


def daily(days: int) -> list[tuple[date, str, str]]:
    """Day after day up to the last the five quotes of the board, as day, code and rate."""
    draw = random.Random(9)
    first = LAST_DAY - timedelta(days - 1)
    return [
        (first + timedelta(number), code, str(Decimal(middle * 100 + draw.randrange(-99, 100)).scaleb(-7)))
        for number in range(days)
        for code, middle in BOARD.items()
    ]


def prices(number: int) -> Iterator[tuple[date, list[str]]]:
    """Days with the euro's rate in each of `CODES`, ``number`` rates in all."""
    draw = random.Random(10)
    days = number // len(CODES)
    for day in range(days):
        yield (
            LAST_DAY - timedelta(days - 1 - day),
            [str(Decimal(10_000 + 997 * place + draw.randrange(500)).scaleb(-4)) for place in range(len(CODES))],
        )


def amounts(number: int, days: int) -> list[tuple[date, str, str]]:
    """Rows to convert, by day: day, code and amount."""
    draw = random.Random(11)
    first = LAST_DAY - timedelta(days - 1)
    codes = list(BOARD)
    drawn = sorted(draw.randrange(days) for _ in range(number))
    return [
        (first + timedelta(day), draw.choice(codes), str(Decimal(draw.randrange(1, 10**7)).scaleb(-2))) for day in drawn
    ]


def lines_in(file: Path, pattern: str) -> int:
    """How many lines of a file a pattern is found in."""
    found = re.compile(pattern.encode())
    with file.open("rb") as lines:
        return sum(1 for line in lines if found.search(line))
