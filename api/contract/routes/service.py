"""The routes that tell of the deployment."""

from api.contract.routes.spec import RouteSpec
from api.contract.service import Health, ModelList, QueueStatus

SERVICE_ROUTES = (
    RouteSpec("list_models", "GET", "/v1/models", "The models of this deployment", "jobs:read", 200, ModelList),
    RouteSpec("read_queue", "GET", "/v1/queue", "What waits, and for how long", "jobs:read", 200, QueueStatus),
    RouteSpec("check_health", "GET", "/v1/health", "Whether the service works", None, 200, Health),
    RouteSpec("read_openapi", "GET", "/v1/openapi.json", "This description", None, 200, None),
    RouteSpec("show_docs", "GET", "/docs", "A page to try the API", None, 200, None),
    RouteSpec("show_console", "GET", "/console", "The page", None, 200, None, statuses=(304, 308), slash=True),
    RouteSpec("read_console_file", "GET", "/console/<file>", "A file of the page", None, 200, None, statuses=(304,)),
    RouteSpec(
        "read_console_folder",
        "GET",
        "/console/<folder>/<file>",
        "A file of one of its folders",
        None,
        200,
        None,
        statuses=(304,),
    ),
)
