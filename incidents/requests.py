"""The desk's requests: what a door may rely on once it let another system in.

For the type checker, as in `responders.requests`: never made.
"""

from rest_framework.request import Request

from incidents.models import ServiceToken
from responders.models import User


class ServiceRequest(Request):
    """A request behind `ServiceAuthentication`: a staff user, by a service token."""

    user: User
    auth: ServiceToken
