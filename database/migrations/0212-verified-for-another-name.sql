-- Calls of a request that were verified before its requester's name was changed wait to be verified again, since then (R46).
alter table request_call add column verify_again_since timestamptz,
  add constraint request_call_verified_again check (verify_again_since is null or state = 'MATCHED');

update request_call c set verify_again_since = e.at
from subject_request q, lateral (
  select max(a.at) as at from audit_entry a
  where a.object_id = q.id and a.action = 'request.changed' and a.detail @> '{"identificationEnded": true}') e
where q.id = c.request_id and q.closed_at is null and c.state = 'MATCHED' and c.verified_at < e.at;
