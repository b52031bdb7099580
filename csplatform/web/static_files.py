"""The static files: by names that change with their contents, so that browsers may keep them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """A page is answered also where files have not been collected; it then looks plain.

    Above all an error page: it must not fail for want of an icon.
    """

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            found: str = super().stored_name(name)
        except ValueError:  # neither in the list of collected files nor in the folder
            return name
        return found
