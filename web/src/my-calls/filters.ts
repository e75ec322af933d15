import { parseDate } from '@internationalized/date'

export const ownChoices = ['any', 'available', 'destroyed', 'none'] as const

/** Which of one's own calls are shown, as it stands in the address: those of a Finnish day, by what became of the recording. */
export interface OwnFilters {
  day?: string | undefined
  recorded?: (typeof ownChoices)[number] | undefined
}

/** The search part of an address; whatever is not a filter, or not well written, is left out. */
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
