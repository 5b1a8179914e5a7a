"""What can go wrong between a partner and us.

Every failure is of one source or one document, never of all.
"""

from __future__ import annotations

from datetime import timedelta

from storage.errors import N_, JarchyError


class FeedError(JarchyError):
    """Anything that keeps a source or a document from being read."""

    code = "feeds"
    sentence = N_("The source could not be read.")


class FetchError(FeedError):
    """The address did not give its content."""

    code = "feeds.fetch"
    sentence = N_("The address could not be fetched.")

    def __init__(self, *, retry_after: timedelta | None = None, **params: object) -> None:
        self.retry_after = retry_after
        super().__init__(**params)


class BadAddress(FetchError):
    """Not an absolute http or https address."""

    code = "feeds.bad_address"
    sentence = N_("This is not a web address: {url}")


class ForbiddenAddress(FetchError):
    """The name leads into a private network: the bot must not be a way in."""

    code = "feeds.forbidden_address"
    sentence = N_("{host} is an address inside a private network, so it is not opened.")


class Unreachable(FetchError):
    """No such name, nobody listening, or the connection broke."""

    code = "feeds.unreachable"
    sentence = N_("{host} does not answer.")


class TlsFailed(FetchError):
    """The certificate is expired, for another name, or signed by nobody known."""

    code = "feeds.tls"
    sentence = N_("The secure connection to {host} failed: {reason}")


class TooSlow(FetchError):
    """The whole answer did not come in time."""

    code = "feeds.too_slow"
    sentence = N_("{host} did not answer within {seconds} seconds.")


class TooLarge(FetchError):
    """The body, unpacked, is over the limit."""

    code = "feeds.too_large"
    sentence = N_("The page is larger than {megabytes} MB.")


class BrokenBody(FetchError):
    """The body ended early or its compression is damaged."""

    code = "feeds.broken_body"
    sentence = N_("The answer of {host} was cut off or damaged.")


class TooManyRedirects(FetchError):
    """A circle, or a chain too long to be meant."""

    code = "feeds.redirects"
    sentence = N_("{host} sends us from address to address without end.")


class Gone(FetchError):
    """410: the publisher says that the address has ended (RFC 9110, 15.5.11)."""

    code = "feeds.gone"
    sentence = N_("The publisher has closed this address.")


class NotFound(FetchError):
    """404."""

    code = "feeds.not_found"
    sentence = N_("There is no page at this address.")


class Refused(FetchError):
    """401, 403, 451 and other refusals."""

    code = "feeds.refused"
    sentence = N_("{host} refuses to show the page (answer {status}).")


class Throttled(FetchError):
    """429, or 503 with a time: asked to come later."""

    code = "feeds.throttled"
    sentence = N_("{host} asks to come back later.")


class ServerFailed(FetchError):
    """5xx."""

    code = "feeds.server_failed"
    sentence = N_("{host} is out of order (answer {status}).")


class ReadError(FeedError):
    """The content came but makes no sense."""

    code = "feeds.read"
    sentence = N_("The page could not be understood.")


class NotAFeed(ReadError):
    """A feed was expected and something else came."""

    code = "feeds.not_a_feed"
    sentence = N_("There is no feed at this address.")


class NoItems(ReadError):
    """A listing without a single article: the site was rebuilt, or shows an error page."""

    code = "feeds.no_items"
    sentence = N_("The page has no links to news. The site may have been rebuilt.")


class NoArticle(ReadError):
    """A page without text of its own."""

    code = "feeds.no_article"
    sentence = N_("The page has no text of an article.")


class ReaderFailed(ReadError):
    """The reading process crashed or took too long over this one source."""

    code = "feeds.reader_failed"
    sentence = N_("Reading the page took too long or failed.")


class DocumentError(FeedError):
    """A file that cannot be read as a release."""

    code = "feeds.document"
    sentence = N_("The file {name} could not be read.")


class NoFile(DocumentError):
    """Nothing of this name on this machine."""

    code = "feeds.document.no_file"
    sentence = N_("There is no file {name}.")


class UnknownFormat(DocumentError):
    """Not one of the kinds that are read."""

    code = "feeds.document.unknown_format"
    sentence = N_("{name}: files of this kind are not read. Send .docx, .pdf, .txt, .rtf, .eml or .html.")


class DamagedDocument(UnknownFormat):
    """Its name says what it is, and it cannot be opened as that."""

    code = "feeds.document.damaged"
    sentence = N_(
        "{name} cannot be opened as {format}: it is damaged, or something else. Save it anew and send it again."
    )


class NotText(UnknownFormat):
    """Its name says that it is text, and it holds other bytes."""

    code = "feeds.document.not_text"
    sentence = N_("{name} holds no text that can be read. Save it as text in UTF-8 and send it again.")


class ProtectedDocument(DocumentError):
    """Encrypted with a password."""

    code = "feeds.document.protected"
    sentence = N_("{name} is protected with a password.")


class NoText(DocumentError):
    """A scan: pictures of pages, no letters."""

    code = "feeds.document.no_text"
    sentence = N_("{name} has no text: it seems to be a scan.")


class EmptyDocument(NoText):
    """Not a letter in it."""

    code = "feeds.document.empty"
    sentence = N_("{name} is empty.")


class TooLittleText(NoText):
    """A word or two: no release."""

    code = "feeds.document.too_little"
    sentence = N_("{name} has too little text for a release: a headline and a paragraph are needed.")


class DocumentTooLarge(DocumentError):
    """Over the size that is read."""

    code = "feeds.document.too_large"
    sentence = N_("{name} is larger than {megabytes} MB.")


class BadCatalogue(FeedError):
    """A list of sources that cannot be used."""

    code = "feeds.catalogue"
    sentence = N_("The list of sources is not valid: {reason}")
