"""The `nol` command as a person runs it, on an SQLite file in a folder of its own.

Loading the command takes a second, running it a tenth. So a folder has one process that loads the command as
`python -m notoneless.cli` does and then becomes a new process for each command: the words, the exit code, what is
printed and all that is in memory are that process's own, and nothing of it is left for the next.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

UNITS = """code,name,kind,authority,area,stage,opened_on,closed_on
C,市局,city,,370100,,,
D,历下,district,C,370102,,,
3137000001,实验中学,junior,D,370102,junior,,
3137000001-1,一班,class,3137000001,370102,,,
3137000001-2,二班,class,3137000001,370102,,,
"""
PEOPLE = """code,name,population,unit,household,id_type,id_number,phone,sex,birth_date,tags
001,王小明,student,3137000001-1,H1,,,,,2013-05-01,boarder
002,李小红,student,3137000001-1,H2,,,,,2013-06-01,
003,赵小刚,student,3137000001-2,H1,,,,,2013-07-01,
"""
COMMAND = [sys.executable, "-m", "notoneless.cli"]
LOADED = """
import json, os, sys, traceback
from notoneless.cli import main

def become(words):
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY), (1, "printed.out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, "printed.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(name, flags), number)
    sys.argv = ["nol", *words]
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

for line in iter(sys.stdin.readline, ""):
    child = os.fork()
    if not child:
        become(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Nol:
    """Runs `nol` with the clock at 07:30 on Monday 23 November 2026. To be closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
            "NOL_VAR": str(folder / "var"), "NOL_NOW": "2026-11-23T07:30:00+08:00", "NOL_LANG": "",
        }  # fmt: skip
        self._loaded: subprocess.Popen[str] | None = None
        (folder / "units.csv").write_text(UNITS, encoding="utf-8")
        (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")

    def run(self, *words: str, code: int = 0) -> str:
        if self._loaded is None:
            self._loaded = subprocess.Popen(
                [sys.executable, "-c", LOADED], cwd=self.folder, env=self.env, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self._loaded.stdin is not None
        assert self._loaded.stdout is not None
        self._loaded.stdin.write(json.dumps(words) + "\n")
        self._loaded.stdin.flush()
        ended = self._loaded.stdout.readline().strip()
        printed, told = ((self.folder / f"printed.{end}").read_text(encoding="utf-8") for end in ("out", "err"))
        assert ended == str(code), told + printed
        return printed

    def run_anew(self, *words: str, code: int = 0) -> str:
        """The same in an interpreter of its own."""
        done = subprocess.run(
            [*COMMAND, *words], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code))

    def close(self) -> None:
        if self._loaded is not None:
            assert self._loaded.stdin is not None
            assert self._loaded.stdout is not None
            self._loaded.stdin.close()
            self._loaded.wait(timeout=30)
            self._loaded.stdout.close()
