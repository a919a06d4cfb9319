"""What `doctor` looks at: every check a line or more, good or bad, with what to do.

Its order of the checks stands here, and that none of them, whatever it meets, keeps the others from
being made: a workspace that cannot be opened is itself a line. It mends nothing; opening the
database brings an older one up to date, as every command does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sheetflow.children.workbook_tasks import BlankRequest, render_blank
from sheetflow.config.kept_campaigns import damaged_campaigns, takings
from sheetflow.config.workspace import read_stamp_key
from sheetflow.consolidation.contents import Waits, told_besides
from sheetflow.consolidation.states import OUTSTANDING
from sheetflow.context import LOG, Context, open_context
from sheetflow.context.running import check_health, holder_of, is_held
from sheetflow.context.templates import BOARD_WORDS, MAIL_WORDS, PAGES, REPORT_WORDS
from sheetflow.errors import RESTORE, SheetflowError, StoreError, WorkspaceError, describe
from sheetflow.intake.archive import blob_path, stored_blobs
from sheetflow.mail.letter import template_faults
from sheetflow.mail.send import carrier_of
from sheetflow.mail.smtp import SmtpCarrier
from sheetflow.periods import Period
from sheetflow.schemas.moved_deadlines import naming_nothing
from sheetflow.service.books import books_of
from sheetflow.service.changes import report_trials, template_troubles
from sheetflow.service.quotes import quote_faults
from sheetflow.service.status import standing
from sheetflow.store.records import PublicationKind
from sheetflow.upkeep.machine import (
    Line,
    check_access,
    check_clock,
    check_fonts,
    check_identity,
    check_inbox,
    check_machine,
    check_privacy_of_state,
    check_space,
    check_unit_folders,
    fault,
    listed,
    ok,
    warning,
)
from sheetflow.upkeep.renewal import outdated_templates

_MOST_LINES = 10

Examination = Callable[[Context], Iterable[Line]]
"""One check of an open office; it may raise our errors and OSError, which become faults."""


def examine(root: Path, at: dt.datetime | None = None) -> tuple[Line, ...]:
    """Examine the machine and the workspace at `root`; nothing is raised for what is found."""
    lines = [*check_machine()]
    try:
        with open_context(root, at) as context:
            for topic, examination in _EXAMINATIONS:
                found = _guarded(context, examination)
                lines += [replace(line, topic=line.topic or topic) for line in found]
    except StoreError as error:
        lines.append(fault(str(error), "请照这句话处理，再运行一次 doctor。", "数据库"))
    except SheetflowError as error:
        lines.append(fault(str(error), "请先改正这一条，再运行一次 doctor。", "工作文件夹"))
    except OSError as error:
        words = f"打不开（{error.strerror or type(error).__name__}）：{error.filename or root}。"
        lines.append(fault(words, "请检查文件夹权限和磁盘空间。", "工作文件夹"))
    return tuple(lines)


def _guarded(context: Context, examination: Examination) -> Iterable[Line]:
    """Make one check; what stops it is a line, and stops no other."""
    try:
        yield from examination(context)
    except SheetflowError as error:
        yield fault(str(error), "请照这句话处理，再运行一次 doctor。")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield fault(f"没有查成（{reason}）。", "请检查文件夹权限和共享的连接。")
    except Exception as error:  # noqa: BLE001 - a fault of ours in one check hides no other
        LOG.error("doctor: %s", describe(error))
        yield fault("没有查成：程序出错。", "请把日志交给系统维护人员。")


def check_privacy(context: Context) -> Iterator[Line]:
    """Tell how many columns are shown otherwise; an unknown one keeps the office from opening."""
    privacy = context.settings.privacy
    count = sum(len(privacy.overrides(level)) for level in context.campaign.levels.names)
    if count:
        yield ok(f"设置里另定了{count}个栏目让上级怎样看，都是这次活动的栏目。")
    else:
        yield ok("各级看到的个人信息栏目照活动的规定，没有另设。")


def check_settings(context: Context) -> Iterator[Line]:
    """Look for settings that name what is not there."""
    strange = [
        name
        for name in context.settings.folders.watching_exceptions
        if context.tree.in_folder(name) is None
    ]
    if strange:
        yield warning(
            f"[folders] 的 watching_exceptions 写了没有的文件夹：{listed(strange)}。",
            "请照报送文件夹的名称改正。",
        )
    report = context.settings.report
    for key, ought in (
        ("document_numbers", "单位代码_报告期 = 字号"),
        ("signers", "单位代码 = 姓名"),
        ("signed_on", "单位代码_报告期 = 日期"),
    ):
        strange = [
            name for name in getattr(report, key) if name.partition("_")[0] not in context.tree
        ]
        if strange:
            yield warning(
                f"[report] 的 {key} 写了没有的单位：{listed(strange)}。", f"应写成“{ought}”。"
            )

    calendar = context.settings.calendar
    for key, table in (("opens", calendar.opens), ("deadlines", calendar.deadlines)):
        if strange := naming_nothing(context.campaign, table):
            levels = "、".join(context.campaign.levels.names)
            yield warning(
                f"[calendar] 的 {key} 有对不上的，没有起作用：{listed(strange)}。",
                "引号里应写报告期（如2012B1），也可以再写报表名称、级别，用空格隔开；"
                f"级别有{levels}，要是填这张报表的。",
            )

    for said in quote_faults(context):
        yield warning(said, "改好以后重新启动。")


def check_units(context: Context) -> Iterator[Line]:
    """Count units, and name those whom no mail reaches."""
    today = context.clock.now().date()
    living = context.tree.living_on(today)
    silent = [unit.name for unit in living if not unit.mails_on(today)]
    if silent:
        yield warning(
            f"{len(living)}个单位里有{len(silent)}个没有邮箱：{listed(silent)}。",
            "结果只放进他们的答复文件夹；要发邮件，请在 units.xlsx 填上邮箱。",
        )
    else:
        yield ok(f"{len(living)}个单位都有邮箱。")


def check_stamp_key(context: Context) -> Iterator[Line]:
    """Look whether the key of the stamps is there and can be read."""
    path = context.workspace.stamp_key
    try:
        found = read_stamp_key(path)
    except WorkspaceError as error:
        remedy = "请从备份取回这个文件并检查权限；没有备份的，移走它，下一次 run 会新做一份。"
        yield warning(f"{error}新发的填报表暂时不带标识码，收表不受影响。", remedy)
        return
    if found is None:
        yield warning(
            f"没有密钥 {path}。",
            "下一次运行 run 或 watch 会新做一份；以前发出的填报表照常使用。有备份的，可以先取回。",
        )
    else:
        yield ok("密钥在，可以读出。")


def check_campaign(context: Context) -> Iterator[Line]:
    """Name the campaign in force, and look whether all is there that was kept of it."""
    title, folder = context.campaign.title, context.workspace.campaigns
    history = takings(folder)
    if not history:
        yield ok(f"正在使用内置的活动“{title}”。")
        return
    if damaged := damaged_campaigns(folder):
        told = (
            f"state/campaigns 里有{len(damaged)}个文件不在了或者已经损坏：{listed(list(damaged))}。"
        )
        yield fault(
            told,
            "请从备份取回 state/campaigns；没有备份的，用原来的活动工作簿再运行一次 campaign use。",
        )
    else:
        since = f"{history[-1].at[:10]}启用，共启用过{len(history)}次"
        yield ok(f"正在使用活动工作簿“{title}”（{since}），定义和模板都在。")


def check_mail(context: Context) -> Iterator[Line]:
    """Talk to the mail server as far as naming the sender."""
    carrier = carrier_of(context)
    if isinstance(carrier, SmtpCarrier):
        reason = carrier.probe(context.settings.mail.sender)
        if reason is None:
            yield ok(f"发信服务器 {carrier.host} 可以使用。")
        else:
            yield fault(reason.words, "邮件会排队等着，不会丢。请检查 [mail] 的设置。")
    else:
        yield ok(f"没有设发信服务器，邮件存在 {context.workspace.maildir} 备查。")


def check_templates(context: Context) -> Iterator[Line]:
    """Try every template that somebody edited; until it is mended the default one serves."""
    templates = context.templates
    found = {
        MAIL_WORDS: templates.mail_faults(template_faults),
        BOARD_WORDS: tuple(fault for page in PAGES for fault in templates.page_faults(page)),
    }
    if any(form.report for form in context.campaign.forms):
        found[REPORT_WORDS] = tuple(
            fault
            for title, trial in report_trials(context).items()
            for fault in templates.report_faults(trial, title)
        )
    if old := outdated_templates(context.workspace):
        told = f"{listed(old)}是旧版本自带的，没有改过，报告和邮件还照旧版的写法。"
        yield warning(told, "请再运行一次 init，会换成新版本的；改过的模板不会动。", topic="模板")
    for topic, faults in found.items():
        for sentence in faults:
            yield warning(sentence, "改好以后会自动采用，不用重新启动。", topic=topic)
        if not faults:
            newer = templates.newer() if topic == MAIL_WORDS else ()
            hint = f"{listed(newer)} 是新版本添的，现用默认文字；要改，请先运行一次 init 补上。"
            yield ok(f"可以使用。{hint if newer else ''}", topic=topic)


def check_service(context: Context) -> Iterator[Line]:
    """Tell who holds the lock, whether the service gets on, and whether anything needs it."""
    space = context.workspace
    verdict = check_health(space, context.clock.on_disk())
    if verdict.is_well:
        yield ok(verdict.sentence)
        return
    if is_held(space.lock):
        holder = holder_of(space.lock)
        who = f"占用工作文件夹的是进程 {holder}。" if holder else ""
        yield warning(verdict.sentence + who, "请稍后再看；一直如此，请重新启动服务。")
        return
    unserved = context.store.arrivals.find_unjudged()
    if unserved:
        yield warning(
            f"有{len(unserved)}份来件等着处理，却没有值守的服务。", "请启动 watch，或运行 run。"
        )
    elif missing := _missing(context):
        yield warning(f"{missing}，却没有值守的服务，报来的没有人收。", "请启动 watch。")
    else:
        yield ok("现在没有值守的服务；要自动收取，请启动 watch。")


def _missing(context: Context) -> str:
    """Say how many have yet to report for the last period that was handed out; empty where none."""
    handed_out: dict[str, Period] = {}
    for entry in context.store.publications.find_publications():
        if entry.kind == PublicationKind.WORKBOOK and entry.form in context.campaign.by_key:
            period = context.period(entry.form, entry.period)
            handed_out[entry.form] = max(period, handed_out.get(entry.form, period))
    for form, period in handed_out.items():
        books = books_of(context, context.form(form), period)
        rows = [
            books.board_row(unit) for root in context.tree.roots for unit in books.expected(root)
        ]
        missing = sum(not row.state.is_in for row in rows)
        if missing:
            return f"{period.label}《{context.form(form).title}》已经发放，还有{missing}个单位{OUTSTANDING}"
    return ""


def check_waiting(context: Context) -> Iterator[Line]:
    """Show everything that waits, as `status` does."""
    found = standing(context)
    counts = Counter(entry.kind for entry in found.waiting)
    shown: Counter[Waits] = Counter()
    for entry in found.waiting:
        shown[entry.kind] += 1
        if shown[entry.kind] <= _MOST_LINES:
            grade = fault if entry.is_ours else warning
            yield grade(entry.reason, entry.remedy, topic=entry.kind.label)
    for kind, count in counts.items():
        if count > _MOST_LINES:
            yield warning(f"一共有{count}件。", "全部见 status --json。", topic=kind.label)
    said_already = template_troubles(context)
    for trouble in told_besides(found.troubles, found.waiting):
        if trouble not in said_already:
            yield warning(trouble, "", topic="服务")
    if not found.waiting:
        yield ok("没有等着处理的事。")


def check_database(context: Context) -> Iterator[Line]:
    """Run the database's own integrity check, and read everything in it once."""
    faults = context.store.find_faults(deep=True)
    if faults:
        yield fault(f"已经损坏，检查出{len(faults)}处错误。", RESTORE)
    else:
        yield ok("完整。")
    for found, remedy in context.store.find_doubts():
        yield fault(found, remedy)


def check_archive(context: Context) -> Iterator[Line]:
    """See that every original is there, but for those that were purged."""
    purged = context.store.purges.find_purged()
    arrivals = [
        arrival for arrival in context.store.arrivals.find_all() if arrival.arrival_id not in purged
    ]
    lost = 0
    for sha256, size in {arrival.sha256: arrival.size for arrival in arrivals}.items():
        blob = blob_path(context.workspace.archive, sha256)
        lost += not blob.is_file() or blob.stat().st_size != size
    strange = set(stored_blobs(context.workspace.archive)) - {
        arrival.sha256 for arrival in arrivals
    }
    if strange:
        yield warning(
            f"有{len(strange)}份原件数据库不认识（文件校验码的开头）：{listed(sorted(digest[:12] for digest in strange))}。",
            "是旧数据库造成的，请停止服务后运行 restore --from-archive --force 由存档重建；"
            "原件在 state/archive 里，弄清以前不要删除。",
        )
    if lost:
        yield fault(
            f"有{lost}份原件不在存档里，或者大小不对。",
            "请从备份里找回 state/archive；找不回的请有关单位重报。",
        )
    else:
        yield ok(f"{len(arrivals)}份来件的原件都在。")
    if purges := context.store.purges.find_purges():
        last = purges[-1]
        yield ok(f"{last.at:%Y年%m月%d日}清理过{last.before.isoformat()}以前的原件和个人信息。")


def check_children(context: Context) -> Iterator[Line]:
    """Have a child make a workbook: it starts, and its limits are not too tight."""
    form, unit = context.campaign.main_form, context.tree.roots[0]
    now = context.clock.now()
    request = BlankRequest(
        campaign=context.settings.campaign,
        form=form.key,
        unit=unit,
        period=form.period_of(now.date()),
        past=(),
        stamp=now,
    )
    try:
        context.pool.call(render_blank, request, context.dress)
    except SheetflowError as error:
        yield fault(
            f"处理报表的子进程不能工作：{error}",
            "请检查内存，以及 [workers] 的 memory_mb、wall_seconds 是不是太小。",
        )
    else:
        yield ok("能在限制之内做出填报表。")


_EXAMINATIONS: tuple[tuple[str, Examination], ...] = (
    ("文件夹", check_access),
    ("单位文件夹", check_unit_folders),
    ("state 文件夹", check_privacy_of_state),
    ("身份（文件夹权限）", check_identity),
    ("报送文件夹", check_inbox),
    ("磁盘空间", check_space),
    ("时钟", check_clock),
    ("设置", check_settings),
    ("个人信息", check_privacy),
    ("单位名单", check_units),
    ("填报表标识", check_stamp_key),
    ("活动", check_campaign),
    ("发信", check_mail),
    ("模板", check_templates),
    ("字体", check_fonts),
    ("数据库", check_database),
    ("原件存档", check_archive),
    ("处理进程", check_children),
    ("服务", check_service),
    ("等待处理", check_waiting),
)
