"""Benchmarks: how long a province takes, beside what people would use instead.

Run as ``python -m benchmarks``; see README.md here. Nothing of this is part of the tests.
"""
