"""The addresses of a tenant's host. Who may go where: `csplatform.permissions`."""

from django.urls import include, path

from accounts.admin_site import tenant_site
from accounts.pages.language import choose_language
from accounts.pages.owners import owners
from csplatform import problems
from csplatform.demo.pages import sample
from metrics import cohort_page, goal_pages, own_pages, rules_page, survival_page, views

urlpatterns = [
    path("", views.book, name="book"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("revenue/", views.revenue, name="revenue"),
    path("kpis/", views.kpis, name="kpis"),
    path("kpis/<str:key>/", views.kpi, name="kpi"),
    path("cohorts/", cohort_page.table, name="cohorts"),
    path("cohorts/<str:cohort>/<str:month>/", cohort_page.cell, name="cohort"),
    path("lifetime/", survival_page.lifetime, name="lifetime"),
    path("goals/", goal_pages.goals, name="goals"),
    path("goals/<int:pk>/", goal_pages.change, name="goal"),
    path("goals/<int:pk>/delete/", goal_pages.delete, name="goal_delete"),
    path("settings/metrics/", own_pages.own_metrics, name="own_metrics"),
    path("settings/metrics/<int:pk>/", own_pages.change, name="own_metric"),
    path("settings/metrics/<int:pk>/delete/", own_pages.delete, name="own_metric_delete"),
    path("settings/counting/", rules_page.rules, name="rules"),
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
