"""The dispatch policy: the one in force, and its next version."""

from dispatch import store
from dispatch.workers.jobs import BEGINNING
from kernel.contracts.policy import POLICY, DispatchPolicy, PolicyForm
from kernel.database import Transaction
from kernel.errors import Conflict


async def in_force(tx: Transaction) -> DispatchPolicy:
    """The policy of the realm; version 1 until somebody has changed it."""
    return await store.find(tx, "policy", DispatchPolicy, POLICY) or BEGINNING


async def change(tx: Transaction, form: PolicyForm) -> DispatchPolicy:
    """Puts a whole policy in force. Raises Conflict `changed_meanwhile` when another version was edited."""
    before = await store.find(tx, "policy", DispatchPolicy, POLICY, lock=True)
    if before is None:
        before = BEGINNING
        await store.save(tx, "policy", before, "policy.changed")
    if form.version != before.version:
        raise Conflict("changed_meanwhile", "Somebody changed this meanwhile. Look again.", kind="policy", id=POLICY)
    after = before.model_copy(update=dict(form) | {"version": before.version + 1})
    await store.save(tx, "policy", after, "policy.changed")
    return after
