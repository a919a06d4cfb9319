"""The language of campaign workbooks: rules, conditions, indicators and lookups as offices write them.

`parser` reads text, `printer` writes it; `names` puts keys in place of what people call things, and back;
`places` and `kinds` refuse what cannot be; `conditions`, `sources` and `rules` make declarations of it.
"""
