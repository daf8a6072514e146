"""The door of the pages is open when it says so."""

import subprocess
import sys

from tests.city import ROOT, environment_of


def test_a_worker_that_starts_has_read_its_routes(tmp_path):
    asked = "import sys, config.wsgi; print('incidents.views.desk_assignments' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=environment_of(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split()[-1] == "True"
