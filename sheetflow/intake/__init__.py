"""Intake: what lies in the inbox, when it stands still, and how it is taken without loss.

This room owns the inbox and the archive on disk: looking (`scanning`), waiting for
quiet (`stillness`), archiving (`archive`), the journal (`journal`), removing (`sighted_file`) and
waking early (`wake`). It refuses to know the
database, the settings or what is in a workbook: `service` drives it in the order
that keeps promise 1 of reliability.md: still, archived, committed, removed.
"""
