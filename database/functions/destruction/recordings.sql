-- Returns the time used for views, which never goes back.
create or replace function register_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(now(), (select at from clock_mark))
$$;
grant execute on function register_now to seloste_capture, seloste_custodian, seloste_desk;

-- Returns the time for destruction by term. Time that the clock gained, or skipped while it was not watched, counts only after as much time has
-- passed: a term obeyed some hours late is within its ceiling, one obeyed early cannot be undone. Two hours of a machine that was off are
-- not held back.
create or replace function destruction_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case
      when clock_is_ahead() then at
      -- The clock jumped since the custodian's last check, or the custodian has stopped.
      when is_watched and now() > seen + interval '3 minutes' then seen
      else now()
    end - greatest(gained, case when leapt > interval '2 hours' then leapt end, interval '0')
  from clock_mark
$$;
grant execute on function destruction_now to seloste_capture, seloste_custodian, seloste_desk;

-- Returns when an order ended, also if that is not recorded yet. Null while it is in force.
create or replace function order_ended_at(o preservation_order) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when o.ended_at is not null then o.ended_at when o.until <= destruction_now() then o.until end
$$;

-- Returns true if an order keeps the history of a call. A clock that has jumped ends no order.
create or replace function history_is_held(contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in ('history', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
grant execute on function history_is_held to seloste_custodian;

-- Returns true if an order keeps history of calls that began in a span: no month of it is dropped as a whole.
create or replace function history_held_between(begins timestamptz, ends timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_started_at >= begins and o.contact_started_at < ends
      and o.covers in ('history', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
grant execute on function history_held_between to seloste_custodian;

create or replace function recordings_are_held(contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in ('recordings', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
grant execute on function recordings_are_held to seloste_custodian;

-- Returns the day on which a recording ended by its term, as it is shown to everybody: that of its destruction by the ledger, or that on
-- which a recording kept by a preservation order was reported as destroyed. The instant would reveal the order. Before either: its last
-- day.
create or replace function shown_end_day(r recording) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select day_start(helsinki_day(coalesce(r.reported_destroyed_at, r.destroyed_at, r.destroy_at)))
$$;

create or replace function months_after(instant timestamptz, months integer) returns timestamptz
language plpgsql immutable set search_path = pg_catalog as $$
begin
  return ((instant at time zone 'Europe/Helsinki') + make_interval(months => months)) at time zone 'Europe/Helsinki';
end $$;
grant execute on function months_after to seloste_capture;

-- Returns Easter Sunday of a year (Gregorian computus of Meeus, Jones and Butcher).
create or replace function easter_sunday(year integer) returns date
language plpgsql immutable set search_path = pg_catalog as $$
declare
  a integer := year % 19;
  b integer := year / 100;
  c integer := year % 100;
  h integer := (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  l integer := (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  m integer := (a + 11 * h + 22 * l) / 451;
begin
  return make_date(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
end $$;

-- Returns true for a working day of authorities: no weekend, holiday, Independence Day, May Day, Christmas Eve or Midsummer Eve (Act
-- 150/1930 section 5).
create or replace function is_working_day(day date) returns boolean
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select extract(isodow from day) < 6
    and to_char(day, 'MM-DD') not in ('01-01', '01-06', '05-01', '12-06', '12-24', '12-25', '12-26')
    and day - easter_sunday(extract(year from day)::integer) not in (-2, 1, 39)
    and not (extract(isodow from day) = 5 and to_char(day, 'MM-DD') between '06-19' and '06-25')
$$;

-- Returns the end of the nth working day after an instant's day.
create or replace function working_days_after(instant timestamptz, days integer) returns timestamptz
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
declare
  day date := (instant at time zone 'Europe/Helsinki')::date;
  left_over integer := days;
begin
  while left_over > 0 loop
    day := day + 1;
    if is_working_day(day) then
      left_over := left_over - 1;
    end if;
  end loop;
  return (day + 1)::timestamp at time zone 'Europe/Helsinki';
end $$;

-- Decides from facts whether a recording is kept, waits or is destroyed: {act, for, cases, cause}. Recordings still in capture are blocked
-- and destroyed like others. A restricted recording waits for its requester and is available to open cases alone (GDPR 18(2)), never past
-- its day. test/ends/precedence.ts is an independent second implementation.
create or replace function decide_end(facts jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
declare
  at timestamptz := (facts ->> 'now')::timestamptz;
  destroy_at timestamptz := (facts ->> 'destroyAt')::timestamptz;
  is_past boolean := coalesce(destroy_at <= at, false);
  party text;
  waits text[];
begin
  if (facts ->> 'isHeld')::boolean then
    return '{"act": "wait", "for": "order", "cases": []}';
  end if;
  if jsonb_array_length(facts -> 'prohibitions') > 0 then
    with forbidden as (
      select p ->> 'party' as party, (p ->> 'receivedAt')::timestamptz as received_at from jsonb_array_elements(facts -> 'prohibitions') p
    ),
    blocking as (
      select f.party, c ->> 'id' as id
      from forbidden f, jsonb_array_elements(facts -> 'cases') c
      where (c ->> 'receivedAt')::timestamptz <= f.received_at and (c ->> 'kind' = 'authority' or c ->> 'party' <> f.party)
    )
    select
      (select f.party from forbidden f where is_past or f.party not in (select b.party from blocking b)
        order by f.received_at, f.party limit 1),
      (select array_agg(distinct b.id order by b.id) from blocking b)
    into party, waits;
    if party is not null then
      return jsonb_build_object('act', 'destroy', 'cause', lower(party));
    end if;
    return jsonb_build_object('act', 'wait', 'for', 'case', 'cases', to_jsonb(waits));
  end if;
  if not is_past and (facts ->> 'isRestricted')::boolean then
    return jsonb_build_object('act', 'wait', 'for', 'right', 'cases', coalesce((
      select jsonb_agg(c ->> 'id' order by c ->> 'id') from jsonb_array_elements(facts -> 'cases') c), '[]'));
  end if;
  if not is_past then
    return '{"act": "keep"}';
  end if;
  if (facts ->> 'inspectionsHold')::boolean and at < (facts ->> 'casesKeepUntil')::timestamptz then
    select array_agg(c ->> 'id' order by c ->> 'id') into waits
    from jsonb_array_elements(facts -> 'cases') c
    where c ->> 'kind' = 'inspection' and (c ->> 'receivedAt')::timestamptz < destroy_at;
    if waits is not null then
      return jsonb_build_object('act', 'wait', 'for', 'case', 'cases', to_jsonb(waits));
    end if;
  end if;
  return jsonb_build_object('act', 'destroy', 'cause',
    case when (facts ->> 'lastOrderEndedAt')::timestamptz > destroy_at then 'hold-end' else 'retention' end);
end $$;

-- Returns the open cases that ask for a recording: inspections, and authorities' requests (without a party).
create or replace function open_cases(r recording) returns table (id uuid, kind text, party text, received_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.id, 'inspection', i.party, i.received_at
  from inspection_recording ir join inspection i on i.id = ir.inspection_id
  where ir.recording_id = r.id and i.closed_at is null
    -- Leaves out the inspection of an official whose part a correction gave to another.
    and (i.party <> 'OFFICIAL' or i.request_id is null or exists (
      select from subject_request q join segment s on s.official_person_id = q.official_id
      where q.id = i.request_id and s.id = r.segment_id and s.contact_started_at = r.contact_started_at))
  union all
  select a.id, 'authority', null, a.received_at from authority_request a
  where a.recording_id = r.id and a.closed_at is null
$$;

-- Returns when a prohibition that is entered now counts as received: not before a case that is open already, even if the clock went back in
-- between.
create or replace function prohibition_instant(r recording, of_party text) returns timestamptz
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(clock_timestamp(), (select max(c.received_at) from open_cases(r) c where c.kind = 'authority' or c.party <> of_party))
$$;

-- Returns the facts for decide_end, without orders.
create or replace function end_facts(r recording) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'now', destruction_now(),
    'destroyAt', r.destroy_at,
    'isRestricted', is_restricted(r),
    'lastOrderEndedAt', (select max(order_ended_at(o)) from preservation_order o
      where o.contact_id = r.contact_id and o.covers in ('recordings', 'both')),
    'inspectionsHold', (select held from inspections_hold),
    'casesKeepUntil', months_after(r.destroy_at, 3),
    'prohibitions', coalesce((select jsonb_agg(jsonb_build_object('party', p.party, 'receivedAt', p.received_at))
      from prohibition p where p.recording_id = r.id), '[]'),
    'cases', coalesce((
      select jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind, 'party', c.party, 'receivedAt', c.received_at)) from open_cases(r) c), '[]'))
$$;

-- Returns what decide_end decides about a recording now.
create or replace function recording_end_decision(r recording) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select decide_end(end_facts(r) || jsonb_build_object('isHeld', recordings_are_held(r.contact_id)))
$$;
grant execute on function recording_end_decision to seloste_custodian;

-- Returns the decision as if no preservation order existed, for those who may not know of one (L37).
create or replace function end_decision_without_orders(r recording) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select decide_end(end_facts(r) || '{"isHeld": false}')
$$;

-- Returns true if a recording is past its day and only a preservation order keeps it.
create or replace function only_order_keeps(r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.destroy_at <= destruction_now() and recordings_are_held(r.contact_id) and end_decision_without_orders(r) ->> 'act' = 'destroy'
$$;

-- Sets a recording's state by recording_end_decision, notifies the custodian of a destruction, and reports what only an order keeps as
-- destroyed. Blocking is immediate: playback asks the database for each range.
create or replace function settle_recording(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
  ends jsonb;
begin
  select * into r from recording where id = wanted for update;
  if r.id is null or r.state in ('DESTROYING', 'DESTROYED') then
    return null;
  end if;
  ends := recording_end_decision(r);
  case
    when ends ->> 'act' = 'destroy' then
      update recording set state = 'DESTROYING', cause = ends ->> 'cause' where id = r.id;
      perform pg_notify('seloste_ends', r.id::text);
    when ends ->> 'act' = 'wait' and r.state = 'STORED' and r.kept_at is not null then
      update recording set state = 'RESTRICTED' where id = r.id;
    when ends ->> 'act' = 'keep' and r.state = 'RESTRICTED' then
      update recording set state = 'STORED' where id = r.id;
    else null;
  end case;
  -- A preservation order is secret. While destructions by term wait, as for a backup place, this report waits too.
  if r.reported_destroyed_at is null and only_order_keeps(r)
     and not exists (select from recording o where o.state = 'DESTROYING' and o.cause = 'retention') then
    update recording set reported_destroyed_at = clock_timestamp() where id = r.id;
  end if;
  return ends;
end $$;
grant execute on function settle_recording to seloste_custodian;

-- Reports recordings that an order keeps past their day as destroyed, with those that a sweep destroys. Restricted ones are reported sooner
-- (settle_ends), as they would be destroyed.
create or replace function report_held_as_destroyed() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select settle_recording(r.id) from recording r
  where r.destroy_at <= destruction_now() and r.state not in ('DESTROYING', 'DESTROYED') and r.reported_destroyed_at is null
    and recordings_are_held(r.contact_id)
$$;
grant execute on function report_held_as_destroyed to seloste_custodian;

-- Applies what was requested earlier to a recording that is stored or ingested: a prohibition, an order, a restriction.
create or replace function settle_changed_recording() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state = 'DESTROYED' and old.state <> 'DESTROYED' then
    update prohibition set executed_at = new.destroyed_at where recording_id = new.id and executed_at is null;
  elsif new.state = 'STORED' and (old.state <> 'STORED' or (old.kept_at is null and new.kept_at is not null))
     and old.state <> 'RESTRICTED' and (
       exists (select from prohibition p where p.recording_id = new.id and p.executed_at is null)
       or recordings_are_held(new.contact_id) or is_restricted(new)
     ) then
    perform settle_recording(new.id);
  end if;
  return null;
end $$;

create or replace function refuse_recording_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'recordings cannot be truncated: each ends by its term or by a cause of the description';
end $$;

-- Keeps the rows of a call under an order. The trigger argument names the column of their contact.
create or replace function history_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  contact uuid := to_jsonb(old) ->> tg_argv[0];
begin
  if history_is_held(contact) then
    raise exception '% is not to be deleted now', contact;
  end if;
  return old;
end $$;

-- A key is deleted with its recording only; one that moves to another shard is back when the transaction ends.
create or replace function recording_key_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from recording r where r.id = old.recording_id and r.state not in ('DESTROYING', 'DESTROYED'))
     and not exists (select from recording_key k where k.recording_id = old.recording_id) then
    raise exception 'the key of recording % is not deleted: the recording is not destroyed', old.recording_id;
  end if;
  return null;
end $$;

-- Returns the viewer's right to a role for every call under a purpose. Refuses deny.role; deny.reference without a reference.
create or replace function require_right(wanted text, purpose text, reference text) returns access_right
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right;
begin
  select * into held from rights_of(viewer(), purpose, 'any') r where r.role = wanted and r.scope_kind = 'all' limit 1;
  perform refuse_if(held.id is null, 'deny.role');
  perform refuse_if(coalesce(reference, '') !~ '\S', 'deny.reference');
  return held;
end $$;

create or replace function require_one_role(wanted text[]) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held text;
begin
  select w into held from unnest(wanted) w where viewer_is(w) limit 1;
  perform refuse_if(held is null, 'deny.role');
  return held;
end $$;
grant execute on function require_one_role to seloste_desk;

-- Returns a contact whose history has not ended.
create or replace function contact_in_term(wanted uuid) returns contact
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.* from contact c
  where c.id = wanted and history_end(c.history_ends_at, c.started_at) > register_now()
$$;

-- Recalls the released copies of a recording: they are destroyed or returned within three working days (R50).
create or replace function recall_copies(recording uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  copy record;
begin
  for copy in
    update disclosed_copy c
    set state = 'RECALLED', recalled_at = clock_timestamp(),
      due_at = working_days_after(clock_timestamp(), (select r.return_working_days from disclosure_rules r))
    where c.recording_id = recall_copies.recording and c.state = 'RELEASED' returning c.id, c.due_at
  loop
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (viewer(), 'copy.recalled', 'recall', copy.id, 'ok', jsonb_build_object('dueAt', ledger_instant(copy.due_at)));
  end loop;
end $$;

-- Forbids the use of a recording, by its official (their own wish, or the caller's stated in the call) or by the Service Unit (either
-- party's). No reason is needed and nobody can refuse. A repeated call returns the same prohibition. The Service Unit acts for a requester
-- whose call it is; another's call is not-found. An official enters the caller's wish only if it was stated in the call, and within the
-- hour; otherwise the Service Unit enters it (prohibition.service-unit), by a clerk who did not answer the call (request.own). A
-- requester's own copy that has not been fetched is ended only with `ends_copy` (without it: prohibition.copy-waits).
create or replace function forbid_use(wanted uuid, party text, channel text, reference text, ends_copy boolean default false)
returns setof prohibition
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  r recording;
  held access_right;
  made prohibition;
  is_own boolean;
  by_official boolean;
begin
  -- Nothing is forbidden in listening mode: the person at the screen is not the host.
  perform refuse_if(viewer() is null or confined_to() is not null, 'deny.role');
  select * into r from recording where id = wanted for update;
  is_own := exists (select from segment s
    where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = viewer());
  by_official := is_own and (forbid_use.party = 'OFFICIAL' or forbid_use.channel = 'CALL');
  if not by_official then
    if not viewer_is('SERVICE_UNIT') then
      perform refuse_if(is_own, 'prohibition.service-unit');
      -- Another's call looks as if it did not exist.
      perform refuse_if(viewer_is('OFFICIAL'), 'not-found');
    end if;
    held := require_right('SERVICE_UNIT', 'INSPECTION', forbid_use.reference);
    -- The official's own prohibition would wait for the caller's request, which this act would end.
    perform refuse_if(forbid_use.party = 'CALLER' and answered_call(r.contact_id), 'request.own');
    perform refuse_if(not exists (
      select from request_by_reference(forbid_use.reference) q
      where q.party = forbid_use.party and exists (
        select from matched_call(r.contact_id, forbid_use.reference) m where m.contact_started_at = r.contact_started_at)
        and serves_recording(r, forbid_use.reference)
    ), 'not-found');
    perform refuse_if(forbid_use.channel in ('CALL', 'OWN_CALLS'), 'prohibition.service-unit');
  end if;
  perform refuse_if(r.id is null or (contact_in_term(r.contact_id)).id is null, 'not-found');
  select * into made from prohibition p where p.recording_id = wanted and p.party = forbid_use.party;
  if made.id is null then
    perform refuse_if(r.state in ('DESTROYING', 'DESTROYED')
       or r.destroy_at <= register_now() and end_decision_without_orders(r) ->> 'act' <> 'wait',
      'recording.destroyed');
    perform refuse_if(by_official and forbid_use.party = 'CALLER'
       and caller_wish_until(viewer(), r.contact_id, r.contact_started_at) <= register_now(), 'prohibition.service-unit');
    perform refuse_if(not by_official and not ends_copy and exists (
      select from subject_copy c join subject_request q on q.id = c.request_id
      where c.recording_id = wanted and q.party = forbid_use.party and subject_copy_state(c) in ('making', 'ready')), 'prohibition.copy-waits');
    insert into prohibition (recording_id, party, channel, received_at, entered_by, reference)
    values (wanted, forbid_use.party, forbid_use.channel, prohibition_instant(r, forbid_use.party), viewer(),
      case when held.id is null then null else btrim(forbid_use.reference) end)
    returning * into made;
    perform record_act('recording.forbidden', held, case when held.id is null then null else 'INSPECTION' end, 'prohibition', made.id,
      jsonb_build_object('recording', wanted, 'party', made.party, 'channel', made.channel), made.reference);
    perform recall_copies(wanted);
    perform settle_recording(wanted);
  end if;
  return next made;
end $$;
grant execute on function forbid_use to seloste_desk;

-- Returns a prohibition's state for the person who entered it: executed, waiting or blocked. Waiting for an inspection is shown; waiting
-- for an authority or an order is not. The desk gets that of a prohibition whose id it has, in a session. Volatile, to see the changes of
-- the statement that calls it.
create or replace function prohibition_state(p prohibition) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.executed_at is not null then 'executed'
    when r.state not in ('DESTROYING', 'DESTROYED') and exists (
      select from inspection_recording ir where ir.recording_id = r.id and recording_end_decision(r) -> 'cases' ? ir.inspection_id::text
    ) then 'waiting'
    else 'blocked' end
  from recording r where r.id = p.recording_id and (session_user <> 'seloste_desk' or viewer() is not null and exists (
    select from prohibition x where x.id = p.id and x.recording_id = r.id))
$$;
grant execute on function prohibition_state to seloste_desk;

create or replace function record_order_in_ledger(o uuid, event text, until timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('hold', o, event, jsonb_build_object('until', ledger_instant(until)))
$$;

create or replace function settle_contact(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select settle_recording(id) from recording where contact_id = wanted and state not in ('DESTROYING', 'DESTROYED') order by id
$$;

create or replace function check_order_end(until timestamptz) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(until is null or not isfinite(until) or until <= register_now() or until > months_after(now(), 3), 'hold.until-wrong');
end $$;

create or replace function enter_order(contact uuid, covers text, provision text, authority text, order_reference text,
  until timestamptz, reference text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := require_right('SECURITY', 'CRIME_OR_MISUSE', enter_order.reference);
  c contact;
  made uuid;
begin
  c := contact_in_term(enter_order.contact);
  perform refuse_if(c.id is null, 'not-found');
  -- Otherwise one person alone could prevent the caller from listening to the recording and from forbidding it.
  perform refuse_if(answered_call(c.id), 'hold.own');
  perform check_order_end(enter_order.until);
  -- A second order that lasts longer is a renewal, which is another person's.
  perform refuse_if(exists (
    select from preservation_order o where o.contact_id = c.id and o.entered_by = viewer() and o.until < enter_order.until
  ), 'hold.own');
  -- The locks order this against a destruction: an earlier one is seen here, and a later one sees the order and is refused. Capture's
  -- writes do not wait.
  perform from contact k where k.id = c.id and k.started_at = c.started_at for key share;
  perform refuse_if(not found, 'not-found');
  perform from recording r where r.contact_id = c.id order by r.id for update;
  perform refuse_if(enter_order.covers = 'recordings' and not exists (
    select from recording r where r.contact_id = c.id and r.state not in ('DESTROYING', 'DESTROYED')
  ), 'hold.nothing-left');
  insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
  values (c.id, c.started_at, enter_order.covers, btrim(enter_order.provision), btrim(enter_order.authority),
    btrim(enter_order.order_reference), btrim(enter_order.reference), enter_order.until, viewer())
  returning id into made;
  perform record_act('hold.entered', held, 'CRIME_OR_MISUSE', 'hold', made, jsonb_build_object('contact', c.id, 'covers', enter_order.covers,
    'until', ledger_instant(enter_order.until)), btrim(enter_order.reference));
  perform record_order_in_ledger(made, 'entered', enter_order.until);
  perform settle_contact(c.id);
  return made;
end $$;
grant execute on function enter_order to seloste_desk;

-- Locks and returns an order in force; for those who may know of it.
create or replace function lock_order(wanted uuid) returns preservation_order
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order;
begin
  perform require_one_role('{SECURITY,DECISION_MAKER}');
  select * into o from preservation_order where id = wanted for update;
  perform refuse_if(o.id is null, 'not-found');
  perform refuse_if(o.ended_at is not null or o.until <= destruction_now(), 'hold.over');
  return o;
end $$;

create or replace function renew_order(wanted uuid, until timestamptz, order_reference text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order := lock_order(wanted);
begin
  perform refuse_if(o.entered_by = viewer() or answered_call(o.contact_id), 'hold.own');
  perform check_order_end(renew_order.until);
  perform refuse_if(renew_order.until < o.until, 'hold.until-wrong');
  update preservation_order p set until = renew_order.until where p.id = o.id;
  insert into preservation_renewal (order_id, until, order_reference, renewed_by)
  values (o.id, renew_order.until, btrim(renew_order.order_reference), viewer());
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), require_one_role('{SECURITY,DECISION_MAKER}'), 'hold.renewed', 'hold', o.id, 'ok',
    jsonb_build_object('until', ledger_instant(renew_order.until)));
  perform record_order_in_ledger(o.id, 'renewed', renew_order.until);
end $$;
grant execute on function renew_order to seloste_desk;

create or replace function end_order(wanted uuid, note text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order := lock_order(wanted);
begin
  perform refuse_if(o.entered_by = viewer() or answered_call(o.contact_id), 'hold.own');
  perform require_fresh();
  update preservation_order p set ended_at = clock_timestamp(), ended_by = viewer(), end_note = btrim(note) where p.id = o.id;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), require_one_role('{SECURITY,DECISION_MAKER}'), 'hold.ended', 'hold', o.id, 'ok', '{"by": "person"}');
  perform record_order_in_ledger(o.id, 'ended', now());
  perform settle_contact(o.contact_id);
end $$;
grant execute on function end_order to seloste_desk;

-- Keeps an order as entered. Only a renewal moves its end, and it ends once. An ended one forgets when its call began (forget_call_starts).
create or replace function order_guard() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null and new.contact_started_at = month_start(old.contact_started_at)
     and to_jsonb(new) - 'contact_started_at' = to_jsonb(old) - 'contact_started_at' then
    return new;
  end if;
  if (new.id, new.contact_id, new.contact_started_at, new.covers, new.provision, new.authority, new.order_reference, new.reference, new.from_at, new.entered_by)
     is distinct from (old.id, old.contact_id, old.contact_started_at, old.covers, old.provision, old.authority, old.order_reference, old.reference, old.from_at, old.entered_by)
     or old.ended_at is not null or new.until < old.until then
    raise exception 'order % stays as it was entered', old.id;
  end if;
  return new;
end $$;

-- Returns orders, newest first, for those who may know of them, and logs the read.
create or replace function list_orders(wanted text)
returns table (id uuid, contact_id uuid, covers text, provision text, authority text, order_reference text, from_at timestamptz,
  until timestamptz, entered_by uuid, ended_at timestamptz, ended_by uuid, end_note text, in_force boolean, renewals jsonb,
  recordings jsonb, waiting bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := require_one_role('{SECURITY,DECISION_MAKER}');
  found_rows bigint;
begin
  return query
    select o.id, o.contact_id, o.covers, o.provision, o.authority, o.order_reference, o.from_at, o.until, o.entered_by,
      coalesce(o.ended_at, case when o.until <= register_now() then o.until end), o.ended_by, o.end_note,
      o.ended_at is null and o.until > register_now(),
      coalesce((select jsonb_agg(jsonb_build_object('at', n.at, 'until', n.until, 'orderReference', n.order_reference, 'by', n.renewed_by) order by n.at)
        from preservation_renewal n where n.order_id = o.id), '[]'),
      coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'destroyAt', r.destroy_at, 'isPastTerm', coalesce(r.destroy_at <= register_now(), false)) order by r.started_at)
        from recording r where r.contact_id = o.contact_id and o.covers <> 'history' and r.state not in ('DESTROYING', 'DESTROYED')), '[]'),
      (select count(*) from prohibition p join recording r on r.id = p.recording_id
        where r.contact_id = o.contact_id and o.covers <> 'history' and p.executed_at is null)
    from preservation_order o
    where wanted is null or (wanted = 'in-force') = (o.ended_at is null and o.until > register_now())
    order by o.from_at desc, o.id limit 1000;
  get diagnostics found_rows = row_count;
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), as_role, 'holds.read', 'hold', 'ok', jsonb_build_object('orders', found_rows));
end $$;
grant execute on function list_orders to seloste_desk;

-- Returns the instant by which an appointment about some recordings has to end; null if nothing is left to play. Where the description lets
-- a recording wait for its inspection (C3), that is three months after its day, unless it is forbidden. One that only an order keeps counts
-- as gone. An approved version that brings an earlier end counts.
create or replace function latest_appointment(recordings uuid[]) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select min(e.ends)
  from recording r, planned_end(r) p(planned), lateral (
    select case
      when (select held from inspections_hold) and not exists (select from prohibition p where p.recording_id = r.id)
        then least(months_after(p.planned, 3), case when holds_end_at() is not null then greatest(p.planned, holds_end_at()) end)
      else p.planned end as ends
  ) e
  where r.id = any (recordings) and r.state not in ('DESTROYING', 'DESTROYED') and e.ends > register_now()
    and not only_order_keeps(r)
$$;

create or replace function close_inspection(i inspection, actor uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update inspection n set closed_at = clock_timestamp(), closed_by = actor, outcome = how where n.id = i.id and n.closed_at is null;
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (actor, case when actor is not null then 'SERVICE_UNIT' end, 'inspection.closed', 'INSPECTION', i.reference, 'inspection', i.id, 'ok',
    jsonb_build_object('outcome', how));
  perform settle_recording(recording_id) from inspection_recording where inspection_id = i.id order by recording_id;
end $$;

-- Closes an inspection by an act of the Service Unit.
create or replace function end_inspection(i inspection, actor uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- A prohibition by the official, now or later, waits for the caller's case, so the official cannot end that case.
  perform refuse_if(i.party <> 'OFFICIAL' and exists (
    select from inspection_recording ir join recording r on r.id = ir.recording_id
    where ir.inspection_id = i.id and answered_call(r.contact_id)), 'request.own');
  perform require_fresh_to_lift_holds(array(select ir.recording_id from inspection_recording ir where ir.inspection_id = i.id));
  perform close_inspection(i, actor, how);
end $$;

-- Closes inspections without anything left to play, and returns them: their requesters are informed in writing. Also closes inspections for
-- a copy whose copies were fetched or expired. Where the description lets an open inspection delay the end (C3), there is nothing left to
-- play three months after the recording's `destroy_at`.
create or replace function close_expired_inspections() returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  i inspection;
begin
  for i in
    select * from inspection n where n.closed_at is null and not exists (
      select from inspection_recording ir join recording r on r.id = ir.recording_id
      where ir.inspection_id = n.id and r.state not in ('DESTROYING', 'DESTROYED')
        and (r.destroy_at is null or destruction_now() <
          case when (select held from inspections_hold) then months_after(r.destroy_at, 3) else r.destroy_at end)
    ) order by n.id for update skip locked
  loop
    perform end_inspection(i, null, 'destroyed');
    return next i.id;
  end loop;
  for i in select * from inspection n where n.closed_at is null and n.kind = 'COPY' order by n.id for update skip locked loop
    perform end_inspection(i, null, 'answered') where inspection_is_copied(i);
  end loop;
end $$;

-- Returns true if a recording is available to an inspection that asked for it (C3). A recording past its day that only an order keeps
-- counts as gone.
create or replace function recording_is_available(r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.state not in ('DESTROYING', 'DESTROYED')
    and (r.destroy_at is null or r.destroy_at > register_now() or r.state = 'RESTRICTED' and not only_order_keeps(r))
$$;

-- Returns true if the Service Unit has to act: a recording of the inspection is destroyed within three days, or its booked appointment ends
-- too late.
create or replace function inspection_is_urgent(i inspection) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.closed_at is null and (appointment_is_late(i.request_id) or exists (
    select from inspection_recording ir join recording r on r.id = ir.recording_id
    where ir.inspection_id = i.id and planned_end(r) <= register_now() + interval '72 hours' and recording_is_available(r)
      and not exists (select from copies_of_inspection(i) c where c.recording_id = r.id and c.ready_at is not null)))
$$;

-- Confirms that a recalled copy was destroyed or returned.
create or replace function confirm_recall(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform require_one_role('{DECISION_MAKER}');
  -- Locks in the common order: the disclosure, then its copy.
  perform from research_disclosure d where d.number = (select c.disclosure from disclosed_copy c where c.id = wanted) for update;
  perform from disclosed_copy c where c.id = wanted and c.recalled_at is not null;
  perform refuse_if(not found, 'not-found');
  perform confirm_copy(wanted, how, null, 'DECISION_MAKER');
end $$;
grant execute on function confirm_recall to seloste_desk;

-- Confirms that a clock ahead of the register is right. The confirmation of a second person takes effect, also for time that the clock
-- gained. `said`: the time that the first screen showed. A passkey holder has confirmed it by act clock.confirm, nil UUID, revision 0.
create or replace function confirm_clock(said timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{DECISION_MAKER,DATA_PROTECTION_OFFICER,ADMINISTRATOR}');
  stop clock_stop;
begin
  perform advance_clock();
  perform from clock_mark for update;
  select * into stop from clock_stop where ended_at is null;
  perform refuse_if(stop.id is null, 'clock.right');
  perform refuse_if(abs(extract(epoch from said - now())) > 600, 'clock.changed-meanwhile');
  perform refuse_if(exists (select from confirmations_of(stop.id) c where c.person_id = viewer()), 'clock.own');
  perform require_confirmation('clock.confirm', '00000000-0000-0000-0000-000000000000', 0);
  insert into clock_confirmation (stop_id, person_id, role) values (stop.id, viewer(), as_role);
  perform record_right_act('clock.confirmed', as_role, 'clock', stop.id, jsonb_build_object('now', ledger_instant(now())));
  if (select count(*) from confirmations_of(stop.id)) < 2 then
    return false;
  end if;
  update clock_stop set ended_at = now(), confirmed = true where id = stop.id;
  update clock_mark set at = now(), leapt = '0', seen = now(), gained = '0';
  perform pg_notify('seloste_ends', 'clock');
  return true;
end $$;
grant execute on function confirm_clock to seloste_desk;

-- Returns the clock's state for the retention screen, with the ids of those who have confirmed.
create or replace function clock_state() returns table (state text, mark timestamptz, said timestamptz, stopped_since timestamptz, confirmed_by jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case when clock_is_ahead() then 'ahead' when now() < m.at - interval '1 minute' then 'behind' else 'right' end,
    m.at, now(), s.since,
    coalesce((select jsonb_agg(jsonb_build_object('person', c.person_id, 'at', c.at) order by c.at) from confirmations_of(s.id) c), '[]')
  from clock_mark m left join clock_stop s on s.ended_at is null
$$;
grant execute on function clock_state to seloste_custodian, seloste_desk;

-- Periodic work of the custodian, every few seconds: ends expired orders and inspections, and settles the recordings that waited. Returns
-- how many orders and inspections it ended.
create or replace function settle_ends() returns table (orders bigint, inspections bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order;
begin
  orders := 0;
  for o in select * from preservation_order p where p.ended_at is null and p.until <= destruction_now() order by p.id for update skip locked loop
    update preservation_order p set ended_at = p.until where p.id = o.id;
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('hold.ended', 'hold', o.id, 'ok', '{"by": "its time"}');
    perform record_order_in_ledger(o.id, 'ended', o.until);
    perform settle_contact(o.contact_id);
    orders := orders + 1;
  end loop;
  select count(*) into inspections from close_expired_inspections();
  perform settle_recording(r.id) from recording r where r.state = 'RESTRICTED' order by r.id;
  perform settle_recording(p.recording_id) from prohibition p where p.executed_at is null order by p.recording_id;
  -- Past its day with an open inspection: it is destroyed, or stays for that alone (C3).
  perform settle_recording(r.id) from recording r
  where r.state = 'STORED' and r.destroy_at <= destruction_now() and exists (
    select from inspection_recording ir join inspection i on i.id = ir.inspection_id where ir.recording_id = r.id and i.closed_at is null
  ) order by r.id;
  return next;
end $$;
grant execute on function settle_ends to seloste_custodian;

-- Returns the instant until which a recording may be played under a purpose and reference; null if it may not. Past its day only the one
-- inspection that the description lets delay its end may play it (C3). A desk gets an answer only for its viewer's own rights, because any
-- other would reveal an order. The Service Unit may play what it sees. A recording kept only for a request may be played by the Service
-- Unit alone: the request's number gives the call's official no access. `role`: of the right that is used.
create or replace function listened_until(wanted uuid, purpose text, reference text, role text default 'SERVICE_UNIT') returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when r.kept_at is null then null
    when session_user = 'seloste_desk'
      and not exists (
        select from rights_of(viewer(), listened_until.purpose, coalesce(listened_until.reference, '')) o
        where o.role <> 'SERVICE_UNIT' or o.scope_kind <> 'all' or serves_recording(r, listened_until.reference)
      ) then null
    when r.state = 'STORED' then r.destroy_at
    when r.state <> 'RESTRICTED' then null
    when recordings_are_held(r.contact_id) and listened_until.purpose = 'CRIME_OR_MISUSE' then r.destroy_at
    when listened_until.role <> 'SERVICE_UNIT' or session_user = 'seloste_desk' and not exists (
      select from rights_of(viewer(), listened_until.purpose, coalesce(listened_until.reference, '')) o
      where o.role = 'SERVICE_UNIT' and o.scope_kind = 'all') then null
    when listened_until.purpose = 'INSPECTION' and is_playable_to_verify(r, listened_until.reference) then r.destroy_at
    when listened_until.purpose = 'INSPECTION' and exists (
      select from inspection_recording ir join inspection i on i.id = ir.inspection_id
      where ir.recording_id = r.id and i.closed_at is null and i.reference = btrim(listened_until.reference)
        and end_decision_without_orders(r) -> 'cases' ? i.id::text
    ) then case
      when (select held from inspections_hold)
        and not exists (select from prohibition p where p.recording_id = r.id) then months_after(r.destroy_at, 3)
      else r.destroy_at end
  end
  from recording r where r.id = wanted
$$;
grant execute on function listened_until to seloste_desk;

-- Advances the high-water mark with the clock, by at most 26 hours without two people, and records a jump and its end. Returns right, ahead
-- or behind.
create or replace function advance_clock(elapsed interval default '0', by uuid default null) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m clock_mark;
  passed interval := least(greatest(elapsed, '0'), '26 hours');
  is_running boolean := passed > interval '0';
  leap interval;
  gain interval;
  opened uuid;
begin
  select * into m from clock_mark for update;
  if is_running and m.is_watched and m.watcher is distinct from by and now() between m.seen and m.seen + interval '3 minutes' then
    -- Another process is already watching the clock.
    return case when clock_is_ahead() then 'ahead' when now() < m.at - interval '1 minute' then 'behind' else 'right' end;
  end if;
  gain := m.gained;
  -- Without `elapsed` and `by` nothing is counted.
  if is_running or by is not null then
    gain := case when gain > interval '0' then greatest(gain - passed / 240, '0') else least(gain + passed, '0') end;
    if is_running and m.watcher is not distinct from by then
      gain := gain + (now() - m.seen - passed);
    elsif now() < m.seen then
      gain := gain + (now() - m.seen);
    end if;
    -- Cancels the time that the clock skipped before.
    m.leapt := greatest(m.leapt - greatest(m.seen + passed - now() - interval '5 seconds', '0'), '0');
    update clock_mark set seen = now(), gained = gain, watcher = by, is_watched = is_watched or is_running;
  end if;
  leap := greatest(now() - m.at - passed, '0');
  -- Two clocks never agree to the second.
  if leap < interval '5 seconds' then
    leap := '0';
  end if;
  if m.leapt + leap > interval '26 hours' or gain > interval '22 hours' then
    insert into clock_stop (since, mark) values (now(), m.at) on conflict do nothing returning id into opened;
    if opened is not null then
      insert into audit_entry (action, object_kind, object_id, result, detail)
      values ('clock.stopped', 'clock', opened, 'ok', jsonb_build_object('mark', ledger_instant(m.at), 'now', ledger_instant(now())));
    end if;
    return 'ahead';
  end if;
  update clock_stop set ended_at = now(), confirmed = false where ended_at is null;
  update clock_mark set at = greatest(at, now()), leapt = greatest(m.leapt - passed, '0') + leap;
  return case when now() < m.at - interval '1 minute' then 'behind' else 'right' end;
end $$;
grant execute on function advance_clock to seloste_custodian;
