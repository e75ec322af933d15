import { parseDate } from '@internationalized/date'

export const ownChoices = ['any', 'available', 'destroyed', 'none'] as const

/** Filters of one's own calls in the URL: Finnish day and state of the recording. */
export interface OwnFilters {
  day?: string | undefined
  recorded?: (typeof ownChoices)[number] | undefined
}

/** Reads the filters from a URL; unknown and invalid ones are left out. */
export function readOwnFilters(search: Record<string, unknown>): OwnFilters {
  const day = search['day']
  const recorded = ownChoices.find((one) => one !== 'any' && one === search['recorded'])
  return { ...(typeof day === 'string' && isDay(day) && { day }), ...(recorded && { recorded }) }
}

function isDay(written: string): boolean {
  try {
    return parseDate(written).toString() === written
  } catch {
    return false
  }
}
