"""`python -m courtesy`: the same as the `courtesy` command."""

from courtesy.cli import main

if __name__ == "__main__":
    main()
