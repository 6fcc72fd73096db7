"""Makes speech, trains, exports, evaluates, and speaks the sample calls.

    python -m worker.models.training speech --folder RUN --shards 64
    python -m worker.models.training train --folder RUN --minutes 230
    python -m worker.models.training export --folder RUN
    python -m worker.models.training evaluate
    python -m worker.models.training calls

RUN is a scratch folder: the corpus, the checkpoint and the vocabulary of one run. Any command
may be killed and started again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from worker.models.training import calls, corpus, evaluate, export, train

MODEL = Path(__file__).parents[1] / "callscribe-small"
DIALOGUES = Path(__file__).parent / "dialogues"
CALLS = Path(__file__).parents[3] / "api" / "console" / "calls"


def main() -> None:
    """Run one command."""
    options = _parser().parse_args()
    options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m worker.models.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    speak = _command(commands, _speak, "speech", "make the spoken corpus")
    speak.add_argument("--shards", type=int, default=60, help="of 1,000 utterances each")
    fit = _command(commands, _train, "train", "train, or go on from the last checkpoint")
    fit.add_argument("--minutes", type=float, required=True, help="of training in all")
    fit.add_argument("--processes", type=int, default=2, help="1 with cuda")
    fit.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    _command(commands, _export, "export", "write the model's directory")
    measure = commands.add_parser("evaluate", help="measure the model, fill in its card")
    measure.add_argument("--windows", type=int, default=40, help="of each language and kind of voice")
    measure.set_defaults(run=_evaluate)
    commands.add_parser("calls", help="speak the sample calls").set_defaults(run=_calls)
    return parser


def _command(commands: object, run: object, name: str, help_text: str) -> argparse.ArgumentParser:
    """Add a command that works in a run's folder."""
    command = commands.add_parser(name, help=help_text)
    command.add_argument("--folder", type=Path, required=True, help="of the run")
    command.set_defaults(run=run)
    return command


def _speak(options: argparse.Namespace) -> None:
    corpus.make(options.folder / "data", options.shards)


def _train(options: argparse.Namespace) -> None:
    train.train(options.folder, options.minutes, options.processes, options.device)


def _export(options: argparse.Namespace) -> None:
    checkpoint = options.folder / "checkpoint.pt"
    export.export(checkpoint, options.folder / "tokenizer.json", MODEL)
    export.save_half(checkpoint, options.folder / "checkpoint-fp16.pt")


def _evaluate(options: argparse.Namespace) -> None:
    figures = evaluate.Evaluation(MODEL).run(options.windows)
    evaluate.write_to_card(MODEL / "README.md", figures)


def _calls(_options: argparse.Namespace) -> None:
    calls.make(DIALOGUES, CALLS)


if __name__ == "__main__":
    main()
