"""What a cell of the routing matrix asks for: needs are ticked among the words that units have."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from incidents.models import Routing
from incidents.selectors.unit_search import words_of
from responders.models import Unit

Words = dict[str, str]  # word: what it is called


def words_by_agency() -> dict[int, Words]:
    """Return the kinds and capabilities of each agency's active units, in one query."""
    found: dict[int, Words] = {}
    rows = Unit.objects.filter(active=True).order_by("call_sign")
    kinds = dict(Unit.Kind.choices)
    for agency_id, kind, capabilities in rows.values_list("agency_id", "kind", "capabilities"):
        words = found.setdefault(agency_id, {})
        words[kind] = _("regu %(kind)s") % {"kind": str(kinds.get(kind, kind)).lower()}
        words |= {word: spoken(word) for word in words_of(capabilities)}
    return found


def spoken(word: str) -> str:
    """Return a capability as people say it: `air_deras` → "air deras"."""
    return word.replace("_", " ")


def in_order(words: Words) -> list[tuple[str, str]]:
    """Return words with their names, in the order of the names."""
    return sorted(words.items(), key=lambda pair: pair[1].lower())


class RoutingForm(forms.ModelForm):
    """Ask which agency, in which role, and for what; `words` is set by whoever makes the form."""

    words: dict[int, Words] = {}

    needs = forms.MultipleChoiceField(
        label=Routing._meta.get_field("needs").verbose_name,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "g-words"}),
    )

    class Meta:
        model = Routing
        fields = ("agency", "role", "needs")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {word: spoken(word) for word in words_of(self.instance.needs)}
        needs = self.fields["needs"]
        if isinstance(needs, forms.MultipleChoiceField):  # it is: said for the type checker
            needs.choices = in_order(kept | self._offered())

    def _offered(self) -> Words:
        """Return the words of the row's agency; of all agencies where it has none yet."""
        if self.instance.agency_id is not None:
            return self.words.get(self.instance.agency_id, {})
        return {word: name for words in self.words.values() for word, name in words.items()}
