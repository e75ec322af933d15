import type { Language } from '#description/closed-lists.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { descriptionPaths } from './addresses.ts'
import { formatBeginning, formatEnding } from './dates.ts'
import { publicationTexts } from './page-texts.ts'

/** A version with its state (past, in force, future) and the end of its validity. */
export interface VersionWithState {
  version: DescriptionVersion
  state: 'past' | 'in-force' | 'coming'
  endsAt?: Temporal.Instant | undefined
}

/** Returns every version with its state at `now`, oldest first. */
export function addVersionStates(versions: readonly DescriptionVersion[], now: Temporal.Instant): VersionWithState[] {
  return versions.map((version, index) => {
    const endsAt = versions[index + 1]?.effectiveFrom
    const begun = Temporal.Instant.compare(version.effectiveFrom, now) <= 0
    const ended = endsAt !== undefined && Temporal.Instant.compare(endsAt, now) <= 0
    // The first version also applies before its first day, because there is no earlier one (versionAt).
    const coming = !begun && index > 0
    return { version, state: coming ? 'coming' : ended ? 'past' : 'in-force', endsAt }
  })
}

/** Returns the version in force. There is always one. */
export function versionInForce(versions: readonly VersionWithState[]): VersionWithState {
  const found = versions.findLast(({ state }) => state === 'in-force')
  if (!found) throw new Error('no register description is installed')
  return found
}

/** Returns the instant as of which a version's page is rendered: now, or the nearest instant at which the version is in force. */
export function renderingInstant({ version, endsAt }: VersionWithState, now: Temporal.Instant): Temporal.Instant {
  const { effectiveFrom } = version
  if (Temporal.Instant.compare(now, effectiveFrom) < 0) return effectiveFrom
  if (endsAt !== undefined && Temporal.Instant.compare(endsAt, now) <= 0) return endsAt.subtract({ milliseconds: 1 })
  return now
}

/** Returns the version's permanent path, which does not change when the next version comes into force. */
export function addressOf({ version }: VersionWithState, language: Language): string {
  return `${descriptionPaths[language]}/${version.version}`
}

export function whenInForce({ version, state, endsAt }: VersionWithState, language: Language): string {
  const t = publicationTexts(language)
  const from = formatBeginning(version.effectiveFrom, language)
  if (state === 'coming') return t('publication.will-be-in-force', { from })
  if (endsAt === undefined) return t('publication.in-force-from', { date: from })
  const to = formatEnding(endsAt, language)
  return state === 'past' ? t('publication.was-in-force', { from, to }) : t('publication.in-force-until', { from, to })
}
