-- Adds the viewer to `hands`, the people who took part in preparing a disclosure and may not decide on it.
create or replace function record_preparer() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if viewer() is not null and viewer() <> all (new.hands) then
    new.hands := new.hands || viewer();
  end if;
  return new;
end $$;

create or replace function record_copy_preparer() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.prepared_by <> old.prepared_by and old.prepared_by <> all (new.former_preparers) then
    new.former_preparers := new.former_preparers || old.prepared_by;
  end if;
  if new.checked_by is distinct from old.checked_by and old.checked_by <> all (new.former_checkers) then
    new.former_checkers := new.former_checkers || old.checked_by;
  end if;
  return new;
end $$;

create or replace function authority_preparers(d authority_disclosure) returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select array_remove(d.hands || d.entered_by || d.assessed_by || array(select i.added_by from authority_item i where i.disclosure_id = d.id), null)
$$;

-- Returns true if the viewer prepared a disclosure or answered a call of it: somebody else has to decide on it.
create or replace function is_involved_in_authority(d authority_disclosure) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select viewer() = any (authority_preparers(d)) or answered_authority_call(d)
$$;

create or replace function answered_authority_call(d authority_disclosure) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from authority_item i where i.disclosure_id = d.id and i.dropped_at is null and answered_call(i.contact_id))
$$;

-- Returns a digest of everything that a decision on a disclosure is about: recipient, purpose, due date, items.
create or replace function research_digest(d research_disclosure) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(jsonb_build_array(d.study, d.due_on, d.format, d.undertaking_reference, d.undertaking_signatory,
    d.undertaking_on, n.name, n.contact, n.email, n.recipient, (
      select coalesce(jsonb_agg(jsonb_build_array(i.item, i.recording_id, a.id, a.level) order by i.item), '[]')
      from research_item i left join anonymised_copy a on a.recording_id = i.recording_id
      where i.disclosure_id = d.id and i.dropped_at is null))::text, 'UTF8')), 'hex')
  from institute n where n.id = d.institute_id
$$;

-- Returns a digest of the recipient of a decision: name and e-mail address. The recipient's key is stored with the decision itself.
create or replace function institute_digest(institute uuid) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(jsonb_build_array(n.name, n.email)::text, 'UTF8')), 'hex') from institute n where n.id = institute
$$;

create or replace function authority_digest(d authority_disclosure) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(jsonb_build_array(d.origin, d.authority, d.officer, d.case_number, d.aim, d.provision_id, d.received_at,
    d.assessment, (
      select coalesce(jsonb_agg(jsonb_build_array(i.item, i.contact_id, i.recording_id, i.what) order by i.item), '[]')
      from authority_item i where i.disclosure_id = d.id and i.dropped_at is null))::text, 'UTF8')), 'hex')
$$;

