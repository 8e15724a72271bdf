"""Everything current of the register, as readers take it in a snapshot."""

from collections.abc import Iterable, Mapping

from kernel.contracts.resources import Batch, Item, Organisation, Station, Stock, Stockpile, Team, Unit
from kernel.database import Thing, Transaction
from resources import rules
from resources.rules import StockKey
from resources.store import stock, things


async def current(tx: Transaction) -> list[Thing]:
    """Organisations, stations, teams, units, items, stockpiles and stock, each in the scope of its owner.

    The stamp of the last import is among them: screens say by it whether the city is a schematic one.
    """
    organisations = await things.list_all(tx, things.ORGANISATION, Organisation)
    paths = {each.id: f"{each.path}|open" for each in organisations}
    stations = await things.list_all(tx, things.STATION, Station)
    teams = await things.list_all(tx, things.TEAM, Team)
    units = await things.list_all(tx, things.UNIT, Unit)
    items = await things.list_all(tx, things.ITEM, Item)
    stockpiles = await things.list_all(tx, things.STOCKPILE, Stockpile)
    batches = await things.list_all(tx, things.BATCH, Batch)
    stocks = _stocks(tx, await stock.stock_versions(tx), batches)
    stamp = await things.find_stamp(tx)
    return [
        *([Thing("register", stamp)] if stamp else ()),
        *(Thing("organisation", each, paths[each.id]) for each in organisations),
        *(Thing("station", each, paths[each.organisation_id]) for each in stations),
        *(Thing("team", each, paths[each.organisation_id]) for each in teams),
        *(Thing("unit", each, paths[each.organisation_id]) for each in units),
        *(Thing("item", each) for each in items),
        *(Thing("stockpile", each, paths[each.organisation_id]) for each in stockpiles),
        *(Thing("stock", each) for each in stocks),
    ]


def _stocks(tx: Transaction, versions: Mapping[StockKey, int], batches: Iterable[Batch]) -> list[Stock]:
    by_stock: dict[StockKey, list[Batch]] = {key: [] for key in versions}
    for batch in batches:
        by_stock[batch.stockpile_id, batch.item_code].append(batch)
    day = rules.city_day(tx.at)
    return [rules.stock_of(key, versions[key], there, day) for key, there in by_stock.items()]
