"""How often a chat is told: the choice, for everything or for one subscription."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.utils.formatting import Text

from bot.i18n import Translation
from handlers.callbacks import CadenceChosen, SettingWanted, SubscriptionEnded, TopicsWanted
from handlers.choices import cadence_name, cadences_of
from handlers.keyboards import back, button, chosen
from handlers.screens import Screen
from storage.cadence import CADENCES
from storage.subscribers import Chat, Subscription


def cadence_screen(
    tr: Translation, target: Chat, held: Sequence[Subscription] = (), *, first: bool = False
) -> Screen:
    """How often everything is told, marked where all of it comes alike; `first` while a newcomer is being led."""
    alike = cadences_of(target, held)
    way_back: CallbackData = (
        TopicsWanted(first=True, chat=target.id) if first else SettingWanted(setting="menu", chat=target.id)
    )
    return Screen(
        Text(tr.gettext("How often?")),
        (
            *(
                [
                    button(
                        chosen(cadence_name(tr, cadence), not first and alike == (cadence,)),
                        CadenceChosen(cadence=cadence, first=first, chat=target.id),
                    )
                ]
                for cadence in CADENCES
            ),
            back(tr, way_back),
        ),
    )


def subscription_screen(tr: Translation, target: Chat, subscription: Subscription, name: str) -> Screen:
    """How often one subscription is told, and the way to end it."""

    def choice(cadence: str) -> CadenceChosen:
        return CadenceChosen(cadence=cadence, subscription=subscription.id, chat=target.id)

    ending = SubscriptionEnded(subscription=subscription.id, chat=target.id)
    return Screen(
        Text(tr.gettext("{what}: how often?", what=name)),
        (
            *(
                [button(chosen(cadence_name(tr, cadence), cadence == subscription.cadence), choice(cadence))]
                for cadence in CADENCES
            ),
            [button(tr.gettext("Unsubscribe"), ending)],
            back(tr, SettingWanted(setting="each", chat=target.id)),
        ),
    )
