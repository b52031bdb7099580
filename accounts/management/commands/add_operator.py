"""`manage.py add_operator EMAIL`: somebody who looks after the tenants of this installation."""

import secrets
from argparse import ArgumentParser

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.core.validators import validate_email

from accounts.management.refusal import refusing
from accounts.models import Role, User
from tenants.context import inside


class Command(BaseCommand):
    help = "Let an operator in, at the platform's host."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--password", help="made up and printed when not given")

    def handle(self, *args: object, email: str, password: str | None, **options: object) -> None:
        email = email.strip().lower()
        chosen = password or secrets.token_urlsafe(12)
        with refusing(), inside(settings.PLATFORM_SCHEMA):
            validate_email(email)
            validate_password(chosen)
            if User.objects.filter(email=email).exists():
                raise ValidationError(f"{email} is an operator already.")
            User.objects.create_user(email=email, password=chosen, role=Role.ADMIN)
        self.stdout.write(f"{email} may log in at platform.{settings.BASE_DOMAIN}")
        if not password:
            self.stdout.write(f"password: {chosen}")
