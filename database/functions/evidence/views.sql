-- Accesses in the log that showed something.
create view data_access as
  select seq, at, person_id, right_id, role, action, purpose, reference, object_kind, object_id
  from audit_entry
  where result = 'ok'
    and action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'listening.started', 'shares.read');
