"""The REST API put together, with its description."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from accounts.api import MeView
from accounts.rest import imports
from accounts.rest.views import urls_of_facts
from csplatform.web.api_docs import DocsView
from metrics.rest.catalogue import MetricsView
from metrics.rest.figures import KpiListView, KpiView, SeriesView
from metrics.rest.rows import RowsView
from metrics.rest.rules import RulesView
from metrics.rest.scorecards import ScorecardsView, ScorecardView

app_name = "api"
urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("kpis/", KpiListView.as_view(), name="kpis"),
    path("kpis/<str:key>/", KpiView.as_view(), name="kpi"),
    path("kpis/<str:key>/series/", SeriesView.as_view(), name="series"),
    path("kpis/<str:key>/rows/", RowsView.as_view(), name="rows"),
    path("metrics/", MetricsView.as_view(), name="metrics"),
    path("rules/", RulesView.as_view(), name="rules"),
    path("scorecards/", ScorecardsView.as_view(), name="scorecards"),
    path("accounts/<name:account>/scorecard/", ScorecardView.as_view(), name="scorecard"),
    *urls_of_facts(),
    *imports.urlpatterns,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="api:schema"), name="docs"),
]
