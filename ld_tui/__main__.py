"""`python -m ld_tui` and the `ld-tui` command."""

import sys


def run() -> None:
    """Run the command line and leave with its exit status."""
    from ld_tui.cli import main

    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
