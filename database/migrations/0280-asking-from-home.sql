-- Requests sent from the public page (docs/decisions/0121). Each waits here, outside the numbered requests, until a clerk accepts or
-- discards it.
create table home_request (
  id uuid primary key default gen_random_uuid(),
  received_at timestamptz not null default clock_timestamp(),
  party text not null check (party in ('CALLER', 'OFFICIAL')),
  kinds text[] not null check ((cardinality(kinds) > 0) and (kinds <@ array['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT', 'ERASURE', 'OBJECTION', 'RESTRICTION', 'COPY', 'RECTIFY', 'LOG_EXTRACT'])),
  language text not null check (language in ('fi', 'sv', 'en')),
  name text not null check ((name ~ '\S') and (length(name) <= 200)),
  address text check ((address ~ '\S') and (length(address) <= 500)),
  email text check (length(email) <= 254),
  phone text check ((phone ~ '\S') and (length(phone) <= 40)),
  -- Which calls, in the requester's words.
  told text not null check ((told ~ '\S') and (length(told) <= 2000)),
  -- OFFICIAL: the user id as given, which nobody has checked.
  user_id text check ((user_id ~ '\S') and (length(user_id) <= 64)),
  -- When the requester identified strongly. `fetch_digest`: of the code that they got and of who they are; it finds the answer.
  identified_at timestamptz,
  fetch_digest bytea unique check (length(fetch_digest) = 32),
  constraint home_request_identified check ((identified_at is null) = (fetch_digest is null)),
  constraint home_request_official check ((party = 'OFFICIAL') = (user_id is not null))
);
create index home_request_order on home_request (received_at);

-- Of a request that was sent from home: the calls in the requester's words, and what finds its answer. Deleted with the requester's data.
create table home_answer (
  request_id uuid primary key references subject_request (id) on delete cascade,
  told text not null check (length(told) <= 2000),
  fetch_digest bytea unique check (length(fetch_digest) = 32)
);

alter table subject_request drop constraint subject_request_channel_check;
alter table subject_request add constraint subject_request_channel_check check (channel in ('PHONE', 'LETTER', 'VISIT', 'EMAIL', 'HOME'));
-- Nobody of the staff identified who identified strongly from home.
alter table subject_request drop constraint subject_request_check2;
alter table subject_request add constraint subject_request_check2 check (((identified_at is null) = (identified_how is null))
  and ((identified_at is not null) or (identified_by is null))
  and ((identified_at is null) or (identified_by is not null) or (channel = 'HOME' and identified_how = 'STRONG_EID')));
alter table letter drop constraint letter_delivered_how_check;
alter table letter add constraint letter_delivered_how_check check (delivered_how in ('POST', 'EMAIL', 'HANDED_OVER', 'READ_ALOUD', 'HOME'));
alter table prohibition drop constraint prohibition_channel_check;
alter table prohibition add constraint prohibition_channel_check check (channel in ('CALL', 'PHONE', 'LETTER', 'VISIT', 'EMAIL', 'OWN_CALLS', 'HOME'));

insert into audit_appender (role, action, person, refusals_only) values
  ('seloste_desk', 'home-request.accepted', true, true),
  ('seloste_desk', 'home-request.discarded', true, true),
  ('seloste_custodian', 'home-request.identified', false, false);
