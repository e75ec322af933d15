/**
 * The directory: who answers, where they belong, and what they were called when. In: the contract's directory. Out: pages
 * to look people up, to change what holds from a day on, and to bring in a file. Never here: rules of what may be changed,
 * or anything of calls.
 */
import type { paths } from '../api/paths.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Person = Ok<paths['/api/people']['get']>['items'][number]
export type PersonDetail = Ok<paths['/api/people/{id}']['get']>
export type Imported = Ok<paths['/api/people/import']['post']>

export const employedChoices = ['now', 'past', 'any'] as const
export type Employed = (typeof employedChoices)[number]

/** A look into the directory as it stands in the address. */
export interface PeopleFilters {
  q?: string
  unit?: string
  employed?: Employed
}

/** The search part of an address; whatever is not a filter is left out. */
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
