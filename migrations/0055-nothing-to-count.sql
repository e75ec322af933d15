-- Over 0043-studies.sql: where no call is to be counted for studies, that is all that is found out. Every other statement here is planned
-- anew over all months of the history, each time, which was most of what a database does for a register in which nothing happens.

create or replace function count_studies(most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  ids uuid[];
  starts timestamptz[];
  told integer := 0;
  is_told boolean;
begin
  perform pg_advisory_xact_lock(hashtext('seloste.studies'));
  select exists (select from study_told) into is_told;
  -- Without a parameter: planned once in a connection.
  if exists (
    select from contact c where c.counted is null and (c.ended_at is not null or c.started_at < now() - interval '24 hours')
  ) then
    select array_agg(d.id), array_agg(d.started_at) into ids, starts from (
      select c.id, c.started_at from contact c
      where c.counted is null and (c.ended_at is not null or c.started_at < now() - interval '24 hours')
      order by c.started_at limit most for update skip locked
    ) d;
  elsif not is_told then
    return 0;
  end if;
  if is_told then
    select ids || array_agg(d.id), starts || array_agg(d.started_at) into ids, starts from (
      select c.id, c.started_at from contact c
      where c.counted is not null and (c.id, c.started_at) in (
        select t.contact_id, t.contact_started_at from study_told t order by t.seq limit most)
      for update skip locked
    ) d;
    -- What has been told by now is seen by the counting below; a contact that is counted later is counted as it is then.
    delete from study_told t using (select f.seq from study_told f order by f.seq limit most) f
    where t.seq = f.seq and (t.contact_id = any (ids) or not exists (
      select from contact c where c.id = t.contact_id and c.started_at = t.contact_started_at and c.counted is not null));
    get diagnostics told = row_count;
  end if;
  perform count_contacts(ids, starts);
  return greatest(told, coalesce(cardinality(ids), 0));
end $$;
