"""How large a report may be: 10,000 tokens and 12 heads in a browser, and BertViz beside it.

    python benchmarks/report.py [--tokens 10000] [--heads 12] [--loads 5] [--cells 100]
        [--bertviz SCRIPTS]

Queries and keys of 64 numbers, made so that each token looks at its neighbours and at a few others.
The report is written, then opened from disk in the system's Chromium, headless, without a GPU.
First picture: from the start of the navigation until the heat map is drawn, and the processor time
of the page's process until then, which other programs do not lengthen. Frames: the time from one to
the next while the mouse zooms and drags, and again processor time, for each frame. Cells: what the
page says of some, against softmax in float64. With --bertviz, and the package in place, its head
view of growing length is opened too; the scripts that its page wants from the network (require.js,
d3, jQuery) are taken from the folder SCRIPTS. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from shutil import which
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import torch
from playwright.sync_api import Browser, Page, sync_playwright
from torch import Tensor

import qkv
from qkv.inspection import records_view, report

WIDTH = 64
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
BERTVIZ_LENGTHS = (128, 256, 512, 1024, 2048)
SECONDS_UNTIL_LOST = 60

# Asks each frame whether the middle of the map has a colour; Python asks whether it had.
WAIT_FOR_MAP = """(() => {
    const look = () => {
        const report = document.querySelector("qkv-report")?.shadowRoot;
        const map = report?.querySelector("qkv-view")?.shadowRoot?.querySelector("qkv-heat-map");
        const canvas = map?.shadowRoot?.querySelector("canvas");
        const [x, y] = [canvas?.width >> 1, canvas?.height >> 1];
        const seen = canvas?.getContext("2d").getImageData(x, y, 1, 1).data[3];
        if (seen) window.first = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""
RECORD_FRAMES = """() => {
    window.frames_ms = [];
    let before = performance.now();
    const frame = (now) => {
        window.frames_ms.push(now - before);
        before = now;
        window.frame = requestAnimationFrame(frame);
    };
    window.frame = requestAnimationFrame(frame);
}"""
FRAMES = "() => (cancelAnimationFrame(window.frame), window.frames_ms.slice(1))"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, default=10_000)
    parser.add_argument("--heads", type=int, default=12)
    parser.add_argument("--loads", type=int, default=5)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--bertviz", type=Path, metavar="SCRIPTS")
    settings = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, torch {torch.__version__}")
    with TemporaryDirectory() as folder, chromium() as browser:
        print(f"Chromium {browser.version}")
        measure_report(settings, Path(folder) / "report.html", browser)
        if settings.bertviz:
            for tokens in BERTVIZ_LENGTHS:
                measure_bertviz(tokens, settings, Path(folder) / "bertviz.html", browser)


@contextmanager
def chromium() -> Iterator[Browser]:
    found = which("chromium") or which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def queries_and_keys(tokens: int, heads: int) -> tuple[Tensor, Tensor]:
    """(1, H, T, D) each: noise, and waves in place by which neighbours are alike."""
    torch.manual_seed(1)
    place = torch.arange(tokens)[:, None] * torch.logspace(-3, 0, WIDTH // 2)[None]
    waves = torch.cat([place.sin(), place.cos()], 1)
    query, key = (waves + 0.7 * torch.randn(1, heads, tokens, WIDTH) for _ in range(2))
    return query, key


def measure_report(settings: argparse.Namespace, path: Path, browser: Browser) -> None:
    query, key = queries_and_keys(settings.tokens, settings.heads)
    start = perf_counter()
    with qkv.watch(torch.nn.Identity()) as seen:
        torch.nn.functional.scaled_dot_product_attention(query, key, key)
    view = records_view(list(seen), tokens=[f"w{n}" for n in range(settings.tokens)])
    report([view], path, title="benchmark")
    dense = settings.heads * settings.tokens**2 * 4
    print(f"written in {perf_counter() - start:.0f} s: {path.stat().st_size / 1e6:.1f} MB")
    print(f"(dense weights in float32: {dense / 1e9:.1f} GB)")
    firsts, busy = zip(*(first_picture(browser, path) for _ in range(settings.loads)), strict=True)
    print(
        f"first picture: median {median(firsts):.0f} ms, most {max(firsts):.0f} ms; "
        f"processor {median(busy):.0f} ms"
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    print_frames(*moved(page))
    stated = view["maps"][0]["layers"][0]["heads"][0]["precision"]
    print(
        f"cells: off by at most {worst_cell(page, query, key, settings):.2g}; stated {stated:.2g}"
    )


def first_picture(browser: Browser, path: Path) -> tuple[float, float]:
    """Milliseconds until it is there, by the clock and of the processor."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(WAIT_FOR_MAP)
    busy = processor_ms(page)
    page.goto(path.as_uri())
    first = waited_for(page, "window.first")
    spent = busy()
    page.close()
    return first, spent


def processor_ms(page: Page) -> Callable[[], float]:
    """Gives the milliseconds that the page's process has computed since this was called."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(each["value"] for each in metrics if each["name"] == "ProcessTime")

    start = now()
    return lambda: now() - start


def waited_for(page: Page, expression: str) -> float:
    """What the page's variable became; infinite if it never was."""
    start = perf_counter()
    value = None
    while value is None and perf_counter() - start < SECONDS_UNTIL_LOST:
        value = page.evaluate(expression)
        page.wait_for_timeout(20)
    return float("inf") if value is None else value


def moved(page: Page) -> tuple[list[float], float]:
    """Milliseconds from frame to frame while the map is zoomed in, dragged about, zoomed out; and
    those of the processor, of all."""
    canvas = page.locator("qkv-heat-map canvas")
    canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'end' })")
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + 250, box["y"] + 250
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    busy = processor_ms(page)
    page.evaluate(RECORD_FRAMES)
    page.keyboard.down("Control")
    for step in range(60):
        page.mouse.wheel(0, -100 if step < 30 else 60)
        if step % 10 == 9:
            page.mouse.down()
            for drag in range(20):
                page.mouse.move(x + 9 * drag * (-1) ** step, y + 5 * drag)
            page.mouse.up()
            page.mouse.move(x, y)
    page.keyboard.up("Control")
    page.keyboard.press("Escape")
    return page.evaluate(FRAMES), busy()


def print_frames(frames: list[float], busy: float) -> None:
    ordered = sorted(frames)
    p95 = ordered[int(0.95 * len(ordered))]
    print(
        f"pan and zoom: {len(frames)} frames, median {median(frames):.0f} ms, p95 {p95:.0f} ms, "
        f"most {ordered[-1]:.0f} ms; processor {busy / len(frames):.0f} ms a frame, tiles included"
    )


def worst_cell(page: Page, query: Tensor, key: Tensor, settings: argparse.Namespace) -> float:
    """Half of the cells anywhere, half near the diagonal, where the weights are large."""
    random = Random(1)
    worst = 0.0
    for number in range(settings.cells):
        row, head = random.randrange(settings.tokens), random.randrange(settings.heads)
        near = min(settings.tokens - 1, row + random.randrange(4))
        column = random.randrange(settings.tokens) if number % 2 else near
        scores = key[0, head].double() @ query[0, head, row].double() / WIDTH**0.5
        true = scores.softmax(0)[column].item()
        worst = max(worst, abs(said(page, head, row, column) - true))
    return worst


def said(page: Page, head: int, row: int, column: int) -> float:
    name = f"head={head}&row={row}&column={column}"
    page.evaluate("name => { location.hash = name }", name)
    page.locator("qkv-readout p", has_text=f"“w{row}” looked at “w{column}”").wait_for()
    return float(page.locator("qkv-readout #cell").get_attribute("value") or "nan")


def measure_bertviz(
    tokens: int, settings: argparse.Namespace, path: Path, browser: Browser
) -> None:
    from bertviz import head_view  # pyright: ignore[reportMissingImports]

    query, key = queries_and_keys(tokens, settings.heads)
    weights = (query @ key.mT / WIDTH**0.5).softmax(-1)
    shown = head_view((weights,), [f"w{n}" for n in range(tokens)], html_action="return")
    path.write_text(f"<!doctype html><body>{shown.data}</body>", "utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.route(lambda url: url.startswith("http"), lambda route: from_disk(route, settings.bertviz))
    page.add_init_script(
        "new MutationObserver(() => { if (window.first === undefined && document.querySelector("
        "'svg line')) requestAnimationFrame(() => { window.first ??= performance.now(); }); })"
        ".observe(document, { childList: true, subtree: true })"
    )
    busy = processor_ms(page)
    page.goto(path.as_uri(), wait_until="commit")
    first = waited_for(page, "window.first")
    spent = busy()
    page.close()
    size = path.stat().st_size / 1e6
    print(
        f"BertViz, {tokens:,} tokens: {size:.1f} MB, first picture {first:.0f} ms, "
        f"processor {spent:.0f} ms"
    )


def from_disk(route: Any, scripts: Path) -> None:
    """The script of this name, whatever its version."""
    name = Path(route.request.url).name
    found = next(scripts.rglob(name), None)
    if found is None:
        route.abort()
    else:
        route.fulfill(body=found.read_bytes(), content_type="text/javascript")


if __name__ == "__main__":
    main()
