/** Types of the directory's API, and the filters of its page, in the URL. */
import type { Answer } from '../api/shapes.ts'

export type Person = Answer<'/api/people', 'get'>['items'][number]
export type PersonDetail = Answer<'/api/people/{id}', 'get'>
export type Imported = Answer<'/api/people/import', 'post'>

export const employedChoices = ['now', 'past', 'any'] as const
export type Employed = (typeof employedChoices)[number]

/** Filters in the URL. */
export interface PeopleFilters {
  q?: string
  unit?: string
  employed?: Employed
}

/** Reads the filters from a URL; unknown ones are left out. */
export function readPeopleFilters(search: Record<string, unknown>): PeopleFilters {
  const text = (key: string, longest: number) => {
    const value = search[key]
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longest) : undefined
  }
  const q = text('q', 100)
  const unit = text('unit', 200)
  const employed = employedChoices.find((one) => one !== 'now' && one === search['employed'])
  return { ...(q && { q }), ...(unit && { unit }), ...(employed && { employed }) }
}
