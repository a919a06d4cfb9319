"""Publishing: files in the outbox, whole or not at all, and never over what a person changed.

This room owns how a file comes to lie in the outbox (`outbox`), what lies there already and what a
publication is called (`places`). It refuses to know what one is made of, and when one is due.
"""
