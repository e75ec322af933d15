import type { RawBuilder } from 'kysely'
import { requestAct, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { AuditAction, AuditEntry } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

type Kind = NonNullable<AuditEntry['object']>['kind']

/** Refusals of every act: missing role, and what does not exist or is out of reach. */
export const commonRefusals = ['deny.role', 'not-found'] as const
/** Why an evaluation cannot be changed now, because of its recording. */
export const unchangeableRefusals = [
  ...commonRefusals,
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
] as const

interface Trace {
  action: AuditAction
  kind: Kind
  id?: string
}
const traceOf = ({ action, kind, id }: Trace) => ({ action, object: { kind, ...(id !== undefined && { id }) } })

/** Runs an act on quality evaluation, which the database authorises and logs. */
export const actOnQuality = <Code extends string>(
  db: SafeguardsDatabase,
  session: Session,
  trace: Trace,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
): Promise<'done' | Refused<Code>> => requestAct(db, session, statement, codes, traceOf(trace))

/** Runs a query for one row, which the database authorises and logs. */
export const requestQuality = <Row, Code extends string>(
  db: SafeguardsDatabase,
  session: Session,
  trace: Trace,
  statement: RawBuilder<Row>,
  codes: readonly Code[],
): Promise<Row | Refused<Code>> => requestRow(db, session, statement, codes, traceOf(trace))
