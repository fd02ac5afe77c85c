"""The Gradio page: a chat beside the essay; the only module that imports gradio.

Gradio carries the question, the session and the stream. What is shown of a question is made by
`ui.conversation`; the text beside the chat and the jump to the cited words are `ui/page/page.js`.
Nothing here listens: `ui.server` mounts the page and serves it.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence

import gradio as gr
from fastapi import FastAPI

from ingest.settings import Settings
from ingest.types import Corpus
from rag.chain import EssayChain
from ui.citations import text_html
from ui.conversation import Conversation, Update, answer_in
from ui.render import transcript_html

# What the page itself asks Gradio for. Gradio has many more routes (uploads, a proxy, files,
# monitoring, code editing).
GRADIO_PATHS = (
    "/$",
    "/(theme.css|favicon.ico|manifest.json|robots.txt)$",
    "/(static|assets)/",
    "/gradio_api/(queue/(join|data)|startup-events|heartbeat/[^/]+|cancel|reset/?)$",
)
SESSION_SECONDS = 4 * 3600
MAX_WAITING = 32  # questions in the queue before a new one is turned away
NOTES_LINE = (
    "The essay reached us without its links: a source shown here is one for the claim, not proof "
    "of what the author linked to. Notes on sources are in our own words, never quotations of the "
    "source."
)
EXAMPLES = (
    "How many children did Russian airstrikes kill?",
    "Why does the author say an invitation does not make an intervention legitimate?",
    "Did Russia sell drones to Israel, or buy them?",
    "What do the sources say about the share of strikes that hit ISIS?",
)
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
HEAD = (
    '<meta name="color-scheme" content="light dark">'
    '<link rel="stylesheet" href="/page/page.css">'
    '<script type="module" src="/page/page.js"></script>'
)


def mount_page(app: FastAPI, chain: EssayChain, settings: Settings, *, concurrent: int) -> None:
    """Mount the page at `/` of `app`, answering up to `concurrent` questions at once.

    Routes that `app` already has stay in front of it. The fonts are the system's own, so that none
    is fetched.
    """
    # Read by Gradio at every call; the argument covers only Blocks.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    theme = gr.themes.Base(
        font=FONTS, font_mono=["monospace"], neutral_hue="stone", primary_hue="stone"
    )

    def mount() -> None:
        page = create_page(chain, settings)
        page.queue(default_concurrency_limit=concurrent, max_size=MAX_WAITING, api_open=False)
        gr.mount_gradio_app(
            app,
            page,
            path="/",
            theme=theme,
            head=HEAD,
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            enable_monitoring=False,
        )

    _in_a_loop(mount)


def _in_a_loop(build: Callable[[], None]) -> None:
    """Call `build` where an event loop runs.

    Outside one, Gradio makes a loop each time it wants a lock, and leaves it open.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:

        async def built() -> None:
            build()

        asyncio.run(built())
    else:
        build()


def create_page(chain: EssayChain, settings: Settings) -> gr.Blocks:
    """Return the page over a chain, not yet mounted or served."""
    page = gr.Blocks(title=page_title(chain.corpus), analytics_enabled=False, fill_width=True)
    with page:
        _html(header_html(chain.corpus), elem_id="top")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                transcript = _html(transcript_html([]), elem_id="transcript")
                examples = _example_buttons(settings)
                question = gr.Textbox(
                    label="Your question",
                    placeholder="Ask about the text",
                    submit_btn="Ask",
                    max_lines=6,
                    elem_id="question",
                )
            with gr.Column(elem_id="text"):
                _html(reader_html(chain.corpus), elem_id="beside")
        _answer_events(chain, question, examples, transcript)
    return page


def _answer_events(
    chain: EssayChain, question: gr.Textbox, examples: Sequence[gr.Button], transcript: gr.Markdown
) -> None:
    """Let a question that is typed, or an example that is clicked, be answered."""
    conversation = gr.State(Conversation(), time_to_live=SESSION_SECONDS)

    def ask(text: str, held: Conversation) -> Iterator[Update]:
        yield from answer_in(chain, text, held)

    clicks = [(button, button.click) for button in examples]
    for asker, event in [(question, question.submit), *clicks]:
        event(
            ask,
            [asker, conversation],
            [question, transcript, conversation],
            show_progress="hidden",
            api_visibility="private",
            trigger_mode="once",
            concurrency_id="ask",
        )


def page_title(corpus: Corpus) -> str:
    """Return the title of the text where there is one, else the name of the corpus."""
    mains = corpus.mains
    return mains[0].title if len(mains) == 1 else corpus.name


def header_html(corpus: Corpus) -> str:
    """Return the head of the page: what it is about, and what to know of the sources."""
    title = f"<h1>{text_html(page_title(corpus))}</h1>"
    has_notes = any(source.wording == "note" for source in corpus.sources)
    notes = f'<p class="about-notes">{NOTES_LINE}</p>' if has_notes else ""
    return f'<header class="head"><div>{title}{_origin(corpus)}</div>{notes}</header>'


def _origin(corpus: Corpus) -> str:
    """Return who wrote the text, where and when; nothing for several texts."""
    if len(corpus.mains) != 1:
        return ""
    [main] = corpus.mains
    parts = [part for part in (main.author, main.publisher, main.date) if part]
    return f'<p class="by">{text_html(", ".join(parts))}</p>' if parts else ""


def reader_html(corpus: Corpus) -> str:
    """Return the place of the text, and the choice of the texts that it can begin with.

    It is filled by `page.js` from `/api/source/…`.
    """
    options = "".join(
        f'<option value="{text_html(source.id)}">{text_html(source.title)}</option>'
        for source in corpus.mains
    )
    return (
        '<section id="reader" aria-label="The text">'
        '<div class="bar"><label><span class="unseen">Text shown</span>'
        f'<select id="which">{options}</select></label>'
        '<button type="button" id="close-reader">Back to the chat</button></div>'
        '<div id="reader-body" tabindex="0" role="region" '
        'aria-label="Text with the cited words marked"></div>'
        '</section><p id="status" role="status" class="unseen"></p>'
    )


def _example_buttons(settings: Settings) -> list[gr.Button]:
    """Return a button for each example.

    They are about the essay that ships, so another corpus has none.
    """
    if settings.corpus is not None:
        return []
    with gr.Column(elem_id="examples"):
        return [gr.Button(example, elem_classes="example", size="sm") for example in EXAMPLES]


def _html(value: str, *, elem_id: str) -> gr.Markdown:
    """Return a component that shows HTML.

    Markdown, because gr.HTML evaluates its template as code, for which the page would need
    'unsafe-eval'. Not sanitised by Gradio, which would strip aria-* and data-* attributes:
    `ui.render` escapes, and the CSP lets no inline script run.
    """
    return gr.Markdown(
        value, sanitize_html=False, latex_delimiters=[], elem_id=elem_id, header_links=False
    )
