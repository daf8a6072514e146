"""The second factor of staff: codes of an app on their phone, and recovery codes on paper.

django-otp keeps the keys and refuses replays and guessing; its rows are read and written here
alone. One app a person. A recovery code is good once and stored as a digest.
"""

import math
import re
import secrets
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from responders.errors import FactorOfAnother, TooManyAttempts, WrongFactor
from responders.models import User
from responders.policy import SIGN_IN
from responders.services.history import note_in_history
from responders.tokens import digest_of

APP_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class NewFactor:
    """What a set-up made. codes: the recovery codes in plain text, to be shown once."""

    device: Device
    codes: list[str]


def has_factor(user: User) -> bool:
    """Say whether somebody signs in with a second factor."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def is_proven(user: User, session: Mapping[str, Any]) -> bool:
    """Say whether a session was opened with a factor that this person still has."""
    known = session.get(DEVICE_ID_SESSION_KEY)
    device = Device.from_persistent_id(known) if known else None
    return device is not None and device.user_id == user.pk and device.confirmed


def new_key() -> str:
    """Return a fresh key for an app: 160 random bits in hex."""
    return random_hex(20)


def link_of(user: User, key: str) -> str:
    """Return the `otpauth://` link that an authenticator app reads from a QR code."""
    return TOTPDevice(user=user, key=key).config_url


def typed_key(key: str) -> str:
    """Return a key as a person types it: base32 in groups of four."""
    return _grouped(b32encode(bytes.fromhex(key)).decode())


@transaction.atomic
def set_up_factor(*, user: User, key: str, code: str, now: datetime) -> NewFactor:
    """Take an app whose code proves that it holds the key, in place of any earlier one.

    Raises WrongFactor. The code counts as used: it cannot sign in again.
    """
    rule = TOTP(bytes.fromhex(key))
    rule.time = now.timestamp()
    typed = _plain(code)
    if not APP_CODE.fullmatch(typed) or not rule.verify(int(typed), tolerance=1):
        raise WrongFactor
    User.objects.select_for_update().get(pk=user.pk)
    TOTPDevice.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(
        user=user, name="app", key=key, last_t=rule.t(), drift=rule.drift
    )
    codes = _fresh_codes(user)
    note_in_history(subject=user, actor=user, words=_("Faktor kedua dipasang."))
    return NewFactor(device, codes)


def check_factor(*, user: User, code: str, now: datetime) -> Device:
    """Return the device that a code proves: six digits are the app's, the rest a recovery code.

    Raises WrongFactor (a used code is wrong too) and TooManyAttempts: each wrong code doubles the
    wait, for the app and the paper apart. A failure is stored also where the caller rolls nothing
    back: call it outside a transaction.
    """
    typed = _plain(code)
    with transaction.atomic():
        kind = TOTPDevice if APP_CODE.fullmatch(typed) else StaticDevice
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        allowed, why = device.verify_is_allowed() if device else (True, {})
        token = typed if kind is TOTPDevice else _stored(typed)
        good = allowed and device is not None and device.verify_token(token)
    if not allowed:
        wait_s = ((why or {})["locked_until"] - now).total_seconds()
        raise TooManyAttempts(retry_after_s=max(1, math.ceil(wait_s)))
    if not good:
        raise WrongFactor
    return device


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Return new recovery codes, to be shown once; the earlier ones stop working."""
    codes = _fresh_codes(user)
    note_in_history(subject=user, actor=user, words=_("Kode pemulihan baru dibuat."))
    return codes


@transaction.atomic
def remove_factor(*, user: User) -> None:
    """Take somebody's own factor away; the caller has asked for a code."""
    _delete(user)
    note_in_history(subject=user, actor=user, words=_("Faktor kedua dilepas."))


@transaction.atomic
def reset_factor(*, user: User, actor: User | None, now: datetime) -> None:
    """Take a lost factor away for somebody else; they set up a new one at the next sign-in.

    actor: None for the command at the server. Raises FactorOfAnother for one's own factor (a
    stolen session would rid itself of it) and for a superuser's, unless by a superuser.
    """
    if actor is not None and (actor == user or (user.is_superuser and not actor.is_superuser)):
        raise FactorOfAnother
    _delete(user)


def note_guessing(*, user: User, address: str) -> None:
    """Write down that somebody knew a password and guessed codes: the password may be stolen."""
    words = _("Kata sandi benar, lalu kode salah berulang kali, dari %s.") % address
    note_in_history(subject=user, actor=user, words=words)


def forget_wrong_codes(user: User) -> None:
    """Let somebody try codes again at once."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=user).update(
            throttling_failure_count=0, throttling_failure_timestamp=None
        )


def waits_for_wrong_codes(user: User) -> bool:
    """Say whether wrong codes keep somebody from trying now."""
    devices = [*TOTPDevice.objects.filter(user=user), *StaticDevice.objects.filter(user=user)]
    return any(not device.verify_is_allowed()[0] for device in devices)


def _delete(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def _fresh_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="paper")
    codes = [
        b32encode(secrets.token_bytes(SIGN_IN.recovery_code_bytes)).decode().lower()
        for _number in range(SIGN_IN.recovery_codes)
    ]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_stored(c)) for c in codes)
    return [_grouped(code) for code in codes]


def _stored(code: str) -> str:
    """Return what stands in the 16 characters of django-otp's column."""
    return digest_of(code)[:16]


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def _grouped(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
