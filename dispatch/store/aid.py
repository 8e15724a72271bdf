"""Aid requests, and the row of each promised unit that lets it be promised once only."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from dispatch import tables
from dispatch.store import get, list_of, save
from kernel.contracts.aid import AidRequest
from kernel.contracts.vocabulary import AidStatus
from kernel.database import Transaction
from kernel.errors import Conflict

KIND = "aid_request"


async def list_requests(tx: Transaction, incident_id: str) -> list[AidRequest]:
    """Every request for an incident, by id."""
    return await list_of(tx, KIND, AidRequest, tables.aid_requests.c.incident_id == incident_id)


async def list_promised(tx: Transaction) -> list[AidRequest]:
    """The requests whose promise holds now, by id."""
    return await list_of(tx, KIND, AidRequest, tables.aid_requests.c.status == AidStatus.PROMISED.value)


async def lock_request(tx: Transaction, request_id: str) -> AidRequest:
    """A request, locked for the transaction. Raises NotFound `aid_request_unknown`."""
    return await get(tx, KIND, AidRequest, request_id, lock=True)


async def save_promise(tx: Transaction, request: AidRequest, scope: str) -> None:
    """Saves an answer with units. Raises Conflict `unit_promised` for one that is promised to somebody else."""
    for each in request.promised:
        row = {"realm": tx.realm, "unit_id": each.unit_id, "aid_request_id": request.id}
        try:
            async with tx.savepoint():
                tx.insert(tables.promises, row)
        except IntegrityError as error:
            if "pk_promises" not in str(error.orig):
                raise
            detail = "This unit is promised to another incident."
            raise Conflict("unit_promised", detail, unit_id=each.unit_id) from error
    await save(tx, KIND, request, "aid.promised", scope=scope)


async def drop_promise(tx: Transaction, request_id: str) -> None:
    """Forgets which units a request holds."""
    held = tables.promises
    await tx.execute(delete(held).where(held.c.realm == tx.realm, held.c.aid_request_id == request_id))
