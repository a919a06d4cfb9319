"""What is lost with a database, read from what is left of it: decisions, else from the log; what was published.

This module owns reading them. It refuses to decide anything again: whoever decided looks at
the submission once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetflow.config.workspace import Workspace
from sheetflow.context.open_store import refuse_over_originals
from sheetflow.errors import SheetflowError
from sheetflow.store import Store

_LOGGED = re.compile(
    r"^(?P<at>\S+ [\d:]+)\S* INFO receipt (?P<receipt>\S+): "
    r"(?:rule (?P<rule>\S+) waived|(?P<verdict>release|reject))$"
)
_VERDICTS = {"release": "放行", "reject": "驳回"}


def lost_decisions(workspace: Workspace, base: Store) -> tuple[str, ...] | None:
    """Name what was decided and `base` does not know; None where nothing tells of it."""
    known = set(_of_store(base))
    try:
        with _old_store(workspace) as store:
            if store.workspace_id == base.workspace_id:
                return tuple(each for each in _of_store(store) if each not in known)
    except (SheetflowError, OSError):
        pass  # the log may still tell
    return _of_log(workspace)


def lost_announcements(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Tell which bytes were ours in the outbox, as far as what is left of the database says it.

    Without it, whatever lies there and is not made again to the byte counts as a person's.
    """
    try:
        with _old_store(workspace) as store:
            return store.publications.find_all_announced()
    except (SheetflowError, OSError):
        return ()


def _old_store(workspace: Workspace) -> Store:
    """Open what is left of the database, as far as it can be read; never begin a new one."""
    return Store.open(workspace.database, begin=lambda: refuse_over_originals(workspace))


def _of_store(store: Store) -> Iterator[str]:
    for waiver in store.submissions.find_waivers():
        yield (
            f"{waiver.at:%Y-%m-%d %H:%M} {waiver.receipt} 豁免审核意见 {waiver.rule}"
            f"（{waiver.by}：{waiver.why}）"
        )
    for decision in store.submissions.find_decisions():
        reason = f"：{decision.why}" if decision.why else ""
        yield (
            f"{decision.at:%Y-%m-%d %H:%M} {decision.receipt} {_VERDICTS.get(decision.verdict, decision.verdict)}"
            f"（{decision.by}{reason}）"
        )


def _of_log(workspace: Workspace) -> tuple[str, ...] | None:
    """Read the log, the oldest part first; what a backup knows cannot be told apart in it."""
    files = sorted(workspace.state.glob(f"{workspace.log.name}*"), reverse=True)
    if not files:
        return None
    said: list[str] = []
    for file in files:
        try:
            lines = file.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return None
        for found in filter(None, map(_LOGGED.match, lines)):
            what = f"豁免审核意见 {found['rule']}" if found["rule"] else _VERDICTS[found["verdict"]]
            said.append(f"{found['at'][:16]} {found['receipt']} {what}（据日志）")
    return tuple(said)
