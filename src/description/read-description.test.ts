import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Problem } from './problem.ts'
import { parseDescription, readDescription, seedDescriptionFile } from './read-description.ts'
import { findNumber } from './register-description.ts'
import { purposesOf } from './roles.ts'
import { phoneNumberKey } from './phone-numbers/normalise-phone-number.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')

/** The problems of the seed after a change, which must have changed something. */
function problemsAfter(change: string | RegExp, to: string): Problem[] {
  const changed = seed.replace(change, to)
  expect(changed).not.toBe(seed)
  const parsed = parseDescription(changed)
  return parsed.ok ? [] : parsed.problems
}
const lineOf = (text: string): number => seed.slice(0, seed.indexOf(text)).split('\n').length
const now = Temporal.Instant.from('2026-11-25T10:00:00Z')

test('the description that comes with the program is read, and no code knows its agency', async () => {
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

test('roles hold the purposes the description gives them, an expert those of the duty (R37-R41)', async () => {
  const description = await readDescription()
  expect(purposesOf(description, 'EXPERT', 'TRAINING')).toEqual([{ purpose: 'TRAINING' }])
  expect(purposesOf(description, 'EXPERT')).toEqual([])
  expect(purposesOf(description, 'MAINTENANCE')).toEqual([{ purpose: 'MAINTENANCE', reference: 'fault' }])
  expect(purposesOf(description, 'SECURITY')).toEqual([{ purpose: 'CRIME_OR_MISUSE', reference: 'case' }])
  expect(purposesOf(description, 'DECISION_MAKER')).toEqual([])
})

test('a number means what the description says of that time (R7, R11)', async () => {
  const description = await readDescription()
  expect(findNumber(description, phoneNumberKey('029 497 010'), now)?.region?.sv).toBe('Norra Finland')
  expect(findNumber(description, phoneNumberKey('029 497 010'), now.subtract({ hours: 24 * 400 }))).toBeUndefined()
  expect(findNumber(description, null, now)).toBeUndefined()
})

test.each<[rule: string, change: string | RegExp, to: string, field: string, message: RegExp]>([
  ['a missing field', '  recordForwarded: true\n', '', 'recordingPlan.recordForwarded', /is missing/],
  ['an unknown field', 'profile: seed', 'profile: seed\nprofil: seed', 'profil', /not known/],
  [
    'a purpose that does not exist (R6)',
    'purpose: SERVICE_LEVEL_STUDY\n',
    'purpose: APPRAISAL\n',
    'purposes[3].purpose',
    /one of DEVELOPMENT/,
  ],
  ['seven months (R25)', 'recordingMonths: 6', 'recordingMonths: 7', 'recordingPlan.rules[0].recordingMonths', /<= 6/],
  ['one month (R25)', 'recordingMonths: 2', 'recordingMonths: 1', 'recordingPlan.rules[1].recordingMonths', />= 2/],
  ['another history term (R22)', 'historyMonths: 14', 'historyMonths: 24', 'terms.historyMonths', /must be 14/],
  ['a day that is none', 'until: 2027-05-31', 'until: 2027-06-31', 'recordingPlan.rules[1].until', /calendar/],
  [
    'a number that is none',
    'number: 029 497 010',
    'number: soita meille',
    'numbers[2].number',
    /not a telephone number/,
  ],
  ['a regional number without a region (R7)', /    region: .*\n/, '', 'numbers[2].kind', /needs a region/],
  ['a number twice (R7)', 'number: 029 497 001', 'number: 0294 97000', 'numbers[1].number', /listed twice/],
  [
    'a switchboard that is not listed (R2)',
    'fi: 029 512 000,',
    'fi: 029 512 009,',
    'controller.switchboard.fi',
    /switchboard/,
  ],
  [
    'a supervisor with crime (R5)',
    '[{ purpose: DEVELOPMENT }, { purpose: QUALITY }',
    '[{ purpose: CRIME_OR_MISUSE, reference: case }, { purpose: QUALITY }',
    'roles[1].purposes[0].purpose',
    /may not hold/,
  ],
  ['an official beyond own calls (R39)', 'scope: own', 'scope: all', 'roles[0].scope', /no further than own/],
  ['an expert without a duty (R38)', '    duty: TRAINING\n', '', 'roles[3]', /duty/],
  [
    'maintenance without a fault (R40)',
    'MAINTENANCE, reference: fault',
    'MAINTENANCE',
    'roles[4].purposes[0]',
    /reference fault/,
  ],
  [
    'a rule for a switchboard (R13)',
    '[029 497 000, 029 497 001, 029 497 010]',
    '[029 512 000]',
    'recordingPlan.rules[0].numbers[0]',
    /never recorded/,
  ],
  ['a rule approved by its author (R14)', 'approver: riitta', 'approver: eero', 'decision.approver', /another person/],
  ['a number in full for ever (R15)', /      until: .*\n/, '', 'recordingPlan.rules[1].share', /end date/],
  [
    'a number in full without a reason (R15)',
    /      justification: .*\n/,
    '',
    'recordingPlan.rules[1].share',
    /justification/,
  ],
])('%s is refused with its line and field', (_rule, change, to, field, message) => {
  const problems = problemsAfter(change, to)
  expect(problems).toContainEqual({ line: expect.any(Number), field, message: expect.stringMatching(message) })
})

test('the line is the field’s own', () => {
  expect(problemsAfter('recordingMonths: 2', 'recordingMonths: 1')[0]?.line).toBe(lineOf('recordingMonths: 2'))
  expect(problemsAfter('scope: own', 'scope: all')[0]?.line).toBe(lineOf('scope: own'))
})

test('what is not YAML, is written twice or stands for something elsewhere is refused', () => {
  expect(problemsAfter('profile: seed', 'profile: [seed')[0]?.field).toBe('(file)')
  expect(problemsAfter('profile: seed', 'profile: seed\nprofile: gdpr')[0]?.message).toMatch(/unique/)
  expect(problemsAfter('profile: seed', 'profile: &p seed').length).toBe(0)
  expect(problemsAfter('version: 1', 'version: &one 1\nprofil: *one')[0]?.message).toMatch(/aliases/)
  expect(parseDescription('')).toMatchObject({ ok: false })
})

test('a file that cannot be obeyed stops the start, and says where it is wrong', async () => {
  await expect(readDescription(new URL('./register-description.ts', import.meta.url).pathname)).rejects.toMatchObject({
    code: 'description.invalid',
  })
  await expect(readDescription('/nowhere/description.yaml')).rejects.toMatchObject({ code: 'ENOENT' })
})
