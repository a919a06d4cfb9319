"""What people would write: read all workbooks, concatenate, write one. It checks nothing.

Run as ``python -m benchmarks.naive FOLDER OUT.xlsx``. pandas with its defaults: openpyxl
reads, XlsxWriter writes where it is installed.
"""

import sys
import warnings
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]

NOT_DATA = ("填报说明", "_表标识", "活动统计", "封面", "文字材料")


def main(folder: str, out: str) -> None:
    """Put the rows of every workbook in `folder` into one."""
    warnings.simplefilter("ignore")
    frames: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(Path(folder).glob("*.xlsx")):
        for name, frame in pd.read_excel(path, sheet_name=None, header=2).items():
            if name not in NOT_DATA:
                frames.setdefault(str(name), []).append(frame.assign(单位=path.stem))
    with pd.ExcelWriter(out) as writer:
        for name, parts in frames.items():
            pd.concat(parts).to_excel(writer, sheet_name=name, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
