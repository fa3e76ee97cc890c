"""Somebody sets up a second factor, logs in with it, and loses the phone."""

import base64
import hashlib
import hmac
import struct
import time
import uuid
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from product import Product

_PASSWORD = "a rather long phrase"


def code_of(secret: str) -> str:
    """The code that an app shows now, by RFC 6238."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def make_user(product: Product) -> str:
    name = f"factor-{uuid.uuid4().hex[:8]}"
    script = (
        "from labelapp.accounts.models import User;"
        f"User.objects.create_user({name!r}, password={_PASSWORD!r})"
    )
    done = product.manage("shell", "-c", script)
    assert done.returncode == 0, done.stderr
    return name


def send_password(page: Page, product: Product, name: str) -> None:
    page.goto(product.url)
    page.get_by_test_id("login-username").fill(name)
    page.get_by_test_id("login-password").fill(_PASSWORD)
    page.keyboard.press("Enter")


def test_a_second_factor_from_the_qr_code_to_the_lost_phone(
    browser: Browser, product: Product, screenshot_folder: Path
) -> None:
    name = make_user(product)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="dark")
    context.set_default_timeout(30_000)
    page = context.new_page()
    send_password(page, product, name)
    expect(page.get_by_test_id("user-menu")).to_be_visible()

    page.goto(f"{product.url}/account")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_alt_text("QR code of the secret")).to_be_visible()
    secret = page.get_by_test_id("second-factor-secret").inner_text()
    page.screenshot(path=screenshot_folder / "second-factor.png")
    page.get_by_label("The code that the app shows now").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    recovery = page.get_by_test_id("recovery-codes")
    expect(recovery).to_be_visible()
    codes = recovery.inner_text().split()
    assert len(codes) == 10
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_test_id("second-factor-on")).to_contain_text("10 recovery codes are left")
    context.clear_cookies()

    # The password alone is not enough, a wrong code neither; a recovery code helps.
    send_password(page, product, name)
    page.get_by_test_id("login-code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("login-error")).to_contain_text("This code is wrong")
    page.screenshot(path=screenshot_folder / "login-code.png")
    page.get_by_test_id("login-code").fill(codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("user-menu")).to_be_visible()
    page.goto(f"{product.url}/account")
    expect(page.get_by_test_id("second-factor-on")).to_contain_text("9 recovery codes are left")
    page.get_by_label("A code of your app").fill(codes[1])
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("button", name="Set up an app")).to_be_visible()
    context.close()
