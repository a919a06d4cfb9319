"""The commands about the database itself: move it to a server that several machines share, and back."""

from __future__ import annotations

from typing import Annotated

import typer

from sheetflow.cli.commands import Call, app
from sheetflow.cli.screen import say

stores = typer.Typer(
    help="The database: one file, or PostgreSQL where several machines work together.",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(stores, name="store")


@stores.command()
def copy(
    ctx: typer.Context,
    *,
    to: Annotated[
        str, typer.Option(help="An empty PostgreSQL database (URL), or a new file (.db).")
    ],
) -> None:
    """Copy the workspace's whole database there, counted and compared; nothing is switched over."""
    from sheetflow.upkeep.copy_store import copy_store

    call: Call = ctx.obj
    copied = copy_store(call.root, to)
    say(
        f"已把 {copied.source} 复制到 {copied.target}：共{copied.rows}行（来件{copied.files}件、"
        f"报送{copied.submissions}份），逐表核对一致。"
    )
    if "://" in to:
        say(
            "要改用它，请在 sheetflow.toml 的 [store] 里写 url（密码写在 SHEETFLOW_STORE_PASSWORD），再启动服务。"
            "原来的数据库没有动。"
        )
    else:
        say(
            "要改用它，请清空 sheetflow.toml 里 [store] 的 url，把这个文件放成 state/sheetflow.db。"
        )
