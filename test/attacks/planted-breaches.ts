// Catalogue of planted breaches: changes by whoever owns the database, the disk or the key store, and the promise that
// must find each. Data only; plant-breaches.ts plants them in a running Seloste and waits for its own checks.
import { promises } from '#description/promises.ts'

/** A change of rows, a removal of rows, a copy of a row with other values, or statements; all run without triggers. */
export type Planted =
  | { change: string; where: string; set: string }
  | { remove: string; where: string }
  | { copy: string; where: string; as: string }
  /** Without `undo` if it appends to the log. */
  | { run: string; undo?: string }
  /** Adds a file to the data folder. */
  | { file: string }

export interface Breach {
  /** Description of the breach. */
  name: string
  /** Sentence id of the register description (docs/formats/record-of-processing.md). */
  sentence: string
  promise: string
  /** Counts of the promise of which one must rise; empty if it is enough that the promise no longer holds. */
  counts: readonly string[]
  /** True if the promise is checked hourly only. */
  hourly?: true
  plant: Planted | readonly Planted[]
}

const anyContact = `id = (select contact_id from recording where state = 'STORED' order by id limit 1)`
const unrecordedContact = `(select c.id from contact c where not exists (select from recording r where r.contact_id = c.id) order by c.id limit 1)`
const stored = `(select id from recording where state = 'STORED' order by id limit 1)`
const other = `(select id from recording where state = 'STORED' order by id desc limit 1)`
const destroyed = `(select id from recording where state = 'DESTROYED' order by id limit 1)`
const official = `(select person_id from access_right where role = 'OFFICIAL' and revoked_at is null order by person_id limit 1)`
const supervisor = `(select person_id from access_right where role = 'SUPERVISOR' and revoked_at is null order by person_id limit 1)`
const requested = `(select id from access_right where role = 'OFFICIAL' and request_id is not null and revoked_at is null order by id limit 1)`
/** A right that no other breach changes. */
const unused = `(select id from access_right where role not in ('OFFICIAL', 'SUPERVISOR') and revoked_at is null order by id desc limit 1)`
const open = `(select id from session where ended_at is null and expires_at > now() and not awaits_second_factor order by created_at limit 1)`
const logged = (action: string, object: string, detail: string) =>
  `insert into audit_entry (action, object_kind, object_id, result, detail)
   values ('${action}', 'planted', ${object}, 'ok', ${detail})`
const entry = (action: string, person: string, role: string, purpose: string | null, object: string, detail = `'{}'`) =>
  `insert into audit_entry (person_id, role, action, purpose, object_kind, object_id, result, detail)
   values (${person}, '${role}', '${action}', ${purpose === null ? 'null' : `'${purpose}'`}, 'contact', ${object}, 'ok', ${detail})`
const ofAnother = `(select s.contact_id from segment s where s.official_person_id is distinct from ${official} order by s.contact_id limit 1)`
const guardOfOneMonth = `tgname = 'keeps_official' and tgrelid = (select min(inhrelid::oid) from pg_inherits where inhparent = 'segment'::regclass)`
const fields = { sentence: 'S12', promise: 'history.fields', counts: ['unknown'] } as const
const admitted = { sentence: 'S9', promise: 'history.admitted', counts: ['missing', 'altered'] } as const
const floor = { sentence: 'S21', promise: 'recordings.floor', counts: ['early'] } as const
const protection = { sentence: 'S19', promise: 'log.whole', counts: ['protections'] } as const
const scope = { sentence: 'S27', promise: 'rights.scope', counts: ['outside'] } as const

const catalogue: readonly Breach[] = [
  // The description itself
  {
    name: 'a published text changed with its hash',
    sentence: 'S1',
    promise: 'description.current',
    counts: ['changedTexts'],
    plant: {
      change: 'description_version',
      where: 'version = 1',
      set: `text = replace(text, '0.1', '0.2'), hash = sha256(convert_to(replace(text, '0.1', '0.2'), 'UTF8'))`,
    },
  },
  {
    name: 'the effective instant of a version moved',
    sentence: 'S1',
    promise: 'description.current',
    counts: ['changedTexts'],
    plant: {
      change: 'description_version',
      where: 'version = 1',
      set: `effective_from = effective_from - interval '1 hour'`,
    },
  },
  {
    name: 'a role widened in the database alone',
    sentence: 'S27',
    promise: 'description.current',
    counts: ['changedTexts'],
    plant: {
      run: `update described_role set scope = 'none' where role = 'EXPERT' and duty = 'TRAINING'`,
      undo: `update described_role set scope = 'numbers' where role = 'EXPERT' and duty = 'TRAINING'`,
    },
  },
  {
    name: 'a process that uses another text',
    sentence: 'S1',
    promise: 'description.current',
    counts: ['disobeying'],
    plant: {
      run: `insert into obeyed_version (instance, process, version, hash) values ('00000000-0000-4000-8000-000000000001', 'seloste_desk', 1, sha256('x'))`,
      undo: `delete from obeyed_version where instance = '00000000-0000-4000-8000-000000000001'`,
    },
  },
  // Purposes
  {
    name: 'a view without a purpose',
    sentence: 'S4',
    promise: 'purposes.closed',
    counts: ['withoutPurpose'],
    plant: { run: entry('contact.read', official, 'OFFICIAL', null, unrecordedContact) },
  },
  {
    name: 'a view for marketing',
    sentence: 'S5',
    promise: 'purposes.closed',
    counts: ['outside'],
    plant: { run: entry('contact.read', official, 'OFFICIAL', 'MARKETING', unrecordedContact) },
  },
  // The history is whole
  {
    name: 'three unrecorded contacts deleted with their segments',
    ...admitted,
    plant: [
      {
        remove: 'segment',
        where: `contact_id in (select c.id from contact c where not exists (select from recording r where r.contact_id = c.id) order by c.id limit 3)`,
      },
      { remove: 'contact', where: `not exists (select from segment s where s.contact_id = contact.id)` },
    ],
  },
  {
    name: 'one segment of a call deleted',
    ...admitted,
    plant: { remove: 'segment', where: `contact_id = ${unrecordedContact}` },
  },
  {
    name: 'a recording deleted with nothing left of it',
    ...admitted,
    plant: { remove: 'recording', where: `id = ${other}` },
  },
  {
    name: 'a contact with a changed id',
    ...admitted,
    plant: {
      change: 'contact',
      where: `id = ${unrecordedContact}`,
      set: `id = '00000000-0000-4000-8000-00000000000a'`,
    },
  },
  {
    name: 'a count of admissions cut by its first fact',
    ...admitted,
    plant: {
      change: 'admission_part',
      where: `id = (select id from admission_part where cardinality(ids) > 1 order by id limit 1)`,
      set: 'kinds = kinds[2:], ids = ids[2:], starts = starts[2:], belongs_to = belongs_to[2:], contents = contents[2:]',
    },
  },
  {
    name: 'a count of admissions deleted',
    ...admitted,
    plant: { remove: 'admission_part', where: `id = (select id from admission_part order by id limit 1)` },
  },
  {
    name: 'a fact of a count replaced by another',
    ...admitted,
    plant: {
      change: 'admission_part',
      where: `id = (select id from admission_part order by id limit 1)`,
      set: 'ids[1] = gen_random_uuid()',
    },
  },
  {
    name: 'a recording moved to the call of another',
    ...admitted,
    plant: {
      change: 'recording',
      where: `id = ${stored}`,
      set: `(segment_id, contact_id, contact_started_at) =
        (select s.id, s.contact_id, s.contact_started_at from segment s where s.contact_id = ${unrecordedContact} limit 1)`,
    },
  },
  {
    name: 'a part of a call with the unit of another supervisor',
    ...admitted,
    plant: {
      change: 'segment',
      where: `contact_id = ${unrecordedContact}`,
      set: 'official_unit_id = gen_random_uuid()',
    },
  },
  {
    name: 'a recording without its call',
    sentence: 'S9',
    promise: 'history.complete',
    counts: ['strayRecordings'],
    plant: { change: 'contact', where: anyContact, set: `id = '00000000-0000-4000-8000-00000000000b'` },
  },
  {
    name: 'an ended call without its term',
    sentence: 'S20',
    promise: 'history.complete',
    counts: ['unfinished'],
    plant: { change: 'contact', where: `id = ${unrecordedContact}`, set: 'history_ends_at = null' },
  },
  {
    name: 'a call that ended before it began',
    sentence: 'S12',
    promise: 'history.complete',
    counts: ['unfinished'],
    plant: { change: 'contact', where: `id = ${unrecordedContact}`, set: `ended_at = started_at - interval '1 hour'` },
  },
  // Four identification data and nothing else
  {
    name: 'a table contact_note, filled',
    ...fields,
    plant: {
      run: `create table contact_note (contact_id uuid, caller_name text, topic text); insert into contact_note select id, 'Maija', 'debt' from contact limit 3`,
      undo: 'drop table contact_note',
    },
  },
  {
    name: 'a column with what the call was about',
    ...fields,
    plant: { run: 'alter table contact add column topic text', undo: 'alter table contact drop column topic' },
  },
  {
    name: 'a column of the directory',
    ...fields,
    plant: { run: 'alter table person add column diagnosis text', undo: 'alter table person drop column diagnosis' },
  },
  {
    name: 'a view of callers',
    ...fields,
    plant: { run: 'create view callers as select caller_key from contact', undo: 'drop view callers' },
  },
  {
    name: 'a materialised copy of the history',
    ...fields,
    plant: {
      run: 'create materialized view history_copy as select * from contact',
      undo: 'drop materialized view history_copy',
    },
  },
  {
    name: 'a schema beside the register’s',
    ...fields,
    plant: {
      run: 'create schema side; create table side.calls as select * from contact',
      undo: 'drop schema side cascade',
    },
  },
  {
    name: 'a partition under another name',
    ...fields,
    plant: {
      run: `create table hidden partition of contact for values from ('1990-01-01') to ('1990-02-01')`,
      undo: 'drop table hidden',
    },
  },
  {
    name: 'a role that reads contacts',
    ...fields,
    plant: {
      run: 'create role reader_of_calls login; grant select on contact to reader_of_calls',
      undo: 'drop owned by reader_of_calls; drop role reader_of_calls',
    },
  },
  {
    name: 'a role that reads names of officials',
    ...fields,
    plant: {
      run: 'create role reader_of_names; grant select (name) on person_name to reader_of_names',
      undo: 'drop owned by reader_of_names; drop role reader_of_names',
    },
  },
  {
    name: 'a second role in the desk’s place',
    ...fields,
    plant: { run: 'create role second_desk in role seloste_desk', undo: 'drop role second_desk' },
  },
  {
    name: 'contacts granted to everybody',
    ...fields,
    plant: { run: 'grant select on contact to public', undo: 'revoke select on contact from public' },
  },
  {
    name: 'future tables granted to a stranger',
    ...fields,
    plant: {
      run: 'create role heir; alter default privileges grant select on tables to heir',
      undo: 'drop owned by heir; drop role heir',
    },
  },
  {
    name: 'a table of topics that is made a part of an extension',
    ...fields,
    plant: {
      run: 'create table call_topic (contact_id uuid, topic text); alter extension plpgsql add table call_topic',
      undo: 'alter extension plpgsql drop table call_topic; drop table call_topic',
    },
  },
  {
    name: 'a role that reads every table',
    ...fields,
    plant: { run: 'create role reader_of_all in role pg_read_all_data', undo: 'drop role reader_of_all' },
  },
  {
    name: 'the history published to another server',
    ...fields,
    plant: { run: 'create publication all_calls for table contact', undo: 'drop publication all_calls' },
  },
  {
    name: 'a large object',
    ...fields,
    plant: { run: `select lo_from_bytea(4711, 'x')`, undo: 'select lo_unlink(4711)' },
  },
  {
    name: 'a list of members opened and a topic written into a number’s name',
    ...fields,
    plant: {
      run: `alter table contact drop constraint contact_number_name_members; update contact set number_name = number_name || '{"topic": "debt"}' where id = ${unrecordedContact}`,
      undo: `update contact set number_name = number_name - 'topic' where number_name ? 'topic'; alter table contact add constraint contact_number_name_members check (number_name - '{fi,sv,en}'::text[] = '{}')`,
    },
  },
  {
    name: 'a caller of whom more than the number is stored',
    sentence: 'S12',
    promise: 'history.fields',
    counts: ['beyondNumber'],
    plant: {
      change: 'contact',
      where: `id = (select id from contact where caller_key is not null order by id limit 1)`,
      set: `caller_raw = 'Matti from next door'`,
    },
  },
  // Recording
  {
    name: 'a recording of a call that was not drawn',
    sentence: 'S14',
    promise: 'recording.as-drawn',
    counts: ['extra'],
    plant: {
      copy: 'recording',
      where: `id = ${stored}`,
      as: `jsonb_build_object('id', gen_random_uuid()) || (select jsonb_build_object('segment_id', s.id, 'contact_id', s.contact_id, 'contact_started_at', s.contact_started_at) from segment s where not s.decision_record order by s.id limit 1)`,
    },
  },
  {
    name: 'a drawn call decided otherwise',
    sentence: 'S14',
    promise: 'recording.as-drawn',
    counts: ['otherwise', 'extra', 'omitted'],
    plant: {
      change: 'segment',
      where: `id = (select segment_id from recording where id = ${stored})`,
      set: 'draw = 0.999, decision_record = false',
    },
  },
  {
    name: 'a draw on another call’s id',
    sentence: 'S14',
    promise: 'recording.as-drawn',
    counts: ['otherwise', 'omitted', 'extra'],
    plant: {
      change: 'segment',
      where: `id = (select segment_id from recording where id = ${other})`,
      set: `drawn_on = sha256('another call')`,
    },
  },
  {
    name: 'a recording of the switchboard',
    sentence: 'S13',
    promise: 'recording.never-switchboard',
    counts: ['recorded'],
    plant: { change: 'recording', where: `id = ${stored}`, set: `number_reached = '+35829512000'` },
  },
  {
    name: 'a recording that began before the call was answered',
    sentence: 'S16',
    promise: 'recording.within-signals',
    counts: ['outside'],
    plant: { change: 'recording', where: `id = ${stored}`, set: `started_at = started_at - interval '10 seconds'` },
  },
  {
    name: 'a recording that continues after the end signal',
    sentence: 'S16',
    promise: 'recording.within-signals',
    counts: ['outside'],
    plant: { change: 'recording', where: `id = ${stored}`, set: `ended_at = ended_at + interval '1 minute'` },
  },
  // Storage
  {
    name: 'a copy of backups on no listed site',
    sentence: 'S17',
    promise: 'storage.sites',
    counts: ['unlisted'],
    plant: {
      run: `insert into place_of_data (name, kind, location, site, state, first_used_at) values ('garage', 'backup', '/garage', 'garage', 'in-use', now())`,
      undo: `delete from place_of_data where name = 'garage'`,
    },
  },
  // People
  {
    name: 'a password copied to another account',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['shared'],
    plant: {
      change: 'person',
      where: `id = ${official}`,
      set: `password_check = (select password_check from person where id = ${supervisor})`,
    },
  },
  {
    name: 'an official’s password replaced by one of the owner',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeVerifiers'],
    plant: {
      change: 'person',
      where: `id = ${official}`,
      set: `password_salt = 'planted', password_check = sha256('planted')`,
    },
  },
  {
    name: 'a sign-in with a password that is no longer stored',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeVerifiers'],
    plant: {
      run: `insert into audit_entry (person_id, action, object_kind, result, detail)
        values (${official}, 'session.started', 'session', 'refused:session.second-factor', '{"verifiers": ["password:planted"]}')`,
    },
  },
  {
    name: 'a session of somebody who had left',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeSessions'],
    plant: [
      disarm('end_access_of_leavers()', 'integer', '0'),
      {
        run: `insert into session (token_hash, person_id, created_at, expires_at) values (sha256('planted'), ${official}, now() - interval '1 minute', now() + interval '1 hour')`,
        undo: `delete from session where token_hash = sha256('planted')`,
      },
      { change: 'person', where: `id = ${official}`, set: `employed_to = now() - interval '1 day'` },
    ],
  },
  {
    name: 'a session of an official who did not sign in',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeSessions'],
    plant: {
      run: `insert into session (token_hash, person_id, created_at, expires_at) values (sha256('unlogged'), ${official}, now() - interval '1 minute', now() + interval '1 hour')`,
      undo: `delete from session where token_hash = sha256('unlogged')`,
    },
  },
  {
    name: 'an open session with another token than was given',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeSessions'],
    plant: { change: 'session', where: `id = ${open}`, set: `token_hash = sha256('another')` },
  },
  {
    name: 'a session that lasts longer than twelve hours',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeSessions'],
    plant: { change: 'session', where: `id = ${open}`, set: `created_at = created_at - interval '40 days'` },
  },
  // After the others about open sessions: it ends one.
  {
    name: 'a session that is open although the log has its end',
    sentence: 'S19',
    promise: 'access.personal',
    counts: ['strangeSessions'],
    plant: {
      run: logged('session.ended', open, `'{}'`),
      undo: `update session s set ended_at = now() where ended_at is null and exists (select from audit_entry e where e.object_id = s.id and e.action = 'session.ended')`,
    },
  },
  // Terms
  {
    name: 'a call kept past its term',
    sentence: 'S20',
    promise: 'history.term',
    counts: ['overdue'],
    plant: {
      change: 'contact',
      where: `id = ${unrecordedContact}`,
      set: `history_ends_at = now() - interval '3 hours'`,
    },
  },
  {
    name: 'a call whose row gives it no end',
    sentence: 'S20',
    promise: 'history.term',
    counts: ['overdue'],
    plant: {
      change: 'contact',
      where: `id = ${unrecordedContact}`,
      set: `started_at = started_at - interval '15 months', ended_at = ended_at - interval '15 months', history_ends_at = now() + interval '10 years'`,
    },
  },
  {
    name: 'a recording destroyed before its minimum term, as by its term',
    ...floor,
    plant: {
      change: 'recording',
      where: `id = ${destroyed}`,
      set: `cause = 'retention', destroyed_at = min_keep_until - interval '1 day'`,
    },
  },
  {
    name: 'a recording destroyed before its minimum term, as by a prohibition that nobody entered',
    ...floor,
    plant: {
      change: 'recording',
      where: `id = ${destroyed}`,
      set: `cause = 'caller', destroyed_at = min_keep_until - interval '1 day'`,
    },
  },
  {
    name: 'a recording destroyed before its minimum term, as after an order',
    ...floor,
    plant: {
      change: 'recording',
      where: `id = ${destroyed}`,
      set: `cause = 'hold-end', destroyed_at = min_keep_until - interval '1 day'`,
    },
  },
  {
    name: 'a recording destroyed before its minimum term, as never ingested',
    ...floor,
    plant: {
      change: 'recording',
      where: `id = ${destroyed}`,
      set: `cause = 'trimming', destroyed_at = min_keep_until - interval '1 day', kept_at = null`,
    },
  },
  {
    name: 'a recording destroyed at its minimum term, its day brought forward',
    ...floor,
    plant: {
      change: 'recording',
      where: `id = ${destroyed}`,
      set: `cause = 'retention', destroy_at = min_keep_until, destroyed_at = min_keep_until + interval '1 hour'`,
    },
  },
  {
    name: 'a stored recording whose file key is deleted',
    ...floor,
    counts: ['keyless'],
    plant: { remove: 'recording_key', where: `recording_id = ${stored}` },
  },
  {
    name: 'a month’s shards deleted and its key made to be destroyed',
    ...floor,
    counts: ['keyless'],
    plant: [
      {
        remove: 'shard_key',
        where: `expiry_month = (select expiry_month from recording_key order by recording_id limit 1)`,
      },
      {
        change: 'month_key',
        where: `state = 'current' and expiry_month = (select expiry_month from recording_key order by recording_id limit 1)`,
        set: `state = 'retiring', retiring_since = now(), deadline = now() - interval '1 minute'`,
      },
    ],
  },
  {
    name: 'a recording destroyed before its minimum term by the ledger, and not by its row',
    ...floor,
    plant: {
      change: 'destruction_entry',
      where: `object_kind = 'recording' and object_id = ${destroyed}`,
      set: `cause = 'retention'`,
    },
  },
  {
    name: 'a recording destroyed before its minimum term by the prohibition of another',
    ...floor,
    plant: [
      {
        run: `insert into prohibition (id, recording_id, party, channel, received_at, executed_at, entered_by) values ('00000000-0000-4000-8000-0000000000f7', ${destroyed}, 'CALLER', 'LETTER', now(), now(), ${official});
          ${logged('recording.forbidden', `'00000000-0000-4000-8000-0000000000f7'`, `jsonb_build_object('recording', gen_random_uuid(), 'party', 'CALLER')`)}`,
        undo: `delete from prohibition where channel = 'LETTER'`,
      },
      {
        change: 'recording',
        where: `id = ${destroyed}`,
        set: `cause = 'caller', destroyed_at = min_keep_until - interval '1 day'`,
      },
    ],
  },
  {
    name: 'a recording kept past its day by an order that nobody entered',
    sentence: 'S21',
    promise: 'recordings.ceiling',
    counts: ['overdue'],
    plant: [
      {
        run: `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
          select contact_id, contact_started_at, 'recordings', 'x', 'x', 'x', 'planted', now() + interval '80 days', ${official} from recording where id = ${stored}`,
        undo: `delete from preservation_order where reference = 'planted'`,
      },
      {
        change: 'recording',
        where: `id = ${stored}`,
        set: `destroy_at = now() - interval '3 hours', kept_at = now() - interval '3 hours'`,
      },
    ],
  },
  {
    name: 'a recording kept past its day by an order that lasts longer than was entered',
    sentence: 'S21',
    promise: 'recordings.ceiling',
    counts: ['overdue'],
    plant: [
      {
        run: `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
          select '00000000-0000-4000-8000-0000000000f9', contact_id, contact_started_at, 'recordings', 'x', 'x', 'x', 'planted', now() + interval '3 years', ${official} from recording where id = ${stored};
          ${logged('hold.entered', `'00000000-0000-4000-8000-0000000000f9'`, `jsonb_build_object('until', now() + interval '2 months')`)}`,
        undo: `delete from preservation_order where reference = 'planted'`,
      },
      {
        change: 'recording',
        where: `id = ${stored}`,
        set: `destroy_at = now() - interval '3 hours', kept_at = now() - interval '3 hours'`,
      },
    ],
  },
  {
    name: 'a recording kept past its day',
    sentence: 'S21',
    promise: 'recordings.ceiling',
    counts: ['overdue'],
    plant: {
      change: 'recording',
      where: `id = ${stored}`,
      set: `destroy_at = now() - interval '3 hours', kept_at = now() - interval '3 hours'`,
    },
  },
  {
    name: 'the key of a recording that is destroyed, put back',
    sentence: 'S35',
    promise: 'recordings.ceiling',
    counts: ['leftovers'],
    plant: {
      copy: 'recording_key',
      where: `recording_id = ${stored}`,
      as: `jsonb_build_object('recording_id', ${destroyed})`,
    },
  },
  {
    name: 'the key of a month long past in the key store',
    sentence: 'S21',
    promise: 'recordings.ceiling',
    counts: ['leftovers'],
    plant: { file: 'keys/month-2020-01.v1.key' },
  },
  {
    name: 'sound of a destroyed recording put back on the disk',
    sentence: 'S35',
    promise: 'recordings.ceiling',
    counts: ['leftovers'],
    hourly: true,
    plant: { file: `objects/recordings/DESTROYED.body` },
  },
  {
    name: 'a destruction taken out of the ledger',
    sentence: 'S35',
    promise: 'history.tells-recorded',
    counts: ['withoutLedger'],
    plant: {
      change: 'destruction_entry',
      where: `object_id = ${destroyed}`,
      set: `object_id = '00000000-0000-4000-8000-00000000000d'`,
    },
  },
  {
    name: 'a drawn call without a trace of its recording',
    sentence: 'S30',
    promise: 'history.tells-recorded',
    counts: ['silent'],
    plant: [
      { remove: 'recording', where: `id = ${other}` },
      { change: 'segment', where: `decision_record`, set: `ended_at = ended_at - interval '2 hours'` },
    ],
  },
  {
    name: 'a sweep that has not run for three hours',
    sentence: 'S20',
    promise: 'history.term',
    counts: [],
    plant: {
      run: `update work_done set at = now() - interval '3 hours' where work = 'sweep'`,
      undo: `update work_done set at = now() where work = 'sweep'`,
    },
  },
  {
    name: 'a sweep dated tomorrow, by a wrong clock or a hand',
    sentence: 'S21',
    promise: 'recordings.ceiling',
    counts: [],
    plant: {
      run: `update work_done set at = now() + interval '1 day' where work = 'sweep'`,
      undo: `update work_done set at = now() where work = 'sweep'`,
    },
  },
  // Sound
  {
    name: 'sound served after its listening had ended',
    sentence: 'S22',
    promise: 'recordings.stay',
    counts: ['outside'],
    plant: {
      run: `insert into listening_range (listening_id, at, from_ms, to_ms) select id, until + interval '1 minute', 0, 1000 from listening order by id limit 1`,
      undo: `delete from listening_range where to_ms = 1000 and from_ms = 0 and at > now()`,
    },
  },
  // Disclosures
  {
    name: 'a copy lent past its day',
    sentence: 'S23',
    promise: 'disclosures.returned',
    counts: ['overdue', 'openInClosed', 'tied'],
    plant: [
      {
        run: `insert into institute (id, name, contact, email, language, added_by) values ('00000000-0000-4000-8000-00000000000e', 'Institute', 'x', 'x@example.test', 'fi', ${official})`,
        undo: `delete from institute where id = '00000000-0000-4000-8000-00000000000e'`,
      },
      {
        run: `insert into research_disclosure (id, number, institute_id, study, due_on, format, prepared_by) values ('00000000-0000-4000-8000-00000000000f', 'T-2020-1', '00000000-0000-4000-8000-00000000000e', 's', '2020-06-01', 'OPUS', ${official})`,
        undo: `delete from research_disclosure where number = 'T-2020-1'`,
      },
      {
        run: `insert into disclosed_copy (id, disclosure, recipient, item, recording_id, due_at) values (gen_random_uuid(), 'T-2020-1', 'Institute', 1, ${stored}, now() - interval '1 day')`,
        undo: `delete from disclosed_copy where disclosure = 'T-2020-1'`,
      },
    ],
  },
  {
    name: 'an original lent to research without an anonymised copy',
    sentence: 'S25',
    promise: 'disclosures.anonymised',
    counts: ['unchecked'],
    plant: {
      run: `insert into disclosed_copy (disclosure, recipient, item, recording_id) values ('T-2021-1', 'Institute', 1, ${stored})`,
      undo: `delete from disclosed_copy where disclosure = 'T-2021-1'`,
    },
  },
  {
    name: 'an anonymised copy that its preparer approved',
    sentence: 'S25',
    promise: 'disclosures.anonymised',
    counts: ['alone'],
    plant: {
      run: `alter table anonymised_copy drop constraint anonymised_copy_check; insert into anonymised_copy (recording_id, duration_ms, state, prepared_by, checked_by, rendered_at, checked_at) values (${stored}, 1000, 'APPROVED', ${official}, ${official}, now(), now())`,
      undo: `delete from anonymised_copy where recording_id = ${stored}; alter table anonymised_copy add constraint anonymised_copy_check check (checked_by <> prepared_by)`,
    },
  },
  {
    name: 'a check of a copy that is missing from the log',
    sentence: 'S25',
    promise: 'disclosures.anonymised',
    counts: ['alone'],
    plant: {
      run: `insert into anonymised_copy (recording_id, duration_ms, state, prepared_by, checked_by, rendered_at, checked_at) values (${stored}, 1000, 'APPROVED', ${official}, ${supervisor}, now(), now())`,
      undo: `delete from anonymised_copy where recording_id = ${stored}`,
    },
  },
  {
    name: 'a recording transcribed by a program although the description has no transcripts',
    sentence: 'S5',
    promise: 'transcripts.as-described',
    counts: ['outside'],
    plant: {
      run: `insert into anonymised_copy (recording_id, duration_ms, prepared_by, recognised_at) values (${stored}, 1000, ${official}, now())`,
      undo: `delete from anonymised_copy where recording_id = ${stored}`,
    },
  },
  {
    name: 'a disclosure to an authority on a provision that nobody listed',
    sentence: 'S26',
    promise: 'disclosures.founded',
    counts: ['unfounded'],
    plant: {
      run: authority('V-2020-1', `'no-such-provision'`, official, supervisor),
      undo: `delete from authority_disclosure where number = 'V-2020-1'`,
    },
  },
  {
    name: 'a disclosure to an authority decided by who entered it',
    sentence: 'S26',
    promise: 'disclosures.founded',
    counts: ['alone'],
    plant: {
      run: `alter table authority_disclosure drop constraint authority_disclosure_check2; ${authority('V-2020-2', `'no-such-provision'`, official, official)}`,
      undo: `delete from authority_disclosure where number = 'V-2020-2'; alter table authority_disclosure add constraint authority_disclosure_check2 check (decided_by <> entered_by)`,
    },
  },
  {
    name: 'data given to an authority without a decision',
    sentence: 'S26',
    promise: 'disclosures.founded',
    counts: ['unfounded'],
    plant: {
      run: `insert into authority_disclosure (number, origin, authority, officer, case_number, aim, received_at, entered_by) values ('V-2020-3', 'REQUEST', 'Police', 'x', '1', 'INVESTIGATION', now(), ${official}); insert into disclosed_copy (disclosure, recipient, item, recording_id) values ('V-2020-3', 'Police', 1, ${stored})`,
      undo: `delete from disclosed_copy where disclosure = 'V-2020-3'; delete from authority_disclosure where number = 'V-2020-3'`,
    },
  },
  {
    name: 'a copy of a forbidden recording that nobody recalled',
    sentence: 'S24',
    promise: 'disclosures.recalled',
    counts: ['notRecalled'],
    plant: [
      {
        run: `insert into disclosed_copy (disclosure, recipient, item, recording_id) values ('V-2020-9', 'Police', 1, ${stored})`,
        undo: `delete from disclosed_copy where disclosure = 'V-2020-9'`,
      },
      forbidden('0 hours'),
    ],
  },
  // Rights
  {
    name: 'a right wider than the description',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['beyond'],
    plant: {
      change: 'access_right',
      where: `id = (select id from access_right where role = 'OFFICIAL' order by id limit 1)`,
      set: `purposes = '{DEVELOPMENT,MAINTENANCE}'`,
    },
  },
  {
    name: 'a right that the installation does not give',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['alone'],
    plant: grantedBy('installation', 'null', 'null'),
  },
  {
    name: 'a right in the names of two others that is missing from the log',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['unlogged'],
    plant: grantedBy(
      'procedure',
      official,
      `(select id from person where id not in (${official}, ${supervisor}) order by id limit 1)`,
    ),
  },
  {
    name: 'a right that lasts longer than was granted',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['unlogged'],
    plant: { change: 'access_right', where: `id = ${requested}`, set: `valid_to = valid_to + interval '5 years'` },
  },
  {
    name: 'a right for another purpose than was granted, and its request with it',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['unlogged'],
    plant: [
      {
        change: 'right_request',
        where: `id = (select request_id from access_right where id = ${requested})`,
        set: `purposes = '{DEVELOPMENT,INSPECTION,MAINTENANCE}'`,
      },
      { change: 'access_right', where: `id = ${requested}`, set: `purposes = '{DEVELOPMENT,INSPECTION,MAINTENANCE}'` },
    ],
  },
  {
    name: 'a right that was revoked, in force again',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['unlogged'],
    plant: {
      run: logged('right.revoked', unused, `'{}'`),
      undo: `update access_right r set revoked_at = now() where revoked_at is null and exists (select from audit_entry e where e.object_id = r.id and e.action = 'right.revoked')`,
    },
  },
  {
    name: 'a right that its holder approved',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['alone'],
    plant: {
      run: `create temp table was as select id, approved_by from access_right where role = 'SUPERVISOR' order by id limit 1; alter table access_right drop constraint access_right_check1; update access_right a set approved_by = person_id from was where a.id = was.id`,
      undo: `update access_right a set approved_by = was.approved_by from was where a.id = was.id; drop table was; alter table access_right add constraint access_right_check1 check (approved_by <> person_id and approved_by <> requested_by)`,
    },
  },
  {
    name: 'a listening on no right',
    sentence: 'S27',
    promise: 'rights.granted',
    counts: ['withoutRight'],
    plant: listening(official, 'OFFICIAL', 'DEVELOPMENT', stored, 'gen_random_uuid()'),
  },
  {
    name: 'a listening of a supervisor on another unit’s recording',
    ...scope,
    plant: [
      {
        change: 'segment',
        where: `id = (select segment_id from recording where id = ${stored})`,
        set: 'official_unit_id = gen_random_uuid()',
      },
      listening(supervisor, 'SUPERVISOR', 'DEVELOPMENT', stored),
    ],
  },
  {
    name: 'a search page that shows another unit’s call to a supervisor',
    ...scope,
    plant: [
      { change: 'segment', where: `contact_id = ${unrecordedContact}`, set: 'official_unit_id = gen_random_uuid()' },
      {
        run: entry(
          'contacts.listed',
          supervisor,
          'SUPERVISOR',
          'DEVELOPMENT',
          'null',
          `jsonb_build_object('contacts', jsonb_build_array(${unrecordedContact}))`,
        ),
      },
    ],
  },
  {
    name: 'a wall that showed another unit’s call to a supervisor',
    ...scope,
    plant: [
      { change: 'segment', where: `contact_id = ${unrecordedContact}`, set: 'official_unit_id = gen_random_uuid()' },
      {
        run: entry(
          'calls.watched',
          supervisor,
          'SUPERVISOR',
          'DEVELOPMENT',
          'null',
          `jsonb_build_object('segments', (select jsonb_agg(id) from segment where contact_id = ${unrecordedContact}))`,
        ),
      },
    ],
  },
  {
    name: 'a recording of another picked for research by an official',
    sentence: 'S23',
    promise: 'rights.scope',
    counts: ['outside'],
    plant: [
      {
        run: `insert into research_disclosure (id, number, institute_id, study, due_on, format, prepared_by) values ('00000000-0000-4000-8000-000000000010', 'T-2022-1', '00000000-0000-4000-8000-00000000000e', 's', '2030-06-01', 'OPUS', ${official})`,
        undo: `delete from research_disclosure where number = 'T-2022-1'`,
      },
      {
        change: 'segment',
        where: `id = (select segment_id from recording where id = ${stored})`,
        set: `official_person_id = ${supervisor}`,
      },
      {
        run: `insert into research_item (disclosure_id, item, recording_id, picked_by) values ('00000000-0000-4000-8000-000000000010', 1, ${stored}, ${official})`,
        undo: `delete from research_item where disclosure_id = '00000000-0000-4000-8000-000000000010'`,
      },
    ],
  },
  {
    name: 'a recording of their own picked for research by an official',
    sentence: 'S23',
    promise: 'rights.scope',
    counts: ['outside'],
    plant: [
      {
        run: `insert into research_disclosure (id, number, institute_id, study, due_on, format, prepared_by) values ('00000000-0000-4000-8000-000000000018', 'T-2022-2', '00000000-0000-4000-8000-00000000000e', 's', '2030-06-01', 'OPUS', ${official})`,
        undo: `delete from research_disclosure where number = 'T-2022-2'`,
      },
      {
        change: 'segment',
        where: `id = (select segment_id from recording where id = ${stored})`,
        set: `official_person_id = ${official}`,
      },
      {
        run: `insert into research_item (disclosure_id, item, recording_id, picked_by) values ('00000000-0000-4000-8000-000000000018', 1, ${stored}, ${official})`,
        undo: `delete from research_item where disclosure_id = '00000000-0000-4000-8000-000000000018'`,
      },
    ],
  },
  {
    name: 'a call added for an authority by an official',
    sentence: 'S23',
    promise: 'rights.scope',
    counts: ['outside'],
    plant: [
      {
        run: `insert into authority_disclosure (id, number, origin, authority, officer, case_number, aim, received_at, entered_by) values ('00000000-0000-4000-8000-000000000019', 'V-2022-9', 'REQUEST', 'a', 'o', 'c', 'INVESTIGATION', now(), ${official})`,
        undo: `delete from authority_disclosure where number = 'V-2022-9'`,
      },
      {
        run: `insert into authority_item (disclosure_id, item, contact_id, contact_started_at, what, added_by) select '00000000-0000-4000-8000-000000000019', 1, c.id, c.started_at, 'IDENTIFICATION_DATA', ${official} from contact c where c.id = ${unrecordedContact}`,
        undo: `delete from authority_item where disclosure_id = '00000000-0000-4000-8000-000000000019'`,
      },
    ],
  },
  {
    name: 'a disclosure decided by an official',
    ...scope,
    plant: { run: entry('research.decided', official, 'DECISION_MAKER', null, 'gen_random_uuid()') },
  },
  {
    name: 'a view by an official in the role of an expert',
    ...scope,
    plant: {
      run: entry(
        'contact.read',
        official,
        'EXPERT',
        'DEVELOPMENT',
        `(select s.contact_id from segment s where s.official_person_id = ${official} order by s.contact_id limit 1)`,
      ),
    },
  },
  {
    name: 'a call of another read by an official',
    sentence: 'S28',
    promise: 'rights.own',
    counts: ['ofOthers'],
    plant: { run: entry('contact.read', official, 'OFFICIAL', 'DEVELOPMENT', ofAnother) },
  },
  {
    name: 'a caller of another’s call revealed to an official',
    sentence: 'S28',
    promise: 'rights.own',
    counts: ['ofOthers'],
    plant: { run: entry('caller.revealed', official, 'OFFICIAL', 'DEVELOPMENT', ofAnother) },
  },
  {
    name: 'a call of another read by an official, excused by a correction that nobody decided',
    sentence: 'S28',
    promise: 'rights.own',
    counts: ['ofOthers'],
    plant: [
      {
        run: `insert into correction (id, request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id, proposed_by, decided_at, decided_by, outcome)
          select '00000000-0000-4000-8000-00000000001a', gen_random_uuid(), id, contact_id, contact_started_at, ${official}, official_unit_id, ${supervisor}, ${official}, now() + interval '1 minute', ${supervisor}, 'APPROVED'
          from segment where contact_id = ${ofAnother} limit 1`,
        undo: `delete from correction where id = '00000000-0000-4000-8000-00000000001a'`,
      },
      { run: entry('contact.read', official, 'OFFICIAL', 'DEVELOPMENT', ofAnother) },
    ],
  },
  {
    name: 'a view by maintenance without a fault',
    sentence: 'S29',
    promise: 'rights.maintenance-security',
    counts: ['withoutReference'],
    plant: { run: entry('contact.read', official, 'MAINTENANCE', 'MAINTENANCE', unrecordedContact) },
  },
  {
    name: 'a listening of the security unit without a case',
    sentence: 'S29',
    promise: 'rights.maintenance-security',
    counts: ['withoutReference'],
    plant: listening(official, 'SECURITY', 'CRIME_OR_MISUSE', stored),
  },
  {
    name: 'a listening that is missing from the log',
    ...scope,
    counts: ['untold'],
    plant: listening(official, 'OFFICIAL', 'DEVELOPMENT', stored),
  },
  // Requests
  {
    name: 'a view for inspection by a supervisor',
    sentence: 'S31',
    promise: 'inspections.at-office',
    counts: ['others'],
    plant: { run: entry('contact.read', supervisor, 'SUPERVISOR', 'INSPECTION', unrecordedContact) },
  },
  {
    name: 'an appointment heard a day before it began',
    sentence: 'S32',
    promise: 'inspections.at-office',
    counts: ['elsewhere'],
    plant: [
      {
        run: `insert into office_slot (id, office_id, starts_at, ends_at, host_id, added_by) values ('00000000-0000-4000-8000-000000000011', gen_random_uuid(), now() + interval '1 day', now() + interval '25 hours', ${official}, ${official})`,
        undo: `delete from office_slot where id = '00000000-0000-4000-8000-000000000011'`,
      },
      {
        run: `insert into appointment (id, request_id, slot_id, needs, state, booked_by, ended_at) values ('00000000-0000-4000-8000-000000000012', gen_random_uuid(), '00000000-0000-4000-8000-000000000011', '{}', 'HEARD', ${official}, now())`,
        undo: `delete from appointment where id = '00000000-0000-4000-8000-000000000012'`,
      },
    ],
  },
  {
    name: 'a prohibition that nobody carries out',
    sentence: 'S34',
    promise: 'prohibitions.obeyed',
    counts: ['overdue'],
    plant: [disarm('settle_recording(wanted uuid)', 'jsonb', 'null::jsonb'), forbidden('2 hours')],
  },
  {
    name: 'a prohibition kept waiting by an order that nobody entered',
    sentence: 'S34',
    promise: 'prohibitions.obeyed',
    counts: ['overdue'],
    plant: [
      {
        run: `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
          select contact_id, contact_started_at, 'recordings', 'x', 'x', 'x', 'waits', now() + interval '80 days', ${official} from recording where id = ${stored}`,
        undo: `delete from preservation_order where reference = 'waits'`,
      },
      forbidden('2 hours'),
    ],
  },
  {
    name: 'a prohibition kept waiting by a case that nobody opened',
    sentence: 'S34',
    promise: 'prohibitions.obeyed',
    counts: ['overdue'],
    plant: [
      {
        run: `insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_by)
          select '00000000-0000-4000-8000-00000000001b', 'waits', 'OFFICIAL', contact_id, contact_started_at, now() - interval '3 hours', ${official} from recording where id = ${stored};
          insert into inspection_recording values ('00000000-0000-4000-8000-00000000001b', ${stored})`,
        undo: `delete from inspection_recording where inspection_id = '00000000-0000-4000-8000-00000000001b'; delete from inspection where reference = 'waits'`,
      },
      forbidden('2 hours'),
    ],
  },
  {
    name: 'a prohibition kept waiting by a case that was closed',
    sentence: 'S34',
    promise: 'prohibitions.obeyed',
    counts: ['overdue'],
    plant: [
      {
        run: `insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_by)
          select '00000000-0000-4000-8000-0000000000fb', 'waits', 'OFFICIAL', contact_id, contact_started_at, now() - interval '3 hours', ${official} from recording where id = ${stored};
          insert into inspection_recording values ('00000000-0000-4000-8000-0000000000fb', ${stored});
          ${logged('inspection.opened', `'00000000-0000-4000-8000-0000000000fb'`, `jsonb_build_object('recordings', jsonb_build_array(${stored}))`)};
          ${logged('inspection.closed', `'00000000-0000-4000-8000-0000000000fb'`, `'{}'`)}`,
        undo: `delete from inspection_recording where inspection_id = '00000000-0000-4000-8000-0000000000fb'; delete from inspection where reference = 'waits'`,
      },
      forbidden('2 hours'),
    ],
  },
  {
    name: 'a prohibition taken out of the register while its recording stands',
    sentence: 'S34',
    promise: 'prohibitions.obeyed',
    counts: ['overdue'],
    plant: {
      run: logged(
        'recording.forbidden',
        `'00000000-0000-4000-8000-0000000000f3'`,
        `jsonb_build_object('recording', ${stored}, 'party', 'CALLER')`,
      ),
      undo: logged('recording.prohibition-withdrawn', `'00000000-0000-4000-8000-0000000000f3'`, `'{}'`),
    },
  },
  {
    name: 'a prohibition said to be carried out while the recording stands',
    sentence: 'S35',
    promise: 'prohibitions.obeyed',
    counts: ['standing'],
    plant: {
      run: `insert into prohibition (recording_id, party, channel, received_at, executed_at, entered_by) values (${stored}, 'CALLER', 'LETTER', now(), now(), ${official})`,
      undo: `delete from prohibition where channel = 'LETTER'`,
    },
  },
  {
    name: 'a forbidden recording heard for development',
    sentence: 'S34',
    promise: 'prohibitions.obeyed',
    counts: ['used'],
    plant: [
      {
        run: `insert into prohibition (recording_id, party, channel, received_at, entered_by) values ((select recording_id from listening order by id limit 1), 'CALLER', 'LETTER', now() - interval '10 minutes', ${official})`,
        undo: `delete from prohibition where channel = 'LETTER'`,
      },
      {
        run: `insert into listening_range (listening_id, at, from_ms, to_ms) select id, now(), 5, 6 from listening order by id limit 1`,
        undo: `delete from listening_range where from_ms = 5 and to_ms = 6`,
      },
    ],
  },
  // Protections of the data
  {
    name: 'a trigger of the log switched off',
    ...protection,
    plant: {
      run: 'alter table audit_entry disable trigger append_only',
      undo: 'alter table audit_entry enable trigger append_only',
    },
  },
  {
    name: 'the guard of recordings switched off',
    ...protection,
    plant: { run: 'alter table recording disable trigger user', undo: 'alter table recording enable trigger user' },
  },
  {
    name: 'row-level security of contacts switched off',
    ...protection,
    plant: {
      run: 'alter table contact disable row level security',
      undo: 'alter table contact enable row level security',
    },
  },
  {
    name: 'a policy that lets the desk see every recording',
    ...protection,
    plant: {
      run: 'create policy sees_all_now on recording for select to seloste_desk using (true)',
      undo: 'drop policy sees_all_now on recording',
    },
  },
  {
    name: 'the desk allowed to delete contacts',
    ...protection,
    plant: { run: 'grant delete on contact to seloste_desk', undo: 'revoke delete on contact from seloste_desk' },
  },
  {
    name: 'the desk allowed to bypass row-level security',
    ...protection,
    plant: { run: 'alter role seloste_desk bypassrls', undo: 'alter role seloste_desk nobypassrls' },
  },
  {
    name: 'a function that shows calls, made a part of an extension',
    ...protection,
    plant: {
      run: `create function all_calls() returns setof contact language sql security definer as 'select * from contact'; alter extension plpgsql add function all_calls()`,
      undo: 'alter extension plpgsql drop function all_calls(); drop function all_calls()',
    },
  },
  {
    name: 'the triggers of the log hidden from PostgreSQL in its catalogue',
    ...protection,
    plant: {
      run: `set allow_system_table_mods = on; update pg_class set relhastriggers = false where oid = 'audit_entry'::regclass`,
      undo: `update pg_class set relhastriggers = true where oid = 'audit_entry'::regclass; reset allow_system_table_mods`,
    },
  },
  {
    name: 'a guard of one month of segments that fires on other statements',
    ...protection,
    plant: {
      run: `set allow_system_table_mods = on; update pg_trigger set tgtype = tgtype # 16 where ${guardOfOneMonth}`,
      undo: `update pg_trigger set tgtype = tgtype # 16 where ${guardOfOneMonth}; reset allow_system_table_mods`,
    },
  },
  {
    name: 'a trigger of the log with a function of the same name in another schema',
    ...protection,
    plant: {
      run: `create function information_schema.audit_entry_guard() returns trigger language plpgsql as 'begin return coalesce(new, old); end';
         drop trigger append_only on audit_entry;
         create trigger append_only before update or delete or truncate on audit_entry for each statement execute function information_schema.audit_entry_guard()`,
      undo: `drop trigger append_only on audit_entry;
         create trigger append_only before update or delete or truncate on audit_entry for each statement execute function audit_entry_guard();
         drop function information_schema.audit_entry_guard()`,
    },
  },
  {
    name: 'the desk’s statements in the server’s log with their values',
    ...protection,
    plant: {
      run: `alter role seloste_desk set log_statement = 'all'; alter role seloste_desk set log_parameter_max_length = -1`,
      undo: 'alter role seloste_desk reset log_statement; alter role seloste_desk reset log_parameter_max_length',
    },
  },
  {
    // Must be the last in the list, because later breaches would meet no trigger.
    name: 'all triggers switched off in the settings of the server',
    ...protection,
    plant: {
      run: `copy (select 'session_replication_role = replica') to program 'cat >> postgresql.auto.conf'; select pg_reload_conf()`,
      undo: `copy (select) to program 'sed -i /session_replication_role/d postgresql.auto.conf'; select pg_reload_conf()`,
    },
  },
]

/** Breaches whose promise this version has. */
export const breaches = catalogue.filter(({ promise }) => (promises as readonly string[]).includes(promise))

/** Replaces a function of the custodian that would repair the breach by one that does nothing. */
function disarm(signature: string, returns: string, value: string): Planted {
  const name = signature.replace(/\(.*/, '')
  return {
    run: `alter function ${name} rename to ${name}_was; create function ${signature} returns ${returns} language sql as 'select ${value}'; grant execute on function ${name} to seloste_custodian`,
    undo: `drop function ${name}; alter function ${name}_was rename to ${name}`,
  }
}

function authority(number: string, provision: string, entered: string, decided: string): string {
  return `insert into authority_disclosure (number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by,
    assessment, assessed_at, assessed_by, outcome, reasons, decided_at, decided_by)
  values ('${number}', 'REQUEST', 'Police', 'x', '1', 'INVESTIGATION', ${provision}, now(), ${entered}, 'x', now(), ${entered}, 'GRANTED', 'x', now(), ${decided})`
}

function forbidden(ago: string): Planted {
  return {
    run: `insert into prohibition (recording_id, party, channel, received_at, entered_by) values (${stored}, 'CALLER', 'LETTER', now() - interval '${ago}', ${official})`,
    undo: `delete from prohibition where channel = 'LETTER'`,
  }
}

function grantedBy(origin: string, requester: string, approver: string): Planted {
  const id = '00000000-0000-4000-8000-000000000036'
  return {
    run: `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, valid_to, origin, requested_by, approved_by)
      values ('${id}', ${supervisor}, 'SECURITY', '{CRIME_OR_MISUSE}', 'all', now() - interval '1 minute', now() + interval '300 days', '${origin}', ${requester}, ${approver})`,
    undo: `delete from access_right where id = '${id}'`,
  }
}

function listening(person: string, role: string, purpose: string, recording: string, right?: string): Planted {
  return {
    run: `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until, ended_at)
      values ('00000000-0000-4000-8000-000000000014', ${recording}, ${person}, ${right ?? `(select id from access_right where person_id = ${person} limit 1)`}, '', '${role}', '${purpose}', now(), now(), now())`,
    undo: `delete from listening where id = '00000000-0000-4000-8000-000000000014'`,
  }
}
