import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { decideRecording, type RecordingInput } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { admitImported, beginImport } from '#register/admit-imported.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { enterPerson } from '#safeguards/people/enter-person.ts'
import { readVersions, versionAt, type DescriptionVersion } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingOf } from '#test/database/people.ts'
import { maxNamed, verifyDraws, type Verified } from './verify-draws.ts'

const database = await createTestDatabase<RegisterTables>()
const [admin, capture, custodian] = [database.as(), database.as('seloste_capture'), database.as('seloste_custodian')]
const drawKey = Buffer.alloc(32, 7)
const versions = await readVersions(admin.db)
const seed = versions[0]!
const { rules } = seed.description.recordingPlan
const [number, testLine] = [phone('029 497 000'), phone('029 497 099')]
const now = Temporal.Now.instant().round('millisecond')
const minutesAgo = (minutes: number) => now.subtract({ minutes })
const nothing = { extra: 0, omitted: 0, failed: 0, 'decision-differs': 0, 'foreign-draw': 0, unverifiable: 0 }

beforeEach(async () => {
  await admin.db.transaction().execute(async (tx) => {
    // These tables are never emptied in operation; each test starts with empty tables.
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`truncate contact, segment, call_identity, recording cascade`.execute(tx)
  })
})

/** Returns the seed with another plan or other settings, in force from an instant. */
function changed(
  change: {
    rules?: RegisterDescription['recordingPlan']['rules']
    switches?: Partial<RegisterDescription['switches']>
  },
  { version = 1, effectiveFrom = seed.effectiveFrom } = {},
): DescriptionVersion {
  const { description } = seed
  return {
    ...seed,
    version,
    effectiveFrom,
    description: {
      ...description,
      recordingPlan: { ...description.recordingPlan, ...(change.rules && { rules: change.rules }) },
      switches: { ...description.switches, ...change.switches },
    },
  }
}

interface CallOptions extends Partial<RecordingInput> {
  by?: readonly DescriptionVersion[]
  facts?: Partial<SegmentFacts>
}

/** Enters a call as capture does: with a decision, and recorded if so decided. */
async function enter({ by = versions, facts: more, ...request }: CallOptions = {}): Promise<SegmentFacts> {
  const answeredAt = request.answeredAt ?? minutesAgo(60)
  const callIds = [`sipCallId:${randomUUID()}`]
  const key = request.numberReached ?? number
  const { recordingMonths, ...decision } = decideRecording({
    version: versionAt(by, answeredAt),
    drawKey,
    drawnOn: hashCallId(callIds[0]!),
    numberReached: key,
    answeredAt,
    viaSwitchboard: false,
    quotaUsed: () => 0,
    ...request,
  })
  const endedAt = answeredAt.add({ minutes: 3 })
  const facts = callFacts({
    callIds,
    startedAt: answeredAt.subtract({ seconds: 20 }),
    answeredAt,
    endedAt,
    numberCalled: { key, kind: 'NATIONAL_SERVICE' },
    numberReached: { key },
    ...(request.officialId && {
      official: { personId: request.officialId, name: 'Aino', phone: phone('029 512 1001') },
    }),
    decision,
    ...(recordingMonths !== undefined && {
      recording: recordingOf({ startedAt: answeredAt, answeredAt, endedAt }, { months: recordingMonths }),
    }),
    ...more,
  })
  await admit(capture.db, facts)
  return facts
}

/** Enters calls until one gets the wanted decision. A tenth of the calls to a service number are drawn. */
async function enterDecided(record: boolean, request: CallOptions = {}): Promise<SegmentFacts> {
  for (;;) {
    const facts = await enter(request)
    if (facts.decision.record === record) return facts
  }
}

const verify = (options: Partial<Parameters<typeof verifyDraws>[1]> = {}): Promise<Verified> =>
  verifyDraws(custodian.db, { versions, drawKey, ...options })

async function findingsOf(options?: Parameters<typeof verify>[0]): Promise<{ kind: string; segmentId: string }[]> {
  return (await verify(options)).findings.map(({ kind, segmentId }) => ({ kind, segmentId }))
}

const change = (facts: SegmentFacts, columns: Record<string, unknown>) =>
  admin.db.updateTable('segment').set(columns).where('id', '=', facts.segmentId).execute()
const removeRecording = async (facts: SegmentFacts) => {
  await sql`alter table recording disable trigger user`.execute(admin.db)
  await admin.db.deleteFrom('recording').where('segment_id', '=', facts.segmentId).execute()
  await sql`alter table recording enable trigger user`.execute(admin.db)
}
const plantRecording = (facts: SegmentFacts) => admit(capture.db, { ...facts, recording: recordingOf(facts) })

describe('the proof that exactly the drawn calls were recorded', () => {
  beforeEach(async () => {
    for (let call = 0; call < 60; call++) await enter({ answeredAt: minutesAgo(60 + call) })
    await enterDecided(true)
    await enter({ numberReached: testLine })
    await enter({ numberReached: phone('029 512 000') })
    await enter({ numberReached: phone('029 497 777') })
  })

  test('accepts an unrecorded conference segment only while another official is on the call', async () => {
    const answered = await enter({ answeredAt: minutesAgo(30) })
    const beside: SegmentFacts = {
      ...answered,
      segmentId: randomUUID(),
      answeredAt: answered.answeredAt!.add({ minutes: 1 }),
      official: { personId: randomUUID(), name: 'Bertil', phone: phone('029 512 1002') },
      decision: { record: false, reason: 'conference', descriptionVersion: 1, drawnOn: answered.decision.drawnOn },
    }
    const { recording: _, ...facts } = beside
    await admit(capture.db, facts)
    expect(await findingsOf()).toEqual([])
    const planted = await enterDecided(true)
    await removeRecording(planted)
    await change(planted, { decision_record: false, decision_reason: 'conference' })
    expect(await findingsOf()).toEqual([{ kind: 'omitted', segmentId: planted.segmentId }])
  })

  test('finds nothing if exactly the drawn calls were recorded, whatever the reason for each decision', async () => {
    const { judged, drawn, recorded, counts, findings } = await verify()
    expect(findings).toEqual([])
    expect(counts).toEqual(nothing)
    expect(judged).toBeGreaterThanOrEqual(64)
    expect(drawn).toBeGreaterThanOrEqual(2)
    expect(recorded).toBe(drawn)
  })

  test('finds one planted extra recording and one planted omission by id, and nothing else', async () => {
    const [spared, chosen] = [await enterDecided(false), await enterDecided(true)]
    await plantRecording(spared)
    await removeRecording(chosen)
    const { findings, counts } = await verify()
    expect(counts).toEqual({ ...nothing, extra: 1, omitted: 1 })
    expect(findings).toMatchObject([
      { kind: 'extra', segmentId: spared.segmentId, recordingId: expect.any(String), number, differences: [] },
      { kind: 'omitted', segmentId: chosen.segmentId, recordingId: null, answeredAt: chosen.answeredAt },
    ])
  })

  test('finds an extra recording and an omission even if the stored decisions were altered to match', async () => {
    const [spared, chosen] = [await enterDecided(false), await enterDecided(true)]
    await plantRecording(spared)
    await change(spared, { decision_record: true, decision_reason: 'drawn', draw: 0.01 })
    await removeRecording(chosen)
    await change(chosen, { decision_record: false, decision_reason: 'not-drawn', draw: 0.9 })
    const { findings } = await verify()
    expect(findings).toMatchObject([
      { kind: 'extra', segmentId: spared.segmentId },
      { kind: 'omitted', segmentId: chosen.segmentId },
    ])
    expect(findings[1]?.differences).toEqual([
      { what: 'record', stored: false, recomputed: true },
      { what: 'reason', stored: 'not-drawn', recomputed: 'drawn' },
      { what: 'draw', stored: 0.9, recomputed: chosen.decision.draw },
    ])
  })

  test('finds an altered decision whose recording is correct', async () => {
    const facts = await enterDecided(false)
    await change(facts, { draw: facts.decision.draw! / 2 + 0.5 })
    expect(await findingsOf()).toEqual([{ kind: 'decision-differs', segmentId: facts.segmentId }])
    await change(facts, { draw: facts.decision.draw, rule_share: 0.05 })
    expect(await findingsOf()).toEqual([{ kind: 'decision-differs', segmentId: facts.segmentId }])
  })

  test('finds a recording with a term other than its rule’s, unless a later version has shortened it', async () => {
    const { segmentId, recording } = await enterDecided(true)
    const months = rules.find(({ numbers }) => numbers.includes(number))!.recordingMonths
    const keptShorter = changed({ rules: rules.map((rule) => ({ ...rule, recordingMonths: months - 1 })) })
    const findings = async (version: DescriptionVersion) =>
      (await verify({ versions: [version] })).findings.filter((finding) => finding.segmentId === segmentId)
    expect(await findings(keptShorter)).toMatchObject([
      {
        kind: 'decision-differs',
        differences: [{ what: 'recordingMonths', stored: months, recomputed: months - 1 }],
      },
    ])
    const kept = admin.db.updateTable('recording').where('id', '=', recording!.id)
    await kept.set({ recording_months: months - 1 }).execute()
    expect(await findings(keptShorter)).toEqual([])
    expect(await findings(seed)).toMatchObject([{ differences: [{ stored: months - 1, recomputed: months }] }])
    const later = { ...keptShorter, version: seed.version + 1, effectiveFrom: now }
    expect(
      (await verify({ versions: [seed, later] })).findings.filter((finding) => finding.segmentId === segmentId),
    ).toEqual([])
  })

  test('reports nearly every draw if another key was used', async () => {
    const { judged, counts } = await verify({ drawKey: Buffer.alloc(32, 8) })
    expect(counts['decision-differs'] + counts.extra + counts.omitted).toBeGreaterThan(judged - 5)
    expect(counts['decision-differs']).toBeGreaterThan(30)
  })

  test('lists only the latest findings of each kind, and counts all of them', async () => {
    for (let call = 0; call < 2 * maxNamed + 10; call++) await enter({ answeredAt: minutesAgo(200 + call) })
    await sql`update segment set draw = 0.99, decision_record = decision_record where draw is not null`.execute(
      admin.db,
    )
    const { counts, findings } = await verify()
    expect(counts['decision-differs']).toBeGreaterThan(2 * maxNamed)
    const named = findings.filter(({ kind }) => kind === 'decision-differs')
    expect(named).toHaveLength(maxNamed)
    expect(named.every(({ answeredAt }) => Temporal.Instant.compare(answeredAt, minutesAgo(300)) > 0)).toBe(true)
  })
})

describe('a recording from an earlier recorder’s file', () => {
  async function enterImported(months = 6): Promise<SegmentFacts> {
    const answeredAt = minutesAgo(600)
    const endedAt = answeredAt.add({ minutes: 3 })
    const facts = callFacts({
      ...{ startedAt: answeredAt, answeredAt, endedAt, decision: { record: true, reason: 'imported' } },
      recording: recordingOf({ startedAt: answeredAt, answeredAt, endedAt }, { months }),
    })
    const run = randomUUID()
    await beginImport(admin.db, { id: run, source: 'Old', mapSha256: '00'.repeat(32), descriptionVersion: 1 })
    const file = {
      fileSha256: randomBytes(32).toString('hex'),
      audioSha256: randomBytes(32).toString('hex'),
      isTimeAmbiguous: false,
    }
    expect(await admitImported(admin.db, run, facts, file, {})).toBe('entered')
    return facts
  }

  test('is no finding and counts as imported, neither drawn nor recorded by this plan', async () => {
    await enterImported()
    expect(await verify()).toMatchObject({ judged: 1, drawn: 0, recorded: 0, imported: 1, findings: [] })
  })

  test('is extra if the log does not have it, or it has no origin', async () => {
    const unlogged = await enterImported()
    await admin.db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update imported_recording set file_sha256 = sha256('another') where recording_id = ${unlogged.recording!.id}`.execute(
        tx,
      )
    })
    expect(await findingsOf()).toEqual([{ kind: 'extra', segmentId: unlogged.segmentId }])
    await sql`delete from imported_recording`.execute(admin.db)
    expect(await findingsOf()).toEqual([{ kind: 'extra', segmentId: unlogged.segmentId }])
  })

  test('is a finding if its term is not that of a rule for its number', async () => {
    const otherTerm = await enterImported(5)
    expect(await findingsOf()).toEqual([{ kind: 'decision-differs', segmentId: otherTerm.segmentId }])
  })
})

test('a drawn call that could not be recorded is a failure, not an omission', async () => {
  const facts = await enter({ numberReached: testLine, facts: { recording: undefined, captureFailure: 'disk-full' } })
  expect(await findingsOf()).toEqual([{ kind: 'failed', segmentId: facts.segmentId }])
})

test('a recording of an unanswered call is extra', async () => {
  const facts = await enter({
    facts: { answeredAt: undefined, decision: { record: false, reason: 'not-answered' }, recording: undefined },
  })
  await admit(capture.db, { ...facts, recording: recordingOf(facts) })
  expect(await findingsOf()).toEqual([{ kind: 'extra', segmentId: facts.segmentId }])
})

describe('the id used in a draw', () => {
  test('must be an id of the same call', async () => {
    const [facts, other] = [await enterDecided(false), await enter({ facts: { caller: withheld } })]
    await change(facts, { drawn_on: Buffer.from(other.decision.drawnOn!, 'hex') })
    expect(await findingsOf()).toEqual([{ kind: 'foreign-draw', segmentId: facts.segmentId }])
    await change(facts, { drawn_on: Buffer.from(hashCallId('made up'), 'hex') })
    expect(await findingsOf()).toEqual([{ kind: 'foreign-draw', segmentId: facts.segmentId }])
  })

  test('still belongs to that call after the telephone system reuses it', async () => {
    const callIds = ['counter:17']
    const drawnOn = hashCallId('counter:17')
    const days = (ago: number) => now.subtract({ hours: 24 * ago })
    await enter({ drawnOn, facts: { callIds, caller: withheld }, answeredAt: days(3) })
    await enter({ drawnOn, facts: { callIds }, answeredAt: days(1) })
    expect(await findingsOf()).toEqual([])
  })

  const withheld: SegmentFacts['caller'] = { kind: 'withheld', key: null, raw: null }
})

describe('the version used to verify', () => {
  const from = minutesAgo(120)
  const next = changed(
    { rules: rules.map((rule) => ({ ...rule, version: rule.version + 1 })) },
    { version: 2, effectiveFrom: from },
  )
  const both = [seed, next]

  test('is the version in force when the call was answered', async () => {
    await enter({ by: both, answeredAt: minutesAgo(121) })
    await enter({ by: both, answeredAt: minutesAgo(120) })
    expect(await findingsOf({ versions: both })).toEqual([])
  })

  test('is neither an earlier nor a later version', async () => {
    const late = await enter({ by: [seed], answeredAt: minutesAgo(119) })
    const early = await enter({ by: [{ ...next, effectiveFrom: seed.effectiveFrom }], answeredAt: minutesAgo(121) })
    const findings = (await verify({ versions: both })).findings
    expect(findings.map(({ segmentId }) => segmentId).sort()).toEqual([late.segmentId, early.segmentId].sort())
    const { differences } = findings.find(({ segmentId }) => segmentId === late.segmentId)!
    expect(differences).toContainEqual({ what: 'descriptionVersion', stored: 1, recomputed: 2 })
  })

  test('is unknown if the decision does not name it: the decision is unverifiable, and a recording is extra', async () => {
    const decision = { record: false, reason: 'not-drawn', ruleId: 'general', ruleVersion: 1, share: 0.1, draw: 0.5 }
    const [old, recorded] = [
      await enter({ facts: { decision, recording: undefined } }),
      await enter({ facts: { decision, recording: undefined } }),
    ]
    await plantRecording(recorded)
    expect(await findingsOf()).toEqual([
      { kind: 'extra', segmentId: recorded.segmentId },
      { kind: 'unverifiable', segmentId: old.segmentId },
    ])
  })
})

describe('opening hours and quotas', () => {
  const clock = (text: string) => Temporal.PlainTime.from(text)
  const office = { days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], from: clock('08:00'), to: clock('16:00') } as const
  const full = { ...rules[0]!, share: 1, numbers: [number] }
  const threeWeeksAgo = now.toZonedDateTimeISO('Europe/Helsinki').subtract({ days: 21 }).with({ hour: 10, minute: 0 })
  const monday = threeWeeksAgo.subtract({ days: threeWeeksAgo.dayOfWeek - 1 })
  const at = (hours: number) => monday.add({ hours }).toInstant()

  test('explain a missing recording only if the call was outside the hours', async () => {
    const by = [changed({ rules: [{ ...full, hours: office }] })]
    const evening = await enter({ by, answeredAt: at(8) })
    expect(evening.decision.reason).toBe('outside-hours')
    expect(await findingsOf({ versions: by })).toEqual([])
    const morning = await enter({ by, answeredAt: at(0) })
    await removeRecording(morning)
    await change(morning, { decision_record: false, decision_reason: 'outside-hours', draw: null })
    expect(await findingsOf({ versions: by })).toEqual([{ kind: 'omitted', segmentId: morning.segmentId }])
  })

  test('are checked against the recordings of the week if a quota is stored as full', async () => {
    const by = [changed({ rules: [{ ...full, quota: { per: 'official', weekly: 3 } }] })]
    const officialId = randomUUID()
    const fill = async (recordings: number, used = recordings) => {
      for (let n = 0; n < recordings; n++) await enter({ by, officialId, answeredAt: at(n), quotaUsed: () => n })
      return enter({ by, officialId, answeredAt: at(30), quotaUsed: () => used })
    }
    const refused = await fill(3)
    expect(refused.decision).toMatchObject({ record: false, reason: 'quota-full', quotaUsed: 3 })
    expect(await findingsOf({ versions: by })).toEqual([])
    await admin.db.transaction().execute(async (tx) => {
      // Starts again with empty tables.
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`truncate contact, segment, call_identity, recording cascade`.execute(tx)
    })
    const hidden = await fill(1, 3)
    const { findings } = await verify({ versions: by })
    expect(findings).toMatchObject([{ kind: 'decision-differs', segmentId: hidden.segmentId }])
    expect(findings[0]?.differences).toEqual([{ what: 'quotaUsed', stored: 3, recomputed: 1 }])
  })

  test('make a decision unverifiable if the official was reported only after it', async () => {
    const by = [changed({ rules: [{ ...full, quota: { per: 'official', weekly: 3 } }] })]
    const facts = await enter({ by })
    expect(facts.decision.reason).toBe('no-official')
    expect(await findingsOf({ versions: by })).toEqual([])
    await admit(capture.db, {
      ...facts,
      official: { personId: randomUUID(), name: 'Aino', phone: phone('029 512 1001') },
    })
    expect(await findingsOf({ versions: by })).toEqual([{ kind: 'unverifiable', segmentId: facts.segmentId }])
  })
})

test('a recording of an official without consent is extra, and a consent entered later makes a decision unverifiable', async () => {
  const by = [changed({ rules: [{ ...rules[0]!, share: 1 }], switches: { officialConsent: 'required' } })]
  const person = await enterPerson(admin.db, { userId: 'aino.v', name: 'Aino', employedFrom: seed.effectiveFrom })
  if ('refused' in person) throw new Error(person.refused)
  const from = minutesAgo(60)
  const values = { person_id: person.id, valid_from: from, valid_to: null }
  await admin.db.insertInto('person_recording_consent').values(values).execute()
  const request = { by, officialId: person.id }
  await enter({ ...request, consents: true, answeredAt: minutesAgo(50) })
  await enter({ ...request, consents: false, answeredAt: minutesAgo(61) })
  expect(await findingsOf({ versions: by })).toEqual([])
  const unwilling = await enter({ ...request, consents: true, answeredAt: minutesAgo(61) })
  const unknown = await enter({ ...request, consents: false, answeredAt: minutesAgo(50) })
  expect(await findingsOf({ versions: by })).toEqual([
    { kind: 'extra', segmentId: unwilling.segmentId },
    { kind: 'unverifiable', segmentId: unknown.segmentId },
  ])
})

test('only calls since an instant are checked, if an instant is given', async () => {
  const [old, recent] = [await enter({ answeredAt: minutesAgo(90) }), await enter({ answeredAt: minutesAgo(30) })]
  for (const facts of [old, recent]) await change(facts, { draw: 2 })
  const { judged, findings } = await verify({ since: minutesAgo(60) })
  expect(judged).toBe(1)
  expect(findings.map(({ segmentId }) => segmentId)).toEqual([recent.segmentId])
})

describe('a correction of the official', () => {
  const person = async (consents = true) => {
    const name = `official.${randomUUID().slice(0, 8)}`
    const made = await enterPerson(admin.db, {
      userId: name,
      name,
      employedFrom: Temporal.Instant.from('2020-01-01T00:00Z'),
    })
    if ('refused' in made) throw new Error(made.refused)
    if (consents) {
      await sql`
        insert into person_recording_consent (person_id, valid_from) values (${made.id}, '2020-01-02T00:00Z')`.execute(
        admin.db,
      )
    }
    return made.id
  }
  const correct = ({ segmentId }: SegmentFacts, was: string, becomes: string, isLogged = true) =>
    admin.db.transaction().execute(async (tx) => {
      const id = randomUUID()
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`
        insert into correction (id, request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, proposed_by,
          decided_at, decided_by, outcome)
        select ${id}::uuid, gen_random_uuid(), id, contact_id, contact_started_at, ${was}::uuid, ${becomes}::uuid, gen_random_uuid(), now(),
          gen_random_uuid(), 'APPROVED' from segment where id = ${segmentId}`.execute(tx)
      await sql`update segment set official_person_id = ${becomes} where id = ${segmentId}`.execute(tx)
      await sql`set local session_replication_role = default`.execute(tx)
      if (!isLogged) return
      await sql`
        insert into audit_entry (action, result, object_kind, object_id, detail)
        values ('correction.decided', 'ok', 'correction', ${id}::uuid,
          jsonb_build_object('outcome', 'APPROVED', 'was', ${was}::text))`.execute(tx)
    })

  test.each([
    ['changes no finding', true, 'extra', 0],
    ['that the log lacks excuses no recording without consent', false, 'extra', 1],
  ] as const)('to one who did not consent to recording %s', async (_what, isLogged, kind, findings) => {
    const [aino, bertil] = [await person(), await person(false)]
    const by = [changed({ switches: { officialConsent: 'required' } })]
    const facts = await enterDecided(true, { by, officialId: aino, consents: true })
    expect((await verify({ versions: by })).counts).toEqual(nothing)
    await correct(facts, aino, bertil, isLogged)
    expect((await verify({ versions: by })).counts).toEqual({ ...nothing, [kind]: findings })
    await correct(facts, bertil, await person(false), isLogged)
    expect((await verify({ versions: by })).counts).toEqual({ ...nothing, [kind]: findings })
  })

  test('leaves the quota of the former official’s week used', async () => {
    const [aino, bertil] = [await person(), await person()]
    const rule = { ...rules[0]!, share: 1, quota: { per: 'official' as const, weekly: 5 } }
    const by = [changed({ rules: [rule, ...rules.slice(1)] })]
    const week = now.subtract({ hours: 24 * 14 })
    const made: SegmentFacts[] = []
    for (let used = 0; used <= 5; used++) {
      const answeredAt = week.add({ minutes: used * 10 })
      made.push(await enter({ by, officialId: aino, answeredAt, quotaUsed: () => used }))
    }
    expect(made.map(({ decision }) => decision.record)).toEqual([true, true, true, true, true, false])
    for (const one of made.slice(0, 2)) await correct(one, aino, bertil)
    expect((await verify({ versions: by })).counts).toEqual(nothing)
  })
})
