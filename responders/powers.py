"""Who holds which rights, and whose rights go beyond somebody else's.

Nobody hands out a right that they do not hold, nor takes over an account that holds one: who keeps
the accounts would otherwise read every caller's number by way of a colleague's.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from responders.models import User


def rights_of(user: User) -> QuerySet[Permission]:
    """Return the rights of an account, its groups' with them, also while it is inactive."""
    if user.is_superuser:
        return Permission.objects.all()
    by_group = Group.objects.filter(user=user).values("permissions")
    own = user.user_permissions.values("pk")
    return Permission.objects.filter(Q(pk__in=by_group) | Q(pk__in=own))


def people_beyond(actor: User) -> QuerySet[User]:
    """Return the accounts that hold a right which `actor` does not."""
    if actor.is_superuser:
        return User.objects.none()
    lacking = _lacking(actor)
    beyond = (
        Q(is_superuser=True)
        | Q(pk__in=User.objects.filter(user_permissions__in=lacking).values("pk"))
        | Q(pk__in=User.objects.filter(groups__permissions__in=lacking).values("pk"))
    )
    return User.objects.filter(beyond)


def is_beyond(user: User, *, actor: User) -> bool:
    """Say whether `user` holds a right which `actor` does not."""
    return people_beyond(actor).filter(pk=user.pk).exists()


def groups_within(actor: User) -> QuerySet[Group]:
    """Return the groups that `actor` may put somebody into: those of rights that they hold."""
    return Group.objects.exclude(
        pk__in=Group.objects.filter(permissions__in=_lacking(actor)).values("pk")
    )


def _lacking(actor: User) -> QuerySet[Permission]:
    return Permission.objects.exclude(pk__in=rights_of(actor).values("pk"))
