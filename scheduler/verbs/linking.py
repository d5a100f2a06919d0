"""`link`, `link eval`, `link train`: files of releases linked without a database, measured, learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scheduler.options import Given, JsonOption
from scheduler.screen import Refusal, cell, err, out, say, table, write_json
from scheduler.verbs import ending, linker

if TYPE_CHECKING:
    from pipelines.linking.encoders.protocol import Encoder
    from pipelines.linking.evaluation import Evaluation, Score
    from pipelines.linking.records import Record
    from pipelines.linking.weights import WeightSet

CODES = "0 done, 1 a line, an encoder or weights cannot be used: the message says why, 2 wrong usage"
_DOUBTS_SHOWN = 5
_EXAMPLE_FILE = "releases.jsonl"

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.jsonl",
        help="Releases, one JSON object a line: id and text, and what is known of source, url, lang, date, "
        "title.",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
EncoderOption = Annotated[
    str,
    typer.Option("--encoder", metavar="NAME", help="Which encoder makes vectors of passages; none for none."),
]
WeightsOption = Annotated[
    Path | None,
    typer.Option(
        "--weights",
        metavar="FILE",
        help="Weights that link train wrote, instead of those that came with the program.",
        show_default=False,
        dir_okay=False,
    ),
]
SplitOption = Annotated[
    str | None,
    typer.Option(
        "--split",
        metavar="NAME",
        help="Only lines whose `split` is this, or that have none.",
        show_default=False,
    ),
]
PrecisionOption = Annotated[
    float,
    typer.Option(
        "--precision", min=0.5, max=1.0, help="What part of the pairs in one statement must be right."
    ),
]


class FileOrVerb(TyperGroup):
    """`link FILE` links the file; `link eval FILE` and the others are verbs."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own signature
        """What is no verb is a file for the verb `file`."""
        if args and args[0] not in self.commands:
            args = ["file", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own signature
        """Options before the file belong to the verb `file`."""
        if args and args[0].startswith("-") and not {"-h", "--help"} & set(args[:1]):
            args = ["file", *args]
        return list(super().parse_args(ctx, args))


group = typer.Typer(
    cls=FileOrVerb,
    no_args_is_help=True,
    help="Recognise which releases are versions of one statement: [bold]link FILE.jsonl[/bold] for a file, "
    "without database.",
)


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group.command(
        "file",
        epilog=ending(
            f"communique link {_EXAMPLE_FILE} --json",
            f"communique link {_EXAMPLE_FILE} --encoder none",
            codes=CODES,
        ),
    )(link_file)
    group.command(
        "eval",
        epilog=ending(
            f"communique link eval {_EXAMPLE_FILE}",
            f"communique link eval {_EXAMPLE_FILE} --cross-validate --encoder none --json",
            codes=CODES,
        ),
    )(link_eval)
    group.command(
        "train",
        epilog=ending(f"communique link train {_EXAMPLE_FILE} more.jsonl --out weights.json", codes=CODES),
    )(link_train)
    linker.add_to(group)
    app.add_typer(group, name="link", epilog=ending(f"communique link {_EXAMPLE_FILE} --json", codes=CODES))


def link_file(
    context: typer.Context,
    file: FileArgument,
    encoder: EncoderOption = "use",
    weights: WeightsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Link the releases of a file: `id` and `statement` for each, in the order of the file.

    A statement is named after the smallest id among its releases.
    """
    from pipelines.linking.collection import gather, link

    records = _records(file)
    opened, learned = _encoder(encoder), _weights(weights)
    _check_trained(encoder, opened, learned)
    with _working(len(records)) as done:
        collection = gather(records, opened, done)
        linked = link(collection, lambda _one, _other: learned)
    if _wants_json(context, as_json):
        for record in records:
            write_json({"id": record.given_id, "statement": linked.statements[record.id]})
        return
    shown = table("release", "statement", "language", "day", "title")
    for record in sorted(
        records, key=lambda each: (linked.statements[each.id], str(each.said_on or ""), each.id)
    ):
        shown.add_row(
            cell(record.id),
            cell(linked.statements[record.id]),
            record.language,
            record.said_on.isoformat() if record.said_on is not None else "",
            cell(record.title[:60]),
        )
    out().print(shown)
    say(f"{len(records)} releases in {len(set(linked.statements.values()))} statements")


def link_eval(
    context: typer.Context,
    file: FileArgument,
    encoder: EncoderOption = "use",
    weights: WeightsOption = None,
    cross: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Learn from the file, in parts: no pair is judged by weights that saw its statements.",
        ),
    ] = False,
    split: SplitOption = None,
    worst: Annotated[int, typer.Option("--worst", min=0, metavar="N", help="Mistakes to show.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Link a file whose answers are known (`statement` on every line), and tell how well that went."""
    from pipelines.linking.collection import gather, link
    from pipelines.linking.cross_validation import cross_validate
    from pipelines.linking.evaluation import evaluate
    from pipelines.linking.training import TrainingError

    records = _records(file, split)
    _check_answers(records, file)
    opened = _encoder(encoder)
    if cross and weights is not None:
        raise Refusal("--cross-validate learns its own weights: leave --weights out", 2)
    with _working(len(records)) as done:
        if cross:
            try:
                linked = cross_validate(records, opened, progress=done)
            except TrainingError as error:
                raise Refusal(f"{file}: {error}") from None
        else:
            learned = _weights(weights)
            _check_trained(encoder, opened, learned)
            linked = link(gather(records, opened, done), lambda _one, _other: learned)
    found = evaluate(records, linked)
    if _wants_json(context, as_json):
        write_json(_as_json(found, len(records), worst))
    else:
        _show(found, worst)


def link_train(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA.jsonl...",
            help="Releases whose statement is known, as for eval.",
            exists=True,
            dir_okay=False,
            readable=True,
        ),
    ],
    target: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the weights go.")],
    encoder: EncoderOption = "use",
    split: SplitOption = None,
    precision: PrecisionOption = 0.995,
    as_json: JsonOption = False,
) -> None:
    """Learn weights and thresholds from labelled releases; the same data gives the same file.

    Two models are learned: for texts alone, and with the encoder's vectors.
    """
    from pipelines.linking.lessons import learn
    from pipelines.linking.training import TrainingError
    from pipelines.linking.weights import written

    records: list[Record] = []
    for file in files:
        more = _records(file, split)
        _check_answers(more, file)
        # Two files may use one id, or one name of a statement, for different things.
        records += [_of_file(each, file.stem) for each in more] if len(files) > 1 else more
    opened = _encoder(encoder)
    with _working(len(records)) as done:
        try:
            scorers = learn(records, opened, precision, done)
        except TrainingError as error:
            raise Refusal(f"{', '.join(map(str, files))}: {error}") from None
    made = {
        "on": datetime.now(UTC).date().isoformat(),
        "data": [{"file": each.name, "sha256": sha256(each.read_bytes()).hexdigest()} for each in files],
        "releases": len(records),
        "statements": len({each.statement for each in records}),
        "split": split,
        "precision": precision,
    }
    target.write_text(written(scorers, made), encoding="utf-8")
    if _wants_json(context, as_json):
        write_json({"out": str(target), **{name: dict(each.told) for name, each in scorers.items()}})
        return
    for name, each in scorers.items():
        told = ", ".join(f"{key} {value}" for key, value in each.told.items())
        say(f"{name}: {told}; joins from {each.join:.2f}, asks from {each.ask:.2f} (logits)")
    say(f"written to {target}", "green")


def _wants_json(context: typer.Context, as_json: bool) -> bool:
    return as_json or (context.find_object(Given) or Given()).json


def _of_file(record: Record, name: str) -> Record:
    from dataclasses import replace

    return replace(record, id=f"{name}/{record.id}", statement=f"{name}/{record.statement}")


def _records(file: Path, split: str | None = None) -> list[Record]:
    from pipelines.linking.records import RecordError, read_records

    try:
        found = read_records(file)
    except RecordError as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{file}: cannot be read: {error}") from None
    found = [each for each in found if split is None or each.split in (None, split)]
    if not found:
        raise Refusal(f"{file}: no release in it; expected one JSON object a line")
    doubts = [doubt for each in found for doubt in each.doubts]
    for doubt in doubts[:_DOUBTS_SHOWN]:
        say(doubt, "yellow")
    if len(doubts) > _DOUBTS_SHOWN:
        say(f"and {len(doubts) - _DOUBTS_SHOWN} more such lines", "yellow")
    return found


def _check_answers(records: Sequence[Record], file: Path) -> None:
    unknown = [each.id for each in records if each.statement is None]
    if unknown:
        raise Refusal(
            f"{file.name}: no statement given for {unknown[0]!r} (and {len(unknown) - 1} more): the column "
            "`statement` must hold the answer on every line"
        )


def _encoder(name: str) -> Encoder | None:
    from crawler.settings import environment_now
    from pipelines.linking.encoders import KEY, open_encoder
    from pipelines.linking.encoders.protocol import EncoderError

    try:
        return open_encoder(name, {KEY: environment_now().encoder_key})
    except EncoderError as error:
        raise Refusal(str(error)) from None


def _weights(file: Path | None) -> WeightSet:
    from pipelines.linking.weights import WeightsError, load_weights

    try:
        return load_weights(file)
    except WeightsError as error:
        raise Refusal(str(error)) from None


def _check_trained(name: str, encoder: Encoder | None, weights: WeightSet) -> None:
    if encoder is not None and weights.for_model(encoder.identity) is None:
        known = ", ".join(sorted(weights.scorers))
        raise Refusal(
            f"the weights know nothing of encoder {encoder.identity} (they know: {known}): learn some with "
            f"communique link train --encoder {name}, or use --encoder none"
        )


@contextmanager
def _working(total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar over releases, where somebody looks."""
    from rich.progress import Progress

    from crawler.cycles import collecting_less

    console = err()
    with (
        Progress(console=console, disable=not console.is_terminal, transient=True) as progress,
        collecting_less(),
    ):
        task = progress.add_task("preparing", total=total)

        def done(more: int) -> None:
            progress.advance(task, more)

        yield done


def _as_json(found: Evaluation, releases: int, worst: int) -> dict[str, Any]:
    return {
        "releases": releases,
        "pairwise": found.pairwise.shown(),
        "b_cubed": {
            "precision": round(found.bcubed.precision, 4),
            "recall": round(found.bcubed.recall, 4),
            "f1": round(found.bcubed.f1, 4),
        },
        "by_languages": {key: score.shown() for key, score in found.by_languages.items()},
        "by_kind": {key: score.shown() for key, score in found.by_kind.items()},
        "mistakes": len(found.mistakes),
        "worst": list(found.mistakes[:worst]),
    }


def _show(found: Evaluation, worst: int) -> None:
    shown = table(
        "",
        "precision",
        "recall",
        "F1",
        "joined",
        "together",
        right=["precision", "recall", "F1", "joined", "together"],
    )
    _row(shown, "pairs", found.pairwise)
    shown.add_row(
        "B-cubed",
        *(f"{each:.4f}" for each in (found.bcubed.precision, found.bcubed.recall, found.bcubed.f1)),
        "",
        "",
    )
    for name, score in (*found.by_kind.items(), *found.by_languages.items()):
        _row(shown, name, score)
    out().print(shown)
    if found.mistakes and worst:
        mistakes = table(
            "mistake",
            "left",
            "right",
            "languages",
            "evidence",
            title=f"the worst of {len(found.mistakes)} mistakes",
        )
        for each in found.mistakes[:worst]:
            mistakes.add_row(
                "joined" if each.joined else "missed",
                cell(each.left),
                cell(each.right),
                each.languages,
                cell(each.evidence),
            )
        out().print(mistakes)


def _row(shown: Any, name: str, score: Score) -> None:  # noqa: ANN401 - rich's table
    shown.add_row(
        cell(name),
        f"{score.precision:.4f}",
        f"{score.recall:.4f}",
        f"{score.f1:.4f}",
        f"{score.joined:,.0f}",
        f"{score.together:,.0f}",
    )
