"""The demo as a newcomer runs it: what it tells is what happened, and nothing of it stays behind."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from bot.demo import history
from bot.demo.page import Look, framed, page
from bot.render import Display
from bot.render.terminal.rows import written

COMMAND = str(Path(sys.executable).with_name("cratewarden"))
ACTS = (
    "A GitHub on this computer",
    "alice opens a pull request",
    "bob approves",
    "alice runs rustfmt",
    "alice adds more unsafe code",
    "bob approves, and alice merges",
)


def started(folder: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    """The command with a folder of its own for temporary files."""
    return subprocess.Popen(
        [COMMAND, "demo", *options],
        env={**os.environ, "TMPDIR": str(folder), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_below(folder: Path) -> list[str]:
    """Processes that have the folder in their environment: all that the demo started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            variables = (entry / "environ").read_bytes() if entry.name.isdecimal() else b""
        except OSError:
            continue
        if f"TMPDIR={folder}".encode() in variables.split(b"\0"):
            found.append(entry.name)
    return found


def assert_nothing_is_left(folder: Path) -> None:
    assert processes_below(folder) == []
    assert list(folder.iterdir()) == []


def test_the_demo_tells_all_acts_of_a_pull_request_and_leaves_nothing_behind(tmp_path: Path) -> None:
    process = started(tmp_path)
    told, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    at = [told.index(f"{act} ─") for act in ACTS]
    assert at == sorted(at)
    opened, approved, formatted, extended, merged = (
        told[a:b] for a, b in zip(at[1:], [*at[2:], None], strict=True)
    )
    waits = "Check run cratewarden: in progress, “12 changes wait for unsafe reviewers”."
    assert waits in opened
    assert 'Merge: refused. GitHub says: Required status check "cratewarden" is in progress.' in opened
    assert "• bob: next in turn of 2 people in unsafe." in opened
    assert opened.count("unsafe-block: ring_append") == 3
    assert "Check run cratewarden: success, “Approved by bob”." in approved
    assert "success" in formatted
    assert "“1 change waits for unsafe reviewers”" in extended
    assert "unsafe impl<T: Send, const N: usize> Sync for Ring<T, N> {}" in extended
    assert "ring_append" not in extended
    assert "Merge: merged as " in merged
    assert "cratewarden review" in merged
    assert "\x1b" not in told
    assert max(map(len, told.split("\n"))) <= 100
    assert_nothing_is_left(tmp_path)


def test_kept_servers_answer_at_the_printed_addresses_until_ctrl_c(tmp_path: Path) -> None:
    process = started(tmp_path, "--keep", "--quiet", "--plain")
    assert process.stdout is not None
    told = ""
    while "/metrics" not in told:
        line = process.stdout.readline()
        assert line, told
        told += line
    assert told.isascii()
    addresses = re.findall(r"^  curl (http://127\.0\.0\.1:\S+)$", told, re.MULTILINE)
    assert len(addresses) == 5
    for address in addresses:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - the demo's own
            assert answer.status == 200
    (clone,) = re.findall(r"^  (git clone \S+)$", told, re.MULTILINE)
    subprocess.run([*clone.split(), str(tmp_path.parent / "clone")], check=True, capture_output=True)
    assert (tmp_path.parent / "clone" / history.POLICY_PATH).read_text() == history.POLICY
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("begun", ["cratewarden-demo-*", "cratewarden-demo-*/server/server.log"])
def test_an_interrupt_leaves_neither_processes_nor_folders(tmp_path: Path, number: int, begun: str) -> None:
    process = started(tmp_path)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(begun)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    assert_nothing_is_left(tmp_path)


def test_a_terminal_gets_colours_unless_it_is_asked_to_be_plain(tmp_path: Path) -> None:
    assert b"\x1b[1mA GitHub on this computer" in first_line_on_a_terminal(tmp_path)
    assert b"\x1b" not in first_line_on_a_terminal(tmp_path, "--plain")
    assert_nothing_is_left(tmp_path)


def first_line_on_a_terminal(folder: Path, *options: str) -> bytes:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "demo", *options],
        env={**os.environ, "TMPDIR": str(folder), "TERM": "xterm"},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while b"\n" not in said:
        assert select.select([ours], [], [], 60)[0]
        said += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    try:
        while os.read(ours, 4096):
            pass
    except OSError:
        pass  # Linux says EIO where a terminal has no writer any more.
    os.close(ours)
    assert process.wait(60) == 130
    return said


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = started(tmp_path, "--port", str(port))
        _, errors = process.communicate(timeout=60)
    said = f"cratewarden: cannot listen on port {port}: Address already in use; give another --port\n"
    assert (process.returncode, errors) == (2, said)
    assert_nothing_is_left(tmp_path)


def test_a_computer_without_git_is_told_so_in_one_line(tmp_path: Path) -> None:
    process = started(tmp_path, PATH=str(tmp_path / "bin"))
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.count("\n")) == (2, 1)
    assert "git is not installed" in errors


def test_an_installation_without_the_server_is_told_what_to_install() -> None:
    # An interpreter that finds everything but one part of the server.
    hook = (
        "import importlib.util as u, sys\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'dbos' else found(name, *rest)\n"
        "from bot.cli import main\n"
        "sys.exit(main(['demo']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hook], capture_output=True, text=True, check=False, timeout=60
    )
    said = (
        'cratewarden: the demo runs the server, which is not installed: pip install "cratewarden[server]"\n'
    )
    assert (done.returncode, done.stderr) == (2, said)


def test_the_reformatting_and_the_extension_still_fit_the_sample() -> None:
    ((path, text),) = history.reformatted().items()
    before = history.proposed()[path]
    assert text != before
    assert b"".join(text.split()) == b"".join(before.split())
    ((path, text),) = history.extended().items()
    assert text.startswith(history.proposed()[path])


def test_a_comment_that_is_too_long_loses_its_code_first_and_then_its_end() -> None:
    comment = (
        "**Two.**\n\n#### `a.rs`\n\n- one\n\n  ```rust\n  code();\n  ```\n\n- two\n\n#### Next\n\n- do\n"
    )

    def shown(rows: int) -> list[str]:
        return written(framed(comment, "Says", "(cut)", Look(30, rows, True)), Display()).split("\n")

    assert shown(20)[1:-2] == [
        "| Two.",
        "|",
        "| a.rs",
        "| - one",
        "|     code();",
        "| - two",
        "|",
        "| Next",
        "| - do",
    ]
    assert shown(8)[1:-2] == [
        "| Two.",
        "|",
        "| a.rs",
        "| - one",
        "| - two",
        "|",
        "| Next",
        "| - do",
        "|",
        "| (cut)",
    ]
    assert shown(5)[1:-2] == ["| Two.", "|", "| a.rs", "| - one", "| - two", "|", "| (cut)"]


def test_what_would_drive_a_terminal_is_shown_as_text() -> None:
    told = written(
        page("# A\n\nred \x1b[31m `\u202e` **in progress** in colour", Look(60)), Display(color=True)
    )
    assert "\x1b[31m" not in told
    assert "\u202e" not in told
    assert "\x1b[1;33min progress\x1b[0m" in told
