"""What an operator sets: the workspace's folders, ``sheetflow.toml``, ``units.xlsx``.

This room reads and makes these files, and knows what the package brings along. It
refuses to judge submissions and to run anything.
"""
