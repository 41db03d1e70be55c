"""Signing in with WeCom (企业微信): a provider for django-allauth, which has none."""
