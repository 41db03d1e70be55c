"""Where each address leads."""

from allauth.account import views as allauth
from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from notoneless.web import edge
from notoneless.web.account import phone
from notoneless.web.account import views as account
from notoneless.web.api.routes import api
from notoneless.web.bureau import districts, export, quality, ranking, situation, trends
from notoneless.web.bureau import views as bureau
from notoneless.web.family import app, history, queue
from notoneless.web.family import views as family
from notoneless.web.help.views import help_page
from notoneless.web.letters import family as family_letters
from notoneless.web.letters import staff as letters
from notoneless.web.letters import writing
from notoneless.web.office import log, roles
from notoneless.web.policy import asks, calendar, complaints, policies, public, why
from notoneless.web.privacy import notices, requests
from notoneless.web.remind import push
from notoneless.web.remind import views as remind
from notoneless.web.school import views as school
from notoneless.web.screen import views as screen
from notoneless.web.teacher import contact, families, missing, paper, parents, sick, states, substitute
from notoneless.web.teacher import views as teacher
from notoneless.web.ui import gallery, theme
from notoneless.web.works import exports, imports, people, works

urlpatterns: list[URLPattern | URLResolver] = [
    path("", account.home, name="home"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-in/", account.SignIn.as_view(), name="account_login"),
    path("sign-out/", account.SignOut.as_view(), name="sign_out"),
    path("sign-out/", account.SignOut.as_view(), name="account_logout"),
    path("sign-in/phone/", phone.sign_in_by_phone, name="phone_sign_in"),
    path("join/", phone.join, name="join"),
    path("join/<str:code>/", phone.open_slip, name="open_slip"),
    path("class/<str:code>/families/", families.families, name="families"),
    path("account/", account.security, name="account"),
    path("account/sign-up/", allauth.signup, name="account_signup"),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/password/", allauth.password_change, name="account_change_password"),
    path("account/password/set/", allauth.password_set, name="account_set_password"),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/other/", include("allauth.socialaccount.urls")),
    path("account/with/", include(build_provider_urlpatterns())),
    path("no-role/", account.no_role, name="no_role"),
    path("language/", set_language, name="language"),
    path("theme/", theme.choose_theme, name="theme"),
    path("ui/", gallery.gallery, name="gallery"),
    path("api/v1/", api.urls),
    path("family/", family.family, name="family"),
    path("family/push/", push.subscribe, name="family_push"),
    path("family/push/forget/", push.forget, name="family_push_forget"),
    path("family/done/", family.done, name="family_done"),
    path("family/send/", queue.send, name="family_send"),
    path("family/key/", queue.key, name="family_key"),
    path("family/offline/", app.offline, name="family_offline"),
    path("family/app.webmanifest", app.manifest, name="family_manifest"),
    path("family/worker.js", app.worker, name="family_worker"),
    path("family/children/", history.children, name="family_children"),
    path("family/children/<int:person_id>/", history.child, name="family_child"),
    path("class/", teacher.classes, name="classes"),
    path("class/<str:code>/", teacher.class_page, name="class_page"),
    path("class/<str:code>/states/", states.states, name="class_states"),
    path("class/<str:code>/missing/", missing.missing, name="class_missing"),
    path("class/<str:code>/parents/", parents.parents, name="class_parents"),
    path("class/<str:code>/sick/", sick.sick, name="class_sick"),
    path("class/<str:code>/print/", paper.paper, name="class_print"),
    path("class/<str:code>/substitute/", substitute.substitute, name="substitute"),
    path("class/<str:code>/people/<int:person_id>/", teacher.report, name="class_report"),
    path("school/", school.schools, name="schools"),
    path("school/<str:code>/", school.school_page, name="school_page"),
    path("school/<str:code>/sick/", sick.sick, name="school_sick"),
    path("bureau/", bureau.bureaus, name="bureaus"),
    path("bureau/<str:code>/", bureau.figures, name="bureau_figures"),
    path("bureau/<str:code>/situation/", situation.situation, name="bureau_situation"),
    path("bureau/<str:code>/export/<str:table>.xlsx", export.export, name="bureau_export"),
    path("bureau/<str:code>/trends/", trends.trends, name="bureau_trends"),
    path("bureau/<str:code>/map/", districts.map_page, name="bureau_map"),
    path("bureau/<str:code>/quality/", quality.quality, name="bureau_quality"),
    path("bureau/<str:code>/ranking/", ranking.ranking, name="bureau_ranking"),
    path("bureau/<str:code>/missing/", bureau.missing, name="bureau_missing"),
    path("bureau/<str:code>/people/<int:person_id>/", bureau.person, name="bureau_person"),
    path("screen/", screen.screens, name="screens"),
    path("screen/<str:code>/", screen.screen, name="screen"),
    path("rules/", public.public, name="public_rules"),
    path("rules/<str:day>/", public.public, name="public_rules_of"),
    path("why/<int:person_id>/<str:day>/", why.why, name="why"),
    path("help/", help_page, name="help"),
    path("family/letters/", family_letters.family_letters, name="family_letters"),
    path("family/letters/<int:letter_id>/", family_letters.family_letter, name="family_letter"),
    path("family/reads/", family.reads, name="family_reads"),
    path("family/privacy/", notices.privacy, name="privacy"),
    path("family/requests/", requests.mine, name="family_requests"),
    path("family/requests/<int:request_id>/copy.<str:form>", requests.copy, name="family_copy"),
    path("family/complaints/", why.mine, name="my_complaints"),
    path("unit/<str:code>/policies/", policies.policies, name="policies"),
    path("unit/<str:code>/policies/new/", policies.new, name="new_policy"),
    path("unit/<str:code>/policies/<str:policy_code>/", policies.policy, name="policy"),
    path("unit/<str:code>/calendar/", calendar.calendar, name="calendar"),
    path("unit/<str:code>/calendar.ics", calendar.calendar_file, name="calendar_file"),
    path("unit/<str:code>/reminders/", remind.reminders, name="reminders"),
    path("unit/<str:code>/people/", people.people, name="people"),
    path("unit/<str:code>/exports/", exports.exports, name="exports"),
    path("unit/<str:code>/exports/<int:work_id>/people.xlsx", exports.export_file, name="export_file"),
    path("unit/<str:code>/imports/", imports.imports, name="imports"),
    path("unit/<str:code>/imports/<int:work_id>/", imports.import_, name="import"),
    path("unit/<str:code>/imports/<int:work_id>/report.xlsx", imports.import_report, name="import_report"),
    path("unit/<str:code>/asks/", asks.asks, name="asks"),
    path("people/<int:person_id>/contact/", contact.contact, name="contact"),
    path("office/log/", log.log, name="audit_log"),
    path("office/works/", works.works_page, name="works"),
    path("office/", roles.office, name="office"),
    path("unit/<str:code>/roles/", roles.roles, name="roles"),
    path("unit/<str:code>/roles/<int:grant_id>/", roles.role, name="role"),
    path("unit/<str:code>/requests/", requests.inbox, name="privacy_inbox"),
    path("unit/<str:code>/letters/", letters.letters, name="letters"),
    path("unit/<str:code>/letters/new/", writing.new_letter, name="new_letter"),
    path("unit/<str:code>/letters/<int:letter_id>/", letters.letter, name="letter"),
    path("unit/<str:code>/complaints/", complaints.complaints, name="complaints"),
]
handler400 = edge.bad_request
handler403 = edge.forbidden
handler404 = edge.not_found
handler500 = edge.server_error
