-- How a recording ends before or after its day: prohibitions, preservation orders, inspections; and a clock that cannot be trusted (R23, R49-R51, L37).

-- The clock ----------------------------------------------------------------------------------------------------------

-- The highest time that the database has seen. A clock far ahead of it destroys nothing by its term until two people have
-- said that it is right; one behind it serves nothing that has expired.
create table clock_mark (
  only_one boolean primary key default true check (only_one),
  at timestamptz not null
);
insert into clock_mark (at) values (now());

-- What time it is for whoever looks: never earlier than it has been.
create function register_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(now(), (select at from clock_mark))
$$;

-- What time it is for whoever destroys by a term: where the clock has jumped, the highest time seen before.
create function destruction_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when now() > at + interval '26 hours' then at else now() end from clock_mark
$$;
revoke execute on function register_now(), destruction_now() from public;
grant execute on function register_now(), destruction_now() to seloste_capture, seloste_desk, seloste_custodian;

-- Preservation orders (Act 806/2011 chapter 8 sections 24-26) ----------------------------------------------------------

-- Whoever receives an order is bound to secrecy: no process reads this table; those who may know ask the functions below.
create table preservation_order (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  covers text not null check (covers in ('recordings', 'history', 'both')),
  provision text not null check (provision ~ '\S' and length(provision) <= 200),
  authority text not null check (authority ~ '\S' and length(authority) <= 200),
  order_reference text not null check (order_reference ~ '\S' and length(order_reference) <= 64),
  -- The case under which the call was found.
  reference text not null check (reference ~ '\S' and length(reference) <= 64),
  from_at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  entered_by uuid not null references person,
  ended_at timestamptz,
  -- Nobody where it ended by itself.
  ended_by uuid references person,
  end_note text check (end_note ~ '\S' and length(end_note) <= 2000),
  check (ended_by is null or (ended_at is not null and ended_by <> entered_by and end_note is not null))
);
create index preservation_order_contact on preservation_order (contact_id);
create index preservation_order_in_force on preservation_order (until) where ended_at is null;
create table preservation_renewal (
  order_id uuid not null references preservation_order,
  at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  order_reference text not null check (order_reference ~ '\S' and length(order_reference) <= 64),
  renewed_by uuid not null references person,
  primary key (order_id, at)
);
create trigger append_only before update or delete or truncate on preservation_renewal for each statement execute function append_only();

-- When an order ended; by itself, whether that has been noted or not. None while it is in force.
create function order_ended_at(o preservation_order) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when o.ended_at is not null then o.ended_at when o.until <= destruction_now() then o.until end
$$;

-- Whether an order keeps what there is of a call in the history. A clock that has jumped ends no order.
create function history_is_held(contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in ('history', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
-- Whether an order keeps something of the history of calls that began in a time: none of it is dropped as a whole.
create function history_held_between(begins timestamptz, ends timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_started_at >= begins and o.contact_started_at < ends
      and o.covers in ('history', 'both') and o.ended_at is null and o.until > destruction_now())
$$;
create function recordings_are_held(contact uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from preservation_order o
    where o.contact_id = contact and o.covers in ('recordings', 'both') and o.ended_at is null and o.until > destruction_now())
$$;

alter table preservation_order enable row level security;
alter table preservation_renewal enable row level security;
revoke execute on function order_ended_at(preservation_order), history_is_held(uuid), history_held_between(timestamptz, timestamptz), recordings_are_held(uuid) from public;
grant execute on function history_is_held(uuid), history_held_between(timestamptz, timestamptz), recordings_are_held(uuid) to seloste_custodian;

-- Prohibitions (R49-R51) -----------------------------------------------------------------------------------------------

-- Who forbade, how it was told, and when; nobody says why.
create table prohibition (
  id uuid primary key default gen_random_uuid(),
  recording_id uuid not null,
  party text not null check (party in ('CALLER', 'OFFICIAL')),
  channel text not null check (channel in ('CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS')),
  received_at timestamptz not null default clock_timestamp(),
  executed_at timestamptz,
  entered_by uuid not null references person,
  -- The Service Unit's request.
  reference text,
  unique (recording_id, party)
);
create index prohibition_waiting on prohibition (recording_id) where executed_at is null;

-- Cases that a prohibition may wait for --------------------------------------------------------------------------------

-- A party of a call wants to hear it (R43, R47, R48).
create table inspection (
  id uuid primary key default gen_random_uuid(),
  reference text not null check (reference ~ '\S' and length(reference) <= 64),
  party text not null check (party in ('CALLER', 'OFFICIAL')),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  received_at timestamptz not null,
  opened_at timestamptz not null default clock_timestamp(),
  opened_by uuid not null references person,
  appointment_at timestamptz,
  office text check (office ~ '\S' and length(office) <= 200),
  closed_at timestamptz,
  -- Nobody where the recording was destroyed before.
  closed_by uuid references person,
  outcome text check (outcome in ('heard', 'no-show', 'withdrawn', 'destroyed', 'answered')),
  check ((appointment_at is null) = (office is null)),
  check ((closed_at is null) = (outcome is null))
);
create index inspection_contact on inspection (contact_id);
create index inspection_open on inspection (received_at) where closed_at is null;
create table inspection_recording (
  inspection_id uuid not null references inspection on delete cascade,
  recording_id uuid not null,
  primary key (inspection_id, recording_id)
);
create index inspection_recording_recording on inspection_recording (recording_id);

-- An authority has asked for a recording (R34); entered where disclosures are decided.
create table authority_request (
  id uuid primary key default gen_random_uuid(),
  recording_id uuid not null,
  received_at timestamptz not null,
  closed_at timestamptz
);
create index authority_request_recording on authority_request (recording_id);

-- Which copy that was disclosed is of which recording (R32, R50). What ties them goes when the recipient has confirmed.
create table disclosed_copy (
  id uuid primary key default gen_random_uuid(),
  disclosure text not null check (disclosure ~ '\S' and length(disclosure) <= 64),
  recipient text not null check (recipient ~ '\S' and length(recipient) <= 200),
  item integer not null check (item > 0),
  recording_id uuid,
  state text not null default 'RELEASED' check (state in ('RELEASED', 'RECALLED', 'CONFIRMED')),
  released_at timestamptz not null default clock_timestamp(),
  recalled_at timestamptz,
  due_at timestamptz,
  confirmed_at timestamptz,
  confirmed_by uuid references person,
  outcome text check (outcome in ('destroyed', 'returned')),
  unique (disclosure, item),
  check ((state = 'CONFIRMED') = (recording_id is null)),
  check ((state = 'CONFIRMED') = (confirmed_at is not null) and (state = 'CONFIRMED') = (outcome is not null)),
  check (state <> 'RECALLED' or (recalled_at is not null and due_at is not null))
);
create index disclosed_copy_recording on disclosed_copy (recording_id);

-- What the description in force says of open inspections at a recording's day (C3); the custodian keeps it up to date.
create table inspections_hold (
  only_one boolean primary key default true check (only_one),
  held boolean not null
);
insert into inspections_hold (held) values (false);

alter table prohibition enable row level security;
alter table inspection enable row level security;
alter table inspection_recording enable row level security;
alter table authority_request enable row level security;
alter table disclosed_copy enable row level security;
create policy custodian_reads on prohibition for select to seloste_custodian using (true);
create policy custodian_reads on inspection for select to seloste_custodian using (true);
create policy custodian_reads on inspection_recording for select to seloste_custodian using (true);
grant select on prohibition, inspection, inspection_recording to seloste_custodian;
grant select, update (held) on inspections_hold to seloste_custodian;

-- Helsinki's calendar --------------------------------------------------------------------------------------------------

create function months_after(instant timestamptz, months integer) returns timestamptz
language sql immutable set search_path = pg_catalog as $$
  select ((instant at time zone 'Europe/Helsinki') + make_interval(months => months)) at time zone 'Europe/Helsinki'
$$;

-- Easter Sunday of a year (the Gregorian computus of Meeus, Jones and Butcher).
create function easter_sunday(year integer) returns date
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

-- A day on which authorities work: no weekend, no holy day, not Independence Day, May Day, nor the eves of Christmas and
-- Midsummer (Act 150/1930 section 5).
create function is_working_day(day date) returns boolean
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select extract(isodow from day) < 6
    and to_char(day, 'MM-DD') not in ('01-01', '01-06', '05-01', '12-06', '12-24', '12-25', '12-26')
    and day - easter_sunday(extract(year from day)::integer) not in (-2, 1, 39)
    and not (extract(isodow from day) = 5 and to_char(day, 'MM-DD') between '06-19' and '06-25')
$$;

-- The end of the so-manieth working day after an instant's.
create function working_days_after(instant timestamptz, days integer) returns timestamptz
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

-- Precedence (requirements 1.6) ----------------------------------------------------------------------------------------

-- What becomes of a recording: the twin of src/register/precedence.ts, held to the same answer by a property test.
-- `facts`: {now, destroyAt, isHeld, isCapturing, lastOrderEndedAt, inspectionsHold, casesKeepUntil, prohibitions: [{party,
-- receivedAt}], cases: [{id, kind, party, receivedAt}]}, of which only open cases are told.
create function what_ends(facts jsonb) returns jsonb
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
    if (facts ->> 'isCapturing')::boolean then
      return '{"act": "wait", "for": "capture", "cases": []}';
    end if;
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

-- What becomes of a recording now.
create function end_of_recording(r recording) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select what_ends(jsonb_build_object(
    'now', destruction_now(),
    'destroyAt', r.destroy_at,
    'isHeld', recordings_are_held(r.contact_id),
    'isCapturing', r.state = 'CAPTURING',
    'lastOrderEndedAt', (select max(order_ended_at(o)) from preservation_order o
      where o.contact_id = r.contact_id and o.covers in ('recordings', 'both')),
    'inspectionsHold', (select held from inspections_hold),
    'casesKeepUntil', months_after(r.destroy_at, 3),
    'prohibitions', coalesce((select jsonb_agg(jsonb_build_object('party', p.party, 'receivedAt', p.received_at))
      from prohibition p where p.recording_id = r.id), '[]'),
    'cases', coalesce((
      select jsonb_agg(c) from (
        select i.id, 'inspection' as kind, i.party, i.received_at as "receivedAt"
        from inspection_recording ir join inspection i on i.id = ir.inspection_id
        where ir.recording_id = r.id and i.closed_at is null
        union all
        select a.id, 'authority', null, a.received_at from authority_request a
        where a.recording_id = r.id and a.closed_at is null
      ) c), '[]')))
$$;

-- Puts a recording into the state that its end is to have now, and tells the custodian of one that is to be destroyed. Blocked
-- is blocked at once: a running playback is asked of the database range by range.
create function settle_recording(wanted uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r recording;
  ends jsonb;
begin
  select * into r from recording where id = wanted for update;
  if r.id is null or r.state in ('DESTROYING', 'DESTROYED') then
    return null;
  end if;
  ends := end_of_recording(r);
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
  return ends;
end $$;

-- Whatever happens to a recording meets what was asked of it before: it is stored, and was forbidden during the call; it is
-- taken into keeping, and an order is in force.
create function recording_settles() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state = 'DESTROYED' and old.state <> 'DESTROYED' then
    update prohibition set executed_at = new.destroyed_at where recording_id = new.id and executed_at is null;
  elsif new.state = 'STORED' and (old.state <> 'STORED' or (old.kept_at is null and new.kept_at is not null))
     and old.state <> 'RESTRICTED' and (
       exists (select from prohibition p where p.recording_id = new.id and p.executed_at is null)
       or recordings_are_held(new.contact_id)
     ) then
    perform settle_recording(new.id);
  end if;
  return null;
end $$;
create trigger settles after update of state, kept_at on recording for each row execute function recording_settles();

-- No early end (R23) ---------------------------------------------------------------------------------------------------

-- As 0001 has it, with every cause that the description names asked for its ground: whoever asks, scripts and superusers of
-- the application included.
create or replace function recording_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if old.state <> 'DESTROYED' then
      raise exception 'recording % cannot be deleted: it is destroyed by its term or by a cause of the description', old.id;
    end if;
    if history_is_held(old.contact_id) then
      raise exception 'recording % belongs to a history that is not to be deleted now', old.id;
    end if;
    return old;
  end if;
  if old.state = 'DESTROYED' and new.state <> 'DESTROYED' or old.state = 'DESTROYING' and new.state not in ('DESTROYING', 'DESTROYED') then
    raise exception 'recording % is destroyed and does not come back', old.id;
  end if;
  if old.state in ('DESTROYING', 'DESTROYED') and new.cause is distinct from old.cause then
    raise exception 'recording % is destroyed for the cause % and no other', old.id, old.cause;
  end if;
  if new.state in ('DESTROYING', 'DESTROYED') and old.state not in ('DESTROYING', 'DESTROYED') then
    if recordings_are_held(new.contact_id) then
      raise exception 'recording % is not to be destroyed now', old.id;
    end if;
    case new.cause
      when 'retention' then
        if new.destroy_at is null or new.destroy_at > destruction_now() then
          raise exception 'recording % cannot be destroyed before %', old.id, new.destroy_at;
        end if;
        -- The description lets an open inspection put the end off (C3).
        if (select held from inspections_hold) and end_of_recording(old) ->> 'act' = 'wait' then
          raise exception 'recording % waits for an inspection', old.id;
        end if;
      when 'hold-end' then
        if new.destroy_at is null or new.destroy_at > destruction_now() or not exists (
          select from preservation_order o
          where o.contact_id = new.contact_id and o.covers in ('recordings', 'both') and order_ended_at(o) > new.destroy_at
        ) then
          raise exception 'recording % was not kept past its term', old.id;
        end if;
      when 'trimming' then
        if old.state <> 'QUARANTINED' then
          raise exception 'recording % is not in quarantine', old.id;
        end if;
      else
        if new.cause is null or not exists (select from prohibition p where p.recording_id = new.id and lower(p.party) = new.cause) then
          raise exception 'recording % has not been forbidden by the %', old.id, new.cause;
        end if;
    end case;
  end if;
  -- A later floor is a transferred call that went on; an earlier one would be a way round R23.
  if old.min_keep_until is not null and (new.min_keep_until is null or new.min_keep_until < old.min_keep_until) then
    raise exception 'the floor of recording % cannot come earlier', old.id;
  end if;
  if new.min_keep_until > new.destroy_at then
    raise exception 'recording %: destruction % would come before the floor %', old.id, new.destroy_at, new.min_keep_until;
  end if;
  return new;
end $$;
create function recordings_end_one_by_one() returns trigger language plpgsql as $$
begin
  raise exception 'recordings end one by one, each by its term or by a cause of the description';
end $$;
create trigger no_truncate before truncate on recording for each statement execute function recordings_end_one_by_one();

-- What an order keeps of the history is not deleted, whoever asks and however it is asked for.
create function history_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if history_is_held(case tg_table_name when 'call_identity' then old.contact_id else (to_jsonb(old) ->> tg_argv[0])::uuid end) then
    raise exception '% is not to be deleted now', to_jsonb(old) ->> tg_argv[0];
  end if;
  return old;
end $$;
create trigger held before delete on contact for each row execute function history_guard('id');
create trigger held before delete on segment for each row execute function history_guard('contact_id');

-- A key is deleted with its recording only; one that changes its shard is there again when the transaction ends.
create function recording_key_guard() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from recording r where r.id = old.recording_id and r.state not in ('DESTROYING', 'DESTROYED'))
     and not exists (select from recording_key k where k.recording_id = old.recording_id) then
    raise exception 'the key of recording % is not deleted: the recording is not destroyed', old.recording_id;
  end if;
  return null;
end $$;
create constraint trigger lives_with_recording after delete on recording_key
  deferrable initially deferred for each row execute function recording_key_guard();

-- Who acts -------------------------------------------------------------------------------------------------------------

-- The viewer's right to a role under a purpose that reaches every call; without the purpose's reference there is none.
create function demand_right(wanted text, purpose text, reference text) returns access_right
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right;
begin
  select * into held from rights_of(viewer(), purpose, 'any') r where r.role = wanted and r.scope_kind = 'all' limit 1;
  if held.id is null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  if coalesce(reference, '') !~ '\S' then
    raise exception 'deny.reference' using errcode = 'SE001';
  end if;
  return held;
end $$;

create function demand_one_role(wanted text[]) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held text;
begin
  select w into held from unnest(wanted) w where viewer_is(w) limit 1;
  if held is null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  return held;
end $$;

create function note_end(action text, held access_right, purpose text, reference text, kind text, object uuid, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (viewer(), held.id, held.role, action, purpose, reference, kind, object, 'ok', detail)
$$;

-- A call that is in the history still.
create function contact_in_term(wanted uuid) returns contact
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.* from contact c
  where c.id = wanted and coalesce(c.history_ends_at, c.started_at + interval '14 months 1 day') > register_now()
$$;

-- Recalls what was disclosed of a recording: three working days to destroy it or give it back (R50).
create function recall_copies(recording uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  copy uuid;
begin
  for copy in
    update disclosed_copy c
    set state = 'RECALLED', recalled_at = clock_timestamp(), due_at = working_days_after(clock_timestamp(), 3)
    where c.recording_id = recall_copies.recording and c.state = 'RELEASED' returning c.id
  loop
    insert into audit_entry (person_id, action, object_kind, object_id, result, detail)
    values (viewer(), 'copy.recalled', 'recall', copy, 'ok', '{}');
  end loop;
end $$;

-- Forbids the use of a recording: its official, who says their own wish or the caller's told in the call; the Service Unit, for
-- either. Nobody asks why, and nobody refuses. Asked again, it is the same prohibition.
create function forbid_use(wanted uuid, party text, channel text, reference text) returns setof prohibition
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  r recording;
  held access_right;
  made prohibition;
  is_own boolean;
begin
  if viewer() is null then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into r from recording where id = wanted for update;
  is_own := exists (select from segment s
    where s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = viewer());
  if not is_own then
    -- An official learns of another's call no more than that it is none of theirs.
    if viewer_is('OFFICIAL') and not viewer_is('SERVICE_UNIT') then
      raise exception 'not-found' using errcode = 'SE001';
    end if;
    held := demand_right('SERVICE_UNIT', 'INSPECTION', forbid_use.reference);
  end if;
  if r.id is null or (contact_in_term(r.contact_id)).id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  select * into made from prohibition p where p.recording_id = wanted and p.party = forbid_use.party;
  if made.id is null then
    if r.state in ('DESTROYING', 'DESTROYED')
       or r.destroy_at <= register_now() and (recordings_are_held(r.contact_id) or end_of_recording(r) ->> 'act' <> 'wait') then
      raise exception 'recording.destroyed' using errcode = 'SE001';
    end if;
    insert into prohibition (recording_id, party, channel, entered_by, reference)
    values (wanted, forbid_use.party, forbid_use.channel, viewer(), case when held.id is null then null else forbid_use.reference end)
    returning * into made;
    perform note_end('recording.forbidden', held, case when held.id is null then null else 'INSPECTION' end,
      made.reference, 'prohibition', made.id, jsonb_build_object('recording', wanted, 'party', made.party, 'channel', made.channel));
    perform recall_copies(wanted);
    perform settle_recording(wanted);
  end if;
  return next made;
end $$;

-- How a prohibition is told to whoever entered it. That an order stands in its way is not: nobody hears the recording, as told.
-- Volatile: it tells of what the statement that asks has done.
create function prohibition_state(p prohibition) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p.executed_at is not null then 'executed'
    when end_of_recording(r) ->> 'for' = 'case' and r.state not in ('DESTROYING', 'DESTROYED') then 'waiting'
    else 'blocked' end
  from recording r where r.id = p.recording_id
$$;

-- Orders: entered by the security unit, ended by somebody else or by themselves ------------------------------------------

create function note_order_in_ledger(o uuid, what text, until timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('hold', o, what, jsonb_build_object('until', ledger_instant(until)))
$$;

create function settle_contact(wanted uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select settle_recording(id) from recording where contact_id = wanted and state not in ('DESTROYING', 'DESTROYED') order by id
$$;

create function check_order_end(until timestamptz) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if until is null or not isfinite(until) or until <= register_now() or until > months_after(now(), 3) then
    raise exception 'hold.until-wrong' using errcode = 'SE001';
  end if;
end $$;

create function enter_order(contact uuid, covers text, provision text, authority text, order_reference text,
  until timestamptz, reference text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := demand_right('SECURITY', 'CRIME_OR_MISUSE', enter_order.reference);
  c contact;
  made uuid;
begin
  c := contact_in_term(enter_order.contact);
  if c.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  perform check_order_end(enter_order.until);
  -- Whoever ends its history or destroys a recording meanwhile comes before this, or after it and is refused; a write of
  -- capture does not wait.
  perform from contact k where k.id = c.id and k.started_at = c.started_at for key share;
  if not found then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  perform from recording r where r.contact_id = c.id order by r.id for update;
  if enter_order.covers = 'recordings' and not exists (
    select from recording r where r.contact_id = c.id and r.state not in ('DESTROYING', 'DESTROYED')
  ) then
    raise exception 'hold.nothing-left' using errcode = 'SE001';
  end if;
  insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
  values (c.id, c.started_at, enter_order.covers, btrim(enter_order.provision), btrim(enter_order.authority),
    btrim(enter_order.order_reference), btrim(enter_order.reference), enter_order.until, viewer())
  returning id into made;
  perform note_end('hold.entered', held, 'CRIME_OR_MISUSE', btrim(enter_order.reference), 'hold', made,
    jsonb_build_object('contact', c.id, 'covers', enter_order.covers, 'until', ledger_instant(enter_order.until)));
  perform note_order_in_ledger(made, 'entered', enter_order.until);
  perform settle_contact(c.id);
  return made;
end $$;

-- An order in force, locked; for those who may know of it.
create function order_in_force(wanted uuid) returns preservation_order
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order;
begin
  perform demand_one_role('{SECURITY,DECISION_MAKER}');
  select * into o from preservation_order where id = wanted for update;
  if o.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if o.ended_at is not null or o.until <= destruction_now() then
    raise exception 'hold.over' using errcode = 'SE001';
  end if;
  return o;
end $$;

create function renew_order(wanted uuid, until timestamptz, order_reference text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order := order_in_force(wanted);
begin
  perform check_order_end(renew_order.until);
  if renew_order.until < o.until then
    raise exception 'hold.until-wrong' using errcode = 'SE001';
  end if;
  update preservation_order p set until = renew_order.until where p.id = o.id;
  insert into preservation_renewal (order_id, until, order_reference, renewed_by)
  values (o.id, renew_order.until, btrim(renew_order.order_reference), viewer());
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), demand_one_role('{SECURITY,DECISION_MAKER}'), 'hold.renewed', 'hold', o.id, 'ok',
    jsonb_build_object('until', ledger_instant(renew_order.until)));
  perform note_order_in_ledger(o.id, 'renewed', renew_order.until);
end $$;

create function end_order(wanted uuid, note text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order := order_in_force(wanted);
begin
  if o.entered_by = viewer() then
    raise exception 'hold.own' using errcode = 'SE001';
  end if;
  update preservation_order p set ended_at = clock_timestamp(), ended_by = viewer(), end_note = btrim(note) where p.id = o.id;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), demand_one_role('{SECURITY,DECISION_MAKER}'), 'hold.ended', 'hold', o.id, 'ok', '{"by": "person"}');
  perform note_order_in_ledger(o.id, 'ended', now());
  perform settle_contact(o.contact_id);
end $$;

-- An order that was entered keeps what it says; only its end comes later, by a renewal, and it ends once.
create function order_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.contact_id, new.contact_started_at, new.covers, new.provision, new.authority, new.order_reference, new.reference, new.from_at, new.entered_by)
     is distinct from (old.id, old.contact_id, old.contact_started_at, old.covers, old.provision, old.authority, old.order_reference, old.reference, old.from_at, old.entered_by)
     or old.ended_at is not null or new.until < old.until then
    raise exception 'order % stays as it was entered', old.id;
  end if;
  return new;
end $$;
create trigger order_guard before update on preservation_order for each row execute function order_guard();
create trigger append_only before delete or truncate on preservation_order for each statement execute function append_only();

-- Ends the orders whose time is over, and lets go what they kept.
create function end_orders_over() returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  o preservation_order;
begin
  for o in select * from preservation_order p where p.ended_at is null and p.until <= destruction_now() order by p.id for update skip locked loop
    update preservation_order p set ended_at = p.until where p.id = o.id;
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('hold.ended', 'hold', o.id, 'ok', '{"by": "its time"}');
    perform note_order_in_ledger(o.id, 'ended', o.until);
    perform settle_contact(o.contact_id);
    return next o.id;
  end loop;
end $$;

-- Orders, the newest first, for those who may know of them; that they looked is in the log.
create function list_orders(wanted text)
returns table (id uuid, contact_id uuid, covers text, provision text, authority text, order_reference text, from_at timestamptz,
  until timestamptz, entered_by uuid, ended_at timestamptz, ended_by uuid, end_note text, in_force boolean, renewals jsonb,
  recordings jsonb, waiting bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := demand_one_role('{SECURITY,DECISION_MAKER}');
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

-- Inspections ------------------------------------------------------------------------------------------------------------

-- Before which an appointment about some recordings lies; none where there is nothing left to hear.
create function latest_appointment(recordings uuid[]) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select min(case when (select held from inspections_hold) then months_after(r.destroy_at, 3) else r.destroy_at end)
  from recording r
  where r.id = any (recordings) and r.state not in ('DESTROYING', 'DESTROYED') and r.destroy_at > register_now()
$$;

create function check_appointment(recordings uuid[], at timestamptz) returns void
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if at is null then
    return;
  end if;
  if at <= register_now() then
    raise exception 'appointment.past' using errcode = 'SE001';
  end if;
  if not isfinite(at) or at >= latest_appointment(recordings) then
    raise exception 'appointment.late' using errcode = 'SE001', detail = ledger_instant(latest_appointment(recordings));
  end if;
end $$;

create function open_inspection(contact uuid, recordings uuid[], reference text, received_at timestamptz, party text,
  appointment_at timestamptz, office text) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held access_right := demand_right('SERVICE_UNIT', 'INSPECTION', open_inspection.reference);
  c contact;
  made uuid;
begin
  c := contact_in_term(open_inspection.contact);
  if c.id is null or exists (
    select from unnest(recordings) w where not exists (select from recording r where r.id = w and r.contact_id = c.id)
  ) then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if open_inspection.received_at > now() then
    raise exception 'inspection.received-wrong' using errcode = 'SE001';
  end if;
  perform from recording r where r.id = any (recordings) order by r.id for update;
  if not exists (
    select from recording r where r.id = any (recordings) and r.state not in ('DESTROYING', 'DESTROYED')
      and (r.destroy_at is null or r.destroy_at > register_now())
  ) then
    raise exception 'recording.destroyed' using errcode = 'SE001';
  end if;
  perform check_appointment(recordings, open_inspection.appointment_at);
  insert into inspection (reference, party, contact_id, contact_started_at, received_at, opened_by, appointment_at, office)
  values (btrim(open_inspection.reference), open_inspection.party, c.id, c.started_at, open_inspection.received_at, viewer(),
    open_inspection.appointment_at, btrim(open_inspection.office))
  returning id into made;
  insert into inspection_recording select made, w from unnest(recordings) w;
  perform note_end('inspection.opened', held, 'INSPECTION', btrim(open_inspection.reference), 'inspection', made,
    jsonb_build_object('contact', c.id, 'party', open_inspection.party, 'recordings', to_jsonb(recordings)));
  return made;
end $$;

create function inspection_under_way(wanted uuid) returns inspection
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  i inspection;
begin
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into i from inspection where id = wanted for update;
  if i.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if i.closed_at is not null then
    raise exception 'inspection.closed' using errcode = 'SE001';
  end if;
  return i;
end $$;

create function set_appointment(wanted uuid, at timestamptz, office text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  i inspection := inspection_under_way(wanted);
  recordings uuid[] := array(select recording_id from inspection_recording where inspection_id = wanted);
begin
  if latest_appointment(recordings) is null then
    raise exception 'recording.destroyed' using errcode = 'SE001';
  end if;
  perform check_appointment(recordings, set_appointment.at);
  update inspection n set appointment_at = set_appointment.at, office = btrim(set_appointment.office) where n.id = i.id;
  perform note_end('inspection.moved', demand_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', i.reference, 'inspection', i.id,
    jsonb_build_object('at', ledger_instant(set_appointment.at)));
end $$;

create function end_inspection(i inspection, whose uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update inspection n set closed_at = clock_timestamp(), closed_by = whose, outcome = how where n.id = i.id and n.closed_at is null;
  insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (whose, case when whose is not null then 'SERVICE_UNIT' end, 'inspection.closed', 'INSPECTION', i.reference, 'inspection', i.id, 'ok',
    jsonb_build_object('outcome', how));
  perform settle_recording(recording_id) from inspection_recording where inspection_id = i.id order by recording_id;
end $$;

create function close_inspection(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform end_inspection(inspection_under_way(wanted), viewer(), how);
end $$;

-- Closes the inspections of which nothing is left to hear: whoever asked is to be told in writing. Where the description lets
-- an open one put the end off (C3), that is three months after the recording's day.
create function close_inspections_over() returns setof uuid
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
end $$;

-- Whether there is still something of a recording for the inspection that asked for it (C3); an order past its day looks as gone.
create function recording_is_there(r recording) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.state not in ('DESTROYING', 'DESTROYED')
    and (r.destroy_at is null or r.destroy_at > register_now() or r.state = 'RESTRICTED' and not recordings_are_held(r.contact_id))
$$;
-- The Service Unit is told three days before a recording that somebody wants to hear is destroyed.
create function inspection_is_urgent(i inspection) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.closed_at is null and exists (
    select from inspection_recording ir join recording r on r.id = ir.recording_id
    where ir.inspection_id = i.id and r.destroy_at <= register_now() + interval '72 hours' and recording_is_there(r))
$$;

-- Open or closed inspections, the most urgent first, for the Service Unit.
create function list_inspections(wanted text)
returns table (id uuid, reference text, party text, contact_id uuid, received_at timestamptz, appointment_at timestamptz, office text,
  closed_at timestamptz, outcome text, latest timestamptz, urgent boolean, recordings jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  return query
    select i.id, i.reference, i.party, i.contact_id, i.received_at, i.appointment_at, i.office, i.closed_at, i.outcome,
      latest_appointment(array(select recording_id from inspection_recording where inspection_id = i.id)), inspection_is_urgent(i),
      (select jsonb_agg(jsonb_build_object('id', r.id, 'destroyAt', r.destroy_at, 'state', case
          when r.state in ('DESTROYING', 'DESTROYED') then 'destroyed'
          when r.state = 'RESTRICTED' and not recordings_are_held(r.contact_id) and i.closed_at is null then 'restricted'
          when r.destroy_at <= register_now() then 'destroyed'
          when r.state in ('RESTRICTED', 'QUARANTINED') then 'restricted'
          else 'available' end) order by r.started_at)
        from inspection_recording ir join recording r on r.id = ir.recording_id where ir.inspection_id = i.id)
    from inspection i
    where wanted is null or (wanted = 'open') = (i.closed_at is null)
    order by i.closed_at desc nulls first, 10 nulls last, i.received_at limit 1000;
end $$;

-- Recalls ----------------------------------------------------------------------------------------------------------------

create function list_recalls() returns table (id uuid, disclosure text, recipient text, item integer, recalled_at timestamptz,
  due_at timestamptz, is_overdue boolean, confirmed_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform demand_one_role('{DECISION_MAKER}');
  return query
    select c.id, c.disclosure, c.recipient, c.item, c.recalled_at, c.due_at, c.state = 'RECALLED' and c.due_at <= register_now(), c.confirmed_at
    from disclosed_copy c where c.recalled_at is not null order by c.confirmed_at desc nulls first, c.due_at, c.item limit 1000;
end $$;

create function confirm_recall(wanted uuid, how text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  c disclosed_copy;
begin
  perform demand_one_role('{DECISION_MAKER}');
  select * into c from disclosed_copy where id = wanted and recalled_at is not null for update;
  if c.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if c.state = 'CONFIRMED' then
    raise exception 'recall.confirmed' using errcode = 'SE001';
  end if;
  update disclosed_copy d set state = 'CONFIRMED', recording_id = null, confirmed_at = clock_timestamp(), confirmed_by = viewer(), outcome = how
  where d.id = c.id;
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'DECISION_MAKER', 'recall.confirmed', 'recall', c.id, 'ok', jsonb_build_object('outcome', how));
end $$;

-- Whether nothing that was recalled of a disclosure waits for its confirmation: until then it is not closed (AC13).
create function recalls_are_confirmed(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select from disclosed_copy where disclosure = wanted and state = 'RECALLED')
$$;

-- The clock that has jumped ------------------------------------------------------------------------------------------------

-- Nothing is destroyed by a term from when it was seen to be ahead until two people have said that it is right, or it is again.
create table clock_stop (
  id uuid primary key default gen_random_uuid(),
  since timestamptz not null,
  mark timestamptz not null,
  ended_at timestamptz,
  -- True where people confirmed it, false where the clock came back.
  confirmed boolean
);
create unique index clock_stop_open on clock_stop ((true)) where ended_at is null;
create table clock_confirmation (
  stop_id uuid not null references clock_stop,
  person_id uuid not null references person,
  role text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (stop_id, person_id)
);
create trigger append_only before update or delete or truncate on clock_confirmation for each statement execute function append_only();

-- Advances the mark with the clock, no further than 26 hours without two people; sees a jump, and when it is over.
-- Returns what the clock is against the mark: right, ahead or behind.
create function advance_clock() returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  seen timestamptz;
  opened uuid;
begin
  select at into seen from clock_mark for update;
  if now() > seen + interval '26 hours' then
    insert into clock_stop (since, mark) values (now(), seen) on conflict do nothing returning id into opened;
    if opened is not null then
      insert into audit_entry (action, object_kind, object_id, result, detail)
      values ('clock.stopped', 'clock', opened, 'ok', jsonb_build_object('mark', ledger_instant(seen), 'now', ledger_instant(now())));
    end if;
    return 'ahead';
  end if;
  update clock_stop set ended_at = now(), confirmed = false where ended_at is null;
  update clock_mark set at = now() where at < now();
  return case when now() < seen - interval '1 minute' then 'behind' else 'right' end;
end $$;

-- Says that a clock which is ahead is right. The second of two different people makes it so. `said`: what it showed when it was
-- looked at. Whoever has a passkey has confirmed it with that: act clock.confirm, object the nil UUID, revision 0.
create function confirm_clock(said timestamptz) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := demand_one_role('{DECISION_MAKER,DATA_PROTECTION_OFFICER,ADMINISTRATOR}');
  stop clock_stop;
  seen timestamptz;
begin
  perform advance_clock();
  select at into seen from clock_mark for update;
  select * into stop from clock_stop where ended_at is null;
  if stop.id is null then
    raise exception 'clock.right' using errcode = 'SE001';
  end if;
  if abs(extract(epoch from said - now())) > 600 then
    raise exception 'clock.changed-meanwhile' using errcode = 'SE001';
  end if;
  if exists (select from clock_confirmation c where c.stop_id = stop.id and c.person_id = viewer()) then
    raise exception 'clock.own' using errcode = 'SE001';
  end if;
  if not spend_confirmation(viewer(), sha256(convert_to(current_setting('seloste.session', true), 'UTF8')), 'clock.confirm',
      '00000000-0000-0000-0000-000000000000', 0) then
    raise exception 'confirm.passkey' using errcode = 'SE001';
  end if;
  insert into clock_confirmation (stop_id, person_id, role) values (stop.id, viewer(), as_role);
  insert into audit_entry (person_id, right_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), viewers_right(as_role), as_role, 'clock.confirmed', 'clock', stop.id, 'ok', jsonb_build_object('now', ledger_instant(now())));
  if (select count(*) from clock_confirmation c where c.stop_id = stop.id) < 2 then
    return false;
  end if;
  update clock_stop set ended_at = now(), confirmed = true where id = stop.id;
  update clock_mark set at = now();
  perform pg_notify('seloste_ends', 'clock');
  return true;
end $$;
alter table act_confirmation drop constraint act_confirmation_act_check;
alter table act_confirmation add constraint act_confirmation_act_check check (act in (
  'draft.approve', 'draft.reject', 'right.approve', 'right.reject', 'removal.approve', 'removal.reject', 'passkey.add',
  'passkey.remove', 'clock.confirm'));

-- The clock as whoever looks at the retention screen is told of it: ids of those who have confirmed.
create function clock_now() returns table (state text, mark timestamptz, said timestamptz, stopped_since timestamptz, confirmed_by jsonb)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case when now() > m.at + interval '26 hours' then 'ahead' when now() < m.at - interval '1 minute' then 'behind' else 'right' end,
    m.at, now(), s.since,
    coalesce((select jsonb_agg(jsonb_build_object('person', c.person_id, 'at', c.at) order by c.at) from clock_confirmation c where c.stop_id = s.id), '[]')
  from clock_mark m left join clock_stop s on s.ended_at is null
$$;

-- What the custodian does each few seconds: ends what is over, and settles what waited. Returns what is to be destroyed now.
create function settle_ends() returns table (orders bigint, inspections bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  select count(*) into orders from end_orders_over();
  select count(*) into inspections from close_inspections_over();
  perform settle_recording(r.id) from recording r where r.state = 'RESTRICTED' order by r.id;
  perform settle_recording(p.recording_id) from prohibition p where p.executed_at is null order by p.recording_id;
  -- Past its day, and somebody's inspection is open: it is destroyed, or there for that alone (C3).
  perform settle_recording(r.id) from recording r
  where r.state = 'STORED' and r.destroy_at <= destruction_now() and exists (
    select from inspection_recording ir join inspection i on i.id = ir.inspection_id where ir.recording_id = r.id and i.closed_at is null
  ) order by r.id;
  return next;
end $$;

-- Listening to what is restricted ------------------------------------------------------------------------------------------

-- Until when a recording may be heard under a purpose and reference at this instant; none where it may not. Past its day nobody
-- hears it but the one inspection that the description lets put its end off (C3). A desk asks for its viewer's own rights: to
-- anybody else the answer would tell of an order.
create function heard_until(wanted uuid, purpose text, reference text) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when r.kept_at is null then null
    when session_user = 'seloste_desk'
      and not exists (select from rights_of(viewer(), heard_until.purpose, coalesce(heard_until.reference, ''))) then null
    when r.state = 'STORED' then r.destroy_at
    when r.state <> 'RESTRICTED' then null
    when recordings_are_held(r.contact_id) then case when heard_until.purpose = 'CRIME_OR_MISUSE' then r.destroy_at end
    when heard_until.purpose = 'INSPECTION' and exists (
      select from inspection_recording ir join inspection i on i.id = ir.inspection_id
      where ir.recording_id = r.id and i.closed_at is null and i.reference = btrim(heard_until.reference)
        and end_of_recording(r) -> 'cases' ? i.id::text
    ) then case
      when (select held from inspections_hold)
        and not exists (select from prohibition p where p.recording_id = r.id) then months_after(r.destroy_at, 3)
      else r.destroy_at end
  end
  from recording r where r.id = wanted
$$;

create or replace function why_over(l listening, signed_in boolean) returns table (why text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    case
      when l.ended_at is not null then coalesce(l.end_why, 'left')
      when not signed_in then 'session'
      when r.id is null or r.state in ('DESTROYING', 'DESTROYED')
        or r.destroy_at <= register_now() and coalesce(heard_until(r.id, l.purpose, l.reference), '-infinity') <= register_now() then 'destroyed'
      when r.destroy_at is null or not log_is_whole()
        or (r.state <> 'STORED' or r.kept_at is null) and heard_until(r.id, l.purpose, l.reference) is null then 'restricted'
      when not exists (select from rights_of(l.person_id, l.purpose, coalesce(l.reference, '')) o where o.id = l.right_id and o.role = l.role)
        then 'right'
      when l.until <= now() then 'time'
    end,
    case
      when coalesce(l.end_why, 'right') = 'right' then (
        select least(a.revoked_at, a.valid_to) from access_right a
        where a.id = l.right_id and least(a.revoked_at, a.valid_to) <= now()
      )
    end
  from (select) nothing left join recording r on r.id = l.recording_id
$$;

-- What these functions do they tell the log themselves: no process says so without having done it.
create policy ends_are_told on audit_entry as restrictive for insert to seloste_desk with check (
  result <> 'ok' or not (action = 'recording.forbidden' or action like any ('{hold%,inspection.%,copy.%,recall.%,clock.%}'))
);

revoke execute on function months_after(timestamptz, integer), easter_sunday(integer), is_working_day(date), working_days_after(timestamptz, integer),
  what_ends(jsonb), end_of_recording(recording), settle_recording(uuid), recording_settles(), recordings_end_one_by_one(), history_guard(), recording_key_guard(),
  demand_right(text, text, text), demand_one_role(text[]), note_end(text, access_right, text, text, text, uuid, jsonb), contact_in_term(uuid),
  recall_copies(uuid), forbid_use(uuid, text, text, text), prohibition_state(prohibition), note_order_in_ledger(uuid, text, timestamptz),
  settle_contact(uuid), check_order_end(timestamptz), enter_order(uuid, text, text, text, text, timestamptz, text), order_in_force(uuid),
  renew_order(uuid, timestamptz, text), end_order(uuid, text), order_guard(), end_orders_over(), list_orders(text), latest_appointment(uuid[]),
  check_appointment(uuid[], timestamptz), open_inspection(uuid, uuid[], text, timestamptz, text, timestamptz, text), inspection_under_way(uuid),
  set_appointment(uuid, timestamptz, text), end_inspection(inspection, uuid, text), close_inspection(uuid, text), close_inspections_over(),
  recording_is_there(recording), inspection_is_urgent(inspection), list_inspections(text), list_recalls(), confirm_recall(uuid, text),
  recalls_are_confirmed(text), advance_clock(), confirm_clock(timestamptz),
  clock_now(), settle_ends(), heard_until(uuid, text, text)
  from public;
grant execute on function forbid_use(uuid, text, text, text), prohibition_state(prohibition),
  enter_order(uuid, text, text, text, text, timestamptz, text), renew_order(uuid, timestamptz, text), end_order(uuid, text), list_orders(text),
  open_inspection(uuid, uuid[], text, timestamptz, text, timestamptz, text), set_appointment(uuid, timestamptz, text), close_inspection(uuid, text),
  list_inspections(text), list_recalls(), confirm_recall(uuid, text), confirm_clock(timestamptz), clock_now(),
  heard_until(uuid, text, text) to seloste_desk;
grant execute on function end_of_recording(recording), settle_recording(uuid), settle_ends(), advance_clock(), clock_now() to seloste_custodian;
