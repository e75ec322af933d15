/**
 * Collections of moments for training (R4, R38): ordered references into recordings, each with a lesson. Nothing is copied, and
 * a moment's text ends with its recording.
 */
import { sql } from 'kysely'
import { requestAct, requestList, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

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
const endRefusals = [...commonRefusals, 'training.collection-ended', 'training.session-open'] as const
const momentRefusals = [
  ...collectionRefusals,
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
  'training.not-in-recording',
  'training.too-many',
] as const

export function listCollections(
  db: SafeguardsDatabase,
  session: Session,
): Promise<ListedCollection[] | Refused<'deny.role'>> {
  const statement = sql<{
    value: ListedCollection
  }>`select list_training_collections as value from list_training_collections()`
  return requestList(db, session, statement, { action: 'training.collections-read', object: { kind } })
}

export function beginCollection(
  db: SafeguardsDatabase,
  session: Session,
  { name, aim }: { name: string; aim: string },
): Promise<{ id: string } | Refused<(typeof collectionRefusals)[number]>> {
  const statement = sql<{ id: string }>`select save_training_collection(null, null, ${name}, ${aim}) as id`
  const trace = { action: 'training.collection-begun', object: { kind } } as const
  return requestRow(db, session, statement, collectionRefusals, trace)
}

export async function readCollection(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<Collection | Refused<(typeof commonRefusals)[number]>> {
  const statement = sql<{ value: Collection }>`select read_training_collection(${id}::uuid) as value`
  const trace = { action: 'training.collection-read', object: { kind, id } } as const
  const answer = await requestRow(db, session, statement, commonRefusals, trace)
  return 'refused' in answer ? answer : answer.value
}

/** Saves a collection. `revision` is the one that was read; refused if the collection has changed since. */
export function saveCollection(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, name, aim }: { revision: number; name: string; aim: string },
): Promise<'done' | Refused<(typeof changeRefusals)[number]>> {
  const statement = sql`select save_training_collection(${id}::uuid, ${revision}, ${name}, ${aim})`
  return requestAct(db, session, statement, changeRefusals, {
    action: 'training.collection-saved',
    object: { kind, id },
  })
}

/** Ends a collection and deletes its moments; sessions that played it stay on record. */
export function endCollection(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof endRefusals)[number]>> {
  const statement = sql`select end_training_collection(${id}::uuid)`
  return requestAct(db, session, statement, endRefusals, { action: 'training.collection-ended', object: { kind, id } })
}

/**
 * Appends a moment.
 * @returns its id
 */
export function addMoment(
  db: SafeguardsDatabase,
  session: Session,
  collection: string,
  { recordingId, fromMs, toMs = null, title, lesson }: AddedMoment,
): Promise<{ id: string } | Refused<(typeof momentRefusals)[number]>> {
  const statement = sql<{ id: string }>`
    select save_training_moment(null, ${collection}::uuid, ${recordingId}::uuid, ${fromMs}, ${toMs}, ${title}, ${lesson}) as id`
  const trace = { action: 'training.moment-added', object: { kind, id: collection } } as const
  return requestRow(db, session, statement, momentRefusals, trace)
}

export function saveMoment(
  db: SafeguardsDatabase,
  session: Session,
  moment: string,
  { fromMs, toMs, title, lesson }: MomentWords,
): Promise<'done' | Refused<(typeof momentRefusals)[number]>> {
  const statement = sql`select save_training_moment(${moment}::uuid, null, null, ${fromMs}, ${toMs}, ${title}, ${lesson})`
  return requestAct(db, session, statement, momentRefusals, { action: 'training.moment-saved', object: { kind } })
}

/** Removes a moment, also an empty one. */
export function removeMoment(
  db: SafeguardsDatabase,
  session: Session,
  moment: string,
): Promise<'done' | Refused<(typeof collectionRefusals)[number]>> {
  const statement = sql`select remove_training_moment(${moment}::uuid)`
  return requestAct(db, session, statement, collectionRefusals, { action: 'training.moment-removed', object: { kind } })
}

/** Sets the order of the moments; each is named once. */
export function orderMoments(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  moments: readonly string[],
): Promise<'done' | Refused<(typeof changeRefusals)[number]>> {
  const statement = sql`select order_training_moments(${id}::uuid, ${[...moments]}::uuid[])`
  return requestAct(db, session, statement, changeRefusals, { action: 'training.ordered', object: { kind, id } })
}
