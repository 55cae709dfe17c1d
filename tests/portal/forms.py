"""The forms of a page as who reads it fills them in: an input is known by its label, a button by its words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """Where a form goes and what it holds before anything is typed; `labels`: words -> the name of an input."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    """Name -> value of the boxes that are not ticked yet."""

    def filled(self, typed: Mapping[str, str] | None = None, ticked: Iterable[str] = ()) -> dict[str, str]:
        """What is sent once texts are typed and boxes ticked, both known by their labels. Raises KeyError."""
        said = {self.labels[label]: text for label, text in (typed or {}).items()}
        marks = {self.labels[label]: self.boxes[self.labels[label]] for label in ticked}
        return self.fields | said | marks


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._list = self._area = self._label = ""
        self._words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given["action"])
            self.found.append(self._form)
        elif tag == "label":
            self._label, self._words = given["for"], ""
        elif self._form is not None:
            self._take(self._form, tag, given)

    def _take(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._list = name
        elif tag == "option" and (self._list not in form.fields or "selected" in given):
            form.fields[self._list] = given["value"]
        elif tag == "textarea":
            self._area, self._words = name, ""
        elif tag == "input" and kind == "checkbox" and "checked" not in given:
            form.boxes[name] = given["value"]
        elif tag == "input" and kind != "file":
            form.fields[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "label" and self._form is not None:
            self._form.labels[" ".join(self._words.split())] = self._label
        elif tag == "textarea" and self._form is not None:
            self._form.fields[self._area] = self._words.removeprefix("\n")


def form(page: str, end: str) -> Form:
    """The form of a page whose address ends so. Raises StopIteration when the page offers none."""
    return next(one for one in _Forms(page).found if one.action.endswith(end))


def words(page: str) -> str:
    """What a page says in its main part, on one line."""
    return _Words(page).text


class _Words(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self._said: list[str] = []
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    @property
    def text(self) -> str:
        """The words, single spaces between them; narrow and unbreakable ones are told like any other."""
        return " ".join("".join(self._said).split())
