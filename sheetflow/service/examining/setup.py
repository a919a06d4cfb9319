"""What people set and edit: privacy keys, units, mail server, mail and report templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sheetflow.consolidation.accepted import Books
from sheetflow.consolidation.boards import board_data
from sheetflow.consolidation.report import report_data
from sheetflow.errors import SheetflowError
from sheetflow.mailing import SmtpCarrier
from sheetflow.periods import period_of
from sheetflow.reporting import ReportOptions, render_report
from sheetflow.service.examining.lines import Line, fault, listed, ok, warning
from sheetflow.service.history import books_of
from sheetflow.service.letterheads import letter_of
from sheetflow.service.letters import mail_templates
from sheetflow.service.office import Office
from sheetflow.service.sending import carrier_of
from sheetflow.units import Level, Unit
from sheetflow.wording import template_faults
from sheetflow.wording.board_html import render_board_html
from sheetflow.writing.board_page import board_page


def check_privacy(office: Office) -> Iterator[Line]:
    """Tell how many columns are shown otherwise; an unknown one keeps the office from opening."""
    privacy = office.settings.privacy
    count = sum(len(privacy.overrides(level)) for level in (Level.CITY, Level.PROVINCE))
    if count:
        yield ok("个人信息", f"设置里另定了{count}个栏目让上级怎样看，都是这次活动的栏目。")
    else:
        yield ok("个人信息", "各级看到的个人信息栏目照活动的规定，没有另设。")


def check_settings(office: Office) -> Iterator[Line]:
    """Look for settings that name what is not there."""
    strange = [
        name
        for name in office.settings.folders.watching_exceptions
        if office.tree.in_folder(name) is None
    ]
    if strange:
        yield warning(
            "设置",
            f"[folders] 的 watching_exceptions 写了没有的文件夹：{listed(strange)}。",
            "请照报送文件夹的名称改正。",
        )
    numbers = [
        name
        for name in office.settings.report.document_numbers
        if name.partition("_")[0] not in office.tree
    ]
    if numbers:
        yield warning(
            "设置",
            f"[report] 的 document_numbers 写了没有的单位：{listed(numbers)}。",
            "应写成“单位代码_报告期 = 字号”。",
        )


def check_units(office: Office) -> Iterator[Line]:
    """Count units, and name those whom no mail reaches."""
    living = office.tree.living_on(office.clock.now().date())
    silent = [unit.name for unit in living if not unit.mails]
    if silent:
        yield warning(
            "单位名单",
            f"{len(living)}个单位里有{len(silent)}个没有邮箱：{listed(silent)}。",
            "结果只放进他们的答复文件夹；要发邮件，请在 units.xlsx 填上邮箱。",
        )
    else:
        yield ok("单位名单", f"{len(living)}个单位都有邮箱。")


def check_mail(office: Office) -> Iterator[Line]:
    """Talk to the mail server as far as naming the sender."""
    carrier = carrier_of(office)
    if isinstance(carrier, SmtpCarrier):
        reason = carrier.probe(office.settings.mail.sender)
        if reason is None:
            yield ok("发信", f"发信服务器 {carrier.host} 可以使用。")
        else:
            yield fault("发信", reason.words, "邮件会排队等着，不会丢。请检查 [mail] 的设置。")
    else:
        yield ok("发信", f"没有设发信服务器，邮件存在 {office.workspace.maildir} 备查。")


def check_mail_templates(office: Office) -> Iterator[Line]:
    """Try every mail template on sample data."""
    faults = template_faults(mail_templates(office))
    for sentence in faults:
        yield warning("邮件模板", sentence, "改正之前用程序自带的模板发信。")
    if not faults:
        yield ok("邮件模板", "都可以使用。")


def check_report_templates(office: Office) -> Iterator[Line]:
    """Fill the Word template and the board's page with books in which nothing stands yet."""
    for form in office.campaign.forms:
        period = form.period_at(period_of(office.clock.now().date()))
        books = books_of(office, form, period)
        for unit in office.tree.roots[:1]:
            if form.report is not None:
                yield _tried("情况报告模板", partial(_try_report, office, books, unit))
            yield _tried("上报情况模板", partial(_try_board, office, books, unit))


def _tried(topic: str, attempt: Callable[[], object]) -> Line:
    try:
        attempt()
    except SheetflowError as error:
        return fault(topic, str(error), "改正之前这种文件做不出来；也可以从默认模板复制回来。")
    except OSError:
        return fault(topic, "模板文件不在或读不出。", "请再运行一次 init，会补上缺少的模板。")
    except Exception:  # noqa: BLE001 - the template engine's errors are many, and all mean this
        return fault(topic, "模板填不出来。", "请对照默认模板改正，或者从默认模板复制回来。")
    return ok(topic, "可以使用。")


def _try_report(office: Office, books: Books, unit: Unit) -> None:
    template = (office.workspace.templates / "report" / "情况报告.docx").read_bytes()
    data = report_data(office.campaign, books, unit, letter_of(office, unit, books.period))
    fonts = office.settings.report.fonts.replaced
    render_report(template, data, stamp=office.clock.now(), options=ReportOptions(fonts=fonts))


def _try_board(office: Office, books: Books, unit: Unit) -> None:
    page = (office.workspace.templates / "board" / "上报情况.html").read_text(encoding="utf-8")
    render_board_html(board_page(board_data(office.campaign, books, unit)), page)
