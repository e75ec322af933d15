import { omitNullish } from '#platform/omit-nullish.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { ServiceNumber } from '#description/register-description.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import {
  readInvitation,
  type FormatPolicy,
  type InvitationOptions,
  type InvitationRequest,
} from '../../siprec/read-invitation.ts'
import type { Refusal } from '../../siprec/refusal.ts'
import { answeredAtOf, type CallInvitation } from '../machine/describe-segment.ts'
import { directoryAt } from './directory.ts'
import type { Trunk } from './trunks.ts'
import type { VersionAt } from './version-in-force.ts'

export interface ReadingContext {
  arrivedAt: Temporal.Instant
  /** Answer time, if an earlier request of the session has reported it. */
  answeredAt: Temporal.Instant | undefined
  versionAt: VersionAt
  officials: readonly DirectoryEntry[]
  before?: InvitationOptions['before']
  /** The operator's settings for the requesting client. */
  trunk?: Trunk | undefined
  formats?: FormatPolicy | undefined
}

/**
 * Reads a request with the numbering, numbers and directory in force when the call was answered (R11, R14). The first request
 * is read as of its arrival, and read again only if something else was in force at the answer time in its metadata.
 */
export function readInForce(
  request: InvitationRequest,
  context: ReadingContext,
): { invitation: CallInvitation; answeredAt: Temporal.Instant } | Refusal {
  const { arrivedAt, officials, versionAt, before, trunk, formats } = context

  const readAt = (at: Temporal.Instant): CallInvitation | Refusal => {
    const { description } = versionAt(at)
    /** Cache, because each number occurs in several places of a request. */
    const normalised = new Map<string, ReturnType<typeof normalisePhoneNumber>>()
    return readInvitation<ServiceNumber, DirectoryEntry>(request, {
      arrivedAtMs: arrivedAt.epochMilliseconds,
      normalise(raw) {
        const number = normalised.get(raw) ?? normalisePhoneNumber(raw, description.numbering)
        normalised.set(raw, number)
        return number
      },
      directory: directoryAt(description, officials, at),
      ...omitNullish({ before, zone: trunk?.zone, trackOverride: trunk?.tracks, identityFirst: trunk?.identity }),
      formats: { ...formats, ...(trunk?.formats && { answersAll: trunk.formats === 'all' }) },
    })
  }

  const first = readAt(context.answeredAt ?? arrivedAt)
  if (first.kind === 'refusal') return first
  const answeredAt = context.answeredAt ?? answeredAtOf(first, arrivedAt)
  if (context.answeredAt !== undefined || areEntriesSameAt(first.parties, answeredAt))
    return { invitation: first, answeredAt }
  const atAnswer = readAt(answeredAt)
  return atAnswer.kind === 'refusal' ? atAnswer : { invitation: atAnswer, answeredAt }

  /** Returns true if number and official have the same entries at an instant as those that were read. */
  function areEntriesSameAt({ number, official }: CallInvitation['parties'], at: Temporal.Instant): boolean {
    const version = versionAt(at)
    if (version.version !== versionAt(arrivedAt).version) return false
    const directory = directoryAt(version.description, officials, at)
    const [numberKey, officialKey] = [number?.number.key, official?.number.key]
    return (
      (numberKey == null || directory.findNumber(numberKey) === number?.entry) &&
      (officialKey == null || directory.findOfficial(officialKey) === official?.entry)
    )
  }
}
