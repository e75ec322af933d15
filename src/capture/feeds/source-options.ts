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
  /** What an operator names beyond what the source is known to call it. */
  readonly fields: Mapping
  /** Of a CSV without a heading. */
  readonly columns?: readonly string[] | undefined
}
