"""A repeat of what a service user asked before: found by the identifier the client made."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import rfc8785
from django.db import IntegrityError, transaction

from incidents.errors import IdReused
from incidents.models import ClientRequest
from responders.models import User


def once(
    *,
    user: User,
    client_id: uuid.UUID,
    body: dict[str, Any],
    now: datetime,
    make: Callable[[uuid.UUID], uuid.UUID],
    is_free: Callable[[uuid.UUID], bool],
) -> tuple[uuid.UUID, bool]:
    """Make something once under a client's identifier. Returns its id and whether it is new.

    The object takes the client's id where nobody else's has it. Raises IdReused for the same id
    with another body.
    """
    digest = hashlib.sha256(rfc8785.dumps(body)).hexdigest()
    try:
        with transaction.atomic():
            known = ClientRequest.objects.filter(user=user, client_id=client_id).first()
            if known is None:
                object_id = client_id if is_free(client_id) else uuid.uuid4()
                known = ClientRequest(
                    user=user,
                    client_id=client_id,
                    body_digest=digest,
                    object_id=object_id,
                    created_at=now,
                )
                known.save(force_insert=True)
                return make(object_id), True
    except IntegrityError:
        known = ClientRequest.objects.filter(user=user, client_id=client_id).first()
        if known is None:
            raise
    if known.body_digest != digest:
        raise IdReused
    return known.object_id, False
