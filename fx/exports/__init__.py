"""What goes out: one small module a format.

`records` gives the contract's JSON shapes as plain dicts, `rows` writes any of them as JSON lines, CSV or a table.
`export` writes a store's quotes for other programs: its table names the formats, `shape` is what they share, and
`quote_rows`, `parquet_file`, `excel_file`, `price_directives`, `gnucash_xml`, `frankfurter`, `pricehist_csv` and
`ecb_csv` are they.
"""
