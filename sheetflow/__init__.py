"""sheetflow: collects spreadsheets up a hierarchy.

The rooms, from the inbox to the outbox, are described in ARCHITECTURE.md.
"""

__version__ = "0.3.0"
