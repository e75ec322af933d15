import type { RawBuilder } from 'kysely'
import { actInDatabase, rowOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { AuditAction, AuditEntry } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'

type Kind = NonNullable<AuditEntry['object']>['kind']

/** What is refused to whoever may not, and of what is not there or out of reach. */
export const always = ['deny.role', 'not-found'] as const
/** Why nothing may be done with an evaluation now: of its recording. */
export const standsStill = [...always, 'recording.destroyed', 'recording.restricted', 'recording.not-yet-kept'] as const

interface Trace {
  action: AuditAction
  kind: Kind
  id?: string
}
const traceOf = ({ action, kind, id }: Trace) => ({ action, object: { kind, ...(id !== undefined && { id }) } })

/** An act of quality evaluation that the database decides on, gives its trace of and may refuse. */
export const actOnQuality = <Code extends string>(
  db: HoldingSafeguards,
  session: Session,
  trace: Trace,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
): Promise<'done' | Refused<Code>> => actInDatabase(db, session, statement, codes, traceOf(trace))

/** A question whose answer is its one row. */
export const askOfQuality = <Row, Code extends string>(
  db: HoldingSafeguards,
  session: Session,
  trace: Trace,
  statement: RawBuilder<Row>,
  codes: readonly Code[],
): Promise<Row | Refused<Code>> => rowOfDatabase(db, session, statement, codes, traceOf(trace))
