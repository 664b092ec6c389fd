"""``python -m bot`` is ``after-sales``."""

from bot.cli import main

if __name__ == "__main__":
    main()
