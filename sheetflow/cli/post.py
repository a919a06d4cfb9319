"""The command that shows which mails somebody did not get, and sends them after all."""

from __future__ import annotations

from typing import Annotated

import typer

from sheetflow.cli.commands import app, opened_office
from sheetflow.cli.screen import say, say_wrapped


@app.command()
def mail(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Send the mails of these numbers after all.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Send all that are listed.")] = False,
) -> None:
    """List mails that somebody did not get; with numbers, queue them again."""
    from sheetflow.mail.send import requeue, send_unless_served, troubled_mails
    from sheetflow.service.waiting import unit_words

    with opened_office(context) as office:
        listed = list(troubled_mails(office))
        wanted = [entry.mail_id for entry, _ in listed] if every else list(numbers or ())
        if not wanted:
            for entry, what in listed:
                whom = "、".join(entry.refused or entry.unserved)
                whose = unit_words(office, entry.unit_id)
                say_wrapped(
                    f"第{entry.mail_id}号　{whose} {what}：{entry.subject}（{whom}）：{entry.trouble}"
                )
            say(
                "要重新发送，请写上编号：sheetflow mail 编号……，或用 --all。"
                if listed
                else "没有发不出去的邮件。"
            )
            return
        requeue(office, wanted)
        sent = send_unless_served(office)
    if sent is None:
        say(f"已重新排队{len(wanted)}封。正在值守的服务会马上发出。")
        return
    say(f"已重新排队{len(wanted)}封：发出{sent.sent}封，稍后再发{sent.delayed}封。")
    if sent.held:
        say(f"还有{sent.held}封发不出去，见 sheetflow mail。")
