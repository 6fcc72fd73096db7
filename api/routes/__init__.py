"""One function a route: take the request apart, call one use case, answer. All of them hang on one `router`."""

from api.routes import batches, console, jobs, service, webhooks
from api.routes.answering import incoming, parts, query, router

__all__ = ["batches", "console", "incoming", "jobs", "parts", "query", "router", "service", "webhooks"]
