-- Returns the counts of quotas between two instants, without the segments that the calling process counts itself: capture sees counts, but
-- no calls. Only for this week and the last, each as a whole.
create or replace function quota_counts(answered_from timestamptz, answered_to timestamptz, known uuid[])
returns table (rule_id text, official_person_id uuid, number_reached text, recorded bigint)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  -- Allows one day: the clock of the calling process may enter the new week before or after the database's.
  week timestamp := date_trunc('week', (now() - interval '1 day') at time zone 'Europe/Helsinki');
begin
  if answered_from not in ((week - interval '7 days') at time zone 'Europe/Helsinki', week at time zone 'Europe/Helsinki',
      (week + interval '7 days') at time zone 'Europe/Helsinki')
    or answered_to <> ((answered_from at time zone 'Europe/Helsinki') + interval '7 days') at time zone 'Europe/Helsinki'
  then
    raise exception 'quotas are counted for this week and the last, each as a whole' using errcode = '22023';
  end if;
  return query
    select s.rule_id, s.official_person_id, s.number_reached, count(*)
    from segment s
    where s.answered_at >= answered_from and s.answered_at < answered_to
      and s.contact_started_at >= answered_from - interval '1 day' and s.contact_started_at <= answered_to + interval '1 day'
      and s.decision_record and s.quota_used is not null and s.id <> all (known)
    group by 1, 2, 3;
end $$;
grant execute on function quota_counts to seloste_capture;
