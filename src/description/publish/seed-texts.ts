/**
 * Sentences of the description under the Personal Data Act, by their numbers (S0 to S35). Sentences whose condition
 * is not met are left out. The texts are in texts/server/seed.json.
 */
import texts from '#texts/server/seed.json' with { type: 'json' }
import { textsIn, type Language } from '#platform/texts/texts.ts'
import type { IdentificationData } from '../register-description.ts'
import { capital } from './agency.ts'
import { retentionMonths, type PublicationFacts } from './publication-facts.ts'
import { enumerate } from './enumerate.ts'

export type Numbered =
  | `S${4 | 5 | 6 | 7 | 8 | 9}`
  | `S1${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `S2${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `S3${0 | 1 | 2 | 3 | 4 | 5}`
/** A profile's sentences in one language, by number; sentences whose condition is not met are missing. */
export type SeedTexts = { [id in Numbered]?: string | undefined } & {
  fields: Record<IdentificationData, string>
  /** Present retention, if some rule keeps recordings for less than the maximum in S21 (AC1). */
  now: { lead: string; items: readonly string[] } | undefined
}
export type SeedTranslate = ReturnType<typeof seedTexts>

export function seedTexts(language: Language) {
  return textsIn(texts, language)
}

export function seedTextsOf(facts: PublicationFacts, language: Language): SeedTexts {
  const t = seedTexts(language)
  const { numbers, has, description } = facts
  const { terms, disclosure } = description
  const hasSeveralServers = facts.servers > 1
  const names = namesOf(facts)
  const months = (count: number) => t('seed.months', { count })
  return {
    S4: t('seed.S4'),
    S5: describeDevelopment(facts, t),
    S6: describeCrime(facts, t),
    S7: t('seed.S7', { ...names, numbers: describeNumberKinds(numbers, t) }),
    S8: t('seed.S8', names),
    S9: t('seed.S9', names),
    S10: facts.records ? t('seed.S10') : undefined,
    S11: t(numbers.switchboard ? 'seed.S11.switchboard' : 'seed.S11'),
    S12: t('seed.S12'),
    fields: {
      CALL_START_AND_END: t('seed.field.CALL_START_AND_END'),
      CALLER_NUMBER: t('seed.field.CALLER_NUMBER'),
      SERVICE_NUMBER: t('seed.field.SERVICE_NUMBER'),
      OFFICIAL_NAME_AND_NUMBER: t('seed.field.OFFICIAL_NAME_AND_NUMBER'),
    },
    S13: t(facts.records ? 'seed.S13' : 'seed.S13.none'),
    S14: t('seed.S14'),
    S15: t('seed.S15'),
    S16: t('seed.S16'),
    S17: t(hasSeveralServers ? 'seed.S17' : 'seed.S17.one', names),
    S18: t(hasSeveralServers ? 'seed.S18' : 'seed.S18.one'),
    S19: t('seed.S19'),
    S20: t('seed.S20', { months: months(terms.historyMonths) }),
    S21: t('seed.S21', { floor: terms.recordingFloorMonths, months: months(terms.recordingCeilingMonths) }),
    now: describeRetention(facts, language),
    S22: t('seed.S22', names),
    ...(disclosure.research && {
      S23: t('seed.S23', names),
      S24: t('seed.S24'),
      S25: t(disclosure.pseudonymised ? 'seed.S25.pseudonymised' : 'seed.S25'),
    }),
    ...(disclosure.authority && { S26: t('seed.S26') }),
    S27: describeRights(facts, t),
    S28: has('OFFICIAL') ? t('seed.S28') : undefined,
    S29: describeOtherListeners(facts, t),
    S30: t('seed.S30'),
    S31: t('seed.S31', names),
    S32: t('seed.S32', names),
    S33: t('seed.S33'),
    S34: t('seed.S34'),
    S35: t('seed.S35'),
  }
}

/** The agency's name in the grammatical forms of each language. */
function namesOf({ agency }: PublicationFacts) {
  return {
    agency: agency.name,
    agencyGenitive: agency.genitive,
    agencyAdessive: agency.adessive,
    agencyInessive: agency.inessive,
    toUnit: agency.toUnit,
  }
}

function describeDevelopment({ uses }: PublicationFacts, t: SeedTranslate): string | undefined {
  const ways = enumerate(
    [uses('TRAINING') && t('seed.S5.training'), uses('SERVICE_LEVEL_STUDY') && t('seed.S5.study')],
    t('seed.and'),
  )
  return ways && t('seed.S5', { ways })
}

function describeCrime({ uses, dataSetsOf, description }: PublicationFacts, t: SeedTranslate): string | undefined {
  if (!uses('CRIME_OR_MISUSE')) return undefined
  const sets = dataSetsOf('CRIME_OR_MISUSE')
  const subject = enumerate(
    [sets.includes('history') && t('seed.S6.history'), sets.includes('recordings') && t('seed.S6.recordings')],
    t('seed.and'),
  )
  return subject && t(description.disclosure.authority ? 'seed.S6.disclosed' : 'seed.S6', { what: capital(subject) })
}

function describeNumberKinds(
  { national, regional, switchboard }: PublicationFacts['numbers'],
  t: SeedTranslate,
): string {
  const kinds = enumerate([national && t('seed.S7.national'), regional && t('seed.S7.regional')], t('seed.and'))
  const service = kinds && t('seed.S7.service', { kinds })
  return enumerate([service, switchboard && t('seed.S7.switchboard')], t('seed.and-also')) ?? ''
}

/** Used if rules keep recordings for less than the ceiling (AC1). */
function describeRetention(facts: PublicationFacts, language: Language): SeedTexts['now'] {
  const t = seedTexts(language)
  const { recordingFloorMonths: floor, recordingCeilingMonths: ceiling } = facts.description.terms
  const now = retentionMonths(facts)
  if (now.every((value) => value === ceiling)) return undefined
  const months = (count: number) => t('seed.months', { count })
  const span = { floor, months: months(ceiling) }
  if (now.length === 1) return { lead: t('seed.S21.now', { ...span, now: months(now[0] ?? 0) }), items: [] }
  return {
    lead: t('seed.S21.now.several', span),
    items: facts.retention.map((rule) => `${rule.names[language]}: ${months(rule.months)}`),
  }
}

function describeRights(facts: PublicationFacts, t: SeedTranslate): string | undefined {
  const { has } = facts
  const names = namesOf(facts)
  const duties = enumerate(
    [has('EXPERT', 'QUALITY') && t('seed.S27.quality'), has('EXPERT', 'TRAINING') && t('seed.S27.training')],
    t('seed.or'),
  )
  const whom = enumerate(
    [has('SUPERVISOR') && t('seed.S27.supervisors'), duties && t('seed.S27.experts', { ...names, duties })],
    t('seed.and'),
  )
  return whom && t('seed.S27', { ...names, whom })
}

function describeOtherListeners(facts: PublicationFacts, t: SeedTranslate): string | undefined {
  const who = enumerate(
    [
      facts.has('MAINTENANCE') && t('seed.S29.maintenance'),
      facts.has('SECURITY') && t('seed.S29.security', namesOf(facts)),
    ],
    t('seed.and-also'),
  )
  return who && t('seed.S29', { who: capital(who) })
}
