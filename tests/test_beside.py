"""A file is put in its place when it is whole, and no part of it stays, whenever its writer is stopped."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from fx.beside import path_beside


class StoppedAt:
    """Ctrl-C before the line of that number among all that are run in fx and in `tempfile`, for once only."""

    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if Path(frame.f_code.co_filename).name not in {"beside.py", "tempfile.py"}:
            return None
        if event == "line":
            if self.left == 0:
                self.left = -1
                raise KeyboardInterrupt
            self.left -= 1
        return self


def written(path: Path) -> None:
    with path_beside(path) as name:
        name.write_text("whole")


@pytest.mark.parametrize("before", [None, "before"])
def test_wherever_ctrl_c_comes_no_part_of_a_file_stays(before: str | None, tmp_path: Path) -> None:
    path = tmp_path / "made"
    stopped = 0
    traced = sys.gettrace()
    for step in count():
        path.unlink(missing_ok=True)
        if before:
            path.write_text(before)
        try:
            sys.settrace(StoppedAt(step))
            written(path)
            break
        except KeyboardInterrupt:
            stopped += 1
        finally:
            sys.settrace(traced)
        assert {each.name for each in tmp_path.iterdir()} <= {"made"}, step
        assert not path.exists() or path.read_text() in {before, "whole"}
    assert stopped > 5
    assert path.read_text() == "whole"
