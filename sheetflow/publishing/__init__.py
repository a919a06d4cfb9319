"""Publishing: files in the outbox, whole or not at all, and never over what a person changed.

This room owns how a file comes to lie in the outbox (`outbox`), what lies there already
(`existing`) and what a publication is called (`file_names`). It refuses to know what a publication
is made of, and when one is due.
"""
