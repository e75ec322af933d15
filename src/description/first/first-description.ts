/** Makes the first description of an agency from its ten answers: the bundled one with other words, numbers and dates. */
import { editDescription, type TextEdit } from '../edit/edit-description.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { Answers } from './answers.ts'
import { annotate } from './annotations.ts'

const languages = ['fi', 'sv', 'en'] as const
const testLineMonths = 18
const testLine = {
  names: { fi: 'Testilinja', sv: 'Testlinjen', en: 'Test line' },
  justification: 'Testilinjalle soittaa vain oma henkilöstö, joka kokeilee tallennuksen toimintaa.',
}
const switchboardNames = { fi: 'Puhelinvaihde', sv: 'Telefonväxeln', en: 'Switchboard' }
const noticeTitle = { fi: 'TIETOSUOJASELOSTE', sv: 'DATASKYDDSBESKRIVNING', en: 'PRIVACY NOTICE' }

/**
 * Returns the description's text, annotated. It may still have problems that only parseDescription finds (an unknown number, a
 * late attestation).
 * @param bundled text of the bundled description
 */
export function firstDescription(answers: Answers, bundled: string): string {
  const { agency, unit, addresses, telephone, cooperation, decision, notice, site } = answers
  const { effectiveFrom, ...decided } = decision
  const edits: [path: string, value: unknown][] = [
    ['version', 1],
    ['effectiveFrom', effectiveFrom],
    ['decision', decided],
    ['name', registerName(agency)],
    ['controller.name', agency.name],
    ['controller.finnishForms', agency.finnishForms],
    ['controller.unit', unit.name],
    ['controller.postalAddress', addresses.postal],
    ['controller.visitingAddress', addresses.visiting],
    ['controller.switchboard', telephone.switchboard],
    ['numbering.exchanges', telephone.exchanges],
    ['numbers', numbersOf(answers)],
    ['recordingPlan.defaultShare', Number(answers.recording.percent) / 100],
    ['recordingPlan.cooperation', cooperation],
    ['recordingPlan.announcements.0.numbers', recordedNumbers(answers)],
    ['recordingPlan.rules', rulesOf(answers)],
    ['storage.sites', [siteOf(site)]],
    ['rights.unit', unit.name],
    ['rights.finnishForms.illative', unit.finnishIllative],
    ['contacts.accessibility.email', notice.accessibilityEmail],
    ...noticeEdits(notice, bundled),
  ]
  return annotate(editDescription(bundled, edits.map(toEdit)))
}

function toEdit([path, value]: [string, unknown]): TextEdit {
  return { path: path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)), value }
}

function registerName({ name, finnishForms }: Answers['agency']): Trilingual {
  const genitive = /[sxz]$/.test(name.sv) ? name.sv : `${name.sv}s`
  return {
    fi: `${finnishForms.genitive} puhelinpalvelun kontaktihistorian ja puhelutallenteiden rekisteri`,
    sv: `${genitive} register över telefontjänstens kontakthistoria och inspelade samtal`,
    en: `Register of telephone-service contact history and call recordings: ${name.en}`,
  }
}

/** Under the GDPR: the notice, with a legal basis for each purpose. */
function noticeEdits({ legalBasis, dataProtectionOfficer }: Answers['notice'], bundled: string): [string, unknown][] {
  if (legalBasis === undefined && dataProtectionOfficer === undefined) return []
  const purposes = [...bundled.matchAll(/^ {2}- purpose: /gm)]
  return [
    ['profile', 'gdpr'],
    ['title', noticeTitle],
    ['contacts.dataProtectionOfficer', dataProtectionOfficer],
    ...purposes.map((_, index): [string, unknown] => [`purposes.${index}.legalBasis`, legalBasis]),
  ]
}

function siteOf({ attestedBy, attestedOn, nextReview, ...named }: Answers['site']) {
  return { id: 'server-room', ...named, electronicAccessControl: true, attestedBy, attestedOn, nextReview }
}

function numbersOf({ numbers, telephone, recording, decision: { effectiveFrom: validFrom } }: Answers) {
  const service = numbers.map((number) => ({ ...number, kind: 'NATIONAL_SERVICE' }))
  const testNumber = recording.testLine && { number: recording.testLine, language: 'fi', names: testLine.names }
  const switchboards = languages
    .filter((language, index) => languages.findIndex((one) => same(one, language)) === index)
    .map((language) => ({
      ...{ number: telephone.switchboard[language], kind: 'SWITCHBOARD', language, names: switchboardNames },
    }))
  return [...service, ...(testNumber ? [{ ...testNumber, kind: 'NATIONAL_SERVICE' }] : []), ...switchboards].map(
    ({ number, kind, language, names }) => ({ number, kind, language, names, validFrom }),
  )

  function same(one: keyof Trilingual, other: keyof Trilingual): boolean {
    return telephone.switchboard[one].replaceAll(/\s/g, '') === telephone.switchboard[other].replaceAll(/\s/g, '')
  }
}

function recordedNumbers({ numbers, recording: { testLine: line } }: Answers): string[] {
  return [...numbers.map(({ number }) => number), ...(line === undefined ? [] : [line])]
}

function rulesOf({ numbers, recording, decision: { effectiveFrom: from } }: Answers) {
  const rule = {
    ...{
      id: 'service-numbers',
      version: 1,
      names: { fi: 'Palvelunumerot', sv: 'Servicenumren', en: 'Service numbers' },
    },
    numbers: numbers.map(({ number }) => number),
    recordingMonths: Number(recording.months),
    from,
  }
  if (recording.testLine === undefined) return [rule]
  const until = Temporal.PlainDate.from(from).add({ months: testLineMonths }).toString()
  return [
    rule,
    {
      ...{ id: 'test-line', version: 1, names: testLine.names, numbers: [recording.testLine], share: 1 },
      ...{ recordingMonths: 2, from, until, justification: testLine.justification },
    },
  ]
}
