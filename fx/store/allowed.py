"""What a statement from outside may do: an allow-list that the database itself asks, step by step, as it compiles it.

What is not named here is refused, also what a later SQLite may bring. A function is named if it only computes and, for
values as long as `fx.store.limits` lets them be, in well under a second: SQLite can be interrupted between its steps,
not within one. So `json_patch` is not (it takes the square of its length), nor are `json_set`, `json_insert` and
`json_replace` (a path of 65,536 steps ends the process: their recursion overflows the stack).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Set as AbstractSet

from fx.exact import shown

__all__ = ["Gate"]

NUMBERS = """abs acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2
 max min mod pi pow power radians random round sign sin sinh sqrt tan tanh trunc"""
TEXTS = """-> ->> char concat concat_ws format glob hex instr length like lower ltrim octet_length
 printf quote randomblob replace rtrim soundex substr substring trim unhex unicode upper zeroblob"""
TIMES = "current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch"
CHOICES = "coalesce if ifnull iif likelihood likely nullif subtype typeof unlikely"
JSON = """json json_array json_array_length json_error_position json_extract json_group_array json_group_object
 json_object json_pretty json_quote json_remove json_type json_valid"""
GROUPS = "avg count group_concat median percentile percentile_cont percentile_disc string_agg sum total"
WINDOWS = "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number"
OTHERS = "fx_convert fx_rate sqlite_compileoption_get sqlite_compileoption_used sqlite_source_id sqlite_version"
FUNCTIONS = frozenset(f"{NUMBERS} {TEXTS} {TIMES} {CHOICES} {JSON} {GROUPS} {WINDOWS} {OTHERS}".split())
SLOW = frozenset(("instr", "replace"))
"""What takes the length of one value times that of another, and stands in the views, so that it cannot be wrapped."""
MOST_CALLS, MOST_SLOW_CALLS = 1_000, 150
"""Calls that a statement may spell out, its views included: those of one row follow each other without a break.

The view `quotes` has nine slow ones, of short values: a dozen of it must be joined before it is too many."""

LOOKS = frozenset(
    """collation_list compile_options database_list foreign_key_list function_list index_info index_list index_xinfo
    module_list pragma_list table_info table_list table_xinfo""".split()
)
"""PRAGMAs that only tell, whatever they are given."""
READINGS = frozenset(
    """application_id auto_vacuum data_version encoding foreign_keys freelist_count journal_mode page_count page_size
    query_only schema_version synchronous user_version""".split()
)
"""PRAGMAs that only tell as long as they are given nothing."""
MODULES = frozenset(("json_each", "json_tree", "generate_series", "dbstat"))
"""Tables that are none but compute or tell something; those of the PRAGMAs come on top."""
SCHEMA = frozenset(("sqlite_master", "sqlite_schema"))
"""What SQLite says it updates as it makes one of those tables in its memory. An UPDATE by hand it refuses itself."""

WRITING = {
    value: name.removeprefix("SQLITE_").replace("_", " ")
    for name, value in vars(sqlite3).items()
    if name.startswith(("SQLITE_CREATE_", "SQLITE_DROP_", "SQLITE_ALTER_"))
    or name in {"SQLITE_INSERT", "SQLITE_UPDATE", "SQLITE_DELETE", "SQLITE_REINDEX", "SQLITE_ANALYZE"}
}
OTHER_ACTIONS = {
    sqlite3.SQLITE_ATTACH: "ATTACH",
    sqlite3.SQLITE_DETACH: "DETACH",
    sqlite3.SQLITE_TRANSACTION: "transactions",
    sqlite3.SQLITE_SAVEPOINT: "savepoints",
}


class Gate:
    """The authorizer of one statement; ``refused`` says what it refused first, ``writes`` whether that was a write."""

    def __init__(self, modules: AbstractSet[str]) -> None:
        self.closed = {name for name in modules if not name.startswith("pragma_")} - MODULES
        self.refused: str | None = None
        self.writes = False
        self.ours = False  # a question of fx itself, asked for one of its functions
        self.calls = self.slow = 0

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """What SQLite is told: go on, or refuse the statement."""
        if self.ours:
            return sqlite3.SQLITE_OK
        reason = self.objection(action, first or "", second or "")
        if reason is None:
            return sqlite3.SQLITE_OK
        if self.refused is None:
            self.refused = reason
            self.writes = action in WRITING
        return sqlite3.SQLITE_DENY

    def objection(self, action: int, first: str, second: str) -> str | None:
        """Why a step may not be, in a word or two; None if it may."""
        if action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}:
            return None
        if action == sqlite3.SQLITE_READ:
            return f"the table {shown(first)}" if first.lower() in self.closed else None
        if action == sqlite3.SQLITE_FUNCTION:
            return self.objection_to_call(second.lower())
        if action == sqlite3.SQLITE_PRAGMA:
            name = first.lower()
            allowed = name in LOOKS or (name in READINGS and not second)
            return None if allowed else f"PRAGMA {shown(name)}" + (" with a value" if name in READINGS else "")
        if action == sqlite3.SQLITE_UPDATE and first in SCHEMA:
            return None
        if action in WRITING:
            return WRITING[action]
        return OTHER_ACTIONS.get(action, f"action {action} of SQLite")

    def objection_to_call(self, name: str) -> str | None:
        """Why a function may not be called."""
        if name not in FUNCTIONS:
            return f"the function {shown(name)}"
        self.calls += 1
        self.slow += name in SLOW
        if self.slow > MOST_SLOW_CALLS:
            return f"more than {MOST_SLOW_CALLS} calls of instr and replace"
        return f"more than {MOST_CALLS} calls of functions" if self.calls > MOST_CALLS else None
