import type { DescriptionVersion } from '../versions/versions.ts'

/** From an instant until before another. */
export interface Emergency {
  from: Temporal.Instant
  until?: Temporal.Instant
}

/**
 * Returns when the description allows maintenance to view content in an emergency only (C6).
 * @param versions oldest first
 */
export function emergenciesOf(
  versions: readonly Pick<DescriptionVersion, 'description' | 'effectiveFrom'>[],
): Emergency[] {
  return versions.flatMap(({ description, effectiveFrom: from }, index) => {
    if (description.switches.maintenanceContent !== 'breakGlass') return []
    const until = versions[index + 1]?.effectiveFrom
    return [{ from, ...(until && { until }) }]
  })
}
