"""Mark each series whose quotes are all plain rates of one scale, one a moment, so that no question has to prove it.

One look at the rows, a series at a time, in the order of the key; a series that has others is left with the first of
them. Written out as SQL, so that this step stays what it was when the code moves on.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

SERIES = """
CREATE TABLE series (
    id INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    base TEXT NOT NULL,
    counter TEXT NOT NULL,
    plain_scale INTEGER,
    PRIMARY KEY (id),
    UNIQUE (base, counter, source_id),
    CHECK (base <> counter),
    FOREIGN KEY(source_id) REFERENCES source (id)
)
"""
SERIES_BY_COUNTER = """
CREATE INDEX series_by_counter ON series (counter, base)
"""
FIRST_SCALES = """
UPDATE series SET plain_scale = (
       SELECT scale FROM quote WHERE series_id = series.id ORDER BY observed_at LIMIT 1)"""
UNLIKE = """
UPDATE series SET plain_scale = NULL
 WHERE plain_scale < 0
    OR EXISTS (SELECT 1 FROM quote WHERE series_id = series.id AND (rest <> '' OR scale <> series.plain_scale))"""
SEVERAL = """
UPDATE series SET plain_scale = NULL
 WHERE plain_scale IS NOT NULL
   AND (SELECT count(*) <> count(DISTINCT observed_at) FROM quote WHERE series_id = series.id)"""


def upgrade() -> None:
    """Write the small table anew under its name, to which the others refer; on a server add the column."""
    run = op.get_bind().exec_driver_sql
    if op.get_bind().dialect.name == "postgresql":
        run("ALTER TABLE series ADD COLUMN plain_scale INTEGER")
    else:
        run("CREATE TEMP TABLE old_series AS SELECT * FROM series")
        run("DROP TABLE series")
        run(SERIES)
        run(SERIES_BY_COUNTER)
        run("INSERT INTO series (id, source_id, base, counter) SELECT id, source_id, base, counter FROM old_series")
        run("DROP TABLE old_series")
    for sql in (FIRST_SCALES, UNLIKE, SEVERAL):
        run(sql)


def downgrade() -> None:
    """As with every step before it."""
    raise NotImplementedError("go back by a backup: fx keeps no way down")
