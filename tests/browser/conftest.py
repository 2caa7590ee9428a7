"""Chromium without a window; what needs it is skipped where it, or its driver, isn't there."""

import base64
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)


class Browser:
    """A browser, and what it asked for."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self._asked: list[str] = []
        self._received = b""

    def open(self, url: str) -> None:
        self.driver.get(url)

    def js(self, script: str) -> Any:
        """Run a script in the page; return what it returns."""
        return self.driver.execute_script(script)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def press_with_control(self, key: str) -> None:
        """Press a key while the control key is down."""
        from selenium.webdriver import ActionChains, Keys

        chain = ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(key)
        chain.key_up(Keys.CONTROL).perform()

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something is so; fail where it isn't within a minute."""
        from selenium.common.exceptions import TimeoutException
        from selenium.webdriver.support.wait import WebDriverWait

        try:
            WebDriverWait(self.driver, 60, 0.1).until(lambda _: condition())
        except TimeoutException:
            raise AssertionError(f"never: {what}; asked for {self.asked()}") from None

    def asked(self) -> list[str]:
        """Return every address that pages have asked for so far, web sockets too.

        What is in the page (`data:`), and the browser's own pages, are left out.
        """
        self._listen()
        return [url for url in self._asked if not url.startswith(("chrome", "data:", "about:"))]

    def received(self) -> str:
        """Return what came by web sockets so far, as text without escape sequences."""
        self._listen()
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._received.decode("utf-8", "replace"))

    def _listen(self) -> None:
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            about = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                self._asked.append(about["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self._asked.append(about["url"])
            elif message["method"] == "Network.webSocketFrameReceived":
                self._received += _bytes_of(about["response"])

    def complaints(self) -> list[str]:
        """Return what the console said: errors, and what a page's policy refused."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


def _bytes_of(frame: dict[str, Any]) -> bytes:
    """Return what a frame of a web socket holds, where that is binary."""
    return base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else b""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """Return what opens a browser; `javascript=False` for one that runs no scripts."""
    webdriver = pytest.importorskip("selenium.webdriver")
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("chromium or chromedriver is not installed")
    opened: list[Any] = []

    def make(javascript: bool = True) -> Browser:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*FLAGS, f"--user-data-dir={tmp_path / f'chromium-{len(opened)}'}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        settings: dict[str, Any] = {"download.default_directory": str(tmp_path / "downloads")}
        if not javascript:
            settings["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", settings)
        service = webdriver.ChromeService(executable_path=DRIVER)
        driver = webdriver.Chrome(options=options, service=service)
        opened.append(driver)
        return Browser(driver)

    yield make
    for driver in opened:
        driver.quit()
