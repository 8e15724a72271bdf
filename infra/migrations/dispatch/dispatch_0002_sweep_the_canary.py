"""sweep the canary"""

from alembic import op

revision = "dispatch_0002"
down_revision = "dispatch_0001"
branch_labels = None
depends_on = None

# Logs are only added to by the services; this one realm, which is no evidence, is kept short by the owner's own hand.
SWEEP = """
CREATE FUNCTION dispatch.sweep_canary(older_than interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  before timestamptz := now() - older_than;
  state text;
BEGIN
  DELETE FROM dispatch.events e USING dispatch.relays r
    WHERE e.realm = 'canary' AND r.realm = 'canary' AND e.seq <= r.seq AND e.recorded_at < before;
  DELETE FROM dispatch.audit WHERE realm = 'canary' AND recorded_at < before;
  DELETE FROM dispatch.idempotency WHERE subject = 'account:canary' AND at < before;
  DELETE FROM dispatch.numbers n WHERE realm = 'canary'
    AND day < (SELECT max(day) FROM dispatch.numbers WHERE realm = 'canary');
  CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
    SELECT DISTINCT id FROM dispatch.events WHERE realm = 'canary' AND kind = 'incident';
  FOREACH state IN ARRAY ARRAY['entries', 'recommendations', 'assignments', 'supply_orders', 'reports'] LOOP
    EXECUTE format('DELETE FROM dispatch.%I WHERE realm = ''canary'''
      ' AND (incident_id IS NULL OR incident_id NOT IN (SELECT id FROM pg_temp.kept))', state);
  END LOOP;
  DELETE FROM dispatch.incidents WHERE realm = 'canary' AND id NOT IN (SELECT id FROM pg_temp.kept);
END $$
"""


def upgrade() -> None:
    op.execute(SWEEP)
    op.execute("REVOKE ALL ON FUNCTION dispatch.sweep_canary(interval) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION dispatch.sweep_canary(interval) TO muster_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION dispatch.sweep_canary(interval)")
