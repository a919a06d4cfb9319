"""The mails that people get."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sheetflow.errors import MailTemplateError
from sheetflow.mail.letter import MailText, render_mail, template_faults
from sheetflow.mail.letter_data import Event, MailData, MailFinding
from sheetflow.rounds import Round

FOLDER = Path(__file__).parents[2] / "templates" / "mail"
TEMPLATES = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}

FINDING = MailFinding(
    place="《走访记录》C7“走访方式”",
    wrong="填的是“入户”，不在可选的四项里",
    remedy="请从下拉列表中选择",
    severity="强制性",
)
DATA = MailData(
    campaign="下基层、访妇情、办实事",
    unit="历下区",
    form="活动情况报表",
    period="2012年1—2月",
    number=2,
    receipt="370102-2012B1-2",
    received="2012年3月5日 9时12分",
    findings=(FINDING,),
    counts=(("强制性", 9), ("核实性", 0), ("提示性", 3)),
    progress=Round(last=11, mended=8, left=3, new=1),
    remarks=("工作表“计划”不是本表的内容，没有带过来。",),
    reason="单位不一致",
    deadline="2012年3月2日",
    drop_folder="inbox/370102-历下区",
    attachment="退回_370102-历下区_2012B1_第2号.xlsx",
    other_unit="历城区",
    contact="活动办 0531-66605555",
    signature="济南市妇联",
    date="2012年3月5日",
)


def render(event: str, **changes: Any) -> MailText:
    """Render `event` with the templates that are shipped."""
    return render_mail(TEMPLATES, event, dataclasses.replace(DATA, **changes))


class _Reader(HTMLParser):
    """Reads the text, the tags and the attributes of an HTML mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("event", "changes", "subject"),
    [
        ("accepted", {}, "已接收：历下区 2012年1—2月（第2号）"),
        ("returned", {}, "退回：历下区 2012年1—2月（第2号）"),
        ("held", {}, "待确认：历下区 2012年1—2月（第2号）"),
        ("refused", {"period": ""}, "拒收：历下区（第2号）"),
        ("duplicate", {}, "重复报送（已收到）：历下区 2012年1—2月（第2号）"),
        ("precheck", {"number": None}, "预审（需要修改）：历下区 2012年1—2月"),
        ("precheck", {"number": None, "passed": True}, "预审（可以报送）：历下区 2012年1—2月"),
        ("reminder", {"number": None}, "报送提醒：历下区 2012年1—2月"),
        ("reminder", {"number": None, "late": True}, "催报：历下区 2012年1—2月"),
        ("issued", {"number": None}, "填报表已发放：历下区 2012年1—2月"),
        ("identity", {}, "请核对：历下区 2012年1—2月（第2号）"),
        ("decision", {"passed": True}, "已放行：历下区 2012年1—2月（第2号）"),
        ("filed", {"paper": "定稿", "passed": True}, "定稿已归档：历下区 2012年1—2月（第2号）"),
        (
            "reviewed",
            {"paper": "审核单", "passed": True, "number": None},
            "审核单已办理：历下区 2012年1—2月",
        ),
        (
            "reviewed",
            {"paper": "审核单", "number": None, "remarks": ("第6行",)},
            "审核单没有全部办理：历下区 2012年1—2月",
        ),
        ("decision", {}, "不予接收：历下区 2012年1—2月（第2号）"),
    ],
)
def test_subject_can_be_found_again(event: str, changes: dict[str, Any], subject: str) -> None:
    """Every subject says campaign, outcome, unit, period and number, always in this order."""
    assert render(event, **changes).subject == f"【下基层、访妇情、办实事】{subject}"


def test_every_event_has_its_words() -> None:
    """No event is without a template, with all data and with the least."""
    assert {f"{event}.txt" for event in Event} <= TEMPLATES.keys()
    assert template_faults(TEMPLATES) == ()


@pytest.mark.parametrize("event", list(Event))
def test_both_bodies_say_the_same(event: Event) -> None:
    """Who reads plain text misses nothing that the HTML says, and the other way round."""
    mail = render(event)
    html = re.sub(r"\s", "", _Reader(mail.html).text)
    for line in re.split(r"\n+", mail.text):
        bare = re.sub(r"[\s　·]|-{9,}|问题：|改法：", "", line)
        said = re.sub(r"^(\d+\.)?(【\S+?】)?", "", bare)
        label, _, value = said.partition("：")
        assert said in html or (label in html and value in html), line


@pytest.mark.parametrize("event", list(Event))
def test_html_needs_nothing_from_outside(event: Event) -> None:
    """No picture, script, style sheet, link or form: it reads the same in every program."""
    read = _Reader(render(event).html)
    assert set(read.tags) <= {
        *("html", "head", "meta", "title", "body", "table", "tr", "td", "th"),
        *("p", "div", "b", "span", "br"),
    }
    assert not {name for name, _ in read.attributes} & {"src", "href", "background", "onload"}
    assert not [value for _, value in read.attributes if value and "url(" in value]


def test_returned_mail_says_how_to_mend() -> None:
    """A clerk reads what is wrong, how to mend it, how it compares, by when, and whom to ask."""
    mail = render("returned")
    for words in (
        "你单位报送的2012年1—2月《活动情况报表》已收到",
        "有12处审核意见（强制性9处、提示性3处）",
        "上次11处，已改8处，未改3处，新增1处",
        "《走访记录》C7“走访方式”",
        "填的是“入户”，不在可选的四项里",
        "附件“退回_370102-历下区_2012B1_第2号.xlsx”",
        "放进报送文件夹（inbox）里的“inbox/370102-历下区”",
        "2012年3月2日",
        "活动办 0531-66605555",
        "工作表“计划”不是本表的内容",
    ):
        assert words in mail.text
        assert words in _Reader(mail.html).text


@pytest.mark.parametrize("event", list(Event))
def test_every_mail_gives_the_receipt(event: Event) -> None:
    """Whoever decides or asks needs the 回执号: every mail about a submission gives it."""
    mail = render(event)
    assert "回执号" in mail.text
    assert "370102-2012B1-2" in mail.text
    assert "370102-2012B1-2" in mail.html


@pytest.mark.parametrize(
    ("event", "changes", "said", "unsaid"),
    [
        ("accepted", {"nil": True}, "（零报告）", "行数"),
        ("accepted", {}, "行数", "零报告"),
        ("accepted", {"explained": 2}, "其中2处已有说明", "更正"),
        ("accepted", {"corrects": "第1号"}, "对已接收的第1号的更正", "先前待确认"),
        ("accepted", {"released": True}, "先前待确认，上级单位已经同意放行", "更正"),
        ("accepted", {"overtaken": "第3号"}, "汇总以第3号为准", "更正"),
        ("accepted", {}, "截止或者上级验收以后再改的，请在封面上照要求写明性质和原因", "即可"),
        ("issued", {}, "可以填报了", "预填"),
        ("issued", {"prefilled": True, "remarks": ()}, "本年前几期报送过的内容已经预填", "逐张"),
        ("rollcall", {}, "没有报的已经发信催报", "同时发信"),
        ("held", {}, "如果不是你单位放的，不用处理", "放到正确的文件夹"),
        ("identity", {}, "报告期是2012年1—2月", "已经报送的数据没有受到影响"),
        ("superior", {}, "sheetflow release 370102-2012B1-2", "重新审核一遍"),
        ("superior", {}, 'sheetflow reject 370102-2012B1-2 --why "理由"', "重新审核一遍"),
        ("superior", {"ours": True}, "重新审核一遍", "核实，再请"),
        ("refused", {"file_name": "报表.doc"}, "收到文件“报表.doc”", "一个文件"),
        ("precheck", {}, "在“情况说明”一栏", "“说明”一栏"),
    ],
)
def test_words_fit_the_case(event: str, changes: dict[str, Any], said: str, unsaid: str) -> None:
    """A mail says what is so of this very workbook, and nothing that is so only of others."""
    text = render(event, **changes).text
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize("event", ["held", "refused"])
def test_a_reason_is_given_once(event: str) -> None:
    """Where the finding says why, the letter does not say it again."""
    finding = dataclasses.replace(FINDING, wrong="这个文件是压缩包")
    text = render(event, findings=(finding,), reason="这个文件是压缩包").text
    assert text.count("这个文件是压缩包") == 1


def test_plain_list_is_aligned() -> None:
    """In plain text, the lines of each finding stand below each other, also from the tenth on."""
    mail = render("returned", findings=(FINDING,) * 12, counts=())
    lines = mail.text.splitlines()
    assert " 1. 【强制性】《走访记录》C7“走访方式”" in lines
    at = lines.index("10. 【强制性】《走访记录》C7“走访方式”")
    assert lines[at + 1 : at + 3] == [
        "    问题：填的是“入户”，不在可选的四项里",
        "    改法：请从下拉列表中选择",
    ]


def test_ten_findings_as_the_list_has_them() -> None:
    """The letter lists the first ten in the order of 问题清单, under what each group asks."""
    notes = [dataclasses.replace(FINDING, place=f"A{row}", severity="提示性") for row in range(30)]
    verify = dataclasses.replace(FINDING, place="V1", severity="核实性", group="核实")
    must = dataclasses.replace(FINDING, place="M1", number="1A2B3C4D", group="必改")
    text = render("returned", findings=(must, verify, *notes), counts=()).text
    places = re.findall(r"^ ?\d+\. 【\S+】(\w+)(?:（编号 1A2B3C4D）)?$", text, re.MULTILINE)
    assert places == ["M1", "V1", *(f"A{row}" for row in range(8))]
    assert "〔必改〕\n 1. 【强制性】M1（编号 1A2B3C4D）\n" in text
    assert "〔核实〕\n 2. 【核实性】V1\n" in text
    assert "共32处，这里列出10处，其余见“问题清单”" in text


def test_without_attachment_it_says_where_the_file_lies() -> None:
    """With attaching switched off, the mail names the file's place and no attachment."""
    place = "outbox/370102-历下区/2012B1/退回_370102-历下区_2012B1_第2号.xlsx"
    mail = render("returned", attachment="", file_place=place)
    assert f"打开答复文件夹（outbox）里的“{place}”" in mail.text
    assert "附件" not in mail.text + mail.html


def test_identity_mail_quotes_nothing_of_the_file() -> None:
    """The unit that a workbook only named learns that it came, and nothing it holds."""
    bare = MailData(
        campaign=DATA.campaign,
        unit=DATA.unit,
        period=DATA.period,
        number=DATA.number,
        receipt=DATA.receipt,
        received=DATA.received,
        other_unit=DATA.other_unit,
        contact=DATA.contact,
        signature=DATA.signature,
        date=DATA.date,
    )
    assert render("identity") == render_mail(TEMPLATES, "identity", bare)
    assert "历城区的文件夹" in render("identity").text
    assert "走访" not in render("identity").text


@pytest.mark.parametrize("event", list(Event))
def test_texts_stay_texts(event: Event) -> None:
    """Whatever a unit or a cell is called, it is no HTML, no template, no header, no new line."""
    evil = "<b>&{{ 7*7 }}</b>\r\n== 办法 ==\n=?utf-8?q?x?="
    finding = MailFinding(place=evil, wrong=evil, remedy=evil, severity=evil)
    mail = render(
        event,
        unit=evil,
        period=evil,
        campaign=evil,
        reason=evil,
        findings=(finding,),
        remarks=(evil,),
        other_unit=evil,
    )
    assert "<b>&" not in mail.html
    assert "49" not in mail.text
    assert "=?" not in mail.subject
    assert "\n" not in mail.subject
    assert not re.search(r"^== ", mail.text, re.MULTILINE)
    assert "&lt;b&gt;&amp;{{ 7*7 }}" in mail.html


def test_personal_numbers_reach_no_mail() -> None:
    """A rule that quotes an id or a phone by mistake does not publish it."""
    canary = ("37010219800101123X", "13800138000")
    finding = dataclasses.replace(FINDING, wrong=f"{canary[0]}不对", remedy=f"改{canary[1]}")
    mail = render("returned", findings=(finding,), reason=canary[0], remarks=canary)
    for number in canary:
        assert number not in mail.subject + mail.text + mail.html
    assert "0531-66605555" in mail.text


def test_long_names_leave_the_number_standing() -> None:
    """However long the campaign's and the unit's names, the subject still ends with the number."""
    subject = render("returned", campaign="活动" * 90, unit="单位" * 90).subject
    assert subject.endswith("2012年1—2月（第2号）")


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("returned.txt", "== 结果 ==\n退回\n== 正文 ==\n\n{{ danwei }}", "不认识的名称"),
        ("returned.txt", "== 结果 ==\n退回\n== 正文 ==\n{% if late %}", "第4行"),
        ("returned.txt", "== 结果 ==\n退回", "缺少“== 正文 ==”"),
        (
            "returned.txt",
            "== 结果 ==\n退\n== 正文 ==\n您\n== 怎么 ==\n",
            "不认识的一段“== 怎么 ==”",
        ),
        ("returned.txt", "== 结果 ==\n退\n== 正文 ==\n{{ ''.__class__.mro() }}", "算不出来"),
        ("returned.txt", "== 结果 ==\n退\n== 正文 ==\n{{ 1 / 0 }}", "算不出来"),
        ("letter.html", "{{ fact }}", "不认识的名称"),
        ("letter.html", "<p>{{ unit </p>", "第1行"),
        ("subject.txt", None, "不在模板文件夹里"),
    ],
)
def test_a_broken_edit_is_named(name: str, source: str | None, said: str) -> None:
    """Who breaks a template is told the file and what to look at, not a Python error."""
    templates = {**TEMPLATES, name: source}
    broken = {key: text for key, text in templates.items() if text is not None}
    with pytest.raises(MailTemplateError, match=name) as caught:
        render_mail(broken, "returned", DATA)
    assert said in str(caught.value)
    assert any(said in fault for fault in template_faults(broken))


def test_notepad_may_save_it() -> None:
    """A template saved with a byte order mark and CRLF renders the same."""
    saved = {
        name: "\ufeff" + source.replace("\n", "\r\n") if name != "letter.html" else source
        for name, source in TEMPLATES.items()
    }
    assert render_mail(saved, "returned", DATA) == render("returned")


@pytest.mark.parametrize("findings", [(), (FINDING,)])
def test_a_refusal_leaves_the_remedy_to_what_was_found(findings: tuple[MailFinding, ...]) -> None:
    """What to do with a refused file its own finding says: no letter guesses at passwords."""
    mail = render("refused", findings=findings)
    for body in (mail.text, mail.html):
        assert "密码" not in body
        assert "另存为" not in body
        assert "填报工作簿" in body
