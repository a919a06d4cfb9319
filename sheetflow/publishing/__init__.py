"""Publishing: files in the outbox, whole or not at all.

This room owns how a file comes to lie in the outbox (`outbox`), what it is called
(`names`) and how an Office document gets the same bytes from the same sources
(`repeatable`). It refuses to know what a publication is made of, and when one is due.
"""
