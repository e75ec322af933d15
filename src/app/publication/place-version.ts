import type { Language } from '#description/closed-lists.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { descriptionPaths } from './addresses.ts'
import { formatBeginning, formatEnding } from './dates.ts'
import { publicationTexts } from './page-texts.ts'

/** A version with its place in time, and until when it is or was in force. */
export interface PlacedVersion {
  version: DescriptionVersion
  state: 'past' | 'in-force' | 'coming'
  endsAt?: Temporal.Instant | undefined
}

/** Returns every version with its place in time as of `now`, oldest first. */
export function placeVersions(versions: readonly DescriptionVersion[], now: Temporal.Instant): PlacedVersion[] {
  return versions.map((version, index) => {
    const endsAt = versions[index + 1]?.effectiveFrom
    const begun = Temporal.Instant.compare(version.effectiveFrom, now) <= 0
    const ended = endsAt !== undefined && Temporal.Instant.compare(endsAt, now) <= 0
    // The first one also holds before its day: there is none before it (versionAt).
    const coming = !begun && index > 0
    return { version, state: coming ? 'coming' : ended ? 'past' : 'in-force', endsAt }
  })
}

/** Returns the version in force; there is one if there is any version. */
export function inForceNow(placed: readonly PlacedVersion[]): PlacedVersion {
  const found = placed.findLast(({ state }) => state === 'in-force')
  if (!found) throw new Error('no register description is installed')
  return found
}

/** Returns the instant for a version's page: now while it is in force, else its nearest moment. */
export function momentOf({ version, endsAt }: PlacedVersion, now: Temporal.Instant): Temporal.Instant {
  const { effectiveFrom } = version
  if (Temporal.Instant.compare(now, effectiveFrom) < 0) return effectiveFrom
  if (endsAt !== undefined && Temporal.Instant.compare(endsAt, now) <= 0) return endsAt.subtract({ milliseconds: 1 })
  return now
}

/** Returns the version's permanent address: it stays when the next version comes into force. */
export function addressOf({ version }: PlacedVersion, language: Language): string {
  return `${descriptionPaths[language]}/${version.version}`
}

export function whenInForce({ version, state, endsAt }: PlacedVersion, language: Language): string {
  const t = publicationTexts(language)
  const from = formatBeginning(version.effectiveFrom, language)
  if (state === 'coming') return t('publication.will-be-in-force', { from })
  if (endsAt === undefined) return t('publication.in-force-from', { date: from })
  const to = formatEnding(endsAt, language)
  return state === 'past' ? t('publication.was-in-force', { from, to }) : t('publication.in-force-until', { from, to })
}
