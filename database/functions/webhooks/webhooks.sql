-- Queues an event for the systems that want it. `at`: its time, before which it is not sent.
create or replace function queue_webhooks(event text, object uuid, at timestamptz default clock_timestamp()) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into webhook_delivery (target, event_id, event, object_id, at, next_at)
  select t.name, e.id, event, object, queue_webhooks.at, queue_webhooks.at
  from (select gen_random_uuid() as id) e, webhook_target t
  where event = any (t.events)
$$;

-- Queues the events of a recording. If the recording is destroyed at its term, or reported as destroyed while a legal hold keeps it, the
-- event is sent at 03:00 after its last day, so that the time does not reveal the hold.
create or replace function queue_recording_webhooks() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  night timestamptz := day_start(helsinki_day(new.destroy_at) + 1) + interval '3 hours';
  was_reported boolean := old.state = 'DESTROYED' or old.reported_destroyed_at is not null;
begin
  if old.kept_at is null and new.kept_at is not null then
    perform queue_webhooks('recording.sealed', new.id);
  end if;
  case
    when was_reported then null;
    when new.reported_destroyed_at is not null or new.state = 'DESTROYED' and new.cause in ('retention', 'hold-end') then
      perform queue_webhooks('recording.destroyed', new.id, night);
    when new.state = 'DESTROYED' then
      perform queue_webhooks('recording.destroyed', new.id);
    else null;
  end case;
  return null;
end $$;
