"""Who the customers are, what is done for them, and what is measured of them."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accounts.imports.records import Column, Kind, Rule, Type
from accounts.kinds.columns import CURRENCIES, EXTERNAL_ID, IDS_OF_ACCOUNTS, LANGUAGES, account
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
ACCOUNT_IDS = (*IDS_OF_ACCOUNTS, *EXTERNAL_ID.also, "account", "customer", "client")
ACCOUNTS = Kind(
    name="accounts",
    label=_("Accounts"),
    model=Account,
    attributes="attributes",
    columns=(
        replace(EXTERNAL_ID, also=ACCOUNT_IDS),
        Column(
            name="name",
            required=True,
            also=(
                *("company", "company name", "account name", "business name", "legal name"),
                *("display name", "firma", "organization", "organisation", "customer", "client"),
                *("account", "klient", "kontrahent", "شرکت", "مشتری", "نام شرکت", "الشركة"),
                *("اسم الشركة", "العميل", "اسم"),
            ),
        ),
        Column(
            name="parent_external_id",
            field="parent",
            longest=200,
            points_to=Account,
            also=(
                *("parent", "parent id", "parent account", "parent company", "parent account id"),
                *("parent company id", "parent customer", "parent customer id"),
            ),
        ),
        Column(
            name="stage",
            longest=40,
            words=("lead", "trial", "onboarding", "adopting", "renewing", "churned"),
            also=(
                "lifecycle stage",
                "status",
                "phase",
                "lifecycle",
                "lifecycle status",
                "status klienta",
            ),
        ),
        Column(name="segment", longest=100, also=("tier", "size", "wielkość", "grupa", "الفئة")),
        Column(
            name="industry",
            longest=100,
            also=("sector", "branch", "vertical", "line of business", "sektor", "القطاع"),
        ),
        Column(
            name="country",
            holds=Type.COUNTRY,
            longest=100,
            also=(
                *("country code", "country name", "country region", "billing country", "nation"),
                *("country iso code", "kod kraju", "کد کشور", "رمز البلد", "الدولة"),
            ),
        ),
        Column(
            name="region",
            longest=100,
            also=(
                *("state", "province", "state region", "state province", "territory", "county"),
                *("billing state", "billing state province", "geo", "area", "województwo"),
                *("استان", "المحافظة"),
            ),
        ),
        Column(
            name="owner_email",
            holds=Type.EMAIL,
            longest=254,
            also=(
                *OWNERS,
                *("csm email", "manager email", "account manager email", "owner e-mail"),
                *("account owner email", "email opiekuna", "ایمیل مسئول"),
            ),
        ),
        Column(
            name="owner_name",
            longest=200,
            also=(*OWNERS, "csm name", "manager name", "account manager name"),
        ),
        Column(
            name="seats",
            holds=Type.COUNT,
            also=(
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
            holds=Type.DATE,
            also=(
                *CREATED,
                *("customer since", "client since", "since", "signed up", "sign up", "signup"),
                *("joined", "join", "registered", "registration", "became a customer"),
                *("klient od", "data rejestracji"),
            ),
        ),
        Column(
            name="domain",
            longest=253,
            also=(
                *("website", "web site", "url", "domain name", "website url", "web address"),
                *("homepage", "www", "primary domain", "email domain", "domena", "strona www"),
                *("strona", "strona internetowa", "دامنه", "وب‌سایت", "النطاق", "الموقع"),
            ),
        ),
        Column(name="currency", holds=Type.CURRENCY, also=CURRENCIES),
        Column(name="language", longest=35, also=LANGUAGES),
        Column(name="is_test", holds=Type.TRUTH, also=("test", "is test account")),
    ),
    rules=(
        Rule(
            column="parent_external_id",
            code="own_parent",
            broken="{parent_external_id} = {external_id}",
        ),
    ),
)
CONTACTS = Kind(
    name="contacts",
    label=_("Contacts"),
    model=Contact,
    attributes="attributes",
    columns=(
        replace(EXTERNAL_ID, also=(*EXTERNAL_ID.also, "user id", "person id", "lead id")),
        account(required=True),
        Column(
            name="email",
            holds=Type.EMAIL,
            longest=254,
            also=(
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
            also=("full name", "person", "contact", "display name", "imię i nazwisko"),
        ),
        Column(name="language", longest=35, also=LANGUAGES),
        Column(
            name="role",
            longest=40,
            words=("champion", "sponsor", "decision_maker", "user"),
            also=("title", "position", "job title", "job role", "function", "stanowisko", "سمت"),
        ),
        Column(
            name="created_on", holds=Type.DATE, also=(*CREATED, "signed up", "signup", "joined")
        ),
        Column(name="left_on", holds=Type.DATE, also=("left", "left company")),
        Column(
            name="unsubscribed",
            holds=Type.TRUTH,
            also=(
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
            longest=10,
            choices=tuple(Activity.Kind.values),
            also=("type",),
        ),
        Column(name="at", holds=Type.MOMENT, required=True, also=("date", "time", "when")),
        Column(name="author_email", holds=Type.EMAIL, longest=254, also=("author", "by")),
        Column(
            name="contact_external_id",
            field="contact",
            longest=200,
            points_to=Contact,
            also=("contact", "contact id"),
        ),
        Column(name="text", longest=20000, also=("note", "notes", "body")),
        Column(name="sentiment", holds=Type.COUNT, least=1, most=5),
    ),
    rules=(
        Rule(
            column="contact_external_id",
            code="other_account",
            broken="{contact} IS NOT NULL AND {account} <> (SELECT account_id"
            " FROM accounts_contact person WHERE person.id = {contact})",
        ),
    ),
)
MEASUREMENTS = Kind(
    name="measurements",
    label=_("Measurements"),
    model=Measurement,
    key=("account_external_id", "key", "day"),
    columns=(
        account(required=True),
        Column(name="key", required=True, longest=100, also=("measure", "metric")),
        Column(name="day", holds=Type.DATE, required=True, also=("date",)),
        Column(name="value", holds=Type.NUMBER, required=True),
    ),
)
