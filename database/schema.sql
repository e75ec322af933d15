-- Made by "npm run generate" from a new database, for reading only. The schema is defined by migrations/ (tables) and functions/.

create type contact_filters as (from_at timestamp with time zone, to_at timestamp with time zone, going_on_at timestamp with time zone, withheld boolean, caller text, called text, official text, official_number text, recorded text, caller_ends text);

create type contact_viewer as (sees_all boolean, own uuid, units uuid[], numbers text[], served uuid[], parts uuid[], own_as integer[], is_seen boolean, only_serves boolean);

create type fed_call as (place integer, ids text[], contact_id uuid, started_at timestamp with time zone, ended_at timestamp with time zone, history_ends_at timestamp with time zone, caller_kind text, caller_key text, caller_raw text, number_called text, number_kind text, number_name jsonb, parts jsonb);

create type fed_part as (segment_id uuid, seq integer, number_reached text, number_reached_name jsonb, official_person_id uuid, official_unit_id uuid, official_name text, official_phone text, answered_at timestamp with time zone, ended_at timestamp with time zone, decision_record boolean, decision_reason text, rule_id text, rule_version integer, rule_share double precision, draw double precision, description_version integer, drawn_on text, quota_used integer, capture_state text, capture_failure text, marks text[]);

create type finding as (person_id uuid, object_id uuid, count integer, first_at timestamp with time zone, last_at timestamp with time zone, facts jsonb);

create type search_progress as (right_now timestamp with time zone, month timestamp with time zone, month_ends timestamp with time zone, after_at timestamp with time zone, after_id uuid, oldest_first boolean, remaining integer, overdue uuid[], overdue_calls uuid[], not_over uuid[]);

create type study_part as (number text, unit_id uuid, calls integer, answered integer, talk_seconds integer, wait_seconds integer, judged integer, expected_ppm integer, recorded integer);

create type told_official as (person_id uuid, unit_id uuid, name text, phone text);

create type told_part as (ids text[], contact_id uuid, started_at timestamp with time zone, caller_kind text, caller_key text, caller_raw text, number_called text, number_kind text, number_name jsonb, segment_id uuid, number_reached text, number_reached_name jsonb, official_person_id uuid, official_unit_id uuid, official_name text, official_phone text, answered_at timestamp with time zone, ended_at timestamp with time zone, end_inferred boolean, decision_record boolean, decision_reason text, rule_id text, rule_version integer, rule_share double precision, draw double precision, description_version integer, drawn_on text, quota_used integer, capture_state text, capture_failure text, marks text[], talk jsonb, recording told_recording);

create type told_recording as (id uuid, started_at timestamp with time zone, ended_at timestamp with time zone, intake_day date, months integer, is_stored boolean, is_gone boolean, size_bytes bigint, sha256 text, incomplete boolean, packets_received integer, packets_lost integer, reception jsonb, is_lossy boolean, intake_key text);

create table access_right (
  id uuid not null,
  person_id uuid not null,
  role text not null,
  duty text,
  purposes text[] not null,
  scope_kind text not null,
  scope_units uuid[] not null default '{}'::uuid[],
  scope_numbers text[] not null default '{}'::text[],
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  requested_by uuid,
  approved_by uuid,
  revoked_at timestamp with time zone,
  origin text not null default 'procedure'::text,
  request_id uuid,
  granted_at timestamp with time zone not null default clock_timestamp(),
  revoked_by uuid,
  revoke_cause text,
  revoke_reason text,
  constraint access_right_pkey PRIMARY KEY (id),
  constraint access_right_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES person(id),
  constraint access_right_check CHECK (((role <> 'EXPERT'::text) OR (duty IS NOT NULL))),
  constraint access_right_check1 CHECK (((approved_by <> person_id) AND (approved_by <> requested_by))),
  constraint access_right_decided CHECK (
CASE origin
    WHEN 'procedure'::text THEN ((requested_by IS NOT NULL) AND (approved_by IS NOT NULL))
    ELSE ((requested_by IS NULL) AND (approved_by IS NULL) AND (request_id IS NULL))
END),
  constraint access_right_duty_check CHECK ((duty = ANY (ARRAY['QUALITY'::text, 'TRAINING'::text]))),
  constraint access_right_origin_check CHECK ((origin = ANY (ARRAY['procedure'::text, 'installation'::text]))),
  constraint access_right_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint access_right_request_id_fkey FOREIGN KEY (request_id) REFERENCES right_request(id),
  constraint access_right_request_id_key UNIQUE (request_id),
  constraint access_right_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES person(id),
  constraint access_right_revoke_cause_check CHECK ((revoke_cause = ANY (ARRAY['own'::text, 'supervisor'::text, 'approver'::text, 'review'::text, 'employment'::text]))),
  constraint access_right_revoke_reason_check CHECK ((length(revoke_reason) <= 2000)),
  constraint access_right_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES person(id),
  constraint access_right_role_check CHECK ((role = ANY (ARRAY['OFFICIAL'::text, 'SUPERVISOR'::text, 'EXPERT'::text, 'MAINTENANCE'::text, 'SECURITY'::text, 'SERVICE_UNIT'::text, 'DECISION_MAKER'::text, 'ACCESS_APPROVER'::text, 'ADMINISTRATOR'::text, 'DATA_PROTECTION_OFFICER'::text]))),
  constraint access_right_scope_kind_check CHECK ((scope_kind = ANY (ARRAY['own'::text, 'unit'::text, 'numbers'::text, 'all'::text, 'none'::text])))
);
CREATE INDEX access_right_in_force ON public.access_right USING btree (granted_at) WHERE (revoked_at IS NULL);
CREATE INDEX access_right_person ON public.access_right USING btree (person_id);
CREATE TRIGGER access_right_guard BEFORE UPDATE ON access_right FOR EACH ROW EXECUTE FUNCTION access_right_guard();
CREATE TRIGGER ledger AFTER UPDATE ON access_right FOR EACH ROW EXECUTE FUNCTION ledger_right();
grant select on access_right to seloste_desk;

create table account_notice (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  kind text not null,
  session_id uuid,
  detail jsonb not null default '{}'::jsonb,
  seen_at timestamp with time zone,
  constraint account_notice_pkey PRIMARY KEY (id),
  constraint account_notice_kind_check CHECK ((kind = ANY (ARRAY['sign-in'::text, 'link-made'::text, 'link-used'::text, 'password'::text, 'factor-added'::text, 'factor-removed'::text, 'sessions-ended'::text, 'directory'::text, 'directory-ended'::text, 'second-factor-offer'::text]))),
  constraint account_notice_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE INDEX account_notice_person ON public.account_notice USING btree (person_id, at DESC);
alter table account_notice enable row level security;
create policy desk_reads_own on account_notice for select to seloste_desk using ((person_id = ( SELECT viewer() AS viewer)));
grant select on account_notice to seloste_desk;

create table act_confirmation (
  session_hash bytea not null,
  act text not null,
  object_id uuid not null,
  revision integer not null,
  passkey_id uuid not null,
  confirmed_at timestamp with time zone not null default clock_timestamp(),
  constraint act_confirmation_pkey PRIMARY KEY (session_hash, act, object_id, revision),
  constraint act_confirmation_act_check CHECK ((act = ANY (ARRAY['draft.approve'::text, 'draft.reject'::text, 'right.approve'::text, 'right.reject'::text, 'removal.approve'::text, 'removal.reject'::text, 'passkey.add'::text, 'passkey.remove'::text, 'clock.confirm'::text, 'change.approve'::text, 'change.reject'::text, 'session.prove'::text]))),
  constraint act_confirmation_passkey_id_fkey FOREIGN KEY (passkey_id) REFERENCES passkey(id) ON DELETE CASCADE,
  constraint act_confirmation_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES session(token_hash) ON UPDATE CASCADE ON DELETE CASCADE
);
grant delete, insert, select, update (passkey_id, confirmed_at) on act_confirmation to seloste_custodian;

create table admission_part (
  id uuid not null,
  hour timestamp with time zone not null,
  source text not null,
  counted_at timestamp with time zone not null default now(),
  kinds text[] not null,
  ids uuid[] not null,
  starts timestamp with time zone[] not null,
  root bytea not null,
  belongs_to uuid[],
  contents uuid[],
  constraint admission_part_pkey PRIMARY KEY (id),
  constraint admission_part_check CHECK (((cardinality(ids) = cardinality(kinds)) AND (cardinality(starts) = cardinality(ids)) AND (cardinality(ids) > 0))),
  constraint admission_part_hour_check CHECK ((date_trunc('hour'::text, hour, 'UTC'::text) = hour)),
  constraint admission_part_root_check CHECK ((octet_length(root) = 32))
);
CREATE INDEX admission_part_hour ON public.admission_part USING btree (hour);
CREATE TRIGGER admission_part_guard BEFORE DELETE ON admission_part FOR EACH ROW EXECUTE FUNCTION admission_part_guard();
CREATE TRIGGER append_only BEFORE UPDATE OF belongs_to, counted_at, hour, id, ids, kinds, root, source, starts OR TRUNCATE ON admission_part FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table admission_part enable row level security;
create policy custodian_counts on admission_part to seloste_custodian using (true) with check (true);
grant insert (id, hour, source, kinds, ids, starts, root, belongs_to, contents), select on admission_part to seloste_custodian;

create table admission_told (
  seq bigint generated as identity not null,
  at timestamp with time zone not null default now(),
  source text not null,
  kind text not null,
  id uuid not null,
  started_at timestamp with time zone not null,
  belongs_to uuid,
  content uuid,
  constraint admission_told_pkey PRIMARY KEY (seq),
  constraint admission_told_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'segment'::text, 'recording'::text, 'change'::text])))
);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF at, started_at ON admission_told FOR EACH ROW WHEN (LEAST(new.at, new.started_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.at, new.started_at) > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();
alter table admission_told enable row level security;
create policy custodian_counts on admission_told to seloste_custodian using (true);
grant delete, select on admission_told to seloste_custodian;

create table alarm (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  person_id uuid,
  object_id uuid,
  count integer not null,
  facts jsonb not null,
  threshold jsonb not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  raised_at timestamp with time zone not null default clock_timestamp(),
  seen_at timestamp with time zone,
  seen_by uuid,
  closed_at timestamp with time zone,
  closed_by uuid,
  note text,
  constraint alarm_pkey PRIMARY KEY (id),
  constraint alarm_closed_check CHECK ((((closed_by IS NULL) = (note IS NULL)) AND
CASE
    WHEN (kind = 'standstill'::text) THEN ((closed_by IS NULL) OR (closed_at IS NOT NULL))
    ELSE ((closed_at IS NULL) = (closed_by IS NULL))
END)),
  constraint alarm_count_check CHECK ((count > 0)),
  constraint alarm_kind_check CHECK ((kind = ANY (ARRAY['refusals'::text, 'night'::text, 'official'::text, 'caller'::text, 'mass'::text, 'reveals'::text, 'sign-ins'::text, 'break-glass'::text, 'requests'::text, 'unrecorded'::text, 'untold'::text, 'one-way'::text, 'loss'::text, 'links'::text, 'directory'::text, 'standstill'::text, 'late-window'::text]))),
  constraint alarm_note_check CHECK (((note <> ''::text) AND (length(note) <= 2000)))
);
CREATE UNIQUE INDEX alarm_open ON public.alarm USING btree (kind, person_id, object_id) NULLS NOT DISTINCT WHERE (closed_at IS NULL);
CREATE INDEX alarm_raised ON public.alarm USING btree (raised_at DESC, id DESC);
CREATE INDEX alarm_subject ON public.alarm USING btree (kind, person_id, last_at);
alter table alarm enable row level security;
create policy custodian_deletes on alarm for delete to seloste_custodian using ((closed_at < (now() - '2 years'::interval)));
create policy custodian_raises on alarm for insert to seloste_custodian with check (((closed_at IS NULL) AND (seen_at IS NULL)));
create policy custodian_reads on alarm for select to seloste_custodian using (true);
create policy custodian_updates on alarm for update to seloste_custodian using ((closed_at IS NULL)) with check ((closed_at IS NULL));
create policy desk_reads on alarm for select to seloste_desk using ((( SELECT viewer_is('DATA_PROTECTION_OFFICER'::text) AS viewer_is) OR ((kind = 'standstill'::text) AND ( SELECT may_see_capture() AS may_see_capture))));
grant delete, insert (kind, person_id, object_id, count, facts, threshold, first_at, last_at), select, update (count, facts, threshold, last_at) on alarm to seloste_custodian;
grant select on alarm to seloste_desk;

create table announced_version_kept (
  version integer not null,
  hash text not null
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON announced_version_kept FOR EACH STATEMENT EXECUTE FUNCTION append_only();

create table anonymised_copy (
  id uuid not null default gen_random_uuid(),
  recording_id uuid not null,
  duration_ms integer not null,
  state text not null default 'DRAFT'::text,
  revision integer not null default 0,
  level text not null default 'T'::text,
  work bytea,
  prepared_by uuid not null,
  prepared_at timestamp with time zone not null default clock_timestamp(),
  engine text,
  engine_version text,
  removed jsonb not null default '{}'::jsonb,
  redacted_ms integer not null default 0,
  rendered_at timestamp with time zone,
  sound_sha256 bytea,
  sound_bytes bigint,
  failure text,
  checked_at timestamp with time zone,
  checked_by uuid,
  check_note text,
  ended_at timestamp with time zone,
  removed_at timestamp with time zone,
  rendering_at timestamp with time zone,
  sound_at timestamp with time zone,
  sound_ms integer,
  evaluation jsonb,
  failed_turn integer,
  read_by uuid,
  read_at timestamp with time zone,
  former_preparers uuid[] not null default '{}'::uuid[],
  former_checkers uuid[] not null default '{}'::uuid[],
  recognised_at timestamp with time zone,
  constraint anonymised_copy_pkey PRIMARY KEY (id),
  constraint anonymised_copy_check CHECK ((checked_by <> prepared_by)),
  constraint anonymised_copy_check1 CHECK (((state <> 'APPROVED'::text) OR ((rendered_at IS NOT NULL) AND (checked_at IS NOT NULL)))),
  constraint anonymised_copy_check_note_check CHECK (((check_note ~ '\S'::text) AND (length(check_note) <= 1000))),
  constraint anonymised_copy_checked_by_fkey FOREIGN KEY (checked_by) REFERENCES person(id),
  constraint anonymised_copy_duration_ms_check CHECK ((duration_ms >= 0)),
  constraint anonymised_copy_failure_check CHECK ((length(failure) <= 300)),
  constraint anonymised_copy_level_check CHECK ((level = ANY (ARRAY['T'::text, 'N'::text, 'D'::text]))),
  constraint anonymised_copy_prepared_by_fkey FOREIGN KEY (prepared_by) REFERENCES person(id),
  constraint anonymised_copy_recording_id_key UNIQUE (recording_id),
  constraint anonymised_copy_revision_check CHECK ((revision >= 0)),
  constraint anonymised_copy_sound_ms_check CHECK ((sound_ms >= 0)),
  constraint anonymised_copy_state_check CHECK ((state = ANY (ARRAY['DRAFT'::text, 'RENDERING'::text, 'RENDERED'::text, 'APPROVED'::text, 'REJECTED'::text, 'FAILED'::text])))
);
CREATE TRIGGER records_preparer BEFORE UPDATE OF prepared_by, checked_by ON anonymised_copy FOR EACH ROW EXECUTE FUNCTION record_copy_preparer();
alter table anonymised_copy enable row level security;
create policy custodian_reads on anonymised_copy for select to seloste_custodian using (true);
grant select (id, recording_id, state, prepared_by, checked_at, checked_by, ended_at, removed_at, rendering_at, sound_at, former_preparers, recognised_at) on anonymised_copy to seloste_custodian;

create table appointment (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  slot_id uuid not null,
  needs text[] not null,
  interpreter_language text,
  state text not null default 'BOOKED'::text,
  booked_at timestamp with time zone not null default clock_timestamp(),
  booked_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  opened_at timestamp with time zone,
  constraint appointment_pkey PRIMARY KEY (id),
  constraint appointment_booked_by_fkey FOREIGN KEY (booked_by) REFERENCES person(id),
  constraint appointment_check CHECK (((state = 'BOOKED'::text) = (ended_at IS NULL))),
  constraint appointment_check1 CHECK (((interpreter_language IS NULL) OR ('INTERPRETER'::text = ANY (needs)))),
  constraint appointment_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint appointment_interpreter_language_check CHECK (((interpreter_language ~ '\S'::text) AND (length(interpreter_language) <= 60))),
  constraint appointment_needs_check CHECK ((needs <@ ARRAY['INTERPRETER'::text, 'TRANSCRIPT'::text, 'STEP_FREE'::text, 'HEARING_LOOP'::text])),
  constraint appointment_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE,
  constraint appointment_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES office_slot(id),
  constraint appointment_state_check CHECK ((state = ANY (ARRAY['BOOKED'::text, 'HEARD'::text, 'NO_SHOW'::text, 'MOVED'::text, 'WITHDRAWN'::text, 'OVER'::text])))
);
CREATE UNIQUE INDEX appointment_of_request ON public.appointment USING btree (request_id) WHERE (state = 'BOOKED'::text);
CREATE UNIQUE INDEX appointment_of_slot ON public.appointment USING btree (slot_id) WHERE (state = 'BOOKED'::text);
CREATE INDEX appointment_request ON public.appointment USING btree (request_id);
CREATE INDEX appointment_slot ON public.appointment USING btree (slot_id);
CREATE TRIGGER ledger AFTER INSERT OR UPDATE OF state ON appointment FOR EACH ROW EXECUTE FUNCTION ledger_appointment();
alter table appointment enable row level security;
create policy custodian_reads on appointment for select to seloste_custodian using (true);
create policy desk_reads on appointment for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select on appointment to seloste_custodian;
grant select on appointment to seloste_desk;

create table audit_appender (
  role name not null,
  action text not null,
  person boolean not null,
  refusals_only boolean not null,
  constraint audit_appender_pkey PRIMARY KEY (role, action)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_appender FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant select on audit_appender to seloste_capture;
grant select on audit_appender to seloste_custodian;
grant select on audit_appender to seloste_desk;

create table audit_break (
  id bigint generated as identity not null,
  found_at timestamp with time zone not null default clock_timestamp(),
  findings jsonb not null,
  accepted_at timestamp with time zone,
  reason text,
  accepted_by text,
  constraint audit_break_pkey PRIMARY KEY (id),
  constraint audit_break_check CHECK ((((accepted_at IS NULL) = (reason IS NULL)) AND ((accepted_at IS NULL) = (accepted_by IS NULL))))
);
CREATE UNIQUE INDEX audit_break_open ON public.audit_break USING btree ((true)) WHERE (accepted_at IS NULL);
grant insert (findings), select on audit_break to seloste_custodian;

create table audit_checkpoint (
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamp with time zone not null default clock_timestamp(),
  constraint audit_checkpoint_pkey PRIMARY KEY (size),
  constraint audit_checkpoint_root_check CHECK ((octet_length(root) = 32)),
  constraint audit_checkpoint_size_check CHECK ((size >= 0))
);
grant insert (size, root, note), select on audit_checkpoint to seloste_custodian;
grant select on audit_checkpoint to seloste_desk;

create table audit_cosignature (
  size bigint not null,
  witness text not null,
  line text not null,
  received_at timestamp with time zone not null default clock_timestamp(),
  constraint audit_cosignature_pkey PRIMARY KEY (size, witness),
  constraint audit_cosignature_size_fkey FOREIGN KEY (size) REFERENCES audit_checkpoint(size) ON DELETE CASCADE
);
grant insert (size, witness, line), select on audit_cosignature to seloste_custodian;
grant select on audit_cosignature to seloste_desk;

create table audit_entry (
  seq bigint generated as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  person_id uuid,
  right_id uuid,
  role text,
  action text not null,
  purpose text,
  reference text,
  object_kind text,
  object_id uuid,
  result text not null,
  detail jsonb not null default '{}'::jsonb,
  salt uuid not null default gen_random_uuid(),
  constraint audit_entry_pkey PRIMARY KEY (seq)
);
CREATE INDEX audit_entry_accounts ON public.audit_entry USING btree (at) WHERE ((result = 'ok'::text) AND (action = ANY (ARRAY['link.made'::text, 'directory.change-asked'::text, 'directory.change-confirmed'::text, 'directory.number-moved'::text, 'directory.number-ended'::text, 'directory.place-ended'::text, 'directory.employment-ended'::text, 'credential.removed'::text, 'scim-token.added'::text])));
CREATE INDEX audit_entry_action ON public.audit_entry USING btree (action, at, seq);
CREATE INDEX audit_entry_announcing ON public.audit_entry USING btree (seq) WHERE (action = ANY (ARRAY['description.installed'::text, 'description.approved'::text]));
CREATE INDEX audit_entry_look ON public.audit_entry USING btree (purpose, at) WHERE ((result = 'ok'::text) AND (action = ANY (ARRAY['contacts.listed'::text, 'contact.read'::text, 'caller.revealed'::text, 'calls.watched'::text, 'listening.started'::text, 'shares.read'::text])));
CREATE INDEX audit_entry_object ON public.audit_entry USING btree (object_id);
CREATE INDEX audit_entry_official ON public.audit_entry USING btree (seq) WHERE ((result = 'ok'::text) AND (role = 'OFFICIAL'::text) AND (action = ANY (ARRAY['contact.read'::text, 'caller.revealed'::text])));
CREATE INDEX audit_entry_person ON public.audit_entry USING btree (person_id, at);
CREATE INDEX audit_entry_reference ON public.audit_entry USING btree (reference) WHERE (reference IS NOT NULL);
CREATE INDEX audit_entry_referring ON public.audit_entry USING btree (reference) WHERE ((result = 'ok'::text) AND (action = ANY (ARRAY['contacts.listed'::text, 'contact.read'::text, 'caller.revealed'::text, 'calls.watched'::text, 'listening.started'::text, 'shares.read'::text])) AND (role = ANY (ARRAY['MAINTENANCE'::text, 'SECURITY'::text])));
CREATE INDEX audit_entry_refused ON public.audit_entry USING btree (at, seq) WHERE (result <> 'ok'::text);
CREATE INDEX audit_entry_searched_caller ON public.audit_entry USING btree (at) WHERE ((action = 'contacts.listed'::text) AND (result = 'ok'::text) AND ((detail ->> 'byCaller'::text) = 'true'::text));
CREATE INDEX audit_entry_served ON public.audit_entry USING btree (at) WHERE ((result = 'ok'::text) AND (action = ANY (ARRAY['request.entered'::text, 'call.looked-for'::text, 'call.given-up'::text, 'call.verified'::text, 'recording.forbidden'::text])));
CREATE INDEX audit_entry_time ON public.audit_entry USING btree (at, seq);
CREATE INDEX audit_entry_verifiers ON public.audit_entry USING btree (seq) WHERE ((action = ANY (ARRAY['session.started'::text, 'session.proved'::text, 'act.confirmed'::text])) AND (detail ? 'verifiers'::text));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER is_written_at_once BEFORE INSERT ON audit_entry FOR EACH ROW WHEN ((SESSION_USER = ANY (ARRAY['seloste_capture'::name, 'seloste_desk'::name])) AND (clock_timestamp() > (now() + '00:05:00'::interval) OR current_setting('transaction_isolation'::text) <> 'read committed'::text)) EXECUTE FUNCTION refuse_old_transaction();
CREATE TRIGGER pending AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION record_audit_pending();
alter table audit_entry enable row level security;
create policy acts_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (NOT (action ~~ ANY ('{subject-copy.%,correction.%,openness.%}'::text[])))));
create policy anonymised_copies_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action !~~ 'anonymised-copy.%'::text)));
create policy calls_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action <> ALL (ARRAY['call.looked-for'::text, 'call.verified'::text, 'call.given-up'::text]))));
create policy capture_appends on audit_entry for insert to seloste_capture with check (((action <> 'call.admitted'::text) OR ((result = 'ok'::text) AND (COALESCE(object_kind, 'contact'::text) = 'contact'::text) AND (COALESCE(purpose, reference) IS NULL) AND (detail = '{}'::jsonb))));
create policy capture_stop_logged_by_functions on audit_entry for insert to seloste_capture, seloste_custodian, seloste_desk with check (((action <> 'capture.stopped'::text) OR (result <> 'ok'::text)));
create policy closed_list on audit_entry for insert to seloste_capture, seloste_custodian, seloste_desk with check ((EXISTS ( SELECT
   FROM audit_appender a
  WHERE ((a.role = CURRENT_USER) AND (a.action = audit_entry.action) AND (a.person OR ((COALESCE(audit_entry.person_id, audit_entry.right_id) IS NULL) AND (audit_entry.role IS NULL))) AND ((audit_entry.result <> 'ok'::text) OR (NOT a.refusals_only))))));
create policy custodian_appends on audit_entry for insert to seloste_custodian with check ((action <> ALL (ARRAY['log.read'::text, 'log.pruned'::text, 'log.break-accepted'::text])));
create policy custodian_reads on audit_entry for select to seloste_custodian using (true);
create policy desk_appends on audit_entry for insert to seloste_desk with check (((action !~~ 'log.%'::text) AND (action <> ALL (ARRAY['call.admitted'::text, 'recording.kept'::text, 'recording.destroyed'::text, 'history.ended'::text, 'listening.ended'::text, 'alarm.raised'::text, 'terms.shortened'::text, 'promise.broken'::text, 'promise.restored'::text, 'description.installed'::text, 'description.took-effect'::text, 'scim-token.added'::text, 'scim-token.revoked'::text])) AND ((result <> 'ok'::text) OR
CASE
    WHEN (action = ANY (ARRAY['contacts.listed'::text, 'contact.read'::text, 'caller.revealed'::text, 'calls.watched'::text, 'listening.started'::text, 'shares.read'::text])) THEN access_is_accurate(person_id, right_id, role, purpose, reference)
    WHEN ((action ~~ ANY ('{right.%,link.%,credential.%,alarm.%}'::text[])) OR (action = ANY (ARRAY['password.set'::text, 'act.confirmed'::text, 'looks.reviewed'::text, 'extract.read'::text, 'session.ended'::text, 'session.second-factor'::text]))) THEN false
    WHEN (action = 'session.started'::text) THEN (EXISTS ( SELECT
       FROM session s
      WHERE ((s.person_id = audit_entry.person_id) AND (s.created_at = now()))))
    WHEN (action = 'sessions.ended'::text) THEN ((NOT (detail ? 'verifiers'::text)) AND (person_id = viewer()) AND (object_id = person_id) AND (role IS NULL))
    WHEN (action = 'description.approved'::text) THEN ((person_id = viewer()) AND (EXISTS ( SELECT
       FROM description_version v
      WHERE ((v.version = ((audit_entry.detail ->> 'version'::text))::integer) AND (encode(v.hash, 'hex'::text) = (audit_entry.detail ->> 'hash'::text)) AND (v.approver = audit_entry.person_id)))))
    WHEN (action ~~ 'description.%'::text) THEN (person_id = viewer())
    WHEN (action = ANY (ARRAY['sign-in.delayed'::text, 'looks.slowed'::text])) THEN true
    ELSE (NOT (person_id IS DISTINCT FROM viewer()))
END)));
create policy disclosures_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (NOT (action ~~ ANY ('{authority.%,research.%,package.%,anonymised-copy.%,institute.%}'::text[])))));
create policy ends_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (NOT ((action = 'recording.forbidden'::text) OR (action ~~ ANY ('{hold%,inspection.%,copy.%,recall.%,clock.%}'::text[]))))));
create policy flow_read_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action <> 'call-flow.read'::text)));
create policy offices_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (NOT ((action = 'office.changed'::text) OR (action ~~ ANY ('{workstation.%,appointment.%,room.%}'::text[]))))));
create policy quality_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action !~~ 'quality.%'::text)));
create policy reconciliation_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action !~~ 'reconciliation.%'::text)));
create policy referrals_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action !~~ 'referral.%'::text)));
create policy research_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (NOT (action ~~ ANY ('{institute.%,research.%,disclosures.%}'::text[])))));
create policy training_logged_by_functions on audit_entry for insert to seloste_desk with check (((result <> 'ok'::text) OR (action !~~ 'training.%'::text)));
grant insert (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail) on audit_entry to seloste_capture;
grant insert (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail), select on audit_entry to seloste_custodian;
grant insert (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail) on audit_entry to seloste_desk;

create table audit_leaf (
  index bigint not null,
  seq bigint,
  hash bytea not null,
  constraint audit_leaf_pkey PRIMARY KEY (index),
  constraint audit_leaf_hash_check CHECK ((octet_length(hash) = 32)),
  constraint audit_leaf_index_check CHECK ((index >= 0)),
  constraint audit_leaf_seq_key UNIQUE (seq)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert, select on audit_leaf to seloste_custodian;
grant select (index, hash) on audit_leaf to seloste_desk;

create table audit_pending (
  seq bigint not null,
  constraint audit_pending_pkey PRIMARY KEY (seq)
);
grant delete, select on audit_pending to seloste_custodian;

create table audit_pruning (
  minimum_index bigint not null,
  before timestamp with time zone not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint audit_pruning_pkey PRIMARY KEY (minimum_index),
  constraint audit_pruning_minimum_index_check CHECK (((minimum_index > 0) AND ((minimum_index % (256)::bigint) = 0)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_pruning FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant select on audit_pruning to seloste_custodian;

create table audit_signed_from (
  one boolean not null default true,
  note text not null,
  constraint audit_signed_from_pkey PRIMARY KEY (one),
  constraint audit_signed_from_one_check CHECK (one)
);
grant insert, select, update on audit_signed_from to seloste_custodian;

create table audit_subtree (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint audit_subtree_pkey PRIMARY KEY (level, index),
  constraint audit_subtree_hash_check CHECK ((octet_length(hash) = 32)),
  constraint audit_subtree_index_check CHECK ((index >= 0)),
  constraint audit_subtree_level_check CHECK (((level >= 1) AND (level <= 7)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_subtree FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert, select on audit_subtree to seloste_custodian;
grant select on audit_subtree to seloste_desk;

create table authority_disclosure (
  id uuid not null default gen_random_uuid(),
  number text not null,
  origin text not null,
  authority text not null,
  officer text not null,
  case_number text not null,
  aim text not null,
  provision_id text,
  received_at timestamp with time zone not null,
  entered_at timestamp with time zone not null default clock_timestamp(),
  entered_by uuid not null,
  assessment text,
  assessed_at timestamp with time zone,
  assessed_by uuid,
  outcome text,
  reasons text,
  decided_at timestamp with time zone,
  decided_by uuid,
  released_at timestamp with time zone,
  closed_at timestamp with time zone,
  closed_by uuid,
  unreleased_because text,
  hands uuid[] not null default '{}'::uuid[],
  constraint authority_disclosure_pkey PRIMARY KEY (id),
  constraint authority_disclosure_aim_check CHECK ((aim = ANY (ARRAY['PREVENTION'::text, 'INVESTIGATION'::text]))),
  constraint authority_disclosure_assessed_by_fkey FOREIGN KEY (assessed_by) REFERENCES person(id),
  constraint authority_disclosure_assessment_check CHECK (((assessment ~ '\S'::text) AND (length(assessment) <= 4000))),
  constraint authority_disclosure_authority_check CHECK (((authority ~ '\S'::text) AND (length(authority) <= 200))),
  constraint authority_disclosure_case_number_check CHECK (((case_number ~ '\S'::text) AND (length(case_number) <= 64))),
  constraint authority_disclosure_check CHECK ((((assessed_at IS NULL) = (assessment IS NULL)) AND ((assessed_at IS NULL) = (assessed_by IS NULL)))),
  constraint authority_disclosure_check1 CHECK ((((decided_at IS NULL) = (outcome IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)) AND ((decided_at IS NULL) = (reasons IS NULL)))),
  constraint authority_disclosure_check2 CHECK ((decided_by <> entered_by)),
  constraint authority_disclosure_check3 CHECK (((outcome IS NULL) OR (outcome = 'REFUSED'::text) OR (provision_id IS NOT NULL))),
  constraint authority_disclosure_check4 CHECK (((released_at IS NULL) OR (outcome = ANY (ARRAY['GRANTED'::text, 'PART'::text])))),
  constraint authority_disclosure_check5 CHECK (((unreleased_because IS NULL) OR ((released_at IS NULL) AND (closed_at IS NOT NULL)))),
  constraint authority_disclosure_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id),
  constraint authority_disclosure_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint authority_disclosure_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES person(id),
  constraint authority_disclosure_number_check CHECK ((number ~ '^V-\d{4}-\d+$'::text)),
  constraint authority_disclosure_number_key UNIQUE (number),
  constraint authority_disclosure_officer_check CHECK (((officer ~ '\S'::text) AND (length(officer) <= 200))),
  constraint authority_disclosure_origin_check CHECK ((origin = ANY (ARRAY['REQUEST'::text, 'OWN_INITIATIVE'::text]))),
  constraint authority_disclosure_outcome_check CHECK ((outcome = ANY (ARRAY['GRANTED'::text, 'PART'::text, 'REFUSED'::text]))),
  constraint authority_disclosure_provision_id_check CHECK (((provision_id ~ '\S'::text) AND (length(provision_id) <= 64))),
  constraint authority_disclosure_reasons_check CHECK (((reasons ~ '\S'::text) AND (length(reasons) <= 2000))),
  constraint authority_disclosure_unreleased_because_check CHECK (((unreleased_because ~ '\S'::text) AND (length(unreleased_because) <= 2000)))
);
CREATE TRIGGER ledger AFTER UPDATE ON authority_disclosure FOR EACH ROW EXECUTE FUNCTION ledger_disclosures();
CREATE TRIGGER ledger_number AFTER INSERT OR UPDATE OF closed_at ON authority_disclosure FOR EACH ROW EXECUTE FUNCTION ledger_request();
CREATE TRIGGER records_preparer BEFORE UPDATE OF origin, authority, officer, case_number, aim, provision_id, received_at, assessed_at ON authority_disclosure FOR EACH ROW WHEN (old.decided_at IS NULL) EXECUTE FUNCTION record_preparer();
alter table authority_disclosure enable row level security;
create policy desk_reads on authority_disclosure for select to seloste_desk using (( SELECT (viewer_is('SECURITY'::text) OR viewer_is('DECISION_MAKER'::text) OR viewer_is('DATA_PROTECTION_OFFICER'::text))));
grant select on authority_disclosure to seloste_desk;

create table authority_item (
  disclosure_id uuid not null,
  item integer not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  recording_id uuid,
  what text not null,
  added_at timestamp with time zone not null default clock_timestamp(),
  added_by uuid not null,
  dropped_at timestamp with time zone,
  granted boolean,
  constraint authority_item_pkey PRIMARY KEY (disclosure_id, item),
  constraint authority_item_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id),
  constraint authority_item_check CHECK (((what = 'IDENTIFICATION_DATA'::text) OR (recording_id IS NOT NULL))),
  constraint authority_item_disclosure_id_fkey FOREIGN KEY (disclosure_id) REFERENCES authority_disclosure(id),
  constraint authority_item_item_check CHECK ((item > 0)),
  constraint authority_item_what_check CHECK ((what = ANY (ARRAY['RECORDING'::text, 'IDENTIFICATION_DATA'::text, 'BOTH'::text])))
);
CREATE INDEX authority_item_contact ON public.authority_item USING btree (contact_id);
CREATE INDEX authority_item_recording ON public.authority_item USING btree (recording_id);
alter table authority_item enable row level security;
create policy desk_reads on authority_item for select to seloste_desk using (( SELECT (viewer_is('SECURITY'::text) OR viewer_is('DECISION_MAKER'::text))));
grant select on authority_item to seloste_desk;

create table authority_request (
  id uuid not null default gen_random_uuid(),
  recording_id uuid not null,
  received_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  disclosure_id uuid,
  constraint authority_request_pkey PRIMARY KEY (id),
  constraint authority_request_disclosure_id_fkey FOREIGN KEY (disclosure_id) REFERENCES authority_disclosure(id)
);
CREATE INDEX authority_request_recording ON public.authority_request USING btree (recording_id);
CREATE TRIGGER ledger AFTER INSERT OR UPDATE OF received_at, closed_at ON authority_request FOR EACH ROW EXECUTE FUNCTION ledger_case();
alter table authority_request enable row level security;

create table calibration (
  id uuid not null default gen_random_uuid(),
  name text not null,
  form_id uuid not null,
  form_version integer not null,
  recording_id uuid,
  begun_at timestamp with time zone not null default clock_timestamp(),
  begun_by uuid not null,
  closed_at timestamp with time zone,
  summary jsonb,
  ended_at timestamp with time zone,
  constraint calibration_pkey PRIMARY KEY (id),
  constraint calibration_begun_by_fkey FOREIGN KEY (begun_by) REFERENCES person(id),
  constraint calibration_check CHECK (((length(name) <= 200) AND ((btrim(name) <> ''::text) = (ended_at IS NULL)))),
  constraint calibration_form_id_form_version_fkey FOREIGN KEY (form_id, form_version) REFERENCES quality_form_version(form_id, version)
);
CREATE INDEX calibration_recording ON public.calibration USING btree (recording_id) WHERE (recording_id IS NOT NULL);
alter table calibration enable row level security;

create table call_identity (
  external_id_hash bytea not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  constraint call_identity_pkey PRIMARY KEY (external_id_hash, contact_started_at)
) partition by RANGE (contact_started_at);
CREATE INDEX call_identity_contact ON ONLY public.call_identity USING btree (contact_id);
CREATE TRIGGER is_written_at_once BEFORE INSERT OR DELETE OR UPDATE ON call_identity FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND (clock_timestamp() > (now() + '00:05:00'::interval) OR current_setting('transaction_isolation'::text) <> 'read committed'::text)) EXECUTE FUNCTION refuse_old_transaction();
CREATE TRIGGER stays_after_end BEFORE UPDATE ON call_identity FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND old.contact_started_at < (now() - '1 day'::interval)) EXECUTE FUNCTION call_id_guard();
grant insert, select, update (contact_id) on call_identity to seloste_capture;
grant select on call_identity to seloste_custodian;

create table capture_client (
  id bigint generated as identity not null,
  trunk text not null,
  client text not null,
  first_at timestamp with time zone not null default clock_timestamp(),
  last_at timestamp with time zone not null default clock_timestamp(),
  sessions bigint not null default 0,
  refused bigint not null default 0,
  constraint capture_client_pkey PRIMARY KEY (id),
  constraint capture_client_texts CHECK (((octet_length(trunk) <= 1000) AND (octet_length(client) <= 1000))) NOT VALID,
  constraint capture_client_trunk_client_key UNIQUE (trunk, client)
);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF sessions, refused ON capture_client FOR EACH ROW WHEN (GREATEST(new.sessions, new.refused) > '9007199254740991'::bigint) EXECUTE FUNCTION check_value_range();
alter table capture_client enable row level security;
create policy desk_reads on capture_client for select to seloste_desk using (( SELECT may_see_capture() AS may_see_capture));
grant select on capture_client to seloste_desk;

create table capture_client_sends (
  client_id bigint not null,
  kind text not null,
  name text not null,
  times bigint not null,
  first_at timestamp with time zone not null default clock_timestamp(),
  last_at timestamp with time zone not null default clock_timestamp(),
  constraint capture_client_sends_pkey PRIMARY KEY (client_id, kind, name),
  constraint capture_client_sends_client_id_fkey FOREIGN KEY (client_id) REFERENCES capture_client(id) ON DELETE CASCADE,
  constraint capture_client_sends_kind_check CHECK ((kind ~ '^[a-z-]{1,20}$'::text)),
  constraint capture_client_sends_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF times ON capture_client_sends FOR EACH ROW WHEN (new.times > '9007199254740991'::bigint) EXECUTE FUNCTION check_value_range();
alter table capture_client_sends enable row level security;
create policy desk_reads on capture_client_sends for select to seloste_desk using (( SELECT may_see_capture() AS may_see_capture));
grant select on capture_client_sends to seloste_desk;

create table capture_hour (
  hour timestamp with time zone not null,
  trunk text not null,
  client text not null,
  recordings integer not null,
  one_way integer not null,
  silent integer not null,
  lossy integer not null,
  empty integer not null,
  expected bigint not null,
  lost bigint not null,
  late bigint not null,
  duplicates bigint not null,
  streams integer not null,
  jitter_ms double precision not null,
  worst_jitter_ms double precision not null,
  one_way_at timestamp with time zone,
  lossy_at timestamp with time zone,
  constraint capture_hour_pkey PRIMARY KEY (hour, trunk, client),
  constraint capture_hour_hour_check CHECK ((hour = date_trunc('hour'::text, hour, 'UTC'::text)))
);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF hour, expected, lost, late, duplicates ON capture_hour FOR EACH ROW WHEN (new.hour < '1970-01-01 00:00:00+00'::timestamp with time zone OR new.hour > '3000-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.expected, new.lost, new.late, new.duplicates) > '9007199254740991'::bigint) EXECUTE FUNCTION check_value_range();
alter table capture_hour enable row level security;
create policy custodian_reads on capture_hour for select to seloste_custodian using (true);
create policy desk_reads on capture_hour for select to seloste_desk using (( SELECT may_see_capture() AS may_see_capture));
grant select (hour, trunk, client, recordings, one_way, lossy, one_way_at, lossy_at) on capture_hour to seloste_custodian;
grant select on capture_hour to seloste_desk;

create table capture_node (
  id uuid not null,
  name text not null,
  version text not null,
  started_at timestamp with time zone not null,
  alive_at timestamp with time zone not null,
  steady_since timestamp with time zone not null,
  ended_at timestamp with time zone,
  draining boolean not null,
  pressures text[] not null,
  sessions integer not null,
  recordings integer not null,
  waiting integer not null,
  blockers jsonb not null default '[]'::jsonb,
  away_from timestamp with time zone,
  away_until timestamp with time zone,
  constraint capture_node_pkey PRIMARY KEY (id),
  constraint capture_node_name_check CHECK ((name ~ '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$'::text)),
  constraint capture_node_texts CHECK (((octet_length(name) <= 400) AND (octet_length(version) <= 400) AND (octet_length((blockers)::text) <= 100000))) NOT VALID
);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF started_at ON capture_node FOR EACH ROW WHEN (new.started_at < '1970-01-01 00:00:00+00'::timestamp with time zone OR new.started_at > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();
alter table capture_node enable row level security;
create policy desk_reads on capture_node for select to seloste_desk using (true);
grant select (id, name, alive_at, ended_at) on capture_node to seloste_desk;

create table capture_stop (
  recording_id uuid not null,
  asked_at timestamp with time zone not null default clock_timestamp(),
  constraint capture_stop_pkey PRIMARY KEY (recording_id)
);
alter table capture_stop enable row level security;
create policy custodian_reads on capture_stop for select to seloste_custodian using (true);
grant select on capture_stop to seloste_custodian;

create table clock_confirmation (
  stop_id uuid not null,
  person_id uuid not null,
  role text not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint clock_confirmation_pkey PRIMARY KEY (stop_id, person_id, at),
  constraint clock_confirmation_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint clock_confirmation_stop_id_fkey FOREIGN KEY (stop_id) REFERENCES clock_stop(id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON clock_confirmation FOR EACH STATEMENT EXECUTE FUNCTION append_only();

create table clock_mark (
  only_one boolean not null default true,
  at timestamp with time zone not null,
  leapt interval not null default '00:00:00'::interval,
  seen timestamp with time zone not null default now(),
  gained interval not null default '00:00:00'::interval,
  watcher uuid,
  is_watched boolean not null default false,
  constraint clock_mark_pkey PRIMARY KEY (only_one),
  constraint clock_mark_leapt_check CHECK ((leapt >= '00:00:00'::interval)),
  constraint clock_mark_only_one_check CHECK (only_one)
);

create table clock_stop (
  id uuid not null default gen_random_uuid(),
  since timestamp with time zone not null,
  mark timestamp with time zone not null,
  ended_at timestamp with time zone,
  confirmed boolean,
  constraint clock_stop_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX clock_stop_open ON public.clock_stop USING btree ((true)) WHERE (ended_at IS NULL);

create table conference_part (
  segment_id uuid not null,
  contact_id uuid not null,
  node uuid not null,
  official_person_id uuid not null,
  speaks boolean not null default false,
  constraint conference_part_pkey PRIMARY KEY (segment_id)
);

create table contact (
  id uuid not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_inferred boolean not null default false,
  caller_kind text not null,
  caller_key text,
  caller_raw text,
  number_called text not null,
  number_kind text not null,
  number_name jsonb,
  history_ends_at timestamp with time zone,
  counted study_part[],
  trunk text,
  waited_from timestamp with time zone,
  admitted_at timestamp with time zone default now(),
  constraint contact_pkey PRIMARY KEY (id, started_at),
  constraint contact_caller_kind_check CHECK ((caller_kind = ANY (ARRAY['e164'::text, 'short'::text, 'extension'::text, 'address'::text, 'withheld'::text, 'unparsed'::text]))),
  constraint contact_check CHECK (((caller_kind <> 'withheld'::text) OR ((caller_key IS NULL) AND (caller_raw IS NULL)))),
  constraint contact_number_kind_check CHECK ((number_kind = ANY (ARRAY['NATIONAL_SERVICE'::text, 'REGIONAL_SERVICE'::text, 'SWITCHBOARD'::text, 'UNKNOWN'::text]))),
  constraint contact_number_name_members CHECK (((number_name - '{fi,sv,en}'::text[]) = '{}'::jsonb))
) partition by RANGE (started_at);
CREATE INDEX contact_backwards ON ONLY public.contact USING btree (started_at) WHERE (ended_at < started_at);
CREATE INDEX contact_caller_started ON ONLY public.contact USING btree (caller_key, started_at);
CREATE INDEX contact_ends ON ONLY public.contact USING btree (history_ends_at);
CREATE INDEX contact_live ON ONLY public.contact USING btree (started_at) WHERE (ended_at IS NULL);
CREATE INDEX contact_number_newest ON ONLY public.contact USING btree (number_called, started_at DESC, id DESC);
CREATE INDEX contact_number_withheld ON ONLY public.contact USING btree (number_called, started_at DESC, id DESC) WHERE (caller_kind = 'withheld'::text);
CREATE INDEX contact_numberless ON ONLY public.contact USING btree (started_at) WHERE (caller_key IS NULL);
CREATE INDEX contact_overwritten ON ONLY public.contact USING btree (started_at) WHERE ((caller_raw IS NOT NULL) AND (caller_key IS NOT NULL));
CREATE INDEX contact_started ON ONLY public.contact USING btree (started_at DESC, id DESC);
CREATE INDEX contact_termless ON ONLY public.contact USING btree (started_at) WHERE ((ended_at IS NOT NULL) AND (history_ends_at IS NULL));
CREATE INDEX contact_uncounted ON ONLY public.contact USING btree (started_at) WHERE (counted IS NULL);
CREATE INDEX contact_withheld ON ONLY public.contact USING btree (started_at DESC, id DESC) WHERE (caller_kind = 'withheld'::text);
CREATE TRIGGER admission_recorded AFTER INSERT ON contact REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION record_admission();
CREATE TRIGGER after_insert AFTER INSERT ON contact REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION after_contact_insert();
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF started_at, ended_at, history_ends_at ON contact FOR EACH ROW WHEN (LEAST(new.started_at, new.ended_at, new.history_ends_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.started_at, new.ended_at, new.history_ends_at) > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();
CREATE TRIGGER ends_with_parts BEFORE UPDATE OF ended_at, history_ends_at, end_inferred, trunk ON contact FOR EACH ROW EXECUTE FUNCTION call_end_guard();
CREATE TRIGGER has_one_start AFTER INSERT ON contact REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION require_one_start();
CREATE TRIGGER held BEFORE DELETE ON contact FOR EACH ROW EXECUTE FUNCTION history_guard('id');
CREATE TRIGGER is_written_at_once BEFORE INSERT OR DELETE OR UPDATE ON contact FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND (clock_timestamp() > (now() + '00:05:00'::interval) OR current_setting('transaction_isolation'::text) <> 'read committed'::text)) EXECUTE FUNCTION refuse_old_transaction();
CREATE TRIGGER updates_search_after_change AFTER UPDATE OF number_called ON contact FOR EACH ROW WHEN (old.number_called <> new.number_called) EXECUTE FUNCTION update_number_called();
CREATE TRIGGER updates_studies AFTER UPDATE OF number_called, ended_at, waited_from ON contact FOR EACH ROW WHEN (old.counted IS NOT NULL AND (old.number_called IS DISTINCT FROM new.number_called OR old.ended_at IS DISTINCT FROM new.ended_at OR old.waited_from IS DISTINCT FROM new.waited_from)) EXECUTE FUNCTION queue_study_recount('contact');
alter table contact enable row level security;
create policy capture_admits on contact to seloste_capture using (true) with check (((history_ends_at IS NULL) OR ((history_ends_at >= ((((started_at AT TIME ZONE 'Europe/Helsinki'::text) + '1 year 2 mons'::interval) AT TIME ZONE 'Europe/Helsinki'::text) - '1 day'::interval)) AND (history_ends_at <= (GREATEST(now(), (started_at + '1 day'::interval)) + '1 year 2 mons 1 day'::interval)) AND (history_ends_at <= (started_at + '1 year 3 mons'::interval)))));
create policy capture_not_ahead on contact for insert to seloste_capture with check ((started_at < (now() + '2 days'::interval)));
create policy custodian_reads on contact for select to seloste_custodian using (true);
create policy desk_reads on contact for select to seloste_desk using (((history_end(history_ends_at, started_at) > ( SELECT register_now() AS register_now)) AND (( SELECT sees_all() AS sees_all) OR (number_called = ANY (( SELECT sees_numbers() AS sees_numbers)::text[])) OR (id = ANY (( SELECT sees_contacts() AS sees_contacts)::uuid[])) OR sees_part_of(id, started_at, ( SELECT sees_own() AS sees_own), ( SELECT sees_units() AS sees_units), ( SELECT sees_numbers() AS sees_numbers), ( SELECT sees_segments() AS sees_segments)))));
create policy in_room on contact for select to seloste_desk using (((( SELECT confined_to() AS confined_to) IS NULL) OR (id = ANY (( SELECT room_contents.contacts
   FROM room_contents() room_contents(recordings, segments, contacts))::uuid[]))));
create policy log_whole on contact for select to seloste_desk using (( SELECT log_is_whole() AS log_is_whole));
grant insert (id, started_at, ended_at, caller_kind, caller_key, caller_raw, number_called, number_kind, number_name, history_ends_at, trunk), select (id, started_at, ended_at, trunk), update (ended_at, end_inferred, history_ends_at, trunk) on contact to seloste_capture;
grant select on contact to seloste_custodian;
grant select on contact to seloste_desk;

create table copy_hearing (
  id uuid not null default gen_random_uuid(),
  copy_id uuid not null,
  recording_id uuid not null,
  revision integer not null,
  rendered_at timestamp with time zone not null,
  person_id uuid not null,
  right_id uuid not null,
  session_hash bytea not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  until timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_why text,
  constraint copy_hearing_pkey PRIMARY KEY (id),
  constraint copy_hearing_check CHECK (((ended_at IS NULL) = (end_why IS NULL))),
  constraint copy_hearing_copy_id_fkey FOREIGN KEY (copy_id) REFERENCES anonymised_copy(id),
  constraint copy_hearing_end_why_check CHECK ((end_why = ANY (ARRAY['time'::text, 'right'::text, 'session'::text, 'destroyed'::text, 'restricted'::text, 'changed'::text]))),
  constraint copy_hearing_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint copy_hearing_until_check CHECK (isfinite(until))
);
CREATE INDEX copy_hearing_copy ON public.copy_hearing USING btree (copy_id, person_id);
CREATE INDEX copy_hearing_open ON public.copy_hearing USING btree (id) WHERE (ended_at IS NULL);
alter table copy_hearing enable row level security;

create table copy_hearing_range (
  hearing_id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  from_ms integer not null,
  to_ms integer not null,
  constraint copy_hearing_range_check CHECK ((to_ms >= from_ms)),
  constraint copy_hearing_range_hearing_id_fkey FOREIGN KEY (hearing_id) REFERENCES copy_hearing(id) ON DELETE CASCADE
);
CREATE INDEX copy_hearing_range_hearing ON public.copy_hearing_range USING btree (hearing_id);
alter table copy_hearing_range enable row level security;

create table copy_owed (
  place text not null,
  object_kind text not null,
  object text not null,
  since timestamp with time zone not null default clock_timestamp(),
  constraint copy_owed_pkey PRIMARY KEY (place, object_kind, object),
  constraint copy_owed_object_kind_check CHECK ((object_kind = ANY (ARRAY['recording'::text, 'month-key'::text])))
);
grant delete, insert, select on copy_owed to seloste_custodian;
grant select on copy_owed to seloste_desk;

create table correction (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  was_person_id uuid,
  was_unit_id uuid,
  becomes_person_id uuid not null,
  becomes_unit_id uuid,
  proposed_at timestamp with time zone not null default clock_timestamp(),
  proposed_by uuid not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  outcome text,
  withdrew jsonb not null default '[]'::jsonb,
  constraint correction_pkey PRIMARY KEY (id),
  constraint correction_becomes_person_id_fkey FOREIGN KEY (becomes_person_id) REFERENCES person(id),
  constraint correction_check CHECK ((was_person_id IS DISTINCT FROM becomes_person_id)),
  constraint correction_check1 CHECK ((decided_by <> proposed_by)),
  constraint correction_check2 CHECK ((((decided_at IS NULL) = (outcome IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)))),
  constraint correction_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint correction_outcome_check CHECK ((outcome = ANY (ARRAY['APPROVED'::text, 'REJECTED'::text]))),
  constraint correction_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES person(id),
  constraint correction_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE
);
CREATE INDEX correction_request ON public.correction USING btree (request_id);
CREATE INDEX correction_segment ON public.correction USING btree (segment_id);
CREATE UNIQUE INDEX correction_waits ON public.correction USING btree (segment_id) WHERE (decided_at IS NULL);
alter table correction enable row level security;
create policy desk_reads on correction for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select on correction to seloste_desk;

create table described_number (
  version integer not null,
  number text not null,
  constraint described_number_pkey PRIMARY KEY (version, number),
  constraint described_number_version_fkey FOREIGN KEY (version) REFERENCES description_version(version)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON described_number FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert, select on described_number to seloste_custodian;
grant select on described_number to seloste_desk;

create table described_role (
  version integer not null,
  role text not null,
  duty text,
  purposes text[] not null,
  scope text not null,
  constraint described_role_check CHECK (
CASE role
    WHEN 'OFFICIAL'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'none'::text])) AND (purposes <@ '{DEVELOPMENT,INSPECTION}'::text[]))
    WHEN 'SUPERVISOR'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'unit'::text, 'none'::text])) AND (purposes <@ '{DEVELOPMENT,QUALITY,TRAINING,SERVICE_LEVEL_STUDY}'::text[]))
    WHEN 'EXPERT'::text THEN ((scope = ANY (ARRAY['own'::text, 'numbers'::text, 'none'::text])) AND
    CASE duty
        WHEN 'QUALITY'::text THEN (purposes <@ '{DEVELOPMENT,QUALITY,SERVICE_LEVEL_STUDY}'::text[])
        WHEN 'TRAINING'::text THEN (purposes <@ '{TRAINING}'::text[])
        ELSE false
    END)
    WHEN 'MAINTENANCE'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'all'::text, 'none'::text])) AND (purposes <@ '{MAINTENANCE}'::text[]))
    WHEN 'SECURITY'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'all'::text, 'none'::text])) AND (purposes <@ '{CRIME_OR_MISUSE}'::text[]))
    WHEN 'SERVICE_UNIT'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'all'::text, 'none'::text])) AND (purposes <@ '{INSPECTION}'::text[]))
    WHEN 'DECISION_MAKER'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'none'::text])) AND (purposes = '{}'::text[]))
    WHEN 'ACCESS_APPROVER'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'none'::text])) AND (purposes = '{}'::text[]))
    WHEN 'ADMINISTRATOR'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'none'::text])) AND (purposes = '{}'::text[]))
    WHEN 'DATA_PROTECTION_OFFICER'::text THEN ((duty IS NULL) AND (scope = ANY (ARRAY['own'::text, 'none'::text])) AND (purposes = '{}'::text[]))
    ELSE false
END),
  constraint described_role_version_fkey FOREIGN KEY (version) REFERENCES description_version(version),
  constraint described_role_version_role_duty_key UNIQUE NULLS NOT DISTINCT (version, role, duty)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON described_role FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant select on described_role to seloste_custodian;
grant select on described_role to seloste_desk;

create table description_draft (
  id uuid not null,
  based_on integer not null,
  revision integer not null default 1,
  text text not null,
  reason text not null default ''::text,
  effective_from timestamp with time zone,
  author uuid not null,
  state text not null default 'DRAFT'::text,
  created_at timestamp with time zone not null default clock_timestamp(),
  changed_at timestamp with time zone not null default clock_timestamp(),
  submitted_at timestamp with time zone,
  decided_by uuid,
  decided_at timestamp with time zone,
  decision_note text,
  constraint description_draft_pkey PRIMARY KEY (id),
  constraint description_draft_author_fkey FOREIGN KEY (author) REFERENCES person(id),
  constraint description_draft_based_on_fkey FOREIGN KEY (based_on) REFERENCES description_version(version),
  constraint description_draft_check CHECK (((state <> ALL (ARRAY['APPROVED'::text, 'REJECTED'::text])) OR ((decided_by IS NOT NULL) AND (decided_by <> author)))),
  constraint description_draft_check1 CHECK (((state <> 'SUBMITTED'::text) OR (effective_from IS NOT NULL))),
  constraint description_draft_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint description_draft_decision_note_check CHECK ((length(decision_note) <= 2000)),
  constraint description_draft_effective_from_check CHECK (isfinite(effective_from)),
  constraint description_draft_reason_check CHECK ((length(reason) <= 2000)),
  constraint description_draft_state_check CHECK ((state = ANY (ARRAY['DRAFT'::text, 'SUBMITTED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text]))),
  constraint description_draft_text_check CHECK ((length(text) < 2000000))
);
CREATE INDEX description_draft_open ON public.description_draft USING btree (changed_at) WHERE (state = ANY (ARRAY['DRAFT'::text, 'SUBMITTED'::text]));
CREATE TRIGGER confirmed_decision BEFORE UPDATE ON description_draft FOR EACH ROW WHEN (old.state = 'SUBMITTED'::text AND (new.state = ANY (ARRAY['APPROVED'::text, 'REJECTED'::text]))) EXECUTE FUNCTION require_confirmed_decision('draft');
CREATE TRIGGER draft_guard BEFORE UPDATE ON description_draft FOR EACH ROW EXECUTE FUNCTION draft_guard();
alter table description_draft enable row level security;
create policy desk_changes on description_draft for update to seloste_desk using (((author = viewer()) AND (state = ANY (ARRAY['DRAFT'::text, 'SUBMITTED'::text])) AND (viewer_is('ADMINISTRATOR'::text) OR viewer_is('EXPERT'::text, 'QUALITY'::text)))) with check (((author = viewer()) AND (state = ANY (ARRAY['DRAFT'::text, 'SUBMITTED'::text, 'WITHDRAWN'::text]))));
create policy desk_drafts on description_draft for insert to seloste_desk with check (((author = viewer()) AND (state = 'DRAFT'::text) AND (viewer_is('ADMINISTRATOR'::text) OR viewer_is('EXPERT'::text, 'QUALITY'::text))));
create policy desk_reads on description_draft for select to seloste_desk using ((viewer() IS NOT NULL));
grant insert (id, based_on, text, reason, effective_from, author), select, update (text, reason, effective_from, state) on description_draft to seloste_desk;

create table description_reach (
  draft_id uuid not null,
  revision integer not null,
  reach jsonb not null,
  constraint description_reach_pkey PRIMARY KEY (draft_id),
  constraint description_reach_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES description_draft(id)
);
alter table description_reach enable row level security;

create table description_version (
  version integer not null,
  text text not null,
  hash bytea not null,
  effective_from timestamp with time zone not null,
  draft_id uuid,
  author uuid,
  approver uuid,
  approved_at timestamp with time zone not null default clock_timestamp(),
  changes jsonb not null default '[]'::jsonb,
  constraint description_version_pkey PRIMARY KEY (version),
  constraint description_version_check CHECK ((hash = sha256(convert_to(text, 'UTF8'::name)))),
  constraint description_version_check1 CHECK (((author IS DISTINCT FROM approver) OR (author IS NULL))),
  constraint description_version_draft_id_key UNIQUE (draft_id),
  constraint description_version_effective_from_check CHECK (isfinite(effective_from)),
  constraint description_version_effective_from_key UNIQUE (effective_from),
  constraint description_version_version_check CHECK ((version > 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON description_version FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger AFTER INSERT ON description_version FOR EACH ROW WHEN (new.version > 1) EXECUTE FUNCTION ledger_description();
CREATE CONSTRAINT TRIGGER version_ahead AFTER INSERT ON description_version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_future_version();
grant select on description_version to seloste_capture;
grant select on description_version to seloste_custodian;
grant select on description_version to seloste_desk;

create table destruction_entry (
  seq bigint generated as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  object_kind text not null,
  object_id uuid,
  cause text not null,
  done_by text not null,
  targets jsonb not null,
  object_name text,
  detail jsonb not null default '{}'::jsonb,
  salt uuid not null default gen_random_uuid(),
  constraint destruction_entry_pkey PRIMARY KEY (seq),
  constraint destruction_entry_kind CHECK ((object_kind = ANY (ARRAY['recording'::text, 'history-month'::text, 'month-key'::text, 'intake-key'::text, 'right'::text, 'credential'::text, 'link'::text, 'scim-token'::text, 'employment'::text, 'hold'::text, 'place-reached'::text, 'request'::text, 'disclosure'::text, 'package'::text, 'prohibition'::text, 'restriction'::text, 'description'::text, 'open-request'::text, 'correction'::text, 'case'::text, 'consent'::text, 'workstation'::text, 'appointment'::text]))),
  constraint destruction_entry_named CHECK (
CASE
    WHEN (object_kind = ANY (ARRAY['history-month'::text, 'month-key'::text, 'intake-key'::text])) THEN (object_name IS NOT NULL)
    WHEN (object_kind = ANY (ARRAY['recording'::text, 'description'::text])) THEN (object_id IS NOT NULL)
    WHEN (object_kind = 'place-reached'::text) THEN true
    ELSE ((object_id IS NOT NULL) OR (object_name ~ '^[0-9a-f]{64}$'::text))
END),
  constraint destruction_entry_one_object CHECK (((object_id IS NULL) <> (object_name IS NULL))),
  constraint destruction_entry_texts CHECK (((octet_length(object_name) <= 100) AND (octet_length(cause) <= 40) AND (octet_length(done_by) <= 100)))
);
CREATE INDEX destruction_entry_object ON public.destruction_entry USING btree (object_id);
CREATE UNIQUE INDEX destruction_entry_recording ON public.destruction_entry USING btree (object_id) WHERE (object_kind = 'recording'::text);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON destruction_entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER custodian_guard BEFORE INSERT ON destruction_entry FOR EACH ROW EXECUTE FUNCTION check_custodian_entry();
CREATE CONSTRAINT TRIGGER is_destroyed AFTER INSERT ON destruction_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.object_kind = 'recording'::text) EXECUTE FUNCTION require_destroyed_recording();
CREATE TRIGGER pending AFTER INSERT ON destruction_entry FOR EACH ROW EXECUTE FUNCTION record_ledger_pending();
grant insert (object_kind, object_id, cause, done_by, targets, object_name, detail), select on destruction_entry to seloste_custodian;

create table directory_change (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  person_id uuid not null,
  link_id uuid,
  wanted jsonb not null default '{}'::jsonb,
  asked_by uuid not null,
  asked_at timestamp with time zone not null default clock_timestamp(),
  state text not null default 'ASKED'::text,
  decided_by uuid,
  decided_at timestamp with time zone,
  decided_in xid8,
  constraint directory_change_pkey PRIMARY KEY (id),
  constraint directory_change_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id),
  constraint directory_change_check CHECK (((kind = 'link'::text) = (link_id IS NOT NULL))),
  constraint directory_change_check1 CHECK ((((state = 'ASKED'::text) = (decided_by IS NULL)) AND ((state = 'ASKED'::text) = (decided_at IS NULL)))),
  constraint directory_change_check2 CHECK (((state <> ALL (ARRAY['CONFIRMED'::text, 'REFUSED'::text])) OR ((decided_by <> asked_by) AND (decided_by <> person_id)))),
  constraint directory_change_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint directory_change_kind_check CHECK ((kind = ANY (ARRAY['link'::text, 'directory'::text]))),
  constraint directory_change_link_id_fkey FOREIGN KEY (link_id) REFERENCES one_time_link(id) ON DELETE CASCADE,
  constraint directory_change_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint directory_change_state_check CHECK ((state = ANY (ARRAY['ASKED'::text, 'CONFIRMED'::text, 'REFUSED'::text, 'WITHDRAWN'::text])))
);
CREATE INDEX directory_change_open ON public.directory_change USING btree (asked_at) WHERE (state = 'ASKED'::text);
CREATE INDEX directory_change_person ON public.directory_change USING btree (person_id);
CREATE TRIGGER confirmed_decision BEFORE UPDATE ON directory_change FOR EACH ROW WHEN (old.state = 'ASKED'::text AND (new.state = ANY (ARRAY['CONFIRMED'::text, 'REFUSED'::text]))) EXECUTE FUNCTION require_confirmed_decision('change');
CREATE TRIGGER directory_change_guard BEFORE UPDATE ON directory_change FOR EACH ROW EXECUTE FUNCTION directory_change_guard();
CREATE TRIGGER notifies_person AFTER UPDATE ON directory_change FOR EACH ROW WHEN (new.kind = 'directory'::text AND old.state = 'ASKED'::text AND new.state = 'CONFIRMED'::text) EXECUTE FUNCTION notify_directory_change();
alter table directory_change enable row level security;
create policy desk_reads on directory_change for select to seloste_desk using ((( SELECT viewer_is('ADMINISTRATOR'::text) AS viewer_is) OR ( SELECT viewer_is('ACCESS_APPROVER'::text) AS viewer_is)));
grant select on directory_change to seloste_desk;

create table directory_succession (
  kind text not null,
  subject text not null,
  since timestamp with time zone not null,
  holder uuid not null,
  constraint directory_succession_pkey PRIMARY KEY (kind, subject, since),
  constraint directory_succession_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'unit'::text, 'supervisor'::text])))
);
CREATE INDEX directory_succession_holder ON public.directory_succession USING btree (holder) WHERE (kind = 'phone'::text);

create table discarded_home_request (
  fetch_digest bytea not null,
  received_at timestamp with time zone not null,
  discarded_at timestamp with time zone not null default clock_timestamp(),
  reason text not null,
  constraint discarded_home_request_pkey PRIMARY KEY (fetch_digest),
  constraint discarded_home_request_fetch_digest_check CHECK ((length(fetch_digest) = 32)),
  constraint discarded_home_request_reason_check CHECK ((reason = ANY (ARRAY['DUPLICATE'::text, 'NOT_A_REQUEST'::text, 'UNREACHABLE'::text, 'WITHDRAWN'::text])))
);
alter table discarded_home_request enable row level security;

create table disclosed_copy (
  id uuid not null default gen_random_uuid(),
  disclosure text not null,
  recipient text not null,
  item integer not null,
  recording_id uuid,
  state text not null default 'RELEASED'::text,
  released_at timestamp with time zone not null default clock_timestamp(),
  recalled_at timestamp with time zone,
  due_at timestamp with time zone,
  confirmed_at timestamp with time zone,
  confirmed_by uuid,
  outcome text,
  tie_salt bytea default (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  constraint disclosed_copy_pkey PRIMARY KEY (id),
  constraint disclosed_copy_check CHECK (((state <> 'CONFIRMED'::text) OR ((recording_id IS NULL) AND (tie_salt IS NULL)))),
  constraint disclosed_copy_check1 CHECK ((((state = 'CONFIRMED'::text) = (confirmed_at IS NOT NULL)) AND ((state = 'CONFIRMED'::text) = (outcome IS NOT NULL)))),
  constraint disclosed_copy_check2 CHECK (((state <> 'RECALLED'::text) OR ((recalled_at IS NOT NULL) AND (due_at IS NOT NULL)))),
  constraint disclosed_copy_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES person(id),
  constraint disclosed_copy_disclosure_check CHECK (((disclosure ~ '\S'::text) AND (length(disclosure) <= 64))),
  constraint disclosed_copy_disclosure_item_key UNIQUE (disclosure, item),
  constraint disclosed_copy_item_check CHECK ((item > 0)),
  constraint disclosed_copy_outcome_check CHECK ((outcome = ANY (ARRAY['destroyed'::text, 'returned'::text]))),
  constraint disclosed_copy_recipient_check CHECK (((recipient ~ '\S'::text) AND (length(recipient) <= 200))),
  constraint disclosed_copy_state_check CHECK ((state = ANY (ARRAY['RELEASED'::text, 'RECALLED'::text, 'CONFIRMED'::text]))),
  constraint disclosed_copy_tie_salt_check CHECK ((length(tie_salt) = 32))
);
CREATE INDEX disclosed_copy_recording ON public.disclosed_copy USING btree (recording_id);
CREATE TRIGGER keyring_lent AFTER INSERT OR DELETE OR UPDATE ON disclosed_copy FOR EACH ROW EXECUTE FUNCTION record_released_copies_change();
CREATE TRIGGER ledger AFTER INSERT ON disclosed_copy REFERENCING NEW TABLE AS released FOR EACH STATEMENT EXECUTE FUNCTION ledger_copies_released();
CREATE TRIGGER ledger_changed AFTER UPDATE ON disclosed_copy FOR EACH ROW WHEN (new.state <> old.state) EXECUTE FUNCTION ledger_disclosures();
alter table disclosed_copy enable row level security;
create policy custodian_reads on disclosed_copy for select to seloste_custodian using (true);
create policy desk_reads on disclosed_copy for select to seloste_desk using (((recalled_at IS NOT NULL) AND ( SELECT viewer_is('DECISION_MAKER'::text) AS viewer_is)));
grant select (disclosure, item, recording_id, released_at) on disclosed_copy to seloste_custodian;
grant select (id, disclosure, recipient, item, state, recalled_at, due_at, confirmed_at) on disclosed_copy to seloste_desk;

create table disclosure_number (
  series text not null,
  year integer not null,
  last integer not null,
  constraint disclosure_number_pkey PRIMARY KEY (series, year),
  constraint disclosure_number_last_check CHECK ((last > 0)),
  constraint disclosure_number_series_check CHECK ((series = ANY (ARRAY['T'::text, 'V'::text])))
);
alter table disclosure_number enable row level security;

create table disclosure_package (
  id uuid not null default gen_random_uuid(),
  research_id uuid,
  authority_id uuid,
  method text not null,
  delivery text not null,
  token_hash bytea,
  files integer not null,
  done integer not null default 0,
  made_at timestamp with time zone not null default clock_timestamp(),
  made_by uuid not null,
  expires_at timestamp with time zone not null,
  ready_at timestamp with time zone,
  size_bytes bigint,
  sha256 bytea,
  fetches integer not null default 0,
  first_fetch_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_why text,
  ended_by uuid,
  removed_at timestamp with time zone,
  fetching_until timestamp with time zone,
  may_be_plain boolean not null default false,
  constraint disclosure_package_pkey PRIMARY KEY (id),
  constraint disclosure_package_authority_id_fkey FOREIGN KEY (authority_id) REFERENCES authority_disclosure(id),
  constraint disclosure_package_check CHECK (((research_id IS NULL) <> (authority_id IS NULL))),
  constraint disclosure_package_check1 CHECK ((((ready_at IS NULL) = (size_bytes IS NULL)) AND ((ready_at IS NULL) = (sha256 IS NULL)))),
  constraint disclosure_package_check2 CHECK (((ended_at IS NULL) = (end_why IS NULL))),
  constraint disclosure_package_check3 CHECK (((delivery = 'LINK'::text) = (token_hash IS NOT NULL))),
  constraint disclosure_package_check4 CHECK (((removed_at IS NULL) OR (ended_at IS NOT NULL))),
  constraint disclosure_package_delivery_check CHECK ((delivery = ANY (ARRAY['LINK'::text, 'MEDIUM'::text]))),
  constraint disclosure_package_end_why_check CHECK ((end_why = ANY (ARRAY['taken'::text, 'expired'::text, 'withdrawn'::text, 'destroyed'::text, 'failed'::text]))),
  constraint disclosure_package_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint disclosure_package_expires_at_check CHECK (isfinite(expires_at)),
  constraint disclosure_package_fetches_check CHECK (((fetches >= 0) AND (fetches <= 3))),
  constraint disclosure_package_files_check CHECK ((files >= 0)),
  constraint disclosure_package_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint disclosure_package_method_check CHECK ((method = ANY (ARRAY['KEY'::text, 'PASSPHRASE'::text]))),
  constraint disclosure_package_research_id_fkey FOREIGN KEY (research_id) REFERENCES research_disclosure(id),
  constraint disclosure_package_sha256_check CHECK ((length(sha256) = 32)),
  constraint disclosure_package_size_bytes_check CHECK ((size_bytes > 0)),
  constraint disclosure_package_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint disclosure_package_token_hash_key UNIQUE (token_hash)
);
CREATE UNIQUE INDEX disclosure_package_authority ON public.disclosure_package USING btree (authority_id) WHERE (ended_at IS NULL);
CREATE INDEX disclosure_package_left ON public.disclosure_package USING btree (made_at) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX disclosure_package_research ON public.disclosure_package USING btree (research_id) WHERE (ended_at IS NULL);
CREATE TRIGGER fresh BEFORE INSERT ON disclosure_package FOR EACH ROW EXECUTE FUNCTION require_fresh_release();
CREATE TRIGGER ledger AFTER UPDATE ON disclosure_package FOR EACH ROW EXECUTE FUNCTION ledger_disclosures();
alter table disclosure_package enable row level security;
create policy custodian_manages on disclosure_package to seloste_custodian using (true) with check ((ended_at IS NOT NULL));
grant select, update (removed_at) on disclosure_package to seloste_custodian;

create table disclosure_rules (
  only_one boolean not null default true,
  research boolean not null default false,
  authority boolean not null default false,
  pseudonymised boolean not null default false,
  provisions jsonb not null default '[]'::jsonb,
  return_working_days integer not null default 3,
  transcripts text not null default 'none'::text,
  constraint disclosure_rules_pkey PRIMARY KEY (only_one),
  constraint disclosure_rules_only_one_check CHECK (only_one),
  constraint disclosure_rules_return_working_days_check CHECK (((return_working_days >= 1) AND (return_working_days <= 10))),
  constraint disclosure_rules_transcripts_check CHECK ((transcripts = ANY (ARRAY['none'::text, 'research'::text])))
);
grant select, update on disclosure_rules to seloste_custodian;
grant select on disclosure_rules to seloste_desk;

create table download (
  id bigint generated as identity not null,
  package_id uuid,
  copy_id uuid,
  at timestamp with time zone not null default clock_timestamp(),
  outcome text not null,
  person_id uuid,
  address text,
  constraint download_pkey PRIMARY KEY (id),
  constraint download_address_check CHECK ((length(address) <= 64)),
  constraint download_check CHECK (((package_id IS NULL) <> (copy_id IS NULL))),
  constraint download_copy_id_fkey FOREIGN KEY (copy_id) REFERENCES subject_copy(id) ON DELETE CASCADE,
  constraint download_outcome_check CHECK ((outcome = ANY (ARRAY['begun'::text, 'refused'::text]))),
  constraint download_package_id_fkey FOREIGN KEY (package_id) REFERENCES disclosure_package(id) ON DELETE CASCADE,
  constraint download_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX download_address ON public.download USING btree (at) WHERE (address IS NOT NULL);
CREATE INDEX download_copy ON public.download USING btree (copy_id, at) WHERE (copy_id IS NOT NULL);
CREATE INDEX download_package ON public.download USING btree (package_id, at) WHERE (package_id IS NOT NULL);
alter table download enable row level security;
create policy desk_reads on download for select to seloste_desk using ((EXISTS ( SELECT
   FROM subject_copy c
  WHERE (c.id = download.copy_id))));
grant select on download to seloste_desk;

create table evaluation (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  plan_id uuid,
  week date,
  calibration_id uuid,
  recording_id uuid,
  contact_id uuid,
  unit_id uuid,
  number text not null,
  quarter date not null,
  form_id uuid not null,
  form_version integer,
  evaluator_id uuid,
  state text not null default 'WAITING'::text,
  revision integer not null default 0,
  answers jsonb not null default '{}'::jsonb,
  comments jsonb not null default '[]'::jsonb,
  note text not null default ''::text,
  total real,
  is_failed boolean,
  sections jsonb,
  mark uuid,
  drawn_at timestamp with time zone not null default clock_timestamp(),
  begun_at timestamp with time zone,
  saved_at timestamp with time zone,
  released_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  disagreed_at timestamp with time zone,
  disagreement text,
  answered_at timestamp with time zone,
  answered_by uuid,
  answer_outcome text,
  answer text,
  set_aside_why text,
  ended_at timestamp with time zone,
  end_why text,
  constraint evaluation_pkey PRIMARY KEY (id),
  constraint evaluation_answer_outcome_check CHECK ((answer_outcome = ANY (ARRAY['KEPT'::text, 'REOPENED'::text]))),
  constraint evaluation_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint evaluation_calibration_id_fkey FOREIGN KEY (calibration_id) REFERENCES calibration(id) ON DELETE CASCADE,
  constraint evaluation_check CHECK (((ended_at IS NULL) = (end_why IS NULL))),
  constraint evaluation_check1 CHECK ((are_marks(answers) AND are_marks(sections))),
  constraint evaluation_check2 CHECK (((ended_at IS NULL) OR ((recording_id IS NULL) AND (comments = '[]'::jsonb) AND (note = ''::text) AND (disagreement IS NULL) AND (answer IS NULL)))),
  constraint evaluation_check3 CHECK (((state <> ALL (ARRAY['DRAFT'::text, 'FINISHED'::text, 'RELEASED'::text, 'ACKNOWLEDGED'::text])) OR (form_version IS NOT NULL))),
  constraint evaluation_end_why_check CHECK ((end_why = ANY (ARRAY['term'::text, 'forbidden'::text]))),
  constraint evaluation_evaluator_id_fkey FOREIGN KEY (evaluator_id) REFERENCES person(id),
  constraint evaluation_form_id_fkey FOREIGN KEY (form_id) REFERENCES quality_form(id),
  constraint evaluation_form_id_form_version_fkey FOREIGN KEY (form_id, form_version) REFERENCES quality_form_version(form_id, version),
  constraint evaluation_kind_check CHECK ((kind = ANY (ARRAY['SAMPLED'::text, 'CALIBRATION'::text]))),
  constraint evaluation_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES sampling_plan(id),
  constraint evaluation_set_aside_why_check CHECK ((set_aside_why = ANY (ARRAY['unsuitable'::text, 'too-close'::text]))),
  constraint evaluation_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'DRAFT'::text, 'FINISHED'::text, 'RELEASED'::text, 'ACKNOWLEDGED'::text, 'SET_ASIDE'::text, 'ENDED'::text]))),
  constraint evaluation_total_check CHECK (((total >= (0)::double precision) AND (total <= (100)::double precision))),
  constraint evaluation_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
CREATE UNIQUE INDEX evaluation_once ON public.evaluation USING btree (recording_id) WHERE ((kind = 'SAMPLED'::text) AND (recording_id IS NOT NULL));
CREATE UNIQUE INDEX evaluation_one_each ON public.evaluation USING btree (calibration_id, evaluator_id) WHERE (kind = 'CALIBRATION'::text);
CREATE INDEX evaluation_recording ON public.evaluation USING btree (recording_id) WHERE (recording_id IS NOT NULL);
CREATE INDEX evaluation_results ON public.evaluation USING btree (quarter) WHERE (mark IS NOT NULL);
alter table evaluation enable row level security;

create table expunction (
  recording_id uuid not null,
  done_by text not null,
  deadline timestamp with time zone not null,
  begun_at timestamp with time zone not null default clock_timestamp(),
  constraint expunction_pkey PRIMARY KEY (recording_id),
  constraint expunction_done_by_check CHECK ((octet_length(done_by) <= 100))
);
grant delete, insert, select, update on expunction to seloste_custodian;

create table factor_removal (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  asked_by uuid not null,
  asked_at timestamp with time zone not null default clock_timestamp(),
  reason text not null,
  state text not null default 'ASKED'::text,
  decided_by uuid,
  decided_at timestamp with time zone,
  constraint factor_removal_pkey PRIMARY KEY (id),
  constraint factor_removal_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id),
  constraint factor_removal_check CHECK (((asked_by <> person_id) AND (decided_by <> person_id) AND (decided_by <> asked_by))),
  constraint factor_removal_check1 CHECK (((state = 'ASKED'::text) = (decided_by IS NULL))),
  constraint factor_removal_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint factor_removal_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint factor_removal_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  constraint factor_removal_state_check CHECK ((state = ANY (ARRAY['ASKED'::text, 'CONFIRMED'::text, 'REFUSED'::text])))
);
CREATE UNIQUE INDEX factor_removal_open ON public.factor_removal USING btree (person_id) WHERE (state = 'ASKED'::text);
CREATE TRIGGER confirmed_decision BEFORE UPDATE ON factor_removal FOR EACH ROW WHEN (old.state = 'ASKED'::text AND (new.state = ANY (ARRAY['CONFIRMED'::text, 'REFUSED'::text]))) EXECUTE FUNCTION require_confirmed_decision('removal');
alter table factor_removal enable row level security;
create policy desk_reads on factor_removal for select to seloste_desk using ((( SELECT viewer_is('ADMINISTRATOR'::text) AS viewer_is) OR ( SELECT viewer_is('ACCESS_APPROVER'::text) AS viewer_is)));
grant select on factor_removal to seloste_desk;

create table fed_segment (
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  feed text not null,
  answered_at timestamp with time zone,
  ended_at timestamp with time zone not null,
  is_own boolean not null,
  told_at timestamp with time zone not null default clock_timestamp(),
  constraint fed_segment_pkey PRIMARY KEY (segment_id)
);
CREATE INDEX fed_segment_contact ON public.fed_segment USING btree (contact_id);
CREATE INDEX fed_segment_started ON public.fed_segment USING btree (contact_started_at);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF contact_started_at, answered_at, ended_at ON fed_segment FOR EACH ROW WHEN (LEAST(new.contact_started_at, new.answered_at, new.ended_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.contact_started_at, new.answered_at, new.ended_at) > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();

create table feed (
  name text not null,
  source text not null,
  covers text[],
  heard_at timestamp with time zone,
  told_from timestamp with time zone,
  told_until timestamp with time zone,
  records bigint not null default 0,
  calls bigint not null default 0,
  outside bigint not null default 0,
  fault text,
  fault_at timestamp with time zone,
  alive_at timestamp with time zone,
  late_from timestamp with time zone,
  late_until timestamp with time zone,
  first_at timestamp with time zone,
  constraint feed_pkey PRIMARY KEY (name),
  constraint feed_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text)),
  constraint feed_texts CHECK (((octet_length(source) <= 200) AND (cardinality(covers) <= 10000))) NOT VALID
);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF heard_at, told_from, told_until, fault_at, late_from, late_until, records, calls, outside ON feed FOR EACH ROW WHEN (LEAST(new.heard_at, new.told_from, new.told_until, new.fault_at, new.late_from, new.late_until) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.heard_at, new.told_from, new.told_until, new.fault_at, new.late_from, new.late_until) > '3000-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.records, new.calls, new.outside) > '9007199254740991'::bigint) EXECUTE FUNCTION check_value_range();

create table feed_problem (
  id bytea not null,
  feed text not null,
  file text not null,
  line integer not null,
  reason text not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint feed_problem_pkey PRIMARY KEY (id),
  constraint feed_problem_texts CHECK (((octet_length(feed) <= 200) AND (octet_length(reason) <= 200))) NOT VALID
);
CREATE INDEX feed_problem_at ON public.feed_problem USING btree (at);
alter table feed_problem enable row level security;
create policy desk_reads on feed_problem for select to seloste_desk using (( SELECT (viewer_is('DATA_PROTECTION_OFFICER'::text) OR viewer_is('ADMINISTRATOR'::text) OR viewer_is('MAINTENANCE'::text))));
grant select on feed_problem to seloste_desk;

create table feedback (
  id uuid not null default gen_random_uuid(),
  received_at timestamp with time zone not null default clock_timestamp(),
  answer_due_at timestamp with time zone not null,
  language text not null,
  message text not null,
  place text,
  email text,
  answered_at timestamp with time zone,
  answered_by uuid,
  answer text,
  constraint feedback_pkey PRIMARY KEY (id),
  constraint feedback_answer_check CHECK (((length(answer) >= 1) AND (length(answer) <= 4000))),
  constraint feedback_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint feedback_check CHECK ((((answered_at IS NULL) = (answered_by IS NULL)) AND ((answered_at IS NULL) = (answer IS NULL)))),
  constraint feedback_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  constraint feedback_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint feedback_message_check CHECK (((length(message) >= 1) AND (length(message) <= 4000))),
  constraint feedback_place_check CHECK (((length(place) >= 1) AND (length(place) <= 300)))
);
CREATE INDEX feedback_open ON public.feedback USING btree (answer_due_at) WHERE (answered_at IS NULL);
alter table feedback enable row level security;
create policy custodian_deletes on feedback for delete to seloste_custodian using ((answered_at < (now() - '1 year'::interval)));
create policy custodian_reads on feedback for select to seloste_custodian using ((answered_at < (now() - '1 year'::interval)));
create policy desk_reads on feedback for select to seloste_desk using (viewer_is('ADMINISTRATOR'::text));
grant delete, select on feedback to seloste_custodian;
grant select on feedback to seloste_desk;

create table file_key_end (
  recording_id uuid not null,
  expiry_month date not null,
  version integer not null,
  constraint file_key_end_pkey PRIMARY KEY (recording_id, expiry_month, version),
  constraint file_key_end_expiry_month_version_fkey FOREIGN KEY (expiry_month, version) REFERENCES month_key(expiry_month, version)
);
CREATE INDEX file_key_end_version ON public.file_key_end USING btree (expiry_month, version);
grant delete, insert, select on file_key_end to seloste_custodian;

create table history_count (
  day date not null,
  number_called text not null,
  number_kind text not null,
  answered boolean not null,
  recorded boolean not null,
  contacts bigint not null,
  constraint history_count_pkey PRIMARY KEY (day, number_called, number_kind, answered, recorded),
  constraint history_count_contacts_check CHECK ((contacts > 0))
);
grant select on history_count to seloste_custodian;

create table history_day (
  day date not null,
  counted_at timestamp with time zone,
  closed_at timestamp with time zone,
  ended bigint not null default 0,
  constraint history_day_pkey PRIMARY KEY (day),
  constraint history_day_check CHECK (((closed_at IS NULL) OR (counted_at IS NOT NULL)))
);
CREATE CONSTRAINT TRIGGER forgets_officials AFTER UPDATE OF ended ON history_day DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION prune_official_names();
grant select on history_day to seloste_custodian;

create table history_late (
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  constraint history_late_pkey PRIMARY KEY (contact_id)
);

create table home_answer (
  request_id uuid not null,
  told text not null,
  fetch_digest bytea,
  constraint home_answer_pkey PRIMARY KEY (request_id),
  constraint home_answer_fetch_digest_check CHECK ((length(fetch_digest) = 32)),
  constraint home_answer_fetch_digest_key UNIQUE (fetch_digest),
  constraint home_answer_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE,
  constraint home_answer_told_check CHECK ((length(told) <= 2000))
);
alter table home_answer enable row level security;

create table home_request (
  id uuid not null default gen_random_uuid(),
  received_at timestamp with time zone not null default clock_timestamp(),
  party text not null,
  kinds text[] not null,
  language text not null,
  name text not null,
  address text,
  email text,
  phone text,
  told text not null,
  user_id text,
  identified_at timestamp with time zone,
  fetch_digest bytea,
  constraint home_request_pkey PRIMARY KEY (id),
  constraint home_request_address_check CHECK (((address ~ '\S'::text) AND (length(address) <= 500))),
  constraint home_request_email_check CHECK ((length(email) <= 254)),
  constraint home_request_fetch_digest_check CHECK ((length(fetch_digest) = 32)),
  constraint home_request_fetch_digest_key UNIQUE (fetch_digest),
  constraint home_request_identified CHECK (((identified_at IS NULL) = (fetch_digest IS NULL))),
  constraint home_request_kinds_check CHECK (((cardinality(kinds) > 0) AND (kinds <@ ARRAY['KNOW'::text, 'LISTEN'::text, 'HISTORY'::text, 'PROHIBIT'::text, 'ERASURE'::text, 'OBJECTION'::text, 'RESTRICTION'::text, 'COPY'::text, 'RECTIFY'::text, 'LOG_EXTRACT'::text]))),
  constraint home_request_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint home_request_name_check CHECK (((name ~ '\S'::text) AND (length(name) <= 200))),
  constraint home_request_official CHECK (((party = 'OFFICIAL'::text) = (user_id IS NOT NULL))),
  constraint home_request_party_check CHECK ((party = ANY (ARRAY['CALLER'::text, 'OFFICIAL'::text]))),
  constraint home_request_phone_check CHECK (((phone ~ '\S'::text) AND (length(phone) <= 40))),
  constraint home_request_told_check CHECK (((told ~ '\S'::text) AND (length(told) <= 2000))),
  constraint home_request_user_id_check CHECK (((user_id ~ '\S'::text) AND (length(user_id) <= 64)))
);
CREATE INDEX home_request_order ON public.home_request USING btree (received_at);
CREATE TRIGGER ledger AFTER INSERT ON home_request FOR EACH ROW WHEN (new.fetch_digest IS NOT NULL) EXECUTE FUNCTION ledger_home_request();
CREATE TRIGGER ledger_end AFTER DELETE ON home_request FOR EACH ROW WHEN (old.fetch_digest IS NOT NULL) EXECUTE FUNCTION ledger_home_request();
alter table home_request enable row level security;

create table imported_recording (
  recording_id uuid not null,
  import_id uuid not null,
  file_sha256 bytea not null,
  audio_sha256 bytea not null,
  admitted_at timestamp with time zone not null default now(),
  compared_at timestamp with time zone,
  constraint imported_recording_pkey PRIMARY KEY (recording_id),
  constraint imported_recording_audio_sha256_check CHECK ((length(audio_sha256) = 32)),
  constraint imported_recording_file_sha256_check CHECK ((length(file_sha256) = 32)),
  constraint imported_recording_file_sha256_key UNIQUE (file_sha256),
  constraint imported_recording_import_id_fkey FOREIGN KEY (import_id) REFERENCES recording_import(id),
  constraint imported_recording_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recording(id) ON DELETE CASCADE
);
CREATE INDEX imported_recording_import ON public.imported_recording USING btree (import_id);
CREATE INDEX imported_recording_uncompared ON public.imported_recording USING btree (recording_id) WHERE (compared_at IS NULL);
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF admitted_at, compared_at ON imported_recording FOR EACH ROW WHEN (LEAST(new.admitted_at, new.compared_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.admitted_at, new.compared_at) > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();
alter table imported_recording enable row level security;
create policy custodian_reads on imported_recording for select to seloste_custodian using (true);
create policy desk_reads on imported_recording for select to seloste_desk using ((EXISTS ( SELECT
   FROM recording r
  WHERE (r.id = imported_recording.recording_id))));
grant select on imported_recording to seloste_custodian;
grant select (recording_id, import_id, admitted_at) on imported_recording to seloste_desk;

create table inspection (
  id uuid not null default gen_random_uuid(),
  reference text not null,
  party text not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  opened_at timestamp with time zone not null default clock_timestamp(),
  opened_by uuid not null,
  closed_at timestamp with time zone,
  closed_by uuid,
  outcome text,
  request_id uuid,
  kind text not null default 'LISTEN'::text,
  constraint inspection_pkey PRIMARY KEY (id),
  constraint inspection_check1 CHECK (((closed_at IS NULL) = (outcome IS NULL))),
  constraint inspection_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id),
  constraint inspection_kind_check CHECK ((kind = ANY (ARRAY['LISTEN'::text, 'COPY'::text]))),
  constraint inspection_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES person(id),
  constraint inspection_outcome_check CHECK ((outcome = ANY (ARRAY['heard'::text, 'no-show'::text, 'withdrawn'::text, 'destroyed'::text, 'answered'::text]))),
  constraint inspection_party_check CHECK ((party = ANY (ARRAY['CALLER'::text, 'OFFICIAL'::text]))),
  constraint inspection_reference_check CHECK (((reference ~ '\S'::text) AND (length(reference) <= 64))),
  constraint inspection_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id)
);
CREATE INDEX inspection_contact ON public.inspection USING btree (contact_id);
CREATE INDEX inspection_open ON public.inspection USING btree (received_at) WHERE (closed_at IS NULL);
CREATE INDEX inspection_request ON public.inspection USING btree (request_id);
CREATE TRIGGER appointment_ends AFTER UPDATE OF closed_at ON inspection FOR EACH ROW EXECUTE FUNCTION end_idle_appointment();
CREATE TRIGGER ledger AFTER UPDATE OF closed_at ON inspection FOR EACH ROW EXECUTE FUNCTION ledger_case();
alter table inspection enable row level security;
create policy custodian_reads on inspection for select to seloste_custodian using (true);
grant select on inspection to seloste_custodian;

create table inspection_recording (
  inspection_id uuid not null,
  recording_id uuid not null,
  constraint inspection_recording_pkey PRIMARY KEY (inspection_id, recording_id),
  constraint inspection_recording_inspection_id_fkey FOREIGN KEY (inspection_id) REFERENCES inspection(id) ON DELETE CASCADE
);
CREATE INDEX inspection_recording_recording ON public.inspection_recording USING btree (recording_id);
CREATE TRIGGER ledger AFTER INSERT ON inspection_recording FOR EACH ROW EXECUTE FUNCTION ledger_case();
alter table inspection_recording enable row level security;
create policy custodian_reads on inspection_recording for select to seloste_custodian using (true);
grant select on inspection_recording to seloste_custodian;

create table inspections_hold (
  only_one boolean not null default true,
  held boolean not null,
  constraint inspections_hold_pkey PRIMARY KEY (only_one),
  constraint inspections_hold_only_one_check CHECK (only_one)
);
grant select, update (held) on inspections_hold to seloste_custodian;

create table institute (
  id uuid not null default gen_random_uuid(),
  name text not null,
  contact text not null,
  email text not null,
  language text not null,
  recipient text,
  added_at timestamp with time zone not null default clock_timestamp(),
  added_by uuid not null,
  constraint institute_pkey PRIMARY KEY (id),
  constraint institute_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id),
  constraint institute_contact_check CHECK (((contact ~ '\S'::text) AND (length(contact) <= 200))),
  constraint institute_email_check CHECK ((length(email) <= 254)),
  constraint institute_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint institute_name_check CHECK (((name ~ '\S'::text) AND (length(name) <= 200))),
  constraint institute_recipient_check CHECK ((recipient ~ '^age1[0-9a-z]{58}$'::text))
);
CREATE UNIQUE INDEX institute_name ON public.institute USING btree (lower(name));
alter table institute enable row level security;
create policy custodian_reads on institute for select to seloste_custodian using (true);
create policy desk_reads on institute for select to seloste_desk using ((( SELECT viewer_sees_research() AS viewer_sees_research) OR ( SELECT viewer_is('DATA_PROTECTION_OFFICER'::text) AS viewer_is)));
grant select on institute to seloste_custodian;
grant select on institute to seloste_desk;

create table intake_batch (
  id uuid not null default gen_random_uuid(),
  made_at timestamp with time zone not null default clock_timestamp(),
  taken_at timestamp with time zone,
  taken_by uuid,
  public_keys text[] not null,
  constraint intake_batch_pkey PRIMARY KEY (id),
  constraint intake_batch_check CHECK (((taken_at IS NULL) = (taken_by IS NULL)))
);
CREATE INDEX intake_batch_untaken ON public.intake_batch USING btree (made_at) WHERE (taken_at IS NULL);
grant delete, insert, select, update on intake_batch to seloste_custodian;

create table intake_batch_key (
  batch uuid not null,
  version integer not null,
  wrapped bytea not null,
  constraint intake_batch_key_pkey PRIMARY KEY (batch),
  constraint intake_batch_key_batch_fkey FOREIGN KEY (batch) REFERENCES intake_batch(id) ON DELETE CASCADE
);
CREATE INDEX intake_batch_key_version ON public.intake_batch_key USING btree (version);
grant delete, insert, select, update on intake_batch_key to seloste_custodian;

create table intake_key (
  day date not null,
  public_key text not null,
  private_destroyed_at timestamp with time zone,
  constraint intake_key_pkey PRIMARY KEY (day)
);
grant delete, insert, select, update on intake_key to seloste_custodian;

create table intake_key_end (
  public_key text not null,
  batch uuid not null,
  version integer not null,
  constraint intake_key_end_pkey PRIMARY KEY (public_key),
  constraint intake_key_end_version_fkey FOREIGN KEY (version) REFERENCES intake_version(version)
);
CREATE INDEX intake_key_end_version ON public.intake_key_end USING btree (version);
grant delete, insert, select, update on intake_key_end to seloste_custodian;

create table intake_private_key (
  public_key text not null,
  batch uuid not null,
  wrapped bytea not null,
  constraint intake_private_key_pkey PRIMARY KEY (public_key),
  constraint intake_private_key_batch_fkey FOREIGN KEY (batch) REFERENCES intake_batch_key(batch) ON DELETE CASCADE
);
CREATE INDEX intake_private_key_batch ON public.intake_private_key USING btree (batch);
grant delete, insert, select, update on intake_private_key to seloste_custodian;

create table intake_version (
  version integer not null,
  state text not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  destroyed_at timestamp with time zone,
  receipt jsonb,
  constraint intake_version_pkey PRIMARY KEY (version),
  constraint intake_version_check CHECK (((state <> 'destroyed'::text) OR ((destroyed_at IS NOT NULL) AND (receipt IS NOT NULL)))),
  constraint intake_version_state_check CHECK ((state = ANY (ARRAY['making'::text, 'current'::text, 'retiring'::text, 'destroyed'::text]))),
  constraint intake_version_version_check CHECK ((version > 0))
);
CREATE UNIQUE INDEX intake_version_current ON public.intake_version USING btree (state) WHERE (state = 'current'::text);
CREATE TRIGGER intake_version_guard BEFORE DELETE OR UPDATE ON intake_version FOR EACH ROW EXECUTE FUNCTION intake_version_guard();
grant insert, select, update on intake_version to seloste_custodian;

create table key_lock (
  name text not null,
  constraint key_lock_pkey PRIMARY KEY (name)
);
grant insert, select, update on key_lock to seloste_custodian;

create table keyring_change (
  id bigint generated as identity not null,
  place uuid not null,
  expiry_month date not null,
  shard integer not null,
  constraint keyring_change_pkey PRIMARY KEY (id),
  constraint keyring_change_place_fkey FOREIGN KEY (place) REFERENCES place_of_data(id) ON DELETE CASCADE
);
CREATE INDEX keyring_change_place ON public.keyring_change USING btree (place, expiry_month);
grant delete, select on keyring_change to seloste_custodian;

create table keyring_renewal (
  id uuid not null default gen_random_uuid(),
  expiry_month date not null,
  shards integer[] not null,
  begun_at timestamp with time zone not null default clock_timestamp(),
  constraint keyring_renewal_pkey PRIMARY KEY (id)
);
grant delete, insert, select on keyring_renewal to seloste_custodian;

create table known_device (
  hash bytea not null,
  person_id uuid not null,
  used_at timestamp with time zone not null default clock_timestamp(),
  constraint known_device_pkey PRIMARY KEY (hash),
  constraint known_device_hash_check CHECK ((length(hash) = 32)),
  constraint known_device_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE INDEX known_device_person ON public.known_device USING btree (person_id);

create table ledger_caught_up (
  only_one boolean not null default true,
  at timestamp with time zone not null default clock_timestamp(),
  constraint ledger_caught_up_pkey PRIMARY KEY (only_one),
  constraint ledger_caught_up_only_one_check CHECK (only_one)
);

create table ledger_content (
  seq bigint not null,
  salt bytea not null,
  content text not null,
  constraint ledger_content_pkey PRIMARY KEY (seq),
  constraint ledger_content_salt CHECK ((octet_length(salt) = 32)),
  constraint ledger_content_size CHECK ((octet_length(content) <= 50000))
);
CREATE INDEX ledger_content_object ON public.ledger_content USING btree ((((content)::jsonb ->> 'id'::text)));
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON ledger_content FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_content_guard BEFORE DELETE ON ledger_content FOR EACH ROW EXECUTE FUNCTION ledger_content_guard();
grant select on ledger_content to seloste_custodian;

create table ledger_cosignature (
  size bigint not null,
  witness text not null,
  line text not null,
  received_at timestamp with time zone not null default clock_timestamp(),
  constraint ledger_cosignature_pkey PRIMARY KEY (size, witness),
  constraint ledger_cosignature_size_fkey FOREIGN KEY (size) REFERENCES ledger_head(size)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_cosignature FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert (size, witness, line), select on ledger_cosignature to seloste_custodian;
grant select on ledger_cosignature to seloste_desk;

create table ledger_head (
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamp with time zone not null default clock_timestamp(),
  constraint ledger_head_pkey PRIMARY KEY (size),
  constraint ledger_head_root_check CHECK ((octet_length(root) = 32)),
  constraint ledger_head_size_check CHECK ((size >= 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert (size, root, note), select on ledger_head to seloste_custodian;
grant select on ledger_head to seloste_desk;

create table ledger_leaf (
  index bigint not null,
  seq bigint not null,
  hash bytea not null,
  constraint ledger_leaf_pkey PRIMARY KEY (index),
  constraint ledger_leaf_hash_check CHECK ((octet_length(hash) = 32)),
  constraint ledger_leaf_index_check CHECK ((index >= 0)),
  constraint ledger_leaf_seq_key UNIQUE (seq)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_leaf FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert, select on ledger_leaf to seloste_custodian;

create table ledger_pending (
  seq bigint not null,
  constraint ledger_pending_pkey PRIMARY KEY (seq)
);
grant delete, select on ledger_pending to seloste_custodian;

create table ledger_subtree (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  constraint ledger_subtree_pkey PRIMARY KEY (level, index),
  constraint ledger_subtree_hash_check CHECK ((octet_length(hash) = 32)),
  constraint ledger_subtree_index_check CHECK ((index >= 0)),
  constraint ledger_subtree_level_check CHECK (((level >= 1) AND (level <= 7)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger_subtree FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert, select on ledger_subtree to seloste_custodian;

create table letter (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  kind text not null,
  language text not null,
  template_version integer not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  made_by uuid,
  content jsonb,
  delivered_at timestamp with time zone,
  delivered_how text,
  delivered_by uuid,
  erased_at timestamp with time zone,
  facts_digest bytea,
  ground text,
  constraint letter_pkey PRIMARY KEY (id),
  constraint letter_check CHECK (((content IS NULL) = (erased_at IS NOT NULL))),
  constraint letter_check1 CHECK ((((delivered_at IS NULL) = (delivered_how IS NULL)) AND ((delivered_at IS NULL) = (delivered_by IS NULL)))),
  constraint letter_delivered_by_fkey FOREIGN KEY (delivered_by) REFERENCES person(id),
  constraint letter_delivered_how_check CHECK ((delivered_how = ANY (ARRAY['POST'::text, 'EMAIL'::text, 'HANDED_OVER'::text, 'READ_ALOUD'::text, 'HOME'::text]))),
  constraint letter_facts_digest_check CHECK ((length(facts_digest) = 32)),
  constraint letter_kind_check CHECK ((kind = ANY (ARRAY['received'::text, 'extension'::text, 'answer'::text, 'appointment'::text, 'destroyed-before'::text, 'prohibition'::text, 'erasure'::text, 'objection'::text, 'restriction'::text, 'restriction-end'::text, 'not-identifiable'::text, 'refusal'::text, 'copy'::text, 'log-extract'::text, 'correction'::text, 'mentioned'::text, 'openness'::text]))),
  constraint letter_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint letter_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint letter_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE,
  constraint letter_template_version_check CHECK ((template_version >= 0))
);
CREATE INDEX letter_of_request ON public.letter USING btree (request_id, made_at);
CREATE UNIQUE INDEX letter_to_send ON public.letter USING btree (request_id, kind) WHERE (delivered_at IS NULL);
alter table letter enable row level security;
create policy desk_reads on letter for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select (id, request_id, kind, language, template_version, made_at, made_by, delivered_at, delivered_how, delivered_by, erased_at, ground) on letter to seloste_desk;

create table letter_template (
  kind text not null,
  language text not null,
  version integer not null,
  text text not null,
  changed_at timestamp with time zone not null default clock_timestamp(),
  changed_by uuid not null,
  constraint letter_template_pkey PRIMARY KEY (kind, language, version),
  constraint letter_template_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint letter_template_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint letter_template_text_check CHECK (((text ~ '\S'::text) AND (length(text) <= 20000))),
  constraint letter_template_version_check1 CHECK ((version > 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON letter_template FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table letter_template enable row level security;
create policy custodian_reads on letter_template for select to seloste_custodian using (true);
create policy desk_reads on letter_template for select to seloste_desk using (( SELECT (viewer_is('SERVICE_UNIT'::text) OR viewer_is('ADMINISTRATOR'::text) OR viewer_is('DATA_PROTECTION_OFFICER'::text))));
grant select on letter_template to seloste_custodian;
grant select on letter_template to seloste_desk;

create table letter_told (
  request_id uuid not null,
  kind text not null,
  object_id uuid not null,
  constraint letter_told_pkey PRIMARY KEY (request_id, kind, object_id),
  constraint letter_told_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE
);
alter table letter_told enable row level security;

create table listening (
  id uuid not null,
  recording_id uuid not null,
  person_id uuid not null,
  right_id uuid not null,
  session_hash bytea not null,
  role text not null,
  purpose text not null,
  reference text,
  started_at timestamp with time zone not null,
  until timestamp with time zone not null,
  ended_at timestamp with time zone,
  end_why text,
  speed real not null default 1,
  constraint listening_pkey PRIMARY KEY (id),
  constraint listening_end_why_check CHECK ((end_why = ANY (ARRAY['left'::text, 'time'::text, 'right'::text, 'session'::text, 'destroyed'::text, 'restricted'::text]))),
  constraint listening_speed_check CHECK (((speed >= (0.5)::double precision) AND (speed <= (3)::double precision)))
);
CREATE INDEX listening_open ON public.listening USING btree (id) WHERE (ended_at IS NULL);
CREATE INDEX listening_person ON public.listening USING btree (person_id, started_at);
CREATE INDEX listening_recording ON public.listening USING btree (recording_id);
CREATE INDEX listening_started ON public.listening USING btree (started_at);
CREATE TRIGGER begins BEFORE INSERT ON listening FOR EACH ROW EXECUTE FUNCTION set_listening_start();
CREATE TRIGGER in_training BEFORE INSERT ON listening FOR EACH ROW WHEN (new.purpose = 'TRAINING'::text AND new.reference IS NOT NULL) EXECUTE FUNCTION check_training_listening();
CREATE CONSTRAINT TRIGGER is_logged AFTER INSERT ON listening DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_listening_entry();
alter table listening enable row level security;
create policy custodian_manages on listening to seloste_custodian using (true) with check (true);
create policy desk_inserts on listening for insert to seloste_desk with check (((person_id = viewer()) AND (session_hash = session_token_hash()) AND (purpose = current_setting('seloste.purpose'::text, true)) AND (NOT (reference IS DISTINCT FROM NULLIF(current_setting('seloste.reference'::text, true), ''::text))) AND ((started_at >= (now() - '00:01:00'::interval)) AND (started_at <= (now() + '00:01:00'::interval))) AND (until <= (now() + '02:01:00'::interval)) AND (ended_at IS NULL) AND (end_why IS NULL) AND (EXISTS ( SELECT
   FROM active_rights() a(id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from, valid_to, requested_by, approved_by, revoked_at, origin, request_id, granted_at, revoked_by, revoke_cause, revoke_reason)
  WHERE ((a.id = listening.right_id) AND (a.role = listening.role)))) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.id = listening.recording_id)))));
create policy desk_reads_listenings on listening for select to seloste_desk using (((person_id = viewer()) OR (((purpose <> 'CRIME_OR_MISUSE'::text) OR (current_setting('seloste.purpose'::text, true) = 'CRIME_OR_MISUSE'::text)) AND (EXISTS ( SELECT
   FROM recording r
  WHERE (r.id = listening.recording_id))))));
create policy in_room on listening for insert to seloste_desk with check (((confined_to() IS NULL) OR (until <= confined_until())));
create policy log_whole on listening for insert to seloste_desk with check (( SELECT log_is_whole() AS log_is_whole));
grant delete, select on listening to seloste_custodian;
grant insert, select on listening to seloste_desk;

create table listening_range (
  listening_id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  from_ms integer not null,
  to_ms integer not null,
  constraint listening_range_listening_id_fkey FOREIGN KEY (listening_id) REFERENCES listening(id) ON DELETE CASCADE
);
CREATE INDEX listening_range_listening ON public.listening_range USING btree (listening_id);
alter table listening_range enable row level security;
create policy custodian_manages on listening_range to seloste_custodian using (true) with check (true);
create policy desk_reads on listening_range for select to seloste_desk using ((EXISTS ( SELECT
   FROM listening l
  WHERE (l.id = listening_range.listening_id))));
grant select on listening_range to seloste_custodian;
grant select on listening_range to seloste_desk;

create table log_verification (
  id uuid not null default gen_random_uuid(),
  asked_by uuid,
  asked_at timestamp with time zone not null default clock_timestamp(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  state text not null default 'WAITING'::text,
  cancelled_at timestamp with time zone,
  step text,
  checked bigint not null default 0,
  entries bigint,
  report jsonb,
  fault text,
  signature text,
  constraint log_verification_pkey PRIMARY KEY (id),
  constraint log_verification_check CHECK (((ended_at IS NOT NULL) = (state <> ALL (ARRAY['WAITING'::text, 'RUNNING'::text])))),
  constraint log_verification_state_check CHECK ((state = ANY (ARRAY['WAITING'::text, 'RUNNING'::text, 'WHOLE'::text, 'BROKEN'::text, 'CANCELLED'::text, 'FAILED'::text])))
);
CREATE INDEX log_verification_newest ON public.log_verification USING btree (asked_at DESC);
CREATE UNIQUE INDEX log_verification_open ON public.log_verification USING btree ((true)) WHERE (ended_at IS NULL);
alter table log_verification enable row level security;
create policy custodian_verifies on log_verification to seloste_custodian using (true) with check (true);
create policy officer_reads on log_verification for select to seloste_desk using (( SELECT viewer_is('DATA_PROTECTION_OFFICER'::text) AS viewer_is));
grant delete, insert (asked_by, state), select, update (started_at, ended_at, state, step, checked, entries, report, fault, signature) on log_verification to seloste_custodian;
grant select on log_verification to seloste_desk;

create table look_review (
  month date not null,
  looks integer not null,
  reviewed_at timestamp with time zone not null default clock_timestamp(),
  reviewed_by uuid not null,
  note text not null,
  constraint look_review_pkey PRIMARY KEY (month),
  constraint look_review_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
  constraint look_review_note_check CHECK (((note <> ''::text) AND (length(note) <= 2000)))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON look_review FOR EACH STATEMENT EXECUTE FUNCTION append_only();

create table month_key (
  expiry_month date not null,
  version integer not null,
  state text not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  retiring_since timestamp with time zone,
  deadline timestamp with time zone,
  shards integer[] not null default '{}'::integer[],
  destroyed_at timestamp with time zone,
  receipt jsonb,
  places jsonb,
  constraint month_key_pkey PRIMARY KEY (expiry_month, version),
  constraint month_key_check CHECK (((state = ANY (ARRAY['making'::text, 'current'::text])) = (retiring_since IS NULL))),
  constraint month_key_check1 CHECK (((state <> 'retiring'::text) OR (deadline IS NOT NULL))),
  constraint month_key_check2 CHECK (((state <> 'destroyed'::text) OR ((destroyed_at IS NOT NULL) AND (receipt IS NOT NULL)))),
  constraint month_key_expiry_month_check CHECK ((EXTRACT(day FROM expiry_month) = (1)::numeric)),
  constraint month_key_state_check CHECK ((state = ANY (ARRAY['making'::text, 'current'::text, 'retiring'::text, 'destroyed'::text]))),
  constraint month_key_version_check CHECK ((version > 0))
);
CREATE UNIQUE INDEX month_key_current ON public.month_key USING btree (expiry_month) WHERE (state = 'current'::text);
CREATE INDEX month_key_unfinished ON public.month_key USING btree (expiry_month) WHERE (state = ANY (ARRAY['making'::text, 'retiring'::text]));
CREATE TRIGGER month_key_guard BEFORE DELETE OR UPDATE ON month_key FOR EACH ROW EXECUTE FUNCTION month_key_guard();
grant insert, select, update on month_key to seloste_custodian;
grant select (expiry_month, version, state, retiring_since, deadline, destroyed_at) on month_key to seloste_desk;

create table obeyed_version (
  instance uuid not null,
  process text not null,
  version integer not null,
  hash bytea not null,
  reported_at timestamp with time zone not null default clock_timestamp(),
  constraint obeyed_version_pkey PRIMARY KEY (instance)
);
grant select on obeyed_version to seloste_custodian;

create table office (
  id uuid not null default gen_random_uuid(),
  names jsonb not null,
  address jsonb not null,
  is_closed boolean not null default false,
  entered_at timestamp with time zone not null default clock_timestamp(),
  entered_by uuid not null,
  constraint office_pkey PRIMARY KEY (id),
  constraint office_address_members CHECK (((address - '{fi,sv,en}'::text[]) = '{}'::jsonb)),
  constraint office_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES person(id),
  constraint office_names_members CHECK (((names - '{fi,sv,en}'::text[]) = '{}'::jsonb))
);
alter table office enable row level security;
create policy custodian_reads on office for select to seloste_custodian using (true);
create policy desk_reads on office for select to seloste_desk using ((( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is) OR ( SELECT viewer_is('ADMINISTRATOR'::text) AS viewer_is)));
grant select on office to seloste_custodian;
grant select on office to seloste_desk;

create table office_slot (
  id uuid not null default gen_random_uuid(),
  office_id uuid not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  host_id uuid not null,
  added_at timestamp with time zone not null default clock_timestamp(),
  added_by uuid not null,
  removed_at timestamp with time zone,
  removed_by uuid,
  constraint office_slot_pkey PRIMARY KEY (id),
  constraint office_slot_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id),
  constraint office_slot_check CHECK ((starts_at < ends_at)),
  constraint office_slot_check1 CHECK (((removed_at IS NULL) = (removed_by IS NULL))),
  constraint office_slot_host_id_fkey FOREIGN KEY (host_id) REFERENCES person(id),
  constraint office_slot_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id),
  constraint office_slot_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES person(id)
);
CREATE INDEX office_slot_starts ON public.office_slot USING btree (starts_at) WHERE (removed_at IS NULL);
alter table office_slot enable row level security;
create policy custodian_reads on office_slot for select to seloste_custodian using (true);
create policy desk_reads on office_slot for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select on office_slot to seloste_custodian;
grant select on office_slot to seloste_desk;

create table official_named (
  name text not null,
  phone text,
  unit_id uuid,
  person_id uuid,
  first_month date not null,
  last_month date not null,
  id integer generated as identity not null,
  constraint official_named_once UNIQUE NULLS NOT DISTINCT (name, phone, unit_id, person_id)
);
CREATE UNIQUE INDEX official_named_id ON public.official_named USING btree (id);

create table one_time_link (
  id uuid not null default gen_random_uuid(),
  hash bytea not null,
  person_id uuid,
  role text,
  made_by uuid,
  made_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  code_hash bytea,
  released_by uuid,
  released_at timestamp with time zone,
  wrong_codes integer not null default 0,
  constraint one_time_link_pkey PRIMARY KEY (id),
  constraint one_time_link_check CHECK (((person_id IS NULL) <> (role IS NULL))),
  constraint one_time_link_code_hash_check CHECK ((length(code_hash) = 32)),
  constraint one_time_link_day CHECK ((expires_at <= (COALESCE(released_at, made_at) + '24:00:00'::interval))),
  constraint one_time_link_hash_check CHECK ((length(hash) = 32)),
  constraint one_time_link_hash_key UNIQUE (hash),
  constraint one_time_link_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint one_time_link_released CHECK ((((released_at IS NULL) = (released_by IS NULL)) AND ((released_at IS NULL) = (code_hash IS NULL)))),
  constraint one_time_link_role_check CHECK ((role = ANY (ARRAY['ADMINISTRATOR'::text, 'ACCESS_APPROVER'::text])))
);
CREATE INDEX one_time_link_person ON public.one_time_link USING btree (person_id);
CREATE TRIGGER ledger_used AFTER UPDATE ON one_time_link FOR EACH ROW WHEN (old.used_at IS NULL AND new.used_at IS NOT NULL) EXECUTE FUNCTION ledger_end('link', 'used');
CREATE TRIGGER ledger_voided AFTER DELETE ON one_time_link FOR EACH ROW WHEN (old.used_at IS NULL AND old.expires_at > now()) EXECUTE FUNCTION ledger_end('link', 'voided');
CREATE TRIGGER notifies_person AFTER INSERT ON one_time_link FOR EACH ROW EXECUTE FUNCTION notify_link();
CREATE TRIGGER notifies_person_used AFTER UPDATE ON one_time_link FOR EACH ROW WHEN (old.used_at IS NULL AND new.used_at IS NOT NULL) EXECUTE FUNCTION notify_link();

create table openness_decision (
  request_id uuid not null,
  outcome text not null,
  provision text not null,
  decided_at timestamp with time zone not null default clock_timestamp(),
  decided_by uuid not null,
  leads_to text,
  constraint openness_decision_pkey PRIMARY KEY (request_id),
  constraint openness_decision_check CHECK (((leads_to IS NULL) OR (outcome = 'REFERRED'::text))),
  constraint openness_decision_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint openness_decision_leads_to_check CHECK ((leads_to = ANY (ARRAY['RESEARCH'::text, 'AUTHORITY'::text]))),
  constraint openness_decision_outcome_check CHECK ((outcome = ANY (ARRAY['SECRET'::text, 'REFERRED'::text]))),
  constraint openness_decision_provision_check CHECK (((provision ~ '\S'::text) AND (length(provision) <= 200))),
  constraint openness_decision_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE
);
CREATE TRIGGER append_only BEFORE UPDATE ON openness_decision FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table openness_decision enable row level security;
create policy desk_reads on openness_decision for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select on openness_decision to seloste_desk;

create table openness_lead (
  request_id uuid not null,
  research_id uuid,
  authority_id uuid,
  taken_up_at timestamp with time zone not null default clock_timestamp(),
  taken_up_by uuid not null,
  constraint openness_lead_pkey PRIMARY KEY (request_id),
  constraint openness_lead_authority_id_fkey FOREIGN KEY (authority_id) REFERENCES authority_disclosure(id),
  constraint openness_lead_check CHECK (((research_id IS NULL) <> (authority_id IS NULL))),
  constraint openness_lead_request_id_fkey FOREIGN KEY (request_id) REFERENCES openness_decision(request_id) ON DELETE CASCADE,
  constraint openness_lead_research_id_fkey FOREIGN KEY (research_id) REFERENCES research_disclosure(id),
  constraint openness_lead_taken_up_by_fkey FOREIGN KEY (taken_up_by) REFERENCES person(id)
);
CREATE TRIGGER append_only BEFORE UPDATE ON openness_lead FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table openness_lead enable row level security;
create policy desk_reads on openness_lead for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select (request_id, taken_up_at) on openness_lead to seloste_desk;

create table passkey (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  credential_id bytea not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}'::text[],
  backed_up boolean not null,
  name text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_used_at timestamp with time zone,
  constraint passkey_pkey PRIMARY KEY (id),
  constraint passkey_counter_check CHECK (((counter >= 0) AND (counter <= '4294967295'::bigint))),
  constraint passkey_credential_id_check CHECK (((octet_length(credential_id) >= 16) AND (octet_length(credential_id) <= 1023))),
  constraint passkey_credential_id_key UNIQUE (credential_id),
  constraint passkey_name_check CHECK (((name = btrim(name)) AND ((length(name) >= 1) AND (length(name) <= 80)))),
  constraint passkey_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint passkey_public_key_check CHECK ((octet_length(public_key) <= 8192)),
  constraint passkey_transports_check CHECK ((cardinality(transports) <= 10))
);
CREATE INDEX passkey_person ON public.passkey USING btree (person_id);
CREATE TRIGGER ledger AFTER DELETE ON passkey FOR EACH ROW EXECUTE FUNCTION ledger_end('credential', 'removed', 'passkey');
CREATE TRIGGER notifies_person AFTER INSERT OR DELETE ON passkey FOR EACH ROW EXECUTE FUNCTION notify_factor_change('passkey');
CREATE TRIGGER passkey_guard BEFORE INSERT ON passkey FOR EACH ROW EXECUTE FUNCTION passkey_guard();
alter table passkey enable row level security;
create policy custodian_manages on passkey to seloste_custodian using (true) with check (true);
create policy desk_reads_own on passkey for select to seloste_desk using ((person_id = ( SELECT viewer() AS viewer)));
grant delete, insert, select, update (counter, backed_up, last_used_at) on passkey to seloste_custodian;
grant select (id, person_id, backed_up, name, created_at, last_used_at) on passkey to seloste_desk;

create table pending_right_told (
  draft_id uuid not null,
  request_id uuid not null,
  ends_at timestamp with time zone not null,
  told_how text not null,
  told_at timestamp with time zone not null default clock_timestamp(),
  told_by uuid not null,
  constraint pending_right_told_pkey PRIMARY KEY (draft_id, request_id),
  constraint pending_right_told_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES description_draft(id),
  constraint pending_right_told_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE,
  constraint pending_right_told_told_by_fkey FOREIGN KEY (told_by) REFERENCES person(id),
  constraint pending_right_told_told_how_check CHECK ((told_how = ANY (ARRAY['POST'::text, 'EMAIL'::text, 'HANDED_OVER'::text, 'READ_ALOUD'::text])))
);
alter table pending_right_told enable row level security;

create table person (
  id uuid not null,
  user_id text not null,
  password_salt text,
  password_check bytea,
  employed_from timestamp with time zone not null,
  employed_to timestamp with time zone,
  source text not null default 'manual'::text,
  external_id text,
  withdrawn_at timestamp with time zone,
  informed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  password_set_at timestamp with time zone,
  password_alone boolean not null default true,
  external_id_signs_in boolean not null default true,
  constraint person_pkey PRIMARY KEY (id),
  constraint person_check CHECK (((password_salt IS NULL) = (password_check IS NULL))),
  constraint person_employed CHECK ((employed_to >= employed_from)),
  constraint person_source_check CHECK ((source = ANY (ARRAY['manual'::text, 'csv'::text, 'scim'::text]))),
  constraint person_user_id_check CHECK ((user_id = lower(user_id))),
  constraint person_user_id_key UNIQUE (user_id)
);
CREATE INDEX person_external ON public.person USING btree (external_id) WHERE (external_id IS NOT NULL);
CREATE TRIGGER directory_turn BEFORE INSERT OR DELETE OR UPDATE ON person FOR EACH STATEMENT EXECUTE FUNCTION lock_directory_first();
CREATE TRIGGER identity_guard BEFORE INSERT OR UPDATE OF source, external_id ON person FOR EACH ROW EXECUTE FUNCTION identity_guard();
CREATE TRIGGER ledger AFTER DELETE OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION ledger_person();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON person FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER notifies_person AFTER UPDATE ON person FOR EACH ROW WHEN (old.password_check IS NOT NULL AND new.password_check IS DISTINCT FROM old.password_check) EXECUTE FUNCTION notify_password_change();
CREATE TRIGGER person_guard BEFORE INSERT OR DELETE OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION person_guard();
CREATE CONSTRAINT TRIGGER reports_end AFTER UPDATE OF employed_from, employed_to ON person DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (old.employed_from IS DISTINCT FROM new.employed_from OR old.employed_to IS DISTINCT FROM new.employed_to) EXECUTE FUNCTION report_employment_end();
alter table person enable row level security;
create policy everybody_reads on person for select to seloste_capture, seloste_custodian, seloste_desk using (true);
create policy keeper_changes on person for update to seloste_desk using (( SELECT may_change_directory() AS may_change_directory)) with check (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_deletes on person for delete to seloste_desk using (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_enters on person for insert to seloste_desk with check (( SELECT may_change_directory() AS may_change_directory));
grant select (id, user_id, password_salt, employed_from, employed_to, source, external_id, withdrawn_at, password_alone, external_id_signs_in) on person to seloste_custodian;
grant insert (id, user_id, employed_from, employed_to, source, external_id, informed_at), select (id, user_id, password_salt, employed_from, employed_to, source, external_id, withdrawn_at, informed_at, created_at, changed_at, password_set_at), update (employed_from, employed_to, source, external_id, withdrawn_at, informed_at, changed_at) on person to seloste_desk;

create table person_name (
  person_id uuid not null,
  name text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  given_name text,
  family_name text,
  constraint person_name_pkey PRIMARY KEY (person_id, valid_from),
  constraint person_name_interval CHECK ((valid_to > valid_from)),
  constraint person_name_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE TRIGGER apart_insert AFTER INSERT ON person_name REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('person_id');
CREATE TRIGGER apart_update AFTER UPDATE ON person_name REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('person_id');
CREATE TRIGGER directory_turn BEFORE INSERT OR DELETE OR UPDATE ON person_name FOR EACH STATEMENT EXECUTE FUNCTION lock_directory_first();
CREATE TRIGGER names_calls AFTER INSERT ON person_name REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION attribute_calls_by_directory();
CREATE TRIGGER notifies_capture AFTER INSERT OR DELETE OR UPDATE ON person_name FOR EACH STATEMENT EXECUTE FUNCTION notify_capture_of_directory();
CREATE TRIGGER own_insert AFTER INSERT ON person_name REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_own_name();
CREATE TRIGGER own_update AFTER UPDATE ON person_name REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_own_name();
alter table person_name enable row level security;
create policy everybody_reads on person_name for select to seloste_capture, seloste_custodian, seloste_desk using (true);
create policy keeper_changes on person_name for update to seloste_desk using (( SELECT may_change_directory() AS may_change_directory)) with check (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_deletes on person_name for delete to seloste_desk using (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_enters on person_name for insert to seloste_desk with check (( SELECT may_change_directory() AS may_change_directory));
grant select (person_id, name, valid_from, valid_to) on person_name to seloste_capture;
grant select on person_name to seloste_custodian;
grant delete, insert, select, update (name, valid_to, given_name, family_name) on person_name to seloste_desk;

create table person_phone (
  person_id uuid not null,
  phone_key text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  constraint person_phone_pkey PRIMARY KEY (phone_key, valid_from),
  constraint person_phone_interval CHECK ((valid_to > valid_from)),
  constraint person_phone_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE UNIQUE INDEX person_phone_current ON public.person_phone USING btree (phone_key) WHERE (valid_to IS NULL);
CREATE INDEX person_phone_person ON public.person_phone USING btree (person_id);
CREATE TRIGGER apart_insert AFTER INSERT ON person_phone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('phone_key');
CREATE TRIGGER apart_update AFTER UPDATE ON person_phone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('phone_key');
CREATE TRIGGER directory_turn BEFORE INSERT OR DELETE OR UPDATE ON person_phone FOR EACH STATEMENT EXECUTE FUNCTION lock_directory_first();
CREATE TRIGGER names_calls AFTER INSERT ON person_phone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION attribute_calls_by_directory();
CREATE TRIGGER notifies_capture AFTER INSERT OR DELETE OR UPDATE ON person_phone FOR EACH STATEMENT EXECUTE FUNCTION notify_capture_of_directory();
CREATE CONSTRAINT TRIGGER reports_end AFTER DELETE OR UPDATE ON person_phone DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION report_directory_end();
CREATE TRIGGER succession_insert AFTER INSERT ON person_phone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_succession();
CREATE TRIGGER succession_update AFTER UPDATE ON person_phone REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_succession();
alter table person_phone enable row level security;
create policy everybody_reads on person_phone for select to seloste_capture, seloste_custodian, seloste_desk using (true);
create policy keeper_changes on person_phone for update to seloste_desk using (( SELECT may_change_directory() AS may_change_directory)) with check (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_deletes on person_phone for delete to seloste_desk using ((( SELECT may_change_directory() AS may_change_directory) OR is_applying_change(person_id)));
create policy keeper_enters on person_phone for insert to seloste_desk with check ((( SELECT may_change_directory() AS may_change_directory) OR is_applying_change(person_id)));
grant select on person_phone to seloste_capture;
grant delete, insert, select, update (valid_to) on person_phone to seloste_desk;

create table person_placement (
  person_id uuid not null,
  unit_id uuid,
  supervisor_id uuid,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  entered_at timestamp with time zone default now(),
  constraint person_placement_pkey PRIMARY KEY (person_id, valid_from),
  constraint person_placement_check CHECK ((valid_to > valid_from)),
  constraint person_placement_check1 CHECK (((unit_id IS NOT NULL) OR (supervisor_id IS NOT NULL))),
  constraint person_placement_own CHECK ((supervisor_id <> person_id)),
  constraint person_placement_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint person_placement_supervisor_id_fkey FOREIGN KEY (supervisor_id) REFERENCES person(id),
  constraint person_placement_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
CREATE INDEX person_placement_supervisor ON public.person_placement USING btree (supervisor_id);
CREATE INDEX person_placement_unit ON public.person_placement USING btree (unit_id);
CREATE TRIGGER apart_insert AFTER INSERT ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('person_id');
CREATE TRIGGER apart_update AFTER UPDATE ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('person_id');
CREATE TRIGGER circle_insert AFTER INSERT ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_supervisor_cycle();
CREATE TRIGGER circle_update AFTER UPDATE ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_supervisor_cycle();
CREATE TRIGGER directory_turn BEFORE INSERT OR DELETE OR UPDATE ON person_placement FOR EACH STATEMENT EXECUTE FUNCTION lock_directory_first();
CREATE TRIGGER names_calls AFTER INSERT ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION attribute_calls_by_directory();
CREATE TRIGGER notifies_capture AFTER INSERT OR DELETE OR UPDATE ON person_placement FOR EACH STATEMENT EXECUTE FUNCTION notify_capture_of_directory();
CREATE CONSTRAINT TRIGGER reports_end AFTER DELETE OR UPDATE ON person_placement DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION report_directory_end();
CREATE TRIGGER succession_insert AFTER INSERT ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_succession();
CREATE TRIGGER succession_update AFTER UPDATE ON person_placement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_succession();
alter table person_placement enable row level security;
create policy everybody_reads on person_placement for select to seloste_capture, seloste_custodian, seloste_desk using (true);
create policy keeper_changes on person_placement for update to seloste_desk using (( SELECT may_change_directory() AS may_change_directory)) with check (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_deletes on person_placement for delete to seloste_desk using ((( SELECT may_change_directory() AS may_change_directory) OR is_applying_change(person_id)));
create policy keeper_enters on person_placement for insert to seloste_desk with check ((( SELECT may_change_directory() AS may_change_directory) OR is_applying_change(person_id)));
grant select (person_id, unit_id, valid_from, valid_to) on person_placement to seloste_capture;
grant delete, insert, select, update (unit_id, supervisor_id, valid_to) on person_placement to seloste_desk;

create table person_recording_consent (
  person_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  constraint person_recording_consent_pkey PRIMARY KEY (person_id, valid_from),
  constraint person_recording_consent_check CHECK ((valid_to > valid_from)),
  constraint person_recording_consent_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE TRIGGER apart_insert AFTER INSERT ON person_recording_consent REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('person_id');
CREATE TRIGGER apart_update AFTER UPDATE ON person_recording_consent REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlap('person_id');
CREATE TRIGGER directory_turn BEFORE INSERT OR DELETE OR UPDATE ON person_recording_consent FOR EACH STATEMENT EXECUTE FUNCTION lock_directory_first();
CREATE TRIGGER ledger_taken_back AFTER DELETE ON person_recording_consent FOR EACH ROW EXECUTE FUNCTION ledger_consent();
CREATE TRIGGER ledger_withdrawn AFTER UPDATE ON person_recording_consent FOR EACH ROW WHEN (new.valid_to IS NOT NULL AND new.valid_to IS DISTINCT FROM old.valid_to) EXECUTE FUNCTION ledger_consent();
CREATE TRIGGER notifies_capture AFTER INSERT OR DELETE OR UPDATE ON person_recording_consent FOR EACH STATEMENT EXECUTE FUNCTION notify_capture_of_directory();
alter table person_recording_consent enable row level security;
create policy capture_reads on person_recording_consent for select to seloste_capture using (true);
create policy custodian_reads on person_recording_consent for select to seloste_custodian using (true);
create policy desk_reads on person_recording_consent for select to seloste_desk using (((( SELECT viewer() AS viewer) IS NOT NULL) OR (( SELECT scim_client() AS scim_client) IS NOT NULL)));
create policy keeper_changes on person_recording_consent for update to seloste_desk using (( SELECT may_change_directory() AS may_change_directory)) with check (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_deletes on person_recording_consent for delete to seloste_desk using (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_enters on person_recording_consent for insert to seloste_desk with check (( SELECT may_change_directory() AS may_change_directory));
grant select on person_recording_consent to seloste_capture;
grant select on person_recording_consent to seloste_custodian;
grant delete, insert, select, update (valid_to) on person_recording_consent to seloste_desk;

create table place_of_data (
  id uuid not null default gen_random_uuid(),
  name text not null,
  kind text not null,
  location text not null,
  state text not null,
  site text,
  first_used_at timestamp with time zone,
  attested_until date,
  reached_at timestamp with time zone,
  fault text,
  fault_code text,
  fault_since timestamp with time zone,
  recipient text,
  keyring_whole boolean not null default false,
  keyring_at timestamp with time zone,
  ledger_to bigint,
  backups integer not null default 0,
  backup_oldest_at timestamp with time zone,
  backup_last_at timestamp with time zone,
  constraint place_of_data_pkey PRIMARY KEY (id),
  constraint place_of_data_check CHECK (((state <> 'in-use'::text) OR (first_used_at IS NOT NULL))),
  constraint place_of_data_kind_check CHECK ((kind = ANY (ARRAY['data'::text, 'database'::text, 'objects'::text, 'keys'::text, 'tablespace'::text, 'replica'::text, 'backup'::text, 'ledger'::text, 'witness'::text]))),
  constraint place_of_data_kind_name_key UNIQUE (kind, name),
  constraint place_of_data_ledger_to_check CHECK ((ledger_to >= 0)),
  constraint place_of_data_state_check CHECK ((state = ANY (ARRAY['in-use'::text, 'attestation-over'::text, 'refused'::text, 'unreachable'::text, 'left'::text])))
);
alter table place_of_data enable row level security;
create policy custodian_manages on place_of_data to seloste_custodian using (true) with check (true);
create policy desk_reads on place_of_data for select to seloste_desk using (( SELECT may_see_places() AS may_see_places));
grant insert, select, update on place_of_data to seloste_custodian;
grant select on place_of_data to seloste_desk;

create table preservation_order (
  id uuid not null default gen_random_uuid(),
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  covers text not null,
  provision text not null,
  authority text not null,
  order_reference text not null,
  reference text not null,
  from_at timestamp with time zone not null default clock_timestamp(),
  until timestamp with time zone not null,
  entered_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  end_note text,
  constraint preservation_order_pkey PRIMARY KEY (id),
  constraint preservation_order_authority_check CHECK (((authority ~ '\S'::text) AND (length(authority) <= 200))),
  constraint preservation_order_check CHECK (((ended_by IS NULL) OR ((ended_at IS NOT NULL) AND (ended_by <> entered_by) AND (end_note IS NOT NULL)))),
  constraint preservation_order_covers_check CHECK ((covers = ANY (ARRAY['recordings'::text, 'history'::text, 'both'::text]))),
  constraint preservation_order_end_note_check CHECK (((end_note ~ '\S'::text) AND (length(end_note) <= 2000))),
  constraint preservation_order_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint preservation_order_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES person(id),
  constraint preservation_order_order_reference_check CHECK (((order_reference ~ '\S'::text) AND (length(order_reference) <= 64))),
  constraint preservation_order_provision_check CHECK (((provision ~ '\S'::text) AND (length(provision) <= 200))),
  constraint preservation_order_reference_check CHECK (((reference ~ '\S'::text) AND (length(reference) <= 64)))
);
CREATE INDEX preservation_order_contact ON public.preservation_order USING btree (contact_id);
CREATE INDEX preservation_order_in_force ON public.preservation_order USING btree (until) WHERE (ended_at IS NULL);
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON preservation_order FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER order_guard BEFORE UPDATE ON preservation_order FOR EACH ROW EXECUTE FUNCTION order_guard();
alter table preservation_order enable row level security;

create table preservation_renewal (
  order_id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  until timestamp with time zone not null,
  order_reference text not null,
  renewed_by uuid not null,
  constraint preservation_renewal_pkey PRIMARY KEY (order_id, at),
  constraint preservation_renewal_order_id_fkey FOREIGN KEY (order_id) REFERENCES preservation_order(id),
  constraint preservation_renewal_order_reference_check CHECK (((order_reference ~ '\S'::text) AND (length(order_reference) <= 64))),
  constraint preservation_renewal_renewed_by_fkey FOREIGN KEY (renewed_by) REFERENCES person(id)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON preservation_renewal FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table preservation_renewal enable row level security;

create table prohibition (
  id uuid not null default gen_random_uuid(),
  recording_id uuid not null,
  party text not null,
  channel text not null,
  received_at timestamp with time zone not null default clock_timestamp(),
  executed_at timestamp with time zone,
  entered_by uuid not null,
  reference text,
  constraint prohibition_pkey PRIMARY KEY (id),
  constraint prohibition_channel_check CHECK ((channel = ANY (ARRAY['CALL'::text, 'PHONE'::text, 'LETTER'::text, 'VISIT'::text, 'EMAIL'::text, 'OWN_CALLS'::text, 'HOME'::text]))),
  constraint prohibition_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES person(id),
  constraint prohibition_party_check CHECK ((party = ANY (ARRAY['CALLER'::text, 'OFFICIAL'::text]))),
  constraint prohibition_recording_id_party_key UNIQUE (recording_id, party)
);
CREATE INDEX prohibition_reference ON public.prohibition USING btree (reference);
CREATE INDEX prohibition_waiting ON public.prohibition USING btree (recording_id) WHERE (executed_at IS NULL);
CREATE TRIGGER forbids_duplicate AFTER INSERT ON prohibition FOR EACH ROW EXECUTE FUNCTION forbid_duplicate();
CREATE TRIGGER fresh BEFORE INSERT ON prohibition FOR EACH ROW EXECUTE FUNCTION require_fresh_prohibition();
CREATE TRIGGER ledger AFTER INSERT ON prohibition FOR EACH ROW EXECUTE FUNCTION ledger_prohibition();
CREATE TRIGGER notifies_capture AFTER INSERT ON prohibition FOR EACH ROW EXECUTE FUNCTION notify_capture_of_prohibition();
alter table prohibition enable row level security;
create policy custodian_reads on prohibition for select to seloste_custodian using (true);
grant select on prohibition to seloste_custodian;

create table proof (
  promise text not null,
  checked_at timestamp with time zone not null,
  holds boolean not null,
  facts jsonb,
  fault text,
  broken_since timestamp with time zone,
  duration_ms integer not null,
  memo jsonb not null default '{}'::jsonb,
  signature text,
  constraint proof_pkey PRIMARY KEY (promise),
  constraint proof_check CHECK ((holds = (broken_since IS NULL))),
  constraint proof_check1 CHECK (((fault IS NULL) OR (NOT holds))),
  constraint proof_check2 CHECK (((fault IS NOT NULL) OR (facts IS NOT NULL)))
);
grant insert, select, update on proof to seloste_custodian;
grant select on proof to seloste_desk;

create table proof_change (
  seq bigint generated as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  promise text not null,
  holds boolean not null,
  facts jsonb,
  fault text,
  constraint proof_change_pkey PRIMARY KEY (seq)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON proof_change FOR EACH STATEMENT EXECUTE FUNCTION append_only();
grant insert (promise, holds, facts, fault), select on proof_change to seloste_custodian;
grant select on proof_change to seloste_desk;

create table provider_session (
  session_hash bytea not null,
  id_token text not null,
  constraint provider_session_pkey PRIMARY KEY (session_hash),
  constraint provider_session_id_token_check CHECK ((length(id_token) <= 65536)),
  constraint provider_session_session_hash_fkey FOREIGN KEY (session_hash) REFERENCES session(token_hash) ON UPDATE CASCADE ON DELETE CASCADE
);
grant delete, insert, select on provider_session to seloste_custodian;

create table provider_subject (
  issuer text not null,
  subject text not null,
  person_id uuid not null,
  bound_at timestamp with time zone not null default clock_timestamp(),
  constraint provider_subject_pkey PRIMARY KEY (issuer, subject),
  constraint provider_subject_issuer_check CHECK ((length(issuer) <= 2048)),
  constraint provider_subject_issuer_person_id_key UNIQUE (issuer, person_id),
  constraint provider_subject_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
  constraint provider_subject_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255)))
);
CREATE TRIGGER ledger AFTER DELETE ON provider_subject FOR EACH ROW EXECUTE FUNCTION ledger_end('credential', 'removed', 'identity-provider');
CREATE TRIGGER notifies_person AFTER INSERT OR DELETE ON provider_subject FOR EACH ROW EXECUTE FUNCTION notify_factor_change('identity-provider');
grant delete, insert, select on provider_subject to seloste_custodian;

create table quality_form (
  id uuid not null default gen_random_uuid(),
  language text not null,
  name text not null,
  begun_at timestamp with time zone not null default clock_timestamp(),
  begun_by uuid not null,
  revision integer not null default 0,
  draft jsonb,
  draft_at timestamp with time zone,
  draft_by uuid,
  constraint quality_form_pkey PRIMARY KEY (id),
  constraint quality_form_begun_by_fkey FOREIGN KEY (begun_by) REFERENCES person(id),
  constraint quality_form_draft_by_fkey FOREIGN KEY (draft_by) REFERENCES person(id),
  constraint quality_form_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint quality_form_name_check CHECK (((length(btrim(name)) >= 1) AND (length(btrim(name)) <= 200)))
);
alter table quality_form enable row level security;
create policy duty_reads on quality_form for select to seloste_desk using ((EXISTS ( SELECT
   FROM duty_rights('QUALITY'::text) duty_rights(id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from, valid_to, requested_by, approved_by, revoked_at, origin, request_id, granted_at, revoked_by, revoke_cause, revoke_reason))));
grant select (id, language, name, revision, draft) on quality_form to seloste_desk;

create table quality_form_version (
  form_id uuid not null,
  version integer not null,
  name text not null,
  content jsonb not null,
  published_at timestamp with time zone not null default clock_timestamp(),
  published_by uuid not null,
  constraint quality_form_version_pkey PRIMARY KEY (form_id, version),
  constraint quality_form_version_form_id_fkey FOREIGN KEY (form_id) REFERENCES quality_form(id),
  constraint quality_form_version_published_by_fkey FOREIGN KEY (published_by) REFERENCES person(id),
  constraint quality_form_version_version_check CHECK ((version > 0))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON quality_form_version FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table quality_form_version enable row level security;
create policy duty_reads on quality_form_version for select to seloste_desk using ((EXISTS ( SELECT
   FROM duty_rights('QUALITY'::text) duty_rights(id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from, valid_to, requested_by, approved_by, revoked_at, origin, request_id, granted_at, revoked_by, revoke_cause, revoke_reason))));
grant select (form_id, version, name, content, published_at, published_by) on quality_form_version to seloste_desk;

create table quality_mark (
  person_id uuid not null,
  unit_id uuid not null,
  quarter date not null,
  mark uuid not null default gen_random_uuid(),
  constraint quality_mark_pkey PRIMARY KEY (person_id, unit_id, quarter),
  constraint quality_mark_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint quality_mark_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
alter table quality_mark enable row level security;

create table reconciled_segment (
  kind text not null,
  segment_id uuid not null,
  contact_started_at timestamp with time zone not null,
  note_id uuid not null,
  constraint reconciled_segment_pkey PRIMARY KEY (kind, segment_id),
  constraint reconciled_segment_kind_check CHECK ((kind = ANY (ARRAY['unrecorded'::text, 'untold'::text]))),
  constraint reconciled_segment_note_id_fkey FOREIGN KEY (note_id) REFERENCES reconciliation_note(id)
);
CREATE INDEX reconciled_segment_note ON public.reconciled_segment USING btree (note_id);
CREATE INDEX reconciled_segment_started ON public.reconciled_segment USING btree (contact_started_at);

create table reconciliation_note (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  note text not null,
  by uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint reconciliation_note_pkey PRIMARY KEY (id),
  constraint reconciliation_note_kind_check CHECK ((kind = ANY (ARRAY['unrecorded'::text, 'untold'::text]))),
  constraint reconciliation_note_note_check CHECK (((btrim(note) <> ''::text) AND (length(note) <= 2000)))
);

create table recorded_part (
  recording_id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  is_own boolean not null,
  state "char" not null,
  official integer,
  official_unit_id uuid,
  number_reached text not null,
  number_called text not null,
  constraint recorded_part_pkey PRIMARY KEY (segment_id, recording_id)
);
CREATE INDEX recorded_part_called ON public.recorded_part USING btree (number_called, state, contact_started_at DESC, contact_id DESC) INCLUDE (official_unit_id, number_reached) WHERE is_own;
CREATE INDEX recorded_part_official ON public.recorded_part USING btree (official, state, contact_started_at DESC, contact_id DESC) INCLUDE (is_own, number_reached, number_called);
CREATE INDEX recorded_part_reached ON public.recorded_part USING btree (number_reached, state, contact_started_at DESC, contact_id DESC) INCLUDE (number_called) WHERE is_own;
CREATE INDEX recorded_part_recording ON public.recorded_part USING btree (recording_id);
CREATE INDEX recorded_part_state ON public.recorded_part USING btree (state, contact_started_at DESC, contact_id DESC) WHERE is_own;
CREATE INDEX recorded_part_unit ON public.recorded_part USING btree (official_unit_id, state, contact_started_at DESC, contact_id DESC) INCLUDE (number_called) WHERE is_own;
alter table recorded_part enable row level security;

create table recording (
  id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  state text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  intake_day date not null,
  recording_months integer not null,
  min_keep_until timestamp with time zone,
  destroy_at timestamp with time zone,
  expiry_month date,
  size_bytes bigint,
  sha256 bytea,
  incomplete boolean not null default false,
  kept_at timestamp with time zone,
  keeping_fault text,
  duration_ms integer,
  packets_received integer,
  packets_lost integer,
  destroyed_at timestamp with time zone,
  cause text,
  number_reached text,
  call_ended_at timestamp with time zone,
  cut_ms integer,
  reception jsonb,
  intake_key text,
  unplayed_ms integer,
  is_silent boolean,
  reported_destroyed_at timestamp with time zone,
  constraint recording_pkey PRIMARY KEY (id),
  constraint recording_cause_check CHECK ((cause = ANY (ARRAY['retention'::text, 'caller'::text, 'official'::text, 'trimming'::text, 'hold-end'::text]))),
  constraint recording_check CHECK (((state <> 'DESTROYED'::text) OR (destroyed_at IS NOT NULL))),
  constraint recording_check1 CHECK (((state <> ALL (ARRAY['DESTROYING'::text, 'DESTROYED'::text])) OR (cause IS NOT NULL))),
  constraint recording_check2 CHECK (((min_keep_until IS NULL) = (destroy_at IS NULL))),
  constraint recording_check3 CHECK ((min_keep_until >= ((((started_at AT TIME ZONE 'Europe/Helsinki'::text) + '2 mons'::interval) AT TIME ZONE 'Europe/Helsinki'::text) - '1 day'::interval))),
  constraint recording_cut_ms_check CHECK ((cut_ms > 0)),
  constraint recording_reception_members CHECK ((((reception - '{trunk,client,streams,lostMs,oneWay,isSilent,elsewhere}'::text[]) = '{}'::jsonb) AND (COALESCE((reception ->> 'elsewhere'::text), '::'::text) ~ '^[0-9a-f.:]{2,45}(%[0-9A-Za-z._-]{1,15})?$'::text))),
  constraint recording_recording_months_check CHECK (((recording_months >= 2) AND (recording_months <= 6))),
  constraint recording_segment_id_key UNIQUE (segment_id),
  constraint recording_state_check CHECK ((state = ANY (ARRAY['CAPTURING'::text, 'STORED'::text, 'RESTRICTED'::text, 'QUARANTINED'::text, 'DESTROYING'::text, 'DESTROYED'::text]))),
  constraint recording_unplayed_ms_check CHECK ((unplayed_ms >= 0))
);
CREATE INDEX recording_contact ON public.recording USING btree (contact_id);
CREATE INDEX recording_day_key ON public.recording USING btree (intake_day) WHERE ((intake_key IS NULL) AND (kept_at IS NULL) AND (state = ANY (ARRAY['CAPTURING'::text, 'STORED'::text])));
CREATE INDEX recording_destroying ON public.recording USING btree (id) WHERE (state = 'DESTROYING'::text);
CREATE INDEX recording_due ON public.recording USING btree (destroy_at) WHERE (state <> 'DESTROYED'::text);
CREATE INDEX recording_intake_key ON public.recording USING btree (intake_key) WHERE ((intake_key IS NOT NULL) AND (kept_at IS NULL));
CREATE INDEX recording_of_month ON public.recording USING btree (contact_started_at, id);
CREATE INDEX recording_restricted ON public.recording USING btree (destroy_at, contact_id) WHERE (state = 'RESTRICTED'::text);
CREATE INDEX recording_terms ON public.recording USING btree (number_reached, call_ended_at) INCLUDE (recording_months, destroy_at, min_keep_until) WHERE (state <> ALL (ARRAY['DESTROYING'::text, 'DESTROYED'::text]));
CREATE INDEX recording_unkept ON public.recording USING btree (id) WHERE ((kept_at IS NULL) AND (state = 'STORED'::text));
CREATE INDEX recording_unkept_end ON public.recording USING btree (destroyed_at) WHERE ((state = 'DESTROYED'::text) AND (kept_at IS NULL));
CREATE TRIGGER admission_recorded AFTER INSERT ON recording REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION record_admission();
CREATE TRIGGER checks_term_ranges BEFORE INSERT OR UPDATE OF min_keep_until, destroy_at, expiry_month ON recording FOR EACH ROW WHEN (LEAST(new.min_keep_until, new.destroy_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.min_keep_until, new.destroy_at) > '3000-01-01 00:00:00+00'::timestamp with time zone OR new.expiry_month < '1970-01-01'::date OR new.expiry_month > '3000-01-01'::date) EXECUTE FUNCTION check_value_range();
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF contact_started_at, started_at, ended_at, call_ended_at, intake_day, size_bytes ON recording FOR EACH ROW WHEN (LEAST(new.contact_started_at, new.started_at, new.ended_at, new.call_ended_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.contact_started_at, new.started_at, new.ended_at, new.call_ended_at) > '3000-01-01 00:00:00+00'::timestamp with time zone OR new.intake_day < '1970-01-01'::date OR new.intake_day > '3000-01-01'::date OR new.size_bytes > '9007199254740991'::bigint) EXECUTE FUNCTION check_value_range();
CREATE TRIGGER counted_late AFTER INSERT ON recording FOR EACH ROW WHEN (new.contact_started_at < (now() - '20:00:00'::interval)) EXECUTE FUNCTION reopen_history_day('recording');
CREATE TRIGGER destroyed_guard BEFORE UPDATE ON recording FOR EACH ROW WHEN (new.state = 'DESTROYED'::text AND old.state <> 'DESTROYED'::text) EXECUTE FUNCTION destroyed_guard();
CREATE TRIGGER ends_uses AFTER UPDATE OF state ON recording FOR EACH ROW WHEN ((new.state = ANY (ARRAY['DESTROYING'::text, 'DESTROYED'::text])) AND (old.state <> ALL (ARRAY['DESTROYING'::text, 'DESTROYED'::text]))) EXECUTE FUNCTION end_uses_of_recording();
CREATE TRIGGER follows_call BEFORE UPDATE ON recording FOR EACH ROW EXECUTE FUNCTION recording_terms_guard();
CREATE TRIGGER has_part BEFORE INSERT ON recording FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name) EXECUTE FUNCTION require_part();
CREATE TRIGGER inherits_prohibition AFTER INSERT ON recording FOR EACH ROW WHEN (new.state = 'CAPTURING'::text) EXECUTE FUNCTION inherit_prohibition();
CREATE TRIGGER inherits_prohibition_when_stored AFTER UPDATE OF state ON recording FOR EACH ROW WHEN (old.state = 'CAPTURING'::text AND new.state = 'STORED'::text) EXECUTE FUNCTION inherit_prohibition();
CREATE TRIGGER is_asked_for AFTER INSERT ON recording FOR EACH ROW EXECUTE FUNCTION add_to_inspections();
CREATE TRIGGER is_written_at_once BEFORE INSERT OR DELETE OR UPDATE ON recording FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND (clock_timestamp() > (now() + '00:05:00'::interval) OR current_setting('transaction_isolation'::text) <> 'read committed'::text)) EXECUTE FUNCTION refuse_old_transaction();
CREATE TRIGGER late_recording BEFORE INSERT ON recording FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND new.contact_started_at < (now() - '1 day'::interval)) EXECUTE FUNCTION refuse_late_recording();
CREATE CONSTRAINT TRIGGER needs_ledger_entry AFTER UPDATE OF state ON recording DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.state = 'DESTROYED'::text AND old.state <> 'DESTROYED'::text) EXECUTE FUNCTION require_destruction_entry();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON recording FOR EACH STATEMENT EXECUTE FUNCTION refuse_recording_truncate();
CREATE TRIGGER reception_ends BEFORE UPDATE ON recording FOR EACH ROW WHEN (new.reception IS NOT NULL) EXECUTE FUNCTION clear_reception();
CREATE TRIGGER recording_guard BEFORE DELETE OR UPDATE ON recording FOR EACH ROW EXECUTE FUNCTION recording_guard();
CREATE TRIGGER recording_quarantine BEFORE UPDATE ON recording FOR EACH ROW EXECUTE FUNCTION quarantine_guard();
CREATE TRIGGER settles AFTER UPDATE OF state, kept_at ON recording FOR EACH ROW EXECUTE FUNCTION settle_changed_recording();
CREATE TRIGGER stops_capture AFTER UPDATE OF state ON recording FOR EACH ROW WHEN (old.state = 'CAPTURING'::text AND new.state = 'DESTROYING'::text OR old.state = 'DESTROYING'::text AND new.state = 'DESTROYED'::text) EXECUTE FUNCTION notify_capture_of_stop();
CREATE TRIGGER term_guard BEFORE UPDATE ON recording FOR EACH ROW EXECUTE FUNCTION term_guard();
CREATE TRIGGER updates_search AFTER INSERT ON recording FOR EACH ROW EXECUTE FUNCTION insert_recorded_parts();
CREATE TRIGGER updates_search_after_change AFTER UPDATE OF state, kept_at, destroy_at ON recording FOR EACH ROW WHEN (old.state <> new.state OR (old.kept_at IS NULL) <> (new.kept_at IS NULL) OR (old.destroy_at IS NULL) <> (new.destroy_at IS NULL)) EXECUTE FUNCTION update_recorded_part_state();
CREATE TRIGGER updates_search_after_delete AFTER DELETE ON recording FOR EACH ROW EXECUTE FUNCTION delete_recorded_parts();
CREATE TRIGGER updates_studies AFTER INSERT ON recording FOR EACH ROW EXECUTE FUNCTION queue_study_recount('part');
CREATE TRIGGER updates_webhook_queue AFTER UPDATE OF kept_at, state, reported_destroyed_at ON recording FOR EACH ROW EXECUTE FUNCTION queue_recording_webhooks();
CREATE TRIGGER was_forbidden AFTER INSERT ON recording FOR EACH ROW EXECUTE FUNCTION forbid_as_requested();
CREATE TRIGGER was_forbidden_meanwhile AFTER UPDATE OF state ON recording FOR EACH ROW WHEN (old.state = 'CAPTURING'::text AND new.state = 'STORED'::text) EXECUTE FUNCTION forbid_as_requested();
alter table recording enable row level security;
create policy capture_admits on recording for insert to seloste_capture with check (((state = 'CAPTURING'::text) AND (destroy_at IS NULL)));
create policy capture_not_ahead on recording for insert to seloste_capture with check ((started_at < (now() + '2 days'::interval)));
create policy capture_reads on recording for select to seloste_capture using (true);
create policy capture_stores on recording for update to seloste_capture using ((state = ANY (ARRAY['CAPTURING'::text, 'STORED'::text]))) with check (((state = ANY (ARRAY['CAPTURING'::text, 'STORED'::text])) AND ((destroy_at IS NULL) OR ((destroy_at <= (GREATEST(now(), (started_at + '1 day'::interval)) + '6 mons 1 day'::interval)) AND (destroy_at <= (started_at + '7 mons'::interval))))));
create policy custodian_manages on recording to seloste_custodian using (true) with check (true);
create policy desk_reads on recording for select to seloste_desk using ((EXISTS ( SELECT
   FROM segment s
  WHERE ((s.id = recording.segment_id) AND (s.contact_started_at = recording.contact_started_at)))));
create policy in_room on recording for select to seloste_desk using (((( SELECT confined_to() AS confined_to) IS NULL) OR (id = ANY (( SELECT room_contents.recordings
   FROM room_contents() room_contents(recordings, segments, contacts))::uuid[]))));
create policy log_whole on recording for select to seloste_desk using (( SELECT log_is_whole() AS log_is_whole));
grant insert (id, segment_id, contact_id, contact_started_at, state, started_at, intake_day, recording_months, number_reached, intake_key), select (id, segment_id, contact_id, state, recording_months, min_keep_until, expiry_month), update (state, ended_at, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, incomplete, packets_received, packets_lost, call_ended_at, reception) on recording to seloste_capture;
grant select, update (state, ended_at, recording_months, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, incomplete, kept_at, keeping_fault, duration_ms, packets_received, packets_lost, destroyed_at, cause, call_ended_at, cut_ms, unplayed_ms, is_silent) on recording to seloste_custodian;
grant select on recording to seloste_desk;

create table recording_import (
  id uuid not null,
  source text not null,
  map_sha256 bytea not null,
  description_version integer not null,
  begun_at timestamp with time zone not null default now(),
  seq bigint generated as identity not null,
  constraint recording_import_pkey PRIMARY KEY (id),
  constraint recording_import_map_sha256_check CHECK ((length(map_sha256) = 32)),
  constraint recording_import_source_check CHECK (((length(source) >= 1) AND (length(source) <= 60)))
);
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON recording_import FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF begun_at ON recording_import FOR EACH ROW WHEN (new.begun_at < '1970-01-01 00:00:00+00'::timestamp with time zone OR new.begun_at > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();
alter table recording_import enable row level security;
create policy custodian_reads on recording_import for select to seloste_custodian using (true);
create policy desk_reads on recording_import for select to seloste_desk using (true);
grant select on recording_import to seloste_custodian;
grant select (id, source) on recording_import to seloste_desk;

create table recording_key (
  recording_id uuid not null,
  expiry_month date not null,
  shard integer not null,
  wrapped bytea not null,
  constraint recording_key_pkey PRIMARY KEY (recording_id)
);
CREATE INDEX recording_key_shard ON public.recording_key USING btree (expiry_month, shard);
CREATE TRIGGER keyring_added AFTER INSERT ON recording_key REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_keyring_change('files');
CREATE TRIGGER keyring_changed AFTER UPDATE ON recording_key REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_keyring_change('files');
CREATE TRIGGER keyring_removed AFTER DELETE ON recording_key REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_keyring_change('files');
CREATE CONSTRAINT TRIGGER lives_with_recording AFTER DELETE ON recording_key DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recording_key_guard();
grant delete, insert, select, update on recording_key to seloste_custodian;

create table recovery_code (
  person_id uuid not null,
  hash bytea not null,
  used_at timestamp with time zone,
  constraint recovery_code_pkey PRIMARY KEY (person_id, hash),
  constraint recovery_code_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE TRIGGER ledger_removed AFTER DELETE ON recovery_code REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION ledger_recovery_codes();
CREATE TRIGGER ledger_used AFTER UPDATE ON recovery_code REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION ledger_recovery_codes();
grant delete, insert, select, update (used_at) on recovery_code to seloste_custodian;

create table request_call (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  ordinal integer not null,
  state text not null,
  told jsonb,
  asked jsonb,
  contact_id uuid,
  contact_started_at timestamp with time zone,
  looked_at timestamp with time zone not null default clock_timestamp(),
  looked_by uuid not null,
  looks integer not null default 1,
  verified_how text,
  verified_at timestamp with time zone,
  verified_by uuid,
  verify_again_since timestamp with time zone,
  constraint request_call_pkey PRIMARY KEY (id),
  constraint request_call_asked_members CHECK (((asked - '{told,caller,service,isNew}'::text[]) = '{}'::jsonb)),
  constraint request_call_check CHECK (
CASE
    WHEN (state = ANY (ARRAY['FOUND'::text, 'MATCHED'::text])) THEN ((contact_id IS NOT NULL) OR (told IS NULL))
    ELSE (contact_id IS NULL)
END),
  constraint request_call_check1 CHECK (((contact_id IS NULL) = (contact_started_at IS NULL))),
  constraint request_call_check2 CHECK (((state <> 'MATCHED'::text) OR (verified_how IS NOT NULL))),
  constraint request_call_looked_by_fkey FOREIGN KEY (looked_by) REFERENCES person(id),
  constraint request_call_looks_check CHECK ((looks > 0)),
  constraint request_call_ordinal_check CHECK ((ordinal > 0)),
  constraint request_call_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE,
  constraint request_call_request_id_ordinal_key UNIQUE (request_id, ordinal),
  constraint request_call_state_check CHECK ((state = ANY (ARRAY['SEVERAL'::text, 'NOT_FOUND'::text, 'FOUND'::text, 'MATCHED'::text, 'NOT_PARTY'::text, 'NOT_IDENTIFIABLE'::text]))),
  constraint request_call_told_members CHECK (((told - '{day,time,accuracy,callerNumber,serviceNumber,minutes,official}'::text[]) = '{}'::jsonb)),
  constraint request_call_verified_again CHECK (((verify_again_since IS NULL) OR (state = 'MATCHED'::text))),
  constraint request_call_verified_by_fkey FOREIGN KEY (verified_by) REFERENCES person(id),
  constraint request_call_verified_how_check CHECK ((verified_how = ANY (ARRAY['RECORDING'::text, 'DETAILS'::text, 'PERSONNEL'::text])))
);
CREATE INDEX request_call_contact ON public.request_call USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE UNIQUE INDEX request_call_once ON public.request_call USING btree (request_id, contact_id) WHERE (contact_id IS NOT NULL);
CREATE TRIGGER no_call_for_others BEFORE INSERT ON request_call FOR EACH ROW EXECUTE FUNCTION refuse_call_of_third_party();
CREATE TRIGGER restricts AFTER INSERT OR DELETE OR UPDATE OF state, contact_id ON request_call FOR EACH ROW EXECUTE FUNCTION settle_restrictions_of_call();
alter table request_call enable row level security;
create policy custodian_reads on request_call for select to seloste_custodian using (true);
create policy desk_reads on request_call for select to seloste_desk using ((( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is) AND (looked_at < now())));
grant select on request_call to seloste_custodian;
grant select on request_call to seloste_desk;

create table request_number (
  year integer not null,
  last integer not null,
  constraint request_number_pkey PRIMARY KEY (year),
  constraint request_number_last_check CHECK ((last > 0))
);
alter table request_number enable row level security;

create table research_disclosure (
  id uuid not null default gen_random_uuid(),
  number text not null,
  institute_id uuid not null,
  study text not null,
  due_on date not null,
  format text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  prepared_by uuid not null,
  undertaking_reference text,
  undertaking_signatory text,
  undertaking_on date,
  undertaking_at timestamp with time zone,
  undertaking_by uuid,
  outcome text,
  reasons text,
  decided_at timestamp with time zone,
  decided_by uuid,
  recipient text,
  released_at timestamp with time zone,
  study_ended_on date,
  study_ended_by uuid,
  closed_at timestamp with time zone,
  closed_by uuid,
  withdrawn_at timestamp with time zone,
  withdrawn_by uuid,
  study_ended_at timestamp with time zone,
  overdue_told_on date,
  hands uuid[] not null default '{}'::uuid[],
  return_working_days integer not null default 3,
  decided_for text,
  constraint research_disclosure_pkey PRIMARY KEY (id),
  constraint research_disclosure_check CHECK ((((undertaking_at IS NULL) = (undertaking_reference IS NULL)) AND ((undertaking_at IS NULL) = (undertaking_signatory IS NULL)) AND ((undertaking_at IS NULL) = (undertaking_on IS NULL)) AND ((undertaking_at IS NULL) = (undertaking_by IS NULL)))),
  constraint research_disclosure_check1 CHECK ((((decided_at IS NULL) = (outcome IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)) AND ((decided_at IS NULL) = (reasons IS NULL)))),
  constraint research_disclosure_check2 CHECK ((decided_by <> prepared_by)),
  constraint research_disclosure_check3 CHECK (((released_at IS NULL) OR (outcome = 'GRANTED'::text))),
  constraint research_disclosure_check4 CHECK (((closed_at IS NULL) OR (released_at IS NOT NULL))),
  constraint research_disclosure_check5 CHECK (((withdrawn_at IS NULL) OR (released_at IS NULL))),
  constraint research_disclosure_check6 CHECK ((((study_ended_at IS NULL) = (study_ended_on IS NULL)) AND ((study_ended_at IS NULL) = (study_ended_by IS NULL)))),
  constraint research_disclosure_check7 CHECK (((study_ended_at IS NULL) OR (released_at IS NOT NULL))),
  constraint research_disclosure_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id),
  constraint research_disclosure_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint research_disclosure_format_check CHECK ((format = ANY (ARRAY['OPUS'::text, 'WAV'::text]))),
  constraint research_disclosure_institute_id_fkey FOREIGN KEY (institute_id) REFERENCES institute(id),
  constraint research_disclosure_number_check CHECK ((number ~ '^T-\d{4}-\d+$'::text)),
  constraint research_disclosure_number_key UNIQUE (number),
  constraint research_disclosure_outcome_check CHECK ((outcome = ANY (ARRAY['GRANTED'::text, 'REFUSED'::text]))),
  constraint research_disclosure_prepared_by_fkey FOREIGN KEY (prepared_by) REFERENCES person(id),
  constraint research_disclosure_reasons_check CHECK (((reasons ~ '\S'::text) AND (length(reasons) <= 2000))),
  constraint research_disclosure_recipient_check CHECK ((recipient ~ '^age1[0-9a-z]{58}$'::text)),
  constraint research_disclosure_return_working_days_check CHECK (((return_working_days >= 1) AND (return_working_days <= 10))),
  constraint research_disclosure_study_check CHECK (((study ~ '\S'::text) AND (length(study) <= 200))),
  constraint research_disclosure_study_ended_by_fkey FOREIGN KEY (study_ended_by) REFERENCES person(id),
  constraint research_disclosure_undertaking_by_fkey FOREIGN KEY (undertaking_by) REFERENCES person(id),
  constraint research_disclosure_undertaking_reference_check CHECK (((undertaking_reference ~ '\S'::text) AND (length(undertaking_reference) <= 64))),
  constraint research_disclosure_undertaking_signatory_check CHECK (((undertaking_signatory ~ '\S'::text) AND (length(undertaking_signatory) <= 200))),
  constraint research_disclosure_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id)
);
CREATE TRIGGER ledger AFTER UPDATE ON research_disclosure FOR EACH ROW EXECUTE FUNCTION ledger_disclosures();
CREATE TRIGGER records_preparer BEFORE UPDATE OF study, due_on, format, undertaking_at ON research_disclosure FOR EACH ROW WHEN (old.decided_at IS NULL) EXECUTE FUNCTION record_preparer();
alter table research_disclosure enable row level security;
create policy custodian_reads on research_disclosure for select to seloste_custodian using (true);
create policy desk_reads on research_disclosure for select to seloste_desk using ((( SELECT viewer_sees_research() AS viewer_sees_research) OR ( SELECT viewer_is('DATA_PROTECTION_OFFICER'::text) AS viewer_is)));
grant select on research_disclosure to seloste_custodian;
grant select on research_disclosure to seloste_desk;

create table research_extension (
  id uuid not null default gen_random_uuid(),
  disclosure_id uuid not null,
  due_on date not null,
  reasons text not null,
  asked_at timestamp with time zone not null default clock_timestamp(),
  asked_by uuid not null,
  outcome text,
  decided_at timestamp with time zone,
  decided_by uuid,
  constraint research_extension_pkey PRIMARY KEY (id),
  constraint research_extension_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id),
  constraint research_extension_check CHECK ((((decided_at IS NULL) = (outcome IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL)))),
  constraint research_extension_check1 CHECK ((decided_by <> asked_by)),
  constraint research_extension_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint research_extension_disclosure_id_fkey FOREIGN KEY (disclosure_id) REFERENCES research_disclosure(id),
  constraint research_extension_outcome_check CHECK ((outcome = ANY (ARRAY['GRANTED'::text, 'REFUSED'::text]))),
  constraint research_extension_reasons_check CHECK (((reasons ~ '\S'::text) AND (length(reasons) <= 2000)))
);
CREATE UNIQUE INDEX research_extension_waits ON public.research_extension USING btree (disclosure_id) WHERE (decided_at IS NULL);
alter table research_extension enable row level security;
create policy desk_reads on research_extension for select to seloste_desk using (( SELECT viewer_sees_research() AS viewer_sees_research));
grant select on research_extension to seloste_desk;

create table research_item (
  disclosure_id uuid not null,
  item integer not null,
  recording_id uuid,
  contact_id uuid,
  picked_at timestamp with time zone not null default clock_timestamp(),
  picked_by uuid not null,
  dropped_at timestamp with time zone,
  dropped_by uuid,
  confirmation_reference text,
  constraint research_item_pkey PRIMARY KEY (disclosure_id, item),
  constraint research_item_confirmation_reference_check CHECK (((confirmation_reference ~ '\S'::text) AND (length(confirmation_reference) <= 64))),
  constraint research_item_disclosure_id_fkey FOREIGN KEY (disclosure_id) REFERENCES research_disclosure(id),
  constraint research_item_dropped_by_fkey FOREIGN KEY (dropped_by) REFERENCES person(id),
  constraint research_item_item_check CHECK ((item > 0)),
  constraint research_item_picked_by_fkey FOREIGN KEY (picked_by) REFERENCES person(id)
);
CREATE UNIQUE INDEX research_item_once ON public.research_item USING btree (disclosure_id, recording_id) WHERE (dropped_at IS NULL);
CREATE INDEX research_item_recording ON public.research_item USING btree (recording_id);
alter table research_item enable row level security;
create policy custodian_reads on research_item for select to seloste_custodian using (true);
create policy desk_reads on research_item for select to seloste_desk using (( SELECT viewer_sees_research() AS viewer_sees_research));
grant select on research_item to seloste_custodian;
grant select on research_item to seloste_desk;

create table retention_run (
  seq bigint generated as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  work text not null,
  result text not null,
  recordings bigint not null default 0,
  contacts bigint not null default 0,
  months text[] not null default '{}'::text[],
  keys integer not null default 0,
  ledger_from bigint,
  ledger_to bigint,
  fault text,
  goes_on_after uuid,
  constraint retention_run_pkey PRIMARY KEY (seq),
  constraint retention_run_check CHECK (((ledger_from IS NULL) = (ledger_to IS NULL))),
  constraint retention_run_check1 CHECK (((result <> 'ok'::text) OR (fault IS NULL))),
  constraint retention_run_contacts_check CHECK ((contacts >= 0)),
  constraint retention_run_fault_check CHECK ((length(fault) <= 100)),
  constraint retention_run_keys_check CHECK ((keys >= 0)),
  constraint retention_run_recordings_check CHECK ((recordings >= 0)),
  constraint retention_run_result_check CHECK ((result = ANY (ARRAY['ok'::text, 'failed'::text]))),
  constraint retention_run_work_check CHECK ((work = ANY (ARRAY['sweep'::text, 'verification'::text, 'backup'::text, 'restore'::text])))
);
CREATE INDEX retention_run_work ON public.retention_run USING btree (work, seq DESC);
grant insert (work, result, recordings, contacts, months, keys, ledger_from, ledger_to, fault, goes_on_after), select on retention_run to seloste_custodian;

create table right_request (
  id uuid not null default gen_random_uuid(),
  batch_id uuid not null,
  person_id uuid not null,
  role text not null,
  duty text,
  purposes text[] not null,
  scope_kind text not null,
  scope_units uuid[] not null,
  scope_numbers text[] not null,
  reason text not null,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone not null,
  requested_by uuid not null,
  requested_at timestamp with time zone not null default clock_timestamp(),
  state text not null default 'REQUESTED'::text,
  decided_by uuid,
  decided_at timestamp with time zone,
  note text,
  constraint right_request_pkey PRIMARY KEY (id),
  constraint right_request_check CHECK (((state = 'REQUESTED'::text) = (decided_by IS NULL))),
  constraint right_request_check1 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
  constraint right_request_check2 CHECK (((state <> ALL (ARRAY['APPROVED'::text, 'REJECTED'::text])) OR ((decided_by <> requested_by) AND (decided_by <> person_id)))),
  constraint right_request_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
  constraint right_request_note_check CHECK ((length(note) <= 2000)),
  constraint right_request_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint right_request_reason_check CHECK (((reason ~ '\S'::text) AND (length(reason) <= 2000))),
  constraint right_request_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES person(id),
  constraint right_request_state_check CHECK ((state = ANY (ARRAY['REQUESTED'::text, 'APPROVED'::text, 'REJECTED'::text, 'WITHDRAWN'::text]))),
  constraint right_request_valid_from_check CHECK (isfinite(valid_from)),
  constraint right_request_valid_to_check CHECK (isfinite(valid_to))
);
CREATE INDEX right_request_open ON public.right_request USING btree (requested_at) WHERE (state = 'REQUESTED'::text);
CREATE INDEX right_request_person ON public.right_request USING btree (person_id, requested_at DESC);
CREATE INDEX right_request_requester ON public.right_request USING btree (requested_by);
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON right_request FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER confirmed_decision BEFORE UPDATE ON right_request FOR EACH ROW WHEN (old.state = 'REQUESTED'::text AND (new.state = ANY (ARRAY['APPROVED'::text, 'REJECTED'::text]))) EXECUTE FUNCTION require_confirmed_decision('right');
CREATE TRIGGER right_request_guard BEFORE UPDATE ON right_request FOR EACH ROW EXECUTE FUNCTION right_request_guard();
alter table right_request enable row level security;
create policy desk_reads on right_request for select to seloste_desk using (((person_id = ( SELECT viewer() AS viewer)) OR (requested_by = ( SELECT viewer() AS viewer)) OR ( SELECT viewer_sees_rights() AS viewer_sees_rights) OR (person_id = ANY (( SELECT supervised_by_viewer() AS supervised_by_viewer)::uuid[]))));
grant select on right_request to seloste_desk;

create table right_review (
  id uuid not null default gen_random_uuid(),
  right_id uuid not null,
  reviewed_by uuid not null,
  reviewed_at timestamp with time zone not null default clock_timestamp(),
  kept boolean not null,
  note text,
  doubts text[] not null,
  constraint right_review_pkey PRIMARY KEY (id),
  constraint right_review_note_check CHECK ((length(note) <= 2000)),
  constraint right_review_reviewed_by_fkey FOREIGN KEY (reviewed_by) REFERENCES person(id),
  constraint right_review_right_id_fkey FOREIGN KEY (right_id) REFERENCES access_right(id) ON DELETE CASCADE
);
CREATE INDEX right_review_right ON public.right_review USING btree (right_id, reviewed_at DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON right_review FOR EACH STATEMENT EXECUTE FUNCTION append_only();
alter table right_review enable row level security;
create policy desk_reads on right_review for select to seloste_desk using ((( SELECT viewer_sees_rights() AS viewer_sees_rights) OR (EXISTS ( SELECT
   FROM access_right r
  WHERE ((r.id = right_review.right_id) AND ((r.person_id = ( SELECT viewer() AS viewer)) OR (r.person_id = ANY (( SELECT supervised_by_viewer() AS supervised_by_viewer)::uuid[]))))))));
grant select on right_review to seloste_desk;

create table sampling_draw (
  plan_id uuid not null,
  week date not null,
  drawn_at timestamp with time zone not null default clock_timestamp(),
  candidates jsonb,
  earlier jsonb,
  ranked uuid[],
  followed uuid[],
  candidate_count integer not null,
  picked_count integer not null,
  followed_count integer not null default 0,
  constraint sampling_draw_pkey PRIMARY KEY (plan_id, week),
  constraint sampling_draw_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES sampling_plan(id),
  constraint sampling_draw_week_check CHECK ((EXTRACT(isodow FROM week) = (1)::numeric))
);
alter table sampling_draw enable row level security;
create policy duty_reads on sampling_draw for select to seloste_desk using ((EXISTS ( SELECT
   FROM sampling_plan p
  WHERE (p.id = sampling_draw.plan_id))));
grant select (plan_id, week, drawn_at, candidates, earlier, ranked, followed, candidate_count, picked_count, followed_count) on sampling_draw to seloste_desk;

create table sampling_plan (
  id uuid not null default gen_random_uuid(),
  name text not null,
  form_id uuid not null,
  unit_id uuid not null,
  number text not null,
  weekly integer not null,
  days_left integer not null,
  seed text not null default encode(sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))), 'hex'::text),
  begun_at timestamp with time zone not null default clock_timestamp(),
  begun_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint sampling_plan_pkey PRIMARY KEY (id),
  constraint sampling_plan_begun_by_fkey FOREIGN KEY (begun_by) REFERENCES person(id),
  constraint sampling_plan_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint sampling_plan_days_left_check CHECK (((days_left >= 7) AND (days_left <= 60))),
  constraint sampling_plan_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint sampling_plan_form_id_fkey FOREIGN KEY (form_id) REFERENCES quality_form(id),
  constraint sampling_plan_name_check CHECK (((length(btrim(name)) >= 1) AND (length(btrim(name)) <= 200))),
  constraint sampling_plan_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint sampling_plan_weekly_check CHECK (((weekly >= 1) AND (weekly <= 100)))
);
alter table sampling_plan enable row level security;
create policy duty_reads on sampling_plan for select to seloste_desk using (reaches_plan(sampling_plan.*));
grant select (id, name, form_id, unit_id, number, weekly, days_left, seed, begun_at, ended_at) on sampling_plan to seloste_desk;

create table scim_token (
  id uuid not null default gen_random_uuid(),
  hash bytea not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  constraint scim_token_pkey PRIMARY KEY (id),
  constraint scim_token_hash_check CHECK ((length(hash) = 32)),
  constraint scim_token_hash_key UNIQUE (hash),
  constraint scim_token_name_check CHECK ((name <> ''::text)),
  constraint scim_token_name_key UNIQUE (name)
);
CREATE TRIGGER ledger_removed AFTER DELETE ON scim_token FOR EACH ROW EXECUTE FUNCTION ledger_end('scim-token', 'revoked');
CREATE TRIGGER ledger_revoked AFTER UPDATE ON scim_token FOR EACH ROW WHEN (old.revoked_at IS NULL AND new.revoked_at IS NOT NULL) EXECUTE FUNCTION ledger_end('scim-token', 'revoked');

create table segment (
  id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  seq integer not null,
  number_reached text not null,
  number_reached_name jsonb,
  official_person_id uuid,
  official_unit_id uuid,
  official_name text,
  official_phone text,
  answered_at timestamp with time zone,
  ended_at timestamp with time zone,
  decision_record boolean not null,
  decision_reason text not null,
  rule_id text,
  rule_version integer,
  rule_share double precision,
  draw double precision,
  capture_state text not null default 'not-recorded'::text,
  capture_failure text,
  marks text[] not null default '{}'::text[],
  description_version integer,
  drawn_on bytea,
  quota_used integer,
  node uuid,
  beside uuid,
  number_called text,
  reported_person_id uuid,
  reported_phone text,
  constraint segment_pkey PRIMARY KEY (id, contact_started_at),
  constraint segment_capture_state_check CHECK ((capture_state = ANY (ARRAY['recording'::text, 'paused'::text, 'not-recorded'::text, 'failing'::text]))),
  constraint segment_drawn_on_check CHECK ((length(drawn_on) = 32)),
  constraint segment_number_reached_name_members CHECK (((number_reached_name - '{fi,sv,en}'::text[]) = '{}'::jsonb)),
  constraint segment_quota_used_check CHECK ((quota_used >= 0))
) partition by RANGE (contact_started_at);
CREATE INDEX segment_answered ON ONLY public.segment USING btree (answered_at, id) WHERE (answered_at IS NOT NULL);
CREATE INDEX segment_contact ON ONLY public.segment USING btree (contact_id);
CREATE INDEX segment_drawn ON ONLY public.segment USING btree (contact_started_at, id) WHERE (decision_record AND (answered_at IS NOT NULL));
CREATE INDEX segment_endless ON ONLY public.segment USING btree (contact_started_at) WHERE (ended_at IS NULL);
CREATE INDEX segment_name_newest ON ONLY public.segment USING btree (official_name, contact_started_at DESC, contact_id DESC) INCLUDE (number_reached);
CREATE INDEX segment_of_node ON ONLY public.segment USING btree (node) WHERE (ended_at IS NULL);
CREATE INDEX segment_official_newest ON ONLY public.segment USING btree (official_person_id, contact_started_at DESC, contact_id DESC);
CREATE INDEX segment_reached_newest ON ONLY public.segment USING btree (number_reached, contact_started_at DESC, contact_id DESC) WHERE (number_called IS NOT NULL);
CREATE INDEX segment_to_record ON ONLY public.segment USING btree (id) WHERE decision_record;
CREATE INDEX segment_unattributed ON ONLY public.segment USING btree (official_phone, contact_started_at) WHERE ((official_person_id IS NULL) AND (official_phone IS NOT NULL));
CREATE INDEX segment_unit_called ON ONLY public.segment USING btree (official_unit_id, number_called, contact_started_at DESC, contact_id DESC) WHERE ((number_called IS NOT NULL) AND (official_unit_id IS NOT NULL));
CREATE INDEX segment_unit_newest ON ONLY public.segment USING btree (official_unit_id, contact_started_at DESC, contact_id DESC);
CREATE INDEX segment_unit_number ON ONLY public.segment USING btree (official_unit_id, number_reached, contact_started_at DESC, contact_id DESC) WHERE ((number_called IS NULL) AND (official_unit_id IS NOT NULL));
CREATE TRIGGER admission_changed AFTER UPDATE OF number_reached, official_name, official_phone, official_unit_id, official_person_id ON segment FOR EACH ROW WHEN (old.number_reached IS DISTINCT FROM new.number_reached OR old.official_name IS DISTINCT FROM new.official_name OR old.official_phone IS DISTINCT FROM new.official_phone OR old.official_unit_id IS DISTINCT FROM new.official_unit_id OR old.official_person_id IS DISTINCT FROM new.official_person_id) EXECUTE FUNCTION record_segment_change();
CREATE TRIGGER admission_recorded AFTER INSERT ON segment REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION record_admission();
CREATE TRIGGER after_insert AFTER INSERT ON segment REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION after_segment_insert();
CREATE TRIGGER checks_value_ranges BEFORE INSERT OR UPDATE OF contact_started_at, answered_at, ended_at ON segment FOR EACH ROW WHEN (LEAST(new.contact_started_at, new.answered_at, new.ended_at) < '1970-01-01 00:00:00+00'::timestamp with time zone OR GREATEST(new.contact_started_at, new.answered_at, new.ended_at) > '3000-01-01 00:00:00+00'::timestamp with time zone) EXECUTE FUNCTION check_value_range();
CREATE TRIGGER copies_number_called BEFORE INSERT ON segment FOR EACH ROW WHEN (new.number_called IS NULL) EXECUTE FUNCTION set_number_called();
CREATE TRIGGER copies_number_called_after_change BEFORE UPDATE OF number_reached ON segment FOR EACH ROW EXECUTE FUNCTION set_number_called();
CREATE TRIGGER counted_late AFTER UPDATE OF answered_at ON segment FOR EACH ROW WHEN (new.contact_started_at < (now() - '20:00:00'::interval)) EXECUTE FUNCTION reopen_history_day('segment');
CREATE TRIGGER drops_number_called BEFORE INSERT ON segment FOR EACH ROW WHEN (new.number_called = new.number_reached) EXECUTE FUNCTION clear_number_called();
CREATE TRIGGER forbidden_when_reported AFTER UPDATE OF official_person_id, official_phone ON segment FOR EACH ROW WHEN (old.official_person_id IS NULL AND old.official_phone IS NULL AND (new.official_person_id IS NOT NULL OR new.official_phone IS NOT NULL) AND new.node IS NOT NULL) EXECUTE FUNCTION forbid_when_reported();
CREATE TRIGGER has_one_start AFTER INSERT ON segment REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION require_one_start();
CREATE TRIGGER held BEFORE DELETE ON segment FOR EACH ROW EXECUTE FUNCTION history_guard('contact_id');
CREATE TRIGGER is_replaced AFTER DELETE ON segment FOR EACH ROW WHEN (old.contact_started_at > (now() - '1 year 2 mons'::interval)) EXECUTE FUNCTION record_segment_replaced();
CREATE TRIGGER is_written_at_once BEFORE INSERT OR DELETE OR UPDATE ON segment FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND (clock_timestamp() > (now() + '00:05:00'::interval) OR current_setting('transaction_isolation'::text) <> 'read committed'::text)) EXECUTE FUNCTION refuse_old_transaction();
CREATE TRIGGER keeps_official BEFORE UPDATE OF official_person_id ON segment FOR EACH ROW WHEN (new.official_person_id IS NULL AND old.official_person_id IS NOT NULL AND NOT new.official_phone IS DISTINCT FROM old.official_phone) EXECUTE FUNCTION keep_segment_official();
CREATE TRIGGER late_part BEFORE INSERT ON segment FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND new.contact_started_at < (now() - '1 day'::interval)) EXECUTE FUNCTION late_part_guard();
CREATE TRIGGER names_official AFTER UPDATE OF official_name, official_phone, official_unit_id, official_person_id ON segment FOR EACH ROW WHEN (new.official_name IS NOT NULL) EXECUTE FUNCTION record_official_name();
CREATE TRIGGER names_official_reported BEFORE INSERT OR UPDATE OF official_person_id, official_phone, answered_at ON segment FOR EACH ROW WHEN (new.official_phone IS NOT NULL AND new.answered_at IS NOT NULL AND SESSION_USER = 'seloste_capture'::name) EXECUTE FUNCTION attribute_segment();
CREATE TRIGGER official_stays BEFORE UPDATE OF official_name ON segment FOR EACH ROW WHEN (old.official_name IS NOT NULL AND new.official_name IS NULL) EXECUTE FUNCTION keep_official_name();
CREATE TRIGGER segment_guard BEFORE UPDATE ON segment FOR EACH ROW EXECUTE FUNCTION segment_guard();
CREATE TRIGGER stays_after_end BEFORE UPDATE ON segment FOR EACH ROW EXECUTE FUNCTION ended_part_guard();
CREATE TRIGGER takes_correction BEFORE INSERT ON segment FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND new.seq > 1 AND new.answered_at IS NOT NULL) EXECUTE FUNCTION correct_late_part();
CREATE TRIGGER takes_correction_reported BEFORE UPDATE OF official_person_id, official_phone ON segment FOR EACH ROW WHEN (SESSION_USER = 'seloste_capture'::name AND new.answered_at IS NOT NULL AND old.official_person_id IS NULL AND old.official_phone IS NULL AND (new.official_person_id IS NOT NULL OR new.official_phone IS NOT NULL)) EXECUTE FUNCTION correct_late_part();
CREATE TRIGGER takes_evaluations_along AFTER UPDATE OF official_person_id ON segment FOR EACH ROW WHEN (old.official_person_id IS NOT NULL AND new.official_person_id IS DISTINCT FROM old.official_person_id) EXECUTE FUNCTION move_evaluations();
CREATE TRIGGER takes_restored_correction BEFORE INSERT ON segment FOR EACH ROW WHEN (new.answered_at IS NOT NULL AND new.reported_phone IS NULL) EXECUTE FUNCTION take_restored_correction();
CREATE TRIGGER updates_search_after_change AFTER UPDATE OF number_reached, official_name, official_phone, official_unit_id, official_person_id ON segment FOR EACH ROW WHEN (old.number_reached IS DISTINCT FROM new.number_reached OR old.official_name IS DISTINCT FROM new.official_name OR old.official_phone IS DISTINCT FROM new.official_phone OR old.official_unit_id IS DISTINCT FROM new.official_unit_id OR old.official_person_id IS DISTINCT FROM new.official_person_id) EXECUTE FUNCTION update_recorded_parts();
CREATE TRIGGER updates_search_after_delete AFTER DELETE ON segment FOR EACH ROW EXECUTE FUNCTION delete_recorded_parts();
CREATE TRIGGER updates_studies_after_change AFTER UPDATE ON segment FOR EACH ROW WHEN (old.number_reached IS DISTINCT FROM new.number_reached OR old.official_unit_id IS DISTINCT FROM new.official_unit_id OR old.answered_at IS DISTINCT FROM new.answered_at OR old.draw IS DISTINCT FROM new.draw OR old.rule_share IS DISTINCT FROM new.rule_share) EXECUTE FUNCTION queue_study_recount('part');
alter table segment enable row level security;
create policy capture_admits on segment to seloste_capture using (true) with check (true);
create policy custodian_reads on segment for select to seloste_custodian using (true);
create policy desk_reads on segment for select to seloste_desk using (((( SELECT sees_all() AS sees_all) OR (official_person_id = ( SELECT sees_own() AS sees_own)) OR (official_unit_id = ANY (( SELECT sees_units() AS sees_units)::uuid[])) OR (number_reached = ANY (( SELECT sees_numbers() AS sees_numbers)::text[])) OR (id = ANY (( SELECT sees_segments() AS sees_segments)::uuid[]))) AND ((contact_started_at > ( SELECT (register_now() - '1 year 1 mon'::interval))) OR history_is_in_term(contact_id, contact_started_at))));
create policy in_room on segment for select to seloste_desk using (((( SELECT confined_to() AS confined_to) IS NULL) OR (id = ANY (( SELECT room_contents.segments
   FROM room_contents() room_contents(recordings, segments, contacts))::uuid[]))));
create policy log_whole on segment for select to seloste_desk using (( SELECT log_is_whole() AS log_is_whole));
grant insert (id, contact_id, contact_started_at, seq, number_reached, number_reached_name, official_person_id, official_unit_id, official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw, capture_state, capture_failure, marks, description_version, drawn_on, quota_used, node, beside, number_called), select (id, contact_id, contact_started_at, seq, answered_at, ended_at), update (official_person_id, official_unit_id, official_name, official_phone, answered_at, ended_at, capture_state, capture_failure, marks) on segment to seloste_capture;
grant select on segment to seloste_custodian;
grant select on segment to seloste_desk;

create table segment_change (
  segment_id uuid not null,
  part_id uuid not null,
  place integer not null,
  constraint segment_change_pkey PRIMARY KEY (segment_id, part_id, place)
);
alter table segment_change enable row level security;
create policy custodian_counts on segment_change for insert to seloste_custodian with check (true);
grant insert on segment_change to seloste_custodian;

create table segment_replaced (
  segment_id uuid not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  replaced_at timestamp with time zone not null default now(),
  constraint segment_replaced_pkey PRIMARY KEY (segment_id)
);
alter table segment_replaced enable row level security;

create table session (
  token_hash bytea not null,
  person_id uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  id uuid not null default gen_random_uuid(),
  method text not null default 'password'::text,
  awaits_second_factor boolean not null default false,
  used_at timestamp with time zone not null default now(),
  device text,
  wrong_factors integer not null default 0,
  confined_to uuid,
  confined_until timestamp with time zone,
  confined_at uuid,
  proved_at timestamp with time zone not null default now(),
  ends_by timestamp with time zone,
  proved_by timestamp with time zone,
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_check CHECK ((((confined_to IS NULL) = (confined_until IS NULL)) AND ((confined_to IS NULL) = (confined_at IS NULL)))),
  constraint session_confined_at_fkey FOREIGN KEY (confined_at) REFERENCES workstation(id),
  constraint session_confined_to_fkey FOREIGN KEY (confined_to) REFERENCES appointment(id),
  constraint session_device_check CHECK ((length(device) <= 80)),
  constraint session_id_key UNIQUE (id),
  constraint session_method_check CHECK ((method = ANY (ARRAY['password'::text, 'password+totp'::text, 'password+passkey'::text, 'passkey'::text, 'oidc'::text]))),
  constraint session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX session_confined ON public.session USING btree (confined_to) WHERE ((confined_to IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX session_open ON public.session USING btree (created_at) WHERE (ended_at IS NULL);
CREATE INDEX session_person ON public.session USING btree (person_id) WHERE (ended_at IS NULL);
CREATE TRIGGER logged AFTER UPDATE ON session FOR EACH ROW WHEN (old.ended_at IS NULL AND new.ended_at IS NOT NULL) EXECUTE FUNCTION log_session_end();
CREATE TRIGGER session_guard BEFORE UPDATE ON session FOR EACH ROW EXECUTE FUNCTION session_guard();
CREATE TRIGGER timed BEFORE INSERT OR UPDATE ON session FOR EACH ROW EXECUTE FUNCTION time_session();
grant select, update (device, proved_at) on session to seloste_custodian;
grant select, update (expires_at, ended_at, used_at) on session to seloste_desk;

create table shard_key (
  expiry_month date not null,
  shard integer not null,
  month_key_version integer not null,
  wrapped bytea not null,
  constraint shard_key_pkey PRIMARY KEY (expiry_month, shard),
  constraint shard_key_shard_check CHECK (((shard >= 0) AND (shard <= 2975)))
);
CREATE TRIGGER keyring_added AFTER INSERT ON shard_key REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_keyring_change('shards');
CREATE TRIGGER keyring_changed AFTER UPDATE ON shard_key REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_keyring_change('shards');
CREATE TRIGGER keyring_removed AFTER DELETE ON shard_key REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION record_keyring_change('files');
grant delete, insert, select, update on shard_key to seloste_custodian;

create table sign_in_demand (
  one boolean not null default true,
  second_factor text not null,
  constraint sign_in_demand_pkey PRIMARY KEY (one),
  constraint sign_in_demand_one_check CHECK (one),
  constraint sign_in_demand_second_factor_check CHECK ((second_factor = ANY (ARRAY['off'::text, 'optional'::text, 'required'::text])))
);
grant select, update (second_factor) on sign_in_demand to seloste_custodian;
grant select on sign_in_demand to seloste_desk;

create table sign_in_failure (
  account bytea not null,
  source text not null,
  failures integer not null default 0,
  last_at timestamp with time zone not null default clock_timestamp(),
  constraint sign_in_failure_pkey PRIMARY KEY (account, source),
  constraint sign_in_failure_account_check CHECK ((length(account) = 32)),
  constraint sign_in_failure_source_check CHECK ((length(source) <= 80))
);

create table spent_user_id (
  hash bytea not null,
  constraint spent_user_id_pkey PRIMARY KEY (hash)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON spent_user_id FOR EACH STATEMENT EXECUTE FUNCTION append_only();

create table study_day (
  day date not null,
  number text not null,
  unit_id uuid,
  calls integer not null,
  answered integer not null,
  talk_seconds bigint not null,
  judged integer not null,
  expected_ppm bigint not null,
  recorded integer not null,
  talk_0 integer not null,
  talk_1 integer not null,
  talk_2 integer not null,
  talk_3 integer not null,
  talk_4 integer not null,
  talk_5 integer not null,
  talk_6 integer not null,
  talk_7 integer not null,
  talk_8 integer not null,
  talk_9 integer not null,
  talk_10 integer not null,
  talk_11 integer not null,
  talk_12 integer not null,
  wait_0 integer not null,
  wait_1 integer not null,
  wait_2 integer not null,
  wait_3 integer not null,
  wait_4 integer not null,
  wait_5 integer not null,
  wait_6 integer not null,
  wait_7 integer not null,
  wait_8 integer not null,
  wait_9 integer not null,
  constraint study_day_once UNIQUE NULLS NOT DISTINCT (day, number, unit_id)
);
alter table study_day enable row level security;
create policy desk_reads on study_day for select to seloste_desk using ((( SELECT studies_purpose() AS studies_purpose) AND ((number IN ( SELECT unnest(sees_numbers()) AS unnest)) OR (unit_id IN ( SELECT unnest(study_units()) AS unnest)))));
grant select on study_day to seloste_desk;

create table study_hour (
  day date not null,
  hour smallint not null,
  number text not null,
  unit_id uuid,
  calls integer not null,
  answered integer not null,
  talk_seconds bigint not null,
  judged integer not null,
  expected_ppm bigint not null,
  recorded integer not null,
  talk_0 integer not null,
  talk_1 integer not null,
  talk_2 integer not null,
  talk_3 integer not null,
  talk_4 integer not null,
  talk_5 integer not null,
  talk_6 integer not null,
  talk_7 integer not null,
  talk_8 integer not null,
  talk_9 integer not null,
  talk_10 integer not null,
  talk_11 integer not null,
  talk_12 integer not null,
  wait_0 integer not null,
  wait_1 integer not null,
  wait_2 integer not null,
  wait_3 integer not null,
  wait_4 integer not null,
  wait_5 integer not null,
  wait_6 integer not null,
  wait_7 integer not null,
  wait_8 integer not null,
  wait_9 integer not null,
  constraint study_hour_once UNIQUE NULLS NOT DISTINCT (day, hour, number, unit_id)
);
alter table study_hour enable row level security;
create policy desk_reads on study_hour for select to seloste_desk using ((( SELECT studies_purpose() AS studies_purpose) AND ((number IN ( SELECT unnest(sees_numbers()) AS unnest)) OR (unit_id IN ( SELECT unnest(study_units()) AS unnest)))));
grant select on study_hour to seloste_desk;

create table study_month (
  month date not null,
  number text not null,
  is_rounded boolean not null default false,
  calls bigint not null,
  answered bigint not null,
  talk_seconds bigint not null,
  judged bigint not null,
  expected_ppm bigint not null,
  recorded bigint not null,
  talk_0 bigint not null,
  talk_1 bigint not null,
  talk_2 bigint not null,
  talk_3 bigint not null,
  talk_4 bigint not null,
  talk_5 bigint not null,
  talk_6 bigint not null,
  talk_7 bigint not null,
  talk_8 bigint not null,
  talk_9 bigint not null,
  talk_10 bigint not null,
  talk_11 bigint not null,
  talk_12 bigint not null,
  wait_0 bigint not null,
  wait_1 bigint not null,
  wait_2 bigint not null,
  wait_3 bigint not null,
  wait_4 bigint not null,
  wait_5 bigint not null,
  wait_6 bigint not null,
  wait_7 bigint not null,
  wait_8 bigint not null,
  wait_9 bigint not null,
  constraint study_month_pkey PRIMARY KEY (month, number)
);
alter table study_month enable row level security;
create policy desk_reads on study_month for select to seloste_desk using ((( SELECT studies_purpose() AS studies_purpose) AND (number IN ( SELECT unnest(sees_numbers()) AS unnest))));
grant select on study_month to seloste_desk;

create table study_told (
  seq bigint generated as identity not null,
  contact_id uuid not null,
  contact_started_at timestamp with time zone not null,
  constraint study_told_pkey PRIMARY KEY (seq)
);
CREATE INDEX study_told_contact ON public.study_told USING btree (contact_id);

create table subject_copy (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  recording_id uuid,
  method text not null,
  token_hash bytea not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  made_by uuid not null,
  expires_at timestamp with time zone not null,
  ready_at timestamp with time zone,
  size_bytes bigint,
  fetches integer not null default 0,
  first_fetch_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_why text,
  ended_by uuid,
  removed_at timestamp with time zone,
  fetching_until timestamp with time zone,
  may_be_plain boolean not null default false,
  constraint subject_copy_pkey PRIMARY KEY (id),
  constraint subject_copy_check CHECK (((ready_at IS NULL) = (size_bytes IS NULL))),
  constraint subject_copy_check1 CHECK (((fetches = 0) = (first_fetch_at IS NULL))),
  constraint subject_copy_check2 CHECK (((ended_at IS NULL) = (end_why IS NULL))),
  constraint subject_copy_check3 CHECK (((removed_at IS NULL) OR (ended_at IS NOT NULL))),
  constraint subject_copy_end_why_check CHECK ((end_why = ANY (ARRAY['taken'::text, 'expired'::text, 'withdrawn'::text, 'destroyed'::text, 'failed'::text]))),
  constraint subject_copy_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint subject_copy_expires_at_check CHECK (isfinite(expires_at)),
  constraint subject_copy_fetches_check CHECK (((fetches >= 0) AND (fetches <= 3))),
  constraint subject_copy_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint subject_copy_method_check CHECK ((method = ANY (ARRAY['PASSPHRASE'::text, 'KEY'::text]))),
  constraint subject_copy_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE,
  constraint subject_copy_size_bytes_check CHECK ((size_bytes > 0)),
  constraint subject_copy_token_hash_check CHECK ((length(token_hash) = 32)),
  constraint subject_copy_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX subject_copy_left ON public.subject_copy USING btree (made_at) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX subject_copy_once ON public.subject_copy USING btree (request_id, recording_id) WHERE (ended_at IS NULL);
CREATE INDEX subject_copy_recording ON public.subject_copy USING btree (recording_id);
CREATE INDEX subject_copy_request ON public.subject_copy USING btree (request_id);
CREATE TRIGGER fresh BEFORE INSERT ON subject_copy FOR EACH ROW EXECUTE FUNCTION require_fresh_release();
alter table subject_copy enable row level security;
create policy custodian_reads on subject_copy for select to seloste_custodian using (true);
create policy custodian_updates_ended on subject_copy for update to seloste_custodian using ((ended_at IS NOT NULL)) with check ((ended_at IS NOT NULL));
create policy desk_reads on subject_copy for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select, update (removed_at) on subject_copy to seloste_custodian;
grant select (id, request_id, recording_id, method, made_at, made_by, expires_at, ready_at, fetches, ended_at, end_why) on subject_copy to seloste_desk;

create table subject_request (
  id uuid not null default gen_random_uuid(),
  number text not null,
  party text not null,
  kinds text[] not null,
  channel text not null,
  language text not null,
  received_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  entered_at timestamp with time zone not null default clock_timestamp(),
  entered_by uuid not null,
  assigned_to uuid,
  official_id uuid,
  identified_how text,
  identified_at timestamp with time zone,
  identified_by uuid,
  extended_until timestamp with time zone,
  extended_at timestamp with time zone,
  extended_by uuid,
  extension_reason text,
  closed_at timestamp with time zone,
  closed_by uuid,
  outcome text,
  erased_at timestamp with time zone,
  constraint subject_request_pkey PRIMARY KEY (id),
  constraint subject_request_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES person(id),
  constraint subject_request_channel_check CHECK ((channel = ANY (ARRAY['PHONE'::text, 'LETTER'::text, 'VISIT'::text, 'EMAIL'::text, 'HOME'::text]))),
  constraint subject_request_check1 CHECK (
CASE party
    WHEN 'OFFICIAL'::text THEN ((official_id IS NOT NULL) OR (erased_at IS NOT NULL))
    ELSE (official_id IS NULL)
END),
  constraint subject_request_check2 CHECK ((((identified_at IS NULL) = (identified_how IS NULL)) AND ((identified_at IS NOT NULL) OR (identified_by IS NULL)) AND ((identified_at IS NULL) OR (identified_by IS NOT NULL) OR ((channel = 'HOME'::text) AND (identified_how = 'STRONG_EID'::text))))),
  constraint subject_request_check3 CHECK ((((extended_at IS NULL) = (extended_until IS NULL)) AND ((extended_at IS NULL) = (extension_reason IS NULL)))),
  constraint subject_request_check4 CHECK (((closed_at IS NULL) = (outcome IS NULL))),
  constraint subject_request_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id),
  constraint subject_request_entered_by_fkey FOREIGN KEY (entered_by) REFERENCES person(id),
  constraint subject_request_extended_by_fkey FOREIGN KEY (extended_by) REFERENCES person(id),
  constraint subject_request_extension_reason_check CHECK ((extension_reason = ANY (ARRAY['COMPLEX'::text, 'MANY'::text]))),
  constraint subject_request_identified_by_fkey FOREIGN KEY (identified_by) REFERENCES person(id),
  constraint subject_request_identified_how_check CHECK ((identified_how = ANY (ARRAY['PASSPORT'::text, 'ID_CARD'::text, 'DRIVING_LICENCE'::text, 'RESIDENCE_PERMIT'::text, 'STRONG_EID'::text, 'CALLBACK'::text, 'PERSONNEL'::text]))),
  constraint subject_request_kinds_check CHECK (((cardinality(kinds) > 0) AND (kinds <@ ARRAY['KNOW'::text, 'LISTEN'::text, 'HISTORY'::text, 'PROHIBIT'::text, 'ERASURE'::text, 'OBJECTION'::text, 'RESTRICTION'::text, 'COPY'::text, 'RECTIFY'::text, 'LOG_EXTRACT'::text, 'MENTIONED'::text, 'OPENNESS'::text]))),
  constraint subject_request_language_check CHECK ((language = ANY (ARRAY['fi'::text, 'sv'::text, 'en'::text]))),
  constraint subject_request_number_check CHECK ((number ~ '^P-\d{4}-\d+$'::text)),
  constraint subject_request_number_key UNIQUE (number),
  constraint subject_request_official_id_fkey FOREIGN KEY (official_id) REFERENCES person(id),
  constraint subject_request_outcome_check CHECK ((outcome = ANY (ARRAY['ANSWERED'::text, 'REFUSED'::text, 'WITHDRAWN'::text]))),
  constraint subject_request_own_kinds CHECK ((kinds <@
CASE party
    WHEN 'MENTIONED'::text THEN ARRAY['MENTIONED'::text]
    WHEN 'OUTSIDER'::text THEN ARRAY['OPENNESS'::text]
    ELSE ARRAY['KNOW'::text, 'LISTEN'::text, 'HISTORY'::text, 'PROHIBIT'::text, 'ERASURE'::text, 'OBJECTION'::text, 'RESTRICTION'::text, 'COPY'::text, 'RECTIFY'::text, 'LOG_EXTRACT'::text]
END)),
  constraint subject_request_party_check CHECK ((party = ANY (ARRAY['CALLER'::text, 'OFFICIAL'::text, 'MENTIONED'::text, 'OUTSIDER'::text])))
);
CREATE INDEX subject_request_closed ON public.subject_request USING btree (closed_at) WHERE (closed_at IS NOT NULL);
CREATE INDEX subject_request_open ON public.subject_request USING btree (due_at) WHERE (closed_at IS NULL);
CREATE TRIGGER copies_end_with_request AFTER UPDATE OF kinds, identified_at, closed_at ON subject_request FOR EACH ROW EXECUTE FUNCTION end_copies_of_request();
CREATE TRIGGER follow_kinds AFTER UPDATE OF kinds ON subject_request FOR EACH ROW EXECUTE FUNCTION apply_request_kinds();
CREATE TRIGGER forbids_elsewhere AFTER UPDATE OF closed_at ON subject_request FOR EACH ROW WHEN (old.closed_at IS NULL AND new.outcome = 'ANSWERED'::text AND requests_prohibition(new.*)) EXECUTE FUNCTION forbid_elsewhere();
CREATE TRIGGER ledger AFTER INSERT OR UPDATE OF closed_at, identified_at ON subject_request FOR EACH ROW EXECUTE FUNCTION ledger_request();
CREATE TRIGGER restricts AFTER UPDATE OF kinds, closed_at ON subject_request FOR EACH ROW EXECUTE FUNCTION settle_restrictions_of_request();
alter table subject_request enable row level security;
create policy custodian_reads on subject_request for select to seloste_custodian using (true);
create policy desk_reads on subject_request for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select on subject_request to seloste_custodian;
grant select on subject_request to seloste_desk;

create table subject_requester (
  request_id uuid not null,
  name text not null,
  address text,
  email text,
  phone text,
  constraint subject_requester_pkey PRIMARY KEY (request_id),
  constraint subject_requester_address_check CHECK (((address ~ '\S'::text) AND (length(address) <= 500))),
  constraint subject_requester_email_check CHECK ((length(email) <= 254)),
  constraint subject_requester_name_check CHECK (((name ~ '\S'::text) AND (length(name) <= 200))),
  constraint subject_requester_phone_check CHECK (((phone ~ '\S'::text) AND (length(phone) <= 40))),
  constraint subject_requester_request_id_fkey FOREIGN KEY (request_id) REFERENCES subject_request(id) ON DELETE CASCADE
);
alter table subject_requester enable row level security;
create policy desk_reads on subject_requester for select to seloste_desk using (( SELECT viewer_is('SERVICE_UNIT'::text) AS viewer_is));
grant select on subject_requester to seloste_desk;

create table told_as_destroyed (
  recording_id uuid not null,
  constraint told_as_destroyed_pkey PRIMARY KEY (recording_id)
);

create table totp (
  id uuid not null,
  person_id uuid not null,
  sealed bytea not null,
  begun_at timestamp with time zone not null default clock_timestamp(),
  confirmed_at timestamp with time zone,
  last_step bigint not null default 0,
  used_at timestamp with time zone,
  failures integer not null default 0,
  failed_at timestamp with time zone,
  constraint totp_pkey PRIMARY KEY (id),
  constraint totp_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX totp_begun ON public.totp USING btree (person_id) WHERE (confirmed_at IS NULL);
CREATE UNIQUE INDEX totp_person ON public.totp USING btree (person_id) WHERE (confirmed_at IS NOT NULL);
CREATE TRIGGER ledger AFTER DELETE ON totp FOR EACH ROW WHEN (old.confirmed_at IS NOT NULL) EXECUTE FUNCTION ledger_end('credential', 'removed', 'totp');
CREATE TRIGGER notifies_person_added AFTER UPDATE ON totp FOR EACH ROW WHEN (old.confirmed_at IS NULL AND new.confirmed_at IS NOT NULL) EXECUTE FUNCTION notify_factor_change('totp');
CREATE TRIGGER notifies_person_removed AFTER DELETE ON totp FOR EACH ROW WHEN (old.confirmed_at IS NOT NULL) EXECUTE FUNCTION notify_factor_change('totp');
grant delete, insert, select, update (confirmed_at, last_step, used_at, failures, failed_at) on totp to seloste_custodian;

create table training_attendee (
  session_id uuid not null,
  person_id uuid not null,
  entered_at timestamp with time zone not null default clock_timestamp(),
  constraint training_attendee_pkey PRIMARY KEY (session_id, person_id),
  constraint training_attendee_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint training_attendee_session_id_fkey FOREIGN KEY (session_id) REFERENCES training_session(id) ON DELETE CASCADE
);
alter table training_attendee enable row level security;

create table training_collection (
  id uuid not null default gen_random_uuid(),
  name text not null,
  aim text not null default ''::text,
  revision integer not null default 0,
  begun_at timestamp with time zone not null default clock_timestamp(),
  begun_by uuid not null,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint training_collection_pkey PRIMARY KEY (id),
  constraint training_collection_aim_check CHECK ((length(aim) <= 4000)),
  constraint training_collection_begun_by_fkey FOREIGN KEY (begun_by) REFERENCES person(id),
  constraint training_collection_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint training_collection_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint training_collection_name_check CHECK (((length(btrim(name)) >= 1) AND (length(btrim(name)) <= 200)))
);
alter table training_collection enable row level security;

create table training_moment (
  id uuid not null default gen_random_uuid(),
  collection_id uuid not null,
  place integer not null,
  recording_id uuid,
  contact_id uuid,
  from_ms integer not null,
  to_ms integer not null,
  title text not null,
  lesson text not null default ''::text,
  added_at timestamp with time zone not null default clock_timestamp(),
  added_by uuid,
  emptied_at timestamp with time zone,
  empty_why text,
  constraint training_moment_pkey PRIMARY KEY (id),
  constraint training_moment_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id),
  constraint training_moment_check CHECK ((to_ms > from_ms)),
  constraint training_moment_check1 CHECK (((emptied_at IS NULL) = (empty_why IS NULL))),
  constraint training_moment_check2 CHECK (((emptied_at IS NULL) = (recording_id IS NOT NULL))),
  constraint training_moment_check3 CHECK (((emptied_at IS NULL) OR ((title = ''::text) AND (lesson = ''::text) AND (contact_id IS NULL)))),
  constraint training_moment_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES training_collection(id),
  constraint training_moment_empty_why_check CHECK ((empty_why = ANY (ARRAY['term'::text, 'forbidden'::text]))),
  constraint training_moment_from_ms_check CHECK ((from_ms >= 0))
);
CREATE INDEX training_moment_collection ON public.training_moment USING btree (collection_id, place);
CREATE INDEX training_moment_recording ON public.training_moment USING btree (recording_id) WHERE (recording_id IS NOT NULL);
alter table training_moment enable row level security;

create table training_session (
  id uuid not null default gen_random_uuid(),
  number integer generated as identity not null,
  reference text generated always as (('K-'::text || (number)::text)) stored not null,
  collection_id uuid not null,
  name text not null,
  led_by uuid not null,
  begun_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  constraint training_session_pkey PRIMARY KEY (id),
  constraint training_session_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES training_collection(id),
  constraint training_session_led_by_fkey FOREIGN KEY (led_by) REFERENCES person(id),
  constraint training_session_name_check CHECK (((length(btrim(name)) >= 1) AND (length(btrim(name)) <= 200))),
  constraint training_session_reference_key UNIQUE (reference)
);
CREATE UNIQUE INDEX training_session_leads ON public.training_session USING btree (led_by) WHERE (ended_at IS NULL);
alter table training_session enable row level security;

create table unit (
  id uuid not null,
  name text not null,
  constraint unit_pkey PRIMARY KEY (id),
  constraint unit_name_key UNIQUE (name)
);
alter table unit enable row level security;
create policy everybody_reads on unit for select to seloste_capture, seloste_custodian, seloste_desk using (true);
create policy keeper_changes on unit for update to seloste_desk using (( SELECT may_change_directory() AS may_change_directory)) with check (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_deletes on unit for delete to seloste_desk using (( SELECT may_change_directory() AS may_change_directory));
create policy keeper_enters on unit for insert to seloste_desk with check (( SELECT may_change_directory() AS may_change_directory));
grant select on unit to seloste_custodian;
grant insert, select on unit to seloste_desk;

create table version_effect (
  version integer not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint version_effect_pkey PRIMARY KEY (version),
  constraint version_effect_version_fkey FOREIGN KEY (version) REFERENCES description_version(version)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON version_effect FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER version_effect_guard BEFORE INSERT ON version_effect FOR EACH ROW EXECUTE FUNCTION version_effect_guard();
grant insert (version), select on version_effect to seloste_custodian;

create table watched_until (
  kind text not null,
  at timestamp with time zone not null,
  constraint watched_until_pkey PRIMARY KEY (kind)
);
grant insert, select, update on watched_until to seloste_custodian;

create table webhook_delivery (
  id bigint generated as identity not null,
  target text not null,
  event_id uuid not null,
  event text not null,
  object_id uuid not null,
  at timestamp with time zone not null,
  attempts integer not null default 0,
  next_at timestamp with time zone not null,
  last_answer text,
  given_up_at timestamp with time zone,
  constraint webhook_delivery_pkey PRIMARY KEY (id),
  constraint webhook_delivery_last_answer_check CHECK ((length(last_answer) <= 60)),
  constraint webhook_delivery_target_fkey FOREIGN KEY (target) REFERENCES webhook_target(name) ON DELETE CASCADE
);
CREATE INDEX webhook_delivery_next ON public.webhook_delivery USING btree (target, next_at, id) WHERE (given_up_at IS NULL);
grant delete, select, update (attempts, next_at, last_answer, given_up_at) on webhook_delivery to seloste_custodian;

create table webhook_target (
  name text not null,
  events text[] not null,
  constraint webhook_target_pkey PRIMARY KEY (name),
  constraint webhook_target_events_check CHECK (((events <> '{}'::text[]) AND (events <@ ARRAY['contact.admitted'::text, 'recording.sealed'::text, 'recording.destroyed'::text]))),
  constraint webhook_target_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text))
);
grant delete, insert, select, update on webhook_target to seloste_custodian;

create table work_done (
  work text not null,
  at timestamp with time zone not null,
  constraint work_done_pkey PRIMARY KEY (work)
);
grant insert, select, update on work_done to seloste_custodian;

create table workstation (
  id uuid not null default gen_random_uuid(),
  office_id uuid not null,
  name text not null,
  token_hash bytea not null,
  enrolled_at timestamp with time zone not null default clock_timestamp(),
  enrolled_by uuid not null,
  last_seen_at timestamp with time zone,
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint workstation_pkey PRIMARY KEY (id),
  constraint workstation_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint workstation_enrolled_by_fkey FOREIGN KEY (enrolled_by) REFERENCES person(id),
  constraint workstation_name_check CHECK (((name ~ '\S'::text) AND (length(name) <= 60))),
  constraint workstation_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id),
  constraint workstation_token_hash_key UNIQUE (token_hash)
);
CREATE TRIGGER ledger AFTER UPDATE ON workstation FOR EACH ROW WHEN (old.ended_at IS NULL AND new.ended_at IS NOT NULL) EXECUTE FUNCTION ledger_end('workstation', 'ended');
alter table workstation enable row level security;
create policy custodian_reads on workstation for select to seloste_custodian using (true);
grant select (id, office_id) on workstation to seloste_custodian;

create table workstation_code (
  code_hash bytea not null,
  office_id uuid not null,
  name text not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  made_by uuid not null,
  until timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint workstation_code_pkey PRIMARY KEY (code_hash),
  constraint workstation_code_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint workstation_code_name_check CHECK (((name ~ '\S'::text) AND (length(name) <= 60))),
  constraint workstation_code_office_id_fkey FOREIGN KEY (office_id) REFERENCES office(id)
);
alter table workstation_code enable row level security;

-- Views
create view closed_until as
 SELECT kind,
    person_id,
    object_id,
    max(last_at) AS at
   FROM alarm
  WHERE closed_at IS NOT NULL
  GROUP BY kind, person_id, object_id;
create view data_access as
 SELECT seq,
    at,
    person_id,
    right_id,
    role,
    action,
    purpose,
    reference,
    object_kind,
    object_id
   FROM audit_entry
  WHERE result = 'ok'::text AND (action = ANY (ARRAY['contacts.listed'::text, 'contact.read'::text, 'caller.revealed'::text, 'calls.watched'::text, 'listening.started'::text, 'shares.read'::text]));
create view opened_entry as
 SELECT e.seq,
    e.at,
    e.object_kind,
    COALESCE(e.object_id, (c.content::jsonb ->> 'id'::text)::uuid) AS object_id,
        CASE
            WHEN c.seq IS NULL THEN e.object_name
            ELSE NULL::text
        END AS object_name,
    e.cause,
    COALESCE(c.content::jsonb ->> 'doneBy'::text, e.done_by) AS done_by,
    COALESCE(c.content::jsonb -> 'detail'::text, e.detail) AS detail,
    e.targets
   FROM destruction_entry e
     LEFT JOIN ledger_content c ON c.seq = e.seq AND content_is_proved(e.*, c.*);
create view unreconciled as
 SELECT 'unrecorded'::text AS kind,
    s.id AS segment_id,
    s.contact_id,
    s.contact_started_at,
    s.answered_at,
    s.ended_at,
    s.number_reached,
    s.number_reached_name,
    s.capture_failure,
    f.feed,
    f.told_at AS at,
    f.told_at + recording_grace() AS missing_since,
    n.note_id
   FROM segment s
     JOIN fed_segment f ON f.segment_id = s.id
     LEFT JOIN reconciled_segment n ON n.kind = 'unrecorded'::text AND n.segment_id = s.id
  WHERE s.decision_record AND s.answered_at IS NOT NULL AND s.capture_failure IS DISTINCT FROM 'forbidden'::text AND f.told_at < (now() - recording_grace()) AND NOT (EXISTS ( SELECT
           FROM recording r
          WHERE r.segment_id = s.id))
UNION ALL
 SELECT 'untold'::text AS kind,
    s.id AS segment_id,
    s.contact_id,
    r.contact_started_at,
    s.answered_at,
    s.ended_at,
    s.number_reached,
    s.number_reached_name,
    NULL::text AS capture_failure,
    f.name AS feed,
    r.ended_at + '24:00:00'::interval AS at,
    r.ended_at + '24:00:00'::interval AS missing_since,
    n.note_id
   FROM recording r
     JOIN segment s ON s.id = r.segment_id AND s.contact_started_at = r.contact_started_at
     JOIN LATERAL ( SELECT f_1.name
           FROM feed f_1
          WHERE (f_1.covers IS NULL OR (s.number_reached = ANY (f_1.covers))) AND s.answered_at >= f_1.told_from AND s.ended_at <= f_1.told_until
          ORDER BY f_1.name
         LIMIT 1) f ON true
     LEFT JOIN reconciled_segment n ON n.kind = 'untold'::text AND n.segment_id = s.id
  WHERE (r.state <> ALL (ARRAY['DESTROYING'::text, 'DESTROYED'::text])) AND r.ended_at < (now() - '24:00:00'::interval) AND NOT (EXISTS ( SELECT
           FROM fed_segment o
          WHERE o.segment_id = s.id));

-- Functions, and who may call them
abandon_call(request uuid, wanted uuid) returns void to seloste_desk
accept_home_request(wanted uuid, official_user_id text) returns TABLE(id uuid, number text) to seloste_desk
accept_referral(wanted uuid, kind text, disclosure uuid) returns void to seloste_desk
access_is_accurate(person uuid, held uuid, as_role text, purpose text, reference text) returns boolean to seloste_desk
access_right_guard() returns trigger
accesses_for_letter(q subject_request) returns jsonb
accesses_out_of_scope(after bigint, known bigint[], max_entries bigint, lost tstzmultirange) returns TABLE(accesses bigint, acts bigint, recent bigint, outside bigint[], upto bigint) to seloste_custodian
accesses_to(calls uuid[], recordings uuid[], parts uuid[], except_person uuid, since timestamp with time zone, until timestamp with time zone) returns TABLE(at timestamp with time zone, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint)
accesses_to_contact(contact uuid) returns TABLE(at timestamp with time zone, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint) to seloste_desk
accesses_to_my_calls(since timestamp with time zone, until timestamp with time zone) returns TABLE(at timestamp with time zone, kind text, role text, purpose text, unit text, contact_id uuid, calls integer, served_ms bigint, contact_started_at timestamp with time zone) to seloste_desk
accesses_to_review(month date, after bigint, max_rows integer) returns TABLE(seq bigint, at timestamp with time zone, person_id uuid, role text, action text, purpose text, reference text, object_kind text, object_id uuid, contacts integer, listening uuid, served_ms bigint) to seloste_desk
account_key(user_id text) returns bytea
accounts_in_use() returns TABLE(accounts bigint, shared bigint, sessions bigint, strange_sessions bigint, example uuid) to seloste_custodian
act_was_lost(kind text, object uuid, acted_at timestamp with time zone, existed_from timestamp with time zone, lost tstzmultirange) returns boolean
active_rights() returns SETOF access_right to seloste_desk
add_authority_item(wanted uuid, contact uuid, recording uuid, what text) returns integer to seloste_desk
add_slots(office uuid, from_at timestamp with time zone, to_at timestamp with time zone, minutes integer, host uuid) returns integer to seloste_desk
add_to_inspections() returns trigger
admission_part_guard() returns trigger
admissions_held(parts uuid[]) returns TABLE(part uuid, kind text, facts bigint, due bigint, missing bigint, example uuid) to seloste_custodian
admit_fed_calls(feed_name text, reported jsonb) returns integer[] to seloste_capture
admit_imported(import uuid, reported jsonb, file_sha256 text, audio_sha256 text, months jsonb) returns TABLE(contact_id uuid, outcome text)
admit_part(reporting_node uuid, reported jsonb) returns TABLE(contact_id uuid, verdict text, stops boolean) to seloste_capture
admit_recording(call uuid, call_started timestamp with time zone, t told_part) returns boolean to seloste_capture
advance_clock(elapsed interval DEFAULT '00:00:00'::interval, by uuid DEFAULT NULL::uuid) returns text to seloste_custodian
after_contact_insert() returns trigger
after_segment_insert() returns trigger
agrees_with_succession(kind text, subject text, holder uuid, from_at timestamp with time zone, to_at timestamp with time zone) returns boolean
allow_feed(feed_name text, since timestamp with time zone) returns boolean
announced_versions() returns TABLE(version integer, hash text) to seloste_custodian
answer_disagreement(wanted uuid, outcome text, text text) returns void to seloste_desk
answer_due(received_at timestamp with time zone, kinds text[], extended_by integer DEFAULT 0) returns timestamp with time zone
answer_feedback(feedback uuid, answer text) returns boolean to seloste_desk
answer_own_evaluation(wanted uuid, reasons text) returns void to seloste_desk
answered_at(q subject_request) returns timestamp with time zone to seloste_custodian
answered_authority_call(d authority_disclosure) returns boolean
answered_call(contact uuid) returns boolean
answered_callers_call(q subject_request) returns boolean
append_appointment(a appointment) returns void
append_authority_request(r authority_request) returns void
append_correction(c correction) returns void
append_forbidden_calls(request uuid) returns void
append_inspection(r inspection_recording) returns void
append_only() returns trigger
append_prohibition(p prohibition) returns void
append_to_ledger(kind text, object uuid, cause text, detail jsonb) returns void
append_version(v description_version) returns void
apply_request_kinds() returns trigger
apply_succession() returns trigger
appointment_for_letter(q subject_request) returns jsonb
appointment_is_after(request uuid, at timestamp with time zone) returns boolean
appointment_is_late(request uuid) returns boolean
appointments_ahead(office uuid) returns bigint
approve_draft(draft uuid, revision integer, changes jsonb, roles jsonb, note text) returns integer to seloste_desk
approved_text(d description_draft, number integer, approver uuid) returns text
are_marks(marks jsonb) returns boolean
assess_authority(wanted uuid, assessment text) returns void to seloste_desk
assign_request(wanted uuid, clerk uuid, seen text) returns void to seloste_desk
assign_slot(q subject_request, s office_slot, needs text[], interpreter_language text) returns uuid
at_most_months_after(instant timestamp with time zone, months integer) returns timestamp with time zone to seloste_capture
attempt_wait(user_id text, source text) returns integer
attribute_calls(phone text, from_at timestamp with time zone, to_at timestamp with time zone) returns void
attribute_calls_by_directory() returns trigger
attribute_segment() returns trigger
audit_entry_guard() returns trigger
authority_contents(package uuid) returns TABLE(item integer, what text, recording_id uuid, started_at timestamp with time zone, ended_at timestamp with time zone, caller_kind text, caller text, number_called text, parts jsonb) to seloste_custodian
authority_decisions(lost tstzmultirange) returns TABLE(number text, outcome text, provision text, decided_at timestamp with time zone, is_own boolean, is_logged boolean, is_released boolean) to seloste_custodian
authority_digest(d authority_disclosure) returns text
authority_item_is_available(i authority_item, with_orders boolean DEFAULT true) returns boolean
authority_items(wanted uuid[]) returns TABLE(disclosure_id uuid, item integer, contact_id uuid, recording_id uuid, what text, destroy_at timestamp with time zone, state text, granted boolean, is_available boolean) to seloste_desk
authority_package(package uuid) returns TABLE(id uuid, number text, authority text, "caseNumber" text, provision jsonb, "decidedAt" timestamp with time zone) to seloste_custodian
authority_preparers(d authority_disclosure) returns uuid[]
backfill_ledger() returns void to seloste_custodian
begin_attempt(user_id text, source text) returns boolean
begin_calibration(recording uuid, form uuid, name text) returns uuid to seloste_desk
begin_copy(disclosure uuid, item integer) returns uuid to seloste_desk
begin_copy_fetch(token_hash bytea, address text) returns TABLE(id uuid, recording_id uuid, size_bytes bigint, attempt integer, is_busy boolean) to seloste_custodian
begin_copy_hearing(wanted uuid) returns TABLE(id uuid, until timestamp with time zone, sound_ms integer) to seloste_desk
begin_evaluation(wanted uuid) returns void to seloste_desk
begin_import(id uuid, source text, map_sha256 text, description_version integer) returns void
begin_letter(wanted uuid, kind text, ground text) returns jsonb to seloste_desk
begin_letter_due(wanted uuid, kind text) returns jsonb to seloste_custodian
begin_package(kind text, disclosure uuid, method text, delivery text, token_hash bytea, given text) returns TABLE(id uuid, expires_at timestamp with time zone, recipient text) to seloste_custodian
begin_package_fetch(token_hash bytea, wanted uuid, address text) returns TABLE(id uuid, size_bytes bigint, number text, attempt integer, is_busy boolean) to seloste_custodian
begin_quality_form(language text, name text) returns uuid to seloste_desk
begin_recognition(wanted uuid, engine text, engine_version text) returns void to seloste_custodian
begin_rendering(wanted uuid, revision integer, engine text, engine_version text, removed jsonb, redacted_ms integer, evaluation jsonb) returns void to seloste_custodian
begin_research(institute uuid, study text, due_on date, format text) returns research_disclosure to seloste_desk
begin_sampling_plan(name text, form uuid, unit uuid, number text, weekly integer, days_left integer) returns uuid to seloste_desk
begin_subject_copy(request uuid, recording uuid, method text, token_hash bytea, offered boolean) returns TABLE(id uuid, expires_at timestamp with time zone) to seloste_custodian
begin_training_session(collection uuid, name text) returns uuid to seloste_desk
book_appointment(request uuid, slot uuid, needs text[], interpreter_language text) returns uuid to seloste_desk
book_walk_in(request uuid, office uuid, minutes integer, needs text[], interpreter_language text) returns uuid to seloste_desk
calibration_as_shown(c calibration) returns calibration
call_end_guard() returns trigger
call_id_guard() returns trigger
call_state(c request_call) returns text
caller_wish_until(person uuid, contact uuid, contact_started timestamp with time zone) returns timestamp with time zone
caller_wish_window() returns interval
calls_for_letter(q subject_request, with_matched boolean) returns jsonb
calls_matching_claim(q subject_request, claim jsonb, caller text, service text) returns TABLE(contact_id uuid, started_at timestamp with time zone)
calls_of_request(wanted uuid) returns TABLE(id uuid, ordinal integer, told jsonb, state text, verify_again boolean, number_unverified boolean, contact_id uuid, verified_by uuid, party text, how text, recordings jsonb, prohibitions jsonb, other_requests text[]) to seloste_desk
calls_today() returns TABLE(number text, unit_id uuid, calls bigint, answered bigint, talking bigint, waiting bigint) to seloste_desk
calls_without_official(phone text, from_at timestamp with time zone, to_at timestamp with time zone) returns SETOF segment
can_be_forbidden(q subject_request, contact uuid) returns boolean
can_fetch_at_home(wanted uuid) returns boolean
cancel_log_verification(wanted uuid) returns boolean to seloste_desk
capacity_to_revoke(holder uuid) returns text
capture_node_ends(node uuid, left_waiting integer) returns void to seloste_capture
capture_node_heartbeat(node uuid, node_name text, node_version text, started timestamp with time zone, state jsonb) returns void to seloste_capture
capture_node_lives(node uuid, node_name text, node_version text, started timestamp with time zone, state jsonb) returns void to seloste_capture
capture_node_shutdown(node uuid, left_waiting integer) returns void to seloste_capture
capture_nodes() returns TABLE(id uuid, name text, version text, started_at timestamp with time zone, alive_at timestamp with time zone, state text, pressures text[], sessions integer, recordings integer, waiting integer, open_calls integer, blockers jsonb) to seloste_custodian, seloste_desk
case_is_logged(wanted uuid, recording uuid, lost tstzmultirange) returns boolean
change_letter_template(kind text, language text, text text, read_version integer) returns letter_template to seloste_desk
change_own_password(proof bytea, salt text, check_hash bytea, alone boolean, new_token_hash bytea) returns text to seloste_desk
change_request(wanted uuid, kinds text[], language text, requester jsonb) returns void to seloste_desk
change_research(wanted uuid, study text, due_on date, format text) returns void to seloste_desk
check_copy(wanted uuid, revision integer, outcome text, note text) returns void to seloste_desk
check_custodian_entry() returns trigger
check_order_end(until timestamp with time zone) returns void
check_request(q right_request, begins timestamp with time zone) returns void
check_training_listening() returns trigger
check_value_range() returns trigger
clear_number_called() returns trigger
clear_reception() returns trigger
clear_standstill_alarm() returns boolean to seloste_custodian
clock_is_ahead() returns boolean
clock_state() returns TABLE(state text, mark timestamp with time zone, said timestamp with time zone, stopped_since timestamp with time zone, confirmed_by jsonb) to seloste_custodian, seloste_desk
clock_tolerance() returns interval to seloste_capture
close_alarm(alarm uuid, note text, read_count integer) returns void to seloste_desk
close_authority(wanted uuid, reason text) returns void to seloste_desk
close_calibration(wanted uuid) returns jsonb to seloste_desk
close_expired_inspections() returns SETOF uuid
close_inspection(i inspection, actor uuid, how text) returns void
close_request(wanted uuid, outcome text) returns void to seloste_desk
close_research(wanted uuid) returns void to seloste_desk
close_room(is_heard boolean, proof bytea) returns text to seloste_desk
closing_blockers(q subject_request, outcome text) returns text[]
closing_blockers_by_outcome(wanted uuid) returns jsonb to seloste_desk
collect_research_facts(d research_disclosure) returns jsonb
complete_fed_segment(wanted uuid, begun timestamp with time zone, facts jsonb) returns boolean to seloste_capture
complete_fetch(wanted uuid, attempt integer) returns boolean to seloste_custodian
complete_package(wanted uuid, bytes bigint, hash bytea) returns boolean to seloste_custodian
complete_part(call uuid, call_started timestamp with time zone, t told_part) returns void to seloste_capture
complete_rendering(wanted uuid, revision integer, sha256 bytea, bytes bigint, ms integer) returns boolean to seloste_custodian
complete_session(old_token_hash bytea, new_token_hash bytea, method text) returns boolean to seloste_custodian
complete_subject_copy(wanted uuid, size bigint) returns boolean to seloste_custodian
confined_to() returns uuid to seloste_desk
confined_until() returns timestamp with time zone to seloste_desk
confinement_of(session_hash bytea, workstation_hash bytea) returns TABLE(person uuid, appointment uuid, is_here boolean) to seloste_desk
confirm_clock(said timestamp with time zone) returns boolean to seloste_desk
confirm_copy(wanted uuid, how text, reference text, as_role text) returns void
confirm_recall(wanted uuid, how text) returns void to seloste_desk
confirm_research_item(wanted uuid, number integer, how text, reference text) returns void to seloste_desk
confirmations_of(stop uuid) returns SETOF clock_confirmation
confirmed_at(r access_right) returns timestamp with time zone to seloste_desk
consents_at(person uuid, instant timestamp with time zone) returns boolean
contact_conditions(filters contact_filters, progress search_progress) returns text
contact_in_term(wanted uuid) returns contact
contacts_by_id(ids uuid[], starts timestamp with time zone[]) returns SETOF contact to seloste_desk
content_is_proved(e destruction_entry, c ledger_content) returns boolean to seloste_custodian
copies_of_inspection(i inspection) returns SETOF subject_copy
copies_to_check(disclosures uuid[]) returns SETOF uuid to seloste_desk
copy_block_reason(r recording) returns text to seloste_custodian
copy_expert() returns access_right
copy_is_releasable(c subject_copy) returns boolean
copy_is_still_requested(c subject_copy) returns boolean
copy_link_language(token_hash bytea) returns text to seloste_custodian
copy_prohibition(one prohibition, wanted uuid) returns void
correct_late_part() returns trigger
correct_official(part uuid, began timestamp with time zone, official uuid, unit uuid, name text) returns boolean
correct_whole_conversation(c correction, s segment) returns uuid[]
could_be_same_talk(fed_started timestamp with time zone, fed_answered timestamp with time zone, fed_ended timestamp with time zone, answered timestamp with time zone, ended timestamp with time zone, end_inferred boolean) returns boolean
count_contacts(ids uuid[], starts timestamp with time zone[]) returns void
count_day_for_studies(begins timestamp with time zone, ends timestamp with time zone) returns void
count_history_day(of_day date, closing boolean) returns boolean to seloste_custodian
count_home_requests() returns TABLE(open integer, overdue integer) to seloste_custodian
count_log(filters jsonb, upto integer) returns bigint to seloste_desk
count_log_pending() returns bigint to seloste_desk
count_lookups(counter regclass, lookups bigint) returns void
count_officials() returns TABLE(unit_id uuid, name text, officials bigint)
count_reached(draft uuid, reach jsonb, from_at timestamp with time zone) returns jsonb to seloste_custodian
count_reception(ended timestamp with time zone, reception jsonb, is_lossy boolean, is_empty boolean) returns void to seloste_capture
count_studies(max_rows integer) returns integer to seloste_custodian
current_contact_viewer(filters contact_filters) returns contact_viewer
day_keys_are_retired() returns boolean to seloste_custodian
day_start(day date) returns timestamp with time zone
decide_authority(wanted uuid, outcome text, items integer[], reasons text, seen text) returns void to seloste_desk
decide_correction(wanted uuid, how text) returns void to seloste_desk
decide_directory_change(change uuid, confirm boolean, code_hash bytea) returns timestamp with time zone to seloste_desk
decide_end(facts jsonb) returns jsonb
decide_factor_removal(removal uuid, confirm boolean) returns void to seloste_desk
decide_openness(wanted uuid, how text, provision text, leads_to text) returns void to seloste_desk
decide_research(wanted uuid, how text, reasons text, seen text) returns void to seloste_desk
decide_research_extension(wanted uuid, how text) returns void to seloste_desk
decide_right_request(request uuid, approve boolean, note text) returns uuid to seloste_desk
delete_callers_number(call uuid, call_started timestamp with time zone) returns void
delete_history_remainders(max_rows integer) returns integer to seloste_custodian
delete_recorded_parts() returns trigger
deliver_letter(wanted uuid, how text) returns void to seloste_desk
destroyed_guard() returns trigger
destruction_blockers() returns TABLE(kind text, count bigint, since timestamp with time zone, deadline timestamp with time zone, place text, example text, fault text) to seloste_custodian
destruction_due_at(call_ended timestamp with time zone, months integer) returns timestamp with time zone to seloste_capture
destruction_now() returns timestamp with time zone to seloste_capture, seloste_custodian, seloste_desk
directory_change_guard() returns trigger
discard_home_request(wanted uuid, reason text) returns void to seloste_desk
disclosure_statistics(of_year integer) returns jsonb to seloste_desk
doubtful_fed_calls(feed_name text, calls fed_call[]) returns integer[] to seloste_capture
draft_for_dry_run(draft uuid) returns TABLE(text text, effective_from timestamp with time zone, newest_text text) to seloste_custodian
draft_guard() returns trigger
draw_candidates(plan uuid, week date) returns TABLE(recording uuid, official uuid, earlier bigint) to seloste_custodian
draw_replacement(e evaluation) returns uuid
draws_due() returns TABLE(plan uuid, week date, weekly integer, seed text, may_fill boolean) to seloste_custodian
drop_authority_item(wanted uuid, item_number integer) returns void to seloste_desk
drop_factors(person uuid) returns void to seloste_custodian
drop_history_month(of_month date) returns TABLE(outcome text, contacts bigint) to seloste_custodian
drop_research_item(wanted uuid, number integer) returns void to seloste_desk
duty_right_to(duty text, r recording) returns access_right
duty_rights(duty text) returns SETOF access_right to seloste_desk
duty_rights_of(person uuid, duty text) returns SETOF access_right
duty_rights_to(duty text, r recording, person uuid DEFAULT viewer()) returns SETOF access_right
easter_sunday(year integer) returns date
empty_training_moment(m training_moment, why text, at timestamp with time zone) returns void
end_access_of_leavers() returns integer to seloste_custodian
end_admission_parts() returns void to seloste_custodian
end_appointment(a appointment, actor uuid, how text) returns void
end_attempt(user_id text, source text, succeeded boolean) returns void
end_blocking_sessions(patience interval) returns TABLE(role text, sessions integer) to seloste_custodian
end_calibration(c calibration, why text, at timestamp with time zone) returns void
end_copies_of_request() returns trigger
end_decision_without_orders(r recording) returns jsonb
end_evaluation(e evaluation, why text, at timestamp with time zone) returns void
end_expired_hearings() returns integer to seloste_custodian
end_expired_listenings() returns TABLE(listening uuid, why text) to seloste_custodian
end_expired_sessions() returns integer to seloste_custodian
end_facts(r recording) returns jsonb
end_fetch_lease(wanted uuid, attempt integer) returns void to seloste_custodian
end_former_official_claims(c correction) returns void
end_history(wanted uuid[]) returns uuid[] to seloste_custodian
end_idle_appointment() returns trigger
end_inspection(i inspection, actor uuid, how text) returns void
end_listening_for(l listening, why text) returns void
end_of_uses(r recording) returns timestamp with time zone
end_old_transactions(age interval) returns TABLE(role text, sessions integer) to seloste_custodian
end_order(wanted uuid, note text) returns void to seloste_desk
end_package(p disclosure_package, why text, by uuid) returns void
end_rooms(a appointment, actor uuid, why text) returns void
end_sampling_plan(wanted uuid) returns void to seloste_desk
end_segments_of_down_nodes(reporting_node uuid) returns TABLE(id uuid, started_at timestamp with time zone) to seloste_capture
end_segments_of_node(down_node uuid) returns TABLE(id uuid, started_at timestamp with time zone)
end_sessions_of(person uuid, except_hash bytea DEFAULT NULL::bytea) returns integer to seloste_custodian
end_sessions_of_person(person uuid) returns integer to seloste_desk
end_study(wanted uuid, ended_on date) returns void to seloste_desk
end_subject_copy(c subject_copy, why text, by uuid) returns void
end_training_collection(wanted uuid) returns void to seloste_desk
end_training_session(wanted uuid) returns void to seloste_desk
end_under_term(r recording, months integer, at timestamp with time zone) returns timestamp with time zone
end_uses_of_recording() returns trigger
end_workstation(wanted uuid) returns void to seloste_desk
ended_part_guard() returns trigger
enough_officials(cells jsonb) returns boolean[] to seloste_desk
enrol_workstation(code_hash bytea, token_hash bytea, before_hash bytea) returns TABLE(office jsonb, name text) to seloste_desk
ensure_partitions(first_month date, last_month date) returns void to seloste_custodian
enter_order(contact uuid, covers text, provision text, authority text, order_reference text, until timestamp with time zone, reference text) returns uuid to seloste_desk
enter_request(party text, kinds text[], channel text, language text, received_at timestamp with time zone, requester jsonb, official_user_id text) returns TABLE(id uuid, number text) to seloste_desk
enter_trainee(wanted uuid, person uuid) returns void to seloste_desk
erase_closed_requests() returns integer to seloste_custodian
erase_requester(wanted uuid) returns void
evaluation_as_shown(e evaluation, r recording) returns evaluation
evaluation_work(wanted uuid) returns jsonb to seloste_desk
expected_certificate(recording uuid) returns TABLE(state text, expected_at timestamp with time zone) to seloste_desk
expire_quality_data() returns integer to seloste_custodian
expire_training_data() returns integer to seloste_custodian
expired_history_months() returns SETOF date to seloste_custodian
explain_unreconciled(wanted text, segments uuid[], since timestamp with time zone, until timestamp with time zone, number text, feed_name text, why text, read_at timestamp with time zone, note text) returns TABLE(explained integer, alarm_closed boolean) to seloste_desk
extend_request(wanted uuid, months integer, reason text) returns void to seloste_desk
fail_package(wanted uuid) returns void to seloste_custodian
fail_rendering(wanted uuid, revision integer, why text, turn integer) returns void to seloste_custodian
fail_subject_copy(wanted uuid) returns void to seloste_custodian
failure_wait(failures integer) returns interval to seloste_custodian
fed_lookups(begun timestamp with time zone, ended timestamp with time zone, parts jsonb) returns bigint
fetch_lease() returns interval
fetch_may_continue(wanted uuid, attempt integer) returns boolean to seloste_custodian
file_undertaking(wanted uuid, reference text, signatory text, signed_on date) returns void to seloste_desk
find_late_window(days integer) returns SETOF finding to seloste_custodian
find_rows_to_confirm(given jsonb) returns TABLE(kind text, subject text, person uuid) to seloste_desk
find_trainees(part text) returns TABLE(id uuid, user_id text, name text, unit_name text) to seloste_desk
find_unreconciled(wanted text, counted text, enough bigint) returns SETOF finding to seloste_custodian
forbid_as_requested() returns trigger
forbid_by_requests(r recording) returns void
forbid_duplicate() returns trigger
forbid_elsewhere() returns trigger
forbid_use(wanted uuid, party text, channel text, reference text, ends_copy boolean DEFAULT false) returns SETOF prohibition to seloste_desk
forbid_when_reported() returns trigger
forbidden_recordings(known uuid[]) returns TABLE(recording_id uuid, destroys boolean) to seloste_capture
forget_call_starts() returns void
forget_devices() returns void to seloste_desk
free_slots(request uuid) returns TABLE(slot jsonb, latest timestamp with time zone) to seloste_desk
has_answered(person uuid) returns boolean
has_listened(recording uuid, reference text, since timestamp with time zone) returns boolean
has_part(q subject_request, contact uuid) returns boolean
has_same_official(one segment, other segment) returns boolean
hearing_end_reason(h copy_hearing, signed_in boolean) returns text
hearing_now(wanted uuid) returns TABLE(copy_id uuid, recording_id uuid, sound_bytes bigint, person_id uuid, why text) to seloste_custodian
held_role(person uuid, roles text[], acted_in text, acted_at timestamp with time zone) returns boolean
helsinki_day(instant timestamp with time zone) returns date
helsinki_today() returns date
history_end(ends_at timestamp with time zone, started_at timestamp with time zone) returns timestamp with time zone to seloste_custodian, seloste_desk
history_ends_after(call_ended timestamp with time zone) returns timestamp with time zone to seloste_capture
history_guard() returns trigger
history_held_between(begins timestamp with time zone, ends timestamp with time zone) returns boolean to seloste_custodian
history_is_held(contact uuid) returns boolean to seloste_custodian
history_is_in_term(contact uuid, started timestamp with time zone) returns boolean to seloste_desk
history_month_blocker(of_month date) returns text to seloste_custodian
holds_end_at() returns timestamp with time zone
holds_from_confirmation(change uuid) returns boolean to seloste_desk
holds_identity_code(written text) returns boolean
holds_now(valid_from timestamp with time zone, valid_to timestamp with time zone) returns boolean to seloste_desk
holds_or_awaits_rights(person uuid) returns boolean
home_request_limit() returns integer
home_request_summary() returns TABLE(count integer, since timestamp with time zone, due_at timestamp with time zone) to seloste_desk
identify_requester(wanted uuid, how text) returns void to seloste_desk
identity_guard() returns trigger
import_is_logged(recording uuid) returns boolean to seloste_custodian
inherit_prohibition() returns trigger
insert_recorded_parts() returns trigger
inspection_is_copied(i inspection) returns boolean
inspection_is_urgent(i inspection) returns boolean
install_description(text text, effective_from timestamp with time zone, roles jsonb) returns boolean
install_right(holder uuid, wanted text) returns uuid
institute_digest(institute uuid) returns text
institute_has_copy(recording uuid, institute uuid, except_disclosure uuid) returns boolean
institute_has_official(official uuid, institute uuid, except_disclosure uuid) returns boolean
institute_is_blocked(wanted uuid) returns boolean
institutes_blocked() returns SETOF uuid to seloste_desk
intake_batches_in_use(ids uuid[]) returns SETOF uuid to seloste_capture
intake_key_lives(key text, of_day date) returns boolean to seloste_custodian
intake_keys_wanted() returns integer to seloste_capture, seloste_custodian
intake_version_guard() returns trigger
is_applying_change(person uuid) returns boolean to seloste_desk
is_being_destroyed(r recording) returns boolean
is_changed_since(segment uuid, part uuid, place bigint, content uuid) returns boolean
is_closed_to_late_facts(call uuid, call_started timestamp with time zone, slack interval) returns boolean to seloste_capture
is_corrected_since(part uuid, accessed_at timestamp with time zone) returns boolean to seloste_custodian
is_cut_short(person uuid, lasted tstzmultirange, lasts tstzmultirange) returns boolean
is_doubtful_after_move(r access_right) returns boolean to seloste_desk
is_fresh(token_hash bytea) returns boolean to seloste_custodian
is_involved_in_authority(d authority_disclosure) returns boolean
is_matched(q subject_request, contact uuid, call_started timestamp with time zone, segment uuid) returns boolean
is_named_as(official uuid, stated text) returns boolean
is_node_down(reporting_node uuid, node uuid) returns boolean
is_of_anothers_call(l letter, q subject_request) returns boolean
is_official(person uuid) returns boolean to seloste_desk
is_over(ended timestamp with time zone, call uuid, began timestamp with time zone) returns boolean to seloste_capture
is_playable_to_verify(r recording, reference text) returns boolean
is_reported_together(s segment, official_person uuid, official_phone text, answered timestamp with time zone, ended timestamp with time zone) returns boolean
is_requesters_call(q subject_request, contact uuid, call_started timestamp with time zone) returns boolean
is_restricted(r recording, except_request uuid DEFAULT NULL::uuid) returns boolean
is_restricted_for_others(r recording, q subject_request) returns boolean
is_same_conversation(one uuid, other uuid) returns boolean
is_same_part(fed_answered timestamp with time zone, fed_ended timestamp with time zone, fed_official text, answered timestamp with time zone, ended timestamp with time zone, official text) returns boolean
is_same_talk(one segment, other segment) returns boolean
is_search_logged(c request_call) returns boolean
is_simultaneous_talk(one segment, other segment) returns boolean
is_telephone_number(caller_kind text) returns boolean
is_unserved(i inspection, r recording) returns boolean
is_withheld_of_fed(t told_part, call uuid, call_started timestamp with time zone) returns boolean
is_working_day(day date) returns boolean
join_calibration(wanted uuid) returns uuid to seloste_desk
keep_official_name() returns trigger
keep_segment_official() returns trigger
keyring_months_pending() returns TABLE(place uuid, months bigint) to seloste_custodian, seloste_desk
last_runs(max_rows integer) returns TABLE(at timestamp with time zone, work text, result text, recordings bigint, contacts bigint, months text[], keys integer, fault text, ledger_first bigint, ledger_last bigint) to seloste_desk
late_facts_from(slack interval) returns timestamp with time zone to seloste_capture
late_part_guard() returns trigger
late_sources() returns TABLE(name text, since timestamp with time zone)
latest_appointment(recordings uuid[]) returns timestamp with time zone
latest_end(begins timestamp with time zone) returns timestamp with time zone to seloste_desk
latest_name_at(person uuid, at timestamp with time zone) returns text
ledger_appointment() returns trigger
ledger_call(q subject_request, contact uuid) returns jsonb
ledger_case() returns trigger
ledger_consent() returns trigger
ledger_content_cutoff() returns timestamp with time zone to seloste_custodian
ledger_content_guard() returns trigger
ledger_copies_released() returns trigger
ledger_description() returns trigger
ledger_disclosures() returns trigger
ledger_end() returns trigger
ledger_entry_of(recording uuid) returns TABLE(number bigint, at timestamp with time zone, cause text, done_by text, targets jsonb, hash bytea) to seloste_desk
ledger_has(kind text, object uuid) returns boolean
ledger_home_request() returns trigger
ledger_instant(at timestamp with time zone) returns text
ledger_person() returns trigger
ledger_prohibition() returns trigger
ledger_recovery_codes() returns trigger
ledger_request() returns trigger
ledger_restriction(q subject_request, contact uuid, cause text) returns void
ledger_right() returns trigger
length_ms(parts int4multirange) returns integer
letter_answers(letter_kind text, kind text, needs_own_letter boolean) returns boolean
letter_digest(facts jsonb, until timestamp with time zone) returns bytea
letter_facts(q subject_request, kind text, ground text) returns jsonb
letter_has_changed(l letter) returns boolean
letters_due() returns TABLE(request uuid, kind text) to seloste_custodian
lift_authority_holds(disclosure uuid, recordings uuid[]) returns void
lift_call_holds(q subject_request, c request_call) returns void
link_fingerprint(l one_time_link) returns text
link_hash(recording uuid, salt bytea) returns text
link_holds(l one_time_link) returns boolean
link_needs_operator(person uuid) returns boolean
list_appointments(request uuid, from_at timestamp with time zone, to_at timestamp with time zone, only_mine boolean, workstation bytea) returns SETOF jsonb to seloste_desk
list_calibrations() returns SETOF jsonb to seloste_desk
list_corrections(request uuid) returns TABLE(id uuid, request_id uuid, number text, due_at timestamp with time zone, segment_id uuid, was_name text, was_phone text, becomes_id uuid, becomes_name text, becomes_phone text, proposed_at timestamp with time zone, proposed_by uuid, decided_at timestamp with time zone, decided_by uuid, outcome text) to seloste_desk
list_evaluations() returns SETOF jsonb to seloste_desk
list_home_requests() returns TABLE(id uuid, received_at timestamp with time zone, due_at timestamp with time zone, party text, kinds text[], language text, name text, address text, email text, phone text, told text, user_id text, identified_at timestamp with time zone) to seloste_desk
list_hosts() returns TABLE(id uuid, name text) to seloste_desk
list_offices() returns TABLE(id uuid, names jsonb, address jsonb, is_closed boolean, workstations jsonb, free_slots bigint, booked_slots bigint) to seloste_desk
list_openness() returns TABLE(request_id uuid, number text, received_at timestamp with time zone, due_at timestamp with time zone, outcome text, provision text, decided_at timestamp with time zone, decided_by uuid, leads_to text, disclosure text, taken_up_at timestamp with time zone) to seloste_desk
list_orders(wanted text) returns TABLE(id uuid, contact_id uuid, covers text, provision text, authority text, order_reference text, from_at timestamp with time zone, until timestamp with time zone, entered_by uuid, ended_at timestamp with time zone, ended_by uuid, end_note text, in_force boolean, renewals jsonb, recordings jsonb, waiting bigint) to seloste_desk
list_own_evaluations() returns SETOF jsonb to seloste_desk
list_own_trainings() returns SETOF jsonb to seloste_desk
list_pending_disclosures() returns TABLE(draft_id uuid, version integer, state text, effective_from timestamp with time zone, kind text, disclosure_id uuid, number text, items bigint, ends_at timestamp with time zone) to seloste_desk
list_pending_rights() returns TABLE(draft_id uuid, version integer, state text, effective_from timestamp with time zone, request_id uuid, number text, ends_at timestamp with time zone, is_booked boolean, is_heard_before boolean, told_how text, told_at timestamp with time zone) to seloste_desk
list_referrals(kind text) returns TABLE(request_id uuid, number text, received_at timestamp with time zone, due_at timestamp with time zone, provision text, decided_at timestamp with time zone, disclosure_id uuid, disclosure text, taken_up_at timestamp with time zone) to seloste_desk
list_slots(from_at timestamp with time zone, to_at timestamp with time zone, office uuid) returns SETOF jsonb to seloste_desk
list_training_collections() returns SETOF jsonb to seloste_desk
list_training_sessions() returns SETOF jsonb to seloste_desk
list_unreconciled(wanted text, since timestamp with time zone, until timestamp with time zone, number text, feed_name text, why text, is_explained boolean, before_at timestamp with time zone, before_id uuid, max_rows integer) returns TABLE(segment_id uuid, contact_id uuid, started_at timestamp with time zone, answered_at timestamp with time zone, ended_at timestamp with time zone, number_reached text, number_name jsonb, feed text, at timestamp with time zone, failure text, others boolean, explained_at timestamp with time zone, explained_by uuid, note text) to seloste_desk
listened_until(wanted uuid, purpose text, reference text, role text DEFAULT 'SERVICE_UNIT'::text) returns timestamp with time zone to seloste_desk
listening_end_reason(l listening, signed_in boolean) returns TABLE(why text, since timestamp with time zone)
listening_now(wanted uuid) returns TABLE(recording_id uuid, speed real, why text, since timestamp with time zone) to seloste_custodian, seloste_desk
listenings_out_of_scope(lost tstzmultirange) returns TABLE(listenings bigint, outside uuid[], unlogged uuid[], items bigint, items_outside text[]) to seloste_custodian
lock_admitted_imports() returns void
lock_alarm_kind(kind text) returns void to seloste_custodian
lock_calibration(wanted uuid) returns calibration
lock_call_ids(ids text[]) returns void to seloste_capture
lock_copy(wanted uuid) returns anonymised_copy
lock_directory() returns void to seloste_desk
lock_directory_first() returns trigger
lock_evaluation(wanted uuid) returns evaluation
lock_home_request(wanted uuid) returns home_request
lock_identified_request(wanted uuid) returns subject_request
lock_letter(wanted uuid) returns letter
lock_order(wanted uuid) returns preservation_order
lock_own_evaluation(wanted uuid, seen integer) returns evaluation
lock_prepared_authority(wanted uuid) returns authority_disclosure
lock_request(wanted uuid) returns subject_request
lock_request_call(q subject_request, wanted uuid) returns request_call
lock_request_for(wanted uuid, kind text) returns subject_request
lock_request_of_letter(wanted uuid, kind text) returns subject_request
lock_research(wanted uuid, stage text DEFAULT NULL::text) returns research_disclosure
lock_training_collection(wanted uuid) returns training_collection
lock_training_moment(wanted uuid) returns training_moment
lock_training_session(wanted uuid) returns training_session
log_condition(filters jsonb) returns text
log_detail_shown(action text, detail jsonb) returns jsonb
log_entry_is_proved(action text, detail jsonb) returns boolean
log_entry_is_shown(action text, object_kind text) returns boolean
log_is_whole() returns boolean to seloste_custodian, seloste_desk
log_new_token(new_token_hash bytea, how text) returns void
log_prohibition_of_correction(act text, c correction, p prohibition) returns void
log_replayed(since bigint) returns void
log_session_end() returns trigger
logged_research_deadline(d research_disclosure) returns timestamp with time zone
logged_verifiers() returns TABLE(seq bigint, person uuid, verifier text, replaced_by bigint, replaced_at timestamp with time zone)
lost_versions() returns SETOF integer to seloste_custodian
make_link(person uuid, hash bytea) returns TABLE(id uuid, until timestamp with time zone, had_password boolean) to seloste_desk
make_workstation_code(office uuid, name text, code_hash bytea) returns timestamp with time zone to seloste_desk
mark_alarm_seen(alarm uuid) returns void to seloste_desk
mark_notices_seen(ids uuid[]) returns void to seloste_desk
mark_proved(token_hash bytea, method text, verifier text DEFAULT NULL::text) returns void to seloste_custodian
marks_of_corrected(s segment, becomes uuid) returns text[]
match_by_facts(t told_part) returns TABLE(call uuid, call_started timestamp with time zone, told_official told_official, is_doubtful boolean) to seloste_capture
match_by_ids(t told_part, reported_trunk text, is_fed boolean) returns TABLE(call uuid, call_started timestamp with time zone, is_another boolean) to seloste_capture
match_fed_call(feed_name text, ids bytea[], caller text, official text, called text, begun timestamp with time zone, parts jsonb) returns TABLE(contact uuid, contact_begun timestamp with time zone, place integer, segment uuid, is_own boolean) to seloste_capture
match_imported(t told_part) returns TABLE(segment_id uuid, call uuid, call_started timestamp with time zone, number_reached text, answered_at timestamp with time zone, ended_at timestamp with time zone, is_recorded boolean, may_be_recorded boolean, is_close boolean)
matched_call(contact uuid, reference text) returns SETOF request_call
matched_until(begun timestamp with time zone, ended timestamp with time zone) returns timestamp with time zone to seloste_capture
matches_claim(c contact, claim jsonb) returns boolean
matching_officials(filters contact_filters, viewer contact_viewer, OUT ways text[], OUT officials integer[], OUT sure integer[]) returns record
may_change_directory() returns boolean to seloste_desk
may_extract(contact uuid) returns boolean to seloste_desk
may_host(person uuid, until timestamp with time zone) returns boolean
may_know_of_holds() returns boolean
may_see_capture() returns boolean to seloste_desk
may_see_places() returns boolean to seloste_desk
missing_prerequisites(facts jsonb) returns TABLE(what text, items integer[], until timestamp with time zone) to seloste_desk
month_key_guard() returns trigger
month_start(instant timestamp with time zone) returns timestamp with time zone
months_after(instant timestamp with time zone, months integer) returns timestamp with time zone to seloste_capture
move_evaluations() returns trigger
my_prohibitions() returns TABLE(id uuid, recording_id uuid, contact_id uuid, started_at timestamp with time zone, party text, received_at timestamp with time zone, executed_at timestamp with time zone, state text) to seloste_desk
my_requests() returns TABLE(number text, kinds text[], received_at timestamp with time zone, due_at timestamp with time zone, closed_at timestamp with time zone, outcome text) to seloste_desk
name_at(person uuid, at timestamp with time zone) returns text
needs_confirmation(kind text, subject text, holder uuid, from_at timestamp with time zone, to_at timestamp with time zone) returns boolean
needs_reference(purpose text, role text) returns boolean
newest_version(form uuid) returns integer
next_disclosure_number(series text) returns text
node_timeout() returns interval to seloste_desk
normalise_claim(q subject_request, claim jsonb, caller text, service text) returns jsonb
notify_capture_of_directory() returns trigger
notify_capture_of_prohibition() returns trigger
notify_capture_of_stop() returns trigger
notify_directory_change() returns trigger
notify_factor_change() returns trigger
notify_link() returns trigger
notify_password_change() returns trigger
notify_person(person uuid, kind text, detail jsonb) returns void
numbers_of_several() returns TABLE(number text, unit_id uuid) to seloste_desk
official_at(phone text, instant timestamp with time zone) returns SETOF told_official
official_key(person uuid, phone text) returns text
official_name_id(s segment) returns integer
official_part_condition() returns text
officials_before_corrections(lost tstzmultirange) returns TABLE(part uuid, person_id uuid) to seloste_custodian
officials_by_unit() returns TABLE(unit_id uuid, name text, officials bigint) to seloste_desk
only_order_keeps(r recording) returns boolean
open_cases(r recording) returns TABLE(id uuid, kind text, party text, received_at timestamp with time zone)
open_inspection_for(wanted request_call, kind text) returns uuid
open_proven_session(person uuid, token_hash bytea, method text, expires_at timestamp with time zone) returns boolean to seloste_custodian
open_room(wanted uuid, workstation_hash bytea) returns void to seloste_desk
open_session(user_id text, proof bytea, network text, known bytea, token_hash bytea, device text, expires_at timestamp with time zone, OUT outcome text, OUT person uuid, OUT factors text[], OUT verifier text) returns record to seloste_desk
order_ended_at(o preservation_order) returns timestamp with time zone
order_guard() returns trigger
order_is_logged(contact uuid, kept text, lost tstzmultirange) returns boolean to seloste_custodian
order_logged_until(o preservation_order, lost tstzmultirange) returns timestamp with time zone
order_training_moments(wanted uuid, moments uuid[]) returns void to seloste_desk
others_report_calls(feed_name text, since timestamp with time zone, until timestamp with time zone) returns boolean to seloste_capture
own_caller_wishes(contacts uuid[], starts timestamp with time zone[]) returns TABLE(contact_id uuid, until timestamp with time zone) to seloste_desk
package_is_fetchable(p disclosure_package) returns boolean
package_is_releasable(p disclosure_package) returns boolean
package_link_language(token_hash bytea) returns text to seloste_custodian
package_state(p disclosure_package) returns text
packages_await_replication() returns boolean to seloste_custodian
packages_of(disclosures uuid[]) returns TABLE(id uuid, disclosure uuid, method text, delivery text, state text, files integer, done integer, size_bytes bigint, sha256 text, made_at timestamp with time zone, made_by uuid, expires_at timestamp with time zone, taken_at timestamp with time zone, downloads jsonb) to seloste_desk
part_before_correction(part uuid, accessed_at timestamp with time zone, lost tstzmultirange) returns TABLE(person_id uuid, unit_id uuid)
passkey_guard() returns trigger
passkey_verifier(k passkey) returns text to seloste_custodian
password_verifier(p person) returns text
pending_ends() returns TABLE(kind text, id uuid, until timestamp with time zone) to seloste_custodian
pending_right_notice_period() returns interval
person_guard() returns trigger
phone_as_reported(s segment, named text) returns text
phone_at(person uuid, at timestamp with time zone, preferred text) returns text
pick_research_item(wanted uuid, recording uuid) returns integer to seloste_desk
planned_end(r recording) returns timestamp with time zone
predates_log(instant timestamp with time zone) returns boolean
prepared_copy(wanted uuid) returns TABLE(recording_id uuid, duration_ms integer, level text, revision integer, work bytea, unplayed_ms integer) to seloste_custodian
prohibition_instant(r recording, of_party text) returns timestamp with time zone
prohibition_is_logged(p prohibition, lost tstzmultirange) returns boolean to seloste_custodian
prohibition_state(p prohibition) returns text to seloste_desk
prohibition_was_moved(p prohibition) returns boolean
prohibitions_obeyed(lost tstzmultirange) returns TABLE(prohibitions bigint, carried_out bigint, waiting bigint, overdue uuid[], standing uuid[], used uuid[], leftovers uuid[]) to seloste_custodian
propose_correction(request uuid, segment uuid, official text) returns uuid to seloste_desk
protections_taken_away(lost tstzmultirange) returns SETOF uuid to seloste_custodian
prove_again(proof bytea) returns text to seloste_desk
prove_password(token_hash bytea, proof bytea) returns text to seloste_custodian
provider_verifier(s provider_subject) returns text to seloste_custodian
provision_holds(wanted text) returns boolean to seloste_custodian, seloste_desk
prune_audit(signed jsonb) returns bigint to seloste_custodian
prune_capture_clients() returns void to seloste_capture
prune_checkpoints() returns bigint to seloste_custodian
prune_feed_data() returns void to seloste_capture
prune_ledger_content() returns bigint to seloste_custodian
prune_notices() returns void to seloste_custodian
prune_official_names() returns trigger
prune_sign_in_data() returns void to seloste_custodian
publish_quality_form(wanted uuid, seen integer) returns integer to seloste_desk
purposes_cover(granted text[], requested text[]) returns boolean
put_home_request(party text, kinds text[], language text, requester jsonb, told text, user_id text, identified_at timestamp with time zone, fetch_digest bytea) returns timestamp with time zone
put_letter(q subject_request, kind text, version integer, content jsonb, facts jsonb) returns letter
put_request(party text, kinds text[], channel text, language text, received_at timestamp with time zone, requester jsonb, official_user_id text) returns TABLE(id uuid, number text)
quality_pseudonym(person uuid, unit uuid, quarter date) returns uuid
quality_results(wanted date) returns SETOF jsonb to seloste_desk
quarantine_guard() returns trigger
quarter_start(instant timestamp with time zone) returns timestamp with time zone to seloste_desk
queue_evaluation(p sampling_plan, week date, recording uuid) returns uuid
queue_recording_webhooks() returns trigger
queue_study_recount() returns trigger
queue_webhooks(event text, object uuid, at timestamp with time zone DEFAULT clock_timestamp()) returns void
quota_counts(answered_from timestamp with time zone, answered_to timestamp with time zone, known uuid[]) returns TABLE(rule_id text, official_person_id uuid, number_reached text, recorded bigint) to seloste_capture
reached_disclosures(reach jsonb, from_at timestamp with time zone) returns TABLE(kind text, disclosure_id uuid, number text, items bigint, ends_at timestamp with time zone)
reached_requests(draft uuid, reach jsonb, from_at timestamp with time zone) returns TABLE(request_id uuid, ends_at timestamp with time zone, calls bigint, is_booked boolean, is_heard_before boolean, told_how text, told_at timestamp with time zone, is_decided boolean)
reached_rights(reach jsonb, from_at timestamp with time zone) returns TABLE(request_id uuid, recording_id uuid, ends_at timestamp with time zone)
reaches_plan(p sampling_plan) returns boolean to seloste_desk
read_copy(wanted uuid) returns TABLE(id uuid, recording_id uuid, duration_ms integer, state text, revision integer, level text, work bytea, prepared_by uuid, prepared_by_name text, unplayed int4multirange, unplayed_ms integer, engine text, engine_version text, rendered_at timestamp with time zone, sound_ms integer, unheard_ms integer, failure text, failed_turn integer, checked_at timestamp with time zone, checked_by uuid, checked_by_name text, check_note text, is_preparer boolean, may_hear boolean, may_check boolean, pseudonymised boolean) to seloste_custodian
read_evaluation(wanted uuid) returns jsonb to seloste_desk
read_home_answer(digest bytea) returns jsonb to seloste_custodian
read_ledger(before bigint, max_rows integer) returns TABLE(number bigint, at timestamp with time zone, kind text, object text, cause text, done_by text, targets jsonb) to seloste_desk
read_letter(wanted uuid) returns TABLE(number text, kind text, language text, made_at timestamp with time zone, content jsonb) to seloste_desk
read_log(filters jsonb, older_than_at timestamp with time zone, older_than_seq bigint, skip integer, max_rows integer) returns TABLE(seq bigint, at timestamp with time zone, person_id uuid, right_id uuid, role text, action text, purpose text, reference text, object_kind text, object_id uuid, result text, detail jsonb) to seloste_desk
read_log_entry(wanted bigint) returns TABLE(seq bigint, at timestamp with time zone, person_id uuid, right_id uuid, role text, action text, purpose text, reference text, object_kind text, object_id uuid, result text, detail jsonb, salt uuid, leaf bigint, is_proved boolean) to seloste_desk
read_privacy_report(wanted uuid) returns TABLE(level text, engine text, version text, evaluation jsonb, removed jsonb, redacted_ms integer, duration_ms integer, prepared_by uuid, prepared_by_name text, checked_by uuid, checked_by_name text) to seloste_desk
read_training_collection(wanted uuid) returns jsonb to seloste_desk
read_training_session(wanted uuid) returns jsonb to seloste_desk
rebuild_recorded_parts() returns void
recall_copies(recording uuid) returns void
recent_accesses() returns TABLE(in_minute integer, in_hour integer) to seloste_desk
reconciliation_counts(since timestamp with time zone, until timestamp with time zone) returns TABLE(day date, number_reached text, number_name jsonb, feed text, told bigint, expected bigint, recorded bigint, forbidden bigint, missing bigint, missing_explained bigint, waiting bigint, untold bigint, untold_explained bigint, not_yet_told bigint) to seloste_desk
reconciliation_feeds(since timestamp with time zone, until timestamp with time zone) returns TABLE(name text, source text, covers text[], alive_at timestamp with time zone, heard_at timestamp with time zone, told_from timestamp with time zone, told_until timestamp with time zone, records bigint, calls bigint, outside bigint, fault text, fault_at timestamp with time zone, behind_since timestamp with time zone, problems bigint) to seloste_desk
record_act(action text, held access_right, purpose text, kind text, object uuid, detail jsonb, reference text DEFAULT NULL::text) returns void
record_admission() returns trigger
record_appointment_act(action text, a appointment, actor uuid, detail jsonb) returns void
record_appointment_outcome(wanted uuid, how text) returns void to seloste_desk
record_attribution(contact uuid, segment uuid, person uuid) returns void
record_audit_pending() returns trigger
record_authority_act(action text, d authority_disclosure, acting text, detail jsonb) returns void
record_calibration_summary(wanted uuid, summary jsonb) returns void to seloste_desk
record_capture_stopped(wanted uuid) returns void to seloste_capture
record_client(by_trunk text, named text, session_count bigint, refused_count bigint, sends jsonb) returns void to seloste_capture
record_conference(reporting_node uuid, call uuid, call_started timestamp with time zone, t told_part) returns void to seloste_capture
record_copy_playback(wanted uuid, from_ms integer, to_ms integer) returns boolean to seloste_custodian
record_copy_preparer() returns trigger
record_directory_end(person uuid, what text) returns void
record_download(package disclosure_package, copy subject_copy, outcome text, address text) returns void
record_draw(plan uuid, week date, candidates jsonb, earlier jsonb, ranked uuid[]) returns boolean to seloste_custodian
record_evaluation_act(action text, e evaluation, detail jsonb) returns void
record_fed_calls(feed_name text, calls fed_call[]) returns void to seloste_capture
record_fed_segments(feed_name text, contact uuid, begun timestamp with time zone, parts jsonb) returns void to seloste_capture
record_flow_act(action text, segment uuid, detail jsonb) returns void
record_flow_read(segment uuid) returns void to seloste_desk
record_flows_listed(segment uuid, sessions integer) returns void to seloste_desk
record_keyring_change() returns trigger
record_kinds() returns text[]
record_ledger_pending() returns trigger
record_letter_act(action text, l letter, detail jsonb) returns void
record_office_act(action text, office uuid, detail jsonb) returns void
record_official_name() returns trigger
record_order_in_ledger(o uuid, event text, until timestamp with time zone) returns void
record_package_progress(wanted uuid, how_many integer) returns boolean to seloste_custodian
record_pending_right_notice(draft uuid, request uuid, how text) returns void to seloste_desk
record_preparer() returns trigger
record_reach(draft uuid, reach jsonb) returns void to seloste_desk
record_released_copies_change() returns trigger
record_request_act(action text, q subject_request, detail jsonb, kind text DEFAULT 'request'::text, object uuid DEFAULT NULL::uuid) returns void
record_requests_view(detail jsonb) returns void to seloste_desk
record_research_act(action text, as_role text, kind text, object uuid, detail jsonb) returns void
record_research_release(research_id uuid) returns void
record_right_act(action text, as_role text, object_kind text, object_id uuid, detail jsonb) returns void
record_segment_change() returns trigger
record_segment_replaced() returns trigger
record_sound_removal(wanted uuid) returns boolean to seloste_custodian
record_wrong_factor(token_hash bytea) returns void to seloste_custodian
recorded_state(state text, kept_at timestamp with time zone, destroy_at timestamp with time zone) returns "char"
recorded_state_conditions(filters contact_filters, progress search_progress) returns text[]
recording_end_decision(r recording) returns jsonb to seloste_custodian
recording_for_letter(r recording, reference text) returns jsonb
recording_grace() returns interval
recording_guard() returns trigger
recording_is_available(r recording) returns boolean
recording_key_guard() returns trigger
recording_terms_guard() returns trigger
recordings_are_held(contact uuid) returns boolean to seloste_custodian
recordings_by_contact(contacts uuid[]) returns SETOF recording to seloste_desk
recordings_of_package(p disclosure_package) returns SETOF uuid
recordings_to_inspect(request uuid) returns uuid[]
recount_history_day(of_day date) returns TABLE(number_called text, number_kind text, answered boolean, recorded boolean, contacts bigint)
recovery_verifier(r recovery_code) returns text to seloste_custodian
refuse_call_of_third_party() returns trigger
refuse_day(d research_disclosure, day date) returns void
refuse_extension(d research_disclosure, day date) returns void
refuse_identity_code(field text, written text) returns void
refuse_if(wrong boolean, code text, details text DEFAULT NULL::text) returns void to seloste_desk
refuse_late_recording() returns trigger
refuse_missing_prerequisites(facts jsonb, later text[]) returns void
refuse_old_transaction() returns trigger
refuse_overlap() returns trigger
refuse_own_name() returns trigger
refuse_recording_truncate() returns trigger
refuse_requester(given jsonb) returns void
refuse_supervisor_cycle() returns trigger
register_now() returns timestamp with time zone to seloste_capture, seloste_custodian, seloste_desk
reinstate_prohibitions(c correction) returns void
reject_draft(draft uuid, revision integer, note text) returns void to seloste_desk
release_evaluation(wanted uuid, seen integer, score jsonb) returns void to seloste_desk
release_is_replicated(p disclosure_package) returns boolean
released_copies_of_month(month date) returns TABLE(recording_id uuid, disclosure_id uuid, item integer, salt bytea) to seloste_custodian
released_copy_counts(lost tstzmultirange) returns TABLE(released bigint, confirmed bigint, overdue bigint, late_in_year bigint, open_in_closed bigint, tied bigint, missing bigint, unlogged bigint, recalled bigint, recalls_open bigint, recalls_overdue bigint, recalls_late_in_year bigint, not_recalled bigint, example text, recall_example text) to seloste_custodian
remember_device(device bytea) returns boolean to seloste_desk
remove_download_addresses() returns bigint to seloste_custodian
remove_letter(wanted uuid) returns void to seloste_desk
remove_slot(wanted uuid) returns void to seloste_desk
remove_trainee(wanted uuid, person uuid) returns void to seloste_desk
remove_training_moment(wanted uuid) returns void to seloste_desk
renew_order(wanted uuid, until timestamp with time zone, order_reference text) returns void to seloste_desk
reopen_history_day() returns trigger
report_admissions(node uuid, reported jsonb) returns void to seloste_capture
report_directory_end() returns trigger
report_employment_end() returns trigger
report_feed(feed_name text, feed_source text, feed_covers text[], progress jsonb) returns void to seloste_capture
report_feed_problem(problem bytea, feed_name text, in_file text, on_line integer, why text) returns boolean to seloste_capture
report_held_as_destroyed() returns void to seloste_custodian
report_instance_ended(instance uuid) returns void to seloste_capture, seloste_custodian, seloste_desk
report_obeyed_version(instance uuid, version integer, hash bytea) returns void to seloste_capture, seloste_custodian, seloste_desk
report_overdue_disclosures() returns TABLE(id uuid, number text, deadline timestamp with time zone, unconfirmed bigint) to seloste_custodian
reported_key(s segment) returns text
request_by_reference(reference text) returns SETOF subject_request
request_call_search(request uuid, wanted uuid, claim jsonb, caller text, service text) returns TABLE(call uuid, number text) to seloste_desk
request_clerks() returns SETOF uuid to seloste_desk
request_directory_change(person uuid, wanted jsonb) returns uuid to seloste_desk
request_factor_removal(person uuid, reason text) returns uuid to seloste_desk
request_facts(wanted uuid[]) returns TABLE(request_id uuid, calls jsonb, letters jsonb, appointments jsonb, copies jsonb, corrections jsonb, is_decided boolean, first_end timestamp with time zone, unfinished text[]) to seloste_desk
request_from_home(wanted uuid) returns TABLE(told text, is_fetched boolean) to seloste_desk
request_has_call(q subject_request, call uuid, instant timestamp with time zone, lost tstzmultirange) returns boolean
request_in_room() returns SETOF subject_request
request_log_verification() returns uuid to seloste_desk
request_research_extension(wanted uuid, due_on date, reasons text) returns uuid to seloste_desk
request_rights(people uuid[], role text, duty text, purposes text[], units uuid[], numbers text[], reason text, valid_from timestamp with time zone, valid_to timestamp with time zone) returns SETOF uuid to seloste_desk
request_statistics(from_day date, to_day date) returns jsonb to seloste_desk
requested_prohibitions(part segment) returns TABLE(party text, channel text, received_at timestamp with time zone, entered_by uuid, reference text)
requests_prohibition(q subject_request) returns boolean
require_confirmation(act text, object uuid, revision integer) returns void
require_confirmed_decision() returns trigger
require_destroyed_recording() returns trigger
require_destruction_entry() returns trigger
require_duty(duty text, wanted text DEFAULT NULL::text) returns access_right to seloste_desk
require_fresh() returns void
require_fresh_prohibition() returns trigger
require_fresh_release() returns trigger
require_fresh_to_lift(q subject_request, contact uuid DEFAULT NULL::uuid) returns void
require_fresh_to_lift_holds(recordings uuid[]) returns void
require_future_version() returns trigger
require_listening_entry() returns trigger
require_one_role(wanted text[]) returns text to seloste_desk
require_one_start() returns trigger
require_own_calls() returns access_right
require_part() returns trigger
require_reconciler() returns text to seloste_desk
require_releasable(research_id uuid) returns research_disclosure
require_releasable_to_authority(wanted uuid) returns authority_disclosure
require_research_role(parts text[]) returns text
require_right(wanted text, purpose text, reference text) returns access_right
require_studies() returns boolean
require_whole_register() returns text
research_contents(package uuid) returns TABLE(item integer, recording_id uuid, copy_id uuid, sound_sha256 bytea, sound_bytes bigint, sound_ms integer, level text, started_at timestamp with time zone, number_reached text, unit_id uuid) to seloste_custodian
research_deadline(d research_disclosure) returns timestamp with time zone
research_digest(d research_disclosure) returns text
research_facts(ids uuid[]) returns TABLE(id uuid, facts jsonb) to seloste_desk
research_items_to_release(research_id uuid) returns TABLE(item integer, recording_id uuid, copy_id uuid)
research_preparers(d research_disclosure) returns uuid[]
research_tracks_below_t(research uuid) returns TABLE(item integer, official uuid, is_out boolean)
resolve_duplicate_segment(reporting_node uuid, call uuid, call_started timestamp with time zone, reported jsonb) returns TABLE(verdict text, other uuid, stops boolean, stays_for_review boolean) to seloste_capture
restricted_by(q subject_request) returns SETOF recording
restriction_was_notified(q subject_request) returns boolean
restricts(q subject_request) returns boolean
retention_counts(OUT held bigint, OUT restricted bigint, OUT due_today bigint, OUT overdue bigint, OUT next_recording timestamp with time zone, OUT contacts bigint, OUT contacts_overdue bigint, OUT next_contact timestamp with time zone) returns record to seloste_desk
retention_due(from_at timestamp with time zone, to_at timestamp with time zone, by_unit text, of_number text) returns TABLE(begins timestamp with time zone, ends timestamp with time zone, recordings bigint, contacts bigint) to seloste_desk
retention_obstacles() returns TABLE(kind text, count bigint, since timestamp with time zone, deadline timestamp with time zone, place text, example text, fault text) to seloste_desk
review_months() returns TABLE(month date, looks bigint, listenings bigint, people bigint, reviewed_at timestamp with time zone, reviewed_by uuid, note text) to seloste_desk
review_right(wanted uuid, keep boolean, note text) returns void to seloste_desk
revoke_right(wanted uuid, reason text) returns void to seloste_desk
right_doubts(r access_right) returns text[] to seloste_desk
right_request_guard() returns trigger
rights_in_force() returns TABLE(rights bigint, alone bigint, unlogged bigint, beyond bigint, listenings bigint, without_right bigint, example uuid) to seloste_custodian
rights_of(person uuid, purpose text, reference text) returns SETOF access_right
role_is_held(wanted text) returns boolean
roles_of_act(action text) returns text[]
roll_up_studies() returns integer to seloste_custodian
room_contents(OUT recordings uuid[], OUT segments uuid[], OUT contacts uuid[]) returns record to seloste_desk
room_now() returns TABLE(appointment_id uuid, number text, language text, until timestamp with time zone, confirms boolean, calls jsonb) to seloste_desk
rotate_session(old_token_hash bytea, new_token_hash bytea) returns boolean to seloste_custodian
round_to_five(n bigint) returns bigint
run_call_search(request uuid, wanted uuid) returns text to seloste_desk
same_talk_elsewhere(s segment) returns SETOF segment
save_authority(wanted uuid, origin text, authority text, officer text, case_number text, aim text, provision text, received_at timestamp with time zone) returns TABLE(id uuid, number text) to seloste_desk
save_copy(wanted uuid, revision integer, level text, work bytea) returns integer to seloste_custodian
save_evaluation(wanted uuid, seen integer, answers jsonb, comments jsonb, note text) returns integer to seloste_desk
save_institute(wanted uuid, given jsonb) returns uuid to seloste_desk
save_letter(wanted uuid, kind text, version integer, content jsonb, facts jsonb) returns letter to seloste_desk
save_letter_due(wanted uuid, kind text, version integer, content jsonb, facts jsonb) returns void to seloste_custodian
save_office(wanted uuid, names jsonb, address jsonb, is_closed boolean) returns uuid to seloste_desk
save_password(person uuid, salt text, check_hash bytea, alone boolean) returns void
save_quality_form(wanted uuid, seen integer, name text, content jsonb) returns integer to seloste_desk
save_training_collection(wanted uuid, seen integer, name text, aim text) returns uuid to seloste_desk
save_training_moment(wanted uuid, collection uuid, recording uuid, from_ms integer, to_ms integer, title text, lesson text) returns uuid to seloste_desk
scim_client() returns uuid to seloste_desk
scope_grace() returns interval
search_contacts(filters contact_filters, after_at timestamp with time zone, after_id uuid, max_rows integer, oldest_first boolean DEFAULT false) returns TABLE(started_at timestamp with time zone, id uuid) to seloste_desk
search_ways(filters contact_filters, viewer contact_viewer, progress search_progress, conditions text, names text[], officials integer[], sure integer[], OUT ways text[], OUT rests text[]) returns record
second_factors(person uuid) returns text[] to seloste_custodian
seen_part_condition(viewer contact_viewer) returns text
sees_all() returns boolean to seloste_desk
sees_calibration(c calibration) returns boolean
sees_contacts() returns uuid[] to seloste_desk
sees_evaluation(e evaluation, r recording) returns boolean
sees_numbers() returns text[] to seloste_desk
sees_own() returns uuid to seloste_desk
sees_part_of(contact uuid, started timestamp with time zone, own uuid, units uuid[], numbers text[], parts uuid[]) returns boolean to seloste_desk
sees_segments() returns uuid[] to seloste_desk
sees_units() returns uuid[] to seloste_desk
segment_content(number text, person uuid, unit uuid, phone text, name text) returns uuid
segment_guard() returns trigger
segment_of(r recording) returns segment
segments_by_contact(contacts uuid[], starts timestamp with time zone[]) returns SETOF segment to seloste_desk
serve_range(token text, workstation bytea, wanted uuid, from_ms integer, to_ms integer, idle interval) returns TABLE(recording_id uuid, speed real, why text, since timestamp with time zone) to seloste_custodian
serves_recording(r recording, reference text) returns boolean
serves_requests() returns boolean
session_fingerprint(token_hash bytea) returns text
session_guard() returns trigger
session_holds(s session) returns boolean to seloste_custodian, seloste_desk
session_token_hash() returns bytea to seloste_custodian, seloste_desk
set_aside_evaluation(wanted uuid, why text) returns boolean to seloste_desk
set_listening_speed(wanted uuid, speed real) returns boolean to seloste_desk
set_listening_start() returns trigger
set_number_called() returns trigger
set_recording_start_to_answer(cut_recording uuid) returns void to seloste_custodian
set_succession_holder(kind text, subject text, holder uuid, from_at timestamp with time zone, to_at timestamp with time zone) returns void
set_unit_of_calls(person uuid, unit uuid, from_at timestamp with time zone, to_at timestamp with time zone) returns void
settle_call_end(call uuid, call_started timestamp with time zone, inferred boolean) returns void to seloste_capture
settle_caller(t told_part, call uuid, call_started timestamp with time zone) returns void to seloste_capture
settle_changed_recording() returns trigger
settle_conferences(reporting_node uuid, speaking uuid[], silent uuid[]) returns TABLE(segment_id uuid, is_shared boolean) to seloste_capture
settle_contact(wanted uuid) returns void
settle_copies() returns void to seloste_custodian
settle_ends() returns TABLE(orders bigint, inspections bigint) to seloste_custodian
settle_packages() returns void to seloste_custodian
settle_recording(wanted uuid) returns jsonb to seloste_custodian
settle_restrictions(contact uuid, request subject_request) returns void
settle_restrictions_of_call() returns trigger
settle_restrictions_of_request() returns trigger
setup_facts() returns TABLE(people bigint, roles text[], approvers bigint, has_client boolean, has_recording boolean, has_backup boolean, has_witness boolean) to seloste_desk
shown_end_day(r recording) returns timestamp with time zone
sign_in_of(person uuid) returns TABLE(has_password boolean, password_set_at timestamp with time zone, password_alone boolean, totp_added_at timestamp with time zone, totp_used_at timestamp with time zone, recovery_codes integer, passkeys integer, factors text[], demand text, link_made_at timestamp with time zone, link_until timestamp with time zone, needs_operator boolean) to seloste_desk
sign_in_source(user_id text, network text, device bytea) returns text
sign_in_under_way(token_hash bytea) returns TABLE(person uuid, awaits boolean, factors text[], demand text, method text) to seloste_custodian, seloste_desk
sign_in_wait(user_id text, network text, device bytea) returns integer to seloste_desk
sign_off_accesses(month date, note text) returns void to seloste_desk
slot_to_json(wanted office_slot) returns jsonb
spend_confirmation(holder uuid, session_hash bytea, act text, object uuid, revision integer) returns boolean to seloste_custodian
stale_letters(request uuid) returns SETOF uuid to seloste_desk
standbys() returns text[] to seloste_custodian
stop_listening(wanted uuid) returns boolean to seloste_desk
stored_effects() returns TABLE(based_on integer, text text, reach jsonb) to seloste_custodian
stored_verifiers(of_person uuid DEFAULT NULL::uuid) returns TABLE(person uuid, verifier text) to seloste_custodian
strange_verifiers(after_seq bigint, among bigint[]) returns TABLE(stored uuid[], used bigint[], people uuid[], upto bigint) to seloste_custodian
studies_known() returns TABLE(since date, today date, by_hour_from date, is_current boolean) to seloste_desk
studies_purpose() returns boolean to seloste_desk
study_columns(pattern text, of_lengths text DEFAULT NULL::text, without text[] DEFAULT '{}'::text[]) returns text
study_parts(contact uuid, begun timestamp with time zone, called text, ended timestamp with time zone) returns study_part[]
study_right(r recording) returns access_right
study_units() returns uuid[] to seloste_desk
subject_copy_state(c subject_copy) returns text
submit_feedback(language text, message text, place text, email text) returns timestamp with time zone to seloste_desk
submit_home_request(party text, kinds text[], language text, requester jsonb, told text, user_id text) returns timestamp with time zone to seloste_desk
submit_identified_home_request(party text, kinds text[], language text, requester jsonb, told text, user_id text, identified_at timestamp with time zone, fetch_digest bytea) returns timestamp with time zone to seloste_custodian
supervised_by_viewer() returns uuid[] to seloste_desk
take_intake_batches(taker uuid, max_batches integer) returns TABLE(id uuid, public_keys text[]) to seloste_capture
take_restored_correction() returns trigger
talk_bounds() returns integer[]
term_guard() returns trigger
time_session() returns trigger
took_part(person uuid, call uuid, part uuid, accessed_at timestamp with time zone, lost tstzmultirange) returns boolean to seloste_custodian
totp_verifier(t totp) returns text to seloste_custodian
training_allows(recording uuid, purpose text, reference text) returns boolean to seloste_desk
uncounted_history_days() returns SETOF date to seloste_custodian
unheard_intervals(whole_ms integer, heard int4multirange, gap_ms integer) returns int4multirange
unheard_parts(c anonymised_copy, person uuid) returns int4multirange
unit_at(person uuid, at timestamp with time zone) returns uuid
units_supervised(supervisor uuid) returns TABLE(unit_id uuid, officials integer) to seloste_desk
unplayed_parts(c anonymised_copy, person uuid) returns int4multirange
update_number_called() returns trigger
update_recorded_part_state() returns trigger
update_recorded_parts() returns trigger
use_first_link(token text, person uuid, user_id text, name text, salt text, check_hash bytea, alone boolean, proof bytea) returns void to seloste_desk
use_link(token text, code text, salt text, check_hash bytea, alone boolean) returns text to seloste_desk
verification_of(q subject_request, c request_call) returns TABLE(how text, recordings uuid[])
verifier(kind text, VARIADIC parts text[]) returns text to seloste_custodian
verifiers_detail(of_person uuid, kinds text[] DEFAULT NULL::text[]) returns jsonb to seloste_custodian
verify_call(request uuid, wanted uuid, is_party boolean) returns void to seloste_desk
version_at(instant timestamp with time zone) returns integer to seloste_capture, seloste_custodian, seloste_desk
version_effect_guard() returns trigger
view_authority(wanted uuid) returns TABLE(d authority_disclosure, seen text, is_own boolean) to seloste_desk
view_disclosures(of_year integer) returns TABLE(id uuid, kind text, number text, recipient text, about text, ground text, items bigint, unconfirmed bigint, is_assessed boolean, outcome text, decided_by uuid, decided_at timestamp with time zone, released_at timestamp with time zone, due_on date, closed_at timestamp with time zone) to seloste_desk
view_link(token text) returns TABLE(person uuid, role text, until timestamp with time zone, had_password boolean, factors text[], awaits text) to seloste_desk
view_records(wanted text[], from_day date, to_day date, after_at timestamp with time zone, after_key text) returns TABLE(key text, kind text, act text, number text, entered_at timestamp with time zone, decided_at timestamp with time zone, closed_at timestamp with time zone, outcome text, agents jsonb, languages text[], facts jsonb) to seloste_desk
view_request(wanted uuid) returns subject_request to seloste_desk
view_research(wanted uuid) returns text to seloste_desk
viewer() returns uuid to seloste_desk
viewer_is(wanted text, wanted_duty text DEFAULT NULL::text) returns boolean to seloste_desk
viewer_right(wanted text) returns uuid
viewer_sees_research() returns boolean to seloste_desk
viewer_sees_rights() returns boolean to seloste_desk
wait_bounds() returns integer[]
wait_is_logged(r recording, ends jsonb, lost tstzmultirange) returns boolean to seloste_custodian
was_answered_by(r recording, official uuid) returns boolean
was_in_scope(person uuid, purpose text, reference text, accessed_at timestamp with time zone, call uuid, part uuid, lost tstzmultirange) returns boolean
week_start(at timestamp with time zone) returns timestamp with time zone
withdraw_call(request uuid, wanted uuid) returns void to seloste_desk
withdraw_directory_change(change uuid) returns void to seloste_desk
withdraw_package(wanted uuid) returns void to seloste_desk
withdraw_prohibitions(c correction) returns void
withdraw_research(wanted uuid) returns void to seloste_desk
withdraw_right_request(request uuid) returns void to seloste_desk
withdraw_subject_copy(wanted uuid) returns void to seloste_desk
working_days_after(instant timestamp with time zone, days integer) returns timestamp with time zone
workstation_here(token_hash bytea) returns TABLE(office_id uuid, office jsonb, name text) to seloste_desk
writes_caller_differently(t told_part, call uuid, call_started timestamp with time zone) returns boolean

-- PostgreSQL's own functions that not everybody may call here
lo_close(integer)
lo_creat(integer)
lo_create(oid)
lo_from_bytea(oid,bytea)
lo_get(oid)
lo_get(oid,bigint,integer)
lo_lseek(integer,integer,integer)
lo_lseek64(integer,bigint,integer)
lo_open(oid,integer)
lo_put(oid,bigint,bytea)
lo_tell(integer)
lo_tell64(integer)
lo_truncate(integer,integer)
lo_truncate64(integer,bigint)
lo_unlink(oid)
loread(integer,integer)
lowrite(integer,bytea)
pg_advisory_lock(bigint) to seloste_custodian
pg_advisory_lock(integer,integer) to seloste_custodian
pg_advisory_lock_shared(bigint) to seloste_custodian
pg_advisory_lock_shared(integer,integer) to seloste_custodian
pg_advisory_xact_lock(bigint) to seloste_custodian
pg_advisory_xact_lock(integer,integer) to seloste_custodian
pg_advisory_xact_lock_shared(bigint) to seloste_custodian
pg_advisory_xact_lock_shared(integer,integer) to seloste_custodian
pg_cancel_backend(integer)
pg_logical_emit_message(boolean,text,bytea,boolean)
pg_logical_emit_message(boolean,text,text,boolean)
pg_terminate_backend(integer,bigint)
pg_try_advisory_lock(bigint) to seloste_custodian
pg_try_advisory_lock(integer,integer) to seloste_custodian
pg_try_advisory_lock_shared(bigint) to seloste_custodian
pg_try_advisory_lock_shared(integer,integer) to seloste_custodian
pg_try_advisory_xact_lock(bigint) to seloste_custodian
pg_try_advisory_xact_lock(integer,integer) to seloste_custodian
pg_try_advisory_xact_lock_shared(bigint) to seloste_custodian
pg_try_advisory_xact_lock_shared(integer,integer) to seloste_custodian
