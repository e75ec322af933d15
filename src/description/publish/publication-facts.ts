import { isInEea } from '../countries.ts'
import { covers, type Purpose } from '../purposes.ts'
import type { Language, Trilingual } from '../closed-lists.ts'
import { inForce, type RegisterDescription } from '../register-description.ts'
import { purposesInEffect, type Duty, type Role } from '../roles.ts'
import { termZone } from '../terms.ts'
import { agencyIn, type Agency } from './agency.ts'

/**
 * Facts at an instant on which the published sentences depend; a sentence whose condition is not met is changed or left out.
 */
export type PublicationFacts = {
  description: RegisterDescription
  agency: Agency
  /** The kinds of number in use. */
  numbers: { national: boolean; regional: boolean; switchboard: boolean }
  /** True if a rule that records calls is in force. */
  records: boolean
  /** Present retention by the permanent rules; a rule with an end is a temporary exception. */
  retention: readonly { names: Trilingual; months: number }[]
  /** Number of storage sites. */
  servers: number
  /** True if every storage site has electronic access control. */
  guardedPremises: boolean
  /** True if every storage site is in the European Economic Area (L26). */
  withinEea: boolean
  /** True if the description has the role, with the duty if given; maintenance that is denied all content does not count. */
  has: (role: Role, duty?: Duty) => boolean
  /** Purposes that some role holds, in the description's order. */
  purposes: RegisterDescription['purposes']
  /** True if the data are used for a purpose, or for one that covers it. */
  uses: (purpose: Purpose) => boolean
  dataSetsOf: (purpose: Purpose) => readonly ('history' | 'recordings')[]
}

export function publicationFactsOf(
  description: RegisterDescription,
  at: Temporal.Instant,
  language: Language,
): PublicationFacts {
  const numbers = description.numbers.filter(({ validFrom, validTo }) => inForce(validFrom, validTo, at))
  const rules = description.recordingPlan.rules.filter((rule) => rule.share > 0 && inForce(rule.from, rule.until, at))
  const permanent = rules.filter(({ until }) => until === undefined)
  const { sites } = description.storage
  const { roles, switches } = description
  const purposes = purposesInEffect(description)
  return {
    description,
    agency: agencyIn(description, language),
    numbers: {
      national: numbers.some(({ kind }) => kind === 'NATIONAL_SERVICE'),
      regional: numbers.some(({ kind }) => kind === 'REGIONAL_SERVICE'),
      switchboard: numbers.some(({ kind }) => kind === 'SWITCHBOARD'),
    },
    records: rules.length > 0,
    retention: (permanent.length > 0 ? permanent : rules).map(({ names, recordingMonths }) => ({
      names,
      months: recordingMonths,
    })),
    servers: sites.length,
    guardedPremises: sites.length > 0 && sites.every(({ electronicAccessControl }) => electronicAccessControl),
    withinEea: sites.length > 0 && sites.every(({ country }) => isInEea(country)),
    has: (role, duty) =>
      roles.some((entry) => entry.role === role && (duty === undefined || entry.duty === duty)) &&
      !(role === 'MAINTENANCE' && switches.maintenanceContent === 'denied'),
    purposes,
    uses: (purpose) => purposes.some((described) => covers(described.purpose, purpose)),
    dataSetsOf: (purpose) => purposes.find((described) => described.purpose === purpose)?.dataSets ?? [],
  }
}

/** Returns the months of `retention` without duplicates, shortest first. */
export function retentionMonths({ retention }: PublicationFacts): number[] {
  return [...new Set(retention.map(({ months }) => months))].sort((a, b) => a - b)
}

/** Returns the provisions in force on the day the description comes into force. */
export function lawsOf(
  provisions: RegisterDescription['disclosure']['provisions'],
  effectiveFrom: Temporal.Instant,
  language: Language,
): string | undefined {
  const from = effectiveFrom.toZonedDateTimeISO(termZone).toPlainDate()
  const { compare } = Temporal.PlainDate
  const names = provisions
    .filter(({ validFrom, validTo }) => compare(validFrom, from) <= 0 && !(validTo && compare(validTo, from) < 0))
    .map((provision) => provision.names[language])
  return names.length > 0 ? names.join('; ') : undefined
}
