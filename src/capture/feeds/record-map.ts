/** The shape of a map: how a telephone system's records lie, and which of their fields say what. One reader reads them all. */
import type { Direction } from './detail-record.ts'
import type { Mapping } from './read-fields.ts'

export interface RecordMap {
  /** As in Reader: a CSV with a heading, lines of cells, or JSON. */
  readonly lies: 'csv' | 'lines' | 'document'
  /** Of lines: the cells in their order, and what is between them. */
  readonly cells?: { readonly separator: string; readonly names: readonly string[] } | undefined
  /** Of documents: the member whose list has the records, where a document may be a page of many. */
  readonly page?: string
  /**
   * Of documents: lists within lists, the outermost first, and what their members' fields are called: with `['sessions', 'session']`
   * the record is one for each session, with `session.id` beside the fields of the whole.
   */
  readonly each?: readonly (readonly [list: string, as: string])[]
  /** What holds for a record of this system; another is told as `not-a-record`. */
  readonly known?: readonly Condition[]
  /** Records of something else. */
  readonly passesOver?: readonly Condition[]
  /**
   * Of documents: the call itself, of which its parts have caller, number, beginning, direction and ids. The first that holds for any
   * record of a document; a document without one is no call of the register.
   */
  readonly opening?: readonly LegMap[]
  /** What a record tells of: all of these whose conditions hold. */
  readonly legs: readonly LegMap[]
  /** What systems write around numbers; before the operator's own rules. */
  readonly rewrite?: readonly { readonly from: RegExp; readonly to: string }[]
}

export interface LegMap {
  readonly when?: readonly Condition[]
  /** The record counts where `field` is empty, or is what `to` is in a record of the document for which `among` holds. */
  readonly within?: { readonly field: string; readonly to: string; readonly among: readonly Condition[] }
  readonly fields: Mapping
  /** Ids that recording clients tell as well, as templates. */
  readonly sharedIds?: readonly string[]
  /** Where records do not say it. */
  readonly direction?: Direction
  /** Several records tell of this leg: one its start, another its end. */
  readonly isPart?: boolean
  /** The same leg id may begin again: an official who takes the same call from the same queue once more. */
  readonly repeats?: boolean
  /** The leg goes to a bridge, where everybody hears everybody. */
  readonly isConference?: boolean
}

/** Of a field's text: one of these, none of these, or of this form. */
export interface Condition {
  readonly field: string
  readonly is?: readonly string[]
  readonly isNot?: readonly string[]
  readonly matches?: RegExp
}
