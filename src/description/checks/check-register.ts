import { normalisePhoneNumber } from '../phone-numbers/normalise-phone-number.ts'
import { problemAt, type FieldPath, type FieldProblem } from '../problem.ts'
import { dataSubjects, identificationData, type RegisterDescription } from '../register-description.ts'
import { dayText } from '../value-texts.ts'
import { termZone } from '../terms.ts'

type Part<Section extends keyof RegisterDescription> = Pick<RegisterDescription, Section>

/** R14: author and approver are different people. User ids are case-insensitive. */
export function checkDecision({ decision }: Part<'decision'>): FieldProblem[] {
  const same = decision.author.trim().toLowerCase() === decision.approver.trim().toLowerCase()
  return same ? [problemAt(['decision', 'approver'], 'decision.own')] : []
}

/** R12: exactly the two kinds of data subjects. */
export function checkDataSubjects({ dataSubjects: written }: Part<'dataSubjects'>): FieldProblem[] {
  return hasExactly(written, dataSubjects) ? [] : [problemAt(['dataSubjects'], 'register.data-subjects')]
}

/** R10: exactly the four items of the closed list. */
export function checkIdentificationData({ identificationData: written }: Part<'identificationData'>): FieldProblem[] {
  if (hasExactly(written, identificationData)) return []
  return [problemAt(['identificationData'], 'register.identification-data', { allowed: identificationData.join(', ') })]
}

/** R18, R19: every storage site has electronic access control, attested when the version comes into force. */
export function checkStorage({ storage, effectiveFrom }: Part<'storage' | 'effectiveFrom'>): FieldProblem[] {
  const effective = dayText(effectiveFrom)
  const firstDay = effectiveFrom.toZonedDateTimeISO(termZone).toPlainDate()
  return [
    ...duplicateIds(storage.sites, ['storage', 'sites'], 'site.twice'),
    ...storage.sites.flatMap(({ electronicAccessControl, attestedOn, nextReview }, index) => {
      const path = ['storage', 'sites', index]
      return [
        !electronicAccessControl && problemAt([...path, 'electronicAccessControl'], 'site.no-access-control'),
        isBefore(firstDay, attestedOn) &&
          problemAt([...path, 'attestedOn'], 'site.attested-late', { attested: dayText(attestedOn), effective }),
        isBefore(nextReview, firstDay) &&
          problemAt([...path, 'nextReview'], 'site.review-due', { review: dayText(nextReview), effective }),
        !isBefore(attestedOn, nextReview) && problemAt([...path, 'nextReview'], 'site.review-before-attestation'),
      ].filter((problem) => problem !== false)
    }),
  ]
}

/** Checks ids and dates of provisions (R34). */
export function checkProvisions({ disclosure: { provisions } }: Part<'disclosure'>): FieldProblem[] {
  return [
    ...duplicateIds(provisions, ['disclosure', 'provisions'], 'provision.twice'),
    ...provisions.flatMap(({ validFrom, validTo }, index) =>
      validTo && isBefore(validTo, validFrom)
        ? [problemAt(['disclosure', 'provisions', index, 'validTo'], 'time.end-before-begin')]
        : [],
    ),
  ]
}

/** R34: disclosure to an authority needs a statutory ground in force. */
export function checkDisclosure({ disclosure, effectiveFrom }: Part<'disclosure' | 'effectiveFrom'>): FieldProblem[] {
  const firstDay = effectiveFrom.toZonedDateTimeISO(termZone).toPlainDate()
  const { authority, provisions } = disclosure
  const inForce = provisions.some(
    ({ validFrom, validTo }) => !isBefore(firstDay, validFrom) && !(validTo && isBefore(validTo, firstDay)),
  )
  if (!authority || inForce) return []
  return [problemAt(['disclosure', 'authority'], 'disclosure.no-provision', { effective: dayText(effectiveFrom) })]
}

/** L30, C7: a changed voice is personal data, and leaves only under a contract for such data. */
export function checkPseudonymised({ disclosure, switches }: Part<'disclosure' | 'switches'>): FieldProblem[] {
  const { research, pseudonymised } = disclosure
  if (pseudonymised !== true || (research && switches.researchTreatAsPersonal)) return []
  return [problemAt(['disclosure', 'pseudonymised'], 'disclosure.not-as-personal')]
}

/** R33: transcripts are drafted for copies that leave for research, and for nothing else. */
export function checkTranscripts({ disclosure, switches }: Part<'disclosure' | 'switches'>): FieldProblem[] {
  if (switches.transcripts !== 'research' || disclosure.research) return []
  return [problemAt(['switches', 'transcripts'], 'transcripts.no-research')]
}

/** L2, L34: contacts have valid addresses. */
export function checkContacts({ contacts, profile }: Part<'contacts' | 'profile'>): FieldProblem[] {
  const { dataProtectionOfficer: officer, accessibility } = contacts
  return [
    ...(profile === 'gdpr' && !officer
      ? [problemAt(['contacts', 'dataProtectionOfficer'], 'contact.officer-missing')]
      : []),
    ...(officer ? checkAddresses(officer, ['contacts', 'dataProtectionOfficer']) : []),
    ...checkAddresses(accessibility, ['contacts', 'accessibility']),
  ]
}

function checkAddresses({ email, phone }: { email: string; phone?: string }, path: FieldPath): FieldProblem[] {
  const isEmail = /^[^\s@<>"',;:()]+@[^\s@<>"',;:()]+\.[^\s@<>"',;:().]{2,}$/.test(email)
  return [
    ...(isEmail ? [] : [problemAt([...path, 'email'], 'contact.email', { value: email })]),
    ...(phone === undefined || normalisePhoneNumber(phone).kind === 'e164'
      ? []
      : [problemAt([...path, 'phone'], 'contact.phone', { value: phone })]),
  ]
}

/**
 * Shortest retention of log entries (C9): they must outlive the history to which they refer. The database never deletes
 * younger entries.
 */
const minLogMonths = 24

/** Switches that this version of the program supports (C8, C14); others are refused. */
const fixedSwitches = {
  legalClaim: false,
  maskCallerAfterMonths: null,
} as const satisfies Partial<RegisterDescription['switches']>

export function checkSwitches({ switches }: Part<'switches'>): FieldProblem[] {
  const beyond = Object.entries(fixedSwitches).flatMap(([name, only]) =>
    switches[name as keyof typeof fixedSwitches] === only
      ? []
      : [problemAt(['switches', name], 'switch.not-available', { default: String(only) })],
  )
  const { logRetentionMonths: months } = switches
  const isTooShort = months !== null && months < minLogMonths
  return isTooShort
    ? [...beyond, problemAt(['switches', 'logRetentionMonths'], 'switch.log-too-short', { months: minLogMonths })]
    : beyond
}

function duplicateIds(
  items: readonly { id: string }[],
  list: FieldPath,
  code: 'site.twice' | 'provision.twice',
): FieldProblem[] {
  return items.flatMap(({ id }, index) =>
    items.findIndex((other) => other.id === id) < index ? [problemAt([...list, index, 'id'], code, { id })] : [],
  )
}

function hasExactly<Item>(written: readonly Item[], closed: readonly Item[]): boolean {
  return written.length === closed.length && closed.every((item) => written.includes(item))
}

function isBefore(one: Temporal.PlainDate, other: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(one, other) < 0
}
