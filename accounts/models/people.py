"""The people who work with the product: users of one tenant, known in no other."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import OF_ADMINS, OF_MANAGERS, OF_VIEWERS, Capability


class Role(models.TextChoices):
    """A set of capabilities; the table of permissions says which of them an address needs."""

    VIEWER = "viewer", _("viewer")
    MANAGER = "manager", _("manager")
    ADMIN = "admin", _("admin")

    @property
    def capabilities(self) -> frozenset[Capability]:
        return {Role.VIEWER: OF_VIEWERS, Role.MANAGER: OF_MANAGERS, Role.ADMIN: OF_ADMINS}[self]


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def locked_admins(self) -> "set[User]":
        """Every admin who may log in; nobody changes them until this transaction ends."""
        admins = self.select_for_update().filter(role=Role.ADMIN, is_active=True)
        return set(admins.order_by("pk"))

    def is_last_admin(self, user: "User") -> bool:
        """Whether without this person nobody could administer the tenant."""
        return {admin.pk for admin in self.locked_admins()} == {user.pk}


class OwnerName(models.Model):
    """A name under which other programs know an owner of accounts, and whom it means."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    email = models.EmailField(_("e-mail address"))

    class Meta:
        verbose_name = _("owner's name")
        verbose_name_plural = _("owners' names")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A person of the tenant, who logs in with an e-mail address."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this person may do, once let in."""
        return Role(self.role).capabilities

    @property
    def is_staff(self) -> bool:
        """Who may configure, and nobody else, sees the tenant's admin."""
        return self.is_active and Capability.CONFIGURE in self.capabilities

    @property
    def may_change(self) -> bool:
        """What a page offers; who may do what is kept by the table of permissions."""
        return Capability.EDIT in self.capabilities

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session ends, wherever it is open, when the password or the rights change."""
        rights = f"{self.password}|{self.role}|{self.is_active}"
        return salted_hmac(
            "accounts.session", rights, secret=secret, algorithm="sha256"
        ).hexdigest()

    # The admin asks these of every user; a role is all there is.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
