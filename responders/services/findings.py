"""Keep what speaks for a misuse, and settle it once somebody has looked."""

from datetime import datetime

from django.db import transaction

from responders.errors import OwnFinding
from responders.models import Device, SecurityFinding, User
from responders.tokens import device_tokens_in, digest_of

LEAKS_MAX = 5  # of one address: nobody has more phones in one hand


def note_finding(
    *, kind: str, now: datetime, device: Device | None = None, person: User | None = None
) -> bool:
    """Write down a suspicion of a phone or a person, or of nobody; True where it is a new one.

    While one of the kind is open it is only seen again.
    """
    subject = f"device:{device.pk}" if device else f"user:{person.pk}" if person else ""
    with transaction.atomic():
        known = SecurityFinding.objects.filter(kind=kind, subject=subject, settled_at__isnull=True)
        if known.update(last_at=now):
            return False
        SecurityFinding.objects.bulk_create(
            [
                SecurityFinding(
                    kind=kind,
                    subject=subject,
                    device=device,
                    person=person,
                    found_at=now,
                    last_at=now,
                )
            ],
            ignore_conflicts=True,  # another process saw the same just now
        )
    return True


def note_leaks(address: str, *, now: datetime) -> None:
    """Write down the phones whose live token stands in an address; they go on being served."""
    digests = [digest_of(token) for token in device_tokens_in(address)[:LEAKS_MAX]]
    live = Device.objects.filter(
        token_digest__in=digests, revoked_at__isnull=True, signed_out_at__isnull=True
    )
    for device in live if digests else ():
        note_finding(kind=SecurityFinding.Kind.LEAKED_TOKEN, device=device, now=now)


@transaction.atomic
def settle_finding(*, finding: SecurityFinding, actor: User, now: datetime) -> None:
    """Note that somebody has looked. Twice changes nothing. Raises OwnFinding for one's own."""
    if finding.person_id == actor.pk:
        raise OwnFinding
    SecurityFinding.objects.filter(pk=finding.pk, settled_at__isnull=True).update(
        settled_at=now, settled_by=actor
    )
