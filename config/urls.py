"""The doors of the whole: includes only."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health, phone_app
from config.sessions import session_lives
from incidents.admin.board import board
from incidents.admin.field import photo
from incidents.admin.proofs import newest_proof, proof_file
from incidents.admin.readiness import readiness
from incidents.admin.replay import replay
from incidents.admin.reports import reports
from incidents.views.open_data import open_data_csv, transparency
from incidents.views.proofs import published_keys_view
from notifications import desk, feeds, me, wall
from notifications.admin.breach import who_saw
from notifications.public_page import public_page
from responders.admin.account import account_security
from responders.admin.sign_in import SignIn, second_factor

api: list[URLPattern | URLResolver] = [
    path("me", me.Me.as_view()),
    path("desk/assignments/<uuid:assignment_id>/deliveries", desk.AssignmentDeliveries.as_view()),
    path("", include("responders.urls")),
    path("", include("incidents.urls")),
    path("", include("notifications.urls")),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/papan/", board, name="board"),
    path("admin/kesiapan/", readiness, name="readiness"),
    path("admin/foto/<uuid:photo_id>/", photo, name="photo"),
    path("admin/putar-ulang/", replay, name="replay"),
    path("admin/laporan/", reports, name="reports"),
    path("admin/siapa-melihat/", who_saw, name="who-saw"),
    path("admin/bukti/<uuid:proof_id>.<str:file_format>", proof_file, name="proof-file"),
    path(
        "admin/bukti/penugasan/<uuid:assignment_id>.<str:file_format>",
        newest_proof,
        name="newest-proof",
    ),
    path("papan/dinding/", wall.wall, name="wall"),
    path("papan/dinding/masuk/<str:secret>/", wall.enter, name="wall-enter"),
    path("board/", RedirectView.as_view(pattern_name="board")),
    path("admin/login/", SignIn.as_view()),
    path("admin/login/kode/", second_factor, name="second-factor"),
    path("admin/sesi/", session_lives, name="session"),
    path("admin/keamanan/", account_security, name="account-security"),
    path("admin/", admin.site.urls),
    path("app/", phone_app.shell, name="phone-app"),
    path("app/words/<slug:language>.json", phone_app.words),
    path("app/manifest.webmanifest", phone_app.manifest, name="phone-app-manifest"),
    path("app/sw.js", phone_app.service_worker),
    path("api/v1/", include(api)),
    path("api/", include("responders.foreign_urls")),
    path("publik/", public_page, name="public-page"),
    path("feeds/cap/", feeds.CapFeed.as_view(), name="cap-feed"),
    path("feeds/cap/<uuid:alert_id>.xml", feeds.CapDocument.as_view(), name="cap-document"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("transparansi/", transparency, name="transparency"),
    path("transparansi/<str:month>/", transparency, name="transparency-month"),
    path("transparansi/<str:month>/data.csv", open_data_csv, name="open-data"),
    path(".well-known/gerak112-keys.json", published_keys_view),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]

handler403 = "config.refusal_pages.forbidden"
handler404 = "config.refusal_pages.not_found"
handler500 = "config.refusal_pages.server_error"
handler400 = "config.refusal_pages.bad_request"
