import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()

describe('database roles', () => {
  const forbidden: [role: string, statements: string[]][] = [
    [
      'seloste_desk',
      [
        'select * from recording_key',
        'select * from shard_key',
        'select * from intake_key',
        'select * from intake_batch',
        'select * from intake_private_key',
        'select * from key_lock',
        'select * from audit_entry',
        'select * from destruction_entry',
        'select * from call_identity',
        "update contact set caller_kind = 'short'",
        "update segment set official_name = 'x'",
        "update recording set state = 'DESTROYED'",
        'delete from contact',
        'delete from segment',
        'delete from recording',
        'delete from session',
        'delete from listening',
        'insert into contact select * from contact',
        'insert into access_right select * from access_right',
        "update access_right set purposes = '{MAINTENANCE}'",
        "update person set password_salt = ''",
        'select password_check from person',
        'insert into session select * from session',
        'update session set person_id = person_id',
        "insert into audit_entry (at, action, result) values ('2020-01-01', 'x', 'ok')",
        "insert into audit_entry (seq, action, result) overriding system value values (1, 'x', 'ok')",
        "update audit_entry set result = 'ok'",
        'delete from audit_entry',
        'truncate audit_entry',
        'insert into listening_range select * from listening_range',
        "select ensure_partitions('2020-01-01', '2020-01-01')",
        'alter table audit_entry disable trigger all',
        'set role seloste_custodian',
        'set row_security = off; select * from contact',
        'create table elsewhere (x int)',
        'update proof set holds = true',
        'insert into proof_change (promise, holds) values ($$x$$, true)',
        'select * from reconciled_segment',
        'insert into reconciliation_note select * from reconciliation_note',
        'select * from unreconciled',
        'select * from fed_segment',
        'select * from obeyed_version',
        'select * from rights_in_force()',
        'select salt from audit_entry',
        'select seq from audit_leaf',
        "insert into audit_leaf (index, hash) values (0, sha256('x'))",
        'select * from audit_pending',
        'delete from audit_pending',
        'insert into audit_pending values (1)',
        "insert into audit_checkpoint (size, root, note) values (1, sha256('x'), 'x')",
        "insert into audit_cosignature (size, witness, line) values (0, 'x', 'x')",
        "insert into audit_break (findings) values ('[]')",
        'update audit_break set accepted_at = now()',
        "select prune_audit('{}')",
        'select prune_checkpoints()',
        'alter table audit_entry disable trigger pending',
        'select * from study_told',
        'update study_hour set calls = 0',
        'update study_day set calls = 0',
        'insert into study_month select * from study_month',
        'select count_studies(1)',
        'select roll_up_studies()',
        'select * from webhook_target',
        'select * from webhook_delivery',
      ],
    ],
    [
      'seloste_capture',
      [
        'select * from contact',
        'select caller_key from contact',
        'select number_called from contact',
        'select official_name from segment',
        'select * from recording',
        'select sha256 from recording',
        'select * from recording_key',
        'select * from shard_key',
        'select * from session',
        'select * from access_right',
        'select password_salt from person',
        'select viewer()',
        'select user_id from person',
        'select id from person',
        'select given_name from person_name',
        'select supervisor_id from person_placement',
        'select name from unit',
        'select * from audit_entry',
        'select hash from audit_leaf',
        'select * from audit_checkpoint',
        'select log_is_whole()',
        'select * from listening',
        'select * from proof',
        'insert into obeyed_version select * from obeyed_version',
        'select * from accounts_in_use()',
        'delete from contact',
        'delete from recording',
        'update contact set caller_key = null',
        'select * from webhook_delivery',
        "select queue_webhooks('contact.admitted', gen_random_uuid())",
        'delete from audit_entry',
      ],
    ],
    [
      'seloste_custodian',
      [
        'update session set ended_at = null',
        'insert into session select * from session',
        'select * from person',
        'select * from access_right',
        "update audit_leaf set hash = sha256('x')",
        'delete from audit_leaf',
        'delete from audit_subtree',
        'delete from audit_checkpoint',
        'update audit_checkpoint set signed_at = now()',
        'update audit_break set accepted_at = now()',
        'delete from audit_break',
        'insert into audit_pending values (1)',
        'insert into audit_pruning (minimum_index, before) values (256, now())',
        "set seloste.pruning = '1'; delete from audit_entry",
        "update contact set history_ends_at = now() - interval '1 day'",
        "update segment set official_name = 'x'",
        'select * from description_draft',
        'update recording set started_at = now()',
        'delete from audit_entry',
        "update audit_entry set result = 'ok'",
        'delete from destruction_entry',
        "update destruction_entry set cause = 'x'",
        'delete from listening_range',
        'delete from proof',
        'update proof_change set holds = true',
        'insert into proof_change (at, promise, holds) values (now(), $$x$$, true)',
        'update obeyed_version set version = 1',
        'insert into contact select * from contact',
        'select * from evaluation',
        'select * from quality_mark',
        'delete from sampling_draw',
        'update webhook_delivery set object_id = event_id',
        'insert into webhook_delivery (target, event_id, event, object_id, at, next_at) select target, event_id, event, object_id, at, next_at from webhook_delivery',
        "select queue_webhooks('recording.sealed', gen_random_uuid())",
      ],
    ],
  ]

  for (const [role, statements] of forbidden) {
    test.each(statements)(`${role} may not: %s`, async (statement) => {
      await expect(database.as(role).pool.query(statement)).rejects.toThrow(
        /permission denied|must be owner|would be affected by row-level security/,
      )
    })
  }

  test('PUBLIC may execute no function of Seloste', async () => {
    const { rows } = await database.as().pool.query(
      `select proname from pg_proc where pronamespace = 'public'::regnamespace
       and exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)`,
    )
    expect(rows).toEqual([])
  })

  test('capture cannot end history early, nor keep a recording past its term (R22, R24)', async () => {
    const capture = database.as('seloste_capture').pool
    const facts = callFacts({ recording: recordingFacts() })
    await admit(database.as('seloste_capture').db, facts)
    for (const statement of [
      "update contact set history_ends_at = now() - interval '1 day'",
      "update contact set history_ends_at = now() + interval '10 years'",
      "update recording set destroy_at = now() + interval '1 year'",
      "update recording set state = 'QUARANTINED'",
    ]) {
      await expect(capture.query(statement), statement).rejects.toThrow(
        /violates row-level security|ends with the last of its parts|follow from the end of its call|stays as it is/,
      )
    }
  })

  test('the official of an ended call cannot be changed (R39)', async () => {
    const facts = callFacts({
      startedAt: Temporal.Instant.from('2026-01-01T10:00:00Z'),
      answeredAt: Temporal.Instant.from('2026-01-01T10:00:05Z'),
      endedAt: Temporal.Instant.from('2026-01-01T10:05:00Z'),
      official: { personId: randomUUID(), name: 'Aino Asiamies', phone: phone('029 512 1001') },
    })
    await admit(database.as('seloste_capture').db, facts)
    await admit(database.as('seloste_capture').db, facts)
    await expect(
      database.as('seloste_capture').pool.query('update segment set official_person_id = gen_random_uuid()'),
    ).rejects.toThrow('its official does not change')
  })

  test('the custodian cannot delete history directly, nor rows of recordings', async () => {
    await admit(database.as('seloste_capture').db, callFacts({ recording: recordingFacts() }))
    for (const table of ['contact', 'segment', 'call_identity', 'recording']) {
      await expect(database.as('seloste_custodian').pool.query(`delete from ${table}`)).rejects.toThrow(
        'permission denied',
      )
    }
    await expect(database.as().pool.query('delete from recording')).rejects.toThrow('cannot be deleted')
  })
})
