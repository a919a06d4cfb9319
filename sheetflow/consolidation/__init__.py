"""Consolidation: pure functions over accepted submissions."""
