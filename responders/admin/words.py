"""A list of words, asked for as people write one: parted by commas."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_WORDS = 40
LONGEST_WORD = 80


class WordsField(forms.CharField):
    """Ask for words parted by commas. The value is their list, in their order, each once."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Pisahkan dengan koma."))
        super().__init__(max_length=MOST_WORDS * LONGEST_WORD, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the box: the stored list, or what was typed."""
        return ", ".join(str(word) for word in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the list; the limits are held against what was typed."""
        words = list(dict.fromkeys(filter(None, map(str.strip, super().clean(value).split(",")))))
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            raise forms.ValidationError(_("Terlalu banyak kata, atau satu kata terlalu panjang."))
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or []) != (data or "").strip()
