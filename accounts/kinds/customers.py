"""Who the customers are, what is done for them, and what is measured of them."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import (
    CONTACT_OF_ACCOUNT,
    CURRENCIES,
    EXTERNAL_ID,
    IDS_OF_ACCOUNTS,
    LANGUAGES,
    account,
)
from accounts.models import Account, Activity, Contact, Measurement

# An owner by name or by address: the values tell.
OWNERS = (
    *("owner", "csm", "manager", "account manager", "account owner", "company owner"),
    *("customer success manager", "success manager", "responsible", "responsible person"),
    *("assigned csm", "opiekun", "opiekun klienta", "właściciel", "مسئول", "مسئول حساب"),
    *("مدیر حساب", "المسؤول", "مدير الحساب"),
)
CREATED = (
    *("created", "creation", "create", "added", "utworzenia", "data utworzenia", "utworzono"),
    *("تاریخ ثبت", "تاريخ التسجيل"),
)
ACCOUNT_IDS = (*IDS_OF_ACCOUNTS, *EXTERNAL_ID.aliases, "account", "customer", "client")
ACCOUNTS = Kind(
    name="accounts",
    label=_("Accounts"),
    model=Account,
    attributes="attributes",
    columns=(
        replace(EXTERNAL_ID, aliases=ACCOUNT_IDS),
        Column(
            name="name",
            required=True,
            aliases=(
                *("company", "company name", "account name", "business name", "legal name"),
                *("display name", "firma", "organization", "organisation", "customer", "client"),
                *("account", "klient", "kontrahent", "شرکت", "مشتری", "نام شرکت", "الشركة"),
                *("اسم الشركة", "العميل", "اسم"),
            ),
        ),
        Column(
            name="parent_external_id",
            field="parent",
            max_length=200,
            references=Account,
            aliases=(
                *("parent", "parent id", "parent account", "parent company", "parent account id"),
                *("parent company id", "parent customer", "parent customer id"),
            ),
        ),
        Column(
            name="stage",
            max_length=40,
            words=("lead", "trial", "onboarding", "adopting", "renewing", "churned"),
            aliases=(
                "lifecycle stage",
                "status",
                "phase",
                "lifecycle",
                "lifecycle status",
                "status klienta",
            ),
        ),
        Column(
            name="segment", max_length=100, aliases=("tier", "size", "wielkość", "grupa", "الفئة")
        ),
        Column(
            name="industry",
            max_length=100,
            aliases=("sector", "branch", "vertical", "line of business", "sektor", "القطاع"),
        ),
        Column(
            name="country",
            type=Type.COUNTRY,
            max_length=100,
            aliases=(
                *("country code", "country name", "country region", "billing country", "nation"),
                *("country iso code", "kod kraju", "کد کشور", "رمز البلد", "الدولة"),
            ),
        ),
        Column(
            name="region",
            max_length=100,
            aliases=(
                *("state", "province", "state region", "state province", "territory", "county"),
                *("billing state", "billing state province", "geo", "area", "województwo"),
                *("استان", "المحافظة"),
            ),
        ),
        Column(
            name="owner_email",
            type=Type.EMAIL,
            max_length=254,
            aliases=(
                *OWNERS,
                *("csm email", "manager email", "account manager email", "owner e-mail"),
                *("account owner email", "email opiekuna", "ایمیل مسئول"),
            ),
        ),
        Column(
            name="owner_name",
            max_length=200,
            aliases=(*OWNERS, "csm name", "manager name", "account manager name"),
        ),
        Column(
            name="seats",
            type=Type.COUNT,
            aliases=(
                *("licences", "licenses", "users", "number of seats", "seat count", "no of seats"),
                *("licensed users", "number of licenses", "number of licences", "license count"),
                *("licence count", "number of users", "user count", "purchased seats"),
                *("seats purchased", "total seats", "seats count", "licencje", "liczba licencji"),
                *("liczba stanowisk", "liczba użytkowników", "تعداد کاربران", "تعداد کاربر"),
                *("عدد المقاعد", "عدد المستخدمين"),
            ),
        ),
        Column(
            name="created_on",
            type=Type.DATE,
            aliases=(
                *CREATED,
                *("customer since", "client since", "since", "signed up", "sign up", "signup"),
                *("joined", "join", "registered", "registration", "became a customer"),
                *("klient od", "data rejestracji"),
            ),
        ),
        Column(
            name="domain",
            max_length=253,
            aliases=(
                *("website", "web site", "url", "domain name", "website url", "web address"),
                *("homepage", "www", "primary domain", "email domain", "domena", "strona www"),
                *("strona", "strona internetowa", "دامنه", "وب‌سایت", "النطاق", "الموقع"),
            ),
        ),
        Column(name="currency", type=Type.CURRENCY, aliases=CURRENCIES),
        Column(name="language", max_length=35, aliases=LANGUAGES),
        Column(name="is_test", type=Type.TRUTH, aliases=("test", "is test account")),
    ),
    rules=(
        Rule(
            column="parent_external_id",
            code="own_parent",
            violated_when="{parent_external_id} = {external_id}",
        ),
    ),
)
CONTACTS = Kind(
    name="contacts",
    label=_("Contacts"),
    model=Contact,
    attributes="attributes",
    columns=(
        replace(EXTERNAL_ID, aliases=(*EXTERNAL_ID.aliases, "user id", "person id", "lead id")),
        account(required=True),
        Column(
            name="email",
            type=Type.EMAIL,
            max_length=254,
            aliases=(
                "e-mail",
                "mail",
                "email address",
                "work email",
                "primary email",
                "ایمیل",
                "البريد",
            ),
        ),
        Column(
            name="name",
            aliases=("full name", "person", "contact", "display name", "imię i nazwisko"),
        ),
        Column(name="language", max_length=35, aliases=LANGUAGES),
        Column(
            name="role",
            max_length=40,
            words=("champion", "sponsor", "decision_maker", "user"),
            aliases=("title", "position", "job title", "job role", "function", "stanowisko", "سمت"),
        ),
        Column(
            name="created_on", type=Type.DATE, aliases=(*CREATED, "signed up", "signup", "joined")
        ),
        Column(name="left_on", type=Type.DATE, aliases=("left", "left company")),
        Column(
            name="unsubscribed",
            type=Type.TRUTH,
            aliases=(
                *("opted out", "opt out", "opted out of email", "email opt out"),
                *("unsubscribed from emails", "unsubscribed from email", "do not email"),
            ),
        ),
    ),
)
ACTIVITIES = Kind(
    name="activities",
    label=_("Activities"),
    model=Activity,
    columns=(
        EXTERNAL_ID,
        account(required=True),
        Column(
            name="kind",
            required=True,
            max_length=10,
            choices=tuple(Activity.Kind.values),
            aliases=("type",),
        ),
        Column(name="at", type=Type.MOMENT, required=True, aliases=("date", "time", "when")),
        Column(name="author_email", type=Type.EMAIL, max_length=254, aliases=("author", "by")),
        Column(
            name="contact_external_id",
            field="contact",
            max_length=200,
            references=Contact,
            aliases=("contact", "contact id"),
        ),
        Column(name="text", max_length=20000, aliases=("note", "notes", "body")),
        Column(name="sentiment", type=Type.COUNT, min_value=1, max_value=5),
    ),
    rules=(CONTACT_OF_ACCOUNT,),
)
MEASUREMENTS = Kind(
    name="measurements",
    label=_("Measurements"),
    model=Measurement,
    key=("account_external_id", "key", "day"),
    columns=(
        account(required=True),
        Column(name="key", required=True, max_length=100, aliases=("measure", "metric")),
        Column(name="day", type=Type.DATE, required=True, aliases=("date",)),
        Column(name="value", type=Type.NUMBER, required=True),
    ),
)
