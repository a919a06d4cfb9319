"""An open workspace, and what is known in it: settings, units, templates, paths, stamps, the lock."""

from __future__ import annotations

from sheetflow.context.context import LOG, Context, OpenStore, Say, open_context, say_nothing

__all__ = ["LOG", "Context", "OpenStore", "Say", "open_context", "say_nothing"]
