import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Problem } from './problem.ts'
import { type ProblemCode } from './problem-texts/problem-texts.ts'
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
const codesAfter = (change: string | RegExp, to: string) =>
  problemsAfter(change, to).map(({ code, field }) => `${code} ${field}`)
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

test.each<[rule: string, change: string | RegExp, to: string, code: ProblemCode, field: string]>([
  ['a missing field', '  recordForwarded: true\n', '', 'shape.missing', 'recordingPlan.recordForwarded'],
  ['a missing section', /^rights:\n.*\n.*\n/m, '', 'shape.missing', 'rights'],
  ['an unknown field', 'profile: seed', 'profile: seed\nprofil: seed', 'shape.unknown', 'profil'],
  [
    'an unknown field called as no field can be',
    'profile: seed',
    'profile: seed\n__proto__: x',
    'shape.unknown',
    '__proto__',
  ],
  ['a kind that does not exist', 'kind: SWITCHBOARD', 'kind: MOBILE', 'shape.choice', 'numbers[4].kind'],
  ['a text of digits', 'pbx: main', 'pbx: 512', 'shape.type', 'numbering.pbx'],
  [
    'months that are no months',
    'logRetentionMonths: null',
    'logRetentionMonths: 0',
    'shape.type',
    'switches.logRetentionMonths',
  ],
  [
    'a name of nothing but spaces',
    'fi: Testilinja, sv: Testlinjen',
    'fi: "  ", sv: Testlinjen',
    'shape.empty',
    'numbers[3].names.fi',
  ],
  [
    'a rule without numbers',
    'numbers: [029 497 099]\n      share',
    'numbers: []\n      share',
    'shape.empty',
    'recordingPlan.rules[1].numbers',
  ],
  [
    'a text without end',
    'attestedBy: Turvallisuusyksikkö',
    `attestedBy: ${'a'.repeat(2001)}`,
    'shape.too-long',
    'storage.sites[0].attestedBy',
  ],
  ['a version of nothing', 'version: 3', 'version: 0', 'shape.too-small', 'recordingPlan.rules[0].version'],
  [
    'a quota without end',
    'recordingMonths: 6',
    'recordingMonths: 6\n      quota: { per: number, weekly: 100001 }',
    'shape.too-large',
    'recordingPlan.rules[0].quota.weekly',
  ],
  ['a date in another form', 'until: 2027-05-31', 'until: 31.5.2027', 'shape.date', 'recordingPlan.rules[1].until'],
  [
    'an instant without an offset',
    'effectiveFrom: 2026-01-01',
    'effectiveFrom: 2026-01-01T12:00',
    'shape.instant',
    'effectiveFrom',
  ],
  [
    'a time that no clock shows',
    'recordingMonths: 6',
    'recordingMonths: 6\n      hours: { days: [MON], from: 25:00, to: 26:00 }',
    'shape.time-of-day',
    'recordingPlan.rules[0].hours.from',
  ],
  ['an id with spaces', 'id: test-line', 'id: test line', 'shape.id', 'recordingPlan.rules[1].id'],
  ['a day that is none', 'until: 2027-05-31', 'until: 2027-06-31', 'day.none', 'recordingPlan.rules[1].until'],
  [
    'an instant on a day that is none',
    'effectiveFrom: 2026-01-01',
    'effectiveFrom: 2026-02-30T12:00Z',
    'day.none',
    'effectiveFrom',
  ],
  [
    'a purpose that does not exist (R6)',
    'purpose: SERVICE_LEVEL_STUDY\n',
    'purpose: APPRAISAL\n',
    'purpose.unknown',
    'purposes[3].purpose',
  ],
  ['a purpose twice (R3)', 'purpose: QUALITY\n', 'purpose: DEVELOPMENT\n', 'purpose.twice', 'purposes[1].purpose'],
  [
    'another primary purpose (R3)',
    '- purpose: DEVELOPMENT\n',
    '- purpose: MAINTENANCE\n',
    'purpose.first',
    'purposes[0]',
  ],
  [
    'a purpose that no role may use (R3)',
    '[{ purpose: CRIME_OR_MISUSE, reference: case }]',
    '[]',
    'purpose.unused',
    'purposes[4].purpose',
  ],
  [
    'a data set twice',
    'dataSets: [history, recordings]',
    'dataSets: [history, history]',
    'purpose.data-set-twice',
    'purposes[0].dataSets',
  ],
  [
    'a notice without a legal basis (L1)',
    'profile: seed',
    'profile: gdpr',
    'purpose.legal-basis',
    'purposes[6].legalBasis',
  ],
  [
    'a notice without an officer (L2)',
    'profile: seed',
    'profile: gdpr',
    'contact.officer-missing',
    'contacts.dataProtectionOfficer',
  ],
  [
    'seven months (R25)',
    'recordingMonths: 6',
    'recordingMonths: 7',
    'term.range',
    'recordingPlan.rules[0].recordingMonths',
  ],
  [
    'one month (R25)',
    'recordingMonths: 2',
    'recordingMonths: 1',
    'term.range',
    'recordingPlan.rules[1].recordingMonths',
  ],
  [
    'half a month (R25)',
    'recordingMonths: 2',
    'recordingMonths: 2.5',
    'term.range',
    'recordingPlan.rules[1].recordingMonths',
  ],
  ['another history term (R22)', 'historyMonths: 14', 'historyMonths: 24', 'term.fixed', 'terms.historyMonths'],
  ['callers alone (R12)', '[CALLERS, ANSWERING_OFFICIALS]', '[CALLERS]', 'register.data-subjects', 'dataSubjects'],
  [
    'three identification data (R10)',
    '[CALL_START_AND_END, CALLER_NUMBER,',
    '[CALLER_NUMBER,',
    'register.identification-data',
    'identificationData',
  ],
  [
    'one of them twice (R10)',
    'CALL_START_AND_END, CALLER_NUMBER',
    'CALLER_NUMBER, CALLER_NUMBER',
    'register.identification-data',
    'identificationData',
  ],
  ['a role twice (R36)', '  - role: SECURITY\n', '  - role: MAINTENANCE\n', 'role.twice', 'roles[5].role'],
  [
    'a supervisor with crime (R5)',
    '[{ purpose: DEVELOPMENT }, { purpose: QUALITY }',
    '[{ purpose: CRIME_OR_MISUSE, reference: case }, { purpose: QUALITY }',
    'role.purpose-too-wide',
    'roles[1].purposes[0].purpose',
  ],
  [
    'a purpose given twice',
    '[{ purpose: DEVELOPMENT }, { purpose: QUALITY }',
    '[{ purpose: QUALITY }, { purpose: QUALITY }',
    'role.purpose-twice',
    'roles[1].purposes[1].purpose',
  ],
  ['an official beyond own calls (R39)', 'scope: own', 'scope: all', 'role.scope-too-wide', 'roles[0].scope'],
  ['an expert without a duty (R38)', '    duty: TRAINING\n', '', 'role.duty-missing', 'roles[3].duty'],
  [
    'a duty of somebody else (R38)',
    '  - role: SECURITY\n',
    '  - role: SECURITY\n    duty: QUALITY\n',
    'role.duty-extra',
    'roles[5].duty',
  ],
  [
    'maintenance without a fault (R40)',
    'MAINTENANCE, reference: fault',
    'MAINTENANCE',
    'role.reference-missing',
    'roles[4].purposes[0]',
  ],
  [
    'a purpose held and not listed (R3)',
    /  - purpose: MAINTENANCE\n.*\n.*\n/,
    '',
    'role.purpose-not-described',
    'roles[4].purposes[0].purpose',
  ],
  [
    'a register that nobody decides for (R14)',
    /  - role: DECISION_MAKER\n[^]*?purposes: \[\]\n/,
    '',
    'role.decision-maker-missing',
    'roles',
  ],
  [
    'a register that nobody is let into (R36)',
    /  - role: ACCESS_APPROVER\n[^]*?purposes: \[\]\n/,
    '',
    'role.access-approver-missing',
    'roles',
  ],
  [
    'a description that nobody can change (R14)',
    /  - role: EXPERT\n    duty: QUALITY\n[^]*?\n(  - role: EXPERT[^]*)  - role: ADMINISTRATOR\n[^]*?purposes: \[\]\n/,
    '$1',
    'role.drafter-missing',
    'roles',
  ],
  ['a number that is none', 'number: 029 497 010', 'number: soita meille', 'number.unreadable', 'numbers[2].number'],
  [
    'a rule’s number that is none',
    '[029 497 099]\n      share',
    '[029 497 099, x]\n      share',
    'number.unreadable',
    'recordingPlan.rules[1].numbers[1]',
  ],
  ['an exchange that is none', '[029 512, 029 497]', '[29512]', 'shape.type', 'numbering.exchanges[0]'],
  ['an exchange without its zero', '[029 512, 029 497]', '["29512"]', 'number.exchange-form', 'numbering.exchanges[0]'],
  ['a regional number without a region (R7)', /    region: .*\n/, '', 'number.region-missing', 'numbers[2].region'],
  [
    'a region of a national number (R7)',
    'kind: REGIONAL_SERVICE',
    'kind: NATIONAL_SERVICE',
    'number.region-extra',
    'numbers[2].region',
  ],
  ['a number twice (R7)', 'number: 029 497 001', 'number: 0294 97000', 'number.twice', 'numbers[1].number'],
  ['a number of two kinds (R7)', 'number: 029 512 000', 'number: 029 497 099', 'number.two-kinds', 'numbers[4].number'],
  [
    'a number that ends before it begins (R7)',
    'validFrom: 2026-01-01',
    'validFrom: 2026-01-01\n    validTo: 2025-12-30',
    'time.end-before-begin',
    'numbers[0].validTo',
  ],
  [
    'a switchboard that is not listed (R2)',
    'fi: 029 512 000,',
    'fi: 029 512 009,',
    'number.switchboard-unlisted',
    'controller.switchboard.fi',
  ],
  [
    'a storage site twice (R18)',
    '\ndisclosure:',
    '    - { id: server-room, names: { fi: a, sv: b, en: c }, electronicAccessControl: true, attestedBy: x, attestedOn: 2025-12-01, nextReview: 2027-01-01 }\n\ndisclosure:',
    'site.twice',
    'storage.sites[1].id',
  ],
  [
    'a storage site behind an open door (R19)',
    'electronicAccessControl: true',
    'electronicAccessControl: false',
    'site.no-access-control',
    'storage.sites[0].electronicAccessControl',
  ],
  [
    'a storage site attested afterwards (R19)',
    /attestedOn: .*/,
    'attestedOn: 2026-01-02',
    'site.attested-late',
    'storage.sites[0].attestedOn',
  ],
  [
    'a storage site whose review is due (R19)',
    /nextReview: .*/,
    'nextReview: 2025-12-31',
    'site.review-due',
    'storage.sites[0].nextReview',
  ],
  [
    'a review before the attestation (R19)',
    /nextReview: .*/,
    'nextReview: 2025-12-02',
    'site.review-before-attestation',
    'storage.sites[0].nextReview',
  ],
  [
    'disclosure without a statutory ground (R34)',
    /(validFrom: )2014-01-01/,
    '$12026-01-02',
    'disclosure.no-provision',
    'disclosure.authority',
  ],
  [
    'a ground that ends before it begins (R34)',
    /(validFrom: 2014-01-01)/,
    '$1\n      validTo: 2013-01-01',
    'time.end-before-begin',
    'disclosure.provisions[0].validTo',
  ],
  [
    'a ground twice (R34)',
    '\nrights:',
    '    - { id: police-act-4-2, names: { fi: a, sv: b, en: c }, validFrom: 2020-01-01 }\n\nrights:',
    'provision.twice',
    'disclosure.provisions[1].id',
  ],
  [
    'an email address that is none (L34)',
    'saavutettavuus@vero.example',
    'saavutettavuus',
    'contact.email',
    'contacts.accessibility.email',
  ],
  [
    'a phone number that is none (L34)',
    'saavutettavuus@vero.example',
    'a@vero.example, phone: puhelin',
    'contact.phone',
    'contacts.accessibility.phone',
  ],
  ['an author who approves (R14)', 'approver: riitta', 'approver: Eero', 'decision.own', 'decision.approver'],
  [
    'a share of more than everything',
    'defaultShare: 0.1',
    'defaultShare: 10',
    'share.range',
    'recordingPlan.defaultShare',
  ],
])('%s is refused with its code and field', (_rule, change, to, code, field) => {
  expect(codesAfter(change, to)).toContain(`${code} ${field}`)
})

test.each([
  ['accessCopy: false', 'accessCopy: true'],
  ['accessTranscript: false', 'accessTranscript: true'],
  ['holdForInspection: false', 'holdForInspection: true'],
  ['secondFactor: off', 'secondFactor: optional'],
  ['maintenanceContent: allowed', 'maintenanceContent: breakGlass'],
  ['legalClaim: false', 'legalClaim: true'],
  ['logRetentionMonths: null', 'logRetentionMonths: 60'],
  ['julklRequests: false', 'julklRequests: true'],
  ['mentionedPersons: false', 'mentionedPersons: true'],
  ['maskCallerAfterMonths: null', 'maskCallerAfterMonths: 6'],
])('what the program does not do is not promised: with %s as %s the description is refused', (change, to) => {
  const [problem, ...others] = problemsAfter(change, to)
  expect(others).toEqual([])
  expect(problem).toMatchObject({ code: 'switch.not-available', field: `switches.${change.split(':')[0]!}` })
  expect(problem?.remedy.en).toBe(`Leave it ${change.split(': ')[1]!}.`)
})

test('the line is the field’s own', () => {
  expect(problemsAfter('recordingMonths: 2', 'recordingMonths: 1')[0]?.line).toBe(lineOf('recordingMonths: 2'))
  expect(problemsAfter('scope: own', 'scope: all')[0]?.line).toBe(lineOf('scope: own'))
})

test('every problem is told at once, from the top down: what cannot be read hides nothing that can', () => {
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

test('more than eight fields of the wrong kind are told, all of them', () => {
  expect(problemsAfter(/(?<=names:\n?.*)fi: /g, 'suomi: ').length).toBeGreaterThan(16)
  expect(parseDescription('{}')).toMatchObject({ ok: false, problems: { length: 20 } })
})

test('what is not YAML, is written twice or stands for something elsewhere is refused', () => {
  const firstOf = (change: string, to: string) => problemsAfter(change, to)[0]
  expect(firstOf('profile: seed', 'profile: [seed')).toMatchObject({ code: 'yaml.indentation', field: '(file)' })
  expect(firstOf('profile: seed', 'profile: @seed')).toMatchObject({ code: 'yaml.syntax', line: lineOf('profile') })
  expect(firstOf('profile: seed', 'profile: !x seed')).toMatchObject({ code: 'yaml.tag' })
  expect(firstOf('profile: seed', 'profile: seed\nprofile: gdpr')).toMatchObject({ code: 'yaml.duplicate-key' })
  expect(problemsAfter('profile: seed', 'profile: &p seed')).toEqual([])
  expect(firstOf('version: 1', 'version: &one 1\nprofil: *one')).toMatchObject({ code: 'yaml.alias', line: 4 })
  expect(parseDescription('#'.repeat(1_000_001))).toMatchObject({ problems: [{ code: 'yaml.too-large' }] })
  expect(parseDescription('')).toMatchObject({ ok: false })
  expect(parseDescription('- a list')).toMatchObject({ ok: false, problems: [{ code: 'shape.type', field: '(file)' }] })
})

test('a file that cannot be obeyed stops the start, and says where it is wrong and what to do', async () => {
  await expect(readDescription(new URL('./register-description.ts', import.meta.url).pathname)).rejects.toMatchObject({
    code: 'description.invalid',
    message: expect.stringMatching(/line \d+, \(file\): The text cannot be read here\. Check the line’s colon/),
  })
  await expect(readDescription('/nowhere/description.yaml')).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a number of the list that cannot be read raises no false alarm about the rules that name it', () => {
  expect(codesAfter('kind: REGIONAL_SERVICE', 'kind: LOCAL')).toEqual(['shape.choice numbers[2].kind'])
})
