/**
 * Derives from FreeSWITCH's channel records, which refer to each other, who spoke with a caller and when. The result has, for
 * each incoming channel, the legs that a detail record would have, without consultations that the caller did not hear.
 */
import type { Bridge, Channel, DetailRecord, Participation } from './detail-record.ts'

type ChannelRecord = DetailRecord & { readonly channel: Channel }

interface Talk {
  with: string
  isInbound: boolean
  number: string | undefined
  reached?: string | undefined
  from: Temporal.Instant
  until: Temporal.Instant
}

/** Returns the legs of each incoming channel, by call id. */
export function legsOfChannels(records: readonly DetailRecord[]): Map<string, DetailRecord[]> {
  const channels = records.filter((record): record is ChannelRecord => record.channel !== undefined)
  const calls = new Map<string, DetailRecord[]>()
  for (const record of channels) if (record.channel.isInbound) calls.set(record.callId, legsOf(record, channels))
  return calls
}

function legsOf(own: ChannelRecord, all: readonly ChannelRecord[]): DetailRecord[] {
  const others = all.filter(({ channel }) => channel.id !== own.channel.id)
  const bridged = bridgedTalks(own, others)
  const { talks: met, isAlone } = conferenceTalks(own, others)
  const talks = [...bridged, ...met, ...threeWayTalks(bridged, others)]
  const record = { ...own, ...(isAlone && { isDoubtful: true as const }) }
  const legs = talks.map(({ with: partner, isInbound, number, reached, from, until }) => {
    const leg = { ...record, legId: `${partner} ${from.epochMilliseconds}`, answeredAt: from, endedAt: until }
    return isInbound
      ? // The other party also called in: an official or another caller.
        {
          ...leg,
          ...{ caller: number, official: undefined, reached: undefined, direction: undefined },
          isOther: true as const,
        }
      : { ...leg, official: number, reached: reached ?? own.reached }
  })
  // A queue or an announcement may have answered the channel. An official has answered only if there is a talk (R16).
  const waiting = { ...record, answeredAt: undefined, official: undefined }
  return [...(legs.some((leg) => !leg.isOther) ? [] : [waiting]), ...legs]
}

/** Returns talks over bridges, from the records of both channels: a bridge may be missing in one of them. */
function bridgedTalks(own: ChannelRecord, others: readonly ChannelRecord[]): Talk[] {
  const byOwn = own.channel.bridges.flatMap((bridge) => {
    const other = others.find(({ channel }) => channel.id === bridge.with)
    const { isInbound = false, number = bridge.number } = other?.channel ?? {}
    return talkOf(own, other, bridge, { with: bridge.with, isInbound, number })
  })
  const byOthers = others.flatMap((other) =>
    other.channel.bridges
      .filter((bridge) => bridge.with === own.channel.id)
      .filter(({ from }) => !byOwn.some((talk) => talk.with === other.channel.id && isWithin(from, talk)))
      .flatMap((bridge) => talkOf(own, other, { ...bridge, reached: undefined }, partnerOf(other))),
  )
  return [...byOwn, ...byOthers]
}

function talkOf(
  own: ChannelRecord,
  other: ChannelRecord | undefined,
  { from, until, reached }: Bridge,
  partner: Pick<Talk, 'with' | 'isInbound' | 'number'>,
): Talk[] {
  const ends = earliest(until, own.endedAt, other?.endedAt)
  return ends && Temporal.Instant.compare(from, ends) <= 0 ? [{ ...partner, reached, from, until: ends }] : []
}

/** Returns talks in conferences, with all other participants. `isAlone`: in one of the conferences no other record has a talk. */
function conferenceTalks(own: ChannelRecord, others: readonly ChannelRecord[]): { talks: Talk[]; isAlone: boolean } {
  const talks: Talk[] = []
  let isAlone = false
  for (const participation of own.channel.conferences) {
    const met = others.flatMap((other) =>
      other.channel.conferences
        .filter(({ id }) => id === participation.id)
        .flatMap((theirs) =>
          overlap({ ...participation, until: earliest(participation.until, own.endedAt) }, other, theirs),
        ),
    )
    talks.push(...met)
    isAlone ||= met.length === 0
  }
  return { talks, isAlone }
}

/** Returns talks with third parties that joined a bridge of the caller with an official. */
function threeWayTalks(bridged: readonly Talk[], others: readonly ChannelRecord[]): Talk[] {
  return bridged.flatMap((talk) =>
    others.flatMap((third) =>
      third.channel.threeWays
        .filter(({ id }) => id === talk.with)
        .flatMap((participation) => overlap(talk, third, participation)),
    ),
  )
}

function overlap(mine: Pick<Participation, 'from' | 'until'>, other: ChannelRecord, theirs: Participation): Talk[] {
  const from = Temporal.Instant.compare(mine.from, theirs.from) >= 0 ? mine.from : theirs.from
  const until = earliest(mine.until, theirs.until, other.endedAt)
  return until && Temporal.Instant.compare(from, until) < 0 ? [{ ...partnerOf(other), from, until }] : []
}

function partnerOf({ channel: { id, isInbound, number } }: ChannelRecord): Pick<Talk, 'with' | 'isInbound' | 'number'> {
  return { with: id, isInbound, number }
}

function isWithin(at: Temporal.Instant, { from, until }: Talk): boolean {
  // The two channels record slightly different times.
  const ms = at.epochMilliseconds
  return ms >= from.epochMilliseconds - 1000 && ms <= until.epochMilliseconds
}

function earliest(...instants: readonly (Temporal.Instant | undefined)[]): Temporal.Instant | undefined {
  return instants.filter((at) => at !== undefined).toSorted((a, b) => Temporal.Instant.compare(a, b))[0]
}
