"""Plain lines of the ticker that breaks set apart, as the items of a list on a page: read like lines, a run at a time.

Where markup has become plain text there is a break where a block begins or ends, and line ends are mere white space:
an item stands between two breaks, behind white space maybe, and what lies between two items is nothing but breaks and
white space. The grammar (`human`) is the definition: a test holds these readings equal to its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from fx.formats.plain_lines import LONGEST, LONGEST_RUN, PERIOD, PlainLines, Read, Run, Told, repeated
from fx.late import late
from fx.text import BREAK, SOFT_NEWLINE, line_at

__all__ = ["BrokenLines"]

ITEM = late(rf"(?P<line>[^\n{BREAK}]{{12,{LONGEST}}})(?:[\n{BREAK}][\n{BREAK}{SOFT_NEWLINE} \t]{{0,200}}|\Z)")
INDENT = late(rf"[{SOFT_NEWLINE} \t]{{0,{LONGEST}}}")
BLANK = f"{SOFT_NEWLINE} \t"


@dataclass(slots=True)
class BrokenLines(PlainLines):
    """Reads runs of such lines, and remembers the lines it has read."""

    def run_at(self, text: str, place: int) -> Run | None:
        r"""The run whose first line holds a place of a text; None where the line there is no plain one.

        >>> run = BrokenLines().run_at("\f\fKZT/USD = 0.00190 0%\f\v\fKZT/USD = 0.00190 0%\fprose", 10)
        >>> run.start, run.end, run.said[0].rate, run.first, run.last, run.times
        (2, 45, '0.00190', (0,), (1,), (2,))
        """
        back = max(0, place - LONGEST)
        begin = max(text.rfind("\n", back, place), text.rfind(BREAK, back, place)) + 1
        if not begin and back:
            return None
        indent = INDENT.match(text, begin)
        start = pos = indent.end() if indent else begin
        told, rows, row = Told(), [], 0
        first: Read | None = None
        end = again = -1
        while pos - start < LONGEST_RUN and (item := ITEM.match(text, pos)):
            line = item["line"].rstrip(BLANK)
            read = self.known[line]
            if not told.take(read):
                break
            first = first or read
            rows.append(row)
            row += line_at(text, pos, item.end())
            end, pos = pos + len(line), item.end()
            if again == -1:
                again = text.find(item[0], pos, pos + PERIOD)
            if pos == again:  # a board that stands there again and again
                size = pos - start
                pos, more = repeated(text, pos, text[start:again])
                told.again(more)
                rows = [above + row * time for time in range(1 + more) for above in rows]
                row *= 1 + more
                end, again = end + size * more, -2
        if first is None or self.has_unit(text, start, start + first.start):
            return None
        return told.run(start + first.start, end, rows)
