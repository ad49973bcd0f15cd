"""Choices that live in the page address: a widget begins with what a link asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

import streamlit as st

from kgrec_ui.state import Param, Widget, get_state

__all__ = ["linked", "linked_many", "put"]


def linked(
    param: Param, widget: Widget, choices: Mapping[str, object], default: str
) -> dict[str, Any]:
    """Key and callback of a widget with one choice out of several.

    The widget begins with the choice in the address, else with that of this session, else with
    the default, which needs no place in the address. Words that mean no choice are ignored.

    Args:
        param: name in the address.
        widget: key of the widget.
        choices: word in the address -> option of the widget.
        default: one of the words.
    """
    asked = st.query_params.get(param, get_state().kept.get(param, ""))
    word = asked if asked in choices else default
    st.session_state[widget] = choices[word]
    put(param, word, default)

    def remember() -> None:
        chosen = st.session_state[widget]
        found = (word for word, option in choices.items() if option == chosen)
        put(param, next(found, default), default)

    return {"key": widget, "on_change": remember}


def linked_many(param: Param, widget: Widget, choices: Mapping[str, object]) -> dict[str, Any]:
    """The same for a widget with any number of choices; none needs no place in the address."""
    asked = st.query_params.get(param, get_state().kept.get(param, ""))
    words = [word for part in asked.split(",") if (word := unquote(part)) in choices]
    st.session_state[widget] = [choices[word] for word in words]
    put(param, _listed(words))

    def remember() -> None:
        chosen = st.session_state[widget]
        put(param, _listed([word for word, option in choices.items() if option in chosen]))

    return {"key": widget, "on_change": remember}


def put(param: Param, word: str, default: str = "") -> None:
    """Into the address and the memory of this session; the default is left out of both."""
    kept = get_state().kept
    if word == default:
        kept.pop(param, None)
        st.query_params.pop(param, None)
    else:
        kept[param] = word
        if st.query_params.get(param) != word:
            st.query_params[param] = word


def _listed(words: Sequence[str]) -> str:
    return ",".join(quote(word, safe=" ") for word in words)
