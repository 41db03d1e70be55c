"""Where each address leads."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from notoneless.web import edge
from notoneless.web.account import views as account
from notoneless.web.bureau import views as bureau

urlpatterns: list[URLPattern | URLResolver] = [
    path("", account.home, name="home"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("no-role/", account.no_role, name="no_role"),
    path("language/", set_language, name="language"),
    path("bureau/", bureau.bureaus, name="bureaus"),
    path("bureau/<str:code>/", bureau.figures, name="bureau_figures"),
    path("bureau/<str:code>/ranking/", bureau.ranking, name="bureau_ranking"),
    path("bureau/<str:code>/missing/", bureau.missing, name="bureau_missing"),
    path("bureau/<str:code>/people/<int:person_id>/", bureau.person, name="bureau_person"),
]
handler400 = edge.bad_request
handler403 = edge.forbidden
handler404 = edge.not_found
handler500 = edge.server_error
