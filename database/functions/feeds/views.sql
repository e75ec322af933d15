-- Differences between feeds and recordings.
create view unreconciled as
  -- Reported parts that were to be recorded and have no recording. One that was forbidden during the call is not missing.
  select 'unrecorded' as kind, s.id as segment_id, s.contact_id, s.contact_started_at, s.answered_at, s.ended_at, s.number_reached,
    s.number_reached_name, s.capture_failure, f.feed, f.told_at as at, f.told_at + recording_grace() as missing_since, n.note_id
  from segment s
  join fed_segment f on f.segment_id = s.id
  left join reconciled_segment n on n.kind = 'unrecorded' and n.segment_id = s.id
  where s.decision_record and s.answered_at is not null and s.capture_failure is distinct from 'forbidden'
    and f.told_at < now() - recording_grace()
    and not exists (select from recording r where r.segment_id = s.id)
  union all
  -- Recordings whose call no feed has reported within a day, for numbers and times that a feed covers.
  select 'untold', s.id, s.contact_id, r.contact_started_at, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name,
    null, f.name, r.ended_at + interval '24 hours', r.ended_at + interval '24 hours', n.note_id
  from recording r
  join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
  join lateral (
    select f.name from feed f
    where (f.covers is null or s.number_reached = any (f.covers)) and s.answered_at >= f.told_from and s.ended_at <= f.told_until
    order by f.name limit 1
  ) f on true
  left join reconciled_segment n on n.kind = 'untold' and n.segment_id = s.id
  where r.state not in ('DESTROYING', 'DESTROYED') and r.ended_at < now() - interval '24 hours'
    and not exists (select from fed_segment o where o.segment_id = s.id);
