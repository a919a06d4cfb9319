"""The mail that an answer brings: one for each event, findable, whole, and nobody's secret."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from aiosmtpd.smtp import Envelope

from tests.county_book import cell
from tests.mail.conftest import Certificates, Postbox
from tests.rounds.desk import IN_TIME, LIXIA, SHIZHONG, CountyDesk
from tests.rounds.forty import FORTY

StartServer = Callable[..., Postbox]

PERSONAL = ("张秀英", "370102196701011220", "13800000001", "盛福庄村8号", "13812345678", "37010219")
A_DAY_LATER = IN_TIME + dt.timedelta(days=1)


def opened(content: bytes) -> EmailMessage:
    """Read a mail as a mail program does."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content_of(envelope: Envelope) -> bytes:
    """What the server was handed."""
    assert isinstance(envelope.content, bytes)
    return envelope.content


def bodies(message: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of a mail."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


def attached(message: EmailMessage) -> dict[str, bytes]:
    """The attachments by name."""
    return {
        str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]
        for part in message.iter_attachments()
    }


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> CountyDesk:
    """A county whose workbook with forty mistakes came back, mail lying in the Maildir."""
    desk = CountyDesk.make(tmp_path_factory.mktemp("mail") / "work")
    desk.drop(LIXIA, desk.write(LIXIA, FORTY))
    desk.run()
    return desk


def test_a_person_finds_the_mail_again(returned: CountyDesk) -> None:
    """The subject names campaign, outcome, unit, period and number."""
    (message,) = returned.mails(LIXIA)
    assert message["Subject"] == "【下基层、访妇情、办实事】退回：历下区 2012年3—4月（第1号）"
    assert message["To"] == f"{LIXIA}@mail.example, second-{LIXIA}@mail.example"
    assert message["Message-ID"].startswith("<370102-2012B2-1.")


def test_the_mail_lists_what_the_list_lists(returned: CountyDesk) -> None:
    """The mail's lines are the first of 问题清单: same order, numbers, cells and codes of rows."""
    (message,) = returned.mails(LIXIA)
    told = re.findall(r"(?m)^ ?(\d+)\. 【(\S+?)】(.+?)（编号 (\w+)）\r?$", bodies(message)[0])
    ((_, content),) = attached(message).items()
    page = openpyxl.load_workbook(io.BytesIO(content))["问题清单"]
    listed = []
    for row in range(4, 14):
        order, number, kind, title, spot, label = (page.cell(row, n).value for n in range(1, 7))
        place = f"《{title}》{'' if spot in {'全表', '—'} else spot}{f'“{label}”' if label else ''}"
        listed.append((str(order), kind, place, number))
    assert told == listed
    assert any(re.search(r"，[A-Z]\d{3,}“", place) for _, _, place, _ in listed)


def test_the_first_findings_stand_in_a_table(returned: CountyDesk) -> None:
    """Ten findings, what must be mended first, in the table as in plain text; how many in all."""
    (message,) = returned.mails(LIXIA)
    plain, html = bodies(message)
    assert len(re.findall(r"(?m)^ ?\d+\. 【强制性】", plain)) == 10
    assert html.count("改法：") == 10
    total = re.search(r"共(\d+)处，这里列出10处", plain)
    assert total is not None
    assert int(total[1]) > 60
    assert total[0] in html


def test_cells_in_the_mail_are_those_of_the_attached_copy(tmp_path: Path) -> None:
    """Blank rows and moved columns: the mail names the cell of the copy that it brings."""
    desk = CountyDesk.make(tmp_path / "work")
    moved = (
        "# 宣传报道\n| 题目 | 日期 | 媒体名称 | 媒体级别 | 形式 |\n"
        "| --- | --- | --- | --- | --- |\n| | | | | |\n"
        "| 下基层 | 2012-03-09 | 大众日报 | 省级 | 口头 |"
    )
    desk.drop(LIXIA, desk.write(LIXIA, moved))
    desk.run()
    (submission,) = desk.submissions(LIXIA)
    (found,) = [entry for entry in desk.findings(submission) if entry.rule == "choice-unknown"]
    there, here = found.place.cell, cell("publicity", "form", 4)
    assert there != here
    plain, html = bodies(desk.mails(LIXIA)[0])
    for body in (plain, html):
        assert f"《宣传报道》{here}“形式”" in body
        assert there not in body


def test_the_marked_copy_is_attached(returned: CountyDesk) -> None:
    """The attachment is the very file that lies in the outbox, under its own name."""
    (message,) = returned.mails(LIXIA)
    copy = returned.answer(LIXIA, "退回")
    assert attached(message) == {copy.name: copy.read_bytes()}
    assert copy.name in bodies(message)[0]


def test_without_attachments_the_file_is_named(tmp_path: Path) -> None:
    """With mail.attach = false the mail says where the file lies, and brings none."""
    desk = CountyDesk.make(tmp_path / "work", attach="false")
    desk.drop(LIXIA, desk.write(LIXIA, "@ 走访记录 走访妇女人次 4 = 约20"))
    desk.run()
    (message,) = desk.mails(LIXIA)
    assert attached(message) == {}
    copy = desk.answer(LIXIA, "退回")
    for body in bodies(message):
        assert f"{copy.parent.name}/{copy.name}" in body
        assert "附件" not in body


def test_no_personal_value_is_in_a_mail(returned: CountyDesk) -> None:
    """Whatever stood in personal columns or slipped into texts, no header or body repeats it."""
    (message,) = returned.mails(LIXIA)
    said = "\n".join([*bodies(message), *(str(value) for value in message.values())])
    assert [value for value in PERSONAL if value in said] == []


def settings(box: Postbox, **more: str) -> dict[str, str]:
    """The settings for a mail server of the tests."""
    return {
        "host": '"127.0.0.1"',
        "port": str(box.port),
        "sender": '"report@fl.example"',
        **more,
    }


def test_starttls_login_and_patience(
    start_server: StartServer,
    trusted: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Encrypted and logged in; refused for now, the same mail goes out later, once to everyone."""
    box = start_server(login=True, tls_context=trusted.server, require_starttls=True)
    box.answers["DATA"] = ["451 try again later"]
    monkeypatch.setenv("SHEETFLOW_MAIL_PASSWORD", box.password)
    more = settings(box, security='"starttls"', user=f'"{box.user}"')
    desk = CountyDesk.make(tmp_path / "work", **more)
    for unit_id in (LIXIA, SHIZHONG):
        desk.drop(unit_id, desk.write(unit_id, "@ 走访记录 走访妇女人次 4 = 约20"))
    first = desk.run()
    assert (first.mail.sent, first.mail.delayed) == (1, 1)
    assert desk.answer(LIXIA, "退回").is_file()
    again = [desk.run(A_DAY_LATER).mail.sent for _ in range(2)]
    assert again == [1, 0]
    assert box.encrypted == [True, True]
    assert set(box.logins) == {box.user}
    reached = sorted(to for envelope in box.envelopes for to in envelope.rcpt_tos)
    assert reached == sorted(
        f"{prefix}{unit_id}@mail.example"
        for unit_id in (LIXIA, SHIZHONG)
        for prefix in ("", "second-")
    )
    numbers = [opened(content_of(envelope))["Message-ID"] for envelope in box.envelopes]
    assert len(set(numbers)) == 2


def test_one_bad_address_keeps_nothing_from_the_other(
    start_server: StartServer, tmp_path: Path
) -> None:
    """Of two recipients one is refused for good: the other one gets the mail, once."""
    box = start_server()
    box.answers[f"{LIXIA}@mail.example"] = ["550 no such user"]
    desk = CountyDesk.make(tmp_path / "work", **settings(box, security='"none"'))
    desk.drop(LIXIA, desk.write(LIXIA))
    assert desk.run().mail.sent == 1
    (envelope,) = box.envelopes
    assert envelope.rcpt_tos == [f"second-{LIXIA}@mail.example"]
    message = opened(content_of(envelope))
    assert "已接收" in str(message["Subject"])
