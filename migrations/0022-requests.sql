-- Requests of callers and officials, as the Service Unit's desk has them (R42-R49, L7, L8): who asks, what for, by when, which
-- calls. What is personal stands apart and is erased when the request is over; no personal identity code is anywhere.

-- A request ----------------------------------------------------------------------------------------------------------

create table subject_request (
  id uuid primary key default gen_random_uuid(),
  -- P-2026-17: the reference of every look that serves it.
  number text not null unique check (number ~ '^P-\d{4}-\d+$'),
  party text not null check (party in ('CALLER', 'OFFICIAL', 'MENTIONED', 'OUTSIDER')),
  kinds text[] not null check (cardinality(kinds) > 0 and kinds <@ array['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT', 'COPY',
    'RECTIFY', 'LOG_EXTRACT', 'MENTIONED', 'OPENNESS']),
  channel text not null check (channel in ('PHONE', 'LETTER', 'VISIT', 'EMAIL')),
  language text not null check (language in ('fi', 'sv', 'en')),
  received_at timestamptz not null,
  due_at timestamptz not null,
  entered_at timestamptz not null default clock_timestamp(),
  entered_by uuid not null references person,
  assigned_to uuid references person,
  -- OFFICIAL: who asks.
  official_id uuid references person,
  identified_how text check (identified_how in ('PASSPORT', 'ID_CARD', 'DRIVING_LICENCE', 'RESIDENCE_PERMIT', 'STRONG_EID',
    'CALLBACK', 'PERSONNEL')),
  identified_at timestamptz,
  identified_by uuid references person,
  extended_until timestamptz,
  extended_at timestamptz,
  extended_by uuid references person,
  extension_reason text check (extension_reason in ('COMPLEX', 'MANY')),
  closed_at timestamptz,
  -- Nobody where the request came to its end by itself.
  closed_by uuid references person,
  outcome text check (outcome in ('ANSWERED', 'REFUSED', 'WITHDRAWN')),
  -- When what is personal of it was erased.
  erased_at timestamptz,
  check ((party = 'OFFICIAL') = (official_id is not null)),
  check ((identified_at is null) = (identified_how is null) and (identified_at is null) = (identified_by is null)),
  check ((extended_at is null) = (extended_until is null) and (extended_at is null) = (extension_reason is null)),
  check ((closed_at is null) = (outcome is null))
);
create index subject_request_open on subject_request (due_at) where closed_at is null;
create index subject_request_closed on subject_request (closed_at) where closed_at is not null;

-- Who asks, as they give themselves. Erased thirty days after the request was closed.
create table subject_requester (
  request_id uuid primary key references subject_request on delete cascade,
  name text not null check (name ~ '\S' and length(name) <= 200),
  address text check (address ~ '\S' and length(address) <= 500),
  email text check (length(email) <= 254),
  phone text check (phone ~ '\S' and length(phone) <= 40)
);

-- A call that the requester named -------------------------------------------------------------------------------------

create table request_call (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references subject_request on delete cascade,
  ordinal integer not null check (ordinal > 0),
  state text not null check (state in ('SEVERAL', 'NOT_FOUND', 'FOUND', 'MATCHED', 'NOT_PARTY', 'NOT_IDENTIFIABLE')),
  -- What the requester told of it; erased with who the requester is.
  told jsonb,
  -- The one call that fits, in FOUND and MATCHED; no other is ever written down here.
  contact_id uuid,
  contact_started_at timestamptz,
  looked_at timestamptz not null default clock_timestamp(),
  looked_by uuid not null references person,
  -- How often it was looked for.
  looks integer not null default 1 check (looks > 0),
  verified_how text check (verified_how in ('RECORDING', 'DETAILS', 'PERSONNEL')),
  verified_at timestamptz,
  verified_by uuid references person,
  unique (request_id, ordinal),
  check ((contact_id is not null) = (state in ('FOUND', 'MATCHED')) and (contact_id is null) = (contact_started_at is null)),
  check (state <> 'MATCHED' or verified_how is not null)
);
create index request_call_contact on request_call (contact_id) where contact_id is not null;
-- One request names a call once.
create unique index request_call_once on request_call (request_id, contact_id) where contact_id is not null;

-- A listening that a request asks for is of that request; those opened before had none.
alter table inspection add column request_id uuid references subject_request;
create index inspection_request on inspection (request_id);

alter table subject_request enable row level security;
alter table subject_requester enable row level security;
alter table request_call enable row level security;
-- The Service Unit handles its requests together. Each is changed by the functions below and in no other way.
create policy desk_serves on subject_request for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy desk_serves on subject_requester for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy desk_serves on request_call for select to seloste_desk using ((select viewer_is('SERVICE_UNIT')));
create policy custodian_reads on subject_request for select to seloste_custodian using (true);
create policy custodian_reads on request_call for select to seloste_custodian using (true);
grant select on subject_request, subject_requester, request_call to seloste_desk;
grant select on subject_request, request_call to seloste_custodian;

-- What the functions of the desk begin with ---------------------------------------------------------------------------

-- An open request, locked, for whoever holds the Service Unit's right now.
create function serving(wanted uuid) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request;
begin
  perform demand_right('SERVICE_UNIT', 'INSPECTION', 'any');
  select * into q from subject_request where id = wanted for update;
  if q.id is null then
    raise exception 'not-found' using errcode = 'SE001';
  end if;
  if q.closed_at is not null then
    raise exception 'request.closed' using errcode = 'SE001';
  end if;
  return q;
end $$;

-- As `serving`, once the requester has been identified: before that no call is looked for and nothing is told of any (R46).
create function serving_identified(wanted uuid) returns subject_request
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  q subject_request := serving(wanted);
begin
  if q.identified_at is null then
    raise exception 'request.not-identified' using errcode = 'SE001';
  end if;
  return q;
end $$;

-- What was done for a request, in the log: by id, under its number.
create function note_request(action text, q subject_request, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select note_end(action, demand_right('SERVICE_UNIT', 'INSPECTION', 'any'), 'INSPECTION', q.number, 'request', q.id, detail)
$$;
