"""What a button of a conversation carries back: ids and slugs only, for Telegram allows 64 bytes.

`chat` names the chat a choice is about, where that is not the chat the button stands in (a channel, set up in
private); 0 is the chat itself.  `first` is true while somebody is being led through their first minute.
"""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData


class LanguageChosen(CallbackData, prefix="lang"):
    """Speak this language."""

    language: str
    first: bool = False
    chat: int = 0


class TopicToggled(CallbackData, prefix="topic"):
    """Subscribe to a topic, or end that; an empty slug is every topic at once."""

    topic: str
    first: bool = False
    chat: int = 0


class TopicsWanted(CallbackData, prefix="topics"):
    """Show the choice of topics."""

    first: bool = False
    chat: int = 0


class TerritoriesWanted(CallbackData, prefix="places"):
    """Show a page of the choice of territories: the oblasts, or what lies within one (see `handlers.places`)."""

    within: str = ""
    page: int = 0
    first: bool = False
    chat: int = 0


class TerritoryChosen(CallbackData, prefix="place"):
    """Hear of one territory, by its code (see `handlers.places`); an empty one is the whole country."""

    territory: str
    first: bool = False
    chat: int = 0


class TopicWanted(CallbackData, prefix="tin"):
    """Show the territories a topic can be heard of from, at the top or within one.

    An empty slug is the list of topics, `*` everything whatever it is about.
    """

    topic: str = ""
    within: str = ""
    page: int = 0
    chat: int = 0


class ComboToggled(CallbackData, prefix="tino"):
    """Subscribe to a topic (`*`: to everything) in one territory, by its code, or end that."""

    topic: str
    territory: str
    chat: int = 0


class SourcesFollowed(CallbackData, prefix="fsrc"):
    """Show a page of the sources that can be followed."""

    page: int = 0
    chat: int = 0


class SourceFollowed(CallbackData, prefix="fsro"):
    """Follow a source, by its number, or no longer; then show the page again."""

    source: int
    page: int = 0
    chat: int = 0


class LastWeekWanted(CallbackData, prefix="week"):
    """Show of what one can see what there would have been last week."""

    first: bool = False
    chat: int = 0


class WeekOf(CallbackData, prefix="wk"):
    """Show last week on a topic (`*`: on any; empty: on what is subscribed to).

    In the territory with a code; in the whole country for `*`, where the chat hears of anyway for none.
    """

    topic: str
    territory: str = ""
    first: bool = False
    chat: int = 0


class WeekPlaces(CallbackData, prefix="wkin"):
    """Show the territories in which last week on a topic can be seen, at the top or within one."""

    topic: str
    within: str = ""
    page: int = 0
    first: bool = False
    chat: int = 0


class WeekOfSource(CallbackData, prefix="wks"):
    """Show last week of a source, by its number; then the page of sources again."""

    source: int
    page: int = 0
    first: bool = False
    chat: int = 0


class WeekSources(CallbackData, prefix="wksp"):
    """Show a page of the sources of which last week can be seen."""

    page: int = 0
    first: bool = False
    chat: int = 0


class ZoneChosen(CallbackData, prefix="zone"):
    """Hours are those of this time zone, by its place in the list."""

    zone: int
    chat: int = 0


class DayOffToggled(CallbackData, prefix="off"):
    """Nothing comes on this weekday (0 is Monday; 7 are public holidays), or it comes again."""

    day: int
    chat: int = 0


class PictureWanted(CallbackData, prefix="pic"):
    """Whether the weekly digest comes with a picture."""

    yes: bool
    chat: int = 0


class ReadsChosen(CallbackData, prefix="reads"):
    """In which languages releases come (`storage.languages.Reads`)."""

    language: str
    chat: int = 0


class LinkWanted(CallbackData, prefix="link"):
    """Send the QR picture of a topic's link in a territory, by its code; an empty one is the whole country."""

    topic: str
    territory: str = ""


class LinksWanted(CallbackData, prefix="links"):
    """Show the links in a territory, by its code; an empty one is the whole country, or that of a role."""

    territory: str = ""


class LinkPlaces(CallbackData, prefix="linkp"):
    """Show the territories that there are links for: a page of those within one, by its code."""

    within: str = ""
    page: int = 0


class CadenceWanted(CallbackData, prefix="often"):
    """Show the choice of how often."""

    first: bool = False
    chat: int = 0


class CadenceChosen(CallbackData, prefix="cad"):
    """Tell this often: everything, or one subscription."""

    cadence: str
    subscription: int = 0
    first: bool = False
    chat: int = 0


class SettingWanted(CallbackData, prefix="set"):
    """Show one setting.

    `menu`, `hour`, `weekday`, `quiet`, `off`, `language`, `reads`, `picture`, `zone`, `each` or `pause`.
    """

    setting: str
    chat: int = 0


class PrivacyWanted(CallbackData, prefix="priv"):
    """Say what is kept of a chat; with `erase` ask whether to erase it."""

    erase: bool = False
    chat: int = 0


class HourChosen(CallbackData, prefix="hour"):
    """Digests come at this hour."""

    hour: int
    chat: int = 0


class WeekdayChosen(CallbackData, prefix="wday"):
    """Weekly digests come on this weekday, 0 being Monday."""

    weekday: int
    chat: int = 0


class QuietChosen(CallbackData, prefix="quiet"):
    """Alerts wait between these hours; equal hours are no quiet hours."""

    start: int
    end: int
    chat: int = 0


class QuietWanted(CallbackData, prefix="quietw"):
    """Show the hours that silence can begin at; with one chosen, those it can end at."""

    start: int = -1
    chat: int = 0


class PauseChosen(CallbackData, prefix="pause"):
    """Nothing for this many days; 0 ends a pause."""

    days: int
    chat: int = 0


class SubscriptionWanted(CallbackData, prefix="sub"):
    """Show how often one subscription is told."""

    subscription: int
    chat: int = 0


class SubscriptionEnded(CallbackData, prefix="unsub"):
    """End one subscription."""

    subscription: int
    chat: int = 0


class Followed(CallbackData, prefix="follow"):
    """Subscribe to a project, or end that."""

    project: str


class Confirmed(CallbackData, prefix="yes"):
    """A yes to what cannot be taken back: `stop` or `forget`."""

    what: str
    chat: int = 0


class Closed(CallbackData, prefix="close"):
    """Leave a dialogue, by its name (see `handlers.dialogues`); without one, what was shown is done with."""

    of: str = ""


class HelpWanted(CallbackData, prefix="help"):
    """Show the help."""


class DigestWanted(CallbackData, prefix="digest"):
    """Show what is new."""


class Card(CallbackData, prefix="card"):
    """Show a record of the registry: `kind` is `project`, `organisation`, `contact` or `term`."""

    kind: str
    slug: str


class ContactsOf(CallbackData, prefix="cont"):
    """Show the contacts of a project or an organisation."""

    kind: str
    slug: str


class NewsOf(CallbackData, prefix="news"):
    """Show releases about a record, from an offset."""

    kind: str
    slug: str
    offset: int = 0


class BusinessCard(CallbackData, prefix="vcard"):
    """Send the contacts of a record as cards that the phone can save."""

    kind: str
    slug: str


class ProjectsPage(CallbackData, prefix="proj"):
    """A page of projects, narrowed by oblast, donor and state; an empty value does not narrow."""

    page: int = 0
    territory: str = ""
    donor: str = ""
    state: str = ""


class ProjectsFilter(CallbackData, prefix="pfil"):
    """Show the values that projects can be narrowed by: `territory`, `donor` or `state`."""

    by: str


class SearchPage(CallbackData, prefix="find"):
    """A page of what was searched for last."""

    offset: int


class PassOn(CallbackData, prefix="pass"):
    """Pass a question on to staff, by its key; `sure` after being told what the desk is not."""

    key: str = ""
    sure: bool = False


class DeskReply(CallbackData, prefix="desk"):
    """A staff member answers, or closes, a question."""

    question: int
    close: bool = False


class PublishStep(CallbackData, prefix="pub"):
    """A step of a release that staff publish: `send`, `silent`, `title` or `cancel`."""

    step: str


class PublishTopic(CallbackData, prefix="pubt"):
    """Put a topic on the release that is being published, or take it off."""

    topic: str


class SourceWanted(CallbackData, prefix="src"):
    """Show a source; an empty slug is the list, from a page, and `+` a new source."""

    slug: str = ""
    page: int = 0


class SourceProposed(CallbackData, prefix="srcp"):
    """Show a way of reading a new source, or `add` it."""

    number: int
    add: bool = False


class SourceAct(CallbackData, prefix="srca"):
    """Act on a source: `on`, `off` or `check`."""

    act: str
    slug: str


class ContactKept(CallbackData, prefix="ckept"):
    """Put the contact with this number into the registry as that of a body; without a body, leave it."""

    number: int
    kind: str = ""
    slug: str = ""


class ChannelHeard(CallbackData, prefix="chan"):
    """Whether a channel is to be a source."""

    chat: int
    hear: bool


class StaffAct(CallbackData, prefix="staff"):
    """Act on a staff member: `show`, `remove`, or give a role by its name."""

    act: str
    user: int = 0


class StaffListed(CallbackData, prefix="staffl"):
    """Show a page of the staff: everybody, or those limited to a territory, by its code, or to a part of it."""

    territory: str = ""
    page: int = 0


class StaffByPlace(CallbackData, prefix="staffb"):
    """Show the territories whose staff can be listed: a page of those within one, by its code."""

    within: str = ""
    page: int = 0


class StaffPlaces(CallbackData, prefix="staffp"):
    """Show the territories a staff member can be limited to: a page of those within one, by its code."""

    user: int
    within: str = ""
    page: int = 0


class StaffTerritory(CallbackData, prefix="staft"):
    """Limit a staff member to a territory, by its code; an empty one is the whole country."""

    user: int
    territory: str = ""


class StaffInvited(CallbackData, prefix="staffi"):
    """Invite somebody by a link: choose a role, then a territory, and make the link.

    `-` is a territory not chosen yet, `*` the whole country.  With `-` a page of what lies within a territory is shown.
    """

    role: str = ""
    territory: str = "-"
    within: str = ""
    page: int = 0


class InvitationsWanted(CallbackData, prefix="staffo"):
    """Show the invitations to the staff that are open; with a key, take that one back first."""

    end: str = ""


class Retag(CallbackData, prefix="retag"):
    """Put a topic on a release, or take it off."""

    release: int
    topic: str


class RetagDone(CallbackData, prefix="rtok"):
    """The topics of a release are right as they are."""

    release: int


class ReleaseLooked(CallbackData, prefix="rlook"):
    """Show a release as staff decide on it."""

    release: int


class LinkedWanted(CallbackData, prefix="rpairs"):
    """Show a page of the releases that are told as one with others in another language."""

    page: int = 0


class Unlinked(CallbackData, prefix="runln"):
    """A release is not the same as those in other languages that it is told as one with."""

    release: int


class Relinked(CallbackData, prefix="rreln"):
    """It is the same after all: take back the act with this number in the audit."""

    act: int


class RulesWanted(CallbackData, prefix="rules"):
    """Show the rules of a topic; an empty slug is the list of topics."""

    topic: str = ""


class RulesAct(CallbackData, prefix="rulesa"):
    """Act on the rules of a topic: `change`, `save` what was tried, `mark` stored releases by them, or put them `back`.

    `new` makes a topic, `report` tells how right one has been.
    """

    act: str
    topic: str = ""
