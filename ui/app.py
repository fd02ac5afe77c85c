"""The Gradio page: a chat beside the essay. The only module that imports gradio.

Gradio carries the question, the session and the stream. What is shown is written by `ui.render`;
the text beside the chat and the jump to the cited words are `ui/page/page.js`. Nothing here
listens: `ui.server` mounts the page and serves it.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import gradio as gr
from fastapi import FastAPI

from ingest.errors import EssayChatError
from ingest.settings import Settings
from ingest.types import Corpus, Source
from rag.chain import Ask, EssayChain
from rag.types import Answer, Found, Sentence, Settled, Turn, Written
from ui.render import (
    answer_html,
    exchange_html,
    found_html,
    problem_html,
    text_html,
    transcript_html,
    waiting_html,
    writing_html,
)

log = logging.getLogger(__name__)

# What the page itself asks Gradio for. Gradio has many more routes (uploads, a proxy, files,
# monitoring, code editing).
GRADIO_PATHS = (
    "/$",
    "/(theme.css|favicon.ico|manifest.json|robots.txt)$",
    "/(static|assets)/",
    "/gradio_api/(queue/(join|data)|startup-events|heartbeat/[^/]+|cancel|reset/?)$",
)
MAX_TURNS = 12  # of history handed to the chain: a follow-up leans on the last few
MAX_SHOWN = 60  # exchanges kept on the page, so that an endless session stays light
SESSION_SECONDS = 4 * 3600
STRIDE = 40  # characters of a model's prose between two updates of the page, which each carry the whole conversation
MAX_WAITING = 32  # questions in the queue before a new one is turned away
FAILED = "This question could not be answered: something failed in the program. Its log says what."
NOTES_LINE = (
    "The essay reached us without its links: a source shown here is one for the claim, not proof of what the author "
    "linked to. Notes on sources are in our own words, never quotations of the source."
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
    '<link rel="stylesheet" href="/page/page.css"><script type="module" src="/page/page.js"></script>'
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a session holds: the turns handed to the chain, and the exchanges as they are shown."""

    turns: tuple[Turn, ...] = ()
    shown: tuple[str, ...] = ()

    def reply(self, question: str, html: str, answer: Answer | None = None) -> "Conversation":
        """Return the conversation with this exchange added.

        Only an answered question becomes a turn.
        """
        turns = self.turns if answer is None else (*self.turns, Turn(question, answer.text))
        return Conversation(
            turns[-MAX_TURNS:], (*self.shown, exchange_html(question, html))[-MAX_SHOWN:]
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """What a language model has written so far in its current attempt."""

    attempt: int = 0
    words: str = ""
    settled: tuple[Sentence, ...] = ()

    def after(self, event: Written | Settled) -> "Writing":
        """Return it with what came now; a new attempt begins anew."""
        before = self if event.attempt == self.attempt else Writing(event.attempt)
        if isinstance(event, Written):
            return replace(before, words=before.words + event.text)
        return replace(before, settled=(*before.settled, event.sentence))


Update = tuple[str, str, Conversation]


def mount_page(app: FastAPI, chain: EssayChain, settings: Settings, *, concurrent: int) -> None:
    """Mount the page at `/` of `app`, answering up to `concurrent` questions at once.

    Routes that `app` already has stay in front of it. The fonts are the system's own, so that none
    is fetched.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = (
        "False"  # read by Gradio at every call; the argument covers only Blocks
    )
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
    """Call `build` where an event loop runs: outside one, Gradio makes a loop each time it wants a lock, and leaves it open."""
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
        conversation = gr.State(Conversation(), time_to_live=SESSION_SECONDS)
        outputs = [question, transcript, conversation]

        def ask(text: str, held: Conversation) -> Iterator[Update]:
            yield from answer_in(chain, text, held)

        asked_by = [(question, question.submit), *((button, button.click) for button in examples)]
        for asker, event in asked_by:
            event(
                ask,
                [asker, conversation],
                outputs,
                show_progress="hidden",
                api_visibility="private",
                trigger_mode="once",
                concurrency_id="ask",
            )
    return page


def answer_in(chain: EssayChain, text: str, held: Conversation) -> Iterator[Update]:
    """Yield the question box, the transcript and the conversation: at once, with the passages found, with the answer."""
    yield "", _update(held.reply(text, waiting_html()))[1], held
    writing = Writing()
    try:
        for event in chain.stream(Ask(question=text, history=held.turns)):
            if isinstance(event, Answer):
                yield _update(held.reply(text, answer_html(event), event))
            elif isinstance(event, Found):
                yield "", _update(held.reply(text, found_html(event)))[1], held
            else:
                writing, shown = writing.after(event), len(writing.words)
                if isinstance(event, Settled) or len(writing.words) // STRIDE > shown // STRIDE:
                    yield (
                        "",
                        _update(held.reply(text, writing_html(writing.settled, writing.words)))[1],
                        held,
                    )
    except EssayChatError as error:
        yield _update(held.reply(text, problem_html(str(error))))
    except Exception:  # the reader gets one sentence, the log the trace
        log.exception("the chain failed on a question of %d characters", len(text))
        yield _update(held.reply(text, problem_html(FAILED)))


def _update(conversation: Conversation) -> Update:
    return "", transcript_html(conversation.shown), conversation


def page_title(corpus: Corpus) -> str:
    """Return the title of the text where there is one, else the name of the corpus."""
    main = main_texts(corpus)
    return main[0].title if len(main) == 1 else corpus.name


def main_texts(corpus: Corpus) -> tuple[Source, ...]:
    """Return the sources that are the text itself, not comments on it."""
    return tuple(source for source in corpus.sources if source.voice == "main")


def header_html(corpus: Corpus) -> str:
    """Return the head of the page: what it is about, and what the reader must know of the sources."""
    main = main_texts(corpus)
    by = (
        ", ".join(part for part in (main[0].author, main[0].publisher, main[0].date) if part)
        if len(main) == 1
        else ""
    )
    about = f'<p class="by">{text_html(by)}</p>' if by else ""
    notes = any(source.wording == "note" for source in corpus.sources)
    line = f'<p class="about-notes">{NOTES_LINE}</p>' if notes else ""
    return f'<header class="head"><div><h1>{text_html(page_title(corpus))}</h1>{about}</div>{line}</header>'


def reader_html(corpus: Corpus) -> str:
    """Return the place of the text, filled by `page.js` from `/api/source/…`, and which texts it can begin with."""
    options = "".join(
        f'<option value="{text_html(s.id)}">{text_html(s.title)}</option>'
        for s in main_texts(corpus)
    )
    return (
        '<section id="reader" aria-label="The text"><div class="bar"><label><span class="unseen">Text shown</span>'
        f'<select id="which">{options}</select></label><button type="button" id="close-reader">Back to the chat</button>'
        '</div><div id="reader-body" tabindex="0" role="region" aria-label="Text with the cited words marked"></div>'
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
