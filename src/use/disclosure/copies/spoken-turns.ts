/**
 * Level T: what is said instead of a track. In: its turns and redactions. Out: turns with the name of what was removed in its
 * place, in the time that is left beside the redactions. Never here: a word that was found to say who somebody is.
 */
import type { Turn } from '../voice/engine.ts'
import {
  inOrder,
  outside,
  united,
  type CopyTrack,
  type CopyWork,
  type RedactionReason,
  type WrittenTurn,
} from './copy-work.ts'
import type { Identifier } from './identifiers.ts'

/** Said in the place of what was removed. */
const removedWords: Record<WrittenTurn['language'], Record<RedactionReason, string>> = {
  fi: {
    NAME: 'nimi poistettu',
    IDENTITY_CODE: 'henkilötunnus poistettu',
    ADDRESS: 'osoite poistettu',
    PHONE: 'puhelinnumero poistettu',
    ACCOUNT: 'tilinumero poistettu',
    BUSINESS_ID: 'Y-tunnus poistettu',
    CASE_NUMBER: 'asianumero poistettu',
    PLATE: 'rekisteritunnus poistettu',
    DATE_OF_BIRTH: 'syntymäaika poistettu',
    OTHER: 'kohta poistettu',
  },
  sv: {
    NAME: 'namn borttaget',
    IDENTITY_CODE: 'personbeteckning borttagen',
    ADDRESS: 'adress borttagen',
    PHONE: 'telefonnummer borttaget',
    ACCOUNT: 'kontonummer borttaget',
    BUSINESS_ID: 'FO-nummer borttaget',
    CASE_NUMBER: 'ärendenummer borttaget',
    PLATE: 'registernummer borttaget',
    DATE_OF_BIRTH: 'födelsetid borttagen',
    OTHER: 'avsnitt borttaget',
  },
  en: {
    NAME: 'name removed',
    IDENTITY_CODE: 'identity code removed',
    ADDRESS: 'address removed',
    PHONE: 'phone number removed',
    ACCOUNT: 'account number removed',
    BUSINESS_ID: 'business ID removed',
    CASE_NUMBER: 'case number removed',
    PLATE: 'plate removed',
    DATE_OF_BIRTH: 'date of birth removed',
    OTHER: 'passage removed',
  },
}

/** Time beside a redaction that is shorter says no word. */
const shortestMs = 250

export interface SpokenTurn extends Turn {
  /** Its place in the work. */
  index: number
}

/**
 * The turns of one track in samples, in order.
 * @param identifiers of each turn, by its place in the work
 */
export function spokenTurns(
  work: CopyWork,
  track: CopyTrack,
  identifiers: readonly (readonly Identifier[])[],
  samplesPerMs: number,
): SpokenTurn[] {
  const removed = united(work.redactions.filter((one) => one.track === track))
  return inOrder(work.turns, track).flatMap(({ one, index }) => {
    const words = withoutIdentifiers(one, identifiers[index] ?? [])
      .split(/\s+/)
      .filter(Boolean)
    const free = outside(one, removed)
    const longEnough = free.filter(({ fromMs, toMs }) => toMs - fromMs >= shortestMs)
    // A turn that is shorter than that as it stands is said as it stands.
    const places = longEnough.length > 0 ? longEnough : free
    const whole = places.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
    let passed = 0
    let said = 0
    return places.flatMap(({ fromMs, toMs }) => {
      passed += toMs - fromMs
      const until = Math.round((words.length * passed) / whole)
      const text = words.slice(said, until).join(' ')
      said = until
      if (text === '') return []
      return [{ index, text, language: one.language, from: fromMs * samplesPerMs, to: toMs * samplesPerMs }]
    })
  })
}

/** Identifiers that overlap are removed as one, named by the first. */
function withoutIdentifiers({ text, language }: WrittenTurn, identifiers: readonly Identifier[]): string {
  let left = ''
  let at = 0
  for (const { from, to, reason } of identifiers) {
    if (from >= at) left += `${text.slice(at, from)} ${removedWords[language][reason]} `
    at = Math.max(at, to)
  }
  return left + text.slice(at)
}
