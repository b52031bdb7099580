"""What the views of this floor need: data, settings, logging in, and facts over REST."""

from accounts.capabilities import EDIT_FORM, READ, SETTINGS_FORM, Capability, Rules

ANYONE, VIEW, EDIT = Capability.ANYONE, Capability.VIEW, Capability.EDIT
DELETE, CONFIGURE = Capability.DELETE, Capability.CONFIGURE
FORM_FOR_ANYONE = {"GET": ANYONE, "POST": ANYONE}
FORM_FOR_USERS = {"GET": VIEW, "POST": VIEW}

RULES: Rules = {
    "owners": SETTINGS_FORM,
    "data": {"GET": EDIT},
    "facts": {"GET": EDIT},
    "fact_new": EDIT_FORM,
    "fact": EDIT_FORM,
    "fact_delete": {"POST": DELETE},
    "import_new": EDIT_FORM,
    "import_template": {"GET": EDIT},
    "import": EDIT_FORM,
    "import_run": {"POST": EDIT},
    "import_undo": {"POST": EDIT},
    "import_rejects": {"GET": EDIT},
    "jobs": {"GET": EDIT},
    "job": {"GET": EDIT},
    "job_cancel": {"POST": EDIT},
    "keys": SETTINGS_FORM,
    "key_rotate": {"POST": CONFIGURE},
    "key_revoke": {"POST": CONFIGURE},
    "history": {"GET": CONFIGURE},
    "set_language": {"POST": ANYONE},
    # coming in and going out
    "account_login": FORM_FOR_ANYONE,
    "account_logout": FORM_FOR_ANYONE,
    "account_signup": FORM_FOR_ANYONE,  # says that it is closed
    "account_inactive": {"GET": ANYONE},
    "account_reset_password": FORM_FOR_ANYONE,
    "account_reset_password_done": {"GET": ANYONE},
    "account_reset_password_from_key": FORM_FOR_ANYONE,
    "account_reset_password_from_key_done": {"GET": ANYONE},
    "account_reauthenticate": FORM_FOR_USERS,
    "account_change_password": FORM_FOR_USERS,
    "account_set_password": FORM_FOR_USERS,
    # REST: facts of every kind, of the floors above too
    "api:me": READ,
    "api:*-list": {"GET": VIEW, "POST": EDIT},
    "api:*-object": {"GET": VIEW, "PATCH": EDIT, "DELETE": DELETE},
    # Beside many at once, the object that is called "bulk".
    "api:*-bulk": {"PUT": EDIT, "GET": VIEW, "PATCH": EDIT, "DELETE": DELETE},
    "api:imports": {"GET": EDIT, "POST": EDIT},
    "api:import": {"GET": EDIT},
    "api:import-rejects": {"GET": EDIT},
    "api:import-undo": {"POST": EDIT},
    "api:jobs": {"GET": EDIT},
    "api:job": {"GET": EDIT},
    "api:job-cancel": {"POST": EDIT},
    # the tenant's admin, or on the platform's host the operators'
    "admin:*": SETTINGS_FORM,
}
