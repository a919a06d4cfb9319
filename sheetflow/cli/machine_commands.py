"""The commands of an office with several machines: serve as one of them, and see who does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sheetflow.cli.commands import Call, app
from sheetflow.cli.screen import complain, logging_to, say

if TYPE_CHECKING:
    from sheetflow.dispatching.calls import Machine


@app.command()
def worker(
    ctx: typer.Context,
    *,
    size: Annotated[
        int, typer.Option(min=0, help="How many files at once (default: a processor each).")
    ] = 0,
) -> None:
    """Serve the workspace (-C) on this machine beside `watch` on another; SIGTERM or Ctrl+C ends it."""
    import logging
    import os
    import socket
    import sys

    from sheetflow.children import Limits
    from sheetflow.children.limits import MIB
    from sheetflow.config.workspace import open_workspace
    from sheetflow.context.opening import place_of
    from sheetflow.dispatching import check_driver
    from sheetflow.errors import RequestError
    from sheetflow.service.watch import stop_on_signals

    if sys.platform == "win32":
        raise RequestError("多台电脑一起处理要用 Linux；Windows 只能一台电脑用 watch 值守。")
    call: Call = ctx.obj
    workspace, settings = open_workspace(call.root)
    place = place_of(workspace, settings)
    if not isinstance(place, str):
        raise RequestError(
            "数据库就是这个工作文件夹里的文件，只有一台电脑，用不着 worker。"
            "要多台电脑一起处理，请先用 store copy 把数据库搬到 PostgreSQL，再在 [store] 里写 url。"
        )
    check_driver()
    from sheetflow.dispatching.worker import work  # what it needs is there only now

    def tell(trouble: str) -> None:
        logging.getLogger("sheetflow").warning("%s", trouble)
        complain(trouble)

    workers = settings.workers
    limits = Limits(address_space=workers.memory_mb * MIB, cpu_seconds=workers.wall_seconds)
    log = workspace.state / f"worker-{socket.gethostname()}.log"
    with stop_on_signals() as is_stopping, logging_to(log):
        say(f"这台电脑正在帮 {workspace.root} 处理报表，按 Ctrl+C 结束。")
        work(workspace, place, size or os.cpu_count() or 1, limits, is_stopping, tell)
    say("已停止。")


def print_machines(call: Call) -> None:
    """Say who serves the workspace, what waits, and who takes no work."""
    from sheetflow.config.workspace import open_workspace
    from sheetflow.context.opening import place_of
    from sheetflow.dispatching import who_serves

    place = place_of(*open_workspace(call.root))
    if not isinstance(place, str):
        say("只有这一台电脑：数据库是工作文件夹里的文件。")
        return
    machines, waiting = who_serves(place)
    for each in machines:
        say(_line(each))
    if not machines:
        say("还没有电脑在值守或帮忙。")
    told = f"排队等着处理的：{waiting.number}件"
    if waiting.number:
        told += f"，最早的等了{waiting.seconds}秒"
    if waiting.again:
        told += f"，其中{waiting.again}件没有做完，重新排的队"
    say(f"{told}。")


def _line(machine: Machine) -> str:
    from sheetflow.periods import OFFICE_ZONE

    part = "主机" if machine.part == "coordinator" else "帮手"
    told = f"{part}　{machine.name}　{machine.version}版　同时处理{machine.children}件　已处理{machine.done}件"
    if not machine.is_alive:
        seen = machine.seen_at.astimezone(OFFICE_ZONE)
        return f"{told}　最后一次露面 {seen:%m-%d %H:%M:%S}，已经不在"
    return f"{told}　{machine.trouble}" if machine.trouble else told
