-- Who appends which action to the audit log (R21), and what else no process may do in the database.
--
-- A closed list for each database role: an action that is not in it is refused, whatever the process says. Where no person acts,
-- the entry names none. A function of the database with its owner's rights is bound by no list: it appends what it has just done.
-- src/safeguards/audit/appenders.ts has the same list; a test compares them.

create table audit_appender (
  role name not null,
  action text not null,
  -- May name a person, their right and their role.
  person boolean not null,
  -- Only with another result than `ok`.
  refusals_only boolean not null,
  primary key (role, action)
);
create trigger append_only before update or delete or truncate on audit_appender for each statement execute function append_only();
grant select on audit_appender to seloste_desk, seloste_capture, seloste_custodian;

insert into audit_appender values ('seloste_capture', 'call.admitted', false, false);
insert into audit_appender select 'seloste_custodian', action, false, false from unnest('{
  recording.kept,recording.cut,recording.destroyed,history.ended,description.took-effect,terms.shortened,promise.broken,
  promise.restored,alarm.raised,month.ended,key.destroyed,place.used,place.refused,place.left}'::text[]) action;
insert into audit_appender select 'seloste_custodian', action, true, false from unnest('{
  session.started,session.second-factor,credential.added,credential.removed,act.confirmed,log.verified,
  anonymised-copy.recognised}'::text[]) action;
insert into audit_appender select 'seloste_desk', action, true, false from unnest('{
  session.started,session.ended,contacts.listed,contact.read,caller.revealed,calls.watched,listening.started,
  description.drafted,description.submitted,description.taken-back,description.withdrawn,description.approved,
  description.rejected,description.tried,shares.read,study.read,today.watched,directory.read,directory.changed,
  directory.imported,feedback.answered,sessions.ended,sign-in.delayed,rights.read,looks.slowed,retention.read,
  certificate.made}'::text[]) action;
insert into audit_appender select 'seloste_desk', action, true, true from unnest('{
  listening.ended,right.granted,password.set,request.refused,session.second-factor,credential.added,credential.removed,
  credential.removal-asked,credential.removal-refused,act.confirmed,link.made,link.used,right.requested,right.rejected,
  right.withdrawn,right.revoked,right.reviewed,log.read,call-flow.read,alarm.closed,reconciliation.listed,
  reconciliation.explained,looks.reviewed,extract.read,recording.forbidden,hold.entered,hold.renewed,hold.ended,
  holds.read,inspection.opened,inspection.moved,inspection.closed,copy.recalled,recall.confirmed,clock.confirmed,
  request.entered,request.changed,request.assigned,request.identified,request.extended,request.closed,requests.read,
  request.read,call.looked-for,call.verified,call.given-up,office.changed,workstation.enrolled,workstation.ended,
  appointment.booked,appointment.ended,room.opened,room.closed,letter.made,letter.read,letter.delivered,letter.removed,
  template.changed,subject-copy.made,subject-copy.ended,correction.proposed,correction.decided,openness.decided,
  referral.taken-up,institute.changed,disclosures.read,research.begun,research.changed,research.read,research.item-picked,
  research.item-dropped,research.undertaking,research.decided,research.released,research.study-ended,
  research.item-confirmed,research.extension,research.withdrawn,research.closed,anonymised-copy.begun,
  anonymised-copy.read,anonymised-copy.saved,anonymised-copy.recognised,anonymised-copy.rendered,anonymised-copy.heard,
  anonymised-copy.checked,anonymised-copy.ended,package.made,package.taken,package.ended,authority.entered,
  authority.changed,authority.read,authority.item-added,authority.item-dropped,authority.assessed,authority.decided,
  authority.closed,quality.forms-read,quality.form-begun,quality.form-saved,quality.form-published,quality.plans-read,
  quality.plan-begun,quality.plan-ended,quality.queue-read,quality.evaluation-begun,quality.evaluation-read,
  quality.evaluation-saved,quality.evaluation-finished,quality.evaluation-released,quality.evaluation-set-aside,
  quality.evaluation-acknowledged,quality.disagreed,quality.disagreement-answered,quality.own-read,
  quality.calibrations-read,quality.calibration-begun,quality.calibration-closed,quality.results-read,
  training.collections-read,training.collection-begun,training.collection-saved,training.collection-ended,
  training.collection-read,training.moment-added,training.moment-saved,training.moment-removed,training.ordered,
  training.sessions-read,training.session-begun,training.session-read,training.session-ended,training.trainees-looked-for,
  training.trainee-entered,training.trainee-removed,training.own-read}'::text[]) action;

create policy closed_list on audit_entry as restrictive for insert to seloste_desk, seloste_capture, seloste_custodian with check (
  exists (
    select from audit_appender a
    where a.role = current_user and a.action = audit_entry.action
      and (a.person or coalesce(audit_entry.person_id, audit_entry.right_id) is null and audit_entry.role is null)
      and (audit_entry.result <> 'ok' or not a.refusals_only)
  )
);
-- An admission says which contact, and nothing more.
drop policy capture_appends on audit_entry;
create policy capture_appends on audit_entry for insert to seloste_capture with check (
  action <> 'call.admitted'
  or result = 'ok' and coalesce(object_kind, 'contact') = 'contact' and coalesce(purpose, reference) is null and detail = '{}'
);

-- The custodian compares what protects the data with what its version says, and which version the database is of.
grant select on migration to seloste_custodian;

-- What fills the disk or hides data outside the tables: large objects, the write-ahead log, temporary tables and files. In another
-- server than our own a superuser takes the functions away (docs/operate/install.md); temporary tables are taken away by migrate() at
-- each start, as a copy of a database does not have its grants.
do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname ~ '^(lo_.*|loread|lowrite|pg_logical_emit_message)$'
    and has_function_privilege('public', p.oid, 'execute')
  loop
    execute format('revoke execute on function %s from public', f);
  end loop;
  begin
    alter role seloste_capture set temp_file_limit = '1GB';
    alter role seloste_desk set temp_file_limit = '4GB';
    alter role seloste_custodian set temp_file_limit = '16GB';
  exception when insufficient_privilege then
    null;
  end;
end $$;
