-- The register description as the program obeys it: every version that ever was in force or will be, the drafts that lead
-- to the next one, and the procedure between them: drafted by one person, approved by another, in force from an instant
-- that has not come yet (R1, R14).

alter table access_right drop constraint access_right_role_check;
alter table access_right add constraint access_right_role_check check (role in (
  'OFFICIAL', 'SUPERVISOR', 'EXPERT', 'MAINTENANCE', 'SECURITY', 'SERVICE_UNIT', 'DECISION_MAKER', 'ACCESS_APPROVER', 'ADMINISTRATOR'
));

-- A version is its text, exactly. Published, it never changes.
create table description_version (
  version integer primary key check (version > 0),
  text text not null,
  hash bytea not null check (hash = sha256(convert_to(text, 'UTF8'))),
  effective_from timestamptz not null unique check (isfinite(effective_from)),
  -- None for the first, which comes with the installation.
  draft_id uuid unique,
  author uuid,
  approver uuid,
  approved_at timestamptz not null default clock_timestamp(),
  -- What it changed, sentence by sentence: [{path, text: {fi, sv, en}}].
  changes jsonb not null default '[]',
  check (author is distinct from approver or author is null)
);

-- What a version lets each role do: the upper bound of every right, here for row-level security.
create table described_role (
  version integer not null references description_version,
  role text not null,
  duty text,
  purposes text[] not null,
  scope text not null,
  unique nulls not distinct (version, role, duty),
  -- The widest that any description may be (src/description/roles.ts): what is stored here bounds every right, so no
  -- process can widen a role beyond it.
  check (case role
    when 'OFFICIAL' then duty is null and scope in ('own', 'none') and purposes <@ '{DEVELOPMENT,INSPECTION}'
    when 'SUPERVISOR' then duty is null and scope in ('own', 'unit', 'none')
      and purposes <@ '{DEVELOPMENT,QUALITY,TRAINING,SERVICE_LEVEL_STUDY}'
    when 'EXPERT' then scope in ('own', 'numbers', 'none') and case duty
      when 'QUALITY' then purposes <@ '{DEVELOPMENT,QUALITY,SERVICE_LEVEL_STUDY}'
      when 'TRAINING' then purposes <@ '{TRAINING}'
      else false end
    when 'MAINTENANCE' then duty is null and scope in ('own', 'all', 'none') and purposes <@ '{MAINTENANCE}'
    when 'SECURITY' then duty is null and scope in ('own', 'all', 'none') and purposes <@ '{CRIME_OR_MISUSE}'
    when 'SERVICE_UNIT' then duty is null and scope in ('own', 'all', 'none') and purposes <@ '{INSPECTION}'
    when 'DECISION_MAKER' then duty is null and scope in ('own', 'none') and purposes = '{}'
    when 'ACCESS_APPROVER' then duty is null and scope in ('own', 'none') and purposes = '{}'
    when 'ADMINISTRATOR' then duty is null and scope in ('own', 'none') and purposes = '{}'
    else false end)
);

create trigger append_only before update or delete or truncate on description_version for each statement execute function append_only();
create trigger append_only before update or delete or truncate on described_role for each statement execute function append_only();

-- Nor is it made known after its instant: an approval held back until then would have been in force without anybody's
-- knowledge. The first is in force whatever its day, as there is nothing before it.
create function version_ahead() returns trigger language plpgsql as $$
begin
  if new.draft_id is not null and new.effective_from <= clock_timestamp() then
    raise exception 'draft.not-future' using errcode = 'SE001';
  end if;
  return null;
end $$;
create constraint trigger version_ahead after insert on description_version
  deferrable initially deferred for each row execute function version_ahead();

-- When a version was first obeyed by the custodian: once, and not before its instant.
create table version_effect (
  version integer primary key references description_version,
  at timestamptz not null default clock_timestamp()
);
create function version_effect_guard() returns trigger language plpgsql as $$
begin
  if not exists (select from description_version v where v.version = new.version and v.effective_from <= clock_timestamp()) then
    raise exception 'version % is not in force yet', new.version;
  end if;
  return new;
end $$;
create trigger version_effect_guard before insert on version_effect for each row execute function version_effect_guard();
create trigger append_only before update or delete or truncate on version_effect for each statement execute function append_only();

-- A changed term reaches what is held by making it shorter (R25); nobody makes a promised term longer. Only the end of its
-- call moves a recording's day, and that is capture's to tell.
create function term_guard() returns trigger language plpgsql as $$
begin
  if new.recording_months > old.recording_months then
    raise exception 'recording % is kept % months and no longer', old.id, old.recording_months;
  end if;
  if current_user = 'seloste_custodian' and new.destroy_at > old.destroy_at then
    raise exception 'recording % is destroyed at % and no later', old.id, old.destroy_at;
  end if;
  return new;
end $$;
create trigger term_guard before update on recording for each row execute function term_guard();
grant update (recording_months) on recording to seloste_custodian;

create table description_draft (
  id uuid primary key,
  based_on integer not null references description_version,
  -- Counts the changes: who saves over somebody else's work is told, and what is approved is what was read.
  revision integer not null default 1,
  text text not null check (length(text) < 2000000),
  reason text not null default '' check (length(reason) <= 2000),
  effective_from timestamptz check (isfinite(effective_from)),
  author uuid not null references person,
  state text not null default 'DRAFT' check (state in ('DRAFT', 'SUBMITTED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  submitted_at timestamptz,
  decided_by uuid references person,
  decided_at timestamptz,
  decision_note text check (length(decision_note) <= 2000),
  check (state not in ('APPROVED', 'REJECTED') or (decided_by is not null and decided_by <> author)),
  check (state <> 'SUBMITTED' or effective_from is not null)
);
create index description_draft_open on description_draft (changed_at) where state in ('DRAFT', 'SUBMITTED');

-- What was submitted is decided as it is: only taking it back makes it a draft again. What is decided stays. The count of
-- changes and the times are the database's to write, so that no change goes by unseen.
create function draft_guard() returns trigger language plpgsql as $$
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
create trigger draft_guard before update on description_draft for each row execute function draft_guard();

-- The version in force at an instant.
create function version_at(instant timestamptz) returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select version from description_version where effective_from <= instant order by effective_from desc limit 1
$$;

-- The viewer has a right to the role in force, and the description still knows the role.
create function viewer_is(wanted text, wanted_duty text default null) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from access_right r
    join described_role d on d.version = version_at(now()) and d.role = r.role and d.duty is not distinct from r.duty
    where r.person_id = viewer() and r.role = wanted and (wanted_duty is null or r.duty = wanted_duty)
      and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
  )
$$;

-- Enters the first version, with which an installation begins; there is only one first.
create function install_description(text text, effective_from timestamptz, roles jsonb) returns boolean
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

-- The text of a draft as it is approved: its own, to the letter, with the approver and the day in the line that the
-- submission left open for them. Nothing where the head does not say what the draft says of itself.
create function settled_text(d description_draft, number integer, approver uuid) returns text
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

-- Approves a submitted draft: the viewer decides for the controller, did not draft it, and has read this revision of it;
-- it builds on the newest version and comes into force at an instant that lies ahead. The text is the draft's own: who
-- approves can send another no more than who drafts can change it now. Returns the new version, or raises what is missing.
create function approve_draft(draft uuid, revision integer, changes jsonb, roles jsonb, note text) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d description_draft;
  newest description_version;
  number integer;
  settled text;
begin
  lock table description_version in exclusive mode;
  if not viewer_is('DECISION_MAKER') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into d from description_draft where id = draft for update;
  if d.id is null or d.state <> 'SUBMITTED' or d.revision is distinct from approve_draft.revision then
    raise exception 'draft.changed-meanwhile' using errcode = 'SE001';
  end if;
  if viewer() = d.author then
    raise exception 'draft.own' using errcode = 'SE001';
  end if;
  select * into newest from description_version order by version desc limit 1;
  if d.based_on <> newest.version then
    raise exception 'draft.outdated' using errcode = 'SE001';
  end if;
  -- Not years ahead either: no version could come into force before it, and a slip of the pen would bind for good.
  if d.effective_from <= clock_timestamp() or d.effective_from <= newest.effective_from
     or d.effective_from > clock_timestamp() + interval '1 year' then
    raise exception 'draft.not-future' using errcode = 'SE001';
  end if;
  number := newest.version + 1;
  settled := settled_text(d, number, viewer());
  -- A description that lets nobody draft or nobody decide could never be followed by another.
  if settled is null or not exists (select from jsonb_array_elements(roles) r where r ->> 'role' = 'DECISION_MAKER')
     or not exists (select from jsonb_array_elements(roles) r
       where r ->> 'role' = 'ADMINISTRATOR' or (r ->> 'role' = 'EXPERT' and r ->> 'duty' = 'QUALITY')) then
    raise exception 'draft.problems' using errcode = 'SE001';
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

create function reject_draft(draft uuid, revision integer, note text) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d description_draft;
begin
  if not viewer_is('DECISION_MAKER') then
    raise exception 'deny.role' using errcode = 'SE001';
  end if;
  select * into d from description_draft where id = draft for update;
  if d.id is null or d.state <> 'SUBMITTED' or d.revision is distinct from reject_draft.revision then
    raise exception 'draft.changed-meanwhile' using errcode = 'SE001';
  end if;
  if viewer() = d.author then
    raise exception 'draft.own' using errcode = 'SE001';
  end if;
  update description_draft set state = 'REJECTED', decided_by = viewer(), decided_at = clock_timestamp(), decision_note = note where id = draft;
end $$;

-- A draft that is to be tried on what is held, for whoever may draft or decide: its text, its instant, the newest version's
-- text. Nothing for anybody else.
create function draft_to_try(draft uuid) returns table (text text, effective_from timestamptz, newest_text text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.text, d.effective_from, (select v.text from description_version v order by v.version desc limit 1)
  from description_draft d
  where d.id = draft and d.state in ('DRAFT', 'SUBMITTED')
    and (viewer_is('ADMINISTRATOR') or viewer_is('EXPERT', 'QUALITY') or viewer_is('DECISION_MAKER'))
$$;

-- A right reaches no further than the description in force lets its role reach (R3, R36-R41): with no description, or
-- none that knows the role, it reaches nothing.
create or replace function active_rights() returns setof access_right
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.* from access_right r
  join described_role d on d.version = version_at(now()) and d.role = r.role and d.duty is not distinct from r.duty
  where r.person_id = viewer()
    and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
    and (r.scope_kind = d.scope or r.scope_kind in ('own', 'none') or d.scope = 'all')
    and (
      current_setting('seloste.purpose', true) = any (r.purposes)
      or ('DEVELOPMENT' = any (r.purposes) and current_setting('seloste.purpose', true) in ('QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'))
    )
    and (
      current_setting('seloste.purpose', true) = any (d.purposes)
      or ('DEVELOPMENT' = any (d.purposes) and current_setting('seloste.purpose', true) in ('QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY'))
    )
$$;

alter table description_draft enable row level security;
create policy desk_reads on description_draft for select to seloste_desk using (viewer() is not null);
create policy desk_drafts on description_draft for insert to seloste_desk
  with check (author = viewer() and state = 'DRAFT' and (viewer_is('ADMINISTRATOR') or viewer_is('EXPERT', 'QUALITY')));
create policy desk_changes on description_draft for update to seloste_desk
  using (author = viewer() and state in ('DRAFT', 'SUBMITTED') and (viewer_is('ADMINISTRATOR') or viewer_is('EXPERT', 'QUALITY')))
  with check (author = viewer() and state in ('DRAFT', 'SUBMITTED', 'WITHDRAWN'));

grant select on description_version, described_role to seloste_capture, seloste_desk, seloste_custodian;
grant select, insert (version) on version_effect to seloste_custodian;
grant select on description_draft to seloste_desk;
grant insert (id, based_on, text, reason, effective_from, author) on description_draft to seloste_desk;
grant update (text, reason, effective_from, state) on description_draft to seloste_desk;

revoke execute on function version_at(timestamptz), viewer_is(text, text), install_description(text, timestamptz, jsonb),
  approve_draft(uuid, integer, jsonb, jsonb, text), reject_draft(uuid, integer, text), draft_guard(), settled_text(description_draft, integer, uuid),
  draft_to_try(uuid), version_effect_guard(), version_ahead(), term_guard() from public;
grant execute on function draft_to_try(uuid) to seloste_custodian;
grant execute on function version_at(timestamptz) to seloste_desk, seloste_custodian, seloste_capture;
grant execute on function viewer_is(text, text), approve_draft(uuid, integer, jsonb, jsonb, text), reject_draft(uuid, integer, text)
  to seloste_desk;
