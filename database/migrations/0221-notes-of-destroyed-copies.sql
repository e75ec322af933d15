-- Deletes what was written about anonymised copies whose recordings were destroyed before this version.
update anonymised_copy a set work = null, check_note = null, removed = '{}', redacted_ms = 0
where (a.work is not null or a.check_note is not null or a.removed <> '{}' or a.redacted_ms <> 0)
  and not exists (select from recording r where r.id = a.recording_id and r.state not in ('DESTROYING', 'DESTROYED'));
