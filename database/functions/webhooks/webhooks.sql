create or replace function tell_webhooks(what text, which uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into webhook_delivery (target, event_id, event, object_id, at, next_at)
  select t.name, e.id, what, which, e.at, e.at
  from (select gen_random_uuid() as id, clock_timestamp() as at) e, webhook_target t
  where what = any (t.events)
$$;

create or replace function recording_is_told() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.kept_at is null and new.kept_at is not null then
    perform tell_webhooks('recording.sealed', new.id);
  end if;
  if old.state <> 'DESTROYED' and new.state = 'DESTROYED' then
    perform tell_webhooks('recording.destroyed', new.id);
  end if;
  return null;
end $$;
