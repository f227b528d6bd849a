"""``python -m fx`` is ``fx``."""

from fx.cli import main

if __name__ == "__main__":
    main()
