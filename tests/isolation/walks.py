"""Walk every address with every method, as everybody, and write down what came back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from django.http import HttpResponse
from django.test import Client

from accounts.capabilities import Capability
from accounts.models import ApiKey, User
from tenants.context import inside
from tests.isolation.addresses import Address, addresses, name_of_rule, rule_of
from tests.isolation.worlds import AMOUNTS

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST")
WITHOUT_HEAD = tuple(one for one in METHODS if one != "HEAD")  # which runs the view as GET does
# What is asked with these is ruled with GET, or at the door: some of the callers are enough.
LIKE_READING = ("HEAD", "OPTIONS")
OF_FORMS = ("GET", "POST")  # all that the admin knows; whoever is not let in is not with others
READERS = ("anonymous", "viewer", "admin", "operator", "key read")
PEOPLE = {"admin": 1, "manager": 2, "viewer": 3}
ANYONE, VIEW, EDIT = Capability.ANYONE, Capability.VIEW, Capability.EDIT
# Not by the code that is under test.
ANYBODY = {ANYONE}
VIEWER = {ANYONE, VIEW}
MANAGER = {ANYONE, VIEW, EDIT, Capability.SEND_EVENTS}
ADMIN = {*MANAGER, Capability.DELETE, Capability.CONFIGURE}
CAPABILITIES = {
    "admin": ADMIN,
    "manager": MANAGER,
    "viewer": VIEWER,
    "operator": ADMIN,
    "key admin": ADMIN,
    "key write": MANAGER,
    "key read": VIEWER,
    "key events": {ANYONE, Capability.SEND_EVENTS},
}
BAD_KEYS = ("key expired", "key revoked", "key unknown")
# The mightiest key also tries the pages, where no key is worth anything; the others need not.
KEY_OF_ALL_DOORS = "key admin"
URLCONFS = {"acme": "csplatform.urls", "globex": "csplatform.urls"}
PLATFORM = "csplatform.urls_platform"

# Every walker comes from an address of its own, or it would run into the limits of logging in.
_numbers = count(1)


@dataclass
class Walker:
    """Somebody at a tenant's door: a browser with a session, a program with a key, or nobody."""

    slug: str
    name: str
    user: int | None = None
    key: str = ""
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        number = next(_numbers)
        self.client = Client(
            headers={"host": f"{self.slug}.localhost"},
            REMOTE_ADDR=f"10.77.{number // 250}.{number % 250 + 1}",
            raise_request_exception=False,
        )
        if self.key:
            self.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.key}"
        self.log_in()

    def log_in(self) -> None:
        if self.user is not None:
            with inside(self.slug):
                self.client.force_login(User.objects.get(pk=self.user))

    def ask(self, method: str, path: str) -> HttpResponse:
        return self.client.generic(method, path)  # type: ignore[return-value]  # its typed twin


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody got: short enough to keep thousands, with the canaries seen in it."""

    walker: str
    address: Address
    method: str
    status: int
    kind: str
    location: str
    seen: frozenset[str]
    text: str

    def __str__(self) -> str:
        return f"{self.walker}: {self.method} {self.address.path} -> {self.status}"


def walkers(slug: str, keys: Mapping[str, str]) -> list[Walker]:
    """Everybody who may stand at a tenant's door."""
    people = [Walker(slug, name, user=pk) for name, pk in PEOPLE.items()]
    programs = [Walker(slug, name, key=key) for name, key in keys.items()]
    stranger = Walker(slug, "key unknown", key="aaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
    return [Walker(slug, "anonymous"), *people, *programs, stranger]


def walk(slug: str, keys: Mapping[str, str]) -> list[Answer]:
    """Everybody's answers at a tenant's host."""
    return _walk(slug, walkers(slug, keys), METHODS)


def walk_as_the_mightiest(
    slug: str, keys: Mapping[str, str], *, methods: Sequence[str] = OF_FORMS
) -> list[Answer]:
    """What those read and write who may most: whose rows are seen, not who may see them."""
    mighty = (Walker(slug, "admin", user=1), Walker(slug, "key admin", key=keys["key admin"]))
    return _walk(slug, mighty, methods)


def walk_as_nobody(slug: str) -> list[Answer]:
    """What they get who are refused nearly everything."""
    return _walk(slug, [Walker(slug, "anonymous")], WITHOUT_HEAD)


def walk_each_rule_once(slug: str, keys: Mapping[str, str]) -> list[Answer]:
    """Of everybody else, at one address of each rule, a request that is refused if there is one."""
    found = tenant_addresses(slug)
    others = [one for one in walkers(slug, keys) if one.name not in WALKED_ALONE]
    return [
        note(walker, method, address, walker.ask(method, _path(method, address)))
        for walker in others
        for method, address in _one_of_each_rule(walker.name, found)
    ]


WALKED_ALONE = ("admin", "key admin", "anonymous")


def _one_of_each_rule(walker: str, found: Sequence[Address]) -> Iterator[tuple[str, Address]]:
    tried: set[str] = set()
    for address in doors(walker, found):
        rule = name_of_rule(address.view)
        refused = [one for one in OF_FORMS if refusal(walker, one, address)]
        if rule not in tried and refused:
            tried.add(rule)
            yield refused[0], address


def _walk(slug: str, callers: Sequence[Walker], methods: Sequence[str]) -> list[Answer]:
    found = tenant_addresses(slug)
    return [answer for walker in callers for answer in visits(walker, found, methods)]


def tenant_addresses(slug: str) -> list[Address]:
    with inside(slug):
        # Not one of the walkers' own: an empty form, sent as an admin, takes its expiry away.
        key = ApiKey.objects.get(name__contains="spare").prefix
    views = ("history", "delete", "change")
    of_views = {f"admin:accounts_apikey_{view}": key for view in views}
    return addresses(URLCONFS[slug], of_views=of_views)


def walk_platform() -> list[Answer]:
    """The answers at the operators' host."""
    found = addresses(PLATFORM)
    both = (Walker("platform", "operator", user=1), Walker("platform", "anonymous"))
    return [answer for walker in both for answer in visits(walker, found, METHODS)]


def doors(walker: str, found: Sequence[Address]) -> list[Address]:
    """The addresses at which somebody tries."""
    only_programs = walker.startswith("key ") and walker != KEY_OF_ALL_DOORS
    return [one for one in found if one.is_for_programs or not only_programs]


def asked_by(walker: str, address: Address, methods: Sequence[str]) -> list[str]:
    """The methods with which somebody tries an address."""
    if address.view.startswith("admin:") and walker not in ("admin", "operator"):
        methods = [one for one in methods if one in OF_FORMS]
    return [one for one in methods if walker in READERS or one not in LIKE_READING]


def visits(walker: Walker, found: Sequence[Address], methods: Sequence[str]) -> Iterator[Answer]:
    # Logging out comes last, as does POST, so that a session lives for all the rest.
    known = sorted(doors(walker.name, found), key=lambda one: one.view == "account_logout")
    for method in methods:
        for address in known:
            if method not in asked_by(walker.name, address, methods):
                continue
            response = walker.ask(method, _path(method, address))
            yield note(walker, method, address, response)
            if address.view == "account_logout":
                walker.log_in()


def _path(method: str, address: Address) -> str:
    """Nothing is really deleted: whoever walks after needs it."""
    if method == "DELETE" and address.view.endswith("-object"):
        return address.path.replace("/id:1/", "/gone/")
    if method == "POST" and address.view in ("goal_delete", "own_metric_delete", "fact_delete"):
        return address.path.replace("/1/", "/0/")
    return address.path


def note(walker: Walker, method: str, address: Address, response: HttpResponse) -> Answer:
    text = everything(response)
    return Answer(
        walker=walker.name,
        address=address,
        method=method,
        status=response.status_code,
        kind=response.headers.get("Content-Type", ""),
        location=response.headers.get("Location", ""),
        seen=frozenset(slug for slug in AMOUNTS if traces(text, of=slug)),
        # A page that somebody reads: what must be seen there is looked for in it.
        text=text if method == "GET" and response.status_code == 200 else "",
    )


def everything(response: HttpResponse) -> str:
    """Body, headers and cookies of an answer, in lower case."""
    body = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{response.cookies.output()}\n{body.decode()}".lower()


def traces(text: str, *, of: str) -> list[str]:
    """What in a text, in lower case, can only be that tenant's."""
    amount = AMOUNTS[of]
    return [mark for mark in (f"canary-{of}", str(amount), f"{amount:,}") if mark in text]


def expected(answer: Answer) -> set[int] | None:
    """The statuses that the table allows; None: anything but 401, 403, 405 and 5xx."""
    return refusal(answer.walker, answer.method, answer.address)


def refusal(walker: str, method: str, address: Address) -> set[int] | None:
    """The statuses with which the table refuses somebody; None where it lets in."""
    needed = _needed(method, address)
    if address.is_for_programs:
        return _of_program(walker, needed, of_no_object=is_of_no_object(method, address))
    known = walker in PEOPLE or walker == "operator"
    if not needed:
        return {405}
    if needed & (CAPABILITIES[walker] if known else ANYBODY):
        return None
    return {403} if known else {302}


def is_of_no_object(method: str, address: Address) -> bool:
    """At the address of many at once only an object that is called so can be read or changed."""
    return (
        address.is_for_programs
        and address.view.endswith("-bulk")
        and method not in ("PUT", "OPTIONS")
    )


def _of_program(walker: str, needed: set[Capability], *, of_no_object: bool) -> set[int] | None:
    if walker in BAD_KEYS:
        return {401}
    if not needed:
        return {405}
    if needed & CAPABILITIES.get(walker, ANYBODY):
        return {405} if of_no_object else None
    return {401} if walker == "anonymous" else {403}


def _needed(method: str, address: Address) -> set[Capability]:
    """The capabilities of which one is enough."""
    rule = rule_of(address.view) or {}
    if method == "OPTIONS":
        return set(rule.values())
    found = rule.get("GET" if method == "HEAD" else method)
    return {found} if found else set()
