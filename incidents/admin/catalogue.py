"""Areas, incident types and the routing matrix: the city's own tables."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from incidents.admin.routing_form import RoutingForm, words_by_agency
from incidents.models import Area, IncidentType, Landmark, Routing
from responders.admin.desk import DeskAdmin, without_icons


@admin.register(Area)
class AreaAdmin(DeskAdmin):
    """Areas by Kemendagri code; outlines come by import_areas."""

    keeps_values = True
    city_wide = True
    word_lists = ("aliases",)
    list_display = ("code", "name", "level", "parent", "postal_code")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    ordering = ("code",)
    exclude = ("polygon",)


@admin.register(Landmark)
class LandmarkAdmin(DeskAdmin):
    """Places that people name instead of an address."""

    keeps_values = True
    city_wide = True
    word_lists = ("aliases",)
    list_display = ("name", "area", "lat", "lon")
    list_filter = ("area",)
    list_select_related = ("area",)
    search_fields = ("name", "aliases")
    ordering = ("name",)


class RoutingInline(admin.TabularInline):
    """One cell of the matrix a row."""

    model = Routing
    form = RoutingForm
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return without_icons(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Let every row choose among the words that units have now."""
        kwargs["form"] = type("RoutingForm", (self.form,), {"words": words_by_agency()})
        return super().get_formset(request, obj, **kwargs)


@admin.register(IncidentType)
class IncidentTypeAdmin(DeskAdmin):
    """Types with their priority, notice rule and routing."""

    keeps_values = True
    city_wide = True
    list_display = ("label", "key", "category", "priority", "notice", "sensitive", "active")
    list_filter = ("category", "priority", "notice", "active")
    search_fields = ("key", "label", "label_en")
    ordering = ("priority", "label")
    inlines = (RoutingInline,)
