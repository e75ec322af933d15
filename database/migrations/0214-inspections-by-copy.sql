-- A request for a copy has its own case, as one to listen has: what the other party forbids later waits for it (1.6).
alter table inspection add column kind text not null default 'LISTEN',
  add constraint inspection_kind_check check (kind in ('LISTEN', 'COPY'));

with opened as (
  insert into inspection (kind, reference, party, contact_id, contact_started_at, received_at, opened_by, request_id)
  select 'COPY', q.number, q.party, c.contact_id, c.contact_started_at, q.received_at, c.verified_by, q.id
  from subject_request q join request_call c on c.request_id = q.id
  where q.closed_at is null and q.party in ('CALLER', 'OFFICIAL') and 'COPY' = any (q.kinds) and c.state = 'MATCHED' and c.verified_by is not null
    and exists (select from recording r join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
      where r.contact_id = c.contact_id and r.state not in ('DESTROYING', 'DESTROYED') and (q.party = 'CALLER' or s.official_person_id = q.official_id))
  returning id, contact_id, party, request_id
)
insert into inspection_recording (inspection_id, recording_id)
select o.id, r.id from opened o join subject_request q on q.id = o.request_id join recording r on r.contact_id = o.contact_id
  join segment s on s.id = r.segment_id and s.contact_started_at = r.contact_started_at
where r.state not in ('DESTROYING', 'DESTROYED') and (o.party = 'CALLER' or s.official_person_id = q.official_id);
