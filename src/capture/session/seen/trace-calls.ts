/**
 * Traces calls as spans, from the facts of segments. The trace id of a contact is its contact id, so that capture and custodian
 * need not exchange trace ids. Spans contain no numbers, names or addresses.
 */
import type { SegmentFacts } from '#register/admit.ts'
import type { SpanIds, Traces } from '#platform/traces/traces.ts'

/**
 * Returns the ids of a segment's span (`call`) in the trace of its contact, and of spans below it (`child`). A W3C trace id has 16
 * bytes, like a UUID.
 */
export function spanIdsOf(contactId: string, segmentId: string): { call: SpanIds; child: SpanIds } {
  const traceId = contactId.replaceAll('-', '')
  const spanId = segmentId.replaceAll('-', '').slice(16)
  return { call: { traceId, spanId }, child: { traceId, parentSpanId: spanId } }
}

/** Returns a function to call on each change of a segment's facts: it traces a segment once, when it is over and stored. */
export function traceCalls(traces: Traces, nowMs: () => number): (facts: SegmentFacts) => void {
  const done = new Set<string>()
  return (facts) => {
    const { segmentId, contactId, recording, answeredAt, endedAt, decision } = facts
    if (!traces.on || !endedAt || (recording && !recording.stored && recording.gone !== true)) return
    if (done.has(segmentId)) return
    done.add(segmentId)
    // Remembers only the last segments: facts do not change after a segment has ended and is stored.
    if (done.size > maxRemembered) done.delete(done.values().next().value!)
    const { call, child } = spanIdsOf(contactId, segmentId)
    const ids = { 'seloste.contact.id': contactId, 'seloste.segment.id': segmentId }
    traces.record({
      ...{ name: 'call segment', kind: 'internal', spanIds: call },
      startedMs: (answeredAt ?? facts.startedAt).epochMilliseconds,
      endedMs: endedAt.epochMilliseconds,
      attributes: {
        ...ids,
        'seloste.decision.reason': decision.reason,
        'seloste.description.version': decision.descriptionVersion,
        'seloste.end.inferred': facts.endInferred ?? false,
      },
      failed: facts.captureFailure !== undefined,
    })
    if (!recording) return
    const recordedUntil = (recording.endedAt ?? endedAt).epochMilliseconds
    const recorded = { ...ids, 'seloste.recording.id': recording.id }
    traces.record({
      ...{ name: 'record', kind: 'internal', spanIds: child },
      startedMs: recording.startedAt.epochMilliseconds,
      endedMs: recordedUntil,
      attributes: {
        ...recorded,
        'seloste.packets.received': recording.stored?.packetsReceived,
        'seloste.packets.lost': recording.stored?.packetsLost,
        'seloste.recording.incomplete': recording.stored?.incomplete,
      },
    })
    if (recording.stored) {
      traces.record({
        ...{ name: 'store', kind: 'internal', spanIds: child, startedMs: recordedUntil, endedMs: nowMs() },
        attributes: { ...recorded, 'seloste.recording.bytes': recording.stored.sizeBytes },
      })
    }
  }
}

const maxRemembered = 5_000

/** Wraps `admit` with a span of its duration. */
export function traceAdmission<Given extends SegmentFacts, Result>(
  traces: Traces,
  nowMs: () => number,
  admit: (facts: Given) => Promise<Result>,
): (facts: Given) => Promise<Result> {
  if (!traces.on) return admit
  return async (facts) => {
    const startedMs = nowMs()
    let failed = true
    try {
      const result = await admit(facts)
      failed = false
      return result
    } finally {
      const attributes = { 'seloste.contact.id': facts.contactId, 'seloste.segment.id': facts.segmentId }
      const spanIds = spanIdsOf(facts.contactId, facts.segmentId).child
      traces.record({ name: 'admit', kind: 'internal', spanIds, startedMs, endedMs: nowMs(), attributes, failed })
    }
  }
}
