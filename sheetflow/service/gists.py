"""What submissions' cards say in short, from the store, or made where an older declaration made them.

This module refuses to say what counts, and to compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheetflow.consolidation.gists import Gist, gist_of, load_gist, sheets_looked_at
from sheetflow.context import Context
from sheetflow.schemas.documents import gist_digest, load_filing, load_rows
from sheetflow.schemas.forms import Form
from sheetflow.schemas.parsing import Value
from sheetflow.store.records import KeptGist, Submission


def gist_by(context: Context, form: Form) -> str:
    """Give the digest of all that gists of a form's submissions are made by now."""
    asked = (form.key, "gists")
    if asked not in context.declared:
        context.declared[asked] = gist_digest(context.form(form.key))
    return context.declared[asked]


def gists_of(context: Context, form: Form, standing: Iterable[Submission]) -> dict[int, Gist]:
    """Give what these submissions' cards say in short, by judgement; of which none is kept, made."""
    listed = {submission.judgement_id: submission for submission in standing}
    kept = context.store.gists.find(listed, gist_by(context, form))
    lacking = [submission for number, submission in listed.items() if number not in kept]
    made = {number: gist.document for number, gist in made_gists(context, form, lacking).items()}
    return {number: load_gist(document) for number, document in (kept | made).items()}


def made_gists(context: Context, form: Form, lacking: Sequence[Submission]) -> dict[int, KeptGist]:
    """Make the gists of submissions that were judged by an older version or declaration."""
    whole = context.form(form.key)
    rows: dict[int, dict[str, list[dict[str, Value]]]] = {
        submission.judgement_id: {} for submission in lacking
    }
    filings: dict[int, dict[str, str]] = {number: {} for number in rows}
    for sheet in sorted(sheets_looked_at(whole)) if lacking else ():
        for submission, text in context.store.contents.iterate_rows(lacking, sheet):
            rows[submission.judgement_id][sheet] = load_rows(whole.by_key[sheet], text)
            if said := load_filing(text):
                filings[submission.judgement_id][sheet] = said
    made: dict[int, KeptGist] = {}
    for submission in lacking:
        known = submission.unit_id in context.tree
        chain = context.tree.chain(submission.unit_id) if known else ()
        names = [unit.name for unit in chain]
        number = submission.judgement_id
        document = gist_of(whole, names, rows[number], filings[number])
        made[number] = KeptGist(gist_by(context, form), document)
    return made
