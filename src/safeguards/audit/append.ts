/**
 * The audit log. In: what somebody did, to what, under which purpose, and how it ended. Out: an entry that is durable
 * when the transaction it was appended in commits. Never here: names, phone numbers or other content (the log outlives
 * the history), changing or removing an entry.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

export interface AuditEntry {
  action: AuditAction
  result: 'ok' | `refused:${string}` | `failed:${string}`
  personId?: string | undefined
  rightId?: string | undefined
  role?: Role | undefined
  purpose?: Purpose | undefined
  /** Fault or case reference, as the person gave it (R40). */
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
          | 'scim-token'
          | 'feedback'
          | 'right'
          | 'right-request'
          | 'credential'
          | 'link'
          | 'log'
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
        id?: string
      }
    | undefined
  /** Ids, counts and ranges only. */
  detail?: Record<string, string | number | boolean | readonly string[] | null> | undefined
}

export type AuditAction =
  | 'session.started'
  | 'session.ended'
  | 'contacts.listed'
  | 'contact.read'
  | 'caller.revealed'
  | 'calls.watched'
  | 'listening.started'
  | 'listening.served'
  | 'listening.ended'
  | 'call.admitted'
  | 'recording.kept'
  | 'recording.cut'
  | 'recording.destroyed'
  | 'history.ended'
  | 'right.granted'
  | 'description.installed'
  | 'description.drafted'
  | 'description.submitted'
  | 'description.taken-back'
  | 'description.withdrawn'
  | 'description.approved'
  | 'description.rejected'
  | 'description.took-effect'
  | 'description.tried'
  | 'terms.shortened'
  | 'promise.broken'
  | 'promise.restored'
  | 'shares.read'
  | 'study.read'
  | 'today.watched'
  | 'directory.read'
  | 'directory.changed'
  | 'directory.imported'
  | 'password.set'
  | 'scim-token.added'
  | 'scim-token.revoked'
  | 'feedback.answered'
  | 'request.refused'
  | 'session.second-factor'
  | 'sessions.ended'
  | 'sign-in.delayed'
  | 'credential.added'
  | 'credential.removed'
  | 'credential.removal-asked'
  | 'credential.removal-refused'
  | 'act.confirmed'
  | 'link.made'
  | 'link.used'
  | 'right.requested'
  | 'right.rejected'
  | 'right.withdrawn'
  | 'right.revoked'
  | 'right.reviewed'
  | 'rights.read'
  | 'log.read'
  | 'log.verified'
  | 'log.exported'
  | 'log.pruned'
  | 'log.break-accepted'
  | 'alarm.raised'
  | 'call-flow.read'
  | 'alarm.closed'
  | 'reconciliation.listed'
  | 'reconciliation.explained'
  | 'looks.slowed'
  | 'looks.reviewed'
  | 'extract.read'
  | 'retention.read'
  | 'month.ended'
  | 'key.destroyed'
  | 'recording.forbidden'
  | 'recording.proved'
  | 'certificate.made'
  | 'hold.entered'
  | 'hold.renewed'
  | 'hold.ended'
  | 'holds.read'
  | 'inspection.opened'
  | 'inspection.moved'
  | 'inspection.closed'
  | 'copy.recalled'
  | 'recall.confirmed'
  | 'clock.stopped'
  | 'clock.confirmed'
  | 'place.used'
  | 'place.refused'
  | 'place.left'
  | 'backup.made'
  | 'backup.failed'
  | 'backup.ended'
  | 'backup.restored'
  | 'request.entered'
  | 'request.changed'
  | 'request.assigned'
  | 'request.identified'
  | 'request.extended'
  | 'request.closed'
  | 'request.erased'
  | 'requests.read'
  | 'request.read'
  | 'call.looked-for'
  | 'call.verified'
  | 'call.given-up'
  | 'office.changed'
  | 'workstation.enrolled'
  | 'workstation.ended'
  | 'appointment.booked'
  | 'appointment.ended'
  | 'room.opened'
  | 'room.closed'
  | 'letter.made'
  | 'letter.read'
  | 'letter.delivered'
  | 'letter.removed'
  | 'template.changed'
  | 'subject-copy.made'
  | 'subject-copy.taken'
  | 'subject-copy.ended'
  | 'correction.proposed'
  | 'correction.decided'
  | 'openness.decided'
  | 'referral.taken-up'
  | 'capture.stopped'
  | 'institute.changed'
  | 'disclosures.read'
  | 'research.begun'
  | 'research.changed'
  | 'research.read'
  | 'research.item-picked'
  | 'research.item-dropped'
  | 'research.undertaking'
  | 'research.decided'
  | 'research.released'
  | 'research.study-ended'
  | 'research.item-confirmed'
  | 'research.extension'
  | 'research.overdue'
  | 'research.withdrawn'
  | 'research.closed'
  | 'anonymised-copy.begun'
  | 'anonymised-copy.read'
  | 'anonymised-copy.saved'
  | 'anonymised-copy.recognised'
  | 'anonymised-copy.rendered'
  | 'anonymised-copy.heard'
  | 'anonymised-copy.checked'
  | 'anonymised-copy.ended'
  | 'package.made'
  | 'package.taken'
  | 'package.ended'
  | 'authority.entered'
  | 'authority.changed'
  | 'authority.read'
  | 'authority.item-added'
  | 'authority.item-dropped'
  | 'authority.assessed'
  | 'authority.decided'
  | 'authority.closed'
  | 'quality.forms-read'
  | 'quality.form-begun'
  | 'quality.form-saved'
  | 'quality.form-published'
  | 'quality.plans-read'
  | 'quality.plan-begun'
  | 'quality.plan-ended'
  | 'quality.drawn'
  | 'quality.queue-read'
  | 'quality.evaluation-begun'
  | 'quality.evaluation-read'
  | 'quality.evaluation-saved'
  | 'quality.evaluation-finished'
  | 'quality.evaluation-released'
  | 'quality.evaluation-set-aside'
  | 'quality.evaluation-ended'
  | 'quality.evaluation-acknowledged'
  | 'quality.disagreed'
  | 'quality.disagreement-answered'
  | 'quality.own-read'
  | 'quality.calibrations-read'
  | 'quality.calibration-begun'
  | 'quality.calibration-closed'
  | 'quality.results-read'
  | 'training.collections-read'
  | 'training.collection-begun'
  | 'training.collection-saved'
  | 'training.collection-ended'
  | 'training.collection-read'
  | 'training.moment-added'
  | 'training.moment-saved'
  | 'training.moment-removed'
  | 'training.moment-emptied'
  | 'training.ordered'
  | 'training.sessions-read'
  | 'training.session-begun'
  | 'training.session-read'
  | 'training.session-ended'
  | 'training.trainees-looked-for'
  | 'training.trainee-entered'
  | 'training.trainee-removed'
  | 'training.own-read'

const noticing = new AsyncLocalStorage<{ refusal: boolean }>()

/** Runs what follows so that `noticed` is told of a refusal that is appended: whoever answers need not log it again. */
export function noticeRefusals(noticed: { refusal: boolean }, run: () => void): void {
  noticing.run(noticed, run)
}

/** Appends entries in the caller's transaction (R21): nothing leaves before that transaction has committed. */
export async function appendAudit(
  holding: HoldingSafeguards,
  entries: AuditEntry | readonly AuditEntry[],
): Promise<void> {
  const list = 'action' in entries ? [entries] : entries
  if (list.length === 0) return
  const db = safeguardsOf(holding)
  const noticed = noticing.getStore()
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
