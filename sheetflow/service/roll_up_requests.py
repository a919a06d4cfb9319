"""What a child is told to make what stands above others: the books below a unit, and a report's letter.

This module refuses to make anything, and to say what counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetflow.children.report_task import ReportOrder
from sheetflow.children.roll_up_tasks import BooksRequest
from sheetflow.config.workspace import picture_font
from sheetflow.consolidation.accepted import made_by
from sheetflow.consolidation.books import Books
from sheetflow.consolidation.report_data import Choices, Letter, Letterhead
from sheetflow.context import Context
from sheetflow.store.records import Submission
from sheetflow.units import Unit


def books_request(
    context: Context, books: Books, unit: Unit, sheets: Sequence[str] = ()
) -> BooksRequest:
    """Tell a child what is accepted below `unit`, with the period's rows of `sheets`."""
    members = {member.unit_id for member in books.members(unit)}
    submissions = context.store.submissions
    asked: list[Submission] = []
    if sheets:
        counting = {each.receipt for each in books.accepted.values()}
        tried = submissions.find_submissions(
            form=books.form.key, period=books.period.period_id, among=members
        )
        asked = [each for each in tried if each.receipt in counting]
    return BooksRequest(
        campaign=context.settings.campaign,
        form=books.form.key,
        unit=unit,
        tree=books.tree,
        period=books.period,
        made=made_by(books.form),
        accepted={key: found for key, found in books.accepted.items() if key[0] in members},
        attempts={key: found for key, found in books.attempts.items() if key[0] in members},
        deadlines={key: found for key, found in books.deadlines.items() if key[0] in members},
        rows={
            (sheet, submission.receipt): text
            for sheet in sheets
            if sheet
            for submission, text in context.store.contents.iterate_rows(asked, sheet)
        },
        said={key: found for key, found in books.said.items() if key[0] in members},
        withheld={key: found for key, found in books.withheld.items() if key[0] in members},
        reader=books.reader,
        folded=books.folded,
        listed=books_request(context, books.listed, unit, sheets) if books.listed else None,
        called=books.called,
    )


def report_order(
    context: Context, books: Books, unit: Unit, template: bytes, instead: bytes
) -> ReportOrder:
    """Tell a child how `unit`'s Word report is made: the letter around it as the settings say."""
    settings, form = context.settings.report, books.form
    issuer = context.office_of(unit)
    other = context.campaign.other_form(form.key)
    numbered = (unit.unit_id, books.period.period_id, other.key if other else "")
    head = Letterhead(mark=f"{issuer}文件", number=settings.document_number(*numbered))
    return ReportOrder(
        policy=context.policy(unit.level),
        template=template,
        instead=instead,
        letter=Letter(
            issuer=issuer,
            addressee=context.addressee_of(unit),
            letterhead=head if settings.red_head else None,
            copies="，".join(settings.copies_to),
            printer=context.printer_of(unit) if settings.imprint else "",
            signer=settings.signers.get(unit.unit_id, "") if settings.red_head else "",
            signed_on=settings.date_of(*numbered),
        ),
        choices=Choices(has_charts=settings.has_charts, names_units=settings.name_units),
        fonts=settings.fonts.replaced,
        picture_font=picture_font(),
    )
