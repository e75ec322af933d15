/**
 * Training sessions (R4, R38; AC21). In: a session whose holder trains, a collection, the people who are there. Out: a
 * reference under which its moments are played, so that the log says of each listening in which session it was. Never here:
 * the sound (use/playback), or a session without a list.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import {
  actInDatabase,
  askOfDatabase,
  listOfDatabase,
  rowOfDatabase,
  type Refused,
} from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'

export interface ListedTraining {
  id: string
  /** What listenings in it are logged under. */
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
  /** The recordings that something was heard of in it. */
  played: string[]
}

/** A session that the viewer attended: what is kept of it. */
export interface OwnTraining extends Pick<
  ListedTraining,
  'reference' | 'name' | 'collectionName' | 'begunAt' | 'endedAt'
> {
  /** What was to be learned. */
  aim: string
  /** On the list since. */
  enteredAt: string
  /** The list is kept until then; not known while the session goes on. */
  keptUntil?: string
}

export interface Trainee {
  id: string
  userId: string
  name: string
  unitName: string | null
}

const kind = 'training-session' as const
const always = ['deny.role', 'not-found'] as const
const beginning = [...always, 'training.collection-ended', 'training.leads-already', 'input.identity-code'] as const
const going = [...always, 'training.session-ended'] as const
const entering = [...going, 'training.not-employed'] as const
const removing = [...going, 'training.has-heard'] as const

export function listTrainings(
  db: HoldingSafeguards,
  session: Session,
): Promise<ListedTraining[] | Refused<'deny.role'>> {
  const statement = sql<{ value: ListedTraining }>`select list_training_sessions as value from list_training_sessions()`
  return listOfDatabase(db, session, statement, { action: 'training.sessions-read', object: { kind } })
}

/** The sessions on whose list the viewer is; of nobody else on it (R48). */
export function listOwnTrainings(
  db: HoldingSafeguards,
  session: Session,
): Promise<OwnTraining[] | Refused<'deny.role'>> {
  const statement = sql<{ value: OwnTraining }>`select list_own_trainings as value from list_own_trainings()`
  return listOfDatabase(db, session, statement, { action: 'training.own-read', object: { kind } })
}

/** Begins a session of the viewer's own; one at a time. */
export function beginTraining(
  db: HoldingSafeguards,
  session: Session,
  { collectionId, name }: { collectionId: string; name: string },
): Promise<{ id: string } | Refused<(typeof beginning)[number]>> {
  const statement = sql<{ id: string }>`select begin_training_session(${collectionId}::uuid, ${name}) as id`
  const trace = { action: 'training.session-begun', object: { kind } } as const
  return rowOfDatabase(db, session, statement, beginning, trace)
}

/** A session of the viewer's own, with its list. */
export async function readTraining(
  db: HoldingSafeguards,
  session: Session,
  id: string,
): Promise<Training | Refused<(typeof always)[number]>> {
  const statement = sql<{ value: Training }>`select read_training_session(${id}::uuid) as value`
  const trace = { action: 'training.session-read', object: { kind, id } } as const
  const answer = await rowOfDatabase(db, session, statement, always, trace)
  return 'refused' in answer ? answer : answer.value
}

/** People of the directory by a part of their name, of two letters at least; at most twenty. */
export async function findTrainees(
  db: HoldingSafeguards,
  session: Session,
  part: string,
): Promise<Trainee[] | Refused<'deny.role'>> {
  const statement = sql<Trainee>`
    select id, user_id as "userId", name, unit_name as "unitName" from find_trainees(${part})`
  const trace = { action: 'training.trainees-looked-for', object: { kind } } as const
  const answer = await askOfDatabase(db, session, statement, ['deny.role'] as const, trace)
  return 'refused' in answer ? answer : answer.rows
}

/** Enters a person on the list; again, they stay on it. */
export function enterTrainee(
  db: HoldingSafeguards,
  session: Session,
  id: string,
  person: string,
): Promise<'done' | Refused<(typeof entering)[number]>> {
  const statement = sql`select enter_trainee(${id}::uuid, ${person}::uuid)`
  return actInDatabase(db, session, statement, entering, { action: 'training.trainee-entered', object: { kind, id } })
}

/** Takes a person off the list who was entered by mistake, and has heard nothing. */
export function removeTrainee(
  db: HoldingSafeguards,
  session: Session,
  id: string,
  person: string,
): Promise<'done' | Refused<(typeof removing)[number]>> {
  const statement = sql`select remove_trainee(${id}::uuid, ${person}::uuid)`
  return actInDatabase(db, session, statement, removing, { action: 'training.trainee-removed', object: { kind, id } })
}

/** Ends a session and what is being heard in it. */
export function endTraining(
  db: HoldingSafeguards,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof going)[number]>> {
  const statement = sql`select end_training_session(${id}::uuid)`
  return actInDatabase(db, session, statement, going, { action: 'training.session-ended', object: { kind, id } })
}

/** Ends what is over of collections and sessions, for the custodian; how many sessions are gone with their lists. */
export async function endTrainingOver(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ gone: number }>`select end_training_over() as gone`.execute(db)
  return rows[0]?.gone ?? 0
}
