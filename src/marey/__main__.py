"""`python -m marey` is `marey`."""

from marey.cli.app import main

if __name__ == "__main__":
    main()
