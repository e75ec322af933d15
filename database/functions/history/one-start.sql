-- Ensures that an id has one start, and that a part belongs to its call. The keys of the monthly tables have to include the call's start,
-- so they would accept the same id with another start, and a lookup by id could find the wrong row. A concurrent insert of the same id
-- waits at the lock and then finds the first row; an older snapshot would not show that row, so those are refused.
create or replace function require_one_start() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  wrong uuid;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'rows of % are entered by transactions at read committed only', tg_table_name using errcode = 'invalid_transaction_state';
  end if;
  perform pg_advisory_xact_lock(hashtext('seloste.' || tg_table_name), x.key)
  from (select distinct hashtext(t.id::text) as key from inserted t order by 1) x;
  if tg_table_name = 'contact' then
    select t.id into wrong from inserted t join contact c on c.id = t.id and c.started_at <> t.started_at limit 1;
  else
    select t.id into wrong from inserted t
    where not exists (select from contact c where c.id = t.contact_id and c.started_at = t.contact_started_at) limit 1;
    if wrong is not null then
      raise exception 'segment % has no contact of its start', wrong using errcode = 'foreign_key_violation';
    end if;
    select t.id into wrong from inserted t join segment s on s.id = t.id and s.contact_started_at <> t.contact_started_at limit 1;
  end if;
  if wrong is not null then
    raise exception '% % exists under another start', tg_table_name, wrong using errcode = 'unique_violation';
  end if;
  return null;
end $$;

-- Ensures that a recording belongs to a part of its call: whoever sees the part can play the recording, and the part's number gives its
-- term.
create or replace function require_part() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  select s.number_reached into new.number_reached from segment s
  where s.id = new.segment_id and s.contact_started_at = new.contact_started_at and s.contact_id = new.contact_id;
  if not found then
    raise exception 'recording % has no segment of its call', new.id using errcode = 'foreign_key_violation';
  end if;
  return new;
end $$;
