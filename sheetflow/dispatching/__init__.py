"""Work handed to other machines: what the children do, queued in the database that all of them share.

`far_pool` takes the place of the pool of children in the one process that decides and writes; `worker` serves it from
any machine. Truth stays where it was: a call is only work to be done, and its loss or its repetition costs time alone.
The queue is procrastinate's. Nothing above this package knows whether there are other machines.
"""
