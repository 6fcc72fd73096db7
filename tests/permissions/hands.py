"""One set of clients in many hands: they are slow to make, so all roles share them, and each call is made as its role.

hands = Hands(clients)
clients, asking = hands.given(credentials)
clients.s3.head_object(…)   # signed with these credentials, and noted in asking.seen
"""

import http.client
from dataclasses import dataclass, field
from typing import Any

from permissions.asked import Asking, needs

from shared.aws.clients import Clients

SERVICES = ("s3", "sqs", "sns", "dynamodb")


@dataclass
class Hands:
    """The clients, and who holds them now."""

    clients: Clients
    asking: Asking = field(default_factory=Asking)

    def __post_init__(self) -> None:
        self.credentials: Any = self.clients.s3._request_signer._credentials  # type: ignore[attr-defined]
        for name in SERVICES:
            events = getattr(self.clients, name).meta.events
            events.register("before-parameter-build", self._note)
            events.register("after-call", self._judge)

    def given(self, taken: dict[str, str]) -> tuple[Clients, Asking]:
        """Clients for whoever took these credentials, and what they ask for."""
        asking = Asking()
        own: Any = {name: _Held(getattr(self.clients, name), self, taken, asking) for name in SERVICES}
        return Clients(**own), asking

    def pass_to(self, taken: dict[str, str], asking: Asking) -> None:
        self.asking = asking
        for name, value in taken.items():
            setattr(self.credentials, name, value)

    def _note(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        context["asked"] = params
        self.asking.seen |= set(needs(model.service_model.service_name, model.name, params))

    def _judge(self, model: Any, http_response: Any, **_: Any) -> None:
        if http_response.status_code in (http.client.FORBIDDEN, http.client.UNAUTHORIZED):
            self.asking.denied.append(f"{model.service_model.service_name}:{model.name}")


@dataclass(frozen=True)
class _Held:
    """A client in the hands of one role."""

    client: Any
    hands: Hands
    taken: dict[str, str]
    asking: Asking

    def __getattr__(self, name: str) -> Any:
        self.hands.pass_to(self.taken, self.asking)
        return getattr(self.client, name)
