"""Firebase Cloud Messaging, caged. The only file that imports firebase_admin.

Left alone, one `messaging.send` may post five times and hold its thread for minutes. Here a send
posts at most once and is over within five seconds, whatever the network, the name server or the
provider does; every error becomes an Outcome. What is private in the library is named in `_cage`
and held by a test. Source: reliability study 4.4 (measured on firebase-admin 7.7.0).
"""

import logging
import threading
import time
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.credentials import TokenState
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport import DEFAULT_RETRYABLE_STATUS_CODES
from google.auth.transport.requests import Request
from google.oauth2 import service_account
from requests import Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import Timeout

from notifications.senders import platforms
from notifications.senders.account import PushMisconfigured, check_stand_in, read_account
from notifications.senders.base import Message, Outcome
from notifications.senders.fcm_errors import outcome_of_answer

logger = logging.getLogger(__name__)

HTTP_TIMEOUT_S = 4.0
WALL_TIME_S = 4.8  # of the five promised: the rest is for the thread's own start and end
IDLE_S = 30.0  # routers forget quiet connections: the first alarm after an hour would hang on one
MAX_UNDER_WAY = 32  # threads, with those that were given up and still hang
SCOPES = ["https://www.googleapis.com/auth/firebase.messaging"]

TOO_LATE = Outcome(state="retry", detail="no answer in time")
TOKEN_UNAVAILABLE = Outcome(state="retry", detail="token endpoint unavailable")
KEY_REFUSED = Outcome(state="dead", detail="service account refused", configuration_fault=True)
BAD_MESSAGE = Outcome(state="dead", detail="unusable message", configuration_fault=True)


class PushSender:
    """Send pushes through FCM HTTP v1. Safe to share between threads."""

    def __init__(self, account: dict[str, Any], *, base_url: str = "") -> None:
        """Take a checked service account, and the base address of a stand-in or ''.

        Raises PushMisconfigured for an unusable key, and where the library no longer has the
        parts that the cage holds.
        """
        try:
            self._credential = _Account.from_service_account_info(account, scopes=SCOPES)
        except ValueError as error:
            raise PushMisconfigured("the private key cannot be read") from error
        self._app = firebase_admin.initialize_app(
            _Certificate(self._credential),
            {"httpTimeout": HTTP_TIMEOUT_S, "projectId": account["project_id"]},
            name=f"gerak-push-{uuid4()}",
        )
        self._token_request = _TokenRequest(_tame(Session(), trust_env=not base_url))
        self._session = _cage(self._app, project_id=account["project_id"], base_url=base_url)
        self._last_used = time.monotonic()
        self._connections_lock = threading.Lock()
        self._token_lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_UNDER_WAY)

    @classmethod
    def from_file(cls, path: str, *, stand_in_url: str = "") -> "PushSender":
        """Build a sender from a service-account file. Raises PushMisconfigured."""
        account = read_account(path, stand_in=bool(stand_in_url))
        return cls(account, base_url=check_stand_in(stand_in_url) if stand_in_url else "")

    def send(self, message: Message) -> Outcome:
        """Post `message` at most once and tell the outcome within five seconds. Never raises."""
        if not self._places.acquire(blocking=False):
            return Outcome(state="retry", detail="too many sends under way")
        give_up_at = time.monotonic() + WALL_TIME_S
        answers: SimpleQueue[Outcome] = SimpleQueue()
        # A thread of its own, because no timeout of the library bounds a name server that hangs.
        worker = threading.Thread(
            target=self._work, args=(message, give_up_at, answers), name="push", daemon=True
        )
        try:
            worker.start()
        except RuntimeError:
            self._places.release()
            return Outcome(state="retry", detail="no thread to send with")
        try:
            return answers.get(timeout=WALL_TIME_S)
        except Empty:
            return TOO_LATE

    def close(self) -> None:
        """Release the library's connections; the sender cannot be used afterwards."""
        firebase_admin.delete_app(self._app)

    def _work(self, message: Message, give_up_at: float, answers: "SimpleQueue[Outcome]") -> None:
        try:
            answers.put(self._attempt(message, give_up_at))
        except Exception as error:  # the promise of `send`: whatever it is, it ends here
            answers.put(Outcome(state="retry", detail=f"unexpected {type(error).__name__}"))
        finally:
            self._places.release()

    def _attempt(self, message: Message, give_up_at: float) -> Outcome:
        try:
            firebase_message = _build(message, now_s=time.time())
            str(firebase_message)  # encodes it, and so refuses what the library would refuse later
        except (ValueError, TypeError, AttributeError):
            return BAD_MESSAGE
        refused = self._sign_in(give_up_at)
        if refused is not None:
            return refused
        if time.monotonic() >= give_up_at:
            return TOO_LATE
        self._forget_idle_connections()
        try:
            name = messaging.send(firebase_message, app=self._app)
        except exceptions.FirebaseError as error:
            if isinstance(error, exceptions.UnauthenticatedError):
                self._credential.token = None  # the next send fetches another
            return _outcome_of(error)
        except (KeyError, TypeError):
            return Outcome(state="retry", detail="unreadable answer")
        return Outcome(state="accepted", detail=str(name)[:200])

    def _sign_in(self, give_up_at: float) -> Outcome | None:
        """Fetch an access token where one is due; None where there is one to send with.

        A token in its last minutes is renewed, and used as it is while the endpoint is away.
        """
        if self._credential.token_state is TokenState.FRESH:
            return None
        if not self._token_lock.acquire(timeout=max(0.0, give_up_at - time.monotonic())):
            return TOKEN_UNAVAILABLE
        try:
            if self._credential.token_state is not TokenState.FRESH:
                self._token_request.session.close()  # idle for most of an hour
                self._credential.refresh(self._token_request)
        except Exception as error:  # google-auth also leaks TypeError and plain OSError
            if self._credential.token_state is TokenState.STALE:
                return None
            refused = isinstance(error, RefreshError) and not error.retryable
            logger.warning("No access token for pushes: %s", type(error).__name__)
            return KEY_REFUSED if refused else TOKEN_UNAVAILABLE
        finally:
            self._token_lock.release()
        return None

    def _forget_idle_connections(self) -> None:
        with self._connections_lock:
            idle_s = time.monotonic() - self._last_used
            self._last_used += idle_s
        if idle_s >= IDLE_S:
            self._session.close()  # the pool only: the session opens new connections


class _Account(service_account.Credentials):
    def before_request(self, request: Any, method: str, url: str, headers: Any) -> None:
        # Signing in is `_sign_in`'s alone. The parent would also fetch tokens here, and call a
        # second Google service from a thread of its own.
        self.apply(headers)


class _Certificate(credentials.Base):
    def __init__(self, credential: _Account) -> None:
        super().__init__()
        self._credential = credential

    def get_credential(self) -> _Account:
        return self._credential


class _TokenRequest(Request):
    """Asks for an access token once: google-auth itself would sleep and ask three times."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        response = super().__call__(*args, **{**kwargs, "timeout": HTTP_TIMEOUT_S})
        if response.status in DEFAULT_RETRYABLE_STATUS_CODES:
            raise TransportError(f"token endpoint: {response.status}", retryable=True)
        return response


def _build(message: Message, *, now_s: float) -> messaging.Message:
    priority = "high" if message.urgent else "normal"
    alert = messaging.ApsAlert(title=message.title, body=message.body)
    firebase_message = messaging.Message(
        data=platforms.data(message),
        android=messaging.AndroidConfig(
            priority=priority, ttl=platforms.ttl_s(message), collapse_key=message.collapse_key
        ),
        apns=messaging.APNSConfig(
            headers=platforms.apns_headers(message, now_s=now_s),
            payload=messaging.APNSPayload(
                messaging.Aps(alert=alert, sound="default", mutable_content=True)
            ),
        ),
        webpush=messaging.WebpushConfig(headers=platforms.webpush_headers(message)),
    )
    # Set afterwards: the constructor warns about `token`, and silencing a warning is process-wide.
    if message.kind == "installation":
        firebase_message.fid = message.push_token
    else:
        firebase_message.token = message.push_token
    return firebase_message


def _outcome_of(error: exceptions.FirebaseError) -> Outcome:
    response = error.http_response
    if response is not None:
        return outcome_of_answer(
            status=response.status_code,
            body=response.text,
            retry_after=response.headers.get("Retry-After"),
            now=datetime.now(UTC),
        )
    if isinstance(error.cause, Timeout):
        return TOO_LATE
    lost = isinstance(error.cause, NoConnection)
    return Outcome(state="retry", detail="no connection" if lost else "unreadable answer")


def _tame(session: Session, *, trust_env: bool) -> Session:
    for prefix in list(session.adapters):
        session.mount(prefix, HTTPAdapter(max_retries=0, pool_maxsize=MAX_UNDER_WAY))
    session.max_redirects = 0
    session.trust_env = trust_env  # a proxy of the environment must not see a stand-in's requests
    return session


def _cage(app: firebase_admin.App, *, project_id: str, base_url: str) -> Session:
    """Take retries, redirects and repeated sign-in out of the library; aim it at `base_url`."""
    service: Any = getattr(messaging, "_get_messaging_service", lambda _app: None)(app)
    session = getattr(getattr(service, "_client", None), "session", None)
    held = hasattr(service, "_fcm_url") and hasattr(session, "_max_refresh_attempts")
    if not held or not isinstance(session, Session):
        raise PushMisconfigured("this version of firebase-admin cannot be caged")
    _tame(session, trust_env=not base_url)
    session._max_refresh_attempts = 0  # type: ignore[attr-defined]  # else a 401 posts three times
    if base_url:
        service._fcm_url = f"{base_url}/v1/projects/{project_id}/messages:send"
    return session
