import type { DescriptionVersion } from '../versions/versions.ts'

/** Half-open: `until` is not part of it. */
export interface Period {
  from: Temporal.Instant
  until?: Temporal.Instant
}

/**
 * Returns the periods in which the description allows maintenance to view content in an emergency only (C6).
 * @param versions oldest first
 */
export function breakGlassPeriods(
  versions: readonly Pick<DescriptionVersion, 'description' | 'effectiveFrom'>[],
): Period[] {
  return versions.flatMap(({ description, effectiveFrom: from }, index) => {
    if (description.switches.maintenanceContent !== 'breakGlass') return []
    const until = versions[index + 1]?.effectiveFrom
    return [{ from, ...(until && { until }) }]
  })
}
