"""Options that several commands have: their types, bounds and descriptions, and the query that they make."""

from __future__ import annotations

from datetime import UTC, date, datetime

from discord import app_commands

from commands.errors import UserError
from commands.views import markdown
from store.search.parser import QueryError, field_term, parse
from store.search.query import Query
from store.text.partial_dates import bounds
from store.text.relative_dates import day_ago

Title = app_commands.Range[str, 1, 300]
Name = app_commands.Range[str, 1, 200]
QueryText = app_commands.Range[str, 1, 400]
SearchText = app_commands.Range[str, 1, 2000]
QueryDate = app_commands.Range[str, 2, 10]
QueryAuthor = app_commands.Range[str, 1, 100]
QueryCategory = app_commands.Range[str, 1, 30]

PAPER = "Words of the title, an arXiv id or a DOI"
PRIVATE = "Show the answer to me only"
QUERY = 'Words, =exact, "a phrase", -not, a|b, author:"Zehan Qi", cat:cs.CL, code:yes, since:7d; * for any'
SINCE = "Only papers from this date on, such as 2024, 2024-08-12, 7d or yesterday"
ANY = "*"
"""What is typed as the query where the other options say it all. Discord loses what is typed after the name of a
command that has no required option."""
AUTHOR = "Only papers by this author"
CATEGORY = "Only papers in this category, such as cs.CL or CL"
CODE = "Only papers with known code, or only those without"


def read_day(text: str) -> date:
    """The first day of the day, month or year that was typed; raises `UserError` where it is none."""
    try:
        return bounds(text.strip())[0]
    except ValueError:
        raise UserError(
            f"“{markdown.echo(text, 40)}” is no date. Try one such as 2025, 2025-06 or 2025-06-01."
        ) from None


def read_day_ago(text: str) -> date:
    """The same, also for one told from today: 7d, 2w, yesterday."""
    return day_ago(text.strip(), datetime.now(UTC).date()) or read_day(text)


def read_query(
    text: str,
    *,
    author: str | None = None,
    category: str | None = None,
    code: bool | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Query:
    """The query that was typed, with what the other options require; raises `UserError` that says what is wrong."""
    today = datetime.now(UTC).date()
    try:
        required = [
            *([field_term("author", author)] if author else []),
            *([field_term("cat", category)] if category else []),
            *([field_term("since", since, today)] if since else []),
            *([field_term("until", until, today)] if until else []),
            *([field_term("code", "yes" if code else "no")] if code is not None else []),
        ]
        return parse("" if text.strip() == ANY else text, required, today)
    except QueryError as error:
        raise UserError(markdown.echo(str(error), 400)) from error
