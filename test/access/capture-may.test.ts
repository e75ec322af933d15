import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'

// Lists everything that capture's database role may do, each with its reason and with what an attacker in capture could
// do with it (docs/attacks.md). Before adding a right, consider what an attack could do with it.
const database = await createTestDatabase()

const functions: Readonly<Record<string, string>> = {
  'admit_fed_calls(text,jsonb)': 'entry of calls from feeds, with the rights of capture itself',
  'admit_part(uuid,jsonb)': 'entry of calls and recordings, with the rights of capture itself',
  'admit_recording(uuid,timestamp with time zone,told_part)':
    'entry of calls and recordings, with the rights of capture itself',
  'at_most_months_after(timestamp with time zone,integer)': 'arithmetic',
  'record_capture_stopped(uuid)':
    'reports that nothing of a forbidden recording is left here; unverified, and the custodian destroys it anyway',
  'capture_node_shutdown(uuid,integer)': 'heartbeat; a node id is not disclosed to anybody',
  'capture_node_heartbeat(uuid,text,text,timestamp with time zone,jsonb)':
    'heartbeat; a node id is not disclosed to anybody',
  'capture_node_ends(uuid,integer)': 'the same, of a capture before 1.0.0 that drains during an upgrade',
  'capture_node_lives(uuid,text,text,timestamp with time zone,jsonb)':
    'the same, of a capture before 1.0.0 that drains during an upgrade',
  'clock_tolerance()': 'a constant',
  'complete_fed_segment(uuid,timestamp with time zone,jsonb)':
    'adds missing facts, of calls that are not reported too late',
  'complete_part(uuid,timestamp with time zone,told_part)': 'adds missing facts, within a day of the end',
  'count_reception(timestamp with time zone,jsonb,boolean,boolean)':
    'counts by trunk and hour, which capture makes itself',
  'destruction_now()': 'the clock',
  'doubtful_fed_calls(text,fed_call[])':
    'matches calls of feeds: limited to the time in which a feed may report late, a day per call, and a limited number of questions an hour',
  'end_segments_of_down_nodes(uuid)': 'ends calls of nodes that have sent no heartbeat for a quarter of an hour',
  'forbidden_recordings(uuid[])': 'whether a recording is forbidden, which its state shows as well',
  'prune_capture_clients()': 'deletes expired data',
  'prune_feed_data()': 'deletes expired data',
  'history_ends_after(timestamp with time zone)': 'arithmetic',
  'intake_batches_in_use(uuid[])': 'whether batches of public keys that it took are still valid',
  'intake_keys_wanted()': 'how many keys are needed per day',
  'is_closed_to_late_facts(uuid,timestamp with time zone,interval)': 'answers about times that capture can read anyway',
  'resolve_duplicate_segment(uuid,uuid,timestamp with time zone,jsonb)':
    'whether another node has the segment: limited to the time in which a node may report late',
  'is_over(timestamp with time zone,uuid,timestamp with time zone)': 'answers about times that capture can read anyway',
  'late_facts_from(interval)': 'how far back late facts are accepted',
  'lock_call_ids(text[])': 'waits in turn for one call; these locks are used for nothing else',
  'matched_until(timestamp with time zone,timestamp with time zone)': 'arithmetic',
  'match_by_ids(told_part,text,boolean)':
    'distinguishes two callers under one call id: limited to the time in which a node may report late, and a limited number of questions an hour',
  'match_fed_call(text,bytea[],text,text,text,timestamp with time zone,jsonb)':
    'matches a call of a feed: limited to the time in which a feed may report late, a day per call, and a limited number of questions an hour',
  'match_by_facts(told_part)':
    'matches late facts with calls of feeds: limited to the time in which a node may report late, a day per call, and a limited number of questions an hour',
  'months_after(timestamp with time zone,integer)': 'arithmetic',
  'record_conference(uuid,uuid,timestamp with time zone,told_part)':
    'which parts of a call in progress are a conference: then they are not recorded, which capture can decide by itself',
  'record_client(text,text,bigint,bigint,jsonb)': 'counts recording clients: 500, and 1,000 features of each',
  'record_fed_calls(text,fed_call[])':
    'records which segments a feed reported; a segment that is already in the register does not become the feed’s',
  'record_fed_segments(text,uuid,timestamp with time zone,jsonb)':
    'records which segments a feed reported; a segment that is already in the register does not become the feed’s',
  'others_report_calls(text,timestamp with time zone,timestamp with time zone)':
    'whether there were calls at a time, which capture can read anyway',
  'quota_counts(timestamp with time zone,timestamp with time zone,uuid[])':
    'counts by number and official, of this week and the last as a whole',
  'destruction_due_at(timestamp with time zone,integer)': 'arithmetic',
  'register_now()': 'the clock',
  'report_admissions(uuid,jsonb)': 'its own account of what it entered, which is compared with the register',
  'report_instance_ended(uuid)': 'its own row of the description in use',
  'report_feed(text,text,text[],jsonb)': 'how far a feed has been read; only forward',
  'report_feed_problem(bytea,text,text,integer,text)': 'where a record of a feed could not be read',
  'report_obeyed_version(uuid,integer,bytea)': 'its own row of the description in use',
  'settle_caller(told_part,uuid,timestamp with time zone)':
    'deletes the number of a caller of the last day, which another client has reported at the same moment with the same official as withheld, or enters it instead of a SIP address or an extension',
  'settle_call_end(uuid,timestamp with time zone,boolean)':
    'the end of a call from its segments, with the rights of capture itself',
  'settle_conferences(uuid,uuid[],uuid[])':
    'its own parts in conferences of several nodes; a node id is not disclosed to anybody',
  'take_intake_batches(uuid,integer)': 'public keys to seal to: a share for each reported node',
  'version_at(timestamp with time zone)': 'the published description',
}

/** Columns that capture may read, insert or update, by table. It may delete nothing. */
const tables: Readonly<Record<string, { select?: string; insert?: string; update?: string }>> = {
  // Read by the policy of audit_entry.
  audit_appender: { select: 'action person refusals_only role' },
  // Only actions in audit_appender: `call.admitted`.
  audit_entry: { insert: 'action detail object_id object_kind person_id purpose reference result right_id role' },
  call_identity: {
    select: 'contact_id contact_started_at external_id_hash',
    insert: 'contact_id contact_started_at external_id_hash',
    // Within a day of the call.
    update: 'contact_id',
  },
  contact: {
    // Times of calls, without numbers.
    select: 'ended_at id started_at trunk',
    insert:
      'caller_key caller_kind caller_raw ended_at history_ends_at id number_called number_kind number_name started_at trunk',
    // Derived from its segments (call_end_guard).
    update: 'end_inferred ended_at history_ends_at trunk',
  },
  // The description is public.
  description_version: { select: 'approved_at approver author changes draft_id effective_from hash text version' },
  // Needed to look up who answers.
  person_name: { select: 'name person_id valid_from valid_to' },
  person_phone: { select: 'person_id phone_key valid_from valid_to' },
  person_placement: { select: 'person_id unit_id valid_from valid_to' },
  person_recording_consent: { select: 'person_id valid_from valid_to' },
  recording: {
    select: 'contact_id expiry_month id min_keep_until recording_months segment_id state',
    insert:
      'contact_id contact_started_at id intake_day intake_key number_reached recording_months segment_id started_at state',
    // Until the recording is stored, and with the call's terms (recording_terms_guard).
    update:
      'call_ended_at destroy_at ended_at expiry_month incomplete min_keep_until packets_lost packets_received reception sha256 size_bytes state',
  },
  segment: {
    select: 'answered_at contact_id contact_started_at ended_at id seq',
    insert:
      'answered_at beside capture_failure capture_state contact_id contact_started_at decision_reason decision_record description_version draw ' +
      'drawn_on ended_at id marks node number_called number_reached number_reached_name official_name official_person_id official_phone ' +
      'official_unit_id quota_used rule_id rule_share rule_version seq',
    // Within a day of the call (ended_part_guard).
    update:
      'answered_at capture_failure capture_state ended_at marks official_name official_person_id official_phone official_unit_id',
  },
}

test('the list above has every function that capture may call', async () => {
  const { rows } = await database.as().pool.query<{ name: string }>(
    `select p.oid::regprocedure::text as name from pg_proc p
     where p.pronamespace = 'public'::regnamespace and has_function_privilege('seloste_capture', p.oid, 'execute') order by 1`,
  )
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(functions).toSorted())
})

test('the list above has every column that capture may read, insert or update, and capture may delete nothing', async () => {
  const { rows } = await database
    .as()
    .pool.query<{ name: string; act: 'select' | 'insert' | 'update'; columns: string }>(
      `select c.relname as name, p.act, string_agg(a.attname, ' ' order by a.attname collate "C") as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     cross join (values ('select'), ('insert'), ('update'), ('references')) p(act)
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
       and has_column_privilege('seloste_capture', c.oid, a.attnum, p.act)
     group by 1, 2 order by 1, 2`,
    )
  const found: Record<string, Record<string, string>> = {}
  for (const { name, act, columns } of rows) (found[name] ??= {})[act] = columns
  expect(found).toEqual(tables)
  const { rows: whole } = await database.as().pool.query(
    `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and (
       c.relkind in ('r', 'p', 'v', 'm') and has_table_privilege('seloste_capture', c.oid, 'delete, truncate, trigger, maintain')
       or case when c.relkind = 'S' then has_sequence_privilege('seloste_capture', c.oid, 'usage, select, update') end)`,
  )
  expect(whole).toEqual([])
})
