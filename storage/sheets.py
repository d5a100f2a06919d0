"""Rows written as JSON lines, CSV or Parquet, one after the other.

A file takes its name only when it is whole: a process that is killed leaves no half file under that name. In
CSV no cell begins with what a spreadsheet takes for a formula.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from storage.export import Column, Type

ROW_GROUP = 4 * 1024 * 1024
"""Characters of text in a row group of Parquet, about: what is held in memory."""
_LARGEST_GROUP = 10_000
# What a spreadsheet may take for the beginning of a formula, with what it skips before it (OWASP, "CSV
# Injection"); full-width forms count in East Asian versions.
_FORMULA = re.compile(r"[\s\u00a0\ufeff\u200b-\u200f]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]")
_LINE_ENDS = re.compile("[\u007f-\u009f\u2028\u2029\ud800-\udfff]")
_NUL = "\0"


class Sheet(Protocol):
    """What takes rows."""

    def add(self, row: Mapping[str, Any]) -> None:
        """One row more, with a value for every column."""

    def close(self) -> None:
        """No row will follow."""


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that takes the name `target` when everything is written, and is removed when something fails."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def standard_output() -> Iterator[IO[bytes]]:
    """Standard output, as bytes."""
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def open_sheet(form: str, file: IO[bytes], columns: Sequence[Column]) -> Sheet:
    """A sheet of a form (jsonl, csv, parquet). ModuleNotFoundError for parquet without the extra `export`."""
    if form == "jsonl":
        return JsonLines(file, columns)
    if form == "csv":
        return Csv(file, columns)
    if form == "parquet":
        return Parquet(file, columns)
    raise ValueError(f"expected jsonl, csv or parquet, found {form}")


class JsonLines:
    """One object a line."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._file = file
        self._names = [each.name for each in columns]

    def add(self, row: Mapping[str, Any]) -> None:
        """See Sheet."""
        told = {name: _plain(row[name]) for name in self._names}
        line = json.dumps(told, ensure_ascii=False)
        line = _LINE_ENDS.sub(lambda found: f"\\u{ord(found.group()):04x}", line)
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        """See Sheet."""


class Csv:
    """Comma-separated values (RFC 4180), UTF-8, lists as words with spaces between them."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._file = file
        self._names = [each.name for each in columns]
        self._writer = csv.writer(self, lineterminator="\r\n")
        self._writer.writerow(self._names)

    def write(self, text: str) -> None:
        """What `csv` calls with each line."""
        self._file.write(text.encode("utf-8", "replace"))

    def add(self, row: Mapping[str, Any]) -> None:
        """See Sheet."""
        self._writer.writerow([_cell(row[name]) for name in self._names])

    def close(self) -> None:
        """See Sheet."""


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = " ".join(str(each) for each in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        value = value.replace(_NUL, "")
        return f"'{value}" if _FORMULA.match(value) else value
    return value


class Parquet:
    """Parquet in row groups, compressed; days and times are days and times there."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        import pyarrow
        from pyarrow import parquet

        self._arrow = pyarrow
        self._columns = columns
        kinds = {
            "text": pyarrow.string(),
            "number": pyarrow.int64(),
            "score": pyarrow.float64(),
            "day": pyarrow.date32(),
            "time": pyarrow.timestamp("us", tz="UTC"),
            "list": pyarrow.list_(pyarrow.string()),
            "yes": pyarrow.bool_(),
        }
        self._schema = pyarrow.schema(
            [pyarrow.field(each.name, kinds[each.type], metadata={"about": each.about}) for each in columns]
        )
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._values: dict[str, list[Any]] = {each.name: [] for each in columns}
        self._rows = 0
        self._size = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """See Sheet."""
        for each in self._columns:
            value = _for_arrow(row[each.name], each.type)
            self._values[each.name].append(value)
            if isinstance(value, str):
                self._size += len(value)
        self._rows += 1
        if self._size >= ROW_GROUP or self._rows >= _LARGEST_GROUP:
            self._flush()

    def close(self) -> None:
        """See Sheet."""
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.table(self._values, schema=self._schema))
        for values in self._values.values():
            values.clear()
        self._rows = self._size = 0


def _for_arrow(value: Any, kind: Type) -> object:  # noqa: ANN401 - any value of a row
    if value is None:
        return None
    if kind == "text":
        return str(value).encode("utf-8", "replace").decode()
    if kind == "list":
        return [str(each) for each in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
