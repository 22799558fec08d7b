"""Log lines: one JSON object each, on standard error."""

from __future__ import annotations

import datetime
import json
import logging
import sys
import traceback

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
_FRAMES = 12


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with the fields that were given as ``extra``.

    Of an exception only its type and places are told: its words may be a stranger's, or hold values of a query.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        when = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "at": when.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.getMessage(),
        }
        line.update((name, value) for name, value in record.__dict__.items() if name not in _OWN)
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-_FRAMES:]
            line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, default=str, ensure_ascii=True)


def set_up() -> None:
    """Send everything that this process logs to standard error as JSON; other handlers go."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("cratewarden").setLevel(logging.INFO)
    # Libraries that would print in their own way otherwise.
    for name in ("dbos", "uvicorn", "uvicorn.error", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    # DBOS adds its own handler when it finds none.
    logging.getLogger("dbos").handlers = [handler]
    logging.getLogger("dbos").propagate = False
