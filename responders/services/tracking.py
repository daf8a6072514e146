"""Give a phone a tracking id for an app that is not ours, and take it away again."""

import logging
from datetime import datetime

from responders.errors import WrongRole
from responders.models import Device, User
from responders.tokens import digest_of
from responders.tracking_ids import new_tracking_id, plain_form

logger = logging.getLogger(__name__)


def issue_tracking_id(*, device: Device, now: datetime, actor: User | None = None) -> str:
    """Return a new tracking id of a crew member's phone; the one before it is good no more.

    It is shown once and kept as a SHA-256. Raises WrongRole for the phone of anybody else: only a
    crew sends check-ins.
    """
    if device.user.role != User.Role.CREW:
        raise WrongRole
    tracking_id = new_tracking_id()
    digest = digest_of(str(plain_form(tracking_id)))
    Device.objects.filter(pk=device.pk).update(tracking_digest=digest)
    logger.info("tracking id of device %s made by %s at %s", device.pk, actor, now)
    return tracking_id


def revoke_tracking_id(*, device: Device, now: datetime, actor: User | None = None) -> None:
    """Refuse a phone's tracking id from the next request on; its token stays good."""
    Device.objects.filter(pk=device.pk).update(tracking_digest=None)
    logger.info("tracking id of device %s revoked by %s at %s", device.pk, actor, now)
