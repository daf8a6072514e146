"""What a crew sends of an assignment besides its steps: notes and photos, each kept once."""

import io
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from incidents.models import IncidentEvent, Note, Photo
from incidents.models.field import photo_storage
from incidents.policy import FIELD
from responders.wire_time import to_wire
from tests.factories import crew_of, make_assignment, make_unit, make_user

pytestmark = pytest.mark.django_db
GPS_IFD, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def files():
    folder = Path(photo_storage().location)
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def sent():
    return make_assignment(now=timezone.now() - timedelta(minutes=2))


@pytest.fixture
def crew(sent, phone_of):
    return phone_of(crew_of(sent.unit)[0])


def note(**over):
    return {"id": str(uuid4()), "at": to_wire(timezone.now()), "text": "Api di lantai dua."} | over


def picture(kind="JPEG", size=(64, 48), **how):
    out = io.BytesIO()
    Image.new("RGB", size, "firebrick").save(out, kind, **how)
    return out.getvalue()


def post_photo(client, assignment, data, *, name="foto.jpg", **over):
    form = {"id": str(uuid4()), "at": to_wire(timezone.now())} | over
    form["file"] = SimpleUploadedFile(name, data, content_type="image/jpeg")
    return client.post(f"/api/v1/assignments/{assignment.pk}/photos", form, format="multipart")


def codes_of(answer):
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


def kept(photo):
    with photo.file.open("rb") as stored:
        return Image.open(io.BytesIO(stored.read()))


def test_a_note_is_kept_once_and_the_journal_refers_to_it(sent, crew):
    body = note()
    path = f"/api/v1/assignments/{sent.pk}/notes"

    first, again = (crew.post(path, body, format="json") for _ in range(2))

    stored = Note.objects.get()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == {
        "id": body["id"],
        "author": str(stored.author),
        "at": body["at"],
        "received_at": to_wire(stored.received_at),
        "text": "Api di lantai dua.",
    }
    event = IncidentEvent.objects.get(kind="note.added")
    assert (event.assignment_id, event.data) == (sent.pk, {"note": body["id"]})
    assert crew.get(path).json() == {"results": [first.json()], "next": None}


def test_the_same_id_with_other_words_is_refused(sent, crew):
    body = note()
    path = f"/api/v1/assignments/{sent.pk}/notes"
    crew.post(path, body, format="json")

    answer = crew.post(path, body | {"text": "Sudah padam."}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")
    assert Note.objects.get().text == "Api di lantai dua."


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"id": "x"}, "id", "bad_id"),
        ({"at": "kemarin"}, "at", "bad_time"),
        ({"text": ""}, "text", "blank"),
        ({"text": "x" * 2001}, "text", "max_length"),
        ({"text": 5}, "text", "invalid"),
    ],
)
def test_a_bad_note_names_its_field(sent, crew, over, field, code):
    answer = crew.post(f"/api/v1/assignments/{sent.pk}/notes", note(**over), format="json")

    assert (answer.status_code, codes_of(answer)) == (400, [(field, code)])
    assert not Note.objects.exists()


def test_an_outsider_can_neither_read_nor_add(sent, phone_of):
    outsider = phone_of(crew_of(make_unit())[0])
    official = phone_of(make_user(role="official"))
    path = f"/api/v1/assignments/{sent.pk}/notes"

    refused = [
        outsider.get(path).status_code,
        outsider.post(path, note(), format="json").status_code,
        post_photo(outsider, sent, picture()).status_code,
        official.post(path, note(), format="json").status_code,
        post_photo(official, sent, picture()).status_code,
    ]

    assert refused == [404, 404, 404, 403, 403]
    assert not Note.objects.exists()
    assert not Photo.objects.exists()


def test_a_photo_is_drawn_anew_upright_and_without_its_metadata(sent, crew):
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "Xiaomi"
    exif.get_ifd(GPS_IFD)[1] = "S"
    original = picture(exif=exif) + b"PK\x03\x04 a whole archive behind the picture"

    answer = post_photo(crew, sent, original, lat="-0.7995", lon="100.6528")

    stored = Photo.objects.get()
    assert answer.status_code == 201
    assert (answer.json()["width"], answer.json()["height"]) == (48, 64)
    assert (stored.lat, stored.lon) == (-0.7995, 100.6528)
    shown = kept(stored)
    assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (48, 64), {})
    with stored.file.open("rb") as file:
        data = file.read()
    assert not any(part in data for part in (b"Xiaomi", b"Exif", b"PK\x03\x04"))
    event = IncidentEvent.objects.get(kind="photo.added")
    assert event.data == {"photo": str(stored.pk)}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_format_is_taken(sent, crew, kind):
    assert post_photo(crew, sent, picture(kind)).status_code == 201
    assert kept(Photo.objects.get()).format == "JPEG"


def test_a_large_photo_is_made_smaller(sent, crew):
    post_photo(crew, sent, picture(size=(4000, 1000)))

    assert (Photo.objects.get().width, Photo.objects.get().height) == (2560, 640)


def test_a_photo_sent_twice_is_one_photo_and_one_file(sent, crew):
    before = files()
    again = {"id": str(uuid4()), "at": to_wire(timezone.now())}
    data = picture()

    statuses = [post_photo(crew, sent, data, **again).status_code for _ in range(2)]
    other = post_photo(crew, sent, picture("PNG"), **again)

    assert statuses == [201, 200]
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert len(files() - before) == 1


BOMB = picture("PNG", size=(9000, 9000))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script></html>", "not_an_image"),
        (b"GIF89a" + picture(), "not_an_image"),
        (b"%PDF-1.7\n" + picture(), "not_an_image"),
        (b"PK\x03\x04" + picture(), "not_an_image"),
        (picture()[:200], "not_an_image"),
        (picture("PNG")[:40], "not_an_image"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "not_an_image"),
        (b"\xff\xd8\xff" + b"\x00" * 500, "not_an_image"),
        (BOMB, "too_many_pixels"),
    ],
)
def test_what_is_no_photo_is_refused(sent, crew, data, code):
    answer = post_photo(crew, sent, data)

    assert (answer.status_code, codes_of(answer)) == (400, [("file", code)])
    assert not Photo.objects.exists()


def test_a_photo_over_the_limit_is_refused(sent, crew):
    data = picture() + b"\0" * FIELD.photo_max_bytes

    answer = post_photo(crew, sent, data)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"id": "x"}, "id", "bad_id"),
        ({"at": "kemarin"}, "at", "bad_time"),
        ({"lat": "NaN", "lon": "1"}, "lat", "not_a_number"),
        ({"lat": "91", "lon": "1"}, "lat", "out_of_range"),
        ({"lat": "1_0", "lon": "1"}, "lat", "not_a_number"),
        ({"lat": "1"}, "lon", "required"),
    ],
)
def test_a_bad_form_names_its_field(sent, crew, over, field, code):
    answer = post_photo(crew, sent, picture(), **over)

    assert (answer.status_code, codes_of(answer)) == (400, [(field, code)])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nno header"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n\xff\r\n--b--\r\n',
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n' * 2 + b"--b--\r\n",
        ),
    ],
)
def test_a_form_that_is_none_is_refused(sent, crew, content_type, body):
    path = f"/api/v1/assignments/{sent.pk}/photos"

    answer = crew.generic("POST", path, body, content_type=content_type)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in ("bad_form", "invalid")


def test_json_is_no_photo(sent, crew):
    answer = crew.post(f"/api/v1/assignments/{sent.pk}/photos", {}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
