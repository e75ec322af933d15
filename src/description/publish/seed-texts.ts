/**
 * Sentences under the Personal Data Act by the numbers of requirements 1.1, without those that lack their ground. The texts are
 * in texts/server/seed.json.
 */
import texts from '#texts/server/seed.json' with { type: 'json' }
import { sayIn, type Language } from '#platform/texts/texts.ts'
import type { IdentificationData } from '../register-description.ts'
import { capital } from './agency.ts'
import { retentionMonths, type Grounds } from './grounds.ts'
import { joined } from './joined.ts'

export type Numbered =
  | `S${4 | 5 | 6 | 7 | 8 | 9}`
  | `S1${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `S2${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `S3${0 | 1 | 2 | 3 | 4 | 5}`
/** A profile's sentences in one language, by number; a sentence without its ground is missing. */
export type SeedTexts = { [id in Numbered]?: string | undefined } & {
  fields: Record<IdentificationData, string>
  /** Present state within the bounds of S21 (AC1). */
  now: { lead: string; items: readonly string[] } | undefined
}
export type SaySeed = ReturnType<typeof saySeed>

export function saySeed(language: Language) {
  return sayIn(texts, language)
}

export function seedTextsOf(grounds: Grounds, language: Language): SeedTexts {
  const say = saySeed(language)
  const { numbers, has, description } = grounds
  const { terms, disclosure } = description
  const several = grounds.servers > 1
  const named = namesOf(grounds)
  const months = (count: number) => say('seed.months', { count })
  return {
    S4: say('seed.S4'),
    S5: developing(grounds, say),
    S6: crime(grounds, say),
    S7: say('seed.S7', { ...named, numbers: numbersThereAre(numbers, say) }),
    S8: say('seed.S8', named),
    S9: say('seed.S9', named),
    S10: grounds.records ? say('seed.S10') : undefined,
    S11: say(numbers.switchboard ? 'seed.S11.switchboard' : 'seed.S11'),
    S12: say('seed.S12'),
    fields: {
      CALL_START_AND_END: say('seed.field.CALL_START_AND_END'),
      CALLER_NUMBER: say('seed.field.CALLER_NUMBER'),
      SERVICE_NUMBER: say('seed.field.SERVICE_NUMBER'),
      OFFICIAL_NAME_AND_NUMBER: say('seed.field.OFFICIAL_NAME_AND_NUMBER'),
    },
    S13: say(grounds.records ? 'seed.S13' : 'seed.S13.none'),
    S14: say('seed.S14'),
    S15: say('seed.S15'),
    S16: say('seed.S16'),
    S17: say(several ? 'seed.S17' : 'seed.S17.one', named),
    S18: say(several ? 'seed.S18' : 'seed.S18.one'),
    S19: say('seed.S19'),
    S20: say('seed.S20', { months: months(terms.historyMonths) }),
    S21: say('seed.S21', { floor: terms.recordingFloorMonths, months: months(terms.recordingCeilingMonths) }),
    now: storedNow(grounds, language),
    S22: say('seed.S22', named),
    ...(disclosure.research && {
      S23: say('seed.S23', named),
      S24: say('seed.S24'),
      S25: say(disclosure.pseudonymised ? 'seed.S25.pseudonymised' : 'seed.S25'),
    }),
    ...(disclosure.authority && { S26: say('seed.S26') }),
    S27: rightsGranted(grounds, say),
    S28: has('OFFICIAL') ? say('seed.S28') : undefined,
    S29: alsoListen(grounds, say),
    S30: say('seed.S30'),
    S31: say('seed.S31', named),
    S32: say('seed.S32', named),
    S33: say('seed.S33'),
    S34: say('seed.S34'),
    S35: say('seed.S35'),
  }
}

/** The agency's name in the grammatical forms of each language. */
function namesOf({ agency }: Grounds) {
  return {
    agency: agency.name,
    agencyGenitive: agency.genitive,
    agencyAdessive: agency.adessive,
    agencyInessive: agency.inessive,
    toUnit: agency.toUnit,
  }
}

function developing({ uses }: Grounds, say: SaySeed): string | undefined {
  const ways = joined(
    [uses('TRAINING') && say('seed.S5.training'), uses('SERVICE_LEVEL_STUDY') && say('seed.S5.study')],
    say('seed.and'),
  )
  return ways && say('seed.S5', { ways })
}

function crime({ uses, dataSetsOf, description }: Grounds, say: SaySeed): string | undefined {
  if (!uses('CRIME_OR_MISUSE')) return undefined
  const sets = dataSetsOf('CRIME_OR_MISUSE')
  const what = joined(
    [sets.includes('history') && say('seed.S6.history'), sets.includes('recordings') && say('seed.S6.recordings')],
    say('seed.and'),
  )
  return what && say(description.disclosure.authority ? 'seed.S6.disclosed' : 'seed.S6', { what: capital(what) })
}

function numbersThereAre({ national, regional, switchboard }: Grounds['numbers'], say: SaySeed): string {
  const kinds = joined([national && say('seed.S7.national'), regional && say('seed.S7.regional')], say('seed.and'))
  const service = kinds && say('seed.S7.service', { kinds })
  return joined([service, switchboard && say('seed.S7.switchboard')], say('seed.and-also')) ?? ''
}

/** Used if rules keep recordings for less than the ceiling (AC1). */
function storedNow(grounds: Grounds, language: Language): SeedTexts['now'] {
  const say = saySeed(language)
  const { recordingFloorMonths: floor, recordingCeilingMonths: ceiling } = grounds.description.terms
  const now = retentionMonths(grounds)
  if (now.every((value) => value === ceiling)) return undefined
  const months = (count: number) => say('seed.months', { count })
  const span = { floor, months: months(ceiling) }
  if (now.length === 1) return { lead: say('seed.S21.now', { ...span, now: months(now[0] ?? 0) }), items: [] }
  return {
    lead: say('seed.S21.now.several', span),
    items: grounds.retention.map((rule) => `${rule.names[language]}: ${months(rule.months)}`),
  }
}

function rightsGranted(grounds: Grounds, say: SaySeed): string | undefined {
  const { has } = grounds
  const named = namesOf(grounds)
  const duties = joined(
    [has('EXPERT', 'QUALITY') && say('seed.S27.quality'), has('EXPERT', 'TRAINING') && say('seed.S27.training')],
    say('seed.or'),
  )
  const whom = joined(
    [has('SUPERVISOR') && say('seed.S27.supervisors'), duties && say('seed.S27.experts', { ...named, duties })],
    say('seed.and'),
  )
  return whom && say('seed.S27', { ...named, whom })
}

function alsoListen(grounds: Grounds, say: SaySeed): string | undefined {
  const who = joined(
    [
      grounds.has('MAINTENANCE') && say('seed.S29.maintenance'),
      grounds.has('SECURITY') && say('seed.S29.security', namesOf(grounds)),
    ],
    say('seed.and-also'),
  )
  return who && say('seed.S29', { who: capital(who) })
}
