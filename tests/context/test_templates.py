"""Templates as an office saves them: read where that is certain, else the default serves and all say so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetflow.cli.summaries import pass_lines
from sheetflow.context.templates import NEWER
from sheetflow.service.status import standing
from sheetflow.upkeep.doctor import examine
from tests.tiny.desk import CITY, EAST, IN_TIME, NEXT_DAY, PROVINCE, WEST, Desk, body

pytestmark = pytest.mark.slow

OURS = "本办公室自己的话：已经收下。"
Spoil = Callable[[Path], None]


def edited(desk: Desk, encoding: str) -> Path:
    """Edit the mail about acceptance in the office's own words, saved in some encoding."""
    path = desk.workspace.templates / "mail" / "accepted.txt"
    text = path.read_text(encoding="utf-8").replace("== 正文 ==\n", f"== 正文 ==\n{OURS}\n", 1)
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def notices(desk: Desk) -> dict[str, str]:
    """What `run`, `status` and `doctor` say of templates, each in one text."""
    report = desk.run(NEXT_DAY)
    assert not report.is_failed, "nothing was left undone"
    said = {
        "run": pass_lines(report),
        "status": desk.ask(lambda context: standing(context).notices, NEXT_DAY),
        "doctor": [line.found + line.remedy for line in examine(desk.root, NEXT_DAY)],
    }
    return {
        place: "\n".join(line for line in lines if "模板" in line and "可以使用" not in line)
        for place, lines in said.items()
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_an_edited_mail_is_sent_in_its_words(desk: Desk, encoding: str) -> None:
    """Saved as UTF-8, Unicode or ANSI, an edited mail template is the one that is used."""
    edited(desk, encoding)
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    (mail,) = desk.mails(EAST)
    assert OURS in body(mail)
    assert notices(desk) == dict.fromkeys(("run", "status", "doctor"), "")


def _empty(path: Path) -> None:
    path.write_bytes(b"\r\n \r\n")


def _nothing(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _gone(path: Path) -> None:
    path.unlink()


def _unmarked(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16-le"))


def _broken(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n{% if %}{% endif %}\n", encoding="utf-8")


def _headless(path: Path) -> None:
    path.write_text("您好，已经收到。", encoding="utf-8")


def _unknown(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n{{ 不存在 }}\n", encoding="utf-8")


ACCEPTED, LETTER, BOARD = "mail/accepted.txt", "mail/letter.html", "board/上报情况.html"
SPOILS = (
    (ACCEPTED, _empty, "是空的"),
    (ACCEPTED, _headless, "缺少“== 结果 ==”一段"),
    (BOARD, _nothing, "是空的"),
    (LETTER, _folder, "位置上不是文件"),
    (BOARD, _folder, "位置上不是文件"),
    (ACCEPTED, _pipe, "位置上不是文件"),
    (LETTER, _gone, "不在模板文件夹里"),
    (ACCEPTED, _unmarked, "另存为时编码选 UTF-8"),
    (BOARD, _unmarked, "另存为时编码选 UTF-8"),
    (ACCEPTED, _broken, "符号不成对或写法不对"),
    (BOARD, _broken, "符号不成对或写法不对"),
    (BOARD, _unknown, "不认识的名称"),
)


@pytest.mark.parametrize(("name", "spoil", "said"), SPOILS)
def test_the_default_serves_meanwhile_and_three_places_say_so(
    desk: Desk, name: str, spoil: Spoil, said: str
) -> None:
    """Whatever an office did to a text template, all is answered, mailed, published and told."""
    path = desk.workspace.templates / name
    kept = path.read_bytes()
    spoil(path)
    desk.drop(EAST, desk.fill(EAST))
    assert not desk.run().is_failed
    assert len(desk.mails(EAST)) == 1
    assert "上报情况_清河省.html" in desk.names(PROVINCE, "")
    for place, told in notices(desk).items():
        assert path.name in told, place
        assert said in told, place
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    path.write_bytes(kept)
    desk.run(NEXT_DAY)  # says once that boards are made by it again
    assert notices(desk) == dict.fromkeys(("run", "status", "doctor"), "")


_FIRST_VERSION = {
    "accepted",
    "decision",
    "duplicate",
    "held",
    "identity",
    "letter",
    "precheck",
    "refused",
    "reminder",
    "returned",
    "rollcall",
    "subject",
    "superior",
}


def test_a_template_newer_than_the_workspace_is_no_trouble(desk: Desk) -> None:
    """A workspace of the first version lacks what came since: only `doctor` says what adds it."""
    folder = desk.workspace.templates / "mail"
    newer = {path for path in folder.glob("*.*") if path.stem not in {*_FIRST_VERSION, "README"}}
    newer |= set((desk.workspace.templates / "board").glob("报送进度.*"))
    assert {path.name for path in newer} == NEWER
    for path in newer:
        path.unlink()
    assert notices(desk) == dict.fromkeys(("run", "status", "doctor"), "")
    said = [line.found for line in examine(desk.root, NEXT_DAY) if line.topic == "邮件模板"]
    assert len(said) == 1
    assert min(NEWER) in said[0]  # of many the first few are named
    assert "init" in said[0]


def test_a_board_that_a_default_served_for_is_made_again(desk: Desk) -> None:
    """Once the board's template is mended, the boards are made by it, with nothing else changed."""
    path = desk.workspace.templates / "board" / "上报情况.html"
    kept = path.read_text(encoding="utf-8")
    path.write_text("{% if %}", encoding="utf-8")
    desk.drop(EAST, desk.fill(EAST))
    desk.run()
    board = desk.out(CITY) / "上报情况_上游市.html"
    assert OURS not in board.read_text(encoding="utf-8")
    path.write_bytes(kept.replace("</h1>", f"</h1>{OURS}", 1).encode("gbk"))
    desk.run(NEXT_DAY)
    assert OURS in board.read_text(encoding="utf-8")
    assert desk.run(NEXT_DAY).published == 0


def test_a_neighbour_is_innocent(desk: Desk) -> None:
    """A spoilt template of one mail leaves the office's words in another one."""
    edited(desk, "gbk")
    _folder(desk.workspace.templates / "mail" / "returned.txt")
    desk.drop(WEST, desk.fill(WEST))
    desk.run(IN_TIME)
    (mail,) = desk.mails(WEST)
    assert OURS in body(mail)


def test_what_is_no_template_of_ours_is_let_be(desk: Desk) -> None:
    """Copies and notes that somebody keeps in the folder are nobody's business."""
    folder = desk.workspace.templates / "mail"
    (folder / "README.txt").write_bytes(b"\xff\xff")
    (folder / "accepted - 副本.txt").write_bytes(b"")
    (folder / "旧.txt").mkdir()
    assert notices(desk) == dict.fromkeys(("run", "status", "doctor"), "")
