"""What any text may be as an address: every spelling of every chain is tried that its first character allows.

Only the texts of known formats are freed of ASCII white space around them. Everything else is verbatim: kept and
compared byte for byte, as it was given. Texts with other than ASCII characters (full-width digits, zero-width or
bidirectional marks) and texts longer than any address are verbatim without a closer look.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from qiyafa.chains.formats.networks import EVM, TRON_NAMESPACE, AddressNetwork, evm_network, tron_network
from qiyafa.chains.formats.spelling import LONGEST_TEXT, Spelled, Spelling
from qiyafa.model.address import VERBATIM, AddressReading, Identity
from qiyafa.model.errors import InvalidInput

_SPACE = " \t\n\r\v\f"
_EVM_REFERENCE = re.compile(r"[1-9][0-9]{0,31}", re.ASCII)
_TRON_REFERENCE = re.compile(r"[1-9][0-9]{0,31}|0x[1-9a-f][0-9a-f]{0,15}", re.ASCII)
_LONGEST_CHAIN = 80
_REMEMBERED_CHAINS = 1024


@dataclass(frozen=True, slots=True)
class _Ground:
    """Some chains, prepared for reading."""

    networks: tuple[AddressNetwork, ...]
    by_start: Mapping[str, tuple[Spelling, ...]]
    accepting: dict[tuple[Spelling, ...], tuple[str, ...]] = field(default_factory=dict)
    """The chains that accept one of some spellings, kept once found: there are few combinations."""

    def chains(self, spellings: tuple[Spelling, ...]) -> tuple[str, ...]:
        """Return the chains that accept one of the spellings, in order."""
        found = self.accepting.get(spellings)
        if found is None:
            found = tuple(one.id for one in self.networks if any(spelling in one.spellings for spelling in spellings))
            self.accepting[spellings] = found
        return found


class FormatReader:
    """The `AddressReader` over a registry of chains."""

    def __init__(self, networks: Sequence[AddressNetwork], token_chains: Mapping[str, Sequence[str]]) -> None:
        self._everything = _ground(tuple(networks))
        self._by_id = {network.id: network for network in networks}
        named = {name: network for network in networks for name in network.names}
        self._by_name = {name: (network,) for name, network in named.items()} | {
            ticker: tuple(named[name] for name in names) for ticker, names in token_chains.items()
        }
        self._named = lru_cache(_REMEMBERED_CHAINS)(self._ground_of)

    def read(self, text: str, chain: str | None = None) -> AddressReading:
        """Return every address that a text may spell; on the chains of a CAIP-2, name or ticker alone if one is given.

        Never fails for a text: what no format knows is read as verbatim. Raises InvalidInput for an unknown chain.
        """
        ground = self._everything if chain is None else self._named(chain)
        spelled = _spelled(text, ground) if len(text) <= LONGEST_TEXT and text.isascii() else {}
        if not spelled:
            return AddressReading(text, (Identity(VERBATIM, text),), ())
        identities = tuple(dict.fromkeys(found.identity for found in spelled.values()))
        notes = tuple(dict.fromkeys(found.note for found in spelled.values() if found.note))
        return AddressReading(text, identities, ground.chains(tuple(spelled)), notes)

    def spellings(self, identity: Identity) -> tuple[str, ...]:
        """Return every spelling of an address that some chain accepts, the usual one first.

        Spellings of which there are many (case without meaning, tags, payment ids) stand for one or two of their kind.
        """
        if identity.format == VERBATIM:
            return (identity.key,)
        return tuple(
            dict.fromkeys(text for one in _spellings(self._everything.networks) for text in one.write(identity))
        )

    def canonical(self, identity: Identity, chain: str) -> str | None:
        """Return the spelling that a ledger of the chain keeps, or None if the chain has no such address.

        Raises InvalidInput for an unknown chain.
        """
        reading = self.read(identity.key, chain)
        return identity.key if identity.format != VERBATIM and identity in reading.identities else None

    def chains(self, named: str) -> tuple[str, ...]:
        """Return the chains that a CAIP-2, name or ticker means. Raises InvalidInput for an unknown one."""
        return tuple(network.id for network in self._named(named).networks)

    def _ground_of(self, chain: str) -> _Ground:
        networks = self._by_name.get(chain.strip().lower()) if len(chain) <= _LONGEST_CHAIN else None
        return _ground(networks or (self._by_caip2(chain),))

    def _by_caip2(self, chain: str) -> AddressNetwork:
        namespace, _, reference = chain.partition(":")
        if chain in self._by_id:
            return self._by_id[chain]
        if namespace == EVM and _EVM_REFERENCE.fullmatch(reference):
            return evm_network(reference)
        if namespace == TRON_NAMESPACE and _TRON_REFERENCE.fullmatch(reference):
            network = tron_network(str(int(reference, 0)))
            return self._by_id.get(network.id, network)
        raise self._unknown(chain[:_LONGEST_CHAIN])

    def _unknown(self, chain: str) -> InvalidInput:
        known = self._by_id if ":" in chain else self._by_name
        near = difflib.get_close_matches(chain.strip().lower(), known, n=1)
        if near:
            return InvalidInput("formats.error.chain_misspelled", value=chain, nearest=near[0])
        return InvalidInput("formats.error.chain", value=chain)


def _ground(networks: tuple[AddressNetwork, ...]) -> _Ground:
    by_start: dict[str, list[Spelling]] = {}
    for spelling in _spellings(networks):
        for start in spelling.starts:
            by_start.setdefault(start, []).append(spelling)
    return _Ground(networks, {start: tuple(spellings) for start, spellings in by_start.items()})


def _spellings(networks: Iterable[AddressNetwork]) -> Iterable[Spelling]:
    return dict.fromkeys(spelling for network in networks for spelling in network.spellings)


def _spelled(text: str, ground: _Ground) -> dict[Spelling, Spelled]:
    bare = text.strip(_SPACE)
    found = {spelling: spelling.read(bare) for spelling in ground.by_start.get(bare[:1], ())}
    return {spelling: spelled for spelling, spelled in found.items() if spelled is not None}
