"""A session that ended under a half-written form costs nothing that was typed."""

from playwright.sync_api import expect

from tests.browser import IN_BROWSER, chromium
from tests.server import Server

pytestmark = IN_BROWSER


def sign_in(page, base, password):
    page.goto(base + "/admin/login/")
    page.fill("#id_username", "supervisor")
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    expect(page.locator("#user-tools")).to_be_visible()


def test_what_was_typed_is_saved_after_signing_in_again_in_another_tab(tmp_path):
    server = Server(tmp_path).start()
    lines = (tmp_path / "logins.txt").read_text(encoding="utf-8").splitlines()
    password = next(line.split()[1] for line in lines if line.startswith("supervisor"))
    base = f"http://127.0.0.1:{server.port}"
    try:
        with chromium() as browser:
            context = browser.new_context(locale="id-ID")
            page = context.new_page()
            page.clock.install()
            sign_in(page, base, password)
            page.goto(base + "/admin/incidents/landmark/add/")
            page.fill("#id_name", "Pasar Raya Baru")
            page.fill("#id_lat", "-0.79")
            page.fill("#id_lon", "100.65")
            page.select_option("#id_area", index=3)
            context.clear_cookies(name="sessionid")
            page.clock.fast_forward(6_000)  # what was asked less than 5 s ago is not asked again

            page.locator("input[name=_save]").click()

            expect(page.get_by_role("heading", name="Sesi Anda berakhir")).to_be_visible()
            expect(page.locator("#id_name")).to_have_value("Pasar Raya Baru")
            page.screenshot(path=tmp_path / "session.png")
            sign_in(context.new_page(), base, password)
            page.bring_to_front()
            page.get_by_role("button", name="Sudah masuk, lanjutkan").click()
            page.locator("input[name=_save]").click()
            expect(page.locator(".messagelist .success")).to_contain_text("Pasar Raya Baru")
    finally:
        server.stop()
