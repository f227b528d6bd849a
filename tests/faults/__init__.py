"""Starves and kills real processes in the middle of a load, and looks at what they leave behind.

`made` (the documents, and what must hold of any database they were loaded into), `nursery` (processes forked from one
that has imported everything, so that hundreds can be had), `traced` (system calls watched, failed and killed by
strace), `images` (what a disk may hold after the power went). ``FX_FAULTS=500`` runs 500 kills, every system call and
60 seconds of many at once, where the suite takes 50, every fifth and some seconds; and 500 loads into a server cut off
in each of three ways, where it takes a few.
"""

from __future__ import annotations

import os

KILLS = int(os.environ.get("FX_FAULTS", "50"))
"""How many processes are killed at random moments; from 500 on everything else is tried at full length too."""
FULL = KILLS >= 500
ENDED = KILLS if "FX_FAULTS" in os.environ else 4
"""How many loads into a server are cut off in each way."""
