"""The page at /console: one document, and the files that it names relative to itself."""

from aws_lambda_powertools.event_handler import Response

from api.routes.answering import knows, parts, router
from api.routes.page import DOCUMENT, file_at, headers_of


@router.get("/console")
def show_console() -> Response[str | bytes]:
    """Show the page; with a slash behind it, its files would be looked for a folder too deep."""
    if router.current_event.path.endswith("/"):
        return Response(308, body="", headers={"Location": "../console"})
    return _answer(DOCUMENT)


@router.get("/console/<file>")
def read_console_file(file: str) -> Response[str | bytes]:
    """Show a file that lies beside the page; the page itself would not find its files from there."""
    return _answer("" if file == DOCUMENT else file)


@router.get("/console/<folder>/<file>")
def read_console_folder(folder: str, file: str) -> Response[str | bytes]:
    """Show a file of one of its folders."""
    return _answer(f"{folder}/{file}")


def _answer(name: str) -> Response[str | bytes]:
    """The file at `name`, or 304 if the caller has it."""
    file = file_at(name, parts())
    headers = headers_of(name, file, parts())
    if knows(file.etag):
        return Response(304, body="", headers=headers)
    return Response(200, file.media_type, file.body, headers)
