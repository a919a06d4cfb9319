"""Units with older office programs save as .xls and .ods, and are read all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sheetflow.demo.draft import Draft, find_soffice, plan_typing, resave, type_workbook
from sheetflow.reading import read_workbook
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.workbook import RawWorkbook

pytestmark = pytest.mark.slow


@pytest.mark.office
@pytest.mark.skipif(not find_soffice(), reason="LibreOffice is not installed")
@pytest.mark.parametrize("extension", ["xls", "ods"])
def test_an_older_format_is_accepted_with_one_remark(
    extension: str,
    draft_of: Callable[[int], Draft],
    issued: Path,
    judged_raw: Callable[[RawWorkbook], Judgement],
    tmp_path: Path,
) -> None:
    """A clean workbook saved as .xls or .ods is accepted; the answer says what was not checked."""
    target = tmp_path / "填报.xlsx"
    type_workbook(plan_typing(draft_of(1), issued, target))
    (saved,) = resave([target], extension, find_soffice(), tmp_path)
    assert saved.suffix == f".{extension}"
    assert not target.exists()
    judgement = judged_raw(read_workbook(saved.read_bytes()))
    assert [finding.rule for finding in judgement.findings] == ["remark-format-tells-less"]
    assert judgement.outcome is Outcome.ACCEPTED


def test_without_an_office_program_a_file_stays_as_it_was(tmp_path: Path) -> None:
    """Where no office program starts, the workbook is dropped as .xlsx."""
    path = tmp_path / "填报.xlsx"
    path.write_bytes(b"PK")
    assert resave([path], "xls", str(tmp_path / "no-such-program"), tmp_path) == [path]
    assert path.read_bytes() == b"PK"
