"""Why the desk refuses something, beside what the store itself refuses."""

from courtesy.errors import ReviewError


class NotSignedIn(ReviewError):
    """Nobody is signed in, or not any more."""

    kind = "not signed in"


class Wrong(ReviewError):
    """Name and password do not belong together."""

    kind = "wrong password"


class TooMany(ReviewError):
    """A name, or an address, was tried too often."""

    kind = "too many attempts"


class Forbidden(ReviewError):
    """Their role does not let them, or it is somebody else's."""

    kind = "forbidden"


class Elsewhere(ReviewError):
    """The request was sent by a page of another site, or by none."""

    kind = "another site"


class Missing(ReviewError):
    """There is nothing of that number."""

    kind = "not found"


class Silent(ReviewError):
    """The sound is not there any more, or never was."""

    kind = "no sound"


class Wordless(ReviewError):
    """What is to be covered in the sound is not known any more."""

    kind = "words gone"


class Unheard(ReviewError):
    """What somebody said cannot be heard."""

    kind = "unheard"
