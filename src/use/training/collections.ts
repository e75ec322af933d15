/**
 * Collections of moments for training (R4, R38): ordered references into recordings, each with a lesson. Nothing is copied, and
 * a moment's text ends with its recording.
 */
import { sql } from 'kysely'
import { databaseAct, databaseRow, databaseValue, databaseValues } from '#safeguards/access/database-request.ts'

export interface ListedCollection {
  id: string
  name: string
  aim: string
  begunAt: string
  endedAt?: string
  /** Number of moments, including empty ones. */
  moments: number
  empty: number
  /** Day on which the first moment becomes empty. */
  nextEndsAt?: string
}

/** Why a recording cannot be used now. */
type BlockedReason = 'recording.destroyed' | 'recording.restricted' | 'recording.not-yet-kept'

export interface MomentWords {
  fromMs: number
  toMs: number
  title: string
  /** Learning goal. */
  lesson: string
}

/** A moment to add; without `toMs` it lasts to the recording's end. */
export type AddedMoment = Omit<MomentWords, 'toMs'> & { recordingId: string; toMs?: number | null }

export type CollectedMoment =
  | ({
      id: string
      state: 'THERE'
      recordingId: string
      contactId: string
      segmentId: string
      number: string
      startedAt: string
      durationMs: number
      /** When the moment becomes empty. */
      destroyAt: string
      /** Why the moment cannot be played now. */
      standsStill?: BlockedReason
    } & MomentWords)
  | { id: string; state: 'EMPTY'; emptiedAt: string; emptyWhy: 'term' | 'forbidden' }
  /** The recording is out of the viewer's reach. */
  | { id: string; state: 'OUT_OF_REACH' }

export interface Collection extends Omit<ListedCollection, 'moments' | 'empty' | 'nextEndsAt'> {
  revision: number
  moments: CollectedMoment[]
}

const kind = 'training-collection' as const
const commonRefusals = ['deny.role', 'not-found'] as const
const collectionRefusals = [...commonRefusals, 'training.collection-ended', 'input.identity-code'] as const
const changeRefusals = [...collectionRefusals, 'training.changed-meanwhile'] as const
const momentRefusals = [
  ...collectionRefusals,
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
  'training.not-in-recording',
  'training.too-many',
] as const

export const listCollections = databaseValues(() => ({
  statement: sql<{
    value: ListedCollection
  }>`select list_training_collections as value from list_training_collections()`,
  refusals: ['deny.role'],
  action: 'training.collections-read',
  object: { kind },
}))

export const beginCollection = databaseRow(({ name, aim }: { name: string; aim: string }) => ({
  statement: sql<{ id: string }>`select save_training_collection(null, null, ${name}, ${aim}) as id`,
  refusals: collectionRefusals,
  action: 'training.collection-begun',
  object: { kind },
}))

export const readCollection = databaseValue((id: string) => ({
  statement: sql<{ value: Collection }>`select read_training_collection(${id}::uuid) as value`,
  refusals: commonRefusals,
  action: 'training.collection-read',
  object: { kind, id },
}))

/** Saves a collection. `revision` is the one that was read; refused if the collection has changed since. */
export const saveCollection = databaseAct(
  (id: string, { revision, name, aim }: { revision: number; name: string; aim: string }) => ({
    statement: sql`select save_training_collection(${id}::uuid, ${revision}, ${name}, ${aim})`,
    refusals: changeRefusals,
    action: 'training.collection-saved',
    object: { kind, id },
  }),
)

/** Ends a collection and deletes its moments; sessions that played it stay on record. */
export const endCollection = databaseAct((id: string) => ({
  statement: sql`select end_training_collection(${id}::uuid)`,
  refusals: [...commonRefusals, 'training.collection-ended', 'training.session-open'],
  action: 'training.collection-ended',
  object: { kind, id },
}))

/**
 * Appends a moment.
 * @returns its id
 */
export const addMoment = databaseRow(
  (collection: string, { recordingId, fromMs, toMs = null, title, lesson }: AddedMoment) => ({
    statement: sql<{ id: string }>`
      select save_training_moment(null, ${collection}::uuid, ${recordingId}::uuid, ${fromMs}, ${toMs}, ${title}, ${lesson}) as id`,
    refusals: momentRefusals,
    action: 'training.moment-added',
    object: { kind, id: collection },
  }),
)

export const saveMoment = databaseAct((moment: string, { fromMs, toMs, title, lesson }: MomentWords) => ({
  statement: sql`select save_training_moment(${moment}::uuid, null, null, ${fromMs}, ${toMs}, ${title}, ${lesson})`,
  refusals: momentRefusals,
  action: 'training.moment-saved',
  object: { kind },
}))

/** Removes a moment, also an empty one. */
export const removeMoment = databaseAct((moment: string) => ({
  statement: sql`select remove_training_moment(${moment}::uuid)`,
  refusals: collectionRefusals,
  action: 'training.moment-removed',
  object: { kind },
}))

/** Sets the order of the moments; each is named once. */
export const orderMoments = databaseAct((id: string, moments: readonly string[]) => ({
  statement: sql`select order_training_moments(${id}::uuid, ${[...moments]}::uuid[])`,
  refusals: changeRefusals,
  action: 'training.ordered',
  object: { kind, id },
}))
