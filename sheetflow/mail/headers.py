"""Headers: how Chinese in a header becomes ASCII that office mail programs read.

Owns the folding of the headers that may hold Chinese. Refuses to decide what they say.
The standard library's own folding loses a space between two encoded words (about one
subject in thirty, measured on 3.11.7), and cuts attachment names into pieces.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import (
    AddressHeader,
    ContentDispositionHeader,
    ContentTypeHeader,
    UnstructuredHeader,
)
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import quote


class OfficePolicy(EmailPolicy):
    """The standard policy, with subject, addresses and attachment names in our own folding.

    An attachment's name stands twice: in one piece after RFC 2231 (programs that know it
    often fail where it is cut into ``*0*``, ``*1*``), and as an encoded word in
    Content-Type for older ones that do not.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - as the library declares it
        """Give the header `name` as bytes, with its line ends."""
        match value:
            case ContentDispositionHeader() if "filename" in value.params:
                encoded = quote(value.params["filename"], safe="")
                return f"{name}: attachment;\r\n filename*=utf-8''{encoded}\r\n".encode("ascii")
            case ContentTypeHeader() if "name" in value.params:
                shown = encoded_words(value.params["name"], indent=len(' name="'))
                return f'{name}: {value.content_type};\r\n name="{shown}"\r\n'.encode("ascii")
            case AddressHeader() if value.addresses:
                each = (
                    f"{encoded_words(address.display_name)}\r\n <{address.addr_spec}>"
                    if address.display_name
                    else address.addr_spec
                    for address in value.addresses
                )
                return f"{name}: {f',{_FOLD}'.join(each)}\r\n".encode("ascii")
            case UnstructuredHeader() if not str(value).isascii():
                words = encoded_words(str(value), indent=len(name) + 2)
                return f"{name}: {words}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_FOLD = "\r\n "


def encoded_words(text: str, indent: int = 10) -> str:
    """Write `text` as encoded words (RFC 2047), folded; the first line begins at `indent`."""
    # Header counts the name and ": " as the beginning of the first line.
    header = Header(text, "utf-8", maxlinelen=75, header_name="x" * (indent - 2))
    return header.encode(linesep="\r\n")
