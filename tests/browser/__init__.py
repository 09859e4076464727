"""Tests that drive a real Chromium, and the script that takes the documentation's pictures."""
