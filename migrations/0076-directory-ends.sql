-- Ends in the directory (R20, R36, R39): of a telephone number, a unit, a supervisor or an employment.
--
-- An end takes calls, listening or work from somebody and gives them to nobody: it needs no second person, as somebody who left has to be
-- put out at once. So it raises the alarm `directory` and the person is told. Whoever is to have the number next needs a second person
-- as before, because the succession (0061-directory-changes.sql) forgets nobody.

alter table account_notice drop constraint account_notice_kind_check, add constraint account_notice_kind_check check (kind in
  ('sign-in', 'link-made', 'link-used', 'password', 'factor-added', 'factor-removed', 'sessions-ended', 'directory', 'directory-ended',
   'second-factor-offer'));

-- Tells and logs an end. It alarms where the person answers calls or has rights, unless the directory of record says it, by which people
-- leave every day; a change that a second person confirmed has been told already.
create function record_directory_end(person uuid, what text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from person p where p.id = record_directory_end.person) or applies_change(record_directory_end.person) then
    return;
  end if;
  perform notify_person(record_directory_end.person, 'directory-ended', jsonb_build_object('ended', what));
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), case when viewer() is not null then 'ADMINISTRATOR' end, 'directory.' || what || '-ended', 'person',
    record_directory_end.person, 'ok', jsonb_strip_nulls(jsonb_build_object('person', record_directory_end.person,
      'scimClient', scim_client(),
      'alarms', scim_client() is null
        and (has_answered(record_directory_end.person) or holds_or_awaits_rights(record_directory_end.person)))));
end $$;

-- Of a time from now on: what of it the rows of the person do not cover any more, within the employment, which has an end of its own.
create function is_cut_short(person uuid, lasted tstzmultirange, lasts tstzmultirange) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from person p
    where p.id = is_cut_short.person and not isempty(
      lasted * tstzmultirange(tstzrange(now(), null)) * tstzmultirange(tstzrange(p.employed_from, p.employed_to))
      - coalesce(lasts, '{}'::tstzmultirange)))
$$;

-- Judges, when the change is whole, a row that was taken out or shortened: a change writes rows anew, so that the row alone says nothing.
create function directory_end_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lasted tstzmultirange := tstzmultirange(tstzrange(old.valid_from, old.valid_to));
begin
  if tg_table_name = 'person_phone' then
    if is_cut_short(old.person_id, lasted, (
        select range_agg(tstzrange(t.valid_from, t.valid_to)) from person_phone t
        where t.person_id = old.person_id and t.phone_key = old.phone_key)) then
      perform record_directory_end(old.person_id, 'number');
    end if;
  elsif has_answered(old.person_id) then
    -- In another unit, or under another supervisor, they go on: that needs a second person.
    if old.unit_id is not null and is_cut_short(old.person_id, lasted, (
        select range_agg(tstzrange(t.valid_from, t.valid_to)) from person_placement t
        where t.person_id = old.person_id and t.unit_id is not null))
      or old.supervisor_id is not null and is_cut_short(old.person_id, lasted, (
        select range_agg(tstzrange(t.valid_from, t.valid_to)) from person_placement t
        where t.person_id = old.person_id and t.supervisor_id is not null)) then
      perform record_directory_end(old.person_id, 'place');
    end if;
  end if;
  return null;
end $$;
create constraint trigger told_end after update or delete on person_phone
  deferrable initially deferred for each row execute function directory_end_is_told();
create constraint trigger told_end after update or delete on person_placement
  deferrable initially deferred for each row execute function directory_end_is_told();

create function employment_end_is_told() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not isempty(tstzmultirange(tstzrange(old.employed_from, old.employed_to)) * tstzmultirange(tstzrange(now(), null))
      - tstzmultirange(tstzrange(new.employed_from, new.employed_to))) then
    perform record_directory_end(new.id, 'employment');
  end if;
  return null;
end $$;
create constraint trigger told_end after update of employed_from, employed_to on person
  deferrable initially deferred for each row
  when ((old.employed_from, old.employed_to) is distinct from (new.employed_from, new.employed_to))
  execute function employment_end_is_told();

drop index audit_entry_accounts;
create index audit_entry_accounts on audit_entry (at) where result = 'ok' and action in (
  'link.made', 'directory.change-asked', 'directory.change-confirmed', 'directory.number-moved', 'directory.number-ended',
  'directory.place-ended', 'directory.employment-ended', 'credential.removed', 'scim-token.added');

-- As in 0061-directory-changes.sql; and ends.
create or replace function find_directory(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select e.person_id, (e.detail ->> 'person')::uuid, count(*)::integer, min(e.at), max(e.at), jsonb_build_object(
    'asked', count(*) filter (where e.action = 'directory.change-asked'),
    'confirmed', count(*) filter (where e.action = 'directory.change-confirmed'),
    'moved', count(*) filter (where e.action = 'directory.number-moved'),
    'ended', count(*) filter (where e.action ~ '^directory[.].*-ended$'),
    'tokens', count(*) filter (where e.action = 'scim-token.added'))
  from audit_entry e
  left join closed_until k on k.kind = 'directory' and k.person_id is not distinct from e.person_id
    and k.object_id is not distinct from (e.detail ->> 'person')::uuid
  where e.result = 'ok' and e.at >= since and e.at > coalesce(k.at, '-infinity')
    and (e.action in ('directory.change-asked', 'directory.change-confirmed', 'directory.number-moved', 'scim-token.added')
      or e.action in ('directory.number-ended', 'directory.place-ended', 'directory.employment-ended') and e.detail ->> 'alarms' = 'true')
  group by 1, 2
  having count(*) >= (find_directory.threshold ->> 'changes')::integer
$$;

revoke execute on function record_directory_end(uuid, text), is_cut_short(uuid, tstzmultirange, tstzmultirange), directory_end_is_told(),
  employment_end_is_told() from public;
