/**
 * Facts of a proof as people see them (R41, L37). Exact counts every five minutes would show when calls end and what others do,
 * so counts of calls and acts are in steps of five. Counts of what is wrong are exact. The signed proof in the database has all counts.
 */
import { roundToFive } from '#description/round-to-five.ts'
import type { PromiseId } from '#description/promises.ts'
import type { Facts } from './tables.ts'

/** Counts of calls, people and acts, by promise. */
const rounded: Partial<Record<PromiseId, readonly string[]>> = {
  'access.personal': ['accounts', 'sessions'],
  'rights.granted': ['rights', 'listenings'],
  'rights.own': ['listenings', 'looks'],
  'rights.maintenance-security': ['looks', 'listenings'],
  'rights.scope': ['looks', 'acts', 'listenings', 'items'],
  'purposes.closed': ['looks', 'listenings'],
  'history.admitted': ['admitted', 'held', 'ended'],
  'history.complete': ['recordings', 'live'],
  'history.term': ['contacts'],
  'history.tells-recorded': ['toldRecorded', 'toldDestroyed'],
  'recording.as-drawn': ['judged', 'drawn', 'recorded', 'imported', 'failed', 'unverifiable'],
  'recording.partial': ['answered', 'recorded'],
  'recording.never-switchboard': ['calls', 'recordings'],
  'recording.within-signals': ['recordings'],
  'recordings.floor': ['destroyedByTerm', 'destroyedOtherwise'],
  'recordings.ceiling': ['held'],
  'recordings.stay': ['listenings', 'ranges'],
  'inspections.at-office': ['heard', 'rooms'],
  'prohibitions.obeyed': ['prohibitions'],
  'disclosures.returned': ['released', 'confirmed'],
  'disclosures.recalled': ['recalled', 'open'],
  'disclosures.anonymised': ['released', 'approved'],
  'transcripts.as-described': ['made'],
  'disclosures.founded': ['decided', 'refused'],
  'log.whole': ['entries'],
}

/** Shares of exact counts, shown as whole percents. */
const shares = ['share', 'highest']

/**
 * Facts that are not shown. Prohibitions that were not carried out wait, for a preservation order for example; the
 * counts would reveal how many.
 */
const hidden: Partial<Record<PromiseId, readonly string[]>> = { 'prohibitions.obeyed': ['carriedOut', 'waiting'] }

/** Returns a promise's facts without those that reveal single calls, or what others do. */
export function shownFacts(promise: PromiseId, facts: Facts): Facts {
  const [roundedNames, hiddenNames] = [rounded[promise] ?? [], hidden[promise] ?? []]
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, fact]): [string, Facts[string]][] => {
      if (hiddenNames.includes(name)) return []
      if (typeof fact !== 'number') return [[name, dayOf(name, fact)]]
      if (roundedNames.includes(name)) return [[name, roundToFive(fact)]]
      return [[name, promise === 'recording.partial' && shares.includes(name) ? Math.round(100 * fact) / 100 : fact]]
    }),
  )
}

/**
 * Ends of the oldest call and recording. Exact to the millisecond they would identify a call, so the start of their day
 * in Finland is shown.
 */
const ends = ['oldestExpiresAt', 'oldestEndsAt']

function dayOf(name: string, fact: string | boolean | null) {
  if (typeof fact !== 'string' || !ends.includes(name)) return fact
  return Temporal.Instant.from(fact).toZonedDateTimeISO('Europe/Helsinki').startOfDay().toInstant().toString()
}
