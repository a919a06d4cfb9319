"""What the store keeps of drafts and of what was made of them: written there, and read back.

The store keeps plain JSON values; this module alone knows what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sheetflow.consolidation.final_check import Check, Checked, FinalCheck
from sheetflow.consolidation.signed_reports import DraftMark, DraftText, Signed
from sheetflow.context import Context
from sheetflow.store.signed import Draft, NewDraft, SignedReport

BY_MARK, THEN, LATER = "mark", "then", "later"
"""How the draft was found with which a 定稿 is compared."""


def standing_signed(
    context: Context, unit_id: str, form: str, period: str
) -> dict[Signed, SignedReport]:
    """Give the 定稿 and the 正本 that stand for a report: the last ones that were filed."""
    return {
        Signed(each.kind): each
        for each in context.store.signed.find_signed(unit_id, form, period)
        if each.outcome == "filed"
    }


def kept_draft(mark: DraftMark, text: DraftText) -> NewDraft:
    """Give what the store keeps of a draft."""
    document = {
        "blocks": [list(block) for block in text.blocks],
        "figures": {code: list(pair) for code, pair in text.figures.items()},
    }
    return NewDraft(
        unit_id=mark.unit_id,
        form=mark.form,
        period=mark.period,
        mark=mark.draft,
        document=document,
    )


def draft_text(draft: Draft) -> DraftText:
    """Give back what a draft showed."""
    blocks: Sequence[Sequence[str]] = draft.document["blocks"]
    figures: Mapping[str, Sequence[str]] = draft.document["figures"]
    return DraftText(
        tuple((kind, text) for kind, text in blocks),
        {code: (current, total) for code, (current, total) in figures.items()},
    )


def dump_check(check: FinalCheck) -> dict[str, object]:
    """Give a comparison as JSON keeps it."""
    checked = [
        [each.check.name, each.drafted, each.draft_figure, each.final, each.final_figure]
        for each in check.checked
    ]
    return {"checked": checked, "own": [list(each) for each in check.own]}


def load_check(document: Mapping[str, Any]) -> FinalCheck:
    """Give back a comparison."""
    checked = tuple(Checked(Check[name], *words) for name, *words in document["checked"])
    return FinalCheck(checked, tuple((sentence, figure) for sentence, figure in document["own"]))
