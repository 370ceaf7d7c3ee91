"""What goes wrong with data: in English for a traceback, in Chinese for a reader."""


class DataError(RuntimeError):
    """The data cannot be had, or are not what they should be.

    Attributes:
        chinese: what a command says to its reader; the message where nothing else is known.
    """

    def __init__(self, message, chinese=""):
        super().__init__(message)
        self.chinese = chinese or message


class DownloadError(DataError):
    """No mirror could give the file, or it could not be stored."""


class MirrorError(DataError):
    """One mirror could not give one file; the next one may."""

    def __init__(self, host, what, chinese):
        super().__init__(f"{host} {what}", f"{host} {chinese}")
