"""Every code that reading or a child can give has its sentence in the catalogue."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import sheetflow.children
import sheetflow.reading
from sheetflow.findings import Catalogue, Place, Severity
from sheetflow.schemas.catalogue import GENERAL_CHECKS

_CODES = ("file-", "remark-")
FILE_CHECKS = [check for check in GENERAL_CHECKS if check.code.startswith(_CODES)]
_NO_WORKBOOKS = {"word_text.py", "paper_text.py"}
"""What is read there are signed reports and papers: `service.filed_answer` and `consolidation.judged_papers` have
their sentences."""
_RAISING = {"UnreadableError", "ChildLostError"}


def _trees() -> Iterator[ast.Module]:
    for room in (sheetflow.reading, sheetflow.children):
        for path in sorted(Path(room.__path__[0]).glob("*.py")):
            if path.name not in _NO_WORKBOOKS:
                yield ast.parse(path.read_text(encoding="utf-8"))


def given_codes() -> set[str]:
    """All codes that stand in the source of both rooms."""
    return {
        node.value
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(_CODES)
    }


def test_every_code_has_its_sentence_and_no_sentence_is_idle() -> None:
    """A clerk never gets a bare code, and the catalogue holds nothing that cannot happen."""
    assert given_codes() == {check.code for check in FILE_CHECKS}


def test_reasons_stand_in_the_source_as_they_are() -> None:
    """No reason is put together where the test above could not see it."""
    passed_on = {"reason"}  # the pipe hands on what the child raised
    for tree in _trees():
        for node in ast.walk(tree):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in _RAISING:
                first = node.args[0]
                assert isinstance(first, ast.Constant) or ast.unparse(first) in passed_on


def test_raised_details_fill_the_sentence() -> None:
    """Every sentence can be said with the details that the refusal carries."""
    wanted = {
        check.code: {
            name for _, name, _, _ in string.Formatter().parse(check.wrong + check.remedy) if name
        }
        for check in FILE_CHECKS
    }
    for tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            code = node.args[0]
            if isinstance(code, ast.Constant) and code.value in wanted:
                assert wanted[str(code.value)] <= {keyword.arg for keyword in node.keywords}


def test_sentences_are_whole() -> None:
    """Each file finding reads as one Chinese sentence: what is wrong, and what to do."""
    catalogue = Catalogue.of(FILE_CHECKS)
    for check in FILE_CHECKS:
        finding = check.at(Place(), sheet="需求", cell="XFD1048576", range="A1:B2")
        sentence = catalogue.sentence(finding)
        assert "{" not in sentence
        assert "。。" not in sentence
        assert sentence.startswith("整个工作簿：")
        expected = Severity.NOTE if check.code.startswith("remark-") else Severity.MUST
        assert check.severity is expected


def test_one_sentence_exactly() -> None:
    """The far cell is named in the sentence, with the keys that find it."""
    catalogue = Catalogue.of(FILE_CHECKS)
    finding = catalogue["file-far-cell"].at(Place(), sheet="走访记录", cell="XFD1048576")
    assert catalogue.sentence(finding) == (
        "整个工作簿：工作表《走访记录》的内容一直延伸到XFD1048576，范围过大，无法读取。"
        "离报表很远的地方多半误填了内容。请按Ctrl+End跳到最后一个单元格，"
        "删除报表以外的行和列，保存后重新报送。"
    )
