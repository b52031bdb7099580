"""The REST API put together, with its description."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from accounts.api import MeView
from accounts.rest import imports
from accounts.rest.views import urls_of_facts
from csplatform.api_docs import DocsView
from metrics.api import KpiListView, KpiView, ScorecardView

app_name = "api"
urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("kpis/", KpiListView.as_view(), name="kpis"),
    path("kpis/<str:key>/", KpiView.as_view(), name="kpi"),
    path("accounts/<str:account>/scorecard/", ScorecardView.as_view(), name="scorecard"),
    *urls_of_facts(),
    *imports.urlpatterns,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="api:schema"), name="docs"),
]
