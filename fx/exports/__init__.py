"""What goes out: one small module a format.

`records` gives the contract's JSON shapes as plain dicts, `rows` writes any of them as JSON lines, CSV or a table.
"""
