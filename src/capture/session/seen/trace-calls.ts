/**
 * The path of a call as spans. In: facts of segments as capture and the custodian have them. Out: one trace for each contact,
 * whose id is the contact's own, so that processes need not tell each other. Never here: a number, a name, an address.
 */
import type { SegmentFacts } from '#register/admit.ts'
import type { SpanPlace, Traces } from '#platform/traces/traces.ts'

/** The trace of a contact (W3C trace ids have the 16 bytes of a UUID), and in it the span of a segment. */
export function placeOf(contactId: string, segmentId: string): { call: SpanPlace; within: SpanPlace } {
  const traceId = contactId.replaceAll('-', '')
  const spanId = segmentId.replaceAll('-', '').slice(16)
  return { call: { traceId, spanId }, within: { traceId, parentSpanId: spanId } }
}

/** To be told of each change of a segment's facts; a segment that is over and stored is traced, once. */
export function traceCalls(traces: Traces, nowMs: () => number): (facts: SegmentFacts) => void {
  const done = new Set<string>()
  return (facts) => {
    const { segmentId, contactId, recording, answeredAt, endedAt, decision } = facts
    if (!traces.on || !endedAt || (recording && !recording.stored && recording.gone !== true)) return
    if (done.has(segmentId)) return
    done.add(segmentId)
    // Facts of a segment change no more once it is over and stored; a few late ones are enough to remember.
    if (done.size > remembered) done.delete(done.values().next().value!)
    const { call, within } = placeOf(contactId, segmentId)
    const ids = { 'seloste.contact.id': contactId, 'seloste.segment.id': segmentId }
    traces.note({
      ...{ name: 'call segment', kind: 'internal', place: call },
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
    traces.note({
      ...{ name: 'record', kind: 'internal', place: within },
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
      traces.note({
        ...{ name: 'store', kind: 'internal', place: within, startedMs: recordedUntil, endedMs: nowMs() },
        attributes: { ...recorded, 'seloste.recording.bytes': recording.stored.sizeBytes },
      })
    }
  }
}

const remembered = 5_000

/** Admits facts, and traces how long that took. */
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
      const place = placeOf(facts.contactId, facts.segmentId).within
      traces.note({ name: 'admit', kind: 'internal', place, startedMs, endedMs: nowMs(), attributes, failed })
    }
  }
}
