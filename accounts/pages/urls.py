"""The addresses below data/."""

from django.urls import path

from accounts.pages import data, facts, history, keys, wizard, work

urlpatterns = [
    path("", data.data, name="data"),
    path("templates/<str:kind>.csv", data.template, name="import_template"),
    path("rows/<str:kind>/", facts.facts, name="facts"),
    path("rows/<str:kind>/new/", facts.add, name="fact_new"),
    path("rows/<str:kind>/<int:pk>/", facts.change, name="fact"),
    path("rows/<str:kind>/<int:pk>/delete/", facts.delete, name="fact_delete"),
    path("import/", wizard.upload, name="import_new"),
    path("imports/<int:pk>/", wizard.show, name="import"),
    path("imports/<int:pk>/run/", wizard.run, name="import_run"),
    path("imports/<int:pk>/undo/", wizard.undo_import, name="import_undo"),
    path("imports/<int:pk>/rejects/", wizard.rejects, name="import_rejects"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<str:pk>/replace/", keys.rotate, name="key_rotate"),
    path("keys/<str:pk>/revoke/", keys.revoke, name="key_revoke"),
    path("history/", history.history, name="history"),
    path("jobs/", work.job_list, name="jobs"),
    path("jobs/<int:pk>/", work.job, name="job"),
    path("jobs/<int:pk>/cancel/", work.cancel, name="job_cancel"),
]
