"""`python -m bot` and the command `jarchy`."""

from bot.cli import jarchy


def main() -> None:
    """Runs the command line."""
    jarchy(prog_name="jarchy")


if __name__ == "__main__":
    main()
