create or replace function queue_webhooks(event text, object uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into webhook_delivery (target, event_id, event, object_id, at, next_at)
  select t.name, e.id, event, object, e.at, e.at
  from (select gen_random_uuid() as id, clock_timestamp() as at) e, webhook_target t
  where event = any (t.events)
$$;

-- Queues the event of a recording that ended by its term, or is reported so because a preservation order keeps it. It is sent
-- in the night after the last day, at 3, and that is its time: when it happened would reveal the order.
create or replace function queue_end_of_term(r recording) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into webhook_delivery (target, event_id, event, object_id, at, next_at)
  select t.name, e.id, 'recording.destroyed', r.id, e.at, e.at
  from (select gen_random_uuid() as id, day_start(helsinki_day(r.destroy_at) + 1) + interval '3 hours' as at) e, webhook_target t
  where 'recording.destroyed' = any (t.events)
$$;

create or replace function queue_recording_webhooks() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.kept_at is null and new.kept_at is not null then
    perform queue_webhooks('recording.sealed', new.id);
  end if;
  if old.reported_destroyed_at is null and new.reported_destroyed_at is not null then
    perform queue_end_of_term(new);
  elsif new.reported_destroyed_at is null and old.state <> 'DESTROYED' and new.state = 'DESTROYED' then
    if new.cause in ('retention', 'hold-end') then
      perform queue_end_of_term(new);
    else
      perform queue_webhooks('recording.destroyed', new.id);
    end if;
  end if;
  return null;
end $$;

