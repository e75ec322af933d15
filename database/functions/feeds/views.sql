-- Parts of calls that a feed has told of and that were to be recorded, without a recording. What was forbidden in the call is
-- not missing.
create view part_without_recording as
  select s.id as segment_id, s.contact_id, s.contact_started_at, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name,
    s.capture_failure, f.feed, f.told_at as at, f.told_at + recordings_come_within() as missing_since, n.note_id
  from segment s
  join fed_segment f on f.segment_id = s.id
  left join reconciled_segment n on n.kind = 'unrecorded' and n.segment_id = s.id
  where s.decision_record and s.answered_at is not null and s.capture_failure is distinct from 'forbidden'
    and f.told_at < now() - recordings_come_within()
    and not exists (select from recording r where r.segment_id = s.id);

-- Recordings whose call no feed has told of in a day, of numbers and times that a feed tells of.
create view recording_not_told as
  select s.id as segment_id, s.contact_id, r.contact_started_at, s.answered_at, s.ended_at, s.number_reached, s.number_reached_name,
    null::text as capture_failure, f.name as feed, r.ended_at + interval '24 hours' as at,
    r.ended_at + interval '24 hours' as missing_since, n.note_id
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

-- Both in one, for those who look.
create view unreconciled as
  select 'unrecorded' as kind, p.* from part_without_recording p union all select 'untold', r.* from recording_not_told r;

create view call_without_recording as
  select w.segment_id, w.contact_id, w.answered_at, w.ended_at, w.number_reached, w.number_reached_name, w.capture_failure, w.feed, w.at,
    w.note_id
  from part_without_recording w where w.contact_started_at > now() - interval '28 days';

create view recording_without_call as
  select w.segment_id, w.contact_id, w.answered_at, w.ended_at, w.number_reached, w.number_reached_name, w.capture_failure, w.feed, w.at,
    w.note_id
  from recording_not_told w where w.contact_started_at > now() - interval '28 days';
