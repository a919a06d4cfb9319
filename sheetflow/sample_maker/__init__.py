"""Made-up workbooks of any declared form: the demo's, those of tests, and 填报样例."""

from sheetflow.sample_maker.made_up import make_samples

__all__ = ["make_samples"]
