import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { promises } from '#description/promises.ts'
import { languages } from '#description/closed-lists.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'
import { catalogue } from './catalogue.ts'
import { describePromise } from './describe-promise.ts'
import { checkPromises } from './check-promises.ts'
import type { Check } from './promise.ts'
import { readProofs } from './read-proofs.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = database.as('seloste_desk').db
const { db: admin, pool } = database.as()
const { check, key, makeContext: context, recordings, tamper } = await makeTestPromises(database)
const now = () => Temporal.Now.instant()

const proofOf = async (promise: string, at = now()) =>
  (await readProofs(desk, at, key)).find((proof) => proof.promise === promise)
const logEntries = () =>
  admin
    .selectFrom('audit_entry')
    .select(['action', 'detail'])
    .where('object_kind', '=', 'promise')
    .orderBy('seq')
    .execute()

test.each(promises)('the test named by %s exists', (promise) => {
  const { file, title } = catalogue[promise].test
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
  expect(text.replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(`test\\( ?'${title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}'`),
  )
})

test('in a register without calls every promise can be checked, and its sentences are complete', async () => {
  const empty = await context()
  for (const promise of promises) {
    const found = await catalogue[promise].check(empty, undefined)
    if (found === 'not-yet') throw new Error(`${promise} gave no facts`)
    const { facts } = found
    const withoutCounts = Object.fromEntries(
      Object.entries(facts).map(([name, fact]) => [
        name,
        typeof fact === 'number' ? 0 : name.endsWith('At') ? null : fact,
      ]),
    )
    if (promise === 'recording.as-drawn') withoutCounts['verifiedAt'] = now().toString()
    for (const shown of [facts, withoutCounts]) {
      const text = describePromise(promise, shown, now())
      for (const language of languages) {
        expect(text[language], promise).toMatch(/^[A-ZÄÖ].*[^.]\.$/)
        expect(text[language], promise).not.toMatch(/undefined|null|NaN|\[object| ,|, \.|  |\bof them\b/)
      }
    }
  }
})

test('a sentence states the rule and the counts, with dates and numbers formatted per language', () => {
  const at = Temporal.Instant.from('2026-11-25T12:00:00Z')
  const facts = {
    months: 6,
    held: 12_408,
    oldestExpiresAt: '2027-02-28T08:05:00Z',
    lastSweepAt: at.subtract({ minutes: 14 }).toString(),
    overdue: 0,
    leftovers: 0,
    storeListedAt: null,
    example: null,
  }
  const sentences = (changes: Partial<typeof facts>) =>
    describePromise('recordings.ceiling', { ...facts, ...changes }, at)
  expect(sentences({})).toEqual({
    fi: 'Tallenteita säilytetään enintään 6 kuukautta: 12\u00a0408 tallennetta tallessa, vanhin tuhotaan 28.2.2027, viimeisin poistoajo 14 minuuttia sitten, 0 myöhässä.',
    sv: 'Inspelningarna förvaras i högst 6 månader: 12\u00a0408 inspelningar i förvar, den äldsta förstörs 28.2.2027, senaste gallring för 14 minuter sedan, 0 försenade.',
    en: 'Recordings are kept for at most 6 months: 12,408 held, the oldest is destroyed 28 Feb 2027, last deletion run 14 minutes ago, 0 overdue.',
  })
  expect(sentences({ held: 1 }).fi).toContain(': 1 tallenne tallessa,')
  expect(sentences({ leftovers: 1 }).en).toContain(', 0 overdue, 1 file or key left of destroyed ones.')
  const seconds = at.subtract({ seconds: 59 }).toString()
  expect(sentences({ lastSweepAt: seconds }).en).toContain('last deletion run just now')
  const days = at.subtract({ hours: 50 }).toString()
  expect(sentences({ lastSweepAt: days }).sv).toContain('senaste gallring för 2 dagar sedan')
})

test('a promise that breaks or holds again is reported once, in the log and in the list of changes', async () => {
  await check()
  const before = (await logEntries()).length
  const condition = `where id = '${recordings.ainos.id}'`
  await tamper(`update recording set started_at = started_at - interval '1 minute' ${condition}`)
  const broken = await check()
  expect(broken.newlyBroken.map(({ promise }) => promise)).toEqual(['recording.within-signals'])
  expect((await check()).newlyBroken).toEqual([])
  const from = (await proofOf('recording.within-signals'))?.brokenSince
  expect(from).toBeDefined()
  await tamper(`update recording set started_at = started_at + interval '1 minute' ${condition}`)
  expect((await check()).restored.map(({ promise }) => promise)).toEqual(['recording.within-signals'])
  expect(await proofOf('recording.within-signals')).not.toHaveProperty('brokenSince')

  expect((await logEntries()).slice(before)).toMatchObject([
    { action: 'promise.broken', detail: { promise: 'recording.within-signals', outside: 1 } },
    { action: 'promise.restored', detail: { promise: 'recording.within-signals', outside: 0 } },
  ])
  const { rows } = await pool.query('select promise, holds from proof_change order by seq desc limit 2')
  expect(rows).toEqual([
    { promise: 'recording.within-signals', holds: true },
    { promise: 'recording.within-signals', holds: false },
  ])
})

test('a failed check gives a failed proof, with the reason and the latest facts', async () => {
  await check()
  await pool.query('revoke select on listening from seloste_custodian')
  const { broken, errors, newlyBroken } = await check()
  await pool.query('grant select on listening to seloste_custodian')
  const unread = ['purposes.closed', 'recordings.stay', 'rights.own', 'rights.maintenance-security']
  expect(errors.map(({ promise }) => promise)).toEqual(unread)
  // The revoked grant protected nothing, but without it the grants differ from those that the program expects.
  const unproven = [unread[0], 'log.whole', ...unread.slice(1)]
  expect(broken.map(({ promise }) => promise)).toEqual(unproven)
  expect(newlyBroken[0]).toMatchObject({ promise: 'purposes.closed', facts: null, fault: '42501' })
  const proof = await proofOf('recordings.stay')
  expect(proof?.holds).toBe(false)
  expect(proof?.brokenSince).toBeDefined()
  expect(proof?.text.en).toMatch(
    /^The check failed \(42501\), so there is no proof of the promise\. Last found: Recordings do not leave the controller: 2 listenings, /,
  )
  expect(proof?.text.fi).toContain('Tarkistusta ei voitu tehdä (42501)')
  expect((await logEntries()).at(-1)).toMatchObject({ action: 'promise.broken', detail: { fault: '42501' } })
  expect((await check()).restored.map(({ promise }) => promise)).toEqual(unproven)
})

test('the proof of a check that never succeeded has no counts', async () => {
  const unable: Check = { ...catalogue['storage.sites'], check: () => Promise.reject(new Error('the disk is away')) }
  await pool.query('delete from proof')
  await checkPromises(await context(), ['storage.sites'], { ...catalogue, 'storage.sites': unable })
  const [proof, ...others] = await readProofs(desk, now(), key)
  expect(others).toEqual([])
  expect(proof).toMatchObject({ promise: 'storage.sites', holds: false, facts: {} })
  expect(proof?.text.sv).toBe('Kontrollen kunde inte göras (Error), och det finns inget bevis för löftet.')
})

test('a check aborted when its process stops changes no proof', async () => {
  await check()
  const before = await readProofs(desk, now(), key)
  const ending = new AbortController()
  const stopsItself: Check = {
    ...catalogue['history.fields'],
    check(context) {
      ending.abort()
      context.signal?.throwIfAborted()
      throw new Error('the check continued')
    },
  }
  const checked = await checkPromises(await context({ signal: ending.signal }), ['history.fields', 'history.term'], {
    ...catalogue,
    'history.fields': stopsItself,
  })
  expect(checked).toEqual({ broken: [], newlyBroken: [], restored: [], errors: [] })
  expect((await readProofs(desk, now(), key)).map(({ checkedAt }) => checkedAt)).toEqual(
    before.map(({ checkedAt }) => checkedAt),
  )
  await expect(
    catalogue['recording.as-drawn'].check(await context({ signal: ending.signal }), undefined),
  ).rejects.toThrow('aborted')
})

test('a proof older than a quarter of an hour is not counted, and reports when it was made', async () => {
  await check()
  const [first] = await readProofs(desk, now(), key)
  const made = Temporal.Instant.from(first!.checkedAt)
  expect((await readProofs(desk, made.add({ minutes: 14 }), key)).every(({ holds }) => holds)).toBe(true)
  const later = await readProofs(desk, made.add({ minutes: 16 }), key)
  expect(later).toHaveLength(promises.length)
  expect(later.some(({ holds }) => holds)).toBe(false)
  expect(later[0]).toMatchObject({ brokenSince: made.add({ minutes: 15 }).toString() })
  expect(later[0]?.text.en).toMatch(/^Last checked 16 minutes ago; not checked since.* Last found: Version 1/)
})

test('a proof dated in the future is invalid, since a clock was ahead', async () => {
  await check()
  await check({ now: now().add({ hours: 24 * 365 }) })
  const proofs = await readProofs(desk, now(), key)
  expect(proofs).toHaveLength(promises.length)
  expect(proofs.some(({ holds }) => holds)).toBe(false)
  expect(proofs[0]?.text.en).toMatch(
    /^Dated in the future \(.*\): .* so there is no proof of the promise\. Last found: /,
  )
  // The clocks of two machines always differ a little.
  await check({ now: now().add({ seconds: 20 }) })
  expect((await readProofs(desk, now(), key)).every(({ holds }) => holds)).toBe(true)
})

test('a proof has counts, instants and ids, and no name or number of a person', async () => {
  await check()
  const written = JSON.stringify(await pool.query('select facts, memo from proof').then(({ rows }) => rows))
  expect(written).not.toMatch(/Aino|Kaisa|Matti|\+35840|0401234567/)
})
