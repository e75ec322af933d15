create or replace function queue_webhooks(event text, object uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into webhook_delivery (target, event_id, event, object_id, at, next_at)
  select t.name, e.id, event, object, e.at, e.at
  from (select gen_random_uuid() as id, clock_timestamp() as at) e, webhook_target t
  where event = any (t.events)
$$;

create or replace function queue_recording_webhooks() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.kept_at is null and new.kept_at is not null then
    perform queue_webhooks('recording.sealed', new.id);
  end if;
  if old.state <> 'DESTROYED' and new.state = 'DESTROYED' then
    delete from told_as_destroyed where recording_id = new.id;
    if not found then
      perform queue_webhooks('recording.destroyed', new.id);
    end if;
  end if;
  return null;
end $$;

-- Reports held recordings as destroyed on their day, each sweep: a preservation order is secret, also to other systems.
create or replace function report_held_as_destroyed() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held uuid;
begin
  for held in
    insert into told_as_destroyed (recording_id)
    select r.id from recording r
    where r.destroy_at <= destruction_now() and r.state not in ('DESTROYING', 'DESTROYED') and recordings_are_held(r.contact_id)
    on conflict do nothing returning recording_id
  loop
    perform queue_webhooks('recording.destroyed', held);
  end loop;
end $$;
grant execute on function report_held_as_destroyed to seloste_custodian;
