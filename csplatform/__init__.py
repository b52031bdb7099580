"""Wiring only: settings, addresses, the Celery application, embedded servers, the demo."""

from csplatform.celery import app as celery_app

__all__ = ["celery_app"]
