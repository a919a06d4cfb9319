"""A campaign workbook taken into use: in a workspace that is there, or as the ground of a new one.

Nothing is changed before all of it is proved; the last step is one file. What follows from it is found
by the next pass, as with any change of declarations, so that a kill after that step loses nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sheetflow.config.first_units import made_up_units
from sheetflow.config.kept_campaigns import (
    Taking,
    digest_in,
    keep_campaign,
    put_in_force,
    takings,
)
from sheetflow.config.settings_file import default_settings_text, read_settings
from sheetflow.config.workspace import (
    Workspace,
    check_free,
    create_workspace,
    lay_missing_templates,
)
from sheetflow.context import LOG, Clock, Context, Say, open_context, say_nothing
from sheetflow.context.opening import keyed_privacy, read_given
from sheetflow.context.running import alone_in, held_lock
from sheetflow.durable import replace_file
from sheetflow.errors import RequestError, SettingsError, UnitsError, WorkspaceError
from sheetflow.schemas.campaign import Campaign
from sheetflow.service.one_pass import PassReport, tidy_up, work_off
from sheetflow.service.take import open_intake
from sheetflow.store.records import PublicationKind
from sheetflow.units import Levels, UnitTree
from sheetflow.upkeep.campaign_against import Against, coming_into_force, weigh
from sheetflow.upkeep.campaign_file import Definition
from sheetflow.upkeep.remind import lay_report_template, publish_master

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Used:
    """What came of a `use`: whether the campaign is in force, and what was told of the changes.

    `against` is None where nothing was ever issued or received by the one before. `remarks` say where the
    settings go before the campaign.
    """

    campaign: Campaign
    is_in_force: bool
    is_new: bool
    against: Against | None = None
    remarks: tuple[str, ...] = ()


def use_campaign(context: Context, definition: Definition, *, no_trial: bool = False) -> Used:
    """Let a campaign be in force from now, unless a change would lose data.

    Raise RequestError where settings or the list of units do not fit it: then nothing was changed.
    """
    campaign = wanted(definition)
    against = None
    if _has_begun(context):
        against = weigh(context, campaign, no_trial=no_trial)
        if against.is_refused:
            return Used(campaign, is_in_force=False, is_new=False, against=against)
        campaign = coming_into_force(context, campaign, no_trial=no_trial)
    remarks = tuple(_check_fits(context.workspace, campaign, context.campaign.levels))
    if digest_in(context.settings.campaign) and campaign == context.campaign:
        return Used(campaign, is_in_force=True, is_new=False)
    folder = context.workspace.campaigns
    with held_lock(folder / "lock"):
        digest = keep_campaign(folder, campaign, definition.templates, definition.content)
        history = takings(folder)
        named = history[-1].instead_of if history else context.settings.campaign
        now = context.clock.now()
        put_in_force(folder, _taking(digest, definition, named, now, no_trial=no_trial))
    LOG.info("campaign %s is in force", digest)
    return Used(campaign, is_in_force=True, is_new=True, against=against, remarks=remarks)


def wanted(definition: Definition) -> Campaign:
    """Give the campaign of a definition; raise RequestError where it has faults."""
    if definition.campaign is None:
        told = [fault.sentence for fault in definition.faults[:_MOST_TOLD]]
        more = [f"共{len(definition.faults)}处错误，没有启用。请改正后用 campaign check 再查一遍。"]
        raise RequestError("\n".join((*told, *more)))
    return definition.campaign


def _taking(
    digest: str, definition: Definition, named: str, now: dt.datetime, *, no_trial: bool = False
) -> Taking:
    return Taking(
        digest=digest,
        at=now.isoformat(),
        workbook=hashlib.sha256(definition.content).hexdigest(),
        instead_of=named,
        no_trial=no_trial,
    )


def _has_begun(context: Context) -> bool:
    """Whether anything was received here, or any workbook issued: else there is nothing to lose."""
    issued = context.store.publications.find_publications()
    return bool(context.store.arrivals.newest_id()) or any(
        entry.kind == PublicationKind.WORKBOOK for entry in issued
    )


def _check_fits(workspace: Workspace, campaign: Campaign, levels: Levels) -> list[str]:
    """Refuse a campaign with which the workspace could not be opened; say what settings go before it."""
    try:
        settings = read_settings(workspace.settings_file, campaign.levels)
        keyed_privacy(settings.privacy, campaign)
    except SettingsError as error:
        raise RequestError(f"设置与这个活动对不上，没有启用。\n{error}") from error
    if levels.names != campaign.levels.names:
        try:
            read_given(workspace.units_file, campaign.levels)
        except UnitsError as error:
            raise RequestError(
                "units.xlsx 的级别与这个活动的《级次》对不上，没有启用。请先改好 units.xlsx，再启用。\n"
                f"{error}"
            ) from error
    days = {spec: settings.deadlines.working_days(spec.name) for spec in campaign.levels}
    return [
        f"{spec.name}级截止：sheetflow.toml 的 [deadlines] 写的是{own}个工作日，活动是{spec.working_days}个，"
        "以 sheetflow.toml 为准；要照活动的，请在那一行前面加井号。"
        for spec, own in days.items()
        if own != spec.working_days
    ]


def follow_up(root: Path, at: dt.datetime | None, say: Say = say_nothing) -> PassReport | None:
    """Make again at once what shows the campaign in force; None where the running service does."""
    with open_context(root, at, say) as context:
        lay_missing_templates(context.workspace)
        for form in context.campaign.forms:
            publish_master(context, form)
            lay_report_template(context, form)
        with ExitStack() as stack:
            try:
                stack.enter_context(alone_in(context.workspace, context.settings))
            except WorkspaceError:
                return None
            noticed = tidy_up(context)
            report = work_off(context, open_intake(context))
            report.mended = (*noticed, *report.mended)
            return report


def found_workspace(
    root: Path,
    definition: Definition,
    units: Path | UnitTree | None = None,
    read: Callable[[Path, Levels], UnitTree] = read_given,
) -> Workspace:
    """Make a workspace at `root` that begins with a campaign workbook.

    Raise WorkspaceError where one is there that has a campaign: that one takes another by `use_campaign`.
    """
    campaign, bare = wanted(definition), Workspace(root)
    check_free(bare)
    if bare.settings_file.exists():
        text = bare.settings_file.read_text(encoding="utf-8", errors="replace")
        if takings(bare.campaigns) or 'campaign = ""' not in text.splitlines():
            raise WorkspaceError(
                f"{root} 已经是工作文件夹。要在里面启用活动工作簿，请运行 sheetflow -C {root} campaign use 文件。"
            )
    levels = campaign.levels
    given = units if isinstance(units, UnitTree) else None
    tree = given or (read(units, levels) if isinstance(units, Path) else made_up_units(levels))
    if not bare.settings_file.exists():  # first, so that what was cut short is known again
        replace_file(bare.settings_file, default_settings_text(levels, "").encode())
    digest = keep_campaign(bare.campaigns, campaign, definition.templates, definition.content)
    put_in_force(bare.campaigns, _taking(digest, definition, "", Clock().now()))
    return create_workspace(root, tree, read=read)
