import type { SegmentFacts } from '#register/admit.ts'
import type { IncomingRequest } from '../../sip/handler.ts'
import { productOf } from '../seen/clients-seen.ts'
import { callIdsOf, describeSegment, officialOf, type CallInvitation, type EarlierSegment } from './describe-segment.ts'
import type { RequestReader } from '../reading/read-requests.ts'
import { whoAnswers, type RecentCalls } from '../duplicates/recent-calls.ts'
import type { RecorderOptions } from '../recorder-options.ts'
import { withMark } from './recording-outcome.ts'
import type { Offer } from './session-types.ts'

/** A request that was read. */
export interface Found {
  invitation: CallInvitation
  answeredAt: Temporal.Instant
}

/** `earlier`: absent, the latest segment of the same call. */
type DescribeAsked = (
  asked: IncomingRequest,
  found: Found,
  now: Temporal.Instant,
  earlier?: EarlierSegment,
) => Offer | 'outside'

/** The segment that a request would begin, with the plan's decision; nothing of it is remembered or counted. */
export function createDescribeRequest(parts: {
  options: Pick<RecorderOptions, 'random' | 'versionAt' | 'drawKey' | 'quotas' | 'formats'>
  reader: RequestReader
  recent: RecentCalls
}): DescribeAsked {
  const { options, reader, recent } = parts
  const { random, versionAt, drawKey, quotas } = options
  return (asked, { invitation, answeredAt }, now, earlier) => {
    const callIds = callIdsOf(invitation)
    const trunk = reader.trunkNameOf(asked)
    const before = earlier ?? recent.find(callIds, trunk, now)
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
      keepsUnplayable: options.formats?.keepsUnplayable === true,
      client: { trunk: reader.trunkOf(asked)?.name, client: productOf(asked.request) },
      isForbidden: recent.isForbidden({ callIds, trunk, official: whoAnswers(officialOf(invitation)) }),
    })
    const joins = offer !== 'outside' && !earlier && before && isAnotherCaller(offer.facts.caller, before.caller)
    return joins ? { ...offer, facts: { ...offer.facts, marks: withMark(offer.facts.marks, 'needs-review') } } : offer
  }
}

/** Ids come from callers' telephones, too: one that two callers share makes their calls one contact (R9). */
function isAnotherCaller(one: SegmentFacts['caller'], other: SegmentFacts['caller']): boolean {
  return one.kind === 'e164' && other.kind === 'e164' && one.key !== other.key
}
