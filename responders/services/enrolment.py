"""Enrol a phone with a one-time code, and take its trust away again."""

import math
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from responders.errors import BadCode, TooManyAttempts
from responders.models import AttemptCounter, Device, EnrolmentCode, User
from responders.policy import ENROLMENT
from responders.signals import device_revoked
from responders.tokens import digest_of, new_device_token

# Crockford's base 32: no letter that is mistaken for a digit when read out over the telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def issue_code(*, user: User, actor: User | None, now: datetime) -> str:
    """Return a code that enrols one phone for one person within ten minutes. It is shown once."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(ENROLMENT.code_length))
    EnrolmentCode.objects.create(
        digest=digest_of(code),
        user=user,
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(seconds=ENROLMENT.code_life_s),
    )
    return f"{code[:5]}-{code[5:]}"


def enrol_device(
    *, code: str, name: str, platform: str, address: str, now: datetime
) -> tuple[Device, str]:
    """Redeem a code: returns the phone and its token, which is shown this once.

    Of parallel attempts one wins. Raises BadCode (wrong, used, expired: counted by address and
    by code) and TooManyAttempts once either count is full; a good code is never counted.
    """
    digest = digest_of(code.upper().translate(MISREAD))
    enrolled = _try(digest, name=name, platform=platform, address=address, now=now)
    if enrolled is None:
        raise BadCode
    return enrolled


@transaction.atomic
def _try(
    digest: str, *, name: str, platform: str, address: str, now: datetime
) -> tuple[Device, str] | None:
    """Look at one code; None where it is bad, which is counted and committed.

    An address has one try at a time, so a thousand at once are no more than one after another.
    """
    keys = (f"enrol-address:{address}"[:120], f"enrol-code:{digest}")
    limits = (ENROLMENT.failures_per_address_max, ENROLMENT.failures_per_code_max)
    AttemptCounter.objects.get_or_create(key=keys[0], defaults={"window_start": now})
    AttemptCounter.objects.select_for_update().get(key=keys[0])
    for key, limit in zip(keys, limits, strict=True):
        wait_s = _wait_s(key, limit, now)
        if wait_s is not None:
            raise TooManyAttempts(retry_after_s=wait_s)
    enrolled = _redeem(digest, name=name, platform=platform, now=now)
    if enrolled is None:
        for key in keys:
            _count_failure(key, now)
    return enrolled


def _redeem(digest: str, *, name: str, platform: str, now: datetime) -> tuple[Device, str] | None:
    code = EnrolmentCode.objects.select_related("user").filter(digest=digest).first()
    if code is None or not code.user.is_active:
        return None
    # Plain columns alone: of those who wait for the row, PostgreSQL asks no joined table again.
    won = EnrolmentCode.objects.filter(pk=code.pk, used_at__isnull=True, expires_at__gt=now).update(
        used_at=now
    )
    if not won:
        return None
    token = new_device_token()
    device = Device.objects.create(
        user=code.user,
        name=name,
        platform=platform,
        enrolled_at=now,
        last_seen_at=now,
        token_digest=digest_of(token),
    )
    return device, token


@transaction.atomic
def revoke_device(*, device: Device, actor: User | None, now: datetime) -> None:
    """Refuse a phone from now on: every request at once, its sockets within 5 s."""
    Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=actor, push_token="", online_until=None
    )
    _tell_after_commit(device)


@transaction.atomic
def sign_out(*, device: Device, now: datetime) -> None:
    """End a phone's trust at its own wish: nothing is sent to it after this."""
    Device.objects.filter(pk=device.pk, signed_out_at__isnull=True).update(
        signed_out_at=now, push_token="", online_until=None
    )
    _tell_after_commit(device)


def set_push_token(*, device: Device, push_token: str, kind: str, now: datetime) -> None:
    """Keep where pushes for this phone go. The same token leaves any other phone that had it."""
    with transaction.atomic():
        Device.objects.filter(push_token=push_token).exclude(pk=device.pk).update(push_token="")
        Device.objects.filter(pk=device.pk).update(
            push_token=push_token, push_kind=kind, push_token_at=now, push_dead_at=None
        )


def _tell_after_commit(device: Device) -> None:
    transaction.on_commit(
        lambda: device_revoked.send_robust(sender=Device, device_id=device.pk), robust=True
    )


def _wait_s(key: str, limit: int, now: datetime) -> int | None:
    """Return how long a full count still lasts, in whole seconds; None where there is room."""
    window = timedelta(seconds=ENROLMENT.failure_window_s)
    full = AttemptCounter.objects.filter(key=key, window_start__gt=now - window, count__gte=limit)
    start = full.values_list("window_start", flat=True).first()
    return None if start is None else math.ceil((start + window - now).total_seconds())


def _count_failure(key: str, now: datetime) -> None:
    """Count one failure; the first after a window opens the next."""
    since = now - timedelta(seconds=ENROLMENT.failure_window_s)
    AttemptCounter.objects.get_or_create(key=key, defaults={"window_start": now})
    fresh = AttemptCounter.objects.filter(key=key, window_start__gt=since, count__gt=0)
    if not fresh.update(count=F("count") + 1):
        AttemptCounter.objects.filter(key=key).update(window_start=now, count=1)
