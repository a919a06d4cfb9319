"""Judge a workbook without submitting it: the same judgement, nothing recorded."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from sheetflow.errors import UnreadableError, WorkspaceError
from sheetflow.findings import Place
from sheetflow.schemas.judging import Judgement, Outcome
from sheetflow.service.history import request_for_unit, resolve_keys
from sheetflow.service.office import Office
from sheetflow.units import Unit
from sheetflow.validators.catalogue import GENERAL
from sheetflow.validators.stamps import parse_stamp
from sheetflow.workbook import RawWorkbook
from sheetflow.workers.judging import judge_request, read_raw


def check_file(office: Office, file: Path, unit_id: str = "") -> Judgement:
    """Judge `file` as if `unit_id` had dropped it; without it, the unit that it names.

    Raise WorkspaceError where the file is not there or the unit cannot be told.
    """
    try:
        raw = read_raw(str(file))
    except FileNotFoundError:
        raise WorkspaceError(f"找不到文件 {file}。请检查路径。") from None
    except UnreadableError as error:
        finding = GENERAL[error.reason].at(Place(), **error.details)
        return Judgement(outcome=Outcome.REFUSED, findings=(finding,))
    unit = _unit(office, raw, unit_id)
    request = request_for_unit(office, unit, str(file), office.clock.now())
    judgement, asked = judge_request(request, raw)
    if asked:
        form = office.form(judgement.form)
        known = resolve_keys(office, form, asked)
        judgement, _ = judge_request(dataclasses.replace(request, known_keys=known), raw)
    return judgement


def _unit(office: Office, raw: RawWorkbook, unit_id: str) -> Unit:
    named = unit_id or parse_stamp(raw).unit
    if named not in office.tree:
        raise WorkspaceError(
            f"名单里没有单位 {named}。请用 --unit 写明单位代码。"
            if named
            else "这个文件没有写明单位。请用 --unit 写明单位代码。"
        )
    return office.tree[named]
