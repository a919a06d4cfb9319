"""A Word template that cannot be used costs nobody a report: the default one serves meanwhile."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from sheetflow.service.status import standing
from tests.rounds.desk import CITY, IN_TIME, LIXIA, CountyDesk

pytestmark = pytest.mark.slow

OURS = "本办公室另加的一段"


def rewritten(path: Path, old: str, new: str) -> None:
    """Change the last such text of the template, as Word would save it."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "word/document.xml":
                assert old.encode() in content
                before, _, after = content.rpartition(old.encode())
                content = before + new.encode() + after
            target.writestr(entry, content)


def _unknown_name(path: Path) -> None:
    rewritten(path, "{{", "{{ 不存在 }}{{")


def _half_a_tag(path: Path) -> None:
    rewritten(path, "}}", "}")


def _no_docx(path: Path) -> None:
    path.write_bytes("这不是 Word 文件".encode("gbk"))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_unknown_name, "没有“不存在”这个名称"),
        (_half_a_tag, "标签写得不完整"),
        (_no_docx, "不是 .docx 文件或者已经损坏"),
        (_folder, "情况报告.docx 的位置上不是文件"),
    ],
)
def test_the_default_report_serves_meanwhile(
    tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    """The report is there, `run` and `status` name the fault; mended, it is made by the template."""
    desk = CountyDesk.make(tmp_path / "work")
    template = desk.workspace.templates / "report" / "情况报告.docx"
    kept = template.read_bytes()
    spoil(template)
    desk.drop(LIXIA, desk.write(LIXIA))
    report = desk.run()
    assert not report.is_failed
    assert [line for line in report.notices if said in line], report.notices
    assert [
        line
        for line in desk.ask(lambda context: standing(context).notices, IN_TIME)
        if said in line
    ]
    made = desk.answer(CITY, "情况报告")
    assert OURS not in words(made)
    [comment] = docx.Document(str(made)).comments
    assert said in comment.text
    assert "本报告是用默认模板生成的" in comment.text
    if template.is_dir():
        template.rmdir()
    template.write_bytes(kept)
    rewritten(template, "按照", f"{OURS}按照")
    again = desk.run()
    assert again.notices == ("情况报告模板有变化，会重新生成：情况报告2份。",)
    assert OURS in words(made)
    assert list(docx.Document(str(made)).comments) == []
    assert desk.run().published == 0


def words(path: Path) -> str:
    """All text of a report's body, tables among it."""
    with zipfile.ZipFile(path) as package:
        body = package.read("word/document.xml").decode()
    return re.sub(r"<[^>]*>", "", body)
