import type { IncomingRequest } from '../../sip/handler.ts'
import { productOf } from '../seen/client-statistics.ts'
import {
  callIdsOf,
  describeSegment,
  officialOf,
  reportedCallerOf,
  type CallInvitation,
  type EarlierSegment,
} from './describe-segment.ts'
import type { RequestReader } from '../reading/read-requests.ts'
import { officialKeyOf, type RecentCalls } from '../duplicates/recent-calls.ts'
import { areDifferentCallers } from '../duplicates/find-continued-segment.ts'
import type { RecorderOptions } from '../recorder-options.ts'
import { withMark } from './recording-outcome.ts'
import type { Offer } from './session-types.ts'

/** Invitation read from a request, and the time of the answer or of the transfer. */
export interface Found {
  invitation: CallInvitation
  answeredAt: Temporal.Instant
}

/** `earlier`: segment of the same session that this one continues; default: the latest segment of the same call. */
type DescribeRequest = (
  incoming: IncomingRequest,
  found: Found,
  now: Temporal.Instant,
  earlier?: EarlierSegment,
) => Offer | 'outside'

/** Returns a function that describes the segment that a request would begin, with the plan's decision. It changes no state. */
export function createDescribeRequest(parts: {
  options: Pick<RecorderOptions, 'random' | 'versionAt' | 'drawKey' | 'quotas' | 'formats'>
  reader: RequestReader
  recent: RecentCalls
}): DescribeRequest {
  const { options, reader, recent } = parts
  const { random, versionAt, drawKey, quotas } = options
  return (incoming, { invitation, answeredAt }, now, earlier) => {
    const callIds = callIdsOf(invitation)
    const trunk = reader.trunkNameOf(incoming)
    const { connected, from } = invitation.parties
    const official = officialKeyOf(officialOf(invitation))
    const reported = { caller: reportedCallerOf(invitation), official, numbers: connected.numbers, from }
    const found = earlier ?? recent.find(callIds, trunk, reported, now)
    const before = found === 'others' ? undefined : found
    const offer = describeSegment(invitation, {
      version: versionAt(answeredAt),
      drawKey,
      quotaUsed: quotas.used(answeredAt),
      answeredAt,
      arrivedAt: now,
      ids: { segmentId: random.uuid(), contactId: random.uuid(), recordingId: random.uuid() },
      intakeDay: now.toZonedDateTimeISO('UTC').toPlainDate(),
      trunk,
      earlier: before,
      isSameSession: earlier !== undefined,
      storesUnplayable: options.formats?.storesUnplayable === true,
      client: { trunk: reader.trunkOf(incoming)?.name, client: productOf(incoming.request) },
      isForbidden: recent.isForbidden({ callIds, trunk, official }),
    })
    // Two callers have the same call id: marked so that a person checks if it is one call.
    const isDoubtful =
      found === 'others' ||
      (before && !earlier && reported.caller && areDifferentCallers(reported.caller, before.caller))
    if (offer === 'outside' || !isDoubtful) return offer
    return { ...offer, facts: { ...offer.facts, marks: withMark(offer.facts.marks, 'needs-review') } }
  }
}
