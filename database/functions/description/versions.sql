-- Refuses a version whose instant has passed (draft.not-future): an approval that commits late would otherwise be in force before anybody
-- could know of it. The first version may have any day, as there is nothing before it.
create or replace function require_future_version() returns trigger language plpgsql as $$
begin
  if new.draft_id is not null and new.effective_from <= clock_timestamp() then
    raise exception 'draft.not-future' using errcode = 'SE001';
  end if;
  return null;
end $$;

create or replace function version_effect_guard() returns trigger language plpgsql as $$
begin
  if not exists (select from description_version v where v.version = new.version and v.effective_from <= clock_timestamp()) then
    raise exception 'version % is not in force yet', new.version;
  end if;
  return new;
end $$;

-- A changed term can only shorten that of a held recording (R25); nobody extends a promised term. `destroy_at` becomes later only if capture
-- reports a later end of the call.
create or replace function term_guard() returns trigger language plpgsql as $$
begin
  if new.recording_months > old.recording_months then
    raise exception 'recording % is kept % months and no longer', old.id, old.recording_months;
  end if;
  if current_user = 'seloste_custodian' and new.destroy_at > old.destroy_at then
    raise exception 'recording % is destroyed at % and no later', old.id, old.destroy_at;
  end if;
  return new;
end $$;

-- A submitted draft is decided unchanged: only withdrawing the submission makes it editable again. A decided one never changes. The database
-- writes revision and times, so that every change shows.
create or replace function draft_guard() returns trigger language plpgsql as $$
declare
  rewritten boolean := (new.text, new.effective_from, new.reason) is distinct from (old.text, old.effective_from, old.reason);
begin
  if old.state not in ('DRAFT', 'SUBMITTED') then
    raise exception 'draft % is decided or withdrawn', old.id;
  end if;
  if rewritten and (old.state, new.state) not in (('DRAFT', 'DRAFT'), ('DRAFT', 'SUBMITTED')) then
    raise exception 'draft % is submitted: take it back to change it', old.id;
  end if;
  if (new.id, new.author, new.based_on, new.created_at) is distinct from (old.id, old.author, old.based_on, old.created_at) then
    raise exception 'draft % keeps its author and its beginning', old.id;
  end if;
  new.revision := old.revision;
  new.changed_at := old.changed_at;
  new.submitted_at := old.submitted_at;
  if rewritten or new.state in ('DRAFT', 'SUBMITTED') then
    new.revision := old.revision + 1;
    new.changed_at := clock_timestamp();
  end if;
  if new.state = 'SUBMITTED' then
    new.submitted_at := clock_timestamp();
  elsif new.state = 'DRAFT' then
    new.submitted_at := null;
  end if;
  return new;
end $$;

-- PL/pgSQL, because reading a page calls it many times: a connection plans it once, while SQL functions are planned at each call.
create or replace function version_at(instant timestamptz) returns integer
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return (select version from description_version where effective_from <= instant order by effective_from desc limit 1);
end $$;
grant execute on function version_at to seloste_capture, seloste_custodian, seloste_desk;

-- Returns true if the viewer has a right in force to the role and the description has the role. False in listening mode.
create or replace function viewer_is(wanted text, wanted_duty text default null) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select confined_to() is null and exists (
    select from access_right r
    join described_role d on d.version = version_at(now()) and d.role = r.role and d.duty is not distinct from r.duty
    where r.person_id = viewer() and r.role = wanted and (wanted_duty is null or r.duty = wanted_duty)
      and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > register_now())
  )
$$;
grant execute on function viewer_is to seloste_desk;

-- Enters the first version, with which an installation begins. Returns false if there is a version already.
create or replace function install_description(text text, effective_from timestamptz, roles jsonb) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  lock table description_version in exclusive mode;
  if exists (select from description_version) then
    return false;
  end if;
  insert into description_version (version, text, hash, effective_from)
  values (1, install_description.text, sha256(convert_to(install_description.text, 'UTF8')), install_description.effective_from);
  insert into described_role (version, role, duty, purposes, scope)
  select 1, r.role, r.duty, r.purposes, r.scope
  from jsonb_to_recordset(roles) as r(role text, duty text, purposes text[], scope text);
  return true;
end $$;

-- Returns a draft's text as approved: its own, to the letter, with approver and day in the line that the submission left open. Null if the
-- head of the text does not match the draft.
create or replace function approved_text(d description_draft, number integer, approver uuid) returns text
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  open_line text;
  parts text[];
  from_text text := (regexp_match(d.text, '^effectiveFrom: (\d{4}-\d{2}-\d{2}(?:T[\d:]+[+Z][\d:]*)?)(\s+#[^\n]*)?\s*$', 'n'))[1];
begin
  select format('decision: { author: %s, approver: ', to_json(user_id)) into open_line from person where id = d.author;
  parts := string_to_array(d.text, open_line || '"(awaits decision)", decidedOn: ');
  if cardinality(parts) <> 2 or parts[1] !~ '(^|\n)$' or parts[2] !~ '^\d{4}-\d{2}-\d{2} }\s*(\n|$)'
     or d.text !~ ('(?n)^version: ' || number || '(\s+#[^\n]*)?\s*$')
     or (case when from_text ~ '^\d{4}-\d{2}-\d{2}$' then from_text::timestamp at time zone 'Europe/Helsinki'
           else from_text::timestamptz end) is distinct from d.effective_from then
    return null;
  end if;
  return (select parts[1] || open_line || to_json(user_id) || ', decidedOn: '
      || to_char(clock_timestamp() at time zone 'Europe/Helsinki', 'YYYY-MM-DD') || substr(parts[2], 11)
    from person where id = approver);
end $$;

create or replace function reject_draft(draft uuid, revision integer, note text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d description_draft;
begin
  perform refuse_if(not viewer_is('DECISION_MAKER'), 'deny.role');
  select * into d from description_draft where id = draft for update;
  perform refuse_if(d.id is null or d.state <> 'SUBMITTED' or d.revision is distinct from reject_draft.revision, 'draft.changed-meanwhile');
  perform refuse_if(viewer() = d.author, 'draft.own');
  update description_draft set state = 'REJECTED', decided_by = viewer(), decided_at = clock_timestamp(), decision_note = note where id = draft;
end $$;
grant execute on function reject_draft to seloste_desk;

-- Returns a draft for a dry run on what is held: text, instant, the newest version's text. For those who may draft or decide; no row for
-- others.
create or replace function draft_for_dry_run(draft uuid) returns table (text text, effective_from timestamptz, newest_text text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.text, d.effective_from, (select v.text from description_version v order by v.version desc limit 1)
  from description_draft d
  where d.id = draft and d.state in ('DRAFT', 'SUBMITTED')
    and (viewer_is('ADMINISTRATOR') or viewer_is('EXPERT', 'QUALITY') or viewer_is('DECISION_MAKER'))
$$;
grant execute on function draft_for_dry_run to seloste_custodian;

-- Approves a submitted draft. The viewer decides for the controller, did not draft it, and has read this revision. It builds on the newest
-- version and has a future instant. The text comes from the draft itself, so approver and author can no longer change it, and so do the
-- effects that were shown since its submission. No version takes effect over an undecided disclosure. Returns the new version. Refuses
-- deny.role or a code of draft.*.
create or replace function approve_draft(draft uuid, revision integer, changes jsonb, roles jsonb, note text) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d description_draft;
  reach jsonb;
  newest description_version;
  number integer;
  settled text;
begin
  lock table description_version in exclusive mode;
  perform refuse_if(not viewer_is('DECISION_MAKER'), 'deny.role');
  select * into d from description_draft where id = draft for update;
  perform refuse_if(d.id is null or d.state <> 'SUBMITTED' or d.revision is distinct from approve_draft.revision,
    'draft.changed-meanwhile');
  perform refuse_if(viewer() = d.author, 'draft.own');
  select * into newest from description_version order by version desc limit 1;
  perform refuse_if(d.based_on <> newest.version, 'draft.outdated');
  -- At most a year ahead: no version could take effect before it, so that a typing error would bind for years.
  perform refuse_if(d.effective_from <= clock_timestamp() or d.effective_from <= newest.effective_from
     or d.effective_from > clock_timestamp() + interval '1 year', 'draft.not-future');
  number := newest.version + 1;
  settled := approved_text(d, number, viewer());
  -- A description that lets nobody draft or decide could never be changed again.
  perform refuse_if(settled is null or not exists (select from jsonb_array_elements(roles) r where r ->> 'role' = 'DECISION_MAKER')
     or not exists (select from jsonb_array_elements(roles) r
       where r ->> 'role' = 'ADMINISTRATOR' or (r ->> 'role' = 'EXPERT' and r ->> 'duty' = 'QUALITY')), 'draft.problems');
  select k.reach into reach from description_reach k where k.draft_id = d.id and k.revision = d.revision;
  -- A revision without effects was not submitted by the procedure.
  perform refuse_if(reach is null, 'draft.changed-meanwhile');
  perform refuse_if(jsonb_typeof(reach -> 'terms') is distinct from 'array', 'draft.problems');
  if exists (select from reached_rights(reach, d.effective_from)) or exists (select from reached_disclosures(reach, d.effective_from)) then
    perform refuse_if(d.effective_from < clock_timestamp() + pending_right_notice_period(), 'draft.notice');
    perform refuse_if(exists (select from reached_requests(d.id, reach, d.effective_from) r where not r.is_decided),
      'draft.pending-rights');
    perform refuse_if(exists (select from reached_disclosures(reach, d.effective_from)), 'draft.pending-disclosures');
  end if;
  insert into description_version (version, text, hash, effective_from, draft_id, author, approver, changes)
  values (number, settled, sha256(convert_to(settled, 'UTF8')), d.effective_from, d.id, d.author, viewer(), approve_draft.changes);
  insert into described_role (version, role, duty, purposes, scope)
  select number, r.role, r.duty, r.purposes, r.scope
  from jsonb_to_recordset(roles) as r(role text, duty text, purposes text[], scope text);
  update description_draft set state = 'APPROVED', decided_by = viewer(), decided_at = clock_timestamp(), decision_note = note where id = draft;
  perform pg_notify('seloste_description', number::text);
  return number;
end $$;
grant execute on function approve_draft to seloste_desk;
