create or replace function record_ledger_pending() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- One line of a copy (docs/formats/ledger.md).
  if octet_length(new.detail::text) + octet_length(new.targets::text) > 50000 then
    raise exception 'an entry of the destruction ledger is too large' using errcode = 'check_violation';
  end if;
  insert into ledger_pending values (new.seq);
  return null;
end $$;

-- Appends to the ledger from the database, for the owner's functions and the triggers below. Object, person and detail are stored beside
-- the entry, which proves them, until no backup needs them.
create or replace function append_to_ledger(kind text, object uuid, cause text, detail jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  content text;
  salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  entry bigint;
begin
  -- A restore needs these members to put an order in force again (destruction/recordings.sql). The order's text is content and is left out.
  if kind = 'hold' then
    select append_to_ledger.detail || jsonb_strip_nulls(jsonb_build_object('contact', o.contact_id,
      'startedAt', ledger_instant(o.contact_started_at), 'covers', o.covers, 'from', ledger_instant(o.from_at), 'enteredBy', o.entered_by))
    into detail from preservation_order o where o.id = object;
  end if;
  content := jsonb_build_object('id', object, 'doneBy', coalesce(viewer()::text, 'database'), 'detail', coalesce(append_to_ledger.detail, '{}'));
  insert into destruction_entry (object_kind, object_name, cause, done_by, targets)
  values (kind, encode(sha256(salt || convert_to(content, 'UTF8')), 'hex'), append_to_ledger.cause, 'database', '{}') returning seq into entry;
  insert into ledger_content (seq, salt, content) values (entry, salt, content);
end $$;

-- Returns true if the content stored beside an entry is what was entered with it.
create or replace function content_is_proved(e destruction_entry, c ledger_content) returns boolean
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(e.object_id is null and e.object_name = encode(sha256(c.salt || convert_to(c.content, 'UTF8')), 'hex'), false)
$$;
grant execute on function content_is_proved to seloste_custodian;

-- Ledger entries with the content stored beside them, if the entry's hash proves that content.
create or replace view opened_entry as
select e.seq, e.at, e.object_kind, coalesce(e.object_id, (c.content::jsonb ->> 'id')::uuid) as object_id,
  case when c.seq is null then e.object_name end as object_name, e.cause, coalesce(c.content::jsonb ->> 'doneBy', e.done_by) as done_by,
  coalesce(c.content::jsonb -> 'detail', e.detail) as detail, e.targets
from destruction_entry e left join ledger_content c on c.seq = e.seq and content_is_proved(e, c);

-- Returns the instant before which no restore needs ledger content: backups are kept for at most 30 days, and some days more if one was
-- deleted late.
create or replace function ledger_content_cutoff() returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select destruction_now() - interval '35 days'
$$;
grant execute on function ledger_content_cutoff to seloste_custodian;

-- Deletes ledger content from before the cutoff. Content entered after content that is kept stays too: a clock that was set back made it
-- look older.
create or replace function prune_ledger_content() returns bigint
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with kept as (
    select min(c.seq) as first from ledger_content c join destruction_entry e on e.seq = c.seq
    where e.at between (select ledger_content_cutoff()) and (select destruction_now())
  ), gone as (
    delete from ledger_content c using destruction_entry e, kept k
    where e.seq = c.seq and e.at < (select ledger_content_cutoff()) and (k.first is null or c.seq < k.first) returning 1
  )
  select count(*) from gone
$$;
grant execute on function prune_ledger_content to seloste_custodian;

create or replace function ledger_content_guard() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from destruction_entry e where e.seq = old.seq and e.at < ledger_content_cutoff()) then
    raise exception 'the content of a ledger entry is kept for 35 days';
  end if;
  return old;
end $$;

-- Appends a prohibition to the ledger, with what a restore needs while the recording is not destroyed yet.
create or replace function append_prohibition(p prohibition) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('prohibition', p.id, 'entered', jsonb_build_object('recording', p.recording_id, 'party', p.party,
    'channel', p.channel, 'receivedAt', ledger_instant(p.received_at), 'enteredBy', p.entered_by))
$$;

create or replace function ledger_prohibition() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_prohibition(new);
  return null;
end $$;

-- Returns what a restore needs to reopen a request with a matched call. The requester appears only by an official's id.
create or replace function ledger_call(q subject_request, contact uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_strip_nulls(jsonb_build_object('contact', contact, 'number', q.number, 'party', q.party, 'requester', q.official_id,
    'kinds', q.kinds, 'channel', q.channel, 'language', q.language, 'receivedAt', ledger_instant(q.received_at),
    'dueAt', ledger_instant(q.due_at), 'enteredBy', q.entered_by))
$$;

-- Appends the begin or end of a request's restriction of a call's recordings, with what a restore needs to restrict them again.
create or replace function ledger_restriction(q subject_request, contact uuid, cause text) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('restriction', q.id, cause, case when cause = 'ended' then jsonb_build_object('contact', contact)
    when q.kinds && array['OBJECTION', 'RESTRICTION'] then ledger_call(q, contact)
    else ledger_call(q, contact) || jsonb_build_object('kinds', q.kinds || array['RESTRICTION']) end)
$$;

-- Appends an inspection of a recording, with what a restore needs to make a prohibition wait for it again.
create or replace function append_inspection(r inspection_recording) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('case', i.id, 'entered', ledger_call(q, i.contact_id)
    || jsonb_build_object('recording', r.recording_id, 'request', q.id, 'openedBy', i.opened_by)
    || case when i.kind = 'LISTEN' then '{}' else jsonb_build_object('kind', i.kind) end)
  from inspection i join subject_request q on q.id = i.request_id where i.id = r.inspection_id
$$;

-- Appends an authority's request for a recording, with what a restore needs to make a prohibition wait for it, without the authority's own
-- text.
create or replace function append_authority_request(r authority_request) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('case', r.id, 'entered', jsonb_strip_nulls(jsonb_build_object('recording', r.recording_id,
    'receivedAt', ledger_instant(r.received_at), 'disclosure', d.id, 'number', d.number, 'origin', d.origin, 'aim', d.aim,
    'provision', d.provision_id, 'enteredBy', d.entered_by, 'item', i.item, 'what', i.what)))
  from (select) one left join authority_disclosure d on d.id = r.disclosure_id
    left join authority_item i on i.disclosure_id = d.id and i.recording_id = r.recording_id and i.dropped_at is null
$$;

-- Appends the begin and end of a person's or an authority's case about a recording, and each change of an authority request's instant.
create or replace function ledger_case() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_table_name = 'inspection_recording' then
    perform append_inspection(new);
  elsif tg_table_name = 'inspection' then
    if old.closed_at is null and new.closed_at is not null then
      perform append_to_ledger('case', new.id, 'closed',
        jsonb_build_object('closedAt', ledger_instant(new.closed_at), 'outcome', new.outcome));
    end if;
  elsif new.closed_at is not null then
    if old.closed_at is null then
      perform append_to_ledger('case', new.id, 'closed', jsonb_build_object('closedAt', ledger_instant(new.closed_at)));
    end if;
  elsif old.received_at is distinct from new.received_at then
    perform append_authority_request(new);
  end if;
  return null;
end $$;

-- Appends an approved correction of a part's official, with what a restore needs to apply it again.
create or replace function append_correction(c correction) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('correction', c.id, 'decided', ledger_call(q, c.contact_id) || jsonb_strip_nulls(jsonb_build_object(
    'segment', c.segment_id, 'startedAt', ledger_instant(c.contact_started_at), 'official', c.becomes_person_id,
    'unit', c.becomes_unit_id, 'request', c.request_id, 'proposedBy', c.proposed_by, 'decidedBy', c.decided_by)))
  from subject_request q where q.id = c.request_id
$$;

-- Appends the calls of an answered request to forbid, with what a restore needs to forbid recordings that reach the register later.
create or replace function append_forbidden_calls(request uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('open-request', q.id, 'forbids',
    ledger_call(q, c.contact_id) || jsonb_build_object('startedAt', ledger_instant(c.contact_started_at)))
  from subject_request q join request_call c on c.request_id = q.id
  where q.id = append_forbidden_calls.request and q.outcome = 'ANSWERED' and requests_prohibition(q) and call_state(c) = 'MATCHED'
    and c.contact_id is not null
$$;

-- Appends what a restore needs to name a request (also an authority's) that its backup lacks, to close one that was closed since, and to
-- end an identification that ended since.
create or replace function ledger_request() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform append_to_ledger('open-request', new.id, 'entered', jsonb_build_object('number', new.number));
  elsif old.closed_at is null and new.closed_at is not null then
    if tg_table_name = 'subject_request' then
      perform append_forbidden_calls(new.id);
    end if;
    perform append_to_ledger('open-request', new.id, 'closed',
      jsonb_strip_nulls(jsonb_build_object('closedAt', ledger_instant(new.closed_at), 'outcome', new.outcome)));
  elsif tg_table_name = 'subject_request' then
    perform append_to_ledger('open-request', new.id, 'unidentified', jsonb_build_object('number', new.number))
    where to_jsonb(old) ->> 'identified_at' is not null and to_jsonb(new) ->> 'identified_at' is null;
  end if;
  return null;
end $$;

-- Appends that an identified requester's request from home waits or no longer does, so that a restore names those that it loses. Not for
-- others: strangers could fill the ledger.
create or replace function ledger_home_request() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform append_to_ledger('open-request', new.id, 'entered', jsonb_build_object('number',
      to_char(new.received_at at time zone 'UTC', '"from home "YYYY-MM-DD"T"HH24:MI"Z"')));
  else
    perform append_to_ledger('open-request', old.id, 'closed', jsonb_build_object('closedAt', ledger_instant(clock_timestamp())));
  end if;
  return null;
end $$;

-- Appends an appointment: visitors come whatever has happened to the register, so a restore reports when and where. The visitors' needs
-- are left out.
create or replace function append_appointment(a appointment) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select append_to_ledger('appointment', a.id, 'entered', jsonb_build_object('number', q.number, 'startsAt', ledger_instant(s.starts_at),
    'office', coalesce(o.names ->> 'fi', o.id::text)))
  from office_slot s join office o on o.id = s.office_id join subject_request q on q.id = a.request_id where s.id = a.slot_id
$$;

create or replace function ledger_appointment() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform append_appointment(new);
  elsif old.state = 'BOOKED' and new.state <> 'BOOKED' then
    perform append_to_ledger('appointment', new.id, 'ended', jsonb_build_object('outcome', new.state, 'closedAt', ledger_instant(new.ended_at)));
  end if;
  return null;
end $$;

-- Appends an approved version. A restore reports it missing until one at least as new is approved.
create or replace function append_version(v description_version) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into destruction_entry (object_kind, object_id, cause, done_by, detail, targets)
  values ('description', coalesce(v.draft_id, gen_random_uuid()), 'approved', 'database', jsonb_build_object('version', v.version,
    'hash', encode(v.hash, 'hex'), 'effectiveFrom', ledger_instant(v.effective_from)), '{}')
$$;

create or replace function ledger_description() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_version(new);
  return null;
end $$;

create or replace function ledger_right() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.revoked_at is null and new.revoked_at is not null then
    perform append_to_ledger('right', new.id, 'revoked', jsonb_build_object('how', new.revoke_cause));
  elsif new.valid_to < coalesce(old.valid_to, 'infinity') then
    perform append_to_ledger('right', new.id, 'shortened', jsonb_build_object('until', ledger_instant(new.valid_to)));
  end if;
  return null;
end $$;

create or replace function ledger_instant(at timestamptz) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- Appends the end of a row. Trigger arguments: kind, cause and, for a credential, which one. A row without an id is identified by its
-- person.
create or replace function ledger_end() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger(tg_argv[0], coalesce(to_jsonb(old) ->> 'id', to_jsonb(old) ->> 'person_id')::uuid, tg_argv[1],
    case when tg_nargs = 3 then jsonb_build_object('credential', tg_argv[2], 'person', to_jsonb(old) -> 'person_id') end);
  return null;
end $$;

-- Appends a withdrawn or corrected consent: after a restore, no calls may be recorded under it.
create or replace function ledger_consent() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('consent', old.person_id, 'withdrawn',
    jsonb_build_object('until', ledger_instant(case tg_op when 'DELETE' then old.valid_from else new.valid_to end)));
  return null;
end $$;

-- Appends, once after an upgrade, cases of kinds that the ledger did not have before: open ones, and those that ended since the oldest
-- backup. The next restore then knows them. Appending a case twice does no harm.
create or replace function backfill_ledger() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  since timestamptz := now() - interval '35 days';
begin
  insert into ledger_caught_up default values on conflict do nothing;
  if not found then
    return;
  end if;
  perform append_to_ledger('open-request', o.id, 'entered', jsonb_build_object('number', o.number)) from (
    select id, number from subject_request where closed_at is null
    union all select id, number from authority_disclosure where closed_at is null) o order by o.number;
  perform append_correction(c) from correction c where c.outcome = 'APPROVED' and c.decided_at > since order by c.decided_at;
  perform ledger_restriction(q, c.contact_id, 'entered') from subject_request q join request_call c on c.request_id = q.id
    where c.state = 'MATCHED' and c.contact_id is not null and restricts(q);
  perform append_inspection(r) from inspection_recording r join inspection i on i.id = r.inspection_id where i.closed_at is null;
  perform append_authority_request(r) from authority_request r where r.closed_at is null;
  perform append_prohibition(p) from prohibition p where p.executed_at is null;
  perform append_appointment(a) from appointment a where a.state = 'BOOKED';
  perform append_to_ledger('consent', c.person_id, 'withdrawn', jsonb_build_object('until', ledger_instant(c.valid_to))) from (
    select distinct on (person_id) * from person_recording_consent order by person_id, valid_from desc) c where c.valid_to > since;
  perform append_to_ledger('workstation', w.id, 'ended', '{}') from workstation w where w.ended_at > since;
  perform append_to_ledger('disclosure', d.id, 'withdrawn', '{}') from research_disclosure d where d.withdrawn_at > since;
  perform append_version(v) from description_version v where v.version > 1 and v.approved_at > since order by v.version desc limit 1;
end $$;
grant execute on function backfill_ledger to seloste_custodian;

-- Logs what a restore replayed from the ledger's entries after its backup, whose own log entries are lost: without these the log could not
-- distinguish the rows from forged ones. The entries name no person. Idempotent. `since`: the ledger's size in the backup.
create or replace function log_replayed(since bigint) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (action, object_kind, object_id, result, detail)
  select a.action, a.kind, a.object, 'ok', jsonb_strip_nulls(a.detail) || '{"restored": true}'
  from opened_entry e join ledger_leaf l on l.seq = e.seq
  cross join lateral (
    select 'hold.' || e.cause, 'hold', e.object_id, jsonb_build_object('contact', e.detail -> 'contact', 'covers', e.detail -> 'covers')
      || case when e.cause = 'ended' then '{}' else jsonb_build_object('until', e.detail -> 'until') end
    where e.object_kind = 'hold' and e.cause in ('entered', 'renewed', 'ended')
      and exists (select from preservation_order o where o.id = e.object_id)
    union all
    select 'recording.forbidden', 'prohibition', e.object_id, jsonb_build_object('recording', p.recording_id, 'party', p.party, 'channel', p.channel)
    from prohibition p where e.object_kind = 'prohibition' and e.cause = 'entered' and p.id = e.object_id
    union all
    select 'recording.prohibition-withdrawn', 'prohibition', e.object_id, '{}' where e.object_kind = 'prohibition' and e.cause = 'withdrawn'
    union all
    select 'inspection.opened', 'inspection', i.id,
      jsonb_build_object('contact', i.contact_id, 'party', i.party, 'kind', i.kind, 'recordings', jsonb_build_array(e.detail -> 'recording'))
    from inspection i where e.object_kind = 'case' and e.cause = 'entered' and i.id = e.object_id
    union all
    select 'inspection.closed', 'inspection', i.id, jsonb_build_object('outcome', i.outcome)
    from inspection i where e.object_kind = 'case' and e.cause = 'closed' and i.id = e.object_id and i.closed_at is not null
    union all
    select 'request.entered', 'request', q.id, jsonb_build_object('party', q.party, 'official', q.official_id)
    from subject_request q
    where (e.object_kind in ('restriction', 'case') and e.cause = 'entered' or e.object_kind = 'open-request' and e.cause = 'forbids')
      and q.id::text in (e.object_id::text, e.detail ->> 'request')
    union all
    select 'call.looked-for', 'request', k.request_id, jsonb_build_object('result', 'one', 'contact', k.contact_id)
    from request_call k
    where (e.object_kind in ('restriction', 'case') and e.cause = 'entered' or e.object_kind = 'open-request' and e.cause = 'forbids')
      and k.request_id::text in (e.object_id::text, e.detail ->> 'request')
      and k.contact_id::text = e.detail ->> 'contact'
    union all
    select 'authority.item-added', 'disclosure', i.disclosure_id,
      jsonb_build_object('item', i.item, 'contact', i.contact_id, 'recording', i.recording_id, 'what', i.what)
    from authority_request a join authority_item i on i.disclosure_id = a.disclosure_id and i.recording_id = a.recording_id
    where e.object_kind = 'case' and e.cause = 'entered' and a.id = e.object_id and i.dropped_at is null
    union all
    select 'correction.decided', 'correction', c.id, jsonb_build_object('outcome', c.outcome, 'segment', c.segment_id, 'was', c.was_person_id,
      'wasUnit', c.was_unit_id, 'becomes', c.becomes_person_id, 'becomesUnit', c.becomes_unit_id)
    from correction c where e.object_kind = 'correction' and c.id = e.object_id and c.outcome is not null
    union all
    select 'research.item-confirmed', 'disclosure', d.id, jsonb_build_object('item', e.detail -> 'item', 'outcome', e.detail -> 'outcome')
    from research_disclosure d where e.object_kind = 'disclosure' and e.cause = 'confirmed' and d.id = e.object_id
    union all
    select case e.cause when 'released' then 'research.decided' when 'extended' then 'research.extension' else 'research.study-ended' end,
      'disclosure', d.id, jsonb_build_object('outcome', case when e.cause <> 'study-ended' then 'GRANTED' end, 'dueOn', e.detail -> 'dueOn',
        'endedOn', e.detail -> 'endedOn', 'workingDays', e.detail -> 'workingDays')
    from research_disclosure d where e.object_kind = 'disclosure' and e.cause in ('released', 'extended', 'study-ended') and d.id = e.object_id
    union all
    select 'copy.recalled', 'recall', c.id, jsonb_build_object('dueAt', e.detail -> 'dueAt')
    from research_disclosure d join disclosed_copy c on c.disclosure = d.number and c.item = (e.detail ->> 'item')::integer
    where e.object_kind = 'disclosure' and e.cause = 'recalled' and d.id = e.object_id and c.recalled_at is not null
    union all
    select 'authority.decided', 'disclosure', d.id, jsonb_build_object('outcome', d.outcome, 'provision', d.provision_id)
    from authority_disclosure d where e.object_kind = 'disclosure' and e.cause = 'released' and d.id = e.object_id and d.decided_at is not null
    union all
    -- A released copy whose rendering the backup lacks.
    select 'anonymised-copy.checked', 'anonymised-copy', k.id, jsonb_build_object('outcome', k.state)
    from research_disclosure d join disclosed_copy c on c.disclosure = d.number join anonymised_copy k on k.recording_id = c.recording_id
    where e.object_kind = 'disclosure' and e.cause = 'released' and d.id = e.object_id and k.state = 'APPROVED'
  ) a (action, kind, object, detail)
  where l.index >= since and not exists (select from audit_entry o
    where o.object_id = a.object and o.action = a.action and o.result = 'ok' and o.detail @> jsonb_strip_nulls(a.detail))
  order by l.index
$$;

-- A used recovery code has no id: an entry ends all codes that the person had then.
create or replace function ledger_recovery_codes() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform append_to_ledger('credential', person_id, case tg_op when 'DELETE' then 'removed' else 'used' end,
    jsonb_build_object('credential', 'recovery-codes', 'person', person_id))
  from (select distinct person_id from gone) as people;
  return null;
end $$;

create or replace function ledger_person() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    perform append_to_ledger('employment', old.id, 'removed', '{}');
    return null;
  end if;
  if new.employed_to is distinct from old.employed_to then
    perform append_to_ledger('employment', new.id, case when new.employed_to is null then 'resumed' else 'ended' end,
      jsonb_build_object('until', ledger_instant(new.employed_to)));
  end if;
  if old.password_check is not null and new.password_check is distinct from old.password_check then
    perform append_to_ledger('credential', new.id, case when new.password_check is null then 'removed' else 'changed' end,
      jsonb_strip_nulls(jsonb_build_object('credential', 'password', 'person', new.id,
        'setAt', case when new.password_check is not null then ledger_instant(new.password_set_at) end)));
  end if;
  return null;
end $$;

-- Returns true for those who may know of preservation orders, which are secret: those who may enter one. To others a held recording appears
-- as ended by its term.
create or replace function may_know_of_holds() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer_is('SECURITY') or viewer_is('DECISION_MAKER')
$$;

-- Returns ledger entries, newest first, for those responsible for it, and logs the read. Entries about disclosures and orders are for those
-- who may know of orders.
create or replace function read_ledger(before bigint, max_rows integer)
returns table (number bigint, at timestamptz, kind text, object text, cause text, done_by text, targets jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text;
begin
  select r into as_role from unnest(array['SECURITY', 'DECISION_MAKER', 'DATA_PROTECTION_OFFICER', 'ADMINISTRATOR', 'MAINTENANCE']) r
    where viewer_is(r) limit 1;
  perform refuse_if(as_role is null, 'deny.role');
  -- A gap in the numbers would reveal an order, so others see an entry about an order as `other`, like one about a revocation. A month key
  -- that an order kept is destroyed late, so the month of a key is not shown to them.
  return query
    select l.index + 1, e.at,
      case when s.is_shown then e.object_kind else 'other' end,
      case when s.is_shown and (k.knows or e.object_kind <> 'month-key') then coalesce(e.object_id::text, e.object_name) else '' end,
      case when not s.is_shown then 'other' when e.cause = 'hold-end' and not k.knows then 'retention' else e.cause end,
      case when s.is_shown then e.done_by else '' end,
      case when s.is_shown then e.targets else '{}' end
    from (select may_know_of_holds() as knows) k
    cross join ledger_leaf l join opened_entry e on e.seq = l.seq
    cross join lateral (
      select k.knows or e.object_kind in ('recording', 'history-month', 'month-key', 'intake-key', 'place-reached', 'request', 'description') as is_shown
    ) s
    where l.index + 1 < coalesce(before, 9223372036854775807)
    order by l.index desc limit least(greatest(max_rows, 0), 1000);
  insert into audit_entry (person_id, role, action, object_kind, result, detail)
  values (viewer(), as_role, 'retention.read', 'ledger', 'ok', jsonb_strip_nulls(jsonb_build_object('before', before)));
end $$;
grant execute on function read_ledger to seloste_desk;

-- Returns the ledger entry of a recording that the viewer sees under this purpose (history/contacts.sql, desk_reads), with its hash. No row
-- while the entry has no number. Entries about ends by term are only for those who may know of orders.
create or replace function ledger_entry_of(recording uuid)
returns table (number bigint, at timestamptz, cause text, done_by text, targets jsonb, hash bytea)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.index + 1, e.at, e.cause, e.done_by, e.targets, l.hash
  from destruction_entry e join ledger_leaf l on l.seq = e.seq
  where e.object_kind = 'recording' and e.object_id = recording
    and (e.cause in ('caller', 'official', 'trimming') or may_know_of_holds())
    and exists (
      select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      where r.id = e.object_id and (
        sees_all() or s.official_person_id = sees_own() or s.official_unit_id = any (sees_units()) or s.number_reached = any (sees_numbers())
        or s.id = any (sees_segments())
      )
    )
$$;
grant execute on function ledger_entry_of to seloste_desk;

-- Returns false for log entries about preservation orders, which are secret. The log's hashes do not reveal their subject.
create or replace function log_entry_is_shown(action text, object_kind text) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select action not like 'hold%' and object_kind is distinct from 'hold'
$$;

create or replace function log_detail_shown(action text, detail jsonb) returns jsonb
language sql immutable set search_path = pg_catalog as $$
  select case
    when action = 'recording.destroyed' and detail ->> 'cause' = 'hold-end' then detail || '{"cause": "retention"}'
    when action = 'key.destroyed' and detail ->> 'name' like 'month-%' then detail - 'name'
    else detail end
$$;

-- Returns false for kinds of entries of which some have a hidden text: no entry of these kinds gets a proof, because a missing proof would
-- reveal which texts are hidden.
create or replace function log_entry_is_proved(action text, detail jsonb) returns boolean
language sql immutable set search_path = pg_catalog as $$
  select not (action = 'recording.destroyed' and detail ->> 'cause' in ('retention', 'hold-end')
    or action = 'key.destroyed' and detail ->> 'name' like 'month-%')
$$;
