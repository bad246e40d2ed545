"""Passwords of staff: Argon2id."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)   # OWASP's minimum for Argon2id


def hash_password(password: str) -> str:
    """Argon2id, with its own salt."""
    return _hasher.hash(password)


def password_fits(password: str, hashed: str) -> bool:
    """True when `password` is the one that was hashed."""
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False


NOBODY = hash_password(secrets.token_hex(8))
"""Checked when there is no such name, so that a wrong name takes as long as a wrong password."""
