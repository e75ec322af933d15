/** Training sessions (R4, R38; AC21) with a list of attendees. The session's reference is logged with each listening. */
import { type Kysely, sql } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import {
  databaseAct,
  databaseRow,
  databaseRows,
  databaseValue,
  databaseValues,
} from '#safeguards/access/database-request.ts'

export interface ListedTraining {
  id: string
  /** Reference of listenings in it. */
  reference: string
  name: string
  collectionId: string
  collectionName: string
  isMine: boolean
  begunAt: string
  endedAt?: string
  attendees: number
}

export interface Training extends Omit<ListedTraining, 'attendees' | 'isMine'> {
  attendees: { id: string; name: string; enteredAt: string }[]
  /** Recordings of which a part was played. */
  played: string[]
}

/** A session that the viewer attended. */
export interface OwnTraining extends Pick<
  ListedTraining,
  'reference' | 'name' | 'collectionName' | 'begunAt' | 'endedAt'
> {
  /** Learning objective. */
  aim: string
  /** When the viewer was added to the list. */
  enteredAt: string
  /** The list is kept until then; undefined during the session. */
  keptUntil?: string
}

export interface Trainee {
  id: string
  userId: string
  name: string
  unitName: string | null
}

const kind = 'training-session' as const
const commonRefusals = ['deny.role', 'not-found'] as const
const runningRefusals = [...commonRefusals, 'training.session-ended'] as const

export const listTrainings = databaseValues(() => ({
  statement: sql<{ value: ListedTraining }>`select list_training_sessions as value from list_training_sessions()`,
  refusals: ['deny.role'],
  action: 'training.sessions-read',
  object: { kind },
}))

/** Lists sessions that the viewer attended, without other attendees (R48). */
export const listOwnTrainings = databaseValues(() => ({
  statement: sql<{ value: OwnTraining }>`select list_own_trainings as value from list_own_trainings()`,
  refusals: ['deny.role'],
  action: 'training.own-read',
  object: { kind },
}))

/** Begins a session led by the viewer, who can lead one at a time. */
export const beginTraining = databaseRow(({ collectionId, name }: { collectionId: string; name: string }) => ({
  statement: sql<{ id: string }>`select begin_training_session(${collectionId}::uuid, ${name}) as id`,
  refusals: [...commonRefusals, 'training.collection-ended', 'training.leads-already', 'input.identity-code'],
  action: 'training.session-begun',
  object: { kind },
}))

/** Returns a session led by the viewer, with its attendees. */
export const readTraining = databaseValue((id: string) => ({
  statement: sql<{ value: Training }>`select read_training_session(${id}::uuid) as value`,
  refusals: commonRefusals,
  action: 'training.session-read',
  object: { kind, id },
}))

/** Finds at most twenty people by part of their name, at least two letters. */
export const findTrainees = databaseRows((part: string) => ({
  statement: sql<Trainee>`
    select id, user_id as "userId", name, unit_name as "unitName" from find_trainees(${part})`,
  refusals: ['deny.role'],
  action: 'training.trainees-looked-for',
  object: { kind },
}))

/** Adds a person to the list; idempotent. */
export const enterTrainee = databaseAct((id: string, person: string) => ({
  statement: sql`select enter_trainee(${id}::uuid, ${person}::uuid)`,
  refusals: [...runningRefusals, 'training.not-employed'],
  action: 'training.trainee-entered',
  object: { kind, id },
}))

/** Removes a person who was added by mistake and has not listened to anything. */
export const removeTrainee = databaseAct((id: string, person: string) => ({
  statement: sql`select remove_trainee(${id}::uuid, ${person}::uuid)`,
  refusals: [...runningRefusals, 'training.has-heard'],
  action: 'training.trainee-removed',
  object: { kind, id },
}))

/** Ends a session and its listenings. */
export const endTraining = databaseAct((id: string) => ({
  statement: sql`select end_training_session(${id}::uuid)`,
  refusals: runningRefusals,
  action: 'training.session-ended',
  object: { kind, id },
}))

/** Deletes expired collections and sessions, for the custodian; returns how many sessions. */
export async function endExpiredTraining(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ deleted: number }>`select expire_training_data() as deleted`.execute(db)
  return rows[0]?.deleted ?? 0
}
