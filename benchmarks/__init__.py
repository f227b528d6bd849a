"""How fast fx is, beside its limits and its peers, in one run: ``python -m benchmarks``.

Absolute times say little about a program and much about a machine. So every row sets fx beside something that does the
least that could be done (a limit), or the same by other means (a peer), takes turns with it, and says the ratio of the
medians. Before anything is timed the answers are compared: who answers otherwise is refused.

Rooms: `measure` (what a run costs), `rows` (what a row is, and how it is run), `data` and `stores` (what is read, made
here from fixed seeds), the groups of rows `start`, `scan`, `loading`, `asking`, `columns`, `series` and `memory`, and
`table` (how it is printed); `sparking` and `growing` are run by themselves. Nothing is installed: a contender that is
not there is said to be not there.
"""
