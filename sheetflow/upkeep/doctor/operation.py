"""What people set and edit; whether somebody is on duty, and what waits for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sheetflow.config.stamp_key import read_stamp_key
from sheetflow.consolidation.contents import Waits, told_besides
from sheetflow.context import Context
from sheetflow.context.running import check_health, holder_of, is_held
from sheetflow.context.templates import BOARD_WORDS, MAIL_WORDS, REPORT_WORDS
from sheetflow.errors import WorkspaceError
from sheetflow.mail.letter import template_faults
from sheetflow.mail.send import carrier_of
from sheetflow.mail.smtp import SmtpCarrier
from sheetflow.periods import Period
from sheetflow.service.books import books_of
from sheetflow.service.changes import report_trials, template_troubles
from sheetflow.service.status import standing
from sheetflow.store.records import PublicationKind
from sheetflow.upkeep.doctor.finding import Line, fault, listed, ok, warning

_MOST_LINES = 10


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
    numbers = [
        name
        for name in context.settings.report.document_numbers
        if name.partition("_")[0] not in context.tree
    ]
    if numbers:
        yield warning(
            f"[report] 的 document_numbers 写了没有的单位：{listed(numbers)}。",
            "应写成“单位代码_报告期 = 字号”。",
        )


def check_units(context: Context) -> Iterator[Line]:
    """Count units, and name those whom no mail reaches."""
    living = context.tree.living_on(context.clock.now().date())
    silent = [unit.name for unit in living if not unit.mails]
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
        BOARD_WORDS: templates.board_faults(),
    }
    if any(form.report for form in context.campaign.forms):
        found[REPORT_WORDS] = tuple(
            fault
            for title, trial in report_trials(context).items()
            for fault in templates.report_faults(trial, title)
        )
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
            return (
                f"{period.label}《{context.form(form).title}》已经发放，还有{missing}个单位没有报"
            )
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
