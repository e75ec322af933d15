/**
 * Writes two telephones and a call between them through a proxy as scenarios for SIPp. In: whether the call is held,
 * and who hangs up. Out: the caller's and the official's scenario. Each plays two sounds, one before the hold and one
 * after. Keys: caller, dialled, first, second (raw A-law); called, if the first request goes elsewhere than to the
 * proxy; recorder, number, if an end requests the recording.
 */
export interface CallPlan {
  held: boolean
  hangsUp: 'caller' | 'official'
  /** Silence before anybody speaks. */
  silentMs?: number
  /**
   * End that requests the recording from jambonz, as its feature server does, and whether to pause between the sounds.
   */
  recordingRequest?: { by: 'caller' | 'official'; pauses: boolean }
}

/** Twice the length of the sounds: on a busy machine they start late, and sound during a hold is not recorded. */
const soundMs = 4_000
const heldMs = 1_000

export function writeEndpoints(plan: CallPlan): { caller: string; official: string } {
  const { held, hangsUp, silentMs = 0 } = plan
  const silence = silentMs > 0 ? pause(silentMs) : ''
  const directions = held ? (['sendonly', 'sendrecv'] as const) : []
  const later = directions.map(
    (direction, at) => `
      ${send(request('INVITE', 5 + at, sdp(direction, 2 + at)))}
      <recv response="100" optional="true"/><recv response="200"/>
      ${send(request('ACK', 5 + at), false)}
      ${direction === 'sendonly' ? pause(heldMs) : ''}`,
  )
  const caller = `
    ${send(request('INVITE', 1, sdp('sendrecv', 1)))}
    <recv response="100" optional="true"/><recv response="200" rrs="true"/>
    ${send(request('ACK', 1), false)}
    ${recordingRequest('caller', plan, 'start')}${silence}
    ${play('first')}
    ${pauseRecording('caller', plan)}
    ${later.join('')}
    ${hangsUp === 'official' ? play('second', 0) : `${play('second')}${send(request('BYE', 9))}<recv response="200"/>`}
    ${hangsUp === 'official' ? `<recv request="BYE"/>${send(answer())}` : ''}`
  const answers = directions.map(
    (direction) => `
      <recv request="INVITE" rrs="true"/>
      ${send(answer(sdp(direction === 'sendonly' ? 'recvonly' : 'sendrecv', 2)))}
      <recv request="ACK"/>`,
  )
  const official = `
    <recv request="INVITE" rrs="true"><action>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
      <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
      <log message="[$to] [$from]"/>
    </action></recv>
    ${send(answer(sdp('sendrecv', 1), true))}
    <recv request="ACK"/>
    ${recordingRequest('official', plan, 'start')}${silence}
    ${play('first', held ? 0 : soundMs)}
    ${pauseRecording('official', plan)}
    ${answers.join('')}
    ${hangsUp === 'official' ? `${play('second')}${send(requestFromCallee('BYE', 9))}<recv response="200"/>` : `${play('second', 0)}<recv request="BYE"/>${send(answer())}`}`
  return { caller: scenario(caller), official: scenario(official) }
}

function scenario(steps: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="a telephone">${steps}\n</scenario>\n`
}

function send(lines: string, repeated = true): string {
  return `<send${repeated ? ' retrans="500"' : ''}><![CDATA[\n${lines}\n]]></send>`
}

function play(key: 'first' | 'second', forMs = soundMs): string {
  return `<nop><action><exec rtp_stream="[${key}],1,8,PCMA/8000"/></action></nop>${forMs > 0 ? pause(forMs) : ''}`
}

function pause(forMs: number): string {
  return `<pause milliseconds="${forMs}"/>`
}

function pauseRecording(user: 'caller' | 'official', plan: CallPlan): string {
  if (!plan.recordingRequest?.pauses) return ''
  // Waits, because the other end speaks again only after the recording was resumed.
  if (plan.recordingRequest.by !== user) return pause(2 * heldMs)
  return recordingRequest(user, plan, 'pause') + pause(heldMs) + recordingRequest(user, plan, 'resume') + pause(heldMs)
}

const recordingCseq = { start: 2, pause: 3, resume: 4 }

/** Builds what jambonz' feature server sends to its border controller: a request in the dialog. */
function recordingRequest(
  user: 'caller' | 'official',
  { recordingRequest: requests }: CallPlan,
  item: keyof typeof recordingCseq,
): string {
  if (requests?.by !== user) return ''
  const lines = [
    `X-Reason: ${item}CallRecording`,
    ...(item === 'start' ? ['X-Srs-Url: [recorder]', 'X-Srs-Recording-ID: [call_id]', 'X-Call-Sid: [call_id]'] : []),
  ]
  const headers = item === 'start' ? '{"Diversion":"<sip:[number]@[local_ip]>;reason=unconditional"}' : ''
  const body = headers && { type: 'application/json', text: headers }
  const write = user === 'caller' ? request : requestFromCallee
  return `${send(write('INFO', recordingCseq[item], body, lines))}<recv response="200"/>`
}

interface Body {
  type: string
  text: string
}

function request(method: string, cseq: number, body: Body | '' = '', lines: readonly string[] = []): string {
  const isFirst = method === 'INVITE' && cseq === 1
  return message(
    [
      `${method} ${isFirst ? 'sip:[dialled]@[called]' : '[next_url]'} SIP/2.0`,
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
      ...(isFirst ? [] : ['[routes]']),
      'Max-Forwards: 70',
      'From: <sip:[caller]@[local_ip]>;tag=caller[call_number]',
      `To: <sip:[dialled]@[local_ip]>${isFirst ? '' : '[peer_tag_param]'}`,
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      'Contact: <sip:[caller]@[local_ip]:[local_port]>',
      ...lines,
    ],
    body,
  )
}

/** Builds a request from the called end. */
function requestFromCallee(method: string, cseq: number, body: Body | '' = '', lines: readonly string[] = []): string {
  return message(
    [
      `${method} [next_url] SIP/2.0`,
      'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
      '[routes]',
      'Max-Forwards: 70',
      'From: [$to];tag=official[call_number]',
      'To: [$from]',
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      ...lines,
    ],
    body,
  )
}

function answer(body: Body | '' = '', isFirst = false): string {
  return message(
    [
      'SIP/2.0 200 OK',
      '[last_Via:]',
      '[last_From:]',
      `[last_To:]${isFirst ? ';tag=official[call_number]' : ''}`,
      '[last_Call-ID:]',
      '[last_CSeq:]',
      ...(isFirst ? ['[last_Record-Route:]'] : []),
      'Contact: <sip:official@[local_ip]:[local_port]>',
    ],
    body,
  )
}

function message(lines: readonly string[], body: Body | ''): string {
  const type = body ? [`Content-Type: ${body.type}`] : []
  return [...lines, ...type, 'Content-Length: [len]', '', body ? body.text : ''].join('\n')
}

function sdp(direction: string, version: number): Body {
  const lines = [
    'v=0',
    `o=telephone 1 ${version} IN IP4 [local_ip]`,
    's=-',
    'c=IN IP4 [media_ip]',
    't=0 0',
    'm=audio [rtpstream_audio_port] RTP/AVP 8 101',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    `a=${direction}`,
    '',
  ]
  return { type: 'application/sdp', text: lines.join('\n') }
}
