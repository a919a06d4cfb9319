"""The vocabulary in which a campaign is declared.

A campaign declares columns (`columns`), sheets (`sheets`), indicators
(`indicators`) and forms (`forms`); templates, checks, formulas, roll-up and report
follow from the declaration. Each campaign is a package of its own in here, which
only `sheetflow.campaigns` imports.
"""
