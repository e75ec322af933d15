-- Records in the log the requests, and their calls, that it lacks at the upgrade, as they are: a restore of an earlier version brought them
-- back. From now on the Service Unit's views of a call are judged by the log's entries of the request and its call.
insert into audit_entry (action, object_kind, object_id, result, detail)
select 'request.entered', 'request', q.id, 'ok', jsonb_strip_nulls(jsonb_build_object('party', q.party, 'official', q.official_id, 'restored', true))
from subject_request q
where not exists (select from audit_entry e where e.object_id = q.id and e.action = 'request.entered' and e.result = 'ok');

insert into audit_entry (action, object_kind, object_id, result, detail)
select 'call.looked-for', 'request', k.request_id, 'ok', jsonb_build_object('result', 'one', 'contact', k.contact_id, 'restored', true)
from request_call k
where k.contact_id is not null and not exists (select from audit_entry e where e.object_id = k.request_id and e.action = 'call.looked-for'
  and e.result = 'ok' and e.detail ->> 'contact' = k.contact_id::text);
