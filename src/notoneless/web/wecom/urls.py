"""The two addresses of the exchange."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from notoneless.web.wecom.provider import WeComProvider

urlpatterns = default_urlpatterns(WeComProvider)
