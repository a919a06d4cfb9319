"""The command line: commands, exit codes, progress.

Exit codes: 0 done; 1 the answer is no (a workbook would not be accepted) or something
failed, with a sentence; 2 the call's words are wrong. ``--help`` and errors about the call are
in the administrator's language (`language`), everything else is Chinese.
"""

from __future__ import annotations

import sys

from sheetflow.errors import SheetflowError, TroubleError


def main() -> None:
    """Run the command line; faults of ours that have a sentence are shown as one."""
    from sheetflow.cli.screen import settle_language

    settle_language()
    import sheetflow.cli.campaign_commands
    import sheetflow.cli.decision_commands
    import sheetflow.cli.machine_commands
    import sheetflow.cli.store_commands
    import sheetflow.cli.upkeep  # noqa: F401 - they add their commands to the app
    from sheetflow.cli.commands import app
    from sheetflow.cli.language import run_command
    from sheetflow.cli.screen import complain, open_closed_ends

    open_closed_ends()
    try:
        run_command(app)
    except SheetflowError as error:
        complain(str(error))
        sys.exit(1)
    except OSError as error:
        complain(str(TroubleError.of(error)))
        sys.exit(1)
    except Exception:  # noqa: BLE001 - nobody but us can read a traceback
        complain("程序出错，没有做完。请运行 doctor 检查；仍不行的，请与系统维护人员联系。")
        sys.exit(1)
