import type { Grounds } from './grounds.ts'

export type GdprSection =
  'controller' | 'purposes' | 'data' | 'recipients' | 'retention' | 'protection' | 'rights' | 'officials'

/** What a notice says beyond the sentences of the seed, by the law that asks for it (L numbers). */
export type Added =
  | 'L2-source'
  | 'L2-number'
  | 'L2-complaint'
  | 'L2-evaluations'
  | 'L2-training'
  | 'L2-counts'
  | 'L3'
  | 'L7-rights'
  | 'L7-time'
  | 'L7-where'
  | 'L10-portability'
  | 'L10-automatic'
  | 'L11'
  | 'L16-procedure'
  | 'L16-consent'
  | 'L19'
  | 'L26'
  | 'L28'
  | 'L36'

export type GdprWords = {
  subtitle: string
  headings: Record<GdprSection, string>
  labels: Record<
    'register' | 'controller' | 'visitingAddress' | 'switchboard' | 'officer' | 'phone' | 'dataSubjects',
    string
  >
  /** Purpose, legal basis, data: the heads of the table of purposes. */
  purposeHead: readonly [string, string, string]
  dataSets: Record<'history' | 'recordings', string>
  /** What has no ground is not there. */
  added: (grounds: Grounds) => { [id in Added]?: string | undefined }
}
