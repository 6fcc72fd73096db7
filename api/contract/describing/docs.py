"""The page at /docs: Swagger UI with its assets inside, so it works without any other host."""

from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler.openapi import swagger_ui


@cache
def docs_page(openapi: str) -> str:
    """The page for the description `openapi`; it asks for a key and sends real requests."""
    assets = Path(swagger_ui.__file__).parent
    script, style = ((assets / f"swagger-ui{name}").read_text("utf-8") for name in ("-bundle.min.js", ".min.css"))
    # `</` would end the script element that the description stands in.
    page = swagger_ui.generate_swagger_html(openapi.replace("</", "<\\/"), script, style, "", None, True)  # noqa: FBT003
    return page.replace("<title>Swagger UI</title>", "<title>Callscribe API</title>").strip()
