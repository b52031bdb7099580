"""The addresses of the operators' host."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts.pages.language import choose_language
from csplatform.platform_site import platform_site
from csplatform.web import problems

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="platform_home"),
    path("language/", choose_language, name="set_language"),
    path("", include("csplatform.urls_login")),
    path("admin/", platform_site.urls),
]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.page_not_found
handler500 = problems.server_error
