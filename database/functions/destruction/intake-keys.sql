create or replace function intake_version_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'intake key v% cannot be deleted', old.version;
  end if;
  if new.version <> old.version or (old.state, new.state) not in (('making', 'making'), ('making', 'current'), ('making', 'retiring'),
      ('current', 'retiring'), ('retiring', 'retiring'), ('retiring', 'destroyed')) then
    raise exception 'intake key v% cannot become %', old.version, new.state;
  end if;
  if new.state = 'retiring' and exists (select from intake_batch_key where version = new.version) then
    raise exception 'intake key v% still wraps batches', new.version;
  end if;
  return new;
end $$;

-- Returns true while the header of a recording can be decrypted: by its private key, by remains of a deleted private key that the disk may
-- still have, or by the day key that an earlier version of Seloste used.
create or replace function intake_key_lives(key text, of_day date) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when key is null
    then exists (select from intake_key k where k.day = of_day and k.private_destroyed_at is null)
    else exists (select from intake_private_key p where p.public_key = key)
      or exists (
        select from intake_key_end e join intake_version v on v.version <= e.version
        where e.public_key = key and v.state in ('current', 'retiring')
      ) end
$$;
grant execute on function intake_key_lives to seloste_custodian;

-- Gives batches of intake keys to a capture node, each batch once. A node may hold four stocks of unused keys; all takers that are not
-- registered nodes share one such allowance. Beyond it there is one batch a minute, so that a node that loses keys by repeated crashes
-- keeps working.
create or replace function take_intake_batches(taker uuid, max_batches integer) returns table (id uuid, public_keys text[])
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  is_node boolean := exists (select from capture_node n where n.id = taker);
  unused bigint;
  latest timestamptz;
  share integer;
begin
  -- One transaction at a time, because two would both find the allowance free. It does not wait for the lock: capture tries again.
  if not pg_try_advisory_xact_lock(hashtext('seloste.intake-share'), case when is_node then hashtext(taker::text) else 0 end) then
    return;
  end if;
  select count(p.public_key), max(b.taken_at) into unused, latest
  from intake_batch b left join intake_private_key p on p.batch = b.id
    and not exists (select from recording r where r.intake_key = p.public_key and r.kept_at is null)
  where b.taken_at is not null
    and case when is_node then b.taken_by = taker else not exists (select from capture_node n where n.id = b.taken_by) end;
  share := ceil((4 * intake_keys_wanted() - unused) / 64.0);
  if share <= 0 then
    share := case when latest > clock_timestamp() - interval '1 minute' then 0 else 1 end;
  end if;
  return query
    update intake_batch b set taken_by = taker, taken_at = clock_timestamp()
    where b.id in (
      select n.id from intake_batch n where n.taken_at is null order by n.made_at limit least(max_batches, share, 1024) for update skip locked
    )
    returning b.id, b.public_keys;
end $$;
grant execute on function take_intake_batches to seloste_capture;

-- Returns those of the batches whose private keys the custodian still has.
create or replace function intake_batches_in_use(ids uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select b.id from intake_batch b where b.id = any (ids)
$$;
grant execute on function intake_batches_in_use to seloste_capture;

-- Returns how many public keys a capture node stocks: eight times the recordings of the busiest day of the last fortnight, from 1,024 to
-- 65,536.
create or replace function intake_keys_wanted() returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(65536, greatest(1024, 8 * coalesce(max(day.recordings), 0)))::integer
  from (
    select count(*) as recordings from recording where started_at > now() - interval '14 days' group by (started_at at time zone 'UTC')::date
  ) day
$$;
grant execute on function intake_keys_wanted to seloste_capture, seloste_custodian;

-- Returns true once every capture node of the last week runs this version and has admitted all that was on its disk: no header under a day
-- key is left to come.
create or replace function day_keys_are_retired() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (
    select from capture_node n
    where n.alive_at > clock_timestamp() - interval '7 days'
      and (n.waiting > 0 or n.started_at <= (select applied_at from migration where number in (58, 200) order by number limit 1))
  )
$$;
grant execute on function day_keys_are_retired to seloste_custodian;

-- Locks call ids (SHA-256 in hexadecimal) until the transaction ends, so that the second of two parts of one call waits for the first.
-- These locks use the form with two keys, and a first key of their own, so that they never collide with other advisory locks. Refuses more
-- ids than a call can have.
create or replace function lock_call_ids(ids text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if cardinality(ids) > 5000 then
    raise exception 'too many call ids at once' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtext('seloste.call-id'), x.key)
  from (select distinct ('x' || left(id, 8))::bit(32)::integer as key from unnest(ids) id order by 1) x;
end $$;
grant execute on function lock_call_ids to seloste_capture;
