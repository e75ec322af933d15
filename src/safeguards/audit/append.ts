/**
 * Appends to the audit log: who did what, to which object, under which purpose, with which result. An entry is durable when its
 * transaction commits. It contains no names, phone numbers or other content (the log outlives the history), and is never
 * changed or removed.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { appenders } from './appenders.ts'

export interface AuditEntry {
  action: AuditAction
  result: 'ok' | `refused:${string}` | `failed:${string}`
  personId?: string | undefined
  rightId?: string | undefined
  role?: Role | undefined
  purpose?: Purpose | undefined
  /** Fault or case reference, as given by the person (R40). */
  reference?: string | undefined
  object?:
    | {
        kind:
          | 'contact'
          | 'segment'
          | 'recording'
          | 'listening'
          | 'person'
          | 'session'
          | 'search'
          | 'description'
          | 'draft'
          | 'promise'
          | 'directory'
          | 'directory-change'
          | 'scim-token'
          | 'feedback'
          | 'right'
          | 'right-request'
          | 'credential'
          | 'link'
          | 'log'
          | 'admissions'
          | 'alarm'
          | 'extract'
          | 'hold'
          | 'prohibition'
          | 'inspection'
          | 'recall'
          | 'key'
          | 'place'
          | 'clock'
          | 'backup'
          | 'ledger'
          | 'records'
          | 'request'
          | 'office'
          | 'appointment'
          | 'letter'
          | 'template'
          | 'copy'
          | 'correction'
          | 'institute'
          | 'disclosure'
          | 'anonymised-copy'
          | 'package'
          | 'feeds'
          | 'quality-form'
          | 'sampling-plan'
          | 'evaluation'
          | 'calibration'
          | 'training-collection'
          | 'training-session'
          | 'import'
        id?: string
      }
    | undefined
  /** Ids, counts and ranges only. */
  detail?: Record<string, string | number | boolean | readonly string[] | null> | undefined
}

export type AuditAction = keyof typeof appenders

const refusalObserver = new AsyncLocalStorage<{ refusal: boolean }>()

/** Runs `run` and sets `noticed.refusal` if a refusal is appended, so that the caller need not log it again. */
export function observeRefusals(noticed: { refusal: boolean }, run: () => void): void {
  refusalObserver.run(noticed, run)
}

/** Appends entries in the caller's transaction (R21): nothing may be sent before it has committed. */
export async function appendAudit(
  database: SafeguardsDatabase,
  entries: AuditEntry | readonly AuditEntry[],
): Promise<void> {
  const list = 'action' in entries ? [entries] : entries
  if (list.length === 0) return
  const db = safeguardsOf(database)
  const noticed = refusalObserver.getStore()
  if (noticed && list.some(({ result }) => result.startsWith('refused:'))) noticed.refusal = true
  await db
    .insertInto('audit_entry')
    .values(
      list.map((entry) => ({
        person_id: entry.personId ?? null,
        right_id: entry.rightId ?? null,
        role: entry.role ?? null,
        action: entry.action,
        purpose: entry.purpose ?? null,
        reference: entry.reference ?? null,
        object_kind: entry.object?.kind ?? null,
        object_id: entry.object?.id ?? null,
        result: entry.result,
        detail: JSON.stringify(entry.detail ?? {}),
      })),
    )
    .execute()
}
