-- Calls of a feed that are new to the register, many in one statement (R9). What is known of already, or might be, is told apart here and
-- goes the way of one call (meet_fed_call in 0041-reconciliation.sql).

-- A call as src/register/admit-fed.ts writes it.
create type fed_call as (
  place integer, ids text[], contact_id uuid, started_at timestamptz, ended_at timestamptz, history_ends_at timestamptz, caller_kind text,
  caller_key text, caller_raw text, number_called text, number_kind text, number_name jsonb, parts jsonb
);
create type fed_part as (
  segment_id uuid, seq integer, number_reached text, number_reached_name jsonb, official_person_id uuid, official_unit_id uuid, official_name text,
  official_phone text, answered_at timestamptz, ended_at timestamptz, decision_record boolean, decision_reason text, rule_id text,
  rule_version integer, rule_share double precision, draw double precision, description_version integer, drawn_on text, quota_used integer,
  capture_state text, capture_failure text, marks text[]
);

-- Whether no call in the register could be this one: none that meet_fed_call would take for it or hesitate about.
create function is_new_fed_call(told_by text, told fed_call) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  p fed_part;
begin
  for p in select * from jsonb_populate_recordset(null::fed_part, told.parts) loop
    if p.answered_at is null then
      if told.caller_key is not null and exists (
        select from contact c where c.caller_key = told.caller_key
          and c.started_at between told.started_at - clocks_differ() and told.started_at + clocks_differ()
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      ) then
        return false;
      end if;
    elsif exists (
      select from contact c
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
      where c.caller_key = told.caller_key and c.started_at between told.started_at - interval '2 minutes' and p.answered_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) or p.official_phone is not null and exists (
      select from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
      where s.official_phone = p.official_phone and (c.caller_key is null or told.caller_key is null)
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
        and s.contact_started_at between told.started_at - interval '2 minutes' and p.answered_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) then
      return false;
    end if;
  end loop;
  return true;
end $$;

-- Whether anybody but this feed has told of calls between two instants.
create function others_tell_of(told_by text, since timestamptz, until timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from contact c where c.started_at between since and until
      and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
  )
$$;

create function note_fed_calls(told_by text, calls fed_call[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, c.contact_id, c.started_at, told_by, p.answered_at, p.ended_at, true
  from unnest(calls) c, jsonb_populate_recordset(null::fed_part, c.parts) p
  on conflict (segment_id) do nothing
$$;

-- Admits those of the calls that are new, as `admit` does one by one (src/register/admit.ts), with the rights of whoever calls it.
-- Returns their places.
create function admit_fed_calls(told_by text, told jsonb) returns integer[]
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
  calls fed_call[];
  known text[];
begin
  select array_agg(c order by c.place) into calls from jsonb_populate_recordset(null::fed_call, told) c;
  -- Two processes may tell of one call at the same moment: the second waits here for the first. In the order of ids, as admit.
  perform pg_advisory_xact_lock(('x' || left(i.id, 8))::bit(32)::integer, ('x' || substr(i.id, 9, 8))::bit(32)::integer)
  from (select distinct x as id from unnest(calls) c, unnest(c.ids) x order by x) i;
  -- An id that is in the register; or that two of these have in common: they are one call, one part after the other.
  select array_agg(i.id) into known from (
    select x as id from unnest(calls) c, unnest(c.ids) x
    where exists (
      select from call_identity i where i.external_id_hash = decode(x, 'hex')
        and i.contact_started_at between c.started_at - interval '24 hours' and c.started_at + interval '24 hours'
    )
    union select x from unnest(calls) c, unnest(c.ids) x group by x having count(distinct c.place) > 1
  ) i;
  calls := array(select c from unnest(calls) c where known is null or not c.ids && known);
  if others_tell_of(told_by, (select min(c.started_at) - interval '2 minutes' from unnest(calls) c),
      (select max(c.ended_at) + clocks_differ() from unnest(calls) c)) then
    calls := array(select c from unnest(calls) c where is_new_fed_call(told_by, c));
  end if;
  if calls = '{}' then
    return '{}';
  end if;
  -- Before they are admitted: what else tells of a part of a call then sees whose row it is.
  perform note_fed_calls(told_by, calls);
  insert into call_identity (external_id_hash, contact_id, contact_started_at)
  select decode(x, 'hex'), c.contact_id, c.started_at from unnest(calls) c, unnest(c.ids) x
  on conflict (external_id_hash, contact_started_at) do update set contact_id = excluded.contact_id;
  insert into contact (id, started_at, ended_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, history_ends_at)
  select c.contact_id, c.started_at, c.ended_at, c.caller_kind, c.caller_key, c.caller_raw, c.number_called, c.number_kind, c.number_name,
    c.history_ends_at
  from unnest(calls) c;
  insert into audit_entry (action, object_kind, object_id, result, detail)
  select 'call.admitted', 'contact', c.contact_id, 'ok', '{}' from unnest(calls) c;
  insert into segment (id, contact_id, contact_started_at, seq, number_reached, number_reached_name, official_person_id, official_unit_id,
    official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
    description_version, drawn_on, quota_used, capture_state, capture_failure, marks)
  select p.segment_id, c.contact_id, c.started_at, p.seq, p.number_reached, p.number_reached_name, p.official_person_id, p.official_unit_id,
    p.official_name, p.official_phone, p.answered_at, p.ended_at, p.decision_record, p.decision_reason, p.rule_id, p.rule_version, p.rule_share,
    p.draw, p.description_version, decode(p.drawn_on, 'hex'), p.quota_used, p.capture_state, p.capture_failure, p.marks
  from unnest(calls) c, jsonb_populate_recordset(null::fed_part, c.parts) p;
  -- Whoever listens looks anew, whichever it was.
  perform pg_notify('seloste_calls', calls[1].contact_id::text);
  return array(select c.place from unnest(calls) c);
end $$;

revoke execute on function others_tell_of(text, timestamptz, timestamptz), is_new_fed_call(text, fed_call), note_fed_calls(text, fed_call[]), admit_fed_calls(text, jsonb) from public;
grant execute on function clocks_differ(), others_tell_of(text, timestamptz, timestamptz), is_new_fed_call(text, fed_call),
  note_fed_calls(text, fed_call[]), admit_fed_calls(text, jsonb) to seloste_capture;
