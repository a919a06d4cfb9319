"""What judging knows of units that ended within a period, where a form's cover asks who reports them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetflow.periods import Period

if TYPE_CHECKING:
    from sheetflow.schemas.book import Earlier
    from sheetflow.schemas.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """By form and period: whose workbook reports for this unit, and who reported apart from it.

    `is_asked`: whether the form that is in force for the period asks, whichever version a workbook is of.
    `taken_over_by` names the unit whose accepted workbook reports for this one, which ended within the period;
    `apart` those merged into this one within it that have reported by themselves. `earlier_when` gives what was
    accepted before a workbook in which such units are reported, or are not (None: there are none).
    """

    is_asked: Callable[[Form, Period], bool] = lambda form, _period: (
        form.cover.taking_over is not None
    )
    taken_over_by: Callable[[str, Period], str] = lambda _form, _period: ""
    apart: Callable[[str, Period], tuple[str, ...]] = lambda _form, _period: ()
    earlier_when: Callable[[bool], Callable[[str, Period], Earlier | None]] | None = None
