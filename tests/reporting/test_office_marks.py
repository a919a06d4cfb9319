"""A template edited in Word by people who type Chinese: read as meant, else the place is named."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from sheetflow.consolidation.report_data import ReportData
from sheetflow.errors import ReportTemplateError
from sheetflow.reporting import render_report
from sheetflow.reporting.office_marks import as_meant, tag_as_meant

Edit = Callable[[str, str], bytes]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("｛｛本期。S08｝｝", "{{本期.S08}}"),
        ("{ { 本期．Ｓ０８ } }", "{{ 本期.S08 }}"),
        ("｛{累计·S45｜万元}｝", "{{累计.S45|万元}}"),
        ("｛％ if 有上期 ％｝", "{% if 有上期 %}"),
        ("{ ％　P If 单位级别＝“省” ％ }", '{%p if 单位级别=="省" %}'),
        ("{%tr for 行 in 各单位％｝", "{%tr for 行 in 各单位%}"),
        ("｛% if 单位名称 == ‘历下区（新）。’ %｝", "{% if 单位名称 == '历下区（新）。' %}"),
        ("｛％略零％｝", "{%略零%}"),
        ("{{ 累计.S26|占（累计.S19） }}", "{{ 累计.S26|占(累计.S19) }}"),
        ("{% if 累计.S54 ≥ 1 %}", "{% if 累计.S54 >= 1 %}"),
        ("{{ 本期.S08 }}", "{{ 本期.S08 }}"),
        ("（注：｛略｝）", "（注：｛略｝）"),
    ],
)
def test_tags_in_chinese_marks_are_read_as_meant(typed: str, meant: str) -> None:
    """Full-width marks in a tag are the half-width ones, except inside quotes."""
    assert tag_as_meant(typed) == meant


def test_a_whole_template_in_chinese_marks_is_filled(
    edited: Edit, province: ReportData, stamp: dt.datetime
) -> None:
    """An office that typed its tags with the Chinese keyboard gets its report."""
    typed = "｛％if 有上期％｝走访{ {本期。S08} }人次，｛｛累计。S45｜万元｝｝｛％endif％｝。"
    text = _text(render_report(edited("特此报告。", typed), province, stamp=stamp).docx)
    assert f"走访{province.figures['S08'].current}人次，10956.21万元。" in text


def _text(content: bytes) -> str:
    return "\n".join(each.text for each in docx.Document(io.BytesIO(content)).paragraphs)


def _tracked(template: bytes, words: str, edit: Callable[[Any], None]) -> bytes:
    """Change the paragraph that says `words` as Word does under 修订."""
    document, saved = docx.Document(io.BytesIO(template)), io.BytesIO()
    [paragraph, *_] = [each for each in document.paragraphs if words in each.text]
    edit(paragraph)
    document.save(saved)
    return saved.getvalue()


def _deleted(paragraph: Any) -> None:
    gone = OxmlElement("w:del")
    run = paragraph.runs[0]._r  # noqa: SLF001 - there is no public way to a tracked change
    run.addprevious(gone)
    gone.append(run)
    for text in run.findall(qn("w:t")):
        text.tag = qn("w:delText")


def _mark_deleted(paragraph: Any) -> None:
    _deleted(paragraph)
    look = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - likewise
    marks = OxmlElement("w:rPr")
    marks.append(OxmlElement("w:del"))
    look.append(marks)


def test_a_tag_deleted_under_revision_is_gone(
    template: bytes, edited: Edit, province: ReportData, stamp: dt.datetime
) -> None:
    """What was struck under 修订 counts as deleted, a wrong tag in it too, and so does its paragraph."""
    wrong = edited("特此报告。", "{{ 没有这个 }}特此报告。")
    with pytest.raises(ReportTemplateError):
        render_report(wrong, province, stamp=stamp)
    mended = render_report(_tracked(wrong, "没有这个", _deleted), province, stamp=stamp)
    assert "特此报告" not in _text(mended.docx)
    whole = _tracked(template, "{%p if 图.走访群众 %}", _mark_deleted)
    whole = _tracked(whole, "{{ 图.走访群众 }}", _mark_deleted)
    whole = _tracked(whole, "{{ 图题.走访群众 }}", _mark_deleted)
    first_end = [each.text for each in docx.Document(io.BytesIO(whole)).paragraphs]
    assert "{%p endif %}" in first_end
    with pytest.raises(ReportTemplateError, match="前面没有相配的 if"):
        render_report(whole, province, stamp=stamp)


def test_words_inserted_under_revision_count(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """What was written in under 修订 stands as if it had been accepted."""

    def inserted(paragraph: Any) -> None:
        run = paragraph.add_run("｛｛ 单位名称 ｝｝")._r  # noqa: SLF001 - likewise
        come = OxmlElement("w:ins")
        run.addprevious(come)
        come.append(run)

    changed = _tracked(template, "特此报告。", inserted)
    assert "特此报告。山东省" in _text(render_report(changed, province, stamp=stamp).docx)


def test_a_tag_torn_by_spelling_marks_is_one(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Word tears a tag into runs wherever it doubts the spelling; that changes nothing."""

    def torn(paragraph: Any) -> None:
        paragraph.runs[0].text = ""
        for piece in ("｛", "｛本", "期。", "S08", "｝", "｝次"):
            run = paragraph.add_run(piece)._r  # noqa: SLF001 - likewise
            run.addnext(OxmlElement("w:proofErr"))

    text = _text(render_report(_tracked(template, "特此报告。", torn), province, stamp=stamp).docx)
    assert f"\n{province.figures['S08'].current}次\n" in text


def test_a_clean_template_stays_as_it_is(template: bytes) -> None:
    """A template without anything to mend is not written anew."""
    assert as_meant(template) == template


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("特此报告。{{ 本期.S99 }}", "段“特此报告。{{ 本期.S99 …"),
        ("特此报告。{{ 本期.S08 }", "段“特此报告。{{ 本期.S08 …"),
        ("特此报告。｛ 本期.S08 }}", "写得不完整"),
        ("特此报告。{% if 有上期 %}", "后面没有相配的 endif"),
        ("特此报告。{% 略零 %}甲", "后面没有相配的 略零完"),
        ("特此报告。{{ 累计.S45 + 1 }}", "段“特此报告。{{ 累计.S45 …"),
        (
            "{% for 行 in 各单位 %}{{ 行.累计.S91 }}{% endfor %}",
            "段“{% for 行 in 各单位……”里的标签",
        ),
    ],
)
def test_a_fault_is_named_with_its_paragraph(
    typed: str, told: str, edited: Edit, province: ReportData, stamp: dt.datetime
) -> None:
    """What cannot be guessed is named with the paragraph that it stands in."""
    with pytest.raises(ReportTemplateError) as caught:
        render_report(edited("特此报告。", typed), province, stamp=stamp)
    assert told.removesuffix("…") in str(caught.value)
    assert "《模板说明》" in str(caught.value)


def test_paragraphs_are_counted_as_people_count_them(
    edited: Edit, province: ReportData, stamp: dt.datetime
) -> None:
    """The number is that of the paragraph among those with words in them, tables aside."""
    wrong = edited("特此报告。", "特此报告。{{ 甲 }}")
    paragraphs = [each.text for each in docx.Document(io.BytesIO(wrong)).paragraphs if each.text]
    number = paragraphs.index("特此报告。{{ 甲 }}") + 1
    with pytest.raises(ReportTemplateError, match=f"^情况报告模板第{number}段“特此报告。"):
        render_report(wrong, province, stamp=stamp)
