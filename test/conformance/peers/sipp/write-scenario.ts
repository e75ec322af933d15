/**
 * Writes a call of a vendor's client as a scenario for SIPp, from the messages in `test/vectors/siprec`. In: the steps
 * of the call; people, times, and the ports from which media are sent. Out: the scenario's XML. Sends each vector's
 * body unchanged except for people, times, addresses, ports and the dialog, which SIPp keeps; never composes a body.
 */
import { bytesOf, vectorOf } from '#test/vectors/siprec/read-vector.ts'

/** Sound of one stream: raw A-law, played by SIPp itself (its first stream) or by the player of play-stream.ts. */
export interface Play {
  stream: number
  file: string
  by: 'sipp' | { order: (address: string, port: string) => string }
}

export type Step =
  /** A vector's INVITE, UPDATE or BYE; `ack`: the vector whose ACK answers the recorder's offer. */
  | { send: string; ack?: string; answerHas?: string }
  | { play: readonly Play[] }
  | { waitMs: number }
  | { bye: 'ours' | 'theirs' }

export interface ScenarioOptions {
  /** The vector's numbers and their replacements; digits without country code or prefix. */
  people: ReadonlyMap<string, string>
  /** Added to each time in a vector except in its BYE. */
  shiftMs: number
  /** Added to the times of a BYE. */
  endShiftMs: number
  /** Port of each media line by the vector that offers it. Default: SIPp's own stream. */
  ports?: Readonly<Record<string, readonly (number | undefined)[]>>
  /** Further replacements in every message, for a vector with a codec that is not played here. */
  edits?: readonly (readonly [RegExp, string])[]
}

const sippSyntax = /\]\]>|\[/

export function writeScenario(steps: readonly Step[], options: ScenarioOptions): string {
  let numbered = 0
  let variables = 0
  let inDialog = false
  let opening = ''
  const people = new Map(
    [...options.people].flatMap(([theirs, ours]) => [
      [theirs, ours],
      [spaceDigits(theirs), spaceDigits(ours)],
    ]),
  )
  const anybody = new RegExp([...people.keys()].join('|'), 'g')

  function message(name: string, cseq: number): string {
    const text = bytesOf(name).toString()
    if (sippSyntax.test(text)) throw new Error(`${name} contains text that SIPp would interpret`)
    const at = text.indexOf('\r\n\r\n')
    const method = text.slice(0, text.indexOf(' '))
    const heads = text.slice(0, at).split('\r\n').slice(1)
    const reported = (value: string) => fillIn(value, method === 'BYE' ? options.endShiftMs : options.shiftMs)
    const lines = [
      `${method} ${inDialog ? '[next_url]' : 'sip:seloste@[remote_ip]:[remote_port]'} SIP/2.0`,
      ...heads.map((line) => reported(header(line, method, cseq))),
      '',
      ...media(reported(text.slice(at + 4)), name).split('\r\n'),
    ]
    return lines.join('\n')
  }

  function header(line: string, method: string, cseq: number): string {
    const [, name = '', between = '', value = ''] = /^([^:\s]+)(\s*:\s*)(.*)$/s.exec(line) ?? []
    const written = (() => {
      switch (name.toLowerCase()) {
        case 'via':
          return 'SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]'
        case 'call-id':
          return '[call_id]'
        case 'cseq':
          return `${cseq} ${method}`
        case 'content-length':
          return '[len]'
        case 'to':
          return value.replace(/;tag=.*$/, '') + (inDialog ? '[peer_tag_param]' : '')
        case 'contact':
          return value.replace(/(?<=[@:<])192\.0\.2\.\d+(?::\d+)?/, '[local_ip]:[local_port]')
        default:
          return value
      }
    })()
    return `${name}${between}${written}`
  }

  /** Sets the address and ports from which media are sent. The vector's zeros, directions and order are unchanged. */
  function media(body: string, name: string): string {
    let line = 0
    return body
      .replace(/^c=IN IP4 (?!0\.0\.0\.0).*$/gm, 'c=IN IP4 [media_ip]')
      .replace(/^m=audio (\d+)/gm, (whole, port) => {
        const from = options.ports?.[name]?.[line++]
        return port === '0' ? String(whole) : `m=audio ${from ?? '[rtpstream_audio_port]'}`
      })
  }

  function fillIn(text: string, shiftMs: number): string {
    let changed = text.replace(anybody, (digits) => people.get(digits) ?? digits)
    for (const [pattern, instead] of options.edits ?? []) changed = changed.replace(pattern, instead)
    return shiftTimes(changed, shiftMs)
  }

  function stepOf(step: Step): string {
    if ('waitMs' in step) return `<pause milliseconds="${step.waitMs}"/>`
    if ('play' in step) return `<nop><action>${step.play.map(playAction).join('\n')}</action></nop>`
    if ('bye' in step) {
      if (step.bye === 'theirs') return `<recv request="BYE"/>\n${send(byeAnswer, false)}`
      return `${send(requestWithoutBody('BYE', opening, (numbered += 1)), true)}\n<recv response="200"/>`
    }
    const method = bytesOf(step.send).toString().split(' ')[0] ?? ''
    const cseq = (numbered += 1)
    const request = message(step.send, cseq)
    const streams = inDialog ? 0 : method === 'INVITE' ? Math.max(1, (request.match(/^m=audio/gm) ?? []).length) : 0
    const sent = send(request, true)
    if (!inDialog) opening = request
    inDialog = true
    const answer = `<recv response="100" optional="true"/>\n<recv response="200" rrs="true">${checkAnswer(streams, step.answerHas)}</recv>`
    if (method !== 'INVITE') return `${sent}\n${answer}`
    const ack = step.ack ? message(step.ack, cseq) : requestWithoutBody('ACK', request, cseq)
    return `${sent}\n${answer}\n${send(ack, false)}`
  }

  /** Checks an answer: the recorder's ports, each once, and what the step requires. */
  function checkAnswer(streams: number, has: string | undefined): string {
    const actions: string[] = []
    if (streams > 0) {
      const ports = Array.from({ length: streams }, (_, at) => `port${at}`)
      const pattern = ports.map(() => 'm=audio ([0-9]+) ').join('.*')
      actions.push(
        `<ereg regexp="c=IN IP4 ([0-9.]+)" search_in="body" check_it="true" assign_to="c,address"/>`,
        `<ereg regexp="${pattern}" search_in="body" check_it="true" assign_to="m,${ports.join(',')}"/>`,
        `<log message="[$c] [$address] [$m] ${ports.map((port) => `[$${port}]`).join(' ')}"/>`,
      )
    }
    if (has) {
      const seen = `seen${(variables += 1)}`
      actions.push(
        `<ereg regexp="${has}" search_in="body" check_it="true" assign_to="${seen}"/><log message="[$${seen}]"/>`,
      )
    }
    return actions.length === 0 ? '' : `<action>${actions.join('\n')}</action>`
  }

  const written = steps.map(stepOf).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="a call">\n${written}\n</scenario>\n`
}

function playAction({ stream, file, by }: Play): string {
  if (by === 'sipp') return `<exec rtp_stream="${file},1,8,PCMA/8000"/>`
  return `<exec command="${by.order('[$address]', `[$port${stream}]`)}"/>`
}

function send(text: string, answered: boolean): string {
  return `<send${answered ? ' retrans="500"' : ''}><![CDATA[\n${text}\n]]></send>`
}

/** Answer to a BYE of the recorder. */
const byeAnswer = [
  'SIP/2.0 200 OK',
  ...['[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]'],
  'Content-Length: 0',
  '',
  '',
].join('\n')

/** Builds a request without a body in the dialog that this INVITE opened. */
function requestWithoutBody(method: 'ACK' | 'BYE', invite: string, cseq: number): string {
  const headerOf = (name: string) => invite.split('\n').find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? ''
  return [
    `${method} [next_url] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'Max-Forwards: 70',
    headerOf('from'),
    headerOf('to').replace('[peer_tag_param]', '') + '[peer_tag_param]',
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\n')
}

/** Writes `295121001` as BroadWorks does: `29 512 1001`. */
function spaceDigits(digits: string): string {
  return digits.replace(/^(\d\d)(\d{3})(\d{4})$/, '$1 $2 $3')
}

const time = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?/g

/** Shifts every time of the vectors' day, in its original format: Zulu, with an offset, or local. */
function shiftTimes(text: string, shiftMs: number): string {
  return text.replace(time, (whole: string, wall: string, zone?: string) => {
    if (!wall.startsWith('2027-')) return whole
    const offset =
      zone === undefined ? 'Europe/Helsinki' : zone === 'Z' ? 'UTC' : zone.replace(/(\d\d):?(\d\d)$/, '$1:$2')
    const shifted = Temporal.PlainDateTime.from(wall).toZonedDateTime(offset).add({ milliseconds: shiftMs })
    const digits = wall.includes('.') ? 3 : 0
    return shifted.toPlainDateTime().toString({ fractionalSecondDigits: digits }) + (zone ?? '')
  })
}

/** Returns what must be parsed from a vector, with people and times replaced as `writeScenario` does. */
export function expectationOf(name: string, { people, shiftMs }: ScenarioOptions) {
  const { expect } = vectorOf(name)
  const person = (key: string | null | undefined) => {
    const found = [...people].find(([theirs]) => key?.endsWith(theirs))
    return found && key ? key.replace(found[0], found[1]) : key
  }
  return {
    caller: person(expect.caller),
    official: person(expect.official),
    startedAtMs: expect.startedAt === undefined ? undefined : Date.parse(expect.startedAt) + shiftMs,
    answeredAtMs: expect.answeredAt === undefined ? undefined : Date.parse(expect.answeredAt) + shiftMs,
  }
}
