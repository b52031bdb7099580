from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "csplatform"

    def ready(self) -> None:
        from csplatform import checks  # noqa: F401  (registers the checks)
