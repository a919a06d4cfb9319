"""The campaign's own checks: `checks.txt` beside this module has them as officers know them.

There they stand under the headers of the sheet 审核, a blank line between two; 报表 (whose checks they are)
and 依据 hold until another one is named. What is loaded is ``checks_….json``, one for each form that has any,
which `python tools/build_checks.py` makes of that text: no process that judges waits for the language to be
read. This module owns the notation; it refuses a text that the language does not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from sheetflow.errors import DeclarationError
from sheetflow.findings import Severity
from sheetflow.schemas.declared_json import load_rules
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.forms import Form
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.places import Place
from sheetflow.schemas.language.rules import read_rule
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule

_SEVERITIES = {severity.label: severity for severity in Severity}
_FORM, _SOURCE = "报表", "依据"
_PLACEHOLDER = re.compile("{([^{}]+)}")


def declared_checks(form: str) -> tuple[DeclaredRule, ...]:
    """Give the checks of the form with that key."""
    return load_rules(files(__package__).joinpath(file_name(form)).read_bytes())


def file_name(form: str) -> str:
    """Name the file beside this module from which a form's checks are loaded."""
    return f"checks_{form}.json"


def read_text(form: Form) -> tuple[DeclaredRule, ...]:
    """Read the checks of a form from their text; raise DeclarationError for what says nothing."""
    text = files(__package__).joinpath("checks.txt").read_text(encoding="utf-8")
    vocabulary = Vocabulary.of(form.sheets, form.indicators)
    return tuple(
        _rule(written, vocabulary) for written in _written(text) if written[_FORM] == form.title
    )


def _written(text: str) -> Iterator[Mapping[str, str]]:
    """Give what stands under each header, rule by rule."""
    standing: dict[str, str] = {}
    for entry in text.strip().split("\n\n"):
        lines = standing | dict(line.split("：", 1) for line in entry.split("\n"))
        standing = {header: lines[header] for header in (_FORM, _SOURCE)}
        yield lines


def _rule(written: Mapping[str, str], vocabulary: Vocabulary) -> DeclaredRule:
    sheet = vocabulary.sheet(written["对每一行"])
    if sheet is None:
        raise DeclarationError(f"没有《{written['对每一行']}》这张工作表。")
    keys = {label: key for key, label in sheet.labels.items()}
    points = tuple(keys[label] for label in written["指向栏目"].split("、"))

    def asked(header: str, place: Place) -> Expression | None:
        return _expression(written.get(header, ""), vocabulary, sheet.key, place, points)

    def sentence(header: str) -> str:
        return _PLACEHOLDER.sub(
            lambda found: f"{{{keys.get(found[1], found[1])}}}", written[header]
        )

    must = asked("应当满足", Place.MUST)
    if must is None:
        raise DeclarationError(f"{written['编码']}没有写明应当满足什么。")
    scope = written.get("范围", "").split("、")
    return DeclaredRule(
        code=written["编码"],
        severity=_SEVERITIES[written["性质"]],
        sheet=sheet.key,
        when=asked("什么时候查", Place.WHEN),
        must=must,
        points=points,
        wrong=sentence("问题"),
        remedy=sentence("怎么改"),
        title=written["简称"],
        summary=written["填报说明里的话"],
        source=written[_SOURCE],
        by_row="一行一条" in scope,
        skips_first="不查第一期" in scope,
        only_last="只在末期" in scope,
        since=int(written.get("起用版本", "1")),
    )


def _expression(
    text: str, vocabulary: Vocabulary, sheet: str, place: Place, points: Sequence[str]
) -> Expression | None:
    if not text:
        return None
    read = read_rule(text, vocabulary, sheet, place=place, points=points)
    if isinstance(read, Faults):
        raise DeclarationError(f"{text}：{read[0].message}")
    return read
