"""The addresses of a tenant's host. Who may go where: `csplatform.web.permissions`."""

from django.urls import include, path

from accounts.admin_site import tenant_site
from accounts.pages.language import choose_language
from accounts.pages.owners import owners
from csplatform.demo.pages import sample
from csplatform.web import problems
from metrics.pages import account, cohorts, goals, home, kpis, own_metrics, revenue, rules, survival

urlpatterns = [
    path("", home.book, name="book"),
    path("accounts/<int:pk>/", account.account, name="account"),
    path("revenue/", revenue.revenue, name="revenue"),
    path("kpis/", kpis.kpis, name="kpis"),
    path("kpis/<str:key>/", kpis.kpi, name="kpi"),
    path("cohorts/", cohorts.table, name="cohorts"),
    path("cohorts/<str:cohort>/<str:month>/", cohorts.cell, name="cohort"),
    path("lifetime/", survival.lifetime, name="lifetime"),
    path("goals/", goals.goals, name="goals"),
    path("goals/<int:pk>/", goals.change, name="goal"),
    path("goals/<int:pk>/delete/", goals.delete, name="goal_delete"),
    path("settings/metrics/", own_metrics.own_metrics, name="own_metrics"),
    path("settings/metrics/<int:pk>/", own_metrics.change, name="own_metric"),
    path("settings/metrics/<int:pk>/delete/", own_metrics.delete, name="own_metric_delete"),
    path("settings/counting/", rules.rules, name="rules"),
    path("settings/owners/", owners, name="owners"),
    path("data/", include("accounts.pages.urls")),
    path("data/sample/", sample, name="sample"),
    path("language/", choose_language, name="set_language"),
    path("", include("csplatform.urls_login")),
    path("admin/", tenant_site.urls),
    path("api/v1/", include("csplatform.api")),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
