"""The settings page for owners whom files name: which person each name means."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.owner_names import choose, named_owners, people


def owners(request: HttpRequest) -> HttpResponseBase:
    """The names that match no person, each with a choice of people."""
    names, persons = named_owners(), people()
    if request.method == "POST":
        known = {one.name for one in names}
        addresses = {"", *(person.email for person in persons)}
        pairs = zip(request.POST.getlist("name"), request.POST.getlist("email"), strict=False)
        chosen = {name: email for name, email in pairs if name in known and email in addresses}
        choose(emails=chosen)
        return redirect("owners")
    return render(request, "accounts/owners.html", {"names": names, "people": persons})
