"""A certificate for this machine, signed by itself: both clients send a login only over TLS."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engines.eventstore.server import HOST, Tls

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "development server")])
PEM = serialization.Encoding.PEM


def self_signed(folder: Path) -> Tls:
    """Make a key and a certificate that is good for a day; they stand in `folder`."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    tls = Tls(folder / "server.crt", folder / "server.key")
    tls.certificate.write_bytes(certificate.public_bytes(PEM))
    plain = serialization.NoEncryption()
    tls.key.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
    return tls
