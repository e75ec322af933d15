-- Returns the disclosures of a year, or all, for those who oversee or decide, and logs the read. The rows contain the recipient, the number
-- of items and who decided, but no call.
create or replace function view_disclosures(of_year integer)
returns table (id uuid, kind text, number text, recipient text, about text, ground text, items bigint, unconfirmed bigint,
  is_assessed boolean, outcome text, decided_by uuid, decided_at timestamptz, released_at timestamptz, due_on date, closed_at timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  as_role text := require_one_role('{DATA_PROTECTION_OFFICER,DECISION_MAKER}');
begin
  perform record_research_act('disclosures.read', as_role, 'disclosure', null, jsonb_strip_nulls(jsonb_build_object('year', of_year)));
  return query
    select * from (
      select d.id, 'RESEARCH', d.number, i.name, d.study, null::text,
        (select count(*) from research_item r where r.disclosure_id = d.id and r.dropped_at is null),
        (select count(*) from disclosed_copy c where c.disclosure = d.number and c.state <> 'CONFIRMED'),
        null::boolean, d.outcome, d.decided_by, d.decided_at, d.released_at, d.due_on, d.closed_at
      from research_disclosure d join institute i on i.id = d.institute_id
      where of_year is null or extract(year from helsinki_day(d.created_at)) = of_year
      union all
      select a.id, 'AUTHORITY', a.number, a.authority, a.case_number, a.provision_id,
        (select count(*) from authority_item t where t.disclosure_id = a.id and t.dropped_at is null), 0::bigint,
        a.assessed_at is not null, a.outcome, a.decided_by, a.decided_at, a.released_at, null::date, a.closed_at
      from authority_disclosure a
      where of_year is null or extract(year from helsinki_day(a.entered_at)) = of_year
    ) l (id, kind, number, recipient, about, ground, items, unconfirmed, is_assessed, outcome, decided_by, decided_at, released_at, due_on, closed_at)
    order by (regexp_match(l.number, '\d{4}'))[1]::integer desc, l.kind, (regexp_match(l.number, '\d+$'))[1]::integer desc limit 5000;
end $$;
grant execute on function view_disclosures to seloste_desk;

-- Returns counts for a Helsinki year, without any person.
create or replace function disclosure_statistics(of_year integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  as_role text := require_one_role('{DATA_PROTECTION_OFFICER,DECISION_MAKER}');
  since timestamptz := day_start(make_date(of_year, 1, 1));
  until timestamptz := day_start(make_date(of_year + 1, 1, 1));
begin
  perform record_research_act('disclosures.read', as_role, 'disclosure', null, jsonb_build_object('year', of_year, 'statistics', true));
  return jsonb_build_object(
    'research', (
      select jsonb_build_object(
        'begun', count(*) filter (where d.created_at >= since and d.created_at < until),
        'released', count(*) filter (where d.released_at >= since and d.released_at < until),
        'refused', count(*) filter (where d.outcome = 'REFUSED' and d.decided_at >= since and d.decided_at < until),
        -- Disclosures whose deadline lies in the year and that were not closed by then.
        'overdue', count(*) filter (where d.released_at is not null and research_deadline(d) >= since
          and research_deadline(d) < least(until, register_now()) and coalesce(d.closed_at > research_deadline(d), true)))
      from research_disclosure d
    ) || (
      select jsonb_build_object(
        'items', count(*) filter (where c.released_at >= since and c.released_at < until),
        'returned', count(*) filter (where c.outcome = 'returned' and c.confirmed_at >= since and c.confirmed_at < until),
        'destroyed', count(*) filter (where c.outcome = 'destroyed' and c.confirmed_at >= since and c.confirmed_at < until),
        'recalled', count(*) filter (where c.recalled_at >= since and c.recalled_at < until))
      from disclosed_copy c
    ),
    'authority', (
      select jsonb_build_object(
        'requested', count(*) filter (where a.origin = 'REQUEST' and a.entered_at >= since and a.entered_at < until),
        'ownInitiative', count(*) filter (where a.origin = 'OWN_INITIATIVE' and a.entered_at >= since and a.entered_at < until),
        'granted', count(*) filter (where a.outcome = 'GRANTED' and a.decided_at >= since and a.decided_at < until),
        'part', count(*) filter (where a.outcome = 'PART' and a.decided_at >= since and a.decided_at < until),
        'refused', count(*) filter (where a.outcome = 'REFUSED' and a.decided_at >= since and a.decided_at < until))
      from authority_disclosure a
    ) || (
      select jsonb_build_object(
        'recordings', count(*) filter (where i.what <> 'IDENTIFICATION_DATA'),
        'identificationData', count(*) filter (where i.what <> 'RECORDING'))
      from authority_item i join authority_disclosure a on a.id = i.disclosure_id
      where i.granted and i.dropped_at is null and a.released_at >= since and a.released_at < until
    ));
end $$;
grant execute on function disclosure_statistics to seloste_desk;

-- Returns overdue disclosures not reported today (AC19), and logs each once a day.
create or replace function report_overdue_disclosures() returns table (id uuid, number text, deadline timestamptz, unconfirmed bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
    with reported as (
      update research_disclosure d set overdue_told_on = helsinki_today()
      where d.released_at is not null and d.closed_at is null and research_deadline(d) <= register_now()
        and d.overdue_told_on is distinct from helsinki_today()
      returning d.id, d.number, research_deadline(d) as deadline
    ), logged as (
      insert into audit_entry (action, object_kind, object_id, result, detail)
      select 'research.overdue', 'disclosure', t.id, 'ok', '{}' from reported t
    )
    select t.id, t.number, t.deadline,
      (select count(*) from disclosed_copy c where c.disclosure = t.number and c.state <> 'CONFIRMED')
    from reported t;
end $$;
grant execute on function report_overdue_disclosures to seloste_custodian;
