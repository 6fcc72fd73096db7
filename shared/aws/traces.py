"""Spans on their way to AWS: X-Ray takes OTLP over HTTP, signed like any other call; a collector takes it as it is."""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from shared.settings import Settings
from shared.tracing import Tracing, open_tracing

if TYPE_CHECKING:
    import requests

SERVICE: Final = "xray"
OF_AWS: Final = ".amazonaws.com"


def connect_tracing(settings: Settings, service: str) -> Tracing:
    """The tracing that the settings name, for the process `service`; off where they name none."""
    if settings.traces == "file":
        return open_tracing("file", settings.traces_file, service)
    url = settings.traces_endpoint
    return open_tracing(settings.traces, url, service, signed_session() if _is_of_aws(url) else None)


def signed_session(aws: "boto3.session.Session | None" = None) -> "requests.Session":
    """A session whose every request is signed with the credentials and the region of the environment, as they are then.

    The one of `requests`: OpenTelemetry's exporter posts with it.
    """
    import requests  # noqa: PLC0415 - only where spans are posted

    session, known = requests.Session(), aws or boto3.session.Session()
    session.trust_env = False
    session.auth = lambda asked: _signed(asked, known)
    return session


def _signed(asked: "requests.PreparedRequest", aws: "boto3.session.Session") -> "requests.PreparedRequest":
    credentials = aws.get_credentials()
    if credentials is None:
        return asked
    kept = {name: value for name, value in asked.headers.items() if name.lower() in {"content-type", "host"}}
    request = AWSRequest(asked.method or "POST", asked.url or "", data=asked.body, headers=kept)
    SigV4Auth(credentials.get_frozen_credentials(), SERVICE, aws.region_name or "").add_auth(request)
    asked.headers.update(dict(request.headers.items()))
    return asked


def _is_of_aws(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    return host.endswith((OF_AWS, f"{OF_AWS}.cn"))
