-- What leaves the controller (R27-R35): to a research institute, anonymised and for a while; to an authority, by statute. What is
-- written to these tables is written by the functions of 0032 to 0036, which ask who acts, refuse, and leave the trace.

-- Numbers are given without gaps within a year: T-2026-3 to a research institute, V-2026-3 to an authority.
create table disclosure_number (
  series text not null check (series in ('T', 'V')),
  year integer not null,
  last integer not null check (last > 0),
  primary key (series, year)
);

create function next_disclosure_number(series text) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into disclosure_number as n (series, year, last)
  values (next_disclosure_number.series, extract(year from now() at time zone 'Europe/Helsinki')::integer, 1)
  on conflict on constraint disclosure_number_pkey do update set last = n.last + 1
  returning n.series || '-' || n.year || '-' || n.last
$$;

-- What the description in force says of disclosures; the custodian keeps it up to date.
create table disclosure_rules (
  only_one boolean primary key default true check (only_one),
  research boolean not null default false,
  authority boolean not null default false,
  -- Copies of level D may leave (C7).
  pseudonymised boolean not null default false,
  -- [{id, names, validFrom, validTo?}], days in Helsinki, validTo its last.
  provisions jsonb not null default '[]'
);
insert into disclosure_rules default values;
grant select on disclosure_rules to seloste_desk;
grant select, update on disclosure_rules to seloste_custodian;

-- Whether a statutory ground of the description's list holds today.
create function provision_holds(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from disclosure_rules, jsonb_array_elements(provisions) p
    where p ->> 'id' = wanted and (p ->> 'validFrom')::date <= (register_now() at time zone 'Europe/Helsinki')::date
      and coalesce((p ->> 'validTo')::date >= (register_now() at time zone 'Europe/Helsinki')::date, true))
$$;

-- To a research institute -----------------------------------------------------------------------------------------------

create table institute (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '\S' and length(name) <= 200),
  contact text not null check (contact ~ '\S' and length(contact) <= 200),
  email text not null check (length(email) <= 254),
  language text not null check (language in ('fi', 'sv', 'en')),
  -- Its age key.
  recipient text check (recipient ~ '^age1[0-9a-z]{58}$'),
  added_at timestamptz not null default clock_timestamp(),
  added_by uuid not null references person
);
create unique index institute_name on institute (lower(name));

create table research_disclosure (
  id uuid primary key default gen_random_uuid(),
  number text not null unique check (number ~ '^T-\d{4}-\d+$'),
  institute_id uuid not null references institute,
  study text not null check (study ~ '\S' and length(study) <= 200),
  -- The last day on which the institute may have the copies; its end in Helsinki.
  due_on date not null,
  format text not null check (format in ('OPUS', 'WAV')),
  created_at timestamptz not null default clock_timestamp(),
  prepared_by uuid not null references person,
  undertaking_reference text check (undertaking_reference ~ '\S' and length(undertaking_reference) <= 64),
  undertaking_signatory text check (undertaking_signatory ~ '\S' and length(undertaking_signatory) <= 200),
  undertaking_on date,
  undertaking_at timestamptz,
  undertaking_by uuid references person,
  outcome text check (outcome in ('GRANTED', 'REFUSED')),
  reasons text check (reasons ~ '\S' and length(reasons) <= 2000),
  decided_at timestamptz,
  decided_by uuid references person,
  -- The key of the institute as it was when it was decided.
  recipient text check (recipient ~ '^age1[0-9a-z]{58}$'),
  released_at timestamptz,
  study_ended_on date,
  study_ended_by uuid references person,
  closed_at timestamptz,
  closed_by uuid references person,
  withdrawn_at timestamptz,
  withdrawn_by uuid references person,
  check ((undertaking_at is null) = (undertaking_reference is null) and (undertaking_at is null) = (undertaking_signatory is null)
    and (undertaking_at is null) = (undertaking_on is null) and (undertaking_at is null) = (undertaking_by is null)),
  check ((decided_at is null) = (outcome is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (reasons is null)),
  check (decided_by <> prepared_by),
  check (released_at is null or outcome = 'GRANTED'),
  check (closed_at is null or released_at is not null),
  check (withdrawn_at is null or released_at is null)
);

-- One recording, picked by a person (R29). What ties it to the copy that left goes with the institute's confirmation.
create table research_item (
  disclosure_id uuid not null references research_disclosure,
  item integer not null check (item > 0),
  recording_id uuid,
  contact_id uuid,
  picked_at timestamptz not null default clock_timestamp(),
  picked_by uuid not null references person,
  dropped_at timestamptz,
  dropped_by uuid references person,
  -- The institute's confirmation; returned or destroyed is in disclosed_copy.
  confirmation_reference text check (confirmation_reference ~ '\S' and length(confirmation_reference) <= 64),
  primary key (disclosure_id, item)
);
create index research_item_recording on research_item (recording_id);
create unique index research_item_once on research_item (disclosure_id, recording_id) where dropped_at is null;

create table research_extension (
  id uuid primary key default gen_random_uuid(),
  disclosure_id uuid not null references research_disclosure,
  due_on date not null,
  reasons text not null check (reasons ~ '\S' and length(reasons) <= 2000),
  asked_at timestamptz not null default clock_timestamp(),
  asked_by uuid not null references person,
  outcome text check (outcome in ('GRANTED', 'REFUSED')),
  decided_at timestamptz,
  decided_by uuid references person,
  check ((decided_at is null) = (outcome is null) and (decided_at is null) = (decided_by is null)),
  check (decided_by <> asked_by)
);
create unique index research_extension_waits on research_extension (disclosure_id) where decided_at is null;

-- Anonymised copies -----------------------------------------------------------------------------------------------------

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
  prepared_by uuid not null references person,
  prepared_at timestamptz not null default clock_timestamp(),
  engine text,
  engine_version text,
  -- How many redactions of each reason, and for how long in all.
  removed jsonb not null default '{}',
  redacted_ms integer not null default 0,
  rendered_at timestamptz,
  -- Of the sound as stored before sealing: the same for ever once approved.
  sound_sha256 bytea,
  sound_bytes bigint,
  failure text check (length(failure) <= 300),
  checked_at timestamptz,
  checked_by uuid references person,
  check_note text check (check_note ~ '\S' and length(check_note) <= 1000),
  ended_at timestamptz,
  removed_at timestamptz,
  check (checked_by <> prepared_by),
  check (state <> 'APPROVED' or (rendered_at is not null and checked_at is not null))
);

-- To an authority -------------------------------------------------------------------------------------------------------

create table authority_disclosure (
  id uuid primary key default gen_random_uuid(),
  number text not null unique check (number ~ '^V-\d{4}-\d+$'),
  origin text not null check (origin in ('REQUEST', 'OWN_INITIATIVE')),
  authority text not null check (authority ~ '\S' and length(authority) <= 200),
  officer text not null check (officer ~ '\S' and length(officer) <= 200),
  case_number text not null check (case_number ~ '\S' and length(case_number) <= 64),
  aim text not null check (aim in ('PREVENTION', 'INVESTIGATION')),
  -- Of the description's list.
  provision_id text check (provision_id ~ '\S' and length(provision_id) <= 64),
  received_at timestamptz not null,
  entered_at timestamptz not null default clock_timestamp(),
  entered_by uuid not null references person,
  assessment text check (assessment ~ '\S' and length(assessment) <= 4000),
  assessed_at timestamptz,
  assessed_by uuid references person,
  outcome text check (outcome in ('GRANTED', 'PART', 'REFUSED')),
  reasons text check (reasons ~ '\S' and length(reasons) <= 2000),
  decided_at timestamptz,
  decided_by uuid references person,
  released_at timestamptz,
  closed_at timestamptz,
  closed_by uuid references person,
  check ((assessed_at is null) = (assessment is null) and (assessed_at is null) = (assessed_by is null)),
  check ((decided_at is null) = (outcome is null) and (decided_at is null) = (decided_by is null) and (decided_at is null) = (reasons is null)),
  check (decided_by <> entered_by),
  check (outcome is null or outcome = 'REFUSED' or provision_id is not null),
  check (released_at is null or outcome in ('GRANTED', 'PART'))
);

create table authority_item (
  disclosure_id uuid not null references authority_disclosure,
  item integer not null check (item > 0),
  contact_id uuid not null,
  contact_started_at timestamptz not null,
  recording_id uuid,
  what text not null check (what in ('RECORDING', 'IDENTIFICATION_DATA', 'BOTH')),
  added_at timestamptz not null default clock_timestamp(),
  added_by uuid not null references person,
  dropped_at timestamptz,
  granted boolean,
  primary key (disclosure_id, item),
  check (what = 'IDENTIFICATION_DATA' or recording_id is not null)
);
create index authority_item_contact on authority_item (contact_id);
create index authority_item_recording on authority_item (recording_id);
-- While a disclosure is open, a prohibition waits for each recording of it (1.6): its row in authority_request (0017).
alter table authority_request add column disclosure_id uuid references authority_disclosure;

-- Packages --------------------------------------------------------------------------------------------------------------

create table disclosure_package (
  id uuid primary key default gen_random_uuid(),
  research_id uuid references research_disclosure,
  authority_id uuid references authority_disclosure,
  method text not null check (method in ('KEY', 'PASSPHRASE')),
  delivery text not null check (delivery in ('LINK', 'MEDIUM')),
  -- Of the link that was shown once.
  token_hash bytea unique check (length(token_hash) = 32),
  files integer not null check (files >= 0),
  done integer not null default 0,
  made_at timestamptz not null default clock_timestamp(),
  made_by uuid not null references person,
  expires_at timestamptz not null check (isfinite(expires_at)),
  ready_at timestamptz,
  size_bytes bigint check (size_bytes > 0),
  sha256 bytea check (length(sha256) = 32),
  fetches integer not null default 0 check (fetches between 0 and 3),
  first_fetch_at timestamptz,
  ended_at timestamptz,
  end_why text check (end_why in ('taken', 'expired', 'withdrawn', 'destroyed', 'failed')),
  ended_by uuid references person,
  removed_at timestamptz,
  check ((research_id is null) <> (authority_id is null)),
  check ((ready_at is null) = (size_bytes is null) and (ready_at is null) = (sha256 is null)),
  check ((ended_at is null) = (end_why is null)),
  check ((delivery = 'LINK') = (token_hash is not null)),
  check (removed_at is null or ended_at is not null)
);
create index disclosure_package_left on disclosure_package (made_at) where removed_at is null;
-- One at a time for one disclosure.
create unique index disclosure_package_research on disclosure_package (research_id) where ended_at is null;
create unique index disclosure_package_authority on disclosure_package (authority_id) where ended_at is null;

do $$
declare
  one text;
begin
  foreach one in array array['disclosure_number', 'institute', 'research_disclosure', 'research_item', 'research_extension',
    'anonymised_copy', 'authority_disclosure', 'authority_item', 'disclosure_package'] loop
    execute format('alter table %I enable row level security', one);
    execute format('revoke all on %I from public', one);
  end loop;
end $$;
revoke execute on function next_disclosure_number(text), provision_holds(text) from public;
grant execute on function provision_holds(text) to seloste_desk, seloste_custodian;
