/**
 * The query of each kind of alarm: person, object, count, first and last instant, facts. Run by raise-alarms.ts as the
 * custodian. No names or numbers.
 */
import { sql, type RawBuilder } from 'kysely'
import type { Period } from './break-glass-periods.ts'
import { thresholds, type AlarmKind } from './thresholds.ts'

type Find = (from: RawBuilder<unknown>, emergencies: readonly Period[]) => RawBuilder<unknown>

/** Columns: person, object, count, first and last instant, facts. `standstill` is not from the log: raise-standstill.ts. */
export const findings: Record<Exclude<AlarmKind, 'standstill'>, Find> = {
  // Refusals in a row without a success between them, or many in a day. Counts attempts at what one may not see or do, not a
  // page that polls after a right or a listening has ended.
  refusals: (from) => sql`
    with entry as (
      select e.at, e.seq, e.person_id, e.action, e.result, e.object_id, e.result = 'ok' as shown
      from audit_entry e
      left join closed_until k on k.kind = 'refusals' and k.person_id = e.person_id
      where e.person_id is not null and e.at > ${from} - interval '1 day'
        and (e.result in ('refused:deny.purpose', 'refused:deny.role', 'refused:deny.reference', 'refused:deny.own', 'refused:not-found',
            'refused:restricted', 'refused:recording.restricted')
          or e.result = 'ok' and e.action in ('contacts.listed', 'contact.read', 'caller.revealed', 'listening.started'))
        and e.at > coalesce(k.at, '-infinity')
    ),
    numbered as (
      select *, count(*) filter (where shown) over (partition by person_id order by at, seq) as run from entry
    ),
    counted as (
      select *,
        count(*) over (partition by person_id, run order by at
          range between ${thresholds.refusals.within}::interval preceding and current row) as in_row,
        count(*) over (partition by person_id order by at range between interval '1 day' preceding and current row) as in_day
      from numbered where not shown
    )
    select c.person_id, null::uuid, count(*)::integer, min(c.at), max(c.at), jsonb_build_object(
      'inRow', max(c.in_row), 'inDay', max(c.in_day),
      'reasons', (select jsonb_object_agg(r.reason, r.times) from (
        select substr(d.result, 9) as reason, count(*) as times from counted d where d.person_id = c.person_id group by 1) r),
      'objects', to_jsonb((array_agg(distinct c.object_id) filter (where c.object_id is not null))[1:50]))
    from counted c
    group by c.person_id
    having bool_or(c.at >= ${from} and (c.in_row >= ${thresholds.refusals.inRow} or c.in_day >= ${thresholds.refusals.inDay}))`,

  night: (from) => sql`
    select l.person_id, null::uuid, count(*)::integer, min(l.started_at), max(l.started_at), jsonb_build_object(
      'listenings', coalesce(to_jsonb((array_agg(l.id order by l.started_at) filter (where l.id is not null))[1:50]), '[]'),
      'roles', to_jsonb(array_agg(distinct l.role)),
      'references', to_jsonb((array_agg(distinct l.reference) filter (where l.reference is not null))[1:20]))
    from ${hearings(from)} l
    left join closed_until k on k.kind = 'night' and k.person_id = l.person_id
    where l.started_at >= ${from} and l.started_at > coalesce(k.at, '-infinity')
      and not extract(hour from l.started_at at time zone 'Europe/Helsinki')
        between ${thresholds.night.fromHour} and ${thresholds.night.toHour - 1}
    group by l.person_id
    having count(*) >= ${thresholds.night.listenings}`,

  // Recordings of one official's calls that one other person has listened to.
  official: (from) => sql`
    with hearing as materialized (select * from ${hearings(sql`${from} - ${thresholds.official.within}::interval`)} h),
    recent as (
      select distinct l.person_id, s.official_person_id as official
      from hearing l
      join recording r on r.id = l.recording_id
      join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      where l.started_at >= ${from} and s.official_person_id is not null and s.official_person_id <> l.person_id
    ),
    heard as (
      select distinct on (n.person_id, n.official, l.recording_id) n.person_id, n.official, l.recording_id, l.started_at, l.id
      from recent n
      left join closed_until k on k.kind = 'official' and k.person_id = n.person_id and k.object_id = n.official
      join hearing l on l.person_id = n.person_id and l.started_at > coalesce(k.at, '-infinity')
      join recording r on r.id = l.recording_id
      join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at and s.official_person_id = n.official
      order by n.person_id, n.official, l.recording_id, l.started_at
    ),
    counted as (
      select *, count(*) over (partition by person_id, official order by started_at
        range between ${thresholds.official.within}::interval preceding and current row) as recordings
      from heard
    )
    select person_id, official, max(recordings)::integer, min(started_at), max(started_at),
      jsonb_build_object('listenings', coalesce(to_jsonb((array_agg(id order by started_at) filter (where id is not null))[1:50]), '[]'))
    from counted
    group by person_id, official
    having bool_or(recordings >= ${thresholds.official.recordings})`,

  // The number stays in the history: only contacts are named here.
  caller: (from) => sql`
    with searched as (
      select e.person_id, e.at, (e.detail -> 'contacts' ->> 0)::uuid as contact_id from audit_entry e
      where e.result = 'ok' and e.action = 'contacts.listed' and e.detail ->> 'byCaller' = 'true'
        and e.at > ${from} - ${thresholds.caller.within}::interval and e.purpose not in ('INSPECTION', 'CRIME_OR_MISUSE')
    ),
    lately as (
      select distinct n.person_id, c.caller_key
      from (
        select person_id, contact_id from searched where at >= ${from}
        union
        select person_id, object_id from audit_entry
        where result = 'ok' and action in ('contact.read', 'caller.revealed') and at >= ${from}
          and purpose not in ('INSPECTION', 'CRIME_OR_MISUSE')
      ) n
      join contact c on c.id = n.contact_id
      where c.caller_key is not null
    ),
    others_call as materialized (
      select n.person_id, n.caller_key, c.id as contact_id
      from lately n join contact c on c.caller_key = n.caller_key
      where not exists (
        select from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at and s.official_person_id = n.person_id)
    ),
    viewed as (
      select c.*, e.at, false as is_search
      from others_call c
      join audit_entry e on e.object_id = c.contact_id and e.person_id = c.person_id
      where e.result = 'ok' and e.action in ('contact.read', 'caller.revealed') and e.at > ${from} - ${thresholds.caller.within}::interval
        and e.purpose not in ('INSPECTION', 'CRIME_OR_MISUSE')
      union all
      select c.*, s.at, true
      from others_call c join searched s on s.person_id = c.person_id and s.contact_id = c.contact_id
    ),
    new_view as (
      select l.*, (l.at at time zone 'Europe/Helsinki')::date as day
      from viewed l
      left join closed_until k on k.kind = 'caller' and k.person_id = l.person_id
      where l.at > coalesce(k.at, '-infinity')
    ),
    counted as (
      select person_id, caller_key, count(distinct day) as days,
        max(searches) as searches, count(*) as looks, min(at) as first_at, max(at) as last_at,
        (array_agg(distinct contact_id))[1:50] as contacts
      from (
        select *, count(*) filter (where is_search) over (partition by person_id, caller_key order by at
          range between interval '1 day' preceding and current row) as searches
        from new_view
      ) o
      group by person_id, caller_key
      having max(at) >= ${from}
        and (count(distinct day) >= ${thresholds.caller.days} or max(searches) >= ${thresholds.caller.searchesInDay})
    )
    select person_id, null::uuid, max(looks)::integer, min(first_at), max(last_at), jsonb_build_object(
      'callers', count(*), 'days', max(days), 'searchesInDay', max(searches),
      'contacts', (select to_jsonb((array_agg(distinct t))[1:50]) from counted d, unnest(d.contacts) t where d.person_id = counted.person_id))
    from counted
    group by person_id`,

  // The list of calls in progress is one view each time it is opened; each call in it counts as shown.
  mass: (from) => sql`
    with counted as (
      select e.person_id, e.at, e.action,
        count(*) filter (where l.is_view) over an_hour as looks, coalesce(sum(l.contacts) over an_hour, 0) as contacts,
        count(*) filter (where l.is_view) over a_day as looks_in_day, coalesce(sum(l.contacts) over a_day, 0) as contacts_in_day
      from audit_entry e
      cross join lateral (
        select e.action <> 'looks.slowed' and (e.action <> 'calls.watched' or e.detail ? 'opened') as is_view,
          jsonb_array_length(case e.action when 'calls.watched' then e.detail -> 'segments' else e.detail -> 'contacts' end) as contacts) l
      left join closed_until k on k.kind = 'mass' and k.person_id = e.person_id
      where e.person_id is not null and e.at > ${from} - interval '1 day' and e.result = 'ok'
        and e.action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started',
          'anonymised-copy.recognised', 'looks.slowed')
        and e.at > coalesce(k.at, '-infinity')
      window an_hour as (partition by e.person_id order by e.at range between interval '1 hour' preceding and current row),
        a_day as (partition by e.person_id order by e.at range between interval '1 day' preceding and current row)
    )
    select person_id, null::uuid, greatest(max(looks), 1)::integer, min(at), max(at), jsonb_build_object(
      'looksInHour', max(looks), 'contactsInHour', max(contacts), 'looksInDay', max(looks_in_day), 'contactsInDay', max(contacts_in_day),
      'slowed', count(*) filter (where action = 'looks.slowed' and at >= ${from} - interval '1 hour'))
    from counted
    group by person_id
    having bool_or(at >= ${from} and (looks >= ${thresholds.mass.looksInHour}
      or contacts >= ${thresholds.mass.contactsInHour} or looks_in_day >= ${thresholds.mass.looksInDay}
      or contacts_in_day >= ${thresholds.mass.contactsInDay} or action = 'looks.slowed'))`,

  reveals: (from) => sql`
    with counted as (
      select e.person_id, e.at, e.object_id, e.action = 'contacts.listed' as is_search,
        count(*) over (partition by e.person_id, e.action order by e.at range between interval '1 hour' preceding and current row) as in_hour,
        count(*) over (partition by e.person_id, e.action order by e.at range between interval '1 day' preceding and current row) as in_day
      from audit_entry e
      left join closed_until k on k.kind = 'reveals' and k.person_id = e.person_id
      where e.result = 'ok' and e.person_id is not null and e.at > ${from} - interval '1 day' and e.at > coalesce(k.at, '-infinity')
        and (e.action = 'caller.revealed' or e.action = 'contacts.listed' and e.detail ->> 'byCaller' = 'true'
          and e.purpose not in ('INSPECTION', 'CRIME_OR_MISUSE'))
    )
    select person_id, null::uuid, max(in_day)::integer, min(at), max(at), jsonb_build_object(
      'inHour', coalesce(max(in_hour) filter (where not is_search), 0), 'inDay', coalesce(max(in_day) filter (where not is_search), 0),
      'searchesInHour', coalesce(max(in_hour) filter (where is_search), 0),
      'searchesInDay', coalesce(max(in_day) filter (where is_search), 0),
      'contacts', to_jsonb((array_agg(distinct object_id) filter (where not is_search))[1:50]))
    from counted
    group by person_id
    having bool_or(at >= ${from} and case when is_search
      then in_hour >= ${thresholds.reveals.searchesInHour} or in_day >= ${thresholds.reveals.searchesInDay}
      else in_hour >= ${thresholds.reveals.inHour} or in_day >= ${thresholds.reveals.inDay} end)`,

  'sign-ins': (from) => sql`
    with failed as (
      select e.person_id, e.at,
        e.person_id is null or l.is_late and row_number() over (partition by e.person_id, l.is_late order by e.at) = 1 as is_new_account,
        e.person_id is null or row_number() over of_one = 1 as is_new_in_day
      from audit_entry e
      cross join lateral (select e.at > ${from} - ${thresholds['sign-ins'].within}::interval as is_late) l
      where e.action in ('session.started', 'session.second-factor') and e.result like 'refused:%'
        -- Not a failure: the password was right, and the second factor follows.
        and e.result not in ('refused:session.second-factor', 'refused:session.enrolment')
        and e.at > greatest(${from} - interval '1 day', (select k.at from closed_until k where k.kind = 'sign-ins'))
      window of_one as (partition by e.person_id order by e.at)
    ),
    counted as (
      select *, count(*) filter (where is_new_account) over (order by at
        range between ${thresholds['sign-ins'].within}::interval preceding and current row) as accounts,
        count(*) filter (where is_new_in_day) over (order by at range between interval '1 day' preceding and current row) as in_day
      from failed
    )
    select null::uuid, null::uuid, max(accounts)::integer, min(at), max(at), jsonb_build_object(
      'failures', count(*), 'unknown', count(*) filter (where person_id is null), 'accountsInDay', max(in_day),
      'people', to_jsonb((array_agg(distinct person_id) filter (where person_id is not null))[1:50]))
    from counted
    having bool_or(at >= ${from} and (accounts >= ${thresholds['sign-ins'].accounts} or in_day >= ${thresholds['sign-ins'].accountsInDay}))`,

  // Every emergency view by maintenance, added to the open alarm.
  'break-glass': (from, emergencies) => {
    const times = `{${emergencies.map((period) => `[${period.from.toString()},${period.until?.toString() ?? ''})`).join()}}`
    return sql`
    with lately as (
      select distinct person_id from data_access
      where purpose = 'MAINTENANCE' and at >= ${from} and at <@ ${times}::tstzmultirange and person_id is not null
    )
    select l.person_id, null::uuid, count(*)::integer, min(l.at), max(l.at), jsonb_build_object(
      'references', to_jsonb((array_agg(distinct l.reference) filter (where l.reference is not null))[1:20]))
    from lately join data_access l on l.person_id = lately.person_id
    left join closed_until k on k.kind = 'break-glass' and k.person_id = l.person_id
    left join alarm a on a.kind = 'break-glass' and a.person_id = l.person_id and a.closed_at is null
    where l.purpose = 'MAINTENANCE' and l.at >= least(${from}, a.first_at) and l.at <@ ${times}::tstzmultirange
      and l.at > coalesce(k.at, '-infinity')
    group by l.person_id
    having count(*) filter (where l.at >= ${from}) >= ${thresholds['break-glass'].looks}`
  },

  requests: (from) => sql`
    with entry as (
      select e.person_id, e.at, case e.action
        when 'request.entered' then case when e.detail ->> 'party' = 'OFFICIAL' then 'officials' end
        when 'call.looked-for' then case when not e.detail ? 'result' then 'searches' end
        when 'recording.forbidden' then case when e.purpose = 'INSPECTION' then 'forbidden' end
        when 'subject-copy.made' then 'copies'
        when 'call.verified' then case when e.detail ->> 'isParty' = 'false' then 'given-up' end
        else 'given-up' end as what
      from audit_entry e
      left join closed_until k on k.kind = 'requests' and k.person_id = e.person_id
      where e.result = 'ok'
        and e.action in ('request.entered', 'call.looked-for', 'call.given-up', 'call.verified', 'recording.forbidden',
          'subject-copy.made')
        and e.person_id is not null and e.at > ${from} - interval '7 days' and e.at > coalesce(k.at, '-infinity')
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
      'officialsInWeek', coalesce(max(in_week) filter (where what = 'officials'), 0),
      'copiesInWeek', coalesce(max(in_week) filter (where what = 'copies'), 0))
    from counted
    group by person_id
    having bool_or(at >= ${from} and case what
      when 'searches' then in_day >= ${thresholds.requests.searchesInDay}
      when 'given-up' then in_day >= ${thresholds.requests.givenUpInDay}
      when 'forbidden' then in_day >= ${thresholds.requests.forbiddenInDay}
      when 'copies' then in_week >= ${thresholds.requests.copiesInWeek}
      else in_week >= ${thresholds.requests.officialsInWeek} end)`,

  unrecorded: () => sql`select * from find_unreconciled('unrecorded', 'calls', ${thresholds.unrecorded.calls})`,
  untold: () => sql`select * from find_unreconciled('untold', 'recordings', ${thresholds.untold.recordings})`,
  'late-window': () => sql`select * from find_late_window(${thresholds['late-window'].days})`,
  'one-way': (from) => reception('one-way', 'one_way', thresholds['one-way'].recordings, from),
  loss: (from) => reception('loss', 'lossy', thresholds.loss.recordings, from),

  // Links and removed factors of persons with present or future rights, by who requested them and for whom.
  links: (from) => sql`
    select e.person_id, (e.detail ->> 'person')::uuid, count(*)::integer, min(e.at), max(e.at), jsonb_build_object(
      'links', count(*) filter (where e.action = 'link.made'),
      'factors', count(*) filter (where e.action = 'credential.removed'),
      'byOperator', count(*) filter (where e.person_id is null))
    from audit_entry e
    left join closed_until k on k.kind = 'links' and k.person_id is not distinct from e.person_id
      and k.object_id is not distinct from (e.detail ->> 'person')::uuid
    where e.result = 'ok' and e.at >= ${from} and e.at > coalesce(k.at, '-infinity')
      and (e.action = 'link.made' and e.detail ->> 'rights' = 'true'
        -- Removed by somebody else; removing one's own factor raises no alarm.
        or e.action = 'credential.removed' and e.detail ? 'person' and e.person_id is distinct from (e.detail ->> 'person')::uuid)
    group by 1, 2
    having count(*) >= ${thresholds.links.links}`,

  // Changes that were requested, confirmed, or made by the identity system; and new tokens of identity systems.
  directory: (from) => sql`
    select e.person_id, (e.detail ->> 'person')::uuid, count(*)::integer, min(e.at), max(e.at), jsonb_build_object(
      'asked', count(*) filter (where e.action = 'directory.change-asked'),
      'confirmed', count(*) filter (where e.action = 'directory.change-confirmed'),
      'moved', count(*) filter (where e.action = 'directory.number-moved'),
      'ended', count(*) filter (where e.action ~ '^directory[.].*-ended$'),
      'tokens', count(*) filter (where e.action = 'scim-token.added'))
    from audit_entry e
    left join closed_until k on k.kind = 'directory' and k.person_id is not distinct from e.person_id
      and k.object_id is not distinct from (e.detail ->> 'person')::uuid
    where e.result = 'ok' and e.at >= ${from} and e.at > coalesce(k.at, '-infinity')
      and (e.action in ('directory.change-asked', 'directory.change-confirmed', 'directory.number-moved', 'scim-token.added')
        or e.action in ('directory.number-ended', 'directory.place-ended', 'directory.employment-ended') and e.detail ->> 'alarms' = 'true')
    group by 1, 2
    having count(*) >= ${thresholds.directory.changes}`,
}

/** Listenings since an instant, and transcripts for copies that were made or read, whose `id` is null: they tell as much. */
function hearings(since: RawBuilder<unknown>) {
  return sql`(
    select id, person_id, role, reference, recording_id, started_at from listening where started_at >= ${since}
    union all
    select null, e.person_id, e.role, e.reference, c.recording_id, e.at from audit_entry e join anonymised_copy c on c.id = e.object_id
    where (e.action = 'anonymised-copy.recognised' or e.action = 'anonymised-copy.read' and e.detail @> '{"words": true}')
      and e.result = 'ok' and e.person_id is not null and e.at >= ${since})`
}

/** Recordings of an hour and a trunk with a missing voice or too much loss: `affected` counts them, `_at` is the last. */
function reception(kind: 'one-way' | 'loss', affected: 'one_way' | 'lossy', enough: number, from: RawBuilder<unknown>) {
  const [count, at] = [sql.ref(affected), sql.ref(`${affected}_at`)]
  return sql`
    select null::uuid, null::uuid, sum(${count})::integer, min(hour), max(${at}), jsonb_build_object(
      'recordings', sum(recordings), 'affected', sum(${count}), 'clients', count(distinct (trunk, client)))
    from capture_hour
    where ${count} > 0 and hour >= date_trunc('hour', ${from}, 'UTC') - interval '1 hour'
      and ${at} > coalesce((select k.at from closed_until k where k.kind = ${kind}), '-infinity')
    having max(${count}) >= ${enough}`
}
