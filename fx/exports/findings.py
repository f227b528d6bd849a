"""Findings of an audit as records: the quote most likely at fault, why, and all quotes named."""

from __future__ import annotations

from typing import Any

from fx.audit import Finding
from fx.audit.finding import figure
from fx.quotes import Quote

__all__ = ["COLUMNS", "finding_record"]

COLUMNS = ("severity", "kind", "pair", "observed_at", "source", "document", "line", "quotes", "explanation")
"""The columns of CSV, where ``quotes`` counts those at fault."""


def finding_record(finding: Finding, *, nested: bool) -> dict[str, Any]:
    """A finding as a flat record, or ``nested`` with every quote at fault and beside it."""
    quote = finding.quote
    record: dict[str, Any] = {
        "severity": finding.severity,
        "kind": finding.kind,
        "pair": str(finding.pair),
        "observed_at": str(quote.observed_at),
        "source": quote.source,
        "document": quote.document,
        "line": quote.line,
        "quotes": len(finding.quotes),
        "explanation": finding.explanation,
    }
    if nested:
        record["quotes"] = [named(each) for each in finding.quotes]
        record["beside"] = [named(each) for each in finding.beside]
    return record


def named(quote: Quote) -> dict[str, Any]:
    """A quote by what finds it again."""
    return {
        "pair": str(quote.pair),
        "rate": figure(quote),
        "observed_at": str(quote.observed_at),
        "source": quote.source,
        "document": quote.document,
        "line": quote.line,
    }
