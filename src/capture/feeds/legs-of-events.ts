/**
 * Derives from the channel events of one call, in any order, who spoke with the caller and when. The result has the legs that a
 * detail record would have. A queue, an announcement or music does not count as an official.
 */
import type { ChannelEvent, DetailRecord } from './detail-record.ts'
import { deviceOf, recordId } from './read-asterisk.ts'

/** Returns true if the call has ended: no channel is left, or the caller has hung up. */
export function hasCallEnded(callId: string, events: readonly ChannelEvent[]): boolean {
  return events.some(({ type, channelId }) => type === 'LINKEDID_END' || (type === 'HANGUP' && channelId === callId))
}

/**
 * Returns the legs of a call. Its id is that of its first channel, the caller's. An official speaks with the caller while their
 * channels share a bridge, directly or through the two halves of a Local channel. Several such times are one leg, because a
 * call may be held or parked in between.
 * @param others events of calls that shared a bridge with this one: a conference, a transfer
 */
export function legsOfEvents(
  callId: string,
  records: readonly DetailRecord[],
  others: readonly DetailRecord[] = [],
): DetailRecord[] {
  const events = inOrder(records)
  const [first, last] = [events[0], events.at(-1)]
  if (!first || !last) return []
  const own = events.filter(({ channelId }) => channelId === callId)
  const startEvent = own.find(({ type }) => type === 'CHAN_START')
  const startedAt = (startEvent ?? first).at
  const endedAt = (own.find(({ type }) => type === 'HANGUP') ?? last).at
  const caller = own.map((event) => event.caller).find(Boolean)
  const called = own.map((event) => event.called).find(Boolean) ?? first.called
  const sipIds = [...new Set(records.flatMap(({ sharedIds }) => sharedIds))]
  const shared = {
    callId,
    sharedIds: [...sipIds, ...(called === undefined ? [] : recordId(callId, caller ?? '', called))],
    startedAt,
    ...(caller !== undefined && { caller }),
    ...(called !== undefined && { called }),
    // Marked for review if the first event is missing, because the start is not known then.
    ...((!startEvent || records.some(({ isDoubtful }) => isDoubtful)) && { isDoubtful: true as const }),
  }
  const otherCallers = new Set(others.map((record) => record.callId))
  const spoke = [...talks(callId, inOrder([...records, ...others]))].map(([channelId, { channel, from, until }]) => ({
    ...{ ...shared, legId: `spoke ${channelId}`, answeredAt: from, endedAt: until ?? endedAt },
    ...(otherCallers.has(channelId)
      ? { caller: deviceOf(channel), isOther: true as const }
      : { official: deviceOf(channel) }),
  }))
  const unanswered = { ...shared, legId: 'unanswered', endedAt }
  return [...(spoke.some((leg) => !('isOther' in leg)) ? [] : [unanswered]), ...spoke]
}

/** Returns the events in order of time. Events of the same instant keep their order. */
function inOrder(records: readonly DetailRecord[]): ChannelEvent[] {
  return records.flatMap(({ event }) => (event ? [event] : [])).toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))
}

interface Talk {
  channel: string
  from: Temporal.Instant
  until: Temporal.Instant | undefined
}

function talks(callId: string, events: readonly ChannelEvent[]): Map<string, Talk> {
  const bridges = new Map<string, { bridge: string; channel: string }>()
  const talking = new Map<string, Talk>()
  for (const event of events) {
    if (event.type === 'BRIDGE_ENTER')
      bridges.set(event.channelId, { bridge: event.bridge ?? '', channel: event.channel })
    const leavesBridge = event.type === 'BRIDGE_EXIT' && bridges.get(event.channelId)?.bridge === (event.bridge ?? '')
    if (leavesBridge || event.type === 'HANGUP') bridges.delete(event.channelId)
    const withCaller = connectedChannels(callId, bridges)
    for (const [channelId, channel] of withCaller) {
      const before = talking.get(channelId)
      talking.set(channelId, { channel, from: before?.from ?? event.at, until: undefined })
    }
    for (const [channelId, talk] of talking)
      if (!withCaller.has(channelId)) talking.set(channelId, { ...talk, until: talk.until ?? event.at })
  }
  return talking
}

/** Returns the channels that are connected with the caller's over bridges, without Local channels. */
function connectedChannels(
  callId: string,
  bridges: ReadonlyMap<string, { bridge: string; channel: string }>,
): Map<string, string> {
  const found = new Map<string, string>()
  const first = bridges.get(callId)
  if (!first) return found
  const seen = new Set([first.bridge])
  const waiting = [first.bridge]
  for (let bridge = waiting.pop(); bridge !== undefined; bridge = waiting.pop()) {
    for (const [channelId, member] of bridges) {
      if (member.bridge !== bridge || channelId === callId) continue
      if (!member.channel.startsWith('Local/')) {
        found.set(channelId, member.channel)
        continue
      }
      const other = otherHalf(member.channel)
      for (const far of bridges.values()) {
        if (far.channel !== other || seen.has(far.bridge)) continue
        seen.add(far.bridge)
        waiting.push(far.bridge)
      }
    }
  }
  return found
}

/** Returns the name of the other half of a Local channel: `Local/1042@agents-0003;1` and `;2` are two halves. */
function otherHalf(channel: string): string {
  return channel.endsWith(';1') ? `${channel.slice(0, -1)}2` : `${channel.slice(0, -1)}1`
}
