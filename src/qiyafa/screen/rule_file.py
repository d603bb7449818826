"""Read a rule file (TOML): every key is known, every value is checked, and a typo gets its nearest right word."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from qiyafa.model.category import RISKS, Category
from qiyafa.model.errors import InvalidInput
from qiyafa.model.exposure import Direction, Level
from qiyafa.model.label import CONFIDENCES
from qiyafa.model.verdict import Outcome
from qiyafa.screen.rules import (
    LEDGER_STATES,
    ClusterRules,
    CoverageRules,
    ExposureRule,
    LabelRule,
    ListRules,
    Reach,
    Rules,
    Units,
)
from qiyafa.text import text

Table = dict[str, Any]
Word = TypeVar("Word", bound=str)

_TOP = ("rules", "lists", "label", "exposure", "dust", "cluster", "coverage")
_EXPOSURE = (
    "id",
    "reach",
    "directions",
    "levels",
    "categories",
    "least_units",
    "least_share",
    "max_hops",
    "outcome",
)
_ASSET = re.compile(r"[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}")
"""CAIP-19 without the id of a single token."""
_SHARE = re.compile(r"0(\.[0-9]{1,18})?|1(\.0{1,18})?")
_RULE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

_FINDING = (Outcome.HIT, Outcome.REVIEW)
_ANY_FINDING = (*_FINDING, Outcome.NO_HIT)
_UNKNOWN = (Outcome.UNAVAILABLE, Outcome.REVIEW)
_LEAST_MEMBERS = 1


def parse_rules(content: bytes, path: str) -> Rules:
    """Return the rules in a file's content. Raises InvalidInput with what is wrong and where; `path` names the file."""
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInput("screen.rules.not_text", path=path) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput("screen.rules.not_toml", path=path, reason=str(error)) from error
    return _Reader(path).rules(document)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: str

    def rules(self, document: Table) -> Rules:
        """Return the rules of a whole file."""
        self.check_keys(document, _TOP, "the rule file")
        head = self.table(document, "rules", "the rule file")
        self.check_keys(head, ("id", "title"), "[rules]")
        rule_id = self.rule_id(head, "[rules]")
        dust = self.table(document, "dust", "the rule file", default={"other": 0})
        rules = Rules(
            id=rule_id,
            title=self.get(head, "title", "[rules]", str, "text", default=rule_id),
            lists=self.lists(self.table(document, "lists", "the rule file")),
            labels=tuple(self.label(one, f"[[label]] {n}") for n, one in self.tables(document, "label")),
            exposures=tuple(self.exposure(one, f"[[exposure]] {n}") for n, one in self.tables(document, "exposure")),
            dust=self.units(dust, "[dust]"),
            cluster=self.cluster(self.table(document, "cluster", "the rule file", default={})),
            coverage=self.coverage(self.table(document, "coverage", "the rule file", default={})),
        )
        ids = [rule.id for rule in rules.labels] + [rule.id for rule in rules.exposures]
        for one in ids:
            if ids.count(one) > 1:
                raise InvalidInput("screen.rules.same_id", path=self.path, id=one)
        return rules

    def lists(self, table: Table) -> ListRules:
        """Return the rules of `[lists]`."""
        where = "[lists]"
        self.check_keys(table, ("required", "max_age_days", "in_force", "past"), where)
        required = self.texts(table, "required", where)
        return ListRules(
            required=tuple(sorted({one.lower() for one in required})),
            max_age_days=self.whole(table, "max_age_days", where),
            in_force=self.word(table, "in_force", where, _FINDING, default=Outcome.HIT),
            past=self.word(table, "past", where, _ANY_FINDING, default=Outcome.REVIEW),
        )

    def label(self, table: Table, where: str) -> LabelRule:
        """Return one `[[label]]`."""
        self.check_keys(table, ("id", "categories", "least_confidence", "outcome"), where)
        return LabelRule(
            id=self.rule_id(table, where),
            categories=self.risks(table, where),
            least_confidence=self.confidence(table, where),
            outcome=self.word(table, "outcome", where, _FINDING, default=Outcome.REVIEW),
        )

    def exposure(self, table: Table, where: str) -> ExposureRule:
        """Return one `[[exposure]]`; it must have a threshold."""
        self.check_keys(table, _EXPOSURE, where)
        if "least_units" not in table and "least_share" not in table:
            raise InvalidInput("screen.rules.no_threshold", path=self.path, table=where)
        units = self.table(table, "least_units", where) if "least_units" in table else None
        return ExposureRule(
            id=self.rule_id(table, where),
            categories=self.risks(table, where),
            directions=self.words(table, "directions", where, tuple(Direction)),
            levels=self.words(table, "levels", where, tuple(Level)),
            reach=self.word(table, "reach", where, tuple(Reach), default=Reach.ANY),
            least_units=None if units is None else self.units(units, f"least_units of {where}"),
            least_share=self.share(table, where) if "least_share" in table else None,
            max_hops=self.whole(table, "max_hops", where, least=1) if "max_hops" in table else None,
            outcome=self.word(table, "outcome", where, _FINDING, default=Outcome.REVIEW),
        )

    def cluster(self, table: Table) -> ClusterRules:
        """Return the rules of `[cluster]`."""
        where = "[cluster]"
        self.check_keys(table, ("in_force", "past", "label", "most_members"), where)
        return ClusterRules(
            in_force=self.word(table, "in_force", where, _FINDING, default=Outcome.REVIEW),
            past=self.word(table, "past", where, _ANY_FINDING, default=Outcome.REVIEW),
            label=self.word(table, "label", where, _ANY_FINDING, default=Outcome.REVIEW),
            most_members=self.whole(table, "most_members", where, least=_LEAST_MEMBERS, default=1000),
        )

    def coverage(self, table: Table) -> CoverageRules:
        """Return the rules of `[coverage]`."""
        where = "[coverage]"
        self.check_keys(table, ("unknown_format", "ledger", "labels_required"), where)
        states = self.words(table, "ledger", where, LEDGER_STATES, may_be_empty=True) if "ledger" in table else ()
        return CoverageRules(
            unknown_format=self.word(table, "unknown_format", where, _UNKNOWN, default=Outcome.UNAVAILABLE),
            ledger=frozenset(states),
            labels_required=self.get(table, "labels_required", where, bool, "truth", default=False),
        )

    def units(self, table: Table, where: str) -> Units:
        """Return a threshold in base units, by asset."""
        for asset in table:
            if asset != "other" and not _ASSET.fullmatch(asset):
                raise InvalidInput("screen.rules.asset", path=self.path, table=where, asset=asset)
        by_asset = {asset: self.whole(table, asset, where) for asset in sorted(table) if asset != "other"}
        return Units(by_asset, self.whole(table, "other", where))

    def share(self, table: Table, where: str) -> Fraction:
        """Return a threshold as a share, exactly as it is written."""
        written = self.get(table, "least_share", where, str, "share")
        if not _SHARE.fullmatch(written):
            self.wrong_type("least_share", where, "share")
        return Fraction(written)

    def confidence(self, table: Table, where: str) -> int:
        """Return the least confidence, given as a word or a number."""
        value = table.get("least_confidence", 0)
        if isinstance(value, str):
            return CONFIDENCES[self.word(table, "least_confidence", where, tuple(CONFIDENCES))]
        return self.whole(table, "least_confidence", where, default=0)

    def rule_id(self, table: Table, where: str) -> str:
        """Return the id of a rule."""
        written: str = self.get(table, "id", where, str, "id")
        if not _RULE_ID.fullmatch(written):
            self.wrong_type("id", where, "id")
        return written

    def risks(self, table: Table, where: str) -> frozenset[Category]:
        """Return the risk categories that a rule names."""
        return self.words(table, "categories", where, tuple(one for one in Category if one in RISKS))

    def words(
        self, table: Table, key: str, where: str, known: tuple[Word, ...], *, may_be_empty: bool = False
    ) -> frozenset[Word]:
        """Return words that must be among the known ones."""
        written = self.texts(table, key, where)
        if not written and not may_be_empty:
            self.wrong_type(key, where, "words")
        return frozenset(self.known_word(one, key, where, known) for one in written)

    def word(self, table: Table, key: str, where: str, known: tuple[Word, ...], *, default: Word | None = None) -> Word:
        """Return one word that must be among the known ones."""
        return self.known_word(self.get(table, key, where, str, "text", default=default), key, where, known)

    def known_word(self, written: str, key: str, where: str, known: tuple[Word, ...]) -> Word:
        """Return the known word that is written. Raises InvalidInput with the nearest one."""
        for one in known:
            if written == one:
                return one
        nearest, words = _nearest(written, known)
        raise InvalidInput(
            "screen.rules.unknown_word", path=self.path, value=written, key=key, table=where, nearest=nearest,
            known=words,
        )  # fmt: skip

    def texts(self, table: Table, key: str, where: str) -> list[str]:
        """Return a list of texts."""
        listed: list[str] = self.get(table, key, where, list, "words")
        if not all(isinstance(one, str) for one in listed):
            self.wrong_type(key, where, "words")
        return listed

    def tables(self, document: Table, key: str) -> Iterable[tuple[int, Table]]:
        """Return the tables of an array of tables, counted from 1."""
        listed = document.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            self.wrong_type(key, "the rule file", "tables")
        return enumerate(listed, start=1)

    def table(self, table: Table, key: str, where: str, default: Table | None = None) -> Table:
        """Return a table inside a table."""
        found: Table = self.get(table, key, where, dict, "table", default=default)
        return found

    def whole(self, table: Table, key: str, where: str, *, least: int = 0, default: int | None = None) -> int:
        """Return a whole number that is not too small."""
        value = self.get(table, key, where, int, "whole", default=default)
        if isinstance(value, bool) or value < least:
            self.wrong_type(key, where, "whole")
        return int(value)

    def get(self, table: Table, key: str, where: str, kind: type, expected: str, default: Any = None) -> Any:
        """Return a value of the expected type. Raises InvalidInput if it is missing or another."""
        value = table.get(key, default)
        if value is None:
            raise InvalidInput("screen.rules.missing_key", path=self.path, table=where, key=key)
        if not isinstance(value, kind):
            self.wrong_type(key, where, expected)
        return value

    def check_keys(self, table: Table, known: tuple[str, ...], where: str) -> None:
        """Refuse a key that means nothing here: a typo must not silently change a verdict."""
        for key in table:
            if key not in known:
                nearest, words = _nearest(key, known)
                raise InvalidInput(
                    "screen.rules.unknown_key", path=self.path, key=key, table=where, nearest=nearest, known=words
                )

    def wrong_type(self, key: str, where: str, expected: str) -> None:
        """Refuse a value that is not what its key expects."""
        words = text(f"screen.expected.{expected}")
        raise InvalidInput("screen.rules.wrong_type", path=self.path, key=key, table=where, expected=words)


def _nearest(written: str, known: tuple[str, ...]) -> tuple[str, str]:
    words = [str(one) for one in known]
    return difflib.get_close_matches(written[:100], words, n=1, cutoff=0.0)[0], ", ".join(words)
