"""Streamlit's session state where no session is: kept by itself, and interrupted like the real one."""

from __future__ import annotations

from typing import Any

from streamlit.runtime.scriptrunner import RerunData, RerunException


class InterruptedState(dict[str, Any]):
    """Session state that lets `looks` accesses through; at the next, the script is asked to begin anew."""

    looks = 10**6

    def __getitem__(self, key: str) -> Any:
        return self._then(super().__getitem__, key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._then(super().__setitem__, key, value)

    def __contains__(self, key: object) -> bool:
        return bool(self._then(super().__contains__, key))

    def get(self, key: str, default: Any = None) -> Any:
        return self._then(super().get, key, default)

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        if key == "looks":
            super().__setattr__(key, value)
        else:
            self[key] = value

    def _then(self, access: Any, *arguments: Any) -> Any:
        self.looks -= 1
        if self.looks < 0:
            raise RerunException(RerunData())
        return access(*arguments)
