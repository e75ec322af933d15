/**
 * Type of a map, which describes the framing of a telephone system's records and the meaning of their fields. read-mapped.ts
 * reads records with any map.
 */
import type { Direction } from './detail-record.ts'
import type { Mapping } from './read-fields.ts'

export interface RecordMap {
  /** Framing of records: a CSV with a heading, lines of cells, or JSON documents. */
  readonly framing: 'csv' | 'lines' | 'document'
  /** For lines: names of the cells in order, and their separator. */
  readonly cells?: { readonly separator: string; readonly names: readonly string[] } | undefined
  /** For documents: the member with the list of calls, if a document may be a page of several calls. */
  readonly page?: string
  /**
   * For documents: nested lists, the outermost first, and the prefix for the fields of their members. With `['sessions',
   * 'session']` there is one record for each session, with `session.id` in addition to the fields of the document.
   */
  readonly each?: readonly (readonly [list: string, as: string])[]
  /** Conditions that all records of this system meet; any other record is reported as `not-a-record`. */
  readonly known?: readonly Condition[]
  /** A record for which one of these holds is skipped. */
  readonly skips?: readonly Condition[]
  /**
   * For documents: alternatives for reading the call itself, whose caller, number, start and direction apply to its parts. The
   * first alternative whose conditions hold for a record of the document is used. A document without such a record is skipped.
   */
  readonly opening?: readonly LegMap[]
  /** Legs in a record. A record gives a leg for each entry whose conditions hold. */
  readonly legs: readonly LegMap[]
  /** Rules for rewriting numbers of this system; applied before the operator's rules. */
  readonly rewrite?: readonly { readonly from: RegExp; readonly to: string }[]
}

export interface LegMap {
  readonly when?: readonly Condition[]
  /** Uses a record only if its `field` is empty, or equals `to` of a record in the same document for which `among` holds. */
  readonly within?: { readonly field: string; readonly to: string; readonly among: readonly Condition[] }
  readonly fields: Mapping
  /** Templates of ids that recording clients also send. */
  readonly sharedIds?: readonly string[]
  /** Direction if a record has none. */
  readonly direction?: Direction
  /** True if several records make up a leg, for example one with its start and one with its end. */
  readonly isPart?: boolean
  /** True if a leg id can occur several times in a call: an official may answer the same call from the same queue again. */
  readonly repeats?: boolean
  /** True if the leg goes to a conference bridge. */
  readonly isConference?: boolean
}

/** Condition on the text of a field: one of some values, none of some values, or a match of a pattern. */
export interface Condition {
  readonly field: string
  readonly is?: readonly string[]
  readonly isNot?: readonly string[]
  readonly matches?: RegExp
}
