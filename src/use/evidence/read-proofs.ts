import type { Kysely, Selectable } from 'kysely'
import { promises, type PromiseId } from '#description/promises.ts'
import { languages, type Language, type Trilingual } from '#description/closed-lists.ts'
import type { VerifierKey } from '#safeguards/audit/note.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
import { catalogue } from './catalogue.ts'
import { isProofSigned } from './sign-proof.ts'
import type { EvidenceTables, Facts } from './tables.ts'
import { wordsAt } from './words.ts'

/** A proof older than this is none any more: checks come every five minutes at least, and a round may take as long again. */
const proofHoldsMinutes = 15
/** One further ahead than this would outlive who made it: a clock was wrong, and no one knows when it was made. */
const clocksApartMinutes = 5

/** A proof as the contract shows it; instants are ISO 8601. */
export interface Proof {
  promise: PromiseId
  holds: boolean
  checkedAt: string
  text: Trilingual
  facts: Facts
  rule: string
  test: string
  brokenSince?: string
}

const notChecked: Record<Language, (since: string) => string> = {
  fi: (since) =>
    `Tarkistettu viimeksi ${since}; sen jälkeen tarkistusta ei ole tehty, eikä lupauksesta ole todistetta.`,
  sv: (since) =>
    `Kontrollerat senast ${since}; därefter har kontrollen inte gjorts, och det finns inget bevis för löftet.`,
  en: (since) => `Last checked ${since}; the check has not been made since, and there is no proof of the promise.`,
}
const notYet: Record<Language, (at: string) => string> = {
  fi: (at) =>
    `Päivätty hetkeen ${at}, joka ei ole vielä tullut: tarkistajan kello oli väärässä, eikä lupauksesta ole todistetta.`,
  sv: (at) =>
    `Daterad ${at}, som inte har kommit ännu: kontrollantens klocka gick fel, och det finns inget bevis för löftet.`,
  en: (at) =>
    `Dated ${at}, which has not come yet: the checker’s clock was wrong, and there is no proof of the promise.`,
}
const couldNotCheck: Record<Language, (fault: string) => string> = {
  fi: (fault) => `Tarkistusta ei voitu tehdä (${fault}), eikä lupauksesta ole todistetta.`,
  sv: (fault) => `Kontrollen kunde inte göras (${fault}), och det finns inget bevis för löftet.`,
  en: (fault) => `The check could not be made (${fault}), and there is no proof of the promise.`,
}
const notSigned: Trilingual = {
  fi: 'Ei ole todettu, että todistus on allekirjoitettu käyttölokin avaimella, eikä lupauksesta ole todistetta.',
  sv: 'Det har inte konstaterats att beviset är undertecknat med loggens nyckel, och det finns inget bevis för löftet.',
  en: 'The proof was not found to be signed with the audit log’s key, and there is no proof of the promise.',
}
const foundBefore: Record<Language, string> = {
  fi: 'Viimeksi todettua:',
  sv: 'Senast konstaterades:',
  en: 'Last found:',
}

/**
 * Whose signature a proof needs: of the log's key. `unknown` where whoever knows the key cannot be asked, and nothing is proved then;
 * `any` for a reader without the key that tells of it.
 */
export type ProofKey = VerifierKey | 'unknown' | 'any'

/**
 * The last proof of every promise, in the order of the list; a promise that has never been checked is not in it. A proof
 * that is older than a quarter of an hour, or from a time that has not come, or not signed, does not hold, and says so; nor does one
 * whose check could not be made.
 */
export async function readProofs(holding: HoldingSafeguards, now: Temporal.Instant, key: ProofKey): Promise<Proof[]> {
  const rows = await (holding as Kysely<EvidenceTables>).selectFrom('proof').selectAll().execute()
  return promises.flatMap((promise) => {
    const row = rows.find((one) => one.promise === promise)
    return row ? [asSeen(row, now, key)] : []
  })
}

/** As {@link readProofs}, of one promise. */
export async function readProof(
  holding: HoldingSafeguards,
  promise: PromiseId,
  now: Temporal.Instant,
  key: ProofKey,
): Promise<Proof | undefined> {
  const row = await (holding as Kysely<EvidenceTables>)
    .selectFrom('proof')
    .selectAll()
    .where('promise', '=', promise)
    .executeTakeFirst()
  return row && asSeen(row, now, key)
}

type ProofRow = Selectable<EvidenceTables['proof']>

function asSeen(row: ProofRow, now: Temporal.Instant, key: ProofKey): Proof {
  const check = catalogue[row.promise]
  const known = {
    promise: row.promise,
    checkedAt: row.checked_at.toString(),
    rule: check.rule,
    test: `${check.test.file}: ${check.test.title}`,
  }
  // What nobody signed is not shown either.
  if (key !== 'any' && (key === 'unknown' || !isProofSigned(key, row)))
    return { ...known, holds: false, text: notSigned, facts: {}, brokenSince: now.toString() }
  const ends = row.checked_at.add({ minutes: proofHoldsMinutes })
  const stale = Temporal.Instant.compare(ends, now) < 0
  const early = isEarly(row, now)
  const brokenSince = row.broken_since ?? (stale ? ends : early ? now : undefined)
  return {
    ...known,
    holds: row.holds && !stale && !early,
    text: textOf(row, stale, now),
    facts: row.facts ?? {},
    ...(brokenSince && { brokenSince: brokenSince.toString() }),
  }
}

function isEarly({ checked_at }: ProofRow, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(checked_at, now.add({ minutes: clocksApartMinutes })) > 0
}

function textOf(row: ProofRow, stale: boolean, now: Temporal.Instant): Trilingual {
  const found = row.facts && catalogue[row.promise].say(row.facts, now)
  const words = wordsAt(now)
  const text = (language: Language) => {
    const missing = [
      ...(stale ? [notChecked[language](words[language].ago(row.checked_at.toString()))] : []),
      ...(isEarly(row, now) ? [notYet[language](words[language].instant(row.checked_at.toString()))] : []),
      ...(row.fault === null ? [] : [couldNotCheck[language](row.fault)]),
    ]
    if (!found) return missing.join(' ')
    return missing.length === 0 ? found[language] : [...missing, foundBefore[language], found[language]].join(' ')
  }
  return Object.fromEntries(languages.map((language) => [language, text(language)])) as unknown as Trilingual
}
