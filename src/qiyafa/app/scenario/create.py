"""Make a scenario: a folder with an invented ledger as ethereum-etl files, a case, and the truth about it."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from qiyafa.app.scenario.chain import ScenarioChain
from qiyafa.app.scenario.chance import Chance
from qiyafa.app.scenario.economy import Economy
from qiyafa.app.scenario.launderer import Launderer, Setting
from qiyafa.app.scenario.schedule import Schedule
from qiyafa.app.scenario.truth import Books, Role, Truth
from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.model.ports import Progress, silent
from qiyafa.text import text

CHAIN = "eip155:1337"
"""An id of local test chains, so that nothing invented is ever mistaken for, or merged with, a real ledger."""
ASSET = f"{CHAIN}/slip44:60"

TRANSACTIONS = "transactions.csv"
TOKEN_TRANSFERS = "token_transfers.csv"  # noqa: S105 - a file name, not a secret
TRACES = "traces.csv"
COVERAGE = "coverage.csv"
CASE = "case.toml"
TRUTH = "truth.json"
README = "README.txt"
FILES = (TRANSACTIONS, TOKEN_TRANSFERS, TRACES, COVERAGE, CASE, TRUTH, README)

DEFAULT_TRANSFERS = 200_000
LEAST_TRANSFERS = 8_000
"""Fewer leave no room for the story."""
MOST_TRANSFERS = 100_000_000
TRANSFERS_PER_BLOCK = 4
_STORY_TICKS = 2_000
_PROGRESS_BLOCKS = 500


@dataclass(frozen=True, slots=True)
class Scenario:
    """What was made."""

    folder: Path
    seed: int
    transfers: int
    """Ordinary transfers; fees and the launderer's own are not counted."""
    head_block: int
    truth: Truth

    def path(self, name: str) -> Path:
        """Return the path of one of `FILES`."""
        return self.folder / name


def create_scenario(
    folder: Path, *, seed: int, transfers: int = DEFAULT_TRANSFERS, progress: Progress = silent
) -> Scenario:
    """Write a scenario into a folder, the same bytes for the same seed and number of transfers.

    Raises InvalidInput for a seed or number out of range, Conflict if the folder holds other things than a scenario,
    Unavailable if it cannot be written.
    """
    check_numbers(seed, transfers)
    try:
        _clear(folder)
        scenario = _tell(folder, seed, transfers, progress)
        _write_documents(scenario)
    except OSError as error:
        raise Unavailable("scenario.error.write", folder=str(folder), reason=error.strerror or str(error)) from error
    return scenario


def check_numbers(seed: int, transfers: int) -> None:
    """Raise InvalidInput for a seed or number of transfers that no scenario has."""
    if not LEAST_TRANSFERS <= transfers <= MOST_TRANSFERS:
        raise InvalidInput("scenario.error.transfers", value=transfers, least=LEAST_TRANSFERS, most=MOST_TRANSFERS)
    if seed < 0:
        raise InvalidInput("scenario.error.seed", value=seed)


def _clear(folder: Path) -> None:
    """Make room in a folder that is new, empty or holds an earlier scenario; the truth is its last and first file."""
    folder.mkdir(parents=True, exist_ok=True)
    present = {entry.name for entry in folder.iterdir()}
    if not present <= set(FILES):
        raise Conflict("scenario.error.not_a_scenario", folder=str(folder), other=min(present - set(FILES)))
    for name in present:
        (folder / name).unlink()


def _tell(folder: Path, seed: int, transfers: int, progress: Progress) -> Scenario:
    with ExitStack() as opened:
        names = (TRANSACTIONS, TOKEN_TRANSFERS, TRACES)
        first, second, third = (
            opened.enter_context((folder / name).open("w", encoding="ascii", newline="")) for name in names
        )
        chance, books = Chance(seed), Books()
        chain = ScenarioChain(seed, chance, books, (first, second, third))
        economy = Economy(seed, chance, chain)
        tick = max(1, transfers // TRANSFERS_PER_BLOCK // _STORY_TICKS)
        setting = Setting(seed, chance, chain, economy, Schedule(), tick)
        launderer = Launderer(setting)
        economy.begin(launderer.endowments())
        launderer.begin()
        _live(setting, transfers, progress)
    return Scenario(folder, seed, economy.transfers, chain.block_number, _truth(seed, launderer, books))


def _live(setting: Setting, transfers: int, progress: Progress) -> None:
    """Let block follow block until enough ordinary transfers have happened."""
    chain, economy = setting.chain, setting.economy
    while economy.transfers < transfers:
        chain.open_block()
        setting.schedule.run_until(chain.block_number)
        for _ in range(setting.chance.below(2 * TRANSFERS_PER_BLOCK + 1)):
            economy.step()
        if chain.block_number % _PROGRESS_BLOCKS == 0:
            progress("scenario.stage.live", min(economy.transfers, transfers), transfers)


def _truth(seed: int, launderer: Launderer, books: Books) -> Truth:
    holders = books.holders()
    assert books.stolen == books.fees + sum(holder.units for holder in holders), "a stolen unit has got lost"
    return Truth(
        seed=seed,
        chain=CHAIN,
        asset=ASSET,
        thief=launderer.thief,
        from_block=launderer.from_block,
        stolen=books.stolen,
        fees=books.fees,
        holders=holders,
        roles={address: str(role) for address, role in books.roles.items()},
    )


def _write_documents(scenario: Scenario) -> None:
    truth = scenario.truth
    stops = "".join(_stop(truth, role) for role in (Role.MIXER, Role.EXCHANGE))
    case = text(
        "scenario.case.theft", seed=truth.seed, chain=CHAIN, asset=ASSET, thief=truth.thief, block=truth.from_block
    )
    _write(scenario.path(COVERAGE), f"from_block,to_block\n0,{scenario.head_block}\n")
    _write(scenario.path(CASE), case + stops)
    _write(scenario.path(README), text("scenario.readme.whole", seed=truth.seed, transfers=scenario.transfers))
    _write(scenario.path(TRUTH), truth.to_json())


def _stop(truth: Truth, role: Role) -> str:
    return "".join(
        text("scenario.case.stop", chain=CHAIN, address=address, role=role.value, number=number)
        for number, address in enumerate(truth.with_role(role), start=1)
    )


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
