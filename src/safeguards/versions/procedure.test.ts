import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { inTime, newVersion, submitChange, acceptedDraft } from '#test/database/drafts.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { parseDescription } from '#description/read-description.ts'
import type { Session } from '../people/session.ts'
import { signOut } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { approveDraft, rejectDraft } from './decide.ts'
import { listDrafts, readDraft, type Draft, type DraftRefusal } from './draft.ts'
import { authoriseDryRun, readDryRunDraft } from './dry-run-draft.ts'
import { changeDraft, startDraft, submitDraft, reopenDraft, withdrawDraft } from './change-draft.ts'
import { judgeDraft } from './judge-draft.ts'
import { readPublished, readVersions, versionAt, recordEffect } from './versions.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()

const nothing = { kind: 'none' as const, units: [], numbers: [] }
const enter = (name: string, role: 'ADMINISTRATOR' | 'DECISION_MAKER' | 'ACCESS_APPROVER') =>
  enterTestPerson(admin, desk, { name, right: { role, purposes: [], scope: nothing } })
const anssiEntered = await enter('Anssi', 'ADMINISTRATOR')
const riittaEntered = await enter('Riitta', 'DECISION_MAKER')
const anssi = await anssiEntered.signIn()
const riitta = await riittaEntered.signIn()
const paula = await (await enter('Paula', 'ACCESS_APPROVER')).signIn()
const eeroEntered = await enterTestPerson(admin, desk, {
  name: 'Eero',
  right: {
    role: 'EXPERT',
    duty: 'QUALITY',
    purposes: ['QUALITY'],
    scope: { kind: 'numbers', units: [], numbers: ['e164:+35829497000'] },
  },
})
const eero = await eeroEntered.signIn()

let ahead = now().add({ hours: 1 })
/** An instant that no version has yet, later than every other. */
const next = () => (ahead = ahead.add({ minutes: 1 }).round({ smallestUnit: 'second' }))

const shorter = { edits: [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }] }
let count = 0
/** A change that is different each time. */
const renamed = () => ({ edits: [{ path: ['title', 'en'], value: `REGISTER DESCRIPTION ${++count}` }] })
const approve = (session: Session, draft: Draft, revision = draft.revision) =>
  approveDraft(desk, session, draft.id, { revision }, now())
const audited = async (draft: Draft) => {
  const entries = await admin
    .selectFrom('audit_entry')
    .select(['action', 'result', 'person_id', 'role', 'detail'])
    .where('object_id', '=', draft.id)
    .orderBy('seq')
    .execute()
  return entries
}

describe('a change by the procedure', () => {
  test('is drafted by one person, approved by another, and becomes the next version, identical to the draft', async () => {
    const [before] = await readPublished(desk)
    const effectiveFrom = next()
    const draft = await submitChange(desk, eero, effectiveFrom, shorter)
    expect(await judgeDraft(desk, draft)).toMatchObject({ problems: [] })
    const approved = acceptedDraft(await approve(riitta, draft))
    expect(approved).toMatchObject({ state: 'APPROVED', decision: { by: riitta.personId } })

    const [version] = await readPublished(desk)
    expect(version).toMatchObject({
      version: before!.version + 1,
      author: eero.personId,
      approver: riitta.personId,
      effectiveFrom,
    })
    expect(version?.hash).toBe(createHash('sha256').update(version!.text).digest('hex'))
    expect(version?.text).toContain('# The register description of the Tax Administration')
    const parsed = parseDescription(version!.text)
    expect(parsed).toMatchObject({
      ok: true,
      description: {
        version: version!.version,
        decision: { author: eeroEntered.userId, approver: riittaEntered.userId },
        recordingPlan: { rules: [{ recordingMonths: 3, version: 4 }, { version: 1 }] },
      },
    })
    const changed = version!.text.split('\n').filter((line) => !before!.text.split('\n').includes(line))
    expect(changed.map((line) => line.trim().split(':')[0]).sort()).toEqual(
      ['decision', 'effectiveFrom', 'recordingMonths', 'version', 'version'].sort(),
    )
    expect(version!.changes.map(({ field }) => field)).toContain('recordingPlan.rules[0].recordingMonths')
  })

  test('logs every step with who took it, in which role, and the version’s hash', async () => {
    const draft = await newVersion(desk, { author: eero, approver: riitta }, next(), renamed())
    const [version] = await readPublished(desk)
    expect(await audited(draft)).toMatchObject([
      { action: 'description.drafted', result: 'ok', person_id: eero.personId, role: 'EXPERT' },
      { action: 'description.submitted', result: 'ok', person_id: eero.personId },
      {
        action: 'description.approved',
        result: 'ok',
        person_id: riitta.personId,
        role: 'DECISION_MAKER',
        detail: { version: version!.version, hash: version!.hash },
      },
    ])
  })

  test('may be rejected with a reason, and cannot be approved after that', async () => {
    const draft = await submitChange(desk, anssi, next(), renamed())
    const versions = await readPublished(desk)
    const decision = { revision: draft.revision, note: 'Perustelut puuttuvat.' }
    const rejected = acceptedDraft(await rejectDraft(desk, riitta, draft.id, decision, now()))
    expect(rejected).toMatchObject({ state: 'REJECTED', decision: { note: 'Perustelut puuttuvat.' }, mayEdit: false })
    expect(await readPublished(desk)).toHaveLength(versions.length)
    expect(await approve(riitta, draft)).toEqual({ refused: 'draft.changed-meanwhile' })
  })

  test('can be withdrawn after submission, and its revision can then not be approved', async () => {
    const draft = await submitChange(desk, anssi, next(), renamed())
    const back = acceptedDraft(await reopenDraft(desk, anssi, draft.id, now()))
    expect(back).toMatchObject({ state: 'DRAFT', submittedAt: null })
    expect(await approve(riitta, draft)).toEqual({ refused: 'draft.changed-meanwhile' })
    const again = acceptedDraft(await submitDraft(desk, anssi, draft.id, back.revision, now()))
    expect(await approve(riitta, draft)).toEqual({ refused: 'draft.changed-meanwhile' })
    acceptedDraft(await approve(riitta, again))
  })

  test('is no longer open once abandoned, but stays readable', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    expect(acceptedDraft(await withdrawDraft(desk, anssi, draft.id, now()))).toMatchObject({ state: 'WITHDRAWN' })
    const change = { revision: draft.revision, reason: 'x' }
    expect(await changeDraft(desk, anssi, draft.id, change, now())).toEqual({ refused: 'draft.not-editable' })
    expect(await readDraft(desk, paula, draft.id, now())).toMatchObject({ state: 'WITHDRAWN', mayEdit: false })
  })
})

describe('refused', () => {
  const refusal = async (result: Promise<Draft | DraftRefusal>) => {
    const outcome = await result
    return 'refused' in outcome ? outcome.refused : 'nothing'
  }

  test('approving one’s own draft', async () => {
    const both = await enterTestPerson(admin, desk, {
      name: 'Molempi',
      right: { role: 'ADMINISTRATOR', purposes: [], scope: nothing },
    })
    await database.as().pool.query(
      `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
       select gen_random_uuid(), $1, 'DECISION_MAKER', '{}', 'none', valid_from, requested_by, approved_by
       from access_right where person_id = $1`,
      [both.id],
    )
    const session = await both.signIn()
    const draft = await submitChange(desk, session, next(), renamed())
    expect(draft.mayDecide).toBe(false)
    expect(await refusal(approve(session, draft))).toBe('draft.own')
    expect(await refusal(rejectDraft(desk, session, draft.id, { revision: draft.revision }, now()))).toBe('draft.own')
    expect((await audited(draft)).map(({ result }) => result)).toContain('refused:draft.own')
    acceptedDraft(await approve(riitta, draft))
  })

  test('a draft or a decision by a role that the description does not allow it', async () => {
    expect(await refusal(startDraft(desk, riitta, now()))).toBe('deny.role')
    expect(await refusal(startDraft(desk, paula, now()))).toBe('deny.role')
    const draft = await submitChange(desk, anssi, next(), renamed())
    for (const session of [paula, eero]) expect(await refusal(approve(session, draft))).toBe('deny.role')
    expect(await refusal(changeDraft(desk, eero, draft.id, { revision: draft.revision }, now()))).toBe(
      'draft.not-editable',
    )
    const { mayDraft } = await listDrafts(desk, riitta, now())
    expect(mayDraft).toBe(false)
  })

  test('editing, submitting or approving a revision that is not the latest', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const change = { revision: draft.revision, ...renamed(), effectiveFrom: next() }
    const changed = acceptedDraft(await changeDraft(desk, anssi, draft.id, change, now()))
    expect(changed.revision).toBeGreaterThan(draft.revision)
    const stale = [
      changeDraft(desk, anssi, draft.id, { revision: draft.revision, reason: 'late' }, now()),
      submitDraft(desk, anssi, draft.id, draft.revision, now()),
    ]
    for (const result of stale) expect(await refusal(result)).toBe('draft.changed-meanwhile')
    const sent = acceptedDraft(await submitDraft(desk, anssi, draft.id, changed.revision, now()))
    expect(await refusal(approve(riitta, sent, changed.revision))).toBe('draft.changed-meanwhile')
  })

  test('approving a revision that another transaction has written and not yet committed', async () => {
    const draft = await submitChange(desk, anssi, next(), renamed())
    const before = await readPublished(desk)
    const client = await database.as('seloste_desk').pool.connect()
    const write = (set: string) => client.query(`update description_draft set ${set} where id = $1`, [draft.id])
    await client.query('begin')
    await client.query(`select set_config('seloste.session', $1, true)`, [anssi.token])
    await write(`state = 'DRAFT'`)
    await write(`text = replace(text, 'recordingMonths: 3', 'recordingMonths: 9')`)
    await write(`state = 'SUBMITTED'`)
    // The approver names the new revision, but has read the previous one. The approval waits for the open transaction.
    const approval = refusal(approve(riitta, draft, draft.revision + 3))
    await wait(300)
    await client.query('commit')
    client.release()
    expect(await approval).toBe('draft.changed-meanwhile')
    expect(await readPublished(desk)).toEqual(before)
  })

  test('all but one of simultaneous changes', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const results = await Promise.all(
      ['a', 'b', 'c'].map((reason) =>
        refusal(changeDraft(desk, anssi, draft.id, { revision: draft.revision, reason }, now())),
      ),
    )
    expect(results.sort()).toEqual(['draft.changed-meanwhile', 'draft.changed-meanwhile', 'nothing'])
  })

  test.each([
    ['a missing one', undefined],
    ['one in the past', () => now().subtract({ hours: 1 })],
    ['the present', () => now()],
    ['one before the newest version', () => now().add({ minutes: 5 })],
    ['one more than a year ahead', () => now().add({ hours: 24 * 367 })],
  ])('submitting an effective instant: %s', async (_, instant) => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const change = {
      revision: draft.revision,
      ...renamed(),
      ...(instant && { effectiveFrom: instant().round({ smallestUnit: 'second', roundingMode: 'floor' }) }),
    }
    const changed = acceptedDraft(await changeDraft(desk, anssi, draft.id, change, now()))
    expect(await refusal(submitDraft(desk, anssi, draft.id, changed.revision, now()))).toBe('draft.not-future')
  })

  test('an approval after the effective instant has passed', async () => {
    const other = await createLateDraft()
    await wait(other.effectiveFrom!.since(now()).total('milliseconds') + 100)
    expect(await refusal(approveDraft(late.desk, late.riitta, other.id, other, now()))).toBe('draft.not-future')
  })

  test('a draft overtaken by another version', async () => {
    const slow = await submitChange(desk, anssi, next(), renamed())
    const unsent = acceptedDraft(await startDraft(desk, anssi, now()))
    await newVersion(desk, { author: eero, approver: riitta }, next(), renamed())
    expect(await refusal(approve(riitta, slow))).toBe('draft.outdated')
    const change = { revision: unsent.revision, effectiveFrom: next() }
    const changed = acceptedDraft(await changeDraft(desk, anssi, unsent.id, change, now()))
    expect(await refusal(submitDraft(desk, anssi, unsent.id, changed.revision, now()))).toBe('draft.outdated')
    const found = await readDraft(desk, anssi, slow.id, now())
    expect(found).not.toMatchObject({ newest: slow.basedOn })
  })

  test('a draft with problems, each of them reported', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const wrong = [
      { path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 7 },
      { path: ['recordingPlan', 'rules', 0, 'share'], value: 2 },
      { path: ['controller', 'name', 'sv'] },
    ]
    const change = { revision: draft.revision, edits: wrong, effectiveFrom: next() }
    const changed = acceptedDraft(await changeDraft(desk, anssi, draft.id, change, now()))
    const { problems } = await judgeDraft(desk, changed)
    expect(problems.map(({ field }) => field)).toEqual(
      expect.arrayContaining([
        'recordingPlan.rules[0].recordingMonths',
        'recordingPlan.rules[0].share',
        'controller.name.sv',
      ]),
    )
    const result = await submitDraft(desk, anssi, draft.id, changed.revision, now())
    expect(result).toEqual({ refused: 'draft.problems', problems })
  })

  test('an edit of an unknown field, together with all edits sent with it', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const edits = [...renamed().edits, { path: ['numbers', 400, 'kind'], value: 'SWITCHBOARD' }]
    const result = await changeDraft(desk, anssi, draft.id, { revision: draft.revision, edits }, now())
    expect(result).toMatchObject({ refused: 'draft.problems', problems: [{ field: 'numbers[400].kind' }] })
    expect(await readDraft(desk, anssi, draft.id, now())).toMatchObject({ text: draft.text, revision: draft.revision })
  })

  test('every step once the session has ended', async () => {
    const session = await anssiEntered.signIn()
    const draft = acceptedDraft(await startDraft(desk, session, now()))
    await signOut(desk, session, now())
    expect(await refusal(readDraft(desk, session, draft.id, now()))).toBe('not-found')
    await expect(startDraft(desk, session, now())).rejects.toThrow('row-level security')
  })
})

describe('a dry run of a draft', () => {
  test('is permitted to those who draft and those who decide, and is logged', async () => {
    const draft = await submitChange(desk, anssi, next(), shorter)
    for (const session of [anssi, eero, riitta]) {
      expect(await authoriseDryRun(desk, session, draft.id, now())).toMatchObject({
        after: { version: draft.basedOn + 1 },
      })
      const request = { session: session.token, draft: draft.id }
      expect(await readDryRunDraft(custodian, request, now(), now())).toMatchObject({
        before: { version: draft.newest },
        after: { effectiveFrom: draft.effectiveFrom },
      })
    }
    expect(await authoriseDryRun(desk, paula, draft.id, now())).toEqual({ refused: 'deny.role' })
    const request = { session: paula.token, draft: draft.id }
    expect(await readDryRunDraft(custodian, request, now(), now())).toBe('refused')
    const tried = (await audited(draft)).filter(({ action }) => action === 'description.tried')
    expect(tried.map(({ result }) => result)).toEqual(['ok', 'ok', 'ok', 'refused:deny.role'])
  })
})

// A database of its own: effective instants pass in this test.
const late = await (async () => {
  const other = await createTestDatabase<SafeguardTables>()
  const lateDesk = other.as('seloste_desk').db
  const person = async (role: 'ADMINISTRATOR' | 'DECISION_MAKER') => {
    const entered = await enterTestPerson(other.as().db, lateDesk, {
      name: role,
      right: { role, purposes: [], scope: nothing },
    })
    return entered.signIn()
  }
  return {
    admin: other.as().db,
    desk: lateDesk,
    custodian: other.as('seloste_custodian').db,
    anssi: await person('ADMINISTRATOR'),
    riitta: await person('DECISION_MAKER'),
  }
})()
const createLateDraft = () => inTime(1, (instant) => submitChange(late.desk, late.anssi, instant, renamed()))

describe('a version', () => {
  const effects = async () =>
    (
      await late.admin
        .selectFrom('audit_entry')
        .select('detail')
        .where('action', '=', 'description.took-effect')
        .orderBy('seq')
        .execute()
    ).map(({ detail }) => detail)

  test('is in force from its instant on and not before, and its hash is logged then, once', async () => {
    await recordEffect(late.custodian, await readVersions(late.custodian), now())
    const before = await effects()
    const people = { author: late.anssi, approver: late.riitta }
    const draft = await inTime(3, (instant) => newVersion(late.desk, people, instant, renamed()))
    const effectiveFrom = draft.effectiveFrom!
    const versions = await readVersions(late.custodian)
    const newest = versions.at(-1)!
    expect(versionAt(versions, effectiveFrom.subtract({ milliseconds: 1 })).version).toBe(newest.version - 1)
    expect(versionAt(versions, effectiveFrom).version).toBe(newest.version)

    expect(await recordEffect(late.custodian, versions, now())).toEqual([])
    // The database refuses a custodian whose clock is ahead.
    await expect(recordEffect(late.custodian, versions, effectiveFrom)).rejects.toThrow('not in force yet')
    expect(await effects()).toEqual(before)

    await wait(effectiveFrom.since(now()).total('milliseconds') + 50)
    const recorded = await Promise.all([1, 2, 3].map(() => recordEffect(late.custodian, versions, now())))
    expect(recorded.flat().map(({ version }) => version)).toEqual([newest.version])
    expect((await effects()).at(-1)).toEqual({
      version: newest.version,
      hash: newest.hash,
      effectiveFrom: effectiveFrom.toString(),
    })
    expect(await effects()).toHaveLength(before.length + 1)
  })
})
