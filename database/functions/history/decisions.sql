-- What quotas have counted from one instant until before another, without the segments that the asking process counts
-- itself: capture sees counts and no calls.
create or replace function quota_counts(answered_from timestamptz, answered_to timestamptz, known uuid[])
returns table (rule_id text, official_person_id uuid, number_reached text, recorded bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.rule_id, s.official_person_id, s.number_reached, count(*)
  from segment s
  where s.answered_at >= answered_from and s.answered_at < answered_to
    and s.contact_started_at >= answered_from - interval '1 day' and s.contact_started_at <= answered_to + interval '1 day'
    and s.decision_record and s.quota_used is not null and s.id <> all (known)
  group by 1, 2, 3
$$;
grant execute on function quota_counts to seloste_capture;
