"""`callscribe plan`: what it costs and how long calls wait, for a load, a worker and a price."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from api.cli.commands.planning.options import Demand, Money, Way, Workers, given
from api.cli.commands.planning.telling import tell
from api.cli.options import asks
from api.cli.session import Session

if TYPE_CHECKING:
    from api.planning.answers import Report
    from api.planning.asking import Scene

__all__ = ["plan"]
NO_DRAWING = "--plots needs matplotlib, which is not installed here: pip install matplotlib"


@asks
def plan(session: Session, demand: Demand, workers: Workers, money: Money, way: Way) -> None:
    """Say what the service costs and how long calls wait, by playing days of calls against the Terraform plan."""
    # The simulation costs every command a quarter of a second; only this one needs it.
    from api.planning.costs import NoPrice  # noqa: PLC0415
    from api.planning.inputs import BadInput  # noqa: PLC0415

    try:
        report = _answered(session, given(demand, workers, money, way), way)
    except (BadInput, NoPrice) as error:
        raise typer.BadParameter(str(error)) from error
    if way.as_json:
        session.json([report])
    else:
        tell(session, report)


def _answered(session: Session, options: dict[str, Any], way: Way) -> "Report":
    from api.planning.asking import ask, scene  # noqa: PLC0415 - as in `plan`
    from api.planning.costs import known_prices  # noqa: PLC0415
    from api.planning.fleet import committed_fleet  # noqa: PLC0415
    from api.planning.inputs import fleet_of, question_of, trace_of  # noqa: PLC0415

    question = question_of(way.inputs, options)
    fleet = committed_fleet() if way.plan is None else fleet_of(way.plan, committed_fleet())
    trace = None if question.trace is None else trace_of(question.trace)
    at = scene(question, fleet, known_prices(), trace)
    with session.err.status("drawing the days") as status:
        report = ask(at, status.update)
        if way.plots is not None:
            _draw(at, way.plots, status.update)
    return report


def _draw(at: "Scene", folder: Path, show: Callable[[str], object]) -> None:
    try:
        from api.planning.pictures import draw  # noqa: PLC0415 - matplotlib is not installed with the service
    except ModuleNotFoundError as error:
        raise typer.BadParameter(NO_DRAWING) from error
    draw(at, folder, show)
