/**
 * Writes each telephone system's records of one call, as its vendor's documentation describes them
 * (docs/formats/detail-records.md). Takes who waited, spoke and consulted whom, with times in seconds. Returns the file of a
 * feed.
 */

/** Stretch of talk with the caller. Begins from a queue, by a transfer, or when a third person joins. */
export interface FlowTalk {
  who: string
  from: number
  to: number
  by: 'queue' | 'transfer' | 'conference'
}

export interface Flow {
  caller: string
  number: string
  /** Queues in which the caller waits, with start and end. */
  waits: readonly { queue: string; from: number; to: number }[]
  talks: readonly FlowTalk[]
  /** Consultations between officials, which the caller does not hear. */
  consults: readonly { by: string; who: string; from: number; to: number }[]
  until: number
}

export interface FeedWriting {
  begun: Temporal.Instant
  /** Names of queues and officials in the system. */
  nameOf(user: string): string
}

export type FeedWriter = (flow: Flow, writing: FeedWriting) => string

const zone = 'Europe/Helsinki'

/** Times of a call as instants, seconds since 1970 and local time. */
function clockOf({ begun }: FeedWriting) {
  const at = (seconds: number) => begun.add({ seconds })
  return {
    iso: (seconds: number) => at(seconds).toString(),
    epoch: (seconds: number) => String(at(seconds).epochMilliseconds / 1000),
    local: (seconds: number) =>
      at(seconds).toZonedDateTimeISO(zone).toPlainDateTime().toString().replace('T', ' ').padEnd(19, ':00'),
  }
}

const lines = (rows: readonly (readonly string[])[], separator: string) =>
  rows.map((row) => `${row.join(separator)}\n`).join('')

/** Returns the talk to which the caller was transferred when this one ended, if any. */
const transferredTo = ({ talks }: Flow, talk: FlowTalk) =>
  talks.find((next) => next.from >= talk.to && next.by !== 'conference' && next !== talk)

export const queueLogOf: FeedWriter = (flow, writing) => {
  const { epoch } = clockOf(writing)
  const id = `${epoch(0)}.47`
  const rows: { at: number; cells: string[] }[] = []
  const line = (at: number, queue: string, agent: string, event: string, ...data: (string | number)[]) =>
    rows.push({ at, cells: [epoch(at), id, queue, agent, event, ...data.map(String)] })
  for (const { queue, from, to } of flow.waits) {
    line(from, queue, 'NONE', 'ENTERQUEUE', '', flow.caller, 1)
    const firstTalk = flow.talks.find((talk) => talk.by === 'queue' && talk.from === to)
    if (!firstTalk) {
      const next = flow.waits.some((wait) => wait.from === to)
      if (next) line(to, queue, 'NONE', 'EXITWITHTIMEOUT', 1, 1, to - from)
      else line(to, queue, 'NONE', 'ABANDON', 1, 1, to - from)
      continue
    }
    const agent = `PJSIP/${writing.nameOf(firstTalk.who)}`
    line(to, queue, agent, 'CONNECT', to - from, `${epoch(to)}.48`, 4)
    if (!transferredTo(flow, firstTalk))
      line(firstTalk.to, queue, agent, 'COMPLETECALLER', to - from, firstTalk.to - to, 1)
    else if (flow.waits.some((wait) => wait.from === firstTalk.to))
      line(firstTalk.to, queue, agent, 'BLINDTRANSFER', 'queue', 'internal', to - from, firstTalk.to - to, 1)
    else line(firstTalk.to, queue, agent, 'ATTENDEDTRANSFER', 'BRIDGE', 'b1', to - from, firstTalk.to - to, 1)
  }
  return lines(
    rows.toSorted((a, b) => a.at - b.at).map(({ cells }) => cells),
    '|',
  )
}

const segment = (type: string, from: string, to: string, conference = false) => ({
  ...{ conference, segmentStart: from, segmentEnd: to, segmentType: type },
})

export const genesysOf: FeedWriter = (flow, writing) => {
  const { iso } = clockOf(writing)
  const voice = { ani: `tel:${flow.caller}`, dnis: `tel:${flow.number}`, mediaType: 'voice', provider: 'Edge' }
  const session = (sessionId: string, peerId: string, segments: object[]) => ({ ...voice, sessionId, peerId, segments })
  const conversation = {
    ...{ conversationId: 'c-1', originatingDirection: 'inbound' },
    ...{ conversationStart: iso(0), conversationEnd: iso(flow.until) },
    participants: [
      {
        purpose: 'customer',
        sessions: [session('s-customer', 's-acd', [segment('interact', iso(0), iso(flow.until))])],
      },
      ...flow.waits.map(({ from, to }, at) => ({
        purpose: 'acd',
        sessions: [session(`s-acd-${at}`, 's-customer', [segment('delay', iso(from), iso(to))])],
      })),
      ...flow.talks.map(({ who, from, to, by }, at) => {
        const [held] = flow.consults.filter((consult) => consult.by === who && consult.from >= from && consult.to <= to)
        const spoken = held
          ? [
              segment('interact', iso(from), iso(held.from)),
              segment('hold', iso(held.from), iso(held.to)),
              ...(held.to < to ? [segment('interact', iso(held.to), iso(to))] : []),
            ]
          : [segment('interact', iso(from), iso(to), by === 'conference')]
        return {
          ...{ purpose: 'agent', userId: writing.nameOf(who) },
          sessions: [
            session(`s-talk-${at}`, 's-customer', [
              segment('alert', iso(from - 1), iso(from)),
              ...spoken,
              segment('wrapup', iso(to), iso(to + 20)),
            ]),
          ],
        }
      }),
      ...flow.consults.map(({ by, who, from, to }, at) => ({
        ...{ purpose: 'agent', userId: writing.nameOf(who) },
        sessions: [
          session(`s-consult-${at}`, `s-talk-${flow.talks.findIndex((talk) => talk.who === by)}`, [
            segment('interact', iso(from), iso(to)),
          ]),
        ],
      })),
    ],
  }
  return JSON.stringify({ conversations: [conversation] })
}

export const teamsOf: FeedWriter = (flow, writing) => {
  const { iso } = clockOf(writing)
  const user = (user: string) => ({ identity: { user: { id: writing.nameOf(user) }, phone: null } })
  const service = { userAgent: { role: 'skypeForBusinessCallQueues' } }
  const session = (id: string, caller: object, callee: object, from: number, to: number) => ({
    ...{ id, caller, callee, modalities: ['audio'], failureInfo: null, startDateTime: iso(from), endDateTime: iso(to) },
  })
  const call = {
    ...{ id: 'r-1', version: 1, type: 'groupCall', modalities: ['audio'] },
    ...{ startDateTime: iso(0), endDateTime: iso(flow.until) },
    organizer: { applicationInstance: { id: writing.nameOf(flow.number) } },
    sessions: [
      session('s0', { identity: { user: null, phone: { id: flow.caller } } }, service, 0, flow.until),
      ...flow.talks.map(({ who, from, to }, at) => session(`s${at + 1}`, user(who), service, from, to)),
    ],
  }
  const consults = flow.consults.map(({ by, who, from, to }, at) => ({
    ...{ id: `r-consult-${at}`, version: 1, type: 'peerToPeer', startDateTime: iso(from), endDateTime: iso(to) },
    sessions: [session('s1', user(by), user(who), from, to)],
  }))
  return JSON.stringify({ value: [call, ...consults] })
}

const cucmColumns = [
  ...[
    'cdrRecordType',
    'globalCallID_callManagerId',
    'globalCallID_callId',
    'origLegCallIdentifier',
    'dateTimeOrigination',
  ],
  ...['callingPartyNumber', 'destLegCallIdentifier', 'originalCalledPartyNumber', 'finalCalledPartyNumber'],
  ...['lastRedirectDn', 'dateTimeConnect', 'dateTimeDisconnect', 'globalCallId_ClusterID', 'huntPilotDN'],
  'incomingProtocolCallRef',
]

/** In a conference each participant has a leg to a bridge. When it ends, the remaining two get a two-party leg again. */
export const cucmOf: FeedWriter = (flow, writing) => {
  const { epoch } = clockOf(writing)
  let leg = 100
  const rows: string[][] = []
  const row = (call: number, from: number, to: number, by: string, given: Record<string, string | undefined>) => {
    const { called = '', last = '', start = epoch(from), pilot = '', answered = epoch(from) } = given
    const reached = given['reached'] ?? called
    const legs = [String(++leg), String(++leg)]
    rows.push([
      ...['1', '1', String(5000 + call), legs[0]!, start, by, legs[1]!, called, reached, last, answered, epoch(to)],
      ...['StandAloneCluster', pilot, call === 1 ? '1e4d2a80-9e014132@192.0.2.1' : ''],
    ])
  }
  const bridge = 'b00299010001'
  for (const talk of flow.talks) {
    if (talk.by === 'conference') continue
    const user = writing.nameOf(talk.who)
    const inside = flow.talks.find((one) => one.by === 'conference' && one.from < talk.to && one.to > talk.from)
    const first =
      talk.by === 'queue' ? { called: flow.number, last: flow.number, pilot: flow.number, start: epoch(0) } : {}
    const passed = { called: user, last: writing.nameOf(flow.talks[0]!.who) }
    const begins =
      talk.by === 'queue' ? { ...first, reached: user, start: epoch(talk === flow.talks[0] ? 0 : talk.from) } : passed
    row(1, talk.from, inside?.from ?? talk.to, flow.caller, begins)
    if (!inside) continue
    const joined = writing.nameOf(inside.who)
    row(1, inside.from, inside.to, flow.caller, { called: bridge, last: user })
    row(1, inside.from, inside.to, user, { called: bridge, last: bridge })
    row(1, inside.from, inside.to, joined, { called: bridge, last: user })
    if (inside.to < talk.to) row(1, inside.to, talk.to, flow.caller, { called: user, last: bridge })
  }
  for (const [at, { by, who, from, to }] of flow.consults.entries())
    row(at + 2, from, to, writing.nameOf(by), { called: writing.nameOf(who) })
  if (flow.talks.length === 0)
    row(1, 0, flow.until, flow.caller, { called: flow.number, pilot: flow.number, answered: '0' })
  return `${cucmColumns.join(',')}\n${lines(rows, ',')}`
}

export const teliaAceOf: FeedWriter = (flow, writing) => {
  const { local } = clockOf(writing)
  const types = { queue: 'incoming', transfer: 'transferred', conference: 'conference' }
  const rows = [
    ...flow.talks.map(({ who, from, to, by }) => [
      types[by],
      local(from),
      local(to),
      flow.caller,
      flow.number,
      writing.nameOf(who),
    ]),
    // Each row of a contact has its caller and entrance.
    ...flow.consults.map(({ who, from, to }) => [
      ...['inquiry', local(from), local(to), flow.caller, flow.number, writing.nameOf(who)],
    ]),
    ...(flow.talks.length === 0 ? [['incoming', '', local(flow.until), flow.caller, flow.number, '']] : []),
  ]
  const heading = 'ContactId;CallId;ContactStart;CallType;AnswerTime;StopTime;ANIS;Entrance;Extension\n'
  return (
    heading +
    lines(
      rows.map((row, at) => ['880001', String(at + 1), local(0), ...row]),
      ';',
    )
  )
}

export const metaswitchOf: FeedWriter = (flow, writing) => {
  const { iso } = clockOf(writing)
  const redirected = (by: FlowTalk['by']) => (by === 'queue' ? '' : flow.number)
  const rows = [
    ...flow.talks.map(({ who, from, to, by }, at) => [
      ...['incoming', iso(at === 0 ? 0 : from), iso(from), iso(to), flow.caller],
      ...[by === 'queue' ? flow.number : writing.nameOf(who), redirected(by), writing.nameOf(who)],
    ]),
    ...flow.consults.map(({ by, who, from, to }) => [
      ...['internal', iso(from), iso(from), iso(to), writing.nameOf(by), writing.nameOf(who), '', writing.nameOf(who)],
    ]),
    ...(flow.talks.length === 0 ? [['incoming', iso(0), '', iso(flow.until), flow.caller, flow.number, '', '']] : []),
  ]
  const heading =
    'CallId,LegId,Direction,StartTime,AnswerTime,EndTime,CallingNumber,CalledNumber,RedirectingNumber,AnsweringNumber\n'
  return (
    heading +
    lines(
      rows.map((row, at) => ['MS-77', String(at + 1), ...row]),
      ',',
    )
  )
}

/** Channels enter and leave bridges; a consultation is a separate call. */
export const celOf: FeedWriter = (flow, writing) => {
  const { epoch } = clockOf(writing)
  const rows: { at: number; text: string }[] = []
  const id = `${epoch(0)}.47`
  let next = 47
  const line = (EventName: string, at: number, channel: [id: string, name: string], linked: string, bridge = '') =>
    rows.push({
      at,
      text: `${JSON.stringify({
        ...{ EventName, EventTime: `${epoch(at)}.000000`, UniqueID: channel[0], Channel: channel[1], LinkedID: linked },
        ...{ CallerIDnum: linked === id ? flow.caller : writing.nameOf(flow.consults[0]!.by), Exten: flow.number },
        Extra: bridge && JSON.stringify({ bridge_id: bridge }),
      })}\n`,
    })
  const trunk: [string, string] = [id, 'PJSIP/trunk-0000002f']
  line('CHAN_START', 0, trunk, id)
  for (const [at, { who, from, to, by }] of flow.talks.entries()) {
    const device: [string, string] = [`${epoch(from)}.${++next}`, `PJSIP/${writing.nameOf(who)}-000000${next}`]
    const bridge = by === 'queue' ? `b-${at}` : 'b-0'
    if (by === 'queue') line('BRIDGE_ENTER', from, trunk, id, bridge)
    line('BRIDGE_ENTER', from, device, id, bridge)
    for (const consult of flow.consults.filter((one) => one.by === who && one.from >= from && one.to < to)) {
      line('BRIDGE_EXIT', consult.from, device, id, bridge)
      line('BRIDGE_ENTER', consult.to, device, id, bridge)
    }
    line('BRIDGE_EXIT', to, device, id, bridge)
    line('HANGUP', to, device, id)
    if (by === 'queue' && flow.talks.some((later) => later.by === 'queue' && later.from >= to))
      line('BRIDGE_EXIT', to, trunk, id, bridge)
  }
  for (const { by, who, from, to } of flow.consults) {
    const [asking, asked]: [string, string][] = [by, who].map((one) => [
      `${epoch(from)}.${++next}`,
      `PJSIP/${writing.nameOf(one)}-000000${next}`,
    ])
    const linked = asking![0]
    line('CHAN_START', from, asking!, linked)
    for (const one of [asking!, asked!]) line('BRIDGE_ENTER', from, one, linked, `c-${from}`)
    for (const one of [asked!, asking!]) line('HANGUP', to, one, linked)
    line('LINKEDID_END', to, asking!, linked)
  }
  line('HANGUP', flow.until, trunk, id)
  line('LINKEDID_END', flow.until, trunk, id)
  return rows
    .toSorted((a, b) => a.at - b.at)
    .map(({ text }) => text)
    .join('')
}

/** Profile of a channel: starts with the channel or at a transfer, and has the bridge that follows. */
interface FreeswitchProfile {
  from: number
  dialled: string
  bridged?: { at: number; with: string; number: string; side: 'originator' | 'originatee' }
}

interface FreeswitchChannel {
  id: string
  direction: 'inbound' | 'outbound'
  caller: string
  from: number
  to: number
  profiles: readonly FreeswitchProfile[]
  variables?: Record<string, string>
  apps?: readonly { name: string; data: string; at: number }[]
}

/** Fields about who spoke with whom that mod_json_cdr writes for one channel. */
export function freeswitchChannel(channel: FreeswitchChannel, writing: Pick<FeedWriting, 'begun'>): object {
  const { epoch } = clockOf({ ...writing, nameOf: (user) => user })
  const micro = (seconds: number | undefined) => (seconds === undefined ? '0' : `${epoch(seconds)}000000`)
  const { id, direction, caller, from, to, profiles, variables = {}, apps = [] } = channel
  const newest = profiles.at(-1)
  return {
    ...{ 'core-uuid': 'c0', switchname: 'fs1', channel_data: { state: 'CS_REPORTING', direction } },
    variables: {
      ...{ uuid: id, call_uuid: id, direction },
      ...(direction === 'inbound' && { sip_from_user: caller, sip_to_user: profiles[0]!.dialled }),
      ...{ start_uepoch: micro(from), bridge_uepoch: micro(newest?.bridged?.at), end_uepoch: micro(to) },
      ...variables,
    },
    app_log: {
      applications: apps.map((app) => ({ app_name: app.name, app_data: app.data, app_stamp: micro(app.at) })),
    },
    callflow: profiles
      .map((profile, at) => ({
        profile_index: String(at + 1),
        caller_profile: {
          ...{ caller_id_number: caller, destination_number: profile.dialled, uuid: id },
          ...(profile.bridged && {
            [profile.bridged.side]: {
              [`${profile.bridged.side}_caller_profiles`]: [
                { destination_number: profile.bridged.number, uuid: profile.bridged.with },
              ],
            },
          }),
        },
        times: {
          ...{ created_time: micro(from), profile_created_time: micro(profile.from) },
          ...{ bridged_time: micro(profile.bridged?.at), transfer_time: micro(profiles[at + 1]?.from) },
          hangup_time: profile === newest ? micro(to) : '0',
        },
      }))
      .toReversed(),
  }
}

/**
 * Every channel has its own record. A consultation is a call by the official; in an attended transfer (REFER with Replaces) its
 * called party is connected to the caller. For a conference, the caller and the official are moved to a conference, which then
 * dials the third participant.
 */
export const freeswitchOf: FeedWriter = (flow, writing) => {
  const [id, conference] = ['a-leg', 'conference-1']
  const profiles: FreeswitchProfile[] = []
  const channels: FreeswitchChannel[] = []
  const conferenceOf = (at: number) => ({
    variables: { conference_uuid: conference, conference_name: 'c1' },
    apps: [{ name: 'conference', data: 'c1@default', at }],
  })
  let own: Pick<FreeswitchChannel, 'variables' | 'apps'> = {}
  for (const [at, talk] of flow.talks.entries()) {
    const leg = `b-leg-${at}`
    const number = writing.nameOf(talk.who)
    const dialled = { variables: { dialed_user: number, originating_leg_uuid: id } }
    if (talk.by === 'conference') {
      const first = channels.findLast(({ from, to }) => from < talk.from && to > talk.from)!
      first.profiles = [...first.profiles, { from: talk.from, dialled: 'c1' }]
      const meeting = conferenceOf(talk.from)
      Object.assign(first, { apps: meeting.apps, variables: { ...first.variables, ...meeting.variables } })
      own = { ...meeting, apps: [...meeting.apps] }
      profiles.push({ from: talk.from, dialled: 'c1' })
      channels.push({
        ...{ id: leg, direction: 'outbound', caller: flow.number, from: talk.from, to: talk.to },
        ...{ profiles: [{ from: talk.from, dialled: number }], ...meeting },
      })
      continue
    }
    const consult = flow.consults.find(({ who, to }) => who === talk.who && to === talk.from)
    const profile = {
      from: at === 0 ? 0 : (flow.talks.findLast(({ to }) => to <= talk.from)?.to ?? talk.from),
      dialled: talk.by === 'queue' ? flow.number : number,
      bridged: { at: talk.from, with: leg, number, side: 'originatee' as const },
    }
    profiles.push(profile)
    // After a conference the channel is bridged to the next official.
    if (own.apps) own.apps = [...own.apps, { name: 'bridge', data: `user/${number}`, at: profile.from }]
    const withCaller = { at: talk.from, with: id, number: flow.number, side: 'originator' as const }
    channels.push({
      ...{ id: leg, direction: 'outbound', caller: flow.caller, from: consult?.from ?? talk.from - 2, to: talk.to },
      profiles: [
        ...(consult
          ? [{ from: consult.from, dialled: number, bridged: { ...withCaller, at: consult.from, with: `c-${at}` } }]
          : []),
        { from: consult ? talk.from : talk.from - 2, dialled: number, bridged: withCaller },
      ],
      ...(consult ? { variables: { dialed_user: number, originating_leg_uuid: `c-${at}` } } : dialled),
    })
    if (consult) channels.push(consultingChannel(`c-${at}`, consult, leg))
  }
  for (const [at, consult] of flow.consults.entries()) {
    if (channels.some(({ id: known, from }) => known.startsWith('c-') && from === consult.from)) continue
    channels.push(consultingChannel(`c-asked-${at}`, consult, `d-${at}`))
  }
  if (profiles.length === 0) profiles.push({ from: 0, dialled: flow.number })
  channels.push({ id, direction: 'inbound', caller: flow.caller, from: 0, to: flow.until, profiles, ...own })
  const records = channels.toSorted((one, other) => one.to - other.to)
  return JSON.stringify(records.map((channel) => freeswitchChannel(channel, writing)))

  function consultingChannel(name: string, consult: Flow['consults'][number], answers: string): FreeswitchChannel {
    const number = writing.nameOf(consult.who)
    return {
      ...{ id: name, direction: 'inbound', caller: writing.nameOf(consult.by), from: consult.from, to: consult.to },
      profiles: [
        {
          from: consult.from,
          dialled: number,
          bridged: { at: consult.from, with: answers, number, side: 'originatee' },
        },
      ],
    }
  }
}
