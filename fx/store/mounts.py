"""What kind of file system a path lies on: write-ahead logging needs memory shared by all who have the file open.

Over a network, and on what a program serves (FUSE), there may be none, or none that is true for another machine.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["MOUNTS", "kind_of", "without_shared_memory"]

MOUNTS = "/proc/self/mountinfo"
"""Linux' table of mounts; where there is none, every file system is taken for a local one."""
ESCAPES = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\043": "#", r"\134": "\\"}
"""What the kernel writes otherwise in a path of that table (proc_pid_mountinfo(5)); the backslash comes last."""
DISTANT = frozenset(
    "9p afs beegfs ceph cifs coda gfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 smb3 smbfs".split()
)


def kind_of(path: str | Path, mounts: str) -> str:
    """The kind of file system that a path lies on by a table of mounts, or '' where it does not say.

    >>> table = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\\n40 22 0:35 / /my\\\\040курс rw shared:9 - nfs4 box:/x rw\\n"
    >>> kind_of("/my курс/fx.db", table), kind_of("/my", table), kind_of("/my курс", table)
    ('nfs4', 'ext4', 'nfs4')
    """
    whole = os.path.realpath(path)
    deepest, kind = -1, ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if "-" not in words[6:] or len(words) < 10:
            continue
        place = words[4]
        for escape, character in ESCAPES.items():
            place = place.replace(escape, character)
        within = whole == place or whole.startswith(place.rstrip("/") + "/")
        if within and len(place) >= deepest:  # of several at one place the last lies on top
            deepest, kind = len(place), words[words.index("-", 6) + 1]
    return kind


def without_shared_memory(kind: str) -> bool:
    """Whether write-ahead logging cannot be relied upon there.

    >>> [without_shared_memory(kind) for kind in ("ext4", "nfs4", "fuse.sshfs", "fuseblk", "")]
    [False, True, True, False, False]
    """
    return kind in DISTANT or kind == "fuse" or kind.startswith("fuse.")
