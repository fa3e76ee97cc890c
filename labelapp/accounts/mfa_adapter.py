"""What django-allauth asks us about second factors."""

import base64
import hashlib
from urllib.parse import quote, urlencode

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # without types
    """Keeps secrets encrypted by the server's own key: the database alone gives none away."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was kept."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def totp_url_of(self, username: str, secret: str, *, host: str) -> str:
        """Return what a QR code says to an app."""
        parameters = {"secret": secret, "issuer": f"labelapp {host}"}
        return f"otpauth://totp/{quote(username)}?{urlencode(parameters, quote_via=quote)}"


def _fernet() -> Fernet:
    key = hashlib.sha256(b"labelapp second factor\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
