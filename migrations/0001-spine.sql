-- The spine: people and their rights, the contact history, recordings and their keys, looks and their traces.
--
-- Three database roles, one for each kind of process. What a role may not do here, its process cannot do whatever its
-- code says: capture writes and does not read, desk reads what the signed-in person may see and holds no keys,
-- custodian holds the keys and destroys.

do $$
declare r text;
begin
  foreach r in array array['seloste_capture', 'seloste_desk', 'seloste_custodian'] loop
    if not exists (select from pg_roles where rolname = r) then
      execute format('create role %I login noinherit', r);
    end if;
  end loop;
end $$;

revoke all on schema public from public;
grant usage on schema public to seloste_capture, seloste_desk, seloste_custodian;

-- People -------------------------------------------------------------------------------------------------------------

create table unit (
  id uuid primary key,
  name text not null unique
);

-- One natural person. Rows are never deleted while a history row names them, and user ids are never reused (R20).
create table person (
  id uuid primary key,
  user_id text not null unique check (user_id = lower(user_id)),
  -- argon2id's parameters and salt, and the SHA-256 of its output: who reads the one cannot sign in with the other.
  password_salt text,
  password_check bytea,
  unit_id uuid references unit,
  employed_from timestamptz not null,
  employed_to timestamptz,
  check ((password_salt is null) = (password_check is null))
);

create table person_name (
  person_id uuid not null references person,
  name text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (person_id, valid_from)
);

create table person_phone (
  person_id uuid not null references person,
  phone_key text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (phone_key, valid_from)
);
create unique index person_phone_current on person_phone (phone_key) where valid_to is null;

-- A right as the access-authorisation procedure made it (R36): asked for by one, approved by another.
create table access_right (
  id uuid primary key,
  person_id uuid not null references person,
  role text not null check (role in ('OFFICIAL', 'SUPERVISOR', 'EXPERT', 'MAINTENANCE', 'SECURITY', 'SERVICE_UNIT', 'DECISION_MAKER', 'ACCESS_APPROVER')),
  duty text check (duty in ('QUALITY', 'TRAINING')),
  purposes text[] not null,
  scope_kind text not null check (scope_kind in ('own', 'unit', 'numbers', 'all', 'none')),
  scope_units uuid[] not null default '{}',
  scope_numbers text[] not null default '{}',
  valid_from timestamptz not null,
  valid_to timestamptz,
  requested_by uuid not null references person,
  approved_by uuid not null references person,
  revoked_at timestamptz,
  check (role <> 'EXPERT' or duty is not null),
  check (approved_by <> person_id and approved_by <> requested_by)
);
create index access_right_person on access_right (person_id);

create table session (
  token_hash bytea primary key,
  person_id uuid not null references person,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);

-- Opens a session for whoever has the password: its argon2id output, of which only the hash is kept here, is the proof.
-- A process that may call this cannot open a session for somebody who is not there.
create function open_session(person uuid, proof bytea, token_hash bytea, expires_at timestamptz) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with opened as (
    insert into session (token_hash, person_id, created_at, expires_at)
    select open_session.token_hash, p.id, now(), least(open_session.expires_at, now() + interval '12 hours')
    from person p
    where p.id = open_session.person and p.password_check = sha256(open_session.proof)
    returning 1
  )
  select exists (select from opened)
$$;

-- What has ended or expired stays so, and nobody stays signed in for longer than twelve hours, however busy.
create function session_guard() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null or old.expires_at <= now() then
    return null;
  end if;
  new.expires_at := least(new.expires_at, old.created_at + interval '12 hours');
  return new;
end $$;
create trigger session_guard before update on session for each row execute function session_guard();

-- Contact history (R9-R11, R22) --------------------------------------------------------------------------------------

-- Partitioned by the month in which the call started, so that an old month goes in one stroke.
create table contact (
  id uuid not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  end_inferred boolean not null default false,
  caller_kind text not null check (caller_kind in ('e164', 'short', 'extension', 'address', 'withheld', 'unparsed')),
  caller_key text,
  caller_raw text,
  number_called text not null,
  number_kind text not null check (number_kind in ('NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD', 'UNKNOWN')),
  number_name jsonb,
  history_ends_at timestamptz,
  primary key (id, started_at),
  check (caller_kind <> 'withheld' or (caller_key is null and caller_raw is null))
) partition by range (started_at);
create index contact_started on contact (started_at desc, id desc);
create index contact_caller on contact (caller_key);
create index contact_ends on contact (history_ends_at);
create index contact_live on contact (started_at) where ended_at is null;

-- One answering official's part of a call, or the part nobody answered (R17).
create table segment (
  id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  seq integer not null,
  number_reached text not null,
  number_reached_name jsonb,
  official_person_id uuid,
  official_unit_id uuid,
  official_name text,
  official_phone text,
  answered_at timestamptz,
  ended_at timestamptz,
  decision_record boolean not null,
  decision_reason text not null,
  rule_id text,
  rule_version integer,
  rule_share double precision,
  draw double precision,
  capture_state text not null default 'not-recorded' check (capture_state in ('recording', 'paused', 'not-recorded', 'failing')),
  capture_failure text,
  marks text[] not null default '{}',
  primary key (id, contact_started_at)
) partition by range (contact_started_at);
create index segment_contact on segment (contact_id);
create index segment_official on segment (official_person_id);
create index segment_unit on segment (official_unit_id);

-- Whose call it was decides who sees it (R39): that does not change any more once the call is over and done.
create function segment_guard() returns trigger language plpgsql as $$
begin
  if old.ended_at < now() - interval '1 day'
     and (new.official_person_id, new.official_unit_id) is distinct from (old.official_person_id, old.official_unit_id) then
    raise exception 'segment % is over: its official does not change', old.id;
  end if;
  return new;
end $$;
create trigger segment_guard before update on segment for each row execute function segment_guard();

-- The telephone system's own names of a call, hashed: the same call twice is one contact (R9).
create table call_identity (
  external_id_hash bytea primary key,
  contact_id uuid not null,
  contact_started_at timestamptz not null
);
create index call_identity_contact on call_identity (contact_id);

-- Recordings (R13-R17, R23-R26) --------------------------------------------------------------------------------------

create table recording (
  id uuid primary key,
  segment_id uuid not null unique,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  state text not null check (state in ('CAPTURING', 'STORED', 'RESTRICTED', 'QUARANTINED', 'DESTROYING', 'DESTROYED')),
  started_at timestamptz not null,
  ended_at timestamptz,
  intake_day date not null,
  recording_months integer not null check (recording_months between 2 and 6),
  min_keep_until timestamptz,
  destroy_at timestamptz,
  expiry_month date,
  size_bytes bigint,
  sha256 bytea,
  incomplete boolean not null default false,
  kept_at timestamptz,
  keeping_fault text,
  duration_ms integer,
  packets_received integer,
  packets_lost integer,
  destroyed_at timestamptz,
  cause text check (cause in ('retention', 'caller', 'official', 'trimming', 'hold-end')),
  check (state <> 'DESTROYED' or destroyed_at is not null),
  check (state not in ('DESTROYING', 'DESTROYED') or cause is not null),
  check ((min_keep_until is null) = (destroy_at is null)),
  -- The floor of R23 counts from the call's end, which is not before the recording's start. A day less, as in months of
  -- different lengths a later end may have an earlier floor (30.12. 23.00 and 31.12. 01.00 both end on the 28.2.).
  check (min_keep_until >= ((started_at at time zone 'Europe/Helsinki') + interval '2 months') at time zone 'Europe/Helsinki' - interval '1 day')
);
create index recording_contact on recording (contact_id);
create index recording_due on recording (destroy_at) where state <> 'DESTROYED';
create index recording_unkept on recording (id) where kept_at is null and state = 'STORED';

-- The floor holds for everyone, scripts and superusers of the application included (R23): a recording ends by its term,
-- or by a cause that the description names.
create function recording_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state <> 'DESTROYED' then
      raise exception 'recording % cannot be deleted: it is destroyed by its term or by a cause of the description', old.id;
    end if;
    return old;
  end if;
  if old.state = 'DESTROYED' and new.state <> 'DESTROYED' or old.state = 'DESTROYING' and new.state not in ('DESTROYING', 'DESTROYED') then
    raise exception 'recording % is destroyed and does not come back', old.id;
  end if;
  if old.state in ('DESTROYING', 'DESTROYED') and new.cause is distinct from old.cause then
    raise exception 'recording % is destroyed for the cause % and no other', old.id, old.cause;
  end if;
  if new.state in ('DESTROYING', 'DESTROYED') and old.state not in ('DESTROYING', 'DESTROYED')
     and new.cause = 'retention' and (new.destroy_at is null or new.destroy_at > now()) then
    raise exception 'recording % cannot be destroyed before %', old.id, new.destroy_at;
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
create trigger recording_guard before update or delete on recording for each row execute function recording_guard();

-- Keys: the custodian's alone ----------------------------------------------------------------------------------------

create table intake_key (
  day date primary key,
  public_key text not null,
  private_destroyed_at timestamptz
);

create table shard_key (
  expiry_month date not null,
  shard integer not null check (shard between 0 and 1023),
  month_key_version integer not null,
  wrapped bytea not null,
  primary key (expiry_month, shard)
);

create table recording_key (
  recording_id uuid primary key,
  expiry_month date not null,
  shard integer not null,
  wrapped bytea not null
);

-- Traces -------------------------------------------------------------------------------------------------------------

-- Who looked at what, under which purpose, with what result (R21). Ids only: the log outlives the history, so it holds
-- no names and no numbers, and no foreign keys.
create table audit_entry (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  person_id uuid,
  right_id uuid,
  role text,
  action text not null,
  purpose text,
  reference text,
  object_kind text,
  object_id uuid,
  result text not null,
  detail jsonb not null default '{}'
);
create index audit_entry_object on audit_entry (object_id);
create index audit_entry_person on audit_entry (person_id, at);

-- Every destruction, without content (R52).
create table destruction_entry (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  object_kind text not null,
  object_id uuid not null,
  cause text not null,
  done_by text not null,
  targets jsonb not null
);

create function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;
create trigger append_only before update or delete or truncate on audit_entry for each statement execute function append_only();
create trigger append_only before update or delete or truncate on destruction_entry for each statement execute function append_only();

-- A listening: one person, one recording, one purpose, until an instant (R3, R27).
create table listening (
  id uuid primary key,
  recording_id uuid not null,
  person_id uuid not null,
  right_id uuid not null,
  session_hash bytea not null,
  role text not null,
  purpose text not null,
  reference text,
  started_at timestamptz not null,
  until timestamptz not null,
  ended_at timestamptz
);
create index listening_recording on listening (recording_id);

create table listening_range (
  listening_id uuid not null references listening on delete cascade,
  at timestamptz not null default clock_timestamp(),
  from_ms integer not null,
  to_ms integer not null
);
create index listening_range_listening on listening_range (listening_id);

-- Partitions ---------------------------------------------------------------------------------------------------------

-- Makes the monthly partitions of contact and segment from one month to another; those that stand are left alone.
create function ensure_partitions(first_month date, last_month date) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  m date := date_trunc('month', first_month);
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.partitions'));
  while m <= last_month loop
    foreach parent in array array['contact', 'segment'] loop
      part := parent || to_char(m, '_YYYY_MM');
      if to_regclass('public.' || part) is null then
        execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
          part, parent, m::timestamp at time zone 'UTC', (m + interval '1 month')::timestamp at time zone 'UTC');
      end if;
    end loop;
    m := m + interval '1 month';
  end loop;
end $$;
-- A call is never dropped because its month was not foreseen.
create table contact_default partition of contact default;
create table segment_default partition of segment default;
select ensure_partitions((now() - interval '15 months')::date, (now() + interval '13 months')::date);

-- Who may look -------------------------------------------------------------------------------------------------------

-- The person behind the session token of this transaction. The process cannot claim to be somebody: it holds a token
-- or it does not.
create function viewer() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.person_id
  from session s join person p on p.id = s.person_id
  where s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
    and s.ended_at is null and s.expires_at > now()
    and p.employed_from <= now() and (p.employed_to is null or p.employed_to > now())
$$;

-- The viewer's rights that are in force and cover the purpose of this transaction. A right to DEVELOPMENT covers its
-- three parts (R4); a part never covers the whole.
create function active_rights() returns setof access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.* from access_right r
  where r.person_id = viewer()
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
    and (
      current_setting('seloste.purpose', true) = any (r.purposes)
      or ('DEVELOPMENT' = any (r.purposes) and current_setting('seloste.purpose', true) in ('QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'))
    )
$$;

create function sees_all() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from active_rights() where scope_kind = 'all')
$$;
create function sees_own() returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select person_id from active_rights() where scope_kind = 'own' limit 1
$$;
create function sees_units() returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct u), '{}') from active_rights() r, unnest(r.scope_units) u where r.scope_kind = 'unit'
$$;
create function sees_numbers() returns text[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct n), '{}') from active_rights() r, unnest(r.scope_numbers) n where r.scope_kind = 'numbers'
$$;

alter table contact enable row level security;
alter table segment enable row level security;
alter table recording enable row level security;
alter table audit_entry enable row level security;
alter table listening enable row level security;
alter table listening_range enable row level security;

-- Each sub-select below runs once a statement, not once a row.
create policy desk_looks on segment for select to seloste_desk using (
  (select sees_all())
  or official_person_id = (select sees_own())
  or official_unit_id = any ((select sees_units())::uuid[])
  or number_reached = any ((select sees_numbers())::text[])
);
-- Past its term nothing is shown, whether the sweep has run or not.
create policy desk_looks on contact for select to seloste_desk using (
  -- A call whose end was never heard of ends as the custodian ends it, below.
  coalesce(history_ends_at, started_at + interval '14 months 1 day') > now()
  and (
    (select sees_all())
    or number_called = any ((select sees_numbers())::text[])
    or exists (select from segment s where s.contact_id = contact.id and s.contact_started_at = contact.started_at)
  )
);
create policy desk_looks on recording for select to seloste_desk using (
  exists (select from segment s where s.id = recording.segment_id and s.contact_started_at = recording.contact_started_at)
);
create policy desk_appends on audit_entry for insert to seloste_desk with check (true);
-- Who listened, to those who see the recording; but nobody learns from it that the security unit is looking.
create policy desk_reads_listenings on listening for select to seloste_desk using (
  person_id = viewer()
  or (
    (purpose <> 'CRIME_OR_MISUSE' or current_setting('seloste.purpose', true) = 'CRIME_OR_MISUSE')
    and exists (select from recording r where r.id = listening.recording_id)
  )
);
-- A listening is of what the viewer sees under this purpose, on a right of the viewer's own.
create policy desk_lists on listening for insert to seloste_desk with check (
  person_id = viewer() and session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
  and purpose = current_setting('seloste.purpose', true)
  and exists (select from active_rights() a where a.id = listening.right_id and a.role = listening.role)
  and exists (select from recording r where r.id = listening.recording_id)
);
-- What has ended stays ended.
create policy desk_ends on listening for update to seloste_desk using (person_id = viewer()) with check (ended_at is not null);
create policy desk_reads on listening_range for select to seloste_desk using (
  exists (select from listening l where l.id = listening_range.listening_id)
);

-- Capture gives terms, but not such as would end the history before its day (R22) or keep a recording beyond it (R24).
create policy capture_admits on contact for all to seloste_capture using (true) with check (
  history_ends_at is null
  or history_ends_at >= ((started_at at time zone 'Europe/Helsinki') + interval '14 months') at time zone 'Europe/Helsinki' - interval '1 day'
  and history_ends_at <= greatest(now(), started_at + interval '1 day') + interval '14 months 1 day'
);
create policy capture_admits on segment for all to seloste_capture using (true) with check (true);
create policy capture_reads on recording for select to seloste_capture using (true);
create policy capture_admits on recording for insert to seloste_capture with check (state = 'CAPTURING' and destroy_at is null);
create policy capture_stores on recording for update to seloste_capture
  using (state in ('CAPTURING', 'STORED'))
  with check (state in ('CAPTURING', 'STORED') and (
    destroy_at is null or destroy_at <= greatest(now(), started_at + interval '1 day') + interval '6 months 1 day'
  ));
create policy capture_appends on audit_entry for insert to seloste_capture with check (true);

create policy custodian_keeps on recording for all to seloste_custodian using (true) with check (true);
create policy custodian_reads on contact for select to seloste_custodian using (true);
create policy custodian_reads on segment for select to seloste_custodian using (true);
-- The sweep can delete what has come to its day and nothing else (R22).
create policy custodian_ends on contact for delete to seloste_custodian using (
  coalesce(history_ends_at, started_at + interval '14 months 1 day') <= now()
);
create policy custodian_ends on segment for delete to seloste_custodian using (
  not exists (select from contact c where c.id = segment.contact_id and c.started_at = segment.contact_started_at)
);
create policy custodian_appends on audit_entry for insert to seloste_custodian with check (true);
create policy custodian_serves on listening for all to seloste_custodian using (true) with check (true);
create policy custodian_serves on listening_range for all to seloste_custodian using (true) with check (true);

-- A listening that may be served at this instant: its person's session, right, recording and term all still hold.
create function servable_listening(wanted uuid)
returns table (listening_id uuid, recording_id uuid, person_id uuid, until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.id, l.recording_id, l.person_id, l.until
  from listening l
  join recording r on r.id = l.recording_id
  join access_right a on a.id = l.right_id
  where l.id = wanted
    and l.ended_at is null and l.until > now()
    and l.person_id = viewer() and a.person_id = l.person_id
    and l.session_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
    and a.revoked_at is null and a.valid_from <= now() and (a.valid_to is null or a.valid_to > now())
    and r.state = 'STORED' and r.kept_at is not null and r.destroy_at > now()
$$;

-- What each kind of process may touch ---------------------------------------------------------------------------------

grant select (id, unit_id, employed_from, employed_to) on person to seloste_capture;
grant select on person_name, person_phone, unit to seloste_capture;
grant insert on contact, segment, recording, call_identity to seloste_capture;
grant select (id, started_at, ended_at), update (ended_at, end_inferred, history_ends_at) on contact to seloste_capture;
grant select (id, contact_id, contact_started_at, seq, answered_at, ended_at),
      update (ended_at, answered_at, capture_state, capture_failure, marks, official_person_id, official_unit_id, official_name, official_phone) on segment to seloste_capture;
grant select (id, segment_id, contact_id, state, recording_months, min_keep_until, expiry_month),
      update (state, ended_at, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, incomplete, packets_received, packets_lost) on recording to seloste_capture;
grant select, update on call_identity to seloste_capture;
grant select on intake_key to seloste_capture;

grant select on contact, segment, recording, unit, access_right, listening, listening_range to seloste_desk;
grant select (id, user_id, password_salt, unit_id, employed_from, employed_to) on person to seloste_desk;
grant select on person_name, person_phone to seloste_desk;
grant select on session to seloste_desk;
grant update (expires_at, ended_at) on session to seloste_desk;
grant insert on listening to seloste_desk;
grant update (ended_at) on listening to seloste_desk;

grant select on contact, segment, recording, listening, listening_range, unit to seloste_custodian;
grant delete on contact, segment, recording, call_identity, listening to seloste_custodian;
grant select on call_identity to seloste_custodian;
grant update (state, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, incomplete, kept_at, keeping_fault, duration_ms, packets_received, packets_lost, destroyed_at, cause, ended_at) on recording to seloste_custodian;
grant select, insert, update, delete on shard_key, recording_key, intake_key to seloste_custodian;
grant insert (object_kind, object_id, cause, done_by, targets) on destruction_entry to seloste_custodian;
grant insert (listening_id, from_ms, to_ms) on listening_range to seloste_custodian;
grant select on destruction_entry to seloste_custodian;

-- When, and in which order, is the database's to say.
grant insert (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  on audit_entry to seloste_capture, seloste_desk, seloste_custodian;

revoke execute on all functions in schema public from public;
grant execute on function open_session(uuid, bytea, bytea, timestamptz), viewer(), active_rights(),
  sees_all(), sees_own(), sees_units(), sees_numbers() to seloste_desk;
grant execute on function servable_listening(uuid), ensure_partitions(date, date) to seloste_custodian;
