"""The settings: defaults, the file made from them, and what is said about mistakes."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from sheetflow.config.settings import settings_of
from sheetflow.config.settings_file import default_settings_text, read_settings
from sheetflow.errors import SettingsError
from sheetflow.units import THREE_LEVELS

FRESH = settings_of(THREE_LEVELS)
"""The settings of a campaign of 省 市 县."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Name the file in an empty folder."""
    return tmp_path / "sheetflow.toml"


def sentence(file: Path, text: str) -> str:
    """Give what is said about a file with `text`."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(file)
    return str(caught.value)


def test_default_file_says_the_defaults(file: Path) -> None:
    """The file that init writes means exactly what the program does without it."""
    file.write_text(default_settings_text(), encoding="utf-8")
    assert read_settings(file) == FRESH()


def test_default_file_holds_every_key() -> None:
    """Every key stands in the file, each under a comment, and the password does not."""
    text = default_settings_text()
    written = tomllib.loads(text)
    assert written == {
        name: value
        for name, value in FRESH().model_dump(mode="json").items()
        if name != "mail_password"
    }
    lines = text.splitlines()
    for before, line in itertools.pairwise(lines):
        if line.startswith("[") or re.match(r"\w+ = ", line):
            assert before.startswith("# "), line


def test_empty_file_is_enough(file: Path) -> None:
    """An operator who deletes everything gets the defaults."""
    file.write_text("", encoding="utf-8")
    assert read_settings(file) == FRESH()


def test_examples_in_the_file_work(file: Path) -> None:
    """An operator may take the # off every example of a table."""
    text = re.sub(r'(?m)^# (?="[^"]+" = )', "", default_settings_text())
    file.write_text(text, encoding="utf-8")
    settings = read_settings(file)
    assert settings.deadlines.overrides == {dt.date(2012, 3, 3): True}
    assert settings.folders.watching_exceptions == {"370102-历下区": "polling"}
    assert settings.report.document_number("370000", "2012B1") == "鲁妇发〔2012〕10号"
    assert settings.privacy.overrides("市") == {"工作表.栏目": "left_out"}


def test_notepad_byte_order_mark(file: Path) -> None:
    """A file saved by Notepad is read."""
    file.write_text('campaign = "other"', encoding="utf-8-sig")
    assert read_settings(file).campaign == "other"


def test_what_is_set_counts(file: Path) -> None:
    """Set keys count, and the keys beside them keep their defaults."""
    file.write_text(
        """
        [folders]
        inbox = '\\\\server\\share\\收件'
        [mail]
        host = "smtp.example.org"
        sender = "a@example.org"
        [report]
        copies_to = ["省委办公厅", "省政府办公厅"]
        [report.fonts]
        body = "仿宋"
        [privacy]
        city.needs.name = "whole"
        province = {"needs.name" = "masked"}
        """,
        encoding="utf-8",
    )
    settings = read_settings(file)
    assert settings.folders.inbox == r"\\server\share\收件"
    assert settings.mail.server_port == 587
    assert settings.report.copies_to == ("省委办公厅", "省政府办公厅")
    assert settings.report.fonts.replaced == {"仿宋_GB2312": "仿宋"}
    assert settings.privacy.overrides("市") == {"needs.name": "whole"}
    assert settings.privacy.overrides("省") == {"needs.name": "masked"}
    assert settings.privacy.overrides("县") == {}
    assert settings.deadlines.working_days("市") == 4


def test_texts_of_a_unit() -> None:
    """Issuer and addressee of a report are the unit's own and its superior's."""
    report = FRESH().report
    assert report.issuer_of("济南市") == "济南市妇女联合会"
    assert report.printed_by_of("济南市") == "济南市妇女联合会办公室"
    assert report.addressee_of("山东省") == "山东省妇女联合会"
    assert report.addressee_of(None) == "全国妇联办公厅"
    assert report.document_number("370100", "2012B1") == ""


def test_printed_fields_are_blank() -> None:
    """Nothing is printed on the form that no office has approved."""
    printed = FRESH().form.printed
    assert list(printed) == ["表号", "制定机关", "批准文号", "有效期至", "计量单位"]
    assert set(printed.values()) == {""}


def test_environment_goes_first(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable outweighs the file, key by key."""
    file.write_text('[mail]\nhost = "a"\nsender = "a@b.cn"\nport = 26\n', encoding="utf-8")
    monkeypatch.setenv("SHEETFLOW_MAIL__HOST", "b")
    monkeypatch.setenv("SHEETFLOW_INTAKE__QUIET_SECONDS", "0.5")
    settings = read_settings(file)
    assert (settings.mail.host, settings.mail.port) == ("b", 26)
    assert settings.intake.quiet_seconds == 0.5


def test_password_only_from_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password comes from the environment, and never shows."""
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("SHEETFLOW_MAIL_PASSWORD", "canary-6031")
    settings = read_settings(file)
    assert settings.mail_password.get_secret_value() == "canary-6031"
    assert "canary-6031" not in repr(settings)
    assert "canary-6031" not in str(settings.model_dump())


@pytest.mark.parametrize(
    "text", ['mail_password = "canary-6031"', '[mail]\npassword = "canary-6031"']
)
def test_password_in_the_file(file: Path, text: str) -> None:
    """Who writes the password into the file is told where it belongs, without repeating it."""
    said = sentence(file, text)
    assert "SHEETFLOW_MAIL_PASSWORD" in said
    assert "canary" not in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (f"campaign = '{name}'", f"campaign 写成了“{name}”，应为活动的英文名称")
            for name in ("../../x", "..", "a:b:c", "a b", ":x")
        ),
        ("campaign = ''", "campaign 是空的，又没有启用过活动工作簿。"),
        ("quiet = 3", "没有 quiet 这一项设置。可用的有：campaign、folders"),
        ("[mial]\nhost = ''", "没有 mial 这一项设置。是不是想写 mail？"),
        ("_env_file = 'x'", "没有 _env_file 这一项设置。"),
        (
            "[intake]\nquite_seconds = 3",
            (
                "[intake] 里没有 quite_seconds 这一项设置。是不是想写 quiet_seconds？"
                "可用的有：quiet_seconds、scan_seconds。"
            ),
        ),
        ("[report.fonts]\nbold = ''", "[report.fonts] 里没有 bold 这一项设置。"),
        (
            '[mail]\nport = "很大"',
            "[mail] 的 port 写成了“很大”，应为 0 到 65535 之间的整数。请改正。",
        ),
        ("[mail]\nport = true", "[mail] 的 port 写成了 true，应为 0 到 65535 之间的整数。"),
        ("[intake]\nquiet_seconds = -1", "写成了“-1”，应为 0 到 3600 之间的数。"),
        (
            '[folders]\nwatching = "poll"',
            "[folders] 的 watching 写成了“poll”，应为“auto”、“events”或“polling”。请改正。",
        ),
        (
            '[mail]\nattach = "也许"',
            "[mail] 的 attach 写成了“也许”，应为 true（是）或 false（否）。",
        ),
        ("[mail]\nsender_name = 3", "[mail] 的 sender_name 写成了“3”，应为一行文字"),
        ('[mail]\nsender = "办公室"', "[mail] 的 sender 写成了“办公室”，应为邮箱地址。"),
        (
            '[mail]\nsender_name = "a\\nBcc: x@y.z"',
            "[mail] 的 sender_name 的写法不对，应为一行文字",
        ),
        ('[folders]\ninbox = ""', "[folders] 的 inbox 写成了“”，应为文件夹路径。"),
        (
            '[deadlines.overrides]\n"2012-3-5" = true',
            "[deadlines] 的 overrides（“2012-3-5”处）写成了“2012-3-5”，应为“日期 = true 或 false”的表",
        ),
        ('[deadlines.overrides]\n"86400" = true', "[deadlines] 的 overrides（“86400”处）"),
        (
            '[privacy.city]\n"needs.name" = "hidden"',
            "[privacy] 的 city（“needs.name”处）写成了“hidden”，应为“工作表.栏目 = 方式”的表",
        ),
        ('[report]\ncopies_to = "省委"', "[report] 的 copies_to 写成了“省委”，应为文字的列表"),
        ("[report]\ncopies_to = [1]", "[report] 的 copies_to 写成了“1”，应为文字的列表"),
        ("mail = 3", "[mail] 应为一节设置，请参照说明改写。"),
        (
            '[mail]\nhost = "smtp.example.org"',
            "[mail] 填了 host（发信服务器），还要填 sender（发件人地址）。",
        ),
        ("[deadlines]\ncity = 1", "[deadlines] 上级的截止日不能早于下级"),
        ("[mail]\nhost = 'a\n", "写法不对。每行应写成 名称 = 值"),
        ("campaign = 'a'\ncampaign = 'b'\n", "第2行写法不对。"),
        ('[folders]\ninbox = "C:\\share"', "第2行写法不对。"),
    ],
)
def test_each_mistake_gets_its_sentence(file: Path, text: str, expected: str) -> None:
    """A mistake is told in Chinese: the file, the key, what stands there, what it takes."""
    said = sentence(file, text)
    assert expected in said
    assert str(file) in said
    library = re.compile(
        r"Input should|validation|pydantic|permitted|line \d|valid ", re.IGNORECASE
    )
    assert not library.search(said)
    assert "\n" not in said


def test_all_mistakes_at_once(file: Path) -> None:
    """Everything wrong is said in one go, a line each."""
    said = sentence(file, "strange = 1\n[mail]\nport = -1\n[workers]\nsize = 'x'\n")
    assert len(said.splitlines()) == 3


def test_mistake_in_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong variable is named itself; the file is not blamed."""
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("SHEETFLOW_MAIL__PORT", "many")
    with pytest.raises(SettingsError) as caught:
        read_settings(file)
    assert str(caught.value).startswith(
        "环境变量 SHEETFLOW_MAIL__PORT：[mail] 的 port 写成了“many”"
    )
    assert str(file) not in str(caught.value)


def test_table_in_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that should hold a whole section and does not is told in Chinese."""
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("SHEETFLOW_MAIL", "{")
    with pytest.raises(SettingsError, match="环境变量有一个写法不对"):
        read_settings(file)


def test_missing_file(file: Path) -> None:
    """Without the file the operator is told how to get one."""
    with pytest.raises(SettingsError, match="sheetflow init"):
        read_settings(file)


def test_file_of_another_encoding(file: Path) -> None:
    """A file saved as ANSI or Unicode is read; one that cannot be told for certain is told so."""
    for encoding in ("gbk", "utf-16"):
        file.write_bytes('# 设置\r\n[contact]\r\noffice = "省妇联"\r\n'.encode(encoding))
        assert read_settings(file).contact.office == "省妇联"
    file.write_bytes("# 设置".encode("utf-16-le"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(file)


def test_settings_stay_as_read() -> None:
    """Nobody changes a setting while the service runs."""
    with pytest.raises(ValidationError):
        FRESH().mail.host = "x"  # type: ignore[misc]


def test_the_file_says_when_figures_go_up() -> None:
    """Whoever reads what by_deadline means learns that figures go up at the deadline all the same."""
    text = default_settings_text()
    assert "直接上级同意后上报，最迟到它自己的截止时间也上报（注明未验收）" in text
