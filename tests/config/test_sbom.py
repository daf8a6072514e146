"""The list of parts holds what the lock holds, and points at nothing that is not there."""

import json
import re
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from config.sbom import parts_of, sbom_of
from tests.factories import T0

LOCK = (Path(__file__).resolve().parents[2] / "requirements.lock").read_text()


def printed():
    out = StringIO()
    call_command("sbom", release="1.2", stdout=out)
    return json.loads(out.getvalue())


def test_every_part_of_the_lock_is_listed_with_each_of_its_digests():
    listed = {(one["name"], one["version"]): one for one in printed()["components"]}
    lines = [line.split()[0] for line in LOCK.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    digests = {
        entry["content"]
        for one in listed.values()
        for entry in one["externalReferences"][0]["hashes"]
    }

    assert sorted(f"{name}=={version}" for name, version in listed) == sorted(lines)
    assert digests == set(re.findall(r"sha256:([0-9a-f]{64})", LOCK))
    assert all(one["purl"] == one["bom-ref"] for one in listed.values())


def test_it_is_of_the_form_that_is_asked_for_and_refers_to_its_own_parts():
    document = printed()
    refs = [document["metadata"]["component"]["bom-ref"]]
    refs += [one["bom-ref"] for one in document["components"]]
    pointed = [one["ref"] for one in document["dependencies"]]

    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["serialNumber"])
    assert document["metadata"]["component"]["version"] == "1.2"
    assert sorted(pointed) == sorted(set(refs)) == sorted(refs)
    assert {to for one in document["dependencies"] for to in one["dependsOn"]} <= set(refs)


def test_it_says_who_needs_whom_and_under_which_licence():
    document = printed()
    needs = {one["ref"].partition("@")[0]: one["dependsOn"] for one in document["dependencies"]}
    (django,) = [one for one in document["components"] if one["name"] == "django"]

    assert any(one.startswith("pkg:pypi/asgiref@") for one in needs["pkg:pypi/django"])
    assert django["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]


def test_the_same_lock_makes_the_same_document():
    assert sbom_of(LOCK, version="1", now=T0) == sbom_of(LOCK, version="1", now=T0)


def test_a_lock_is_read_whatever_a_name_looks_like():
    lock = 'a_B.c==1.0 ; python_version < "3.12" \\\n    --hash=sha256:' + "0" * 64 + "\nd==2\n"

    assert [(p.purl, p.digests) for p in parts_of(lock)] == [
        ("pkg:pypi/a-b-c@1.0", ("0" * 64,)),
        ("pkg:pypi/d@2", ()),
    ]
