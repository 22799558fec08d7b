"""``python -m bot.cli``, for where no script is installed."""

import sys

from bot.cli import main

sys.exit(main())
