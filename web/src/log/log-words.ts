import { knownRefusals } from '../api/refusal.ts'
import type { Say, Word } from '../language/use-words.ts'
import type { LogEntry } from './log-shapes.ts'

/** Every action that can be in the log, in the order in which they are offered: signing in, looks, rights, the register, the log. */
export const actions = [
  'session.started',
  'session.second-factor',
  'session.ended',
  'sessions.ended',
  'sign-in.delayed',
  'credential.added',
  'credential.removed',
  'credential.removal-asked',
  'credential.removal-refused',
  'password.set',
  'link.made',
  'link.used',
  'act.confirmed',
  'contacts.listed',
  'contact.read',
  'caller.revealed',
  'calls.watched',
  'listening.started',
  'listening.served',
  'listening.ended',
  'capture.stopped',
  'shares.read',
  'extract.read',
  'looks.slowed',
  'looks.reviewed',
  'request.refused',
  'alarm.raised',
  'alarm.closed',
  'right.requested',
  'right.granted',
  'right.rejected',
  'right.withdrawn',
  'right.revoked',
  'right.reviewed',
  'rights.read',
  'directory.read',
  'directory.changed',
  'directory.imported',
  'scim-token.added',
  'scim-token.revoked',
  'call.admitted',
  'recording.kept',
  'recording.cut',
  'recording.destroyed',
  'recording.forbidden',
  'recording.proved',
  'history.ended',
  'month.ended',
  'key.destroyed',
  'certificate.made',
  'terms.shortened',
  'retention.read',
  'hold.entered',
  'hold.renewed',
  'hold.ended',
  'holds.read',
  'inspection.opened',
  'inspection.moved',
  'inspection.closed',
  'request.entered',
  'request.changed',
  'request.assigned',
  'request.identified',
  'call.looked-for',
  'call.verified',
  'call.given-up',
  'request.extended',
  'request.closed',
  'request.erased',
  'requests.read',
  'request.read',
  'office.changed',
  'workstation.enrolled',
  'workstation.ended',
  'appointment.booked',
  'appointment.ended',
  'room.opened',
  'room.closed',
  'subject-copy.made',
  'subject-copy.taken',
  'subject-copy.ended',
  'correction.proposed',
  'correction.decided',
  'openness.decided',
  'referral.taken-up',
  'copy.recalled',
  'recall.confirmed',
  'institute.changed',
  'research.begun',
  'research.changed',
  'research.read',
  'research.item-picked',
  'research.item-dropped',
  'research.undertaking',
  'research.decided',
  'research.released',
  'research.study-ended',
  'research.item-confirmed',
  'research.extension',
  'research.overdue',
  'research.withdrawn',
  'research.closed',
  'disclosures.read',
  'clock.stopped',
  'clock.confirmed',
  'place.used',
  'place.refused',
  'place.left',
  'backup.made',
  'backup.failed',
  'backup.ended',
  'backup.restored',
  'description.installed',
  'description.drafted',
  'description.submitted',
  'description.taken-back',
  'description.withdrawn',
  'description.approved',
  'description.rejected',
  'description.took-effect',
  'description.tried',
  'promise.broken',
  'promise.restored',
  'feedback.answered',
  'log.read',
  'log.verified',
  'log.exported',
  'log.pruned',
  'log.break-accepted',
  'letter.made',
  'letter.read',
  'letter.delivered',
  'letter.removed',
  'template.changed',
] as const
const known = new Set<string>(actions)

/** The action in words; its code where the pages have none for it. */
export function sayAction(action: string, say: Say): string {
  return known.has(action) ? say(`logAction.${action as (typeof actions)[number]}`) : action
}

export function sayKind(kind: string, say: Say): string {
  const word = `logObject.${kind}` as Word
  const said = say(word)
  return said === word ? kind : said
}

/** How an entry ended, and why where it was refused. */
export function sayResult(result: string, say: Say): { kind: 'ok' | 'refused' | 'failed'; why?: string } {
  if (result === 'ok') return { kind: 'ok' }
  const [kind, code = ''] = result.split(/:(.*)/s)
  const isKnown = (knownRefusals as readonly string[]).includes(code)
  return { kind: kind === 'refused' ? 'refused' : 'failed', why: isKnown ? say(`error.${code}` as Word) : code }
}

/** Who acted: a person by the name they have now, somebody who was not signed in, or the system by itself. */
export function sayWho({ person, action }: LogEntry, say: Say): string {
  if (person) return person.name ?? say('log.unknown')
  const isStranger = action === 'request.refused' || action.startsWith('session.') || action.startsWith('sign-in.')
  return say(isStranger ? 'log.stranger' : 'log.nobody')
}
