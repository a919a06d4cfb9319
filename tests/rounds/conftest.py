"""Real mail servers for the answers, as the mail room's own tests have them."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.mail.conftest import Certificates, certificates, start_server

__all__ = ["certificates", "start_server", "trusted"]


@pytest.fixture
def trusted(
    certificates: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Certificates:
    """Have this machine trust the test server's certificate, as an office trusts its own."""
    (authority,) = certificates.client.get_ca_certs(binary_form=True)
    pem = tmp_path / "office-ca.pem"
    pem.write_text(ssl.DER_cert_to_PEM_cert(authority), "ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return certificates
