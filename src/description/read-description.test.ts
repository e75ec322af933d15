import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Problem } from './problem.ts'
import { parseDescription, readDescription, seedDescriptionFile, shippedDescription } from './read-description.ts'
import { findNumber } from './register-description.ts'
import { purposesOf } from './roles.ts'
import { phoneNumberKey } from './phone-numbers/normalise-phone-number.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')

/** Returns the problems of the seed after a replacement, which must match. */
function problemsAfter(change: string | RegExp, to: string): Problem[] {
  const changed = seed.replace(change, to)
  expect(changed).not.toBe(seed)
  const parsed = parseDescription(changed)
  return parsed.ok ? [] : parsed.problems
}
const codesAfter = (change: string | RegExp, to: string) =>
  problemsAfter(change, to).map(({ code, field }) => `${code} ${field}`)
const now = Temporal.Instant.from('2026-11-25T10:00:00Z')

test('the shipped description is valid, with its terms, numbers and rules', async () => {
  const description = await readDescription()
  expect(description.controller.name.sv).toBe('Skatteförvaltningen')
  expect(description.terms).toEqual({ historyMonths: 14, recordingFloorMonths: 2, recordingCeilingMonths: 6 })
  expect(description.numbers.map(({ display, kind, language }) => [display, kind, language])).toEqual([
    ['029 497 000', 'NATIONAL_SERVICE', 'fi'],
    ['029 497 001', 'NATIONAL_SERVICE', 'sv'],
    ['029 497 010', 'REGIONAL_SERVICE', 'fi'],
    ['029 497 099', 'NATIONAL_SERVICE', 'fi'],
    ['029 512 000', 'SWITCHBOARD', 'fi'],
    ['029 512 001', 'SWITCHBOARD', 'sv'],
  ])
  expect(description.recordingPlan.rules.map(({ id, version, share }) => [id, version, share])).toEqual([
    ['service-numbers', 3, 0.1],
    ['test-line', 1, 1],
  ])
  expect(description.recordingPlan.rules[1]?.until?.toString()).toBe('2027-05-31T21:00:00Z')
})

test.each([
  ['2026-11-30', '2027-05-31', '2027-12-02'],
  // The last day of the test line is less than three months ahead, so it moves by a year.
  ['2027-03-01', '2028-05-31', '2027-12-02'],
  ['2028-02-29', '2028-05-31', '2028-12-02'],
  ['2040-12-31', '2041-05-31', '2041-12-02'],
])('installed on %s, the test line ends on %s and its site is reviewed by %s', async (today, until, nextReview) => {
  const parsed = parseDescription(await shippedDescription(Temporal.PlainDate.from(today)))
  const description = parsed.ok ? parsed.description : undefined
  const lastDay = description?.recordingPlan.rules[1]?.until?.subtract({ seconds: 1 })
  expect(lastDay?.toZonedDateTimeISO('Europe/Helsinki').toPlainDate().toString()).toBe(until)
  expect(description?.storage.sites[0]?.nextReview.toString()).toBe(nextReview)
})

test('roles hold the purposes given by the description, and an expert those of the duty (R37-R41)', async () => {
  const description = await readDescription()
  expect(purposesOf(description, 'EXPERT', 'TRAINING')).toEqual([{ purpose: 'TRAINING' }])
  expect(purposesOf(description, 'EXPERT')).toEqual([])
  expect(purposesOf(description, 'MAINTENANCE')).toEqual([{ purpose: 'MAINTENANCE', reference: 'fault' }])
  expect(purposesOf(description, 'SECURITY')).toEqual([{ purpose: 'CRIME_OR_MISUSE', reference: 'case' }])
  expect(purposesOf(description, 'DECISION_MAKER')).toEqual([])
})

test('a number has the meaning that the description gives it at that time (R7, R11)', async () => {
  const description = await readDescription()
  expect(findNumber(description, phoneNumberKey('029 497 010'), now)?.region?.sv).toBe('Norra Finland')
  expect(findNumber(description, phoneNumberKey('029 497 010'), now.subtract({ hours: 24 * 400 }))).toBeUndefined()
  expect(findNumber(description, null, now)).toBeUndefined()
})

test.each([
  ['legalClaim: false', 'legalClaim: true'],
  ['maskCallerAfterMonths: null', 'maskCallerAfterMonths: 6'],
])('unavailable functions cannot be promised: "%s" changed to "%s" is refused', (change, to) => {
  const [problem, ...others] = problemsAfter(change, to)
  expect(others).toEqual([])
  expect(problem).toMatchObject({ code: 'switch.not-available', field: `switches.${change.split(':')[0]!}` })
  expect(problem?.remedy.en).toBe(`Leave it as ${change.split(': ')[1]!}.`)
})

test.each(['breakGlass', 'denied'])('the content visible to maintenance can be limited: %s (C6)', (value) => {
  expect(problemsAfter('maintenanceContent: allowed', `maintenanceContent: ${value}`)).toEqual([])
})

test.each(['accessCopy', 'accessTranscript', 'julklRequests', 'mentionedPersons'])(
  'switches for current law are accepted in a description under the Personal Data Act: %s (C1, C11, C12)',
  (name) => {
    expect(problemsAfter(`${name}: false`, `${name}: true`)).toEqual([])
  },
)

test('recalled copies are due within three working days, or the configured number (AC13)', () => {
  const daysOf = (text: string) => {
    const parsed = parseDescription(text)
    return parsed.ok && parsed.description.disclosure.returnWorkingDays
  }
  expect(daysOf(seed)).toBe(3)
  expect(daysOf(seed.replace('\ndisclosure:', '\ndisclosure:\n  returnWorkingDays: 5'))).toBe(5)
})

test('the switch by which open inspections postpone destruction is accepted (C3)', () => {
  expect(problemsAfter('holdForInspection: false', 'holdForInspection: true')).toEqual([])
})

test('all problems are reported together, in the order of the text, and an unreadable part does not hide problems of other parts', () => {
  const changed = seed
    .replace('approver: riitta', 'approver: eero')
    .replace('number: 029 497 010', 'number: soita meille')
    .replace('- purpose: TRAINING\n', '- purpose: APPRAISAL\n')
    .replace('scope: own', 'scope: all')
    .replace('recordingMonths: 6', 'recordingMonths: 7')
    .replace('until: 2027-05-31', 'until: 2025-05-31')
    .replace('electronicAccessControl: true', 'electronicAccessControl: 1')
    .replace('researchTreatAsPersonal: true', 'researchTreatAsPersonal: joo')
    .replace('@vero.example', '')
  const parsed = parseDescription(changed)
  const problems = parsed.ok ? [] : parsed.problems
  expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual([
    'decision.own decision.approver',
    'purpose.unknown purposes[2].purpose',
    'role.scope-too-wide roles[0].scope',
    'number.unreadable numbers[2].number',
    'term.range recordingPlan.rules[0].recordingMonths',
    'time.end-before-begin recordingPlan.rules[1].until',
    'shape.type storage.sites[0].electronicAccessControl',
    'contact.email contacts.accessibility.email',
    'shape.type switches.researchTreatAsPersonal',
  ])
  const lines = problems.map(({ line }) => line)
  expect(lines).toEqual(lines.toSorted((a, b) => a - b))
})

test('more than eight fields of the wrong kind are all reported', () => {
  expect(problemsAfter(/(?<=names:\n?.*)fi: /g, 'suomi: ').length).toBeGreaterThan(16)
  expect(parseDescription('{}')).toMatchObject({ ok: false, problems: { length: 20 } })
})

test('an unused anchor is accepted, and a list is not a description', () => {
  expect(problemsAfter('profile: seed', 'profile: &p seed')).toEqual([])
  expect(parseDescription('- a list')).toMatchObject({ ok: false, problems: [{ code: 'shape.type', field: '(file)' }] })
})

test('an invalid file prevents the start, with the error, the line and the remedy', async () => {
  await expect(readDescription(new URL('./register-description.ts', import.meta.url).pathname)).rejects.toMatchObject({
    code: 'description.invalid',
    message: expect.stringMatching(
      /line \d+, \(file\): The text cannot be read at this point\. Check the line’s colon/,
    ),
  })
  await expect(readDescription('/nowhere/description.yaml')).rejects.toMatchObject({ code: 'ENOENT' })
})

test('an unreadable number in the list causes no false problems in the rules that name it', () => {
  expect(codesAfter('kind: REGIONAL_SERVICE', 'kind: LOCAL')).toEqual(['shape.choice numbers[2].kind'])
})
