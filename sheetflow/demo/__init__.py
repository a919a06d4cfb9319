"""The demo: a whole province from templates to reports, mistakes included.

It fills issued workbooks as clerks would, drops them, lets the service work, and counts
whether every planted mistake was found and nothing else. It knows no campaign: what is
typed comes from the campaign's samples, what is spoilt from its declarations.
"""

from __future__ import annotations

from sheetflow.demo.ground import Size
from sheetflow.demo.play import QUICK, play

__all__ = ["QUICK", "Size", "play"]
