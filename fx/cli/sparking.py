"""``fx spark-load``: a load on Apache Spark, into a store on a server or a folder of Parquet."""

from __future__ import annotations

from typing import Annotated

from fx.cli.options import Counter, Database, Decimal_, Format_, Json, MaxBytes, PairOption, Quiet, Session
from fx.cli.reading import ObservedAt, SourceName, Talk
from fx.cli.words import Argument, Context, Ended, Option
from fx.errors import InputError

__all__ = ["spark_load"]


def spark_load(
    context: Context,
    inputs: Annotated[list[str], Argument(metavar="FILE|FOLDER|URI...")],
    to: Annotated[
        str, Option("--to", metavar="URL|parquet:PATH", help="The server, or the folder, that keeps the quotes.")
    ],
    master: Annotated[
        str | None,
        Option("--master", metavar="URL", help="Which Spark; else that of spark-submit, else all cores here."),
    ] = None,
    split_bytes: Annotated[
        int,
        Option("--split-bytes", min=1, metavar="N", help="How much is read and kept at once; few files are cut."),
    ] = 32 << 20,
    source: SourceName = None,
    observed_at: ObservedAt = None,
    format: Format_ = "auto",  # noqa: A002
    decimal: Decimal_ = None,
    counter: Counter = None,
    pair: PairOption = None,
    max_bytes: MaxBytes = None,
    db: Database = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read and store many files on Apache Spark; the rows are those that 'fx load' makes of them."""
    from fx.spark import load
    from fx.spark.session import session as spark_session

    session = Session.of(context, db, quiet)
    talk = Talk(session, all_rejects=False, as_json=as_json)
    try:
        with spark_session(master, quiet=session.quiet) as spark:
            talk.done = load(
                spark,
                inputs,
                to,
                split_bytes=split_bytes,
                report=talk.hear,
                so_far=talk.count,
                source=source,
                observed_at=observed_at,
                format=format,
                decimal=decimal,
                counter=counter,
                pair=pair,
                max_bytes=max_bytes,
            )
    except InputError as error:
        if not talk.unread:
            raise
        raise Ended(error.exit_code) from None  # each file was told of when it came
    except (Exception, KeyboardInterrupt):
        talk.sum_up(stopped=True)
        raise
    talk.finish()
