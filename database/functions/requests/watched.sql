-- So many calls looked for, or found and not shown to be the requester's, or recordings forbidden for requesters, in a day; so
-- many requests entered in officials' names, which need nobody else at the desk, in a week.
create or replace function find_requests(threshold jsonb, since timestamptz) returns setof finding
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with entry as (
    select e.person_id, e.at, case e.action
      when 'request.entered' then case when e.detail ->> 'party' = 'OFFICIAL' then 'officials' end
      when 'call.looked-for' then case when not e.detail ? 'result' then 'searches' end
      when 'recording.forbidden' then case when e.purpose = 'INSPECTION' then 'forbidden' end
      when 'call.verified' then case when e.detail ->> 'isParty' = 'false' then 'given-up' end
      else 'given-up' end as what
    from audit_entry e
    left join closed_until k on k.kind = 'requests' and k.person_id = e.person_id
    where e.result = 'ok'
      and e.action in ('request.entered', 'call.looked-for', 'call.given-up', 'call.verified', 'recording.forbidden')
      and e.person_id is not null and e.at > since - interval '7 days' and e.at > coalesce(k.at, '-infinity')
  ),
  counted as (
    select *,
      count(*) over (partition by person_id, what order by at range between interval '1 day' preceding and current row) as in_day,
      count(*) over (partition by person_id, what order by at range between interval '7 days' preceding and current row) as in_week
    from entry where what is not null
  )
  select person_id, null::uuid, count(*)::integer, min(at), max(at), jsonb_build_object(
    'searchesInDay', coalesce(max(in_day) filter (where what = 'searches'), 0),
    'givenUpInDay', coalesce(max(in_day) filter (where what = 'given-up'), 0),
    'forbiddenInDay', coalesce(max(in_day) filter (where what = 'forbidden'), 0),
    'officialsInWeek', coalesce(max(in_week) filter (where what = 'officials'), 0))
  from counted
  group by person_id
  having bool_or(at >= since and case what
    when 'searches' then in_day >= (threshold ->> 'searchesInDay')::integer
    when 'given-up' then in_day >= (threshold ->> 'givenUpInDay')::integer
    when 'forbidden' then in_day >= (threshold ->> 'forbiddenInDay')::integer
    else in_week >= (threshold ->> 'officialsInWeek')::integer end)
$$;
grant execute on function find_requests to seloste_custodian;
