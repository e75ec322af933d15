-- Returns what a new installation has: counts of people and rights, and whether a recording client, a recording, a backup and a witness
-- were ever seen. For those who run the installation; the result identifies no person and no call.
create or replace function setup_facts() returns table (
  people bigint, roles text[], approvers bigint, has_client boolean, has_recording boolean, has_backup boolean, has_witness boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform refuse_if(not may_see_capture(), 'deny.role');
  return query
    with held as materialized (
      select r.role, r.person_id from access_right r join person p on p.id = r.person_id
      where r.revoked_at is null and holds_now(r.valid_from, r.valid_to) and holds_now(p.employed_from, p.employed_to)
    )
    select (select count(*) from person p where holds_now(p.employed_from, p.employed_to)),
      array(select distinct h.role from held h order by h.role),
      (select count(distinct h.person_id) from held h where h.role = 'ACCESS_APPROVER'),
      exists (select from capture_client c where c.sessions > 0),
      exists (select from recording),
      exists (select from place_of_data d where d.kind = 'backup' and d.backup_last_at is not null),
      exists (select from place_of_data d where d.kind = 'witness' and d.state = 'in-use');
end $$;
grant execute on function setup_facts to seloste_desk;
