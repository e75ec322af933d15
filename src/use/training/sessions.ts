/** Training sessions (R4, R38; AC21) with a list of attendees. The session's reference is logged with each listening. */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import {
  requestAct,
  requestDatabase,
  requestList,
  requestRow,
  type Refused,
} from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

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
const beginRefusals = [
  ...commonRefusals,
  'training.collection-ended',
  'training.leads-already',
  'input.identity-code',
] as const
const runningRefusals = [...commonRefusals, 'training.session-ended'] as const
const enterRefusals = [...runningRefusals, 'training.not-employed'] as const
const removeRefusals = [...runningRefusals, 'training.has-heard'] as const

export function listTrainings(
  db: SafeguardsDatabase,
  session: Session,
): Promise<ListedTraining[] | Refused<'deny.role'>> {
  const statement = sql<{ value: ListedTraining }>`select list_training_sessions as value from list_training_sessions()`
  return requestList(db, session, statement, { action: 'training.sessions-read', object: { kind } })
}

/** Lists sessions that the viewer attended, without other attendees (R48). */
export function listOwnTrainings(
  db: SafeguardsDatabase,
  session: Session,
): Promise<OwnTraining[] | Refused<'deny.role'>> {
  const statement = sql<{ value: OwnTraining }>`select list_own_trainings as value from list_own_trainings()`
  return requestList(db, session, statement, { action: 'training.own-read', object: { kind } })
}

/** Begins a session led by the viewer, who can lead one at a time. */
export function beginTraining(
  db: SafeguardsDatabase,
  session: Session,
  { collectionId, name }: { collectionId: string; name: string },
): Promise<{ id: string } | Refused<(typeof beginRefusals)[number]>> {
  const statement = sql<{ id: string }>`select begin_training_session(${collectionId}::uuid, ${name}) as id`
  const trace = { action: 'training.session-begun', object: { kind } } as const
  return requestRow(db, session, statement, beginRefusals, trace)
}

/** Returns a session led by the viewer, with its attendees. */
export async function readTraining(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<Training | Refused<(typeof commonRefusals)[number]>> {
  const statement = sql<{ value: Training }>`select read_training_session(${id}::uuid) as value`
  const trace = { action: 'training.session-read', object: { kind, id } } as const
  const answer = await requestRow(db, session, statement, commonRefusals, trace)
  return 'refused' in answer ? answer : answer.value
}

/** Finds at most twenty people by part of their name, at least two letters. */
export async function findTrainees(
  db: SafeguardsDatabase,
  session: Session,
  part: string,
): Promise<Trainee[] | Refused<'deny.role'>> {
  const statement = sql<Trainee>`
    select id, user_id as "userId", name, unit_name as "unitName" from find_trainees(${part})`
  const trace = { action: 'training.trainees-looked-for', object: { kind } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'] as const, trace)
  return 'refused' in answer ? answer : answer.rows
}

/** Adds a person to the list; idempotent. */
export function enterTrainee(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  person: string,
): Promise<'done' | Refused<(typeof enterRefusals)[number]>> {
  const statement = sql`select enter_trainee(${id}::uuid, ${person}::uuid)`
  return requestAct(db, session, statement, enterRefusals, { action: 'training.trainee-entered', object: { kind, id } })
}

/** Removes a person who was added by mistake and has not listened to anything. */
export function removeTrainee(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  person: string,
): Promise<'done' | Refused<(typeof removeRefusals)[number]>> {
  const statement = sql`select remove_trainee(${id}::uuid, ${person}::uuid)`
  return requestAct(db, session, statement, removeRefusals, {
    action: 'training.trainee-removed',
    object: { kind, id },
  })
}

/** Ends a session and its listenings. */
export function endTraining(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof runningRefusals)[number]>> {
  const statement = sql`select end_training_session(${id}::uuid)`
  return requestAct(db, session, statement, runningRefusals, { action: 'training.session-ended', object: { kind, id } })
}

/** Deletes expired collections and sessions, for the custodian; returns how many sessions. */
export async function endExpiredTraining(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ deleted: number }>`select expire_training_data() as deleted`.execute(db)
  return rows[0]?.deleted ?? 0
}
