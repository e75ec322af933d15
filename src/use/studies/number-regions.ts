import type { RegisterDescription } from '#description/register-description.ts'
import { termZone } from '#description/terms.ts'
import type { NumberRegion, Region } from './study.ts'

/** Returns the region and language of every number of a description, by local days. */
export function numberRegionsOf({ numbers }: Pick<RegisterDescription, 'numbers'>): NumberRegion[] {
  return numbers.map(({ key, language, region, validFrom, validTo }) => ({
    number: key,
    since: localDay(validFrom),
    ...(validTo && { until: localDay(validTo) }),
    ...(region && { region: region.fi }),
    language,
  }))
}

/** Returns the distinct regions of a description's numbers, by their Finnish names. */
export function regionsOf({ numbers }: Pick<RegisterDescription, 'numbers'>): Region[] {
  const regions = new Map(numbers.flatMap(({ region }) => (region ? [[region.fi, region] as const] : [])))
  return [...regions].map(([key, names]) => ({ key, names })).sort((a, b) => a.key.localeCompare(b.key, 'fi'))
}

function localDay(at: Temporal.Instant): Temporal.PlainDate {
  return at.toZonedDateTimeISO(termZone).toPlainDate()
}
