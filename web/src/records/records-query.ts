import type { Me } from '../api/shapes.ts'
import type { Language } from '../language/language.ts'
import { knowsHolds } from '../retention/retention-shapes.ts'
import { hasRole } from '../session/rights.ts'

export const formats = ['csv', 'json', 'pdf'] as const
export type Format = (typeof formats)[number]

const kinds = ['RIGHT', 'VERSION', 'AUTHORITY', 'RESEARCH', 'REQUEST', 'ORDER'] as const
export type Kind = (typeof kinds)[number]

/** Returns the kinds of decisions that a person may read; the same as `record_kinds` in the database. */
export function kindsOf(me: Pick<Me, 'rights'>): Kind[] {
  return kinds.filter((kind) => {
    if (kind === 'RIGHT') return hasRole(me, 'DATA_PROTECTION_OFFICER', 'ACCESS_APPROVER', 'ADMINISTRATOR')
    return kind !== 'ORDER' || knowsHolds(me)
  })
}

/** Returns the path of an export. If every kind is chosen none is named. */
export function pathOf({
  kinds: chosen,
  known,
  ...rest
}: {
  from: string
  to: string
  kinds: readonly string[]
  known: readonly Kind[]
  format: Format
  language: Language
}): string {
  const listed = known.filter((kind) => chosen.includes(kind))
  const query = { ...rest, ...(listed.length < known.length && { kinds: listed.join(',') }) }
  return `/api/records?${new URLSearchParams(query).toString()}`
}
