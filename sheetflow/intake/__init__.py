"""Intake: what lies in the inbox, when it stands still, and how it is taken without loss.

This room owns the inbox and the archive on disk. It refuses to know the database, the settings or
what is in a workbook: `service` drives it in the order that loses nothing: still, archived, noted
in the journal, committed, removed.
"""
