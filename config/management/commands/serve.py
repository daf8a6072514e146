"""Command `serve`: everything in one foreground process."""

import socket
import sys
from datetime import UTC, datetime

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.asgi import application
from config.clerk import CLERK_THREAD
from config.demo import Demo, is_demo_wanted, mark_as_demo
from config.embedded_celery import run_beat, run_worker
from config.engine import SWEEPER_THREAD
from config.instance import AlreadyRunning, hold
from config.logins import keep_logins, logins_file, logins_table
from config.process import THREADS_END_S
from config.seed.seed import is_empty, seed_city
from config.server import GracefulServer
from config.threads import SupervisedThread


class Command(BaseCommand):
    help = "Migrate, fill an empty database, and serve HTTP and websockets with all clocks running."

    def handle(self, *args: object, **options: object) -> None:
        """Serve until told to stop. Exit 1 with a sentence where the folder or port is taken."""
        try:
            with hold(settings.DATA_DIR):
                self._serve()
        except AlreadyRunning as refusal:
            raise CommandError(str(refusal)) from refusal

    def _serve(self) -> None:
        self._refuse_a_taken_port()
        call_command("migrate", verbosity=0, interactive=False)
        if is_empty():
            self._seed()
        demo = Demo(url=self._url()) if is_demo_wanted() else None
        threads = [SWEEPER_THREAD, CLERK_THREAD] if settings.GERAK_SWEEP else []
        threads += [
            SupervisedThread("celery-worker", run_worker),
            SupervisedThread("celery-beat", run_beat),
        ]

        def start() -> None:
            application.wake()
            for thread in threads:
                thread.start()
            if demo:
                demo.start()
            self._say_where(has_demo=demo is not None)

        def stop() -> None:
            for thread in threads:
                thread.ask_to_stop()
            for thread in threads:
                thread.join(timeout_s=THREADS_END_S)

        server = GracefulServer(
            application, host=settings.HOST, port=settings.PORT, on_ready=start, on_stopped=stop
        )
        try:
            server.run()
        finally:
            if demo:
                demo.stop()
        if server.failure:
            raise CommandError(f"Cannot listen at {self._url()}: {server.failure}")
        self.stdout.write("Stopped.")

    def _seed(self) -> None:
        self.stdout.write("A new database: filling it with Kota Solok …")
        self.stdout.flush()
        result = seed_city(datetime.now(UTC))
        keep_logins(result.passwords)
        if settings.DEMO:
            mark_as_demo()
        self.stdout.write(f"Logins, shown once and kept in {logins_file()}:\n")
        self.stdout.write(logins_table(result.passwords) + "\n")

    def _refuse_a_taken_port(self) -> None:
        """Raise before anything is made where somebody else listens at our address."""
        try:
            with socket.create_server((settings.HOST, settings.PORT)):
                return
        except OSError as error:
            raise CommandError(f"Cannot listen at {self._url()}: {error.strerror}") from error

    def _say_where(self, *, has_demo: bool) -> None:
        url = self._url()
        demo = "simulated crews drive (DEMO=0: none)" if has_demo else "off"
        self.stdout.write(
            f"\nGerak 112 is running.\n"
            f"  Board   {url}/admin/papan/\n"
            f"  Desk    {url}/admin/\n"
            f"  API     {url}/api/docs/\n"
            f"  Demo    {demo}\n"
            f"Sign in as `dispatcher`; the passwords stand in {logins_file()}.\n"
            f"Ctrl-C stops all of it.\n"
        )
        sys.stdout.flush()

    def _url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.HOST, settings.HOST)  # noqa: S104  # nosec B104
        return f"http://{host}:{settings.PORT}"
