"""One request of a webhook: its address, its key, its signature, and what the receiver answers.

Signed after Standard Webhooks 1.0 (standardwebhooks.com). `http.client` does all that is asked for:
it follows no redirect and asks no proxy of the environment, so nothing goes anywhere but to the
address that was given.
"""

import base64
import binascii
import hashlib
import hmac
import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from courtesy import __version__
from courtesy.errors import UsageError
from courtesy.messages import Text
from courtesy.records import Seconds

SECRET_VARIABLE: Final = "COURTESY_WEBHOOK_SECRET"
_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = range(24, 65)  # as the specification has it
_MAKE: Final = (
    'python -c "import base64, secrets; '
    "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
)
_SAFE: Final = "/%:@!$&'()*+,;=~-._?"  # of a path and a query; the rest is percent-encoded
# What may be otherwise in a while: too slow, too many, and whatever the receiver itself has wrong.
_PASSING: Final = frozenset({408, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver says.

    Attributes:
        status: of HTTP.
        retry_after: seconds until it wants to be asked again; None where it does not say.
    """

    status: int
    retry_after: Seconds | None = None

    @property
    def taken(self) -> bool:
        """Whether it has the event."""
        return 200 <= self.status < 300

    @property
    def passing(self) -> bool:
        """Whether it may take the event later."""
        return self.status >= 500 or self.status in _PASSING

    @property
    def why(self) -> Text:
        """The status as people read it."""
        named = http.client.responses.get(self.status, "")
        return Text(f"HTTP {self.status}", f"HTTP {self.status} {named}".strip())


class Receiver:
    """A program that takes events at an address.

    Attributes:
        name: scheme and host, for people; path and query may hold keys.
    """

    def __init__(self, url: str, secret: bytes) -> None:
        """Take the address.

        Args:
            url: http or https.
            secret: the key, see `read_secret`.

        Raises:
            UsageError: it is no address.
        """
        parts = _checked(url)
        self._secret = secret
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port
        query = f"?{parts.query}" if parts.query else ""
        self._target = quote((parts.path or "/") + query, safe=_SAFE)
        self.name = f"{parts.scheme}://{parts.netloc}"

    def post(self, id_: str, body: bytes, timeout: Seconds) -> Answer:
        """Send an event once.

        Args:
            id_: of the event, the same at every attempt; without a full stop.
            body: JSON in UTF-8.
            timeout: for which it may keep silent.

        Raises:
            OSError: it is out of reach, too slow, or not the one its certificate is for.
            HTTPException: what it says is no HTTP.
        """
        moment = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"courtesy/{__version__}",
            "Connection": "close",
            "webhook-id": id_,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self._secret, id_, moment, body),
        }
        connection = self._connection(timeout)
        try:
            connection.request("POST", self._target, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, _seconds(answer.getheader("Retry-After")))
        finally:
            connection.close()

    def _connection(self, timeout: Seconds) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        # Checks the certificate and the name; a hall's own authority is named by SSL_CERT_FILE.
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=context)


def signature(secret: bytes, id_: str, moment: int, body: bytes) -> str:
    """Return the signature of one attempt.

    Args:
        secret: the key.
        id_: of the event.
        moment: of the attempt, seconds since 1970.
        body: as it is sent.

    >>> key = read_secret({SECRET_VARIABLE: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    >>> signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = f"{id_}.{moment}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode('ascii')}"


def read_secret(environment: Mapping[str, str]) -> bytes:
    """Return the key from the environment; on a command line everybody could read it.

    Raises:
        UsageError: it is not there, or it is none.
    """
    given = environment.get(SECRET_VARIABLE, "").strip()
    if not given:
        raise UsageError(
            Text(
                f"--webhook 需要密钥：请把它放进环境变量 {SECRET_VARIABLE}，接收程序用同一个；"
                f"可以这样生成：{_MAKE}",
                f"--webhook needs a secret in the environment variable {SECRET_VARIABLE}, the same "
                f"as the receiver's; make one with: {_MAKE}",
            )
        )
    try:
        key = base64.b64decode(given.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):  # ValueError: other characters than ASCII
        key = b""
    if not given.startswith(_PREFIX) or len(key) not in _SECRET_BYTES:
        raise UsageError(
            Text(
                f"{SECRET_VARIABLE} 不是密钥：应为 {_PREFIX} 加上 24 到 64 字节的 Base64；"
                f"可以这样生成：{_MAKE}",
                f"{SECRET_VARIABLE} holds no secret: it is {_PREFIX} and 24 to 64 bytes in Base64; "
                f"make one with: {_MAKE}",
            )
        )
    return key


def failure(error: OSError | http.client.HTTPException) -> Text:
    """Say why a receiver cannot be reached."""
    if isinstance(error, TimeoutError):
        return Text("没有回应", "no answer")
    if isinstance(error, ConnectionRefusedError):
        return Text("没有程序在接收", "nothing listens there")
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return Text(f"证书不可信（{why}）", f"its certificate is not trusted ({why})")
    other = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Text(other, other)


def _checked(url: str) -> SplitResult:
    parts = _split(url)
    if parts is None:
        raise UsageError(
            Text(
                f"--webhook {url} 不是网址：要写成 https://主机/路径 或 http://主机:端口/路径，"
                "不带用户名和密码。",
                f"--webhook {url} is no address: write https://host/path or http://host:port/path, "
                "without a user or password.",
            )
        )
    return parts


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address that can be sent to; None where it is none."""
    if any(c.isspace() or not c.isprintable() for c in url):  # else taken out in silence
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        port = parts.port
    except ValueError:  # no number for a port, or a name that can be none
        return None
    # A user and password would be left unused.
    usable = parts.scheme in {"http", "https"} and host and port != 0 and "@" not in parts.netloc
    return parts if usable else None


def _seconds(retry_after: str | None) -> Seconds | None:
    """Return how long a receiver wants to be left alone: it gives seconds or a date."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
