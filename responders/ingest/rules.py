"""Hand out the check-in limits in force: the defaults, and what the city's settings change."""

from dataclasses import replace

from django.conf import settings

from responders.policy import CHECK_INS, CheckInPolicy


def check_in_policy() -> CheckInPolicy:
    """Return the limits; `GERAK_CHECK_IN_MAX_AGE_S` sets how old a fix may be."""
    max_age_s = float(getattr(settings, "GERAK_CHECK_IN_MAX_AGE_S", CHECK_INS.max_age_s))
    if max_age_s == CHECK_INS.max_age_s:
        return CHECK_INS
    return replace(CHECK_INS, max_age_s=max_age_s)
