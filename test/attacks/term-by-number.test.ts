import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { applyTerms } from '#destruction/retention/apply-terms.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingOf } from '#test/database/people.ts'

// An attacker in capture wants recordings kept longer than their number's rule allows.
const database = await createTestDatabase<RegisterTables>()
const [capture, custodian] = [database.as('seloste_capture'), database.as('seloste_custodian').db]
const { description } = versionAt(await readVersions(custodian), Temporal.Now.instant())
const reached = phone('029 497 000')

test('a recording has the number of its segment, so the number’s term applies whatever capture enters', async () => {
  const facts = callFacts({ numberReached: { key: reached } })
  const recording = recordingOf(facts, { months: 6 })
  await admit(capture.db, { ...facts, recording })
  const other = randomUUID()
  await capture.pool.query(
    `insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day, recording_months)
     values ($1, $2, $3, $4, $5, 'CAPTURING', $6, $7, 6) on conflict do nothing`,
    [
      ...[other, facts.segmentId, facts.contactId, facts.startedAt.toString(), phone('029 497 099')],
      ...[facts.answeredAt!.toString(), recording.intakeDay],
    ],
  )
  const rows = await custodian.selectFrom('recording').select('number_reached').execute()
  expect(new Set(rows.map(({ number_reached }) => number_reached))).toEqual(new Set([reached]))

  const rules = description.recordingPlan.rules.map((rule) => ({ ...rule, recordingMonths: 3 }))
  const shorter = { ...description, recordingPlan: { ...description.recordingPlan, rules } }
  await applyTerms(custodian, shorter, Temporal.Now.instant())
  const kept = await custodian
    .selectFrom('recording')
    .select('recording_months')
    .where('id', '=', recording.id)
    .execute()
  expect(kept).toEqual([{ recording_months: 3 }])
})
