"""An open workspace, and what is known in it: settings, units, templates, paths, stamps, the lock."""

from __future__ import annotations

from sheetflow.context.context import LOG, Office, OpenStore, Say, open_office, say_nothing

__all__ = ["LOG", "Office", "OpenStore", "Say", "open_office", "say_nothing"]
