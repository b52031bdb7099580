"""The tenant's people and customers in its admin."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import admin_facts
from accounts.admin_site import GuardedAdmin, tenant_site
from accounts.models import Account, ApiKey, Contact, Role, Subscription, User


@admin.register(Account, site=tenant_site)
class AccountAdmin(GuardedAdmin):
    list_display = ("name", "external_id", "segment", "industry", "owner_email", "created_on")
    list_filter = ("segment", "stage", "is_test")
    search_fields = ("name", "external_id", "owner_email")
    raw_id_fields = ("parent",)
    show_full_result_count = False

    def get_deleted_objects(
        self, objs: Sequence[Account] | QuerySet[Account], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What hangs on an account goes with it, though some of it nobody may delete by itself."""
        shown, counts, _forbidden, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected


@admin.register(Contact, site=tenant_site)
class ContactAdmin(GuardedAdmin):
    list_display = ("__str__", "account", "email", "role", "left_on")
    list_select_related = ("account",)
    search_fields = ("name", "email", "external_id", "account__name")
    raw_id_fields = ("account",)
    show_full_result_count = False


@admin.register(Subscription, site=tenant_site)
class SubscriptionAdmin(GuardedAdmin):
    list_display = (
        "external_id",
        "account",
        "plan",
        "amount",
        "interval",
        "started_on",
        "ended_on",
    )
    list_filter = ("interval", "plan")
    list_select_related = ("account",)
    search_fields = ("external_id", "account__name", "account__external_id", "plan")
    raw_id_fields = ("account",)
    show_full_result_count = False


class UserForm(forms.ModelForm[User]):
    """A person of the tenant; the password is asked for when new, and may be set anew later."""

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("email", "name", "role", "language", "is_active")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        if password:
            validate_password(password, self.instance)
        elif self.instance.pk is None:
            raise forms.ValidationError(_("A new person needs a password."))
        return password

    def clean(self) -> dict[str, object]:
        """Leave the tenant somebody who can let people in."""
        cleaned = super().clean() or {}
        stays = cleaned.get("role") == Role.ADMIN and cleaned.get("is_active")
        if not stays and User.objects.is_last_admin(self.instance):
            raise forms.ValidationError(_("This is the last admin. Make somebody else one first."))
        return cleaned

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if self.cleaned_data["new_password"]:
            user.set_password(self.cleaned_data["new_password"])
        if commit:
            user.save()
        return user


@admin.register(User, site=tenant_site)
class UserAdmin(GuardedAdmin):
    form = UserForm
    list_display = ("email", "name", "role", "is_active")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody locks the last door behind them."""
        return super().has_delete_permission(request, obj) and obj != request.user

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Of two admins who delete each other at the same moment, one stays."""
        if not User.objects.locked_admins().difference(queryset):
            raise PermissionDenied
        super().delete_queryset(request, queryset)


class KeyList(ChangeList):
    """Rows are addressed by what a key begins with: its number holds the hash of the key."""

    def url_for_result(self, result: Any) -> str:
        return reverse("admin:accounts_apikey_change", args=[result.prefix])


@admin.register(ApiKey, site=tenant_site)
class ApiKeyAdmin(GuardedAdmin):
    """Keys are made by `manage.py api_key`, which shows them once; here they are revoked."""

    list_display = ("name", "scope", "prefix", "created", "expiry_date", "revoked")
    list_filter = ("scope", "revoked")
    search_fields = ("name", "prefix")
    fields = ("name", "scope", "prefix", "created", "expiry_date", "revoked")
    readonly_fields = ("name", "scope", "prefix", "created")
    actions = None

    def get_changelist(self, request: HttpRequest, **options: object) -> type[ChangeList]:
        return KeyList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ApiKey | None:
        return self.get_queryset(request).filter(prefix=object_id).first()

    def log_change(self, request: HttpRequest, obj: ApiKey, message: object) -> LogEntry:
        """Keep what was done under the prefix too."""
        return super().log_change(request, ApiKey(id=obj.prefix, name=obj.name), message)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


__all__ = ["admin_facts"]  # registers its own
