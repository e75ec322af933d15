-- Telling other systems that something has happened (docs/decisions/0061): which systems, and the events that wait to be told. An
-- event is written in the transaction of what happened, or not at all. It says what and which, by id, and nothing else.

-- As SELOSTE_WEBHOOKS names them; the custodian keeps this the same. Address and secret are in its file alone.
create table webhook_target (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  events text[] not null check (events <> '{}'
    and events <@ array['contact.admitted', 'recording.sealed', 'recording.destroyed'])
);

create table webhook_delivery (
  id bigint generated always as identity primary key,
  target text not null references webhook_target on delete cascade,
  -- The same for every system that is told of it, and each time it is told.
  event_id uuid not null,
  event text not null,
  -- Of a contact or a recording; no reference, for it outlives neither by it.
  object_id uuid not null,
  at timestamptz not null,
  attempts integer not null default 0,
  next_at timestamptz not null,
  -- A status, or the code of what went wrong on the way: never a body.
  last_answer text check (length(last_answer) <= 60),
  -- Tried for three days: somebody has to look.
  given_up_at timestamptz
);
create index webhook_delivery_next on webhook_delivery (target, next_at, id) where given_up_at is null;

create function tell_webhooks(what text, which uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into webhook_delivery (target, event_id, event, object_id, at, next_at)
  select t.name, e.id, what, which, e.at, e.at
  from (select gen_random_uuid() as id, clock_timestamp() as at) e, webhook_target t
  where what = any (t.events)
$$;

create function contact_is_told() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform tell_webhooks('contact.admitted', new.id);
  return null;
end $$;
create trigger tells_webhooks after insert on contact for each row execute function contact_is_told();

create function recording_is_told() returns trigger
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
create trigger tells_webhooks after update of kept_at, state on recording for each row execute function recording_is_told();

revoke all on function tell_webhooks(text, uuid), contact_is_told(), recording_is_told() from public;
grant select, insert, update, delete on webhook_target to seloste_custodian;
-- It tells, and forgets what was told; what has happened is not its to make up.
grant select, update (attempts, next_at, last_answer, given_up_at), delete on webhook_delivery to seloste_custodian;
