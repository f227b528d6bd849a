#!/usr/bin/env python3
"""``python -m fx`` is ``fx``: this file is installed under that name too."""

from fx.cli import main

if __name__ == "__main__":
    main()
