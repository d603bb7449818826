"""Addresses and transactions of an event: one object each, however many items name it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from qiyafa.model.address import VERBATIM
from qiyafa.model.case import Theft
from qiyafa.model.incident import Incident
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import Item, SharedFlow, is_above
from qiyafa.sharing.misp.ids import misp_id
from qiyafa.sharing.misp.pen import ADDRESS, BITCOIN_TRANSACTION, TRANSACTION, MispObject, ObjectPen
from qiyafa.sharing.misp.words import flow_words
from qiyafa.sharing.stix.pen import Places

_RELATIONS: Final = {"BTC": "address", "XMR": "address-xmr"}
"""The attribute for the addresses of a chain, by the ticker of its asset: MISP checks and correlates these two."""
_OTHERS: Final = "address-crypto"


@dataclass(frozen=True, slots=True)
class Naming:
    """Who names an observable: by it the object is marked, dated and, once nobody names it any more, deleted."""

    item: Item
    level: Tlp
    timestamp: str
    withdrawn: bool


@dataclass(slots=True)
class _Named:
    level: Tlp
    timestamp: str
    deleted: bool
    to_ids: bool = False
    words: list[str] = field(default_factory=list)
    time: str = ""

    def take(self, naming: Naming) -> None:
        """Take in that one more item names it."""
        self.level = naming.level if is_above(naming.level, self.level) else self.level
        self.timestamp = max(self.timestamp, naming.timestamp, key=int)
        self.deleted = self.deleted and naming.withdrawn


@dataclass(slots=True)
class Observables:
    """The addresses and transactions of one event."""

    event: str
    places: Places
    _addresses: dict[tuple[str, str, str], _Named] = field(default_factory=dict)
    """By relation, symbol and value."""
    _transactions: dict[tuple[str, str], _Named] = field(default_factory=dict)
    """By symbol and hash."""

    def of(self, naming: Naming) -> list[str]:
        """Note what an item names, and return the identifiers of the objects."""
        match naming.item:
            case Label():
                return [self._label(naming, naming.item)]
            case SharedFlow():
                return self._flow(naming, naming.item)
            case Incident():
                return [id for link in naming.item.thefts for id in self._theft(naming, link.theft)]
        return []

    def objects(self) -> Iterator[MispObject]:
        """Yield the objects."""
        for (relation, symbol, value), named in sorted(self._addresses.items()):
            pen = ObjectPen(
                ADDRESS,
                self._address_id(relation, symbol, value),
                named.level,
                named.timestamp,
                deleted=named.deleted,
            )
            pen.add(relation, value, to_ids=named.to_ids)
            pen.add("symbol", symbol)
            yield pen.object()
        for (symbol, hash), named in sorted(self._transactions.items()):
            yield self._transaction_object(symbol, hash, named)

    def _transaction_object(self, symbol: str, hash: str, named: _Named) -> MispObject:
        template = BITCOIN_TRANSACTION if symbol == "BTC" else TRANSACTION
        id = misp_id("transaction", self.event, symbol, hash)
        words = "\n".join(dict.fromkeys(named.words))
        pen = ObjectPen(template, id, named.level, named.timestamp, words, named.deleted)
        pen.add("transaction-number", hash)
        if template is TRANSACTION:
            pen.add("symbol", symbol)
        pen.add("time", named.time)
        return pen.object()

    def _label(self, naming: Naming, label: Label) -> str:
        chain = label.chain
        usual = chain or next(iter(self.places.reader.read(label.written).chains), None)
        relation = _OTHERS
        if usual is not None and label.identity.format != VERBATIM:
            relation = _RELATIONS.get(self.places.symbol_of(usual), _OTHERS)
        symbol = "" if chain is None else self.places.symbol_of(chain)
        value = self.places.spelled(label.identity, label.written)
        return self._address(naming, (relation, symbol, value), to_ids=label.risk is not None)

    def _theft(self, naming: Naming, theft: Theft) -> Iterator[str]:
        symbol = self.places.symbol_of(theft.chain)
        if theft.address is not None:
            yield self._chain_address(naming, theft.chain, theft.address, to_ids=True)
        for transfer in theft.transfers:
            yield self._transaction(naming, symbol, transfer.transaction_hash)[0]
        for output in theft.outputs:
            yield self._transaction(naming, symbol, output.transaction_hash)[0]

    def _flow(self, naming: Naming, shared: SharedFlow) -> list[str]:
        flow = shared.flow
        id, named = self._transaction(naming, shared.symbol, flow.transaction_hash)
        named.words.append(flow_words(shared))
        named.time = named.time or flow.time or ""
        ends = (address for address in (flow.source, flow.target) if address)
        return [id, *(self._chain_address(naming, flow.chain, one) for one in ends)]

    def _chain_address(self, naming: Naming, chain: str, address: str, *, to_ids: bool = False) -> str:
        symbol = self.places.symbol_of(chain)
        identity = self.places.reader.read(address, chain).identities[0]
        relation = _OTHERS if identity.format == VERBATIM else _RELATIONS.get(symbol, _OTHERS)
        return self._address(naming, (relation, symbol, self.places.named(chain, address)), to_ids=to_ids)

    def _address(self, naming: Naming, key: tuple[str, str, str], *, to_ids: bool) -> str:
        named = self._addresses.setdefault(key, _Named(naming.level, naming.timestamp, naming.withdrawn))
        named.take(naming)
        named.to_ids = named.to_ids or (to_ids and not naming.withdrawn)
        return self._address_id(*key)

    def _address_id(self, relation: str, symbol: str, value: str) -> str:
        return misp_id("address", self.event, relation, symbol, value)

    def _transaction(self, naming: Naming, symbol: str, hash: str) -> tuple[str, _Named]:
        named = self._transactions.setdefault((symbol, hash), _Named(naming.level, naming.timestamp, naming.withdrawn))
        named.take(naming)
        return misp_id("transaction", self.event, symbol, hash), named
