-- The tables of version 1.0.0: everything before it, in one. What is written in functions/ (functions, views, triggers, policies,
-- grants) is not here.

do $$
declare r text;
begin
  foreach r in array array['seloste_capture', 'seloste_desk', 'seloste_custodian'] loop
    if not exists (select from pg_roles where rolname = r) then
      execute format('create role %I login noinherit', r);
    end if;
  end loop;
end $$;

create function are_marks(marks jsonb) returns boolean language sql immutable as $$
  select marks is null or jsonb_typeof(marks) = 'object'
    and not jsonb_path_exists(marks, '$.* ? (@.type() != "number" && @.type() != "null")')
    and not exists (select from jsonb_object_keys(case when jsonb_typeof(marks) = 'object' then marks else '{}' end) k
      where k !~ '^[A-Za-z0-9_-]{1,64}$')
$$;

create type finding as (person_id uuid, object_id uuid, count integer, first_at timestamptz, last_at timestamptz, facts jsonb);

-- What one call adds to the counts of a number: of the number that was called the call itself, of each number that was reached
-- what the plan decided there. Lives with its contact and ends with it.
create type study_part as (number text, unit_id uuid, calls integer, answered integer, talk_seconds integer, wait_seconds integer, judged integer, expected_ppm integer, recorded integer);

-- A call as src/register/admit-fed.ts writes it.
create type fed_call as (place integer, ids text[], contact_id uuid, started_at timestamptz, ended_at timestamptz, history_ends_at timestamptz, caller_kind text, caller_key text, caller_raw text, number_called text, number_kind text, number_name jsonb, parts jsonb);

create type fed_part as (segment_id uuid, seq integer, number_reached text, number_reached_name jsonb, official_person_id uuid, official_unit_id uuid, official_name text, official_phone text, answered_at timestamptz, ended_at timestamptz, decision_record boolean, decision_reason text, rule_id text, rule_version integer, rule_share double precision, draw double precision, description_version integer, drawn_on text, quota_used integer, capture_state text, capture_failure text, marks text[]);

create type told_recording as (id uuid, started_at timestamptz, ended_at timestamptz, intake_day date, months integer, is_stored boolean, is_gone boolean, size_bytes bigint, sha256 text, incomplete boolean, packets_received integer, packets_lost integer, reception jsonb, is_lossy boolean, intake_key text);

-- `ids`: SHA-256 in hexadecimal. `talk`: as judge_talk reads it.
create type told_part as (ids text[], contact_id uuid, started_at timestamptz, caller_kind text, caller_key text, caller_raw text, number_called text, number_kind text, number_name jsonb, segment_id uuid, number_reached text, number_reached_name jsonb, official_person_id uuid, official_unit_id uuid, official_name text, official_phone text, answered_at timestamptz, ended_at timestamptz, end_inferred boolean, decision_record boolean, decision_reason text, rule_id text, rule_version integer, rule_share double precision, draw double precision, description_version integer, drawn_on text, quota_used integer, capture_state text, capture_failure text, marks text[], talk jsonb, recording told_recording);

-- The call that a feed has told of before a recording client did, whose facts come late; who answered it, as the feed says; and whether
-- others could be it, which are marked then. As meet_fed_call: the same caller and number, the same official or one of the two names none,
-- and an answer within what the feed tells and the same end.
create type told_official as (person_id uuid, unit_id uuid, name text, phone text);

create table unit (
  id uuid primary key,
  name text not null unique
);

-- One natural person. Rows are never deleted while a history row names them, and user ids are never reused (R20).
create table person (
  id uuid primary key,
  user_id text not null check (user_id = lower(user_id)) unique,
  -- argon2id's parameters and salt, and the SHA-256 of its output: who reads the one cannot sign in with the other.
  password_salt text,
  password_check bytea,
  employed_from timestamptz not null,
  employed_to timestamptz,
  source text not null default 'manual' check (source in ('manual', 'csv', 'scim')),
  external_id text,
  withdrawn_at timestamptz,
  informed_at timestamptz,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  password_set_at timestamptz,
  password_alone boolean not null default true,
  constraint person_check check ((password_salt is null) = (password_check is null)),
  constraint person_employed check (employed_to >= employed_from)
);
create index person_external on person (external_id) where external_id is not null;

create table person_name (
  person_id uuid not null references person(id),
  name text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  -- A name as one string is what the register shows (R10); its parts only where the identity system gave them.
  given_name text,
  family_name text,
  constraint person_name_pkey primary key (person_id, valid_from),
  constraint person_name_interval check (valid_to > valid_from)
);

create table person_phone (
  person_id uuid not null references person(id),
  phone_key text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  constraint person_phone_pkey primary key (phone_key, valid_from),
  constraint person_phone_interval check (valid_to > valid_from)
);
create unique index person_phone_current on person_phone (phone_key) where valid_to is null;
create index person_phone_person on person_phone (person_id);

-- A right as the access-authorisation procedure made it (R36): asked for by one, approved by another.
create table access_right (
  id uuid primary key,
  person_id uuid not null references person(id),
  role text not null check (role in ('OFFICIAL', 'SUPERVISOR', 'EXPERT', 'MAINTENANCE', 'SECURITY', 'SERVICE_UNIT', 'DECISION_MAKER', 'ACCESS_APPROVER', 'ADMINISTRATOR', 'DATA_PROTECTION_OFFICER')),
  duty text check (duty in ('QUALITY', 'TRAINING')),
  purposes text[] not null,
  scope_kind text not null check (scope_kind in ('own', 'unit', 'numbers', 'all', 'none')),
  scope_units uuid[] not null default '{}'::uuid[],
  scope_numbers text[] not null default '{}'::text[],
  valid_from timestamptz not null,
  valid_to timestamptz,
  requested_by uuid references person(id),
  approved_by uuid references person(id),
  revoked_at timestamptz,
  origin text not null default 'procedure' check (origin in ('procedure', 'installation')),
  request_id uuid unique,
  granted_at timestamptz not null default clock_timestamp(),
  revoked_by uuid references person(id),
  revoke_cause text check (revoke_cause in ('own', 'supervisor', 'approver', 'review', 'employment')),
  revoke_reason text check (length(revoke_reason) <= 2000),
  constraint access_right_check check ((role <> 'EXPERT') or (duty is not null)),
  constraint access_right_check1 check ((approved_by <> person_id) and (approved_by <> requested_by)),
  constraint access_right_decided check (
case origin
    when 'procedure' then ((requested_by is not null) and (approved_by is not null))
    else ((requested_by is null) and (approved_by is null) and (request_id is null))
end)
);
create index access_right_person on access_right (person_id);
create index access_right_in_force on access_right (granted_at) where revoked_at is null;

create table session (
  token_hash bytea primary key,
  person_id uuid not null references person(id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  id uuid not null default gen_random_uuid() unique,
  method text not null default 'password' check (method in ('password', 'password+totp', 'password+passkey', 'passkey', 'oidc')),
  awaits_second_factor boolean not null default false,
  used_at timestamptz not null default now(),
  device text check (length(device) <= 80),
  wrong_factors integer not null default 0,
  confined_to uuid,
  confined_until timestamptz,
  confined_at uuid,
  -- When the holder of the session last proved who they are: password, second factor, passkey or identity provider.
  proved_at timestamptz not null default now(),
  constraint session_check check (((confined_to is null) = (confined_until is null)) and ((confined_to is null) = (confined_at is null)))
);
create index session_person on session (person_id) where ended_at is null;
create index session_confined on session (confined_to) where (confined_to is not null) and (ended_at is null);

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
  counted study_part[],
  -- The trunk that sent the call: the entry of SELOSTE_TRUNKS or SELOSTE_SIP_SOURCES, the name in a client certificate, or an address.
  -- Null for calls that only a feed has told, and for calls from before this version.
  trunk text,
  -- When a feed says that the caller reached the service, where that is earlier than started_at; null otherwise.
  waited_from timestamptz,
  -- When the register took the call in; null for calls from before it was noted.
  admitted_at timestamptz default now(),
  constraint contact_check check ((caller_kind <> 'withheld') or ((caller_key is null) and (caller_raw is null))),
  constraint contact_pkey primary key (id, started_at),
  constraint contact_number_name_members check ((number_name - '{fi,sv,en}'::text[]) = '{}'::jsonb)
) partition by range (started_at);
create table contact_default partition of contact default;
create index contact_started on contact (started_at desc, id desc);
create index contact_ends on contact (history_ends_at);
create index contact_live on contact (started_at) where ended_at is null;
create index contact_termless on contact (started_at) where (ended_at is not null) and (history_ends_at is null);
create index contact_backwards on contact (started_at) where ended_at < started_at;
create index contact_overwritten on contact (started_at) where (caller_raw is not null) and (caller_key is not null);
-- A caller's calls of a time, and the calls of a time whose number nobody knows, without a look at the others.
create index contact_caller_started on contact (caller_key, started_at);
create index contact_numberless on contact (started_at) where caller_key is null;
-- Calls in progress, calls of the last seconds, and calls from before there were counts.
create index contact_uncounted on contact (started_at) where counted is null;
create index contact_number_newest on contact (number_called, started_at desc, id desc);
create index contact_withheld on contact (started_at desc, id desc) where caller_kind = 'withheld';
create index contact_number_withheld on contact (number_called, started_at desc, id desc) where caller_kind = 'withheld';

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
  marks text[] not null default '{}'::text[],
  description_version integer,
  drawn_on bytea check (length(drawn_on) = 32),
  quota_used integer check (quota_used >= 0),
  -- Which node told of a part of a call.
  node uuid,
  -- The segment that another node told of the same talk, when both were kept: what is forbidden of the one is of the other.
  beside uuid,
  -- Only where it is another one: nearly always it is the same.
  number_called text,
  constraint segment_pkey primary key (id, contact_started_at),
  constraint segment_number_reached_name_members check ((number_reached_name - '{fi,sv,en}'::text[]) = '{}'::jsonb)
) partition by range (contact_started_at);
create table segment_default partition of segment default;
create index segment_contact on segment (contact_id);
create index segment_answered on segment (answered_at, id) where answered_at is not null;
create index segment_endless on segment (contact_started_at) where ended_at is null;
create index segment_to_record on segment (id) where decision_record;
-- A page of somebody's calls, newest first, without a look at anybody else's: in each month, one walk along the index.
create index segment_official_newest on segment (official_person_id, contact_started_at desc, contact_id desc);
create index segment_unit_newest on segment (official_unit_id, contact_started_at desc, contact_id desc);
-- Parts of calls that were drawn are one in ten: they are found without looking at the others.
create index segment_drawn on segment (contact_started_at, id) where decision_record and (answered_at is not null);
create index segment_of_node on segment (node) where ended_at is null;
-- A unit's calls to one number; an official's of one number, without a look at the segment.
create index segment_unit_number on segment (official_unit_id, number_reached, contact_started_at desc, contact_id desc) where (number_called is null) and (official_unit_id is not null);
create index segment_unit_called on segment (official_unit_id, number_called, contact_started_at desc, contact_id desc) where (number_called is not null) and (official_unit_id is not null);
create index segment_reached_newest on segment (number_reached, contact_started_at desc, contact_id desc) where number_called is not null;
create index segment_name_newest on segment (official_name, contact_started_at desc, contact_id desc) include (number_reached);
create index segment_unattributed on segment (official_phone, contact_started_at) where (official_person_id is null) and (official_phone is not null);

create table recording (
  id uuid primary key,
  segment_id uuid not null unique,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  state text not null check (state in ('CAPTURING', 'STORED', 'RESTRICTED', 'QUARANTINED', 'DESTROYING', 'DESTROYED')),
  started_at timestamptz not null,
  ended_at timestamptz,
  intake_day date not null,
  recording_months integer not null check ((recording_months >= 2) and (recording_months <= 6)),
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
  number_reached text,
  call_ended_at timestamptz,
  cut_ms integer check (cut_ms > 0),
  reception jsonb,
  -- Recordings of before have none: their header is sealed to the key of `intake_day`.
  intake_key text,
  -- What nobody can hear in a recording, found when it is taken into keeping (docs/decisions/0091): sound of codecs that are kept and
  -- not decoded, and packets of which nothing at all sounds. Both are null before, and of recordings kept by earlier versions.
  unplayed_ms integer check (unplayed_ms >= 0),
  is_silent boolean,
  constraint recording_check check ((state <> 'DESTROYED') or (destroyed_at is not null)),
  constraint recording_check1 check ((state <> all (array['DESTROYING', 'DESTROYED'])) or (cause is not null)),
  constraint recording_check2 check ((min_keep_until is null) = (destroy_at is null)),
  constraint recording_check3 check (min_keep_until >= ((((started_at at time zone 'Europe/Helsinki') + '2 mons'::interval) at time zone 'Europe/Helsinki') - '1 day'::interval)),
  constraint recording_reception_members check (((reception - '{trunk,client,streams,lostMs,oneWay,isSilent,elsewhere}'::text[]) = '{}'::jsonb) and (coalesce((reception ->> 'elsewhere'), '::') ~ '^[0-9a-f.:]{2,45}(%[0-9A-Za-z._-]{1,15})?$'))
);
create index recording_contact on recording (contact_id);
create index recording_due on recording (destroy_at) where state <> 'DESTROYED';
create index recording_unkept on recording (id) where (kept_at is null) and (state = 'STORED');
-- All that the dry run of a changed term looks at, so that it need not look at the recordings themselves.
create index recording_terms on recording (number_reached, call_ended_at) include (recording_months, destroy_at, min_keep_until) where state <> all (array['DESTROYING', 'DESTROYED']);
create index recording_destroying on recording (id) where state = 'DESTROYING';
-- Destroyed while it was still written, or before it was in keeping: capture may bring what it had afterwards.
create index recording_unkept_end on recording (destroyed_at) where (state = 'DESTROYED') and (kept_at is null);
create index recording_of_month on recording (contact_started_at, id);
create index recording_restricted on recording (destroy_at, contact_id) where state = 'RESTRICTED';
create index recording_day_key on recording (intake_day) where (intake_key is null) and (kept_at is null) and (state in ('CAPTURING', 'STORED'));
create index recording_intake_key on recording (intake_key) where (intake_key is not null) and (kept_at is null);

create table intake_key (
  day date primary key,
  public_key text not null,
  private_destroyed_at timestamptz
);

create table shard_key (
  expiry_month date not null,
  shard integer not null check ((shard >= 0) and (shard <= 2975)),
  month_key_version integer not null,
  wrapped bytea not null,
  constraint shard_key_pkey primary key (expiry_month, shard)
);

create table recording_key (
  recording_id uuid primary key,
  expiry_month date not null,
  shard integer not null,
  wrapped bytea not null
);
create index recording_key_shard on recording_key (expiry_month, shard);

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
  detail jsonb not null default '{}'::jsonb,
  -- The salt keeps a leaf's hash from telling what the entry said, to witnesses and after pruning.
  salt uuid not null default gen_random_uuid()
);
create index audit_entry_object on audit_entry (object_id);
create index audit_entry_person on audit_entry (person_id, at);
create index audit_entry_look on audit_entry (purpose, at) where (result = 'ok') and (action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started', 'shares.read'));
create index audit_entry_referring on audit_entry (reference) where (result = 'ok') and (action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started', 'shares.read')) and (role in ('MAINTENANCE', 'SECURITY'));
create index audit_entry_official on audit_entry (seq) where (result = 'ok') and (role = 'OFFICIAL') and (action in ('contact.read', 'caller.revealed'));
-- Hashes of the versions of the description, as the log was told of them when they were installed or approved.
create index audit_entry_announcing on audit_entry (seq) where action in ('description.installed', 'description.approved');
create index audit_entry_searched_caller on audit_entry (at) where (action = 'contacts.listed') and (result = 'ok') and ((detail ->> 'byCaller') = 'true');
-- In the order in which it is read; it serves what the index on `at` alone did.
create index audit_entry_time on audit_entry (at, seq);
create index audit_entry_refused on audit_entry (at, seq) where result <> 'ok';
create index audit_entry_action on audit_entry (action, at, seq);
create index audit_entry_reference on audit_entry (reference) where reference is not null;
create index audit_entry_served on audit_entry (at) where (result = 'ok') and (action in ('request.entered', 'call.looked-for', 'call.given-up', 'call.verified', 'recording.forbidden'));
create index audit_entry_accounts on audit_entry (at) where (result = 'ok') and (action in ('link.made', 'directory.change-asked', 'directory.change-confirmed', 'directory.number-moved', 'directory.number-ended', 'directory.place-ended', 'directory.employment-ended', 'credential.removed', 'scim-token.added'));

-- Every destruction, without content (R52).
create table destruction_entry (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  object_kind text not null,
  object_id uuid,
  cause text not null,
  done_by text not null,
  targets jsonb not null,
  -- Whether a person's right, hold or recording: `object_id`. A month, a day or a key has a name instead.
  object_name text,
  detail jsonb not null default '{}'::jsonb,
  salt uuid not null default gen_random_uuid(),
  constraint destruction_entry_one_object check ((object_id is null) <> (object_name is null)),
  constraint destruction_entry_named check ((object_kind = 'place-reached') or ((object_kind in ('history-month', 'month-key', 'intake-key')) = (object_name is not null))),
  constraint destruction_entry_texts check ((octet_length(object_name) <= 100) and (octet_length(cause) <= 40) and (octet_length(done_by) <= 100)),
  constraint destruction_entry_kind check (object_kind in ('recording', 'history-month', 'month-key', 'intake-key', 'right', 'credential', 'link', 'scim-token', 'employment', 'hold', 'place-reached', 'request', 'disclosure', 'package'))
);
create index destruction_entry_object on destruction_entry (object_id);
-- A recording ends once.
create unique index destruction_entry_recording on destruction_entry (object_id) where object_kind = 'recording';

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
  ended_at timestamptz,
  end_why text check (end_why in ('left', 'time', 'right', 'session', 'destroyed', 'restricted')),
  speed real not null default 1 check ((speed >= (0.5)::double precision) and (speed <= (3)::double precision))
);
create index listening_recording on listening (recording_id);
create index listening_started on listening (started_at);
create index listening_person on listening (person_id, started_at);
create index listening_open on listening (id) where ended_at is null;

create table listening_range (
  listening_id uuid not null references listening(id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  from_ms integer not null,
  to_ms integer not null
);
create index listening_range_listening on listening_range (listening_id);

-- A version is its text, exactly. Published, it never changes.
create table description_version (
  version integer primary key check (version > 0),
  text text not null,
  hash bytea not null,
  effective_from timestamptz not null check (isfinite(effective_from)) unique,
  -- None for the first, which comes with the installation.
  draft_id uuid unique,
  author uuid,
  approver uuid,
  approved_at timestamptz not null default clock_timestamp(),
  -- What it changed, sentence by sentence: [{path, text: {fi, sv, en}}].
  changes jsonb not null default '[]'::jsonb,
  constraint description_version_check check (hash = sha256(convert_to(text, 'UTF8'::name))),
  constraint description_version_check1 check ((author is distinct from approver) or (author is null))
);

-- What a version lets each role do: the upper bound of every right, here for row-level security.
create table described_role (
  version integer not null references description_version(version),
  role text not null,
  duty text,
  purposes text[] not null,
  scope text not null,
  constraint described_role_version_role_duty_key unique nulls not distinct (version, role, duty),
  constraint described_role_check check (
case role
    when 'OFFICIAL' then ((duty is null) and (scope in ('own', 'none')) and (purposes <@ '{DEVELOPMENT,INSPECTION}'::text[]))
    when 'SUPERVISOR' then ((duty is null) and (scope in ('own', 'unit', 'none')) and (purposes <@ '{DEVELOPMENT,QUALITY,TRAINING,SERVICE_LEVEL_STUDY}'::text[]))
    when 'EXPERT' then ((scope in ('own', 'numbers', 'none')) and
    case duty
        when 'QUALITY' then (purposes <@ '{DEVELOPMENT,QUALITY,SERVICE_LEVEL_STUDY}'::text[])
        when 'TRAINING' then (purposes <@ '{TRAINING}'::text[])
        else false
    end)
    when 'MAINTENANCE' then ((duty is null) and (scope in ('own', 'all', 'none')) and (purposes <@ '{MAINTENANCE}'::text[]))
    when 'SECURITY' then ((duty is null) and (scope in ('own', 'all', 'none')) and (purposes <@ '{CRIME_OR_MISUSE}'::text[]))
    when 'SERVICE_UNIT' then ((duty is null) and (scope in ('own', 'all', 'none')) and (purposes <@ '{INSPECTION}'::text[]))
    when 'DECISION_MAKER' then ((duty is null) and (scope in ('own', 'none')) and (purposes = '{}'::text[]))
    when 'ACCESS_APPROVER' then ((duty is null) and (scope in ('own', 'none')) and (purposes = '{}'::text[]))
    when 'ADMINISTRATOR' then ((duty is null) and (scope in ('own', 'none')) and (purposes = '{}'::text[]))
    when 'DATA_PROTECTION_OFFICER' then ((duty is null) and (scope in ('own', 'none')) and (purposes = '{}'::text[]))
    else false
end)
);

-- When a version was first obeyed by the custodian: once, and not before its instant.
create table version_effect (
  version integer primary key references description_version(version),
  at timestamptz not null default clock_timestamp()
);

create table description_draft (
  id uuid primary key,
  based_on integer not null references description_version(version),
  -- Counts the changes: who saves over somebody else's work is told, and what is approved is what was read.
  revision integer not null default 1,
  text text not null check (length(text) < 2000000),
  reason text not null default '' check (length(reason) <= 2000),
  effective_from timestamptz check (isfinite(effective_from)),
  author uuid not null references person(id),
  state text not null default 'DRAFT' check (state in ('DRAFT', 'SUBMITTED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  submitted_at timestamptz,
  decided_by uuid references person(id),
  decided_at timestamptz,
  decision_note text check (length(decision_note) <= 2000),
  constraint description_draft_check check ((state <> all (array['APPROVED', 'REJECTED'])) or ((decided_by is not null) and (decided_by <> author))),
  constraint description_draft_check1 check ((state <> 'SUBMITTED') or (effective_from is not null))
);
create index description_draft_open on description_draft (changed_at) where state in ('DRAFT', 'SUBMITTED');

-- Where a person belongs, and under whom, for a time.
create table person_placement (
  person_id uuid not null references person(id),
  unit_id uuid references unit(id),
  supervisor_id uuid references person(id),
  valid_from timestamptz not null,
  valid_to timestamptz,
  constraint person_placement_check check (valid_to > valid_from),
  constraint person_placement_check1 check ((unit_id is not null) or (supervisor_id is not null)),
  constraint person_placement_own check (supervisor_id <> person_id),
  constraint person_placement_pkey primary key (person_id, valid_from)
);
create index person_placement_supervisor on person_placement (supervisor_id);
create index person_placement_unit on person_placement (unit_id);

-- Consent to the recording of one's calls, from when to when (L16).
create table person_recording_consent (
  person_id uuid not null references person(id),
  valid_from timestamptz not null,
  valid_to timestamptz,
  constraint person_recording_consent_check check (valid_to > valid_from),
  constraint person_recording_consent_pkey primary key (person_id, valid_from)
);

-- The identity systems that may keep the directory. The token itself is shown once and kept nowhere.
create table scim_token (
  id uuid primary key default gen_random_uuid(),
  hash bytea not null check (length(hash) = 32) unique,
  name text not null check (name <> '') unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- What is left of a person who was removed once no history named them: that their user id has been used.
create table spent_user_id (
  hash bytea primary key
);

-- The last check of each promise.
create table proof (
  promise text primary key,
  checked_at timestamptz not null,
  holds boolean not null,
  -- Of the last check that could be made; none before that.
  facts jsonb,
  -- Why the last check could not be made: such a promise does not hold.
  fault text,
  broken_since timestamptz,
  duration_ms integer not null,
  -- From where a check goes on that does not look at everything each time.
  memo jsonb not null default '{}'::jsonb,
  signature text,
  constraint proof_check check (holds = (broken_since is null)),
  constraint proof_check1 check ((fault is null) or (not holds)),
  constraint proof_check2 check ((fault is not null) or (facts is not null))
);

-- When a promise was broken and when it held again.
create table proof_change (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  promise text not null,
  holds boolean not null,
  facts jsonb,
  fault text
);

-- When work that comes round was done last: the sweep.
create table work_done (
  work text primary key,
  at timestamptz not null
);

-- The version of the description that each running process says it obeys.
create table obeyed_version (
  instance uuid primary key,
  process text not null,
  version integer not null,
  hash bytea not null,
  reported_at timestamptz not null default clock_timestamp()
);

create table feedback (
  id uuid primary key default gen_random_uuid(),
  received_at timestamptz not null default clock_timestamp(),
  answer_due_at timestamptz not null,
  language text not null check (language in ('fi', 'sv', 'en')),
  message text not null check ((length(message) >= 1) and (length(message) <= 4000)),
  -- The page or place that the writer names, and where to answer; both only where they were given.
  place text check ((length(place) >= 1) and (length(place) <= 300)),
  email text check ((length(email) >= 3) and (length(email) <= 254)),
  answered_at timestamptz,
  answered_by uuid references person(id),
  answer text check ((length(answer) >= 1) and (length(answer) <= 4000)),
  constraint feedback_check check (((answered_at is null) = (answered_by is null)) and ((answered_at is null) = (answer is null)))
);
create index feedback_open on feedback (answer_due_at) where answered_at is null;

-- Entries that are not in the tree yet.
create table audit_pending (
  seq bigint primary key
);

create table audit_leaf (
  index bigint primary key check (index >= 0),
  -- None where the entry was lost and only its hash could be brought back.
  seq bigint unique,
  hash bytea not null check (octet_length(hash) = 32)
);

-- Roots over 256^level whole leaves: the members of the tiles above level 0.
create table audit_subtree (
  level smallint not null check ((level >= 1) and (level <= 7)),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  constraint audit_subtree_pkey primary key (level, index)
);

create table audit_checkpoint (
  size bigint primary key check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  signed_at timestamptz not null default clock_timestamp()
);

create table audit_cosignature (
  size bigint not null references audit_checkpoint(size) on delete cascade,
  witness text not null,
  line text not null,
  received_at timestamptz not null default clock_timestamp(),
  constraint audit_cosignature_pkey primary key (size, witness)
);

-- What was pruned: below the minimum index there are hashes and no entries.
create table audit_pruning (
  minimum_index bigint primary key check ((minimum_index > 0) and ((minimum_index % (256)::bigint) = 0)),
  before timestamptz not null,
  at timestamptz not null default clock_timestamp()
);

-- What pruned entries told of the description's versions (announced_versions()): a version outlives its entry.
create table announced_version_kept (
  version integer not null,
  hash text not null
);

-- What was found wrong with the log. While one is not accepted, nothing is signed and nobody looks.
create table audit_break (
  id bigint generated always as identity primary key,
  found_at timestamptz not null default clock_timestamp(),
  findings jsonb not null,
  accepted_at timestamptz,
  reason text,
  accepted_by text,
  constraint audit_break_check check (((accepted_at is null) = (reason is null)) and ((accepted_at is null) = (accepted_by is null)))
);
create unique index audit_break_open on audit_break ((true)) where accepted_at is null;

-- The description's switch as it is in force; the custodian writes it when a version comes into force.
create table sign_in_demand (
  one boolean primary key default true check (one),
  second_factor text not null check (second_factor in ('off', 'optional', 'required'))
);

-- An authenticator app (RFC 6238). The secret is sealed with a key of the custodian's.
create table totp (
  id uuid primary key,
  person_id uuid not null references person(id) on delete cascade,
  sealed bytea not null,
  begun_at timestamptz not null default clock_timestamp(),
  -- None while its enrolment is under way.
  confirmed_at timestamptz,
  -- The time step of the last code that was taken: no code is taken twice.
  last_step bigint not null default 0,
  used_at timestamptz,
  -- Wrong codes in a row.
  failures integer not null default 0,
  failed_at timestamptz
);
create unique index totp_person on totp (person_id) where confirmed_at is not null;
create unique index totp_begun on totp (person_id) where confirmed_at is null;

-- Codes for the day on which the authenticator is lost; their HMAC under a key of the custodian's.
create table recovery_code (
  person_id uuid not null references person(id) on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  constraint recovery_code_pkey primary key (person_id, hash)
);

-- Browsers in which a person has signed in (OWASP device cookies): what strangers get wrong does not reach them.
create table known_device (
  hash bytea primary key check (length(hash) = 32),
  person_id uuid not null references person(id) on delete cascade,
  used_at timestamptz not null default clock_timestamp()
);
create index known_device_person on known_device (person_id);

-- Failed attempts in a row: at an account, whether anybody has it or not, from one network, from one known device, or
-- from all strangers together ('*').
create table sign_in_failure (
  account bytea not null check (length(account) = 32),
  source text not null check (length(source) <= 80),
  failures integer not null default 0,
  last_at timestamptz not null default clock_timestamp(),
  constraint sign_in_failure_pkey primary key (account, source)
);

-- For a first or a forgotten password, or for the first person of a role. The token itself is shown once and kept nowhere.
create table one_time_link (
  id uuid primary key default gen_random_uuid(),
  hash bytea not null check (length(hash) = 32) unique,
  person_id uuid references person(id) on delete cascade,
  role text check (role in ('ADMINISTRATOR', 'ACCESS_APPROVER')),
  -- None: whoever runs the installation.
  made_by uuid,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- The link is shown to whoever asks for it, the code to whoever releases it: neither can use it alone.
  code_hash bytea check (length(code_hash) = 32),
  released_by uuid,
  released_at timestamptz,
  wrong_codes integer not null default 0,
  constraint one_time_link_check check ((person_id is null) <> (role is null)),
  constraint one_time_link_day check (expires_at <= (coalesce(released_at, made_at) + '24:00:00'::interval)),
  constraint one_time_link_released check (((released_at is null) = (released_by is null)) and ((released_at is null) = (code_hash is null)))
);
create index one_time_link_person on one_time_link (person_id);

-- An administrator asks, an access-rights approver confirms: neither is the person whose factors go.
create table factor_removal (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person(id) on delete cascade,
  asked_by uuid not null references person(id),
  asked_at timestamptz not null default clock_timestamp(),
  reason text not null check ((length(reason) >= 1) and (length(reason) <= 500)),
  state text not null default 'ASKED' check (state in ('ASKED', 'CONFIRMED', 'REFUSED')),
  decided_by uuid references person(id),
  decided_at timestamptz,
  constraint factor_removal_check check ((asked_by <> person_id) and (decided_by <> person_id) and (decided_by <> asked_by)),
  constraint factor_removal_check1 check ((state = 'ASKED') = (decided_by is null))
);
create unique index factor_removal_open on factor_removal (person_id) where state = 'ASKED';

create table right_request (
  id uuid primary key default gen_random_uuid(),
  -- One for everything that was asked for in one go, for several people.
  batch_id uuid not null,
  person_id uuid not null references person(id),
  role text not null,
  duty text,
  purposes text[] not null,
  scope_kind text not null,
  scope_units uuid[] not null,
  scope_numbers text[] not null,
  reason text not null check ((reason ~ '\S') and (length(reason) <= 2000)),
  -- None: from the approval on.
  valid_from timestamptz check (isfinite(valid_from)),
  valid_to timestamptz not null check (isfinite(valid_to)),
  requested_by uuid not null references person(id),
  requested_at timestamptz not null default clock_timestamp(),
  state text not null default 'REQUESTED' check (state in ('REQUESTED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  decided_by uuid references person(id),
  decided_at timestamptz,
  note text check (length(note) <= 2000),
  constraint right_request_check check ((state = 'REQUESTED') = (decided_by is null)),
  constraint right_request_check1 check ((decided_by is null) = (decided_at is null)),
  constraint right_request_check2 check ((state <> all (array['APPROVED', 'REJECTED'])) or ((decided_by <> requested_by) and (decided_by <> person_id)))
);
create index right_request_open on right_request (requested_at) where state = 'REQUESTED';
create index right_request_person on right_request (person_id, requested_at desc);
create index right_request_requester on right_request (requested_by);

create table right_review (
  id uuid primary key default gen_random_uuid(),
  right_id uuid not null references access_right(id) on delete cascade,
  reviewed_by uuid not null references person(id),
  reviewed_at timestamptz not null default clock_timestamp(),
  kept boolean not null,
  note text check (length(note) <= 2000),
  -- What spoke against the right when it was reviewed.
  doubts text[] not null
);
create index right_review_right on right_review (right_id, reviewed_at desc);

-- The numbers that each version of the description names, as the custodian reads them from its text: a right reaches no
-- number that the registry does not know (R7).
create table described_number (
  version integer not null references description_version(version),
  number text not null,
  constraint described_number_pkey primary key (version, number)
);

-- What somebody may have to answer for. Ids and counts only, as in the log; names are looked up when it is shown.
create table alarm (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('refusals', 'night', 'official', 'caller', 'mass', 'reveals', 'sign-ins', 'break-glass', 'requests', 'unrecorded', 'untold', 'one-way', 'loss', 'links', 'directory', 'standstill')),
  -- Whose doing; nobody's where nobody was signed in.
  person_id uuid,
  -- The official whose calls they were.
  object_id uuid,
  -- What was counted against the threshold, at its highest.
  count integer not null check (count > 0),
  facts jsonb not null,
  threshold jsonb not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  raised_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz,
  seen_by uuid,
  closed_at timestamptz,
  closed_by uuid,
  note text check ((note <> '') and (length(note) <= 2000)),
  constraint alarm_closed_check check (((closed_by is null) = (note is null)) and
case
    when (kind = 'standstill') then ((closed_by is null) or (closed_at is not null))
    else ((closed_at is null) = (closed_by is null))
end)
);
-- The same again goes to the alarm that is open.
create unique index alarm_open on alarm (kind, person_id, object_id) nulls not distinct where closed_at is null;
create index alarm_subject on alarm (kind, person_id, last_at);
create index alarm_raised on alarm (raised_at desc, id desc);

-- Up to where the log has been watched.
create table watched_until (
  kind text primary key,
  at timestamptz not null
);

-- A month's looks by maintenance and the security unit, gone through by the data protection officer (AC24).
create table look_review (
  month date primary key check (extract(day from month) = (1)::numeric),
  looks integer not null,
  reviewed_at timestamptz not null default clock_timestamp(),
  reviewed_by uuid not null,
  note text not null check ((note <> '') and (length(note) <= 2000))
);

create table passkey (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person(id) on delete cascade,
  credential_id bytea not null check ((octet_length(credential_id) >= 16) and (octet_length(credential_id) <= 1023)) unique,
  -- COSE_Key (RFC 9052), as the authenticator gave it.
  public_key bytea not null check (octet_length(public_key) <= 8192),
  -- What the authenticator last said; 0 for ever from those that do not count.
  counter bigint not null check ((counter >= 0) and (counter <= '4294967295'::bigint)),
  transports text[] not null default '{}'::text[] check (cardinality(transports) <= 10),
  -- True where a provider of passkeys keeps copies of it on a person's other devices.
  backed_up boolean not null,
  name text not null check ((name = btrim(name)) and ((length(name) >= 1) and (length(name) <= 80))),
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz
);
create index passkey_person on passkey (person_id);

-- A weighty act that the holder of this session has confirmed with a passkey, for this object as it stood at this revision.
-- It is spent by the act, once, within two minutes.
create table act_confirmation (
  session_hash bytea not null references session(token_hash) on update cascade on delete cascade,
  act text not null check (act in ('draft.approve', 'draft.reject', 'right.approve', 'right.reject', 'removal.approve', 'removal.reject', 'passkey.add', 'passkey.remove', 'clock.confirm', 'change.approve', 'change.reject', 'session.prove')),
  object_id uuid not null,
  revision integer not null,
  passkey_id uuid not null references passkey(id) on delete cascade,
  confirmed_at timestamptz not null default clock_timestamp(),
  constraint act_confirmation_pkey primary key (session_hash, act, object_id, revision)
);

-- What the provider said of a session's holder, for signing out there too. Only the custodian reads it.
create table provider_session (
  session_hash bytea primary key references session(token_hash) on update cascade on delete cascade,
  id_token text not null check (length(id_token) <= 65536)
);

create table log_verification (
  id uuid primary key default gen_random_uuid(),
  -- None where the custodian began it by itself.
  asked_by uuid,
  asked_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz,
  state text not null default 'WAITING' check (state in ('WAITING', 'RUNNING', 'WHOLE', 'BROKEN', 'CANCELLED', 'FAILED')),
  cancelled_at timestamptz,
  step text,
  checked bigint not null default 0,
  entries bigint,
  -- What the verifier found, as it tells it; nothing before its end.
  report jsonb,
  fault text,
  signature text,
  constraint log_verification_check check ((ended_at is not null) = (state <> all (array['WAITING', 'RUNNING'])))
);
create unique index log_verification_open on log_verification ((true)) where ended_at is null;
create index log_verification_newest on log_verification (asked_at desc);

-- A month's wrapping key in the key store, `month-2027-03.v1`. Destroying a recording makes a new version; the one before is
-- retired, and destroyed as soon as every copy of the keyring has the new one.
create table month_key (
  expiry_month date not null check (extract(day from expiry_month) = (1)::numeric),
  version integer not null check (version > 0),
  state text not null check (state in ('making', 'current', 'retiring', 'destroyed')),
  made_at timestamptz not null default clock_timestamp(),
  retiring_since timestamptz,
  -- From then on a place that is away does not keep the version alive.
  deadline timestamptz,
  -- The shards whose keys have been other ones since: what a copy of the keyring has to be told.
  shards integer[] not null default '{}'::integer[],
  destroyed_at timestamptz,
  -- What the key store answered, and which places had the keys that came after.
  receipt jsonb,
  places jsonb,
  constraint month_key_check check ((state in ('making', 'current')) = (retiring_since is null)),
  constraint month_key_check1 check ((state <> 'retiring') or (deadline is not null)),
  constraint month_key_check2 check ((state <> 'destroyed') or ((destroyed_at is not null) and (receipt is not null))),
  constraint month_key_pkey primary key (expiry_month, version)
);
create unique index month_key_current on month_key (expiry_month) where state = 'current';
create index month_key_unfinished on month_key (expiry_month) where state in ('making', 'retiring');

-- Up to which version of a month a file key lay under it: it is gone when they are.
create table file_key_end (
  recording_id uuid not null,
  expiry_month date not null,
  version integer not null,
  constraint file_key_end_pkey primary key (recording_id, expiry_month, version),
  constraint file_key_end_expiry_month_version_fkey foreign key (expiry_month, version) references month_key(expiry_month, version)
);
create index file_key_end_version on file_key_end (expiry_month, version);

-- A copy of the keyring that is being written: what it writes may be of before, so it is written again until this is gone.
create table keyring_renewal (
  id uuid primary key default gen_random_uuid(),
  expiry_month date not null,
  shards integer[] not null,
  begun_at timestamptz not null default clock_timestamp()
);

-- A destruction that has begun: who began it, and until when a place that is away is waited for.
create table expunction (
  recording_id uuid primary key,
  done_by text not null check (octet_length(done_by) <= 100),
  deadline timestamptz not null,
  begun_at timestamptz not null default clock_timestamp()
);

-- What a place that was away at an end must still be told.
create table copy_owed (
  place text not null,
  object_kind text not null check (object_kind in ('recording', 'month-key')),
  -- The recording's id, or the name of the month key's version.
  object text not null,
  since timestamptz not null default clock_timestamp(),
  constraint copy_owed_pkey primary key (place, object_kind, object)
);

-- Entries that have no number yet.
create table ledger_pending (
  seq bigint primary key
);

-- An entry's number is its index and one.
create table ledger_leaf (
  index bigint primary key check (index >= 0),
  seq bigint not null unique,
  hash bytea not null check (octet_length(hash) = 32)
);

create table ledger_subtree (
  level smallint not null check ((level >= 1) and (level <= 7)),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  constraint ledger_subtree_pkey primary key (level, index)
);

create table ledger_head (
  size bigint primary key check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  signed_at timestamptz not null default clock_timestamp()
);

create table ledger_cosignature (
  size bigint not null references ledger_head(size),
  witness text not null,
  line text not null,
  received_at timestamptz not null default clock_timestamp(),
  constraint ledger_cosignature_pkey primary key (size, witness)
);

-- The highest time that the database has seen. A clock far ahead of it destroys nothing by its term until two people have
-- said that it is right; one behind it serves nothing that has expired.
create table clock_mark (
  only_one boolean primary key default true check (only_one),
  at timestamptz not null,
  -- How far the clock has leapt, beyond the time that really passed, since the mark was last sure; it is forgotten as time
  -- passes. Leaps of an hour less than a day each, one after the other, are one leap.
  leapt interval not null default '00:00:00'::interval check (leapt >= '00:00:00'::interval),
  -- `seen`: the clock when the custodian last looked. `gained`: how far the clock went on beside the time for which the custodian ran,
  -- which no running makes up for; a clock that comes back takes it back. `watcher`: the process that counts it.
  seen timestamptz not null default now(),
  gained interval not null default '00:00:00'::interval,
  watcher uuid,
  is_watched boolean not null default false
);

-- Whoever receives an order is bound to secrecy: no process reads this table; those who may know ask the functions below.
create table preservation_order (
  id uuid primary key default gen_random_uuid(),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  covers text not null check (covers in ('recordings', 'history', 'both')),
  provision text not null check ((provision ~ '\S') and (length(provision) <= 200)),
  authority text not null check ((authority ~ '\S') and (length(authority) <= 200)),
  order_reference text not null check ((order_reference ~ '\S') and (length(order_reference) <= 64)),
  -- The case under which the call was found.
  reference text not null check ((reference ~ '\S') and (length(reference) <= 64)),
  from_at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  entered_by uuid not null references person(id),
  ended_at timestamptz,
  -- Nobody where it ended by itself.
  ended_by uuid references person(id),
  end_note text check ((end_note ~ '\S') and (length(end_note) <= 2000)),
  constraint preservation_order_check check ((ended_by is null) or ((ended_at is not null) and (ended_by <> entered_by) and (end_note is not null)))
);
create index preservation_order_contact on preservation_order (contact_id);
create index preservation_order_in_force on preservation_order (until) where ended_at is null;

create table preservation_renewal (
  order_id uuid not null references preservation_order(id),
  at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  order_reference text not null check ((order_reference ~ '\S') and (length(order_reference) <= 64)),
  renewed_by uuid not null references person(id),
  constraint preservation_renewal_pkey primary key (order_id, at)
);

-- Who forbade, how it was told, and when; nobody says why.
create table prohibition (
  id uuid primary key default gen_random_uuid(),
  recording_id uuid not null,
  party text not null check (party in ('CALLER', 'OFFICIAL')),
  channel text not null check (channel in ('CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS')),
  received_at timestamptz not null default clock_timestamp(),
  executed_at timestamptz,
  entered_by uuid not null references person(id),
  -- The Service Unit's request.
  reference text,
  constraint prohibition_recording_id_party_key unique (recording_id, party)
);
create index prohibition_waiting on prohibition (recording_id) where executed_at is null;
create index prohibition_reference on prohibition (reference);

-- A party of a call wants to hear it (R43, R47, R48).
create table inspection (
  id uuid primary key default gen_random_uuid(),
  reference text not null check ((reference ~ '\S') and (length(reference) <= 64)),
  party text not null check (party in ('CALLER', 'OFFICIAL')),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  received_at timestamptz not null,
  opened_at timestamptz not null default clock_timestamp(),
  opened_by uuid not null references person(id),
  closed_at timestamptz,
  -- Nobody where the recording was destroyed before.
  closed_by uuid references person(id),
  outcome text check (outcome in ('heard', 'no-show', 'withdrawn', 'destroyed', 'answered')),
  -- A listening that a request asks for is of that request; those opened before had none.
  request_id uuid,
  constraint inspection_check1 check ((closed_at is null) = (outcome is null))
);
create index inspection_contact on inspection (contact_id);
create index inspection_open on inspection (received_at) where closed_at is null;
create index inspection_request on inspection (request_id);

create table inspection_recording (
  inspection_id uuid not null references inspection(id) on delete cascade,
  recording_id uuid not null,
  constraint inspection_recording_pkey primary key (inspection_id, recording_id)
);
create index inspection_recording_recording on inspection_recording (recording_id);

-- An authority has asked for a recording (R34); entered where disclosures are decided.
create table authority_request (
  id uuid primary key default gen_random_uuid(),
  recording_id uuid not null,
  received_at timestamptz not null,
  closed_at timestamptz,
  -- While a disclosure is open, a prohibition waits for each recording of it (1.6): its row in authority_request (0017).
  disclosure_id uuid
);
create index authority_request_recording on authority_request (recording_id);

-- Which copy that was disclosed is of which recording (R32, R50). What ties them goes when the recipient has confirmed.
create table disclosed_copy (
  id uuid primary key default gen_random_uuid(),
  disclosure text not null check ((disclosure ~ '\S') and (length(disclosure) <= 64)),
  recipient text not null check ((recipient ~ '\S') and (length(recipient) <= 200)),
  item integer not null check (item > 0),
  recording_id uuid,
  state text not null default 'RELEASED' check (state in ('RELEASED', 'RECALLED', 'CONFIRMED')),
  released_at timestamptz not null default clock_timestamp(),
  recalled_at timestamptz,
  due_at timestamptz,
  confirmed_at timestamptz,
  confirmed_by uuid references person(id),
  outcome text check (outcome in ('destroyed', 'returned')),
  -- What ties an item to its recording is in the ledger as a hash, salted: whoever has the recording's id and the salt can prove it,
  -- nobody else can find it. The salt goes with the recipient's confirmation (R32). A copy that was confirmed has neither; one that
  -- came back by a restore may have no recording, where that had been destroyed.
  tie_salt bytea default (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) check (length(tie_salt) = 32),
  constraint disclosed_copy_check1 check (((state = 'CONFIRMED') = (confirmed_at is not null)) and ((state = 'CONFIRMED') = (outcome is not null))),
  constraint disclosed_copy_check2 check ((state <> 'RECALLED') or ((recalled_at is not null) and (due_at is not null))),
  constraint disclosed_copy_disclosure_item_key unique (disclosure, item),
  constraint disclosed_copy_check check ((state <> 'CONFIRMED') or ((recording_id is null) and (tie_salt is null)))
);
create index disclosed_copy_recording on disclosed_copy (recording_id);

-- What the description in force says of open inspections at a recording's day (C3); the custodian keeps it up to date.
create table inspections_hold (
  only_one boolean primary key default true check (only_one),
  held boolean not null
);

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
  stop_id uuid not null references clock_stop(id),
  person_id uuid not null references person(id),
  role text not null,
  at timestamptz not null default clock_timestamp(),
  constraint clock_confirmation_pkey primary key (stop_id, person_id, at)
);

create table call_identity (
  external_id_hash bytea not null,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  constraint call_identity_pkey primary key (external_id_hash, contact_started_at)
) partition by range (contact_started_at);
create table call_identity_default partition of call_identity default;
create index call_identity_contact on call_identity (contact_id);

-- How many calls there were, by local day (Europe/Helsinki), number called, kind, answered or not, recorded or not. No ids, no
-- times finer than the day. They stay when the history has gone.
create table history_count (
  day date not null,
  number_called text not null,
  number_kind text not null,
  answered boolean not null,
  recorded boolean not null,
  contacts bigint not null check (contacts > 0),
  constraint history_count_pkey primary key (day, number_called, number_kind, answered, recorded)
);

-- What has been counted. A closed day is counted for good: rows of it have gone.
create table history_day (
  day date primary key,
  counted_at timestamptz,
  closed_at timestamptz,
  -- How many of its contacts have gone.
  ended bigint not null default 0,
  constraint history_day_check check ((closed_at is null) or (counted_at is not null))
);

-- Calls told of after their day was closed; counted as they go.
create table history_late (
  contact_id uuid primary key,
  contact_started_at timestamptz not null
);

-- Every place where data of the register lie or lay (R18). A place has no row before its site's access control has been
-- attested, except one that was refused.
create table place_of_data (
  id uuid primary key default gen_random_uuid(),
  -- As the settings call it; what the database tells of itself has the kind in front: `replica 10.0.0.2`.
  name text not null,
  kind text not null check (kind in ('data', 'database', 'objects', 'keys', 'tablespace', 'replica', 'backup', 'ledger', 'witness')),
  -- A folder or an address, without secrets.
  location text not null,
  state text not null check (state in ('in-use', 'attestation-over', 'refused', 'unreachable', 'left')),
  -- The site of the description it was last found to be on.
  site text,
  first_used_at timestamptz,
  -- Until when the attestation that was seen last holds.
  attested_until date,
  reached_at timestamptz,
  -- One line for an operator, and its stable code where the program knows what it is.
  fault text,
  fault_code text,
  fault_since timestamptz,
  -- What copies of the keyring there are sealed to, and until when they were right.
  recipient text,
  keyring_whole boolean not null default false,
  keyring_at timestamptz,
  ledger_to bigint check (ledger_to >= 0),
  -- Backups there, as whoever makes them has counted.
  backups integer not null default 0,
  backup_oldest_at timestamptz,
  backup_last_at timestamptz,
  constraint place_of_data_check check ((state <> 'in-use') or (first_used_at is not null)),
  constraint place_of_data_kind_name_key unique (kind, name)
);

-- Changes of keys that a place's copy of the keyring does not have yet: written by the change itself, so that no path and no
-- crash forgets it. Rows are taken away by id, never changed: whoever changes keys waits for nobody.
create table keyring_change (
  id bigint generated always as identity primary key,
  place uuid not null references place_of_data(id) on delete cascade,
  expiry_month date not null,
  -- -1: only the keys of the shards are other ones.
  shard integer not null
);
create index keyring_change_place on keyring_change (place, expiry_month);

-- A run of the sweep, a verification, a backup, a restore: counts and ranges of the destruction ledger, no content.
create table retention_run (
  seq bigint generated always as identity primary key,
  -- When it ended.
  at timestamptz not null default clock_timestamp(),
  work text not null check (work in ('sweep', 'verification', 'backup', 'restore')),
  result text not null check (result in ('ok', 'failed')),
  recordings bigint not null default 0 check (recordings >= 0),
  contacts bigint not null default 0 check (contacts >= 0),
  months text[] not null default '{}'::text[],
  keys integer not null default 0 check (keys >= 0),
  -- Rows of destruction_entry; their numbers come about a second later (last_runs).
  ledger_from bigint,
  ledger_to bigint,
  fault text check (length(fault) <= 100),
  -- Of a verification: after which recording it goes on; nothing where it came to the end.
  goes_on_after uuid,
  constraint retention_run_check check ((ledger_from is null) = (ledger_to is null)),
  constraint retention_run_check1 check ((result <> 'ok') or (fault is null))
);
create index retention_run_work on retention_run (work, seq desc);

create table subject_request (
  id uuid primary key default gen_random_uuid(),
  -- P-2026-17: the reference of every look that serves it.
  number text not null check (number ~ '^P-\d{4}-\d+$') unique,
  party text not null check (party in ('CALLER', 'OFFICIAL', 'MENTIONED', 'OUTSIDER')),
  kinds text[] not null check ((cardinality(kinds) > 0) and (kinds <@ array['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT', 'ERASURE', 'OBJECTION', 'RESTRICTION', 'COPY', 'RECTIFY', 'LOG_EXTRACT', 'MENTIONED', 'OPENNESS'])),
  channel text not null check (channel in ('PHONE', 'LETTER', 'VISIT', 'EMAIL')),
  language text not null check (language in ('fi', 'sv', 'en')),
  received_at timestamptz not null,
  due_at timestamptz not null,
  entered_at timestamptz not null default clock_timestamp(),
  entered_by uuid not null references person(id),
  assigned_to uuid references person(id),
  -- OFFICIAL: who asks.
  official_id uuid references person(id),
  identified_how text check (identified_how in ('PASSPORT', 'ID_CARD', 'DRIVING_LICENCE', 'RESIDENCE_PERMIT', 'STRONG_EID', 'CALLBACK', 'PERSONNEL')),
  identified_at timestamptz,
  identified_by uuid references person(id),
  extended_until timestamptz,
  extended_at timestamptz,
  extended_by uuid references person(id),
  extension_reason text check (extension_reason in ('COMPLEX', 'MANY')),
  closed_at timestamptz,
  -- Nobody where the request came to its end by itself.
  closed_by uuid references person(id),
  outcome text check (outcome in ('ANSWERED', 'REFUSED', 'WITHDRAWN')),
  -- When what is personal of it was erased.
  erased_at timestamptz,
  constraint subject_request_check1 check (
case party
    when 'OFFICIAL' then ((official_id is not null) or (erased_at is not null))
    else (official_id is null)
end),
  constraint subject_request_check2 check (((identified_at is null) = (identified_how is null)) and ((identified_at is null) = (identified_by is null))),
  constraint subject_request_check3 check (((extended_at is null) = (extended_until is null)) and ((extended_at is null) = (extension_reason is null))),
  constraint subject_request_check4 check ((closed_at is null) = (outcome is null)),
  constraint subject_request_own_kinds check (kinds <@
case party
    when 'MENTIONED' then array['MENTIONED']
    when 'OUTSIDER' then array['OPENNESS']
    else array['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT', 'ERASURE', 'OBJECTION', 'RESTRICTION', 'COPY', 'RECTIFY', 'LOG_EXTRACT']
end)
);
create index subject_request_open on subject_request (due_at) where closed_at is null;
create index subject_request_closed on subject_request (closed_at) where closed_at is not null;

-- Who asks, as they give themselves. Erased thirty days after the request was closed.
create table subject_requester (
  request_id uuid primary key references subject_request(id) on delete cascade,
  name text not null check ((name ~ '\S') and (length(name) <= 200)),
  address text check ((address ~ '\S') and (length(address) <= 500)),
  email text check (length(email) <= 254),
  phone text check ((phone ~ '\S') and (length(phone) <= 40))
);

create table request_call (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references subject_request(id) on delete cascade,
  ordinal integer not null check (ordinal > 0),
  state text not null check (state in ('SEVERAL', 'NOT_FOUND', 'FOUND', 'MATCHED', 'NOT_PARTY', 'NOT_IDENTIFIABLE')),
  -- What the requester told of it; erased with who the requester is.
  told jsonb,
  -- What is to be looked for once that it is asked is in the log; none when it has been looked for.
  asked jsonb,
  -- The one call that fits, in FOUND and MATCHED; no other is ever written down here.
  contact_id uuid,
  contact_started_at timestamptz,
  looked_at timestamptz not null default clock_timestamp(),
  looked_by uuid not null references person(id),
  -- How often it was looked for.
  looks integer not null default 1 check (looks > 0),
  verified_how text check (verified_how in ('RECORDING', 'DETAILS', 'PERSONNEL')),
  verified_at timestamptz,
  verified_by uuid references person(id),
  constraint request_call_check check (
case
    when (state in ('FOUND', 'MATCHED')) then ((contact_id is not null) or (told is null))
    else (contact_id is null)
end),
  constraint request_call_check1 check ((contact_id is null) = (contact_started_at is null)),
  constraint request_call_check2 check ((state <> 'MATCHED') or (verified_how is not null)),
  constraint request_call_request_id_ordinal_key unique (request_id, ordinal),
  constraint request_call_told_members check ((told - '{day,time,accuracy,callerNumber,serviceNumber,minutes,official}'::text[]) = '{}'::jsonb),
  constraint request_call_asked_members check ((asked - '{told,caller,service,isNew}'::text[]) = '{}'::jsonb)
);
create index request_call_contact on request_call (contact_id) where contact_id is not null;
-- One request names a call once.
create unique index request_call_once on request_call (request_id, contact_id) where contact_id is not null;

-- The newest number of each year. Taken in the transaction that enters the request: none is missing, none is twice.
create table request_number (
  year integer primary key,
  last integer not null check (last > 0)
);

create table office (
  id uuid primary key default gen_random_uuid(),
  -- {fi, sv, en}
  names jsonb not null,
  address jsonb not null,
  is_closed boolean not null default false,
  entered_at timestamptz not null default clock_timestamp(),
  entered_by uuid not null references person(id),
  constraint office_names_members check ((names - '{fi,sv,en}'::text[]) = '{}'::jsonb),
  constraint office_address_members check ((address - '{fi,sv,en}'::text[]) = '{}'::jsonb)
);

create table office_slot (
  id uuid primary key default gen_random_uuid(),
  office_id uuid not null references office(id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- Receives the listener, and signs in personally.
  host_id uuid not null references person(id),
  added_at timestamptz not null default clock_timestamp(),
  added_by uuid not null references person(id),
  removed_at timestamptz,
  removed_by uuid references person(id),
  constraint office_slot_check check (starts_at < ends_at),
  constraint office_slot_check1 check ((removed_at is null) = (removed_by is null))
);
create index office_slot_starts on office_slot (starts_at) where removed_at is null;

-- A browser at an office, known by a cookie of which only the hash is here.
create table workstation (
  id uuid primary key default gen_random_uuid(),
  office_id uuid not null references office(id),
  name text not null check ((name ~ '\S') and (length(name) <= 60)),
  token_hash bytea not null unique,
  enrolled_at timestamptz not null default clock_timestamp(),
  enrolled_by uuid not null references person(id),
  last_seen_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references person(id)
);

-- With which a browser becomes one, once and within fifteen minutes.
create table workstation_code (
  code_hash bytea primary key,
  office_id uuid not null references office(id),
  name text not null check ((name ~ '\S') and (length(name) <= 60)),
  made_at timestamptz not null default clock_timestamp(),
  made_by uuid not null references person(id),
  until timestamptz not null,
  used_at timestamptz
);

create table appointment (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references subject_request(id) on delete cascade,
  slot_id uuid not null references office_slot(id),
  needs text[] not null check (needs <@ array['INTERPRETER', 'TRANSCRIPT', 'STEP_FREE', 'HEARING_LOOP']),
  interpreter_language text check ((interpreter_language ~ '\S') and (length(interpreter_language) <= 60)),
  state text not null default 'BOOKED' check (state in ('BOOKED', 'HEARD', 'NO_SHOW', 'MOVED', 'WITHDRAWN', 'OVER')),
  booked_at timestamptz not null default clock_timestamp(),
  booked_by uuid not null references person(id),
  ended_at timestamptz,
  -- Nobody where it came to its end by itself.
  ended_by uuid references person(id),
  opened_at timestamptz,
  constraint appointment_check check ((state = 'BOOKED') = (ended_at is null)),
  constraint appointment_check1 check ((interpreter_language is null) or ('INTERPRETER' = any (needs)))
);
create index appointment_request on appointment (request_id);
create index appointment_slot on appointment (slot_id);
-- Two clerks cannot give one time twice, nor one request two.
create unique index appointment_of_slot on appointment (slot_id) where state = 'BOOKED';
create unique index appointment_of_request on appointment (request_id) where state = 'BOOKED';

create table letter (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references subject_request(id) on delete cascade,
  kind text not null check (kind in ('received', 'extension', 'answer', 'appointment', 'destroyed-before', 'prohibition', 'erasure', 'objection', 'restriction', 'restriction-end', 'not-identifiable', 'refusal', 'copy', 'log-extract', 'correction', 'mentioned', 'openness')),
  language text not null check (language in ('fi', 'sv', 'en')),
  -- 0: the template as it comes with Seloste.
  template_version integer not null check (template_version >= 0),
  made_at timestamptz not null default clock_timestamp(),
  -- Nobody: it came by itself.
  made_by uuid references person(id),
  -- Its facts as they were when it was made: sender, recipient, title and parts.
  content jsonb,
  delivered_at timestamptz,
  delivered_how text check (delivered_how in ('POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD')),
  delivered_by uuid references person(id),
  erased_at timestamptz,
  -- A letter is delivered only while its facts are as they were when it was drafted. `facts_digest` is null for letters drafted by an
  -- earlier version: they are drafted anew.
  facts_digest bytea check (length(facts_digest) = 32),
  ground text,
  constraint letter_check check ((content is null) = (erased_at is not null)),
  constraint letter_check1 check (((delivered_at is null) = (delivered_how is null)) and ((delivered_at is null) = (delivered_by is null)))
);
create index letter_of_request on letter (request_id, made_at);
-- Made again, it takes the place of the one that was not sent.
create unique index letter_to_send on letter (request_id, kind) where delivered_at is null;

-- What a letter has told: one that comes by itself comes once.
create table letter_told (
  request_id uuid not null references subject_request(id) on delete cascade,
  kind text not null,
  object_id uuid not null,
  constraint letter_told_pkey primary key (request_id, kind, object_id)
);

-- A template that somebody changed; each version stays. Where there is none, the one that comes with Seloste is in force.
create table letter_template (
  kind text not null,
  language text not null check (language in ('fi', 'sv', 'en')),
  version integer not null,
  text text not null check ((text ~ '\S') and (length(text) <= 20000)),
  changed_at timestamptz not null default clock_timestamp(),
  changed_by uuid not null references person(id),
  constraint letter_template_version_check1 check (version > 0),
  constraint letter_template_pkey primary key (kind, language, version)
);

-- A recording, encrypted for the person who asked, as an object of its own until it is fetched. What opens it is not here.
create table subject_copy (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references subject_request(id) on delete cascade,
  recording_id uuid not null,
  method text not null check (method in ('PASSPHRASE', 'KEY')),
  -- Of the link that was shown once.
  token_hash bytea not null check (length(token_hash) = 32) unique,
  made_at timestamptz not null default clock_timestamp(),
  made_by uuid not null references person(id),
  expires_at timestamptz not null check (isfinite(expires_at)),
  ready_at timestamptz,
  size_bytes bigint check (size_bytes > 0),
  -- Begun, whether they came to their end or not.
  fetches integer not null default 0 check ((fetches >= 0) and (fetches <= 3)),
  first_fetch_at timestamptz,
  ended_at timestamptz,
  end_why text check (end_why in ('taken', 'expired', 'withdrawn', 'destroyed', 'failed')),
  -- Who withdrew it.
  ended_by uuid references person(id),
  -- When its object was gone.
  removed_at timestamptz,
  fetching_until timestamptz,
  constraint subject_copy_check check ((ready_at is null) = (size_bytes is null)),
  constraint subject_copy_check1 check ((fetches = 0) = (first_fetch_at is null)),
  constraint subject_copy_check2 check ((ended_at is null) = (end_why is null)),
  constraint subject_copy_check3 check ((removed_at is null) or (ended_at is not null))
);
create index subject_copy_recording on subject_copy (recording_id);
create index subject_copy_request on subject_copy (request_id);
create index subject_copy_left on subject_copy (made_at) where removed_at is null;
-- One at a time for one request.
create unique index subject_copy_once on subject_copy (request_id, recording_id) where ended_at is null;

-- Who answered a part of a call, as somebody says and somebody else decides. Ids only: names are the directory's.
create table correction (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references subject_request(id) on delete cascade,
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  was_person_id uuid,
  was_unit_id uuid,
  becomes_person_id uuid not null references person(id),
  becomes_unit_id uuid,
  proposed_at timestamptz not null default clock_timestamp(),
  proposed_by uuid not null references person(id),
  decided_at timestamptz,
  decided_by uuid references person(id),
  outcome text check (outcome in ('APPROVED', 'REJECTED')),
  constraint correction_check check (was_person_id is distinct from becomes_person_id),
  constraint correction_check1 check (decided_by <> proposed_by),
  constraint correction_check2 check (((decided_at is null) = (outcome is null)) and ((decided_at is null) = (decided_by is null)))
);
create index correction_request on correction (request_id);
create index correction_segment on correction (segment_id);
create unique index correction_waits on correction (segment_id) where decided_at is null;

create table openness_decision (
  request_id uuid primary key references subject_request(id) on delete cascade,
  outcome text not null check (outcome in ('SECRET', 'REFERRED')),
  provision text not null check ((provision ~ '\S') and (length(provision) <= 200)),
  decided_at timestamptz not null default clock_timestamp(),
  decided_by uuid not null references person(id),
  -- To which of the two: what leaves goes to a research institute or to an authority (R27). None of before this version.
  leads_to text check (leads_to in ('RESEARCH', 'AUTHORITY')),
  constraint openness_decision_check check ((leads_to is null) or (outcome = 'REFERRED'))
);

-- What capture has still, of recordings that are being destroyed. What it has when the private half of their day's intake key is
-- gone is noise.
create table capture_stop (
  recording_id uuid primary key,
  asked_at timestamptz not null default clock_timestamp()
);

-- Numbers are given without gaps within a year: T-2026-3 to a research institute, V-2026-3 to an authority.
create table disclosure_number (
  series text not null check (series in ('T', 'V')),
  year integer not null,
  last integer not null check (last > 0),
  constraint disclosure_number_pkey primary key (series, year)
);

-- What the description in force says of disclosures; the custodian keeps it up to date.
create table disclosure_rules (
  only_one boolean primary key default true check (only_one),
  research boolean not null default false,
  authority boolean not null default false,
  -- Copies of level D may leave (C7).
  pseudonymised boolean not null default false,
  -- [{id, names, validFrom, validTo?}], days in Helsinki, validTo its last.
  provisions jsonb not null default '[]'::jsonb,
  return_working_days integer not null default 3 check ((return_working_days >= 1) and (return_working_days <= 10))
);

create table institute (
  id uuid primary key default gen_random_uuid(),
  name text not null check ((name ~ '\S') and (length(name) <= 200)),
  contact text not null check ((contact ~ '\S') and (length(contact) <= 200)),
  email text not null check (length(email) <= 254),
  language text not null check (language in ('fi', 'sv', 'en')),
  -- Its age key.
  recipient text check (recipient ~ '^age1[0-9a-z]{58}$'),
  added_at timestamptz not null default clock_timestamp(),
  added_by uuid not null references person(id)
);
create unique index institute_name on institute (lower(name));

create table research_disclosure (
  id uuid primary key default gen_random_uuid(),
  number text not null check (number ~ '^T-\d{4}-\d+$') unique,
  institute_id uuid not null references institute(id),
  study text not null check ((study ~ '\S') and (length(study) <= 200)),
  -- The last day on which the institute may have the copies; its end in Helsinki.
  due_on date not null,
  format text not null check (format in ('OPUS', 'WAV')),
  created_at timestamptz not null default clock_timestamp(),
  prepared_by uuid not null references person(id),
  undertaking_reference text check ((undertaking_reference ~ '\S') and (length(undertaking_reference) <= 64)),
  undertaking_signatory text check ((undertaking_signatory ~ '\S') and (length(undertaking_signatory) <= 200)),
  undertaking_on date,
  undertaking_at timestamptz,
  undertaking_by uuid references person(id),
  outcome text check (outcome in ('GRANTED', 'REFUSED')),
  reasons text check ((reasons ~ '\S') and (length(reasons) <= 2000)),
  decided_at timestamptz,
  decided_by uuid references person(id),
  -- The key of the institute as it was when it was decided.
  recipient text check (recipient ~ '^age1[0-9a-z]{58}$'),
  released_at timestamptz,
  study_ended_on date,
  study_ended_by uuid references person(id),
  closed_at timestamptz,
  closed_by uuid references person(id),
  withdrawn_at timestamptz,
  withdrawn_by uuid references person(id),
  -- When a study ended: the copies are due at once (R32).
  study_ended_at timestamptz,
  overdue_told_on date,
  -- Whoever has changed what is decided on, also where somebody else has put their own in its place since.
  hands uuid[] not null default '{}'::uuid[],
  return_working_days integer not null default 3 check ((return_working_days >= 1) and (return_working_days <= 10)),
  constraint research_disclosure_check check (((undertaking_at is null) = (undertaking_reference is null)) and ((undertaking_at is null) = (undertaking_signatory is null)) and ((undertaking_at is null) = (undertaking_on is null)) and ((undertaking_at is null) = (undertaking_by is null))),
  constraint research_disclosure_check1 check (((decided_at is null) = (outcome is null)) and ((decided_at is null) = (decided_by is null)) and ((decided_at is null) = (reasons is null))),
  constraint research_disclosure_check2 check (decided_by <> prepared_by),
  constraint research_disclosure_check3 check ((released_at is null) or (outcome = 'GRANTED')),
  constraint research_disclosure_check4 check ((closed_at is null) or (released_at is not null)),
  constraint research_disclosure_check5 check ((withdrawn_at is null) or (released_at is null)),
  constraint research_disclosure_check6 check (((study_ended_at is null) = (study_ended_on is null)) and ((study_ended_at is null) = (study_ended_by is null))),
  constraint research_disclosure_check7 check ((study_ended_at is null) or (released_at is not null))
);

-- One recording, picked by a person (R29). What ties it to the copy that left goes with the institute's confirmation.
create table research_item (
  disclosure_id uuid not null references research_disclosure(id),
  item integer not null check (item > 0),
  recording_id uuid,
  contact_id uuid,
  picked_at timestamptz not null default clock_timestamp(),
  picked_by uuid not null references person(id),
  dropped_at timestamptz,
  dropped_by uuid references person(id),
  -- The institute's confirmation; returned or destroyed is in disclosed_copy.
  confirmation_reference text check ((confirmation_reference ~ '\S') and (length(confirmation_reference) <= 64)),
  constraint research_item_pkey primary key (disclosure_id, item)
);
create index research_item_recording on research_item (recording_id);
create unique index research_item_once on research_item (disclosure_id, recording_id) where dropped_at is null;

create table research_extension (
  id uuid primary key default gen_random_uuid(),
  disclosure_id uuid not null references research_disclosure(id),
  due_on date not null,
  reasons text not null check ((reasons ~ '\S') and (length(reasons) <= 2000)),
  asked_at timestamptz not null default clock_timestamp(),
  asked_by uuid not null references person(id),
  outcome text check (outcome in ('GRANTED', 'REFUSED')),
  decided_at timestamptz,
  decided_by uuid references person(id),
  constraint research_extension_check check (((decided_at is null) = (outcome is null)) and ((decided_at is null) = (decided_by is null))),
  constraint research_extension_check1 check (decided_by <> asked_by)
);
create unique index research_extension_waits on research_extension (disclosure_id) where decided_at is null;

-- A recording has one, for ever: whoever gets it again gets the same bytes. What is said in it and what is removed is sealed with
-- the recording's own key, and so is its sound (an object beside the recording's): both end with the recording.
create table anonymised_copy (
  id uuid primary key default gen_random_uuid(),
  recording_id uuid not null unique,
  duration_ms integer not null check (duration_ms >= 0),
  state text not null default 'DRAFT' check (state in ('DRAFT', 'RENDERING', 'RENDERED', 'APPROVED', 'REJECTED', 'FAILED')),
  revision integer not null default 0 check (revision >= 0),
  level text not null default 'T' check (level in ('T', 'N', 'D')),
  -- Turns and redactions, sealed.
  work bytea,
  prepared_by uuid not null references person(id),
  prepared_at timestamptz not null default clock_timestamp(),
  engine text,
  engine_version text,
  -- How many redactions of each reason, and for how long in all.
  removed jsonb not null default '{}'::jsonb,
  redacted_ms integer not null default 0,
  rendered_at timestamptz,
  -- Of the sound as stored before sealing: the same for ever once approved.
  sound_sha256 bytea,
  sound_bytes bigint,
  failure text check (length(failure) <= 300),
  checked_at timestamptz,
  checked_by uuid references person(id),
  check_note text check ((check_note ~ '\S') and (length(check_note) <= 1000)),
  ended_at timestamptz,
  removed_at timestamptz,
  rendering_at timestamptz,
  sound_at timestamptz,
  sound_ms integer check (sound_ms >= 0),
  evaluation jsonb,
  failed_turn integer,
  read_by uuid,
  read_at timestamptz,
  former_preparers uuid[] not null default '{}'::uuid[],
  former_checkers uuid[] not null default '{}'::uuid[],
  constraint anonymised_copy_check check (checked_by <> prepared_by),
  constraint anonymised_copy_check1 check ((state <> 'APPROVED') or ((rendered_at is not null) and (checked_at is not null)))
);

create table authority_disclosure (
  id uuid primary key default gen_random_uuid(),
  number text not null check (number ~ '^V-\d{4}-\d+$') unique,
  origin text not null check (origin in ('REQUEST', 'OWN_INITIATIVE')),
  authority text not null check ((authority ~ '\S') and (length(authority) <= 200)),
  officer text not null check ((officer ~ '\S') and (length(officer) <= 200)),
  case_number text not null check ((case_number ~ '\S') and (length(case_number) <= 64)),
  aim text not null check (aim in ('PREVENTION', 'INVESTIGATION')),
  -- Of the description's list.
  provision_id text check ((provision_id ~ '\S') and (length(provision_id) <= 64)),
  received_at timestamptz not null,
  entered_at timestamptz not null default clock_timestamp(),
  entered_by uuid not null references person(id),
  assessment text check ((assessment ~ '\S') and (length(assessment) <= 4000)),
  assessed_at timestamptz,
  assessed_by uuid references person(id),
  outcome text check (outcome in ('GRANTED', 'PART', 'REFUSED')),
  reasons text check ((reasons ~ '\S') and (length(reasons) <= 2000)),
  decided_at timestamptz,
  decided_by uuid references person(id),
  released_at timestamptz,
  closed_at timestamptz,
  closed_by uuid references person(id),
  unreleased_because text check ((unreleased_because ~ '\S') and (length(unreleased_because) <= 2000)),
  hands uuid[] not null default '{}'::uuid[],
  constraint authority_disclosure_check check (((assessed_at is null) = (assessment is null)) and ((assessed_at is null) = (assessed_by is null))),
  constraint authority_disclosure_check1 check (((decided_at is null) = (outcome is null)) and ((decided_at is null) = (decided_by is null)) and ((decided_at is null) = (reasons is null))),
  constraint authority_disclosure_check2 check (decided_by <> entered_by),
  constraint authority_disclosure_check3 check ((outcome is null) or (outcome = 'REFUSED') or (provision_id is not null)),
  constraint authority_disclosure_check4 check ((released_at is null) or (outcome in ('GRANTED', 'PART'))),
  constraint authority_disclosure_check5 check ((unreleased_because is null) or ((released_at is null) and (closed_at is not null)))
);

create table authority_item (
  disclosure_id uuid not null references authority_disclosure(id),
  item integer not null check (item > 0),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  recording_id uuid,
  what text not null check (what in ('RECORDING', 'IDENTIFICATION_DATA', 'BOTH')),
  added_at timestamptz not null default clock_timestamp(),
  added_by uuid not null references person(id),
  dropped_at timestamptz,
  granted boolean,
  constraint authority_item_check check ((what = 'IDENTIFICATION_DATA') or (recording_id is not null)),
  constraint authority_item_pkey primary key (disclosure_id, item)
);
create index authority_item_contact on authority_item (contact_id);
create index authority_item_recording on authority_item (recording_id);

create table disclosure_package (
  id uuid primary key default gen_random_uuid(),
  research_id uuid references research_disclosure(id),
  authority_id uuid references authority_disclosure(id),
  method text not null check (method in ('KEY', 'PASSPHRASE')),
  delivery text not null check (delivery in ('LINK', 'MEDIUM')),
  -- Of the link that was shown once.
  token_hash bytea check (length(token_hash) = 32) unique,
  files integer not null check (files >= 0),
  done integer not null default 0,
  made_at timestamptz not null default clock_timestamp(),
  made_by uuid not null references person(id),
  expires_at timestamptz not null check (isfinite(expires_at)),
  ready_at timestamptz,
  size_bytes bigint check (size_bytes > 0),
  sha256 bytea check (length(sha256) = 32),
  fetches integer not null default 0 check ((fetches >= 0) and (fetches <= 3)),
  first_fetch_at timestamptz,
  ended_at timestamptz,
  end_why text check (end_why in ('taken', 'expired', 'withdrawn', 'destroyed', 'failed')),
  ended_by uuid references person(id),
  removed_at timestamptz,
  fetching_until timestamptz,
  constraint disclosure_package_check check ((research_id is null) <> (authority_id is null)),
  constraint disclosure_package_check1 check (((ready_at is null) = (size_bytes is null)) and ((ready_at is null) = (sha256 is null))),
  constraint disclosure_package_check2 check ((ended_at is null) = (end_why is null)),
  constraint disclosure_package_check3 check ((delivery = 'LINK') = (token_hash is not null)),
  constraint disclosure_package_check4 check ((removed_at is null) or (ended_at is not null))
);
create index disclosure_package_left on disclosure_package (made_at) where removed_at is null;
-- One at a time for one disclosure.
create unique index disclosure_package_research on disclosure_package (research_id) where ended_at is null;
create unique index disclosure_package_authority on disclosure_package (authority_id) where ended_at is null;

-- Who hears a result: one person, one session, until an instant; and what of it was served.
create table copy_hearing (
  id uuid primary key default gen_random_uuid(),
  copy_id uuid not null references anonymised_copy(id),
  recording_id uuid not null,
  -- Of what was rendered then; of another rendering it is no hearing.
  revision integer not null,
  rendered_at timestamptz not null,
  person_id uuid not null references person(id),
  right_id uuid not null,
  session_hash bytea not null,
  started_at timestamptz not null default clock_timestamp(),
  until timestamptz not null check (isfinite(until)),
  ended_at timestamptz,
  end_why text check (end_why in ('time', 'right', 'session', 'destroyed', 'restricted', 'changed')),
  constraint copy_hearing_check check ((ended_at is null) = (end_why is null))
);
create index copy_hearing_copy on copy_hearing (copy_id, person_id);
create index copy_hearing_open on copy_hearing (id) where ended_at is null;

create table copy_hearing_range (
  hearing_id uuid not null references copy_hearing(id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  from_ms integer not null,
  to_ms integer not null,
  constraint copy_hearing_range_check check (to_ms >= from_ms)
);
create index copy_hearing_range_hearing on copy_hearing_range (hearing_id);

-- The disclosure that a request has led to.
create table openness_lead (
  request_id uuid primary key references openness_decision(request_id) on delete cascade,
  research_id uuid references research_disclosure(id),
  authority_id uuid references authority_disclosure(id),
  taken_up_at timestamptz not null default clock_timestamp(),
  taken_up_by uuid not null references person(id),
  constraint openness_lead_check check ((research_id is null) <> (authority_id is null))
);

-- What a feed is and how far it has come; the numbers that it tells of, null for all.
create table feed (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  source text not null,
  covers text[],
  heard_at timestamptz,
  -- Of the calls that it has told of: from the first beginning to the last end.
  told_from timestamptz,
  told_until timestamptz,
  records bigint not null default 0,
  calls bigint not null default 0,
  outside bigint not null default 0,
  fault text,
  fault_at timestamptz,
  -- The process of feeds says that it is there, told anything or not; null before it has.
  alive_at timestamptz,
  -- A feed or a node that was away tells late: from `late_from` on, until `late_until`.
  late_from timestamptz,
  late_until timestamptz
);

-- Which segments a feed has told of. Ids and times only; whose call it was is in the history, and ends with it.
create table fed_segment (
  segment_id uuid primary key,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  feed text not null,
  answered_at timestamptz,
  ended_at timestamptz not null,
  -- The feed made the row: no recording client has told of it.
  is_own boolean not null,
  told_at timestamptz not null default clock_timestamp()
);
create index fed_segment_contact on fed_segment (contact_id);
create index fed_segment_started on fed_segment (contact_started_at);

-- A record that could not be read: its place and why. The record itself lies in the feed's own folder.
create table feed_problem (
  id bytea primary key,
  feed text not null,
  file text not null,
  line integer not null,
  reason text not null,
  at timestamptz not null default clock_timestamp()
);
create index feed_problem_at on feed_problem (at);

-- What was found out about calls without a recording or recordings without a call: said once, of one or of many.
create table reconciliation_note (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('unrecorded', 'untold')),
  note text not null check ((btrim(note) <> '') and (length(note) <= 2000)),
  by uuid not null,
  at timestamptz not null default clock_timestamp()
);

create table reconciled_segment (
  kind text not null check (kind in ('unrecorded', 'untold')),
  segment_id uuid not null,
  contact_started_at timestamptz not null,
  note_id uuid not null references reconciliation_note(id),
  constraint reconciled_segment_pkey primary key (kind, segment_id)
);
create index reconciled_segment_note on reconciled_segment (note_id);
create index reconciled_segment_started on reconciled_segment (contact_started_at);

-- By hour of the recording's end, trunk and client. Three months, as what is told of calls (0040).
create table capture_hour (
  hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
  -- As SELOSTE_TRUNKS names it; '' for a client of no trunk.
  trunk text not null,
  client text not null,
  recordings integer not null,
  -- Recordings of which one voice cannot be heard, in which nobody can, that lost three packets of a hundred, to which none came.
  one_way integer not null,
  silent integer not null,
  lossy integer not null,
  empty integer not null,
  expected bigint not null,
  lost bigint not null,
  late bigint not null,
  duplicates bigint not null,
  -- Sum and worst of the streams' mean jitter, in milliseconds.
  streams integer not null,
  jitter_ms double precision not null,
  worst_jitter_ms double precision not null,
  one_way_at timestamptz,
  lossy_at timestamptz,
  constraint capture_hour_pkey primary key (hour, trunk, client)
);

-- A recording client: what it calls itself, and the trunk that its requests come by.
create table capture_client (
  id bigint generated always as identity primary key,
  trunk text not null,
  client text not null,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  sessions bigint not null default 0,
  refused bigint not null default 0,
  constraint capture_client_trunk_client_key unique (trunk, client)
);

-- What it sends and what was made of it, by name: an element of its metadata, a header, a codec, where a value was taken
-- from, a problem. How often and when last; never the value.
create table capture_client_sends (
  client_id bigint not null references capture_client(id) on delete cascade,
  kind text not null check (kind ~ '^[a-z-]{1,20}$'),
  name text not null check ((length(name) >= 1) and (length(name) <= 200)),
  times bigint not null,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  constraint capture_client_sends_pkey primary key (client_id, kind, name)
);

-- By local day and hour of the beginning. Whom a call was from and who answered it is nowhere here; the unit narrows what its
-- supervisor may see, and goes at 14 months. Lengths are counts of calls between the bounds below.
create table study_hour (
  day date not null,
  hour smallint not null,
  number text not null,
  unit_id uuid,
  calls integer not null,
  answered integer not null,
  talk_seconds bigint not null,
  judged integer not null,
  expected_ppm bigint not null,
  recorded integer not null,
  talk_0 integer not null,
  talk_1 integer not null,
  talk_2 integer not null,
  talk_3 integer not null,
  talk_4 integer not null,
  talk_5 integer not null,
  talk_6 integer not null,
  talk_7 integer not null,
  talk_8 integer not null,
  talk_9 integer not null,
  talk_10 integer not null,
  talk_11 integer not null,
  talk_12 integer not null,
  wait_0 integer not null,
  wait_1 integer not null,
  wait_2 integer not null,
  wait_3 integer not null,
  wait_4 integer not null,
  wait_5 integer not null,
  wait_6 integer not null,
  wait_7 integer not null,
  wait_8 integer not null,
  wait_9 integer not null,
  constraint study_hour_once unique nulls not distinct (day, hour, number, unit_id)
);

-- The same without the hour, which most questions do not ask for: a tenth of the rows.
create table study_day (
  day date not null,
  number text not null,
  unit_id uuid,
  calls integer not null,
  answered integer not null,
  talk_seconds bigint not null,
  judged integer not null,
  expected_ppm bigint not null,
  recorded integer not null,
  talk_0 integer not null,
  talk_1 integer not null,
  talk_2 integer not null,
  talk_3 integer not null,
  talk_4 integer not null,
  talk_5 integer not null,
  talk_6 integer not null,
  talk_7 integer not null,
  talk_8 integer not null,
  talk_9 integer not null,
  talk_10 integer not null,
  talk_11 integer not null,
  talk_12 integer not null,
  wait_0 integer not null,
  wait_1 integer not null,
  wait_2 integer not null,
  wait_3 integer not null,
  wait_4 integer not null,
  wait_5 integer not null,
  wait_6 integer not null,
  wait_7 integer not null,
  wait_8 integer not null,
  wait_9 integer not null,
  constraint study_day_once unique nulls not distinct (day, number, unit_id)
);

-- What is left of a month's calls once they have gone: no day, no hour, no unit, and every count a multiple of five.
create table study_month (
  month date not null,
  number text not null,
  is_rounded boolean not null default false,
  calls bigint not null,
  answered bigint not null,
  talk_seconds bigint not null,
  judged bigint not null,
  expected_ppm bigint not null,
  recorded bigint not null,
  talk_0 bigint not null,
  talk_1 bigint not null,
  talk_2 bigint not null,
  talk_3 bigint not null,
  talk_4 bigint not null,
  talk_5 bigint not null,
  talk_6 bigint not null,
  talk_7 bigint not null,
  talk_8 bigint not null,
  talk_9 bigint not null,
  talk_10 bigint not null,
  talk_11 bigint not null,
  talk_12 bigint not null,
  wait_0 bigint not null,
  wait_1 bigint not null,
  wait_2 bigint not null,
  wait_3 bigint not null,
  wait_4 bigint not null,
  wait_5 bigint not null,
  wait_6 bigint not null,
  wait_7 bigint not null,
  wait_8 bigint not null,
  wait_9 bigint not null,
  constraint study_month_pkey primary key (month, number)
);

-- Contacts of which something was told that may change their counts. Only ever appended to by calls: they wait for nobody.
create table study_told (
  seq bigint generated always as identity primary key,
  contact_id uuid not null,
  contact_started_at timestamptz not null
);
create index study_told_contact on study_told (contact_id);

-- A form and the draft of its next version.
create table quality_form (
  id uuid primary key default gen_random_uuid(),
  -- In which its texts are written.
  language text not null check (language in ('fi', 'sv', 'en')),
  name text not null check ((length(btrim(name)) >= 1) and (length(btrim(name)) <= 200)),
  begun_at timestamptz not null default clock_timestamp(),
  begun_by uuid not null references person(id),
  revision integer not null default 0,
  -- Until it is published.
  draft jsonb,
  draft_at timestamptz,
  draft_by uuid references person(id)
);

create table quality_form_version (
  form_id uuid not null references quality_form(id),
  version integer not null check (version > 0),
  name text not null,
  content jsonb not null,
  published_at timestamptz not null default clock_timestamp(),
  published_by uuid not null references person(id),
  constraint quality_form_version_pkey primary key (form_id, version)
);

-- So many recordings a week of one unit and number. The seed is made here, so that nobody chooses what it draws.
create table sampling_plan (
  id uuid primary key default gen_random_uuid(),
  name text not null check ((length(btrim(name)) >= 1) and (length(btrim(name)) <= 200)),
  form_id uuid not null references quality_form(id),
  unit_id uuid not null references unit(id),
  number text not null,
  weekly integer not null check ((weekly >= 1) and (weekly <= 100)),
  -- A recording is a candidate where it has so many days left: there is time to evaluate, to read and to answer.
  days_left integer not null check ((days_left >= 7) and (days_left <= 60)),
  seed text not null default encode(sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))), 'hex'),
  begun_at timestamptz not null default clock_timestamp(),
  begun_by uuid not null references person(id),
  ended_at timestamptz,
  ended_by uuid references person(id),
  constraint sampling_plan_check check ((ended_at is null) = (ended_by is null))
);

-- One week's draw: candidates [[recording, official]] and, by official, how many were drawn before. An official is a number in
-- this list. `ranked` has them in the order of the draw: the first were picked, and one that there is nothing to evaluate in is
-- followed by the next. Emptied once none of the recordings can be there any more.
create table sampling_draw (
  plan_id uuid not null references sampling_plan(id),
  -- Its Monday, in Helsinki.
  week date not null check (extract(isodow from week) = (1)::numeric),
  drawn_at timestamptz not null default clock_timestamp(),
  candidates jsonb,
  earlier jsonb,
  ranked uuid[],
  -- Those that came later, in the place of others.
  followed uuid[],
  candidate_count integer not null,
  picked_count integer not null,
  followed_count integer not null default 0,
  constraint sampling_draw_pkey primary key (plan_id, week)
);

create table calibration (
  id uuid primary key default gen_random_uuid(),
  -- Of one call, and gone with its recording.
  name text not null,
  form_id uuid not null,
  form_version integer not null,
  -- Gone with it.
  recording_id uuid,
  begun_at timestamptz not null default clock_timestamp(),
  begun_by uuid not null references person(id),
  closed_at timestamptz,
  -- The spread and the agreement, of evaluators that nobody is named in; made when it was closed.
  summary jsonb,
  ended_at timestamptz,
  constraint calibration_check check ((length(name) <= 200) and ((btrim(name) <> '') = (ended_at is null))),
  constraint calibration_form_id_form_version_fkey foreign key (form_id, form_version) references quality_form_version(form_id, version)
);
create index calibration_recording on calibration (recording_id) where recording_id is not null;

create table evaluation (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('SAMPLED', 'CALIBRATION')),
  plan_id uuid references sampling_plan(id),
  week date,
  calibration_id uuid references calibration(id) on delete cascade,
  -- Gone with it. Whose call it was is read from its segment.
  recording_id uuid,
  contact_id uuid,
  unit_id uuid references unit(id),
  number text not null,
  -- The first day of the quarter of the call: what results are of.
  quarter date not null,
  form_id uuid not null references quality_form(id),
  form_version integer,
  evaluator_id uuid references person(id),
  state text not null default 'WAITING' check (state in ('WAITING', 'DRAFT', 'FINISHED', 'RELEASED', 'ACKNOWLEDGED', 'SET_ASIDE', 'ENDED')),
  revision integer not null default 0,
  -- {question: answer or null where it does not apply}
  answers jsonb not null default '{}'::jsonb,
  -- [{id, atMs, question?, text}]
  comments jsonb not null default '[]'::jsonb,
  note text not null default '',
  total real check ((total >= (0)::double precision) and (total <= (100)::double precision)),
  is_failed boolean,
  sections jsonb,
  -- Which of the group's officials it was of, by a name that says nothing (quality_mark).
  mark uuid,
  drawn_at timestamptz not null default clock_timestamp(),
  begun_at timestamptz,
  saved_at timestamptz,
  released_at timestamptz,
  acknowledged_at timestamptz,
  disagreed_at timestamptz,
  disagreement text,
  answered_at timestamptz,
  answered_by uuid references person(id),
  answer_outcome text check (answer_outcome in ('KEPT', 'REOPENED')),
  answer text,
  set_aside_why text check (set_aside_why in ('unsuitable', 'too-close')),
  ended_at timestamptz,
  end_why text check (end_why in ('term', 'forbidden')),
  constraint evaluation_check check ((ended_at is null) = (end_why is null)),
  constraint evaluation_check1 check (are_marks(answers) and are_marks(sections)),
  constraint evaluation_check2 check ((ended_at is null) or ((recording_id is null) and (comments = '[]'::jsonb) and (note = '') and (disagreement is null) and (answer is null))),
  constraint evaluation_check3 check ((state <> all (array['DRAFT', 'FINISHED', 'RELEASED', 'ACKNOWLEDGED'])) or (form_version is not null)),
  constraint evaluation_form_id_form_version_fkey foreign key (form_id, form_version) references quality_form_version(form_id, version)
);
create index evaluation_recording on evaluation (recording_id) where recording_id is not null;
create unique index evaluation_once on evaluation (recording_id) where (kind = 'SAMPLED') and (recording_id is not null);
create unique index evaluation_one_each on evaluation (calibration_id, evaluator_id) where kind = 'CALIBRATION';
create index evaluation_results on evaluation (quarter) where mark is not null;

-- An official in a unit and a quarter, for counting people without knowing them. No process reads it, and once the quarter's
-- recordings are gone its rows are too: a mark then leads to nobody.
create table quality_mark (
  person_id uuid not null references person(id),
  unit_id uuid not null references unit(id),
  quarter date not null,
  mark uuid not null default gen_random_uuid(),
  constraint quality_mark_pkey primary key (person_id, unit_id, quarter)
);

create table training_collection (
  id uuid primary key default gen_random_uuid(),
  name text not null check ((length(btrim(name)) >= 1) and (length(btrim(name)) <= 200)),
  -- What is to be learned; of no call, so that it stays.
  aim text not null default '' check (length(aim) <= 4000),
  revision integer not null default 0,
  begun_at timestamptz not null default clock_timestamp(),
  begun_by uuid not null references person(id),
  ended_at timestamptz,
  ended_by uuid references person(id),
  constraint training_collection_check check ((ended_at is null) = (ended_by is null))
);

create table training_moment (
  id uuid primary key default gen_random_uuid(),
  collection_id uuid not null references training_collection(id),
  place integer not null,
  -- Gone with it, as are the words.
  recording_id uuid,
  contact_id uuid,
  from_ms integer not null check (from_ms >= 0),
  to_ms integer not null,
  title text not null,
  lesson text not null default '',
  added_at timestamptz not null default clock_timestamp(),
  added_by uuid references person(id),
  emptied_at timestamptz,
  empty_why text check (empty_why in ('term', 'forbidden')),
  constraint training_moment_check check (to_ms > from_ms),
  constraint training_moment_check1 check ((emptied_at is null) = (empty_why is null)),
  constraint training_moment_check2 check ((emptied_at is null) = (recording_id is not null)),
  constraint training_moment_check3 check ((emptied_at is null) or ((title = '') and (lesson = '') and (contact_id is null)))
);
create index training_moment_recording on training_moment (recording_id) where recording_id is not null;
create index training_moment_collection on training_moment (collection_id, place);

-- A trainer plays a collection to a group, from its beginning to its end.
create table training_session (
  id uuid primary key default gen_random_uuid(),
  number integer generated always as identity,
  -- What listenings in it are logged under.
  reference text generated always as (('K-' || (number)::text)) stored not null unique,
  collection_id uuid not null references training_collection(id),
  name text not null check ((length(btrim(name)) >= 1) and (length(btrim(name)) <= 200)),
  led_by uuid not null references person(id),
  begun_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index training_session_leads on training_session (led_by) where ended_at is null;

create table training_attendee (
  session_id uuid not null references training_session(id) on delete cascade,
  person_id uuid not null references person(id),
  entered_at timestamptz not null default clock_timestamp(),
  constraint training_attendee_pkey primary key (session_id, person_id)
);

-- As SELOSTE_WEBHOOKS names them; the custodian keeps this the same. Address and secret are in its file alone.
create table webhook_target (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  events text[] not null check ((events <> '{}'::text[]) and (events <@ array['contact.admitted', 'recording.sealed', 'recording.destroyed']))
);

create table webhook_delivery (
  id bigint generated always as identity primary key,
  target text not null references webhook_target(name) on delete cascade,
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

-- A node says every two seconds that it is there. Its id is its spool's, so that it stays who it is where it is started again, on
-- another machine too.
create table capture_node (
  id uuid primary key,
  name text not null check (name ~ '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$'),
  version text not null,
  started_at timestamptz not null,
  alive_at timestamptz not null,
  -- Since when it has been heard of without a break: before it can say that another is silent, it is not itself.
  steady_since timestamptz not null,
  -- It has ended by itself, with nothing left to tell.
  ended_at timestamptz,
  draining boolean not null,
  pressures text[] not null,
  -- Sessions that go on, recordings being written, segments whose facts wait on its disk.
  sessions integer not null,
  recordings integer not null,
  waiting integer not null,
  blockers jsonb not null default '[]'::jsonb,
  away_from timestamptz,
  away_until timestamptz
);

-- Who answered, and from which month to which: a part of a name is looked for among these, and not in every call. What it says stands in
-- segments of the last of them, and goes with them.
create table official_named (
  name text not null,
  phone text,
  unit_id uuid,
  person_id uuid,
  first_month date not null,
  last_month date not null,
  id integer generated always as identity,
  constraint official_named_once unique nulls not distinct (name, phone, unit_id, person_id)
);
create unique index official_named_id on official_named (id);

-- Each part of a call that has a recording, with that recording: `is_own` is the part that was recorded. State: a, it can be listened to; g, it
-- is destroyed; o, any other. An official is meant by their row of official_named.
create table recorded_part (
  recording_id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  is_own boolean not null,
  state "char" not null,
  official integer,
  official_unit_id uuid,
  number_reached text not null,
  number_called text not null,
  constraint recorded_part_pkey primary key (segment_id, recording_id)
);
create index recorded_part_recording on recorded_part (recording_id);
create index recorded_part_state on recorded_part (state, contact_started_at desc, contact_id desc) where is_own;
create index recorded_part_official on recorded_part (official, state, contact_started_at desc, contact_id desc) include (is_own, number_reached, number_called);
create index recorded_part_unit on recorded_part (official_unit_id, state, contact_started_at desc, contact_id desc) include (number_called) where is_own;
create index recorded_part_reached on recorded_part (number_reached, state, contact_started_at desc, contact_id desc) include (number_called) where is_own;
create index recorded_part_called on recorded_part (number_called, state, contact_started_at desc, contact_id desc) include (official_unit_id, number_reached) where is_own;

-- Versions of the intake wrapping key in the key store.
create table intake_version (
  version integer primary key check (version > 0),
  state text not null check (state in ('making', 'current', 'retiring', 'destroyed')),
  made_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  -- What the key store answered.
  receipt jsonb,
  constraint intake_version_check check ((state <> 'destroyed') or ((destroyed_at is not null) and (receipt is not null)))
);
create unique index intake_version_current on intake_version (state) where state = 'current';

-- Public keys (age1...) that one capture node may use, each once.
create table intake_batch (
  id uuid primary key default gen_random_uuid(),
  made_at timestamptz not null default clock_timestamp(),
  taken_at timestamptz,
  taken_by uuid,
  public_keys text[] not null,
  constraint intake_batch_check check ((taken_at is null) = (taken_by is null))
);
create index intake_batch_untaken on intake_batch (made_at) where taken_at is null;

-- The key that wraps the private keys of a batch, wrapped under a version. There is none once all of them are deleted.
create table intake_batch_key (
  batch uuid primary key references intake_batch(id) on delete cascade,
  version integer not null,
  wrapped bytea not null
);
create index intake_batch_key_version on intake_batch_key (version);

create table intake_private_key (
  public_key text primary key,
  batch uuid not null references intake_batch_key(batch) on delete cascade,
  wrapped bytea not null
);
create index intake_private_key_batch on intake_private_key (batch);

-- Private keys that were deleted, and the version that was current then: what remains of them on the disk opens until it is destroyed.
create table intake_key_end (
  public_key text primary key,
  batch uuid not null,
  version integer not null references intake_version(version)
);
create index intake_key_end_version on intake_key_end (version);

-- Locks of month keys and of the intake key, as rows that only the custodian can lock. A row is never replaced, so whoever waits for
-- one finds the same row afterwards.
create table key_lock (
  name text primary key
);

-- Succession of a telephone number (its holder is a person), and of a person's unit and supervisor: from when on whose. Rows of
-- the directory may not contradict it. Nothing is ever taken out of it by a row that ends.
create table directory_succession (
  kind text not null check (kind in ('phone', 'unit', 'supervisor')),
  -- A phone number key, or a person's id.
  subject text not null,
  since timestamptz not null,
  holder uuid not null,
  constraint directory_succession_pkey primary key (kind, subject, since)
);
create index directory_succession_holder on directory_succession (holder) where kind = 'phone';

create table directory_change (
  id uuid primary key default gen_random_uuid(),
  -- link: a one-time link is released; directory: numbers or places of a person change.
  kind text not null check (kind in ('link', 'directory')),
  person_id uuid not null references person(id) on delete cascade,
  link_id uuid references one_time_link(id) on delete cascade,
  -- Of a directory change: from (instant), add and end (phone number keys), unit and supervisor (ids or null).
  wanted jsonb not null default '{}'::jsonb,
  asked_by uuid not null references person(id),
  asked_at timestamptz not null default clock_timestamp(),
  state text not null default 'ASKED' check (state in ('ASKED', 'CONFIRMED', 'REFUSED', 'WITHDRAWN')),
  decided_by uuid references person(id),
  decided_at timestamptz,
  decided_in xid8,
  constraint directory_change_check check ((kind = 'link') = (link_id is not null)),
  constraint directory_change_check1 check (((state = 'ASKED') = (decided_by is null)) and ((state = 'ASKED') = (decided_at is null))),
  constraint directory_change_check2 check ((state <> all (array['CONFIRMED', 'REFUSED'])) or ((decided_by <> asked_by) and (decided_by <> person_id)))
);
create index directory_change_open on directory_change (asked_at) where state = 'ASKED';
create index directory_change_person on directory_change (person_id);

create table account_notice (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person(id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('sign-in', 'link-made', 'link-used', 'password', 'factor-added', 'factor-removed', 'sessions-ended', 'directory', 'directory-ended', 'second-factor-offer')),
  -- The session in which it was done: whoever sits there knows.
  session_id uuid,
  detail jsonb not null default '{}'::jsonb,
  seen_at timestamptz
);
create index account_notice_person on account_notice (person_id, at desc);

-- Whom a subject of an issuer means (OpenID Connect Core 1.0, section 2: sub is never reassigned; names and addresses are).
create table provider_subject (
  issuer text not null check (length(issuer) <= 2048),
  subject text not null check ((length(subject) >= 1) and (length(subject) <= 255)),
  person_id uuid not null references person(id) on delete cascade,
  bound_at timestamptz not null default clock_timestamp(),
  constraint provider_subject_pkey primary key (issuer, subject),
  constraint provider_subject_issuer_person_id_key unique (issuer, person_id)
);

create table audit_appender (
  role name not null,
  action text not null,
  -- May name a person, their right and their role.
  person boolean not null,
  -- Only with another result than `ok`.
  refusals_only boolean not null,
  constraint audit_appender_pkey primary key (role, action)
);

-- Queue of admissions that are not counted yet. `source`: 'register', or the capture node that reports.
create table admission_told (
  seq bigint generated always as identity primary key,
  at timestamptz not null default now(),
  source text not null,
  kind text not null check (kind in ('contact', 'segment', 'recording')),
  id uuid not null,
  started_at timestamptz not null
);

-- Admissions of one hour (by the instant of admission) that were counted together. Their entry in the audit log has the part's id as its
-- object. Ids and the start of their call only; a part ends when all its calls are past their term.
create table admission_part (
  id uuid primary key,
  hour timestamptz not null check (date_trunc('hour', hour, 'UTC') = hour),
  source text not null,
  counted_at timestamptz not null default now(),
  kinds text[] not null,
  ids uuid[] not null,
  starts timestamptz[] not null,
  root bytea not null check (octet_length(root) = 32),
  constraint admission_part_check check ((cardinality(ids) = cardinality(kinds)) and (cardinality(starts) = cardinality(ids)) and (cardinality(ids) > 0))
);
create index admission_part_hour on admission_part (hour);

-- Call parts that a feed had reported and a recording client, or a later record, replaced (are_told on segment).
create table segment_replaced (
  segment_id uuid primary key,
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  replaced_at timestamptz not null default now()
);

-- Downloads of packages and copies that were begun or refused. The network address is removed after 30 days.
create table download (
  id bigint generated always as identity primary key,
  package_id uuid references disclosure_package(id) on delete cascade,
  copy_id uuid references subject_copy(id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  outcome text not null check (outcome in ('begun', 'refused')),
  -- Of a package that is saved for a medium.
  person_id uuid references person(id),
  address text check (length(address) <= 64),
  constraint download_check check ((package_id is null) <> (copy_id is null))
);
create index download_package on download (package_id, at) where package_id is not null;
create index download_copy on download (copy_id, at) where copy_id is not null;
create index download_address on download (at) where address is not null;

-- What a submitted or approved draft takes from what is pending, as the procedure read it from the texts:
-- {terms: [{number, months, at}], endsHolds, endsKinds: [], endsService, endsResearch, endsAuthority}.
create table description_reach (
  draft_id uuid primary key references description_draft(id),
  revision integer not null,
  reach jsonb not null
);

-- A requester was told in time that a change ends what they asked for at `ends_at`.
create table pending_right_told (
  draft_id uuid not null references description_draft(id),
  request_id uuid not null references subject_request(id) on delete cascade,
  ends_at timestamptz not null,
  told_how text not null check (told_how in ('POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD')),
  told_at timestamptz not null default clock_timestamp(),
  told_by uuid not null references person(id),
  constraint pending_right_told_pkey primary key (draft_id, request_id)
);

-- `<size> <signature>`: below this size of the log, entries of versions that did not sign them are believed. The custodian has the same
-- beside its keys and puts it back.
create table audit_signed_from (
  one boolean primary key default true check (one),
  note text not null
);

create sequence fed_question_count as bigint;
create sequence late_question_count as bigint;
alter table access_right add constraint access_right_request_id_fkey foreign key (request_id) references right_request(id);
alter table session add constraint session_confined_to_fkey foreign key (confined_to) references appointment(id);
alter table session add constraint session_confined_at_fkey foreign key (confined_at) references workstation(id);
alter table inspection add constraint inspection_request_id_fkey foreign key (request_id) references subject_request(id);
alter table authority_request add constraint authority_request_disclosure_id_fkey foreign key (disclosure_id) references authority_disclosure(id);
alter table feed add constraint feed_texts check ((octet_length(source) <= 200) and (cardinality(covers) <= 10000)) not valid;
alter table feed_problem add constraint feed_problem_texts check ((octet_length(feed) <= 200) and (octet_length(reason) <= 200)) not valid;
alter table capture_client add constraint capture_client_texts check ((octet_length(trunk) <= 1000) and (octet_length(client) <= 1000)) not valid;
alter table capture_node add constraint capture_node_texts check ((octet_length(name) <= 400) and (octet_length(version) <= 400) and (octet_length((blockers)::text) <= 100000)) not valid;

insert into sign_in_demand (one, second_factor) values (true, 'off');
insert into clock_mark (at) values (now());
insert into inspections_hold (only_one, held) values (true, false);
insert into disclosure_rules (only_one, research, authority, pseudonymised, provisions, return_working_days) values (true, false, false, false, '[]', 3);
-- Who may append which entry to the audit log: role, action, whether its own person, whether as decided.
insert into audit_appender (role, action, person, refusals_only) values
  ('seloste_capture', 'call.admitted', false, false);
insert into audit_appender (role, action, person, refusals_only) values
  ('seloste_custodian', 'recording.kept', false, false),
  ('seloste_custodian', 'recording.cut', false, false),
  ('seloste_custodian', 'recording.destroyed', false, false),
  ('seloste_custodian', 'history.ended', false, false),
  ('seloste_custodian', 'description.took-effect', false, false),
  ('seloste_custodian', 'terms.shortened', false, false),
  ('seloste_custodian', 'promise.broken', false, false),
  ('seloste_custodian', 'promise.restored', false, false),
  ('seloste_custodian', 'alarm.raised', false, false),
  ('seloste_custodian', 'month.ended', false, false),
  ('seloste_custodian', 'key.destroyed', false, false),
  ('seloste_custodian', 'place.used', false, false),
  ('seloste_custodian', 'place.refused', false, false),
  ('seloste_custodian', 'place.left', false, false),
  ('seloste_custodian', 'clock.stepped', false, false),
  ('seloste_custodian', 'admissions.counted', false, false);
insert into audit_appender (role, action, person, refusals_only) values
  ('seloste_custodian', 'session.started', true, false),
  ('seloste_custodian', 'session.second-factor', true, false),
  ('seloste_custodian', 'credential.added', true, false),
  ('seloste_custodian', 'credential.removed', true, false),
  ('seloste_custodian', 'act.confirmed', true, false),
  ('seloste_custodian', 'log.verified', true, false),
  ('seloste_custodian', 'anonymised-copy.recognised', true, false);
insert into audit_appender (role, action, person, refusals_only) values
  ('seloste_desk', 'session.started', true, false),
  ('seloste_desk', 'session.ended', true, false),
  ('seloste_desk', 'contacts.listed', true, false),
  ('seloste_desk', 'contact.read', true, false),
  ('seloste_desk', 'caller.revealed', true, false),
  ('seloste_desk', 'calls.watched', true, false),
  ('seloste_desk', 'listening.started', true, false),
  ('seloste_desk', 'description.drafted', true, false),
  ('seloste_desk', 'description.submitted', true, false),
  ('seloste_desk', 'description.taken-back', true, false),
  ('seloste_desk', 'description.withdrawn', true, false),
  ('seloste_desk', 'description.approved', true, false),
  ('seloste_desk', 'description.rejected', true, false),
  ('seloste_desk', 'description.tried', true, false),
  ('seloste_desk', 'shares.read', true, false),
  ('seloste_desk', 'study.read', true, false),
  ('seloste_desk', 'today.watched', true, false),
  ('seloste_desk', 'directory.read', true, false),
  ('seloste_desk', 'directory.changed', true, false),
  ('seloste_desk', 'directory.imported', true, false),
  ('seloste_desk', 'feedback.answered', true, false),
  ('seloste_desk', 'sessions.ended', true, false),
  ('seloste_desk', 'sign-in.delayed', true, false),
  ('seloste_desk', 'rights.read', true, false),
  ('seloste_desk', 'looks.slowed', true, false),
  ('seloste_desk', 'retention.read', true, false),
  ('seloste_desk', 'certificate.made', true, false);
insert into audit_appender (role, action, person, refusals_only) values
  ('seloste_desk', 'listening.ended', true, true),
  ('seloste_desk', 'right.granted', true, true),
  ('seloste_desk', 'password.set', true, true),
  ('seloste_desk', 'request.refused', true, true),
  ('seloste_desk', 'session.second-factor', true, true),
  ('seloste_desk', 'credential.added', true, true),
  ('seloste_desk', 'credential.removed', true, true),
  ('seloste_desk', 'credential.removal-asked', true, true),
  ('seloste_desk', 'credential.removal-refused', true, true),
  ('seloste_desk', 'act.confirmed', true, true),
  ('seloste_desk', 'link.made', true, true),
  ('seloste_desk', 'link.used', true, true),
  ('seloste_desk', 'right.requested', true, true),
  ('seloste_desk', 'right.rejected', true, true),
  ('seloste_desk', 'right.withdrawn', true, true),
  ('seloste_desk', 'right.revoked', true, true),
  ('seloste_desk', 'right.reviewed', true, true),
  ('seloste_desk', 'log.read', true, true),
  ('seloste_desk', 'call-flow.read', true, true),
  ('seloste_desk', 'alarm.closed', true, true),
  ('seloste_desk', 'reconciliation.listed', true, true),
  ('seloste_desk', 'reconciliation.explained', true, true),
  ('seloste_desk', 'looks.reviewed', true, true),
  ('seloste_desk', 'extract.read', true, true),
  ('seloste_desk', 'recording.forbidden', true, true),
  ('seloste_desk', 'hold.entered', true, true),
  ('seloste_desk', 'hold.renewed', true, true),
  ('seloste_desk', 'hold.ended', true, true),
  ('seloste_desk', 'holds.read', true, true),
  ('seloste_desk', 'inspection.opened', true, true),
  ('seloste_desk', 'inspection.moved', true, true),
  ('seloste_desk', 'inspection.closed', true, true),
  ('seloste_desk', 'copy.recalled', true, true),
  ('seloste_desk', 'recall.confirmed', true, true),
  ('seloste_desk', 'clock.confirmed', true, true),
  ('seloste_desk', 'request.entered', true, true),
  ('seloste_desk', 'request.changed', true, true),
  ('seloste_desk', 'request.assigned', true, true),
  ('seloste_desk', 'request.identified', true, true),
  ('seloste_desk', 'request.extended', true, true),
  ('seloste_desk', 'request.closed', true, true),
  ('seloste_desk', 'requests.read', true, true),
  ('seloste_desk', 'request.read', true, true),
  ('seloste_desk', 'call.looked-for', true, true),
  ('seloste_desk', 'call.verified', true, true),
  ('seloste_desk', 'call.given-up', true, true),
  ('seloste_desk', 'office.changed', true, true),
  ('seloste_desk', 'workstation.enrolled', true, true),
  ('seloste_desk', 'workstation.ended', true, true),
  ('seloste_desk', 'appointment.booked', true, true),
  ('seloste_desk', 'appointment.ended', true, true),
  ('seloste_desk', 'room.opened', true, true),
  ('seloste_desk', 'room.closed', true, true),
  ('seloste_desk', 'letter.made', true, true),
  ('seloste_desk', 'letter.read', true, true),
  ('seloste_desk', 'letter.delivered', true, true),
  ('seloste_desk', 'letter.removed', true, true),
  ('seloste_desk', 'template.changed', true, true),
  ('seloste_desk', 'subject-copy.made', true, true),
  ('seloste_desk', 'subject-copy.ended', true, true),
  ('seloste_desk', 'correction.proposed', true, true),
  ('seloste_desk', 'correction.decided', true, true),
  ('seloste_desk', 'openness.decided', true, true),
  ('seloste_desk', 'referral.taken-up', true, true),
  ('seloste_desk', 'institute.changed', true, true),
  ('seloste_desk', 'disclosures.read', true, true),
  ('seloste_desk', 'research.begun', true, true),
  ('seloste_desk', 'research.changed', true, true),
  ('seloste_desk', 'research.read', true, true),
  ('seloste_desk', 'research.item-picked', true, true),
  ('seloste_desk', 'research.item-dropped', true, true),
  ('seloste_desk', 'research.undertaking', true, true),
  ('seloste_desk', 'research.decided', true, true),
  ('seloste_desk', 'research.released', true, true),
  ('seloste_desk', 'research.study-ended', true, true),
  ('seloste_desk', 'research.item-confirmed', true, true),
  ('seloste_desk', 'research.extension', true, true),
  ('seloste_desk', 'research.withdrawn', true, true),
  ('seloste_desk', 'research.closed', true, true),
  ('seloste_desk', 'anonymised-copy.begun', true, true),
  ('seloste_desk', 'anonymised-copy.read', true, true),
  ('seloste_desk', 'anonymised-copy.saved', true, true),
  ('seloste_desk', 'anonymised-copy.recognised', true, true),
  ('seloste_desk', 'anonymised-copy.rendered', true, true),
  ('seloste_desk', 'anonymised-copy.heard', true, true),
  ('seloste_desk', 'anonymised-copy.checked', true, true),
  ('seloste_desk', 'anonymised-copy.ended', true, true),
  ('seloste_desk', 'package.made', true, true),
  ('seloste_desk', 'package.taken', true, true),
  ('seloste_desk', 'package.ended', true, true),
  ('seloste_desk', 'authority.entered', true, true),
  ('seloste_desk', 'authority.changed', true, true),
  ('seloste_desk', 'authority.read', true, true),
  ('seloste_desk', 'authority.item-added', true, true),
  ('seloste_desk', 'authority.item-dropped', true, true),
  ('seloste_desk', 'authority.assessed', true, true),
  ('seloste_desk', 'authority.decided', true, true),
  ('seloste_desk', 'authority.closed', true, true),
  ('seloste_desk', 'quality.forms-read', true, true),
  ('seloste_desk', 'quality.form-begun', true, true),
  ('seloste_desk', 'quality.form-saved', true, true),
  ('seloste_desk', 'quality.form-published', true, true),
  ('seloste_desk', 'quality.plans-read', true, true),
  ('seloste_desk', 'quality.plan-begun', true, true),
  ('seloste_desk', 'quality.plan-ended', true, true),
  ('seloste_desk', 'quality.queue-read', true, true),
  ('seloste_desk', 'quality.evaluation-begun', true, true),
  ('seloste_desk', 'quality.evaluation-read', true, true),
  ('seloste_desk', 'quality.evaluation-saved', true, true),
  ('seloste_desk', 'quality.evaluation-finished', true, true),
  ('seloste_desk', 'quality.evaluation-released', true, true),
  ('seloste_desk', 'quality.evaluation-set-aside', true, true),
  ('seloste_desk', 'quality.evaluation-acknowledged', true, true),
  ('seloste_desk', 'quality.disagreed', true, true),
  ('seloste_desk', 'quality.disagreement-answered', true, true),
  ('seloste_desk', 'quality.own-read', true, true),
  ('seloste_desk', 'quality.calibrations-read', true, true),
  ('seloste_desk', 'quality.calibration-begun', true, true),
  ('seloste_desk', 'quality.calibration-closed', true, true),
  ('seloste_desk', 'quality.results-read', true, true),
  ('seloste_desk', 'training.collections-read', true, true),
  ('seloste_desk', 'training.collection-begun', true, true),
  ('seloste_desk', 'training.collection-saved', true, true),
  ('seloste_desk', 'training.collection-ended', true, true),
  ('seloste_desk', 'training.collection-read', true, true),
  ('seloste_desk', 'training.moment-added', true, true),
  ('seloste_desk', 'training.moment-saved', true, true),
  ('seloste_desk', 'training.moment-removed', true, true),
  ('seloste_desk', 'training.ordered', true, true),
  ('seloste_desk', 'training.sessions-read', true, true),
  ('seloste_desk', 'training.session-begun', true, true),
  ('seloste_desk', 'training.session-read', true, true),
  ('seloste_desk', 'training.session-ended', true, true),
  ('seloste_desk', 'training.trainees-looked-for', true, true),
  ('seloste_desk', 'training.trainee-entered', true, true),
  ('seloste_desk', 'training.trainee-removed', true, true),
  ('seloste_desk', 'training.own-read', true, true),
  ('seloste_desk', 'pending-right.told', true, true);