"""The tenant's people and customers in its admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import admin_facts
from accounts.admin_site import tenant_site
from accounts.models import Account, ApiKey, Contact, Subscription, User

if TYPE_CHECKING:
    AccountAdminBase = admin.ModelAdmin[Account]
    ContactAdminBase = admin.ModelAdmin[Contact]
    SubscriptionAdminBase = admin.ModelAdmin[Subscription]
    UserAdminBase = admin.ModelAdmin[User]
    ApiKeyAdminBase = admin.ModelAdmin[ApiKey]
    UserFormBase = forms.ModelForm[User]
else:
    AccountAdminBase = ContactAdminBase = SubscriptionAdminBase = admin.ModelAdmin
    UserAdminBase = ApiKeyAdminBase = admin.ModelAdmin
    UserFormBase = forms.ModelForm


@admin.register(Account, site=tenant_site)
class AccountAdmin(AccountAdminBase):
    list_display = ("name", "external_id", "segment", "industry", "owner_email", "created_on")
    list_filter = ("segment", "stage", "is_test")
    search_fields = ("name", "external_id", "owner_email")
    raw_id_fields = ("parent",)
    show_full_result_count = False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """What hangs on an account goes with it, though some of it nobody may delete by itself."""
        shown, counts, _forbidden, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected


@admin.register(Contact, site=tenant_site)
class ContactAdmin(ContactAdminBase):
    list_display = ("__str__", "account", "email", "role", "left_on")
    list_select_related = ("account",)
    search_fields = ("name", "email", "external_id", "account__name")
    raw_id_fields = ("account",)
    show_full_result_count = False


@admin.register(Subscription, site=tenant_site)
class SubscriptionAdmin(SubscriptionAdminBase):
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


class UserForm(UserFormBase):
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

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if self.cleaned_data["new_password"]:
            user.set_password(self.cleaned_data["new_password"])
        if commit:
            user.save()
        return user


@admin.register(User, site=tenant_site)
class UserAdmin(UserAdminBase):
    form = UserForm
    list_display = ("email", "name", "role", "is_active")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody locks the last door behind them."""
        return super().has_delete_permission(request, obj) and obj != request.user


@admin.register(ApiKey, site=tenant_site)
class ApiKeyAdmin(ApiKeyAdminBase):
    """Keys are made by `manage.py api_key`, which shows them once; here they are revoked."""

    list_display = ("name", "scope", "prefix", "created", "expiry_date", "revoked")
    list_filter = ("scope", "revoked")
    search_fields = ("name", "prefix")
    fields = ("name", "scope", "prefix", "created", "expiry_date", "revoked")
    readonly_fields = ("name", "scope", "prefix", "created")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


__all__ = ["admin_facts"]  # registers its own
