"""Files that are encrypted, by whatever program, are named as such, and others are not."""

from __future__ import annotations

import io
import random
import struct

import msoffcrypto.format.ooxml
import pytest

from sheetflow.errors import UnreadableError
from sheetflow.reading import read_workbook
from tests.reading.containers import BOF, container_of, record
from tests.reading.packages import simple, zipped

_NOISE = random.Random(18).randbytes(20_000)  # noqa: S311 - noise, no secret
_XOR = struct.pack("<HHH", 0, 0x1234, 0x5678)
_RC4 = struct.pack("<HHH", 1, 1, 1) + bytes(range(48))
_CRYPTO_API = struct.pack("<HHH", 1, 2, 2) + bytes(100)


def reason(data: bytes) -> str:
    """Read `data`, which must be refused, and give the reason."""
    with pytest.raises(UnreadableError) as caught:
        read_workbook(data)
    return caught.value.reason


def locked(**changes: str) -> bytes:
    """Encrypt a workbook as Excel does, then change words of its description, length kept."""
    target = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(simple())).encrypt("woman123", target)
    data = target.getvalue()
    for name, value in changes.items():
        start = data.index(f'{name}="'.encode())
        end = data.index(b'"', start + len(name) + 2) + 1
        word = f'{name}="{value}"'.encode()
        data = data[:start] + word.ljust(end - start) + data[end:]
    return data


SEALED = {
    "Tipray": b"%TSD-Header-###%\x00\x01" + _NOISE,
    "E-SafeNet": b"b\x14#e\x00\x01E-SafeNet   LOCK" + _NOISE,
    "E-SafeNet with another head": b"\x01\x02\x03\x04\x00\x00E-SafeNet LOCK" + _NOISE,
    "rights management": b".pfile\x02\x00" + _NOISE,
    "Fasoo": b"\x9b DRMONE  This Document is encrypted and protected by Fasoo DRM" + _NOISE,
    "a program nobody knows": b"$$ACMESECDOC v2\x00\x01" + _NOISE,
    "another, and a short file": b"[SecureFile-2.0]" + _NOISE[:300],
    "rights in an .xls": container_of({"\x09DRMContent": _NOISE}),
    "rights in an .xlsx": container_of({"EncryptedPackage": _NOISE}),
}
LOCKED = {
    "agile": locked(),
    "agile, DES and MD5": locked(cipherAlgorithm="DES", hashAlgorithm="MD5"),
    "agile, a cipher nobody knows": locked(cipherAlgorithm="SM4"),
    "standard": container_of(
        {"EncryptionInfo": struct.pack("<HH", 3, 2) + _NOISE[:200], "EncryptedPackage": _NOISE}
    ),
    "extensible": container_of(
        {"EncryptionInfo": struct.pack("<HH", 4, 3) + _NOISE[:200], "EncryptedPackage": _NOISE}
    ),
    "xls, XOR": container_of({"Workbook": BOF + record(0x2F, _XOR) + _NOISE}),
    "xls, RC4": container_of({"Workbook": BOF + record(0x2F, _RC4) + _NOISE}),
    "xls, RC4 CryptoAPI": container_of({"Workbook": BOF + record(0x2F, _CRYPTO_API) + _NOISE}),
    "xls, behind the write protection": container_of(
        {"Workbook": BOF + record(0x86, b"") + record(0x2F, _XOR) + _NOISE}
    ),
    "Excel 95, XOR": container_of({"Book": BOF + record(0x2F, _XOR[2:]) + _NOISE}),
    "ods": zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<m:manifest><m:encryption-data/></m:manifest>",
            "content.xml": _NOISE,
        }
    ),
    "ods, encrypted as a whole": zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<m:manifest><m:encryption-data/></m:manifest>",
            "encrypted-package": _NOISE,
        }
    ),
}
OTHERS = {
    "noise": _NOISE,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + _NOISE,
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + _NOISE,
    "jpeg": b"\xff\xd8\xff\xe1\x00\x18Photoshop 3.0\x00" + _NOISE,
    "film": b"\x00\x00\x00 ftypisomiso2avc1mp41" + _NOISE,
    "program": b"MZ" + _NOISE,
}


@pytest.mark.parametrize("name", SEALED)
def test_security_software(name: str) -> None:
    """What an office's security software encrypted is named so."""
    assert reason(SEALED[name]) == "file-sealed"


@pytest.mark.parametrize("name", LOCKED)
def test_every_kind_of_office_encryption(name: str) -> None:
    """A password is a password, whatever the cipher, and never damage."""
    assert reason(LOCKED[name]) == "file-encrypted"


@pytest.mark.parametrize("name", OTHERS)
def test_other_kinds_stay_what_they_are(name: str) -> None:
    """Packed content of other formats, and noise without a label, are no encrypted workbooks."""
    told = "file-picture" if name in {"pdf", "png", "jpeg"} else "file-not-workbook"
    assert reason(OTHERS[name]) == told
