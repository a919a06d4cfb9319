"""The commands: each opens the office, asks the service, and prints what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sheetflow import __version__
from sheetflow.cli.screen import complain, logging_to, say, say_json, say_wrapped, steps_shown

if TYPE_CHECKING:
    from sheetflow.config.settings import Settings
    from sheetflow.config.workspace import Workspace
    from sheetflow.context import Context, OpenStore
    from sheetflow.periods import Period
    from sheetflow.schemas.forms import Form
    from sheetflow.store import Store

app = typer.Typer(
    help="Collects spreadsheets up a hierarchy: folders in, marked copies, roll-ups and reports out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Call(NamedTuple):
    """The options that stand before the command."""

    root: Path
    at: dt.datetime | None


def _show_version(*, wanted: bool) -> None:
    if wanted:
        say(f"sheetflow {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    *,
    root: Annotated[
        Path, typer.Option("-C", "--workspace", help="The workspace's folder.", show_default=False)
    ] = Path(),
    at: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
            help="Start the clock here (+08:00); it ticks on.",
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    del version
    ctx.obj = Call(root, at)


@contextmanager
def opened_context(ctx: typer.Context, open_store: OpenStore | None = None) -> Iterator[Context]:
    """Open the workspace of the call, with progress on the screen and the log in its file."""
    from sheetflow.context import open_context

    call: Call = ctx.obj
    with (
        steps_shown() as steps,
        open_context(call.root, call.at, steps, open_store) as context,
        logging_to(context.workspace.log),
    ):
        if context.units_trouble:
            complain(context.units_trouble)
        yield context


PeriodOption = Annotated[str, typer.Option(help="The report period, like 2012B1.")]
FormOption = Annotated[
    str,
    typer.Option(
        help="Only this form, by its key (default: every form that is filled for the period)."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def form_named(context: Context, key: str) -> Form | None:
    """Give the form of that key or title, None where none is typed; raise RequestError for an unknown one."""
    from sheetflow.errors import RequestError

    forms = context.campaign.forms
    found = [form for form in forms if key in {form.key, form.title}]
    if key and not found:
        known = "、".join(f"{entry.key}（{entry.title}）" for entry in forms)
        raise RequestError(f"没有报表 {key}。--form 可以填：{known}。")
    return found[0] if found else None


def period_named(context: Context, text: str, form: Form | None = None) -> Period:
    """Read a period that was typed, of `form` or of any; raise RequestError for anything else."""
    from sheetflow.errors import RequestError

    forms = (form,) if form else context.campaign.forms
    named: Period | None = None
    for each in forms:
        with suppress(ValueError):
            named = each.period_named(text)
            if each.takes(named):
                return named
    year = named.first_day.year if named else context.clock.now().year
    whose = f"《{form.title}》不" if form else "没有哪张报表"
    told = f"{whose}按{named.label}填报" if named else f"没有报告期 {text}"
    if named and form and form.fits(named):
        told = f"《{form.title}》{form.span_words}，{named.label}不用填报"
    ways = "；".join(
        f"《{each.title}》{f'（--form {each.key}）' if form else ''}{each.cadence.words}，"
        f"--period 写成 {each.period_ids(year)}"
        for each in context.campaign.forms
    )
    raise RequestError(f"{told}。{ways}。")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make into a workspace.")],
    units: Annotated[
        Path | None, typer.Option(help="A .csv or .xlsx list of units (default: Shandong 2012).")
    ] = None,
    campaign: Annotated[
        Path | None,
        typer.Option(help="Begin with this campaign workbook.", show_default=False),
    ] = None,
) -> None:
    """Make a workspace, ready to run."""
    from sheetflow.config.workspace import create_workspace
    from sheetflow.context import open_context
    from sheetflow.context.opening import read_given
    from sheetflow.upkeep.guide import lay_guide
    from sheetflow.upkeep.remind import lay_report_template, publish_master
    from sheetflow.upkeep.renewal import renew_templates

    if campaign:
        from sheetflow.upkeep.campaign_file import read_campaign_workbook
        from sheetflow.upkeep.campaign_use import found_workspace

        workspace = found_workspace(folder, read_campaign_workbook(campaign), units)
    else:
        workspace = create_workspace(folder, units, read=read_given)
    lay_guide(workspace)
    renewed = renew_templates(workspace)
    with open_context(folder) as context:
        for form in context.campaign.forms:
            publish_master(context, form)
            lay_report_template(context, form)
        say(f"工作文件夹已就绪：{workspace.root}（{len(context.tree)}个单位）")
    if renewed:
        say(f"没有改过的旧版模板{len(renewed)}个已换成新版本的；改过的没有动。")
    say("下一步：检查 sheetflow.toml 和 units.xlsx，再用 templates 命令发放填报表。")


@app.command()
def templates(
    ctx: typer.Context,
    period: PeriodOption,
    form: Annotated[str, typer.Option(help="The form (default: the campaign's main one).")] = "",
    unit: Annotated[str, typer.Option(help="Only this unit.")] = "",
) -> None:
    """Issue the 填报 workbooks into the units' outbox folders."""
    from sheetflow.errors import RequestError
    from sheetflow.upkeep.remind import issue_workbooks

    with opened_context(ctx) as context:
        declared = form_named(context, form) or context.campaign.main_form
        if unit and unit not in context.tree:
            raise RequestError(f"units.xlsx 里没有单位 {unit}。--unit 请填单位代码。")
        wanted = period_named(context, period, declared)
        if unit and not declared.is_for(context.tree[unit].level):
            raise RequestError(
                f"《{declared.title}》不由{context.tree[unit].level}级单位填报。请改 --unit 或 --form。"
            )
        units = [context.tree[unit]] if unit else None
        count = issue_workbooks(context, declared, wanted, units)
    say(f"已发放填报表{count}份（{wanted.label}）；没有变化的不重发。")


@app.command()
def run(ctx: typer.Context) -> None:
    """One pass: take, judge, publish, send. Exit 0 unless we failed."""
    from sheetflow.cli.summaries import pass_lines
    from sheetflow.service.one_pass import run_pass

    with opened_context(ctx) as context:
        report = run_pass(context)
    for line in pass_lines(report):
        say_wrapped(line)
    if report.is_failed:
        raise typer.Exit(1)


@app.command()
def watch(ctx: typer.Context) -> None:
    """The same for ever; SIGTERM or Ctrl+C ends it cleanly."""
    from sheetflow.cli.summaries import mail_line, pass_lines
    from sheetflow.config.workspace import open_workspace
    from sheetflow.context.opening import place_of
    from sheetflow.dispatching import leading
    from sheetflow.service.watch import (
        StoppedError,
        stop_on_signals,
        wait_for_lock,
        wait_for_store,
    )
    from sheetflow.service.watch import watch as serve

    call: Call = ctx.obj
    with stop_on_signals() as is_stopping, suppress(StoppedError):

        def open_store(workspace: Workspace, settings: Settings) -> Store:
            with logging_to(workspace.log):
                return wait_for_store(workspace, settings, is_stopping, complain)

        while not is_stopping():  # once more for each campaign that is taken into use meanwhile
            workspace, settings = open_workspace(call.root)
            place = place_of(workspace, settings)
            with ExitStack() as stack:
                with logging_to(workspace.log):
                    is_over = stack.enter_context(leading(place, is_stopping, say))
                    if isinstance(place, str):
                        wait_for_lock(workspace, is_over, say)
                while not is_over():
                    with opened_context(ctx, open_store=open_store) as context:
                        say(
                            f"正在值守 {context.workspace.inbox}（{context.campaign.title}），按 Ctrl+C 结束。"
                        )
                        serve(
                            context,
                            is_over,
                            lambda report: say("　".join(pass_lines(report))),
                            lambda sent: say(mail_line(sent)),
                        )
    say("已停止。")


@app.command()
def check(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workbook to judge.")],
    *,
    unit: Annotated[
        str, typer.Option(help="The unit (default: the one that the file names).")
    ] = "",
    annotate: Annotated[
        Path | None, typer.Option(help="Write the marked copy here (.xlsx).", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge a workbook without submitting it; exit 1 unless it would be accepted."""
    from sheetflow.cli.summaries import print_findings
    from sheetflow.context import open_context
    from sheetflow.schemas.book import REVIEW, Outcome
    from sheetflow.upkeep.check import check_file, write_annotated

    call: Call = ctx.obj
    with open_context(call.root, call.at) as context:
        checked = check_file(context, file, unit)
        if annotate and not checked.review and not write_annotated(context, checked, annotate):
            complain("认不出是哪张报表、哪一期，没有写批注件。")
        judgement = checked.judgement
        catalogue = context.campaign.catalogue
    if checked.review:
        say_json({"outcome": REVIEW, "review": checked.review}) if as_json else say(checked.review)
        return
    if as_json:
        findings = [
            {
                "number": finding.number,
                "rule": finding.rule,
                "severity": finding.severity.value,
                "sheet": finding.place.title,
                "cell": finding.place.cell,
                "code": finding.place.code,
                "message": catalogue.sentence(finding),
            }
            for finding in judgement.findings
        ]
        say_json({"outcome": judgement.outcome.value, "findings": findings})
    else:
        print_findings(judgement, catalogue)
    if judgement.outcome is not Outcome.ACCEPTED:
        raise typer.Exit(1)


@app.command()
def status(
    ctx: typer.Context,
    *,
    period: Annotated[
        str, typer.Option(help="The report period (default: the newest of each form).")
    ] = "",
    form: FormOption = "",
    machines: Annotated[
        bool, typer.Option("--machines", help="Only which machines serve, and what is queued.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show who is in, late, missing; and what waits or failed."""
    if machines:
        from sheetflow.cli.machine_commands import print_machines

        print_machines(ctx.obj)
        return
    from sheetflow.cli.summaries import print_standing
    from sheetflow.context import open_context
    from sheetflow.errors import StoreError
    from sheetflow.service.status import standing, waiting_in_inbox

    call: Call = ctx.obj
    try:
        with open_context(call.root, call.at) as context:
            chosen = form_named(context, form)
            wanted = period_named(context, period, chosen) if period else None
            found = standing(context, wanted, chosen)
    except StoreError as error:  # what lies in the inbox can be said without
        waiting = waiting_in_inbox(call.root, str(error))
        if as_json:
            listed = [each.as_json() for each in waiting]
            say_json({"period": None, "units": [], "waiting": listed})
        else:
            complain(str(error))
            for each in waiting[1:]:
                say(f"注意：{each.reason}")
        raise typer.Exit(1) from None
    if as_json:
        say_json(found.as_json())
    else:
        print_standing(found)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="A new folder for the demo's workspace.")],
    *,
    quick: Annotated[bool, typer.Option("--quick", help="One period of one city.")] = False,
    counties: Annotated[
        int | None, typer.Option(min=1, help="How many counties take part (default: all).")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="About how many needs a county has.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same province.")] = 2012,
    campaign: Annotated[
        Path | None,
        typer.Option(
            help="A campaign workbook; its units.xlsx lies beside it.", show_default=False
        ),
    ] = None,
) -> None:
    """A whole province from templates to reports, mistakes included."""
    from sheetflow.cli.language import word
    from sheetflow.demo import QUICK, Size, play

    size = QUICK if quick else Size(counties=counties, rows=rows)
    code = play(folder, size, seed=seed, say=say, word=word, campaign=campaign)
    if code:
        raise typer.Exit(code)
