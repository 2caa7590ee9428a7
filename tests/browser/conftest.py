"""Chromium without a window; what needs it is skipped where it, or its driver, isn't there."""

import json
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
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._asked.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self._asked.append(message["params"]["url"])
        return [url for url in self._asked if not url.startswith(("chrome", "data:", "about:"))]

    def complaints(self) -> list[str]:
        """Return what the console said: errors, and what a page's policy refused."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


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
        if not javascript:
            setting = {"profile.managed_default_content_settings.javascript": 2}
            options.add_experimental_option("prefs", setting)
        service = webdriver.ChromeService(executable_path=DRIVER)
        driver = webdriver.Chrome(options=options, service=service)
        opened.append(driver)
        return Browser(driver)

    yield make
    for driver in opened:
        driver.quit()
