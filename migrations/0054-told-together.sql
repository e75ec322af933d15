-- What follows from new calls and their parts is done once for all of a statement and not for each row (R9; docs/decisions/0072): a feed admits
-- hundreds at once. Each step is what the trigger of its name did before, in 0018, 0040, 0043, 0048 and 0053.

-- Few are told beside many: each is looked up, whatever was known of the sizes when this was planned first.
create function segments_are_told() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  is_late boolean;
  is_named boolean;
  is_further boolean;
  is_answered boolean;
  late date;
  one record;
begin
  select bool_or(t.contact_started_at < now() - interval '20 hours'), bool_or(t.official_name is not null), bool_or(t.seq > 1),
    bool_or(t.answered_at is not null)
  into is_late, is_named, is_further, is_answered from told t;
  if is_answered is null then
    return null;
  end if;

  -- A day that was counted is not any more. In the order of days: two who tell of several do not wait for each other.
  if is_late then
    for late in select distinct helsinki_day(t.contact_started_at) from told t where t.contact_started_at < now() - interval '20 hours' order by 1 loop
      perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), late - date '2000-01-01');
      update history_day d set counted_at = null where d.day = late and d.counted_at is not null and d.closed_at is null;
    end loop;
  end if;

  -- Who answered is found by a part of the name. Looked for first: nearly always they are there, and then nobody waits for anybody.
  if is_named then
    insert into official_named as n
    select t.official_name, t.official_phone, t.official_unit_id, t.official_person_id,
      min(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date, max(date_trunc('month', t.contact_started_at at time zone 'UTC'))::date
    from told t
    where t.official_name is not null and not exists (
      select from official_named o where o.name = t.official_name and o.phone is not distinct from t.official_phone
        and o.unit_id is not distinct from t.official_unit_id and o.person_id is not distinct from t.official_person_id
        and date_trunc('month', t.contact_started_at at time zone 'UTC')::date between o.first_month and o.last_month
    )
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict on constraint official_named_once do update
      set first_month = least(n.first_month, excluded.first_month), last_month = greatest(n.last_month, excluded.last_month);
  end if;

  -- A recording client, or a later record, tells better of what a feed had made a segment of: the same part of the call is not there
  -- twice. What an order keeps stays.
  if is_answered then
    for one in
      select t.id, t.contact_id, t.contact_started_at, f.segment_id, o.segment_id is not null as is_fed
      from told t
      join fed_segment f on f.contact_id = t.contact_id and f.is_own and f.segment_id <> t.id
      left join fed_segment o on o.segment_id = t.id and o.is_own
      where t.answered_at is not null and (f.answered_at is null
        or o.segment_id is null and f.answered_at between t.answered_at - clocks_differ() and t.answered_at + clocks_differ())
      order by t.contact_id, t.seq
    loop
      continue when history_is_held(one.contact_id);
      delete from segment s where s.id = one.segment_id and s.contact_started_at = one.contact_started_at;
      if one.is_fed then
        delete from fed_segment f where f.segment_id = one.segment_id;
      else
        update fed_segment f set segment_id = one.id, is_own = false
        where f.segment_id = one.segment_id and not exists (select from fed_segment o where o.segment_id = one.id);
      end if;
    end loop;
  end if;

  -- A further part of a call that has recordings. Who changes one of them meanwhile is waited for, or waits.
  if is_further then
    perform from told t join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    where t.seq > 1 order by r.id for share of r;
    insert into recorded_part
    select r.id, s.id, s.contact_id, s.contact_started_at, s.id = r.segment_id, recorded_state(r.state, r.kept_at, r.destroy_at), official_of(s),
      s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
    from told t
    join recording r on r.contact_id = t.contact_id and r.contact_started_at = t.contact_started_at
    join segment s on s.id = t.id and s.contact_started_at = t.contact_started_at
    where t.seq > 1
    on conflict do nothing;
  end if;

  insert into study_told (contact_id, contact_started_at) select t.contact_id, t.contact_started_at from told t;
  return null;
end $$;
revoke execute on function segments_are_told() from public;

drop trigger counted_late on segment;
drop trigger names_official on segment;
drop trigger supersedes_fed on segment;
drop trigger tells_search on segment;
drop trigger tells_studies on segment;
drop function segment_supersedes_fed();
create trigger are_told after insert on segment referencing new table as told for each statement execute function segments_are_told();
create trigger counted_late after update of answered_at on segment for each row
  when (new.contact_started_at < now() - interval '20 hours') execute function history_changes_late('segment');
create trigger names_official after update of official_name, official_phone, official_unit_id, official_person_id on segment
  for each row when (new.official_name is not null) execute function name_official();

-- As 0053-found-together.sql has it, but for new parts, which are told above.
create or replace function part_is_recorded() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  insert into recorded_part
  select new.id, s.id, s.contact_id, s.contact_started_at, s.id = new.segment_id, recorded_state(new.state, new.kept_at, new.destroy_at),
    official_of(s), s.official_unit_id, s.number_reached, coalesce(s.number_called, s.number_reached)
  from segment s
  where s.contact_id = new.contact_id and s.contact_started_at = new.contact_started_at
  on conflict do nothing;
  return null;
end $$;

-- Contacts --------------------------------------------------------------------------------------------------------------------------

create function contacts_are_told() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  late date;
begin
  for late in select distinct helsinki_day(t.started_at) from told t where t.started_at < now() - interval '20 hours' order by 1 loop
    perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), late - date '2000-01-01');
    update history_day d set counted_at = null where d.day = late and d.counted_at is not null and d.closed_at is null;
    insert into history_late (contact_id, contact_started_at)
    select t.id, t.started_at from history_day d, told t
    where d.day = late and d.closed_at is not null and t.started_at < now() - interval '20 hours' and helsinki_day(t.started_at) = late
    on conflict do nothing;
  end loop;
  if exists (select from webhook_target w where 'contact.admitted' = any (w.events)) then
    perform tell_webhooks('contact.admitted', t.id) from told t order by t.started_at, t.id;
  end if;
  return null;
end $$;
revoke execute on function contacts_are_told() from public;

drop trigger counted_late on contact;
drop trigger tells_webhooks on contact;
drop function contact_is_told();
create trigger are_told after insert on contact referencing new table as told for each statement execute function contacts_are_told();

-- As 0018-history-terms.sql has it, but for new contacts, which are told above.
create or replace function history_changes_late() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_day date := helsinki_day(new.contact_started_at);
begin
  perform pg_advisory_xact_lock_shared(hashtext('seloste.history-day'), of_day - date '2000-01-01');
  update history_day d set counted_at = null where d.day = of_day and d.counted_at is not null and d.closed_at is null;
  return null;
end $$;

-- The number that a call was to: whoever tells of the part may say it, and then it is not looked up -------------------------------------

create function segment_is_to_number_reached() returns trigger language plpgsql as $$
begin
  new.number_called := null;
  return new;
end $$;
revoke execute on function segment_is_to_number_reached() from public;

drop trigger is_of_call on segment;
create trigger is_of_call before insert on segment for each row when (new.number_called is null) execute function segment_is_of_call();
create trigger is_of_call_told before insert on segment for each row when (new.number_called = new.number_reached)
  execute function segment_is_to_number_reached();
create trigger is_of_call_changed before update of number_reached on segment for each row execute function segment_is_of_call();

-- Entries of the log ----------------------------------------------------------------------------------------------------------------

-- As 0008-audit-log.sql has it, for all entries of a statement.
create or replace function note_pending() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_desk' and exists (select from told t where t.action in ('contacts.listed', 'contact.read', 'caller.revealed',
      'calls.watched', 'listening.started', 'shares.read', 'extract.read')) and exists (select from audit_break where accepted_at is null) then
    raise exception 'the audit log is broken: nobody looks until an operator has accepted the break' using errcode = 'SL001';
  end if;
  if exists (
    select from told t
    where pg_column_size(t.detail) > 400 and octet_length(t.detail::text) > 50000 or octet_length(t.action) + octet_length(t.result) > 500
      or octet_length(t.reference) > 1000
      or coalesce(octet_length(t.role), 0) + coalesce(octet_length(t.purpose), 0) + coalesce(octet_length(t.object_kind), 0) > 500
  ) then
    raise exception 'an entry of the audit log is too large' using errcode = 'check_violation';
  end if;
  insert into audit_pending select t.seq from told t;
  return null;
end $$;
drop trigger pending on audit_entry;
create trigger pending after insert on audit_entry referencing new table as told for each statement execute function note_pending();

-- Calls of a feed -------------------------------------------------------------------------------------------------------------------

-- Places of the calls that one in the register could be: one that meet_fed_call would take for it or hesitate about.
create function doubtful_fed_calls(told_by text, calls fed_call[]) returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return array(
    select distinct k.place from unnest(calls) k, jsonb_to_recordset(k.parts) p(answered_at timestamptz, official_phone text)
    where case when p.answered_at is null then
      k.caller_key is not null and exists (
        select from contact c where c.caller_key = k.caller_key
          and c.started_at between k.started_at - clocks_differ() and k.started_at + clocks_differ()
          and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
      )
    else exists (
      select from contact c
      join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
      where c.caller_key = k.caller_key and c.started_at between k.started_at - interval '2 minutes' and p.answered_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) or p.official_phone is not null and exists (
      select from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
      where s.official_phone = p.official_phone and (c.caller_key is null or k.caller_key is null)
        and s.answered_at between p.answered_at - clocks_differ() and p.answered_at + clocks_differ()
        and s.contact_started_at between k.started_at - interval '2 minutes' and p.answered_at + clocks_differ()
        and not exists (select from fed_segment f where f.contact_id = c.id and f.feed = told_by)
    ) end
  );
end $$;
drop function is_new_fed_call(text, fed_call);

create or replace function note_fed_calls(told_by text, calls fed_call[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own)
  select p.segment_id, c.contact_id, c.started_at, told_by, p.answered_at, p.ended_at, true
  from unnest(calls) c, jsonb_to_recordset(c.parts) p(segment_id uuid, answered_at timestamptz, ended_at timestamptz)
  on conflict (segment_id) do nothing
$$;

-- As 0049-feeds-in-batches.sql has it, but for what a part says of its call's number, and for what is asked of all calls at once.
create or replace function admit_fed_calls(told_by text, told jsonb) returns integer[]
language plpgsql volatile set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  calls fed_call[];
  known text[];
  doubtful integer[];
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
    doubtful := doubtful_fed_calls(told_by, calls);
    calls := array(select c from unnest(calls) c where c.place <> all (doubtful));
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
  insert into segment (id, contact_id, contact_started_at, seq, number_called, number_reached, number_reached_name, official_person_id,
    official_unit_id, official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
    description_version, drawn_on, quota_used, capture_state, capture_failure, marks)
  select p.segment_id, c.contact_id, c.started_at, p.seq, c.number_called, p.number_reached, p.number_reached_name, p.official_person_id,
    p.official_unit_id, p.official_name, p.official_phone, p.answered_at, p.ended_at, p.decision_record, p.decision_reason, p.rule_id, p.rule_version, p.rule_share,
    p.draw, p.description_version, decode(p.drawn_on, 'hex'), p.quota_used, p.capture_state, p.capture_failure, p.marks
  from unnest(calls) c, jsonb_populate_recordset(null::fed_part, c.parts) p;
  -- Whoever listens looks anew, whichever it was.
  perform pg_notify('seloste_calls', calls[1].contact_id::text);
  return array(select c.place from unnest(calls) c);
end $$;

revoke execute on function doubtful_fed_calls(text, fed_call[]) from public;
grant execute on function doubtful_fed_calls(text, fed_call[]) to seloste_capture;
