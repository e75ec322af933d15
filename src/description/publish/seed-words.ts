import type { IdentificationData } from '../register-description.ts'

export type SeedSection = 'general' | 'data' | 'storage' | 'disclosure' | 'access' | 'rights'
export type SeedHeadings = Record<SeedSection, string>
export type SeedLabels = Record<
  'register' | 'controller' | 'visitingAddress' | 'switchboard' | 'purposes' | 'dataSubjects' | 'content',
  string
>
export type Numbered =
  | `S${4 | 5 | 6 | 7 | 8 | 9}`
  | `S1${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `S2${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `S3${0 | 1 | 2 | 3 | 4 | 5}`
/** A profile's sentences in one language, by number; what has no ground is not there. */
export type SeedTexts = { [id in Numbered]?: string | undefined } & {
  fields: Record<IdentificationData, string>
  /** What is so now within the bounds of S21 (AC1). */
  now: { lead: string; items: readonly string[] } | undefined
}
