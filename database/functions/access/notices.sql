create or replace function notify_person(person uuid, kind text, detail jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into account_notice (person_id, kind, session_id, detail)
  select notify_person.person, notify_person.kind, (
    select s.id from session s
    where s.person_id = notify_person.person
      and s.token_hash = session_token_hash()), notify_person.detail
$$;

create or replace function notify_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  by_whom text := case when new.made_by is null then 'operator' else 'administrator' end;
begin
  if new.person_id is not null then
    perform notify_person(new.person_id, case when tg_op = 'INSERT' then 'link-made' else 'link-used' end, jsonb_build_object('by', by_whom));
  end if;
  return null;
end $$;

create or replace function notify_password_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform notify_person(new.id, 'password', jsonb_build_object('set', new.password_check is not null));
  return null;
end $$;

create or replace function notify_factor_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    -- A person who is being deleted gets no notice.
    if exists (select from person p where p.id = old.person_id) then
      perform notify_person(old.person_id, 'factor-removed', jsonb_build_object('factor', tg_argv[0]));
    end if;
  else
    perform notify_person(new.person_id, 'factor-added', jsonb_build_object('factor', tg_argv[0]));
  end if;
  return null;
end $$;

-- Notifies the person whose numbers or placement change, and the former holder of a number that this person gets.
create or replace function notify_directory_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  former_holder uuid;
begin
  perform notify_person(new.person_id, 'directory', '{}');
  for former_holder in
    select distinct (select s.holder from directory_succession s where s.kind = 'phone' and s.subject = n order by s.since desc limit 1)
    from jsonb_array_elements_text(coalesce(new.wanted -> 'add', '[]')) n
  loop
    if former_holder is distinct from new.person_id and exists (select from person p where p.id = former_holder) then
      perform notify_person(former_holder, 'directory', jsonb_build_object('lost', true));
    end if;
  end loop;
  return null;
end $$;

create or replace function mark_notices_seen(ids uuid[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update account_notice n set seen_at = clock_timestamp()
  where n.person_id = viewer() and n.id = any (mark_notices_seen.ids) and n.seen_at is null
$$;
grant execute on function mark_notices_seen to seloste_desk;

-- Deletes notices older than a year, except the offer of a second factor, because it is made only once. The log keeps the events.
create or replace function prune_notices() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from account_notice n where n.at < now() - interval '12 months' and n.kind <> 'second-factor-offer'
$$;
grant execute on function prune_notices to seloste_custodian;

-- Ends every session of a person and deletes their known browsers: for an administrator, when a device is lost or somebody saw the password.
-- Refuses deny.role, not-found, confirm.fresh. Returns the number of sessions.
create or replace function end_sessions_of_person(person uuid) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ended integer;
begin
  perform refuse_if(not viewer_is('ADMINISTRATOR'), 'deny.role');
  perform refuse_if(not exists (select from person p where p.id = end_sessions_of_person.person), 'not-found');
  perform require_fresh();
  ended := end_sessions_of(end_sessions_of_person.person);
  delete from known_device d where d.person_id = end_sessions_of_person.person;
  perform notify_person(end_sessions_of_person.person, 'sessions-ended', jsonb_build_object('sessions', ended));
  insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail)
  values (viewer(), 'ADMINISTRATOR', 'sessions.ended', 'person', end_sessions_of_person.person, 'ok',
    jsonb_build_object('cause', 'administrator', 'sessions', ended));
  return ended;
end $$;
grant execute on function end_sessions_of_person to seloste_desk;
