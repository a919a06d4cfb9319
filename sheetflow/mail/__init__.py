"""Mail, from an event to somebody's mailbox.

`facts` says what a mail is told and queues it, in the commit of what it tells of; `letter` words
it. `send` takes what is due, `compose` puts it into bytes, `smtp` or a folder (`carriers`) takes it.
"""
