/**
 * The shape of a map: the layout of a telephone system's records, and the meaning of their fields. One reader reads them all.
 */
import type { Direction } from './detail-record.ts'
import type { Mapping } from './read-fields.ts'

export interface RecordMap {
  /** As in Reader: a CSV with a heading, lines of cells, or JSON. */
  readonly lies: 'csv' | 'lines' | 'document'
  /** For lines: the cells in order, and their separator. */
  readonly cells?: { readonly separator: string; readonly names: readonly string[] } | undefined
  /** For documents: the member with the list of records, if a document may be a page of many. */
  readonly page?: string
  /**
   * For documents: nested lists, the outermost first, and the prefix of their members' fields: with `['sessions', 'session']`
   * there is one record for each session, with `session.id` beside the fields of the whole.
   */
  readonly each?: readonly (readonly [list: string, as: string])[]
  /** Conditions of a record of this system; any other is reported as `not-a-record`. */
  readonly known?: readonly Condition[]
  /** Conditions of records to skip. */
  readonly passesOver?: readonly Condition[]
  /**
   * For documents: the call itself, which gives its parts caller, number, beginning, direction and ids. The first that holds
   * for any record of a document is used; a document without one is no call of the register.
   */
  readonly opening?: readonly LegMap[]
  /** Legs in a record: all of these whose conditions hold. */
  readonly legs: readonly LegMap[]
  /** Rewriting of numbers for this system; applied before the operator's own rules. */
  readonly rewrite?: readonly { readonly from: RegExp; readonly to: string }[]
}

export interface LegMap {
  readonly when?: readonly Condition[]
  /** The record counts if `field` is empty, or equals `to` in a record of the document for which `among` holds. */
  readonly within?: { readonly field: string; readonly to: string; readonly among: readonly Condition[] }
  readonly fields: Mapping
  /** Templates of ids that recording clients send as well. */
  readonly sharedIds?: readonly string[]
  /** Used if records do not have it. */
  readonly direction?: Direction
  /** Several records make up this leg: one its start, another its end. */
  readonly isPart?: boolean
  /** The same leg id may begin again: an official who takes the same call from the same queue once more. */
  readonly repeats?: boolean
  /** The leg goes to a conference bridge, where everybody hears everybody. */
  readonly isConference?: boolean
}

/** Condition on a field's text: one of these, none of these, or of this form. */
export interface Condition {
  readonly field: string
  readonly is?: readonly string[]
  readonly isNot?: readonly string[]
  readonly matches?: RegExp
}
