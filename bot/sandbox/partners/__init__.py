"""Partner sites on loopback, which publish invented releases the way real partners do."""

from bot.sandbox.partners.archive import Archive, Publication, Release, Site
from bot.sandbox.partners.sites import Partners, PartnerSource

__all__ = ["Archive", "PartnerSource", "Partners", "Publication", "Release", "Site"]
