"""``python -m sheetflow`` and the ``sheetflow`` command."""

from sheetflow.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
