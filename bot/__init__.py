"""What is said, and the running program."""

from bot.deferred_types import import_aiogram

import_aiogram()
