"""What ``sheetflow.toml`` may say: the keys, their defaults, limits and comments.

The default file and the sentences about mistakes (`settings_file`) are made from this model, so that they
cannot disagree. It refuses to read files and to know who uses a setting.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import Field, SecretStr, create_model, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from sheetflow.config.report_settings import Report
from sheetflow.config.setting_values import (
    Day,
    MailAddress,
    Moments,
    Number,
    Section,
    Sight,
    Sights,
    Text,
    Watching,
    Whole,
    key,
    keyed_variables,
)
from sheetflow.periods import MORNING, OFFICE_ZONE, end_of
from sheetflow.units import THREE_LEVELS, Levels

CAMPAIGN_NAME = r"^([A-Za-z_]\w*(\.\w+)*(:\w+)?)?$"
ENV_PREFIX = "SHEETFLOW_"
ENV_NESTING = "__"
LEAST_MEMORY_MB = 512
"""Below, the Word report's pictures cannot be drawn; a test makes everything with just this."""
EXAMPLE = "例如："
"""A line of a comment that starts so is an example, and stands inside its table."""


class Folders(Section):
    """Where units drop and fetch."""

    inbox: Text = key(
        "inbox",
        "报送文件夹（inbox）：各单位把报表放进这里。相对路径从本文件所在文件夹算起，也可以填共享文件夹，\n"
        "如 '//server/share/报送'。Windows 路径请用单引号或正斜杠。",
        allowed="文件夹路径",
        min_length=1,
    )
    outbox: Text = key(
        "outbox",
        "答复文件夹（outbox）：填报表、回执、退回件、汇总表、情况报告放在这里。也可以填共享文件夹。",
        allowed="文件夹路径",
        min_length=1,
    )
    watching: Watching = key(
        "auto",
        "怎样发现新文件：auto 自动判断，events 靠系统通知（本机文件夹），polling 定时查看（共享文件夹）。\n"
        "不论选哪种，都会按 scan_seconds 定时全面查看，不会漏收。",
    )
    watching_exceptions: dict[str, Watching] = key(
        {},
        '个别单位的报送文件夹另有安排时，在这里写明。\n例如："370102-历下区" = "polling"',
        allowed="“文件夹名 = 方式”的表，方式为“auto”、“events”或“polling”",
    )


class Intake(Section):
    """When a dropped file is taken."""

    quiet_seconds: Number = key(10.0, "文件多少秒没有变化才算放好，可以收取。", ge=0, le=3600)
    scan_seconds: Number = key(60.0, "每隔多少秒全面查看一次报送文件夹。", ge=0.1, le=86_400)


class Deadlines(Section):
    """When each level must have reported; `settings_of` adds a key for each."""

    levels: ClassVar[Levels] = THREE_LEVELS
    overrides: dict[Day, bool] = key(
        {},
        "法定节假日和调休程序已经知道；当地另有安排的日子写在这里，true 上班，false 放假。\n"
        '例如："2012-03-03" = true',
        allowed='“日期 = true 或 false”的表，日期写成 "2012-03-03" 的样子',
    )

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        upwards = tuple(reversed(self.levels.rungs))
        days = [self.working_days(spec.name) for spec in upwards]
        if days != sorted(days):
            wanted = " ≤ ".join(spec.key for spec in upwards)
            raise ValueError(f"上级的截止日不能早于下级：应为 {wanted}。")
        return self

    def working_days(self, level: str) -> int:
        """Give the working days that `level` has after the period's end."""
        spec = self.levels[level]
        days: int = getattr(self, spec.key, spec.working_days)
        return days


_PORTS = {"none": 25, "starttls": 587, "tls": 465}


class Mail(Section):
    """How mail leaves."""

    host: Text = key(
        "", '发信服务器，如 "smtp.example.gov.cn"。留空则不发信，邮件存在 state/mail 里备查。'
    )
    port: Whole = key(0, "端口。0 表示按 security 取常用端口：25、587 或 465。", ge=0, le=65_535)
    security: Literal["none", "starttls", "tls"] = key(
        "starttls", "加密方式。none 不加密，只宜在单位内网使用。"
    )
    user: Text = key(
        "",
        "登录用户名，留空则不登录。密码不写在这里，写在环境变量 SHEETFLOW_MAIL_PASSWORD 里。",
    )
    sender: MailAddress = key("", "发件人地址；填了 host 就必须填。", allowed="邮箱地址")
    sender_name: Text = key("", '发件人名称，如 "省妇联办公室"。')
    attach: bool = key(
        default=True,
        comment="是否把回执、退回件附在邮件里；填 false 则只写明文件名，请对方到答复文件夹取。",
    )
    timeout_seconds: Number = key(30.0, "等待服务器应答的最长秒数。", ge=1, le=600)

    @model_validator(mode="after")
    def _sender_known(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("填了 host（发信服务器），还要填 sender（发件人地址）。")
        return self

    @property
    def server_port(self) -> int:
        """The port to connect to."""
        return self.port or _PORTS[self.security]


class Form(Section):
    """What is printed on the workbooks."""

    form_number: Text = key("", "表号，由有权机关批准后填写；留空则表上不印。以下各项相同。")
    issued_by: Text = key("", "制定机关。")
    approval_number: Text = key("", "批准或者备案文号。")
    valid_until: Text = key("", '有效期至，如 "2012年12月"。')
    measure_unit: Text = key("", "计量单位。")

    @property
    def printed(self) -> dict[str, str]:
        """The fields by the label that stands on the form, blank ones included."""
        return {
            "表号": self.form_number,
            "制定机关": self.issued_by,
            "批准文号": self.approval_number,
            "有效期至": self.valid_until,
            "计量单位": self.measure_unit,
        }


class Privacy(Section):
    """Which personal columns a level sees otherwise than the campaign declares.

    `settings_of` adds a table for each level that sees other units' rows.
    """

    levels: ClassVar[Levels] = THREE_LEVELS

    def overrides(self, level: str) -> dict[str, Sight]:
        """Give the overrides for readers of `level`, by ``sheet.column``."""
        sights: dict[str, Sight] = getattr(self, self.levels[level].key, {})
        return sights


class StoreSettings(Section):
    """Where the service keeps what it knows."""

    url: Text = key(
        "",
        "一台电脑用不着填：数据库就是 state/sheetflow.db。多台电脑一起工作的，填 PostgreSQL 数据库的地址，\n"
        "如 postgresql+psycopg://sheetflow@10.0.0.5/sheetflow；先用 sheetflow store copy 把原来的数据搬过去。\n"
        "密码不写在这里，写在环境变量 SHEETFLOW_STORE_PASSWORD 里。",
        allowed="PostgreSQL 数据库的地址，一台电脑留空",
    )


class Workers(Section):
    """The limited processes that read, judge and render."""

    size: Whole = key(0, "同时处理几份报表。0 表示与处理器核数相同。", ge=0, le=256)
    wall_seconds: Number = key(
        20.0,
        "一份报表最多处理多少秒（按处理器用的时间算），超过的拒收；电脑忙、休眠不算在内。",
        ge=1,
        le=3600,
    )
    memory_mb: Whole = key(
        2048,
        "处理一份报表最多用多少兆内存（仅 Linux）。再少，情况报告就做不出来了。",
        ge=LEAST_MEMORY_MB,
        le=65_536,
    )
    joined_from: Whole = key(
        2000,
        "汇总表里一张明细表达到多少行时，改用预先排好的行拼成（快得多）。0 表示不用。\n"
        "如果办公软件打不开汇总表，请填 0，并告诉我们。",
        ge=0,
        le=1_000_000,
    )


class Contact(Section):
    """Whom a unit may ask; named in every mail."""

    office: Text = key("", '联系科室，如 "省妇联办公室"；写在每封邮件末尾。')
    person: Text = key("", "联系人。")
    phone: Text = key("", "联系电话。")
    administrator: MailAddress = key(
        "",
        "管理员的邮箱：服务出了问题、有事等得太久，每个工作日最多发一封信到这里，写明怎么办。留空则不发。",
        allowed="邮箱地址",
    )


class Review(Section):
    """How superiors let pass what was accepted."""

    policy: Literal["by_deadline", "flag", "required", "none"] = key(
        "by_deadline",
        "上级验收：下级报表审核通过以后，数字什么时候报到更上一级。by_deadline 直接上级同意后上报，最迟到它自己的截止时间也上报（注明未验收）；\n"
        "flag 随时上报，没有验收的注明；required 同意后才上报；none 不设验收。",
    )


_MOMENTS = '“报告期 = 时间”的表，时间写成 "2012-03-05" 或 "2012-03-05 16:00" 的样子'


class Calendar(Section):
    """What the service does by the clock."""

    on: bool = key(
        default=True,
        comment="到时间自动发放填报表、提醒、催报、告知上级；填 false 则都不做，由管理员运行 templates、remind。\n"
        "夜里的备份（[backup]）和给管理员的信（[contact]）不受影响。",
    )
    remind_days: Whole = key(
        3,
        "截止前第几个工作日提醒还没有报送的单位；截止当天另有一次。填 0 只在当天提醒。",
        ge=0,
        le=20,
    )
    opens: Moments = key(
        {},
        "发放填报表的时间一般是报告期最后一个月的第一个工作日9时（只填一次的，是开始填报的那天）；另有安排的写在这里。\n"
        "左边写报告期；只说一张报表的，再空一格写报表的标识或者名称。只写日期的，当天9时发放。\n"
        '例如："2012B1" = "2012-02-20 14:00"',
        allowed=_MOMENTS,
    )
    deadlines: Moments = key(
        {},
        "个别报告期另定的截止时间；左边写报告期，也可以再写报表、级别：\n"
        "写得多的优先，一样多的以写了报表的为准。写明几点的，按加急办理：\n"
        "邮件主题标明“加急”，时间过半和截止前一小时各提醒一次。只写日期的，到当天24时。\n"
        '例如："2012B1 县" = "2012-03-05 16:00"',
        allowed=_MOMENTS,
    )

    @property
    def moved(self) -> dict[str, dt.datetime]:
        """The deadlines in the office's zone: a day alone lasts until its end."""
        return {
            name: end_of(at.date()) if at.time() == dt.time() else at.replace(tzinfo=OFFICE_ZONE)
            for name, at in self.deadlines.items()
        }

    @property
    def opened(self) -> dict[str, dt.datetime]:
        """When workbooks are handed out, in the office's zone: on a day alone in the morning."""
        return {
            name: dt.datetime.combine(
                at.date(), MORNING if at.time() == dt.time() else at.time(), OFFICE_ZONE
            )
            for name, at in self.opens.items()
        }


class Backup(Section):
    """Where the service saves everything at night."""

    folder: Text = key(
        "",
        "每天夜里把全部数据备份到这个文件夹（要先建好；最好在别的磁盘或共享上，只有本服务的帐号能读）。\n"
        "一个工作文件夹用一个，不要合用。留空则不自动备份。Windows 路径请用单引号或正斜杠。",
        allowed="文件夹路径",
    )
    keep: Whole = key(14, "留最近多少份，更早的自动删去。", ge=1, le=1000)


class Settings(BaseSettings):
    """All settings: the environment goes before the file, the file before the defaults.

    `levels` are those of the campaign; `settings_of` gives the model for others.
    """

    levels: ClassVar[Levels] = THREE_LEVELS

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_NESTING,
        extra="forbid",
        frozen=True,
    )

    campaign: Text = key(
        "grassroots2012",
        "内置活动的名称（英文名）。用 sheetflow campaign use 启用了活动工作簿的，以工作簿为准，这里请不要再改；\n"
        "工作簿一开始就启用的（init --campaign），这里留空。",
        allowed="活动的英文名称，如 grassroots2012；办活动工作簿的留空",
        pattern=CAMPAIGN_NAME,
    )
    folders: Folders = Field(Folders(), description="文件夹。")
    intake: Intake = Field(Intake(), description="收取报表。")
    deadlines: Deadlines = Field(Deadlines(), description="截止时间。")
    mail: Mail = Field(Mail(), description="发信。")
    contact: Contact = Field(Contact(), description="联系方式。")
    form: Form = Field(Form(), description="印在报表上的各项。")
    review: Review = Field(Review(), description="上级审核。")
    calendar: Calendar = Field(Calendar(), description="日程。")
    backup: Backup = Field(Backup(), description="自动备份。")
    report: Report = Field(Report(), description="情况报告（Word）。")
    privacy: Privacy = Field(Privacy(), description="个人信息。")
    workers: Workers = Field(Workers(), description="处理能力。")
    store: StoreSettings = Field(StoreSettings(), description="数据库。")
    mail_password: SecretStr = Field(SecretStr(""), exclude=True)
    """Only from SHEETFLOW_MAIL_PASSWORD, never from the file, never shown."""
    store_password: SecretStr = Field(SecretStr(""), exclude=True)
    """Only from SHEETFLOW_STORE_PASSWORD."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment go before what the file says (which arrives as arguments)."""
        del settings_cls, dotenv_settings, file_secret_settings
        if isinstance(env_settings, EnvSettingsSource):
            env_settings.env_vars = keyed_variables(
                env_settings.env_vars, cls.levels, ENV_PREFIX.lower(), ENV_NESTING
            )
        return env_settings, init_settings


_SIGHTS = (
    "{name}级看到的个人信息栏目。whole 原样，masked 遮盖，left_out 不上送；没有写的照活动的规定。\n"
    "工作表和栏目照填报表上的名称写，放在双引号里。\n"
    '例如："工作表.栏目" = "left_out"'
)
_SIGHT_TABLE = (
    "“工作表.栏目 = 方式”的表，方式为“whole”（原样）、“masked”（遮盖）或“left_out”（不上送）"
)


@cache
def settings_of(levels: Levels) -> type[Settings]:
    """Give the model of the settings of a campaign that has `levels`; the lowest comes first."""
    days: dict[str, tuple[Any, Any]] = {}
    sights: dict[str, tuple[Any, Any]] = {}
    lowest, *above = reversed(levels.rungs)
    for spec in (lowest, *above):
        said = f"{spec.name}级：报告期结束后第几个工作日截止。"
        days[spec.key] = Whole, key(spec.working_days, said, ge=0, le=250)
    for spec in above:
        said = "{name}级看到的个人信息栏目，写法同上。" if sights else _SIGHTS
        field = key({}, said.replace("{name}", spec.name), allowed=_SIGHT_TABLE)
        sights[spec.key] = Sights, field
    deadlines = _with_levels(Deadlines, levels, days)
    privacy = _with_levels(Privacy, levels, sights)
    fields = {
        "deadlines": (deadlines, Field(deadlines(), description="截止时间。")),
        "privacy": (privacy, Field(privacy(), description="个人信息。")),
    }
    made: type[Settings] = _with_levels(Settings, levels, fields)
    return made


def _with_levels(base: type[Any], levels: Levels, fields: dict[str, Any]) -> Any:  # noqa: ANN401 - a class made here
    made = create_model(base.__name__, __base__=base, __module__=__name__, **fields)
    cast("Any", made).levels = levels
    return made
