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

export function seedTextsOf(grounds: PublicationFacts, language: Language): SeedTexts {
  const t = seedTexts(language)
  const { numbers, has, description } = grounds
  const { terms, disclosure } = description
  const several = grounds.servers > 1
  const named = namesOf(grounds)
  const months = (count: number) => t('seed.months', { count })
  return {
    S4: t('seed.S4'),
    S5: describeDevelopment(grounds, t),
    S6: crime(grounds, t),
    S7: t('seed.S7', { ...named, numbers: describeNumberKinds(numbers, t) }),
    S8: t('seed.S8', named),
    S9: t('seed.S9', named),
    S10: grounds.records ? t('seed.S10') : undefined,
    S11: t(numbers.switchboard ? 'seed.S11.switchboard' : 'seed.S11'),
    S12: t('seed.S12'),
    fields: {
      CALL_START_AND_END: t('seed.field.CALL_START_AND_END'),
      CALLER_NUMBER: t('seed.field.CALLER_NUMBER'),
      SERVICE_NUMBER: t('seed.field.SERVICE_NUMBER'),
      OFFICIAL_NAME_AND_NUMBER: t('seed.field.OFFICIAL_NAME_AND_NUMBER'),
    },
    S13: t(grounds.records ? 'seed.S13' : 'seed.S13.none'),
    S14: t('seed.S14'),
    S15: t('seed.S15'),
    S16: t('seed.S16'),
    S17: t(several ? 'seed.S17' : 'seed.S17.one', named),
    S18: t(several ? 'seed.S18' : 'seed.S18.one'),
    S19: t('seed.S19'),
    S20: t('seed.S20', { months: months(terms.historyMonths) }),
    S21: t('seed.S21', { floor: terms.recordingFloorMonths, months: months(terms.recordingCeilingMonths) }),
    now: storedNow(grounds, language),
    S22: t('seed.S22', named),
    ...(disclosure.research && {
      S23: t('seed.S23', named),
      S24: t('seed.S24'),
      S25: t(disclosure.pseudonymised ? 'seed.S25.pseudonymised' : 'seed.S25'),
    }),
    ...(disclosure.authority && { S26: t('seed.S26') }),
    S27: rightsGranted(grounds, t),
    S28: has('OFFICIAL') ? t('seed.S28') : undefined,
    S29: alsoListen(grounds, t),
    S30: t('seed.S30'),
    S31: t('seed.S31', named),
    S32: t('seed.S32', named),
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

function crime({ uses, dataSetsOf, description }: PublicationFacts, t: SeedTranslate): string | undefined {
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
function storedNow(grounds: PublicationFacts, language: Language): SeedTexts['now'] {
  const t = seedTexts(language)
  const { recordingFloorMonths: floor, recordingCeilingMonths: ceiling } = grounds.description.terms
  const now = retentionMonths(grounds)
  if (now.every((value) => value === ceiling)) return undefined
  const months = (count: number) => t('seed.months', { count })
  const span = { floor, months: months(ceiling) }
  if (now.length === 1) return { lead: t('seed.S21.now', { ...span, now: months(now[0] ?? 0) }), items: [] }
  return {
    lead: t('seed.S21.now.several', span),
    items: grounds.retention.map((rule) => `${rule.names[language]}: ${months(rule.months)}`),
  }
}

function rightsGranted(grounds: PublicationFacts, t: SeedTranslate): string | undefined {
  const { has } = grounds
  const named = namesOf(grounds)
  const duties = enumerate(
    [has('EXPERT', 'QUALITY') && t('seed.S27.quality'), has('EXPERT', 'TRAINING') && t('seed.S27.training')],
    t('seed.or'),
  )
  const whom = enumerate(
    [has('SUPERVISOR') && t('seed.S27.supervisors'), duties && t('seed.S27.experts', { ...named, duties })],
    t('seed.and'),
  )
  return whom && t('seed.S27', { ...named, whom })
}

function alsoListen(grounds: PublicationFacts, t: SeedTranslate): string | undefined {
  const who = enumerate(
    [
      grounds.has('MAINTENANCE') && t('seed.S29.maintenance'),
      grounds.has('SECURITY') && t('seed.S29.security', namesOf(grounds)),
    ],
    t('seed.and-also'),
  )
  return who && t('seed.S29', { who: capital(who) })
}
