import type { FieldOptions, Mapping } from './read-fields.ts'

export const sourceNames = [
  'asterisk-csv',
  'asterisk-ami',
  'asterisk-cel',
  'freeswitch',
  'acc',
  'queue-log',
  'cucm',
  'genesys',
  'teams',
  'telia-ace',
  'metaswitch',
  'csv',
  'json',
] as const
export type SourceName = (typeof sourceNames)[number]

export interface SourceOptions extends Omit<FieldOptions, 'mapping' | 'direction'> {
  readonly source: SourceName
  /** The operator's field names, in addition to the source's usual ones. */
  readonly fields: Mapping
  /** For a CSV without a heading. */
  readonly columns?: readonly string[] | undefined
}
